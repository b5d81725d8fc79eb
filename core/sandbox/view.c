/* What there is in a sandbox, as JSON. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "sandbox/impl.h"

#define ROWS_MAX 100000

struct case_env sandbox_env(const struct sandbox *sb)
{
	const struct sandbox_world *w = sb->options.world;
	return (struct case_env){.org = pack_set_org(w->packs),
		.calendar = w->calendar,
		.rules = pack_set_rules(w->packs),
		.now_ms = sandbox_now(sb)};
}

/* --- cases --- */

static anju_status fail_workflow(
	const struct sandbox *sb, const char *name, size_t len, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	const struct pack_set *packs = sb->options.world->packs;
	for (size_t i = 0; i < pack_set_workflow_count(packs); i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", pack_set_workflow_at(packs, i)->id);
	(void)anju_fail(err, ANJU_E_NOTFOUND, "engine.no_workflow", "no workflow for %s", name);
	anju_error_found(err, "%.*s", (int)len, name);
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "");
	return ANJU_E_NOTFOUND;
}

anju_status sandbox_split(const struct sandbox *sb, const char *name,
	const struct workflow **ret_wf, const char **ret_key, anju_error *err)
{
	char workflow[72];
	const char *slash = strchr(name, '/');
	if (slash == NULL || slash == name || slash[1] == '\0') {
		(void)anju_fail(err, ANJU_E_INVALID, "sandbox.case", "%s is no workflow/key", name);
		anju_error_found(err, "%s", name);
		anju_error_allowed(err, "WORKFLOW/KEY");
		return ANJU_E_INVALID;
	}
	size_t len = (size_t)(slash - name);
	const struct workflow *wf = NULL;
	if (len < sizeof workflow) {
		memcpy(workflow, name, len);
		workflow[len] = '\0';
		wf = pack_set_workflow(sb->options.world->packs, workflow);
	}
	if (wf == NULL)
		return fail_workflow(sb, name, len, err);
	*ret_wf = wf;
	*ret_key = slash + 1;
	return ANJU_OK;
}

anju_status sandbox_row(struct sandbox *sb, const char *name, const struct workflow **ret_wf,
	struct store_case *ret, anju_error *err)
{
	const char *key;
	anju_status st = sandbox_split(sb, name, ret_wf, &key, err);
	if (st != ANJU_OK)
		return st;
	st = store_read_case(sb->reader, (*ret_wf)->id, key, ret, err);
	if (st == ANJU_E_NOTFOUND) {
		(void)anju_fail(err, st, "sandbox.no_case", "there is no case %s", name);
		anju_error_found(err, "%s", name);
	}
	return st;
}

anju_status sandbox_load(
	struct sandbox *sb, const char *name, struct anju_case **ret, anju_error *err)
{
	struct store_case row;
	const struct workflow *wf;
	anju_status st = sandbox_row(sb, name, &wf, &row, err);
	if (st != ANJU_OK)
		return st;
	struct case_row texts = {.id = row.id,
		.rev = row.rev,
		.key = row.key,
		.region = row.region,
		.state = row.state,
		.data = row.data,
		.meta = row.meta,
		.done = row.done,
		.opened_ms = row.opened_ms,
		.updated_ms = row.updated_ms,
		.head = row.head};
	return case_from_row(wf, &texts, ret, err);
}

static json_t *leaves(const struct anju_case *cs)
{
	uint32_t found[64];
	json_t *list = json_array();
	size_t n = chart_snapshot_leaves(cs->wf->chart, cs->snapshot, found, 64);
	for (size_t i = 0; i < n && i < 64; i++)
		json_array_append_new(
			list, json_string(chart_state_at(cs->wf->chart, found[i])->path));
	return list;
}

static json_t *locks_of(const struct anju_case *cs)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	(void)values_write_locks(cs->wf, &cs->values, &text);
	return text.failed ? NULL : json_loadb(text.data, text.len, 0, NULL);
}

anju_status sandbox_case(struct sandbox *sb, const char *name, json_t **ret, anju_error *err)
{
	ANJU_AUTO(anju_case) cs = NULL;
	anju_status st = sandbox_load(sb, name, &cs, err);
	if (st != ANJU_OK)
		return st;
	char at[TIMESTAMP_MAX_CHARS];
	json_t *v = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:s}",
		"case", name, "workflow", cs->wf->id, "key", cs->key, "rev", (json_int_t)cs->rev,
		"region", cs->region, "phase", cs->phase, "done", cs->done, "states", leaves(cs),
		"active", case_states(cs), "data", case_data(cs), "docs",
		cs->docs != NULL ? json_incref(cs->docs) : json_object(), "locks", locks_of(cs),
		"updated_at", timestamp_format(cs->updated_ms, at));
	if (v == NULL)
		return anju_fail_nomem(err);
	*ret = v;
	return ANJU_OK;
}

anju_status sandbox_possible(struct sandbox *sb, const char *name, json_t **ret, anju_error *err)
{
	ANJU_AUTO(anju_case) cs = NULL;
	anju_status st = sandbox_load(sb, name, &cs, err);
	if (st != ANJU_OK)
		return st;
	struct case_env env = sandbox_env(sb);
	json_t *possible = case_possible(&env, cs);
	if (possible == NULL)
		return anju_fail_nomem(err);
	*ret = possible;
	return ANJU_OK;
}

static bool add_name(void *ctx, const struct store_case *row)
{
	ANJU_AUTO_BUF name = BUF_INIT;
	buf_addf(&name, "%s/%s", row->workflow, row->key);
	return json_array_append_new(ctx, json_string(name.data)) == 0;
}

anju_status sandbox_cases(struct sandbox *sb, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *list = json_array();
	struct store_case_filter filter = {.done = -1, .limit = ROWS_MAX};
	anju_status st = store_read_cases(sb->reader, &filter, add_name, list, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(list);
	return st;
}

/* --- roles --- */

/* Before it is there a case belongs where it will. */
static void region_of(const struct org *org, struct anju_case *cs)
{
	const char *field = cs->wf->region_field;
	const char *v = values_text(cs->wf, &cs->values, field);
	const struct unit *u = v != NULL ? org_unit(org, v) : NULL;
	const char *region = u != NULL ? u->region : v;
	if (region != NULL && strlen(region) < sizeof cs->region)
		memcpy(cs->region, region, strlen(region) + 1);
}

static anju_status load_or_imagine(struct sandbox *sb, const char *name, const json_t *data,
	struct anju_case **ret, anju_error *err)
{
	const struct workflow *wf;
	const char *key;
	anju_status st = sandbox_load(sb, name, ret, err);
	if (st != ANJU_E_NOTFOUND || data == NULL)
		return st;
	st = sandbox_split(sb, name, &wf, &key, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(anju_case) cs = calloc(1, sizeof *cs);
	if (cs == NULL)
		return anju_fail_nomem(err);
	cs->wf = wf;
	cs->phase = "";
	cs->key = strdup(key);
	if (cs->key == NULL || !values_read(wf, data, &cs->values))
		return anju_fail_nomem(err);
	region_of(pack_set_org(sb->options.world->packs), cs);
	*ret = ANJU_TAKE(cs);
	return ANJU_OK;
}

anju_status sandbox_units(struct sandbox *sb, const char *name, const json_t *data,
	const char *text, const struct unit **ret, size_t max, size_t *ret_n, anju_error *err)
{
	const struct org *org = pack_set_org(sb->options.world->packs);
	const struct unit *unit = org_unit(org, text);
	if (unit != NULL) {
		ret[0] = unit;
		*ret_n = 1;
		return ANJU_OK;
	}
	ANJU_AUTO(anju_case) cs = NULL;
	anju_status st = load_or_imagine(sb, name, data, &cs, err);
	if (st != ANJU_OK)
		return st;
	struct role role;
	struct json_at root = JSON_AT_ROOT("");
	st = role_parse(org, text, cs->wf->bindings, &root, &role, err);
	if (st != ANJU_OK) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "sandbox.unit", "no unit or role %s", text);
		anju_error_found(err, "%s", text);
		anju_error_allowed(err, "610322.land, land@county");
		return ANJU_E_NOTFOUND;
	}
	struct case_env env = sandbox_env(sb);
	struct role_list list = {.roles = &role, .len = 1};
	*ret_n = case_units(&env, cs, &list, ret, max);
	return ANJU_OK;
}

/* --- deadlines --- */

static const char *status_name(enum store_deadline_status status)
{
	switch (status) {
	case STORE_DEADLINE_OPEN:
		return "open";
	case STORE_DEADLINE_MET:
		return "met";
	case STORE_DEADLINE_MET_LATE:
		return "met_late";
	case STORE_DEADLINE_SUPERSEDED:
		return "superseded";
	case STORE_DEADLINE_WAIVED:
		return "waived";
	case STORE_DEADLINE_WATCHED:
		return "watched";
	}
	return "open";
}

struct deadlines {
	const struct workflow *wf;
	json_t *logs; /* borrowed; of the case: deadline → what was done to it */
	int64_t now_ms;
	json_t *list;
};

static const struct label *deadline_title(const struct workflow *wf, const char *name)
{
	const struct deadline_def *def = workflow_deadline(wf, name);
	return def != NULL ? &def->title : NULL;
}

/* What was done to it, by name. */
static json_t *log_ops(const json_t *log)
{
	json_t *ops = json_array(), *v;
	size_t i;
	json_array_foreach((json_t *)log, i, v)
		json_array_append(ops, json_object_get(v, "op"));
	return ops;
}

static bool add_deadline(void *ctx, const struct store_deadline *row)
{
	struct deadlines *d = ctx;
	const struct label *title = deadline_title(d->wf, row->name);
	bool dated = row->due_ms < INT64_MAX;
	char day[16];
	json_t *v = json_pack("{s:I, s:s, s:{s:s, s:s}, s:s?, s:s, s:b, s:b, s:b, s:o}", "id",
		(json_int_t)row->id, "name", row->name, "title", "zh",
		title != NULL ? title->text[LANG_ZH] : row->name, "en",
		title != NULL ? title->text[LANG_EN] : row->name, "due",
		dated ? date_format(row->due_day, day) : NULL, "status", status_name(row->status),
		"overdue",
		row->status == STORE_DEADLINE_OPEN && !row->suspended && dated &&
			row->due_ms <= d->now_ms,
		"suspended", row->suspended, "provisional", row->provisional, "log",
		log_ops(json_object_get(d->logs, row->name)));
	/* by id: the store gives them by date */
	size_t i = json_array_size(d->list);
	while (i > 0 &&
		json_integer_value(json_object_get(json_array_get(d->list, i - 1), "id")) > row->id)
		i--;
	return json_array_insert_new(d->list, i, v) == 0;
}

anju_status sandbox_deadlines(struct sandbox *sb, const char *name, json_t **ret, anju_error *err)
{
	struct store_case row;
	struct deadlines d = {.now_ms = sandbox_now(sb)};
	anju_status st = sandbox_row(sb, name, &d.wf, &row, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO_JSON *list = d.list = json_array();
	ANJU_AUTO_JSON *meta = json_loads(row.meta, 0, NULL);
	d.logs = json_object_get(meta, "duties");
	struct store_deadline_filter filter = {.case_id = row.id, .status = -1, .limit = ROWS_MAX};
	st = store_read_deadlines(sb->reader, &filter, add_deadline, &d, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(list);
	return st;
}

/* --- relations --- */

struct related {
	const char *to;
	json_t *list;
};

static bool add_related(void *ctx, int64_t id, const char *workflow, const char *key)
{
	struct related *r = ctx;
	ANJU_AUTO_BUF name = BUF_INIT;
	(void)id;
	if (strcmp(workflow, r->to) != 0) /* one relation name may serve several */
		return true;
	buf_addf(&name, "%s/%s", workflow, key);
	return json_array_append_new(r->list, json_string(name.data)) == 0;
}

anju_status sandbox_related(struct sandbox *sb, const char *name, json_t **ret, anju_error *err)
{
	struct store_case row;
	const struct workflow *wf;
	anju_status st = sandbox_row(sb, name, &wf, &row, err);
	if (st != ANJU_OK)
		return st;
	int64_t id = row.id;
	ANJU_AUTO_JSON *all = json_object();
	for (size_t i = 0; i < wf->relations_len && st == ANJU_OK; i++) {
		const struct relation *rel = &wf->relations[i];
		struct related r = {.to = rel->to, .list = json_array()};
		if (json_object_set_new(all, rel->name, r.list) != 0)
			return anju_fail_nomem(err);
		st = store_read_related(sb->reader, id,
			rel->inverse != NULL ? rel->inverse : rel->name, rel->inverse != NULL,
			add_related, &r, err);
	}
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(all);
	return st;
}

/* --- messages --- */

static bool add_message(void *ctx, const struct store_message *row)
{
	char day[16];
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, NULL);
	json_t *v = json_pack("{s:I, s:s, s:s, s:O?, s:O?, s:O?}", "id", (json_int_t)row->id, "to",
		row->unit, "on", date_format(timestamp_to_day(row->created_ms), day), "urgent",
		json_object_get(body, "urgent"), "subject", json_object_get(body, "subject"),
		"body", json_object_get(body, "body"));
	return json_array_append_new(ctx, v) == 0;
}

anju_status sandbox_messages(struct sandbox *sb, int64_t after_id, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *list = json_array();
	anju_status st = store_read_messages(
		sb->reader, NULL, -1, after_id, ROWS_MAX, add_message, list, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(list);
	return st;
}
