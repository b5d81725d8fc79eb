/* A household from the roster to the house that will be its own. */
#include <stdio.h>
#include <string.h>

#include "days.h"
#include "script.h"

#define LAND    COUNTY ".land"
#define POVERTY COUNTY ".poverty"

struct family {
	struct thread t;
	struct random r;
	struct household *h;
	char town[CODE_MAX];
	bool hurried; /* nothing may be late */
};

static void annotate(struct family *f, const char *data)
{
	char link[96];
	ACT(&f->t, .as = f->town, .event = "annotate", .data = data);
	snprintf(link, sizeof link, "{\"register\":\"name_register/" COUNTY "-%d\"}", f->h->year);
	thread_wait(&f->t, day_after(f->t.now, 1));
	ACT(&f->t, .as = POVERTY, .event = "confirm_annotation", .data = link);
}

/* BJ-L-01 to BJ-L-04 */
static void identify(struct family *f)
{
	bool later = f->h->year >= 2018;
	thread_wait(&f->t, later ? day_after(day_of(2017, 10, 9), random_below(&f->r, 4))
				 : f->t.script->first);
	ACT(&f->t, .as = POVERTY, .event = "submit_candidate");
	ACT(&f->t, .as = "61.poverty", .event = "approve_object");
	thread_wait(&f->t, day_after(f->t.now, 1));
	if (random_chance(&f->r, 8)) {
		ACT(&f->t, .as = f->town, .event = "annotate");
		ACT(&f->t, .as = POVERTY, .event = "return_annotation",
			.why = "信息不全,请补充核实");
	}
	annotate(f, NULL);
	if (random_chance(&f->r, 4)) {
		char data[64];
		snprintf(data, sizeof data, "{\"persons\":%d}", f->h->persons + 1);
		ACT(&f->t, .as = f->town, .event = "amend", .data = data, .why = "镇自行修改人口",
			.refused = true);
	}
}

/* A mistake in the identity number, put right the only way there is (BJ-L-10, BJ-R-10). */
static void correct(struct family *f)
{
	char data[64];
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	char *id = f->h->id;
	id[13] = id[13] == '8' ? '7' : '8';
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (id[i] - '0') * weights[i];
	id[17] = "10X98765432"[sum % 11];
	ACT(&f->t, .as = POVERTY, .event = "uphold_problem", .why = "身份证号登记有误,同意更正");
	thread_wait(&f->t, day_after(f->t.now, 1));
	snprintf(data, sizeof data, "{\"id_number\":\"%s\"}", id);
	annotate(f, data);
	ACT(&f->t, .as = LAND, .event = "start_survey");
}

static void dispute(struct family *f)
{
	ACT(&f->t, .as = LAND, .event = "raise_identification_problem",
		.why = f->h->excluded ? "该户在县城有商品房" : "入户调查信息与标注不一致");
	thread_wait(&f->t, day_after(f->t.now, 1));
	if (f->h->excluded)
		ACT(&f->t, .as = POVERTY, .event = "exclude_object",
			.data = f->h->site >= 0 ? "{\"project\":null}" : NULL,
			.why = "经核实不符合搬迁条件");
	else if (random_chance(&f->r, 500))
		correct(f);
	else
		ACT(&f->t, .as = POVERTY, .event = "dismiss_problem", .why = "经核实信息无误");
}

/* BJ-L-09, BJ-L-10 */
static void survey(struct family *f)
{
	bool later = f->h->year >= 2018;
	int32_t first = later ? day_of(2017, 11, 1) : day_of(2017, 8, 24);
	if (f->h->no % 500 == 7) /* before the register has come */
		ACT(&f->t, .as = LAND, .event = "start_survey", .refused = true);
	thread_wait(&f->t, day_after(first, random_below(&f->r, f->hurried ? 2 : 3)));
	ACT(&f->t, .as = LAND, .event = "start_survey");
	if (f->h->excluded || (!f->hurried && random_chance(&f->r, 16)))
		dispute(f);
	if (f->h->excluded)
		return;
	static const char *const wills[] = {
		"愿意集中安置", "愿意就近安置", "愿意进城安置", "希望靠近产业园区"};
	char data[160];
	snprintf(data, sizeof data, "{\"will\":\"%s\",\"compound_cause\":%s}",
		wills[random_below(&f->r, 4)], f->h->no % 7 == 0 ? "true" : "false");
	ACT(&f->t, .as = LAND, .event = "finish_survey", .data = data, .docs = "survey.record");
}

#define AGREEMENTS "agreement.relocation agreement.homestead agreement.employment"

/* BJ-L-11: most in time, some in September, and what breaks a red line only once it is put right */
static void agree(struct family *f)
{
	const struct household *h = f->h;
	bool late = !f->hurried && h->year < 2018 && random_chance(&f->r, 70);
	int32_t day = day_after(f->t.now, random_below(&f->r, f->hurried ? 2 : 3));
	thread_wait(&f->t, late ? day_after(day_of(2017, 9, 1), random_below(&f->r, 12)) : day);
	bool over = h->area != h->area_allowed || h->self_raised != h->self_raised_allowed;
	char data[96] = "", area[16];
	if (over) {
		ACT(&f->t, .as = LAND, .event = "sign_agreements", .docs = AGREEMENTS,
			.refused = true);
		snprintf(data, sizeof data, "{\"area_m2\":\"%s\",\"self_raised_fen\":%lld}",
			hundredths(h->area_allowed, area), (long long)h->self_raised_allowed);
	}
	ACT(&f->t, .as = LAND, .event = "sign_agreements", .data = over ? data : NULL,
		.docs = AGREEMENTS);
}

/* BJ-L-12 */
static void match(struct family *f)
{
	const struct household *h = f->h;
	char type[16], data[96];
	if (h->mode == MODE_CONCENTRATED)
		snprintf(type, sizeof type, "%s", house_types[house_type_for(h->persons)].name);
	else
		snprintf(type, sizeof type, "%c%d", h->mode == MODE_SCATTERED ? 'Z' : 'P',
			h->persons);
	thread_wait(&f->t, day_after(f->t.now, f->hurried ? 1 : random_between(&f->r, 1, 3)));
	if (h->mode == MODE_CONCENTRATED && h->no % 300 == 11) {
		/* a house for another family size */
		snprintf(data, sizeof data, "{\"house_type\":\"%s\"}",
			h->persons > 1 ? "A25" : "E120");
		ACT(&f->t, .as = LAND, .event = "match_house", .data = data, .refused = true);
	}
	snprintf(data, sizeof data, "{\"house_type\":\"%s\",\"house_no\":\"%d-%d\"}", type,
		h->no % 12 + 1, h->no);
	ACT(&f->t, .as = h->no % 5 == 0 ? COUNTY ".drc" : LAND, .event = "match_house",
		.data = data);
}

/* BJ-D-20 */
static void dossier(struct family *f, int32_t signed_on)
{
	struct thread t = f->t;
	t.now = signed_on;
	t.minute = t.first_minute + 120;
	int32_t day = day_after(signed_on, random_below(&f->r, 2));
	if (random_chance(&f->r, 80))
		day = day_after(day, 10);
	if (day > t.now)
		thread_wait(&t, day), t.minute += 120;
	ACT(&t, .as = f->town, .event = "complete_dossier", .docs = "dossier.household");
}

void agree_story(struct script *s, struct household *h)
{
	struct family f = {.t = thread_of(s, "household", h->key, h->no * 7),
		.r = random_of(s->world->options.seed, STREAM_AGREE, (uint32_t)h->no),
		.h = h};
	struct site *site = h->site >= 0 ? &s->world->sites[h->site] : NULL;
	f.hurried = site != NULL && site->hurried;
	(void)town_code(h->town, f.town);
	identify(&f);
	survey(&f);
	if (h->excluded)
		return;
	agree(&f);
	int32_t signed_on = f.t.now;
	match(&f);
	dossier(&f, signed_on);
	h->keyed = h->occupied = 0;
	h->matched = f.t.now;
	if (site != NULL && f.t.now > site->matched)
		site->matched = f.t.now;
}
