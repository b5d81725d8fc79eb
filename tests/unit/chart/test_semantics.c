#include "unit/chart/world.h"
#include "unit/support.h"

/* Short actions: an entry "+a", an exit "-a". */
#define EE(n) "'entry':'+" n "','exit':'-" n "'"

ANJU_TEST(semantics, initial_entry_goes_down_in_document_order, .timeout = 10)
{
	struct world w;
	world_open(&w,
		"{'id':'m','type':'parallel'," EE(
			"m") ",'states':{"
			     "'a':{" EE(
				     "a") ",'initial':{'target':'x','actions':'ia'},'states':{'x':"
					  "{" EE("x") "},"
						      "'y':{" EE(
							      "y") "}}},"
								   "'b':{" EE(
									   "b") ",'initial':'z','"
										"states':{'w':{},'"
										"z':{" EE("z") "}}}"
											       "}"
											       "}");
	expect_states(&w, "a.x b.z");
	expect_trace(&w, "+m +a ia +x +b +z");
	world_close(&w);
}

ANJU_TEST(semantics, transition_exits_acts_enters)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'a','states':{"
		"'a':{" EE("a") ",'initial':'x','states':{'x':{" EE(
			"x") ",'on':{'GO':{'target':'#m.b.y','actions':['t1',{'type':'t2'}]}}}}},"
			     "'b':{" EE("b") ",'initial':'z','states':{'y':{" EE(
				     "y") "},'z':{}}}}}");
	world_trace(&w);
	world_send(&w, "GO");
	cr_assert(w.handled);
	expect_states(&w, "b.y");
	expect_trace(&w, "-x -a t1 t2 +b +y");
	world_send(&w, "GO");
	cr_assert_not(w.handled);
	expect_states(&w, "b.y");
	expect_trace(&w, "");
	world_close(&w);
}

ANJU_TEST(semantics, effects_come_in_their_order)
{
	struct world w;
	world_open_all(&w, "{'id':'m','initial':'a','states':{"
			   "'a':{" EE("a") ",'after':{'20':'b','5':'b'},'on':{'GO':'b'}},"
					   "'b':{'type':'final'}}}");
	expect_trace(&w, "enter: enter:a +a set:xstate.after.20.m.a set:xstate.after.5.m.a");
	world_send(&w, "GO");
	expect_states(&w, "!b");
	expect_trace(&w, "taken:GO -a cancel:a exit:a enter:b exit:b exit: done");
	world_close(&w);
}

ANJU_TEST(semantics, inner_state_is_asked_first_and_guards_in_order)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'a','on':{'E':{'actions':'root'}},'states':{"
		"'a':{'initial':'x','on':{'E':{'actions':'a'}},'states':{'x':{'on':{'E':["
		"{'guard':'n:1','actions':'one'},{'guard':{'type':'n:2'},'actions':'two'}]}}}}}}");
	assert_ok(world_try(&w, "E", "{'n':2}"), w.err);
	expect_trace(&w, "two");
	assert_ok(world_try(&w, "E", "{'n':1}"), w.err);
	expect_trace(&w, "one");
	assert_ok(world_try(&w, "E", "{'n':3}"), w.err);
	expect_trace(&w, "a");
	world_close(&w);
}

ANJU_TEST(semantics, reenter_is_false_by_default)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'a','states':{"
		"'a':{" EE("a") ",'initial':'x','states':{'x':{" EE("x") "},'y':{" EE(
			"y") "}},"
			     "'on':{'IN':'.y','SELF':'a','AGAIN':{'target':'a','reenter':true},"
			     "'INTO':{'target':'.y','reenter':true}}}}}");
	world_trace(&w);
	world_send(&w, "IN");
	expect_trace(&w, "-x +y");
	world_send(&w, "SELF");
	expect_states(&w, "a.x");
	expect_trace(&w, "-y +x");
	world_send(&w, "AGAIN");
	expect_trace(&w, "-x -a +a +x");
	world_send(&w, "INTO");
	expect_trace(&w, "-x -a +a +y");
	world_close(&w);
}

ANJU_TEST(semantics, self_target_of_an_atomic_state_leaves_nothing)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{" EE(
			       "a") ",'on':{'SELF':{'target':'a','actions':'t'},'AGAIN':{'target':'"
				    "a','reenter':true}}}}}");
	world_trace(&w);
	world_send(&w, "SELF");
	expect_trace(&w, "t");
	world_send(&w, "AGAIN");
	expect_trace(&w, "-a +a");
	world_close(&w);
}

ANJU_TEST(semantics, root_as_source_and_target)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a'," EE(
			       "m") ",'on':{'B':'.b','RB':{'target':'.b','reenter':true}},"
				    "'states':{'a':{" EE("a") "},'b':{" EE(
					    "b") ",'on':{'TOP':'#m','RTOP':{'target':'#m','reenter'"
						 ":true}}}}}");
	world_trace(&w);
	world_send(&w, "B");
	expect_trace(&w, "-a +b");
	world_send(&w, "TOP");
	expect_trace(&w, "-b +a");
	world_send(&w, "RB");
	expect_trace(&w, "-a -m +m +b");
	world_send(&w, "RTOP");
	expect_trace(&w, "-b -m +m +a");
	expect_states(&w, "a");
	world_close(&w);
}

#define TWO_REGIONS                                                                                \
	"'p':{'type':'parallel'," EE(                                                              \
		"p") ",'states':{"                                                                 \
		     "'r':{" EE("r") ",'initial':'x','states':{'x':{" EE(                          \
			     "x") ",'on':{'CROSS':'#m.p.s.v'}},'y':{}}},"                          \
				  "'s':{" EE("s") ",'initial':{'target':'u','actions':'is'},'"     \
						  "states':{'u':{" EE("u") "},'v':{" EE(           \
							  "v") "}}}}}"

ANJU_TEST(semantics, parallel_lca_stays_inside_the_parallel_state)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'p','states':{" TWO_REGIONS "}}");
	world_trace(&w);
	world_send(&w, "CROSS");
	expect_states(&w, "p.r.x p.s.v");
	expect_trace(&w, "-u -s -x -r +r +x +s +v");
	world_close(&w);
}

ANJU_TEST(semantics, neighbouring_region_keeps_its_initial_actions)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'a','states':{'a':{'on':{'GO':'#m.p.r.y'}}," TWO_REGIONS "}}");
	world_trace(&w);
	world_send(&w, "GO");
	expect_states(&w, "p.r.y p.s.u");
	expect_trace(&w, "+p +r +s is +u");
	world_close(&w);
}

ANJU_TEST(semantics, several_targets_in_several_regions)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{"
		       "'a':{'on':{'GO':{'target':['#m.p.s.v','#m.p.r.y']},'ALSO':{'target':['p','#"
		       "m.p.s.v']}}}," TWO_REGIONS "}}");
	struct chart_snapshot *at_start = chart_snapshot_dup(w.snap);
	world_send(&w, "GO");
	expect_states(&w, "p.r.y p.s.v");
	chart_snapshot_free(w.snap);
	w.snap = at_start;
	world_trace(&w);
	/* an ancestor beside its descendant: the region not named is entered by default */
	world_send(&w, "ALSO");
	expect_states(&w, "p.r.x p.s.v");
	expect_trace(&w, "+p +r +x +s +v");
	world_close(&w);
}

#define SHADOW                                                                                     \
	"{'id':'m','initial':'p','on':{'E':{'actions':'root'}},'states':{"                         \
	"'p':{'type':'parallel','on':{'E':{'actions':'p'},'F':{'actions':'pf'}},'states':{"        \
	"'q':{'type':'parallel','on':{'F':{'guard':'in:p.r.y','actions':'qf'}},'states':{"         \
	"'q1':{'initial':'x','states':{'x':{'on':{'E':{'actions':'q1'}}}}},"                       \
	"'q2':{'initial':'x','states':{'x':{}}}}},"                                                \
	"'r':{'initial':'x','states':{'x':{'on':{'G':'y'}},'y':{'on':{'E':{'actions':'ry'}}}}}}}}" \
	"}"

ANJU_TEST(semantics, shadow_regions_for_events)
{
	struct world w;
	world_open(&w, SHADOW);
	world_send(&w, "E"); /* q1 takes it: neither q, p nor the root is asked */
	expect_trace(&w, "q1");
	world_send(&w, "G");
	world_send(&w, "E");
	expect_trace(&w, "q1 ry");
	world_send(&w, "F"); /* no region takes it: q does; p is not asked */
	expect_trace(&w, "qf");
	world_close(&w);
	world_open(&w, SHADOW);
	world_send(&w, "F"); /* q's guard fails, r has nothing: p */
	expect_trace(&w, "pf");
	world_close(&w);
}

ANJU_TEST(semantics, swallowing_region_shadows_too)
{
	struct world w;
	world_open(&w, "{'id':'m','type':'parallel','on':{'E':{'actions':'root'}},'states':{"
		       "'r':{'on':{'E':{}}},'s':{}}}");
	world_send(&w, "E");
	expect_trace(&w, "");
	cr_assert_not(w.handled);
	world_close(&w);
}

ANJU_TEST(semantics, always_looks_upward_from_each_region)
{
	struct world w;
	/* q's first region finds its own; the second finds p's, whose source lies further out, so the
	 * inner one wins over what it conflicts with; targetless ones do not conflict */
	world_open(&w,
		"{'id':'m','initial':'p','states':{"
		"'p':{'type':'parallel','always':{'guard':'type:E','actions':'p'},'states':{"
		"'r':{'initial':'x','states':{'x':{'always':{'guard':'type:E','actions':'x'}}}},"
		"'s':{'initial':'x','states':{'x':{}}},'t':{}}}}}");
	expect_trace(&w, "");
	world_send(&w, "E");
	expect_trace(&w, "x p");
	world_close(&w);
}

ANJU_TEST(semantics, conflicts_inner_source_wins_then_document_order)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'p','states':{"
		       "'p':{'type':'parallel','always':{'guard':'type:E','target':'z2','actions':'"
		       "p'},'states':{"
		       "'r':{'initial':'x','states':{'x':{}}},"
		       "'s':{'initial':'x','states':{'x':{'always':{'guard':'type:E','target':'#m."
		       "z','actions':'s'}}}}}},"
		       "'z':{},'z2':{}}}");
	world_send(&w, "E");
	expect_states(&w, "z");
	expect_trace(&w, "s");
	world_close(&w);

	world_open(&w,
		"{'id':'m','initial':'p','states':{'p':{'type':'parallel','states':{"
		"'r':{'initial':'x','states':{'x':{'on':{'E':{'target':'#m.z','actions':'r'}}}}},"
		"'s':{'initial':'x','states':{'x':{'on':{'E':{'target':'y','actions':'s'}}},'y':{}}"
		"}}},'z':{}}}");
	world_send(&w, "E");
	expect_states(&w, "z");
	expect_trace(&w, "r");
	world_close(&w);
}

ANJU_TEST(semantics, regions_step_together)
{
	struct world w;
	world_open(&w, "{'id':'m','type':'parallel','states':{"
		       "'r':{'initial':'x','states':{'x':{" EE(
			       "rx") ",'on':{'E':{'target':'y','actions':'"
				     "tr'}}},'y':{" EE("ry") "}}},"
							     "'s':{'initial':'x','"
							     "states':{'x':{" EE(
								     "sx") ",'on':{'"
									   "E':{'"
									   "target':"
									   "'y','"
									   "actions'"
									   ":'ts'}}}"
									   ",'y':"
									   "{" EE("s"
										  "y") "}}}}}");
	world_trace(&w);
	world_send(&w, "E");
	expect_states(&w, "r.y s.y");
	expect_trace(&w, "-sx -rx tr ts +ry +sy");
	world_close(&w);
}

ANJU_TEST(semantics, quiet_always_is_taken_once)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'always':{'actions':'tick'}}}}");
	expect_trace(&w, "tick");
	world_send(&w, "NOBODY"); /* checked again after an event that nothing handled */
	expect_trace(&w, "tick");
	world_close(&w);
}

ANJU_TEST(semantics, quiet_always_that_returns_to_the_same_states)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'entry':'+a','always':{'target':'a',"
		       "'reenter':true}}}}");
	expect_trace(&w, "+a +a");
	world_close(&w);
}

ANJU_TEST(semantics, quiet_always_goes_on_for_queued_events)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','entry':['raise:A','raise:B'],'states':{"
		       "'a':{'always':{'actions':'event'},'on':{'B':{'actions':'b'}}}}}");
	expect_trace(&w, "raise:A raise:B event xstate.init event A b event B");
	world_close(&w);
}

ANJU_TEST(semantics, always_goes_on_while_the_host_changes_data)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'a','states':{'a':{'always':[{'guard':'in:b','target':'c'},"
		"{'target':'b','actions':'touch'}]},'b':{'always':'c'},'c':{}}}");
	expect_states(&w, "c");
	world_close(&w);
	anju_error err;
	struct chart *chart = NULL;
	assert_ok(world_compile(
			  "{'id':'m','initial':'a','states':{'a':{'always':{'actions':'touch'}}}}",
			  NULL, &chart, &err),
		err);
	struct world t = {.chart = chart};
	struct world w2;
	world_open(&w2, "{'id':'m'}");
	struct chart_host host = w2.host;
	host.ctx = &t;
	assert_status(chart_start(chart, &host, &t.snap, &err), ANJU_E_LIMIT);
	cr_assert_str_eq(err.id, "chart.always_loop");
	cr_assert_str_eq(err.found, "a");
	cr_assert_null(t.snap);
	buf_done(&t.trace);
	chart_free(chart);
	world_close(&w2);
}

ANJU_TEST(semantics, endless_always_is_an_error_that_names_the_states)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'z','states':{'z':{'on':{'E':'a'}},'a':{'always':'b'},'"
		       "b':{'always':'a'}}}");
	assert_status(world_try(&w, "E", NULL), ANJU_E_LIMIT);
	cr_assert_str_eq(w.err.id, "chart.always_loop");
	cr_assert(strstr(w.err.found, "a") != NULL && strstr(w.err.found, "b") != NULL);
	cr_assert_str_eq(w.err.allowed, "1000");
	expect_states(&w, "z");
	world_close(&w);
}

ANJU_TEST(semantics, endless_raising_is_an_error)
{
	struct world w;
	world_open(
		&w, "{'id':'m','initial':'a','states':{'a':{'on':{'E':{'actions':'raise:E'}}}}}");
	assert_status(world_try(&w, "E", NULL), ANJU_E_LIMIT);
	world_close(&w);
}

ANJU_TEST(semantics, always_sees_the_last_event)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{"
		       "'a':{'always':[{'guard':'type:E','target':'b'},{'guard':'n:7','target':'c'}"
		       "],'on':{'F':{'actions':'f'}}},"
		       "'b':{'always':{'guard':'type:E','target':'c'}},'c':{}}}");
	expect_states(&w, "a");
	world_send(&w, "X");
	expect_states(&w, "a");
	world_send(&w, "E");
	expect_states(&w, "c");
	world_close(&w);
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'always':{'guard':'n:7','target':'c'"
		       "}},'c':{}}}");
	assert_ok(world_try(&w, "UNHANDLED", "{'n':7}"), w.err);
	cr_assert_not(w.handled);
	expect_states(&w, "c");
	world_close(&w);
}

ANJU_TEST(semantics, internal_events_come_before_the_step_ends_and_after_always)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{"
		       "'a':{'on':{'E':{'target':'b','actions':'raise:F'}}},"
		       "'b':{'always':'c','on':{'F':{'actions':'b'}}},'c':{'on':{'F':{'target':'d',"
		       "'actions':'c'}}},'d':{}}}");
	world_send(&w, "E");
	expect_states(&w, "d");
	expect_trace(&w, "raise:F c");
	world_close(&w);
}

ANJU_TEST(semantics, raised_data_reaches_guards)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{"
		       "'a':{'on':{'E':{'actions':{'type':'raise:F','params':{'n':4}}},'F':{'guard'"
		       ":'n:4','target':'b'}}},'b':{}}}");
	world_send(&w, "E");
	expect_states(&w, "b");
	world_close(&w);
}

ANJU_TEST(semantics, descriptors_exact_then_longest_then_star)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'on':{"
		       "'*':{'actions':'star'},'a.*':{'actions':'a.*'},'a.b.*':{'actions':'a.b.*'},"
		       "'a.b.c':[{'guard':'n:1','actions':'exact'}]}}}}");
	assert_ok(world_try(&w, "a.b.c", "{'n':1}"), w.err);
	expect_trace(&w, "exact");
	world_send(&w, "a.b.c");
	expect_trace(&w, "a.b.*");
	world_send(&w, "a.b.x.y");
	expect_trace(&w, "a.b.*");
	world_send(&w, "a.b");
	expect_trace(&w, "a.b.*");
	world_send(&w, "a");
	expect_trace(&w, "a.*");
	world_send(&w, "a.bb");
	expect_trace(&w, "a.*");
	world_send(&w, "ab.b");
	expect_trace(&w, "star");
	world_close(&w);
}

ANJU_TEST(semantics, guarded_wildcards_fall_through_to_the_shorter)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'a','on':{'a.*':{'actions':'root'}},'states':{'a':{'on':{"
		"'*':{'guard':'n:0','actions':'star'},'a.*':{'guard':'n:1','actions':'one'},'a.b.*'"
		":{'guard':'n:2','actions':'two'}}}}}");
	assert_ok(world_try(&w, "a.b.c", "{'n':1}"), w.err);
	expect_trace(&w, "one");
	assert_ok(world_try(&w, "a.b.c", "{'n':0}"), w.err);
	expect_trace(&w, "star");
	assert_ok(world_try(&w, "a.b.c", "{'n':3}"), w.err);
	expect_trace(&w, "root");
	world_close(&w);
}

ANJU_TEST(semantics, star_matches_internal_events)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'initial':'x','onDone':'never',"
		       "'states':{'x':{'on':{'E':'f'}},'f':{'type':'final','on':{'*':{'actions':'"
		       "event'}}}}},'never':{}}}");
	world_send(&w, "E");
	expect_states(&w, "a.f");
	expect_trace(&w, "event xstate.done.state.m.a");
	world_close(&w);
}

ANJU_TEST(semantics, empty_object_swallows_empty_list_bubbles)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','on':{'E':{'actions':'up'},'F':{'actions':'up'}},'"
		       "states':{'a':{'on':{'E':{},'F':[]}}}}");
	world_send(&w, "E");
	expect_trace(&w, "");
	cr_assert_not(w.handled);
	world_send(&w, "F");
	expect_trace(&w, "up");
	cr_assert(w.handled);
	world_close(&w);
}

ANJU_TEST(semantics, meta_alone_makes_a_transition_that_counts)
{
	struct world w;
	world_open_all(
		&w, "{'id':'m','initial':'a','states':{'a':{'on':{'E':{'meta':{'anju':{}}}}}}}");
	world_trace(&w);
	world_send(&w, "E");
	cr_assert(w.handled);
	expect_trace(&w, "taken:E");
	world_close(&w);
}

ANJU_TEST(semantics, done_climbs_through_nested_parallels)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'p','states':{'p':{'type':'parallel','onDone':{'target'"
		       ":'z','actions':'pd'},'states':{"
		       "'q':{'type':'parallel','onDone':{'actions':'qd'},'states':{"
		       "'f':{'type':'final'},'g':{'initial':'x','onDone':{'actions':'gd'},'states':"
		       "{'x':{'on':{'E':'y'}},'y':{'type':'final'}}}}},"
		       "'h':{'type':'final'}}},'z':{}}}");
	expect_states(&w, "p.q.f p.q.g.x p.h");
	world_send(&w, "E");
	expect_states(&w, "z");
	expect_trace(&w, "gd qd pd");
	world_close(&w);
}

ANJU_TEST(semantics, final_region_alone_completes_its_parallel_at_once)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'p','states':{'p':{'type':'parallel','onDone':'z','states':{"
		"'f':{'type':'final'},'g':{'type':'final'}}},'z':{}}}");
	expect_states(&w, "z");
	world_close(&w);
}

ANJU_TEST(semantics, compound_done_does_not_climb_through_compounds)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','onDone':{'actions':'never'},'states':{'a':{'"
		       "initial':'b','onDone':{'actions':'never'},"
		       "'states':{'b':{'initial':'f','onDone':{'actions':'bd'},'states':{'f':{'"
		       "type':'final'}}}}}}}");
	expect_states(&w, "a.b.f");
	expect_trace(&w, "bd");
	world_close(&w);
}

ANJU_TEST(semantics, done_event_may_be_named_in_on)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','on':{'xstate.done.state.A':'.z'},'states':{"
		       "'a':{'id':'A','initial':'f','states':{'f':{'type':'final'}}},'z':{}}}");
	expect_states(&w, "z");
	world_close(&w);
}

ANJU_TEST(semantics, top_level_final_runs_all_exits_and_is_reported)
{
	struct world w;
	world_open(&w,
		"{'id':'m','type':'parallel'," EE(
			"m") ",'states':{"
			     "'a':{" EE("a") ",'initial':'x','states':{'x':{'on':{'E':'f'}},'f':{'"
					     "type':'final'," EE(
						     "af") "}}},"
							   "'b':{" EE("b") ",'initial':'x','states'"
									   ":{'x':{'on':{'E':'f'}},"
									   "'f':{'type':'final'"
									   "," EE("bf") "}}}}}");
	world_trace(&w);
	world_send(&w, "E");
	expect_states(&w, "!a.f b.f");
	expect_trace(&w, "+af +bf -bf -b -af -a -m");
	world_send(&w, "E");
	cr_assert_not(w.handled);
	expect_trace(&w, "");
	expect_states(&w, "!a.f b.f");
	world_close(&w);
}

ANJU_TEST(semantics, done_at_start_drops_raised_events)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'f','entry':'raise:E','on':{'E':{'actions':'never'}},'"
		       "states':{'f':{'type':'final'}}}");
	expect_states(&w, "!f");
	expect_trace(&w, "raise:E");
	world_close(&w);
}

#define HISTORY(kind, more)                                                                        \
	"{'id':'m','initial':'h','states':{"                                                       \
	"'h':{" EE("h") ",'initial':{'target':'a','actions':'ih'},'on':{'OUT':'o','SELF':'.hist'}" \
			",'states':{"                                                              \
			"'hist':{'type':'history','history':'" kind "'" more "},"                  \
			"'a':{" EE("a") ",'on':{'B':'b'}},"                                        \
					"'b':{" EE(                                                \
						"b") ",'initial':{'target':'c','actions':'ib'},'"  \
						     "states':{'c':{" EE(                          \
							     "c") ",'on':{'D':'d'}},'d':"          \
								  "{" EE("d") "}}}}},"             \
									      "'o':{'on'"          \
									      ":{'BACK':"          \
									      "'h.hist'}"          \
									      "}}}"

ANJU_TEST(semantics, shallow_history)
{
	struct world w;
	world_open(&w, HISTORY("shallow", ""));
	world_send(&w, "B");
	world_send(&w, "D");
	world_send(&w, "OUT");
	world_trace(&w);
	world_send(&w, "BACK");
	expect_states(
		&w, "h.b.c"); /* below the remembered child by default, with its initial actions */
	expect_trace(&w, "+h +b ib +c");
	world_close(&w);
}

ANJU_TEST(semantics, deep_history)
{
	struct world w;
	world_open(&w, HISTORY("deep", ""));
	world_send(&w, "B");
	world_send(&w, "D");
	world_send(&w, "OUT");
	world_trace(&w);
	world_send(&w, "BACK");
	expect_states(&w, "h.b.d");
	expect_trace(&w, "+h +b +d");
	world_close(&w);
}

ANJU_TEST(semantics, history_defaults)
{
	struct world w;
	/* nothing recorded: the parent's default entry, with the actions of its initial */
	world_open(&w, "{'id':'m','initial':'o','states':{'o':{'on':{'BACK':'h.hist'}},"
		       "'h':{" EE("h") ",'initial':{'target':'a','actions':'ih'},'states':{'a':{},'"
				       "b':{},'hist':{'history':true}}}}}");
	world_send(&w, "BACK");
	expect_states(&w, "h.a");
	expect_trace(&w, "+h ih");
	world_close(&w);
	/* or the default target, relative to the parent */
	world_open(&w, "{'id':'m','initial':'o','states':{'o':{'on':{'BACK':'h.hist'}},"
		       "'h':{'initial':{'target':'a','actions':'ih'},'states':{'a':{},'b':{'"
		       "initial':'c','states':{'c':{},'d':{}}},"
		       "'hist':{'type':'history','target':'b.d'}}}}}");
	world_send(&w, "BACK");
	expect_states(&w, "h.b.d");
	expect_trace(&w, "");
	world_close(&w);
}

ANJU_TEST(semantics, history_as_initial)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'h','states':{"
		       "'h':{'initial':{'target':'hist','actions':'ih'},'on':{'OUT':'o'},'states':{"
		       "'hist':{'type':'history','target':'b'},'a':{},'b':{'on':{'A':'a'}}}},'o':{'"
		       "on':{'BACK':'h'}}}}");
	expect_states(&w, "h.b");
	expect_trace(&w, "ih");
	world_send(&w, "A");
	world_send(&w, "OUT");
	world_send(&w, "BACK");
	expect_states(&w, "h.a");
	expect_trace(&w, "ih");
	world_close(&w);
}

ANJU_TEST(semantics, history_that_was_not_left_enters_nothing_twice)
{
	struct world w;
	world_open_all(&w, HISTORY("deep", ""));
	world_send(&w, "B");
	world_send(&w, "D");
	world_send(&w, "OUT");
	world_send(&w, "BACK");
	world_trace(&w);
	/* recorded h.b.d, active h.b.d, and h itself is not left */
	world_send(&w, "SELF");
	expect_states(&w, "h.b.d");
	expect_trace(&w, "taken:SELF -d exit:h.b.d -b exit:h.b enter:h.b +b enter:h.b.d +d");
	world_close(&w);
}

ANJU_TEST(semantics, history_inside_the_source_keeps_the_source)
{
	struct world w;
	/* c is the source and the recorded leaf lies below it: only c.x is left and entered */
	world_open(&w,
		"{'id':'m','initial':'h','states':{'o':{'on':{'BACK':'h.hist'}},"
		"'h':{" EE(
			"h") ",'initial':'c','on':{'OUT':'o'},'states':{'hist':{'history':'deep'},"
			     "'c':{" EE("c") ",'initial':'x','on':{'H':'hist'},'states':{'x':{" EE(
				     "x") "},'y':{}}}}}}}");
	world_send(&w, "OUT");
	world_send(&w, "BACK");
	world_trace(&w);
	world_send(&w, "H");
	expect_states(&w, "h.c.x");
	expect_trace(&w, "-x +x");
	world_close(&w);
}

ANJU_TEST(semantics, history_of_a_parallel_state)
{
	struct world w;
	world_open(&w,
		"{'id':'m','initial':'o','states':{'o':{'on':{'P':'p','SH':'p.sh','DH':'p.dh'}},"
		"'p':{'type':'parallel'," EE(
			"p") ",'on':{'OUT':'o'},'states':{'sh':{'type':'history'},'dh':{'type':'"
			     "history','history':'deep'},"
			     "'r':{'initial':'x','states':{'x':{'on':{'E':'y'}},'y':{}}},"
			     "'s':{'initial':'x','states':{'x':{'on':{'F':'y','HERE':'#m.p.dh'}},'"
			     "y':{}}}}}}}");
	world_send(&w, "SH"); /* nothing recorded: like the parallel state itself */
	expect_states(&w, "p.r.x p.s.x");
	expect_trace(&w, "+p");
	world_send(&w, "E");
	world_send(&w, "OUT");
	world_send(&w, "DH");
	expect_states(&w, "p.r.y p.s.x");
	world_send(&w, "OUT");
	world_send(&w, "SH"); /* shallow: the regions, from their beginning */
	expect_states(&w, "p.r.x p.s.x");
	world_close(&w);
}

ANJU_TEST(semantics, history_is_recorded_before_the_entry_set)
{
	struct world w;
	/* Without record the parallel state's own history stands for the state: it is left, recorded, and
	 * entered as it just was. */
	world_open(&w, "{'id':'m','initial':'p','states':{"
		       "'p':{'type':'parallel'," EE(
			       "p") ",'states':{'dh':{'type':'history','history':'deep'},"
				    "'r':{'initial':'x','states':{'x':{'on':{'E':'y'}},'y':{}}},"
				    "'s':{'initial':'x','states':{'x':{'on':{'HERE':'#m.p.dh'}},'y'"
				    ":{}}}}}}}");
	world_send(&w, "E");
	world_trace(&w);
	world_send(&w, "HERE");
	expect_states(&w, "p.r.y p.s.x");
	expect_trace(&w, "-p +p");
	world_close(&w);
}

ANJU_TEST(semantics, history_of_a_parallel_state_that_another_transition_leaves)
{
	struct world w;
	/* r's transition stays where it is and leaves nothing, so it does not conflict with s's, which
	 * leaves p and thereby writes the history anew: nothing of it may be entered. */
	world_open(&w, "{'id':'m','initial':'p','states':{'p':{'type':'parallel','states':{"
		       "'h':{'history':'deep','target':'r'},'r':{'on':{'E':'h'}},"
		       "'s':{'initial':'x','states':{'x':{'on':{'E':'#m.o'}}}}}},'o':{}}}");
	world_send(&w, "E");
	expect_states(&w, "o");
	world_close(&w);
}

ANJU_TEST(semantics, guard_that_cannot_be_evaluated)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'on':{'E':[{'guard':'cannot','"
		       "target':'b'},{'actions':'second'}],"
		       "'F':{'actions':['f','raise:E']}}},'b':{}}}");
	world_send(&w, "E"); /* lenient: counts as false */
	expect_trace(&w, "second");
	w.host.strict = true;
	w.handled = true;
	assert_status(world_try(&w, "E", NULL), ANJU_E_REFUSED);
	cr_assert_str_eq(w.err.id, "chart.guard_cannot");
	cr_assert_str_eq(w.err.where, "/states/a/on/E/0/guard");
	cr_assert(w.handled, "outputs stay untouched on failure");
	assert_status(world_try(&w, "F", NULL), ANJU_E_REFUSED); /* in the middle of a macrostep */
	expect_states(&w, "a");
	w.host.strict = false;
	world_trace(&w);
	world_send(&w, "F");
	expect_trace(&w, "f raise:E second");
	world_close(&w);
}

ANJU_TEST(semantics, failing_effect_leaves_the_snapshot_as_it_was)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'h','states':{"
		       "'h':{'initial':'a','states':{'hist':{'type':'history'},'a':{'on':{'OUT':'#"
		       "m.bad','B':'b'}},'b':{'on':{'OUT':'#m.good'}}}},"
		       "'bad':{'entry':['raise:X','fail']},'good':{'on':{'BACK':'h.hist'}}}}");
	for (int i = 0; i < 3; i++) {
		assert_status(world_try(&w, "OUT", NULL), ANJU_E_DENIED);
		cr_assert_str_eq(w.err.id, "test.fail");
		expect_states(&w, "h.a");
		cr_assert(chart_snapshot_in(w.snap, chart_state_by_path(w.chart, "h.a")));
		cr_assert_not(chart_snapshot_in(w.snap, chart_state_by_path(w.chart, "bad")));
		ANJU_AUTO_BUF text = BUF_INIT;
		chart_snapshot_write(w.chart, w.snap, &text);
		cr_assert_str_eq(text.data, "h.a", "no history either");
	}
	world_send(&w, "B");
	world_send(&w, "OUT");
	world_send(&w, "BACK");
	expect_states(&w, "h.b");
	world_close(&w);
}

ANJU_TEST(semantics, in_sees_the_moment)
{
	struct world w;
	world_open(&w, "{'id':'m','type':'parallel','states':{"
		       "'r':{'initial':'x','states':{'x':{'on':{'E':'y'}},'y':{}}},"
		       "'s':{'initial':'x','states':{'x':{'always':{'guard':'in:r.y','target':'y'}}"
		       ",'y':{}}}}}");
	expect_states(&w, "r.x s.x");
	world_send(&w, "E");
	expect_states(&w, "r.y s.y");
	world_close(&w);
}

ANJU_TEST(semantics, after_event_is_an_ordinary_event)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'id':'A','after':{'100':[{'guard':'"
		       "no','target':'a'},{'target':'b'}],'7':'c'}},'b':{},'c':{}}}");
	world_send(&w, "xstate.after.100.A");
	expect_states(&w, "b");
	world_close(&w);
}

ANJU_TEST(semantics, timers_are_cancelled_when_their_state_is_left_only)
{
	struct world w;
	world_open_all(&w, "{'id':'m','initial':'a','states':{'a':{'after':{'10':'b'},'initial':'x'"
			   ",'on':{'S':'.x'},'states':{'x':{}}},'b':{}}}");
	expect_trace(&w, "enter: enter:a set:xstate.after.10.m.a enter:a.x");
	world_send(&w, "S");
	expect_trace(&w, "taken:S exit:a.x enter:a.x");
	world_send(&w, "xstate.after.10.m.a");
	expect_trace(&w, "taken:xstate.after.10.m.a exit:a.x cancel:a exit:a enter:b");
	world_close(&w);
}

ANJU_TEST(semantics, root_without_states)
{
	struct world w;
	world_open(&w, "{'id':'m','entry':'+m','on':{'E':{'actions':'e'}}}");
	expect_states(&w, "");
	world_send(&w, "E");
	expect_trace(&w, "+m e");
	world_close(&w);
}

ANJU_TEST(semantics, host_without_callbacks)
{
	anju_error err;
	struct chart *chart = NULL;
	struct chart_snapshot *snap = NULL;
	bool handled = false;
	assert_ok(world_compile("{'id':'m','initial':'a','states':{'a':{'entry':'x','on':{'E':{'"
				"guard':'g','target':'b'}}},'b':{}}}",
			  NULL, &chart, &err),
		err);
	assert_ok(chart_start(chart, NULL, &snap, &err), err);
	struct chart_event e = {.type = "E"};
	assert_ok(chart_step(chart, snap, &e, NULL, &handled, &err), err);
	cr_assert(handled);
	cr_assert(chart_snapshot_in(snap, chart_state_by_path(chart, "b")));
	chart_snapshot_free(snap);
	chart_free(chart);
}

/* short names stand in the queue itself, long ones are copied; the queue grows in between */
ANJU_TEST(chart_semantics, raised_events_with_long_names)
{
	struct world w;
	world_open(&w, "{'id':'m','initial':'a','states':{'a':{'on':{"
		       "'GO':{'actions':['raise:A','raise:a_name_that_is_longer_than_what_a_queue_"
		       "entry_holds',"
		       "'raise:C','raise:D','raise:E','raise:F','raise:a_name_of_just_forty_"
		       "letters_and_no_more']},"
		       "'*':{'actions':'event'}}}}}");
	(void)world_trace(&w);
	world_send(&w, "GO");
	cr_assert_not_null(strstr(world_trace(&w),
		"no_more event A event a_name_that_is_longer_than_what_a_queue_entry_holds event C "
		"event D "
		"event E event F event a_name_of_just_forty_letters_and_no_more"));
	world_close(&w);
}
