/**
 * What one piece costs by itself: a step of the bench pack's household, its guards, and one durable-less
 * transition in the store (batches of 64). CPU time of the process, so that a busy machine disturbs little.
 *
 *   micro PACKS_FOLDER [--quick]
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "chart/chart.h"
#include "pack/pack.h"
#include "store/store.h"

static anju_error err;

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
	printf("%-44s %9.3f us %12.0f/s\n", what, seconds * 1e6 / (double)n, (double)n / seconds);
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

static void chart_bench(const struct workflow *wf, long rounds)
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
	report("chart step", steps, cpu_seconds() - begun);
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
	if (argc < 2) {
		fprintf(stderr, "usage: micro PACKS_FOLDER [--quick]\n");
		return 2;
	}
	bool quick = argc > 2 && strcmp(argv[2], "--quick") == 0;
	struct pack_options options = {.dir = argv[1]};
	ANJU_AUTO(pack_set) packs = NULL;
	need(pack_load(&options, &packs, &err), "packs");
	struct workflow *wf = pack_set_workflow(packs, "household");
	chart_bench(wf, quick ? 1000 : 300000);
	guard_bench(packs, wf, quick ? 1000 : 1000000);
	char folder[] = "/tmp/anju-micro-XXXXXX";
	if (mkdtemp(folder) == NULL)
		return 1;
	store_bench(folder, quick ? 500 : 20000); /* neither is a multiple of 7919 */
	remove_folder(folder);
	return 0;
}
