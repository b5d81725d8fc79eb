/* case open, case send. */
#include "cli/case_write.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/names.h"
#include "cli/show.h"

#define DATA_BYTES_MAX ((size_t)1 << 20)

/* --data: an object given as text, or @file. */
static anju_status data_option(struct cli *cli, json_t **ret, anju_error *err)
{
	const char *text = cli_value(cli, "data");
	json_t *v = NULL;
	if (text == NULL) {
		*ret = json_object();
		return ANJU_OK;
	}
	if (text[0] == '@') {
		anju_status st = json_load_path(text + 1, text + 1, DATA_BYTES_MAX, &v, err);
		if (st != ANJU_OK)
			return st;
	} else {
		v = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	}
	if (json_is_object(v)) {
		*ret = v;
		return ANJU_OK;
	}
	json_decref(v);
	(void)anju_fail(err, ANJU_E_INVALID, "cli.json", "--data is no JSON object");
	anju_error_where(err, "--data");
	anju_error_found(err, "%s", text);
	anju_error_allowed(err, "{\"field\": value, …}");
	return ANJU_E_INVALID;
}

static anju_status gather_data(
	struct cli *cli, const char *workflow, size_t from, json_t *params, anju_error *err)
{
	json_t *data = NULL;
	anju_status st = data_option(cli, &data, err);
	if (st != ANJU_OK)
		return st;
	json_object_set_new(params, "data", data);
	const json_t *fields =
		from < cli->args_len ? names_fields(names_workflow(cli, workflow)) : NULL;
	for (size_t i = from; i < cli->args_len && st == ANJU_OK; i++)
		st = args_field(cli->args[i], fields, data, err);
	if (json_object_size(data) == 0)
		json_object_del(params, "data");
	return st;
}

static anju_status gather_docs(struct cli *cli, json_t *params, anju_error *err)
{
	ANJU_AUTO_JSON *docs = json_array();
	const char *text;
	for (size_t i = 0; (text = cli_value_at(cli, "doc", i)) != NULL; i++) {
		anju_status st = args_doc(text, docs, err);
		if (st != ANJU_OK)
			return st;
	}
	if (json_array_size(docs) > 0)
		json_object_set(params, "docs", docs);
	return ANJU_OK;
}

static bool gather_rest(struct cli *cli, json_t *params)
{
	static const char *const texts[][2] = {{"reason", "reason"}, {"effective", "effective_at"},
		{"idempotency-key", "idempotency_key"}};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		const char *value = cli_value(cli, texts[i][0]);
		if (value != NULL)
			json_object_set_new(params, texts[i][1], json_string(value));
	}
	int64_t rev = -1;
	if (!cli_number(cli, "expect-rev", 0, &rev))
		return false;
	if (rev >= 0)
		json_object_set_new(params, "expect_rev", json_integer(rev));
	if (cli_flag(cli, "dry-run"))
		json_object_set_new(params, "dry_run", json_true());
	return true;
}

static void show_written(struct cli *cli, const char *workflow, const json_t *result)
{
	if (cli->json) {
		show_json(cli, result);
		return;
	}
	const json_t *definition = names_workflow(cli, workflow);
	ANJU_AUTO_BUF states = BUF_INIT;
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(result, "states"), i, v) {
		buf_adds(&states, i > 0 ? tr(cli->lang, "；", "; ") : "");
		names_state(cli, definition, json_string_value(v), &states);
	}
	if (cli_flag(cli, "dry-run"))
		fputs(tr(cli->lang, "（试办，未生效）", "(dry run, nothing changed) "), cli->out);
	fprintf(cli->out, tr(cli->lang, "%s 第 %lld 版：%s\n", "%s revision %lld: %s\n"),
		show_text(result, "case"),
		(long long)json_integer_value(json_object_get(result, "rev")),
		states.data != NULL ? states.data : "");
}

int case_write(struct cli *cli, const char *method, json_t *named, size_t from)
{
	ANJU_AUTO_JSON *params = named;
	anju_error err = {0};
	char workflow[128];
	if (!names_split(cli->args[0], workflow, sizeof workflow)) {
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.case", "not a case name");
		anju_error_found(&err, "%s", cli->args[0]);
		anju_error_allowed(&err, "workflow/key");
		return cli_fail_usage(cli, &err);
	}
	int code = cli_connect(cli);
	if (code != CLI_OK)
		return code;
	anju_status st = gather_data(cli, workflow, from, params, &err);
	if (st == ANJU_OK)
		st = gather_docs(cli, params, &err);
	if (st != ANJU_OK)
		return cli_fail_usage(cli, &err);
	if (!gather_rest(cli, params))
		return CLI_USAGE;
	ANJU_AUTO_JSON *result = NULL;
	code = cli_call(cli, method, json_incref(params), &result);
	if (code == CLI_OK)
		show_written(cli, workflow, result);
	return code;
}

int run_case_open(struct cli *cli)
{
	char workflow[128] = "";
	const char *slash = strchr(cli->args[0], '/');
	(void)names_split(cli->args[0], workflow, sizeof workflow); /* case_write complains */
	json_t *named = json_pack(
		"{s:s, s:s}", "workflow", workflow, "key", slash != NULL ? slash + 1 : "");
	return case_write(cli, "case.open", named, 1);
}

int run_case_send(struct cli *cli)
{
	json_t *named = json_pack("{s:s, s:s}", "case", cli->args[0], "event", cli->args[1]);
	return case_write(cli, "case.send", named, 2);
}
