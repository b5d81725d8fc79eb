/* What is loaded: workflows and plugins. All in memory; in the pool because the texts can be long. */
#include <string.h>

#include "base/error.h"
#include "pack/pack.h"
#include "plugin/plugin.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

static const struct param as_params[] = {RPC_PARAM_AS};
static const struct param items_result[] = {
	{"items", PARAM_ARRAY, true, "各项", "the items"},
};

static void write_workflow(struct buf *out, const struct workflow *wf)
{
	out_string(out, "id", wf->id);
	out_string(out, "version", wf->version);
	out_string(out, "pack", wf->pack);
	out_label(out, "title", wf->title.text);
	out_string(out, "hash", wf->hash_hex);
}

/* Definitions that cases run under: {workflow: [[hash, open], …]}. */
static bool add_in_use(void *ctx, const char *workflow, const char *hash, int64_t n, int64_t m)
{
	json_t *all = ctx, *list = json_object_get(all, workflow);
	if (list == NULL) {
		list = json_array();
		if (json_object_set_new(all, workflow, list) != 0)
			return false;
	}
	return json_array_append_new(list, json_pack("[s, I]", hash, (json_int_t)n)) == 0;
}

/* Older definitions that open cases live under: what a migration could start from. */
static void write_older(
	struct rpc_call *call, struct buf *out, const struct workflow *wf, const json_t *in_use)
{
	size_t i, n = 0;
	json_t *v;
	out_member(out, "older");
	buf_addc(out, '[');
	json_array_foreach(json_object_get(in_use, wf->id), i, v) {
		const char *hash = json_string_value(json_array_get(v, 0));
		json_int_t open = json_integer_value(json_array_get(v, 1));
		ANJU_AUTO_JSON *source = NULL;
		if (open == 0 || hash == NULL || strcmp(hash, wf->hash_hex) == 0)
			continue;
		const char *version = NULL; /* of one whose text is not kept it is not known */
		if (rpc_definition_text(call->server, hash, &source, NULL) == ANJU_OK)
			version = json_string_value(json_object_get(source, "version"));
		if (n++ > 0)
			buf_addc(out, ',');
		buf_addc(out, '{');
		out_string(out, "hash", hash);
		out_string(out, "version", version);
		out_int(out, "open", open);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static anju_status read_workflows(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct pack_set *packs = call->server->options.packs;
	ANJU_AUTO_JSON *in_use = json_object();
	anju_status st = store_count_definitions(reader, add_in_use, in_use, err);
	if (st != ANJU_OK)
		return st;
	buf_adds(out, "{\"items\":[");
	for (size_t i = 0; i < pack_set_workflow_count(packs); i++) {
		const struct workflow *wf = pack_set_workflow_at(packs, i);
		if (i > 0)
			buf_addc(out, ',');
		buf_addc(out, '{');
		write_workflow(out, wf);
		write_older(call, out, wf, in_use);
		buf_addc(out, '}');
	}
	buf_adds(out, "]}");
	return ANJU_OK;
}

enum { GET_WORKFLOW, GET_HASH, GET_AS };
static const struct param get_params[] = {
	[GET_WORKFLOW] = {"workflow", PARAM_STRING, true, "流程名", "name of the workflow"},
	[GET_HASH] = {"hash", PARAM_STRING, false, "旧定义的散列值；省略则为现行的",
		"hash of an older definition; the one in force if not given"},
	[GET_AS] = RPC_PARAM_AS,
};
static const struct param get_result[] = {
	{"id", PARAM_STRING, true, "流程名", "name"},
	{"version", PARAM_STRING, true, "版本", "version"},
	{"pack", PARAM_STRING, true, "所属包", "pack it comes from"},
	{"title", PARAM_OBJECT, true, "名称", "title"},
	{"hash", PARAM_STRING, true, "定义的散列值", "hash of the definition"},
	{"source", PARAM_OBJECT, true, "流程定义原文", "the definition as written"},
};

static anju_status no_definition(const char *id, const char *hash, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.definition", "no definition %.64s of %s is kept",
		hash, id);
	anju_error_where(err, "/hash");
	anju_error_found(err, "%s", hash);
	anju_error_allowed(err, "%s", id);
	return ANJU_E_NOTFOUND;
}

/* One that cases were opened under, as the store has it; it need not fit the packs in force. */
static anju_status read_stored(
	struct rpc_call *call, const char *id, const char *hash, struct buf *out, anju_error *err)
{
	ANJU_AUTO_JSON *source = NULL;
	anju_status st = rpc_definition_text(call->server, hash, &source, err);
	const char *own = json_string_value(json_object_get(source, "id"));
	if (st == ANJU_E_NOTFOUND || (st == ANJU_OK && (own == NULL || strcmp(own, id) != 0)))
		return no_definition(id, hash, err);
	if (st != ANJU_OK)
		return st;
	const char *version = json_string_value(json_object_get(source, "version"));
	buf_addc(out, '{');
	out_string(out, "id", id);
	out_string(out, "version", version != NULL ? version : "");
	out_string(out, "pack", pack_set_name(call->server->options.packs));
	out_member(out, "title");
	out_value(out,
		json_object_get(json_object_get(json_object_get(source, "meta"), "anju"), "title"));
	out_string(out, "hash", hash);
	out_member(out, "source");
	out_value(out, source);
	buf_addc(out, '}');
	return ANJU_OK;
}

static anju_status read_workflow(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	const char *id = arg_string(call->arg[GET_WORKFLOW]);
	const struct workflow *wf = pack_set_workflow(call->server->options.packs, id);
	const char *hash = arg_string(call->arg[GET_HASH]);
	if (wf == NULL)
		return rpc_fail_workflow(call->server, id, "/workflow", err);
	if (hash != NULL && strcmp(hash, wf->hash_hex) != 0)
		return read_stored(call, id, hash, out, err);
	buf_addc(out, '{');
	write_workflow(out, wf);
	out_member(out, "source");
	out_value(out, wf->source);
	buf_addc(out, '}');
	return ANJU_OK;
}

static const struct {
	uint32_t bit;
	const char *name;
} kinds[] = {
	{ANJU_KIND_POLICY, "policy"},
	{ANJU_KIND_CHANNEL, "channel"},
	{ANJU_KIND_CALENDAR, "calendar"},
};

static void write_plugin(struct buf *out, const struct plugin *p)
{
	buf_addc(out, '{');
	out_string(out, "name", plugin_name(p));
	out_string(out, "version", plugin_version(p));
	out_member(out, "kinds");
	buf_addc(out, '[');
	bool first = true;
	for (size_t i = 0; i < METHOD_COUNT(kinds); i++) {
		if ((plugin_kinds(p) & kinds[i].bit) == 0)
			continue;
		buf_addf(out, "%s\"%s\"", first ? "" : ",", kinds[i].name);
		first = false;
	}
	buf_addc(out, ']');
	out_member(out, "manifest");
	out_value(out, plugin_manifest(p));
	buf_addc(out, '}');
}

static anju_status read_plugins(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct plugin_set *set = call->server->options.plugins;
	buf_adds(out, "{\"items\":[");
	for (size_t i = 0; set != NULL && i < plugin_set_count(set); i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_plugin(out, plugin_set_at(set, i));
	}
	buf_adds(out, "]}");
	return ANJU_OK;
}

static const struct method methods[] = {
	{.name = "workflow.list",
		.kind = METHOD_READ,
		.zh = "列出已加载的流程，和在办个案所依的旧定义",
		.en = "Workflows that are loaded, and the older definitions that open cases have",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = items_result,
		.result_len = METHOD_COUNT(items_result),
		.read = read_workflows},
	{.name = "workflow.get",
		.kind = METHOD_READ,
		.zh = "一个流程的定义原文",
		.en = "One workflow's definition",
		.params = get_params,
		.params_len = METHOD_COUNT(get_params),
		.result = get_result,
		.result_len = METHOD_COUNT(get_result),
		.read = read_workflow},
	{.name = "plugin.list",
		.kind = METHOD_READ,
		.zh = "列出已加载的插件",
		.en = "Plugins that are loaded",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = items_result,
		.result_len = METHOD_COUNT(items_result),
		.read = read_plugins},
};
const struct method_table methods_pack = {methods, METHOD_COUNT(methods)};
