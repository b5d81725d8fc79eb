#include "work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"

#define HOUSEHOLDS 8
#define SLACK      60 /* acts that may follow the last step */

#define ONE_OF(list) (list)[below((int)(sizeof(list) / sizeof(list)[0]))]

__attribute__((format(printf, 4, 5))) static struct act *add(
	struct life *l, enum command_kind command, const char *unit, const char *fmt, ...)
{
	struct act *act = &l->acts[l->len++];
	char more[MORE_MAX - 32];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(more, sizeof more, fmt, ap);
	va_end(ap);
	*act = (struct act){.command = command, .unit = unit};
	snprintf(act->params, sizeof act->params, "{\"idem\":\"k%d\",%s}", l->len, more);
	return act;
}

#define HOUSEHOLD "\"workflow\":\"household\",\"key\":\"610322-%04d\",\"event\":"

/* --- acts on deadlines --- */

static void day_text(int64_t ms, char out[16])
{
	(void)date_format(timestamp_to_day(ms), out);
}

static const char *length_of(int64_t now, char out[40])
{
	static const char *const lengths[] = {"3wd", "5wd", "10d", "1mo", "20wd", "12h", "30h"};
	char day[16];
	day_text(now + (1 + below(60)) * TIMESTAMP_DAY_MS, day);
	if (below(3) == 0)
		snprintf(out, 40, ",\"until\":\"%s\"", day);
	else
		snprintf(out, 40, ",\"length\":\"%s\"", ONE_OF(lengths));
	return out;
}

/* Papers may be entered some days late. */
static const char *effective(int64_t now, char out[64])
{
	char at[TIMESTAMP_MAX_CHARS];
	out[0] = '\0';
	if (below(5) == 0)
		snprintf(out, 64, ",\"effective\":\"%s\"",
			timestamp_format(now - (1 + below(200)) * INT64_C(3600000), at));
	return out;
}

enum part { LEAD, ABOVE, HOLDER };

struct deed {
	const char *event;
	bool length;
	enum part by;
};
static const struct deed deeds[] = {{"extend", true, LEAD}, {"extend", true, LEAD},
	{"extend", true, LEAD}, {"grant", false, ABOVE}, {"grant", false, ABOVE},
	{"grant", true, ABOVE}, {"refuse", false, ABOVE}, {"suspend", false, HOLDER},
	{"suspend", false, HOLDER}, {"resume", false, HOLDER}, {"resume", false, HOLDER},
	{"keep", false, LEAD}, {"keep", false, LEAD}, {"lapse", true, LEAD}, {"lapse", true, LEAD},
	{"waive", false, ABOVE}};

/* A deadline, and who may do what to it. */
struct whose {
	const char *name, *units[3]; /* by part */
};
static const struct whose of_household[] = {
	{"agreements", {"610322.land", "6103.land", "610322.gov"}},
	{"agreements", {"610322.land", "6103.land", "610322.gov"}},
	{"agreements", {"610322.land", "6103.land", "610322.gov"}},
	{"built", {"610322.land", "6103.land", "6103.land"}},
	{"built", {"610322.land", "6103.land", "610322.gov"}},
	{"filed", {"610322.poverty", "610322.land", "610322.gov"}},
	{"visit", {"610322101.town", "610322.gov", "610322.gov"}},
	{"moved", {"610322.poverty", "610322.gov", "610322.land"}},
	{"answer", {"610322.poverty", "610322.gov", "610322.land"}},
};
static const struct whose of_slip[] = {{"answer", {"@owner", "@above", "@above"}},
	{"answer", {"@owner", "@above", "@above"}}, {"sign", {"@owner", "@above", "@above"}}};
static const struct whose of_duty[] = {{"due", {"@owner", "@above", "@above"}}};

/* case_of: the members that say which case it is, or "" when it is looked up. */
static void add_one(struct life *l, int64_t now, const struct whose *whose, const char *case_of,
	const struct deed *deed)
{
	char length[40] = "", late[64];
	if (deed->length)
		(void)length_of(now, length);
	add(l, COMMAND_SEND, whose->units[deed->by],
		"%s\"event\":\"deadline.%s\",\"data\":{\"deadline\":\"%s\"%s},\"reason\":\"r\"%s",
		case_of, deed->event, whose->name, length, effective(now, late));
}

/* What is asked for is mostly answered, and what stands still often goes on at once. */
static void add_deed(struct life *l, int64_t now, const struct whose *whose, const char *case_of)
{
	static const struct deed grant = {"grant", false, ABOVE}, refuse = {"refuse", false, ABOVE},
				 resume = {"resume", false, HOLDER};
	const struct deed *deed = &ONE_OF(deeds);
	add_one(l, now, whose, case_of, deed);
	if (strcmp(deed->event, "extend") == 0 && below(4) > 0)
		add_one(l, now, whose, case_of, below(3) > 0 ? &grant : &refuse);
	if (strcmp(deed->event, "suspend") == 0 && below(3) == 0)
		add_one(l, now, whose, case_of, &resume);
}

static void add_household_deed(struct life *l, int64_t now, int household)
{
	char which[80];
	snprintf(which, sizeof which, "\"workflow\":\"household\",\"key\":\"610322-%04d\",",
		household);
	add_deed(l, now, &ONE_OF(of_household), which);
}

/* All acts from `first` on are of one case. */
static void pick(struct life *l, int first, const char *workflow)
{
	int nth = below(1000);
	for (int i = first; i < l->len; i++) {
		l->acts[i].picked = workflow;
		l->acts[i].nth = nth;
	}
}

static void add_picked_deed(struct life *l, int64_t now)
{
	bool slip = below(3) > 0;
	int first = l->len;
	add_deed(l, now, slip ? &ONE_OF(of_slip) : &ONE_OF(of_duty), "");
	pick(l, first, slip ? "slip" : "duty");
}

/* --- supervision slips and duties --- */

static void add_slip(struct life *l, int64_t now)
{
	char day[16];
	int first = l->len;
	day_text(now + below(12) * TIMESTAMP_DAY_MS, day);
	switch (below(9)) {
	case 0:
	case 1:
		add(l, COMMAND_SEND, "@owner", "\"event\":\"sign\"");
		if (below(3) == 0)
			break;
		/* and answers at once */
		__attribute__((fallthrough));
	case 2:
	case 3:
		add(l, COMMAND_SEND, "@owner",
			"\"event\":\"answer\",\"data\":{\"answer\":\"a\"},"
			"\"docs\":[{\"kind\":\"answer.slip\"}]");
		break;
	case 4:
		add(l, COMMAND_SEND, "@issuer", "\"event\":\"close\"");
		break;
	case 5:
		add(l, COMMAND_SEND, "@issuer", "\"event\":\"return\",\"reason\":\"r\"");
		break;
	case 6:
		add(l, COMMAND_SEND, "@issuer",
			"\"event\":\"amend\",\"data\":{\"answer_by\":\"%s\"},\"reason\":\"r\"",
			day);
		break;
	case 7:
		add(l, COMMAND_SEND, "@issuer",
			"\"event\":\"refer\",\"docs\":[{\"kind\":\"referral.slip\"}],"
			"\"reason\":\"r\"");
		break;
	default:
		add(l, COMMAND_SEND, "@issuer", "\"event\":\"%s\",\"reason\":\"r\"",
			below(4) == 0 ? "withdraw" : "close");
	}
	pick(l, first, "slip");
}

static void add_duty(struct life *l, int64_t now)
{
	int first = l->len;
	char day[16];
	day_text(now + (below(30) - 8) * TIMESTAMP_DAY_MS, day);
	switch (below(6)) {
	case 0:
	case 1:
		add(l, COMMAND_SEND, "@owner",
			"\"event\":\"report\",\"data\":{\"result\":\"done\"},"
			"\"docs\":[{\"kind\":\"report.duty\"}]");
		break;
	case 2:
		add(l, COMMAND_SEND, "6103.land", "\"event\":\"accept\"");
		break;
	case 3:
		add(l, COMMAND_SEND, "@above", "\"event\":\"accept\"");
		break;
	case 4:
		add(l, COMMAND_SEND, "6103.land", "\"event\":\"return\",\"reason\":\"r\"");
		break;
	default:
		add(l, COMMAND_SEND, "6103.land",
			"\"event\":\"amend\",\"data\":{\"%s\":\"%s\"},\"reason\":\"r\"",
			below(2) == 0 ? "due_on" : "begun_on", day);
	}
	pick(l, first, "duty");
}

static void add_beginning(struct life *l, int64_t now)
{
	char day[16];
	day_text(now - below(20) * TIMESTAMP_DAY_MS, day);
	if (below(2) == 0)
		add(l, COMMAND_BEGIN, "610322.land",
			"\"obligation\":\"asked\",\"unit\":\"610322\",\"on\":\"%s\"", day);
	else
		add(l, COMMAND_BEGIN, "6103.land",
			"\"obligation\":\"asked\",\"unit\":\"610322.land\",\"on\":\"%s\","
			"\"ref\":\"no. %d\"",
			day, below(4));
}

/* --- households --- */

static void add_amendment(struct life *l, int64_t now, int household)
{
	static const char *const fixed[] = {"\"area_m2\":\"60.00\"", "\"area_m2\":\"120.00\"",
		"\"area_m2\":\"25.00\"", "\"signed_by\":\"2020-02-29\"", "\"signed_by\":null"};
	char day[16], data[60];
	day_text(now + (below(80) - 10) * TIMESTAMP_DAY_MS, day);
	snprintf(data, sizeof data, "\"signed_by\":\"%s\"", day);
	add(l, COMMAND_SEND, "610322.land",
		HOUSEHOLD "\"amend\",\"data\":{%s},\"reason\":\"measured\"", household,
		below(2) == 0 ? data : ONE_OF(fixed));
}

static void add_opening(struct life *l, int household)
{
	add(l, COMMAND_OPEN, "610322.poverty",
		"\"workflow\":\"household\",\"key\":\"610322-%04d\",\"data\":{\"persons\":%d,"
		"\"area_m2\":\"25.00\",\"town\":\"61032210%d.town\"}",
		household, 1 + below(6), 1 + below(2));
	if (below(3) > 0)
		add(l, COMMAND_SEND, "610322.poverty",
			HOUSEHOLD
			"\"amend\",\"data\":{\"project\":\"project/S%d\"},\"reason\":\"r\"",
			household, 1 + below(2));
}

static void add_household(struct life *l, int64_t now, int household)
{
	char late[64];
	switch (below(10)) {
	case 0:
		add(l, COMMAND_SEND, "610322.poverty",
			HOUSEHOLD
			"\"amend\",\"data\":{\"project\":\"project/S%d\"},\"reason\":\"moved\"",
			household, 1 + below(2));
		break;
	case 1:
		add(l, COMMAND_SEND, "610322.poverty",
			HOUSEHOLD "\"reopen\",\"reason\":\"mistake\"", household);
		break;
	case 2:
		add(l, COMMAND_SEND, "610322.land", HOUSEHOLD "\"resume\",\"reason\":\"back\"",
			household);
		break;
	case 3:
		add(l, COMMAND_SEND, "610322.gov",
			"\"workflow\":\"project\",\"key\":\"S%d\",\"event\":\"%s\","
			"\"reason\":\"r\"",
			1 + below(2), below(3) > 0 ? "accept" : "rework");
		break;
	case 4:
		add_opening(l, 1 + below(HOUSEHOLDS * 2));
		break;
	case 5:
	case 6:
	case 7:
		add(l, COMMAND_SEND, "610322.land",
			HOUSEHOLD "\"sign\",\"data\":{\"area_m2\":\"25.00\"},"
				  "\"docs\":[{\"kind\":\"agreement\"}]%s",
			household, effective(now, late));
		break;
	default:
		add_amendment(l, now, household);
	}
}

/* --- time --- */

static struct act *add_clock(struct life *l, int64_t now)
{
	char at[TIMESTAMP_MAX_CHARS];
	struct act *act = add(l, COMMAND_ADVANCE, "", "\"at\":\"%s\"", timestamp_format(now, at));
	act->to_ms = now;
	return act;
}

/* Hours, days, or a leap of weeks. */
static void add_time(struct life *l, int64_t *now)
{
	static const int hours[] = {1, 2, 5, 14, 24, 24, 48, 24 * 4, 24 * 6, 24 * 25};
	*now += ONE_OF(hours) * INT64_C(3600000) + below(3600) * INT64_C(1000);
	(void)add_clock(l, *now);
}

/* --- what mostly succeeds, which is rare among random acts --- */

#define OWN_HOUSEHOLD "\"workflow\":\"household\",\"key\":\"610322-%04d\","

/* A household of its own, so that nothing was done to it before. */
static int add_own(struct life *l)
{
	int household = 1000 + l->len;
	add(l, COMMAND_OPEN, "610322.poverty",
		OWN_HOUSEHOLD
		"\"data\":{\"persons\":3,\"area_m2\":\"25.00\",\"town\":\"61032210%d.town\"}",
		household, 1 + below(2));
	return household;
}

static void add_own_deed(
	struct life *l, int household, const char *event, const char *unit, const char *length)
{
	add(l, COMMAND_SEND, unit,
		OWN_HOUSEHOLD "\"event\":\"deadline.%s\",\"data\":{\"deadline\":\"agreements\"%s},"
			      "\"reason\":\"r\"",
		household, event, length);
}

static const char *short_length(char out[40])
{
	static const char *const lengths[] = {"1wd", "3wd", "5wd", "10d", "2wd"};
	snprintf(out, 40, ",\"length\":\"%s\"", ONE_OF(lengths));
	return out;
}

/* Asked for and granted, once or twice, with some time between. */
static void add_extension(struct life *l, int64_t *now)
{
	char length[40];
	int household = add_own(l);
	for (int i = 0; i < 1 + below(3); i++) {
		add_own_deed(l, household, "extend", "610322.land", short_length(length));
		if (below(3) == 0)
			add_time(l, now);
		add_own_deed(l, household, below(8) == 0 ? "refuse" : "grant", "6103.land",
			below(4) == 0 ? short_length(length) : "");
		if (below(2) == 0)
			add_time(l, now);
	}
}

/* Met, and not kept up: due again, and met again by saying so. */
static void add_lapse(struct life *l, int64_t *now)
{
	char length[40];
	int household = add_own(l);
	add(l, COMMAND_SEND, "610322.land",
		OWN_HOUSEHOLD "\"event\":\"sign\",\"docs\":[{\"kind\":\"agreement\"}]", household);
	for (int i = 0; i < 1 + below(2); i++) {
		if (below(2) == 0)
			add_time(l, now);
		add_own_deed(l, household, "lapse", "610322.land", short_length(length));
		if (below(2) == 0)
			add_time(l, now);
		if (below(3) > 0)
			add_own_deed(l, household, "keep", "610322.land", "");
	}
}

static void add_work(struct life *l, int64_t now)
{
	int household = 1 + below(below(4) > 0 ? HOUSEHOLDS : 2 * HOUSEHOLDS), what = below(20);
	if (what < 7)
		add_household(l, now, household);
	else if (what < 13)
		add_household_deed(l, now, household);
	else if (what < 15)
		add_picked_deed(l, now);
	else if (what < 17)
		add_slip(l, now);
	else if (what < 19)
		add_duty(l, now);
	else
		add_beginning(l, now);
}

/* --- notices --- */

static void add_document(struct act *act, size_t *at, int64_t now)
{
	char day[16];
	day_text(now, day);
	*at += (size_t)snprintf(act->params + *at, sizeof act->params - *at,
		"\"status\":\"announced\",\"source\":{\"title\":{\"zh\":\"放假通知\",\"en\":"
		"\"Holidays\"},\"number\":\"测%d号\",\"issued\":\"%s\"},\"holidays\":[",
		below(1000), day);
}

/* Some days off in the months to come, and weekends worked for them. */
static void add_notice(struct life *l, int64_t now)
{
	struct act *act = &l->acts[l->len++];
	int year, month, day;
	size_t at = 0;
	*act = (struct act){.kind = ACT_NOTICE};
	civil_from_days(timestamp_to_day(now), &year, &month, &day);
	year += below(4) == 0;
	at += (size_t)snprintf(act->params, sizeof act->params, "{\"year\":%d,", year);
	add_document(act, &at, now);
	char works[96] = "";
	for (int m = 1 + below(3); m <= 12; m += 1 + below(5)) {
		char from[16], to[16], work[16];
		int32_t first = civil_to_days(year, m, 1 + below(12));
		int32_t weekend = civil_to_days(year, m, 20);
		weekend += (6 - (weekend + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
		(void)date_format(first, from);
		(void)date_format(first + below(8), to);
		(void)date_format(weekend, work);
		if (at > 420 || strlen(works) > 70)
			break;
		at += (size_t)snprintf(act->params + at, sizeof act->params - at,
			"%s{\"name\":{\"zh\":\"假\",\"en\":\"off\"},\"from\":\"%s\",\"to\":\"%s\"}",
			act->params[at - 1] == '[' ? "" : ",", from, to);
		if (below(2) == 0)
			snprintf(works + strlen(works), sizeof works - strlen(works), "%s\"%s\"",
				works[0] != '\0' ? "," : "", work);
	}
	snprintf(act->params + at, sizeof act->params - at, "],\"workdays\":[%s]}", works);
}

/* --- absences, channels --- */

/* anju is down meanwhile; somebody may be there before it has made up for it. */
static void add_absence(struct life *l, int64_t *now)
{
	static const int hours[] = {3, 30, 24 * 3, 24 * 8, 24 * 35};
	*now += ONE_OF(hours) * INT64_C(3600000) + below(3600) * INT64_C(1000);
	l->acts[l->len++] = (struct act){.kind = ACT_ABSENCE, .to_ms = *now};
	if (below(3) == 0)
		add_work(l, *now);
	(void)add_clock(l, *now);
}

static void set_channel(struct life *l, enum channel channel)
{
	l->acts[l->len++] = (struct act){.kind = ACT_CHANNEL, .channel = channel};
}

/* What the channel had refused; it takes everything from now on. */
static void send_again(struct life *l)
{
	set_channel(l, CHANNEL_UP);
	add(l, COMMAND_RESEND, "", "\"all\":true");
}

static void add_step(struct life *l, int64_t *now)
{
	int what = below(43);
	if (what > 40)
		add_extension(l, now);
	else if (what == 40)
		add_lapse(l, now);
	else if (what < 25)
		add_work(l, *now);
	else if (what < 34)
		add_time(l, now);
	else if (what == 34)
		add_absence(l, now);
	else if (what == 35 && below(5) == 0)
		l->acts[l->len++] = (struct act){.kind = ACT_NOTICE};
	else if (what == 35)
		add_notice(l, *now);
	else if (what == 36)
		set_channel(l, below(3));
	else if (what == 37) /* to a channel that takes them: sending again twice is once */
		send_again(l);
	else
		l->acts[l->len++] = (struct act){.kind = below(2) == 0 ? ACT_LOOK : ACT_RESTART};
}

void make_life(struct life *l, uint64_t seed, int steps)
{
	int64_t begin, now;
	if (timestamp_parse(START, &begin, NULL) != ANJU_OK || steps > STEPS_MAX - SLACK)
		abort();
	now = begin;
	seed_random(seed * 2 + 1);
	l->len = 0;
	for (int i = 1; i <= 2; i++)
		add(l, COMMAND_OPEN, "610322.land",
			"\"workflow\":\"project\",\"key\":\"S%d\",\"data\":{\"county\":\"610322\"}",
			i);
	for (int i = 1; i <= HOUSEHOLDS; i++) {
		add_opening(l, i);
		if (below(2) == 0)
			add_time(l, &now);
	}
	while (l->len < steps)
		add_step(l, &now);
	/* in the end everything has gone out */
	send_again(l);
	add_time(l, &now);
	/* pages are counted between the acts, few at a time: all the rest happens in the midst of it */
	for (int i = 0; i < l->len; i++)
		l->acts[i].pages = below(3) == 0 ? below(4) : 0;
	l->acts[l->len - 1].pages = -1;
	l->years = (double)(now - begin) / (365.25 * 86400000);
}

/* --- when it is lived --- */

struct sought {
	const char *workflow;
	int skip, n;
	char key[160];
	json_t *data; /* owned */
};

static bool find_row(void *ctx, const struct store_case *row)
{
	struct sought *f = ctx;
	f->n++;
	if (f->skip-- > 0)
		return true;
	snprintf(f->key, sizeof f->key, "%s", row->key);
	f->data = json_loads(row->data, 0, NULL);
	return false;
}

static bool find_case(struct world *w, const struct act *act, struct sought *f)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_error err = {0};
	struct store_case_filter filter = {.workflow = act->picked, .done = 0, .limit = 1000};
	*f = (struct sought){.skip = 1000};
	anju_status st = store_reader_open(w->folder, &reader, &err);
	if (st == ANJU_OK)
		st = store_read_cases(reader, &filter, find_row, f, &err);
	if (st != ANJU_OK)
		violation(w, "cases cannot be read: %s", err.text);
	if (st != ANJU_OK || f->n == 0)
		return false;
	/* the latest mostly: with those before it is too late for most acts */
	int few = act->nth % 4 > 0 && f->n > 5 ? 5 : f->n;
	*f = (struct sought){.skip = f->n - few + act->nth / 4 % few};
	return store_read_cases(reader, &filter, find_row, f, &err) == ANJU_OK && f->data != NULL;
}

static void find_unit(struct world *w, const char *unit, const json_t *data, char out[64])
{
	const struct org *org = pack_set_org(w->packs);
	bool above = strcmp(unit, "@above") == 0;
	const char *code = unit;
	if (unit[0] == '@')
		code = json_string_value(json_object_get(data, above ? "owner" : unit + 1));
	const struct unit *u = above && code != NULL ? org_unit(org, code) : NULL;
	const struct unit *top = u != NULL ? org_supervisor(org, u) : NULL;
	snprintf(out, 64, "%s", top != NULL ? top->code : code != NULL ? code : "610322.gov");
}

bool resolve(struct world *w, const struct act *act, char unit[64], char params[MORE_MAX + 200])
{
	struct sought f;
	if (act->picked == NULL) {
		snprintf(unit, 64, "%s", act->unit);
		snprintf(params, MORE_MAX + 200, "%s", act->params);
		return true;
	}
	if (!find_case(w, act, &f))
		return false;
	find_unit(w, act->unit, f.data, unit);
	json_decref(f.data);
	snprintf(params, MORE_MAX + 200, "{\"workflow\":\"%s\",\"key\":\"%s\",%s", act->picked,
		f.key, act->params + 1);
	return true;
}
