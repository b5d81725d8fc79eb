/* unit, workflow and plugin lists. */
#include <string.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/show.h"

int run_unit_list(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"kind", "kind"}, {"level", "level"}, {"region", "region"}, {NULL}};
	static const struct list_column columns[] = {
		{"编码", "code", LIST_TEXT, "code"},
		{"名称", "title", LIST_LABEL, "title"},
		{"类别", "kind", LIST_TEXT, "kind"},
		{"层级", "level", LIST_TEXT, "level"},
		{"区划", "region", LIST_TEXT, "region"},
		{"上级", "parent", LIST_TEXT, "parent"},
		{NULL},
	};
	static const struct list_view view = {"unit.list", filters, columns};
	return list_run(cli, &view, NULL);
}

static void workflow_hash(struct cli *cli, const json_t *workflow, struct buf *out)
{
	buf_addf(out, "%.12s", show_text(workflow, "hash"));
}

/* "1.0.0 (12): 340", by version and the beginning of its hash. */
static void workflow_older(struct cli *cli, const json_t *workflow, struct buf *out)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(workflow, "older"), i, v) {
		const char *version = show_text(v, "version");
		buf_addf(out, tr(cli->lang, "%s%s（%.12s）%lld 件", "%s%s (%.12s): %lld"),
			i > 0 ? tr(cli->lang, "；", "; ") : "", version[0] != '\0' ? version : "?",
			show_text(v, "hash"),
			(long long)json_integer_value(json_object_get(v, "open")));
	}
}

int run_workflow_list(struct cli *cli)
{
	static const struct list_column columns[] = {
		{"流程", "workflow", LIST_TEXT, "id"},
		{"名称", "title", LIST_LABEL, "title"},
		{"版本", "version", LIST_TEXT, "version"},
		{"包", "pack", LIST_TEXT, "pack"},
		{"定义散列值", "hash", LIST_OWN, .own = workflow_hash},
		{"依旧定义在办", "open under older ones", LIST_OWN, .own = workflow_older},
		{NULL},
	};
	static const struct list_view view = {"workflow.list", NULL, columns, .whole = true};
	return list_run(cli, &view, NULL);
}

static void plugin_kinds(struct cli *cli, const json_t *plugin, struct buf *out)
{
	show_join(json_object_get(plugin, "kinds"), " ", out);
}

static void plugin_title(struct cli *cli, const json_t *plugin, struct buf *out)
{
	const json_t *manifest = json_object_get(plugin, "manifest");
	const char *title = show_label(cli, json_object_get(manifest, "title"));
	buf_adds(out, title != NULL ? title : "");
}

int run_plugin_list(struct cli *cli)
{
	static const struct list_column columns[] = {
		{"插件", "plugin", LIST_TEXT, "name"},
		{"版本", "version", LIST_TEXT, "version"},
		{"种类", "kinds", LIST_OWN, .own = plugin_kinds},
		{"说明", "title", LIST_OWN, .own = plugin_title},
		{NULL},
	};
	static const struct list_view view = {"plugin.list", NULL, columns, .whole = true};
	return list_run(cli, &view, NULL);
}
