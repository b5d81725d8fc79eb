/* store dump: what a data folder says, as text in a fixed order, without row numbers and the like: two
 * runs that came to the same end give the same text. Offline. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "cli/commands.h"
#include "cli/store_walk.h"

#define PAGE 1000

/* Lines that are sorted before they are printed: their ids would tell which came first in this run. */
struct lines {
	char **list; /* owned */
	size_t len, cap;
	bool failed;
};

struct dump {
	FILE *out;
	struct lines lines;
	int64_t after, after_due; /* cursors */
	size_t page;
};

static void lines_take(struct lines *lines, struct buf *text)
{
	char *line = buf_take(text);
	buf_done(text);
	if (lines->len == lines->cap) {
		size_t cap = lines->cap > 0 ? lines->cap * 2 : 64;
		char **list = realloc(lines->list, cap * sizeof *list);
		if (list != NULL) {
			lines->list = list;
			lines->cap = cap;
		}
	}
	if (line == NULL || lines->len == lines->cap) {
		lines->failed = true;
		free(line);
		return;
	}
	lines->list[lines->len++] = line;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static anju_status lines_flush(struct lines *lines, FILE *out, anju_error *err)
{
	if (lines->len > 0)
		qsort(lines->list, lines->len, sizeof lines->list[0], by_text);
	for (size_t i = 0; i < lines->len; i++) {
		fputs(lines->list[i], out);
		free(lines->list[i]);
	}
	bool failed = lines->failed;
	free(lines->list);
	*lines = (struct lines){0};
	return failed ? anju_fail_nomem(err) : ANJU_OK;
}

/* Members sorted: the order in which fields were first written is no part of what is known. */
static void add_json(struct buf *out, const char *text)
{
	ANJU_AUTO_JSON *v = json_loads(text, JSON_DECODE_ANY, NULL);
	char *canonical = v != NULL ? json_canonical(v) : NULL;
	buf_adds(out, canonical != NULL ? canonical : text);
	free(canonical);
}

static const char *when(int64_t ms, char out[TIMESTAMP_MAX_CHARS])
{
	if (ms == 0 || ms == INT64_MAX)
		return "-";
	return timestamp_format(ms, out);
}

static bool dump_entry(void *ctx, const struct store_entry *row)
{
	struct dump *dump = ctx;
	char recorded[TIMESTAMP_MAX_CHARS], effective[TIMESTAMP_MAX_CHARS], hex[HASH_HEX_CHARS];
	ANJU_AUTO_BUF body = BUF_INIT;
	add_json(&body, row->body);
	fprintf(dump->out, "  entry %lld %s %s %s %s reason=%s body=%s hash=%s\n",
		(long long)row->rev, when(row->recorded_ms, recorded),
		when(row->effective_ms, effective), row->event, row->actor,
		row->reason != NULL ? row->reason : "-", body.data != NULL ? body.data : "",
		hash_hex(row->hash, hex));
	dump->after = row->rev;
	dump->page++;
	return true;
}

static bool dump_deadline(void *ctx, const struct store_deadline *row)
{
	static const char *const statuses[] = {
		"open", "met", "met_late", "superseded", "waived", "watched"};
	struct dump *dump = ctx;
	char armed[TIMESTAMP_MAX_CHARS], due[TIMESTAMP_MAX_CHARS], next[TIMESTAMP_MAX_CHARS],
		ended[TIMESTAMP_MAX_CHARS];
	struct buf line = BUF_INIT;
	buf_addf(&line,
		"  %s %s state=%d %s%s armed=%s due=%s%s rung=%d next=%s ended=%s lead=%s "
		"responsible=%s cooperating=%s\n",
		row->timer ? "timer" : "deadline", row->name, (int)row->state,
		statuses[row->status], row->suspended ? "(suspended)" : "",
		when(row->armed_ms, armed), when(row->due_ms, due),
		row->provisional ? "(provisional)" : "", (int)row->rung, when(row->next_ms, next),
		when(row->ended_ms, ended), row->lead != NULL ? row->lead : "",
		row->responsible != NULL ? row->responsible : "",
		row->cooperating != NULL ? row->cooperating : "");
	lines_take(&dump->lines, &line);
	dump->after_due = row->due_ms;
	dump->after = row->id;
	dump->page++;
	return true;
}

static anju_status dump_deadlines(struct dump *dump, struct store_reader *reader,
	const struct store_case *row, anju_error *err)
{
	dump->after = dump->after_due = 0;
	do {
		struct store_deadline_filter filter = {.case_id = row->id,
			.status = -1,
			.timers = true,
			.after_due_ms = dump->after_due,
			.after_id = dump->after,
			.limit = PAGE};
		dump->page = 0;
		anju_status st = store_read_deadlines(reader, &filter, dump_deadline, dump, err);
		if (st != ANJU_OK)
			return st;
	} while (dump->page == PAGE);
	return lines_flush(&dump->lines, dump->out, err);
}

static anju_status dump_case(
	void *ctx, struct store_reader *reader, const struct store_case *row, anju_error *err)
{
	struct dump *dump = ctx;
	char opened[TIMESTAMP_MAX_CHARS], updated[TIMESTAMP_MAX_CHARS], hex[HASH_HEX_CHARS];
	ANJU_AUTO_BUF data = BUF_INIT, meta = BUF_INIT;
	add_json(&data, row->data);
	add_json(&meta, row->meta);
	fprintf(dump->out,
		"case %s/%s rev=%lld region=%s phase=%s done=%d opened=%s updated=%s "
		"definition=%s\n"
		"  state %s\n  data %s\n  meta %s\n  head %s\n",
		row->workflow, row->key, (long long)row->rev, row->region, row->phase, row->done,
		when(row->opened_ms, opened), when(row->updated_ms, updated), row->hash, row->state,
		data.data != NULL ? data.data : "", meta.data != NULL ? meta.data : "",
		hash_hex(row->head, hex));
	dump->after = 0;
	anju_status st;
	do {
		dump->page = 0;
		st = store_read_history(reader, row->id, dump->after, PAGE, dump_entry, dump, err);
	} while (st == ANJU_OK && dump->page == PAGE);
	return st == ANJU_OK ? dump_deadlines(dump, reader, row, err) : st;
}

/* Its id names rows. */
static void add_message_body(struct buf *out, const char *text)
{
	ANJU_AUTO_JSON *body = json_loads(text, 0, NULL);
	(void)json_object_del(body, "id"); /* not there: as good */
	char *canonical = body != NULL ? json_canonical(body) : NULL;
	buf_adds(out, canonical != NULL ? canonical : text);
	free(canonical);
}

/* How often delivery was tried depends on when the daemon was there: only that it is dead counts. */
static bool dump_message(void *ctx, const struct store_message *row)
{
	struct dump *dump = ctx;
	char created[TIMESTAMP_MAX_CHARS];
	struct buf line = BUF_INIT;
	buf_addf(&line, "message unit=%s created=%s channel=%s%s body=", row->unit,
		when(row->created_ms, created), row->channel,
		row->status == STORE_MESSAGE_DEAD ? " dead" : "");
	add_message_body(&line, row->body);
	buf_addc(&line, '\n');
	lines_take(&dump->lines, &line);
	dump->after = row->id;
	dump->page++;
	return true;
}

static anju_status dump_folder(struct dump *dump, struct store_reader *reader, anju_error *err)
{
	anju_status st = store_read_begin(reader, err);
	if (st != ANJU_OK)
		return st;
	st = store_walk(reader, dump_case, dump, err);
	dump->after = 0;
	do {
		dump->page = 0;
		if (st == ANJU_OK)
			st = store_read_messages(
				reader, NULL, -1, dump->after, PAGE, dump_message, dump, err);
	} while (st == ANJU_OK && dump->page == PAGE);
	anju_status flushed = lines_flush(&dump->lines, dump->out, st == ANJU_OK ? err : NULL);
	store_read_end(reader);
	return st == ANJU_OK ? flushed : st;
}

int run_store_dump(struct cli *cli)
{
	const char *folder = cli_needed(cli, "data");
	if (folder == NULL)
		return CLI_USAGE;
	anju_error err = {0};
	struct dump dump = {.out = cli->out};
	ANJU_AUTO(store_reader) reader = NULL;
	anju_status st = store_reader_open(folder, &reader, &err);
	if (st == ANJU_OK)
		st = dump_folder(&dump, reader, &err);
	return st == ANJU_OK ? CLI_OK : cli_fail(cli, CLI_USAGE, &err);
}
