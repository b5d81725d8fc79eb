/* Events: roles, state, fields and their locks, evidence, guards; and what a refusal says. */
#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define LAND    "610322.land"
#define POVERTY "610322.poverty"
#define TOWN    "610322101.town"
#define BOTH    "'docs':[{'kind':'agreement','ref':'A-1'},{'kind':'photo'}]"

static void opened(struct world *w)
{
	world_open(w, "2017-08-16");
	assert_ok(world_new(w, "household", "610322-0001", POVERTY,
			  "{'data':{'persons':5,'town':'610322101.town'}}"),
		w->err);
}

static void put_verdict(struct world *w, const char *text)
{
	json_decref(w->verdict);
	w->verdict = text != NULL ? world_json(text) : NULL;
}

static const char *member(const struct world *w, const char *name)
{
	static char text[512];
	json_t *v = json_object_get(w->fx.refusal, name);
	ANJU_AUTO_MEM char *s = v != NULL ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	snprintf(text, sizeof text, "%s", s != NULL ? s : "-");
	return text;
}

ANJU_TEST(send, an_event_moves_the_case)
{
	struct world w;
	opened(&w);
	world_at(&w, "2017-08-17T09:00+08:00");
	assert_sent(&w, LAND, "sign",
		"{" BOTH ",'data':{'area_m2':'125.00','mode':'central'},'at':'2017-08-16'}");
	cr_assert_str_eq(w.state, "signed");
	cr_assert_str_eq(w.cs->phase, "build");
	cr_assert_eq(w.cs->rev, 2);
	cr_assert_eq(w.cs->updated_ms, w.env.now_ms);
	cr_assert_str_eq(w.fx.body.data,
		"{\"state\":\"signed\",\"data\":{\"area_m2\":\"125.00\",\"mode\":\"central\"},"
		"\"docs\":{\"agreement\":{\"ref\":\"A-1\",\"form\":\"paper\",\"at\":"
		"\"2017-08-16T00:00:00+08:00\",\"by\":\"610322.land\"},\"photo\":{\"ref\":\"\","
		"\"form\":\"paper\",\"at\":\"2017-08-16T00:00:00+08:00\",\"by\":\"610322.land\"}},"
		"\"locks\":[\"persons\",\"head\"]}");
	world_done(&w);
}

ANJU_TEST(send, the_entry_names_only_what_changed)
{
	struct world w;
	opened(&w);
	assert_sent(&w, LAND, "shelve", "{'data':{'mode':'central'}}");
	assert_sent(&w, LAND, "either", "{'data':{'mode':'central'},'cause':'a/b@3'}");
	cr_assert_str_eq(w.fx.body.data, "{\"state\":\"survey\",\"cause\":\"a/b@3\"}");
	cr_assert_not(w.fx.data_changed);
	cr_assert_not(w.fx.meta_changed);
	world_done(&w);
}

ANJU_TEST(send, who_may_not_is_told_who_may)
{
	struct world w;
	opened(&w);
	assert_refused(&w, POVERTY, "sign", "{}", ANJU_E_DENIED, "case.wrong_role");
	cr_assert_str_eq(w.err.found, "610322.poverty");
	cr_assert_str_eq(w.err.allowed, "610322.land");
	cr_assert_str_eq(w.err.where, "/event");
	cr_assert_str_eq(world_text(&w, LANG_ZH),
		"县扶贫办无权“签订三项协议”；有权的是县国土局（610322.land）");
	cr_assert_str_eq(world_text(&w, LANG_EN),
		"County poverty may not \"Sign the agreements\"; County land (610322.land) may");
	cr_assert_str_eq(member(&w, "who"), "[\"610322.land\"]");
	cr_assert_str_eq(member(&w, "case"), "\"household/610322-0001\"");
	cr_assert_str_eq(member(&w, "event"), "\"sign\"");
	cr_assert_str_eq(member(&w, "states"), "[\"survey\"]");
	/* nobody, the neighbours, the neighbour town */
	assert_refused(&w, "", "sign", "{}", ANJU_E_DENIED, "case.wrong_role");
	assert_has(world_text(&w, LANG_ZH), "未登记的来访者无权");
	assert_refused(&w, "610323.land", "sign", "{}", ANJU_E_DENIED, "case.wrong_role");
	assert_refused(
		&w, "610322102.town", "hurry", "{'reason':'r'}", ANJU_E_DENIED, "case.wrong_role");
	assert_has(world_text(&w, LANG_EN), "Chengguan town (610322101.town) may");
	world_done(&w);
}

ANJU_TEST(send, for_someone_who_may_not_no_guard_is_asked)
{
	struct world w;
	opened(&w);
	assert_refused(
		&w, POVERTY, "judge", "{'data':{'pets':1}}", ANJU_E_DENIED, "case.wrong_role");
	cr_assert_eq(w.policies, 0);
	cr_assert_not(w.tainted);
	world_done(&w);
}

ANJU_TEST(send, what_is_not_possible_now_says_from_where)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "close", "{}", ANJU_E_REFUSED, "case.wrong_state");
	cr_assert_str_eq(w.err.found, "survey");
	cr_assert_str_eq(w.err.allowed, "signed");
	cr_assert_str_eq(world_text(&w, LANG_ZH), "现在处于“调查”，不能“办结”；只能在“已签”时进行");
	cr_assert_str_eq(world_text(&w, LANG_EN),
		"\"Close\" is not possible now (in Survey); only from \"Signed\"");
	cr_assert_str_eq(member(&w, "from"), "[\"signed\"]");
	assert_sent(&w, TOWN, "hurry", "{'reason':'r'}");
	/* each state once, however many ways lead out of it */
	assert_refused(&w, LAND, "either", "{}", ANJU_E_REFUSED, "case.wrong_state");
	cr_assert_str_eq(w.err.allowed, "survey stale");
	cr_assert_str_eq(member(&w, "from"), "[\"survey\",\"stale\"]");
	world_done(&w);
}

ANJU_TEST(send, an_event_nobody_knows_is_told_what_is_possible)
{
	struct world w;
	opened(&w);
	static const char *const odd[] = {
		"fly", "", "*", "xstate.init", "sign.", "Sign", "\"}{", "签订"};
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		assert_refused(&w, LAND, odd[i], "{}", ANJU_E_REFUSED, "case.unknown_event");
		cr_assert_str_eq(w.err.found, odd[i]);
		cr_assert_str_eq(w.err.allowed, "sign judge hurry either look wait shelve");
		assert_has(world_text(&w, LANG_ZH), "流程“搬迁户”没有事件");
	}
	world_done(&w);
}

ANJU_TEST(send, what_is_swallowed_is_not_possible_either)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "keep", "{}", ANJU_E_REFUSED, "case.unknown_event");
	cr_assert_eq(world_send(&w, "system", "keep", "{}"), ANJU_OK);
	cr_assert_not(w.handled);
	world_done(&w);
}

ANJU_TEST(send, a_system_event_without_taker_changes_nothing)
{
	struct world w;
	opened(&w);
	cr_assert_eq(world_send(&w, "system", "joined", "{}"), ANJU_OK);
	cr_assert_not(w.handled);
	cr_assert_not(w.tainted);
	cr_assert_eq(w.cs->rev, 1);
	/* nor one whose guard says no */
	cr_assert_eq(world_send(&w, "system", "wait", "{}"), ANJU_OK);
	cr_assert_not(w.handled);
	cr_assert_eq(w.cs->rev, 1);
	world_done(&w);
}

/* --- fields --- */

ANJU_TEST(fields, each_has_its_writers)
{
	struct world w;
	opened(&w);
	assert_refused(
		&w, LAND, "shelve", "{'data':{'persons':4}}", ANJU_E_DENIED, "case.field_role");
	cr_assert_str_eq(w.err.where, "/data/persons");
	cr_assert_str_eq(w.err.allowed, "610322101.town");
	cr_assert_str_eq(world_text(&w, LANG_ZH),
		"县国土局无权“填写“人口””；有权的是城关镇（610322101.town）");
	assert_has(world_text(&w, LANG_EN), "County land may not \"write \"persons\"\"");
	cr_assert_str_eq(w.state, "survey");
	/* nobody but anju itself */
	assert_refused(
		&w, LAND, "shelve", "{'data':{'rounds':4}}", ANJU_E_DENIED, "case.field_role");
	assert_sent(&w, "system", "shelve", "{'data':{'rounds':4}}");
	cr_assert_str_eq(world_field(&w, "rounds"), "4");
	world_done(&w);
}

ANJU_TEST(fields, saying_what_is_already_so_needs_no_right)
{
	struct world w;
	opened(&w);
	assert_sent(&w, LAND, "shelve", "{'data':{'persons':5,'head':null,'rounds':null}}");
	cr_assert_null(w.fx.patch);
	world_done(&w);
}

ANJU_TEST(fields, null_takes_a_value_away)
{
	struct world w;
	opened(&w);
	assert_sent(&w, LAND, "shelve", "{'data':{'mode':'central','area_m2':'5'}}");
	assert_sent(&w, LAND, "either", "{'data':{'mode':null}}");
	assert_has(w.fx.body.data, "\"data\":{\"mode\":null}");
	cr_assert_str_eq(world_field(&w, "mode"), "-");
	cr_assert_str_eq(world_field(&w, "area_m2"), "\"5\"");
	world_done(&w);
}

ANJU_TEST(fields, what_is_required_is_never_taken_away)
{
	struct world w;
	opened(&w);
	assert_refused(&w, TOWN, "amend", "{'reason':'r','data':{'persons':null}}", ANJU_E_INVALID,
		"case.field_missing");
	cr_assert_str_eq(w.err.where, "/data/persons");
	assert_refused(&w, "system", "shelve", "{'data':{'town':null}}", ANJU_E_INVALID,
		"case.field_missing");
	cr_assert_str_eq(world_field(&w, "persons"), "5");
	world_done(&w);
}

ANJU_TEST(fields, are_locked_from_one_state_until_another)
{
	struct world w;
	opened(&w);
	assert_sent(&w, TOWN, "amend", "{'reason':'r','data':{'persons':6,'head':'Li'}}");
	assert_sent(&w, TOWN, "hurry", "{'reason':'r','data':{'persons':7}}"); /* before it locks */
	assert_has(w.meta, "\"locks\":[\"persons\",\"head\"]");
	assert_refused(&w, TOWN, "amend", "{'reason':'r','data':{'persons':8}}", ANJU_E_REFUSED,
		"case.locked");
	cr_assert_str_eq(w.err.where, "/data/persons");
	cr_assert_str_eq(w.err.found, "persons");
	cr_assert_str_eq(w.err.allowed, "survey");
	assert_has(world_text(&w, LANG_ZH), "“人口”已锁定");
	assert_has(world_text(&w, LANG_ZH), "“调查”");
	assert_has(world_text(&w, LANG_EN), "\"persons\" is locked since \"Signed\" was entered");
	assert_has(world_text(&w, LANG_EN), "only through \"Survey\"");
	/* the same value is no change */
	assert_sent(&w, TOWN, "amend", "{'reason':'r','data':{'persons':7}}");
	/* the lock is said first: who may write it does not matter then */
	assert_refused(&w, LAND, "amend", "{'reason':'r','data':{'persons':8}}", ANJU_E_REFUSED,
		"case.locked");
	assert_sent(&w, POVERTY, "reopen", "{'reason':'miscounted'}");
	assert_has(w.fx.body.data, "\"locks\":[\"head\"]");
	assert_sent(&w, TOWN, "amend", "{'reason':'r','data':{'persons':8}}");
	/* no state opens this one again */
	assert_refused(&w, TOWN, "amend", "{'reason':'r','data':{'head':'Wang'}}", ANJU_E_REFUSED,
		"case.locked");
	cr_assert_str_eq(w.err.allowed, "");
	assert_lacks(world_text(&w, LANG_EN), "through");
	/* anju itself is not bound by it */
	assert_sent(&w, "system", "amend", "{'data':{'head':'Wang'}}");
	world_done(&w);
}

ANJU_TEST(fields, bad_values_change_nothing)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "shelve", "{'data':{'mode':'central','area_m2':'x'}}",
		ANJU_E_INVALID, "field.type");
	cr_assert(w.tainted);
	cr_assert_str_eq(world_field(&w, "mode"), "-");
	assert_refused(&w, LAND, "shelve", "{'data':{'mode':'central','pets':1}}", ANJU_E_INVALID,
		"case.unknown_field");
	cr_assert_str_eq(w.err.allowed, "persons head area_m2 subsidy mode tags town rounds");
	assert_refused(&w, LAND, "shelve", "{'data':{'site':'site/S8'}}", ANJU_E_NOTFOUND,
		"engine.no_case");
	world_done(&w);
}

ANJU_TEST(fields, the_place_goes_with_its_field)
{
	struct world w;
	opened(&w);
	assert_sent(&w, POVERTY, "amend", "{'reason':'moved','data':{'town':'610322102.town'}}");
	cr_assert_str_eq(w.cs->region, "610322102");
	assert_refused(&w, TOWN, "hurry", "{'reason':'r'}", ANJU_E_DENIED, "case.wrong_role");
	assert_sent(&w, "610322102.town", "hurry", "{'reason':'r'}");
	world_done(&w);
}

/* --- what a transition asks for --- */

ANJU_TEST(asks, documents_held_or_brought)
{
	struct world w;
	opened(&w);
#define FIELDS "'data':{'area_m2':'100.00','mode':'central'}"
	assert_refused(&w, LAND, "sign", "{" FIELDS "}", ANJU_E_REFUSED, "case.needs");
	cr_assert_str_eq(w.err.allowed, "agreement photo");
	cr_assert_str_eq(world_text(&w, LANG_ZH), "不能“签订三项协议”：缺少协议、照片");
	cr_assert_str_eq(world_text(&w, LANG_EN),
		"\"Sign the agreements\" refused: missing agreement, photo");
	cr_assert_str_eq(member(&w, "needs"), "[\"agreement\",\"photo\"]");
	cr_assert(w.tainted);
	assert_refused(&w, LAND, "sign", "{" FIELDS ",'docs':[{'kind':'photo'}]}", ANJU_E_REFUSED,
		"case.needs");
	cr_assert_str_eq(w.err.allowed, "agreement");
	/* what came with a refused event is not kept */
	assert_refused(&w, LAND, "sign", "{" FIELDS ",'docs':[{'kind':'agreement'}]}",
		ANJU_E_REFUSED, "case.needs");
	cr_assert_str_eq(w.err.allowed, "photo");
	assert_sent(&w, LAND, "amend", "{'reason':'came first','docs':[{'kind':'photo'}]}");
	assert_sent(&w, LAND, "sign", "{" FIELDS ",'docs':[{'kind':'agreement'}]}");
	world_done(&w);
}

ANJU_TEST(asks, fields_filled_in)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "sign", "{" BOTH ",'data':{'area_m2':'100.00'}}", ANJU_E_REFUSED,
		"case.requires");
	cr_assert_str_eq(w.err.allowed, "mode");
	cr_assert_str_eq(world_text(&w, LANG_ZH), "不能“签订三项协议”：尚未填写方式");
	cr_assert_str_eq(
		world_text(&w, LANG_EN), "\"Sign the agreements\" refused: not filled in: mode");
	cr_assert_str_eq(member(&w, "requires"), "[\"mode\"]");
	world_done(&w);
}

ANJU_TEST(asks, a_reason)
{
	struct world w;
	opened(&w);
	static const char *const none[] = {"{}", "{'reason':''}", "{'reason':'  '}"};
	for (size_t i = 0; i < 3; i++) {
		assert_refused(&w, TOWN, "hurry", none[i], ANJU_E_REFUSED, "case.reason");
		cr_assert_str_eq(world_text(&w, LANG_ZH), "“从简签订”必须说明理由（reason）");
		cr_assert_str_eq(world_text(&w, LANG_EN), "\"Sign in a hurry\" needs a reason");
		assert_refused(&w, TOWN, "amend", none[i], ANJU_E_REFUSED, "case.reason");
	}
	assert_sent(&w, TOWN, "hurry", "{'reason':'harvest'}");
	world_done(&w);
}

ANJU_TEST(asks, a_guard_says_why_not)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "sign", "{" BOTH ",'data':{'area_m2':'125.01','mode':'central'}}",
		ANJU_E_REFUSED, "case.guard");
	assert_has(world_text(&w, LANG_ZH), "不能“签订三项协议”：");
	assert_has(world_text(&w, LANG_ZH), "面积");
	assert_has(world_text(&w, LANG_ZH), "125.01");
	assert_has(world_text(&w, LANG_EN), "\"Sign the agreements\" refused: ");
	assert_has(world_text(&w, LANG_EN), "area");
	assert_has(world_text(&w, LANG_EN), "125.00");
	cr_assert_eq(json_array_size(json_object_get(w.fx.refusal, "guards")), 1);
	/* what it wrote is not there any more */
	cr_assert_str_eq(world_field(&w, "area_m2"), "-");
	world_done(&w);
}

ANJU_TEST(asks, own_words_come_before_the_explanation)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "either", "{}", ANJU_E_REFUSED, "case.guard");
	const char *zh = world_text(&w, LANG_ZH), *en = world_text(&w, LANG_EN);
	assert_has(zh, "五人以下不签");
	assert_has(en, "\"Either\" refused: not for five or fewer; ");
	/* the first way is explained, then the second, which has no words of its own */
	cr_assert(strstr(en, "fewer") < strstr(en, " 5"), "%s", en);
	cr_assert(strstr(en, " 5") < strstr(en, " 7"), "%s", en);
	cr_assert_null(strstr(strstr(zh, "五人") + 1, "五人"), "%s", zh);
	cr_assert_eq(json_array_size(json_object_get(w.fx.refusal, "guards")), 2);
	world_done(&w);
}

ANJU_TEST(asks, each_way_has_its_own_roles)
{
	struct world w;
	opened(&w);
	/* the poverty office may go the second way only, and six persons lead the first */
	assert_sent(&w, TOWN, "amend", "{'reason':'r','data':{'persons':6}}");
	assert_refused(&w, POVERTY, "either", "{}", ANJU_E_DENIED, "case.wrong_role");
	cr_assert_str_eq(w.err.allowed, "610322.land");
	assert_refused(&w, TOWN, "either", "{}", ANJU_E_DENIED, "case.wrong_role");
	cr_assert_str_eq(w.err.allowed, "610322.land 610322.poverty");
	world_done(&w);
}

ANJU_TEST(asks, a_state_it_must_be_in)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "wait", "{}", ANJU_E_REFUSED, "case.guard");
	cr_assert_str_eq(world_text(&w, LANG_ZH), "不能“等待”：尚未处于“已搁置”");
	cr_assert_str_eq(world_text(&w, LANG_EN), "\"Wait\" refused: not in \"Stale\"");
	world_done(&w);
}

ANJU_TEST(asks, a_guard_that_cannot_be_decided)
{
	struct world w;
	opened(&w);
	/* the area is not known */
	assert_refused(&w, LAND, "sign", "{" BOTH ",'data':{'mode':'central'}}", ANJU_E_REFUSED,
		"case.guard_cannot");
	cr_assert_str_eq(w.err.where, "/event");
	assert_has(world_text(&w, LANG_ZH), "不能“签订三项协议”：条件无法判定");
	assert_has(world_text(&w, LANG_EN), "\"Sign the agreements\" refused: ");
	assert_has(world_text(&w, LANG_EN), "cannot be decided");
	cr_assert_str_eq(member(&w, "event"), "\"sign\"");
	cr_assert_str_eq(member(&w, "case"), "\"household/610322-0001\"");
	cr_assert_str_eq(world_field(&w, "mode"), "-");
	/* related cases that cannot be read are no empty list */
	w.related_fails = true;
	assert_refused(&w, LAND, "look", "{}", ANJU_E_REFUSED, "case.guard_cannot");
	w.related_fails = false;
	assert_refused(&w, LAND, "look", "{}", ANJU_E_REFUSED, "case.guard");
	w.related = (json_decref(w.related), world_json("{'seen':[{'key':'S1'}]}"));
	assert_sent(&w, LAND, "look", "{}");
	world_done(&w);
}

/* --- policies --- */

ANJU_TEST(policy, is_told_all_of_the_case)
{
	struct world w;
	opened(&w);
	w.related = (json_decref(w.related), world_json("{'seen':[{'key':'S1'}]}"));
	put_verdict(&w, "{'ok':true}");
	assert_sent(&w, LAND, "judge",
		"{'data':{'mode':'central'},'docs':[{'kind':'photo'}],'at':'2017-08-15'}");
	cr_assert_str_eq(w.state, "signed");
	cr_assert_eq(w.policies, 1);
	ANJU_AUTO_JSON *rules = json_deep_copy(w.env.rules);
	json_t *docs = json_object_get(w.asked, "docs");
	cr_assert_not_null(json_object_get(docs, "photo"));
	json_object_del(w.asked, "docs");
	cr_assert(json_equal(json_object_get(w.asked, "rules"), rules));
	json_object_del(w.asked, "rules");
	ANJU_AUTO_JSON *want = world_json(
		"{'function':'fit','case':{'persons':5,'town':'610322101.town','mode':'central'},"
		"'event':{'mode':'central'},'params':{'strict':true},'related':{'site':[],'seen':"
		"[{'key':'S1'}]},'states':['survey'],'effective_at':'2017-08-15T00:00:00+08:00',"
		"'key':'610322-0001','workflow':'household'}");
	ANJU_AUTO_MEM char *asked = json_text(w.asked);
	cr_assert(json_equal(w.asked, want), "%s", asked);
	world_done(&w);
}

ANJU_TEST(policy, is_told_of_the_relations_that_come_with_the_event)
{
	struct world w;
	opened(&w);
	put_verdict(&w, "{'ok':true}");
	assert_sent(&w, LAND, "judge", "{'data':{'mode':'central','site':'site/S2'}}");
	ANJU_AUTO_JSON *want = world_json("[{'id':12}]");
	const json_t *told = json_object_get(json_object_get(w.asked, "related"), "site");
	ANJU_AUTO_MEM char *text = json_text(told);
	cr_assert(json_equal(told, want), "%s", text);
	world_done(&w);
}

ANJU_TEST(policy, its_reason_is_the_refusal)
{
	struct world w;
	opened(&w);
	put_verdict(&w, "{'ok':false,'reason':{'zh':'超面积','en':'too large'}}");
	assert_refused(&w, LAND, "judge", "{}", ANJU_E_REFUSED, "case.guard");
	cr_assert_str_eq(world_text(&w, LANG_ZH), "不能“审核”：超面积");
	cr_assert_str_eq(world_text(&w, LANG_EN), "\"Judge\" refused: too large");
	cr_assert_str_eq(member(&w, "guards"), "[{\"zh\":\"超面积\",\"en\":\"too large\"}]");
	/* a no without words still names what said it */
	put_verdict(&w, "{'ok':false}");
	assert_refused(&w, LAND, "judge", "{}", ANJU_E_REFUSED, "case.guard");
	assert_has(world_text(&w, LANG_EN), "fit");
	world_done(&w);
}

ANJU_TEST(policy, its_failure_is_not_a_no)
{
	struct world w;
	opened(&w);
	assert_refused(
		&w, LAND, "judge", "{'data':{'mode':'central'}}", ANJU_E_PLUGIN, "plugin.failed");
	cr_assert_str_eq(w.err.text, "judge.fit is out of order");
	cr_assert(w.tainted);
	cr_assert_str_eq(member(&w, "event"), "\"judge\"");
	cr_assert_str_eq(world_field(&w, "mode"), "-");
	w.policy_status = ANJU_E_NOMEM;
	assert_refused(&w, LAND, "judge", "{}", ANJU_E_NOMEM, "plugin.failed");
	/* it must not be asked about less than there is */
	put_verdict(&w, "{'ok':true}");
	w.related_fails = true;
	w.policies = 0;
	cr_assert_neq(world_send(&w, LAND, "judge", "{}"), ANJU_OK);
	cr_assert_eq(w.policies, 0);
	world_done(&w);
}

/* --- amending --- */

ANJU_TEST(amend, writes_fields_without_a_transition)
{
	struct world w;
	opened(&w);
	assert_sent(&w, LAND, "amend", "{'reason':'measured','data':{'area_m2':'88.50'}}");
	cr_assert_str_eq(w.state, "survey");
	cr_assert_eq(w.cs->rev, 2);
	cr_assert_str_eq(w.fx.body.data, "{\"state\":\"survey\",\"data\":{\"area_m2\":\"88.50\"}}");
	assert_refused(&w, LAND, "amend", "{'reason':'r','data':{'persons':3}}", ANJU_E_DENIED,
		"case.field_role");
	/* anju itself needs no reason */
	assert_sent(&w, "system", "amend", "{'data':{'rounds':2}}");
	world_done(&w);
}

ANJU_TEST(amend, changes_relations_for_those_who_may_open)
{
	struct world w;
	opened(&w);
	assert_refused(&w, TOWN, "amend", "{'reason':'r','data':{'site':'site/S1'}}", ANJU_E_DENIED,
		"case.field_role");
	cr_assert_str_eq(w.err.where, "/data/site");
	cr_assert_str_eq(w.err.allowed, "610322.poverty");
	assert_sent(&w, POVERTY, "amend", "{'reason':'r','data':{'site':'site/S1'}}");
	assert_has(w.fx.body.data, "\"relations\":{\"site\":[\"site/S1\"]}");
	assert_sent(&w, POVERTY, "amend", "{'reason':'r','data':{'site':null}}");
	assert_has(w.fx.body.data, "\"relations\":{\"site\":[]}");
	/* with an event they may give it is part of the event */
	assert_sent(&w, LAND, "shelve", "{'data':{'site':'site/S2'}}");
	world_done(&w);
}

ANJU_TEST(amend, takes_documents_from_those_concerned)
{
	struct world w;
	opened(&w);
	/* evidence for signing is the land office's to bring, or the opener's */
	assert_refused(&w, TOWN, "amend", "{'reason':'r','docs':[{'kind':'agreement'}]}",
		ANJU_E_DENIED, "case.doc_role");
	cr_assert_str_eq(w.err.where, "/docs/0");
	assert_has(w.err.allowed, "610322.land");
	assert_has(world_text(&w, LANG_ZH), "“提交“协议””");
	assert_has(world_text(&w, LANG_EN), "\"file \"agreement\"\"");
	assert_refused(&w, "", "amend", "{'reason':'r','docs':[{'kind':'letter'}]}", ANJU_E_DENIED,
		"case.doc_role");
	assert_sent(&w, LAND, "amend", "{'reason':'r','docs':[{'kind':'agreement'}]}");
	assert_sent(&w, POVERTY, "amend", "{'reason':'r','docs':[{'kind':'agreement'}]}");
	/* what no transition needs may come from anyone who may do something here */
	assert_sent(&w, TOWN, "amend", "{'reason':'r','docs':[{'kind':'letter'}]}");
	assert_refused(&w, "610322102.town", "amend", "{'reason':'r','docs':[{'kind':'letter'}]}",
		ANJU_E_DENIED, "case.doc_role");
	world_done(&w);
}

ANJU_TEST(amend, of_nothing_is_refused)
{
	struct world w;
	opened(&w);
	assert_refused(&w, LAND, "amend", "{'reason':'r'}", ANJU_E_INVALID, "case.amend_nothing");
	assert_refused(
		&w, "", "amend", "{'reason':'r','data':{}}", ANJU_E_INVALID, "case.amend_nothing");
	cr_assert_eq(w.cs->rev, 1);
	world_done(&w);
}

ANJU_TEST(amend, ends_with_the_case)
{
	struct world w;
	opened(&w);
	assert_sent(&w, TOWN, "hurry", "{'reason':'r'}");
	assert_sent(&w, LAND, "close", "{}");
	cr_assert(w.cs->done);
	cr_assert_str_eq(w.state, "closed|!");
	cr_assert_str_eq(w.cs->phase, "exit");
	assert_refused(&w, LAND, "amend", "{'reason':'r','data':{'mode':'central'}}",
		ANJU_E_REFUSED, "case.done");
	cr_assert_str_eq(world_text(&w, LANG_ZH), "已办结（“已办结”），不能再“更正”");
	cr_assert_str_eq(
		world_text(&w, LANG_EN), "the case has ended (in \"Closed\"): no more \"amend\"");
	assert_refused(&w, POVERTY, "reopen", "{'reason':'r'}", ANJU_E_REFUSED, "case.done");
	cr_assert_eq(world_send(&w, "system", "joined", "{}"), ANJU_OK);
	cr_assert_not(w.handled);
	ANJU_AUTO_JSON *possible = case_possible(&w.env, w.cs);
	cr_assert_eq(json_array_size(possible), 0);
	world_done(&w);
}

/* --- what one could do --- */

ANJU_TEST(possible, lists_what_can_be_sent_now)
{
	struct world w;
	opened(&w);
	assert_sent(&w, LAND, "amend", "{'reason':'r','docs':[{'kind':'photo'}]}");
	ANJU_AUTO_JSON *list = case_possible(&w.env, w.cs);
	ANJU_AUTO_MEM char *text = json_text(list);
	assert_has(text, "{\"event\":\"sign\",\"title\":{\"zh\":\"签订三项协议\",\"en\":\"Sign the "
			 "agreements\"},\"by\":[\"610322.land\"],\"needs\":[\"agreement\"],"
			 "\"reason\":false}");
	assert_has(text, "\"by\":[\"610322101.town\"],\"needs\":[],\"reason\":true");
	assert_lacks(text, "keep");
	assert_lacks(text, "reopen");
	assert_sent(&w, TOWN, "hurry", "{'reason':'r'}");
	ANJU_AUTO_JSON *later = case_possible(&w.env, w.cs);
	cr_assert_eq(json_array_size(later), 2);
	world_done(&w);
}

ANJU_TEST(possible, an_event_stands_there_once)
{
	struct world w;
	opened(&w);
	ANJU_AUTO_JSON *list = case_possible(&w.env, w.cs);
	size_t i, n = 0;
	json_t *v;
	json_array_foreach(list, i, v) {
		if (strcmp(json_string_value(json_object_get(v, "event")), "either") != 0)
			continue;
		n++;
		ANJU_AUTO_JSON *by = world_json("['610322.land','610322.poverty']");
		cr_assert(json_equal(json_object_get(v, "by"), by));
	}
	cr_assert_eq(n, 1);
	world_done(&w);
}

ANJU_TEST(possible, not_what_anju_alone_does)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_ok(world_new(&w, "site", "S1", LAND, "{'data':{'county':'610322'}}"), w.err);
	ANJU_AUTO_JSON *list = case_possible(&w.env, w.cs);
	cr_assert_eq(json_array_size(list), 0);
	assert_refused(&w, LAND, "joined", "{}", ANJU_E_DENIED, "case.wrong_role");
	assert_has(world_text(&w, LANG_ZH), "有权的是系统");
	assert_has(world_text(&w, LANG_EN), "anju itself may");
	assert_sent(&w, "system", "joined", "{}");
	world_done(&w);
}
