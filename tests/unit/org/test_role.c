#include "fixture.h"

static const char *bound(void *ctx, const char *binding)
{
	return json_string_value(json_object_get(ctx, binding));
}

/* codes of the units of a role, joined by a blank */
static const char *resolved(const struct org *org, const char *text, const char *region)
{
	static char out[256];
	anju_error err = {0};
	ANJU_AUTO_JSON *bindings = json_pack(
		"{ssssssss}", "registration", "r", "project", "p", "home", "h", "none", "n");
	ANJU_AUTO_JSON *values = json_pack("{ssssss}", "registration", "610322102", "project", "b1",
		"home", "610322101203.village");
	struct json_at at = JSON_AT_ROOT("w.json");
	struct role role;
	assert_ok(role_parse(org, text, bindings, &at, &role, &err), err);
	cr_assert_eq(role.text, text);
	struct role_context context = {.region = region, .ctx = values, .bound = bound};
	const struct unit *units[8];
	size_t n = role_resolve(org, &role, &context, units, 8);
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		cr_assert(role_includes(org, &role, &context, units[i]));
		used += (size_t)snprintf(
			out + used, sizeof out - used, "%s%s", i > 0 ? " " : "", units[i]->code);
	}
	for (size_t i = 0, hits = 0; i < org_count(org) && role.scope != ROLE_ANY; i++) {
		hits += role_includes(org, &role, &context, org_at(org, i));
		cr_assert(hits <= n);
	}
	return out;
}

ANJU_TEST(role, resolves)
{
	ANJU_AUTO(org) org = org_of(TREE);
	const char *village = "610322101203";
	cr_assert_str_eq(resolved(org, "land@county", village), "610322.land");
	cr_assert_str_eq(resolved(org, "land@city", village), "6103.land");
	cr_assert_str_eq(resolved(org, "land@city", "61"), "");
	cr_assert_str_eq(resolved(org, "land@town", village), "");
	cr_assert_str_eq(resolved(org, "land@county", "610323999"), "610323.land");
	/* the nearest above: there is no poverty office at city level */
	cr_assert_str_eq(resolved(org, "poverty", "6103"), "61.poverty");
	cr_assert_str_eq(resolved(org, "village", village), "610322101203.village");
	cr_assert_str_eq(resolved(org, "village", "610322102"), "");
	cr_assert_str_eq(resolved(org, "land", village), "610322.land");
	cr_assert_str_eq(resolved(org, "builder", village), "b2");
	/* bindings: a region, a unit, a unit of another kind, one that is not set */
	cr_assert_str_eq(resolved(org, "town@registration", village), "610322102.town");
	cr_assert_str_eq(resolved(org, "builder@project", village), "b1");
	cr_assert_str_eq(resolved(org, "town@home", "61"), "610322101.town");
	cr_assert_str_eq(resolved(org, "town@none", village), "");
	/* the bound unit itself, of whatever kind; a region names none */
	cr_assert_str_eq(resolved(org, "unit@project", village), "b1");
	cr_assert_str_eq(resolved(org, "unit@home", "61"), "610322101203.village");
	cr_assert_str_eq(resolved(org, "unit@registration", village), "");
	cr_assert_str_eq(resolved(org, "unit@none", village), "");
	cr_assert_str_eq(resolved(org, "system", village), "");
	cr_assert_str_eq(resolved(org, "any", village), "");
}

ANJU_TEST(role, project_is_a_level_without_a_binding)
{
	ANJU_AUTO(org) org = org_of(TREE);
	anju_error err = {0};
	struct json_at at = JSON_AT_ROOT("w.json");
	struct role role;
	assert_ok(role_parse(org, "builder@project", NULL, &at, &role, &err), err);
	cr_assert_eq(role.scope, ROLE_LEVEL);
	struct role_context context = {.region = "610322101"};
	const struct unit *units[1];
	cr_assert_eq(role_resolve(org, &role, &context, units, 1), 1);
	cr_assert(role_includes(org, &role, &context, org_unit(org, "b1")));
	cr_assert(role_includes(org, &role, &context, org_unit(org, "b2")));
	context.region = "610322";
	cr_assert_not(role_includes(org, &role, &context, org_unit(org, "b2")));
}

ANJU_TEST(role, any_and_nobody)
{
	ANJU_AUTO(org) org = org_of(TREE);
	struct role any = {.scope = ROLE_ANY}, land = {.scope = ROLE_NEAREST, .kind = "land"};
	struct role_context nowhere = {0};
	const struct unit *u = org_unit(org, "b1"), *units[4];
	cr_assert(role_includes(org, &any, &nowhere, u));
	cr_assert_not(role_includes(org, &any, &nowhere, NULL));
	cr_assert_eq(role_resolve(org, &land, &nowhere, units, 4), 0);
	cr_assert_not(role_includes(org, &land, &nowhere, org_unit(org, "610322.land")));
}

ANJU_TEST(role, refuses_unknown_words)
{
	ANJU_AUTO(org) org = org_of(TREE);
	ANJU_AUTO(org) empty = org_of("{\"units\":[]}");
	struct json_at root = JSON_AT_ROOT("w.json"), at = JSON_AT_KEY(&root, "by");
	ANJU_AUTO_JSON *bindings = json_pack("{ss}", "registration", "r");
	static const struct {
		const char *text, *allowed;
	} bad[] = {{"", "land"}, {"@county", "land"}, {"dragon@county", "land"},
		{"land@moon", "registration"}, {"land@", "registration"}, {"Land", "land"},
		{"unit", "unit@"}, {"unit@county", "unit@"},
		{"a_kind_of_unit_with_a_name_far_too_long_to_be_kept", "land"}};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		anju_error err = {0};
		struct role role = {.scope = ROLE_ANY};
		cr_assert_eq(role_parse(org, bad[i].text, bindings, &at, &role, &err),
			ANJU_E_INVALID, "%s", bad[i].text);
		cr_assert_str_eq(err.id, "org.role");
		cr_assert_str_eq(err.where, "/by");
		cr_assert_not_null(strstr(err.allowed, bad[i].allowed), "%s", err.allowed);
		cr_assert_eq(role.scope, ROLE_ANY, "written on failure");
	}
	anju_error err = {0};
	struct role role;
	assert_ok(role_parse(empty, "dragon@county", NULL, &at, &role, &err), err);
	assert_status(role_parse(empty, "dragon@moon", NULL, &at, &role, &err), ANJU_E_INVALID);
}
