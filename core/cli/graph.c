/* graph: a workflow as a picture. Offline, but for the states of a case; reads a folder of packs as lint
 * does. */
#include "graph/graph.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/world.h"

#define AT_MAX 64

enum form { FORM_SVG, FORM_DOT, FORM_MERMAID, FORM_COUNT };
static const char *const forms[FORM_COUNT] = {"svg", "dot", "mermaid"};

/* --- names --- */

/* What is nearest so far to a word that is not known. */
struct near {
	const char *typed;
	size_t distance;
	char word[256];
	struct buf all;
};

static void near_look(struct near *near, const char *word)
{
	size_t distance = edit_distance(near->typed, word);
	if (distance < near->distance && distance < strlen(word)) {
		near->distance = distance;
		snprintf(near->word, sizeof near->word, "%s", word);
	}
	buf_addf(&near->all, "%s%s", near->all.len > 0 ? ", " : "", word);
}

static anju_status near_fail(
	struct near *near, const char *id, const char *near_id, anju_error *err)
{
	bool found = near->word[0] != '\0';
	(void)anju_fail(err, ANJU_E_NOTFOUND, found ? near_id : id, "no such name");
	anju_error_found(err, "%s", near->typed);
	anju_error_allowed(err, "%s",
		found                    ? near->word
		: near->all.data != NULL ? near->all.data
					 : "");
	buf_done(&near->all);
	return ANJU_E_NOTFOUND;
}

static anju_status find_workflow(
	struct pack_set *set, const char *id, struct workflow **ret, anju_error *err)
{
	struct workflow *wf = pack_set_workflow(set, id);
	if (wf != NULL) {
		*ret = wf;
		return ANJU_OK;
	}
	struct near near = {.typed = id, .distance = nearest_reach(id) + 1};
	for (size_t i = 0; i < pack_set_workflow_count(set); i++)
		near_look(&near, pack_set_workflow_at(set, i)->id);
	return near_fail(&near, "graph.workflow", "graph.workflow_near", err);
}

static anju_status find_state(
	const struct workflow *wf, const char *path, uint32_t *ret, anju_error *err)
{
	uint32_t state = chart_state_by_path(wf->chart, path);
	if (state == CHART_NONE)
		state = chart_state_by_id(wf->chart, path);
	if (state != CHART_NONE) {
		*ret = state;
		return ANJU_OK;
	}
	struct near near = {.typed = path, .distance = nearest_reach(path) + 1};
	for (uint32_t i = 1; i < chart_state_count(wf->chart); i++)
		near_look(&near, chart_state_at(wf->chart, i)->path);
	return near_fail(&near, "graph.state", "graph.state_near", err);
}

/* States apart by commas or spaces, as `case get` has them in its result. */
static anju_status find_states(const struct workflow *wf, const char *list, uint32_t at[AT_MAX],
	size_t *ret_len, anju_error *err)
{
	size_t n = 0;
	while (*(list += strspn(list, ", ")) != '\0') {
		char path[256];
		size_t len = strcspn(list, ", ");
		snprintf(path, sizeof path, "%.*s", (int)len, list);
		list += len;
		uint32_t state = 0;
		anju_status st = find_state(wf, path, &state, err);
		if (st != ANJU_OK)
			return st;
		if (n == AT_MAX) {
			(void)anju_fail(err, ANJU_E_LIMIT, "cli.option_value", "too many states");
			anju_error_where(err, "--at");
			anju_error_found(err, "%s", path);
			anju_error_allowed(err, "≤ %d", AT_MAX);
			return ANJU_E_LIMIT;
		}
		at[n++] = state;
	}
	*ret_len = n;
	return ANJU_OK;
}

/* --- the picture --- */

/* Seam for tests and for a Graphviz elsewhere: a name looked for along PATH, or a path. */
static const char *program(void)
{
	const char *given = getenv("ANJU_DOT");
	return given != NULL && given[0] != '\0' ? given : "dot";
}

static anju_status draw(const struct pack_set *set, const struct workflow *wf,
	const struct graph_options *options, enum form form, struct buf *out, anju_error *err)
{
	if (form == FORM_MERMAID)
		return graph_mermaid(set, wf, options, out, err);
	if (form == FORM_DOT)
		return graph_dot(set, wf, options, out, err);
	ANJU_AUTO_BUF dot = BUF_INIT;
	anju_status st = graph_dot(set, wf, options, &dot, err);
	return st == ANJU_OK ? graph_svg(program(), &dot, out, err) : st;
}

static anju_status write_file(const char *path, const struct buf *out, anju_error *err)
{
	FILE *f = fopen(path, "w");
	if (f == NULL)
		return anju_fail_errno(err, errno, "@say.opening|%s", path);
	bool bad = fwrite(out->data, 1, out->len, f) != out->len;
	int errnum = errno;
	if (fclose(f) != 0 && !bad) {
		bad = true;
		errnum = errno;
	}
	return bad ? anju_fail_errno(err, errnum, "@say.writing|%s", path) : ANJU_OK;
}

static anju_status graph(
	struct cli *cli, enum form form, const char *states, struct buf *out, anju_error *err)
{
	struct pack_options packs = {.dir = cli_packs_dir(cli->args_len > 1 ? cli->args[1] : NULL),
		.leaf = cli_value(cli, "pack")};
	ANJU_AUTO(pack_set) set = NULL;
	struct workflow *wf = NULL;
	uint32_t at[AT_MAX];
	const char *part = cli_value(cli, "state");
	struct graph_options options = {.lang = cli->lang,
		.at = at,
		.no_deadlines = cli_flag(cli, "no-deadlines"),
		.brief = cli_flag(cli, "brief")};
	anju_status st = pack_load(&packs, &set, err);
	if (st == ANJU_OK)
		st = find_workflow(set, cli->args[0], &wf, err);
	if (st == ANJU_OK && part != NULL)
		st = find_state(wf, part, &options.part, err);
	if (st == ANJU_OK && states != NULL)
		st = find_states(wf, states, at, &options.at_len, err);
	return st == ANJU_OK ? draw(set, wf, &options, form, out, err) : st;
}

/* The states to mark: those given, and those that the daemon says a case is in. */
static int gather_states(struct cli *cli, struct buf *list)
{
	const char *given = cli_value(cli, "at"), *key = cli_value(cli, "case");
	ANJU_AUTO_BUF name = BUF_INIT;
	ANJU_AUTO_JSON *cs = NULL;
	if (given != NULL)
		buf_adds(list, given);
	if (key == NULL)
		return CLI_OK;
	buf_addf(&name, "%s/%s", cli->args[0], key);
	int code = cli_call(cli, "case.get",
		json_pack("{s:s}", "case", name.data != NULL ? name.data : ""), &cs);
	if (code != CLI_OK)
		return code;
	size_t i;
	json_t *state;
	json_array_foreach(json_object_get(cs, "states"), i, state) {
		buf_addf(list, ",%s", json_string_value(state));
	}
	return CLI_OK;
}

int run_graph(struct cli *cli)
{
	const char *format = cli_value(cli, "format"), *path = cli_value(cli, "output");
	anju_error err = {0};
	int form = 0;
	while (format != NULL && form < FORM_COUNT && strcmp(format, forms[form]) != 0)
		form++;
	if (form == FORM_COUNT) {
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such format");
		anju_error_where(&err, "--format");
		anju_error_found(&err, "%s", format);
		anju_error_allowed(&err, "svg|dot|mermaid");
		return cli_fail_usage(cli, &err);
	}
	ANJU_AUTO_BUF out = BUF_INIT, states = BUF_INIT;
	int code = gather_states(cli, &states);
	if (code != CLI_OK)
		return code;
	anju_status st = graph(cli, (enum form)form, states.data, &out, &err);
	if (st == ANJU_OK && path != NULL)
		st = write_file(path, &out, &err);
	else if (st == ANJU_OK)
		(void)fwrite(out.data, 1, out.len, cli->out);
	return st == ANJU_OK ? CLI_OK : cli_fail(cli, CLI_USAGE, &err);
}
