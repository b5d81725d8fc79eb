#include "life.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "cli/commands.h"
#include "dates.h"
#include "power.h"

#define PENDING_MAX 16384
#define LOG_PAGES   24 /* the log comes home several times in a script */
#define PAGE        8  /* cases whose dates are counted in a transaction: a life has several */

const char *planted;
static uint64_t seed_state;

void seed_random(uint64_t seed)
{
	seed_state = seed;
}

uint64_t random_next(void)
{
	uint64_t z = (seed_state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int below(int n)
{
	return (int)(random_next() % (uint64_t)n);
}

void violation(struct world *w, const char *fmt, ...)
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

/* --- a life: store and engine between two failures --- */

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
}

void close_world(struct world *w)
{
	recounts_free(w->recounts);
	w->recounts = NULL;
	engine_free(w->engine);
	store_free(w->store);
	w->engine = NULL;
	w->store = NULL;
}

static anju_status open_world(struct world *w, anju_error *err)
{
	struct store_options so = {.folder = w->folder, .inline_log_pages = LOG_PAGES};
	anju_status st = store_open(&so, &w->store, err);
	ANJU_AUTO(calendar) calendar = calendar_copy(w->calendar);
	if (st == ANJU_OK)
		st = recount_add_loaded(w->folder, calendar, err);
	if (st != ANJU_OK)
		return st;
	struct engine_options eo = {.store = w->store,
		.packs = w->packs,
		.calendar = calendar,
		.channel = "spool",
		.manual_clock = true,
		.no_thread = true,
		.finished = finished,
		.ctx = w};
	if (timestamp_parse(START, &eo.manual_start_ms, err) != ANJU_OK)
		abort();
	st = engine_start(&eo, &w->engine, err);
	if (st != ANJU_OK)
		return st;
	struct recounts_options ro = {.packs = w->packs,
		.folder = w->folder,
		.engine = w->engine,
		.no_thread = true,
		.page = PAGE};
	st = recounts_new(&ro, &w->recounts, err);
	return st == ANJU_OK ? recounts_resume(w->recounts, err) : st;
}

/* --- the command line's own checks, in this process --- */

int run_tool(struct world *w, int (*run)(struct cli *), char **ret)
{
	size_t n = 0;
	struct cli cli = {.lang = LANG_EN, .values = {{"data", w->folder}}, .values_len = 1};
	cli.out = cli.err = open_memstream(ret, &n);
	int code = run(&cli);
	fclose(cli.out);
	return code;
}

void check_sound(struct world *w)
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
void start(struct world *w)
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

/* What a faulty start would do to the store. */
static void plant(const struct world *w)
{
	char path[96];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/anju.db", w->folder);
	if (sqlite3_open(path, &db) == SQLITE_OK)
		(void)sqlite3_exec(db, planted, NULL, NULL, NULL); /* nothing to be forgotten yet */
	sqlite3_close(db);
}

void black_out(struct world *w)
{
	close_world(w);
	power_return();
	if (planted != NULL)
		plant(w);
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
	int64_t pending[PENDING_MAX];
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
	if (t->len == PENDING_MAX)
		return false; /* the rest comes at the next turn, in both runs that are compared */
	t->pending[t->len++] = row->id;
	return true;
}

/* Until it is written down: a disk that fails once does not make the channel forget. */
static void report_outcome(struct world *w, int64_t id)
{
	anju_status st = ANJU_E_IO;
	for (int i = 0; i < TRIES && st != ANJU_OK && !power_is_off(); i++) {
		struct command *cmd = command_new(COMMAND_DELIVERED);
		cmd->message_id = id;
		cmd->attempts = 1;
		if (w->channel == CHANNEL_REFUSES)
			(void)anju_fail(&cmd->outcome, ANJU_E_REFUSED, "notify.no_channel",
				"the channel wants nothing of it");
		engine_run(w->engine, cmd);
		st = cmd->status;
		command_free(cmd);
	}
}

static void deliver(struct world *w)
{
	struct taking t = {.w = w};
	anju_error err = {0};
	if (w->channel == CHANNEL_DOWN)
		return; /* a try that failed for the moment leaves no trace that could be compared */
	if (store_messages_pending(w->store, INT64_MAX, PENDING_MAX, take_mail, &t, &err) !=
		ANJU_OK)
		return; /* off */
	for (size_t i = 0; i < t.len && !power_is_off(); i++)
		report_outcome(w, t.pending[i]);
}

static struct command *command_of(
	struct world *w, enum command_kind kind, const char *unit, const char *params)
{
	struct command *c = command_new(kind);
	c->params = json_loads(params, 0, NULL);
	if (c->params == NULL)
		abort();
	json_t *p = c->params;
	c->who.unit = org_unit(pack_set_org(w->packs), unit);
	c->who.admin = unit[0] == '\0';
	c->workflow = json_string_value(json_object_get(p, "workflow"));
	c->key = json_string_value(json_object_get(p, "key"));
	c->event = json_string_value(json_object_get(p, "event"));
	c->data = json_object_get(p, "data");
	c->docs = json_object_get(p, "docs");
	c->reason = json_string_value(json_object_get(p, "reason"));
	c->ids = json_object_get(p, "ids");
	const char *at = json_string_value(json_object_get(p, "at"));
	if (at != NULL && timestamp_parse(at, &c->to_ms, NULL) != ANJU_OK)
		abort();
	const char *effective = json_string_value(json_object_get(p, "effective"));
	if (effective != NULL && timestamp_parse(effective, &c->effective_ms, NULL) != ANJU_OK)
		abort();
	const char *on = json_string_value(json_object_get(p, "on"));
	if (on != NULL && date_parse(on, &c->day, NULL) != ANJU_OK)
		abort();
	c->obligation = json_string_value(json_object_get(p, "obligation"));
	c->unit = json_string_value(json_object_get(p, "unit"));
	c->ref = json_string_value(json_object_get(p, "ref"));
	if (kind != COMMAND_ADVANCE)
		c->idem = json_string_value(json_object_get(p, "idem"));
	return c;
}

/* False while the power is off or the disk in trouble. */
static bool answered(struct world *w, enum command_kind kind, const char *unit, const char *params)
{
	struct command *cmd = command_of(w, kind, unit, params);
	engine_run(w->engine, cmd);
	anju_status st = cmd->status;
	if (st == ANJU_OK && kind != COMMAND_ADVANCE)
		tell_case(&w->told, cmd);
	if (st == ANJU_E_CORRUPT || st == ANJU_E_INTERNAL || st == ANJU_E_NOMEM)
		violation(w, "%s gives %s %s", params, cmd->err.id, cmd->err.text);
	if (st == ANJU_OK && w->done != NULL)
		w->done(w, kind == COMMAND_SEND    ? cmd->event
			   : kind == COMMAND_BEGIN ? "begin"
						   : "");
	command_free(cmd);
	return !power_is_off() && st != ANJU_E_IO && st != ANJU_E_FULL;
}

static void insist(struct world *w, enum command_kind kind, const char *unit, const char *params,
	bool delivering)
{
	bool said = false, done = false;
	for (int i = 0; i < TRIES && !done && w->wrong[0] == '\0'; i++) {
		said = said || answered(w, kind, unit, params);
		if (said && delivering)
			deliver(w);
		done = said && !power_is_off();
		if (power_is_off())
			black_out(w);
		if (w->engine == NULL)
			return;
	}
	if (!done)
		violation(w, "never answered: %s", params);
}

void carry_out(struct world *w, enum command_kind kind, const char *unit, const char *params)
{
	insist(w, kind, unit, params, true);
}

void move_part(struct world *w, int64_t to_ms)
{
	char at[TIMESTAMP_MAX_CHARS], params[64];
	snprintf(params, sizeof params, "{\"at\":\"%s\"}", timestamp_format(to_ms, at));
	insist(w, COMMAND_ADVANCE, "", params, false);
}

void free_told(struct told *told)
{
	for (size_t i = 0; i < told->mails_len; i++)
		free(told->mails[i].text);
	*told = (struct told){0};
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Everything there is at the end: the folder's dump and what the channel got. */
char *outcome(struct world *w)
{
	static char *texts[MAILS_MAX];
	char *dump = NULL;
	struct buf out = BUF_INIT;
	if (run_tool(w, run_store_dump, &dump) != CLI_OK)
		violation(w, "store dump: %s", dump);
	buf_adds(&out, dump);
	free(dump);
	for (size_t i = 0; i < w->told.mails_len; i++)
		texts[i] = w->told.mails[i].text;
	add_rows(w, &out);
	qsort(texts, w->told.mails_len, sizeof texts[0], by_text);
	for (size_t i = 0; i < w->told.mails_len; i++)
		buf_addf(&out, "mail %s\n", texts[i]);
	return buf_take(&out);
}

/* The first line that differs. */
void compare(struct world *w, const char *calm, const char *got)
{
	while (*calm != '\0' && *calm == *got) {
		calm++;
		got++;
	}
	if (*calm != *got)
		violation(w, "the end differs: in calm \"%.160s\", now \"%.160s\"", calm, got);
}

void load_definitions(struct world *w, const char *packs)
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

void free_definitions(struct world *w)
{
	pack_set_free(w->packs);
	calendar_free(w->calendar);
	static const char *const names[] = {"anju.db", "lock", "anju.lock", NULL};
	char path[128];
	for (int i = 0; names[i] != NULL; i++) {
		snprintf(path, sizeof path, "%s/%s", w->folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(w->folder);
}
