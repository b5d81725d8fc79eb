/* A settlement site from the choice of its ground to the day of the keys, and after. */
#include <stdio.h>
#include <string.h>

#include "days.h"
#include "script.h"

#define RELOCATION COUNTY ".relocation"
#define LAND       COUNTY ".land"
#define FINANCE    COUNTY ".finance"
#define GOVERNMENT COUNTY ".government"
#define SYSTEMS    "system.legal_person system.tendering system.supervision system.contract"
#define ARCHIVE    "archive.planning archive.approval archive.tender archive.works archive.accounts"

struct building {
	struct thread t;
	struct random r;
	struct site *s;
	int no;
};

static void plan_data(const struct site *s, char *out, size_t size)
{
	char area[16];
	size_t n = (size_t)snprintf(out, size, "{\"house_types\":[");
	bool any = false;
	for (int i = 0; i < HOUSE_TYPES && n < size; i++) {
		const struct house_type *t = &house_types[i];
		if (s->houses[i] == 0)
			continue;
		n += (size_t)snprintf(out + n, size - n, "%s\"%s:%d-%d:%s:%d\"", any ? "," : "",
			t->name, t->persons_min, t->persons_max, hundredths(t->area, area),
			s->houses[i]);
		any = true;
	}
	snprintf(out + n, n < size ? size - n : 0, "]}");
}

/* BJ-L-08, BJ-X-02: people before houses */
static void design(struct building *b)
{
	const struct site *s = b->s;
	char data[256];
	thread_wait(&b->t, day_after(b->t.script->first, 1));
	ACT(&b->t, .as = RELOCATION, .event = "fix_site", .docs = "assessment.site");
	thread_wait(&b->t, day_after(s->matched, 1));
	if (memcmp(s->planned, s->houses, sizeof s->planned) != 0) {
		ACT(&b->t, .as = LAND, .event = "fix_design", .docs = "design.plan",
			.refused = true);
		plan_data(s, data, sizeof data);
		ACT(&b->t, .as = LAND, .event = "adjust_plan", .data = data,
			.why = "按已对接户调整户型和套数");
	}
	ACT(&b->t, .as = LAND, .event = "fix_design", .docs = "design.plan");
}

/* BJ-L-13; the sites of 2016 were begun long before, their paper is entered now */
static void start(struct building *b)
{
	struct site *s = b->s;
	static const char parties[] = "{\"liable_parties\":[\"建设单位\",\"勘察单位\",\"设计单位\","
				      "\"施工单位\",\"监理单位\"]}";
	int32_t happened = 0;
	if (s->year == 2016)
		happened = day_of(2016, 10, 15) + b->no * 7;
	else if (s->year == 2018)
		thread_wait(&b->t, day_of(2018, 3, 12) + b->no);
	else if (s->hurried)
		thread_wait(&b->t, day_of(2017, 8, 31));
	else
		thread_wait(&b->t, day_after(b->t.now, 3 + b->no % 5));
	if (b->no % 5 == 1)
		ACT(&b->t, .as = s->builder, .event = "start", .data = parties, .docs = SYSTEMS,
			.refused = true);
	ACT(&b->t, .as = s->builder, .event = "start", .data = parties,
		.docs = SYSTEMS " system.final_audit", .happened = happened);
	s->started = b->t.now;
}

static int32_t completion(const struct building *b)
{
	const struct site *s = b->s;
	if (s->year == 2018)
		return s->late ? day_of(2018, 11, 23) : day_of(2018, 10, 15) + b->no;
	if (s->year == 2016 && s->tranche == TRANCHE_PROVINCIAL)
		return day_of(2017, 12, 4);
	if (s->year == 2016)
		return s->late ? day_of(2017, 11, 9) : day_of(2017, 10, 10) + b->no;
	if (s->tranche == TRANCHE_NATIONAL)
		return s->late ? day_of(2018, 1, 22) : day_of(2017, 12, 4) + b->no;
	return s->late          ? day_of(2018, 7, 20)
	       : b->no % 2 != 0 ? day_of(2017, 12, 18)
				: day_of(2018, 5, 18);
}

static void progress(struct building *b, int percent, int64_t contract)
{
	char data[96];
	snprintf(data, sizeof data, "{\"progress_percent\":%d,\"invested_fen\":%lld}", percent,
		(long long)(contract / 100 * percent));
	ACT(&b->t, .as = b->s->builder, .event = "report_progress", .data = data);
}

/* BJ-R-06: never more than what stands */
static void pay(struct building *b, int percent)
{
	char data[48];
	thread_wait(&b->t, day_after(b->t.now, 2));
	if (b->no % 4 == 1 && percent < 50) {
		ACT(&b->t, .as = FINANCE, .event = "pay", .data = "{\"paid_percent\":60}",
			.refused = true);
	}
	snprintf(data, sizeof data, "{\"paid_percent\":%d}", percent - 5);
	ACT(&b->t, .as = FINANCE, .event = "pay", .data = data);
}

static void build(struct building *b)
{
	struct site *s = b->s;
	int64_t contract = (int64_t)s->houses_len * 12500000;
	int32_t end = day_open(completion(b)), from = s->started;
	int at = s->year == 2016 ? 60 : 0;
	if (end <= from)
		end = day_after(from, 20);
	int months = (int)((end - from) / 30) + 1;
	for (int i = 1; i < months; i++) {
		thread_wait(&b->t, from + (end - from) * i / months);
		int percent = at + (100 - at) * i / months;
		progress(b, percent, contract);
		pay(b, percent);
	}
	thread_wait(&b->t, end);
	if (b->no % 4 == 2)
		ACT(&b->t, .as = s->builder, .event = "complete", .docs = "report.completion",
			.refused = true);
	progress(b, 100, contract);
	ACT(&b->t, .as = s->builder, .event = "complete", .docs = "report.completion");
	s->completed = b->t.now;
}

/* BJ-L-17 */
static void accept(struct building *b)
{
	struct site *s = b->s;
	char data[64], date[16];
	thread_wait(&b->t, day_after(b->t.now, 4));
	if (b->no % 6 == 3) {
		ACT(&b->t, .as = GOVERNMENT, .event = "refuse_acceptance",
			.why = "给排水工程未完成");
		thread_wait(&b->t, day_after(b->t.now, 8));
		ACT(&b->t, .as = s->builder, .event = "complete", .docs = "report.completion");
		thread_wait(&b->t, day_after(b->t.now, 2));
	}
	snprintf(data, sizeof data, "{\"accepted_on\":\"%s\"}", day_text(b->t.now, date));
	ACT(&b->t, .as = GOVERNMENT, .event = "accept", .data = data, .docs = "opinion.acceptance");
	s->accepted = b->t.now;
	if (b->no == 5)
		ACT(&b->t, .as = LAND, .event = "release_surplus",
			.data = "{\"surplus_houses\":2,\"surplus_use\":\"synchronous\"}",
			.why = "面积不符合易地扶贫搬迁要求的房源安排同步搬迁");
}

/* BJ-L-18: one organised act; nobody moves in the cold months if it can wait */
static void keys(struct building *b)
{
	struct site *s = b->s;
	char data[64], date[16];
	thread_wait(&b->t, day_after(b->t.now, 2));
	if (s->year == 2017 && b->t.now < day_of(2018, 3, 1))
		thread_wait(&b->t, day_of(2018, 3, 5) + b->no * 2);
	if (b->no % 5 == 2)
		ACT(&b->t, .as = s->builder, .event = "hand_over_keys", .docs = "list.keys",
			.refused = true);
	ACT(&b->t, .as = RELOCATION, .event = "confirm_ready", .docs = "record.ready");
	thread_wait(&b->t, day_after(b->t.now, 1));
	snprintf(data, sizeof data, "{\"keys_on\":\"%s\"}", day_text(b->t.now, date));
	ACT(&b->t, .as = s->builder, .event = "hand_over_keys", .data = data, .docs = "list.keys");
	if (!b->t.over)
		s->keys = b->t.now;
}

static void afterwards(struct building *b)
{
	const struct site *s = b->s;
	struct thread archive = b->t;
	if (strcmp(s->size, "small") != 0) {
		char town[CODE_MAX];
		thread_wait(&b->t, day_after(b->t.now, 15));
		ACT(&b->t, .as = town_code(s->town, town), .event = "set_up_services",
			.data = "{\"services\":[\"低保\",\"农合\",\"养老\",\"民政救助\","
				"\"劳动就业保障\",\"计生\"]}");
	}
	if (s->year == 2017)
		thread_wait(&archive, day_of(2018, 11, 5) + b->no * 3);
	else
		thread_wait(&archive, day_after(archive.now, 3));
	ACT(&archive, .as = s->builder, .event = "file_archive", .docs = ARCHIVE);
}

void sites_story(struct script *s)
{
	for (int i = 0; i < s->world->options.sites; i++) {
		struct site *site = &s->world->sites[i];
		if (site->houses_len == 0)
			continue;
		struct building b = {.t = thread_of(s, "project", site->key, 30 + i * 11),
			.r = random_of(s->world->options.seed, STREAM_SITE, (uint32_t)i),
			.s = site,
			.no = i};
		design(&b);
		start(&b);
		build(&b);
		accept(&b);
		keys(&b);
		afterwards(&b);
	}
}
