/* calendar export: a unit's deadlines as an iCalendar file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/show.h"

static int write_file(struct cli *cli, const char *path, const char *text)
{
	anju_error err = {0};
	FILE *f = fopen(path, "we");
	bool ok = f != NULL && fputs(text, f) >= 0;
	int bad = errno;
	if (f != NULL && fclose(f) != 0 && ok) {
		ok = false;
		bad = errno;
	}
	if (ok)
		return CLI_OK;
	(void)anju_fail_errno(&err, bad, "@say.writing|%s", path);
	return cli_fail(cli, CLI_USAGE, &err);
}

int run_calendar_export(struct cli *cli)
{
	const char *unit = cli_needed(cli, "unit"), *path = cli_value(cli, "output");
	if (unit == NULL)
		return CLI_USAGE;
	ANJU_AUTO_JSON *result = NULL;
	json_t *params =
		json_pack("{s:s, s:s}", "unit", unit, "lang", cli->lang == LANG_EN ? "en" : "zh");
	static const char *const given[] = {"from", "to"};
	for (size_t i = 0; i < 2; i++) {
		if (cli_value(cli, given[i]) != NULL)
			json_object_set_new(
				params, given[i], json_string(cli_value(cli, given[i])));
	}
	int code = cli_call(cli, "calendar.export", params, &result);
	if (code != CLI_OK)
		return code;
	if (path == NULL && cli->json) {
		show_json(cli, result);
		return CLI_OK;
	}
	const char *text = show_text(result, "text");
	if (path == NULL) {
		fputs(text, cli->out);
		return CLI_OK;
	}
	code = write_file(cli, path, text);
	if (code == CLI_OK)
		fprintf(cli->out, tr(cli->lang, "%s：%lld 个期限\n", "%s: %lld deadlines\n"), path,
			(long long)json_integer_value(json_object_get(result, "events")));
	return code;
}
