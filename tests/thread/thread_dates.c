/**
 * Notices loaded into a running engine, the jobs that count dates again, the keeper of agendas and those who read
 * calendar, jobs and agendas meanwhile; meant for ThreadSanitizer, as its neighbours.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agenda/keeper.h"
#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/engine.h"
#include "engine/recount.h"
#include "store/store.h"

#define CASES   300 /* several pages of a job */
#define READERS 3

struct house {
	char folder[64], agendas[96];
	struct pack_set *packs;
	struct calendar *calendar;
	struct store *store;
	struct engine *engine;
	struct recounts *recounts;
	_Atomic(struct agenda_keeper *) keeper;
	atomic_int settled;
	atomic_bool over;
};

static const struct principal admin = {.admin = true};

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

/* --- opening and closing --- */

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	struct house *h = ctx;
	struct agenda_keeper *keeper = h->keeper;
	(void)last_seq;
	(void)messages;
	for (struct command *c = list, *next; c != NULL; c = next) {
		next = c->next;
		check(c->status == ANJU_OK, c->err.text);
		command_free(c);
		h->settled++;
	}
	if (keeper != NULL)
		agenda_keeper_wake(keeper);
}

static int64_t now(void *ctx)
{
	const struct house *h = ctx;
	return engine_now(h->engine);
}

static void open_engine(struct house *h)
{
	struct engine_options options = {.store = h->store,
		.packs = h->packs,
		.calendar = h->calendar,
		.manual_clock = true,
		.queue_limit = 64, /* small: jobs must wait for room */
		.finished = finished,
		.ctx = h};
	must(timestamp_parse("2026-12-21T08:00+08:00", &options.manual_start_ms, &err));
	must(engine_start(&options, &h->engine, &err));
}

static void open_house(struct house *h)
{
	snprintf(h->folder, sizeof h->folder, "/tmp/anju-thread-XXXXXX");
	check(mkdtemp(h->folder) != NULL, "a folder");
	snprintf(h->agendas, sizeof h->agendas, "%s/agendas", h->folder);
	struct pack_options packs = {.dir = TEST_DATA "/calendar"};
	must(pack_load(&packs, &h->packs, &err));
	h->calendar = calendar_new();
	check(h->calendar != NULL, "a calendar");
	struct store_options store = {.folder = h->folder};
	must(store_open(&store, &h->store, &err));
	open_engine(h);
	struct recounts_options recounts = {
		.packs = h->packs, .folder = h->folder, .engine = h->engine};
	must(recounts_new(&recounts, &h->recounts, &err));
	struct agenda_keeper_options keeper = {.packs = h->packs,
		.data = h->folder,
		.folder = h->agendas,
		.every_s = 1,
		.now = now,
		.ctx = h};
	struct agenda_keeper *started;
	must(agenda_keeper_start(&keeper, &started, &err));
	h->keeper = started;
}

/* The keeper is ended while nobody can wake it any more, and before what it asks the time of. */
static void close_house(struct house *h)
{
	char cmd[96];
	recounts_stop(h->recounts);
	engine_drain(h->engine);
	agenda_keeper_free(h->keeper);
	recounts_free(h->recounts);
	engine_free(h->engine);
	store_free(h->store);
	calendar_free(h->calendar);
	pack_set_free(h->packs);
	snprintf(cmd, sizeof cmd, "rm -rf %s", h->folder);
	check(system(cmd) == 0, cmd); /* allowed: test clean-up of its own folder */
}

/* --- at work --- */

static void submit(struct house *h, struct command *cmd)
{
	while (engine_submit(h->engine, cmd, NULL) != ANJU_OK)
		(void)usleep(1000);
}

static struct command *open_command(struct house *h, int i)
{
	char key[16];
	struct command *cmd = command_new(COMMAND_OPEN);
	snprintf(key, sizeof key, "%d", i);
	cmd->params = json_pack("{s:s, s:{s:s, s:s, s:s}}", "key", key, "data", "subject", "s",
		"town", "610322101.town", "begins_on", "2027-03-01");
	cmd->who.unit = org_unit(pack_set_org(h->packs), "610322.land");
	cmd->workflow = "matter";
	cmd->key = json_string_value(json_object_get(cmd->params, "key"));
	cmd->data = json_object_get(cmd->params, "data");
	return cmd;
}

static void open_cases(struct house *h, int from, int n)
{
	int wanted = h->settled + n;
	for (int i = from; i < from + n; i++)
		submit(h, open_command(h, i));
	while (h->settled < wanted)
		(void)usleep(1000);
}

static json_t *ended(struct house *h)
{
	for (;;) {
		ANJU_AUTO_BUF text = BUF_INIT;
		must(recount_status(h->recounts, 0, 0, &text, &err));
		json_t *v = json_loads(text.data, 0, NULL);
		const char *state = json_string_value(json_object_get(v, "state"));
		check(state != NULL, "a status says how it stands");
		if (strcmp(state, "running") != 0)
			return v;
		json_decref(v);
		(void)usleep(1000);
	}
}

static void check_ended(struct house *h, int least)
{
	json_t *v = ended(h);
	const char *state = json_string_value(json_object_get(v, "state"));
	check(strcmp(state, "done") == 0, "the job is done");
	check(json_integer_value(json_object_get(v, "cases")) >= least, "all dates have moved");
	check(json_integer_value(json_object_get(v, "failed")) == 0, "no case failed");
	json_decref(v);
}

static void load_notice(struct house *h, const char *file, bool dry)
{
	char path[200];
	json_t *notice = NULL;
	int year;
	int64_t job;
	snprintf(path, sizeof path, "%s/calendar/%s", TEST_DATA, file);
	must(json_load_path(path, file, 1 << 20, &notice, &err));
	must(recount_load(h->recounts, notice, file, dry, &admin, &year, &job, &err));
	json_decref(notice);
}

static void read_once(struct house *h, struct store_reader *reader)
{
	ANJU_AUTO_BUF years = BUF_INIT;
	ANJU_AUTO_BUF job = BUF_INIT;
	ANJU_AUTO(agenda) agenda = NULL;
	ANJU_AUTO(calendar) calendar = engine_calendar(h->engine);
	struct agenda_options options = {.packs = h->packs,
		.from = INT32_MIN,
		.to = INT32_MAX,
		.now_ms = engine_now(h->engine),
		.unit = "610322.land"};
	enum calendar_status status = calendar_year_status(calendar, 2027);
	check(status == CALENDAR_ANNOUNCED || status == CALENDAR_PROVISIONAL, "a year is whole");
	(void)calendar_is_workday(calendar, civil_to_days(2027, 1, 4));
	must(recount_years(h->recounts, options.now_ms, &years, &err));
	anju_status st = recount_status(h->recounts, 0, 0, &job, NULL);
	check(st == ANJU_OK || st == ANJU_E_NOTFOUND, "there may be no job yet");
	must(agenda_make(reader, &options, &agenda, &err));
}

static void *read_on(void *ctx)
{
	struct house *h = ctx;
	struct store_reader *reader = NULL;
	must(store_reader_open(h->folder, &reader, &err));
	while (!h->over) {
		read_once(h, reader);
		(void)usleep(2000);
	}
	store_reader_free(reader);
	return NULL;
}

static void wait_for_agendas(struct house *h)
{
	char path[160];
	snprintf(path, sizeof path, "%s/610322.land.ics", h->agendas);
	while (access(path, F_OK) != 0)
		(void)usleep(5000);
}

int main(void)
{
	static struct house h;
	pthread_t readers[READERS];
	int64_t job;
	open_house(&h);
	open_cases(&h, 0, CASES);
	for (int i = 0; i < READERS; i++)
		check(pthread_create(&readers[i], NULL, read_on, &h) == 0, "a thread");
	load_notice(&h, "2027.json", true);
	open_cases(&h, CASES, CASES); /* while dates are counted */
	check_ended(&h, CASES);
	load_notice(&h, "2027.json", false);
	open_cases(&h, 2 * CASES, CASES);
	check_ended(&h, CASES);
	load_notice(&h, "2027-revised.json", false);
	check_ended(&h, 0);
	wait_for_agendas(&h);
	h.over = true;
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	/* one that is cut short */
	must(recount_start(h.recounts, false, &admin, &job, &err));
	close_house(&h);
	puts("ok - calendar, recounting and agendas together");
	return 0;
}
