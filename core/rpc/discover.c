#include "rpc/discover.h"

#include <string.h>

#include "anju/error.h"
#include "base/error.h"
#include "rpc/method.h"
#include "rpc/reply.h"

static const char *schema_type(enum param_type type)
{
	switch (type) {
	case PARAM_STRING:
		return "\"string\"";
	case PARAM_INT:
		return "\"integer\"";
	case PARAM_BOOL:
		return "\"boolean\"";
	case PARAM_OBJECT:
		return "\"object\"";
	case PARAM_ARRAY:
		return "\"array\"";
	case PARAM_CURSOR:
		return "[\"string\",\"integer\",\"null\"]";
	case PARAM_ANY:
		break;
	}
	return "[\"object\",\"array\",\"string\",\"number\",\"boolean\",\"null\"]";
}

static void write_schema(struct buf *out, const struct param *param)
{
	buf_adds(out, "{\"type\":");
	buf_adds(out, schema_type(param->type));
	if (param->options != NULL) {
		out_member(out, "enum");
		for (size_t i = 0; param->options[i] != NULL; i++) {
			buf_addc(out, i == 0 ? '[' : ',');
			buf_add_json_string(out, param->options[i], strlen(param->options[i]));
		}
		buf_addc(out, ']');
	}
}

/* English where OpenRPC looks, both languages beside it. */
static void write_description(struct buf *out, const char *zh, const char *en)
{
	out_string(out, "description", en);
	const char *const both[2] = {zh, en};
	out_label(out, "x-text", both);
}

static void write_params(struct buf *out, const struct method *method)
{
	out_member(out, "params");
	buf_addc(out, '[');
	for (size_t i = 0; i < method->params_len; i++) {
		const struct param *param = &method->params[i];
		buf_adds(out, i > 0 ? ",{" : "{");
		out_string(out, "name", param->name);
		write_description(out, param->zh, param->en);
		out_bool(out, "required", param->required);
		out_member(out, "schema");
		write_schema(out, param);
		buf_adds(out, "}}");
	}
	buf_addc(out, ']');
}

static void write_result(struct buf *out, const struct method *method)
{
	out_member(out, "result");
	buf_addc(out, '{');
	out_string(out, "name", "result");
	out_member(out, "schema");
	buf_adds(out, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < method->result_len; i++) {
		out_member(out, method->result[i].name);
		write_schema(out, &method->result[i]);
		write_description(out, method->result[i].zh, method->result[i].en);
		buf_addc(out, '}');
	}
	buf_adds(out, "}}}");
}

static void write_method(struct buf *out, const struct method *method)
{
	static const char *const kinds[] = {
		[METHOD_WRITE] = "write", [METHOD_READ] = "read", [METHOD_LOCAL] = "local"};
	buf_addc(out, '{');
	out_string(out, "name", method->name);
	out_string(out, "summary", method->en);
	write_description(out, method->zh, method->en);
	out_string(out, "x-kind", kinds[method->kind]);
	out_string(out, "paramStructure", "by-name");
	write_params(out, method);
	write_result(out, method);
	buf_addc(out, '}');
}

static const struct {
	const char *name;
	int code;
	const char *message;
} envelope_errors[] = {
	{"parse", RPC_PARSE_ERROR, "Parse error"},
	{"request", RPC_INVALID_REQUEST, "Invalid request"},
	{"method", RPC_METHOD_NOT_FOUND, "Method not found"},
};

static void write_errors(struct buf *out)
{
	out_member(out, "errors");
	buf_addc(out, '{');
	for (size_t i = 0; i < METHOD_COUNT(envelope_errors); i++) {
		out_member(out, envelope_errors[i].name);
		buf_addf(out, "{\"code\":%d", envelope_errors[i].code);
		out_string(out, "message", envelope_errors[i].message);
		buf_addc(out, '}');
	}
#define WRITE_ERROR(name, number, text)                                                            \
	if ((number) != 0) {                                                                       \
		out_member(out, #name);                                                            \
		buf_addf(out, "{\"code\":%d", reply_code(ANJU_##name));                            \
		out_string(out, "message", text);                                                  \
		buf_addc(out, '}');                                                                \
	}
	ANJU_STATUS_MAP(WRITE_ERROR)
#undef WRITE_ERROR
	buf_addc(out, '}');
}

void discover_write(struct buf *out, const char *version)
{
	buf_addc(out, '{');
	out_string(out, "openrpc", "1.2.6");
	out_member(out, "info");
	buf_addc(out, '{');
	out_string(out, "title", "anju");
	out_string(out, "version", version);
	write_description(out, "搬迁安置业务守护进程的接口。每行一个 JSON-RPC 2.0 对象。",
		"The socket of the relocation daemon. One JSON-RPC 2.0 object a line.");
	buf_addc(out, '}');
	out_member(out, "methods");
	for (size_t i = 0; i < method_count(); i++) {
		buf_addc(out, i == 0 ? '[' : ',');
		write_method(out, method_at(i));
	}
	buf_addc(out, ']');
	out_member(out, "components");
	buf_addc(out, '{');
	write_errors(out);
	buf_adds(out, "}}");
}
