/* The word that is near to the one found, among those that could stand there. */
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "lint/impl.h"

struct search {
	const char *typed;
	const char *best;
	size_t distance;
};

static void offer(struct search *s, const char *word)
{
	size_t d = word != NULL && word[0] != '\0' ? edit_distance(s->typed, word) : SIZE_MAX;
	if (d > 0 && d < s->distance && d < strlen(word)) {
		s->distance = d;
		s->best = word;
	}
}

static void offer_keys(struct search *s, const json_t *object)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)object, key, v)
		offer(s, key);
}

/* A list of words as "allowed" has it; not a phrase. */
static void offer_list(struct lint *l, struct search *s, const char *list)
{
	if (list[0] == '@' || list[0] == '\0')
		return;
	char *copy = pool_strdup(&l->pool, list), *next = copy;
	for (char *word; next != NULL && (word = strsep(&next, " ,")) != NULL;)
		offer(s, word);
}

static void offer_states(struct search *s, const struct workflow *wf)
{
	if (wf->chart == NULL)
		return;
	for (uint32_t i = 1; i < chart_state_count(wf->chart); i++) {
		const struct chart_state *state = chart_state_at(wf->chart, i);
		offer(s, s->typed[0] == '#' ? state->id : state->path);
		if (strchr(s->typed, '.') == NULL)
			offer(s, state->key);
	}
}

static void offer_events(struct search *s, const struct workflow *wf)
{
	for (uint32_t i = 0; wf->chart != NULL && i < chart_transition_count(wf->chart); i++) {
		const char *event = chart_transition_at(wf->chart, i)->descriptor;
		if (strncmp(event, "xstate.", 7) != 0)
			offer(s, event);
	}
}

/* What could stand there, when "allowed" does not list it whole. */
static void offer_known(struct lint *l, struct search *s, const char *id, const struct workflow *wf)
{
	const json_t *anju = NULL;
	if (wf != NULL)
		anju = json_object_get(json_object_get(wf->source, "meta"), "anju");
	if (strcmp(id, "pack.unknown_field") == 0 || strcmp(id, "pack.due_field") == 0)
		offer_keys(s, json_object_get(anju, "fields"));
	else if (strcmp(id, "pack.unknown_doc") == 0 || strcmp(id, "lint.no_doc") == 0)
		offer_keys(s, json_object_get(anju, "docs"));
	else if (strcmp(id, "pack.unknown_message") == 0)
		offer_keys(s, pack_set_messages(l->set));
	else if (strcmp(id, "pack.unknown_delay") == 0)
		offer_keys(s, json_object_get(anju, "delays"));
	else if (strcmp(id, "pack.unknown_state") == 0 && wf != NULL)
		offer_states(s, wf);
	else if (strcmp(id, "pack.unknown_event") == 0)
		for (size_t i = 0; i < pack_set_workflow_count(l->set); i++)
			offer_events(s, pack_set_workflow_at(l->set, i));
	else if (strcmp(id, "pack.unknown_workflow") == 0)
		for (size_t i = 0; i < pack_set_workflow_count(l->set); i++)
			offer(s, pack_set_workflow_at(l->set, i)->id);
	else if (strcmp(id, "lint.unknown_rule") == 0) {
		struct lint_rule rule;
		for (size_t i = 0; lint_rule_at(i, &rule); i++)
			offer(s, rule.id);
	}
}

static const struct workflow *workflow_of(const struct lint *l, const char *file)
{
	for (size_t i = 0; l->set != NULL && i < pack_set_workflow_count(l->set); i++) {
		const struct workflow *wf = pack_set_workflow_at(l->set, i);
		if (strcmp(wf->file, file) == 0)
			return wf;
	}
	return NULL;
}

const char *suggest(struct lint *l, const struct lint_finding *f)
{
	/* found is JSON where loading says it, "case.persns" where an expression does */
	ANJU_AUTO_BUF typed = BUF_INIT;
	json_t *v = json_loads(f->error.found, JSON_DECODE_ANY, NULL);
	buf_adds(&typed, json_is_string(v) ? json_string_value(v) : f->error.found);
	json_decref(v);
	const char *text = typed.data != NULL ? typed.data : "";
	bool member = strcmp(f->error.id, "expr.unknown_member") == 0;
	if (member && strchr(text, '.') != NULL)
		text = strrchr(text, '.') + 1;
	struct search s = {.typed = text, .distance = nearest_reach(text) + 1};
	if (text[0] == '\0' || text[0] == '@' || strlen(text) > NEAREST_MAX)
		return "";
	offer_list(l, &s, f->error.allowed);
	if (l->set != NULL)
		offer_known(l, &s, f->error.id, workflow_of(l, f->error.file));
	return s.best != NULL ? lint_printf(l, "%s", s.best) : "";
}
