/*
 * Years of a county's life in a few seconds: random work (cases, acts on deadlines, supervision slips, obligations), the
 * clock moving by hours and by months, holiday notices that move dates, channels that are down or refuse, restarts, weeks
 * without anju, and on top of it a disk whose power fails, that is full, or that fails, again and again. The same years
 * are lived a second time in calm; both must end alike, to the byte: nothing acknowledged is missing, nothing is there
 * twice, every reminder went out once with the same words. In between the folder is looked through (dates.h).
 *
 * usage: simulation PACKS [--years N] [--seed N] [--steps N] [--seconds N] [--plant skip|twice] [--write PREFIX]
 *   --years  simulated, at least; default 20
 *   --steps  of one life; default 150
 *   --seconds  begin no life after so long
 *   --plant  skip or twice: after a failure of the power a case is not counted again, or once more; the run must find a
 *            violation, else it fails
 *   --write  when the two ends of a life differ: they are written to PREFIX.calm and PREFIX.now
 * Prints TAP and how many years an hour were lived. A failing seed lives the same life again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "counting.h"
#include "dates.h"
#include "power.h"
#include "work.h"

/* What a life of this length must have done at least once: otherwise it tests less than it says. */
static const char *const wanted[] = {"amend", "sign", "answer", "close", "refer", "report",
	"accept", "begin", "rework", "deadline.waive", "deadline.suspend", "deadline.resume",
	"deadline.extend", "deadline.grant", "deadline.refuse", "deadline.keep", "deadline.lapse"};
#define WANTED       (sizeof wanted / sizeof wanted[0])
#define WANTED_YEARS 150

static int counts[WANTED];

static void count(struct world *w, const char *what)
{
	for (size_t i = 0; i < WANTED; i++)
		counts[i] += strcmp(what, wanted[i]) == 0;
}

/* The next trouble, some changes of the disk from now; kinds as they come. */
static void arm_next(void)
{
	static const enum power_fault kinds[] = {
		POWER_FAILS, POWER_FAILS, POWER_FAILS, POWER_FULL_ONCE, POWER_IO_ONCE};
	power_arm(kinds[below(5)], 1 + below(400));
}

static void look(struct world *w)
{
	check_sound(w);
	check_rows(w);
	check_dates(w);
}

/* On a disk that fails the clock stops somewhere on its way: that must not be seen in the end. */
static void move_clock(struct world *w, const struct act *act)
{
	int64_t now = engine_now(w->engine), way = act->to_ms - now;
	if (w->troubled && way > 1 && below(2) == 0)
		move_part(w, now + (int64_t)(random_next() % (uint64_t)way));
}

static void command(struct world *w, const struct act *act)
{
	char unit[64], params[MORE_MAX + 200];
	if (!resolve(w, act, unit, params))
		return;
	if (act->command == COMMAND_ADVANCE)
		move_clock(w, act);
	if (w->engine != NULL)
		carry_out(w, act->command, unit, params);
	if (act->command == COMMAND_ADVANCE && w->engine != NULL)
		check_clock(w);
}

static void live_one(struct world *w, const struct act *act)
{
	switch (act->kind) {
	case ACT_COMMAND:
		command(w, act);
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
		look(w);
		break;
	case ACT_NOTICE:
		break; /* count_dates() */
	case ACT_ABSENCE:
		be_absent(w, act->to_ms);
		break;
	}
}

/* In trouble as far as in calm, where it was written down. *begun: what it was last begun with. */
static void count_dates(struct world *w, struct life *l, int i, const char **begun)
{
	struct act *act = &l->acts[i];
	if (act->kind == ACT_NOTICE && w->troubled)
		counting_until(w, &act->ended, *begun);
	else if (act->kind == ACT_NOTICE)
		counting_go(w, -1, &act->ended);
	if (act->kind == ACT_NOTICE && !w->troubled)
		counting_begin(w, act->params);
	if (act->kind == ACT_NOTICE)
		*begun = act->params;
	if (w->engine == NULL)
		return;
	if (w->troubled)
		counting_until(w, &act->counted, *begun);
	else
		counting_go(w, act->pages, &act->counted);
}

/* What is left at the end; NULL after a violation. */
static char *live(struct world *w, struct life *l, uint64_t seed, bool troubled, int *ret_troubles)
{
	const char *begun = NULL;
	w->wrong[0] = '\0';
	w->channel = CHANNEL_UP;
	w->counted_job = w->counted = w->counted_before = 0;
	w->troubled = troubled;
	w->done = troubled ? NULL : count;
	power_format(seed);
	seed_random(seed * 31 + 7);
	if (troubled)
		arm_next();
	start(w);
	for (int i = 0; i < l->len && w->wrong[0] == '\0' && w->engine != NULL; i++) {
		live_one(w, &l->acts[i]);
		if (w->engine != NULL)
			count_dates(w, l, i, &begun);
		if (power_is_off()) /* while it was looked through, or starting */
			black_out(w);
		if (troubled && !power_is_armed()) {
			(*ret_troubles)++;
			arm_next();
		}
	}
	power_arm(POWER_FAILS, 0);
	if (w->wrong[0] == '\0')
		look(w);
	char *text = w->wrong[0] == '\0' ? outcome(w) : NULL;
	close_world(w);
	free_told(&w->told);
	return text;
}

static const char *prefix; /* of files that get both ends when they differ; or NULL */

static void write_end(const char *name, const char *text)
{
	char path[300];
	snprintf(path, sizeof path, "%s.%s", prefix, name);
	FILE *f = fopen(path, "w");
	if (f == NULL)
		return;
	fputs(text, f);
	fclose(f);
}

static void live_twice(struct world *w, struct life *l, uint64_t seed, int *ret_troubles)
{
	char *calm = live(w, l, seed, false, ret_troubles);
	char *got = calm != NULL ? live(w, l, seed, true, ret_troubles) : NULL;
	if (calm != NULL && got != NULL)
		compare(w, calm, got);
	if (prefix != NULL && got != NULL && w->wrong[0] != '\0') {
		write_end("calm", calm);
		write_end("now", got);
	}
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

/* What a daemon would do that remembers wrongly how far it has counted dates, after a failure of the power. */
static const char *plant_of(const char *name)
{
#define AFTER "CAST(json_extract(value, '$.after') AS INTEGER)"
#define PLANT(how)                                                                                 \
	"UPDATE meta SET value = json_set(value, '$.after', " how                                  \
	") WHERE name = 'recount' AND json_extract(value, '$.state') = 'running'"
	if (strcmp(name, "skip") == 0)
		return PLANT(AFTER " + 1");
	return strcmp(name, "twice") == 0 ? PLANT("max(0, " AFTER " - 1)") : NULL;
}

int main(int argc, char **argv)
{
	static struct world w;
	static struct life life;
	double years = 20, lived = 0, most = 1e9;
	uint64_t seed = 1;
	int steps = 150, lives = 0, troubles = 0, violations = 0;
	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--years") == 0)
			years = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--steps") == 0)
			steps = (int)strtol(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seconds") == 0)
			most = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--plant") == 0)
			planted = plant_of(argv[i + 1]);
		else if (strcmp(argv[i], "--write") == 0)
			prefix = argv[i + 1];
	}
	if (argc < 2 || steps < 10 || steps > STEPS_MAX - 40)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	log_set_level(LOG_WARN_);
	power_install();
	load_definitions(&w, argv[1]);
	double began = seconds();
	for (; lived < years && violations < 10 && seconds() - began < most; seed++, lives++) {
		make_life(&life, seed, steps);
		live_twice(&w, &life, seed, &troubles);
		lived += 2 * life.years;
		if (w.wrong[0] == '\0')
			continue;
		violations++;
		printf("# --seed %llu: %s\n", (unsigned long long)seed, w.wrong);
		if (planted != NULL)
			break;
	}
	free_definitions(&w);
	for (size_t i = 0; i < WANTED; i++) {
		printf("# %s: %d\n", wanted[i], counts[i]);
		if (counts[i] == 0 && lived >= WANTED_YEARS)
			violations++;
	}
	printf("# %d pages of dates counted again, cut short %d times\n", counting_pages,
		counting_cuts);
	printf("# %.0f years an hour\n", lived / (seconds() - began) * 3600);
	if (planted != NULL)
		violations = violations > 0 ? 0 : 1; /* it must have been found */
	printf("%s 1 - %.0f years in %d lives, each twice, %d troubles, %d violations\n1..1\n",
		violations == 0 ? "ok" : "not ok", lived, lives, troubles, violations);
	return violations == 0 ? 0 : 1;
}
