/*~ A workflow is read in two passes. The first takes the file alone: its fields, relations and chart.
 * The second, when all workflows of the chain are known, resolves what points elsewhere: roles, states,
 * fields and events of other workflows, expressions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

void workflow_free(struct workflow *wf)
{
	if (wf == NULL)
		return;
	struct wf_priv *priv = wf->priv;
	chart_free(wf->chart);
	if (priv != NULL) {
		pool_done(&priv->pool);
		expr_env_free(priv->env);
		expr_env_free(priv->rung_env);
		free(priv);
	}
	free(wf->file);
	json_decref(wf->source);
	free(wf);
}

struct workflow *workflow_new(const char *file, json_t *source)
{
	struct workflow *wf = calloc(1, sizeof *wf);
	if (wf == NULL)
		return NULL;
	wf->source = json_incref(source);
	wf->file = strdup(file);
	wf->priv = calloc(1, sizeof(struct wf_priv));
	if (wf->file != NULL && wf->priv != NULL)
		return wf;
	workflow_free(wf);
	return NULL;
}

static anju_status check_delay(void *ctx, const char *name, anju_error *err)
{
	struct build *b = ctx;
	if (workflow_delay(b->wf, name) != NULL)
		return ANJU_OK;
	ANJU_AUTO_BUF names = BUF_INIT;
	for (size_t i = 0; i < b->wf->delays_len; i++)
		buf_addf(&names, "%s%s", i > 0 ? " " : "", b->wf->delays[i].name);
	(void)anju_fail(err, ANJU_E_INVALID, "pack.unknown_delay", "unknown delay \"%s\"", name);
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "%s", names.data != NULL ? names.data : "@say.no_delays");
	return ANJU_E_INVALID;
}

#define MENDS_MAX 64

/* The chart without the parts at fault, so that the rest is looked at as well; each of them is reported. */
static bool compile_mended(struct build *b, const struct chart_options *options, anju_error *err)
{
	ANJU_AUTO_JSON *copy = json_deep_copy(b->wf->source);
	char last[1024] = "?";
	for (int i = 0; i < MENDS_MAX; i++) {
		/* the same place again: leaving it out did not help */
		if (strcmp(last, anju_error_pointer(err)) == 0)
			return false;
		snprintf(last, sizeof last, "%s", anju_error_pointer(err));
		if (!mend_leave_out(copy, err))
			return false;
		b->calls = NULL;
		b->calls_end = &b->calls;
		if (load_ok(b->ld, chart_compile(copy, options, &b->wf->chart, err), err)) {
			b->wf->mended = true;
			return true;
		}
	}
	return false;
}

static bool compile(struct build *b)
{
	struct chart_options options = {
		.file = b->wf->file, .resolve = calls_note, .delay = check_delay, .ctx = b};
	anju_error err;
	anju_status st = chart_compile(b->wf->source, &options, &b->wf->chart, &err);
	if (!load_ok(b->ld, st, &err))
		return compile_mended(b, &options, &err);
	/* once more only for this question, so that its answer does not hide other findings */
	ANJU_AUTO(chart) strict = NULL;
	struct chart_options again = {.file = b->wf->file, .require_reachable = true};
	again.delay = check_delay;
	again.ctx = b;
	(void)load_ok(b->ld, chart_compile(b->wf->source, &again, &strict, &err), &err);
	return true;
}

static bool check_id(struct build *b, const struct source *src, const char *name)
{
	struct json_at id_at = JSON_AT_KEY(&b->root, "id");
	b->wf->id = load_string(b->ld, b->wf->source, &b->root, "id", true);
	b->wf->version = load_text(b->ld, b->wf->source, &b->root, "version");
	b->wf->pack = src->name;
	if (b->wf->id == NULL || !load_name(b->ld, &id_at, b->wf->id))
		return false;
	size_t n = strlen(b->wf->id);
	if (strncmp(name, b->wf->id, n) != 0 || strcmp(name + n, ".workflow.json") != 0)
		load_finding_text(
			b->ld, "pack.wrong_name", &id_at, b->wf->id, "@say.file_word|%s", name);
	const struct workflow *first = pack_set_workflow(b->ld->set, b->wf->id);
	if (first == NULL)
		return true;
	load_finding_text(
		b->ld, "pack.duplicate", &id_at, b->wf->id, "@say.id_free|%s", first->file);
	return false;
}

static bool keep(struct loader *ld, struct workflow *wf)
{
	struct pack_set *set = ld->set;
	if (set->workflows_len == set->workflows_cap) {
		size_t cap = set->workflows_cap > 0 ? set->workflows_cap * 2 : 16;
		struct workflow **list = pool_alloc(&set->pool, cap * sizeof *list);
		if (list == NULL)
			return false;
		if (set->workflows_len > 0)
			memcpy(list, set->workflows, set->workflows_len * sizeof *list);
		set->workflows = list;
		set->workflows_cap = cap;
	}
	set->workflows[set->workflows_len++] = wf;
	return true;
}

void workflow_read(struct build *b)
{
	struct json_at meta_at = JSON_AT_KEY(&b->root, "meta"),
		       anju_at = JSON_AT_KEY(&meta_at, "anju");
	const json_t *anju = json_object_get(json_object_get(b->wf->source, "meta"), "anju");
	if (!json_is_object(anju)) {
		load_finding(b->ld, "json.missing", &anju_at, anju, "@say.member|anju|@say.object");
		anju = NULL;
	}
	b->anju = anju;
	fields_load(b);
	root_load(b);
	if (compile(b))
		return;
	chart_free(b->wf->chart);
	b->wf->chart = NULL;
}

void workflow_load(struct loader *ld, const struct source *src, const char *name)
{
	const char *file;
	json_t *doc = files_parse(ld, src, name, &file);
	if (doc == NULL)
		return;
	struct json_at root = JSON_AT_ROOT(file);
	if (!json_is_object(doc)) {
		load_finding(ld, "json.type", &root, doc, "@say.object");
		return;
	}
	struct workflow *wf = workflow_new(file, doc);
	struct wf_priv *priv = wf != NULL ? wf->priv : NULL;
	struct build *b = priv != NULL ? pool_alloc(&priv->pool, sizeof *b) : NULL;
	if (b == NULL) {
		workflow_free(wf);
		ld->set->pool.failed = true;
		return;
	}
	*b = (struct build){
		.ld = ld, .wf = wf, .pool = &priv->pool, .root = JSON_AT_ROOT(wf->file)};
	b->calls_end = &b->calls;
	wf->set = ld->set;
	priv->build = b;
	if (!check_id(b, src, name) || !keep(ld, wf)) {
		workflow_free(wf);
		return;
	}
	workflow_read(b);
	if (priv->pool.failed)
		ld->set->pool.failed = true;
}

static void hash_definition(struct build *b)
{
	ANJU_AUTO_JSON *said = json_object();
	bool good = said != NULL && json_object_update(said, b->wf->source) == 0;
	/* where an editor finds the schema says nothing about cases */
	(void)json_object_del(said, "$schema");
	ANJU_AUTO_JSON *all = good ? json_pack("{sOsOsO*}", "definition", said, "rules",
					     b->ld->set->rules, "local", b->locals)
				   : NULL;
	char *text = all != NULL ? json_canonical(all) : NULL;
	/* jansson may drop a key when memory runs out while it writes one: the length tells */
	if (text == NULL ||
		strlen(text) != json_dumpb(all, NULL, 0, JSON_COMPACT | JSON_SORT_KEYS)) {
		free(text);
		b->pool->failed = true;
		return;
	}
	struct hash_part part = {text, strlen(text)};
	hash_sha256(&part, 1, b->wf->hash);
	hash_hex(b->wf->hash, b->wf->hash_hex);
	free(text);
}

void workflow_resolve(struct build *b)
{
	root_link(b);
	if (!vars_env(b))
		return;
	if (b->wf->chart == NULL) {
		mend_scan_guards(b);
		return;
	}
	fields_link(b);
	states_link(b);
	transitions_link(b);
	calls_link(b);
}

void workflow_link(struct build *b)
{
	workflow_resolve(b);
	hash_definition(b);
	if (b->pool->failed)
		b->ld->set->pool.failed = true;
}
