#include <string.h>

#include "base/buf.h"
#include "unit/chart/world.h"
#include "unit/support.h"

static struct chart *compile(const char *machine)
{
	struct chart *chart = NULL;
	anju_error err;
	assert_ok(world_compile(machine, NULL, &chart, &err), err);
	return chart;
}

static uint32_t find(const struct chart *chart, const char *path)
{
	uint32_t s = chart_state_by_path(chart, path);
	cr_assert_neq(s, CHART_NONE, "%s", path);
	return s;
}

static const char many_kinds[] =
	"{'id':'m','initial':'a','states':{"
	"'a':{'id':'A','initial':{'target':'x','actions':['i1','i2']},'entry':'en','exit':['e1','"
	"e2'],"
	"'onDone':'b','on':{'E':{'target':'.x','reenter':true,'actions':['t1','t2']},"
	"'xstate.done.state.A':'b'},'always':{'guard':'no','target':'b'},'after':{'10':'b','20':'."
	"x'},"
	"'states':{'x':{},'h':{'type':'history','history':'deep','target':'x'},'g':{'type':'"
	"history'}}},"
	"'b':{}}}";

ANJU_TEST(explore, kinds_of_transitions)
{
	ANJU_AUTO(chart) chart = compile(many_kinds);
	ANJU_AUTO_BUF text = BUF_INIT;
	static const char *const names[] = {"on", "always", "after", "onDone"};
	uint32_t first, n = chart_transitions_from(chart, find(chart, "a"), &first);
	for (uint32_t i = first; i < first + n; i++) {
		const char *delay = "?";
		buf_addf(&text, "%s ", names[chart_transition_kind(chart, i, &delay)]);
		buf_addf(&text, "%s,", delay != NULL ? delay : "-");
		cr_assert_eq(chart_transition_kind(chart, i, NULL),
			chart_transition_kind(chart, i, &delay));
		cr_assert_eq(chart_transition_reenters(chart, i),
			strcmp(chart_transition_at(chart, i)->descriptor, "E") == 0);
	}
	cr_assert_str_eq(text.data, "onDone -,on -,on -,always -,after 10,after 20,");
	cr_assert_eq(chart_transitions_from(chart, find(chart, "a.x"), &first), 0);
	cr_assert_eq(chart_transitions_from(chart, 0, &first), 0);
}

ANJU_TEST(explore, actions)
{
	ANJU_AUTO(chart) chart = compile(many_kinds);
	uint32_t a = find(chart, "a"), n, first;
	const struct chart_call *calls = chart_state_actions(chart, a, CHART_ENTRY, &n);
	cr_assert(n == 1 && strcmp(calls[0].type, "en") == 0);
	calls = chart_state_actions(chart, a, CHART_EXIT, &n);
	cr_assert(n == 2 && strcmp(calls[1].type, "e2") == 0);
	calls = chart_state_actions(chart, a, CHART_INITIAL, &n);
	cr_assert(n == 2 && strcmp(calls[0].type, "i1") == 0);
	(void)chart_transitions_from(chart, a, &first);
	calls = chart_transition_actions(chart, first + 1, &n);
	cr_assert(n == 2 && strcmp(calls[1].type, "t2") == 0);
	(void)chart_transition_actions(chart, first, &n);
	cr_assert_eq(n, 0);
}

ANJU_TEST(explore, ways_in)
{
	ANJU_AUTO(chart) chart = compile(many_kinds);
	uint32_t n;
	cr_assert_eq(chart_state_initial(chart, find(chart, "a")), find(chart, "a.x"));
	cr_assert_eq(chart_state_initial(chart, find(chart, "b")), CHART_NONE);
	const uint32_t *targets = chart_history_targets(chart, find(chart, "a.h"), &n);
	cr_assert(n == 1 && targets[0] == find(chart, "a.x"));
	(void)chart_history_targets(chart, find(chart, "a.g"), &n);
	cr_assert_eq(n, 0);
	(void)chart_history_targets(chart, find(chart, "b"), &n);
	cr_assert_eq(n, 0);
	cr_assert(chart_history_deep(chart, find(chart, "a.h")));
	cr_assert_not(chart_history_deep(chart, find(chart, "a.g")));
	cr_assert_not(chart_history_deep(chart, find(chart, "b")));
}

/* the paths of what can be reached, joined by ' ' */
static void expect_reach(const struct chart *chart, const char *from, const char *want)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	bool seen[64];
	anju_error err;
	assert_ok(chart_reach(chart, find(chart, from), seen, &err), err);
	for (uint32_t s = 1; s < chart_state_count(chart); s++) {
		if (seen[s])
			buf_addf(&text, "%s%s", text.len > 0 ? " " : "",
				chart_state_at(chart, s)->path);
	}
	cr_assert_str_eq(text.data != NULL ? text.data : "", want, "from %s: %s", from, text.data);
}

ANJU_TEST(explore, reach)
{
	ANJU_AUTO(chart)
	chart = compile("{'id':'m','initial':'a','states':{"
			"'a':{'on':{'E':'p.r.y'}},"
			"'p':{'type':'parallel','on':{'OUT':'z'},'states':{"
			"'r':{'initial':'x','states':{'x':{},'y':{}}},'s':{'initial':'x','states':{"
			"'x':{}}}}},"
			"'z':{'type':'final'},'never':{'on':{'BACK':'a'}}}}");
	/* r is passed through: its x is not entered; s is entered beside it */
	expect_reach(chart, "", "a p p.r p.r.y p.s p.s.x z");
	expect_reach(chart, "p.s", "p p.r p.r.x p.s p.s.x z");
	expect_reach(chart, "z", "z");
	expect_reach(chart, "never", "a p p.r p.r.y p.s p.s.x z never");
}

ANJU_TEST(explore, reach_through_history)
{
	ANJU_AUTO(chart)
	chart = compile("{'id':'m','initial':'a','states':{"
			"'a':{'on':{'IN':'b.y.k','H':'b.h','D':'c.d'}},"
			"'b':{'initial':'x','on':{'OUT':'a'},'states':{'x':{},'h':{'type':'history'"
			",'target':'x'},"
			"'y':{'initial':'j','states':{'j':{},'k':{}}}}},"
			"'c':{'initial':'n','states':{'n':{'after':{'5':'m'}},'m':{},'d':{'type':'"
			"history'}}}}}");
	/* j too: the history remembers y, not what was active in it; c by default, since nothing is remembered */
	expect_reach(chart, "", "a b b.x b.h b.y b.y.j b.y.k c c.n c.m c.d");
	expect_reach(chart, "c", "c c.n c.m");
	expect_reach(chart, "c.m", "c c.m");
}
