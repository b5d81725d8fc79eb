/* workflow diff: what changed from one definition to another, by what it means for open cases; and a plan to begin
 * with. Offline for folders and files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "migrate/diff.h"
#include "pack/pack.h"

#define FILE_MAX (4u << 20)

/* --- the two sides --- */

static int bad_operand(struct cli *cli, const char *found, const char *allowed)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "not one of these");
	anju_error_where(&err, "--workflow");
	anju_error_found(&err, "%s", found);
	anju_error_allowed(&err, "%s", allowed);
	return cli_fail_usage(cli, &err);
}

/* The workflow that is meant; NULL after complaining. */
static struct workflow *choose(struct cli *cli, const struct pack_set *set)
{
	const char *id = cli_value(cli, "workflow");
	size_t n = pack_set_workflow_count(set);
	struct workflow *wf = id != NULL ? pack_set_workflow(set, id)
			      : n == 1   ? pack_set_workflow_at(set, 0)
					 : NULL;
	if (wf != NULL)
		return wf;
	ANJU_AUTO_BUF names = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", pack_set_workflow_at(set, i)->id);
	(void)bad_operand(cli, id != NULL ? id : "", names.data != NULL ? names.data : "");
	return NULL;
}

static int side_of_folder(struct cli *cli, const char *dir, struct side *side)
{
	anju_error err = {0};
	struct pack_options options = {.dir = dir, .leaf = cli_value(cli, "pack")};
	ANJU_AUTO(pack_set) set = NULL;
	if (pack_load(&options, &set, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	struct workflow *wf = choose(cli, set);
	if (wf == NULL)
		return CLI_USAGE;
	return side_init(side, wf->source, wf->file, wf->hash_hex, &err) == ANJU_OK
		       ? CLI_OK
		       : cli_fail(cli, CLI_USAGE, &err);
}

static int side_of_file(struct cli *cli, const char *path, struct side *side)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *doc = NULL;
	if (json_load_path(path, path, FILE_MAX, &doc, &err) != ANJU_OK ||
		side_init(side, doc, path, NULL, &err) != ANJU_OK)
		return cli_fail(cli, CLI_USAGE, &err);
	return CLI_OK;
}

/* "current", or a hash: one that the daemon knows. */
static int side_of_daemon(struct cli *cli, const char *name, struct side *side)
{
	anju_error err = {0};
	ANJU_AUTO_JSON *result = NULL;
	const char *id = cli_needed(cli, "workflow");
	if (id == NULL)
		return CLI_USAGE;
	bool current = strcmp(name, "current") == 0;
	json_t *params = json_pack("{s:s, s:s*}", "workflow", id, "hash", current ? NULL : name);
	int code = cli_call(cli, "workflow.get", params, &result);
	if (code != CLI_OK)
		return code;
	return side_init(side, json_object_get(result, "source"), name, show_text(result, "hash"),
		       &err) == ANJU_OK
		       ? CLI_OK
		       : cli_fail(cli, CLI_USAGE, &err);
}

static int side_of(struct cli *cli, const char *name, struct side *side)
{
	struct stat st;
	if (strcmp(name, "current") == 0 ||
		(strlen(name) == HASH_HEX_CHARS - 1 &&
			strspn(name, "0123456789abcdef") == HASH_HEX_CHARS - 1))
		return side_of_daemon(cli, name, side);
	if (stat(name, &st) == 0)
		return S_ISDIR(st.st_mode) ? side_of_folder(cli, name, side)
					   : side_of_file(cli, name, side);
	anju_error err = {0};
	(void)anju_fail_errno(&err, errno, "@say.opening|%s", name);
	return cli_fail(cli, CLI_USAGE, &err);
}

/* --- what is shown --- */

static void show_group(struct cli *cli, const json_t *list, const char *group, const char *title)
{
	size_t i, n = 0;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		if (strcmp(show_text(v, "group"), group) != 0)
			continue;
		if (n++ == 0)
			fprintf(cli->out, "%s\n", title);
		fprintf(cli->out, "  %s\n", show_label(cli, json_object_get(v, "text")));
	}
	if (n > 0)
		fputc('\n', cli->out);
}

static void show_all(
	struct cli *cli, const struct side *old, const struct side *next, const json_t *list)
{
	enum lang lang = cli->lang;
	fprintf(cli->out, "%s: %s %.12s → %s %.12s\n\n", next->id, old->version, old->hash,
		next->version, next->hash);
	if (json_array_size(list) == 0) {
		fprintf(cli->out, "%s\n",
			tr(lang, "没有变化（规则可能有变，不影响定义）",
				"no change (rules may have changed; they are no part of it)"));
		return;
	}
	show_group(cli, list, "states", tr(lang, "需要说明状态的去向：", "Needs a state map:"));
	show_group(cli, list, "values",
		tr(lang, "需要默认值、改名或放弃：",
			"Needs a default, a new name, or to be given up:"));
	show_group(cli, list, "deadlines",
		tr(lang, "需要定期限怎么办：", "Needs a word on deadlines:"));
	show_group(cli, list, "unaffected",
		tr(lang, "在办的事项不受影响：", "Open cases unaffected:"));
}

static int write_plan(struct cli *cli, const char *path, const struct side *old,
	const struct side *next, const json_t *list)
{
	ANJU_AUTO_JSON *plan = diff_plan(old, next, list);
	anju_error err = {0};
	if (plan == NULL) {
		(void)anju_fail_nomem(&err);
		return cli_fail(cli, CLI_USAGE, &err);
	}
	if (json_dump_file(plan, path, JSON_INDENT(2)) == 0)
		return CLI_OK;
	(void)anju_fail_errno(&err, errno, "@say.writing|%s", path);
	return cli_fail(cli, CLI_USAGE, &err);
}

static int compare(struct cli *cli, const struct side *old, const struct side *next, bool as_json)
{
	if (strcmp(old->id, next->id) != 0)
		return bad_operand(cli, next->id, old->id);
	ANJU_AUTO_JSON *list = diff_definitions(old, next);
	if (list == NULL) {
		anju_error err = {0};
		(void)anju_fail_nomem(&err);
		return cli_fail(cli, CLI_USAGE, &err);
	}
	const char *plan = cli_value(cli, "plan");
	int code = plan != NULL ? write_plan(cli, plan, old, next, list) : CLI_OK;
	if (!as_json) {
		show_all(cli, old, next, list);
		if (plan != NULL && code == CLI_OK)
			fprintf(cli->out,
				tr(cli->lang, "方案写入 %s；请写明 reason，并把 null 换成答案\n",
					"plan written to %s; give a reason, and answers in place "
					"of "
					"null\n"),
				plan);
		return code;
	}
	ANJU_AUTO_JSON *shown = json_pack("{s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:O}", "workflow",
		next->id, "from", "version", old->version, "hash", old->hash, "to", "version",
		next->version, "hash", next->hash, "differences", list);
	show_json(cli, shown);
	return code;
}

int run_workflow_diff(struct cli *cli)
{
	const char *format = cli_value(cli, "format");
	bool as_json = cli->json || (format != NULL && strcmp(format, "json") == 0);
	if (format != NULL && !as_json && strcmp(format, "text") != 0) {
		anju_error err = {0};
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
		anju_error_where(&err, "--format");
		anju_error_found(&err, "%s", format);
		anju_error_allowed(&err, "text|json");
		return cli_fail_usage(cli, &err);
	}
	struct side old = {0}, next = {0};
	int code = side_of(cli, cli->args[0], &old);
	if (code == CLI_OK)
		code = side_of(cli, cli->args[1], &next);
	if (code == CLI_OK)
		code = compare(cli, &old, &next, as_json);
	side_done(&old);
	side_done(&next);
	return code;
}
