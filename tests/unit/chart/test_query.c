#include "chart/chart.h"

#include "base/error.h"
#include "unit/chart/world.h"
#include "unit/support.h"

#define MACHINE                                                                                    \
	"{'id':'m','initial':'a','meta':{'k':1},'on':{'R':{'actions':'r'},'*':{'guard':'no','"     \
	"target':'.p'}},'states':{"                                                                \
	"'a':{'tags':['t'],'on':{'E':[{'guard':'no','target':'p'},{'meta':{'n':7},'target':['p.r." \
	"y','p.s.y']},{'target':'a'}],"                                                            \
	"'E.*':'p','R':{}},'always':{'guard':'no','target':'p'},'after':{'5':'p'}},"               \
	"'p':{'id':'PP','type':'parallel','on':{'E':{'guard':'no'},'F':'a'},'states':{"            \
	"'r':{'initial':'x','states':{'x':{'on':{'E':{'guard':'no','target':'y'},'F':{'actions':'" \
	"f'}}},'y':{},'h':{'type':'history'}}},"                                                   \
	"'s':{'initial':'x','on':{'E':{'guard':'no','target':'.y'}},'states':{'x':{},'y':{'type':" \
	"'final'}}}}}}}"

static uint32_t path(const struct world *w, const char *p)
{
	return chart_state_by_path(w->chart, p);
}

ANJU_TEST(query, states)
{
	struct world w;
	world_open(&w, MACHINE);
	cr_assert_str_eq(chart_id(w.chart), "m");
	cr_assert_eq(chart_state_count(w.chart), 10);
	const struct chart_state *root = chart_state_at(w.chart, 0);
	cr_assert_str_eq(root->path, "");
	cr_assert_str_eq(root->id, "m");
	cr_assert_eq(root->parent, CHART_NONE);
	cr_assert_eq(root->end, 10);
	cr_assert_eq(root->type, CHART_COMPOUND);
	cr_assert_eq(json_integer_value(json_object_get(root->meta, "k")), 1);
	const struct chart_state *y = chart_state_at(w.chart, path(&w, "p.s.y"));
	cr_assert_str_eq(y->key, "y");
	cr_assert_str_eq(y->id, "m.p.s.y");
	cr_assert_str_eq(y->pointer, "/states/p/states/s/states/y");
	cr_assert_eq(y->type, CHART_FINAL);
	cr_assert_eq(y->parent, path(&w, "p.s"));
	cr_assert_eq(chart_state_at(w.chart, path(&w, "p.r.h"))->type, CHART_HISTORY);
	cr_assert_eq(chart_state_at(w.chart, path(&w, "a"))->type, CHART_ATOMIC);
	cr_assert_eq(json_array_size(chart_state_at(w.chart, path(&w, "a"))->tags), 1);
	cr_assert_eq(path(&w, ""), 0);
	cr_assert_eq(path(&w, "p.q"), CHART_NONE);
	cr_assert_null(chart_state_at(w.chart, 10));
	world_close(&w);
}

ANJU_TEST(query, ids_and_targets)
{
	struct world w;
	world_open(&w, MACHINE);
	uint32_t a = path(&w, "a"), pry = path(&w, "p.r.y"), prx = path(&w, "p.r.x");
	cr_assert_eq(chart_state_by_id(w.chart, "m"), 0);
	cr_assert_eq(chart_state_by_id(w.chart, "PP"), path(&w, "p"));
	cr_assert_eq(chart_state_by_id(w.chart, "m.p"), path(&w, "p"));
	cr_assert_eq(chart_state_by_id(w.chart, "PP.r.y"), pry);
	cr_assert_eq(chart_state_by_id(w.chart, "m.p.r.y"), pry);
	cr_assert_eq(chart_state_by_id(w.chart, "m."), CHART_NONE);
	cr_assert_eq(chart_state_by_id(w.chart, "x"), CHART_NONE);
	cr_assert_eq(chart_state_by_id(w.chart, ""), CHART_NONE);
	cr_assert_eq(chart_state_by_target(w.chart, a, "p.r.y"), pry);
	cr_assert_eq(chart_state_by_target(w.chart, prx, "y"), pry);
	cr_assert_eq(chart_state_by_target(w.chart, prx, "x"), prx);
	cr_assert_eq(chart_state_by_target(w.chart, path(&w, "p"), ".r.y"), pry);
	cr_assert_eq(chart_state_by_target(w.chart, 0, ".p.r.y"), pry);
	cr_assert_eq(chart_state_by_target(w.chart, 0, "p"), CHART_NONE);
	cr_assert_eq(chart_state_by_target(w.chart, a, "#PP.r.y"), pry);
	cr_assert_eq(chart_state_by_target(w.chart, a, "#"), CHART_NONE);
	cr_assert_eq(chart_state_by_target(w.chart, a, "."), CHART_NONE);
	cr_assert_eq(chart_state_by_target(w.chart, a, ""), CHART_NONE);
	cr_assert_eq(chart_state_by_target(w.chart, CHART_NONE, "a"), CHART_NONE);
	world_close(&w);
}

ANJU_TEST(query, transitions)
{
	struct world w;
	world_open(&w, MACHINE);
	uint32_t n = chart_transition_count(w.chart);
	cr_assert_eq(n, 14);
	cr_assert_null(chart_transition_at(w.chart, n));
	for (uint32_t i = 0; i < n; i++)
		cr_assert_eq(chart_transition_at(w.chart, i)->index, i);
	const struct chart_transition *t = chart_transition_at(w.chart, 3);
	cr_assert_str_eq(t->descriptor, "E");
	cr_assert_str_eq(t->pointer, "/states/a/on/E/1");
	cr_assert_eq(t->source, path(&w, "a"));
	cr_assert_eq(t->targets_len, 2);
	cr_assert_eq(t->targets[1], path(&w, "p.s.y"));
	cr_assert_eq(json_integer_value(json_object_get(t->meta, "n")), 7);
	cr_assert_null(t->guard);
	cr_assert_str_eq(chart_transition_at(w.chart, 2)->guard->type, "no");
	cr_assert(chart_transition_at(w.chart, 6)->forbidden);
	cr_assert_not(t->forbidden);
	cr_assert_str_eq(chart_transition_at(w.chart, 7)->descriptor, "");
	cr_assert_str_eq(chart_transition_at(w.chart, 8)->descriptor, "xstate.after.5.m.a");
	world_close(&w);
}

static void expect_candidates(struct world *w, const char *type, const char *want)
{
	uint32_t found[16];
	size_t n = chart_candidates(w->chart, w->snap, type, found, 16);
	buf_reset(&w->text);
	buf_adds(&w->text, "");
	for (size_t i = 0; i < n; i++)
		buf_addf(&w->text, "%s%s", i > 0 ? " " : "",
			chart_transition_at(w->chart, found[i])->pointer);
	cr_assert_str_eq(w->text.data != NULL ? w->text.data : "", want);
}

ANJU_TEST(query, candidates)
{
	struct world w;
	world_open(&w, MACHINE);
	expect_candidates(&w, "E", "/states/a/on/E/0 /states/a/on/E/1"); /* the second is sure */
	expect_candidates(&w, "E.x", "/states/a/on/E.*");
	expect_candidates(&w, "R", "/states/a/on/R"); /* forbidden: nobody else is asked */
	expect_candidates(&w, "Q", "/on/*");
	uint32_t one;
	cr_assert_eq(chart_candidates(w.chart, w.snap, "E", &one, 1), 2);
	world_send(&w, "E");
	expect_states(&w, "p.r.y p.s.y");
	expect_candidates(&w, "E", "/states/p/states/s/on/E /states/p/on/E /on/*");
	expect_candidates(&w, "F", "/states/p/on/F");
	world_send(&w, "F");
	world_send(&w, "xstate.after.5.m.a");
	expect_states(&w, "p.r.x p.s.x");
	expect_candidates(&w, "E",
		"/states/p/states/r/states/x/on/E /states/p/states/s/on/E /states/p/on/E /on/*");
	expect_candidates(&w, "F", "/states/p/states/r/states/x/on/F"); /* shadows p's */
	world_close(&w);
}

ANJU_TEST(query, nothing_is_possible_when_done)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'f','on':{'E':{'actions':'e'}},'states':{'f':{'type':'"
		       "final'}}}");
	expect_candidates(&w, "E", "");
	world_close(&w);
}

ANJU_TEST(query, descriptor_matches)
{
	cr_assert(chart_descriptor_matches("a.b", "a.b"));
	cr_assert_not(chart_descriptor_matches("a.b", "a.b.c"));
	cr_assert(chart_descriptor_matches("a.*", "a.b.c"));
	cr_assert(chart_descriptor_matches("a.*", "a"));
	cr_assert_not(chart_descriptor_matches("a.*", "ab"));
	cr_assert_not(chart_descriptor_matches("a.b.*", "a"));
	cr_assert(chart_descriptor_matches("*", ""));
	cr_assert_not(chart_descriptor_matches(".*", "a"));
}

ANJU_TEST(query, many_descriptors_and_states)
{
	/* more names than bits in a state's mask, and siblings by the thousand */
	json_t *states = json_object();
	for (int i = 0; i < 2000; i++) {
		char key[32], next[32], event[32];
		snprintf(key, sizeof key, "s%d", i);
		snprintf(next, sizeof next, "s%d", (i + 1) % 2000);
		snprintf(event, sizeof event, "e.%d", i);
		json_object_set_new(
			states, key, json_pack("{s:{s:s, s:s}}", "on", event, next, "back.*", key));
	}
	json_t *m = json_pack("{s:s, s:s, s:o}", "id", "m", "initial", "s0", "states", states);
	anju_error err;
	struct chart *chart = NULL;
	struct chart_snapshot *snap = NULL;
	assert_ok(chart_compile(m, NULL, &chart, &err), err);
	json_decref(m);
	assert_ok(chart_start(chart, NULL, &snap, &err), err);
	for (int i = 0; i < 2100; i++) {
		char event[32];
		bool handled = false;
		snprintf(event, sizeof event, "e.%d", (i + 1) % 2000);
		struct chart_event wrong = {.type = event}, right = {.type = event};
		assert_ok(chart_step(chart, snap, &wrong, NULL, &handled, &err), err);
		cr_assert_not(handled);
		snprintf(event, sizeof event, "e.%d", i % 2000);
		assert_ok(chart_step(chart, snap, &right, NULL, &handled, &err), err);
		cr_assert(handled);
	}
	cr_assert(chart_snapshot_in(snap, chart_state_by_path(chart, "s100")));
	chart_snapshot_free(snap);
	chart_free(chart);
}
