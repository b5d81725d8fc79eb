#include "rpc/quick.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum next { NEXT_MEMBER, NEXT_END, NEXT_BAD };

struct scan {
	char *p; /* NUL-terminated text */
	struct quick *q;
	bool version, dry_run_seen, params_seen;
};

static void skip_blanks(struct scan *s)
{
	while (*s->p == ' ' || *s->p == '\t' || *s->p == '\r')
		s->p++;
}

/* A string without escapes, ended in place. */
static bool take_string(struct scan *s, const char **ret, size_t *ret_len)
{
	if (*s->p != '"')
		return false;
	char *begin = ++s->p;
	bool ascii = true;
	for (; *s->p != '"'; s->p++) {
		unsigned char c = (unsigned char)*s->p;
		if (c < 0x20 || c == '\\') /* the end of the text as well */
			return false;
		ascii = ascii && c < 0x80;
	}
	size_t n = (size_t)(s->p - begin);
	if (!ascii && !utf8_valid(begin, n))
		return false;
	*s->p++ = '\0';
	*ret = begin;
	*ret_len = n;
	return true;
}

static bool skip_string(struct scan *s)
{
	for (s->p++; *s->p != '"'; s->p++) {
		if (*s->p == '\\')
			s->p++;
		if (*s->p == '\0')
			return false;
	}
	return true;
}

/* An object or array: find its end, leave the rest to the parser. */
static bool take_value(struct scan *s, char open, json_t **ret)
{
	char *begin = s->p;
	size_t depth = 0;
	if (*ret != NULL || *begin != open)
		return false;
	do {
		switch (*s->p) {
		case '"':
			if (!skip_string(s))
				return false;
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		case '\0':
			return false;
		default:
			break;
		}
		s->p++;
	} while (depth > 0);
	*ret = json_loadb(begin, (size_t)(s->p - begin), 0, NULL);
	return *ret != NULL;
}

/* The name of the next member, with `p` at its value. */
static enum next take_name(struct scan *s, bool first, const char **ret, size_t *ret_len)
{
	skip_blanks(s);
	if (*s->p == '}') {
		s->p++;
		return NEXT_END;
	}
	if (!first) {
		if (*s->p != ',')
			return NEXT_BAD;
		s->p++;
		skip_blanks(s);
	}
	if (!take_string(s, ret, ret_len))
		return NEXT_BAD;
	skip_blanks(s);
	if (*s->p != ':')
		return NEXT_BAD;
	s->p++;
	skip_blanks(s);
	return NEXT_MEMBER;
}

static bool is(const char *name, size_t n, const char *want)
{
	return strlen(want) == n && memcmp(name, want, n) == 0;
}

/* The digits of an integer that needs no care: no sign, no leading zero, no fraction, no overflow. */
static bool take_digits(struct scan *s, int64_t *ret)
{
	char *begin = s->p;
	int64_t v = 0;
	for (; *s->p >= '0' && *s->p <= '9' && s->p - begin < 18; s->p++)
		v = v * 10 + (*s->p - '0');
	bool zero_first = *begin == '0' && s->p - begin > 1;
	if (s->p == begin || zero_first || *s->p == '.' || *s->p == 'e' || *s->p == 'E' ||
		(*s->p >= '0' && *s->p <= '9'))
		return false;
	*ret = v;
	return true;
}

static bool take_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(s->p, word, n) != 0)
		return false;
	s->p += n;
	return true;
}

static bool take_bool(struct scan *s, bool *ret)
{
	*ret = *s->p == 't';
	return take_word(s, *ret ? "true" : "false");
}

/* --- params --- */

static const struct {
	const char *name;
	size_t offset;
} strings[] = {
	{"case", offsetof(struct quick, case_name)},
	{"event", offsetof(struct quick, event)},
	{"workflow", offsetof(struct quick, workflow)},
	{"key", offsetof(struct quick, key)},
	{"as", offsetof(struct quick, as)},
	{"idempotency_key", offsetof(struct quick, idem)},
	{"reason", offsetof(struct quick, reason)},
	{"effective_at", offsetof(struct quick, effective_at)},
};

static bool take_param(struct scan *s, const char *name, size_t n)
{
	size_t len;
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		if (!is(name, n, strings[i].name))
			continue;
		const char **member = (const char **)((char *)s->q + strings[i].offset);
		return *member == NULL && take_string(s, member, &len);
	}
	if (is(name, n, "data"))
		return take_value(s, '{', &s->q->data);
	if (is(name, n, "docs"))
		return take_value(s, '[', &s->q->docs);
	if (is(name, n, "expect_rev"))
		return s->q->expect_rev < 0 && take_digits(s, &s->q->expect_rev);
	if (!is(name, n, "dry_run") || s->dry_run_seen)
		return false;
	s->dry_run_seen = true;
	return take_bool(s, &s->q->dry_run);
}

static bool take_params(struct scan *s)
{
	if (*s->p != '{' || s->params_seen)
		return false;
	s->p++;
	s->params_seen = true;
	for (bool first = true;; first = false) {
		const char *name;
		size_t n;
		enum next next = take_name(s, first, &name, &n);
		if (next != NEXT_MEMBER)
			return next == NEXT_END;
		if (!take_param(s, name, n))
			return false;
	}
}

/* --- the envelope --- */

/* Kept as it stands, so that it goes back as it came: `ret` still has its closing quote. */
static bool take_id(struct scan *s)
{
	char *begin = s->p;
	if (s->q->id != NULL)
		return false;
	if (*begin == '"') {
		for (s->p++; *s->p != '"'; s->p++) {
			unsigned char c = (unsigned char)*s->p;
			if (c < 0x20 || c >= 0x7f || c == '\\')
				return false;
		}
		s->p++;
	} else {
		int64_t ignored;
		if (!take_digits(s, &ignored))
			return false;
	}
	s->q->id = begin;
	s->q->id_len = (size_t)(s->p - begin);
	return s->q->id_len <= QUICK_ID_MAX;
}

static bool take_member(struct scan *s, const char *name, size_t n)
{
	const char *text;
	size_t len;
	if (is(name, n, "jsonrpc")) {
		bool good = !s->version && take_string(s, &text, &len) && is(text, len, "2.0");
		s->version = true;
		return good;
	}
	if (is(name, n, "id"))
		return take_id(s);
	if (is(name, n, "method"))
		return s->q->method == NULL && take_string(s, &s->q->method, &len) &&
		       (is(s->q->method, len, "case.send") || is(s->q->method, len, "case.open"));
	return is(name, n, "params") && take_params(s);
}

/* What the method wants is there, and nothing that it does not know. */
static bool is_whole(const struct scan *s)
{
	const struct quick *q = s->q;
	if (!s->version || q->id == NULL || q->method == NULL)
		return false;
	bool send = q->method[5] == 's';
	bool has_send = q->case_name != NULL && q->event != NULL;
	bool has_open = q->workflow != NULL && q->key != NULL;
	bool other = send ? q->workflow != NULL || q->key != NULL
			  : q->case_name != NULL || q->event != NULL;
	return !other && (send ? has_send : has_open);
}

static bool scan_line(struct scan *s)
{
	skip_blanks(s);
	if (*s->p != '{')
		return false;
	s->p++;
	for (bool first = true;; first = false) {
		const char *name;
		size_t n;
		enum next next = take_name(s, first, &name, &n);
		if (next == NEXT_END)
			break;
		if (next == NEXT_BAD || !take_member(s, name, n))
			return false;
	}
	skip_blanks(s);
	return *s->p == '\0' && is_whole(s);
}

bool quick_scan(const char *line, size_t n, struct quick *ret)
{
	*ret = (struct quick){.expect_rev = -1};
	/* A NUL inside the line would end the scan early. */
	if (memchr(line, '\0', n) != NULL)
		return false;
	ret->text = malloc(n + 1);
	if (ret->text == NULL)
		return false;
	memcpy(ret->text, line, n);
	ret->text[n] = '\0';
	struct scan s = {.p = ret->text, .q = ret};
	if (scan_line(&s))
		return true;
	quick_done(ret);
	return false;
}

void quick_done(struct quick *quick)
{
	free(quick->text);
	json_decref(quick->data);
	json_decref(quick->docs);
	*quick = (struct quick){.expect_rev = -1};
}
