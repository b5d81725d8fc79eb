/* outbox list, show, resend, channels: messages and how they fare. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/names.h"
#include "cli/reminders.h"
#include "cli/show.h"

static int fail_one_of(struct cli *cli, const char *options)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.one_of", "one of %s", options);
	anju_error_allowed(&err, "%s", options);
	return cli_fail_usage(cli, &err);
}

/* --- list --- */

static void message_unit(struct cli *cli, const json_t *message, struct buf *out)
{
	names_unit(cli, show_text(message, "unit"), out);
}

static void message_status(struct cli *cli, const json_t *message, struct buf *out)
{
	buf_adds(out, reminder_status(cli, show_text(message, "status")));
	if (json_is_true(json_object_get(message, "urgent")))
		buf_adds(out, tr(cli->lang, "（紧急）", " (urgent)"));
}

static void message_subject(struct cli *cli, const json_t *message, struct buf *out)
{
	const json_t *body = json_object_get(message, "body");
	const char *subject = show_label(cli, json_object_get(body, "subject"));
	buf_adds(out, subject != NULL ? subject : "");
}

static const struct list_column message_columns[] = {
	{"编号", "id", LIST_NUMBER, "id"},
	{"生成", "created", LIST_TIME, "created_at"},
	{"收件单位", "unit", LIST_OWN, .own = message_unit},
	{"通道", "channel", LIST_TEXT, "channel"},
	{"状态", "status", LIST_OWN, .own = message_status},
	{"次数", "tries", LIST_NUMBER, "attempts"},
	{"标题", "subject", LIST_OWN, .own = message_subject},
	{"失败原因", "last failure", LIST_TEXT, "error"},
	{NULL},
};

int run_message_list(struct cli *cli)
{
	static const struct list_filter filters[] = {
		{"unit", "unit"}, {"status", "status"}, {NULL}};
	static const struct list_view view = {"message.list", filters, message_columns};
	return list_run(cli, &view, NULL);
}

int run_outbox_list(struct cli *cli)
{
	static const struct list_filter filters[] = {{"unit", "unit"}, {NULL}};
	static const struct list_view view = {"message.list", filters, message_columns};
	bool dead = cli_flag(cli, "dead"), pending = cli_flag(cli, "pending");
	if (dead && pending)
		return fail_one_of(cli, "--dead, --pending");
	json_t *params = json_object();
	if (dead || pending)
		json_object_set_new(params, "status", json_string(dead ? "dead" : "pending"));
	return list_run(cli, &view, params);
}

/* --- show --- */

static bool read_id(struct cli *cli, const char *text, json_int_t *ret)
{
	char *end;
	long long id = strtoll(text, &end, 10);
	if (*end == '\0' && id > 0) {
		*ret = id;
		return true;
	}
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.number", "no number of a message");
	anju_error_where(&err, "ID");
	anju_error_found(&err, "%s", text);
	anju_error_allowed(&err, "≥ 1");
	(void)cli_fail_usage(cli, &err);
	return false;
}

static void show_head(struct cli *cli, const json_t *m)
{
	enum lang lang = cli->lang;
	char created[SHOW_TIME_CHARS], ended[SHOW_TIME_CHARS];
	ANJU_AUTO_BUF unit = BUF_INIT, status = BUF_INIT;
	names_unit(cli, show_text(m, "unit"), &unit);
	message_status(cli, m, &status);
	ANJU_AUTO_TABLE t = TABLE_INIT;
	table_column(&t, NULL);
	table_column(&t, NULL);
	table_cell(&t, tr(lang, "编号", "id"));
	table_cell(&t, show_text(json_object_get(m, "body"), "id"));
	table_cell(&t, tr(lang, "收件单位", "unit"));
	table_cell(&t, unit.data);
	table_cell(&t, tr(lang, "通道", "channel"));
	table_cell(&t, show_text(m, "channel"));
	table_cell(&t, tr(lang, "生成", "created"));
	table_cell(&t, show_time(json_object_get(m, "created_at"), created));
	table_cell(&t, tr(lang, "状态", "status"));
	table_cellf(&t, tr(lang, "%s %s，试过 %lld 次", "%s %s, %lld attempts"), status.data,
		show_time(json_object_get(m, "ended_at"), ended),
		(long long)json_integer_value(json_object_get(m, "attempts")));
	if (show_text(m, "error")[0] != '\0') {
		table_cell(&t, tr(lang, "失败原因", "last failure"));
		table_cell(&t, show_text(m, "error"));
	}
	table_print(&t, 0, cli->width, cli->out);
}

int run_outbox_show(struct cli *cli)
{
	json_int_t id;
	ANJU_AUTO_JSON *m = NULL;
	if (!read_id(cli, cli->args[0], &id))
		return CLI_USAGE;
	int code = cli_call(cli, "message.get", json_pack("{s:I}", "id", id), &m);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		show_json(cli, m);
		return CLI_OK;
	}
	const json_t *body = json_object_get(m, "body");
	const char *subject = show_label(cli, json_object_get(body, "subject"));
	const char *text = show_label(cli, json_object_get(body, "body"));
	show_head(cli, m);
	fprintf(cli->out, "\n%s\n\n%s\n", subject != NULL ? subject : "", text != NULL ? text : "");
	reminders_show_cases(cli, json_object_get(m, "items"));
	return CLI_OK;
}

/* --- resend --- */

static json_t *resend_params(struct cli *cli)
{
	const char *channel = cli_value(cli, "channel");
	json_t *params = json_object(), *ids = json_array();
	for (size_t i = 0; i < cli->args_len; i++) {
		json_int_t id;
		if (!read_id(cli, cli->args[i], &id)) {
			json_decref(params);
			json_decref(ids);
			return NULL;
		}
		json_array_append_new(ids, json_integer(id));
	}
	if (cli->args_len > 0)
		json_object_set(params, "ids", ids);
	else
		json_object_set_new(params, "all_dead", json_true());
	json_decref(ids);
	if (channel != NULL)
		json_object_set_new(params, "channel", json_string(channel));
	return params;
}

/* All that are dead may take several calls; each makes its own alive, so the next one sees the rest. */
static int resend(struct cli *cli, const json_t *params, json_int_t *ret)
{
	bool more = true;
	while (more) {
		ANJU_AUTO_JSON *answer = NULL;
		int code = cli_call(cli, "message.resend", json_deep_copy(params), &answer);
		if (code != CLI_OK)
			return code;
		*ret += json_integer_value(json_object_get(answer, "resent"));
		more = json_is_true(json_object_get(answer, "more"));
	}
	return CLI_OK;
}

int run_outbox_resend(struct cli *cli)
{
	json_int_t n = 0;
	if ((cli->args_len > 0) == cli_flag(cli, "all-dead"))
		return fail_one_of(cli, "ID..., --all-dead");
	ANJU_AUTO_JSON *params = resend_params(cli);
	if (params == NULL)
		return CLI_USAGE;
	int code = resend(cli, params, &n);
	if (code != CLI_OK)
		return code;
	if (cli->json) {
		ANJU_AUTO_JSON *v = json_pack("{s:I}", "resent", n);
		show_json(cli, v);
	} else {
		fprintf(cli->out,
			tr(cli->lang, "重新待送 %lld 条\n", "%lld messages are pending again\n"),
			(long long)n);
	}
	return CLI_OK;
}

/* --- channels --- */

static void channel_name(struct cli *cli, const json_t *channel, struct buf *out)
{
	const char *name = show_text(channel, "channel");
	buf_adds(out,
		name[0] != '\0' ? name : tr(cli->lang, "（无插件提供）", "(offered by nobody)"));
}

static void channel_state(struct cli *cli, const json_t *channel, struct buf *out)
{
	const char *state = show_text(channel, "state");
	long long s = json_integer_value(json_object_get(channel, "reopen_in_s"));
	if (strcmp(state, "open") == 0)
		buf_addf(out, tr(cli->lang, "暂停，%lld 秒后再试", "paused, tried again in %lld s"),
			s);
	else if (strcmp(state, "half_open") == 0)
		buf_adds(out, tr(cli->lang, "试探中", "being tried"));
	else
		buf_adds(out, tr(cli->lang, "正常", "well"));
}

static void channel_rate(struct cli *cli, const json_t *channel, struct buf *out)
{
	long long rate = json_integer_value(json_object_get(channel, "per_minute"));
	long long burst = json_integer_value(json_object_get(channel, "burst"));
	if (rate == 0)
		buf_adds(out, tr(cli->lang, "不限", "no limit"));
	else
		buf_addf(out, tr(cli->lang, "%lld 条/分，突发 %lld", "%lld/min, burst %lld"), rate,
			burst);
}

static const struct list_column channel_columns[] = {
	{"通道", "channel", LIST_OWN, .own = channel_name},
	{"状态", "state", LIST_OWN, .own = channel_state},
	{"速率", "rate", LIST_OWN, .own = channel_rate},
	{"送达", "delivered", LIST_NUMBER, "delivered"},
	{"失败", "failed", LIST_NUMBER, "failed"},
	{"连续失败", "in a row", LIST_NUMBER, "failures"},
	{"待重试", "to retry", LIST_NUMBER, "waiting"},
	{"最近失败", "last failure", LIST_TEXT, "error"},
	{NULL},
};

int run_outbox_channels(struct cli *cli)
{
	static const struct list_view view = {"channel.list", NULL, channel_columns, .whole = true};
	return list_run(cli, &view, NULL);
}

void outbox_channels_line(struct cli *cli, const json_t *channels, struct buf *out)
{
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)channels, i, v) {
		if (show_text(v, "channel")[0] == '\0')
			continue;
		buf_addf(out, "%s%s ", out->len > 0 ? tr(cli->lang, "；", "; ") : "",
			show_text(v, "channel"));
		channel_state(cli, v, out);
	}
}
