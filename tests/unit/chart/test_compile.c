#include "chart/chart.h"

#include "base/error.h"
#include "base/messages.h"
#include "unit/chart/world.h"
#include "unit/support.h"

/* Compile must fail with this key at this pointer; found and allowed must say something. */
static void refuse(const char *machine, const struct chart_options *options, anju_status status,
	const char *id, const char *where)
{
	static const struct chart_options plain = {.file = "m.json"};
	anju_error err;
	struct chart *chart = NULL;
	anju_status st = world_compile(machine, options != NULL ? options : &plain, &chart, &err);
	cr_assert_eq(st, status, "status %d for %s", st, machine);
	cr_assert_eq(err.status, status);
	cr_assert_str_eq(err.id, id, "%s: %s for %s", err.id, err.text, machine);
	cr_assert_str_eq(err.where, where, "at %s for %s", err.where, machine);
	cr_assert_str_eq(err.file, "m.json");
	cr_assert(err.found[0] != '\0' && err.allowed[0] != '\0', "found '%s' allowed '%s' for %s",
		err.found, err.allowed, machine);
	cr_assert_not_null(message_template(id, LANG_ZH), "%s", id);
	cr_assert_not_null(message_template(id, LANG_EN), "%s", id);
	cr_assert_null(chart);
	/* the same without room for the error */
	cr_assert_eq(
		world_compile(machine, options != NULL ? options : &plain, &chart, NULL), status);
}

static void accept(const char *machine)
{
	anju_error err;
	struct chart *chart = NULL;
	assert_ok(world_compile(machine, NULL, &chart, &err), err);
	chart_free(chart);
}

static void invalid(const char *machine, const char *id, const char *where)
{
	refuse(machine, NULL, ANJU_E_INVALID, id, where);
}

ANJU_TEST(compile, types)
{
	invalid("[]", "json.type", "");
	invalid("{'id':'m','initial':'a','states':{'a':7}}", "json.type", "/states/a");
	invalid("{'id':'m','initial':'a','states':[]}", "chart.misplaced", "/initial");
	invalid("{'id':'m','states':[]}", "json.type", "/states");
	invalid("{'id':7}", "json.type", "/id");
	invalid("{'id':'m','type':'loop'}", "chart.bad_type", "/type");
	invalid("{'id':'m','type':'final'}", "chart.bad_type", "/type");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':[]}}}", "json.type", "/states/a/on");
	invalid("{'id':'m','initial':'a','states':{'a':{'after':[]}}}", "json.type",
		"/states/a/after");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':7}}}}", "json.type",
		"/states/a/on/E");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':[null]}}}}", "json.type",
		"/states/a/on/E/0");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'target':7}}}}}", "json.type",
		"/states/a/on/E/target");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'target':[]}}}}}", "json.type",
		"/states/a/on/E/target");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'reenter':'yes'}}}}}",
		"json.type", "/states/a/on/E/reenter");
}

ANJU_TEST(compile, unknown_members_are_refused)
{
	invalid("{'id':'m','initail':'a'}", "json.unknown_member", "/initail");
	invalid("{'id':'m','initial':'a','states':{'a':{'context':{}}}}", "json.unknown_member",
		"/states/a/context");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'cond':'x'}}}}}",
		"json.unknown_member", "/states/a/on/E/cond");
	invalid("{'id':'m','initial':'a','states':{'a':{'entry':{'type':'x','exec':'f()'}}}}",
		"json.unknown_member", "/states/a/entry/exec");
	invalid("{'id':'m','initial':{'target':'a','x':1},'states':{'a':{}}}",
		"json.unknown_member", "/initial/x");
}

ANJU_TEST(compile, actors_are_not_supported)
{
	refuse("{'id':'m','initial':'a','states':{'a':{'invoke':{'src':'x'}}}}", NULL,
		ANJU_E_UNSUPPORTED, "chart.unsupported", "/states/a/invoke");
	refuse("{'id':'m','spawn':{}}", NULL, ANJU_E_UNSUPPORTED, "chart.unsupported", "/spawn");
	refuse("{'id':'m','output':{}}", NULL, ANJU_E_UNSUPPORTED, "chart.unsupported", "/output");
}

ANJU_TEST(compile, keys_and_ids)
{
	invalid("{'id':'m','initial':'a','states':{'a':{},'b-c':{}}}", "chart.bad_key",
		"/states/b-c");
	invalid("{'id':'m','initial':'a','states':{'a':{},'1':{}}}", "chart.bad_key", "/states/1");
	invalid("{'id':'m','initial':'a','states':{'a':{},'':{}}}", "chart.bad_key", "/states/");
	invalid("{'id':'m','initial':'a','states':{'a':{},'甲':{}}}", "chart.bad_key",
		"/states/甲");
	invalid("{'id':'m','initial':'a','states':{'a':{'id':'x'},'b':{'id':'x'}}}",
		"chart.duplicate_id", "/states/b");
	invalid("{'id':'m','initial':'a','states':{'a':{'id':'m.b'},'b':{}}}", "chart.duplicate_id",
		"/states/b");
	invalid("{'id':'m','initial':'a','states':{'a':{'id':''}}}", "chart.bad_id",
		"/states/a/id");
	invalid("{'id':'m','initial':'a','states':{'a':{'id':'#x'}}}", "chart.bad_id",
		"/states/a/id");
	accept("{'initial':'_a1','states':{'_a1':{'on':{'E':'#(machine)'}}}}");
}

ANJU_TEST(compile, initial)
{
	invalid("{'id':'m','states':{'a':{}}}", "chart.initial_missing", "/initial");
	invalid("{'id':'m','initial':'b','states':{'a':{}}}", "chart.initial_unknown", "/initial");
	invalid("{'id':'m','initial':{'target':'b'},'states':{'a':{}}}", "chart.initial_unknown",
		"/initial");
	invalid("{'id':'m','initial':{},'states':{'a':{}}}", "json.missing", "/initial/target");
	invalid("{'id':'m','initial':7,'states':{'a':{}}}", "json.type", "/initial");
	invalid("{'id':'m','initial':'a.b','states':{'a':{'initial':'b','states':{'b':{}}}}}",
		"chart.initial_unknown", "/initial");
	invalid("{'id':'m','type':'parallel','initial':'a','states':{'a':{}}}", "chart.misplaced",
		"/initial");
	invalid("{'id':'m','initial':'a'}", "chart.misplaced", "/initial");
}

ANJU_TEST(compile, members_that_do_not_fit_the_type)
{
	invalid("{'id':'m','initial':'a','states':{'a':{'type':'final','states':{'b':{}}}}}",
		"chart.misplaced", "/states/a/states");
	invalid("{'id':'m','initial':'a','states':{'a':{'type':'final','onDone':'a'}}}",
		"chart.misplaced", "/states/a/onDone");
	invalid("{'id':'m','initial':'a','states':{'a':{'onDone':'a'}}}", "chart.misplaced",
		"/states/a/onDone");
	invalid("{'id':'m','initial':'a','states':{'a':{'target':'a'}}}", "chart.misplaced",
		"/states/a/target");
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','on':{}}}}",
		"chart.misplaced", "/states/h/on");
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','entry':'x'}}}",
		"chart.misplaced", "/states/h/entry");
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','states':{'x':{}}}}"
		"}",
		"chart.misplaced", "/states/h/states");
	invalid("{'id':'m','initial':'a','states':{'a':{'initial':'b','history':'deep','states':{'"
		"b':{}}}}}",
		"chart.misplaced", "/states/a/history");
	invalid("{'id':'m','initial':'a','states':{'a':{'type':'compound'}}}", "chart.no_children",
		"/states/a/states");
	invalid("{'id':'m','initial':'a','states':{'a':{'type':'parallel','states':{}}}}",
		"chart.no_children", "/states/a/states");
	invalid("{'id':'m','initial':'h','states':{'h':{'type':'history'},'g':{'history':true}}}",
		"chart.no_children", "/states");
	accept("{'id':'m','initial':'a','states':{'a':{'type':'atomic'},'b':{'type':'compound','"
	       "initial':'c','states':{'c':{}}}}}");
}

ANJU_TEST(compile, targets)
{
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':'zz'}}}}", "chart.unknown_target",
		"/states/a/on/E");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'target':['a','.zz']}}}}}",
		"chart.unknown_target", "/states/a/on/E/target/1");
	invalid("{'id':'m','initial':'a','states':{'a':{'always':'#zz'}}}", "chart.unknown_target",
		"/states/a/always");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':''}}}}", "chart.unknown_target",
		"/states/a/on/E");
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':'a.'}}}}", "chart.unknown_target",
		"/states/a/on/E");
	invalid("{'id':'m','initial':'a','on':{'E':'a'},'states':{'a':{}}}",
		"chart.target_from_root", "/on/E");
	accept("{'id':'m','initial':'a','on':{'E':'.a','F':'#m.a','G':'#A.b'},'states':{'a':{'id':'"
	       "A','initial':'b','states':{'b':{}}}}}");
}

ANJU_TEST(compile, targets_that_cannot_be_active_together)
{
	invalid("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'target':['a','b']}}},'b':{}}}",
		"chart.impossible_targets", "/states/a/on/E");
	invalid("{'id':'m','type':'parallel','states':{'p':{'initial':'a','states':{'a':{'on':{'E':"
		"{'target':['#m.q','a','b']}}},'b':{}}},'q':{}}}",
		"chart.impossible_targets", "/states/p/states/a/on/E");
	invalid("{'id':'m','type':'parallel','states':{'h':{'type':'history'},'p':{'on':{'E':{'"
		"target':['h','q']}}},'q':{}}}",
		"chart.impossible_targets", "/states/p/on/E");
	accept("{'id':'m','initial':'a','states':{'a':{'on':{'E':{'target':['p.r.h','p.s','p']}}},'"
	       "p':{'type':'parallel','states':{"
	       "'r':{'initial':'x','states':{'x':{},'h':{'type':'history'}}},'s':{}}}}}");
}

ANJU_TEST(compile, history)
{
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','history':'long'}}"
		"}",
		"chart.bad_history", "/states/h/history");
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','history':false}}}",
		"chart.bad_history", "/states/h/history");
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','target':'zz'}}}",
		"chart.unknown_target", "/states/h/target");
	invalid("{'id':'m','initial':'a','states':{'a':{},'b':{'initial':'c','states':{'c':{},'h':{"
		"'type':'history','target':'#m.a'}}}}}",
		"chart.history_outside", "/states/b/states/h");
	invalid("{'id':'m','initial':'a','states':{'a':{},'b':{},'h':{'type':'history','target':['"
		"a','b']}}}",
		"chart.impossible_targets", "/states/h");
	invalid("{'id':'m','initial':'h','states':{'a':{},'h':{'type':'history'}}}",
		"chart.history_loop", "/states/h");
	invalid("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history','target':'g'},'g':{"
		"'type':'history','target':'h'}}}",
		"chart.history_loop", "/states/h");
	invalid("{'id':'m','initial':'a','states':{'a':{'initial':'g','states':{'b':{},'g':{'type':"
		"'history'}}},'h':{'type':'history','target':'a.g'}}}",
		"chart.history_loop", "/states/a/states/g");
	accept("{'id':'m','initial':'h','states':{'a':{},'h':{'type':'history','target':'g'},'g':{'"
	       "type':'history','target':'a'}}}");
}

ANJU_TEST(compile, descriptors)
{
	invalid("{'id':'m','on':{'':{}}}", "chart.bad_descriptor", "/on/");
	invalid("{'id':'m','on':{'a*':{}}}", "chart.bad_descriptor", "/on/a*");
	invalid("{'id':'m','on':{'a.*.b':{}}}", "chart.bad_descriptor", "/on/a.*.b");
	invalid("{'id':'m','on':{'*.*':{}}}", "chart.bad_descriptor", "/on/*.*");
	invalid("{'id':'m','on':{'.*':{}}}", "chart.bad_descriptor", "/on/.*");
	accept("{'id':'m','on':{'*':{},'a.b':{},'a.*':{},'签订':{}}}");
}

static anju_status known_delay(void *ctx, const char *name, anju_error *err)
{
	if (strcmp(name, "vacate") == 0)
		return ANJU_OK;
	anju_fail(err, ANJU_E_INVALID, "chart.bad_delay", "no delay %s", name);
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "vacate");
	return ANJU_E_INVALID;
}

ANJU_TEST(compile, delays)
{
	static const char *const bad[] = {
		"1.5", "-1", "0100", "1e3", "", "a b", "9999999999999999", "name"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char machine[200], where[64];
		snprintf(machine, sizeof machine, "{'id':'m','after':{'%s':{}}}", bad[i]);
		snprintf(where, sizeof where, "/after/%s", bad[i]);
		invalid(machine, "chart.bad_delay", where);
	}
	accept("{'id':'m','after':{'0':{},'999999999999999':{}}}");
	const struct chart_options named = {.file = "m.json", .delay = known_delay};
	refuse("{'id':'m','after':{'nobody':{}}}", &named, ANJU_E_INVALID, "chart.bad_delay",
		"/after/nobody");
	anju_error err;
	struct chart *chart = NULL;
	assert_ok(world_compile("{'id':'m','after':{'vacate':{}}}", &named, &chart, &err), err);
	cr_assert_str_eq(chart_transition_at(chart, 0)->descriptor, "xstate.after.vacate.m");
	chart_free(chart);
}

ANJU_TEST(compile, guards_and_actions)
{
	invalid("{'id':'m','entry':7}", "json.type", "/entry");
	invalid("{'id':'m','entry':['x',{}]}", "json.missing", "/entry/1/type");
	invalid("{'id':'m','entry':''}", "json.type", "/entry");
	invalid("{'id':'m','on':{'E':{'guard':['a']}}}", "json.type", "/on/E/guard");
	invalid("{'id':'m','on':{'E':{'guard':{'type':7}}}}", "json.type", "/on/E/guard/type");
	invalid("{'id':'m','on':{'E':{'guard':{'type':'and','guards':[]}}}}", "json.unknown_member",
		"/on/E/guard/guards");
	invalid("{'id':'m','on':{'E':{'actions':[7]}}}", "json.type", "/on/E/actions/0");
}

struct seen {
	char text[200];
};
static anju_status resolve(void *ctx, struct chart_call *call, bool is_guard, anju_error *err)
{
	struct seen *seen = ctx;
	size_t n = strlen(seen->text);
	snprintf(seen->text + n, sizeof seen->text - n, "%s%s@%s ", is_guard ? "?" : "", call->type,
		call->pointer);
	if (strcmp(call->type, "unknown") == 0) {
		anju_fail(err, ANJU_E_INVALID, "chart.bad_type", "nobody knows it");
		anju_error_found(err, "unknown");
		anju_error_allowed(err, "known");
		return ANJU_E_INVALID;
	}
	call->user = seen;
	return ANJU_OK;
}

ANJU_TEST(compile, resolver_sees_every_call_and_may_refuse)
{
	struct seen seen = {""};
	const struct chart_options options = {.file = "m.json", .resolve = resolve, .ctx = &seen};
	anju_error err;
	struct chart *chart = NULL;
	assert_ok(
		world_compile("{'id':'m','initial':{'target':'a','actions':'i'},'entry':['e1','e2']"
			      ",'exit':'x',"
			      "'states':{'a':{'on':{'E':{'guard':'g','actions':[{'type':'t'}]}}}}}",
			&options, &chart, &err),
		err);
	cr_assert_str_eq(seen.text, "i@/initial/actions e1@/entry/0 e2@/entry/1 x@/exit "
				    "?g@/states/a/on/E/guard t@/states/a/on/E/actions/0 ");
	cr_assert_eq(chart_transition_at(chart, 0)->guard->user, &seen);
	chart_free(chart);
	refuse("{'id':'m','on':{'E':{'guard':'unknown'}}}", &options, ANJU_E_INVALID,
		"chart.bad_type", "/on/E/guard");
	refuse("{'id':'m','exit':['a',{'type':'unknown'}]}", &options, ANJU_E_INVALID,
		"chart.bad_type", "/exit/1");
}

ANJU_TEST(compile, unreachable_states)
{
	const struct chart_options options = {.file = "m.json", .require_reachable = true};
	refuse("{'id':'m','initial':'a','states':{'a':{},'b':{},'c':{'on':{'E':'b'}}}}", &options,
		ANJU_E_INVALID, "chart.unreachable", "/states/b");
	refuse("{'id':'m','initial':'a','states':{'a':{},'h':{'type':'history'}}}", &options,
		ANJU_E_INVALID, "chart.unreachable", "/states/h");
	anju_error err;
	struct chart *chart = NULL;
	assert_ok(world_compile(
			  "{'id':'m','initial':'a','states':{"
			  "'a':{'on':{'E':'#p.r.y'}},'b':{'after':{'5':'h'}},'c':{'type':'final'},"
			  "'p':{'id':'p','type':'parallel','onDone':'b','states':{"
			  "'r':{'initial':'x','states':{'x':{},'y':{}}},'s':{'initial':'x','states'"
			  ":{'x':{'always':'y'},'y':{}}}}},"
			  "'h':{'type':'history','target':'c'}}}",
			  &options, &chart, &err),
		err);
	chart_free(chart);
	accept("{'id':'m','initial':'a','states':{'a':{},'b':{}}}");
}

ANJU_TEST(compile, limits)
{
	const struct chart_options three = {.file = "m.json", .max_states = 3};
	refuse("{'id':'m','initial':'a','states':{'a':{},'b':{},'c':{}}}", &three, ANJU_E_INVALID,
		"chart.too_many_states", "/states/c");
	json_t *deep = json_object();
	for (int i = 0; i < 1001; i++)
		deep = json_pack("{s:s, s:{s:o}}", "initial", "a", "states", "a", deep);
	anju_error err;
	struct chart *chart = NULL;
	assert_status(chart_compile(deep, NULL, &chart, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "chart.too_deep");
	json_t *less = json_object_get(json_object_get(deep, "states"), "a");
	assert_ok(chart_compile(less, NULL, &chart, &err), err);
	struct chart_snapshot *snap = NULL;
	assert_ok(chart_start(chart, NULL, &snap, &err), err);
	uint32_t leaf;
	cr_assert_eq(chart_snapshot_leaves(chart, snap, &leaf, 1), 1);
	cr_assert_eq(leaf, chart_state_count(chart) - 1);
	chart_snapshot_free(snap);
	chart_free(chart);
	json_decref(deep);
}
