/*
 * The open cases of a data folder, brought to the definitions of the packs that are rehearsed. They are there already,
 * in the sandbox's copy; the folder itself is only read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "migrate/arrive.h"
#include "migrate/diff.h"
#include "migrate/plan.h"
#include "rehearse/impl.h"
#include "rehearse/script.h"
#include "store/store.h"

#define PAGE 500

/* --- which definitions there are --- */

struct in_use {
	struct definition {
		char *workflow, *hash; /* owned */
		int64_t open;
	} * items; /* owned */
	size_t len, cap;
	bool failed;
};

static bool add_definition(
	void *ctx, const char *workflow, const char *hash, int64_t open, int64_t done)
{
	struct in_use *list = ctx;
	(void)done;
	if (open == 0)
		return true;
	if (list->len == list->cap) {
		size_t cap = list->cap * 2 + 16;
		struct definition *p = realloc(list->items, cap * sizeof *p);
		list->failed = p == NULL;
		if (list->failed)
			return false;
		list->items = p;
		list->cap = cap;
	}
	struct definition *d = &list->items[list->len++];
	*d = (struct definition){.workflow = strdup(workflow), .hash = strdup(hash), .open = open};
	list->failed = d->workflow == NULL || d->hash == NULL;
	return !list->failed;
}

static void in_use_done(struct in_use *list)
{
	for (size_t i = 0; i < list->len; i++) {
		free(list->items[i].workflow);
		free(list->items[i].hash);
	}
	free(list->items);
}

/* --- the way from one to the other --- */

struct way {
	struct side old, next;
	struct plan *plan; /* owned */
	struct migration migration;
};

static void way_done(struct way *way)
{
	plan_free(way->plan);
	side_done(&way->old);
	side_done(&way->next);
}

static const char *text_at(const json_t *doc, const char *a, const char *b)
{
	const char *s = json_string_value(json_object_get(json_object_get(doc, a), b));
	return s != NULL ? s : "";
}

/* The author's plan from this definition, if one was given. */
static anju_status given_plan(struct rehearsal *r, const struct way *way, json_t **ret,
	const char **ret_file, anju_error *err)
{
	for (size_t i = 0; i < r->options.plans_len; i++) {
		const char *path = r->options.plans[i], *file = rehearse_base_name(path);
		ANJU_AUTO_JSON *doc = NULL;
		anju_status st = json_load_path(path, file, 1u << 20, &doc, err);
		if (st != ANJU_OK)
			return st;
		const char *workflow = json_string_value(json_object_get(doc, "workflow"));
		if (workflow == NULL || strcmp(workflow, way->next.id) != 0 ||
			strcmp(text_at(doc, "from", "hash"), way->old.hash) != 0)
			continue;
		*ret = ANJU_TAKE(doc);
		*ret_file = file;
		return ANJU_OK;
	}
	return ANJU_OK;
}

/* What can be said without an author; but where a deadline's rule has changed it is the new date that a rehearsal is
 * about. */
static anju_status suggested_plan(const struct way *way, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *differences = diff_definitions(&way->old, &way->next);
	ANJU_AUTO_JSON *doc = diff_plan(&way->old, &way->next, differences);
	const char *name;
	json_t *v;
	if (differences == NULL || doc == NULL ||
		json_object_set_new(doc, "reason", json_string("rehearsal")) != 0)
		return anju_fail_nomem(err);
	json_t *policy = json_object_get(json_object_get(doc, "deadlines"), "policy");
	json_object_foreach(policy, name, v) {
		if (strcmp(json_string_value(v), "keep") == 0)
			(void)json_string_set(v, "recompute");
	}
	*ret = ANJU_TAKE(doc);
	return ANJU_OK;
}

static anju_status read_plan(struct rehearsal *r, struct way *way, anju_error *err)
{
	ANJU_AUTO_JSON *doc = NULL;
	const char *file = "";
	anju_status st = given_plan(r, way, &doc, &file, err);
	if (st == ANJU_OK && doc == NULL)
		st = suggested_plan(way, &doc, err);
	return st == ANJU_OK ? plan_read(doc, file, &way->plan, err) : st;
}

static anju_status find_way(struct rehearsal *r, const struct definition *from,
	const struct workflow *to, struct way *way, anju_error *err)
{
	struct store_definition row;
	char name[96];
	anju_status st = store_read_definition(sandbox_reader(r->sandbox), from->hash, &row, err);
	if (st != ANJU_OK)
		return st;
	snprintf(name, sizeof name, "%.63s@%.12s", from->workflow, from->hash);
	ANJU_AUTO_JSON *source = json_loads(row.source, 0, NULL);
	st = side_init(&way->old, source, name, from->hash, err);
	if (st == ANJU_OK)
		st = side_init(&way->next, to->source, to->file, to->hash_hex, err);
	if (st == ANJU_OK)
		st = read_plan(r, way, err);
	if (st != ANJU_OK)
		return st;
	way->migration = (struct migration){
		.plan = way->plan, .old = &way->old, .next = &way->next, .to = to};
	return plan_check(
		way->plan, &way->old, &way->next, to, pack_set_org(r->options.world->packs), err);
}

/* --- cases --- */

struct open_case {
	int64_t id;
	char *key; /* owned */
};

struct open_page {
	struct open_case rows[PAGE];
	size_t len;
	bool failed;
};

static bool add_case(void *ctx, const struct store_case *row)
{
	struct open_page *page = ctx;
	struct open_case *c = &page->rows[page->len++];
	*c = (struct open_case){.id = row->id, .key = strdup(row->key)};
	page->failed = c->key == NULL;
	return !page->failed;
}

static anju_status note_unfit(struct rehearsal *r, const char *name, int64_t cases,
	const anju_error *why, anju_error *err)
{
	struct trouble t = {.what = "unfit", .at_ms = SCRIPT_NO_TIME, .name = name, .err = why};
	r->counts.unfit += cases;
	return rehearse_note(r, &t, err);
}

static anju_status bring_case(struct rehearsal *r, const char *workflow, const struct way *way,
	const struct open_case *c, anju_error *err)
{
	ANJU_AUTO_BUF name = BUF_INIT;
	anju_error why = {0};
	anju_status st = sandbox_migrate(r->sandbox, &way->migration, c->id, &why);
	if (st == ANJU_OK) {
		r->counts.moved++;
		return ANJU_OK;
	}
	if (rehearse_is_fatal(st)) {
		if (err != NULL)
			*err = why;
		return st;
	}
	buf_addf(&name, "%s/%s", workflow, c->key);
	return name.failed ? anju_fail_nomem(err) : note_unfit(r, name.data, 1, &why, err);
}

static anju_status bring_all(
	struct rehearsal *r, const struct definition *d, const struct way *way, anju_error *err)
{
	ANJU_AUTO_MEM struct open_page *page = calloc(1, sizeof *page);
	struct store_case_filter filter = {
		.workflow = d->workflow, .definition = d->hash, .done = 0, .limit = PAGE};
	bool more = page != NULL;
	anju_status st = more ? ANJU_OK : anju_fail_nomem(err);
	while (st == ANJU_OK && more) {
		st = store_read_cases(sandbox_reader(r->sandbox), &filter, add_case, page, err);
		if (st == ANJU_OK && page->failed)
			st = anju_fail_nomem(err);
		for (size_t i = 0; i < page->len && st == ANJU_OK; i++)
			st = bring_case(r, d->workflow, way, &page->rows[i], err);
		more = page->len == PAGE;
		if (page->len > 0)
			filter.after_id = page->rows[page->len - 1].id;
		for (size_t i = 0; i < page->len; i++)
			free(page->rows[i].key);
		page->len = 0;
	}
	return st;
}

/* A definition that has no way to its successor stays in force for its cases, as it would in the daemon. */
static anju_status bring(struct rehearsal *r, const struct definition *d, anju_error *err)
{
	const struct workflow *to = pack_set_workflow(r->options.world->packs, d->workflow);
	struct way way = {0};
	anju_error why = {0};
	r->counts.taken += d->open;
	if (to != NULL && strcmp(to->hash_hex, d->hash) == 0)
		return ANJU_OK;
	anju_status st = ANJU_OK;
	if (to == NULL) {
		(void)anju_fail(&why, ANJU_E_NOTFOUND, "engine.no_workflow", "not in these packs");
		anju_error_found(&why, "%s", d->workflow);
		return note_unfit(r, d->workflow, d->open, &why, err);
	}
	st = find_way(r, d, to, &way, &why);
	if (st == ANJU_OK)
		st = bring_all(r, d, &way, err);
	else if (!rehearse_is_fatal(st))
		st = note_unfit(r, d->workflow, d->open, &why, err);
	else if (err != NULL)
		*err = why;
	way_done(&way);
	return st;
}

anju_status rehearse_snapshot(struct rehearsal *r, anju_error *err)
{
	struct in_use list = {0};
	anju_status st =
		store_count_definitions(sandbox_reader(r->sandbox), add_definition, &list, err);
	if (st == ANJU_OK && list.failed)
		st = anju_fail_nomem(err);
	for (size_t i = 0; i < list.len && st == ANJU_OK; i++)
		st = bring(r, &list.items[i], err);
	in_use_done(&list);
	return st;
}

static bool keep_last(void *ctx, const struct store_message *row)
{
	*(int64_t *)ctx = row->id;
	return true;
}

anju_status rehearse_mark(struct rehearsal *r, anju_error *err)
{
	return store_read_messages(sandbox_reader(r->sandbox), NULL, -1, r->first_message,
		INT32_MAX, keep_last, &r->first_message, err);
}
