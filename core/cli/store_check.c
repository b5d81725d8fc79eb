/* store check: are the rows sound, and does folding each case's journal give its row again? Offline. */
#include "cli/store_check.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/store_walk.h"
#include "journal/journal.h"

#define HISTORY_PAGE 1000
#define SHOWN_MAX    1000

struct check {
	struct cli *cli;
	json_t *troubles; /* owned */
	int64_t cases, entries;
};

struct folding {
	struct journal_fold fold;
	size_t page;
	anju_status status;
	anju_error err;
};

static void add_trouble(void *ctx, const anju_error *err)
{
	struct check *check = ctx;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	json_array_append_new(
		check->troubles, json_pack("{s:s, s:s, s:{s:s, s:s}}", "rule", err->id, "where",
					 err->where, "text", "zh", zh.data != NULL ? zh.data : "",
					 "en", en.data != NULL ? en.data : ""));
}

static bool fold_entry(void *ctx, const struct store_entry *row)
{
	struct folding *f = ctx;
	struct journal_entry entry = {.rev = row->rev,
		.recorded_ms = row->recorded_ms,
		.effective_ms = row->effective_ms,
		.event = row->event,
		.actor = row->actor,
		.reason = row->reason,
		.body = row->body};
	f->status = journal_fold_add(&f->fold, &entry, row->hash, &f->err);
	f->page++;
	return f->status == ANJU_OK;
}

static void differs(struct check *check, const struct store_case *row, const char *what)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_CORRUPT, "cli.fold", "journal and case differ");
	anju_error_where(&err, "%s/%s", row->workflow, row->key);
	anju_error_found(&err, "%s", what);
	add_trouble(check, &err);
}

static void compare(
	struct check *check, const struct store_case *row, const struct journal_fold *fold)
{
	ANJU_AUTO_JSON *data = json_loads(row->data, 0, NULL);
	ANJU_AUTO_JSON *meta = json_loads(row->meta, 0, NULL);
	const json_t *docs = json_object_get(meta, "docs"), *locks = json_object_get(meta, "locks");
	const json_t *duties = json_object_get(meta, "duties");
	ANJU_AUTO_JSON *no_docs = json_object();
	ANJU_AUTO_JSON *no_locks = json_array();
	if (fold->rev != row->rev)
		differs(check, row, "rev");
	if (memcmp(fold->head, row->head, HASH_BYTES) != 0)
		differs(check, row, "head");
	if (strcmp(fold->definition, row->hash) != 0)
		differs(check, row, "definition");
	if (strcmp(fold->state != NULL ? fold->state : "", row->state) != 0)
		differs(check, row, "state");
	if (data == NULL || !json_equal(fold->data, data))
		differs(check, row, "data");
	if (!json_equal(fold->docs, docs != NULL ? docs : no_docs))
		differs(check, row, "docs");
	if (!json_equal(
		    fold->locks != NULL ? fold->locks : no_locks, locks != NULL ? locks : no_locks))
		differs(check, row, "locks");
	if (!json_equal(fold->duties, duties != NULL ? duties : no_docs))
		differs(check, row, "duties");
}

/* ANJU_OK also when the journal itself is in trouble: that is reported, and the walk goes on. */
static anju_status fold_all(struct folding *f, struct store_reader *reader,
	const struct store_case *row, anju_error *err)
{
	anju_status st = journal_fold_init(&f->fold, row->workflow, row->key, row->origin, err);
	if (st != ANJU_OK)
		return st;
	do {
		f->page = 0;
		st = store_read_history(
			reader, row->id, f->fold.rev, HISTORY_PAGE, fold_entry, f, err);
	} while (st == ANJU_OK && f->status == ANJU_OK && f->page == HISTORY_PAGE);
	return st;
}

static anju_status check_case(
	void *ctx, struct store_reader *reader, const struct store_case *row, anju_error *err)
{
	struct check *check = ctx;
	struct folding f = {0};
	anju_status st = fold_all(&f, reader, row, err);
	check->cases++;
	check->entries += f.fold.rev;
	if (st == ANJU_OK && f.status != ANJU_OK) {
		anju_error_where(&f.err, "%s/%s", row->workflow, row->key);
		add_trouble(check, &f.err);
	} else if (st == ANJU_OK) {
		compare(check, row, &f.fold);
	}
	journal_fold_done(&f.fold);
	return st;
}

static void report(struct check *check)
{
	struct cli *cli = check->cli;
	size_t i, n = json_array_size(check->troubles);
	json_t *v;
	if (cli->json) {
		ANJU_AUTO_JSON *shown =
			json_pack("{s:I, s:I, s:O}", "cases", (json_int_t)check->cases, "entries",
				(json_int_t)check->entries, "troubles", check->troubles);
		show_json(cli, shown);
		return;
	}
	json_array_foreach(check->troubles, i, v) {
		if (i == SHOWN_MAX)
			break;
		const char *where = show_text(v, "where");
		fprintf(cli->out, "%s%s%s [%s]\n", where, where[0] != '\0' ? ": " : "",
			show_label(cli, json_object_get(v, "text")), show_text(v, "rule"));
	}
	fprintf(cli->out,
		tr(cli->lang, "查了 %lld 个个案、%lld 条办理记录：%s\n",
			"%lld cases, %lld journal entries: %s\n"),
		(long long)check->cases, (long long)check->entries,
		n == 0 ? tr(cli->lang, "没有问题", "sound") : tr(cli->lang, "有问题", "TROUBLE"));
}

static anju_status check_folder(struct check *check, struct store_reader *reader, anju_error *err)
{
	/* one snapshot for both, as the daemon may be at work */
	anju_status st = store_read_begin(reader, err);
	if (st != ANJU_OK)
		return st;
	st = store_check(reader, add_trouble, check, err);
	/* What it found has been reported; folding then shows which cases are concerned. */
	if (st == ANJU_OK || (st == ANJU_E_CORRUPT && json_array_size(check->troubles) > 0))
		st = store_walk(reader, check_case, check, err);
	store_read_end(reader);
	return st;
}

int store_check_folder(struct cli *cli, const char *folder)
{
	anju_error err = {0};
	struct check check = {.cli = cli, .troubles = json_array()};
	ANJU_AUTO(store_reader) reader = NULL;
	anju_status st = store_reader_open(folder, &reader, &err);
	if (st == ANJU_OK)
		st = check_folder(&check, reader, &err);
	int code = json_array_size(check.troubles) > 0 ? CLI_FINDINGS : CLI_OK;
	if (reader != NULL)
		report(&check);
	if (st != ANJU_OK)
		code = cli_fail(cli, st == ANJU_E_CORRUPT ? CLI_FINDINGS : CLI_USAGE, &err);
	json_decref(check.troubles);
	return code;
}

int run_store_check(struct cli *cli)
{
	const char *folder = cli_needed(cli, "data");
	return folder != NULL ? store_check_folder(cli, folder) : CLI_USAGE;
}
