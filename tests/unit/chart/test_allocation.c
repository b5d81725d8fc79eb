/* A step allocates nothing and costs as much as what takes part in it, whatever else the chart has. The test
 * program is linked with malloc and its kin wrapped, so that calls from the chart are counted here. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "chart/chart.h"
#include "unit/support.h"

static unsigned long calls;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	calls++;
	return __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t size)
{
	calls++;
	return __real_calloc(n, size);
}
void *__wrap_realloc(void *p, size_t n)
{
	calls++;
	return __real_realloc(p, n);
}
char *__wrap_strdup(const char *s)
{
	calls++;
	return __real_strdup(s);
}

struct host {
	unsigned long guards, effects;
};

static enum chart_verdict guard(void *ctx, struct chart_step *step, const struct chart_call *call,
	const struct chart_event *event)
{
	((struct host *)ctx)->guards++;
	return strcmp(call->type, "no") == 0 ? CHART_FALSE : CHART_TRUE;
}

static anju_status effect(void *ctx, struct chart_step *step, const struct chart_effect *e,
	const struct chart_event *event, anju_error *err)
{
	((struct host *)ctx)->effects++;
	if (e->kind == CHART_EFFECT_ACTION && strncmp(e->call->type, "raise:", 6) == 0)
		return chart_raise(step, e->call->type + 6, NULL, err);
	return ANJU_OK;
}

/* What takes part: a parallel state with regions, guards, history, eventless transitions, raised events and
 * delays. `others` more states stand beside it, with transitions for the same events. */
static struct chart *chart_with(int others)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_adds(&text,
		"{\"id\":\"m\",\"initial\":\"p\",\"states\":{"
		"\"p\":{\"type\":\"parallel\",\"on\":{\"OUT\":\"q\"},\"states\":{"
		"\"r\":{\"initial\":\"x\",\"states\":{"
		"\"x\":{\"after\":{\"10\":\"y\"},\"entry\":\"act\",\"on\":{\"GO\":[{\"target\":"
		"\"y\","
		"\"guard\":\"no\"},{\"target\":\"y\",\"guard\":\"yes\",\"actions\":\"raise:IN\"}]}}"
		","
		"\"y\":{\"exit\":\"act\",\"on\":{\"GO\":\"x\"}},\"h\":{\"type\":\"history\"}}},"
		"\"s\":{\"initial\":\"x\",\"states\":{\"x\":{\"on\":{\"IN\":\"y\"}},"
		"\"y\":{\"always\":\"x\"}}}}},"
		"\"q\":{\"on\":{\"BACK\":\"p.r.h\"}}");
	for (int i = 0; i < others; i++)
		buf_addf(&text,
			",\"o%d\":{\"initial\":\"a\",\"on\":{\"GO\":\"p\",\"O%d\":\"q\"},"
			"\"states\":{"
			"\"a\":{\"always\":{\"guard\":\"no\",\"target\":\"b\"}},\"b\":{},"
			"\"h\":{\"type\":\"history\",\"history\":\"deep\"}}}",
			i, i);
	buf_adds(&text, "}}");
	json_t *json = json_loadb(text.data, text.len, 0, NULL);
	cr_assert_not_null(json);
	struct chart *chart = NULL;
	anju_error err;
	const struct chart_options options = {.max_states = 100000};
	assert_ok(chart_compile(json, &options, &chart, &err), err);
	json_decref(json);
	return chart;
}

/* Steps through a round of events; what was allocated, asked and told. */
static unsigned long rounds(int others, struct host *host)
{
	static const char *const events[] = {"GO", "GO", "OUT", "BACK", "UNKNOWN", "GO"};
	ANJU_AUTO(chart) chart = chart_with(others);
	ANJU_AUTO(chart_snapshot) snap = NULL;
	const struct chart_host h = {.ctx = host, .guard = guard, .effect = effect};
	anju_error err;
	assert_ok(chart_start(chart, &h, &snap, &err), err);
	*host = (struct host){0};
	calls = 0;
	for (int round = 0; round < 100; round++) {
		for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
			struct chart_event event = {.type = events[i]};
			bool handled;
			assert_ok(chart_step(chart, snap, &event, &h, &handled, &err), err);
		}
	}
	return calls;
}

ANJU_TEST(chart_allocation, the_count_counts)
{
	calls = 0;
	ANJU_AUTO(chart) chart = chart_with(1);
	cr_assert_not_null(chart);
	cr_assert_gt(calls, 0, "compiling allocates");
}

ANJU_TEST(chart_allocation, none_in_a_step)
{
	struct host host;
	unsigned long allocated = rounds(0, &host);
	cr_assert_eq(allocated, 0, "%lu allocations", allocated);
	cr_assert_gt(host.guards, 0);
	cr_assert_gt(host.effects, 0);
}

ANJU_TEST(chart_allocation, states_that_take_no_part_cost_nothing)
{
	struct host few, many;
	unsigned long allocated = rounds(0, &few);
	allocated += rounds(1500, &many);
	cr_assert_eq(allocated, 0, "%lu allocations", allocated);
	cr_assert_eq(few.guards, many.guards);
	cr_assert_eq(few.effects, many.effects);
}
