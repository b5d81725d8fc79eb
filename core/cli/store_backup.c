/* store backup, backups, restore, adopt: copies of a data folder that can be trusted. Offline, beside the daemon. */
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/show.h"
#include "cli/store_check.h"
#include "store/backup.h"
#include "store/store.h"

static json_t *shown(const struct backup *b)
{
	char taken[TIMESTAMP_MAX_CHARS];
	return json_pack("{s:s, s:s, s:I, s:i, s:I, s:I}", "name", b->name, "taken_at",
		timestamp_format(b->taken_ms, taken), "last_seq", (json_int_t)b->last_seq, "schema",
		b->schema, "bytes", (json_int_t)b->bytes, "chunks", (json_int_t)b->chunks);
}

static int taken(struct cli *cli, const struct backup *b, int64_t freed)
{
	if (cli->json) {
		ANJU_AUTO_JSON *doc = shown(b);
		json_object_set_new(doc, "written", json_integer(b->written));
		json_object_set_new(doc, "freed", json_integer(freed));
		show_json(cli, doc);
		return CLI_OK;
	}
	fprintf(cli->out,
		tr(cli->lang, "备份 %s：%lld 条办理记录，%.1f MiB，新写入 %.1f MiB\n",
			"backup %s: %lld journal entries, %.1f MiB, %.1f MiB of them new\n"),
		b->name, (long long)b->last_seq, (double)b->bytes / 1048576,
		(double)b->written / 1048576);
	if (freed > 0)
		fprintf(cli->out,
			tr(cli->lang, "删除旧备份，腾出 %.1f MiB\n",
				"removed older backups: %.1f MiB\n"),
			(double)freed / 1048576);
	return CLI_OK;
}

int run_store_backup(struct cli *cli)
{
	const char *data = cli_needed(cli, "data");
	int64_t keep = 0, freed = 0;
	if (data == NULL || !cli_number(cli, "keep", 1, &keep))
		return CLI_USAGE;
	struct backup b;
	anju_error err = {0};
	anju_status st = backup_take(data, cli->args[0], timestamp_now(), &b, &err);
	if (st == ANJU_OK && keep > 0)
		st = backup_prune(cli->args[0], (int)keep, &freed, &err);
	return st == ANJU_OK ? taken(cli, &b, freed) : cli_fail(cli, CLI_USAGE, &err);
}

static bool add_row(void *ctx, const struct backup *b)
{
	return json_array_append_new(ctx, shown(b)) == 0;
}

static const struct list_column columns[] = {
	{"备份", "backup", LIST_TEXT, "name", NULL},
	{"时间", "taken at", LIST_TIME, "taken_at", NULL},
	{"办理记录", "entries", LIST_NUMBER, "last_seq", NULL},
	{"字节", "bytes", LIST_NUMBER, "bytes", NULL},
	{NULL, NULL, LIST_TEXT, NULL, NULL},
};

int run_store_backups(struct cli *cli)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *rows = json_array();
	anju_status st = backup_list(cli->args[0], add_row, rows, &err);
	if (st != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	struct backup b;
	const json_t *row;
	size_t i;
	int code = CLI_OK;
	/* each is looked through, the newest last: what cannot be restored must show before it is needed */
	json_array_foreach(rows, i, row) {
		st = cli_flag(cli, "verify")
			     ? backup_verify(cli->args[0], show_text(row, "name"), &b, &err)
			     : ANJU_OK;
		if (st != ANJU_OK)
			code = cli_fail(cli, CLI_FINDINGS, &err);
	}
	if (cli->json) {
		ANJU_AUTO_JSON *doc = json_pack("{s:O, s:b}", "items", rows, "more", false);
		show_json(cli, doc);
		return code;
	}
	ANJU_AUTO_TABLE t = TABLE_INIT;
	list_fill(cli, columns, rows, &t);
	show_table(cli, &t, json_array_size(rows), false);
	return code;
}

int run_store_restore(struct cli *cli)
{
	const char *data = cli_needed(cli, "data");
	if (data == NULL)
		return CLI_USAGE;
	struct backup b;
	anju_error err = {0};
	anju_status st = backup_restore(cli->args[0], cli_value(cli, "name"), data, &b, &err);
	if (st != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	if (!cli->json)
		fprintf(cli->out,
			tr(cli->lang, "备份 %s 已恢复到 %s\n", "backup %s restored into %s\n"),
			b.name, data);
	/* a backup may be older than this program */
	if (store_bring_up(data, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	return store_check_folder(cli, data);
}

int run_store_adopt(struct cli *cli)
{
	const char *data = cli_needed(cli, "data");
	if (data == NULL)
		return CLI_USAGE;
	anju_error err = {0};
	if (store_bring_up(data, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	int code = store_check_folder(cli, data);
	if (code != CLI_OK)
		return code;
	if (store_adopt(data, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	if (!cli->json)
		fprintf(cli->out,
			tr(cli->lang,
				"%s "
				"可以使用了。它自身没有矛盾，但复制时正在写入的内容可能不在其中\n",
				"%s may be used now; it is sound in itself, but what was being "
				"written when "
				"it was copied may be missing\n"),
			data);
	return CLI_OK;
}
