#include "base/messages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Around words in a value: no text of a JSON document or a spreadsheet holds these unescaped. */
#define WORDS_ZH  '\x01'
#define WORDS_EN  '\x02'
#define WORDS_END '\x03'

#define PHRASE   "@say."
#define ARGS_MAX 3

static const struct message {
	const char *key, *zh, *en;
} table[] = {
#define M(key, zh, en) {key, zh, en},
#include "base/messages_table.h"
/* a second table of the same shape */
#include "base/messages_lint.h"
#undef M
};

bool lang_parse(const char *s, enum lang *ret)
{
	*ret = LANG_ZH;
	if (s == NULL)
		return false;
	if (strncmp(s, "en", 2) == 0) {
		*ret = LANG_EN;
		return true;
	}
	return strncmp(s, "zh", 2) == 0;
}

static const char *find_template(const char *id, size_t n, enum lang lang)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (strncmp(table[i].key, id, n) == 0 && table[i].key[n] == '\0')
			return lang == LANG_EN ? table[i].en : table[i].zh;
	}
	return NULL;
}

const char *message_template(const char *id, enum lang lang)
{
	return find_template(id, strlen(id), lang);
}

bool message_at(size_t i, const char **ret_key, const char *ret_text[2])
{
	if (i >= sizeof table / sizeof table[0])
		return false;
	*ret_key = table[i].key;
	ret_text[LANG_ZH] = table[i].zh;
	ret_text[LANG_EN] = table[i].en;
	return true;
}

/* Values */

static void render(struct buf *out, const char *value, size_t n, enum lang lang);

/* Text with words in it. A value may have been cut short anywhere. */
static void render_plain(struct buf *out, const char *value, size_t n, enum lang lang)
{
	enum { BOTH, ZH, EN } now = BOTH;
	for (size_t i = 0; i < n; i++) {
		char c = value[i];
		if (c == WORDS_ZH)
			now = ZH;
		else if (c == WORDS_EN)
			now = EN;
		else if (c == WORDS_END)
			now = BOTH;
		else if (now == BOTH || (now == EN) == (lang == LANG_EN))
			buf_addc(out, c);
	}
}

/* {1} {2} {3} → 1, 2, 3; else 0 */
static int place_of(const char *p)
{
	return p[0] == '{' && p[1] >= '1' && p[1] < '1' + ARGS_MAX && p[2] == '}' ? p[1] - '0' : 0;
}

struct piece {
	const char *s;
	size_t len;
};

/* As many as the template has places; the last one is the rest. */
static void split(const char *template, const char *s, size_t n, struct piece args[ARGS_MAX])
{
	int places = 0;
	for (const char *p = template; *p != '\0'; p++) {
		if (place_of(p) > places)
			places = place_of(p);
	}
	for (int i = 0; i < places; i++) {
		const char *bar = i + 1 < places && n > 0 ? memchr(s, '|', n) : NULL;
		size_t len = bar != NULL ? (size_t)(bar - s) : n;
		args[i] = (struct piece){s, len};
		s += bar != NULL ? len + 1 : len;
		n -= bar != NULL ? len + 1 : len;
	}
}

static void render(struct buf *out, const char *value, size_t n, enum lang lang)
{
	const size_t head = strlen(PHRASE);
	if (n < head || memcmp(value, PHRASE, head) != 0) {
		render_plain(out, value, n, lang);
		return;
	}
	const char *bar = memchr(value, '|', n);
	size_t key = bar != NULL ? (size_t)(bar - value) : n;
	const char *template = find_template(value + 1, key - 1, lang);
	if (template == NULL) {
		render_plain(out, value, n, lang);
		return;
	}
	struct piece args[ARGS_MAX] = {{"", 0}};
	if (bar != NULL)
		split(template, bar + 1, n - key - 1, args);
	for (const char *p = template; *p != '\0';) {
		int place = place_of(p);
		if (place == 0) {
			buf_addc(out, *p++);
			continue;
		}
		if (args[place - 1].len > 0)
			render(out, args[place - 1].s, args[place - 1].len, lang);
		p += 3;
	}
}

void message_render_value(struct buf *out, const char *value, enum lang lang)
{
	render(out, value, strlen(value), lang);
}

const char *message_english(const char *value, char *out, size_t size)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_value(&text, value, LANG_EN);
	if ((size_t)snprintf(out, size, "%s", text.data != NULL ? text.data : "") >= size)
		utf8_trim_tail(out);
	return out;
}

void message_add_words(struct buf *value, const char *zh, const char *en)
{
	buf_addf(value, "%c%s%c%s%c", WORDS_ZH, zh, WORDS_EN, en, WORDS_END);
}

void message_found_words(anju_error *err, const char *zh, const char *en)
{
	if (err == NULL)
		return;
	char half[2][sizeof err->found / 2 - 2];
	const char *const words[2] = {zh, en};
	for (int i = 0; i < 2; i++) {
		if ((size_t)snprintf(half[i], sizeof half[i], "%s", words[i]) >= sizeof half[i])
			utf8_trim_tail(half[i]);
	}
	anju_error_found(err, "%c%s%c%s%c", WORDS_ZH, half[0], WORDS_EN, half[1], WORDS_END);
}

const char *message_errno(int errnum)
{
	static const struct {
		int number;
		const char *value;
	} known[] = {
		{EACCES, "@say.eacces"},
		{EADDRINUSE, "@say.eaddrinuse"},
		{ECONNREFUSED, "@say.econnrefused"},
		{ECONNRESET, "@say.epipe"},
		{EDQUOT, "@say.enospc"},
		{EEXIST, "@say.eexist"},
		{EIO, "@say.eio"},
		{EISDIR, "@say.eisdir"},
		{ELOOP, "@say.eloop"},
		{EMFILE, "@say.emfile"},
		{ENAMETOOLONG, "@say.enametoolong"},
		{ENFILE, "@say.emfile"},
		{ENOENT, "@say.enoent"},
		{ENOMEM, "@say.enomem"},
		{ENOSPC, "@say.enospc"},
		{ENOTDIR, "@say.enotdir"},
		{EPERM, "@say.eacces"},
		{EPIPE, "@say.epipe"},
		{EROFS, "@say.erofs"},
		{ETIMEDOUT, "@say.etimedout"},
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].number == errnum)
			return known[i].value;
	}
	const char *name = strerrorname_np(errnum);
	return name != NULL ? name : "errno";
}

/* Sentences */

static const char *value_of(const anju_error *err, const char *name, size_t n)
{
	const struct {
		const char *name, *value;
	} known[] = {
		{"found", err->found},
		{"allowed", err->allowed},
		{"where", err->where},
		{"file", err->file},
		{"text", err->text},
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strlen(known[i].name) == n && memcmp(known[i].name, name, n) == 0)
			return known[i].value;
	}
	return NULL;
}

/* The first byte of a Chinese character or of its punctuation. */
static bool is_chinese(unsigned char c)
{
	return c >= 0xe3 && c <= 0xef;
}

/* A blank parts Chinese from other writing; between Chinese and Chinese it goes. */
static void add_value(struct buf *out, const char *value, enum lang lang)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_value(&text, value, lang);
	bool blank = out->len >= 4 && out->data[out->len - 1] == ' ' &&
		     is_chinese((unsigned char)out->data[out->len - 4]);
	if (text.len > 0 && blank && is_chinese((unsigned char)text.data[0]))
		out->data[--out->len] = '\0';
	buf_add(out, text.data != NULL ? text.data : "", text.len);
	out->failed = out->failed || text.failed;
}

static void fill(struct buf *out, const char *template, const anju_error *err, enum lang lang)
{
	const char retry[] = "{retry}";
	for (const char *p = template; *p != '\0';) {
		if (strncmp(p, retry, sizeof retry - 1) == 0) {
			buf_addf(out, "%d", anju_error_retry_ms(err));
			p += sizeof retry - 1;
			continue;
		}
		const char *close = *p == '{' ? strchr(p, '}') : NULL;
		const char *v =
			close != NULL ? value_of(err, p + 1, (size_t)(close - p - 1)) : NULL;
		if (v == NULL) {
			buf_addc(out, *p++);
			continue;
		}
		size_t before = out->len;
		add_value(out, v, lang);
		p = close + 1;
		bool chinese = out->len >= before + 3 &&
			       is_chinese((unsigned char)out->data[out->len - 3]);
		if (chinese && p[0] == ' ' && is_chinese((unsigned char)p[1]))
			p++;
	}
}

void message_render_error(struct buf *out, const anju_error *err, enum lang lang)
{
	const char *template = message_template(err->id, lang);
	if (template != NULL) {
		fill(out, template, err, lang);
	} else {
		buf_adds(out, err->text[0] != '\0' ? err->text : anju_status_text(err->status));
	}
	bool names_place = template != NULL && (strstr(template, "{file}") != NULL ||
						       strstr(template, "{where}") != NULL);
	if (err->file[0] != '\0' && !names_place)
		buf_addf(out, lang == LANG_EN ? " (%s%s%s)" : "（%s%s%s）", err->file,
			err->where[0] != '\0' ? "#" : "", err->where);
}
