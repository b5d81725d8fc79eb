#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "days.h"
#include "random.h"

enum { STREAM_HOUSEHOLD = 1, STREAM_SIZES, STREAM_FAULTS };

/* 25 m² for each person, or less (BJ-R-01) */
const struct house_type house_types[HOUSE_TYPES] = {
	{"A25", 1, 1, 2500},
	{"B50", 2, 2, 5000},
	{"C75", 3, 3, 7500},
	{"D100", 4, 4, 10000},
	{"E120", 5, 6, 12000},
};
const char *const mode_names[] = {"集中", "分散", "存量商品房"};
const char *const tranche_names[] = {"国家", "省级"};

static const char *const town_names[TOWNS_MAX] = {
	"城关", "虢王", "彪角", "横水", "田家庄", "糜杆桥", "南指挥", "陈村", "柳林"};
static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "周", "吴", "徐",
	"孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许",
	"韩", "冯", "邓", "曹", "彭", "曾", "萧", "田", "董", "袁", "潘", "于", "蒋", "蔡", "余"};
static const char *const given[] = {"安", "平", "和", "顺", "福", "宝", "银", "金", "玉", "兰",
	"花", "芳", "秀", "英", "军", "民", "建", "国", "明", "亮", "春", "夏", "秋", "冬", "山",
	"川", "河", "田", "林", "森", "石", "岩", "云", "雨", "雪", "霞", "虎", "龙", "凤", "燕",
	"强", "勇", "志", "远", "高", "长", "永", "新", "文", "武"};
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/* Which task each site belongs to; with fewer sites the same order is thinned out. */
static const struct {
	enum tranche tranche;
	int year;
	int32_t month, day; /* of the move-in limit */
	int limit_year;
} tasks[SITES_MAX] = {
	{TRANCHE_NATIONAL, 2016, 10, 31, 2017},
	{TRANCHE_NATIONAL, 2016, 10, 31, 2017},
	{TRANCHE_NATIONAL, 2016, 10, 31, 2017},
	{TRANCHE_PROVINCIAL, 2016, 12, 31, 2017},
	{TRANCHE_NATIONAL, 2017, 6, 30, 2018},
	{TRANCHE_NATIONAL, 2017, 6, 30, 2018},
	{TRANCHE_NATIONAL, 2017, 6, 30, 2018},
	{TRANCHE_NATIONAL, 2017, 6, 30, 2018},
	{TRANCHE_NATIONAL, 2017, 6, 30, 2018},
	{TRANCHE_PROVINCIAL, 2017, 12, 31, 2018},
	{TRANCHE_PROVINCIAL, 2017, 12, 31, 2018},
	{TRANCHE_PROVINCIAL, 2017, 12, 31, 2018},
	{TRANCHE_NATIONAL, 2018, 6, 30, 2019},
	{TRANCHE_NATIONAL, 2018, 6, 30, 2019},
};

const char *town_code(int town, char out[CODE_MAX])
{
	snprintf(out, CODE_MAX, COUNTY "%03d.town", 101 + town);
	return out;
}

const char *village_code(int town, int village, char out[CODE_MAX])
{
	snprintf(out, CODE_MAX, COUNTY "%03d%03d.village", 101 + town, 201 + village);
	return out;
}

char *hundredths(int v, char *out)
{
	snprintf(out, 16, "%d.%02d", v / 100, v % 100);
	return out;
}

int house_type_for(int persons)
{
	for (int i = 0; i < HOUSE_TYPES; i++) {
		if (persons <= house_types[i].persons_max)
			return i;
	}
	return HOUSE_TYPES - 1;
}

static int32_t limit_of(enum tranche tranche, int year)
{
	for (int i = 0; i < SITES_MAX; i++) {
		if (tasks[i].tranche == tranche && tasks[i].year == year)
			return day_of(tasks[i].limit_year, tasks[i].month, tasks[i].day);
	}
	return day_of(2019, 12, 31);
}

static void make_sites(struct world *w)
{
	static const char *const locations[] = {
		"town", "industrial_park", "central_village", "scenic_area"};
	static const char *const sizes[] = {"medium", "large", "small"};
	for (int i = 0; i < w->options.sites; i++) {
		int task = i * SITES_MAX / w->options.sites;
		struct site *s = &w->sites[i];
		snprintf(s->key, sizeof s->key, COUNTY "-S%02d", i + 1);
		snprintf(s->builder, sizeof s->builder, COUNTY ".builder.%02d", i + 1);
		s->town = i % w->options.towns;
		snprintf(s->name, sizeof s->name, "%s镇%s安置点", town_names[s->town],
			i < w->options.towns ? "一号" : "二号");
		s->tranche = tasks[task].tranche;
		s->year = tasks[task].year;
		s->location = locations[i % COUNT(locations)];
		s->size = sizes[i % COUNT(sizes)];
		s->limit = limit_of(s->tranche, s->year);
		/* the third of a task is late, the first provincial ones of 2017 must start at once */
		s->late = i % 3 == 2;
		s->hurried = s->tranche == TRANCHE_PROVINCIAL && s->year == 2017 && !s->late;
	}
}

/* GB 11643 check digit; region 990322 belongs to nobody. */
static void make_id(struct random *r, char out[20])
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	snprintf(out, 20, "990322%04d%02d%02d%03d", random_between(r, 1938, 1995),
		random_between(r, 1, 12), random_between(r, 1, 28), random_between(r, 1, 999));
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (out[i] - '0') * weights[i];
	out[17] = "10X98765432"[sum % 11];
	out[18] = '\0';
}

static void make_name(struct random *r, char *out, size_t size)
{
	const char *first = surnames[random_below(r, COUNT(surnames))];
	const char *a = given[random_below(r, COUNT(given))];
	const char *b = random_chance(r, 700) ? given[random_below(r, COUNT(given))] : "";
	snprintf(out, size, "%s%s%s", first, a, b);
}

static void place(struct world *w, struct household *h, struct random *r)
{
	int die = random_below(r, 100);
	h->mode = die < 75 ? MODE_CONCENTRATED : die < 90 ? MODE_SCATTERED : MODE_COMMODITY;
	h->site = -1;
	if (h->mode == MODE_CONCENTRATED) {
		h->site = random_below(r, w->options.sites);
		const struct site *s = &w->sites[h->site];
		h->tranche = s->tranche;
		h->year = s->year;
		h->settlement_town = s->town;
		return;
	}
	die = random_below(r, 100);
	h->year = die < 30 ? 2016 : die < 82 ? 2017 : 2018;
	h->tranche =
		h->year < 2018 && random_chance(r, 300) ? TRANCHE_PROVINCIAL : TRANCHE_NATIONAL;
	h->settlement_town =
		h->mode == MODE_SCATTERED ? h->town : 0; /* flats are in the county town */
}

/* Now and then the roster itself is over a red line: the agreements then are refused at first. */
static void make_house(struct household *h, struct random *r)
{
	int most = h->persons * 2500;
	h->area_allowed = h->mode == MODE_CONCENTRATED
				  ? house_types[house_type_for(h->persons)].area
				  : most - random_below(r, 800);
	h->area = random_chance(r, 12) ? most + random_between(r, 1, 900) : h->area_allowed;
	h->self_raised_allowed = (int64_t)h->persons * random_between(r, 800, 2500) * 100;
	h->self_raised = random_chance(r, 8)
				 ? (int64_t)h->persons * 250000 + random_between(r, 1, 90000)
				 : h->self_raised_allowed;
}

static void make_households(struct world *w)
{
	for (int i = 0; i < w->options.households; i++) {
		struct household *h = &w->households[i];
		struct random r = random_of(w->options.seed, STREAM_HOUSEHOLD, (uint32_t)i);
		h->no = i + 1;
		snprintf(h->key, sizeof h->key, COUNTY "-%04d", h->no);
		make_name(&r, h->name, sizeof h->name);
		make_id(&r, h->id);
		h->town = random_below(&r, w->options.towns);
		h->village = random_below(&r, VILLAGES);
		place(w, h, &r);
		make_house(h, &r);
		h->limit = limit_of(h->tranche, h->year);
		h->fault = -1;
		h->excluded = random_chance(&r, 4);
	}
}

/* Sizes as in poor villages, then moved up and down until the people add up. */
static void make_sizes(struct world *w)
{
	static const int typical[] = {1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 6};
	struct random r = random_of(w->options.seed, STREAM_SIZES, 0);
	int n = w->options.households, sum = 0;
	for (int i = 0; i < n; i++) {
		w->households[i].persons = typical[random_below(&r, COUNT(typical))];
		sum += w->households[i].persons;
	}
	while (sum != w->options.people) {
		struct household *h = &w->households[random_below(&r, n)];
		int step = sum < w->options.people ? 1 : -1;
		if (h->persons + step < 1 || h->persons + step > PERSONS_MAX)
			continue;
		h->persons += step;
		sum += step;
	}
}

static void plant_faults(struct world *w)
{
	struct random r = random_of(w->options.seed, STREAM_FAULTS, 0);
	for (int i = 0; i < w->options.faults;) {
		/* never the first row: a doubled key needs one before it */
		struct household *h =
			&w->households[random_between(&r, 1, w->options.households - 1)];
		/* and never two in a row, so that the row before is a good one */
		if (h->fault >= 0 || h[-1].fault >= 0 ||
			(h->no < w->options.households && h[1].fault >= 0))
			continue;
		h->fault = i++ % fault_kinds_len;
	}
}

static void count_houses(struct world *w)
{
	for (int i = 0; i < w->options.households; i++) {
		const struct household *h = &w->households[i];
		if (h->fault >= 0)
			continue;
		w->people_good += h->persons;
		if (h->site < 0 || h->excluded)
			continue;
		struct site *s = &w->sites[h->site];
		s->houses[house_type_for(h->persons)]++;
		s->houses_len++;
	}
	for (int i = 0; i < w->options.sites; i++) {
		struct site *s = &w->sites[i];
		memcpy(s->planned, s->houses, sizeof s->planned);
		/* two sites were planned before anybody asked who would come (BJ-X-02) */
		if (i % 7 == 4)
			s->planned[2] += 2;
	}
}

static bool options_ok(const struct world_options *o)
{
	const struct {
		const char *name;
		int value, min, max;
	} limits[] = {
		{"--households", o->households, 1, 999999},
		{"--people", o->people, o->households, o->households * PERSONS_MAX},
		{"--sites", o->sites, 1, SITES_MAX},
		{"--towns", o->towns, 1, TOWNS_MAX},
		{"--faults", o->faults, 0, (o->households - 1) / 4},
	};
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		if (limits[i].value < limits[i].min || limits[i].value > limits[i].max) {
			fprintf(stderr, "anju-roster: %s %d: must be %d to %d\n", limits[i].name,
				limits[i].value, limits[i].min, limits[i].max);
			return false;
		}
	}
	return true;
}

struct world *world_make(const struct world_options *options)
{
	if (!options_ok(options))
		return NULL;
	ANJU_AUTO(world) w = calloc(1, sizeof *w);
	if (w != NULL)
		w->households = calloc((size_t)options->households, sizeof *w->households);
	if (w == NULL || w->households == NULL) {
		fprintf(stderr, "anju-roster: out of memory\n");
		return NULL;
	}
	w->options = *options;
	make_sites(w);
	make_sizes(w);
	make_households(w);
	plant_faults(w);
	count_houses(w);
	return ANJU_TAKE(w);
}

void world_free(struct world *world)
{
	if (world == NULL)
		return;
	free(world->households);
	free(world);
}
