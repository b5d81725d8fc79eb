/* Texts in one language only, although both members are there. */
#include <string.h>

#include "base/utf8.h"
#include "lint/impl.h"

static bool has_letters(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'))
			return true;
	}
	return false;
}

/* Chinese characters; not the punctuation, which English may quote. */
static bool has_chinese(const char *s)
{
	const char *end = s + strlen(s);
	while (s < end) {
		int32_t c = utf8_next(&s, end);
		if ((c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff))
			return true;
	}
	return false;
}

static void check_label(struct lint *l, const char *file, const char *pointer, const json_t *v)
{
	const char *zh = json_string_value(json_object_get(v, "zh"));
	const char *en = json_string_value(json_object_get(v, "en"));
	if (zh == NULL || en == NULL || json_object_size(v) != 2)
		return;
	if (has_chinese(en) && !has_letters(en))
		lint_find(
			l, "lint.not_translated", file, lint_printf(l, "%s/en", pointer), en, "en");
	else if (strcmp(zh, en) == 0 && strchr(zh, ' ') != NULL && has_letters(zh))
		lint_find(
			l, "lint.not_translated", file, lint_printf(l, "%s/zh", pointer), zh, "zh");
}

static void escape(struct buf *out, const char *key)
{
	for (; *key != '\0'; key++) {
		if (*key == '~' || *key == '/')
			buf_adds(out, *key == '~' ? "~0" : "~1");
		else
			buf_addc(out, *key);
	}
}

static void walk(
	struct lint *l, const char *file, const json_t *v, const char *pointer, unsigned depth)
{
	const char *key;
	json_t *item;
	size_t i;
	if (depth > 200)
		return;
	check_label(l, file, pointer, v);
	json_object_foreach((json_t *)v, key, item) {
		ANJU_AUTO_BUF here = BUF_INIT;
		buf_addf(&here, "%s/", pointer);
		escape(&here, key);
		if (!here.failed && !json_is_string(item))
			walk(l, file, item, here.data, depth + 1);
	}
	json_array_foreach((json_t *)v, i, item) {
		if (json_is_object(item) || json_is_array(item))
			walk(l, file, item, lint_printf(l, "%s/%zu", pointer, i), depth + 1);
	}
}

void lint_words(struct lint *l)
{
	static const char *const names[] = {
		"units.json", "messages.json", "obligations.json", NULL};
	struct pack_source src;
	for (size_t i = 0; pack_set_source(l->set, i, &src); i++) {
		walk(l, src.file, src.doc, "", 0);
		for (size_t k = 0; names[k] != NULL; k++) {
			const char *file = lint_printf(l, "%s/%s", src.name, names[k]);
			ANJU_AUTO_JSON *doc = lint_json(l, file);
			walk(l, file, doc, "", 0);
		}
	}
	for (size_t i = 0; i < pack_set_workflow_count(l->set); i++) {
		const struct workflow *wf = pack_set_workflow_at(l->set, i);
		walk(l, wf->file, wf->source, "", 0);
	}
}
