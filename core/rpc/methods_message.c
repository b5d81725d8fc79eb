/* Messages: what became of them, sending them once more, and the channels they go by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "notify/digest.h"
#include "pack/pack.h"
#include "rpc/common.h"
#include "rpc/method.h"
#include "rpc/reminder.h"
#include "rpc/reply.h"
#include "rpc/state.h"

#define RESEND_MOST 500

static const struct param page_result[] = {RPC_RESULT_PAGE};

/* --- message.list, message.get --- */

enum { LIST_UNIT, LIST_STATUS, LIST_AFTER, LIST_LIMIT, LIST_AS };
static const char *const statuses[] = {"pending", "delivered", "dead", NULL};
static const struct param list_params[] = {
	[LIST_UNIT] = {"unit", PARAM_STRING, false, "收件单位", "receiving unit"},
	[LIST_STATUS] = {"status", PARAM_STRING, false, "状态", "status", statuses},
	[LIST_AFTER] = RPC_PARAM_AFTER,
	[LIST_LIMIT] = RPC_PARAM_LIMIT,
	[LIST_AS] = RPC_PARAM_AS,
};

static void write_message(struct buf *out, const struct store_message *row)
{
	out_int(out, "id", row->id);
	out_string(out, "unit", row->unit);
	out_string(out, "channel", row->channel);
	out_string(out, "status", statuses[row->status]);
	out_bool(out, "urgent", row->urgent);
	out_time(out, "created_at", row->created_ms);
	out_time(out, "ended_at", row->ended_ms);
	out_int(out, "attempts", row->attempts);
	if (row->status == STORE_MESSAGE_PENDING)
		out_time(out, "next_at", row->next_ms);
	out_string(out, "error", row->error);
	out_json(out, "body", row->body);
}

static bool add_message(void *ctx, const struct store_message *row)
{
	struct page *page = ctx;
	if (!page_item(page))
		return false;
	buf_addc(page->out, '{');
	write_message(page->out, row);
	buf_addc(page->out, '}');
	snprintf(page->next, sizeof page->next, "%lld", (long long)row->id);
	return true;
}

static int status_number(const char *name)
{
	for (int i = 0; name != NULL && statuses[i] != NULL; i++) {
		if (strcmp(statuses[i], name) == 0)
			return i;
	}
	return -1;
}

static anju_status read_list(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	int limit;
	int64_t after;
	struct page page;
	anju_status st = arg_limit(call->arg[LIST_LIMIT], &limit, err);
	if (st == ANJU_OK)
		st = arg_cursor(call->arg[LIST_AFTER], &after, 1, err);
	if (st != ANJU_OK)
		return st;
	page_open(&page, out, limit);
	st = store_read_messages(reader, arg_string(call->arg[LIST_UNIT]),
		status_number(arg_string(call->arg[LIST_STATUS])), after, limit + 1, add_message,
		&page, err);
	page_close(&page);
	return st;
}

enum { GET_ID, GET_AS };
static const struct param get_params[] = {
	[GET_ID] = {"id", PARAM_INT, true, "消息编号", "number of the message"},
	[GET_AS] = RPC_PARAM_AS,
};
static const struct param get_result[] = {
	{"id", PARAM_INT, true, "编号", "its number"},
	{"unit", PARAM_STRING, true, "收件单位", "receiving unit"},
	{"channel", PARAM_STRING, true, "通道", "the channel it goes by"},
	{"status", PARAM_STRING, true, "pending、delivered 或 dead", "pending, delivered or dead"},
	{"urgent", PARAM_BOOL, true, "是否紧急", "whether it is urgent"},
	{"created_at", PARAM_STRING, true, "生成时间", "when it was made"},
	{"ended_at", PARAM_STRING, true, "送达或放弃的时间；未了为 null",
		"when it was delivered or given up; null while pending"},
	{"attempts", PARAM_INT, true, "试过几次", "attempts made"},
	{"error", PARAM_STRING, true, "最近一次失败的原因", "why it failed last"},
	{"body", PARAM_OBJECT, true, "交给通道的内容", "what the channel is given"},
	{"items", PARAM_ARRAY, true, "所说的各件事：case、name、due 等",
		"what it speaks of: case, name, due and so on"},
};

static anju_status fail_message(anju_status st, anju_error *err)
{
	if (st == ANJU_E_NOTFOUND)
		anju_error_where(err, "/id");
	return st;
}

static anju_status write_one(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct store_message row;
	int64_t id = arg_int(call->arg[GET_ID], 0);
	anju_status st = store_read_message(reader, id, &row, err);
	if (st != ANJU_OK)
		return fail_message(st, err);
	struct reminder_list list = {.out = out};
	buf_addc(out, '{');
	write_message(out, &row);
	out_member(out, "items");
	buf_addc(out, '[');
	st = store_read_message_items(reader, id, reminder_add, &list, err);
	buf_adds(out, "]}");
	return st;
}

static anju_status read_get(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	anju_status st = store_read_begin(reader, err);
	if (st != ANJU_OK)
		return st;
	st = write_one(call, reader, out, err);
	store_read_end(reader);
	return st;
}

/* --- message.resend --- */

enum { RESEND_IDS, RESEND_DEAD, RESEND_CHANNEL, RESEND_AS };
static const struct param resend_params[] = {
	[RESEND_IDS] = {"ids", PARAM_ARRAY, false, "消息编号", "numbers of messages"},
	[RESEND_DEAD] = {"all_dead", PARAM_BOOL, false, "所有送不到的（一次至多 500 条）",
		"all that were given up (500 at most a call)"},
	[RESEND_CHANNEL] = {"channel", PARAM_STRING, false, "改走这个通道",
		"by this channel instead"},
	[RESEND_AS] = RPC_PARAM_AS,
};
static const struct param resend_result[] = {
	{"resent", PARAM_INT, true, "重新待送的条数", "how many are pending again"},
	{"more", PARAM_BOOL, true, "还有送不到的", "whether there are more that were given up"},
};

static anju_status fail_value(
	anju_error *err, const char *where, const json_t *found, const char *allowed)
{
	(void)anju_fail(err, ANJU_E_INVALID, "rpc.param_value", "%s makes no sense", where);
	anju_error_where(err, "%s", where);
	ANJU_AUTO_MEM char *text = found != NULL ? json_dumps(found, JSON_ENCODE_ANY) : NULL;
	anju_error_found(err, "%s", text != NULL ? text : "-");
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static anju_status check_ids(const json_t *ids, anju_error *err)
{
	size_t i;
	json_t *v;
	if (json_array_size(ids) == 0 || json_array_size(ids) > RESEND_MOST)
		return fail_value(err, "/ids", NULL, "1 … 500");
	json_array_foreach((json_t *)ids, i, v) {
		if (!json_is_integer(v) || json_integer_value(v) < 1)
			return fail_value(err, "/ids", v, "≥ 1");
	}
	return ANJU_OK;
}

static anju_status check_channel(const struct rpc_server *server, const char *name, anju_error *err)
{
	const struct plugin_set *set = server->options.plugins;
	if (set != NULL && plugin_set_channel(set, name) != NULL)
		return ANJU_OK;
	ANJU_AUTO_BUF known = BUF_INIT;
	for (size_t i = 0; set != NULL && i < plugin_set_count(set); i++) {
		struct plugin *p = plugin_set_at((struct plugin_set *)set, i);
		size_t k;
		json_t *v;
		json_array_foreach(json_object_get(plugin_manifest(p), "channels"), k, v) {
			const char *one = json_string_value(json_object_get(v, "name"));
			buf_addf(&known, "%s%s", known.len > 0 ? " " : "", one != NULL ? one : "");
		}
	}
	(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.channel", "no channel %s", name);
	anju_error_where(err, "/channel");
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "%s", known.data != NULL ? known.data : "");
	return ANJU_E_NOTFOUND;
}

static anju_status build_resend(struct rpc_call *call, struct command *cmd, anju_error *err)
{
	bool all = arg_bool(call->arg[RESEND_DEAD]);
	cmd->ids = call->arg[RESEND_IDS];
	cmd->channel = arg_string(call->arg[RESEND_CHANNEL]);
	if (!call->who.admin)
		return anju_fail(err, ANJU_E_DENIED, "rpc.admin_only", "for administrators only");
	if ((cmd->ids != NULL) == all) {
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.one_of", "either ids or all_dead");
		anju_error_allowed(err, "ids, all_dead");
		return ANJU_E_INVALID;
	}
	anju_status st = cmd->ids != NULL ? check_ids(cmd->ids, err) : ANJU_OK;
	if (st == ANJU_OK && cmd->channel != NULL)
		st = check_channel(call->server, cmd->channel, err);
	return st;
}

/* --- channel.list --- */

enum { CHANNELS_AS };
static const struct param channel_params[] = {[CHANNELS_AS] = RPC_PARAM_AS};
static const struct param channel_result[] = {
	{"items", PARAM_ARRAY, true,
		"各通道：channel、state（closed、open、half_open）、failures、reopen_in_"
		"s、waiting、"
		"delivered、failed、per_minute、burst、attempts、error",
		"for each channel: channel, state (closed, open, half_open), failures, "
		"reopen_in_s, waiting, delivered, failed, per_minute, burst, attempts, error"},
};

static anju_status read_channels(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	buf_adds(out, "{\"items\":");
	rpc_write_channels(call->server, out);
	buf_addc(out, '}');
	return ANJU_OK;
}

/* --- message.preview --- */

enum { PREVIEW_UNIT, PREVIEW_AS };
static const struct param preview_params[] = {
	[PREVIEW_UNIT] = {"unit", PARAM_STRING, true, "收件单位", "receiving unit"},
	[PREVIEW_AS] = RPC_PARAM_AS,
};
static const struct param preview_result[] = {
	{"items", PARAM_INT, true, "待汇总的事项数", "how many things wait for its digest"},
	{"message", PARAM_OBJECT, true, "现在汇总会是怎样的消息", "the digest as it would be now"},
};

static bool add_body(void *ctx, const struct store_item *row)
{
	json_t *body = json_loads(row->body, 0, NULL);
	return body == NULL || json_array_append_new(ctx, body) == 0;
}

static json_t *compose(struct rpc_call *call, const struct unit *to, const json_t *bodies)
{
	size_t n = json_array_size(bodies);
	ANJU_AUTO_MEM const json_t **items = calloc(n > 0 ? n : 1, sizeof *items);
	if (items == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		items[i] = json_array_get(bodies, i);
	int64_t now = engine_now(call->server->engine);
	struct digest digest = {.wording = pack_set_wording(call->server->options.packs),
		.to = to,
		.id = "preview",
		.items = items,
		.n = n,
		.today = timestamp_to_day(now),
		.created_ms = now};
	return digest_message(&digest);
}

static anju_status read_preview(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	const char *code = arg_string(call->arg[PREVIEW_UNIT]);
	const struct unit *to = org_unit(call->server->org, code);
	if (to == NULL) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.no_unit", "no unit %s", code);
		anju_error_where(err, "/unit");
		anju_error_found(err, "%s", code);
		return ANJU_E_NOTFOUND;
	}
	ANJU_AUTO_JSON *bodies = json_array();
	if (bodies == NULL)
		return anju_fail_nomem(err);
	anju_status st = store_read_waiting(reader, code, add_body, bodies, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO_JSON *message = compose(call, to, bodies);
	if (message == NULL)
		return anju_fail_nomem(err);
	buf_addc(out, '{');
	out_int(out, "items", (int64_t)json_array_size(bodies));
	out_member(out, "message");
	out_value(out, message);
	buf_addc(out, '}');
	return ANJU_OK;
}

static const struct method methods[] = {
	{.name = "message.list",
		.kind = METHOD_READ,
		.zh = "列出提醒消息及其送达情况",
		.en = "Messages and what became of them",
		.params = list_params,
		.params_len = METHOD_COUNT(list_params),
		.result = page_result,
		.result_len = METHOD_COUNT(page_result),
		.read = read_list},
	{.name = "message.get",
		.kind = METHOD_READ,
		.zh = "一条消息：内容、所说的各件事、送达情况",
		.en = "One message: its text, what it speaks of, what became of it",
		.params = get_params,
		.params_len = METHOD_COUNT(get_params),
		.result = get_result,
		.result_len = METHOD_COUNT(get_result),
		.read = read_get},
	{.name = "message.resend",
		.kind = METHOD_WRITE,
		.zh = "重新发送未送达的消息（限管理员）",
		.en = "Send messages once more that were not delivered (administrators)",
		.params = resend_params,
		.params_len = METHOD_COUNT(resend_params),
		.result = resend_result,
		.result_len = METHOD_COUNT(resend_result),
		.command = COMMAND_RESEND,
		.write = build_resend},
	{.name = "message.preview",
		.kind = METHOD_READ,
		.zh = "某单位的汇总消息现在会是怎样",
		.en = "A unit's digest as it would be now",
		.params = preview_params,
		.params_len = METHOD_COUNT(preview_params),
		.result = preview_result,
		.result_len = METHOD_COUNT(preview_result),
		.read = read_preview},
	{.name = "channel.list",
		.kind = METHOD_READ,
		.zh = "各发信通道的情况",
		.en = "How the channels that carry messages are",
		.params = channel_params,
		.params_len = METHOD_COUNT(channel_params),
		.result = channel_result,
		.result_len = METHOD_COUNT(channel_result),
		.read = read_channels},
};
const struct method_table methods_message = {methods, METHOD_COUNT(methods)};
