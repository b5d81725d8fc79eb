/* What a transition does: fields, and effects that the engine carries out; several regions at once. */
#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define LAND "610322.land"

static void opened(struct world *w, const char *data)
{
	char params[256];
	world_open(w, "2017-08-16");
	snprintf(params, sizeof params, "{'data':{'town':'610322101.town'%s}}", data);
	assert_ok(world_new(w, "effects", "E1", LAND, params), w->err);
}

ANJU_TEST(effects, are_collected_in_order)
{
	struct world w;
	opened(&w, ",'area':'25.30','note':'x'");
	assert_sent(&w, LAND, "go", "{'at':'2017-08-15T09:00+08:00'}");
	cr_assert_str_eq(w.fx.body.data,
		"{\"state\":\"main.gone side.shut\",\"data\":{\"n\":1,\"day\":\"2017-08-15\","
		"\"note\":null}}");
	cr_assert_eq(w.fx.sends_len, 1);
	cr_assert_str_eq(w.fx.sends[0].relation->name, "site");
	cr_assert_str_eq(w.fx.sends[0].event, "joined");
	cr_assert_eq(w.fx.notices_len, 1);
	const struct action *a = w.fx.notices[0].action;
	cr_assert_str_eq(a->text.text[LANG_EN], "moved");
	cr_assert(a->urgent);
	const struct unit *units[8];
	cr_assert_eq(case_units(&w.env, w.cs, &a->to, units, 8), 2);
	cr_assert_str_eq(units[0]->code, LAND);
	cr_assert_str_eq(units[1]->code, "610322101.town");
	cr_assert_eq(w.fx.opens_len, 1);
	cr_assert_str_eq(w.fx.opens[0].workflow, "note");
	cr_assert_str_eq(w.fx.opens[0].key, "E1-n1");
	/* the actions before it have taken effect */
	ANJU_AUTO_JSON *want = world_json("{'about':'about E1','day':'2017-08-15',"
					  "'area':'25.3','half':'12.65','count':1}");
	ANJU_AUTO_MEM char *got = json_text(w.fx.opens[0].data);
	cr_assert(json_equal(w.fx.opens[0].data, want), "%s", got);
	world_done(&w);
}

ANJU_TEST(effects, what_they_open_can_be_opened)
{
	struct world w;
	opened(&w, ",'area':'25.30'");
	assert_sent(&w, LAND, "go", "{}");
	ANJU_AUTO_JSON *params = json_pack("{s:O}", "data", w.fx.opens[0].data);
	ANJU_AUTO_MEM char *text = json_text(params);
	assert_ok(world_new(&w, "note", "E1-n1", "system", text), w.err);
	cr_assert_str_eq(world_field(&w, "day"), "\"2017-08-16\"");
	world_done(&w);
}

ANJU_TEST(effects, an_assignment_must_fit_its_field)
{
	struct world w;
	opened(&w, ",'n':100,'area':'1.00'");
	assert_refused(&w, LAND, "overflow", "{}", ANJU_E_INVALID, "field.range");
	cr_assert_str_eq(w.err.where, "/data/n");
	cr_assert(w.tainted);
	cr_assert_str_eq(w.cs->phase, "");
	/* a third has no end */
	cr_assert_eq(world_send(&w, LAND, "split", "{}"), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.where, "/data/area");
	/* int and decimal together stay a decimal with the field's digits */
	assert_sent(&w, LAND, "add", "{}");
	cr_assert_str_eq(world_field(&w, "area"), "\"2.00\"");
	world_done(&w);
}

ANJU_TEST(effects, one_that_cannot_be_computed_refuses)
{
	struct world w;
	opened(&w, "");
	/* n is not set */
	cr_assert_eq(world_send(&w, LAND, "overflow", "{}"), ANJU_E_REFUSED, "%s", w.err.text);
	assert_has(w.err.text, "n");
	cr_assert(w.tainted);
	world_done(&w);
}

ANJU_TEST(effects, eventless_transitions_see_what_actions_wrote)
{
	struct world w;
	opened(&w, ",'n':1");
	assert_sent(&w, LAND, "climb", "{}");
	cr_assert_str_eq(w.state, "main.gone side.shut");
	cr_assert_str_eq(world_field(&w, "n"), "5");
	world_done(&w);
}

ANJU_TEST(regions, both_take_the_event)
{
	struct world w;
	opened(&w, ",'area':'2.00'");
	assert_sent(&w, LAND, "go", "{}");
	assert_sent(&w, LAND, "both", "{'data':{'note':'now'}}");
	cr_assert_str_eq(w.state, "main.idle side.open");
	world_done(&w);
}

ANJU_TEST(regions, one_that_refuses_refuses_for_all)
{
	struct world w;
	opened(&w, ",'area':'2.00'");
	assert_sent(&w, LAND, "go", "{}");
	assert_refused(&w, LAND, "both", "{}", ANJU_E_REFUSED, "case.requires");
	cr_assert_str_eq(w.err.allowed, "note");
	cr_assert_str_eq(w.state, "main.gone side.shut");
	world_done(&w);
}

ANJU_TEST(regions, one_whose_guard_says_no_stays)
{
	struct world w;
	opened(&w, ",'area':'2.00'");
	assert_sent(&w, LAND, "go", "{}");
	assert_sent(&w, LAND, "both", "{'data':{'n':13}}");
	cr_assert_str_eq(w.state, "main.idle side.shut");
	world_done(&w);
}
