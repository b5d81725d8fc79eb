#include "world.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "journal/journal.h"

#ifndef WORLD_PACKS
#define WORLD_PACKS TEST_DATA "/engine"
#endif

static void show(void *ctx, const anju_error *e)
{
	(void)ctx;
	fprintf(stderr, "# %s %s#%s: %s found %s allowed %s\n", e->id, e->file, e->where, e->text,
		e->found, e->allowed);
}

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	struct world *w = ctx;
	(void)last_seq;
	pthread_mutex_lock(&w->lock);
	w->messages = w->messages || messages;
	for (; list != NULL; list = list->next)
		w->waiting--;
	pthread_cond_broadcast(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

static const char notice_2017[] = "{\"year\":2017,\"status\":\"announced\",\"source\":{\"title\":{"
				  "\"zh\":\"通知\",\"en\":\"notice\"},"
				  "\"number\":\"国办发明电〔2016〕17号\",\"issued\":\"2016-12-01\"}"
				  ",\"holidays\":[{\"name\":{\"zh\":"
				  "\"国庆节、中秋节\",\"en\":\"National "
				  "Day\"},\"from\":\"2017-10-01\",\"to\":\"2017-10-08\"}],"
				  "\"workdays\":[\"2017-09-30\"]}";

static void start(struct world *w, const char *start, const char *fault)
{
	anju_error err = {0};
	struct pack_options po = {
		.dir = w->packs_dir != NULL ? w->packs_dir : WORLD_PACKS, .report = show};
	assert_ok(pack_load(&po, &w->packs, &err), err);
	w->calendar = calendar_new();
	ANJU_AUTO_JSON *notice = json_loads(notice_2017, 0, NULL);
	assert_ok(calendar_add_year(w->calendar, notice, "2017", &err), err);
	struct store_options so = {.folder = w->folder, .fault = fault};
	assert_ok(store_open(&so, &w->store, &err), err);
	struct engine_options eo = {.store = w->store,
		.packs = w->packs,
		.calendar = w->calendar,
		.manual_clock = !w->wall,
		.finished = finished,
		.ctx = w};
	assert_ok(timestamp_parse(start, &eo.manual_start_ms, &err), err);
	assert_ok(engine_start(&eo, &w->engine, &err), err);
}

void world_open(struct world *w, const char *at, const char *fault)
{
	*w = (struct world){.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
	snprintf(w->folder, sizeof w->folder, "/tmp/anju-engine-XXXXXX");
	cr_assert(mkdtemp(w->folder) != NULL);
	start(w, at, fault);
}

void world_open_packs(struct world *w, const char *packs_dir, const char *at)
{
	*w = (struct world){.packs_dir = packs_dir,
		.wall = at == NULL,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.cond = PTHREAD_COND_INITIALIZER};
	snprintf(w->folder, sizeof w->folder, "/tmp/anju-engine-XXXXXX");
	cr_assert(mkdtemp(w->folder) != NULL);
	start(w, at != NULL ? at : "2001-01-01", NULL);
}

void world_close(struct world *w)
{
	engine_free(w->engine);
	store_free(w->store);
	calendar_free(w->calendar);
	pack_set_free(w->packs);
	w->engine = NULL;
	w->store = NULL;
	w->calendar = NULL;
	w->packs = NULL;
}

void world_reopen(struct world *w, const char *fault)
{
	start(w, "2001-01-01", fault); /* the stored clock decides, not this */
}

void world_done(struct world *w)
{
	char cmd[128];
	if (w->engine != NULL)
		world_close(w);
	snprintf(cmd, sizeof cmd, "rm -rf %s", w->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: test clean-up of its own folder */
}

struct command *world_command(
	struct world *w, enum command_kind kind, const char *unit, const char *params)
{
	struct command *c = command_new(kind);
	c->params = json_loads(params, 0, NULL);
	cr_assert(c->params != NULL, "%s", params);
	c->who.unit = org_unit(pack_set_org(w->packs), unit);
	c->who.admin = unit[0] == '\0';
	json_t *p = c->params;
	c->workflow = json_string_value(json_object_get(p, "workflow"));
	c->key = json_string_value(json_object_get(p, "key"));
	c->event = json_string_value(json_object_get(p, "event"));
	c->data = json_object_get(p, "data");
	c->docs = json_object_get(p, "docs");
	c->reason = json_string_value(json_object_get(p, "reason"));
	c->idem = json_string_value(json_object_get(p, "idem"));
	c->dry_run = json_is_true(json_object_get(p, "dry_run"));
	if (json_object_get(p, "rev") != NULL)
		c->expect_rev = json_integer_value(json_object_get(p, "rev"));
	const char *at = json_string_value(json_object_get(p, "at"));
	if (at != NULL)
		cr_assert_eq(timestamp_parse(at,
				     kind == COMMAND_ADVANCE ? &c->to_ms : &c->effective_ms, NULL),
			ANJU_OK);
	return c;
}

void world_run(struct world *w, struct command **cmds, int n)
{
	anju_error err = {0};
	pthread_mutex_lock(&w->lock);
	w->waiting += n;
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < n; i++)
		assert_ok(engine_submit(w->engine, cmds[i], &err), err);
	pthread_mutex_lock(&w->lock);
	while (w->waiting > 0)
		pthread_cond_wait(&w->cond, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

anju_status world_do(struct world *w, enum command_kind kind, const char *unit, const char *params,
	struct command **ret)
{
	struct command *c = world_command(w, kind, unit, params);
	world_run(w, &c, 1);
	anju_status st = c->status;
	if (ret != NULL)
		*ret = c;
	else
		command_free(c);
	return st;
}

void world_advance(struct world *w, const char *to)
{
	char params[80];
	struct command *c;
	snprintf(params, sizeof params, "{\"at\":\"%s\"}", to);
	anju_status st = world_do(w, COMMAND_ADVANCE, "", params, &c);
	cr_assert_eq(st, ANJU_OK, "%s", c->err.text);
	command_free(c);
}

static bool add_message(void *ctx, const struct store_message *row)
{
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, NULL);
	buf_addf(ctx, "%s|%s|%s\n", row->claim, row->unit,
		json_string_value(json_object_get(json_object_get(body, "subject"), "en")));
	return true;
}

char *world_messages(struct world *w)
{
	struct store_reader *r;
	anju_error err = {0};
	struct buf out = BUF_INIT;
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_messages(r, NULL, -1, 0, 1000, add_message, &out, &err), err);
	store_reader_free(r);
	return buf_take(&out);
}

static bool add_deadline(void *ctx, const struct store_deadline *row)
{
	char date[16];
	if (!row->timer)
		buf_addf(ctx, "%s|%d|%s|%s\n", row->name, (int)row->status,
			row->due_ms == INT64_MAX ? "-" : date_format(row->due_day, date),
			row->lead);
	return true;
}

char *world_deadlines(struct world *w, const char *workflow, const char *key)
{
	struct store_reader *r;
	struct store_case row;
	anju_error err = {0};
	struct buf out = BUF_INIT;
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_case(r, workflow, key, &row, &err), err);
	struct store_deadline_filter f = {.case_id = row.id, .status = -1, .limit = 100};
	assert_ok(store_read_deadlines(r, &f, add_deadline, &out, &err), err);
	store_reader_free(r);
	return buf_take(&out);
}

/* --- verification: case = fold of its journal --- */

struct verifying {
	struct store_reader *reader;
	struct journal_fold fold;
};

static bool add_entry(void *ctx, const struct store_entry *row)
{
	struct verifying *v = ctx;
	anju_error err = {0};
	struct journal_entry e = {.rev = row->rev,
		.recorded_ms = row->recorded_ms,
		.effective_ms = row->effective_ms,
		.event = row->event,
		.actor = row->actor,
		.reason = row->reason,
		.body = row->body};
	assert_ok(journal_fold_add(&v->fold, &e, row->hash, &err), err);
	return true;
}

struct ids {
	int64_t items[256];
	size_t len;
};

static bool add_case(void *ctx, const struct store_case *row)
{
	struct ids *ids = ctx;
	if (ids->len < 256)
		ids->items[ids->len++] = row->id;
	return true;
}

static void verify_case(struct verifying *v, int64_t id)
{
	anju_error err = {0};
	struct store_case row;
	assert_ok(store_read_case_by_id(v->reader, id, &row, &err), err);
	assert_ok(journal_fold_init(&v->fold, row.workflow, row.key, row.origin, &err), err);
	assert_ok(store_read_history(v->reader, id, 0, 100000, add_entry, v, &err), err);
	assert_ok(store_read_case_by_id(v->reader, id, &row, &err), err);
	ANJU_AUTO_JSON *data = json_loads(row.data, 0, NULL);
	ANJU_AUTO_JSON *meta = json_loads(row.meta, 0, NULL);
	cr_assert_eq(v->fold.rev, row.rev);
	cr_assert_str_eq(v->fold.state, row.state);
	cr_assert(json_equal(v->fold.data, data), "data of %s", row.key);
	cr_assert(json_equal(v->fold.docs, json_object_get(meta, "docs")), "docs of %s", row.key);
	cr_assert(
		json_equal(v->fold.locks, json_object_get(meta, "locks")), "locks of %s", row.key);
	cr_assert_eq(memcmp(v->fold.head, row.head, HASH_BYTES), 0);
	journal_fold_done(&v->fold);
}

void world_verify(struct world *w)
{
	anju_error err = {0};
	struct verifying v = {0};
	struct ids ids = {.len = 0};
	assert_ok(store_reader_open(w->folder, &v.reader, &err), err);
	assert_ok(store_check(v.reader, show, NULL, &err), err);
	struct store_case_filter f = {.done = -1, .limit = 256};
	assert_ok(store_read_cases(v.reader, &f, add_case, &ids, &err), err);
	for (size_t i = 0; i < ids.len; i++)
		verify_case(&v, ids.items[i]);
	store_reader_free(v.reader);
}
