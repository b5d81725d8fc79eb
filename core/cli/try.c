/* try: step through a workflow by hand, in a sandbox; from a terminal or from a script. */
#include "cli/try.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/world.h"

/* --- commands of a session --- */

struct verb {
	const char *name;
	size_t args_min, args_max;
	void (*run)(struct try *t, char *const *args, size_t n);
	const char *usage;
	struct {
		const char *zh, *en;
	} what;
};

/* "KEY" of the workflow that is tried, or "WORKFLOW/KEY". */
static json_t *whole_name(const struct try *t, const char *name)
{
	return strchr(name, '/') != NULL ? json_string(name)
					 : json_sprintf("%s/%s", t->wf->id, name);
}

/* The workflow of the case at hand is the one whose events and fields are meant. */
static bool use_workflow_of(struct try *t, const char *name)
{
	char id[72];
	size_t n = strcspn(name, "/");
	snprintf(id, sizeof id, "%.*s", (int)(n < sizeof id ? n : 0), name);
	const struct workflow *wf = pack_set_workflow(t->world.packs, id);
	if (wf != NULL)
		t->wf = wf;
	return wf != NULL;
}

static void no_workflow(struct try *t, const char *name)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	anju_error err = {0};
	for (size_t i = 0; i < pack_set_workflow_count(t->world.packs); i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "",
			pack_set_workflow_at(t->world.packs, i)->id);
	(void)anju_fail(&err, ANJU_E_NOTFOUND, "engine.no_workflow", "no workflow %s", name);
	anju_error_found(&err, "%s", name);
	anju_error_allowed(&err, "%s", list.data != NULL ? list.data : "");
	try_complain(t, &err);
}

static void do_open(struct try *t, char *const *args, size_t n)
{
	ANJU_AUTO_JSON *name = whole_name(t, args[0]);
	const struct workflow *before = t->wf;
	if (!use_workflow_of(t, json_string_value(name))) {
		no_workflow(t, args[0]);
		return;
	}
	json_t *act = json_pack("{s:O}", "open", name);
	if (try_gather(t, args + 1, n - 1, act))
		try_do(t, act);
	else
		json_decref(act);
	if (t->name[0] == '\0' || !use_workflow_of(t, t->name))
		t->wf = before;
}

static void do_send(struct try *t, char *const *args, size_t n)
{
	json_t *act = json_pack("{s:s}", "send", args[0]);
	if (try_gather(t, args + 1, n - 1, act))
		try_do(t, act);
	else
		json_decref(act);
}

static void do_amend(struct try *t, char *const *args, size_t n)
{
	json_t *act = json_pack("{s:b}", "amend", true);
	if (try_gather(t, args, n, act))
		try_do(t, act);
	else
		json_decref(act);
}

static void do_set(struct try *t, char *const *args, size_t n)
{
	if (n == 0)
		json_object_clear(t->next);
	else
		(void)try_gather(t, args, n, t->next);
	try_show_fields(t);
}

static void do_as(struct try *t, char *const *args, size_t n)
{
	snprintf(t->as, sizeof t->as, "%s", n > 0 ? args[0] : "");
	try_show(t);
}

static void do_case(struct try *t, char *const *args, size_t n)
{
	ANJU_AUTO_JSON *name = whole_name(t, args[0]);
	ANJU_AUTO_JSON *cs = NULL;
	anju_error err = {0};
	(void)n;
	if (sandbox_case(t->sb, json_string_value(name), &cs, &err) != ANJU_OK) {
		try_complain(t, &err);
		return;
	}
	snprintf(t->name, sizeof t->name, "%s", json_string_value(name));
	(void)use_workflow_of(t, t->name);
	try_show(t);
}

static void do_on(struct try *t, char *const *args, size_t n)
{
	(void)n;
	try_do(t, json_pack("{s:s}", "on", args[0]));
}

static void do_wait(struct try *t, char *const *args, size_t n)
{
	(void)n;
	try_do(t, json_pack("{s:s}", "wait", args[0]));
}

static void do_show(struct try *t, char *const *args, size_t n)
{
	(void)args;
	(void)n;
	try_show(t);
}

static void do_events(struct try *t, char *const *args, size_t n)
{
	if (t->name[0] == '\0')
		try_show(t);
	else
		try_show_events(t, n > 0 ? args[0] : NULL);
}

static void do_fields(struct try *t, char *const *args, size_t n)
{
	(void)args;
	(void)n;
	try_show_fields(t);
}

static void do_cases(struct try *t, char *const *args, size_t n)
{
	(void)args;
	(void)n;
	try_show_cases(t);
}

static void do_undo(struct try *t, char *const *args, size_t n)
{
	long count = n > 0 ? strtol(args[0], NULL, 10) : 1;
	try_undo(t, count > 0 ? (size_t)count : 1);
	if (t->name[0] != '\0')
		(void)use_workflow_of(t, t->name);
}

static void do_save(struct try *t, char *const *args, size_t n)
{
	try_save(t, args[0], n > 1 ? args[1] : NULL);
}

static void do_quit(struct try *t, char *const *args, size_t n)
{
	(void)args;
	(void)n;
	t->over = true;
}

static void do_help(struct try *t, char *const *args, size_t n);

#define ANY TRY_WORDS_MAX
static const struct verb verbs[] = {
	{"open", 1, ANY, do_open, "KEY [FIELD=VALUE...] [--doc KIND[:REF[:FORM]]]",
		{"立案", "open a case"}},
	{"send", 1, ANY, do_send,
		"EVENT [FIELD=VALUE...] [--doc KIND] [--reason TEXT] [--effective DAY]",
		{"给个案一个事件", "give the case an event"}},
	{"amend", 0, ANY, do_amend, "FIELD=VALUE... --reason TEXT", {"更正", "amend the case"}},
	{"set", 0, ANY, do_set, "[FIELD=VALUE...] [--doc KIND] [--reason TEXT]",
		{"备好下一次办理要带的字段和材料；不带参数则清空",
			"keep fields and documents for the next act; without any, forget them"}},
	{"as", 0, 1, do_as, "[UNIT[/OFFICER]|ROLE]",
		{"以谁的名义；不带参数则由有权者办", "who acts; without one, whoever may"}},
	{"case", 1, 1, do_case, "WORKFLOW/KEY", {"换一个个案", "go to another case"}},
	{"cases", 0, 0, do_cases, "", {"有哪些个案", "the cases there are"}},
	{"on", 1, 1, do_on, "DAY",
		{"拨到那一天早上九点", "go on to that day, nine in the morning"}},
	{"wait", 1, 1, do_wait, "DURATION",
		{"过多久：10wd、30d、12h", "let time pass: 10wd, 30d, 12h"}},
	{"show", 0, 0, do_show, "",
		{"现在的状态、期限，能办什么", "states, deadlines, what is possible"}},
	{"why", 0, 1, do_events, "[EVENT]",
		{"每个事件现在能不能办，为什么",
			"of each event whether it is possible, and why not"}},
	{"fields", 0, 0, do_fields, "", {"字段和值", "fields and their values"}},
	{"undo", 0, 1, do_undo, "[N]", {"收回最近一步（或 N 步）", "take back the last act, or N"}},
	{"save", 1, 2, do_save, "FILE [TITLE]",
		{"把办过的写成情景文件", "write what was done as a scenario"}},
	{"help", 0, 1, do_help, "", {"帮助", "help"}},
	{"quit", 0, 0, do_quit, "", {"结束", "end"}},
};

static void do_help(struct try *t, char *const *args, size_t n)
{
	(void)args;
	(void)n;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		fprintf(t->cli->out, "  %s %s\n      %s\n", verbs[i].name, verbs[i].usage,
			tr(t->cli->lang, verbs[i].what.zh, verbs[i].what.en));
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	}
	return NULL;
}

static void unknown_verb(struct try *t, const char *name)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	anju_error err = {0};
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", verbs[i].name);
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.command", "no command %s", name);
	anju_error_found(&err, "%s", name);
	anju_error_allowed(&err, "%s", list.data);
	try_complain(t, &err);
}

static void wrong_args(struct try *t, const struct verb *verb, bool few, const char *extra)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, few ? "cli.args_few" : "cli.args_many",
		"wrong operands for %s", verb->name);
	anju_error_found(&err, "%s", extra);
	anju_error_allowed(&err, "%s %s", verb->name, verb->usage);
	try_complain(t, &err);
}

static void run_line(struct try *t, char *line)
{
	char *words[TRY_WORDS_MAX];
	size_t n = try_words(line, words);
	if (n == 0)
		return;
	const struct verb *verb = find_verb(words[0]);
	bool needs_case = verb != NULL && (verb->run == do_send || verb->run == do_amend);
	if (verb == NULL)
		unknown_verb(t, words[0]);
	else if (n - 1 < verb->args_min || n - 1 > verb->args_max)
		wrong_args(t, verb, n - 1 < verb->args_min, words[n - 1]);
	else if (needs_case && t->name[0] == '\0')
		try_show(t);
	else
		verb->run(t, words + 1, n - 1);
}

/* --- the session --- */

static int session(struct try *t)
{
	bool asks = isatty(STDIN_FILENO);
	ANJU_AUTO_MEM char *line = NULL;
	size_t cap = 0;
	try_show(t);
	if (asks)
		fprintf(t->cli->out, "%s",
			tr(t->cli->lang, "help 列出命令。\n", "help lists the commands.\n"));
	while (!t->over) {
		if (asks)
			fputs("> ", t->cli->out);
		fflush(t->cli->out);
		if (getline(&line, &cap, stdin) < 0)
			break;
		line[strcspn(line, "\n")] = '\0';
		if (!asks && line[0] != '\0') /* a script's transcript reads like a session */
			fprintf(t->cli->out, "> %s\n", line);
		run_line(t, line);
	}
	return t->trouble && !asks ? CLI_USAGE : CLI_OK;
}

static void on_finding(void *ctx, const anju_error *finding)
{
	struct try *t = ctx;
	cli_print_finding(t->cli, finding);
}

/* --scenario: go on where it ends. */
static int find_base(struct try *t)
{
	const char *name = cli_value(t->cli, "scenario");
	anju_error err = {0};
	if (name == NULL)
		return CLI_OK;
	if (scenario_list_load(t->world.packs, on_finding, t, &t->list, &err) != ANJU_OK)
		return cli_fail(t->cli, CLI_USAGE, &err);
	const char *slash = strchr(name, '/');
	t->base = scenario_find(&t->list, NULL, slash != NULL ? slash + 1 : name);
	if (t->base != NULL && t->base->sound && !t->base->other)
		return CLI_OK;
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.no_scenario", "no scenario %s", name);
	anju_error_found(&err, "%s", name);
	return cli_fail_usage(t->cli, &err);
}

static int find_start(struct try *t)
{
	const char *start = cli_value(t->cli, "start");
	char now[TIMESTAMP_MAX_CHARS];
	anju_error err = {0};
	int64_t ms;
	if (start == NULL)
		snprintf(
			t->start, sizeof t->start, "%.10s", timestamp_format(timestamp_now(), now));
	else
		snprintf(t->start, sizeof t->start, "%s", start);
	if (scenario_time(t->start, &ms, &err) == ANJU_OK)
		return CLI_OK;
	return cli_fail_usage(t->cli, &err);
}

static int begin(struct try *t)
{
	t->wf = pack_set_workflow(t->world.packs, t->cli->args[0]);
	if (t->wf == NULL) {
		no_workflow(t, t->cli->args[0]);
		return CLI_USAGE;
	}
	int code = find_base(t);
	if (code == CLI_OK)
		code = find_start(t);
	if (code == CLI_OK)
		code = try_restart(t);
	if (code == CLI_OK && t->name[0] != '\0')
		(void)use_workflow_of(t, t->name);
	return code == CLI_OK ? session(t) : code;
}

int run_try(struct cli *cli)
{
	struct try t = {.cli = cli, .acts = json_array(), .next = json_object()};
	if (cli->as != NULL)
		snprintf(t.as, sizeof t.as, "%s", cli->as);
	int code = cli_world_load(cli, cli->args[1], &t.world);
	if (code == CLI_OK)
		code = begin(&t);
	sandbox_free(t.sb);
	scenario_list_done(&t.list);
	json_decref(t.acts);
	json_decref(t.next);
	sandbox_world_done(&t.world);
	return code;
}
