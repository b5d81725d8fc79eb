/*
 * Years of a county's life in a few seconds: random work, the clock moving by hours and by months, channels that are
 * down or refuse, restarts, and on top of it a disk whose power fails, that is full, or that fails, again and again. The
 * same years are lived a second time in calm; both must end alike, to the byte: nothing acknowledged is missing, nothing
 * is there twice, every reminder went out once with the same words. In between the folder is looked through.
 *
 * usage: simulation PACKS [--years N] [--seed N] [--steps N]
 *   --years  simulated, at least; default 20
 *   --steps  of one life; default 150
 * Prints TAP and how many years an hour were lived. A failing seed lives the same life again.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/timestamp.h"
#include "life.h"
#include "power.h"

#define HOUSEHOLDS 12
#define STEPS_MAX  2000

enum act_kind { ACT_COMMAND, ACT_CHANNEL, ACT_RESTART, ACT_LOOK };

struct act {
	enum act_kind kind;
	enum command_kind command;
	enum channel channel;
	const char *unit;
	char params[400];
};

struct life {
	struct act acts[STEPS_MAX];
	int len;
	double years;
};

__attribute__((format(printf, 4, 5))) static void add(
	struct life *l, enum command_kind command, const char *unit, const char *fmt, ...)
{
	struct act *act = &l->acts[l->len++];
	char more[360];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(more, sizeof more, fmt, ap);
	va_end(ap);
	*act = (struct act){.command = command, .unit = unit};
	snprintf(act->params, sizeof act->params, "{\"idem\":\"k%d\",%s}", l->len, more);
}

#define HOUSEHOLD "\"workflow\":\"household\",\"key\":\"610322-%04d\",\"event\":"

static void add_work(struct life *l, int household)
{
	static const char *const amended[] = {"\"area_m2\":\"60.00\"", "\"area_m2\":\"120.00\"",
		"\"signed_by\":\"2017-10-31\"", "\"signed_by\":\"2018-02-28\"",
		"\"signed_by\":\"2020-02-29\""};
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
	case 3:
		add(l, COMMAND_SEND, "610322.land", HOUSEHOLD "\"resume\",\"reason\":\"back\"",
			household);
		break;
	case 4:
		add(l, COMMAND_SEND, "610322.gov",
			"\"workflow\":\"project\",\"key\":\"S%d\",\"event\":\"accept\"",
			1 + below(2));
		break;
	case 5:
		add(l, COMMAND_OPEN, "610322.poverty",
			"\"workflow\":\"household\",\"key\":\"610322-%04d\",\"data\":{\"persons\":%"
			"d,"
			"\"town\":\"610322101.town\"}",
			1 + below(HOUSEHOLDS), 1 + below(6));
		break;
	case 6:
		add(l, COMMAND_SEND, "610322.land",
			HOUSEHOLD "\"sign\",\"data\":{\"area_m2\":\"25.00\"},"
				  "\"docs\":[{\"kind\":\"agreement\"}]",
			household);
		break;
	default:
		add(l, COMMAND_SEND, "610322.land",
			HOUSEHOLD "\"amend\",\"data\":{%s},\"reason\":\"measured\"", household,
			amended[below(5)]);
	}
}

/* Hours, days, or an absence of weeks. */
static void add_time(struct life *l, int64_t *now)
{
	static const int hours[] = {1, 5, 14, 24, 24, 48, 24 * 9, 24 * 40};
	char at[TIMESTAMP_MAX_CHARS];
	*now += hours[below(8)] * INT64_C(3600000) + below(3600) * INT64_C(1000);
	add(l, COMMAND_ADVANCE, "", "\"at\":\"%s\"", timestamp_format(*now, at));
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

static void make_life(struct life *l, uint64_t seed, int steps)
{
	int64_t begin, now;
	if (timestamp_parse(START, &begin, NULL) != ANJU_OK)
		abort();
	now = begin;
	seed_random(seed * 2 + 1);
	l->len = 0;
	for (int i = 1; i <= 2; i++)
		add(l, COMMAND_OPEN, "610322.land",
			"\"workflow\":\"project\",\"key\":\"S%d\",\"data\":{\"county\":\"610322\"}",
			i);
	while (l->len < steps) {
		int what = below(20);
		if (what < 10)
			add_work(l, 1 + below(HOUSEHOLDS));
		else if (what < 17)
			add_time(l, &now);
		else if (what == 17)
			set_channel(l, below(3));
		else if (what == 18) /* to a channel that takes them: sending again twice is once */
			send_again(l);
		else
			l->acts[l->len++] =
				(struct act){.kind = below(3) == 0 ? ACT_LOOK : ACT_RESTART};
	}
	/* in the end everything has gone out */
	send_again(l);
	add_time(l, &now);
	l->years = (double)(now - begin) / (365.25 * 86400000);
}

/* The next trouble, some changes of the disk from now; kinds as they come. */
static void arm_next(void)
{
	static const enum power_fault kinds[] = {
		POWER_FAILS, POWER_FAILS, POWER_FAILS, POWER_FULL_ONCE, POWER_IO_ONCE};
	power_arm(kinds[below(5)], 1 + below(400));
}

static void live_one(struct world *w, const struct act *act)
{
	switch (act->kind) {
	case ACT_COMMAND:
		carry_out(w, act->command, act->unit, act->params);
		break;
	case ACT_CHANNEL:
		w->channel = act->channel;
		break;
	case ACT_RESTART:
		close_world(w);
		if (power_is_off())
			power_return();
		start(w);
		break;
	case ACT_LOOK:
		check_sound(w);
		break;
	}
}

/* What is left at the end; NULL after a violation. */
static char *live(
	struct world *w, const struct life *l, uint64_t seed, bool troubled, int *ret_troubles)
{
	w->wrong[0] = '\0';
	w->channel = CHANNEL_UP;
	power_format(seed);
	seed_random(seed * 31 + 7);
	if (troubled)
		arm_next();
	start(w);
	for (int i = 0; i < l->len && w->wrong[0] == '\0'; i++) {
		live_one(w, &l->acts[i]);
		if (troubled && !power_is_armed()) {
			(*ret_troubles)++;
			arm_next();
		}
	}
	power_arm(POWER_FAILS, 0);
	if (w->wrong[0] == '\0')
		check_sound(w);
	char *text = w->wrong[0] == '\0' ? outcome(w) : NULL;
	close_world(w);
	free_told(&w->told);
	return text;
}

static void live_twice(struct world *w, struct life *l, uint64_t seed, int *ret_troubles)
{
	char *calm = live(w, l, seed, false, ret_troubles);
	char *got = calm != NULL ? live(w, l, seed, true, ret_troubles) : NULL;
	if (calm != NULL && got != NULL)
		compare(w, calm, got);
	free(calm);
	free(got);
	for (char *p = w->wrong; *p != '\0'; p++)
		*p = *p == '\n' ? ' ' : *p; /* one line of TAP */
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct world w;
	static struct life life;
	double years = 20, lived = 0;
	uint64_t seed = 1;
	int steps = 150, lives = 0, troubles = 0, violations = 0;
	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--years") == 0)
			years = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--steps") == 0)
			steps = (int)strtol(argv[i + 1], NULL, 10);
	}
	if (argc < 2 || steps < 10 || steps > STEPS_MAX - 10)
		return 2;
	power_install();
	load_definitions(&w, argv[1]);
	double began = seconds();
	for (; lived < years && violations < 10; seed++, lives++) {
		make_life(&life, seed, steps);
		live_twice(&w, &life, seed, &troubles);
		lived += 2 * life.years;
		if (w.wrong[0] == '\0')
			continue;
		violations++;
		printf("# --seed %llu: %s\n", (unsigned long long)seed, w.wrong);
	}
	free_definitions(&w);
	printf("# %.0f years an hour\n", lived / (seconds() - began) * 3600);
	printf("%s 1 - %.0f years in %d lives, each twice, %d troubles, %d violations\n1..1\n",
		violations == 0 ? "ok" : "not ok", lived, lives, troubles, violations);
	return violations == 0 ? 0 : 1;
}
