/*~ Loading goes through the chain from what is extended to the leaf, kind of file by kind of file:
 * rules, units and messages first, since workflows refer to them; then all workflows by themselves;
 * then what refers from one to another. Whoever comes here to learn what is proved when a pack loads:
 * every call of load_finding() is one sentence of the proof. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/local.h"

void pack_set_free(struct pack_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->workflows_len; i++)
		workflow_free(set->workflows[i]);
	for (size_t i = 0; i < set->chain_len; i++)
		json_decref(set->chain[i].doc);
	org_free(set->org);
	json_decref(set->rules);
	json_decref(set->rule_files);
	json_decref(set->plugins);
	json_decref(set->messages);
	json_decref(set->docs);
	wording_free(set->wording);
	pool_done(&set->pool);
	free(set);
}

static struct pack_set *set_new(void)
{
	struct pack_set *set = calloc(1, sizeof *set);
	if (set == NULL)
		return NULL;
	set->org = org_new();
	set->rules = json_object();
	set->rule_files = json_object();
	set->plugins = json_array();
	set->messages = json_object();
	set->docs = json_array();
	set->wording = wording_new();
	set->digest_minute = 510;
	if (set->org != NULL && set->rules != NULL && set->rule_files != NULL &&
		set->plugins != NULL && set->messages != NULL && set->docs != NULL &&
		set->wording != NULL)
		return set;
	pack_set_free(set);
	return NULL;
}

static void units_load(struct loader *ld, const struct source *src)
{
	static const char *const known[] = {"$schema", "units", NULL};
	const char *file;
	json_t *doc = files_parse(ld, src, "units.json", &file);
	if (doc == NULL)
		return;
	struct json_at root = JSON_AT_ROOT(file), list_at = JSON_AT_KEY(&root, "units");
	anju_error err;
	if (!load_object(ld, doc, &root, known))
		return;
	schema_member_check(ld, doc, &root);
	const json_t *list = load_list(ld, doc, &root, "units");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		anju_status st = org_add_unit(ld->set->org, json_array_get(list, i), &at, &err);
		ld->units_bad = !load_ok(ld, st, &err) || ld->units_bad;
	}
}

static void load_all(struct loader *ld)
{
	struct pack_set *set = ld->set;
	struct pack_files files[CHAIN_MAX] = {0};
	for (size_t i = 0; i < set->chain_len; i++) {
		const struct source *src = &set->chain[i];
		if (!files_list(ld, src, &files[i]))
			continue;
		rules_load(ld, src);
		locals_load(ld, src);
		if (files[i].units)
			units_load(ld, src);
		if (files[i].messages)
			messages_load(ld, src);
		if (files[i].templates)
			templates_load(ld, src);
	}
	anju_error err;
	anju_status st = org_seal(set->org, &err);
	if (!ld->units_bad)
		(void)load_ok(ld, st, &err);
	if (!rules_shape(set))
		return;
	for (size_t i = 0; i < set->chain_len; i++) {
		for (size_t k = 0; k < files[i].workflows_len; k++)
			workflow_load(ld, &set->chain[i], files[i].workflows[k]);
	}
	for (size_t i = 0; i < set->workflows_len; i++) {
		struct wf_priv *priv = set->workflows[i]->priv;
		workflow_link(priv->build);
		priv->build = NULL;
	}
	for (size_t i = 0; i < set->chain_len; i++) {
		if (files[i].obligations)
			obligations_load(ld, &set->chain[i]);
		files_done(&files[i]);
	}
	obligations_read(ld);
}

/* Everything there is to be found goes to ld->options->report; ld->findings counts it. */
static void run_load(struct loader *ld)
{
	struct pack_set *set = ld->set;
	if (chain_load(ld))
		load_all(ld);
	if (set->pool.failed) {
		anju_error nomem;
		(void)anju_fail_nomem(&nomem);
		load_report(ld, &nomem);
	}
	for (size_t i = 0; i < set->workflows_len; i++)
		set->workflows[i]->faulty =
			json_object_get(ld->faulty, set->workflows[i]->file) != NULL;
	json_decref(ld->obligation_ids);
	json_decref(ld->obligation_defs);
	json_decref(ld->faulty);
}

anju_status pack_load(const struct pack_options *options, struct pack_set **ret, anju_error *err)
{
	ANJU_AUTO(pack_set) set = set_new();
	if (set == NULL)
		return anju_fail_nomem(err);
	struct loader ld = {.options = options,
		.set = set,
		.blanks_end = &set->blanks,
		.obligation_ids = json_object(),
		.obligation_defs = json_object(),
		.faulty = json_object()};
	run_load(&ld);
	if (ld.findings > 0) {
		if (err != NULL)
			*err = ld.first;
		return ld.first.status;
	}
	*ret = ANJU_TAKE(set);
	return ANJU_OK;
}

anju_status pack_inspect(const struct pack_options *options, struct pack_set **ret_set,
	size_t *ret_findings, anju_error *err)
{
	ANJU_AUTO(pack_set) set = set_new();
	if (set == NULL)
		return anju_fail_nomem(err);
	struct loader ld = {.options = options,
		.set = set,
		.blanks_end = &set->blanks,
		.obligation_ids = json_object(),
		.obligation_defs = json_object(),
		.faulty = json_object()};
	run_load(&ld);
	if (set->pool.failed)
		return anju_fail_nomem(err);
	*ret_findings = ld.findings;
	*ret_set = set->name != NULL ? ANJU_TAKE(set) : NULL;
	return ANJU_OK;
}

bool pack_set_source(const struct pack_set *set, size_t i, struct pack_source *ret)
{
	if (i >= set->chain_len)
		return false;
	const struct source *src = &set->chain[i];
	*ret = (struct pack_source){src->name, src->path, src->file, src->doc};
	return true;
}

const json_t *pack_set_messages(const struct pack_set *set)
{
	return set->messages;
}

const char *pack_set_rule_file(const struct pack_set *set, const char *rule)
{
	return json_string_value(json_object_get(set->rule_files, rule));
}

const char *pack_set_name(const struct pack_set *set)
{
	return set->name;
}

const struct org *pack_set_org(const struct pack_set *set)
{
	return set->org;
}

size_t pack_set_workflow_count(const struct pack_set *set)
{
	return set->workflows_len;
}

struct workflow *pack_set_workflow_at(const struct pack_set *set, size_t i)
{
	return i < set->workflows_len ? set->workflows[i] : NULL;
}

struct workflow *pack_set_workflow(const struct pack_set *set, const char *id)
{
	for (size_t i = 0; i < set->workflows_len; i++) {
		if (strcmp(set->workflows[i]->id, id) == 0)
			return set->workflows[i];
	}
	return NULL;
}

const json_t *pack_set_rules(const struct pack_set *set)
{
	return set->rules;
}

const json_t *pack_set_plugins(const struct pack_set *set)
{
	return set->plugins;
}

const struct wording *pack_set_wording(const struct pack_set *set)
{
	return set->wording;
}

int pack_set_digest_minute(const struct pack_set *set)
{
	return set->digest_minute;
}

const char *pack_set_message(const struct pack_set *set, const char *key, enum lang lang)
{
	struct label text;
	return message_label(set, key, &text) ? text.text[lang] : NULL;
}

size_t pack_set_obligation_count(const struct pack_set *set)
{
	return set->obligations_len;
}

const struct obligation *pack_set_obligation_at(const struct pack_set *set, size_t i)
{
	return i < set->obligations_len ? &set->obligations[i] : NULL;
}

const struct obligation *pack_set_obligation(const struct pack_set *set, const char *id)
{
	for (size_t i = 0; i < set->obligations_len; i++) {
		const struct obligation *o = &set->obligations[i];
		if (o->id != NULL && strcmp(o->id, id) == 0)
			return o;
	}
	return NULL;
}
