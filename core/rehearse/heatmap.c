#include "rehearse/heatmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "base/xml.h"

#define CELL   12
#define STEP   14
#define LEFT   64
#define TOP    58
#define BLOCK  (7 * STEP + 34) /* a year with its months' names */
#define WIDTH  (LEFT + 54 * STEP + 16)
#define LEGEND 62

static const char *const shades[HEATMAP_LEVELS + 1] = {
	"#ebedf0", "#fee8c8", "#fdbb84", "#ef6548", "#b30000", "#5f0000"};

static const char *say(enum lang lang, const char *zh, const char *en)
{
	return lang == LANG_EN ? en : zh;
}

/* --- days --- */

/* 0 = Monday; 1970-01-01 was a Thursday. */
static int weekday(int32_t day)
{
	return (int)(((int64_t)day + 3) % 7 + 7) % 7;
}

static int32_t first_day(const struct heatmap *map)
{
	return civil_to_days(map->first_year, 1, 1);
}

size_t heatmap_days(int first_year, int last_year)
{
	return (size_t)(civil_to_days(last_year + 1, 1, 1) - civil_to_days(first_year, 1, 1));
}

static bool is_shown(const struct heatmap *map, int32_t day)
{
	return day >= map->from && day <= map->to;
}

static uint32_t count_of(const struct heatmap *map, int32_t day)
{
	return is_shown(map, day) ? map->counts[day - first_day(map)] : 0;
}

static int by_size(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void heatmap_levels(const struct heatmap *map, uint32_t ret[HEATMAP_LEVELS])
{
	size_t n = 0, all = heatmap_days(map->first_year, map->last_year);
	uint32_t *some = calloc(all + 1, sizeof *some);
	for (int i = 0; i < HEATMAP_LEVELS; i++)
		ret[i] = UINT32_MAX;
	if (some == NULL)
		return;
	for (size_t i = 0; i < all; i++) {
		uint32_t count = count_of(map, first_day(map) + (int32_t)i);
		if (count > 0)
			some[n++] = count;
	}
	qsort(some, n, sizeof *some, by_size);
	size_t at = 0;
	for (size_t level = 0; level < HEATMAP_LEVELS && at < n; level++) {
		size_t share = (n - at) / (HEATMAP_LEVELS - level);
		ret[level] = some[at];
		/* days that are alike stay together; what is left is parted anew */
		at += share > 0 ? share : 1;
		while (at < n && some[at] == some[at - 1])
			at++;
	}
	free(some);
}

static int level_of(const uint32_t levels[HEATMAP_LEVELS], uint32_t count)
{
	int level = 0;
	while (level < HEATMAP_LEVELS && count >= levels[level])
		level++;
	return count == 0 ? 0 : level;
}

/* --- words --- */

static const char *weekday_name(int weekday, enum lang lang)
{
	static const char *const zh[] = {
		"星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"};
	static const char *const en[] = {
		"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
	return say(lang, zh[weekday], en[weekday]);
}

static void add_month_name(struct buf *out, int month, enum lang lang)
{
	static const char *const en[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	if (lang == LANG_EN)
		buf_adds(out, en[month - 1]);
	else
		buf_addf(out, "%d月", month);
}

static bool is_make_up(const struct heatmap *map, int32_t day)
{
	return weekday(day) >= 5 && calendar_is_workday(map->calendar, day);
}

static void add_tip(struct buf *out, const struct heatmap *map, int32_t day, enum lang lang)
{
	char date[16];
	uint32_t count = count_of(map, day);
	const char *name = calendar_day_name(map->calendar, day, lang == LANG_EN);
	buf_addf(out, "<title>%s %s", date_format(day, date), weekday_name(weekday(day), lang));
	if (name[0] != '\0') {
		buf_adds(out, say(lang, "（", " ("));
		buf_add_xml(out, name);
		buf_adds(out, say(lang, "）", ")"));
	} else if (is_make_up(map, day)) {
		buf_adds(out, say(lang, "（调休上班）", " (make-up working day)"));
	}
	if (count > 0)
		buf_addf(out, lang == LANG_EN ? ": %u due" : "：到期 %u 件", (unsigned)count);
	else
		buf_adds(out, say(lang, "：无", ": nothing due"));
	buf_adds(out, "</title>");
}

/* --- drawing --- */

static void add_mark(struct buf *out, const struct heatmap *map, int32_t day, int x, int y)
{
	if (calendar_day_name(map->calendar, day, 0)[0] != '\0')
		buf_addf(out, "<circle class=\"h\" cx=\"%d\" cy=\"%d\" r=\"2.5\"/>", x + CELL / 2,
			y + CELL / 2);
	else if (is_make_up(map, day))
		buf_addf(out, "<path class=\"w\" d=\"M%d %dh5l-5 5z\"/>", x, y);
}

static void add_day(struct buf *out, const struct heatmap *map,
	const uint32_t levels[HEATMAP_LEVELS], int32_t day, int x, int y, enum lang lang)
{
	if (!is_shown(map, day)) {
		buf_addf(out, "<rect class=\"o\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
			x, y, CELL, CELL);
		return;
	}
	buf_adds(out, "<g>");
	add_tip(out, map, day, lang);
	buf_addf(out, "<rect class=\"l%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
		level_of(levels, count_of(map, day)), x, y, CELL, CELL);
	add_mark(out, map, day, x, y);
	buf_adds(out, "</g>\n");
}

static void add_weekdays(struct buf *out, int y, enum lang lang)
{
	static const char *const zh[] = {"一", "三", "五", "日"};
	static const char *const en[] = {"Mon", "Wed", "Fri", "Sun"};
	for (int i = 0; i < 4; i++)
		buf_addf(out, "<text class=\"s\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
			LEFT - 6, y + i * 2 * STEP + 10, say(lang, zh[i], en[i]));
}

static int64_t year_total(const struct heatmap *map, int year)
{
	int64_t total = 0;
	for (int32_t day = civil_to_days(year, 1, 1); day < civil_to_days(year + 1, 1, 1); day++)
		total += count_of(map, day);
	return total;
}

static void add_year_name(
	struct buf *out, const struct heatmap *map, int year, int y, enum lang lang)
{
	bool guess = calendar_year_status(map->calendar, year) == CALENDAR_PROVISIONAL;
	buf_addf(out, "<text class=\"y\" x=\"8\" y=\"%d\">%d</text>\n", y - 8, year);
	buf_addf(out, "<text class=\"s\" x=\"%d\" y=\"%d\" text-anchor=\"end\">", WIDTH - 16,
		y + 7 * STEP + 10);
	buf_addf(out, lang == LANG_EN ? "%lld due" : "到期 %lld 件",
		(long long)year_total(map, year));
	if (guess)
		buf_adds(out, say(lang, "；放假安排尚未公布，暂以周末计",
				      "; holidays not announced, weekends only"));
	buf_adds(out, "</text>\n");
}

static void add_year(struct buf *out, const struct heatmap *map,
	const uint32_t levels[HEATMAP_LEVELS], int year, int y, enum lang lang)
{
	int32_t first = civil_to_days(year, 1, 1), end = civil_to_days(year + 1, 1, 1);
	int lead = weekday(first), named = 0;
	buf_addf(out, "<g role=\"group\" aria-label=\"%d\">\n", year);
	add_year_name(out, map, year, y, lang);
	add_weekdays(out, y, lang);
	for (int32_t day = first; day < end; day++) {
		int place = lead + (int)(day - first), yy, month, dom;
		int x = LEFT + place / 7 * STEP;
		civil_from_days(day, &yy, &month, &dom);
		if (month != named) {
			buf_addf(out, "<text class=\"s\" x=\"%d\" y=\"%d\">",
				dom == 1 && place % 7 > 0 ? x + STEP : x, y - 8);
			add_month_name(out, month, lang);
			buf_adds(out, "</text>\n");
			named = month;
		}
		add_day(out, map, levels, day, x, y + place % 7 * STEP, lang);
	}
	if (calendar_year_status(map->calendar, year) == CALENDAR_PROVISIONAL)
		buf_addf(out, "<rect class=\"p\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
			LEFT, y, 54 * STEP, 7 * STEP);
	buf_adds(out, "</g>\n");
}

static void add_legend_text(struct buf *out, int x, int y, const char *text)
{
	buf_addf(out, "<text class=\"s\" x=\"%d\" y=\"%d\">%s</text>\n", x, y + 10, text);
}

static void add_shades(
	struct buf *out, const uint32_t levels[HEATMAP_LEVELS], int y, enum lang lang)
{
	int x = LEFT;
	add_legend_text(out, 8, y, say(lang, "每日", "a day"));
	for (int i = 0; i <= HEATMAP_LEVELS && (i == 0 || levels[i - 1] != UINT32_MAX); i++) {
		uint32_t from = i == 0 ? 0 : levels[i - 1];
		uint32_t next = i == HEATMAP_LEVELS ? UINT32_MAX : levels[i];
		buf_addf(out,
			"<rect class=\"l%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", i,
			x, y, CELL, CELL);
		buf_addf(out, "<text class=\"s\" x=\"%d\" y=\"%d\">", x + STEP + 2, y + 10);
		buf_addf(out, "%u", (unsigned)from);
		if (i > 0 && next == UINT32_MAX)
			buf_adds(out, "+");
		else if (i > 0 && next > from + 1)
			buf_addf(out, "–%u", (unsigned)(next - 1));
		buf_adds(out, "</text>\n");
		x += 96;
	}
}

static void add_legend(
	struct buf *out, const uint32_t levels[HEATMAP_LEVELS], int y, enum lang lang)
{
	add_shades(out, levels, y, lang);
	y += 22;
	buf_addf(out, "<circle class=\"h\" cx=\"%d\" cy=\"%d\" r=\"2.5\"/>\n", LEFT + CELL / 2,
		y + CELL / 2);
	add_legend_text(out, LEFT + STEP + 2, y, say(lang, "放假", "holiday"));
	buf_addf(out, "<path class=\"w\" d=\"M%d %dh5l-5 5z\"/>\n", LEFT + 96, y + 3);
	add_legend_text(out, LEFT + 96 + STEP + 2, y, say(lang, "调休上班", "make-up working day"));
	buf_addf(out, "<rect class=\"p\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		LEFT + 288, y, CELL, CELL);
	add_legend_text(out, LEFT + 288 + STEP + 2, y,
		say(lang, "放假安排尚未公布的年份", "a year whose holidays are not announced"));
}

static void add_style(struct buf *out)
{
	buf_adds(out,
		"<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
		"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<path d=\"M0 0v6\" stroke=\"#5b7083\" stroke-width=\"1\"/></pattern></defs>\n"
		"<style>text{font-family:\"Noto Sans CJK SC\",\"Noto Sans SC\",sans-serif;"
		"fill:#24292f}.t{font-size:16px;font-weight:600}.y{font-size:13px;"
		"font-weight:600}.s{font-size:10px}");
	for (int i = 0; i <= HEATMAP_LEVELS; i++)
		buf_addf(out, ".l%d{fill:%s}", i, shades[i]);
	buf_adds(out, ".o{fill:none;stroke:#d8dee4;stroke-width:.5}"
		      ".h{fill:#0a7d33;stroke:#fff;stroke-width:.8}"
		      ".w{fill:#0550ae;stroke:#fff;stroke-width:.5}"
		      ".p{fill:url(#hatch);fill-opacity:.35;pointer-events:none}</style>\n");
}

static void add_title(struct buf *out, const struct heatmap *map, enum lang lang)
{
	buf_adds(out, say(lang, "每日到期事项", "Deadlines due on each day"));
	if (map->title[0] != '\0') {
		buf_adds(out, say(lang, "：", ": "));
		buf_add_xml(out, map->title);
	}
}

static void add_summary(struct buf *out, const struct heatmap *map, enum lang lang)
{
	char from[16], to[16];
	int64_t total = 0;
	for (int year = map->first_year; year <= map->last_year; year++)
		total += year_total(map, year);
	buf_addf(out, lang == LANG_EN ? "%s to %s, %lld due" : "%s 至 %s，到期 %lld 件",
		date_format(map->from, from), date_format(map->to, to), (long long)total);
}

void heatmap_svg(const struct heatmap *map, enum lang lang, struct buf *out)
{
	uint32_t levels[HEATMAP_LEVELS];
	int years = map->last_year - map->first_year + 1;
	int height = TOP + 20 + years * BLOCK + LEGEND;
	heatmap_levels(map, levels);
	buf_addf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t d\" lang=\"%s\">\n"
		"<title id=\"t\">",
		WIDTH, height, WIDTH, height, lang == LANG_EN ? "en" : "zh-CN");
	add_title(out, map, lang);
	buf_adds(out, "</title>\n<desc id=\"d\">");
	add_summary(out, map, lang);
	buf_adds(out, "</desc>\n");
	add_style(out);
	buf_addf(out,
		"<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<text class=\"t\" x=\"8\" "
		"y=\"24\">",
		WIDTH, height);
	add_title(out, map, lang);
	buf_adds(out, "</text>\n<text class=\"s\" x=\"8\" y=\"42\">");
	add_summary(out, map, lang);
	buf_adds(out, "</text>\n");
	for (int i = 0; i < years; i++)
		add_year(out, map, levels, map->first_year + i, TOP + 20 + i * BLOCK, lang);
	add_legend(out, levels, TOP + 20 + years * BLOCK, lang);
	buf_adds(out, "</svg>\n");
}
