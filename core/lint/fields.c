/* Fields: who writes them, and who reads them. */
#include <stdlib.h>
#include <string.h>

#include "lint/fold.h"
#include "pack/plan.h"

static bool is_member(const json_t *object, const char *name)
{
	return json_object_get(object, name) != NULL;
}

/* Does a column of an import mapping fill it? */
static bool imported(struct lint *l, const struct workflow *wf, const char *name)
{
	struct pack_source src;
	for (size_t i = 0; pack_set_source(l->set, i, &src); i++) {
		/* mappings are named after what they import, most of them after the workflow */
		ANJU_AUTO_BUF file = BUF_INIT;
		buf_addf(&file, "%s/%s.import.json", src.name, wf->id);
		json_t *doc = file.failed ? NULL : lint_json(l, file.data);
		const json_t *columns = json_object_get(doc, "columns");
		bool found = false;
		for (size_t k = 0; k < json_array_size(columns) && !found; k++) {
			const char *field = json_string_value(
				json_object_get(json_array_get(columns, k), "field"));
			found = field != NULL && strcmp(field, name) == 0;
		}
		json_decref(doc);
		if (found)
			return true;
	}
	return false;
}

static bool opened_with(const struct lint *l, const struct workflow *wf, const char *name)
{
	/* obligations of packs that extend these would fill them in */
	for (int i = PLAN_OBLIGATION; i <= PLAN_CAUGHT_UP; i++) {
		if (strcmp(plan_field_name((enum plan_field)i), name) == 0)
			return true;
	}
	for (size_t i = 0; i < pack_set_obligation_count(l->set); i++) {
		const struct obligation *o = pack_set_obligation_at(l->set, i);
		if (o->workflow != NULL && strcmp(o->workflow, wf->id) == 0 &&
			(is_member(o->data, name) || plan_names(o, wf, name)))
			return true;
	}
	for (size_t i = 0; i < l->flows_len; i++) {
		for (size_t k = 0; k < l->flows[i].actions_len; k++) {
			const struct action *a = l->flows[i].actions[k].action;
			if (a->kind != ACTION_OPEN || strcmp(a->workflow, wf->id) != 0)
				continue;
			for (size_t n = 0; n < a->data_len; n++) {
				if (strcmp(a->data_names[n], name) == 0)
					return true;
			}
		}
	}
	return false;
}

/* What obligations fill in by themselves, in a workflow that packs beside this one may have some of. */
static bool left_to_others(const struct lint *l, const struct workflow *wf, const char *name)
{
	for (int i = 0; i < PLAN_FIELDS; i++) {
		if (strcmp(plan_field_name((enum plan_field)i), name) == 0)
			return lint_shared(l, wf->file);
	}
	return false;
}

static bool written(struct lint *l, const struct lint_flow *flow, const struct field *f)
{
	if (f->required || f->write_by.len > 0)
		return true;
	for (size_t i = 0; i < flow->actions_len; i++) {
		const struct action *a = flow->actions[i].action;
		if (a->kind == ACTION_ASSIGN && a->field == f)
			return true;
	}
	return opened_with(l, flow->wf, f->name) || imported(l, flow->wf, f->name) ||
	       left_to_others(l, flow->wf, f->name);
}

static bool names_member(const struct node *n, const char *name)
{
	if ((n->op == NODE_SELECT || n->op == NODE_HAS) && strcmp(n->value.str.s, name) == 0)
		return true;
	for (uint32_t i = 0; i < n->n; i++) {
		if (names_member(n->args[i], name))
			return true;
	}
	return false;
}

static bool read_in_expressions(
	const struct lint *l, const struct lint_flow *flow, const struct field *f)
{
	for (size_t i = 0; i < l->flows_len; i++) {
		const struct lint_flow *other = &l->flows[i];
		for (size_t k = 0; k < other->exprs_len; k++) {
			const struct expr *e = other->exprs[k].expr;
			if (other == flow ? expr_reads(e, "case", f->name)
					  : expr_reads(e, "related", NULL) &&
						    names_member(e->root, f->name))
				return true;
		}
	}
	return false;
}

/* By a date, by who is asked, by what an event needs. */
static bool read_by_rules(const struct lint_flow *flow, const struct field *f)
{
	const struct workflow *wf = flow->wf;
	for (size_t i = 0; i < wf->deadlines_len; i++) {
		if (wf->deadlines[i].due != NULL && due_rule_reads(wf->deadlines[i].due, f->name))
			return true;
	}
	for (uint32_t i = 0; i < flow->chart->transitions_len; i++) {
		for (size_t k = 0; k < wf->transitions[i].requires_len; k++) {
			if (wf->transitions[i].requires[k] == f)
				return true;
		}
	}
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)wf->bindings, name, v) {
		if (strcmp(json_string_value(v), f->name) == 0)
			return true;
	}
	return wf->region_field != NULL && strcmp(wf->region_field, f->name) == 0;
}

/* A plugin is given the whole case. */
static bool asks_plugins(const struct lint_flow *flow)
{
	for (uint32_t i = 0; i < flow->chart->transitions_len; i++) {
		const struct chart_call *guard = flow->chart->edges[i].guard;
		if (guard != NULL && ((const struct guard *)guard->user)->kind == GUARD_POLICY)
			return true;
	}
	return false;
}

static bool in_indicators(struct lint *l, const char *name)
{
	struct pack_source src;
	for (size_t i = 0; pack_set_source(l->set, i, &src); i++) {
		ANJU_AUTO_BUF file = BUF_INIT;
		buf_addf(&file, "%s/indicators.json", src.name);
		const struct lint_text *t = file.failed ? NULL : lint_text(l, file.data);
		if (t != NULL && memmem(t->data, t->len, name, strlen(name)) != NULL)
			return true;
	}
	return false;
}

void lint_fields(struct lint *l, const struct lint_flow *flow)
{
	if (!l->whole)
		return;
	bool plugins = asks_plugins(flow);
	for (size_t i = 0; i < flow->wf->fields_len; i++) {
		const struct field *f = &flow->wf->fields[i];
		bool read = read_in_expressions(l, flow, f) || read_by_rules(flow, f);
		if (read && !written(l, flow, f))
			lint_find(
				l, "lint.never_written", flow->wf->file, f->pointer, f->name, " ");
		if (!read && !plugins && !in_indicators(l, f->name))
			lint_find(l, "lint.never_read", flow->wf->file, f->pointer, f->name, " ");
	}
}
