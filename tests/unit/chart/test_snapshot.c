#include "chart/chart.h"

#include "base/error.h"
#include "unit/chart/world.h"
#include "unit/support.h"

#define MACHINE                                                                                    \
	"{'id':'m','initial':'o','states':{"                                                       \
	"'o':{'on':{'P':'p','S':'p.sh','D':'p.dh','K':'k.h','END':'end'}},"                        \
	"'k':{'initial':'a','on':{'OUT':'o'},'states':{'h':{'type':'history'},'a':{'on':{'B':'b'}" \
	"},'b':{}}},"                                                                              \
	"'p':{'type':'parallel','on':{'OUT':'o'},'states':{"                                       \
	"'sh':{'type':'history'},'dh':{'type':'history','history':'deep'},"                        \
	"'r':{'initial':'x','states':{'x':{'on':{'E':'y'}},'y':{}}},"                              \
	"'s':{'initial':'u','states':{'u':{'initial':'x','states':{'x':{'on':{'E':'y'}},'y':{}}}," \
	"'v':{}}}}},"                                                                              \
	"'end':{'type':'final'}}}"

static void expect_text(struct world *w, const char *want)
{
	buf_reset(&w->text);
	chart_snapshot_write(w->chart, w->snap, &w->text);
	cr_assert_str_eq(w->text.data, want);
}

/* write, drop, read */
static void restart(struct world *w)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	chart_snapshot_write(w->chart, w->snap, &text);
	chart_snapshot_free(w->snap);
	w->snap = NULL;
	assert_ok(chart_snapshot_read(w->chart, text.data, &w->snap, &w->err), w->err);
	expect_text(w, text.data);
}

ANJU_TEST(snapshot, text_and_the_way_back)
{
	struct world w;
	world_open(&w, MACHINE);
	expect_text(&w, "o");
	restart(&w);
	world_send(&w, "P");
	expect_text(&w, "p.r.x p.s.u.x");
	restart(&w);
	world_send(&w, "E");
	world_send(&w, "OUT");
	expect_text(&w, "o|p.sh=p.r,p.s|p.dh=p.r.y,p.s.u.y");
	restart(&w);
	world_send(&w, "D");
	expect_states(&w, "p.r.y p.s.u.y");
	restart(&w);
	world_send(&w, "OUT");
	restart(&w);
	world_send(&w, "K");
	world_send(&w, "B");
	world_send(&w, "OUT");
	restart(&w);
	expect_text(&w, "o|k.h=k.b|p.sh=p.r,p.s|p.dh=p.r.y,p.s.u.y");
	world_send(&w, "K");
	expect_states(&w, "k.b");
	world_send(&w, "OUT");
	world_send(&w, "END");
	expect_text(&w, "end|k.h=k.b|p.sh=p.r,p.s|p.dh=p.r.y,p.s.u.y|!");
	restart(&w);
	cr_assert(chart_snapshot_done(w.snap));
	expect_states(&w, "!end");
	world_close(&w);
}

ANJU_TEST(snapshot, root_alone)
{
	struct world w;
	world_open(&w, "{'id':'m','entry':'e'}");
	ANJU_AUTO_BUF text = BUF_INIT;
	chart_snapshot_write(w.chart, w.snap, &text);
	cr_assert_str_eq(text.data != NULL ? text.data : "", "");
	chart_snapshot_free(w.snap);
	assert_ok(chart_snapshot_read(w.chart, "", &w.snap, &w.err), w.err);
	cr_assert(chart_snapshot_in(w.snap, 0));
	world_close(&w);
}

ANJU_TEST(snapshot, text_that_does_not_fit)
{
	static const char *const bad[] = {"", " ", "zz", "o o", "o k.a", "k", "p", "p.r.x",
		"p.s.u.x p.r.x", "p.r.x p.r.y p.s.v", "p.r.x p.s.u", "p.r p.s.v", "k.h", "o ", " o",
		"o|", "o|x", "o|k.h", "o|k.h=", "o|k.h=o", "o|k.h=k.a,k.b", "o|k.h=k.h",
		"o|k.h=k.a|k.h=k.a", "o|k=k.a", "o|p.sh=p.r", "o|p.sh=p.r,p.s,p.s", "o|p.dh=p.r.x",
		"o|p.dh=p.r.x,p.s.u", "o|p.dh=p.r.x,p.s.v|", "o|!", "end", "end|!|!", "end|!x",
		"o|k.h=k.a,", "o|p.dh=o,p.s.v"};
	struct world w;
	world_open(&w, MACHINE);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct chart_snapshot *snap = NULL;
		anju_error err;
		anju_status st = chart_snapshot_read(w.chart, bad[i], &snap, &err);
		cr_assert_eq(st, ANJU_E_CORRUPT, "\"%s\" was read", bad[i]);
		cr_assert_str_eq(err.id, "chart.corrupt");
		cr_assert_null(snap);
		cr_assert_eq(chart_snapshot_read(w.chart, bad[i], &snap, NULL), ANJU_E_CORRUPT);
	}
	world_close(&w);
}

ANJU_TEST(snapshot, done_parallel_root)
{
	struct world w;
	world_open(&w, "{'id':'m','type':'parallel','states':{'a':{'initial':'x','states':{'x':{'"
		       "on':{'E':'f'}},'f':{'type':'final'}}},'b':{'type':'final'}}}");
	restart(&w);
	world_send(&w, "E");
	expect_text(&w, "a.f b|!");
	restart(&w);
	struct chart_snapshot *snap = NULL;
	assert_status(chart_snapshot_read(w.chart, "a.x b|!", &snap, NULL), ANJU_E_CORRUPT);
	assert_status(chart_snapshot_read(w.chart, "a.f b", &snap, NULL), ANJU_E_CORRUPT);
	world_close(&w);
}

ANJU_TEST(snapshot, copies_are_independent)
{
	struct world w;
	world_open(&w, MACHINE);
	world_send(&w, "K");
	world_send(&w, "B");
	world_send(&w, "OUT");
	struct chart_snapshot *copy = chart_snapshot_dup(w.snap);
	world_send(&w, "P");
	cr_assert(chart_snapshot_in(copy, chart_state_by_path(w.chart, "o")));
	cr_assert_not(chart_snapshot_in(w.snap, chart_state_by_path(w.chart, "o")));
	cr_assert_not(chart_snapshot_in(copy, CHART_NONE));
	chart_snapshot_free(w.snap);
	w.snap = copy;
	world_send(&w, "K");
	expect_states(&w, "k.b");
	world_close(&w);
}

ANJU_TEST(snapshot, leaves_are_counted_past_the_end)
{
	struct world w;
	world_open(&w, MACHINE);
	world_send(&w, "P");
	uint32_t one;
	cr_assert_eq(chart_snapshot_leaves(w.chart, w.snap, &one, 1), 2);
	cr_assert_eq(one, chart_state_by_path(w.chart, "p.r.x"));
	world_close(&w);
}

/* history is written in place while a step runs: one that fails must take it back */
ANJU_TEST(chart_snapshot, failed_step_keeps_history)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'b','states':{'a':{'on':{'IN':'b.h'}},"
		"'b':{'initial':'x','on':{'OUT':'a','BAD':{'target':'a','actions':'fail'}},"
		"'states':{'x':{'on':{'N':'y'}},'y':{'on':{'P':'x'}},'h':{'type':'history'}}}}}");
	world_send(&w, "N");
	world_send(&w, "OUT");
	world_send(&w, "IN");
	world_send(&w, "P");
	ANJU_AUTO_BUF before = BUF_INIT, after = BUF_INIT;
	chart_snapshot_write(w.chart, w.snap, &before);
	cr_assert_str_eq(before.data, "b.x|b.h=b.y");
	cr_assert_eq(world_try(&w, "BAD", NULL), ANJU_E_DENIED);
	chart_snapshot_write(w.chart, w.snap, &after);
	cr_assert_str_eq(after.data, before.data);
	world_send(&w, "OUT");
	world_send(&w, "IN");
	expect_states(&w, "b.x");
	world_close(&w);
}

/* The configuration around some states, as text. */
static void expect_placed(struct world *w, const char *a, const char *b, const char *want)
{
	uint32_t states[2] = {chart_state_by_path(w->chart, a), 0};
	size_t n = 1;
	if (b != NULL)
		states[n++] = chart_state_by_path(w->chart, b);
	ANJU_AUTO(chart_snapshot) placed = NULL;
	assert_ok(chart_snapshot_place(w->chart, states, n, &placed, &w->err), w->err);
	buf_reset(&w->text);
	chart_snapshot_write(w->chart, placed, &w->text);
	cr_assert_str_eq(w->text.data, want);
}

ANJU_TEST(snapshot, placing_enters_the_rest_by_default)
{
	struct world w;
	world_open(&w, MACHINE);
	expect_placed(&w, "o", NULL, "o");
	expect_placed(&w, "k", NULL, "k.a");
	expect_placed(&w, "p", NULL, "p.r.x p.s.u.x");
	expect_placed(&w, "p.r.y", NULL, "p.r.y p.s.u.x");
	expect_placed(&w, "p.s.u.y", "p.r.y", "p.r.y p.s.u.y");
	expect_placed(&w, "p.s.v", NULL, "p.r.x p.s.v");
	expect_placed(&w, "end", NULL, "end|!");
	uint32_t both[2] = {chart_state_by_path(w.chart, "o"), chart_state_by_path(w.chart, "k.b")};
	ANJU_AUTO(chart_snapshot) none = NULL;
	assert_status(chart_snapshot_place(w.chart, both, 2, &none, &w.err), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "chart.conflict");
	cr_assert_str_eq(w.err.found, "o k");
	world_close(&w);
}
