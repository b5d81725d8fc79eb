/* A household from its house to the day on which it is deleted from the list of the poor. */
#include <stdio.h>
#include <string.h>

#include "days.h"
#include "script.h"

#define LAND       COUNTY ".land"
#define POVERTY    COUNTY ".poverty"
#define RELOCATION COUNTY ".relocation"
#define GOVERNMENT COUNTY ".government"
#define CERTIFICATES                                                                               \
	"certificate.land_use certificate.land_planning certificate.works_planning "               \
	"certificate.building"

struct home {
	struct thread t;
	struct random r;
	struct household *h;
	char town[CODE_MAX];      /* of settlement */
	char old_town[CODE_MAX];  /* of registration */
	int32_t carded, employed; /* days; 0 = not */
	int main_workers;
};

static struct thread branch(const struct home *f, int32_t day)
{
	struct thread t = f->t;
	t.minute = t.first_minute += 60;
	t.now = day_open(f->t.script->first);
	thread_wait(&t, day);
	return t;
}

/* --- measures (BJ-L-22, BJ-L-23) --- */

static void take_work(struct home *f, struct thread *t)
{
	char data[64];
	if (random_chance(&f->r, 12))
		ACT(t, .as = f->town, .event = "match_job", .data = "{\"stable_workers\":0}",
			.refused = true);
	snprintf(data, sizeof data, "{\"stable_workers\":%d}",
		random_between(&f->r, 1, f->main_workers));
	ACT(t, .as = f->h->no % 3 == 0 ? COUNTY ".hr" : f->town, .event = "match_job",
		.data = data);
	if (!t->over)
		f->employed = t->now;
}

static void five_batches(struct home *f)
{
	static const char *const entitlements[] = {"[\"教育资助\"]", "[\"医疗救助\"]",
		"[\"社会兜底\"]", "[\"资产收益\",\"教育资助\"]"};
	static const char *const units[] = {"education", "health", "civil", "agriculture"};
	static const char *const helpers[] = {"张帮扶", "李帮扶", "王帮扶"};
	char data[160];
	int kind = random_below(&f->r, 4);
	int32_t day = f->carded > f->h->matched ? f->carded : f->h->matched;
	struct thread t = branch(f, day_after(day, random_between(&f->r, 3, 20)));
	snprintf(data, sizeof data, "{\"entitlements\":%s}", entitlements[kind]);
	ACT(&t, .as = f->town, .event = "report_entitlements", .data = data);
	thread_wait(&t, day_after(t.now, random_between(&f->r, 2, 8)));
	ACT(&t, .as = LAND, .event = "consolidate_entitlements");
	thread_wait(&t, day_after(t.now, random_between(&f->r, 2, 8)));
	snprintf(data, sizeof data, "{\"responsible_unit\":\"" COUNTY ".%s\",\"helper\":\"%s\"}",
		units[kind], helpers[f->h->no % 3]);
	ACT(&t, .as = POVERTY, .event = "assign_batches", .data = data);
}

static void measures(struct home *f)
{
	static const char *const needs[] = {"[\"技能培训\"]", "[\"就近务工\"]",
		"[\"劳务输出\",\"技能培训\"]", "[\"种养殖\"]", "[\"公益岗位\"]"};
	static const char *const modes[] = {"移民搬迁+园区", "移民搬迁+龙头企业",
		"移民搬迁+农业合作社", "移民搬迁+家庭农场", "移民搬迁+社区工厂", "移民搬迁+电商",
		"移民搬迁+创业平台", "移民搬迁+劳务中介", "移民搬迁+旅游景区", "移民搬迁+乡村旅游"};
	char data[160];
	int year = f->h->year;
	int32_t first = year == 2016   ? day_after(day_of(2017, 8, 21), random_below(&f->r, 5))
			: year == 2017 ? day_after(day_of(2017, 9, 4), random_below(&f->r, 45))
				       : day_after(day_of(2017, 11, 6), random_below(&f->r, 12));
	struct thread t = branch(f, first);
	f->main_workers = random_between(&f->r, 1, f->h->persons > 3 ? 2 : 1);
	snprintf(data, sizeof data, "{\"job_needs\":%s,\"main_workers\":%d}",
		needs[random_below(&f->r, 5)], f->main_workers);
	ACT(&t, .as = f->town, .event = "survey_needs", .data = data, .docs = "list.needs");
	thread_wait(&t, day_after(t.now, random_below(&f->r, 2)));
	snprintf(data, sizeof data, "{\"measures\":[\"%s\"]}", modes[random_below(&f->r, 10)]);
	ACT(&t, .as = f->town, .event = "fix_measures", .data = data);
	bool late = random_chance(&f->r, 90);
	thread_wait(&t, late ? day_after(year == 2016 ? day_of(2017, 9, 4) : day_of(2017, 12, 4),
				       random_below(&f->r, 15))
			     : day_after(t.now, random_between(&f->r, 1, 2)));
	ACT(&t, .as = f->town, .event = "issue_card", .docs = "menu.jobs card.household");
	f->carded = t.now;
	if (f->h->no % 7 == 0)
		five_batches(f);
	if (random_chance(&f->r, 850)) {
		thread_wait(&t, day_after(t.now, random_between(&f->r, 10, 90)));
		take_work(f, &t);
	}
}

/* --- the house --- */

static bool move_in(struct home *f, int32_t not_before)
{
	char data[64], date[16];
	if (f->h->no % 200 == 3) {
		snprintf(data, sizeof data, "{\"occupied_on\":\"%s\"}",
			day_text(not_before - 20, date));
		ACT(&f->t, .as = f->town, .event = "move_in", .data = data, .refused = true);
	}
	int32_t day = f->t.now - random_below(&f->r, 3);
	snprintf(data, sizeof data, "{\"occupied_on\":\"%s\"}",
		day_text(day > not_before ? day : not_before, date));
	ACT(&f->t, .as = f->town, .event = "move_in", .data = data);
	if (!f->t.over)
		f->h->occupied = f->t.now;
	return !f->t.over;
}

/* Some get their keys and do not come (BJ-R-28, BJ-X-08). */
static bool with_keys(struct home *f)
{
	const struct site *s = &f->t.script->world->sites[f->h->site];
	if (s->keys == 0)
		return false;
	f->h->keyed = s->keys;
	thread_wait(&f->t, day_after(s->keys, 1));
	int die = random_below(&f->r, 100);
	bool quick = s->year == 2016 && s->tranche == TRANCHE_NATIONAL;
	int wait =
		die < 68 ? random_between(&f->r, 0, quick ? 3 : 10) : random_between(&f->r, 8, 70);
	bool never = die >= 94;
	if (never || wait > 20) {
		struct thread t = branch(f, day_after(s->keys, 20));
		ACT(&t, .as = RELOCATION, .event = "urge_move_in");
	}
	if (never && f->h->no % 4 == 0) {
		/* a key is no move-in: the town cannot have this household taken off the list */
		struct thread t = branch(f, day_after(s->keys, 60));
		ACT(&t, .as = f->town, .event = "apply_exit", .docs = "application.exit",
			.refused = true);
	}
	if (never)
		return false;
	thread_wait(&f->t, day_after(f->t.now, wait));
	return move_in(f, s->keys);
}

static void archive(struct home *f)
{
	struct thread t = branch(f, day_after(f->t.now, random_between(&f->r, 10, 25)));
	ACT(&t, .as = f->h->mode == MODE_SCATTERED ? f->town : RELOCATION, .event = "archive_case",
		.docs = "archive.household");
}

/* BJ-L-14 or BJ-L-15, BJ-L-17, BJ-R-07 */
static void accept_and_pay(struct home *f)
{
	char data[64], date[16];
	bool scattered = f->h->mode == MODE_SCATTERED;
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 4, 10)));
	if (random_chance(&f->r, 25)) {
		snprintf(data, sizeof data, "{\"paid_fen\":%d}", f->h->persons * 800000);
		ACT(&f->t, .as = COUNTY ".finance", .event = "pay", .data = data, .refused = true);
	}
	if (scattered && random_chance(&f->r, 30)) {
		ACT(&f->t, .as = GOVERNMENT, .event = "refuse_acceptance",
			.why = "屋面渗漏,须整改");
		thread_wait(&f->t, day_after(f->t.now, 10));
		ACT(&f->t, .as = f->town, .event = "finish_house", .docs = "report.completion");
		thread_wait(&f->t, day_after(f->t.now, 5));
	}
	snprintf(data, sizeof data, "{\"accepted_on\":\"%s\"}", day_text(f->t.now, date));
	ACT(&f->t, .as = GOVERNMENT, .event = "accept_house", .data = data,
		.docs = "opinion.acceptance");
	archive(f);
	struct thread t = branch(f, day_after(f->t.now, random_between(&f->r, 4, 15)));
	snprintf(data, sizeof data, "{\"paid_fen\":%d}", f->h->persons * 800000);
	ACT(&t, .as = COUNTY ".finance", .event = "pay", .data = data);
}

static bool without_keys(struct home *f)
{
	const struct household *h = f->h;
	thread_wait(&f->t, day_after(h->matched, random_between(&f->r, 3, 12)));
	if (h->mode == MODE_SCATTERED) {
		ACT(&f->t, .as = f->town, .event = "start_house");
		int from = h->year == 2016 ? 15 : h->year == 2017 ? 60 : 120;
		thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, from, from * 2)));
		ACT(&f->t, .as = f->town, .event = "finish_house", .docs = "report.completion");
	} else {
		char data[64];
		if (random_chance(&f->r, 30))
			ACT(&f->t, .as = RELOCATION, .event = "buy_house",
				.data = "{\"cost_per_m2_fen\":330000}",
				.docs = CERTIFICATES " certificate.sale", .refused = true);
		snprintf(data, sizeof data, "{\"cost_per_m2_fen\":%d}",
			random_between(&f->r, 2200, 3200) * 100);
		if (random_chance(&f->r, 30))
			ACT(&f->t, .as = RELOCATION, .event = "buy_house", .data = data,
				.docs = CERTIFICATES, .refused = true);
		ACT(&f->t, .as = RELOCATION, .event = "buy_house", .data = data,
			.docs = CERTIFICATES " certificate.sale");
	}
	accept_and_pay(f);
	if (random_chance(&f->r, 50))
		return false;
	int32_t accepted = f->t.now;
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 3, 30)));
	return move_in(f, accepted);
}

/* BJ-L-20, BJ-L-21 */
static void report(struct home *f)
{
	thread_wait(&f->t, report_day(f->t.now + 1));
	ACT(&f->t, .as = LAND, .event = "report_move_in");
	thread_wait(&f->t, day_after(f->t.now, 1));
	if (random_chance(&f->r, 10)) {
		ACT(&f->t, .as = POVERTY, .event = "return_move_in", .why = "姓名与系统不一致");
		thread_wait(&f->t, report_day(f->t.now + 7));
		ACT(&f->t, .as = LAND, .event = "report_move_in");
		thread_wait(&f->t, day_after(f->t.now, 1));
	}
	ACT(&f->t, .as = POVERTY, .event = "review_move_in");
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 1, 3)));
	ACT(&f->t, .as = f->town, .event = "enter_move_in");
}

/* BJ-L-25 */
static void old_home(struct home *f)
{
	if (!random_chance(&f->r, 820))
		return;
	struct thread t = branch(f, f->h->occupied + random_between(&f->r, 5, 125));
	ACT(&t, .as = f->old_town, .event = "vacate", .docs = "record.vacating");
	if (!random_chance(&f->r, 450))
		return;
	thread_wait(&t, t.now + random_between(&f->r, 30, 120));
	ACT(&t, .as = LAND, .event = "reclaim", .docs = "record.reclamation");
}

/* --- exit (BJ-L-26 to BJ-L-30) --- */

static void apply(struct home *f)
{
	ACT(&f->t, .as = f->town, .event = "apply_exit", .docs = "application.exit");
	if (random_chance(&f->r, 20)) /* before the land department has been there (BJ-R-29) */
		ACT(&f->t, .as = POVERTY, .event = "confirm_exit", .docs = "decision.exit",
			.refused = true);
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 3, 8)));
}

static void pass(struct home *f)
{
	ACT(&f->t, .as = LAND, .event = "pass_first_review",
		.docs = "finding.occupancy opinion.first_review");
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 3, 8)));
}

static void go_on_helping(struct home *f)
{
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 5, 12)));
	ACT(&f->t, .as = f->town, .event = "record_assistance",
		.data = "{\"measures\":[\"移民搬迁+社区工厂\",\"跟踪帮扶\"]}");
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 5, 15)));
}

static void leave_the_list(struct home *f)
{
	if (!random_chance(&f->r, f->employed != 0 ? 720 : 250))
		return;
	int32_t ready = f->employed > f->carded ? f->employed : f->carded;
	thread_wait(&f->t, day_after(ready, 1));
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 10, 50)));
	apply(f);
	if (random_chance(&f->r, 30)) {
		ACT(&f->t, .as = LAND, .event = "fail_first_review", .why = "入住核查时无人居住");
		go_on_helping(f);
		apply(f);
	}
	pass(f);
	if (f->employed ==
		0) { /* both are needed: living there, and standing on its own (BJ-R-27) */
		ACT(&f->t, .as = POVERTY, .event = "confirm_exit", .docs = "decision.exit",
			.refused = true);
		ACT(&f->t, .as = POVERTY, .event = "return_exit",
			.why = "尚无稳定就业的主要劳动力");
		go_on_helping(f);
		take_work(f, &f->t);
		apply(f);
		pass(f);
	}
	for (int rounds = 0; rounds < 3 && random_chance(&f->r, 90); rounds++) {
		ACT(&f->t, .as = POVERTY, .event = "return_exit", .why = "收入未稳定达标,继续帮扶");
		go_on_helping(f);
		apply(f);
		pass(f);
	}
	ACT(&f->t, .as = POVERTY, .event = "confirm_exit", .docs = "decision.exit");
	thread_wait(&f->t, day_after(f->t.now, random_between(&f->r, 1, 4)));
	ACT(&f->t, .as = POVERTY, .event = "delete_from_system", .docs = "record.deletion");
}

void home_story(struct script *s, struct household *h)
{
	struct home f = {.t = thread_of(s, "household", h->key, h->no * 7),
		.r = random_of(s->world->options.seed, STREAM_HOME, (uint32_t)h->no),
		.h = h};
	(void)town_code(h->settlement_town, f.town);
	(void)town_code(h->town, f.old_town);
	measures(&f);
	thread_wait(&f.t, day_after(h->matched, 1));
	if (!(h->mode == MODE_CONCENTRATED ? with_keys(&f) : without_keys(&f)))
		return;
	old_home(&f);
	report(&f);
	if (random_chance(&f.r, 6)) {
		thread_wait(&f.t, day_after(f.t.now, 12));
		ACT(&f.t, .as = LAND, .event = "found_empty", .why = "随机核查未见实际居住");
		return;
	}
	leave_the_list(&f);
}
