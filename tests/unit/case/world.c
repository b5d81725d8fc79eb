#include "world.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/timestamp.h"

static void show(void *ctx, const anju_error *e)
{
	(void)ctx;
	fprintf(stderr, "# %s %s#%s: %s found %s allowed %s\n", e->id, e->file, e->where, e->text,
		e->found, e->allowed);
}

json_t *world_json(const char *text)
{
	ANJU_AUTO_MEM char *copy = strdup(text);
	for (char *p = copy; *p != '\0'; p++)
		*p = *p == '\'' ? '"' : *p;
	json_t *v = json_loads(copy, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(v, "%s", copy);
	return v;
}

static int64_t instant(const char *at)
{
	int64_t ms = 0;
	anju_error err = {0};
	assert_ok(timestamp_parse(at, &ms, &err), err);
	return ms;
}

/* --- the fakes --- */

static json_t *related(
	void *ctx, struct anju_case *cs, const struct relation *relation, const json_t *ids)
{
	struct world *w = ctx;
	(void)cs;
	if (ids != NULL)
		return json_pack("[{s:O}]", "id", json_array_get(ids, 0));
	json_t *list = json_object_get(w->related, relation->name);
	return w->related_fails ? NULL : list != NULL ? json_incref(list) : json_array();
}

static anju_status policy(void *ctx, const struct guard *guard, const json_t *input,
	json_t **ret_verdict, anju_error *err)
{
	struct world *w = ctx;
	(void)guard;
	w->policies++;
	json_decref(w->asked);
	w->asked = json_deep_copy(input);
	if (w->verdict == NULL) {
		anju_error failure = {.status = w->policy_status,
			.id = "plugin.failed",
			.text = "judge.fit is out of order"};
		*err = failure;
		return w->policy_status;
	}
	*ret_verdict = json_incref(w->verdict);
	return ANJU_OK;
}

static anju_status find(
	void *ctx, const char *workflow, const char *key, int64_t *ret_id, anju_error *err)
{
	(void)ctx;
	bool known = strcmp(workflow, "site") == 0 && key[0] == 'S' && key[1] >= '1' &&
		     key[1] <= '3' && key[2] == '\0';
	if (known) {
		*ret_id = 10 + (key[1] - '0');
		return ANJU_OK;
	}
	if (err != NULL)
		*err = (anju_error){.status = ANJU_E_NOTFOUND, .id = "engine.no_case"};
	return ANJU_E_NOTFOUND;
}

static const char notice_2017[] =
	"{'year':2017,'status':'announced','source':{'title':{'zh':'通知','en':'notice'},"
	"'number':'国办发明电〔2016〕17号','issued':'2016-12-01'},'holidays':[{'name':{'zh':'"
	"国庆节、中秋节',"
	"'en':'National Day'},'from':'2017-10-01','to':'2017-10-08'}],'workdays':['2017-09-30']}";

void world_open(struct world *w, const char *at)
{
	anju_error err = {0};
	*w = (struct world){.policy_status = ANJU_E_PLUGIN};
	struct pack_options options = {.dir = TEST_DATA "/case", .report = show};
	assert_ok(pack_load(&options, &w->packs, &err), err);
	w->calendar = calendar_new();
	ANJU_AUTO_JSON *notice = world_json(notice_2017);
	assert_ok(calendar_add_year(w->calendar, notice, "2017", &err), err);
	w->arena = expr_arena_new();
	w->related = json_object();
	w->env = (struct case_env){.org = pack_set_org(w->packs),
		.calendar = w->calendar,
		.rules = pack_set_rules(w->packs),
		.office_minute = 510,
		.arena = w->arena,
		.ctx = w,
		.related = related,
		.policy = policy,
		.find = find};
	world_at(w, at);
	if (strlen(at) == 10)
		w->env.now_ms += INT64_C(12) * 3600000;
}

void world_at(struct world *w, const char *at)
{
	w->env.now_ms = instant(at);
}

static void forget_case(struct world *w)
{
	anju_case_free(w->cs);
	w->cs = NULL;
	journal_fold_done(&w->fold);
	free(w->state);
	free(w->data);
	free(w->meta);
	w->state = w->data = w->meta = NULL;
}

void world_done(struct world *w)
{
	forget_case(w);
	case_effects_done(&w->fx);
	json_decref(w->related);
	json_decref(w->verdict);
	json_decref(w->asked);
	expr_arena_free(w->arena);
	calendar_free(w->calendar);
	pack_set_free(w->packs);
}

/* --- what the engine does around a step --- */

struct texts {
	char *state, *data, *meta;
};

static struct texts texts_of(const struct anju_case *cs)
{
	struct buf state = BUF_INIT, data = BUF_INIT, meta = BUF_INIT;
	chart_snapshot_write(cs->wf->chart, cs->snapshot, &state);
	case_write_data(cs, &data);
	case_write_meta(cs, &meta);
	return (struct texts){
		.state = buf_take(&state), .data = buf_take(&data), .meta = buf_take(&meta)};
}

static void texts_done(struct texts *t)
{
	free(t->state);
	free(t->data);
	free(t->meta);
}

/* `b` is NULL where the case has none. */
static void same_json(const json_t *a, const json_t *b, const char *what)
{
	if (b == NULL && json_object_size(a) + json_array_size(a) == 0)
		return;
	ANJU_AUTO_MEM char *x = json_text(a), *y = b != NULL ? json_text(b) : NULL;
	cr_assert(json_equal(a, b), "%s of the fold %s, of the case %s", what, x, y);
}

/* The entry as the engine would store it, folded. */
static void fold_entry(struct world *w, const struct case_request *request)
{
	char actor[CASE_ACTOR_CHARS];
	anju_error err = {0};
	struct journal_entry e = {.rev = w->cs->rev,
		.recorded_ms = w->env.now_ms,
		.effective_ms = request->effective_ms,
		.event = request->event,
		.actor = case_actor(request->who, actor),
		.reason = request->reason,
		.body = w->fx.body.data};
	assert_ok(journal_fold_add(&w->fold, &e, w->cs->head, &err), err);
	cr_assert_str_eq(w->fold.state, w->state);
	ANJU_AUTO_JSON *data = case_data(w->cs);
	same_json(w->fold.data, data, "data");
	same_json(w->fold.docs, w->cs->docs, "docs");
	ANJU_AUTO_JSON *meta = json_loads(w->meta, 0, NULL);
	same_json(w->fold.locks, json_object_get(meta, "locks"), "locks");
	same_json(w->fold.duties, w->cs->duty_log, "duties");
}

static void read_changes(struct world *w)
{
	ANJU_AUTO_JSON *body = json_loads(w->fx.body.data, JSON_REJECT_DUPLICATES, NULL);
	cr_assert(json_is_object(body), "%s", w->fx.body.data);
	size_t i, n = 0;
	json_t *v;
	json_array_foreach(json_object_get(body, "deadlines"), i, v) {
		const char *due = json_string_value(json_object_get(v, "due"));
		n += (size_t)snprintf(w->changes + n, sizeof w->changes - n, "%s %s %s\n",
			json_string_value(json_object_get(v, "name")),
			json_string_value(json_object_get(v, "op")), due != NULL ? due : "-");
	}
}

static void note_ended(struct world *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->cs->duties_len; i++) {
		const struct duty *d = &w->cs->duties[i];
		if (d->dirty && d->status != DUTY_OPEN && d->status != DUTY_WATCHED)
			n += (size_t)snprintf(w->ended + n, sizeof w->ended - n, "%s %d\n", d->name,
				(int)d->status);
	}
}

static void persist(struct world *w, const struct case_request *request)
{
	struct anju_case *cs = w->cs;
	struct texts now = texts_of(cs);
	/* columns that the effects do not name are not rewritten */
	cr_assert(w->fx.data_changed || strcmp(now.data, w->data) == 0, "%s", now.data);
	cr_assert(w->fx.meta_changed || strcmp(now.meta, w->meta) == 0, "%s", now.meta);
	free(w->state);
	free(w->data);
	free(w->meta);
	w->state = now.state;
	w->data = now.data;
	w->meta = now.meta;
	fold_entry(w, request);
	read_changes(w);
	note_ended(w);
	for (size_t i = 0; i < cs->duties_len; i++) {
		struct duty *d = &cs->duties[i];
		d->id = d->id == 0 ? ++w->last_duty : d->id;
		d->dirty = d->shifted = false;
	}
	case_sweep_duties(cs);
}

static void copy_duties(const struct anju_case *from, struct anju_case *to)
{
	for (size_t i = 0; i < from->duties_len; i++) {
		struct duty *d = case_add_duty(to);
		*d = from->duties[i];
		d->own_name = d->own_name != NULL ? strdup(d->own_name) : NULL;
		d->name = d->own_name != NULL ? d->own_name : d->name;
		d->lead = NULL;
		cr_assert(duty_set_units(d, from->duties[i].lead, d->responsible, d->cooperating));
	}
}

static struct anju_case *from_row(struct world *w, const struct anju_case *like)
{
	struct case_row row = {.id = 1,
		.rev = like->rev,
		.key = like->key,
		.region = like->region,
		.state = w->state,
		.data = w->data,
		.meta = w->meta,
		.done = like->done,
		.opened_ms = like->opened_ms,
		.updated_ms = like->updated_ms,
		.head = like->head};
	struct anju_case *cs = NULL;
	anju_error err = {0};
	assert_ok(case_from_row(like->wf, &row, &cs, &err), err);
	copy_duties(like, cs);
	return cs;
}

/* --- requests --- */

struct asking {
	json_t *params;
	struct principal who;
	struct case_request request;
};

static void ask(
	struct world *w, struct asking *a, const char *unit, const char *event, const char *params)
{
	a->params = world_json(params);
	a->who = (struct principal){
		.unit = org_unit(w->env.org, unit), .system = strcmp(unit, "system") == 0};
	const char *at = json_string_value(json_object_get(a->params, "at"));
	a->request = (struct case_request){.who = &a->who,
		.event = event,
		.data = json_object_get(a->params, "data"),
		.docs = json_object_get(a->params, "docs"),
		.reason = json_string_value(json_object_get(a->params, "reason")),
		.cause = json_string_value(json_object_get(a->params, "cause")),
		.effective_ms = at != NULL ? instant(at) : w->env.now_ms};
	case_effects_done(&w->fx);
	w->err = (anju_error){0};
	w->changes[0] = w->ended[0] = '\0';
	w->handled = w->tainted = false;
}

anju_status world_new(struct world *w, const char *workflow, const char *key, const char *unit,
	const char *params)
{
	struct asking a;
	const struct workflow *wf = pack_set_workflow(w->packs, workflow);
	struct anju_case *cs = NULL;
	cr_assert_not_null(wf, "%s", workflow);
	ask(w, &a, unit, "case.open", params);
	anju_status st = case_open(&w->env, wf, key, &a.request, &w->fx, &cs, &w->err);
	if (st == ANJU_OK) {
		anju_error err = {0};
		forget_case(w);
		w->cs = cs;
		cr_assert_eq(cs->rev, 1);
		cs->id = 1;
		assert_ok(journal_fold_init(&w->fold, wf->id, key, wf->hash_hex, &err), err);
		persist(w, &a.request);
	}
	json_decref(a.params);
	return st;
}

/* In memory nothing differs from what is stored. */
static void assert_unchanged(struct world *w)
{
	struct texts now = texts_of(w->cs);
	cr_assert_str_eq(now.state, w->state);
	cr_assert_str_eq(now.data, w->data);
	cr_assert_str_eq(now.meta, w->meta);
	for (size_t i = 0; i < w->cs->duties_len; i++)
		cr_assert_not(w->cs->duties[i].dirty, "%s", w->cs->duties[i].name);
	texts_done(&now);
}

static int allocations_left;

static void *failing_malloc(size_t size)
{
	return --allocations_left == 0 ? NULL : malloc(size);
}

anju_status world_send(struct world *w, const char *unit, const char *event, const char *params)
{
	struct asking a;
	struct anju_case *twin = from_row(w, w->cs);
	ask(w, &a, unit, event, params);
	allocations_left = w->starve;
	if (w->starve > 0)
		json_set_alloc_funcs(failing_malloc, free);
	anju_status st =
		case_send(&w->env, w->cs, &a.request, &w->fx, &w->handled, &w->tainted, &w->err);
	json_set_alloc_funcs(malloc, free);
	w->starve = 0;
	if (st == ANJU_OK && w->handled) {
		persist(w, &a.request);
	} else if (w->tainted) {
		anju_case_free(w->cs); /* as the engine does: the store still has the old one */
		w->cs = ANJU_TAKE(twin);
	} else {
		assert_unchanged(w);
	}
	anju_case_free(twin);
	json_decref(a.params);
	return st;
}

/* --- what there is to see --- */

const char *world_text(const struct world *w, enum lang lang)
{
	const char *s = json_string_value(json_object_get(
		json_object_get(w->fx.refusal, "text"), lang == LANG_EN ? "en" : "zh"));
	return s != NULL ? s : "";
}

const char *world_field(const struct world *w, const char *name)
{
	static char text[256];
	ANJU_AUTO_JSON *data = case_data(w->cs);
	const json_t *v = json_object_get(data, name);
	ANJU_AUTO_MEM char *s = v != NULL ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	snprintf(text, sizeof text, "%s", s != NULL ? s : "-");
	return text;
}

const char *world_duties(const struct world *w)
{
	static char text[2048];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < w->cs->duties_len; i++) {
		const struct duty *d = &w->cs->duties[i];
		char day[16] = "-", when[TIMESTAMP_MAX_CHARS] = "-";
		if (d->dated)
			date_format(d->due.day, day);
		if (d->next_ms != DUTY_NEVER)
			timestamp_format(d->next_ms, when);
		if (d->def == NULL)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s @%s\n", d->name, when);
		else
			n += (size_t)snprintf(text + n, sizeof text - n, "%s %s %zu %.16s\n",
				d->name, day, d->rung, when);
	}
	return text;
}

struct duty *world_duty(struct world *w, const char *name)
{
	for (size_t i = 0; i < w->cs->duties_len; i++) {
		if (strcmp(w->cs->duties[i].name, name) == 0)
			return &w->cs->duties[i];
	}
	cr_assert_fail("no deadline %s among: %s", name, world_duties(w));
	return NULL;
}

const char *world_fire(struct world *w, const char *name)
{
	static char text[256];
	struct duty *d = world_duty(w, name);
	const struct rung *rung;
	struct rung_target units[8];
	char when[TIMESTAMP_MAX_CHARS];
	size_t n, len;
	if (d->next_ms == DUTY_NEVER)
		return "none";
	if (w->env.now_ms < d->next_ms)
		w->env.now_ms = d->next_ms;
	int64_t at = d->next_ms;
	assert_ok(case_fire_rung(&w->env, w->cs, d, &rung, units, 8, &n, &w->err), w->err);
	cr_assert_not_null(rung);
	cr_assert(d->dirty);
	d->dirty = false;
	len = (size_t)snprintf(text, sizeof text, "%.16s %s", timestamp_format(at, when),
		rung_to_text(rung->to[0]));
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, " %s%s%s",
			units[i].to == rung->to[0] ? "" : rung_to_text(units[i].to),
			units[i].to == rung->to[0] ? "" : ":", units[i].unit->code);
	return text;
}
