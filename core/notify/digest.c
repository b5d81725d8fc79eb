#include "notify/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"

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

/* A date that was counted again. */
static bool is_moved(const json_t *item)
{
	return strcmp(text(item, "kind"), "moved") == 0;
}

/* Due days as numbers; notices have none and go last. */
static int32_t due_of(const json_t *item)
{
	int32_t day;
	return date_parse(text(item, "due"), &day, NULL) == ANJU_OK ? day : INT32_MAX;
}

/* Nearest (so also overdue) first; then items of one group beside each other. */
static int compare(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
	int32_t dx = due_of(x), dy = due_of(y);
	if (dx != dy)
		return dx < dy ? -1 : 1;
	int c = strcmp(text(json_object_get(x, "workflow"), "id"),
		text(json_object_get(y, "workflow"), "id"));
	if (c == 0)
		c = strcmp(text(x, "name"), text(y, "name"));
	if (c == 0)
		c = strcmp(text(x, "kind"), text(y, "kind"));
	if (c == 0)
		c = strcmp(text(x, "was"), text(y, "was"));
	if (c == 0)
		c = strcmp(text(x, "role"), text(y, "role"));
	return c != 0 ? c : strcmp(text(x, "key"), text(y, "key"));
}

static bool same_group(const json_t *x, const json_t *y)
{
	return !is_notice(x) && !is_notice(y) && strcmp(text(x, "name"), text(y, "name")) == 0 &&
	       strcmp(text(x, "due"), text(y, "due")) == 0 &&
	       strcmp(text(x, "kind"), text(y, "kind")) == 0 &&
	       strcmp(text(x, "was"), text(y, "was")) == 0 &&
	       strcmp(both(x, "reason", LANG_ZH), both(y, "reason", LANG_ZH)) == 0 &&
	       strcmp(text(x, "role"), text(y, "role")) == 0 &&
	       strcmp(text(json_object_get(x, "workflow"), "id"),
		       text(json_object_get(y, "workflow"), "id")) == 0;
}

static const char *role_text(const json_t *item, enum lang lang)
{
	const char *role = text(item, "role");
	if (strcmp(role, "lead") == 0)
		return lang == LANG_EN ? "you lead" : "牵头";
	if (strcmp(role, "supervisor") == 0)
		return lang == LANG_EN ? "you supervise" : "督办";
	return lang == LANG_EN ? "you are responsible" : "责任";
}

static void add_keys(struct buf *out, const json_t *const *items, size_t n, enum lang lang)
{
	buf_adds(out, "    ");
	for (size_t i = 0; i < n && i < KEYS_SHOWN; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", text(items[i], "key"));
	if (n > KEYS_SHOWN)
		buf_addf(out, lang == LANG_EN ? " and %zu more" : " 另有 %zu 件", n - KEYS_SHOWN);
	buf_addc(out, '\n');
}

/* "moved because …" */
static void add_moved(struct buf *out, const json_t *first, size_t n, enum lang lang)
{
	const json_t *wf = json_object_get(first, "workflow");
	const char *none = lang == LANG_EN ? "no date" : "未定";
	const char *was = text(first, "was"), *due = text(first, "due");
	was = was[0] != '\0' ? was : none;
	due = due[0] != '\0' ? due : none;
	if (lang == LANG_EN)
		buf_addf(out, "- %zu x %s: %s, moved from %s to %s because of: %s (%s)\n", n,
			both(wf, "title", lang), both(first, "title", lang), was, due,
			both(first, "reason", lang), role_text(first, lang));
	else
		buf_addf(out, "- %s %zu 件：%s，期限由 %s 改为 %s，依据：%s（%s）\n",
			both(wf, "title", lang), n, both(first, "title", lang), was, due,
			both(first, "reason", lang), role_text(first, lang));
}

static void add_group(struct buf *out, const struct unit *to, const json_t *const *items, size_t n,
	int32_t today, enum lang lang)
{
	const json_t *first = items[0], *wf = json_object_get(first, "workflow");
	bool late = due_of(first) < today;
	if (is_moved(first))
		add_moved(out, first, n, lang);
	else if (lang == LANG_EN)
		buf_addf(out, "- %zu x %s: %s, due %s%s (%s)\n", n, both(wf, "title", lang),
			both(first, "title", lang), text(first, "due"), late ? ", OVERDUE" : "",
			role_text(first, lang));
	else
		buf_addf(out, "- %s %zu 件：%s，期限 %s%s（%s）\n", both(wf, "title", lang), n,
			both(first, "title", lang), text(first, "due"), late ? "，已逾期" : "",
			role_text(first, lang));
	add_keys(out, items, n, lang);
	buf_addf(out, "    anjuctl deadline list --unit %s --name %s\n", to->code,
		text(first, "name"));
}

static void add_notice(struct buf *out, const json_t *item, enum lang lang)
{
	const json_t *wf = json_object_get(item, "workflow");
	buf_addf(out, "- %s %s: %s\n", both(wf, "title", lang), text(item, "key"),
		both(item, "text", lang));
}

struct counts {
	size_t due, overdue, notices;
};

static struct counts count(const json_t *const *items, size_t n, int32_t today)
{
	struct counts c = {0};
	for (size_t i = 0; i < n; i++) {
		if (is_notice(items[i]) || is_moved(items[i]))
			c.notices++;
		else if (due_of(items[i]) < today)
			c.overdue++;
		else
			c.due++;
	}
	return c;
}

static void add_body(struct buf *out, const struct unit *to, const json_t *const *items, size_t n,
	int32_t today, enum lang lang)
{
	buf_addf(out, lang == LANG_EN ? "%s:\n\n" : "%s：\n\n", to->title[lang]);
	for (size_t i = 0, k; i < n; i = k) {
		k = i + 1;
		while (k < n && same_group(items[i], items[k]))
			k++;
		if (is_notice(items[i]))
			add_notice(out, items[i], lang);
		else
			add_group(out, to, items + i, k - i, today, lang);
	}
}

/* Of one thing alone: what it is about, so that it can be told from the next one. */
static void add_single_subject(struct buf *out, const json_t *item, enum lang lang)
{
	buf_addf(out, lang == LANG_EN ? "%s %s: %s" : "%s %s：%s",
		both(json_object_get(item, "workflow"), "title", lang), text(item, "key"),
		both(item, is_notice(item) ? "text" : "title", lang));
}

static void add_subject(struct buf *out, const json_t *const *items, size_t n, int32_t today,
	bool urgent, enum lang lang)
{
	struct counts c = count(items, n, today);
	char date[16];
	if (urgent)
		buf_adds(out, lang == LANG_EN ? "[urgent] " : "【紧急】");
	if (urgent && n == 1) {
		add_single_subject(out, items[0], lang);
		return;
	}
	if (lang == LANG_EN)
		buf_addf(out, "%s: %zu due, %zu overdue", date_format(today, date), c.due,
			c.overdue);
	else
		buf_addf(out, "%s 待办 %zu 件，逾期 %zu 件", date_format(today, date), c.due,
			c.overdue);
	if (c.notices > 0 && lang == LANG_EN)
		buf_addf(out, ", %zu notice%s", c.notices, c.notices > 1 ? "s" : "");
	else if (c.notices > 0)
		buf_addf(out, "，通知 %zu 件", c.notices);
}

json_t *digest_message(const struct unit *to, const char *id, const json_t *const *items, size_t n,
	int32_t today, int64_t created_ms, bool urgent)
{
	ANJU_AUTO_MEM const json_t **sorted = calloc(n > 0 ? n : 1, sizeof *sorted);
	if (sorted == NULL)
		return NULL;
	if (n > 0)
		memcpy(sorted, items, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare);
	struct buf subject[2] = {0}, body[2] = {0};
	bool failed = false;
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		add_subject(&subject[lang], sorted, n, today, urgent, (enum lang)lang);
		add_body(&body[lang], to, sorted, n, today, (enum lang)lang);
		failed = failed || subject[lang].failed || body[lang].failed;
	}
	char when[TIMESTAMP_MAX_CHARS];
	json_t *message = NULL;
	if (!failed)
		message = json_pack(
			"{s:s, s:{s:s, s:{s:s, s:s}, s:O?}, s:{s:s, s:s}, s:{s:s, s:s}, s:b, s:s}",
			"id", id, "to", "unit", to->code, "title", "zh", to->title[LANG_ZH], "en",
			to->title[LANG_EN], "contacts", to->contacts, "subject", "zh",
			subject[LANG_ZH].data, "en", subject[LANG_EN].data, "body", "zh",
			body[LANG_ZH].data, "en", body[LANG_EN].data, "urgent", urgent,
			"created_at", timestamp_format(created_ms, when));
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		buf_done(&subject[lang]);
		buf_done(&body[lang]);
	}
	return message;
}
