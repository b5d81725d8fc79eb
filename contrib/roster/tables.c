/* The roster as a clerk would send it: one line a household, some of them wrong. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "days.h"
#include "world.h"

enum column {
	KEY,
	NAME,
	ID,
	PERSONS,
	POOR,
	TOWN,
	VILLAGE,
	TRANCHE,
	YEAR,
	SETTLEMENT,
	MODE,
	SITE,
	AREA,
	MONEY,
	LIMIT,
	COLUMNS
};
static const char *const headers[COLUMNS] = {"户编号", "户主姓名", "身份证号", "家庭人口",
	"建档立卡", "户籍镇", "户籍村", "计划来源", "计划年度", "安置镇", "安置方式", "安置点",
	"建筑面积", "自筹资金(分)", "入住时限"};

/* What a fault does: another text in one column, or the line as a whole made wrong. */
enum { LINE_SHORT = -1, LINE_LONG = -2 };
static const struct {
	const char *name;
	int column;
	const char *text;
} faults[] = {
	{"missing_name", NAME, ""},
	{"id_length", ID, "99032219600101001"},
	{"id_letters", ID, "9903221960O1010018"},
	{"unknown_town", TOWN, COUNTY "199.town"},
	{"unknown_village", VILLAGE, COUNTY "101299.village"},
	{"persons_zero", PERSONS, "0"},
	{"persons_words", PERSONS, "三人"},
	{"persons_too_many", PERSONS, "43"},
	{"area_negative", AREA, "-75.00"},
	{"area_scale", AREA, "75.125"},
	{"area_unit", AREA, "75平方米"},
	{"money_negative", MONEY, "-100"},
	{"money_words", MONEY, "2500元"},
	{"date_impossible", LIMIT, "2018-06-31"},
	{"date_form", LIMIT, "2018.6.30"},
	{"key_doubled", KEY, NULL},
	{"key_form", KEY, "凤翔-12"},
	{"key_missing", KEY, ""},
	{"unknown_site", SITE, COUNTY "-S99"},
	{"plan_year", YEAR, "2025"},
	{"tranche_word", TRANCHE, "city"},
	{"mode_word", MODE, "楼房"},
	{"poor_word", POOR, "也许"},
	{"utf8_broken", NAME, "\xe7\x8e\x8b\xe5\xae"},
	{"name_too_long", NAME,
		"王安平王安平王安平王安平王安平王安平王安平王安平王安平王安平王安平王安平王安平王安"
		"平"},
	{"columns_missing", LINE_SHORT, NULL},
	{"columns_extra", LINE_LONG, NULL},
	{"unknown_settlement_town", SETTLEMENT, "610323101.town"},
};
const int fault_kinds_len = (int)(sizeof faults / sizeof faults[0]);

static const char *fault_column(int fault)
{
	return faults[fault].column >= 0 ? headers[faults[fault].column] : "";
}

static bool save(const char *dir, const char *name, const struct buf *text)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	buf_addf(&path, "%s/%s", dir, name);
	if (path.failed || text->failed) {
		fprintf(stderr, "anju-roster: out of memory\n");
		return false;
	}
	FILE *f = fopen(path.data, "wb");
	bool ok = f != NULL && fwrite(text->data, 1, text->len, f) == text->len;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	if (!ok)
		fprintf(stderr, "anju-roster: writing %s: %s\n", path.data, strerror(errno));
	return ok;
}

static void add_house_types(struct buf *out, const int *planned)
{
	char area[16];
	bool any = false;
	for (int i = 0; i < HOUSE_TYPES; i++) {
		if (planned[i] == 0)
			continue;
		const struct house_type *t = &house_types[i];
		buf_addf(out, "%s%s:%d-%d:%s:%d", any ? ";" : "", t->name, t->persons_min,
			t->persons_max, hundredths(t->area, area), planned[i]);
		any = true;
	}
}

static void write_sites(const struct world *w, struct buf *out)
{
	char code[CODE_MAX], date[16];
	buf_adds(out, "安置点编号,安置点名称,所在镇,建设单位,依托类型,规模,计划来源,计划年度,"
		      "户型计划,单人户安置办法,入住时限,合同价(分)\n");
	for (int i = 0; i < w->options.sites; i++) {
		const struct site *s = &w->sites[i];
		buf_addf(out, "%s,%s,%s,%s,%s,%s,%s,%d,", s->key, s->name, town_code(s->town, code),
			s->builder, s->location, s->size, tranche_names[s->tranche], s->year);
		add_house_types(out, s->planned);
		buf_addf(out, ",%s,%s,%lld\n", i % 2 == 0 ? "公寓式单人间" : "与幸福院共建",
			day_text(s->limit, date), (long long)s->houses_len * 12500000);
	}
}

struct row {
	char text[COLUMNS][160];
};

static void fill_row(const struct world *w, const struct household *h, struct row *row)
{
	memset(row, 0, sizeof *row);
	snprintf(row->text[KEY], sizeof row->text[0], "%s", h->key);
	snprintf(row->text[NAME], sizeof row->text[0], "%s", h->name);
	snprintf(row->text[ID], sizeof row->text[0], "%s", h->id);
	snprintf(row->text[PERSONS], sizeof row->text[0], "%d", h->persons);
	snprintf(row->text[POOR], sizeof row->text[0], "是");
	(void)town_code(h->town, row->text[TOWN]);
	(void)village_code(h->town, h->village, row->text[VILLAGE]);
	snprintf(row->text[TRANCHE], sizeof row->text[0], "%s", tranche_names[h->tranche]);
	snprintf(row->text[YEAR], sizeof row->text[0], "%d", h->year);
	(void)town_code(h->settlement_town, row->text[SETTLEMENT]);
	snprintf(row->text[MODE], sizeof row->text[0], "%s", mode_names[h->mode]);
	if (h->site >= 0)
		snprintf(row->text[SITE], sizeof row->text[0], "%s", w->sites[h->site].key);
	(void)hundredths(h->area, row->text[AREA]);
	snprintf(row->text[MONEY], sizeof row->text[0], "%lld", (long long)h->self_raised);
	(void)day_text(h->limit, row->text[LIMIT]);
}

static void spoil_row(const struct household *h, struct row *row, int *columns)
{
	int column = faults[h->fault].column;
	if (column == LINE_SHORT)
		*columns = COLUMNS - 2;
	else if (column == LINE_LONG)
		*columns = COLUMNS + 1;
	else if (faults[h->fault].text != NULL)
		snprintf(row->text[column], sizeof row->text[0], "%s", faults[h->fault].text);
	else /* the key of the row before */
		snprintf(row->text[column], sizeof row->text[0], "%s", h[-1].key);
}

static void write_roster(const struct world *w, struct buf *out)
{
	for (int i = 0; i < COLUMNS; i++)
		buf_addf(out, "%s%s", i > 0 ? "," : "", headers[i]);
	buf_addc(out, '\n');
	for (int i = 0; i < w->options.households; i++) {
		const struct household *h = &w->households[i];
		struct row row;
		int columns = COLUMNS;
		fill_row(w, h, &row);
		if (h->fault >= 0)
			spoil_row(h, &row, &columns);
		for (int c = 0; c < columns; c++)
			buf_addf(out, "%s%s", c > 0 ? "," : "", c < COLUMNS ? row.text[c] : "多余");
		buf_addc(out, '\n');
	}
}

static void write_faults(const struct world *w, struct buf *out)
{
	const struct world_options *o = &w->options;
	buf_addf(out,
		"{\n  \"seed\": %llu, \"rows\": %d, \"good\": %d, \"people\": %d, \"people_good\": "
		"%d, \"sites\": %d,\n  \"faults\": [",
		(unsigned long long)o->seed, o->households, o->households - o->faults, o->people,
		w->people_good, o->sites);
	bool any = false;
	for (int i = 0; i < o->households; i++) {
		int fault = w->households[i].fault;
		if (fault < 0)
			continue;
		/* line 1 is the header */
		buf_addf(out, "%s\n    {\"line\": %d, \"column\": \"%s\", \"kind\": \"%s\"}",
			any ? "," : "", i + 2, fault_column(fault), faults[fault].name);
		any = true;
	}
	buf_adds(out, "]\n}\n");
}

bool tables_write(const struct world *world, const char *dir)
{
	ANJU_AUTO_BUF sites = BUF_INIT, roster = BUF_INIT, list = BUF_INIT;
	write_sites(world, &sites);
	write_roster(world, &roster);
	write_faults(world, &list);
	return save(dir, "sites.csv", &sites) && save(dir, "roster.csv", &roster) &&
	       save(dir, "faults.json", &list);
}
