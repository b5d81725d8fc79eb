/* schema: the JSON Schemas of all kinds of files, for editors and other programs. Offline. */
#include "cli/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"

#define SUFFIX ".schema.json"

/* Editors show "description" alone: it is put into the language asked for. */
static void translate(json_t *v, enum lang lang)
{
	const char *key;
	json_t *child, *zh = json_object_get(v, "x-zh");
	size_t i;
	if (json_is_string(zh)) {
		if (lang == LANG_ZH)
			json_object_set(v, "description", zh);
		json_object_del(v, "x-zh");
	}
	json_object_foreach(v, key, child)
		translate(child, lang);
	json_array_foreach(v, i, child)
		translate(child, lang);
}

/* A new reference; our own texts, therefore sound. */
static json_t *schema_of(const struct schema_text *schema, enum lang lang)
{
	json_t *doc = json_loads(schema->text, JSON_REJECT_DUPLICATES, NULL);
	anju_assert(doc != NULL);
	translate(doc, lang);
	return doc;
}

static int unknown_kind(struct cli *cli, const char *kind)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	anju_error err = {0};
	for (size_t i = 0; i < schema_texts_len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", schema_texts[i].kind);
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such kind of file");
	anju_error_where(&err, "KIND");
	anju_error_found(&err, "%s", kind);
	anju_error_allowed(&err, "%s", list.data != NULL ? list.data : "");
	return cli_fail_usage(cli, &err);
}

static bool print(FILE *out, const struct schema_text *schema, enum lang lang)
{
	ANJU_AUTO_JSON *doc = schema_of(schema, lang);
	return json_dumpf(doc, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;
}

static int show_one(struct cli *cli, const char *kind)
{
	for (size_t i = 0; i < schema_texts_len; i++) {
		if (strcmp(schema_texts[i].kind, kind) == 0)
			return print(cli->out, &schema_texts[i], cli->lang) ? CLI_OK : CLI_REFUSED;
	}
	return unknown_kind(cli, kind);
}

static anju_status write_file(
	const struct schema_text *schema, const char *dir, enum lang lang, anju_error *err)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	buf_addf(&path, "%s/%s" SUFFIX, dir, schema->kind);
	if (path.failed)
		return anju_fail_nomem(err);
	FILE *f = fopen(path.data, "we");
	bool good = f != NULL && print(f, schema, lang);
	int why = errno;
	if (f != NULL && fclose(f) != 0 && good) {
		good = false;
		why = errno;
	}
	return good ? ANJU_OK : anju_fail_errno(err, why, "@say.opening|%s", path.data);
}

static int write_all(struct cli *cli, const char *dir)
{
	anju_error err = {0};
	if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
		(void)anju_fail_errno(&err, errno, "@say.opening|%s", dir);
		return cli_fail(cli, CLI_USAGE, &err);
	}
	for (size_t i = 0; i < schema_texts_len; i++) {
		if (write_file(&schema_texts[i], dir, cli->lang, &err) != ANJU_OK)
			return cli_fail(cli, CLI_USAGE, &err);
	}
	fprintf(cli->out, tr(cli->lang, "%zu 个模式写入 %s\n", "%zu schemas written to %s\n"),
		schema_texts_len, dir);
	return CLI_OK;
}

static json_t *list_json(enum lang lang)
{
	json_t *list = json_array();
	for (size_t i = 0; i < schema_texts_len; i++) {
		ANJU_AUTO_JSON *doc = schema_of(&schema_texts[i], lang);
		const json_t *files = json_object_get(doc, "x-files");
		json_array_append_new(
			list, json_pack("{s:s, s:O?, s:O}", "kind", schema_texts[i].kind, "files",
				      files, "description", json_object_get(doc, "description")));
	}
	return list;
}

static int list_all(struct cli *cli)
{
	ANJU_AUTO_TABLE table = TABLE_INIT;
	ANJU_AUTO_JSON *list = list_json(cli->lang);
	size_t i;
	json_t *one;
	if (cli->json) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O}", "schemas", list);
		show_json(cli, shown);
		return CLI_OK;
	}
	table_column(&table, tr(cli->lang, "种类", "KIND"));
	table_column(&table, tr(cli->lang, "文件", "FILES"));
	table_column(&table, tr(cli->lang, "说明", "WHAT"));
	json_array_foreach(list, i, one) {
		ANJU_AUTO_BUF files = BUF_INIT;
		show_join(json_object_get(one, "files"), " ", &files);
		table_cell(&table, show_text(one, "kind"));
		table_cell(&table, files.data);
		table_cell(&table, show_text(one, "description"));
	}
	table_print(&table, 0, cli->width, cli->out);
	return CLI_OK;
}

int run_schema(struct cli *cli)
{
	const char *dir = cli_value(cli, "to");
	if (dir != NULL)
		return write_all(cli, dir);
	return cli->args_len > 0 ? show_one(cli, cli->args[0]) : list_all(cli);
}
