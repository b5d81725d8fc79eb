#include "graph/words.h"

#include <stdlib.h>

#include "kit.h"
#include "unit/support.h"

static char text[1024];

static const char *taken(struct buf *out)
{
	cr_assert(!out->failed);
	snprintf(text, sizeof text, "%s", out->data != NULL ? out->data : "");
	buf_done(out);
	return text;
}

static const char *in_words(const struct words *w, const char *s)
{
	struct buf out = BUF_INIT;
	words_expr(w, s, &out);
	return taken(&out);
}

typedef void (*say_cb)(const struct words *w, uint32_t transition, struct buf *out);

static const char *say(
	const struct words *w, say_cb cb, const char *state, const char *event, unsigned next)
{
	struct buf out = BUF_INIT;
	cb(w, kit_transition(w->wf, state, event) + next, &out);
	return taken(&out);
}

static const char *deadline(const struct words *w, size_t i)
{
	struct buf out = BUF_INIT;
	words_deadline(w, &w->wf->deadlines[i], &out);
	return taken(&out);
}

static struct words odd(struct pack_set *set, enum lang lang)
{
	return (struct words){.set = set, .wf = pack_set_workflow(set, "odd"), .lang = lang};
}

ANJU_TEST(graph_words, expressions_in_chinese)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words w = odd(set, LANG_ZH);
	cr_assert_str_eq(
		in_words(&w, "case.kind == 'b' && case.count >= 2"), "类别 = “乙类” 且 件数 ≥ 2");
	cr_assert_str_eq(in_words(&w, "case.filed_on != null || case.count == null"),
		"报送日期已填 或 件数未填");
	cr_assert_str_eq(in_words(&w, "rules.most.allows(case.count)"), "符合“最多<几>个”（件数）");
	cr_assert_str_eq(
		in_words(&w, "case.count <= rules.most.max * 2"), "件数 ≤ “最多<几>个” × 2");
	cr_assert_str_eq(in_words(&w, "In('side.b')"), "已到“侧乙”");
	cr_assert_str_eq(in_words(&w, "!(case.count > 3)"), "非（件数 > 3）");
	cr_assert_str_eq(in_words(&w, "related.peer.exists(p, p.phase == 'build')"),
		"同伴有（阶段 = “二”）");
	cr_assert_str_eq(in_words(&w, "related.peer.all(x, 'main.gone' in x.states)"),
		"同伴都（“了” 属于 所处状态）");
	cr_assert_str_eq(in_words(&w, "size(case.count) > 0"), "项数（件数） > 0");
	cr_assert_str_eq(in_words(&w, "'paper.one' in docs"), "“一号<件>” 属于 已有材料");
}

ANJU_TEST(graph_words, expressions_in_english)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words w = odd(set, LANG_EN);
	cr_assert_str_eq(in_words(&w, "case.kind == 'b' && case.count >= 2"),
		"Class = \"Class B\" and Pieces ≥ 2");
	cr_assert_str_eq(in_words(&w, "rules.most.allows(case.count)"),
		"within \"At most <so> many\" (Pieces)");
	cr_assert_str_eq(in_words(&w, "In('side.b')"), "in \"Side B\"");
}

ANJU_TEST(graph_words, expressions_that_are_not_known_stay)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words w = odd(set, LANG_ZH);
	cr_assert_str_eq(in_words(&w, "case.nothing + rules.none"), "nothing + “none”");
	cr_assert_str_eq(in_words(&w, "f(x, 'unended"), "f（x, “unended”");
	cr_assert_str_eq(in_words(&w, ")))"), "）））");
	cr_assert_str_eq(in_words(&w, "'it\\'s' \\"), "“it\\'s” \\");
	char deep[200];
	memset(deep, '(', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	(void)in_words(&w, deep);
}

ANJU_TEST(graph_words, who_acts)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words zh = odd(set, LANG_ZH), en = odd(set, LANG_EN);
	/* two offices of one kind and level: what their titles share; villages: only their level */
	cr_assert_str_eq(say(&zh, words_who, "main.first.a", "go", 0), "县国土资源局、村");
	cr_assert_str_eq(
		say(&en, words_who, "main.first.a", "go", 0), "County Bureau of Land, village");
	/* the only one of its kind; a reason */
	cr_assert_str_eq(
		say(&zh, words_who, "main.first", "jump", 0), "甲省国土资源厅（写明理由）");
	/* a unit that a field names */
	cr_assert_str_eq(say(&zh, words_who, "main.first.a", "go", 1), "丁镇人民政府（所在镇）");
	cr_assert_str_eq(say(&zh, words_who, "main.first.a", "stay", 0), "任何单位");
	cr_assert_str_eq(say(&zh, words_who, "side.a", "turn", 0), "系统（由其他流程或分支引起）");
	cr_assert_str_eq(say(&en, words_who, "main.first.b", "", 0), "by itself");
	cr_assert_str_eq(
		say(&zh, words_who, "main.first.a", "xstate.after.wait.odd.main.first.a", 0),
		"满 10 个工作日 自动");
	cr_assert_str_eq(
		say(&en, words_who, "main.first.a", "xstate.after.wait.odd.main.first.a", 0),
		"by itself, after 10 working days");
	cr_assert_str_eq(say(&en, words_who, "main.second.deep",
				 "xstate.done.state.odd.main.second.deep", 0),
		"by itself, once all below is done");
}

ANJU_TEST(graph_words, conditions_and_papers)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words zh = odd(set, LANG_ZH), en = odd(set, LANG_EN);
	cr_assert_str_eq(say(&zh, words_condition, "main.first", "jump", 0), "若 已到 支线 › 侧乙");
	cr_assert_str_eq(say(&en, words_condition, "main.first", "jump", 0), "if in Side › Side B");
	cr_assert_str_eq(say(&zh, words_condition, "main.first.a", "stay", 0), "");
	cr_assert_str_eq(say(&en, words_condition, "main.first.b", "", 0),
		"if in \"Side B\" or not (Pieces > 3)");
	struct buf out = BUF_INIT;
	words_needs(&zh, kit_transition(zh.wf, "main.first.a", "go"), false, &out);
	cr_assert_str_eq(taken(&out), "材料：一号<件>等 3 件");
	words_needs(&en, kit_transition(en.wf, "main.first.a", "go"), false, &out);
	cr_assert_str_eq(taken(&out), "papers: Paper <one> and 2 more");
	words_needs(&zh, kit_transition(zh.wf, "main.first.a", "go"), true, &out);
	cr_assert_str_eq(taken(&out), "材料：一号<件>、二号件、三号件");
}

ANJU_TEST(graph_words, refusals_stand_for_long_conditions)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	struct words w = {.set = set, .wf = pack_set_workflow(set, "household"), .lang = LANG_ZH};
	cr_assert_str_eq(
		say(&w, words_condition, "relocation.identify.annotated", "start_survey", 0),
		"否则：扶贫部门尚未送达正式名册，不能入户调查");
	cr_assert_str_eq(say(&w, words_who, "relocation.identify.approved", "annotate", 0),
		"户籍地镇（办）");
	cr_assert_str_eq(say(&w, words_who, "relocation.agree.survey", "finish_survey", 0),
		"凤翔县国土资源局");
}

ANJU_TEST(graph_words, deadlines)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words zh = odd(set, LANG_ZH), en = odd(set, LANG_EN);
	cr_assert_str_eq(deadline(&zh, 0), "及时<办>：10 个工作日内（县国土资源局）");
	cr_assert_str_eq(
		deadline(&en, 0), "In time <done>: within 10 working days (County Bureau of Land)");
	cr_assert_str_eq(deadline(&zh, 1),
		"按报送：自“报送日期”起 6 个月内 或 计划年度后第 2 年 3 月底（甲省国土资源厅）");
	cr_assert_str_eq(deadline(&en, 1),
		"By filing: within 6 months of \"Filed on\" or end of month 3 of the Plan year +2 "
		"(First Department of Land)");
	cr_assert_str_eq(deadline(&zh, 2), "按月：当月底 或 2 个月后的月底（县国土资源局）");
	cr_assert_str_eq(deadline(&en, 2), "Monthly: end of the month or end of the month, 2 "
					   "months on (County Bureau of Land)");
}

/* Every kind of due rule, in the order of the file. */
ANJU_TEST(graph_words, kinds_of_due_rules)
{
	static const char *const want[2][13] = {
		{"与“签协议”完成日同日", "2019-02-25前，不含当日，遇休息日提前", "2020-08",
			"2019，遇休息日顺延", "自“日期”起 1 个半月后的半月末",
			"自“签协议”到期日起 当季末", "自“日期”起 当年底", "2019 年春节前 15 天",
			"中秋节",
			"最早的：自“日期”起 6 个月内、2019-12、最晚的：按“日期”、自“日期”起 1 "
			"个月后的月底",
			"3 个工作日内，遇休息日顺延", "“适时”，待本地填定",
			"自“总期限”到期日起 3 个工作日内"},
		{"on the day of \"Sign\" being met",
			"2019-02-25, that day excluded, or the working day before", "2020-08",
			"2019, or the next working day",
			"end of the half month, 1 halves on, counted from \"Day\"",
			"end of the quarter, counted from the date of \"Sign\"",
			"end of the year, counted from \"Day\"",
			"15 days before Spring Festival 2019", "the Mid-Autumn Festival",
			"the earliest of within 6 months of \"Day\", 2019-12, the latest of by "
			"\"Day\", end of the "
			"month, 1 months on, counted from \"Day\"",
			"within 3 working days, or the next working day",
			"\"in due time\", to be filled in locally",
			"within 3 working days of the date of \"All\""}};
	ANJU_AUTO(pack_set) set = kit_whole();
	for (int lang = 0; lang < 2; lang++) {
		struct words w = {
			.set = set, .wf = pack_set_workflow(set, "whole"), .lang = (enum lang)lang};
		size_t i = 0;
		while (strcmp(w.wf->deadlines[i].name, "report") != 0)
			i++;
		ANJU_AUTO_BUF all = BUF_INIT;
		buf_adds(&all, lang == LANG_ZH ? "报告：" : "Report: ");
		for (size_t k = 0; k < 13; k++)
			buf_addf(&all, "%s%s",
				k == 0            ? ""
				: lang == LANG_ZH ? " 或 "
						  : " or ",
				want[lang][k]);
		cr_assert_str_eq(deadline(&w, i), all.data);
	}
}

ANJU_TEST(graph_words, where_it_begins)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	struct words w = odd(set, LANG_ZH);
	static const char *const initial[] = {"main.first", "main.first.a", "main.second.deep",
		"main.second.deep.x.o", "main.third.last", "side.a"};
	size_t n = 0;
	for (uint32_t i = 0; i < chart_state_count(w.wf->chart); i++) {
		if (!words_initial(&w, i))
			continue;
		bool known = false;
		for (size_t k = 0; k < sizeof initial / sizeof initial[0]; k++)
			known = known ||
				strcmp(initial[k], chart_state_at(w.wf->chart, i)->path) == 0;
		n++;
		cr_assert(known || strcmp(chart_state_at(w.wf->chart, i)->path,
					   "main.second.deep.y.o") == 0,
			"%s", chart_state_at(w.wf->chart, i)->path);
	}
	cr_assert_eq(n, 7);
}
