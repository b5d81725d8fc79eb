#include "cli/names.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/show.h"

/* Asked for once: `name` is what it is kept under. */
static const json_t *definition(struct cli *cli, const char *name, json_t *params)
{
	if (cli->workflows == NULL)
		cli->workflows = json_object();
	json_t *known = json_object_get(cli->workflows, name);
	if (known != NULL) {
		json_decref(params);
		return json_is_object(known) ? known : NULL;
	}
	ANJU_AUTO_JSON *result = NULL;
	if (cli_try(cli, "workflow.get", params, &result) != CLI_OK)
		return NULL;
	json_object_set_new(cli->workflows, name,
		result != NULL ? json_incref(json_object_get(result, "source")) : json_false());
	known = json_object_get(cli->workflows, name);
	return json_is_object(known) ? known : NULL;
}

const json_t *names_workflow(struct cli *cli, const char *id)
{
	return definition(cli, id, json_pack("{s:s}", "workflow", id));
}

const json_t *names_definition(struct cli *cli, const json_t *cs)
{
	const char *id = show_text(cs, "workflow"), *hash = show_text(cs, "definition");
	const json_t *found = NULL;
	if (json_is_false(json_object_get(cs, "newest")))
		found = definition(
			cli, hash, json_pack("{s:s, s:s}", "workflow", id, "hash", hash));
	return found != NULL ? found : names_workflow(cli, id);
}

const json_t *names_meta(const json_t *node)
{
	return json_object_get(json_object_get(node, "meta"), "anju");
}

const json_t *names_fields(const json_t *definition)
{
	return json_object_get(names_meta(definition), "fields");
}

static const char *title_of(struct cli *cli, const json_t *state)
{
	return show_label(cli, json_object_get(names_meta(state), "title"));
}

static void state_titles(
	struct cli *cli, const json_t *definition, const char *path, bool all, struct buf *out)
{
	const json_t *state = definition;
	bool first = true;
	while (*path != '\0') {
		char key[128];
		size_t n = strcspn(path, ".");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		state = json_object_get(json_object_get(state, "states"), key);
		path += n + (path[n] == '.' ? 1 : 0);
		if (!all && *path != '\0')
			continue;
		const char *title = title_of(cli, state);
		buf_addf(out, "%s%s", first ? "" : " › ", title != NULL ? title : key);
		first = false;
	}
}

void names_state(struct cli *cli, const json_t *definition, const char *path, struct buf *out)
{
	state_titles(cli, definition, path, true, out);
}

void names_leaf(struct cli *cli, const json_t *definition, const char *path, struct buf *out)
{
	state_titles(cli, definition, path, false, out);
}

/* Depth of definitions is bounded by the daemon, which compiled them. */
static const json_t *find_phase(const json_t *state, const char *phase)
{
	if (strcmp(show_text(names_meta(state), "phase"), phase) == 0)
		return state;
	const char *key;
	json_t *child;
	json_object_foreach(json_object_get(state, "states"), key, child) {
		const json_t *found = find_phase(child, phase);
		if (found != NULL)
			return found;
	}
	return NULL;
}

const char *names_phase(struct cli *cli, const json_t *definition, const char *phase)
{
	const json_t *state =
		definition != NULL && phase[0] != '\0' ? find_phase(definition, phase) : NULL;
	const char *title = title_of(cli, state);
	return title != NULL ? title : phase;
}

static void gather_phases(const json_t *state, json_t *list)
{
	const char *phase = show_text(names_meta(state), "phase");
	bool known = phase[0] == '\0';
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) {
		known = known || strcmp(json_string_value(v), phase) == 0;
	}
	if (!known)
		json_array_append_new(list, json_string(phase));
	const char *key;
	json_t *child;
	json_object_foreach(json_object_get(state, "states"), key, child) {
		gather_phases(child, list);
	}
}

json_t *names_phases(const json_t *definition)
{
	json_t *list = json_array();
	gather_phases(definition, list);
	return list;
}

const char *names_member(
	struct cli *cli, const json_t *definition, const char *kind, const char *name)
{
	const json_t *member = json_object_get(json_object_get(names_meta(definition), kind), name);
	const char *title = show_label(cli, json_object_get(member, "title"));
	if (title == NULL) /* documents are {zh, en} themselves */
		title = show_label(cli, member);
	return title != NULL ? title : name;
}

/* All units at once: a few hundred rows, and nearly every answer names several. */
static void load_units(struct cli *cli)
{
	cli->units = json_object();
	json_t *after = NULL;
	for (bool more = true; more;) {
		ANJU_AUTO_JSON *page = NULL;
		json_t *params = json_pack("{s:i, s:O?}", "limit", 1000, "after", after);
		if (cli_try(cli, "unit.list", params, &page) != CLI_OK)
			break;
		size_t i;
		json_t *unit;
		json_array_foreach(json_object_get(page, "items"), i, unit) {
			json_object_set(cli->units, show_text(unit, "code"),
				json_object_get(unit, "title"));
		}
		json_decref(after);
		after = json_incref(json_object_get(page, "next"));
		more = json_is_string(after);
	}
	json_decref(after);
}

void names_unit(struct cli *cli, const char *code, struct buf *out)
{
	if (cli->units == NULL)
		load_units(cli);
	const char *title = show_label(cli, json_object_get(cli->units, code));
	if (title == NULL)
		buf_adds(out, code);
	else
		buf_addf(out, tr(cli->lang, "%s（%s）", "%s (%s)"), title, code);
}

void names_units(struct cli *cli, const json_t *codes, struct buf *out)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)codes, i, v) {
		if (i > 0)
			buf_adds(out, tr(cli->lang, "、", ", "));
		names_unit(cli, json_string_value(v) != NULL ? json_string_value(v) : "?", out);
	}
}

bool names_split(const char *name, char *out, size_t size)
{
	const char *slash = strchr(name, '/');
	size_t n = slash != NULL ? (size_t)(slash - name) : 0;
	if (n == 0 || n >= size)
		return false;
	memcpy(out, name, n);
	out[n] = '\0';
	return true;
}
