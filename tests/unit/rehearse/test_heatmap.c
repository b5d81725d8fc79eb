#include "rehearse/heatmap.h"

#include "../support.h"
#include "base/json.h"
#include "base/timestamp.h"

static const char notice[] =
	"{\"year\":2017,\"status\":\"announced\",\"source\":{\"title\":{\"zh\":\"通知\",\"en\":"
	"\"notice\"},\"number\":\"1\",\"issued\":\"2016-12-01\"},\"holidays\":[{\"name\":{\"zh\":"
	"\"国庆节、中秋节\",\"en\":\"National Day\"},\"from\":\"2017-10-01\",\"to\":"
	"\"2017-10-08\"}],\"workdays\":[\"2017-09-30\"]}";

struct year {
	uint32_t counts[366 * 2];
	struct calendar *calendar;
	struct heatmap map;
};

static void set_up(struct year *y, int first, int last)
{
	anju_error err = {0};
	*y = (struct year){.calendar = calendar_new()};
	ANJU_AUTO_JSON *doc = json_loads(notice, 0, NULL);
	assert_ok(calendar_add_year(y->calendar, doc, "2017", &err), err);
	y->map = (struct heatmap){.first_year = first,
		.last_year = last,
		.from = civil_to_days(first, 1, 1),
		.to = civil_to_days(last, 12, 31),
		.counts = y->counts,
		.calendar = y->calendar,
		.title = ""};
	cr_assert_leq(heatmap_days(first, last), sizeof y->counts / sizeof y->counts[0]);
}

static void on(struct year *y, int year, int month, int day, uint32_t count)
{
	y->counts[civil_to_days(year, month, day) - civil_to_days(y->map.first_year, 1, 1)] = count;
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
		n++;
	return n;
}

#define has(text, what) cr_assert(strstr(text, what) != NULL, "%s not in: %s", what, text)

ANJU_TEST(heatmap, years_have_their_days)
{
	cr_assert_eq(heatmap_days(2017, 2017), 365);
	cr_assert_eq(heatmap_days(2020, 2020), 366);
	cr_assert_eq(heatmap_days(2017, 2020), 1461);
}

ANJU_TEST(heatmap, levels_part_the_days_and_not_the_range)
{
	struct year y;
	uint32_t levels[HEATMAP_LEVELS];
	set_up(&y, 2017, 2017);
	heatmap_levels(&y.map, levels);
	cr_assert_eq(levels[0], UINT32_MAX);
	/* ten days, two a level, however far the last is away */
	for (uint32_t i = 0; i < 10; i++)
		y.counts[i * 3] = i < 9 ? i + 1 : 100000;
	heatmap_levels(&y.map, levels);
	const uint32_t want[] = {1, 3, 5, 7, 9};
	for (int i = 0; i < HEATMAP_LEVELS; i++)
		cr_assert_eq(levels[i], want[i], "level %d: %u", i, (unsigned)levels[i]);
	calendar_free(y.calendar);
}

ANJU_TEST(heatmap, equal_days_share_a_level_and_the_others_part_the_rest)
{
	struct year y;
	uint32_t levels[HEATMAP_LEVELS];
	set_up(&y, 2017, 2017);
	for (int i = 0; i < 24; i++)
		y.counts[i] = 2;
	y.counts[30] = 178;
	y.counts[31] = 24;
	heatmap_levels(&y.map, levels);
	cr_assert_eq(levels[0], 2);
	cr_assert_eq(levels[1], 24);
	cr_assert_eq(levels[2], 178);
	cr_assert_eq(levels[3], UINT32_MAX);
	calendar_free(y.calendar);
}

ANJU_TEST(heatmap, days_outside_of_the_span_do_not_count)
{
	struct year y;
	uint32_t levels[HEATMAP_LEVELS];
	ANJU_AUTO_BUF out = BUF_INIT;
	set_up(&y, 2017, 2017);
	on(&y, 2017, 3, 1, 9);
	on(&y, 2017, 9, 1, 4);
	y.map.from = civil_to_days(2017, 8, 16);
	heatmap_levels(&y.map, levels);
	cr_assert_eq(levels[0], 4);
	cr_assert_eq(levels[1], UINT32_MAX);
	heatmap_svg(&y.map, LANG_EN, &out);
	cr_assert(strstr(out.data, "2017-03-01") == NULL);
	/* 1 January to 15 August */
	cr_assert_eq(times(out.data, "class=\"o\""), 227);
	has(out.data, "<desc id=\"d\">2017-08-16 to 2017-12-31, 4 due</desc>");
	calendar_free(y.calendar);
}

ANJU_TEST(heatmap, each_day_says_what_it_is)
{
	struct year y;
	ANJU_AUTO_BUF en = BUF_INIT, zh = BUF_INIT;
	set_up(&y, 2017, 2018);
	on(&y, 2017, 8, 31, 1900);
	on(&y, 2017, 10, 3, 2);
	heatmap_svg(&y.map, LANG_EN, &en);
	heatmap_svg(&y.map, LANG_ZH, &zh);
	has(en.data, "<title>2017-08-31 Thursday: 1900 due</title>");
	has(en.data, "<title>2017-10-03 Tuesday (National Day): 2 due</title>");
	has(en.data, "<title>2017-09-30 Saturday (make-up working day): nothing due</title>");
	has(zh.data, "<title>2017-10-03 星期二（国庆节、中秋节）：到期 2 件</title>");
	has(zh.data, "<title>2017-09-30 星期六（调休上班）：无</title>");
	/* the second year has no notice: hatched, and said; the legend has a sample of it */
	cr_assert_eq(times(en.data, "class=\"p\""), 2);
	has(en.data, "0 due; holidays not announced, weekends only");
	/* eight holidays and one in the legend, one make-up day and one in the legend */
	cr_assert_eq(times(en.data, "class=\"h\""), 9);
	cr_assert_eq(times(en.data, "class=\"w\""), 2);
	cr_assert_eq(times(en.data, "<title>20"), 365 + 365);
	calendar_free(y.calendar);
}

ANJU_TEST(heatmap, a_leap_year_that_begins_on_a_sunday_fits)
{
	struct year y;
	ANJU_AUTO_BUF out = BUF_INIT;
	set_up(&y, 2012, 2012); /* 54 weeks are touched */
	heatmap_svg(&y.map, LANG_EN, &out);
	/* the last day, a Monday, is in column 53, counted from 0 */
	has(out.data, "<title>2012-12-31 Monday: nothing due</title><rect class=\"l0\" x=\"806\"");
	has(out.data, "width=\"836\"");
	has(out.data, "<title>2012-02-29 Wednesday");
	calendar_free(y.calendar);
}

ANJU_TEST(heatmap, names_are_escaped_and_bytes_repeat)
{
	struct year y;
	ANJU_AUTO_BUF one = BUF_INIT, two = BUF_INIT;
	set_up(&y, 2017, 2017);
	y.map.title = "A <b> & \"C\" 'd'\n";
	heatmap_svg(&y.map, LANG_EN, &one);
	heatmap_svg(&y.map, LANG_EN, &two);
	has(one.data, "A &lt;b&gt; &amp; &quot;C&quot; &#39;d&#39; </title>");
	cr_assert_str_eq(one.data, two.data);
	calendar_free(y.calendar);
}
