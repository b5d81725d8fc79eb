/* Events: who sends them, who takes them, and what they are called. */
#include <string.h>

#include "lint/impl.h"

static bool is_external(const struct chart_transition *t)
{
	return t->descriptor[0] != '\0' && !t->forbidden &&
	       strncmp(t->descriptor, "xstate.", 7) != 0 &&
	       strncmp(t->descriptor, "done.state.", 11) != 0;
}

static bool takes_system(const struct transition_rule *rule, bool *ret_only)
{
	bool any = rule->by.len == 0;
	*ret_only = true;
	for (size_t i = 0; i < rule->by.len; i++) {
		if (rule->by.roles[i].scope == ROLE_SYSTEM)
			any = true;
		else
			*ret_only = false;
	}
	return any;
}

/* Does some action of the packs give this event to a case of `wf`? */
static bool is_sent(const struct lint *l, const struct workflow *wf, const char *descriptor)
{
	for (size_t i = 0; i < l->flows_len; i++) {
		const struct lint_flow *from = &l->flows[i];
		for (size_t k = 0; k < from->actions_len; k++) {
			const struct action *a = from->actions[k].action;
			bool here = a->kind == ACTION_RAISE ? from->wf == wf
				    : a->kind == ACTION_SEND
					    ? a->relation != NULL &&
						      strcmp(a->relation->to, wf->id) == 0
					    : false;
			if (here && a->event != NULL &&
				chart_descriptor_matches(descriptor, a->event))
				return true;
		}
	}
	return false;
}

static void check_senders(struct lint *l, const struct lint_flow *flow, uint32_t i)
{
	const struct chart_transition *t = &flow->chart->transitions[i];
	bool only;
	if (!is_external(t) || flow->wf->transitions[i].by.len == 0 ||
		!takes_system(&flow->wf->transitions[i], &only) || !only ||
		is_sent(l, flow->wf, t->descriptor))
		return;
	lint_find(l, "lint.nobody_sends", flow->wf->file, t->pointer, t->descriptor, " ");
}

/* Two different acts of one state under one name: nobody can tell which button is which. */
static void check_titles(struct lint *l, const struct lint_flow *flow, uint32_t later)
{
	const struct chart *chart = flow->chart;
	const struct chart_transition *t = &chart->transitions[later];
	const char *zh = flow->wf->transitions[later].title.text[LANG_ZH];
	for (uint32_t i = later; i-- > 0 && chart->edges[i].source == t->source;) {
		const struct chart_transition *first = &chart->transitions[i];
		const char *other = flow->wf->transitions[i].title.text[LANG_ZH];
		if (!is_external(t) || !is_external(first) || zh[0] == '\0' ||
			strcmp(zh, other) != 0 || strcmp(t->descriptor, first->descriptor) == 0)
			continue;
		lint_find(l, "lint.same_title", flow->wf->file,
			lint_printf(l, "%s/meta/anju/title/zh", t->pointer), t->descriptor, "%s",
			first->descriptor);
		return;
	}
}

void lint_events(struct lint *l, const struct lint_flow *flow)
{
	/* with a workflow missing it is not known who sends what */
	bool all = l->whole && l->flows_len == pack_set_workflow_count(l->set);
	for (uint32_t i = 0; i < flow->chart->transitions_len; i++) {
		if (all)
			check_senders(l, flow, i);
		check_titles(l, flow, i);
	}
}
