/*
 * The power fails at some change of the disk, is back, and the daemon starts again: what was acknowledged must be
 * there, what was not is there whole or not at all, and in the end, when everything is sent again, all must be
 * as if nothing had happened. The real engine and the real store, on a disk in memory (power.h).
 *
 * One script of commands is first carried out in calm; then again and again, each time with the power failing
 * at another point (and sometimes again while it starts), or the disk saying once that it is full or broken.
 *
 * usage: power_loss PACKS [--points N] [--seed N] [--only SCRIPT:POINT] [--lie nothing|late]
 *   --points  crash points in all; default 2,000 (the check takes fewer)
 *   --only    one point of one script, as a failure names it
 *   --lie     plant a disk that lies about its syncs: the run must find a violation, else it fails
 * Prints TAP.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "engine/engine.h"
#include "power.h"

#define STEPS_MAX     40
#define POINTS_SCRIPT 50
#define LOG_PAGES     24 /* the log comes home several times in a script */
#define START         "2017-08-16T08:00:00+08:00"
#define TRIES         20
#define MAILS_MAX     400

struct step {
	enum command_kind kind;
	const char *unit;
	char params[512];
};

struct script {
	struct step steps[STEPS_MAX];
	int len;
};

/* What the outside has been told: nothing may go behind it. */
struct told {
	struct {
		char name[64];
		int64_t rev;
	} cases[16];
	size_t cases_len;
	/* the channel's side: ids it has taken, and what they said */
	struct {
		int64_t id;
		char *text; /* owned */
	} mails[MAILS_MAX];
	size_t mails_len;
};

struct world {
	char folder[64];
	struct pack_set *packs;
	struct calendar *calendar;
	struct store *store;
	struct engine *engine;
	struct told told;
	char wrong[2048]; /* the first violation; "" = none */
};

static uint64_t seed_state;

static uint64_t random_next(void)
{
	uint64_t z = (seed_state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int below(int n)
{
	return (int)(random_next() % (uint64_t)n);
}

__attribute__((format(printf, 2, 3))) static void violation(struct world *w, const char *fmt, ...)
{
	va_list ap;
	if (w->wrong[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(w->wrong, sizeof w->wrong, fmt, ap);
	va_end(ap);
}

__attribute__((noreturn)) static void give_up(const char *what, const anju_error *err)
{
	printf("Bail out! %s: %s %s\n", what, err->id, err->text);
	exit(1);
}

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
	seed_state = seed * 2 + 1;
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

/* --- a life: store and engine between two failures --- */

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
}

static void close_world(struct world *w)
{
	engine_free(w->engine);
	store_free(w->store);
	w->engine = NULL;
	w->store = NULL;
}

static anju_status open_world(struct world *w, anju_error *err)
{
	struct store_options so = {.folder = w->folder, .inline_log_pages = LOG_PAGES};
	anju_status st = store_open(&so, &w->store, err);
	if (st != ANJU_OK)
		return st;
	struct engine_options eo = {.store = w->store,
		.packs = w->packs,
		.calendar = w->calendar,
		.channel = "spool",
		.manual_clock = true,
		.no_thread = true,
		.finished = finished,
		.ctx = w};
	if (timestamp_parse(START, &eo.manual_start_ms, err) != ANJU_OK)
		abort();
	return engine_start(&eo, &w->engine, err);
}

/* --- the command line's own checks, in this process --- */

static int run_tool(struct world *w, int (*run)(struct cli *), char **ret)
{
	size_t n = 0;
	struct cli cli = {.lang = LANG_EN, .values = {{"data", w->folder}}, .values_len = 1};
	cli.out = cli.err = open_memstream(ret, &n);
	int code = run(&cli);
	fclose(cli.out);
	return code;
}

static void check_sound(struct world *w)
{
	char *said = NULL;
	if (run_tool(w, run_store_check, &said) != CLI_OK)
		violation(w, "store check: %s", said);
	free(said);
}

static void check_told(struct world *w)
{
	for (size_t i = 0; i < w->told.cases_len; i++) {
		char name[64];
		struct store_case row;
		anju_error err = {0};
		snprintf(name, sizeof name, "%s", w->told.cases[i].name);
		char *slash = strchr(name, '/');
		*slash = '\0';
		anju_status st = store_case_find(w->store, name, slash + 1, &row, &err);
		if (st != ANJU_OK)
			violation(w, "%s was acknowledged and is not there (%s)",
				w->told.cases[i].name, err.id);
		else if (row.rev < w->told.cases[i].rev)
			violation(w, "%s is at revision %lld, acknowledged was %lld",
				w->told.cases[i].name, (long long)row.rev,
				(long long)w->told.cases[i].rev);
	}
}

/* Until it runs: a start may meet the next failure. */
static void start(struct world *w)
{
	anju_error err = {0};
	for (int i = 0; i < TRIES; i++) {
		anju_status st = open_world(w, &err);
		if (st == ANJU_OK) {
			check_told(w);
			return;
		}
		close_world(w);
		if (power_is_off())
			power_return();
		else if (st != ANJU_E_IO && st != ANJU_E_FULL)
			break;
	}
	violation(w, "it does not start: %s %s", err.id, err.text);
}

static void black_out(struct world *w)
{
	close_world(w);
	power_return();
	start(w);
	if (w->store != NULL)
		check_sound(w);
}

/* --- the outside --- */

static void tell_case(struct told *told, const struct command *cmd)
{
	ANJU_AUTO_JSON *reply = json_loadb(cmd->reply.data, cmd->reply.len, 0, NULL);
	const char *name = json_string_value(json_object_get(reply, "case"));
	int64_t rev = json_integer_value(json_object_get(reply, "rev"));
	if (name == NULL)
		return;
	size_t i = 0;
	while (i < told->cases_len && strcmp(told->cases[i].name, name) != 0)
		i++;
	if (i == told->cases_len)
		snprintf(told->cases[told->cases_len++].name, sizeof told->cases[0].name, "%s",
			name);
	if (rev > told->cases[i].rev)
		told->cases[i].rev = rev;
}

struct taking {
	struct world *w;
	int64_t ids[MAILS_MAX];
	size_t len;
};

static char *mail_text(const struct store_message *row)
{
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, NULL);
	(void)json_object_del(body, "id");
	char *canonical = json_canonical(body);
	char *text = NULL;
	if (asprintf(&text, "%s %s", row->unit, canonical) < 0)
		abort();
	free(canonical);
	return text;
}

/* The channel: knows a message by its id. The same id with other words is two messages under one name. */
static bool take_mail(void *ctx, const struct store_message *row)
{
	struct taking *t = ctx;
	struct told *told = &t->w->told;
	char *text = mail_text(row);
	size_t i = 0;
	while (i < told->mails_len && told->mails[i].id != row->id)
		i++;
	if (i < told->mails_len) {
		if (strcmp(told->mails[i].text, text) != 0)
			violation(t->w, "message %lld was sent as %s and is now %s",
				(long long)row->id, told->mails[i].text, text);
		free(text);
	} else if (told->mails_len < MAILS_MAX) {
		told->mails[told->mails_len].id = row->id;
		told->mails[told->mails_len++].text = text;
	} else {
		abort();
	}
	if (t->len < MAILS_MAX)
		t->ids[t->len++] = row->id;
	return true;
}

static void deliver(struct world *w)
{
	struct taking t = {.w = w};
	anju_error err = {0};
	if (store_messages_pending(w->store, INT64_MAX, MAILS_MAX, take_mail, &t, &err) != ANJU_OK)
		return; /* off */
	for (size_t i = 0; i < t.len && !power_is_off(); i++) {
		struct command *cmd = command_new(COMMAND_DELIVERED);
		cmd->message_id = t.ids[i];
		cmd->attempts = 1;
		engine_run(w->engine, cmd);
		command_free(cmd);
	}
}

static void free_told(struct told *told)
{
	for (size_t i = 0; i < told->mails_len; i++)
		free(told->mails[i].text);
	*told = (struct told){0};
}

/* --- carrying out a script --- */

static struct command *command_of(struct world *w, const struct step *step)
{
	struct command *c = command_new(step->kind);
	c->params = json_loads(step->params, 0, NULL);
	if (c->params == NULL)
		abort();
	json_t *p = c->params;
	c->who.unit = org_unit(pack_set_org(w->packs), step->unit);
	c->who.admin = step->unit[0] == '\0';
	c->workflow = json_string_value(json_object_get(p, "workflow"));
	c->key = json_string_value(json_object_get(p, "key"));
	c->event = json_string_value(json_object_get(p, "event"));
	c->data = json_object_get(p, "data");
	c->docs = json_object_get(p, "docs");
	c->reason = json_string_value(json_object_get(p, "reason"));
	const char *at = json_string_value(json_object_get(p, "at"));
	if (at != NULL && timestamp_parse(at, &c->to_ms, NULL) != ANJU_OK)
		abort();
	if (step->kind != COMMAND_ADVANCE)
		c->idem = json_string_value(json_object_get(p, "idem"));
	return c;
}

/* Send it until it is answered, as a client does that wants it done. */
static void carry_out(struct world *w, const struct step *step)
{
	for (int i = 0; i < TRIES && w->wrong[0] == '\0'; i++) {
		struct command *cmd = command_of(w, step);
		engine_run(w->engine, cmd);
		anju_status st = cmd->status;
		if (st == ANJU_OK && step->kind != COMMAND_ADVANCE)
			tell_case(&w->told, cmd);
		command_free(cmd);
		if (!power_is_off() && st != ANJU_E_IO && st != ANJU_E_FULL) {
			deliver(w);
			if (!power_is_off())
				return;
		}
		if (power_is_off())
			black_out(w);
		if (w->engine == NULL)
			return;
	}
	violation(w, "never answered: %s", step->params);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Everything there is at the end: the folder's dump and what the channel got. */
static char *outcome(struct world *w)
{
	char *dump = NULL, *texts[MAILS_MAX];
	struct buf out = BUF_INIT;
	if (run_tool(w, run_store_dump, &dump) != CLI_OK)
		violation(w, "store dump: %s", dump);
	buf_adds(&out, dump);
	free(dump);
	for (size_t i = 0; i < w->told.mails_len; i++)
		texts[i] = w->told.mails[i].text;
	qsort(texts, w->told.mails_len, sizeof texts[0], by_text);
	for (size_t i = 0; i < w->told.mails_len; i++)
		buf_addf(&out, "mail %s\n", texts[i]);
	return buf_take(&out);
}

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
		carry_out(w, &s->steps[i]);
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

/* The first line that differs. */
static void compare(struct world *w, const char *calm, const char *got)
{
	while (*calm != '\0' && *calm == *got) {
		calm++;
		got++;
	}
	if (*calm != *got)
		violation(w, "the end differs: in calm \"%.160s\", now \"%.160s\"", calm, got);
}

struct totals {
	int64_t points, violations;
};

static void try_point(struct world *w, const struct script *s, uint64_t seed, const char *calm,
	int64_t changes, int64_t point, enum power_lie lie, struct totals *totals)
{
	seed_state = seed * 1000003 + (uint64_t)point;
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

static void load_definitions(struct world *w, const char *packs)
{
	anju_error err = {0};
	struct pack_options po = {.dir = packs};
	if (pack_load(&po, &w->packs, &err) != ANJU_OK)
		give_up("packs", &err);
	w->calendar = calendar_new();
	snprintf(w->folder, sizeof w->folder, "/tmp/anju-fault-XXXXXX");
	if (mkdtemp(w->folder) == NULL)
		abort();
}

static void remove_folder(const struct world *w)
{
	static const char *const names[] = {"anju.db", "lock", "anju.lock", NULL};
	char path[128];
	for (int i = 0; names[i] != NULL; i++) {
		snprintf(path, sizeof path, "%s/%s", w->folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(w->folder);
}

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
	pack_set_free(w.packs);
	calendar_free(w.calendar);
	remove_folder(&w);
	bool good = lie == POWER_HONEST ? totals.violations == 0 : totals.violations > 0;
	printf("%s 1 - %lld points of failure, %lld violations%s\n1..1\n", good ? "ok" : "not ok",
		(long long)totals.points, (long long)totals.violations,
		lie == POWER_HONEST ? "" : " with a disk that lies");
	return good ? 0 : 1;
}
