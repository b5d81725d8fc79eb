#include "base/messages.h"

#include <string.h>

static const struct message {
	const char *key, *zh, *en;
} table[] = {
#define M(key, zh, en) {key, zh, en},
#include "base/messages_table.h"
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

const char *message_template(const char *id, enum lang lang)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (strcmp(table[i].key, id) == 0)
			return lang == LANG_EN ? table[i].en : table[i].zh;
	}
	return NULL;
}

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

static void fill(struct buf *out, const char *template, const anju_error *err)
{
	for (const char *p = template; *p != '\0';) {
		const char *close = *p == '{' ? strchr(p, '}') : NULL;
		const char *v =
			close != NULL ? value_of(err, p + 1, (size_t)(close - p - 1)) : NULL;
		if (v != NULL) {
			buf_adds(out, v);
			p = close + 1;
		} else {
			buf_addc(out, *p++);
		}
	}
}

void message_render_error(struct buf *out, const anju_error *err, enum lang lang)
{
	const char *template = message_template(err->id, lang);
	if (template != NULL) {
		fill(out, template, err);
	} else {
		buf_adds(out, err->text[0] != '\0' ? err->text : anju_status_text(err->status));
	}
	bool names_place = template != NULL && (strstr(template, "{file}") != NULL ||
						       strstr(template, "{where}") != NULL);
	if (err->file[0] != '\0' && !names_place)
		buf_addf(out, lang == LANG_EN ? " (%s%s%s)" : "(%s%s%s)", err->file,
			err->where[0] != '\0' ? "#" : "", err->where);
}
