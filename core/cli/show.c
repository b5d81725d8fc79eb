#include "cli/show.h"

#include <string.h>

#include "base/error.h"

void show_json(struct cli *cli, const json_t *v)
{
	size_t flags =
		JSON_ENCODE_ANY | (cli->width > 0 ? (size_t)JSON_INDENT(2) : (size_t)JSON_COMPACT);
	(void)json_dumpf(v, cli->out, flags); /* main looks at ferror() at the end */
	fputc('\n', cli->out);
}

const char *show_label(const struct cli *cli, const json_t *label)
{
	return json_string_value(json_object_get(label, cli->lang == LANG_EN ? "en" : "zh"));
}

const char *show_text(const json_t *object, const char *member)
{
	const char *s = json_string_value(json_object_get(object, member));
	return s != NULL ? s : "";
}

const char *show_yes(const struct cli *cli, bool yes)
{
	return yes ? tr(cli->lang, "是", "yes") : tr(cli->lang, "否", "no");
}

const char *show_time(const json_t *v, char out[SHOW_TIME_CHARS])
{
	const char *s = json_string_value(v);
	out[0] = '\0';
	if (s == NULL)
		return out;
	/* The daemon writes legal time throughout, so the offset says nothing new. */
	snprintf(out, SHOW_TIME_CHARS, "%.16s", s);
	char *t = strchr(out, 'T');
	if (t != NULL)
		*t = ' ';
	return out;
}

void show_join(const json_t *list, const char *separator, struct buf *out)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		const char *s = json_string_value(v);
		buf_addf(out, "%s%s", i > 0 ? separator : "", s != NULL ? s : "?");
	}
}

static int dump_to(const char *data, size_t n, void *out)
{
	buf_add(out, data, n);
	return 0;
}

void show_value(struct cli *cli, const json_t *v, struct buf *out)
{
	if (json_is_string(v))
		buf_adds(out, json_string_value(v));
	else if (json_is_boolean(v))
		buf_adds(out, show_yes(cli, json_is_true(v)));
	else if (json_is_array(v) && json_is_string(json_array_get(v, 0)))
		show_join(v, tr(cli->lang, "、", ", "), out);
	else if (v != NULL && !json_is_null(v))
		(void)json_dump_callback(v, dump_to, out, JSON_COMPACT | JSON_ENCODE_ANY);
}

void show_table(struct cli *cli, const struct table *table, size_t items, bool more)
{
	if (items == 0)
		fputs(tr(cli->lang, "（没有）\n", "(none)\n"), cli->out);
	else
		table_print(table, 0, cli->width, cli->out);
	if (more)
		fputs(tr(cli->lang, "（还有更多：--all 列出全部，--limit N 多列一些）\n",
			      "(there are more: --all for all of them, --limit N for some)\n"),
			cli->err);
}

/* --- refusals --- */

static const struct {
	const char *id, *zh, *en;
} next_steps[] = {
	{"case.wrong_role", "用 --as 以上列单位之一的名义办理",
		"act as one of these units with --as"},
	{"case.open_role", "用 --as 以上列单位之一的名义办理",
		"act as one of these units with --as"},
	{"case.field_role", "用 --as 以上列单位之一的名义填写",
		"let one of these units write it (--as)"},
	{"case.wrong_state", "看现在能办什么：anjuctl case get 个案",
		"see what is possible now: anjuctl case get CASE"},
	{"case.unknown_event", "看现在能办什么：anjuctl case get 个案",
		"see what is possible now: anjuctl case get CASE"},
	{"case.guard", "补正上述情况后重办；看字段现值：anjuctl case get 个案",
		"put that right and send it again; present values: anjuctl case get CASE"},
	{"case.needs", "随事件附上所缺材料：--doc 种类:文号",
		"send the missing documents along: --doc KIND:REF"},
	{"case.requires", "随事件填写所缺字段：字段=值",
		"fill the fields in along with it: FIELD=VALUE"},
	{"case.reason", "加上 --reason 理由", "add --reason TEXT"},
	{"case.unknown_doc", "用 anjuctl workflow show 流程 看有哪些材料",
		"see the kinds of documents: anjuctl workflow show WORKFLOW"},
	{"case.unknown_field", "用 anjuctl workflow show 流程 看有哪些字段",
		"see the fields: anjuctl workflow show WORKFLOW"},
	{"engine.rev", "用 anjuctl case get 看最新情况后，以新版本号重办",
		"look at it again with anjuctl case get, then use its revision"},
	{"engine.busy", "稍候重试", "try again in a moment"},
	{"rpc.case", "用 anjuctl case list 查个案名", "find its name with anjuctl case list"},
	{"rpc.workflow", "用 anjuctl workflow list 看有哪些流程", "see anjuctl workflow list"},
	{"rpc.method", "用 anjuctl discover 看有哪些方法", "see anjuctl discover"},
	{"rpc.clock_wall", "预演时以 anjud --clock manual 启动",
		"to rehearse start anjud --clock manual"},
	{"rpc.admin_only", "由管理员（守护进程的用户）办理",
		"let an administrator (the daemon's own user) do it"},
	{"org.no_unit", "用 anjuctl unit list 查单位编码",
		"find the unit's code with anjuctl unit list"},
	{"org.not_granted", "在授权文件中为本用户授权", "grant it to this user in the grants file"},
	{"org.unknown_peer", "在授权文件中登记本用户", "enter this user in the grants file"},
};

const char *show_next_step(enum lang lang, const char *id)
{
	for (size_t i = 0; i < sizeof next_steps / sizeof next_steps[0]; i++) {
		if (strcmp(next_steps[i].id, id) == 0)
			return lang == LANG_EN ? next_steps[i].en : next_steps[i].zh;
	}
	return NULL;
}

static void detail(FILE *out, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		fprintf(out, "  %s%s\n", name, text);
}

static void detail_list(struct cli *cli, FILE *out, const char *name, const json_t *list)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	show_join(list, tr(cli->lang, "、", ", "), &text);
	detail(out, name, text.data);
}

bool show_is_said(const json_t *text, const char *detail)
{
	return detail[0] == '\0' || strstr(show_text(text, "zh"), detail) != NULL ||
	       strstr(show_text(text, "en"), detail) != NULL;
}

void show_error(struct cli *cli, FILE *out, const json_t *error)
{
	enum lang lang = cli->lang;
	const json_t *data = json_object_get(error, "data");
	const json_t *both = json_object_get(data, "text");
	const json_t *who = json_object_get(data, "who");
	const char *text = show_label(cli, both);
	const char *found = show_text(data, "found"), *allowed = show_text(data, "allowed");
	fprintf(out, tr(lang, "被拒绝：%s\n", "refused: %s\n"),
		text != NULL ? text : show_text(error, "message"));
	if (!show_is_said(both, show_text(data, "pointer")))
		detail(out, tr(lang, "位置：", "at:       "), show_text(data, "pointer"));
	if (!show_is_said(both, found))
		detail(out, tr(lang, "现为：", "found:    "), found);
	if (json_array_size(who) == 0 && !show_is_said(both, allowed))
		detail(out, tr(lang, "可以：", "allowed:  "), allowed);
	detail_list(cli, out, tr(lang, "有权：", "who may:  "), who);
	detail(out, tr(lang, "下一步：", "next:     "),
		show_next_step(lang, show_text(data, "id")));
}
