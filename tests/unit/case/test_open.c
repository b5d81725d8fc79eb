/* Opening a case: who, under which key, with which data; and what its first entry says. */
#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define DATA "'persons':5,'town':'610322101.town'"
#define OPEN(w, params)                                                                            \
	world_new(w, "household", "610322-0001", "610322.poverty", "{'data':{" DATA params "}")

ANJU_TEST(open, a_case_begins_in_its_initial_state)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_ok(OPEN(&w, ",'mode':'central','tags':['a','b']}"), w.err);
	cr_assert_str_eq(w.state, "survey");
	cr_assert_str_eq(w.cs->phase, "agree");
	cr_assert_str_eq(w.cs->region, "610322101");
	cr_assert_eq(w.cs->rev, 1);
	cr_assert_not(w.cs->done);
	cr_assert_eq(w.cs->opened_ms, w.env.now_ms);
	cr_assert_eq(w.cs->updated_ms, w.env.now_ms);
	cr_assert_str_eq(world_field(&w, "tags"), "[\"a\",\"b\"]");
	world_done(&w);
}

ANJU_TEST(open, the_first_entry_says_it_all_in_a_fixed_order)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_ok(world_new(&w, "household", "610322-0001", "610322.poverty",
			  "{'data':{" DATA ",'site':'site/S1'},'cause':'site/S9@4',"
			  "'docs':[{'kind':'photo','ref':'P-1','form':'electronic'}]}"),
		w.err);
	cr_assert_str_eq(w.fx.body.data,
		"{\"state\":\"survey\",\"data\":{\"persons\":5,\"town\":\"610322101.town\"},"
		"\"docs\":{\"photo\":{\"ref\":\"P-1\",\"form\":\"electronic\",\"at\":"
		"\"2017-08-16T12:00:00+08:00\",\"by\":\"610322.poverty\"}},"
		"\"relations\":{\"site\":[\"site/S1\"]},\"cause\":\"site/S9@4\"}");
	/* relations are rows of their own, not fields */
	cr_assert_str_eq(world_field(&w, "site"), "-");
	ANJU_AUTO_JSON *ids = world_json("{'site':[11]}");
	cr_assert(json_equal(w.fx.relations, ids));
	world_done(&w);
}

ANJU_TEST(open, keys_fit_the_pattern)
{
	struct world w;
	world_open(&w, "2017-08-16");
	static const char *const bad[] = {
		"", "610322-001", "x610322-0001", "610322-0001 ", "610322/0001", "../../etc", "户"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(
			world_new(&w, "household", bad[i], "610322.poverty", "{'data':{" DATA "}}"),
			ANJU_E_INVALID);
		cr_assert_str_eq(w.err.id, "case.key");
		cr_assert_str_eq(w.err.where, "/key");
		cr_assert_str_eq(w.err.found, bad[i]);
		cr_assert_str_eq(w.err.allowed, "[0-9]{6}-[0-9]{4}");
	}
	/* without a pattern of its own: letters, digits, ".", "_", "-", at most 64 */
	const struct workflow *note = pack_set_workflow(w.packs, "note");
	char key[80];
	memset(key, 'k', sizeof key);
	key[64] = '\0';
	assert_ok(case_check_key(note, key, &w.err), w.err);
	key[64] = 'k';
	key[65] = '\0';
	assert_status(case_check_key(note, key, &w.err), ANJU_E_INVALID);
	assert_status(case_check_key(note, "a b", &w.err), ANJU_E_INVALID);
	assert_ok(case_check_key(note, "610322.land-2017-09", &w.err), w.err);
	world_done(&w);
}

ANJU_TEST(open, only_openers_may)
{
	struct world w;
	world_open(&w, "2017-08-16");
	static const char *const others[] = {"", "610322.land", "610322101.town", "6103.gov"};
	for (size_t i = 0; i < 4; i++) {
		assert_status(
			world_new(&w, "household", "610322-0001", others[i], "{'data':{" DATA "}}"),
			ANJU_E_DENIED);
		cr_assert_str_eq(w.err.id, "case.open_role");
		cr_assert_str_eq(w.err.found, others[i][0] != '\0' ? others[i] : "@say.nobody");
		cr_assert_str_eq(w.err.allowed, "poverty@county");
	}
	/* the role is that of the place the case belongs to: another county's land office is not it */
	assert_status(
		world_new(&w, "effects", "1", "610323.land", "{'data':{'town':'610322101.town'}}"),
		ANJU_E_DENIED);
	assert_ok(
		world_new(&w, "effects", "1", "610322.land", "{'data':{'town':'610322101.town'}}"),
		w.err);
	/* anju itself may open anything */
	assert_ok(world_new(&w, "note", "1", "system", "{'data':{'about':'x'}}"), w.err);
	assert_status(
		world_new(&w, "note", "1", "610322.land", "{'data':{'about':'x'}}"), ANJU_E_DENIED);
	world_done(&w);
}

ANJU_TEST(open, without_a_place_the_openers_region_counts)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_ok(world_new(&w, "effects", "1", "610323.land", "{}"), w.err);
	cr_assert_str_eq(w.cs->region, "610323");
	assert_ok(
		world_new(&w, "site", "S1", "610322.land", "{'data':{'county':'610322'}}"), w.err);
	cr_assert_str_eq(w.cs->region, "610322");
	world_done(&w);
}

ANJU_TEST(open, data_is_checked)
{
	struct world w;
	world_open(&w, "2017-08-16");
	static const struct {
		const char *params;
		const char *id, *where;
	} bad[] = {
		{"{'data':{'town':'610322101.town'}}", "case.field_missing", "/data/persons"},
		{"{'data':{'town':'610322101.town','persons':null}}", "case.field_missing",
			"/data/persons"},
		{"{}", "case.field_missing", "/data/persons"},
		{"{'data':{" DATA ",'pets':1}}", "case.unknown_field", "/data/pets"},
		{"{'data':{'persons':0,'town':'610322101.town'}}", "field.range", "/data/persons"},
		{"{'data':{'persons':'5','town':'610322101.town'}}", "field.type", "/data/persons"},
		{"{'data':{'persons':5,'town':'610399.town'}}", "field.unit", "/data/town"},
		{"{'data':{" DATA ",'mode':'loose'}}", "field.option", "/data/mode"},
		{"{'data':{" DATA ",'area_m2':'1.005'}}", "field.scale", "/data/area_m2"},
		{"{'data':{" DATA ",'subsidy':-1}}", "field.range", "/data/subsidy"},
		{"{'data':{" DATA ",'tags':'a'}}", "field.type", "/data/tags"},
		{"{'data':{" DATA "},'docs':[{'kind':'cake'}]}", "case.unknown_doc", "/docs/0"},
		{"{'data':{" DATA "},'docs':[{'kind':'photo'},{'ref':'x'}]}", "json.missing",
			"/docs/1/kind"},
		{"{'data':{" DATA "},'docs':[{'kind':'photo','form':'stone'}]}", "json.type",
			"/docs/0/form"},
		{"{'data':{" DATA "},'docs':[{'kind':'photo','at':'2017-01-01'}]}",
			"json.unknown_member", "/docs/0/at"},
		{"{'data':{" DATA "},'docs':['photo']}", "json.type", "/docs/0"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(
			world_new(&w, "household", "610322-0001", "610322.poverty", bad[i].params),
			ANJU_E_INVALID);
		cr_assert_str_eq(w.err.id, bad[i].id, "%s: %s", bad[i].params, w.err.text);
		cr_assert_str_eq(w.err.where, bad[i].where, "%s", bad[i].params);
		cr_assert_null(w.cs);
	}
	world_done(&w);
}

ANJU_TEST(open, what_is_sensitive_is_not_repeated)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_status(OPEN(&w, ",'head':610322199001011234}"), ANJU_E_INVALID);
	cr_assert_str_eq(w.err.where, "/data/head");
	assert_lacks(w.err.found, "1990");
	assert_lacks(w.err.text, "1990");
	world_done(&w);
}

ANJU_TEST(open, relations_name_cases_that_exist)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_status(OPEN(&w, ",'site':'site/S9'}"), ANJU_E_NOTFOUND);
	cr_assert_str_eq(w.err.id, "engine.no_case");
	cr_assert_str_eq(w.err.where, "/data/site");
	static const char *const bad[] = {",'site':'household/610322-0001'}", ",'site':'S1'}",
		",'site':7}", ",'site':['site/S1']}", ",'seen':['site/S1',3]}",
		",'site':'sites/S1'}", ",'site':''}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char params[160];
		snprintf(params, sizeof params, "{'data':{" DATA "%s}", bad[i]);
		assert_status(world_new(&w, "household", "610322-0001", "610322.poverty", params),
			ANJU_E_INVALID);
		cr_assert_str_eq(w.err.id, "case.relation", "%s: %s", bad[i], w.err.text);
		assert_has(w.err.allowed, "site/KEY");
	}
	/* the inverse view is written on the other side */
	assert_status(
		world_new(&w, "site", "S1", "610322.land",
			"{'data':{'county':'610322','households':['household/610322-0001']}}"),
		ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "case.relation");
	cr_assert_str_eq(w.err.where, "/data/households");

	assert_ok(OPEN(&w, ",'site':'site/S2','seen':['site/S1','site/S3']}"), w.err);
	ANJU_AUTO_JSON *ids = world_json("{'site':[12],'seen':[11,13]}");
	ANJU_AUTO_JSON *names = world_json("{'site':['site/S2'],'seen':['site/S1','site/S3']}");
	cr_assert(json_equal(w.fx.relations, ids));
	cr_assert(json_equal(w.fx.relation_names, names));
	world_done(&w);
}

ANJU_TEST(open, paper_is_entered_late_but_never_early)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_status(world_new(&w, "household", "610322-0001", "610322.poverty",
			      "{'at':'2017-08-16T12:00:01+08:00','data':{" DATA "}}"),
		ANJU_E_INVALID);
	cr_assert_str_eq(w.err.id, "case.future");
	cr_assert_str_eq(w.err.where, "/effective_at");
	cr_assert_str_eq(w.err.found, "2017-08-16T12:00:01+08:00");
	cr_assert_str_eq(w.err.allowed, "<= 2017-08-16T12:00:00+08:00");
	assert_ok(world_new(&w, "household", "610322-0001", "610322.poverty",
			  "{'at':'2017-08-01','data':{" DATA "}}"),
		w.err);
	cr_assert_eq(w.cs->opened_ms, w.env.now_ms);
	world_done(&w);
}

ANJU_TEST(open, a_damaged_row_is_told)
{
	struct world w;
	world_open(&w, "2017-08-16");
	assert_ok(OPEN(&w, "}"), w.err);
	static const char *const states[] = {"nowhere", "", "survey signed"};
	struct case_row good = {.id = 1,
		.rev = 1,
		.key = "610322-0001",
		.region = "610322101",
		.state = "survey",
		.data = "{}",
		.meta = "{\"docs\":{},\"locks\":[]}",
		.head = w.cs->head};
	struct anju_case *cs = NULL;
	for (size_t i = 0; i < 3; i++) {
		struct case_row row = good;
		row.state = states[i];
		assert_status(case_from_row(w.cs->wf, &row, &cs, &w.err), ANJU_E_CORRUPT);
	}
	static const char *const metas[] = {
		"", "{}", "{\"docs\":[],\"locks\":[]}", "[]", "{\"docs\":{},\"locks\":{}}"};
	for (size_t i = 0; i < 5; i++) {
		struct case_row row = good;
		row.meta = metas[i];
		assert_status(case_from_row(w.cs->wf, &row, &cs, &w.err), ANJU_E_CORRUPT);
		cr_assert_str_eq(w.err.id, "case.row");
		cr_assert_str_eq(w.err.found, "household/610322-0001");
	}
	struct case_row row = good;
	row.data = "[1";
	assert_status(case_from_row(w.cs->wf, &row, &cs, &w.err), ANJU_E_CORRUPT);
	row = good;
	row.region = "6103221012036103221012036103";
	assert_status(case_from_row(w.cs->wf, &row, &cs, &w.err), ANJU_E_CORRUPT);
	cr_assert_null(cs);
	assert_ok(case_from_row(w.cs->wf, &good, &cs, &w.err), w.err);
	anju_case_free(cs);
	world_done(&w);
}
