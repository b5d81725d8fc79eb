#include "migrate/diff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "migrate/diff_impl.h"

void diff_say(struct diff *d, const char *group, const char *kind, const char *old,
	const char *next, const char *zh, const char *en)
{
	json_t *one = json_pack("{s:s, s:s, s:s?, s:s?, s:{s:s, s:s}}", "group", group, "kind",
		kind, "old", old, "new", next, "text", "zh", zh, "en", en);
	if (one == NULL || json_array_append_new(d->list, one) != 0)
		d->failed = true;
}

void diff_add(struct diff *d, const char *group, const char *kind, const char *old,
	const char *next, const char *zh, const char *en, ...)
{
	char text[2][1400];
	va_list ap;
	va_start(ap, en);
	vsnprintf(text[0], sizeof text[0], zh, ap);
	va_end(ap);
	va_start(ap, en);
	vsnprintf(text[1], sizeof text[1], en, ap);
	va_end(ap);
	diff_say(d, group, kind, old, next, text[0], text[1]);
}

const char *diff_value(const json_t *v, char *out, size_t size)
{
	ANJU_AUTO_MEM char *text = v != NULL ? json_text(v) : NULL;
	snprintf(out, size, "%s", text != NULL ? text : "–");
	if (text != NULL && strlen(text) >= size) {
		/* cut at a character, so that the whole stays text */
		size_t n = size - 4;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		snprintf(out + n, size - n, "…");
	}
	return out;
}

bool diff_same(const json_t *a, const json_t *b)
{
	return a == NULL || b == NULL ? a == b : json_equal((json_t *)a, (json_t *)b);
}

bool diff_same_title(const json_t *a, const json_t *b)
{
	static const char *const langs[] = {"zh", "en"};
	for (int i = 0; i < 2; i++) {
		const json_t *x = json_object_get(a, langs[i]), *y = json_object_get(b, langs[i]);
		if (json_string_length(x) > 0 && y != NULL && json_equal((json_t *)x, (json_t *)y))
			return true;
	}
	return false;
}

/* Pairs of neighbouring letters that both have (Dice). */
double diff_likeness(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), common = 0;
	bool used[64] = {false};
	if (strcmp(a, b) == 0)
		return 1;
	if (n < 2 || m < 2 || m > 64)
		return 0;
	for (size_t i = 0; i + 1 < n; i++) {
		for (size_t k = 0; k + 1 < m; k++) {
			if (used[k] || a[i] != b[k] || a[i + 1] != b[k + 1])
				continue;
			used[k] = true;
			common++;
			break;
		}
	}
	return 2.0 * (double)common / (double)(n + m - 2);
}

static void diff_root(struct diff *d)
{
	static const struct {
		const char *member, *zh, *en;
	} parts[] = {{"title", "流程的名称有变", "the workflow's title changed"},
		{"open", "谁可以立案有变（只影响今后立的）",
			"who may open a case changed (for cases to come)"},
		{"key", "编号的格式有变（只影响今后立的）",
			"the form of keys changed (for cases to come)"},
		{"region", "由哪个字段定区划有变", "the field that gives the region changed"},
		{"bindings", "角色的绑定有变", "bindings of roles changed"}};
	const json_t *a = side_anju(d->old->source), *b = side_anju(d->next->source);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char kind[32];
		if (diff_same(json_object_get(a, parts[i].member),
			    json_object_get(b, parts[i].member)))
			continue;
		snprintf(kind, sizeof kind, "workflow.%s", parts[i].member);
		diff_say(d, "unaffected", kind, parts[i].member, parts[i].member, parts[i].zh,
			parts[i].en);
	}
}

json_t *diff_definitions(const struct side *old, const struct side *next)
{
	uint32_t n = chart_state_count(old->chart), m = chart_state_count(next->chart);
	struct diff d = {.old = old,
		.next = next,
		.list = json_array(),
		.where = calloc(n, sizeof *d.where),
		.guessed = calloc(n, sizeof *d.guessed),
		.taken = calloc(m, sizeof *d.taken)};
	d.failed = d.list == NULL || d.where == NULL || d.guessed == NULL || d.taken == NULL;
	if (!d.failed) {
		diff_states(&d);
		diff_transitions(&d);
		diff_fields(&d);
		diff_names(&d);
		diff_deadlines(&d);
		diff_root(&d);
	}
	free(d.where);
	free(d.guessed);
	free(d.taken);
	if (!d.failed)
		return d.list;
	json_decref(d.list);
	return NULL;
}
