/*
 * The power fails at some change of the disk, is back, and the daemon starts again: what was acknowledged must be
 * there, what was not is there whole or not at all, and in the end, when everything is sent again, all must be
 * as if nothing had happened. The real engine and the real store, on a disk in memory (power.h).
 *
 * One script of commands is first carried out in calm; then again and again, each time with the power failing
 * at another point (and sometimes again while it starts), or the disk saying once that it is full or broken.
 *
 * usage: power_loss PACKS [--points N] [--seed N] [--only SCRIPT:POINT] [--lie nothing|late] [--plant rung|message]
 *   --points  crash points in all; default 2,000 (the check takes fewer)
 *   --only    one point of one script, as a failure names it
 *   --lie     plant a disk that lies about its syncs: the run must find a violation, else it fails
 *   --plant   likewise a fault of anjud's: after a failure of the power reminders to come are forgotten
 *             (rung), or the last message is there a second time (message)
 * Prints TAP.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/commands.h"
#include "life.h"
#include "power.h"

#define STEPS_MAX     40
#define POINTS_SCRIPT 50

struct step {
	enum command_kind kind;
	const char *unit;
	char params[512];
};

struct script {
	struct step steps[STEPS_MAX];
	int len;
};

/* --- scripts --- */

__attribute__((format(printf, 4, 5))) static void add_step(
	struct script *s, enum command_kind kind, const char *unit, const char *fmt, ...)
{
	struct step *step = &s->steps[s->len++];
	char more[448];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(more, sizeof more, fmt, ap);
	va_end(ap);
	step->kind = kind;
	step->unit = unit;
	snprintf(step->params, sizeof step->params, "{\"idem\":\"k%d\",%s}", s->len, more);
}

#define HOUSEHOLD "\"workflow\":\"household\",\"key\":\"610322-000%d\",\"event\":"

static void add_event(struct script *s, int household)
{
	switch (below(7)) {
	case 0:
		add_step(s, COMMAND_SEND, "610322.land",
			HOUSEHOLD
			"\"amend\",\"data\":{\"area_m2\":\"%d.00\"},\"reason\":\"measured\"",
			household, 20 + below(120));
		break;
	case 1:
		add_step(s, COMMAND_SEND, "610322.land",
			HOUSEHOLD
			"\"amend\",\"data\":{\"signed_by\":\"2017-%02d-15\"},\"reason\":\"plan\"",
			household, 8 + below(4));
		break;
	case 2:
		add_step(s, COMMAND_SEND, "610322.poverty",
			HOUSEHOLD
			"\"amend\",\"data\":{\"project\":\"project/S1\"},\"reason\":\"assigned\"",
			household);
		break;
	case 3:
		add_step(s, COMMAND_SEND, "610322.poverty",
			HOUSEHOLD "\"reopen\",\"reason\":\"mistake\"", household);
		break;
	case 4:
		add_step(s, COMMAND_SEND, "610322.land",
			HOUSEHOLD "\"resume\",\"reason\":\"they are back\"", household);
		break;
	default:
		add_step(s, COMMAND_SEND, "610322.land",
			HOUSEHOLD "\"sign\",\"data\":{\"area_m2\":\"60.00\"},"
				  "\"docs\":[{\"kind\":\"agreement\"}]",
			household);
	}
}

static void make_script(struct script *s, uint64_t seed)
{
	int32_t day;
	char date[16];
	seed_random(seed * 2 + 1);
	s->len = 0;
	if (date_parse("2017-08-16", &day, NULL) != ANJU_OK)
		abort();
	add_step(s, COMMAND_OPEN, "610322.land",
		"\"workflow\":\"project\",\"key\":\"S1\",\"data\":{\"county\":\"610322\"}");
	for (int i = 1; i <= 3; i++)
		add_step(s, COMMAND_OPEN, "610322.poverty",
			"\"workflow\":\"household\",\"key\":\"610322-000%d\",\"data\":{\"persons\":"
			"%d,"
			"\"town\":\"610322101.town\"}",
			i, 2 + below(4));
	while (s->len < STEPS_MAX - 6) {
		int what = below(10);
		if (what < 6) {
			add_event(s, 1 + below(3));
		} else if (what < 9) {
			day += below(6);
			add_step(s, COMMAND_ADVANCE, "", "\"at\":\"%sT%02d:00:00+08:00\"",
				date_format(day, date), 8 + below(10));
			day++;
		} else {
			add_step(s, COMMAND_SEND, "610322.gov",
				"\"workflow\":\"project\",\"key\":\"S1\",\"event\":\"accept\"");
		}
	}
}

/* --- carrying out a script --- */

struct plan {
	enum power_fault fault;
	int64_t point, second; /* 0 = none; second: changes after the first */
};

/* One whole run; the caller's text, NULL after a violation. */
static char *run_script(struct world *w, const struct script *s, uint64_t seed, struct plan plan,
	enum power_lie lie)
{
	w->wrong[0] = '\0';
	power_format(seed);
	power_lie(lie);
	power_arm(plan.fault, plan.point);
	start(w);
	for (int i = 0; i < s->len && w->wrong[0] == '\0'; i++) {
		carry_out(w, s->steps[i].kind, s->steps[i].unit, s->steps[i].params);
		if (plan.second > 0 && power_changes() > plan.point) {
			power_arm(POWER_FAILS, plan.second);
			plan.second = 0;
		}
	}
	power_arm(POWER_FAILS, 0);
	if (w->wrong[0] == '\0')
		check_sound(w);
	char *text = w->wrong[0] == '\0' ? outcome(w) : NULL;
	close_world(w);
	free_told(&w->told);
	if (w->wrong[0] != '\0') {
		free(text);
		return NULL;
	}
	return text;
}

struct totals {
	int64_t points, violations;
};

static void try_point(struct world *w, const struct script *s, uint64_t seed, const char *calm,
	int64_t changes, int64_t point, enum power_lie lie, struct totals *totals)
{
	seed_random(seed * 1000003 + (uint64_t)point);
	struct plan plan = {.fault = POWER_FAILS, .point = 1 + point % changes};
	int kind = below(8);
	if (lie == POWER_HONEST && kind == 0)
		plan.fault = POWER_FULL_ONCE;
	else if (lie == POWER_HONEST && kind == 1)
		plan.fault = POWER_IO_ONCE;
	else if (kind == 2)
		plan.second = 1 + below(60);
	char *got = run_script(w, s, seed * 7919 + (uint64_t)point, plan, lie);
	if (got != NULL)
		compare(w, calm, got);
	free(got);
	totals->points++;
	if (w->wrong[0] == '\0')
		return;
	totals->violations++;
	for (char *p = w->wrong; *p != '\0'; p++)
		*p = *p == '\n' ? ' ' : *p; /* one line of TAP */
	printf("# --only %llu:%lld (%s at change %lld of %lld): %s\n", (unsigned long long)seed,
		(long long)point,
		plan.fault == POWER_FAILS       ? "power fails"
		: plan.fault == POWER_FULL_ONCE ? "disk full"
						: "disk error",
		(long long)plan.point, (long long)changes, w->wrong);
}

static void try_script(struct world *w, uint64_t seed, int64_t only, int64_t points,
	enum power_lie lie, struct totals *totals)
{
	struct script s;
	make_script(&s, seed);
	char *calm = run_script(w, &s, seed, (struct plan){0}, POWER_HONEST);
	int64_t changes = power_changes();
	if (calm == NULL) {
		printf("# script %llu in calm: %s\n", (unsigned long long)seed, w->wrong);
		totals->violations++;
		return;
	}
	for (int64_t i = 0; i < points; i++) {
		/* spread over the script; the next script takes what lies between */
		int64_t point = only >= 0 ? only : (i * changes) / points + (int64_t)(seed % 17);
		try_point(w, &s, seed, calm, changes, point, lie, totals);
	}
	free(calm);
}

static const char forgotten_rung[] =
	"UPDATE deadline SET next_ms = 9223372036854775807 WHERE status = 0 AND timer = 0";
static const char doubled_message[] =
	"INSERT INTO message(claim, unit, channel, status, attempts, next_ms, created_ms, "
	"ended_ms, body)"
	" SELECT claim || '/again', unit, channel, 0, 0, next_ms, created_ms, 0, body FROM message"
	" WHERE id = (SELECT max(id) FROM message)";

int main(int argc, char **argv)
{
	struct world w = {0};
	struct totals totals = {0};
	int64_t points = 2000, only = -1;
	uint64_t seed = 1;
	enum power_lie lie = POWER_HONEST;
	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--points") == 0)
			points = atoll(argv[i + 1]);
		else if (strcmp(argv[i], "--seed") == 0)
			seed = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--lie") == 0)
			lie = strcmp(argv[i + 1], "late") == 0 ? POWER_SYNC_LATE
							       : POWER_SYNC_DOES_NOTHING;
		else if (strcmp(argv[i], "--plant") == 0)
			planted =
				strcmp(argv[i + 1], "rung") == 0 ? forgotten_rung : doubled_message;
		else if (strcmp(argv[i], "--only") == 0 && strchr(argv[i + 1], ':') != NULL) {
			seed = strtoull(argv[i + 1], NULL, 10);
			only = atoll(strchr(argv[i + 1], ':') + 1);
			points = 1;
		}
	}
	if (argc < 2)
		return 2;
	power_install();
	load_definitions(&w, argv[1]);
	while (totals.points < points && totals.violations < 20) {
		int64_t left = points - totals.points;
		try_script(&w, seed++, only, left < POINTS_SCRIPT ? left : POINTS_SCRIPT, lie,
			&totals);
	}
	free_definitions(&w);
	bool wanted = lie != POWER_HONEST || planted != NULL;
	bool good = wanted ? totals.violations > 0 : totals.violations == 0;
	printf("%s 1 - %lld points of failure, %lld violations%s\n1..1\n", good ? "ok" : "not ok",
		(long long)totals.points, (long long)totals.violations,
		lie != POWER_HONEST ? " with a disk that lies"
		: planted != NULL   ? " with a planted fault"
				    : "");
	return good ? 0 : 1;
}
