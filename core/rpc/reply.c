#include "rpc/reply.h"

#include <string.h>

#include "base/error.h"
#include "base/messages.h"
#include "base/timestamp.h"

int reply_code(anju_status status)
{
	switch (status) {
	case ANJU_E_INVALID:
		return RPC_INVALID_PARAMS;
	case ANJU_E_NOTFOUND:
		return -32004;
	case ANJU_E_EXISTS:
		return -32005;
	case ANJU_E_DENIED:
		return -32006;
	case ANJU_E_REFUSED:
		return -32007;
	case ANJU_E_CONFLICT:
		return -32008;
	case ANJU_E_BUSY:
		return -32009;
	case ANJU_E_IO:
	case ANJU_E_FULL:
		return -32010;
	case ANJU_OK:
	case ANJU_E_NOMEM:
	case ANJU_E_LIMIT:
	case ANJU_E_UNSUPPORTED:
	case ANJU_E_PLUGIN:
	case ANJU_E_CORRUPT:
	case ANJU_E_CANCELED:
	case ANJU_E_INTERNAL:
		break;
	}
	return -32000;
}

static void open_line(struct buf *out, const char *id, size_t id_len)
{
	static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":";
	buf_add(out, head, sizeof head - 1);
	buf_add(out, id, id_len);
}

void reply_result(struct buf *out, const char *id, size_t id_len, const char *result, size_t len)
{
	static const char member[] = ",\"result\":";
	open_line(out, id, id_len);
	buf_add(out, member, sizeof member - 1);
	if (len > 0)
		buf_add(out, result, len);
	else
		buf_add(out, "null", 4);
	buf_addc(out, '}');
}

static const char *code_text(int code, anju_status status)
{
	switch (code) {
	case RPC_PARSE_ERROR:
		return "Parse error";
	case RPC_INVALID_REQUEST:
		return "Invalid request";
	case RPC_METHOD_NOT_FOUND:
		return "Method not found";
	case RPC_INVALID_PARAMS:
		return "Invalid params";
	default:
		return anju_status_text(status);
	}
}

static void add_sentence(struct buf *out, const char *name, const anju_error *err, enum lang lang)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_error(&text, err, lang);
	out_string(out, name, text.data != NULL ? text.data : "");
}

/* For programs: what is no plain data there is told in English. */
static void out_given(struct buf *out, const char *name, const char *s)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_value(&text, s, LANG_EN);
	if (text.len > 0)
		out_string(out, name, text.data);
}

/* The two sentences: the refusal's own where it has some, else the message of the error. */
static void add_text(struct buf *out, const anju_error *err, const json_t *data)
{
	const json_t *own = json_object_get(data, "text");
	out_member(out, "text");
	if (json_is_object(own)) {
		out_value(out, own);
		return;
	}
	buf_addc(out, '{');
	add_sentence(out, "zh", err, LANG_ZH);
	add_sentence(out, "en", err, LANG_EN);
	buf_addc(out, '}');
}

static const char *const fixed_members[] = {
	"id", "status", "text", "file", "where", "pointer", "found", "allowed", "retry_after_ms"};

/* What the refusal itself explains; it may not replace a fixed member. */
static void add_explained(struct buf *out, const json_t *data)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)data, key, value) {
		bool taken = false;
		for (size_t i = 0; i < sizeof fixed_members / sizeof fixed_members[0]; i++)
			taken = taken || strcmp(fixed_members[i], key) == 0;
		if (taken)
			continue;
		out_member(out, key);
		out_value(out, value);
	}
}

void reply_error(struct buf *out, const char *id, size_t id_len, int code, const anju_error *err,
	const json_t *data)
{
	if (code == 0)
		code = reply_code(err->status);
	open_line(out, id, id_len);
	buf_addf(out, ",\"error\":{\"code\":%d", code);
	out_string(out, "message", code_text(code, err->status));
	buf_adds(out, ",\"data\":{");
	out_string(out, "id", err->id);
	out_string(out, "status", anju_status_name(err->status));
	add_text(out, err, data);
	out_given(out, "file", err->file);
	out_given(out, "where", err->where);
	if (code == RPC_INVALID_PARAMS)
		out_given(out, "pointer", err->where);
	out_given(out, "found", err->found);
	out_given(out, "allowed", err->allowed);
	if (err->status == ANJU_E_BUSY)
		out_int(out, "retry_after_ms", anju_error_retry_ms(err));
	if (json_is_object(data))
		add_explained(out, data);
	buf_adds(out, "}}}");
}

void out_member(struct buf *out, const char *name)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	buf_add_json_string(out, name, strlen(name));
	buf_addc(out, ':');
}

void out_string(struct buf *out, const char *name, const char *s)
{
	out_member(out, name);
	if (s != NULL)
		buf_add_json_string(out, s, strlen(s));
	else
		buf_add(out, "null", 4);
}

void out_int(struct buf *out, const char *name, int64_t v)
{
	out_member(out, name);
	buf_add_int(out, v);
}

void out_bool(struct buf *out, const char *name, bool v)
{
	out_member(out, name);
	buf_adds(out, v ? "true" : "false");
}

void out_time(struct buf *out, const char *name, int64_t ms)
{
	char text[TIMESTAMP_MAX_CHARS];
	out_string(out, name, ms != 0 ? timestamp_format(ms, text) : NULL);
}

void out_json(struct buf *out, const char *name, const char *text)
{
	out_member(out, name);
	buf_adds(out, text != NULL && text[0] != '\0' ? text : "null");
}

void out_label(struct buf *out, const char *name, const char *const text[2])
{
	if (text[LANG_ZH] == NULL && text[LANG_EN] == NULL)
		return;
	out_member(out, name);
	buf_addc(out, '{');
	out_string(out, "zh", text[LANG_ZH]);
	out_string(out, "en", text[LANG_EN]);
	buf_addc(out, '}');
}

void out_words(struct buf *out, const char *name, const char *s, char stop)
{
	out_member(out, name);
	buf_addc(out, '[');
	bool first = true;
	while (s != NULL && *s != '\0' && *s != stop) {
		size_t n = 0;
		while (s[n] != '\0' && s[n] != ' ' && s[n] != stop)
			n++;
		if (n > 0) {
			if (!first)
				buf_addc(out, ',');
			buf_add_json_string(out, s, n);
			first = false;
		}
		s += n + (s[n] == ' ' ? 1 : 0);
	}
	buf_addc(out, ']');
}

static int dump_to(const char *data, size_t size, void *out)
{
	buf_add(out, data, size);
	return 0;
}

void out_value(struct buf *out, const json_t *v)
{
	if (json_dump_callback(v, dump_to, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		out->failed = true;
}
