/** A small tree: Baoji, Fengxian county (610322) with two towns, and what hangs below them. */
#ifndef TESTS_UNIT_ORG_FIXTURE_H
#define TESTS_UNIT_ORG_FIXTURE_H

#include "base/json.h"
#include "org/org.h"
#include "unit/support.h"

#define UNIT(code, kind, level, region, parent)                                                    \
	"{\"code\":\"" code "\",\"kind\":\"" kind "\",\"level\":\"" level                          \
	"\",\"region\":\"" region "\"," parent "\"title\":{\"zh\":\"单位\",\"en\":\"" code "\"}}"
#define PARENT(code) "\"parent\":\"" code "\","

#define TREE                                                                                       \
	"{\"units\":[" UNIT("61.poverty", "poverty", "province", "61", "") "," UNIT(               \
		"6103.gov", "gov", "city", "6103", "") "," UNIT("6103.land", "land", "city",       \
		"6103", PARENT("6103.gov")) "," UNIT("610322.gov", "gov", "county", "610322",      \
		PARENT("6103.gov")) "," UNIT("610322.land", "land", "county", "610322",            \
		PARENT("610322.gov")) "," UNIT("610323.land", "land", "county", "610323",          \
		PARENT("6103.gov")) "," UNIT("610322.poverty", "poverty", "county", "610322",      \
		PARENT("610322.gov")) "," UNIT("610322101.town", "town", "town", "610322101",      \
		PARENT("610322.gov")) "," UNIT("610322102.town", "town", "town", "610322102",      \
		PARENT("610322.gov")) "," UNIT("610322101203.village", "village", "village",       \
		"610322101203", PARENT("610322101.town")) "," UNIT("b1", "builder", "project",     \
		"610322", PARENT("610322.gov")) "," UNIT("b2", "builder", "project", "610322101",  \
		PARENT("610322101.town")) "]}"

static inline struct org *org_of(const char *text)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *doc = json_loads(text, 0, NULL);
	cr_assert_not_null(doc);
	struct org *org = org_new();
	assert_ok(org_add(org, doc, "units.json", &err), err);
	assert_ok(org_seal(org, &err), err);
	return org;
}

#endif
