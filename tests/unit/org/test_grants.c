#include "fixture.h"

#include <unistd.h>

static anju_status load(
	const struct org *org, const char *text, struct grants **ret, anju_error *err)
{
	ANJU_AUTO_JSON *doc = json_loads(text, 0, NULL);
	cr_assert_not_null(doc, "%s", text);
	return grants_load(org, doc, "grants.json", ret, err);
}

#define GRANTS                                                                                     \
	"{\"principals\":[{\"uid\":50001,\"unit\":\"610322.land\"},"                               \
	"{\"uid\":50002,\"acts_for\":[\"610322101.town\",\"b1\"]},"                                \
	"{\"uid\":50003,\"acts_for\":[\"*\"]},{\"uid\":50004,\"admin\":true}]}"

ANJU_TEST(grants, principals)
{
	ANJU_AUTO(org) org = org_of(TREE);
	ANJU_AUTO(grants) grants = NULL;
	anju_error err = {0};
	struct principal p;
	assert_ok(load(org, GRANTS, &grants, &err), err);
	assert_ok(principal_of(org, grants, 50001, NULL, &p, &err), err);
	cr_assert_str_eq(p.unit->code, "610322.land");
	cr_assert_not(p.admin || p.system);
	cr_assert_str_eq(p.officer, "");
	assert_ok(principal_of(org, grants, 50001, "610322.land/王芳", &p, &err), err);
	cr_assert_str_eq(p.officer, "王芳");
	assert_ok(principal_of(org, grants, 50002, "b1", &p, &err), err);
	cr_assert_str_eq(p.unit->code, "b1");
	assert_ok(principal_of(org, grants, 50002, NULL, &p, &err), err);
	cr_assert_null(p.unit);
	assert_ok(principal_of(org, grants, 50003, "6103.gov/x", &p, &err), err);
	cr_assert_not(p.admin);
	assert_ok(principal_of(org, grants, 50004, "6103.gov", &p, &err), err);
	cr_assert(p.admin);
	/* the daemon's own user needs no entry */
	assert_ok(principal_of(org, NULL, geteuid(), "b2/me", &p, &err), err);
	cr_assert(p.admin && p.uid == geteuid());
}

ANJU_TEST(grants, refusals)
{
	ANJU_AUTO(org) org = org_of(TREE);
	ANJU_AUTO(grants) grants = NULL;
	anju_error err = {0};
	struct principal p = {.uid = 7};
	assert_ok(load(org, GRANTS, &grants, &err), err);
	assert_status(principal_of(org, grants, 50009, NULL, &p, &err), ANJU_E_DENIED);
	cr_assert_str_eq(err.id, "org.unknown_peer");
	assert_status(principal_of(org, grants, 50001, "610322.poverty", &p, &err), ANJU_E_DENIED);
	cr_assert_str_eq(err.id, "org.not_granted");
	cr_assert_str_eq(err.allowed, "610322.land");
	assert_status(principal_of(org, grants, 50002, "b2", &p, &err), ANJU_E_DENIED);
	assert_status(principal_of(org, grants, 50003, "b9/x", &p, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "org.no_unit");
	static const char *const bad[] = {"b1/", "b1/a/b", "b1/a\nb",
		"b1/0123456789012345678901234567890123456789012345678901234567890123", "b1/\xff"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(principal_of(org, grants, 50003, bad[i], &p, &err), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, "org.officer");
	}
	cr_assert_eq(p.uid, 7, "written on failure");
}

ANJU_TEST(grants, refuses_bad_files)
{
	ANJU_AUTO(org) org = org_of(TREE);
	static const struct {
		const char *text, *id, *where;
	} bad[] = {
		{"[]", "json.type", ""},
		{"{\"x\":1}", "json.unknown_member", "/x"},
		{"{\"principals\":[1]}", "json.type", "/principals/0"},
		{"{\"principals\":[{\"unit\":\"b1\"}]}", "org.grant", "/principals/0"},
		{"{\"principals\":[{\"uid\":1,\"user\":\"root\",\"unit\":\"b1\"}]}", "org.grant",
			"/principals/0"},
		{"{\"principals\":[{\"uid\":-1,\"unit\":\"b1\"}]}", "org.grant",
			"/principals/0/uid"},
		{"{\"principals\":[{\"uid\":1,\"unit\":\"b9\"}]}", "org.no_unit",
			"/principals/0/unit"},
		{"{\"principals\":[{\"uid\":1,\"acts_for\":[\"b1\",\"b9\"]}]}", "org.no_unit",
			"/principals/0/acts_for/1"},
		{"{\"principals\":[{\"uid\":1}]}", "org.grant", "/principals/0"},
		{"{\"principals\":[{\"user\":\"no such user\",\"unit\":\"b1\"}]}", "org.user",
			"/principals/0/user"},
		{"{\"principals\":[{\"uid\":1,\"unit\":\"b1\"},{\"uid\":1,\"admin\":true}]}",
			"org.grant_twice", "/principals/1"},
		{"{\"principals\":[{\"uid\":1,\"admin\":1}]}", "json.type", "/principals/0/admin"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		anju_error err = {0};
		struct grants *grants = NULL;
		cr_assert_eq(
			load(org, bad[i].text, &grants, &err), ANJU_E_INVALID, "%s", bad[i].text);
		cr_assert_str_eq(err.id, bad[i].id, "%s: %s", bad[i].text, err.id);
		cr_assert_str_eq(err.where, bad[i].where, "%s: %s", bad[i].text, err.where);
		cr_assert_null(grants);
	}
}
