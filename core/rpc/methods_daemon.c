/* The daemon itself: clock, feed, status, what there is to call. */
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/error.h"
#include "engine/engine.h"
#include "pack/pack.h"
#include "plugin/plugin.h"
#include "rpc/common.h"
#include "rpc/discover.h"
#include "rpc/feed.h"
#include "rpc/method.h"
#include "rpc/reply.h"
#include "rpc/state.h"

static const struct param as_params[] = {RPC_PARAM_AS};

/* --- clock.get --- */

static const struct param clock_result[] = {
	{"now", PARAM_STRING, true, "守护进程的时间", "the daemon's time"},
	{"manual", PARAM_BOOL, true, "是否手动时钟", "whether the clock is a manual one"},
};

static void write_clock(const struct rpc_server *server, struct buf *out)
{
	out_time(out, "now", engine_now(server->engine));
	out_bool(out, "manual", engine_clock_is_manual(server->engine));
}

static anju_status clock_get(struct rpc_call *call, struct buf *out, anju_error *err)
{
	buf_addc(out, '{');
	write_clock(call->server, out);
	buf_addc(out, '}');
	return ANJU_OK;
}

/* --- feed --- */

enum { SUBSCRIBE_AFTER, SUBSCRIBE_AS };
static const struct param subscribe_params[] = {
	[SUBSCRIBE_AFTER] = {"after", PARAM_INT, false, "已收到的最后一个 seq；不给则从现在起",
		"last seq received; from now on if not given"},
	[SUBSCRIBE_AS] = RPC_PARAM_AS,
};
static const struct param subscribe_result[] = {
	{"subscription", PARAM_INT, true, "订阅号", "number of the subscription"},
	{"last_seq", PARAM_INT, true, "目前最后一个 seq", "the last seq there is now"},
};

static anju_status feed_subscribe_call(struct rpc_call *call, struct buf *out, anju_error *err)
{
	int64_t id, after = arg_int(call->arg[SUBSCRIBE_AFTER], -1);
	if (call->arg[SUBSCRIBE_AFTER] != NULL && after < 0) {
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.param_value", "negative seq");
		anju_error_where(err, "/after");
		anju_error_found(err, "%lld", (long long)after);
		anju_error_allowed(err, "≥ 0");
		return ANJU_E_INVALID;
	}
	anju_status st = feed_subscribe(call->conn, after, &call->who, &id, err);
	if (st != ANJU_OK)
		return st;
	buf_addc(out, '{');
	out_int(out, "subscription", id);
	out_int(out, "last_seq", call->server->last_seq);
	buf_addc(out, '}');
	return ANJU_OK;
}

enum { UNSUBSCRIBE_ID, UNSUBSCRIBE_AS };
static const struct param unsubscribe_params[] = {
	[UNSUBSCRIBE_ID] = {"subscription", PARAM_INT, true, "订阅号",
		"number of the subscription"},
	[UNSUBSCRIBE_AS] = RPC_PARAM_AS,
};

static anju_status feed_unsubscribe_call(struct rpc_call *call, struct buf *out, anju_error *err)
{
	anju_status st = feed_unsubscribe(call->conn, arg_int(call->arg[UNSUBSCRIBE_ID], 0), err);
	if (st == ANJU_OK)
		buf_adds(out, "{}");
	return st;
}

/* --- daemon.status --- */

static const struct param status_result[] = {
	{"version", PARAM_STRING, true, "版本", "version"},
	{"pack", PARAM_STRING, true, "所用的包", "pack in use"},
	{"started_at", PARAM_STRING, true, "启动时间", "when it started"},
	{"uptime_s", PARAM_INT, true, "已运行秒数", "seconds since then"},
	{"clock", PARAM_OBJECT, true, "时钟：now、manual", "clock: now, manual"},
	{"engine", PARAM_OBJECT, true,
		"引擎计数；排队 queue_length（上限 queue_limit）、预计等候 wait_ms、因忙拒绝 busy",
		"counters of the engine; queue_length of queue_limit waiting, wait_ms expected, "
		"busy refused"},
	{"reads", PARAM_OBJECT, true, "查询：排队 waiting、预计等候 wait_ms、因忙拒绝 busy",
		"reads: waiting, wait_ms expected, busy refused"},
	{"store", PARAM_OBJECT, true, "库存计数", "figures of the store"},
	{"channels", PARAM_ARRAY, true, "发信通道，见 channel.list", "channels, as channel.list"},
	{"connections", PARAM_INT, true, "连接数", "connections"},
	{"buffered_bytes", PARAM_INT, true, "各连接占用的缓冲（字节）",
		"bytes of lines, requests in work and answers of all connections"},
	{"subscriptions", PARAM_INT, true, "订阅数", "feed subscriptions"},
	{"plugins", PARAM_ARRAY, true, "已加载的插件", "plugins loaded"},
	{"trouble", PARAM_STRING, true, "故障；没有则为 null", "what is wrong; null if nothing"},
};

static void write_engine(const struct engine_figures *f, struct buf *out)
{
	out_member(out, "engine");
	buf_addc(out, '{');
	out_int(out, "commands", f->commands);
	out_int(out, "refused", f->refused);
	out_int(out, "batches", f->batches);
	out_int(out, "failed_batches", f->failed_batches);
	out_int(out, "rungs", f->rungs);
	out_int(out, "digests", f->digests);
	out_int(out, "queue_length", f->queue_length);
	out_int(out, "queue_limit", f->queue_limit);
	out_int(out, "wait_ms", f->wait_us / 1000);
	out_int(out, "busy", f->busy);
	out_int(out, "cached_cases", f->cached_cases);
	out_int(out, "cached_bytes", f->cached_bytes);
	out_int(out, "obligations_waiting", f->obligations_left);
	buf_addc(out, '}');
}

static void write_reads(const struct pool *pool, struct buf *out)
{
	out_member(out, "reads");
	buf_addc(out, '{');
	out_int(out, "waiting", atomic_load(&pool->waiting_seen));
	out_int(out, "wait_ms", atomic_load(&pool->wait_us_seen) / 1000);
	out_int(out, "busy", atomic_load(&pool->busy));
	buf_addc(out, '}');
}

static anju_status write_store(struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct store_stats s;
	anju_status st = store_read_stats(reader, &s, err);
	if (st != ANJU_OK)
		return st;
	out_member(out, "store");
	buf_addc(out, '{');
	out_int(out, "cases", s.cases);
	out_int(out, "entries", s.entries);
	out_int(out, "deadlines_open", s.deadlines_open);
	out_int(out, "messages_pending", s.messages_pending);
	out_int(out, "messages_dead", s.messages_dead);
	out_int(out, "last_seq", s.last_seq);
	out_int(out, "file_bytes", s.file_bytes);
	out_int(out, "schema", s.schema);
	buf_addc(out, '}');
	return ANJU_OK;
}

static void write_plugin_names(const struct plugin_set *set, struct buf *out)
{
	out_member(out, "plugins");
	buf_addc(out, '[');
	for (size_t i = 0; set != NULL && i < plugin_set_count(set); i++) {
		const char *name = plugin_name(plugin_set_at((struct plugin_set *)set, i));
		if (i > 0)
			buf_addc(out, ',');
		buf_add_json_string(out, name, strlen(name));
	}
	buf_addc(out, ']');
}

static anju_status read_status(
	struct rpc_call *call, struct store_reader *reader, struct buf *out, anju_error *err)
{
	struct rpc_server *server = call->server;
	struct engine_figures figures;
	engine_figures(server->engine, &figures);
	buf_addc(out, '{');
	out_string(out, "version", server->options.version);
	out_string(out, "pack", pack_set_name(server->options.packs));
	out_time(out, "started_at", server->started_ms);
	out_int(out, "uptime_s", (int64_t)((uv_hrtime() - server->started_ns) / 1000000000u));
	out_member(out, "clock");
	buf_addc(out, '{');
	write_clock(server, out);
	buf_addc(out, '}');
	write_engine(&figures, out);
	write_reads(&server->pool, out);
	anju_status st = write_store(reader, out, err);
	if (st != ANJU_OK)
		return st;
	out_member(out, "channels");
	rpc_write_channels(server, out);
	out_int(out, "connections", atomic_load(&server->connections));
	out_int(out, "buffered_bytes", (int64_t)atomic_load(&server->held));
	out_int(out, "subscriptions", atomic_load(&server->subscriptions));
	write_plugin_names(server->options.plugins, out);
	out_string(out, "trouble", figures.trouble[0] != '\0' ? figures.trouble : NULL);
	buf_addc(out, '}');
	return ANJU_OK;
}

/* --- rpc.discover --- */

static const struct param discover_result[] = {
	{"openrpc", PARAM_STRING, true, "OpenRPC 版本", "version of OpenRPC"},
	{"info", PARAM_OBJECT, true, "名称与版本", "title and version"},
	{"methods", PARAM_ARRAY, true, "方法", "the methods"},
	{"components", PARAM_OBJECT, true, "错误", "errors"},
};

static anju_status discover(struct rpc_call *call, struct buf *out, anju_error *err)
{
	struct rpc_server *server = call->server;
	if (server->discover == NULL) {
		ANJU_AUTO_BUF text = BUF_INIT;
		discover_write(&text, server->options.version);
		server->discover_len = text.len;
		server->discover = buf_take(&text);
	}
	if (server->discover == NULL)
		return anju_fail_nomem(err);
	buf_add(out, server->discover, server->discover_len);
	return ANJU_OK;
}

static const struct method methods[] = {
	{.name = "clock.get",
		.kind = METHOD_LOCAL,
		.zh = "守护进程的时钟",
		.en = "The daemon's clock",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = clock_result,
		.result_len = METHOD_COUNT(clock_result),
		.local = clock_get},
	{.name = "feed.subscribe",
		.kind = METHOD_LOCAL,
		.zh = "订阅已生效的办理记录；随后以 feed.entry 通知逐条送来",
		.en = "Subscribe to committed entries; they come as feed.entry notifications, in "
		      "order",
		.params = subscribe_params,
		.params_len = METHOD_COUNT(subscribe_params),
		.result = subscribe_result,
		.result_len = METHOD_COUNT(subscribe_result),
		.local = feed_subscribe_call},
	{.name = "feed.unsubscribe",
		.kind = METHOD_LOCAL,
		.zh = "退订",
		.en = "End a subscription",
		.params = unsubscribe_params,
		.params_len = METHOD_COUNT(unsubscribe_params),
		.local = feed_unsubscribe_call},
	{.name = "daemon.status",
		.kind = METHOD_READ,
		.always = true,
		.zh = "守护进程的状况",
		.en = "How the daemon is",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = status_result,
		.result_len = METHOD_COUNT(status_result),
		.read = read_status},
	{.name = "rpc.discover",
		.kind = METHOD_LOCAL,
		.anyone = true,
		.zh = "本接口的 OpenRPC 说明",
		.en = "This interface as an OpenRPC document",
		.params = as_params,
		.params_len = METHOD_COUNT(as_params),
		.result = discover_result,
		.result_len = METHOD_COUNT(discover_result),
		.local = discover},
};
const struct method_table methods_daemon = {methods, METHOD_COUNT(methods)};
