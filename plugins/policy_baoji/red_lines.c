#include <inttypes.h>
#include <stdio.h>

#include "area.h"
#include "functions.h"

bool read_persons(struct judge *j, int64_t *ret)
{
	static const struct named persons = {"persons", "家庭人口", "number of persons"};
	int64_t n;
	if (!judge_int(j, &persons, 1, &n))
		return false;
	if (n > MAX_PERSONS) {
		judge_refuse(j, "“家庭人口”（case.persons）为 %" PRId64 "，最多 %d",
			"number of persons (case.persons) is %" PRId64 ", at most %d", n,
			MAX_PERSONS);
		return false;
	}
	*ret = n;
	return true;
}

bool read_area_limit(struct judge *j, int64_t persons, int64_t *ret_bound, int64_t *ret_limit)
{
	int64_t bound;
	if (!judge_rule_area(j, "area_per_person_m2", "max", &bound))
		return false;
	char text[AREA_MAX_CHARS];
	*ret_bound = bound;
	*ret_limit = bound * persons; /* at most 10^12 × 10^3 */
	judge_value(j, "max_area_m2", json_string(area_format(*ret_limit, text)));
	return true;
}

void area_red_line(struct judge *j)
{
	static const struct named field = {"area_m2", "住房建筑面积", "floor area"};
	int64_t persons, area, bound, limit;
	bool have = read_persons(j, &persons);
	have = judge_area(j, &field, &area) && have;
	if (!have || !read_area_limit(j, persons, &bound, &limit) || area <= limit)
		return;
	char a[AREA_MAX_CHARS], l[AREA_MAX_CHARS], b[AREA_MAX_CHARS];
	judge_refuse(j,
		"户 %1$s 住房面积超过红线：%2$" PRId64 " 人 %3$s 平方米，最多 %4$s 平方米"
		"（人均 %5$s 平方米）",
		"household %1$s is over the floor area red line: %3$s m² for %2$" PRId64
		" person(s), at most %4$s m² (%5$s m² each)",
		judge_key(j), persons, area_format(area, a), area_format(limit, l),
		area_format(bound, b));
}

/** Fen as yuan, "2500.00". */
static char *yuan(int64_t fen, char out[AREA_MAX_CHARS])
{
	return area_format(fen, out);
}

void self_raised_red_line(struct judge *j)
{
	static const struct named field = {"self_raised_fen", "自筹资金", "self-raised money"};
	int64_t persons, fen, bound, limit;
	bool have = read_persons(j, &persons);
	have = judge_int(j, &field, 0, &fen) && have;
	if (!have || !judge_rule_int(j, "self_raised_per_person_fen", "max", &bound))
		return;
	if (__builtin_mul_overflow(bound, persons, &limit))
		limit = INT64_MAX;
	judge_value(j, "max_self_raised_fen", json_integer(limit));
	if (fen <= limit)
		return;
	char f[AREA_MAX_CHARS], l[AREA_MAX_CHARS], b[AREA_MAX_CHARS];
	judge_refuse(j,
		"户 %1$s 自筹资金超过底线：%2$" PRId64 " 人 %3$s 元，最多 %4$s 元（人均 %5$s 元）",
		"household %1$s is over the self-raised money line: %3$s yuan for %2$" PRId64
		" person(s), at most %4$s yuan (%5$s yuan each)",
		judge_key(j), persons, yuan(fen, f), yuan(limit, l), yuan(bound, b));
}

void red_lines(struct judge *j)
{
	area_red_line(j);
	/* a family without a proper number of persons is told so once */
	json_int_t persons = json_integer_value(judge_case(j, "persons"));
	if (persons >= 1 && persons <= MAX_PERSONS)
		self_raised_red_line(j);
}
