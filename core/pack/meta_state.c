/* meta.anju of states: titles, phases, deadlines, and which field locks where. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

static const char *const phases[] = {"identify", "agree", "build", "accept", "handover", "move-in",
	"exit", "follow-up", "report", "govern", "plan", NULL};
static const char *const state_members[] = {"title", "phase", "deadlines", "rows", NULL};
static const char *const deadline_members[] = {"title", "due", "when", "met", "lead", "responsible",
	"cooperating", "rungs", "rows", "waive", "suspend", "extend", "keep_up", NULL};

/* One deadline while it is read. */
struct reading {
	struct build *b;
	struct deadline_def *d;
	const json_t *def;
	const struct json_at *at;
};

bool phase_known(const char *name)
{
	for (size_t i = 0; phases[i] != NULL; i++) {
		if (strcmp(phases[i], name) == 0)
			return true;
	}
	return false;
}

static void read_phase(struct build *b, const json_t *anju, const struct json_at *at,
	const struct chart_state *state, struct state_rule *rule)
{
	const char *name = load_string(b->ld, anju, at, "phase", false);
	struct json_at here = JSON_AT_KEY(at, "phase");
	rule->phase = state->parent != CHART_NONE ? b->wf->states[state->parent].phase : "";
	if (name == NULL)
		return;
	if (phase_known(name))
		rule->phase = name;
	else
		load_finding_text(b->ld, "pack.phase", &here, name, PHASES_TEXT);
}

/* "signed" below the state, beside it, or from the root; "#id". */
static uint32_t find_met(struct build *b, uint32_t from, const char *text)
{
	const struct chart *chart = b->wf->chart;
	char child[256];
	if (text[0] == '#' || text[0] == '.')
		return chart_state_by_target(chart, from, text);
	snprintf(child, sizeof child, ".%s", text);
	uint32_t state = chart_state_by_target(chart, from, child);
	if (state == CHART_NONE && from != 0)
		state = chart_state_by_target(chart, from, text);
	return state != CHART_NONE ? state : chart_state_by_path(chart, text);
}

static void read_met(const struct reading *r)
{
	const char *text = load_string(r->b->ld, r->def, r->at, "met", false);
	struct json_at here = JSON_AT_KEY(r->at, "met");
	r->d->met = CHART_NONE;
	if (text == NULL)
		return;
	r->d->met = find_met(r->b, r->d->state, text);
	if (r->d->met == CHART_NONE || r->d->met == r->d->state)
		load_finding_text(r->b->ld, "pack.unknown_state", &here, text, "@say.state_near");
}

struct rungs_box {
	struct rungs rungs;
};

static void free_rungs(void *thing)
{
	rungs_done(&((struct rungs_box *)thing)->rungs);
	free(thing);
}

/* A rung that speaks to nobody is a reminder that nobody gets. */
static void check_to(const struct reading *r, const struct rung *rung, const struct json_at *at)
{
	static const struct {
		const char *member;
		size_t at;
	} asks[] = {
		[RUNG_LEAD] = {"lead", offsetof(struct deadline_def, lead)},
		[RUNG_RESPONSIBLE] = {"responsible", offsetof(struct deadline_def, responsible)},
		[RUNG_COOPERATING] = {"cooperating", offsetof(struct deadline_def, cooperating)},
		[RUNG_SUPERVISOR] = {"lead", offsetof(struct deadline_def, lead)},
	};
	struct json_at to_at = JSON_AT_KEY(at, "to");
	for (size_t i = 0; i < rung->to_len; i++) {
		enum rung_to to = rung->to[i];
		const struct role_list *list = (const void *)((const char *)r->d + asks[to].at);
		if (list->len == 0)
			load_finding_text(r->b->ld, "pack.nobody", &to_at, rung_to_text(to),
				"@say.deadline_member|%s", asks[to].member);
	}
}

static void read_rung_calls(const struct reading *r, const struct rung *rung,
	const struct json_at *at, struct rung_calls *ret)
{
	struct loader *ld = r->b->ld;
	struct json_at text_at = JSON_AT_KEY(at, "text"), open_at = JSON_AT_KEY(at, "open"),
		       send_at = JSON_AT_KEY(at, "send");
	if (rung->text != NULL && !message_label(ld->set, rung->text, &ret->text)) {
		ret->text = (struct label){{NULL, NULL}};
		if (!ld->unread)
			load_finding_text(ld, "pack.unknown_message", &text_at, rung->text,
				"@say.message_key");
	}
	if (rung->open != NULL)
		ret->open = calls_rung_open(r->b, rung->open, &open_at);
	if (rung->send != NULL && !workflow_takes(r->b->wf, rung->send))
		load_finding_text(ld, "pack.unknown_event", &send_at, rung->send,
			"@say.event_of|%s", r->b->wf->id);
}

static void link_rungs(const struct reading *r, const struct rungs *rungs)
{
	struct json_at list_at = JSON_AT_KEY(r->at, "rungs");
	r->d->rung_calls = pool_alloc(r->b->pool, (rungs->len + 1) * sizeof *r->d->rung_calls);
	for (size_t i = 0; i < rungs->len && r->d->rung_calls != NULL; i++) {
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		check_to(r, &rungs->items[i], &at);
		read_rung_calls(r, &rungs->items[i], &at, &r->d->rung_calls[i]);
	}
}

static void read_rungs(const struct reading *r)
{
	struct json_at here = JSON_AT_KEY(r->at, "rungs");
	struct rungs_box *box = calloc(1, sizeof *box);
	anju_error err;
	if (box == NULL) {
		r->b->pool->failed = true;
		return;
	}
	anju_status st = rungs_parse(json_object_get(r->def, "rungs"), &here, &box->rungs, &err);
	if (!load_ok(r->b->ld, st, &err)) {
		free(box);
		return;
	}
	if (!pool_own_take(r->b->pool, box, free_rungs))
		return;
	r->d->rungs = box->rungs.items;
	r->d->rungs_len = box->rungs.len;
	link_rungs(r, &box->rungs);
}

static void read_deadline(struct build *b, const char *name, const json_t *def,
	const struct json_at *at, struct deadline_def *d)
{
	struct reading r = {b, d, def, at};
	char pointer[256];
	d->name = name;
	d->met = CHART_NONE;
	d->pointer = pool_strdup(b->pool, json_at_pointer(at, pointer, sizeof pointer));
	if (!load_object(b->ld, def, at, deadline_members))
		return;
	load_label(b->ld, def, at, "title", true, &d->title);
	d->rows = load_rows(b->ld, def, at);
	build_roles(b, def, at, "lead", &d->lead);
	build_roles(b, def, at, "responsible", &d->responsible);
	build_roles(b, def, at, "cooperating", &d->cooperating);
	deadline_acts_read(b, def, at, d);
	struct json_at when_at = JSON_AT_KEY(at, "when");
	const char *when = load_string(b->ld, def, at, "when", false);
	if (when != NULL)
		d->when = build_expr(b, &when_at, when, EXPR_BOOL);
	read_met(&r);
	due_load(b, d, def, at);
	read_rungs(&r);
}

static void add_index(struct pool *pool, uint32_t **list, size_t *len, size_t value)
{
	uint32_t *more = pool_alloc(pool, (*len + 1) * sizeof *more);
	if (more == NULL)
		return;
	if (*len > 0)
		memcpy(more, *list, *len * sizeof *more);
	more[(*len)++] = (uint32_t)value;
	*list = more;
}

static void read_deadlines(
	struct build *b, const json_t *anju, const struct json_at *anju_at, uint32_t state)
{
	struct workflow *wf = b->wf;
	const json_t *defs = json_object_get(anju, "deadlines");
	struct json_at at = JSON_AT_KEY(anju_at, "deadlines");
	if (defs != NULL && !json_is_object(defs))
		load_finding(b->ld, "json.type", &at, defs, "@say.object");
	const char *name;
	json_t *def;
	json_object_foreach((json_t *)defs, name, def) {
		struct json_at here = JSON_AT_KEY(&at, name);
		const struct deadline_def *twin = workflow_deadline(wf, name);
		if (twin != NULL)
			load_finding_text(b->ld, "pack.duplicate", &here, name, "@say.name_free|%s",
				twin->pointer);
		if (twin != NULL || wf->deadlines == NULL || !load_name(b->ld, &here, name))
			continue;
		struct deadline_def *d = &wf->deadlines[wf->deadlines_len];
		d->index = (uint32_t)wf->deadlines_len++;
		d->state = state;
		read_deadline(b, name, def, &here, d);
		struct state_rule *arming = &wf->states[state];
		add_index(b->pool, &arming->arms, &arming->arms_len, d->index);
		if (d->met != CHART_NONE) {
			struct state_rule *meeting = &wf->states[d->met];
			add_index(b->pool, &meeting->meets, &meeting->meets_len, d->index);
		}
	}
}

static void read_state(struct build *b, uint32_t index)
{
	const struct chart_state *state = chart_state_at(b->wf->chart, index);
	struct state_rule *rule = &b->wf->states[index];
	struct place place;
	const struct json_at *state_at = place_init(&place, b->wf->file, state->pointer);
	struct json_at meta_at = JSON_AT_KEY(state_at, "meta"), at = JSON_AT_KEY(&meta_at, "anju");
	const json_t *anju = json_object_get(state->meta, "anju");
	rule->title = (struct label){{"", ""}};
	if (anju != NULL && index != 0 && !load_object(b->ld, anju, &at, state_members))
		anju = NULL;
	bool leaf = state->type == CHART_ATOMIC || state->type == CHART_FINAL;
	bool phase = json_object_get(anju, "phase") != NULL;
	if (index != 0)
		load_label(b->ld, anju, &at, "title", leaf || phase, &rule->title);
	else
		rule->title = b->wf->title;
	(void)load_rows(b->ld, anju, &at);
	read_phase(b, anju, &at, state, rule);
	read_deadlines(b, anju, &at, index);
}

static size_t count_deadlines(const struct chart *chart)
{
	size_t n = 0;
	for (uint32_t i = 0; i < chart_state_count(chart); i++)
		n += json_object_size(json_object_get(
			json_object_get(chart_state_at(chart, i)->meta, "anju"), "deadlines"));
	return n;
}

void states_link(struct build *b)
{
	struct workflow *wf = b->wf;
	uint32_t n = chart_state_count(wf->chart);
	wf->states = pool_alloc(b->pool, n * sizeof *wf->states);
	wf->deadlines =
		pool_alloc(b->pool, (count_deadlines(wf->chart) + 1) * sizeof *wf->deadlines);
	if (wf->states == NULL)
		return;
	for (uint32_t i = 0; i < n; i++)
		read_state(b, i);
	due_check(b);
	for (size_t i = 0; i < wf->fields_len; i++) {
		const struct field *f = &wf->fields[i];
		if (f->until == CHART_NONE)
			continue;
		struct state_rule *rule = &wf->states[f->until];
		add_index(b->pool, &rule->locks, &rule->locks_len, i);
		for (size_t k = 0; k < f->again_len; k++) {
			rule = &wf->states[f->again[k]];
			add_index(b->pool, &rule->unlocks, &rule->unlocks_len, i);
		}
	}
}
