/* What is defined and never used: most often the name of something was changed in one place only. */
#include <string.h>

#include "base/json.h"
#include "lint/impl.h"

/* Is there a string below `v` that `is` takes for a use of `name`? */
static bool any_string(
	const json_t *v, const char *name, bool (*is)(const char *text, const char *name))
{
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_string(v))
		return is(json_string_value(v), name);
	json_object_foreach((json_t *)v, key, item) {
		if (any_string(item, name, is))
			return true;
	}
	json_array_foreach((json_t *)v, i, item) {
		if (any_string(item, name, is))
			return true;
	}
	return false;
}

static bool is_same(const char *text, const char *name)
{
	return strcmp(text, name) == 0;
}

static bool holds(const char *text, const char *name)
{
	return strstr(text, name) != NULL;
}

static bool is_role_at(const char *text, const char *name)
{
	const char *at = strchr(text, '@');
	return at != NULL && strcmp(at + 1, name) == 0;
}

static void check_root(struct lint *l, const struct lint_flow *flow)
{
	const struct workflow *wf = flow->wf;
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)wf->bindings, name, v) {
		if (!any_string(wf->source, name, is_role_at))
			lint_find_name(l, "lint.unused_binding", wf->file,
				lint_printf(l, "/meta/anju/bindings/%s", name), name, " ");
	}
	for (size_t i = 0; i < wf->docs_len; i++) {
		if (!any_string(json_object_get(wf->source, "states"), wf->docs[i].kind, holds) &&
			!any_string(json_object_get(wf->source, "on"), wf->docs[i].kind, holds))
			lint_find(l, "lint.unused_doc", wf->file,
				lint_printf(l, "/meta/anju/docs/%s", wf->docs[i].kind),
				wf->docs[i].kind, " ");
	}
}

static void check_delays(struct lint *l, const struct lint_flow *flow)
{
	for (size_t i = 0; i < flow->wf->delays_len; i++) {
		const char *name = flow->wf->delays[i].name;
		bool used = false;
		for (uint32_t s = 0; s < flow->chart->states_len && !used; s++) {
			const struct chart_node *n = &flow->chart->nodes[s];
			for (uint32_t k = 0; k < n->timers_len; k++)
				used = used || strcmp(n->timers[k].delay, name) == 0;
		}
		if (!used)
			lint_find_name(l, "lint.unused_delay", flow->wf->file,
				lint_printf(l, "/meta/anju/delays/%s", name), name, " ");
	}
}

static bool relation_used(
	const struct lint *l, const struct lint_flow *flow, const struct relation *r)
{
	for (size_t i = 0; i < flow->exprs_len; i++) {
		if (expr_reads(flow->exprs[i].expr, "related", r->name))
			return true;
	}
	for (size_t i = 0; i < flow->actions_len; i++) {
		if (flow->actions[i].action->relation == r)
			return true;
	}
	/* seen from its other end it is a list for people at least */
	const struct workflow *to = pack_set_workflow(l->set, r->to);
	for (size_t i = 0; to != NULL && i < to->relations_len; i++) {
		const char *inverse = to->relations[i].inverse;
		if (inverse != NULL && strcmp(to->relations[i].to, flow->wf->id) == 0 &&
			strcmp(inverse, r->name) == 0)
			return true;
	}
	return r->inverse != NULL;
}

static bool asks_plugins(const struct lint *l)
{
	for (size_t i = 0; i < l->flows_len; i++) {
		for (uint32_t k = 0; k < l->flows[i].chart->transitions_len; k++) {
			const struct chart_call *guard = l->flows[i].chart->edges[k].guard;
			if (guard != NULL &&
				((const struct guard *)guard->user)->kind == GUARD_POLICY)
				return true;
		}
	}
	return false;
}

static bool rule_used(const struct lint *l, const char *name)
{
	for (size_t i = 0; i < l->flows_len; i++) {
		for (size_t k = 0; k < l->flows[i].exprs_len; k++) {
			if (expr_reads(l->flows[i].exprs[k].expr, "rules", name))
				return true;
		}
	}
	return false;
}

bool lint_shared(const struct lint *l, const char *file)
{
	char pack[64];
	size_t n = strcspn(file, "/");
	if (n >= sizeof pack)
		return false;
	memcpy(pack, file, n);
	pack[n] = '\0';
	return pack_extenders(l->dir, pack) > 1;
}

static void check_rules(struct lint *l)
{
	const char *name;
	json_t *rule;
	/* plugins are given all rules */
	if (asks_plugins(l))
		return;
	json_object_foreach((json_t *)pack_set_rules(l->set), name, rule) {
		const char *file = pack_set_rule_file(l->set, name);
		if (file != NULL && !rule_used(l, name) && !lint_shared(l, file))
			lint_find(l, "lint.unused_rule", file, lint_printf(l, "/rules/%s", name),
				name, " ");
	}
}

/* A text is named by an action or a rung, never by a part of a sentence. */
static bool message_used(const struct lint *l, const char *key)
{
	for (size_t i = 0; i < pack_set_workflow_count(l->set); i++) {
		if (any_string(pack_set_workflow_at(l->set, i)->source, key, is_same))
			return true;
	}
	return false;
}

static void check_messages(struct lint *l)
{
	struct pack_source src;
	const char *key;
	json_t *v;
	for (size_t i = 0; pack_set_source(l->set, i, &src); i++) {
		const char *file = lint_printf(l, "%s/messages.json", src.name);
		ANJU_AUTO_JSON *doc = lint_json(l, file);
		json_object_foreach(doc, key, v) {
			if (key[0] != '$' && !message_used(l, key))
				lint_find(l, "lint.unused_message", file,
					lint_printf(l, "/%s", key), key, " ");
		}
	}
}

static bool is_opened(const struct lint *l, const struct workflow *wf)
{
	for (size_t i = 0; i < pack_set_obligation_count(l->set); i++) {
		const char *opens = pack_set_obligation_at(l->set, i)->workflow;
		if (opens != NULL && strcmp(opens, wf->id) == 0)
			return true;
	}
	for (size_t i = 0; i < l->flows_len; i++) {
		for (size_t k = 0; k < l->flows[i].actions_len; k++) {
			const struct action *a = l->flows[i].actions[k].action;
			if (a->kind == ACTION_OPEN && strcmp(a->workflow, wf->id) == 0)
				return true;
		}
	}
	return wf->open_by.len > 0;
}

/* A chain without units is one to be extended. */
static void check_obliged(struct lint *l)
{
	for (size_t i = 0; i < pack_set_obligation_count(l->set); i++) {
		const struct obligation *o = pack_set_obligation_at(l->set, i);
		if (o->obliged_len == 0 && o->id != NULL && o->key != NULL &&
			org_count(pack_set_org(l->set)) > 0)
			lint_find(l, "lint.nobody_obliged", o->file, o->pointer, o->id, " ");
	}
}

void lint_uses(struct lint *l)
{
	check_obliged(l);
	for (size_t i = 0; i < l->flows_len; i++) {
		const struct lint_flow *flow = &l->flows[i];
		check_root(l, flow);
		check_delays(l, flow);
		for (size_t k = 0; k < flow->wf->relations_len; k++) {
			const struct relation *r = &flow->wf->relations[k];
			if (!relation_used(l, flow, r))
				lint_find(l, "lint.unused_relation", flow->wf->file, r->pointer,
					r->name, " ");
		}
		if (!is_opened(l, flow->wf))
			lint_find(l, "lint.nobody_opens", flow->wf->file, "/meta/anju",
				flow->wf->id, " ");
	}
	check_rules(l);
	check_messages(l);
}
