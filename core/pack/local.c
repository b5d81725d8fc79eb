/*~ Some rules leave a number open: "promptly", "periodically". The pack says so with {"local": id, "says": …}, and
 * whoever runs it fills it in: the member "local" of a later pack.json. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/local.h"

static const char dummy[] = "a condition";

/* Conditions, fields and deadlines are looked up where the blank stands. */
static anju_status take_condition(
	void *ctx, const char *text, const struct json_at *at, void **ret_cond, anju_error *err)
{
	(void)ctx, (void)text, (void)at, (void)err;
	*ret_cond = (void *)dummy;
	return ANJU_OK;
}

static void release_nothing(void *cond)
{
	(void)cond;
}

static anju_status take_deadline(
	void *ctx, const char *name, const struct json_at *at, anju_error *err)
{
	(void)ctx, (void)name, (void)at, (void)err;
	return ANJU_OK;
}

static bool check_due(struct loader *ld, const json_t *value, const struct json_at *at)
{
	static const struct due_hooks hooks = {.compile = take_condition,
		.release = release_nothing,
		.deadline = take_deadline,
		.filling = true};
	anju_error err;
	ANJU_AUTO(due_rule) rule = NULL;
	return load_ok(ld, due_rule_parse(value, at, &hooks, &rule, &err), &err);
}

static bool check_recur(struct loader *ld, const json_t *value, const struct json_at *at)
{
	static const char *const known[] = {"recur", "due", NULL};
	size_t before = ld->findings;
	anju_error err;
	int32_t day;
	struct json_at due_at = JSON_AT_KEY(at, "due");
	const json_t *due = json_object_get(value, "due");
	if (!load_object(ld, value, at, known))
		return false;
	const char *rrule = load_string(ld, value, at, "recur", true);
	struct json_at here = JSON_AT_KEY(at, "recur");
	if (rrule == NULL)
		return false;
	anju_status st = recurrence_next(rrule, 0, -1, &day, &err);
	if (st == ANJU_E_INVALID)
		load_finding_text(ld, "pack.recur", &here, rrule,
			"@say.rrule_such|FREQ=MONTHLY;BYMONTHDAY=1");
	if (due != NULL)
		(void)check_due(ld, due, &due_at);
	return ld->findings == before;
}

static bool check_value(struct loader *ld, const json_t *value, const struct json_at *at)
{
	bool period = json_object_get(value, "recur") != NULL;
	return period ? check_recur(ld, value, at) : check_due(ld, value, at);
}

static void keep(struct loader *ld, const struct source *src, const char *id, const json_t *value)
{
	struct local *local = pool_alloc(&ld->set->pool, sizeof *local);
	if (local == NULL)
		return;
	*local = (struct local){.next = ld->set->locals,
		.id = id,
		.value = value,
		.pack = src->name,
		.root = JSON_AT_ROOT(src->file)};
	local->list_at = JSON_AT_KEY(&local->root, "local");
	local->at = JSON_AT_KEY(&local->list_at, id);
	/* in front of what packs below filled in: the first one found is the one in force */
	ld->set->locals = local;
}

bool local_id_check(struct loader *ld, const struct json_at *at, const char *id)
{
	if (due_local_id_ok(id))
		return true;
	load_finding_text(ld, "pack.local_id", at, id, "GX-D-20, GX-D-20.visit");
	return false;
}

void locals_load(struct loader *ld, const struct source *src)
{
	struct json_at root = JSON_AT_ROOT(src->file), list_at = JSON_AT_KEY(&root, "local");
	const json_t *list = json_object_get(src->doc, "local");
	if (list == NULL)
		return;
	if (!json_is_object(list)) {
		load_finding(ld, "json.type", &list_at, list, "@say.object");
		return;
	}
	const char *id;
	json_t *value;
	json_object_foreach((json_t *)list, id, value) {
		struct json_at at = JSON_AT_KEY(&list_at, id);
		if (local_id_check(ld, &at, id) && check_value(ld, value, &at))
			keep(ld, src, id, value);
	}
}

static void note(struct loader *ld, const char *id, const json_t *says, enum blank_kind kind,
	const struct json_at *at, const struct local *local)
{
	struct pack_set *set = ld->set;
	char pointer[512];
	struct blank_note *n = pool_alloc(&set->pool, sizeof *n);
	if (n == NULL)
		return;
	const char *zh = json_string_value(json_object_get(says, "zh"));
	const char *en = json_string_value(json_object_get(says, "en"));
	n->blank = (struct blank){.id = pool_strdup(&set->pool, id),
		.kind = kind,
		.says = {{zh, en}},
		.file = pool_strdup(&set->pool, json_at_file(at)),
		.pointer = pool_strdup(&set->pool, json_at_pointer(at, pointer, sizeof pointer)),
		.pack = local != NULL ? local->pack : NULL,
		.value = local != NULL ? local->value : NULL};
	*ld->blanks_end = n;
	ld->blanks_end = &n->next;
	set->blanks_len++;
}

const struct local *local_use(struct loader *ld, const char *id, const json_t *says,
	enum blank_kind kind, const struct json_at *at)
{
	struct local *local = ld->set->locals;
	while (local != NULL && strcmp(local->id, id) != 0)
		local = local->next;
	if (ld->stored) /* the set is in use already and does not change */
		return local;
	for (struct local *l = local; l != NULL; l = l->next)
		l->used = l->used || strcmp(l->id, id) == 0;
	note(ld, id, says, kind, at, local);
	return local;
}

static void free_json(void *thing)
{
	json_decref(thing);
}

bool build_keep_local(struct build *b, const struct local *local)
{
	if (b->locals == NULL) {
		json_t *all = json_object();
		if (all == NULL || !pool_own_take(b->pool, all, free_json)) {
			b->pool->failed = true;
			return false;
		}
		b->locals = all;
	}
	return json_object_set(b->locals, local->id, (json_t *)local->value) == 0;
}

size_t pack_set_blank_count(const struct pack_set *set)
{
	return set->blanks_len;
}

const struct blank *pack_set_blank_at(const struct pack_set *set, size_t i)
{
	const struct blank_note *n = set->blanks;
	while (n != NULL && i-- > 0)
		n = n->next;
	return n != NULL ? &n->blank : NULL;
}

bool pack_set_local_unused(
	const struct pack_set *set, size_t i, const char **ret_id, const char **ret_file)
{
	for (const struct local *l = set->locals; l != NULL; l = l->next) {
		if (l->used || i-- > 0)
			continue;
		*ret_id = l->id;
		*ret_file = l->root.file;
		return true;
	}
	return false;
}
