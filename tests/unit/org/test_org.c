#include "fixture.h"

#include "base/messages.h"

ANJU_TEST(org, looks_up_and_supervises)
{
	ANJU_AUTO(org) org = org_of(TREE);
	cr_assert_eq(org_count(org), 12);
	cr_assert_str_eq(org_at(org, 0)->code, "61.poverty");
	cr_assert_null(org_at(org, 12));
	cr_assert_null(org_unit(org, "610322"));
	const struct unit *land = org_unit(org, "610322.land");
	cr_assert_str_eq(land->pointer, "units.json#/units/4");
	cr_assert_str_eq(land->title[0], "单位");
	/* same kind one level up, else the parent */
	cr_assert_str_eq(org_supervisor(org, land)->code, "6103.land");
	cr_assert_str_eq(org_supervisor(org, org_unit(org, "6103.land"))->code, "6103.gov");
	cr_assert_str_eq(org_supervisor(org, org_unit(org, "610322.poverty"))->code, "610322.gov");
	cr_assert_str_eq(
		org_supervisor(org, org_unit(org, "610322101203.village"))->code, "610322101.town");
	cr_assert_str_eq(org_supervisor(org, org_unit(org, "b2"))->code, "610322101.town");
	cr_assert_null(org_supervisor(org, org_unit(org, "6103.gov")));
}

ANJU_TEST(org, regions_contain_by_prefix)
{
	cr_assert(org_region_contains("", "61"));
	cr_assert(org_region_contains("6103", "610322101"));
	cr_assert(org_region_contains("6103", "6103"));
	cr_assert_not(org_region_contains("610322", "6103"));
	cr_assert_not(org_region_contains("610323", "610322101"));
}

static const struct {
	const char *text, *id, *where;
} refused[] = {
	{"[]", "json.type", ""},
	{"{}", "json.missing", "/units"},
	{"{\"units\":[],\"x\":1}", "json.unknown_member", "/x"},
	{"{\"units\":[7]}", "json.type", "/units/0"},
	{"{\"units\":[{\"kind\":\"land\"}]}", "json.missing", "/units/0/code"},
	{"{\"units\":[" UNIT("a b", "land", "county", "610322", "") "]}", "org.code",
		"/units/0/code"},
	{"{\"units\":[" UNIT("a", "Land", "county", "610322", "") "]}", "org.kind",
		"/units/0/kind"},
	{"{\"units\":[" UNIT("a", "system", "county", "610322", "") "]}", "org.kind",
		"/units/0/kind"},
	{"{\"units\":[" UNIT("a", "land", "shire", "610322", "") "]}", "org.level",
		"/units/0/level"},
	{"{\"units\":[" UNIT("a", "land", "county", "61032", "") "]}", "org.region",
		"/units/0/region"},
	{"{\"units\":[" UNIT("a", "land", "county", "61032x", "") "]}", "org.region",
		"/units/0/region"},
	{"{\"units\":[" UNIT("a", "land", "county", "6103", "") "]}", "org.region",
		"/units/0/region"},
	{"{\"units\":[" UNIT("a", "land", "county", "610322", "\"tel\":1,") "]}",
		"json.unknown_member", "/units/0/tel"},
	{"{\"units\":[" UNIT("a", "land", "county", "610322", "\"contacts\":{\"fax\":\"1\"},") "]}",
		"json.unknown_member", "/units/0/contacts/fax"},
	{"{\"units\":[{\"code\":\"a\",\"kind\":\"land\",\"level\":\"county\",\"region\":\"610322\","
	 "\"title\":{\"zh\":\"土\"}}]}",
		"json.missing", "/units/0/title/en"},
	{"{\"units\":[{\"code\":\"a\",\"kind\":\"land\",\"level\":\"county\",\"region\":\"610322\","
	 "\"title\":{\"zh\":\"\",\"en\":\"x\"}}]}",
		"org.label", "/units/0/title/zh"},
	{"{\"units\":[" UNIT("a", "land", "county", "610322", "") "," UNIT(
		 "a", "land", "county", "610323", "") "]}",
		"org.duplicate", "/units/1/code"},
};

ANJU_TEST(org, refuses_bad_units)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		anju_error err = {0};
		ANJU_AUTO_JSON *doc = json_loads(refused[i].text, 0, NULL);
		ANJU_AUTO(org) org = org_new();
		cr_assert_eq(
			org_add(org, doc, "u.json", &err), ANJU_E_INVALID, "%s", refused[i].text);
		cr_assert_str_eq(err.id, refused[i].id, "%s: %s", refused[i].text, err.id);
		cr_assert_str_eq(err.where, refused[i].where, "%s", err.where);
		cr_assert_str_eq(err.file, "u.json");
		cr_assert_not_null(message_template(err.id, LANG_ZH), "%s", err.id);
		cr_assert_not_null(message_template(err.id, LANG_EN), "%s", err.id);
	}
}

static anju_status seal(const char *text, anju_error *err)
{
	ANJU_AUTO_JSON *doc = json_loads(text, 0, NULL);
	cr_assert_not_null(doc);
	ANJU_AUTO(org) org = org_new();
	assert_ok(org_add(org, doc, "u.json", err), *err);
	return org_seal(org, err);
}

ANJU_TEST(org, parents_form_a_tree)
{
	anju_error err = {0};
	assert_status(
		seal("{\"units\":[" UNIT("a", "land", "county", "610322", PARENT("b")) "]}", &err),
		ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "org.parent");
	cr_assert_str_eq(err.where, "/units/0/parent");
	assert_status(seal("{\"units\":[" UNIT("a", "land", "county", "610322",
				   PARENT("b")) "," UNIT("b", "land", "county", "610323", "") "]}",
			      &err),
		ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "org.parent");
	assert_status(
		seal("{\"units\":[" UNIT("a", "land", "county", "610322", PARENT("b")) "," UNIT(
			     "b", "gov", "county", "610322", PARENT("a")) "]}",
			&err),
		ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "org.cycle");
	assert_ok(seal("{\"units\":[]}", &err), err);
}
