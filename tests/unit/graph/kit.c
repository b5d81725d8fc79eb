#include "kit.h"

#include <stdlib.h>

#include "unit/support.h"

static struct pack_set *load(const char *variable)
{
	struct pack_options options = {.dir = getenv(variable)};
	struct pack_set *set = NULL;
	anju_error err = {0};
	assert_ok(pack_load(&options, &set, &err), err);
	return set;
}

struct pack_set *kit_shipped(void)
{
	return load("ANJU_WORKFLOWS");
}

struct pack_set *kit_odd(void)
{
	return load("ANJU_TEST_GRAPH");
}

struct pack_set *kit_whole(void)
{
	return load("ANJU_WHOLE");
}

typedef anju_status (*draw_cb)(const struct pack_set *set, const struct workflow *wf,
	const struct graph_options *options, struct buf *out, anju_error *err);

static char *draw(draw_cb cb, const struct pack_set *set, const char *workflow,
	const struct graph_options *options)
{
	const struct graph_options plain = {.lang = LANG_ZH};
	struct buf out = BUF_INIT;
	anju_error err = {0};
	struct workflow *wf = pack_set_workflow((struct pack_set *)set, workflow);
	cr_assert_not_null(wf, "no workflow %s", workflow);
	assert_ok(cb(set, wf, options != NULL ? options : &plain, &out, &err), err);
	return buf_take(&out);
}

char *kit_dot(const struct pack_set *set, const char *workflow, const struct graph_options *options)
{
	return draw(graph_dot, set, workflow, options);
}

char *kit_mermaid(
	const struct pack_set *set, const char *workflow, const struct graph_options *options)
{
	return draw(graph_mermaid, set, workflow, options);
}

uint32_t kit_transition(const struct workflow *wf, const char *state, const char *event)
{
	uint32_t source = chart_state_by_path(wf->chart, state);
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
		const struct chart_transition *t = chart_transition_at(wf->chart, i);
		if (t->source == source && strcmp(t->descriptor, event) == 0)
			return i;
	}
	cr_assert_fail("no transition %s of %s", event, state);
	return CHART_NONE;
}
