/* What a template may name. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "notify/digest.h"

/* Keys named in a group; the command below it shows the rest. */
#define KEYS_SHOWN 10

static const char *text(const json_t *obj, const char *name)
{
	const char *s = json_string_value(json_object_get(obj, name));
	return s != NULL ? s : "";
}

static const char *both(const json_t *obj, const char *name, enum lang lang)
{
	return text(json_object_get(obj, name), lang == LANG_EN ? "en" : "zh");
}

static bool is_notice(const json_t *item)
{
	return strcmp(text(item, "kind"), "notice") == 0;
}

/* Counted through a year that has no holiday notice yet. */
static bool is_provisional(const json_t *item)
{
	return json_is_true(json_object_get(item, "provisional"));
}

/* Due days as numbers; notices have none and go last. */
static int32_t due_of(const json_t *item)
{
	int32_t day;
	return date_parse(text(item, "due"), &day, NULL) == ANJU_OK ? day : INT32_MAX;
}

static int compare_text(const json_t *x, const json_t *y, const char *name)
{
	return strcmp(text(x, name), text(y, name));
}

/* Nearest (so also overdue) first; then items of one group beside each other. */
static int compare(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
	int32_t dx = due_of(x), dy = due_of(y);
	if (dx != dy)
		return dx < dy ? -1 : 1;
	int c = compare_text(json_object_get(x, "workflow"), json_object_get(y, "workflow"), "id");
	if (c == 0)
		c = compare_text(x, y, "name");
	if (c == 0)
		c = compare_text(x, y, "role");
	if (c == 0)
		c = strcmp(both(x, "text", LANG_ZH), both(y, "text", LANG_ZH));
	if (c == 0)
		c = is_provisional(x) - is_provisional(y);
	return c != 0 ? c : compare_text(x, y, "key");
}

static bool same_group(const json_t *x, const json_t *y)
{
	return !is_notice(x) && !is_notice(y) && compare_text(x, y, "name") == 0 &&
	       compare_text(x, y, "due") == 0 && compare_text(x, y, "role") == 0 &&
	       strcmp(both(x, "text", LANG_ZH), both(y, "text", LANG_ZH)) == 0 &&
	       is_provisional(x) == is_provisional(y) &&
	       compare_text(json_object_get(x, "workflow"), json_object_get(y, "workflow"), "id") ==
		       0;
}

static const char *role_text(const json_t *item, enum lang lang)
{
	static const struct {
		const char *role, *zh, *en;
	} roles[] = {
		{"lead", "牵头", "you lead"},
		{"cooperating", "配合", "you cooperate"},
		{"supervisor", "督办", "you supervise"},
	};
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		if (strcmp(text(item, "role"), roles[i].role) == 0)
			return lang == LANG_EN ? roles[i].en : roles[i].zh;
	}
	return lang == LANG_EN ? "you are responsible" : "责任";
}

/* An object in the making. Once memory did not suffice it is not used: a digest that lacks something says
 * something else. */
struct making {
	json_t *obj; /* owned */
	bool failed;
};

static void set(struct making *m, const char *name, json_t *value)
{
	m->failed = json_object_set_new(m->obj, name, value) != 0 || m->failed;
}

/* NULL when out of memory. */
static json_t *made(struct making *m)
{
	if (!m->failed)
		return m->obj;
	json_decref(m->obj);
	return NULL;
}

static void set_text(struct making *m, const char *name, const char *value)
{
	set(m, name, json_string(value));
}

static void set_int(struct making *m, const char *name, int64_t value)
{
	set(m, name, json_integer(value));
}

static void set_flag(struct making *m, const char *name, bool value)
{
	set(m, name, json_boolean(value));
}

/* A section over a text that is empty would be shown all the same. */
static void set_or_not(struct making *m, const char *name, const char *value)
{
	if (value[0] != '\0')
		set_text(m, name, value);
	else
		set_flag(m, name, false);
}

static void set_keys(struct making *group, const json_t *const *items, size_t n)
{
	ANJU_AUTO_BUF keys = BUF_INIT;
	for (size_t i = 0; i < n && i < KEYS_SHOWN; i++)
		buf_addf(&keys, "%s%s", i > 0 ? " " : "", text(items[i], "key"));
	group->failed = group->failed || keys.failed;
	set_text(group, "keys", keys.data != NULL ? keys.data : "");
	if (n > KEYS_SHOWN)
		set_int(group, "more", (int64_t)(n - KEYS_SHOWN));
	else
		set_flag(group, "more", false);
}

static json_t *group_view(
	const struct digest *d, const json_t *const *items, size_t n, enum lang lang)
{
	const json_t *first = items[0];
	int32_t due = due_of(first), late = due < d->today ? d->today - due : 0;
	struct making group = {.obj = json_object()};
	ANJU_AUTO_BUF command = BUF_INIT;
	buf_addf(&command, "anjuctl deadline list --unit %s --name %s", d->to->code,
		text(first, "name"));
	set_int(&group, "count", (int64_t)n);
	set_flag(&group, "many", n > 1);
	set_text(&group, "workflow", both(json_object_get(first, "workflow"), "title", lang));
	set_text(&group, "title", both(first, "title", lang));
	set_text(&group, "name", text(first, "name"));
	set_or_not(&group, "due", text(first, "due"));
	set_flag(&group, "provisional", is_provisional(first));
	set_flag(&group, "overdue", late > 0);
	set_int(&group, "days", late > 0 ? late : due != INT32_MAX ? due - d->today : 0);
	set_flag(&group, "today", due == d->today);
	set_text(&group, "role", role_text(first, lang));
	set_text(&group, "key", text(first, "key"));
	set_keys(&group, items, n);
	set_text(&group, "command", command.data != NULL ? command.data : "");
	set_or_not(&group, "text", both(first, "text", lang));
	group.failed = group.failed || command.failed;
	return made(&group);
}

static json_t *notice_view(const json_t *item, enum lang lang)
{
	struct making notice = {.obj = json_object()};
	set_text(&notice, "workflow", both(json_object_get(item, "workflow"), "title", lang));
	set_text(&notice, "key", text(item, "key"));
	set_text(&notice, "text", both(item, "text", lang));
	return made(&notice);
}

static void set_counts(struct making *view, const struct digest *d)
{
	int64_t due = 0, overdue = 0, notices = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (is_notice(d->items[i]))
			notices++;
		else if (due_of(d->items[i]) < d->today)
			overdue++;
		else
			due++;
	}
	set_int(view, "total", (int64_t)d->n);
	set_int(view, "due_count", due);
	set_int(view, "overdue_count", overdue);
	set_int(view, "notice_count", notices);
	set_flag(view, "any_due", due > 0);
	set_flag(view, "any_overdue", overdue > 0);
	set_flag(view, "any_notices", notices > 0);
	set_flag(view, "many_notices", notices > 1);
}

static void set_head(struct making *view, const struct digest *d, enum lang lang)
{
	char date[16], when[TIMESTAMP_MAX_CHARS];
	struct making unit = {.obj = json_object()};
	set_text(&unit, "code", d->to->code);
	set_text(&unit, "title", d->to->title[lang] != NULL ? d->to->title[lang] : d->to->code);
	set(view, "unit", made(&unit));
	set_text(view, "date", date_format(d->today, date));
	timestamp_format(d->created_ms, when);
	when[16] = '\0'; /* 2017-08-31T08:30 */
	set_text(view, "time", when + 11);
	set_flag(view, "urgent", d->urgent);
	set_flag(view, "single", d->urgent && d->n == 1);
}

static void set_lists(
	struct making *view, const struct digest *d, const json_t *const *sorted, enum lang lang)
{
	json_t *groups = json_array(), *notices = json_array();
	for (size_t i = 0, k; i < d->n && !view->failed; i = k) {
		k = i + 1;
		while (k < d->n && same_group(sorted[i], sorted[k]))
			k++;
		bool notice = is_notice(sorted[i]);
		json_t *one = notice ? notice_view(sorted[i], lang)
				     : group_view(d, sorted + i, k - i, lang);
		view->failed = json_array_append_new(notice ? notices : groups, one) != 0;
	}
	json_t *first = json_array_get(groups, 0), *first_notice = json_array_get(notices, 0);
	set(view, "first", first != NULL ? json_incref(first) : json_false());
	set(view, "first_notice", first_notice != NULL ? json_incref(first_notice) : json_false());
	set(view, "groups", groups);
	set(view, "notices", notices);
}

json_t *digest_view(const struct digest *d, enum lang lang)
{
	ANJU_AUTO_MEM const json_t **sorted = calloc(d->n > 0 ? d->n : 1, sizeof *sorted);
	if (sorted == NULL)
		return NULL;
	struct making view = {.obj = json_object()};
	if (d->n > 0)
		memcpy(sorted, d->items, d->n * sizeof *sorted);
	qsort(sorted, d->n, sizeof *sorted, compare);
	set_head(&view, d, lang);
	set_counts(&view, d);
	set_lists(&view, d, sorted, lang);
	return made(&view);
}
