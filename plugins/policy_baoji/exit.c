#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "functions.h"

static const struct named keys_on = {"keys_on", "领钥匙日期", "day of the keys"};
static const struct named occupied_on = {"occupied_on", "实际入住日期", "day of moving in"};

/** Keys are not moving in: say which of the two is known. */
static void not_determined(struct judge *j, const char *keys)
{
	if (keys != NULL)
		judge_refuse(j, "入住未经县国土部门认定：户 %s 已于 %s 领取钥匙，但未见实际入住",
			"occupancy not determined by land@county: household %s has a key since %s "
			"but was not seen living in",
			judge_key(j), keys);
	else
		judge_refuse(j, "入住未经县国土部门认定：户 %s 未见实际入住",
			"occupancy not determined by land@county: household %s was not seen living "
			"in",
			judge_key(j));
}

void occupancy(struct judge *j)
{
	const char *keys, *moved;
	char today[11];
	bool have = judge_date(j, &keys_on, false, &keys);
	have = judge_date(j, &occupied_on, false, &moved) && have;
	have = judge_today(j, today) && have;
	if (!have)
		return;
	/* a workflow that records the finding apart from the day must say yes there too */
	bool denied = judge_has(j, "occupancy_checked") &&
		      !json_is_true(judge_case(j, "occupancy_checked"));
	if (moved == NULL || denied) {
		not_determined(j, keys);
		return;
	}
	if (strcmp(moved, today) > 0)
		judge_refuse(j, "户 %s 的实际入住日期 %s 晚于 %s",
			"household %s: the day of moving in, %s, lies after %s", judge_key(j),
			moved, today);
	const char *mode = json_string_value(judge_case(j, "settlement_mode"));
	/* BJ-X-08: whoever lives in a settlement project stands on its key list */
	if (keys == NULL && mode != NULL && strcmp(mode, "concentrated") == 0)
		judge_refuse(j, "户 %s 为集中安置，不在交钥匙名单上（case.keys_on）",
			"household %s lives in a project but is not on its key list (case.keys_on)",
			judge_key(j));
	if (keys != NULL && strcmp(moved, keys) < 0)
		judge_refuse(j, "户 %s 的实际入住日期 %s 早于领钥匙日期 %s",
			"household %s: the day of moving in, %s, lies before that of the keys, %s",
			judge_key(j), moved, keys);
}

/** BJ-R-32: at least one measure, and each says something. */
static void judge_measures(struct judge *j)
{
	const json_t *list = judge_case(j, "measures");
	size_t i, said = 0;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		const char *s = json_string_value(v);
		if (s != NULL && s[strspn(s, " \t\r\n")] != '\0')
			said++;
	}
	judge_value(j, "measures", json_integer((json_int_t)said));
	if (said == 0 || said < json_array_size(list))
		judge_refuse(j, "户 %s 没有具体的帮扶措施（case.measures）",
			"household %s has no concrete measure of support (case.measures)",
			judge_key(j));
}

/** BJ-R-04: main labourers in stable work. */
static void judge_work(struct judge *j)
{
	static const struct named field = {
		"stable_workers", "稳定就业主要劳动力", "stably employed main labourers"};
	int64_t stable, min;
	bool have = judge_int(j, &field, 0, &stable);
	have = judge_rule_int(j, "stable_workers_min", "min", &min) && have;
	if (!have)
		return;
	if (stable < min)
		judge_refuse(j,
			"户 %1$s 稳定就业的主要劳动力 %2$" PRId64 " 人，至少 %3$" PRId64 " 人",
			"household %1$s has %2$" PRId64
			" main labourer(s) in stable work, at least %3$" PRId64 " needed",
			judge_key(j), stable, min);
	const json_t *main_workers = judge_case(j, "main_workers");
	if (json_is_integer(main_workers) && stable > json_integer_value(main_workers))
		judge_refuse(j,
			"户 %1$s 稳定就业 %2$" PRId64 " 人，多于主要劳动力 %3$" PRId64 " 人",
			"household %1$s counts %2$" PRId64 " in stable work but only %3$" PRId64
			" main labourer(s)",
			judge_key(j), stable, (int64_t)json_integer_value(main_workers));
}

/** The card of the household (脱贫明白卡, BJ-S-15) among the documents held. */
static void judge_card(struct judge *j)
{
	const char *kind = judge_param(j, "card", "exit_card");
	const json_t *docs = json_object_get(j->input, "docs");
	const json_t *held = json_object_get(docs, kind);
	if (held != NULL && !json_is_null(held) && !json_is_false(held))
		return;
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)docs, i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), kind) == 0)
			return;
	}
	judge_refuse(j, "户 %s 缺少明白卡（材料 %s）", "household %s holds no card (document %s)",
		judge_key(j), kind);
}

void exit_conditions(struct judge *j)
{
	occupancy(j);
	judge_measures(j);
	judge_work(j);
	judge_card(j);
}
