#include "base/json_locate.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

#define TOKEN_MAX 512

struct scan {
	const char *p, *end;
	unsigned depth;
};

static bool skip_blank(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p) != NULL && *s->p != '\0')
		s->p++;
	return s->p < s->end;
}

static bool skip_string(struct scan *s)
{
	if (s->p >= s->end || *s->p != '"')
		return false;
	for (s->p++; s->p < s->end; s->p++) {
		if (*s->p == '\\')
			s->p++;
		else if (*s->p == '"') {
			s->p++;
			return true;
		}
	}
	return false;
}

/* A value and what is in it; brackets inside strings do not count. */
static bool skip_value(struct scan *s)
{
	size_t open = 0;
	do {
		if (!skip_blank(s))
			return false;
		char c = *s->p;
		if (c == '"') {
			if (!skip_string(s))
				return false;
			continue;
		}
		open += c == '{' || c == '[';
		if ((c == '}' || c == ']') && open-- == 0)
			return false;
		s->p++;
		if (strchr("{}[],:", c) != NULL)
			continue;
		while (s->p < s->end && strchr(",]} \t\r\n", *s->p) == NULL)
			s->p++;
	} while (open > 0);
	return true;
}

/* Is the name written at [raw, raw + n), quotes included, the member `token`? */
static bool is_name(const char *raw, size_t n, const char *token)
{
	if (memchr(raw, '\\', n) == NULL)
		return strlen(token) == n - 2 && memcmp(raw + 1, token, n - 2) == 0;
	json_t *v = json_loadb(raw, n, JSON_DECODE_ANY, NULL);
	bool same = v != NULL && strcmp(json_string_value(v), token) == 0;
	json_decref(v);
	return same;
}

/* At '{': go to the value of member `token`; *name is where its name stands. */
static bool find_member(struct scan *s, const char *token, const char **name)
{
	s->p++;
	while (skip_blank(s) && *s->p == '"') {
		const char *start = s->p;
		if (!skip_string(s))
			return false;
		bool found = is_name(start, (size_t)(s->p - start), token);
		if (!skip_blank(s) || *s->p++ != ':' || !skip_blank(s))
			return false;
		if (found) {
			*name = start;
			return true;
		}
		if (!skip_value(s) || !skip_blank(s) || *s->p != ',')
			return false;
		s->p++;
	}
	return false;
}

/* At '[': go to element `index`. */
static bool find_element(struct scan *s, size_t index)
{
	s->p++;
	for (; skip_blank(s) && *s->p != ']'; index--) {
		if (index == 0)
			return true;
		if (!skip_value(s) || !skip_blank(s) || *s->p != ',')
			return false;
		s->p++;
	}
	return false;
}

static const char *next_token(const char *pointer, char token[TOKEN_MAX])
{
	size_t n = 0;
	for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
		char c = *pointer;
		if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
			c = *++pointer == '0' ? '~' : '/';
		if (n + 1 < TOKEN_MAX)
			token[n++] = c;
	}
	token[n] = '\0';
	return pointer;
}

void json_place_at(const char *text, size_t n, size_t offset, struct json_place *ret)
{
	const char *line = text, *at = text + (offset < n ? offset : n);
	ret->line = 1;
	for (const char *p = text; (p = memchr(p, '\n', (size_t)(at - p))) != NULL;) {
		line = ++p;
		ret->line++;
	}
	ret->column = utf8_length(line, (size_t)(at - line)) + 1;
	ret->offset = offset;
}

size_t json_place_offset(const char *text, size_t n, size_t line, size_t column)
{
	const char *p = text, *end = text + n;
	for (; line > 1; line--) {
		const char *next = memchr(p, '\n', (size_t)(end - p));
		if (next == NULL)
			break;
		p = next + 1;
	}
	while (column-- > 1 && p < end && *p != '\n')
		(void)utf8_next(&p, end);
	return (size_t)(p - text);
}

static bool locate(
	const char *text, size_t n, const char *pointer, bool want_name, struct json_place *ret)
{
	struct scan s = {.p = text, .end = text + n};
	const char *name = NULL, *shown;
	char token[TOKEN_MAX];
	*ret = (struct json_place){.line = 1, .column = 1, .len = n > 0};
	if (!skip_blank(&s))
		return false;
	ret->exact = true;
	while (*pointer == '/') {
		struct scan inside = s;
		const char *member = NULL;
		pointer = next_token(pointer, token);
		ret->exact = *s.p == '{'   ? find_member(&inside, token, &member)
			     : *s.p == '[' ? find_element(&inside, strtoul(token, NULL, 10))
					   : false;
		if (!ret->exact)
			break;
		s = inside;
		name = member;
	}
	bool holder = *s.p == '{' || *s.p == '[';
	shown = name != NULL && (holder || want_name || !ret->exact) ? name : s.p;
	json_place_at(text, n, (size_t)(shown - text), ret);
	ret->len = 1;
	s.p = shown;
	if (shown == name || !holder)
		ret->len = skip_value(&s) ? (size_t)(s.p - shown) : 1;
	return true;
}

bool json_locate(const char *text, size_t n, const char *pointer, struct json_place *ret)
{
	return locate(text, n, pointer, false, ret);
}

bool json_locate_name(const char *text, size_t n, const char *pointer, struct json_place *ret)
{
	return locate(text, n, pointer, true, ret);
}

/* The bytes that one written sign stands for; *p moves past it. */
static size_t one_sign(const char **p, const char *end)
{
	if (**p != '\\' || end - *p < 2) {
		(*p)++;
		return 1;
	}
	if ((*p)[1] != 'u' || end - *p < 6) {
		*p += 2;
		return 1;
	}
	char hex[5] = {0};
	memcpy(hex, *p + 2, 4);
	unsigned long c = strtoul(hex, NULL, 16);
	bool pair = c >= 0xd800 && c < 0xdc00 && end - *p >= 12;
	*p += pair ? 12 : 6;
	return pair ? 4 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
}

void json_locate_within(
	const char *text, size_t n, struct json_place *place, size_t from, size_t len)
{
	const char *p = text + place->offset, *end = p + place->len;
	if (place->len < 2 || *p != '"')
		return;
	p++;
	end--;
	for (size_t seen = 0; p < end && seen < from;)
		seen += one_sign(&p, end);
	const char *start = p;
	for (size_t seen = 0; p < end && seen < len;)
		seen += one_sign(&p, end);
	json_place_at(text, n, (size_t)(start - text), place);
	place->len = p > start ? (size_t)(p - start) : 1;
}
