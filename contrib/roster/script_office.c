/* What offices do besides the households: registers, monthly reports, dated duties. */
#include <stdio.h>
#include <string.h>

#include "days.h"
#include "script.h"

#define LAND    COUNTY ".land"
#define DRC     COUNTY ".drc"
#define POVERTY COUNTY ".poverty"
#define CITY    "6103"

/* --- the name registers (BJ-L-05, BJ-L-06, BJ-D-02, BJ-D-03) --- */

static void register_of(struct script *s, int year)
{
	char key[32], data[96];
	int households = 0, persons = 0;
	for (int i = 0; i < s->world->options.households; i++) {
		const struct household *h = &s->world->households[i];
		if (h->fault >= 0 || h->year != year)
			continue;
		households++;
		persons += h->persons;
	}
	snprintf(key, sizeof key, COUNTY "-%d", year);
	struct thread t = thread_of(s, "name_register", key, 0);
	snprintf(data, sizeof data, "{\"county\":\"" POVERTY "\",\"plan_year\":%d}", year);
	ACT(&t, .as = POVERTY, .data = data);
	thread_wait(&t, year < 2018 ? day_of(2017, 8, 22) : day_of(2017, 10, 18));
	snprintf(data, sizeof data, "{\"households_listed\":%d,\"persons_listed\":%d}", households,
		persons);
	ACT(&t, .as = POVERTY, .event = "complete_entry", .data = data);
	thread_wait(&t, year < 2018 ? day_of(2017, 8, 23) : day_of(2017, 10, 27));
	if (year == 2016) /* one form is not enough (BJ-R-11) */
		ACT(&t, .as = POVERTY, .event = "deliver", .docs = "register.paper",
			.refused = true);
	ACT(&t, .as = POVERTY, .event = "deliver", .docs = "register.paper register.electronic");
	ACT(&t, .as = POVERTY, .event = "file_poverty", .docs = "receipt.poverty");
	ACT(&t, .as = LAND, .event = "file_land", .docs = "receipt.land");
	/* the DRC of 2018 is late */
	thread_wait(&t, year < 2018 ? day_after(t.now, 1) : day_of(2017, 11, 9));
	ACT(&t, .as = DRC, .event = "file_drc", .docs = "receipt.drc");
}

/* --- monthly reports (BJ-L-37, BJ-R-13) --- */

struct figures {
	int started, completed, keys, concentrated, other;
	int64_t invested;
};

static int64_t invested_by(const struct site *s, int32_t day)
{
	int64_t contract = (int64_t)s->houses_len * 12500000;
	if (s->started == 0 || day < s->started)
		return 0;
	if (s->completed != 0 && day >= s->completed)
		return contract;
	int64_t span = (s->completed != 0 ? s->completed : s->started + 300) - s->started;
	return span > 0 ? contract / 100 * (100 * (day - s->started) / span) : 0;
}

static struct figures figures_of(const struct world *w, int32_t day)
{
	struct figures f = {0};
	for (int i = 0; i < w->options.sites; i++) {
		const struct site *s = &w->sites[i];
		if (s->started != 0 && s->started <= day)
			f.started += s->houses_len;
		if (s->completed != 0 && s->completed <= day)
			f.completed += s->houses_len;
		f.invested += invested_by(s, day);
	}
	for (int i = 0; i < w->options.households; i++) {
		const struct household *h = &w->households[i];
		if (h->fault >= 0)
			continue;
		f.keys += h->keyed != 0 && h->keyed <= day;
		if (h->occupied == 0 || h->occupied > day)
			continue;
		f.concentrated += h->mode == MODE_CONCENTRATED;
		f.other += h->mode != MODE_CONCENTRATED;
	}
	return f;
}

#define FORMATS "report.national report.provincial"
static const char *const departments[] = {"land", "drc", "poverty"};

/* Three events of one name, in an order that changes from month to month. */
static void three(struct thread *t, const char *verb, const char *unit, const char *tail, int turn)
{
	for (int i = 0; i < 3; i++) {
		const char *d = departments[(i + turn) % 3];
		char event[64], as[64];
		snprintf(event, sizeof event, "%s_%s", verb, d);
		snprintf(as, sizeof as, "%s.%s%s", unit, d, tail);
		ACT(t, .as = as, .event = event);
	}
}

static void compile(struct thread *t, const struct figures *f)
{
	char data[128];
	snprintf(data, sizeof data,
		"{\"houses_started\":%d,\"houses_completed\":%d,\"invested_fen\":%lld}", f->started,
		f->completed, (long long)f->invested);
	ACT(t, .as = LAND, .event = "compile", .data = data, .docs = FORMATS);
}

static void countersign(struct thread *t, const struct figures *f, int turn)
{
	if (turn % 6 == 1) /* leaders sign after their departments */
		ACT(t, .as = COUNTY ".land.leader", .event = "leader_countersign_land",
			.refused = true);
	if (turn % 6 == 3) { /* two have signed, then a figure is changed: both are void */
		ACT(t, .as = DRC, .event = "countersign_drc");
		ACT(t, .as = POVERTY, .event = "countersign_poverty");
		ACT(t, .as = LAND, .event = "change_report", .why = "投资额统计有误");
		compile(t, f);
	}
	three(t, "countersign", COUNTY, "", turn);
}

static void to_the_province(struct thread *t, const struct figures *f, int turn)
{
	thread_wait(t, day_after(t->now, 1));
	three(t, "leader_countersign", COUNTY, ".leader", turn + 1);
	if (turn == 7) {
		ACT(t, .as = CITY ".drc", .event = "return_report", .why = "两种制式数据不一致");
		compile(t, f);
		three(t, "countersign", COUNTY, "", turn);
		three(t, "leader_countersign", COUNTY, ".leader", turn);
	}
	three(t, "city_review", CITY, "", turn);
	thread_wait(t, day_after(t->now, 1));
	three(t, "city_leader_countersign", CITY, ".leader", turn);
	three(t, "province_receive", "61", "", turn + 2);
}

static void lists(struct thread *t, const struct figures *f)
{
	char data[128];
	snprintf(data, sizeof data,
		"{\"keys_listed\":%d,\"occupied_concentrated\":%d,\"occupied_other\":%d}", f->keys,
		f->concentrated, f->other);
	ACT(t, .as = LAND, .event = "send_lists", .data = data, .docs = "list.keys list.occupancy");
	ACT(t, .as = POVERTY, .event = "review_lists");
}

static void monthly(struct script *s)
{
	int turn = 0;
	for (int32_t day = day_of(2017, 8, 26); day <= s->last; turn++) {
		char key[32], date[16];
		day_text(day, date);
		snprintf(key, sizeof key, COUNTY "-%.7s", date);
		struct figures f = figures_of(s->world, day);
		struct thread t = thread_of(s, "monthly_report", key, 20);
		/* two months are late */
		thread_wait(&t, turn == 5 || turn == 12 ? day + 9 : day);
		struct thread side = t;
		side.minute += 3;
		compile(&t, &f);
		countersign(&t, &f, turn);
		to_the_province(&t, &f, turn);
		lists(&side, &f);
		/* the same day of the next month */
		for (day++; strcmp(day_text(day, date) + 8, "26") != 0;)
			day++;
	}
}

/* --- dated duties (BJ-D-04 to BJ-D-13, BJ-D-19) --- */

static const struct {
	const char *name, *unit;
	int year, month, day; /* reported on */
	const char *result;
	bool returned; /* and reported again two months later */
} duties[] = {
	{"special-plan", COUNTY ".relocation", 2017, 9, 13, "专项规划已报备", false},
	{"supporting-policies", LAND, 2017, 10, 12, "三项配套政策已出台", false},
	{"national-2016-built", COUNTY ".government", 2017, 10, 30, "三个安置点建成两个", true},
	{"national-2016-occupied", COUNTY ".government", 2017, 10, 31, "部分群众尚未入住", true},
	{"national-2017-completed", COUNTY ".government", 2017, 12, 28, "多数安置点竣工", true},
	{"national-2017-occupied", COUNTY ".government", 2018, 6, 29, "绝大多数已入住", true},
	{"provincial-2016-completed", COUNTY ".government", 2017, 12, 11, "全部竣工", false},
	{"provincial-2016-occupied", COUNTY ".government", 2017, 12, 29, "入住率70%以上", false},
	{"provincial-2017-started", COUNTY ".government", 2017, 8, 31, "三个安置点开工两个", true},
	{"provincial-2017-completed", COUNTY ".government", 2017, 12, 29, "竣工率未达50%", true},
	{"provincial-2017-occupied", COUNTY ".government", 2018, 12, 27, "多数已入住", false},
};

static void duty(struct script *s, int i)
{
	char key[64], data[128];
	snprintf(key, sizeof key, "%s-" COUNTY, duties[i].name);
	struct thread t = thread_of(s, "duty", key, 40 + i);
	thread_wait(&t, day_of(duties[i].year, duties[i].month, duties[i].day));
	snprintf(data, sizeof data, "{\"result\":\"%s\"}", duties[i].result);
	if (i == 0)
		ACT(&t, .as = LAND, .event = "report", .data = data, .docs = "report.duty",
			.refused = true);
	ACT(&t, .as = duties[i].unit, .event = "report", .data = data, .docs = "report.duty");
	thread_wait(&t, day_after(t.now, 2));
	if (duties[i].returned) {
		ACT(&t, .as = CITY ".relocation", .event = "return", .why = "未完成,限期整改");
		thread_wait(&t, t.now + 60);
		ACT(&t, .as = duties[i].unit, .event = "report",
			.data = "{\"result\":\"已全部完成\"}", .docs = "report.duty");
		thread_wait(&t, day_after(t.now, 2));
	}
	ACT(&t, .as = CITY ".relocation", .event = "accept");
}

void offices_story(struct script *s)
{
	for (int year = 2016; year <= 2018; year++)
		register_of(s, year);
	monthly(s);
	for (int i = 0; i < (int)(sizeof duties / sizeof duties[0]); i++)
		duty(s, i);
}
