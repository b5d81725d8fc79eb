#include "houses.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "area.h"
#include "functions.h"

/** The first case of a relation; NULL if there is none. */
static const json_t *related_one(const struct judge *j, const char *relation)
{
	const json_t *v = json_object_get(json_object_get(j->input, "related"), relation);
	const json_t *one = json_is_array(v) ? json_array_get(v, 0) : v;
	return json_is_object(one) ? one : NULL;
}

/** "B75, B100": what a household can be given. */
static void list_names(const struct house_types *types, char *out, size_t size)
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < types->len && n < size; i++)
		n += (size_t)snprintf(
			out + n, size - n, "%s%s", i > 0 ? ", " : "", types->list[i].name);
}

/** Does the type suit this many persons, in room and in area? */
static void judge_fit(struct judge *j, const struct house_type *t, int64_t persons, const char *key)
{
	if (persons < t->persons_min || persons > t->persons_max)
		judge_refuse(j,
			"户 %1$s 有 %2$" PRId64 " 人，户型 %3$s 供 %4$" PRId64 " 至 %5$" PRId64
			" 人",
			"household %1$s has %2$" PRId64
			" person(s), house type %3$s is for %4$" PRId64 " to %5$" PRId64,
			key, persons, t->name, t->persons_min, t->persons_max);
	int64_t bound, limit;
	if (!read_area_limit(j, persons, &bound, &limit) || t->area <= limit)
		return;
	char a[AREA_MAX_CHARS], l[AREA_MAX_CHARS];
	judge_refuse(j,
		"户 %1$s：户型 %2$s 面积 %3$s 平方米超过红线，%5$" PRId64 " 人最多 %4$s 平方米",
		"household %1$s: house type %2$s of %3$s m² is over the red line of %4$s m² for "
		"%5$" PRId64 " person(s)",
		key, t->name, area_format(t->area, a), area_format(limit, l), persons);
}

/** BJ-R-39: the site has a solution for people who live alone: a type for one, or a named one. */
static void judge_single(struct judge *j, const json_t *project, const struct house_types *types)
{
	for (size_t i = 0; i < types->len; i++) {
		if (types->list[i].persons_max == 1)
			return;
	}
	if (json_string_length(json_object_get(project, "single_person_solution")) > 0)
		return;
	judge_refuse(j, "户 %s 为单人户，但项目没有单人户安置办法（single_person_solution）",
		"household %s is a single person, but the project names no solution for such "
		"households (single_person_solution)",
		judge_key(j));
}

/** Number in the list ["B75:12"] for a type; 0: not listed; -1: an entry of the type is malformed. */
static int64_t listed_count(const json_t *list, const char *name)
{
	size_t i, n = strlen(name);
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		const char *s = json_string_value(v);
		if (s == NULL || strncmp(s, name, n) != 0 || s[n] != ':')
			continue;
		size_t digits = strspn(s + n + 1, "0123456789");
		if (digits == 0 || digits > 6 || s[n + 1 + digits] != '\0')
			return -1;
		return strtol(s + n + 1, NULL, 10);
	}
	return 0;
}

/**
 * Houses of the type still free? Counts of the other households matched so far stand in the project's
 * house_matched (["B75:12"]) or in params.matched ({"B75": 12}). Without either nothing can be said here, and
 * project_mix judges the sum from the project's side.
 */
static void judge_count(struct judge *j, const json_t *project, const struct house_type *t)
{
	const json_t *list = json_object_get(project, "house_matched");
	const json_t *given = json_object_get(json_object_get(j->input, "params"), "matched");
	bool known = json_is_array(list) || json_is_object(given);
	judge_value(j, "count_checked", json_boolean(known));
	if (!known)
		return;
	const json_t *n = json_object_get(given, t->name);
	int64_t matched = json_is_array(list)  ? listed_count(list, t->name)
			  : n == NULL          ? 0
			  : json_is_integer(n) ? json_integer_value(n)
					       : -1;
	judge_value(j, "matched", json_integer(matched));
	if (matched < 0)
		judge_refuse(j, "户型 %s 的已对接户数格式不对，应如 B75:12",
			"the number of households matched to house type %s is malformed; expected "
			"one "
			"like B75:12",
			t->name);
	if (matched >= t->count)
		judge_refuse(j, "户型 %1$s 共 %2$" PRId64 " 套，已对接 %3$" PRId64 " 户，没有剩余",
			"house type %1$s has %2$" PRId64 " houses and %3$" PRId64
			" households matched: none is left",
			t->name, t->count, matched);
}

static void judge_site(struct judge *j, int64_t persons, const json_t *project)
{
	static const struct named field = {"house_type", "户型", "house type"};
	const char *wanted;
	struct house_types types;
	bool have = judge_string(j, &field, &wanted);
	have = house_types_read(j, json_object_get(project, "house_types"),
		       "related.project[0].house_types", &types) &&
	       have;
	if (!have)
		return;
	const struct house_type *t = house_types_find(&types, wanted);
	if (t == NULL) {
		char names[256];
		list_names(&types, names, sizeof names);
		judge_refuse(j, "户 %s 的户型 %s 不在项目户型之列（%s）",
			"household %s: house type %s is none of the project's (%s)", judge_key(j),
			wanted, names);
		return;
	}
	judge_fit(j, t, persons, judge_key(j));
	if (persons == 1)
		judge_single(j, project, &types);
	judge_count(j, project, t);
}

void house_match(struct judge *j)
{
	static const struct named field = {"settlement_mode", "安置方式", "settlement mode"};
	const char *mode;
	int64_t persons;
	bool have = judge_string(j, &field, &mode);
	have = read_persons(j, &persons) && have;
	if (!have)
		return;
	const json_t *project = related_one(j, "project");
	if (project != NULL && strcmp(mode, "scattered") != 0) {
		judge_site(j, persons, project);
	} else if (strcmp(mode, "concentrated") == 0) {
		judge_refuse(j, "户 %s 为集中安置，但未关联安置项目（related.project）",
			"household %s is to be settled in a project, but none is related "
			"(related.project)",
			judge_key(j));
	} else if (strcmp(mode, "scattered") == 0 || strcmp(mode, "commodity") == 0) {
		/* no site, so no list of types: the house itself, once its area is known */
		if (judge_has(j, "area_m2"))
			area_red_line(j);
	} else {
		judge_refuse(j,
			"“安置方式”（case.settlement_mode）为 %s，应为 concentrated、scattered 或 "
			"commodity",
			"settlement mode (case.settlement_mode) is %s; expected concentrated, "
			"scattered or commodity",
			mode);
	}
}

/** One household of a project: counted under its type and checked against it. */
static void mix_household(struct judge *j, const json_t *household, struct house_types *types)
{
	const char *mode = json_string_value(json_object_get(household, "settlement_mode"));
	if (mode != NULL && strcmp(mode, "scattered") == 0)
		return;
	const char *key = json_string_value(json_object_get(household, "key"));
	const char *wanted = json_string_value(json_object_get(household, "house_type"));
	const json_t *persons = json_object_get(household, "persons");
	key = key != NULL ? key : "?";
	if (!json_is_integer(persons)) {
		judge_refuse(j, "户 %s 缺少“家庭人口”（persons）",
			"household %s lacks its number of persons (persons)", key);
		return;
	}
	if (wanted == NULL || wanted[0] == '\0') {
		judge_refuse(j, "户 %s 缺少“户型”（house_type）",
			"household %s lacks its house type (house_type)", key);
		return;
	}
	struct house_type *t = house_types_find(types, wanted);
	if (t == NULL) {
		judge_refuse(j, "户 %s 的户型 %s 不在项目户型之列",
			"household %s: house type %s is none of the project's", key, wanted);
		return;
	}
	t->matched++;
	int64_t n = json_integer_value(persons);
	if (n < t->persons_min || n > t->persons_max || n > MAX_PERSONS)
		judge_refuse(j, "户 %1$s 有 %2$" PRId64 " 人，与户型 %3$s 不符",
			"household %1$s has %2$" PRId64
			" person(s), house type %3$s is not for that many",
			key, n, t->name);
}

/** Planned against matched, type by type. */
static void mix_counts(struct judge *j, const struct house_types *types, int64_t surplus)
{
	json_t *planned = json_object(), *matched = json_object();
	for (size_t i = 0; i < types->len; i++) {
		const struct house_type *t = &types->list[i];
		json_object_set_new(planned, t->name, json_integer(t->count));
		json_object_set_new(matched, t->name, json_integer(t->matched));
		if (t->matched > t->count || t->count - t->matched > surplus)
			judge_refuse(j,
				"户型 %1$s 计划 %2$" PRId64 " 套，对接 %3$" PRId64
				" 户（先人后房、以户定建）",
				"house type %1$s: %2$" PRId64 " houses planned for %3$" PRId64
				" households matched (houses follow households)",
				t->name, t->count, t->matched);
	}
	judge_value(j, "planned", planned);
	judge_value(j, "matched", matched);
}

void project_mix(struct judge *j)
{
	const char *relation = judge_param(j, "relation", "households");
	const json_t *list = json_object_get(json_object_get(j->input, "related"), relation);
	const json_t *surplus = json_object_get(json_object_get(j->input, "params"), "surplus");
	struct house_types types;
	bool have = house_types_read(j, judge_case(j, "house_types"), "case.house_types", &types);
	if (!json_is_array(list) || json_array_size(list) == 0) {
		judge_refuse(j, "项目 %s 尚无对接的搬迁户（related.%s）",
			"project %s has no matched households yet (related.%s)", judge_key(j),
			relation);
		return;
	}
	if (!have)
		return;
	size_t i;
	json_t *household;
	json_array_foreach((json_t *)list, i, household) {
		mix_household(j, household, &types);
	}
	mix_counts(j, &types, json_is_integer(surplus) ? json_integer_value(surplus) : 0);
}
