/**
 * Engine, delivery, imports and those who ask for their progress, all at once; meant for ThreadSanitizer, under
 * which Criterion cannot start, and run in every build.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/engine.h"
#include "import/import.h"
#include "notify/delivery.h"
#include "store/store.h"

#define JOBS 3
#define ROWS 600

struct house {
	char folder[64];
	struct pack_set *packs;
	struct plugin_set *plugins;
	struct calendar *calendar;
	struct store *store;
	struct engine *engine;
	struct delivery *delivery;
	struct imports *imports;
	int64_t jobs[JOBS];
	atomic_int refused, settled;
	atomic_bool over;
};

static void fail(const char *what, const anju_error *err)
{
	fprintf(stderr, "not ok - %s: %s\n", what, err != NULL ? err->text : "");
	exit(1);
}

#define must(call)                                                                                 \
	do {                                                                                       \
		anju_error err = {0};                                                              \
		if ((call) != ANJU_OK)                                                             \
			fail(#call, &err);                                                         \
	} while (0)

static void check(bool ok, const char *what)
{
	if (!ok)
		fail(what, NULL);
}

/* --- between the threads, as in the daemon --- */

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	struct house *h = ctx;
	(void)last_seq;
	for (struct command *c = list, *next; c != NULL; c = next) {
		next = c->next;
		check(c->status == ANJU_OK, c->err.text);
		command_free(c);
		h->settled++;
	}
	if (messages)
		delivery_wake(h->delivery);
}

static void settled(struct command *cmd)
{
	delivery_settled(cmd->owner);
	command_free(cmd);
}

static bool outcome(void *ctx, const struct delivery_outcome *outcome)
{
	struct house *h = ctx;
	/* each third is not taken at first */
	if (h->refused++ % 3 == 0)
		return false;
	struct command *cmd = command_new(COMMAND_DELIVERED);
	cmd->who.system = true;
	cmd->message_id = outcome->message_id;
	cmd->attempts = outcome->attempts;
	cmd->again = outcome->again;
	cmd->outcome = *outcome->error;
	cmd->owner = outcome->reporter;
	cmd->settled = settled;
	if (engine_submit(h->engine, cmd, NULL) == ANJU_OK)
		return true;
	command_free(cmd);
	return false;
}

/* --- opening and closing --- */

static void open_engine(struct house *h)
{
	struct engine_options options = {.store = h->store,
		.packs = h->packs,
		.calendar = h->calendar,
		.plugins = h->plugins,
		.channel = "moody",
		.manual_clock = true,
		.queue_limit = 128, /* small: imports must wait for room */
		.finished = finished,
		.ctx = h};
	must(timestamp_parse("2017-08-16T08:00+08:00", &options.manual_start_ms, &err));
	must(engine_start(&options, &h->engine, &err));
}

static void open_plugins(struct house *h)
{
	static const char *const dirs[] = {TEST_PLUGINS_DIR, NULL};
	char trace[96];
	snprintf(trace, sizeof trace, "%s/trace", h->folder);
	ANJU_AUTO_JSON *configs = json_pack("{s:{s:s}}", "moody", "trace", trace);
	ANJU_AUTO_JSON *names = json_pack("[s]", "moody");
	struct plugin_options options = {.dirs = dirs, .configs = configs};
	must(plugin_set_load(&options, names, &h->plugins, &err));
}

static void open_house(struct house *h)
{
	snprintf(h->folder, sizeof h->folder, "/tmp/anju-thread-XXXXXX");
	check(mkdtemp(h->folder) != NULL, "a folder");
	struct pack_options packs = {.dir = TEST_DATA "/engine"};
	must(pack_load(&packs, &h->packs, &err));
	open_plugins(h);
	h->calendar = calendar_new();
	struct store_options store = {.folder = h->folder};
	must(store_open(&store, &h->store, &err));
	open_engine(h);
	struct delivery_options delivery = {.plugins = h->plugins,
		.folder = h->folder,
		.retry_first_ms = 10,
		.outcome = outcome,
		.ctx = h};
	must(delivery_start(&delivery, &h->delivery, &err));
	struct imports_options imports = {.packs = h->packs,
		.packs_dir = TEST_DATA "/thread",
		.folder = h->folder,
		.engine = h->engine};
	must(imports_new(&imports, &h->imports, &err));
}

static void close_house(struct house *h)
{
	char cmd[96];
	delivery_free(h->delivery);
	imports_stop(h->imports);
	engine_drain(h->engine);
	imports_free(h->imports);
	engine_free(h->engine);
	store_free(h->store);
	plugin_set_free(h->plugins);
	calendar_free(h->calendar);
	pack_set_free(h->packs);
	snprintf(cmd, sizeof cmd, "rm -rf %s", h->folder);
	check(system(cmd) == 0, cmd); /* allowed: test clean-up of its own folder */
}

/* --- at work --- */

static void advance(struct house *h, const char *to)
{
	struct command *cmd = command_new(COMMAND_ADVANCE);
	cmd->who.admin = true;
	int before = h->settled;
	must(timestamp_parse(to, &cmd->to_ms, &err));
	while (engine_submit(h->engine, cmd, NULL) != ANJU_OK)
		(void)usleep(1000);
	while (h->settled == before)
		(void)usleep(1000);
}

/* The files overlap by a half each, and each tenth row is faulty. */
static void start_jobs(struct house *h)
{
	struct principal who = {
		.unit = org_unit(pack_set_org(h->packs), "610322.poverty"), .uid = getuid()};
	for (int k = 0; k < JOBS; k++) {
		char path[96];
		snprintf(path, sizeof path, "%s/%d.csv", h->folder, k);
		FILE *f = fopen(path, "w");
		check(f != NULL, path);
		fputs("编号,人口,镇\n", f);
		for (int i = k * ROWS / 2; i < k * ROWS / 2 + ROWS; i++)
			fprintf(f, "610322-%04d,%s,610322101.town\n", i, i % 10 == 0 ? "" : "4");
		fclose(f);
		must(import_start(h->imports, path, "household", &who, &h->jobs[k], &err));
	}
}

static json_t *status(struct house *h, int64_t job)
{
	struct buf out = BUF_INIT;
	must(import_status(h->imports, job, 0, &out, &err));
	json_t *v = json_loads(out.data, 0, NULL);
	buf_done(&out);
	check(v != NULL, "a status is JSON");
	return v;
}

static int64_t number(const json_t *v, const char *name)
{
	return json_integer_value(json_object_get(v, name));
}

static bool is_running(const json_t *v)
{
	const char *state = json_string_value(json_object_get(v, "state"));
	return strcmp(state, "checking") == 0 || strcmp(state, "opening") == 0;
}

static void *ask(void *ctx)
{
	struct house *h = ctx;
	while (!h->over) {
		struct engine_figures figures;
		for (int k = 0; k < JOBS; k++)
			json_decref(status(h, h->jobs[k]));
		engine_figures(h->engine, &figures);
		delivery_wake(h->delivery);
		(void)usleep(2000);
	}
	return NULL;
}

static void wait_for_jobs(struct house *h)
{
	int64_t opened = 0;
	for (int k = 0; k < JOBS; k++) {
		json_t *v = status(h, h->jobs[k]);
		while (is_running(v)) {
			json_decref(v);
			(void)usleep(5000);
			v = status(h, h->jobs[k]);
		}
		opened += number(v, "opened");
		check(number(v, "opened") + number(v, "unchanged") + number(v, "faulty") == ROWS,
			"each row is accounted for");
		check(number(v, "faulty") == ROWS / 10, "a tenth is faulty");
		json_decref(v);
	}
	check(opened == (ROWS + (JOBS - 1) * ROWS / 2) * 9 / 10, "each case is opened once");
}

static void wait_for_post(struct house *h)
{
	struct store_reader *reader = NULL;
	struct store_stats stats = {0};
	must(store_reader_open(h->folder, &reader, &err));
	do {
		(void)usleep(5000);
		must(store_read_stats(reader, &stats, &err));
	} while (stats.messages_pending > 0);
	check(stats.messages_dead == 0, "all messages have gone out");
	check(h->refused > 0, "delivery has something to do");
	must(store_check(reader, NULL, NULL, &err));
	store_reader_free(reader);
}

int main(void)
{
	static struct house h;
	pthread_t asker;
	open_house(&h);
	start_jobs(&h);
	check(pthread_create(&asker, NULL, ask, &h) == 0, "a thread");
	advance(&h, "2017-08-17T08:30+08:00");
	wait_for_jobs(&h);
	/* reminders, one digest a unit and day, and an urgent message for each case that is overdue */
	advance(&h, "2017-08-25T09:00+08:00");
	advance(&h, "2017-09-01T09:00+08:00");
	wait_for_post(&h);
	h.over = true;
	pthread_join(asker, NULL);
	close_house(&h);
	puts("ok - engine, delivery and imports together");
	return 0;
}
