/**
 * What one piece costs by itself: a step of the bench pack's household, a step of a chart of ten states and of one
 * of 5,000 (which should cost the same), the household's guards, expressions with and without the explanation
 * of a false one (medians), and one durable-less transition in the store (batches of 64). CPU time of the process, so that a busy machine disturbs little.
 *
 *   micro PACKS_FOLDER [--quick] [--json]
 *
 * With --json each line is an object.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "chart/chart.h"
#include "pack/pack.h"
#include "store/store.h"

#define ROUNDS 5 /* of which the median is reported */

static anju_error err;
static bool as_json;

static void need(anju_status st, const char *what)
{
	if (st == ANJU_OK)
		return;
	fprintf(stderr, "micro: %s: %s (%s %s)\n", what, err.text, err.file, err.where);
	exit(1);
}

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const char *what, long n, double seconds)
{
	double us = seconds * 1e6 / (double)n;
	if (as_json)
		printf("{\"what\":\"%s\",\"us\":%.4f,\"per_second\":%.0f}\n", what, us, 1e6 / us);
	else
		printf("%-44s %9.3f us %12.0f/s\n", what, us, 1e6 / us);
}

/* --- chart --- */

static enum chart_verdict yes(void *ctx, struct chart_step *step, const struct chart_call *guard,
	const struct chart_event *event)
{
	return CHART_TRUE;
}

static anju_status ignore(void *ctx, struct chart_step *step, const struct chart_effect *effect,
	const struct chart_event *event, anju_error *e)
{
	return ANJU_OK;
}

/* a ring of ten states that take part, of which one has regions and history; the others stand beside them and
 * know the same events */
static struct chart *ring(int states)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_adds(&text, "{\"id\":\"ring\",\"initial\":\"s0\",\"states\":{");
	for (int i = 0; i < 6; i++)
		buf_addf(&text, "%s\"s%d\":{\"on\":{\"next\":\"%s%d\"},\"entry\":\"note\"}",
			i > 0 ? "," : "", i, i == 2 ? "p.h" : "s", i == 2 ? 0 : (i + 1) % 6);
	buf_adds(&text, ",\"p\":{\"type\":\"parallel\",\"on\":{\"next\":\"s3\"},\"states\":{"
			"\"r0\":{},\"r1\":{},\"h0\":{\"type\":\"history\"}}}");
	for (int i = 10; i < states; i++)
		buf_addf(&text, ",\"x%d\":{\"on\":{\"next\":\"s0\",\"own%d\":\"s1\"}}", i, i);
	buf_adds(&text, "}}");
	if (text.failed)
		exit(1);
	json_t *json = json_loadb(text.data, text.len, 0, NULL);
	struct chart *chart = NULL;
	need(chart_compile(json, NULL, &chart, &err), "ring");
	json_decref(json);
	return chart;
}

static double seconds_around(const struct chart *chart, long steps)
{
	struct chart_host host = {.guard = yes, .effect = ignore};
	struct chart_event event = {.type = "next"};
	ANJU_AUTO(chart_snapshot) snap = NULL;
	need(chart_start(chart, &host, &snap, &err), "start");
	double begun = cpu_seconds();
	for (long i = 0; i < steps; i++) {
		bool handled = false;
		need(chart_step(chart, snap, &event, &host, &handled, &err), "step");
	}
	return cpu_seconds() - begun;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* in turn, so that a busy moment of the machine strikes both */
static void size_bench(long steps)
{
	ANJU_AUTO(chart) small = ring(10);
	ANJU_AUTO(chart) large = ring(5000);
	double s[ROUNDS], l[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		s[i] = seconds_around(small, steps);
		l[i] = seconds_around(large, steps);
	}
	qsort(s, ROUNDS, sizeof *s, by_size);
	qsort(l, ROUNDS, sizeof *l, by_size);
	report("chart step, 10 states (median)", steps, s[ROUNDS / 2]);
	report("chart step, 5,000 states (median)", steps, l[ROUNDS / 2]);
	if (!as_json)
		printf("%-44s %9.2f\n", "  the large one takes so many times as long",
			l[ROUNDS / 2] / s[ROUNDS / 2]);
}

/* the way of a household, on a fresh copy of its beginning each time */
static double household_seconds(const struct workflow *wf, long rounds, long *ret_steps)
{
	static const char *const events[] = {"survey", "sign_agreements", "start_building",
		"accept_home", "hand_over", "move_in"};
	struct chart_host host = {.guard = yes, .effect = ignore};
	ANJU_AUTO(chart_snapshot) start = NULL;
	need(chart_start(wf->chart, &host, &start, &err), "start");
	long steps = 0;
	double begun = cpu_seconds();
	for (long i = 0; i < rounds; i++) {
		ANJU_AUTO(chart_snapshot) snap = chart_snapshot_dup(start);
		for (size_t k = 0; k < sizeof events / sizeof events[0]; k++, steps++) {
			struct chart_event event = {.type = events[k]};
			bool handled = false;
			need(chart_step(wf->chart, snap, &event, &host, &handled, &err), "step");
			if (!handled) {
				fprintf(stderr, "micro: %s was not taken\n", events[k]);
				exit(1);
			}
		}
	}
	*ret_steps = steps;
	return cpu_seconds() - begun;
}

static void chart_bench(const struct workflow *wf, long rounds)
{
	double seconds[ROUNDS];
	long steps = 0;
	for (int i = 0; i < ROUNDS; i++)
		seconds[i] = household_seconds(wf, rounds, &steps);
	qsort(seconds, ROUNDS, sizeof *seconds, by_size);
	report("chart step, household (median)", steps, seconds[ROUNDS / 2]);
}

/* --- guards --- */

static void guard_bench(struct pack_set *packs, const struct workflow *wf, long rounds)
{
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	json_t *data = json_pack("{s:i, s:s, s:s}", "persons", 4, "area_m2", "96.50",
		"registration_town", "610322101.town");
	struct pack_vars vars = {.wf = wf, .data = data, .rules = pack_set_rules(packs)};
	for (uint32_t t = 0; t < chart_transition_count(wf->chart); t++) {
		const struct chart_call *call = chart_transition_at(wf->chart, t)->guard;
		const struct guard *g = call != NULL ? call->user : NULL;
		if (g == NULL || g->kind != GUARD_CEL)
			continue;
		double begun = cpu_seconds();
		for (long i = 0; i < rounds; i++) {
			struct expr_value value;
			expr_arena_reset(arena);
			need(pack_eval(g->expr, &vars, arena, &value, &err), expr_text(g->expr));
			if (value.kind != EXPR_BOOL || !value.b) {
				fprintf(stderr, "micro: guard is not true\n");
				exit(1);
			}
		}
		char what[64];
		snprintf(what, sizeof what, "guard %.36s", expr_text(g->expr));
		report(what, rounds, cpu_seconds() - begun);
	}
	json_decref(data);
}

/* --- expressions --- */

#define EXPR_RUNS 5

/* The median of a few runs: `explain` says in addition why the answer is false, in Chinese. */
static void expr_one(const char *what, const struct expr *e, const struct pack_vars *vars,
	bool want, bool explain, long rounds)
{
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO_BUF out = BUF_INIT;
	double seconds[EXPR_RUNS];
	for (int run = 0; run < EXPR_RUNS; run++) {
		double begun = cpu_seconds();
		for (long i = 0; i < rounds; i++) {
			struct expr_value value;
			expr_arena_reset(arena);
			need(pack_eval(e, vars, arena, &value, &err), expr_text(e));
			if (value.kind != EXPR_BOOL || value.b != want) {
				fprintf(stderr, "micro: %s has another value\n", expr_text(e));
				exit(1);
			}
			buf_reset(&out);
			if (explain)
				pack_explain(e, vars, LANG_ZH, &out);
		}
		seconds[run] = cpu_seconds() - begun;
	}
	qsort(seconds, EXPR_RUNS, sizeof seconds[0], by_size);
	report(what, rounds, seconds[EXPR_RUNS / 2]);
}

static void expr_bench(struct pack_set *packs, const struct workflow *wf, long rounds)
{
	static const char text[] = "event.persons <= 5 && event.area <= 25 * event.persons && "
				   "event.kind in ['tent', 'house']";
	ANJU_AUTO(expr_env) env = expr_env_new();
	ANJU_AUTO(expr) e = NULL;
	ANJU_AUTO(expr) pattern = NULL;
	need(expr_env_variable(env, "event", (struct expr_type){.kind = EXPR_MAP}, &err), "env");
	need(expr_compile(env, text, EXPR_BOOL, &e, &err), text);
	need(expr_compile(env, "event.kind.matches('^(te|mo)[a-z]+$')", EXPR_BOOL, &pattern, &err),
		"pattern");
	json_t *small = json_pack("{s:i, s:i, s:s}", "persons", 4, "area", 96, "kind", "tent");
	json_t *large = json_pack("{s:i, s:i, s:s}", "persons", 4, "area", 132, "kind", "tent");
	struct pack_vars holds = {.wf = wf, .rules = pack_set_rules(packs), .event = small};
	struct pack_vars fails = {.wf = wf, .rules = pack_set_rules(packs), .event = large};
	expr_one("expression, true", e, &holds, true, false, rounds);
	expr_one("expression, false", e, &fails, false, false, rounds);
	expr_one("expression, false, with explanation", e, &fails, false, true, rounds);
	expr_one("expression with a literal pattern", pattern, &holds, true, false, rounds);
	json_decref(small);
	json_decref(large);
}

/* --- store --- */

#define BATCH 64

static struct store_case sample(const char *key, int64_t rev)
{
	return (struct store_case){.workflow = "household",
		.key = key,
		.hash = "6a0f",
		.rev = rev,
		.region = "610322101",
		.phase = "agree",
		.state = "relocation.agree.surveyed old_home.occupied",
		.data = rev <= 2 ? "{\"persons\":4,\"area_m2\":\"96.50\"}" : NULL,
		.meta = rev == 1 ? "{}" : NULL};
}

static void store_one(struct store *store, long i, int64_t rev)
{
	char key[40], idem[40];
	snprintf(key, sizeof key, "610322101-%06ld", i);
	snprintf(idem, sizeof idem, "0:%ld-%ld", i, (long)rev);
	struct store_case row = sample(key, rev);
	int64_t id = i + 1, seq = 0;
	if (rev == 1)
		need(store_case_insert(store, &row, &id, &err), "insert");
	struct store_entry entry = {.case_id = id,
		.rev = rev,
		.event = "sign_agreements",
		.actor = "610322.land",
		.body = "{\"from\":\"relocation.agree.surveyed\",\"to\":\"relocation.build."
			"planned\"}",
		.idem = idem};
	need(store_journal_append(store, &entry, &seq, &err), "append");
	row.id = id;
	if (rev > 1)
		need(store_case_update(store, &row, &err), "update");
}

static void store_bench(const char *folder, long cases)
{
	struct store_options options = {.folder = folder};
	struct store *store = NULL;
	need(store_open(&options, &store, &err), "open");
	for (int64_t rev = 1; rev <= 7; rev++) {
		double begun = cpu_seconds();
		for (long i = 0; i < cases; i += BATCH) {
			need(store_begin(store, &err), "begin");
			for (long k = i; k < i + BATCH && k < cases; k++)
				store_one(store, k * 7919 % cases, rev);
			need(store_commit(store, &err), "commit");
		}
		if (rev == 1 || rev == 7)
			report(rev == 1 ? "store: case opened"
					: "store: transition (row, entry, key)",
				cases, cpu_seconds() - begun);
	}
	store_free(store);
}

static void remove_folder(const char *folder)
{
	static const char *const names[] = {"anju.db", "anju.db-wal", "anju.db-shm", "anju.lock"};
	char path[128];
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		(void)unlink(path); /* most are gone after a clean end */
	}
	(void)rmdir(folder);
}

int main(int argc, char **argv)
{
	bool quick = false;
	for (int i = 2; i < argc; i++) {
		quick = quick || strcmp(argv[i], "--quick") == 0;
		as_json = as_json || strcmp(argv[i], "--json") == 0;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: micro PACKS_FOLDER [--quick] [--json]\n");
		return 2;
	}
	struct pack_options options = {.dir = argv[1]};
	ANJU_AUTO(pack_set) packs = NULL;
	need(pack_load(&options, &packs, &err), "packs");
	struct workflow *wf = pack_set_workflow(packs, "household");
	chart_bench(wf, quick ? 200 : 60000);
	size_bench(quick ? 2000 : 400000);
	guard_bench(packs, wf, quick ? 1000 : 1000000);
	expr_bench(packs, wf, quick ? 200 : 200000);
	char folder[] = "/tmp/anju-micro-XXXXXX";
	if (mkdtemp(folder) == NULL)
		return 1;
	store_bench(folder, quick ? 500 : 20000); /* neither is a multiple of 7919 */
	remove_folder(folder);
	return 0;
}
