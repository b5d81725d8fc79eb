#include "daemon/daemon.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "agenda/keeper.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "daemon/definitions.h"
#include "daemon/service.h"
#include "engine/engine.h"
#include "engine/moving.h"
#include "engine/recount.h"
#include "import/import.h"
#include "notify/delivery.h"
#include "rpc/server.h"
#include "store/store.h"

/* How long peers may take to read what is left for them when the daemon stops. */
#define GRACE_MS 5000

struct daemon {
	const struct settings *settings; /* borrowed */
	struct definitions definitions;
	struct store *store;       /* owned; the engine thread's while that runs */
	struct engine *engine;     /* owned */
	struct imports *imports;   /* owned */
	struct movings *movings;   /* owned */
	struct recounts *recounts; /* owned */
	struct rpc_server *rpc;    /* owned */
	uv_loop_t loop;
	uv_signal_t signals[3];
	size_t signals_len;
	uv_work_t drain, first_work;
	bool stopping;
	bool own_socket; /* the socket file is ours to remove */

	/* The engine thread wakes delivery, the loop thread ends it. */
	pthread_mutex_t lock;
	struct delivery *delivery;    /* owned */
	struct agenda_keeper *keeper; /* owned; NULL = no folder is kept */
};

/* --- findings --- */

struct findings {
	FILE *out;
	enum lang lang;
	int n;
};

/* "file#/pointer: sentence", a line each. */
static void print_finding(void *ctx, const anju_error *finding)
{
	struct findings *findings = ctx;
	ANJU_AUTO_BUF text = BUF_INIT;
	anju_error placeless = *finding;
	placeless.file[0] = '\0';
	message_render_error(&text, &placeless, findings->lang);
	if (finding->file[0] != '\0')
		fprintf(findings->out, "%s%s%s: ", finding->file,
			finding->where[0] != '\0' ? "#" : "", finding->where);
	fprintf(findings->out, "%s\n", text.data != NULL ? text.data : finding->text);
	findings->n++;
}

int daemon_check(const struct settings *settings)
{
	anju_error err;
	struct definitions definitions;
	struct findings findings = {.out = stdout, .lang = settings->lang};
	if (definitions_load(settings, print_finding, &findings, &definitions, &err) != ANJU_OK) {
		if (findings.n == 0)
			print_finding(&findings, &err);
		return 1;
	}
	printf(settings->lang == LANG_ZH ? "%s：未发现问题（流程 %zu 个，插件 %zu 个）\n"
					 : "%s: nothing found (%zu workflows, %zu plugins)\n",
		pack_set_name(definitions.packs), pack_set_workflow_count(definitions.packs),
		plugin_set_count(definitions.plugins));
	definitions_done(&definitions);
	return findings.n > 0 ? 1 : 0;
}

/* --- between engine, socket and delivery --- */

static void wake_delivery(struct daemon *d)
{
	pthread_mutex_lock(&d->lock);
	if (d->delivery != NULL)
		delivery_wake(d->delivery);
	pthread_mutex_unlock(&d->lock);
}

/* What somebody had sent again is behind the place that delivery has come to in the store. */
static void renew_delivery(struct daemon *d, const struct command *list)
{
	for (const struct command *c = list; c != NULL; c = c->next) {
		if (c->renewed_len == 0 || c->status != ANJU_OK)
			continue;
		pthread_mutex_lock(&d->lock);
		if (d->delivery != NULL)
			delivery_renew(d->delivery, c->renewed, c->renewed_len);
		pthread_mutex_unlock(&d->lock);
	}
}

static void wake_keeper(struct daemon *d)
{
	pthread_mutex_lock(&d->lock);
	if (d->keeper != NULL)
		agenda_keeper_wake(d->keeper);
	pthread_mutex_unlock(&d->lock);
}

static void end_keeper(struct daemon *d)
{
	pthread_mutex_lock(&d->lock);
	struct agenda_keeper *keeper = d->keeper;
	d->keeper = NULL;
	pthread_mutex_unlock(&d->lock);
	agenda_keeper_free(keeper);
}

/* Engine thread. */
static void on_finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	struct daemon *d = ctx;
	renew_delivery(d, list);
	rpc_server_finished(d->rpc, list, last_seq);
	if (messages)
		wake_delivery(d);
	wake_keeper(d);
}

/* Engine thread. */
static void on_settled(struct command *cmd)
{
	delivery_settled(cmd->owner);
	command_free(cmd);
}

/* Delivery thread. */
static bool on_outcome(void *ctx, const struct delivery_outcome *outcome)
{
	struct daemon *d = ctx;
	struct command *cmd = command_new(COMMAND_DELIVERED);
	if (cmd == NULL)
		return false;
	cmd->who.system = true;
	cmd->message_id = outcome->message_id;
	cmd->attempts = outcome->attempts;
	cmd->again = outcome->again;
	cmd->outcome = *outcome->error;
	cmd->owner = outcome->reporter;
	cmd->settled = on_settled;
	if (engine_submit(d->engine, cmd, NULL) == ANJU_OK)
		return true;
	command_free(cmd);
	return false;
}

static void write_channel(void *ctx, const struct delivery_figures *f)
{
	struct buf *out = ctx;
	if (out->data[out->len - 1] != '[')
		buf_addc(out, ',');
	ANJU_AUTO_JSON *v = json_pack("{s:s?, s:s, s:i, s:I, s:i, s:I, s:I, s:i, s:i, s:i, s:s?}",
		"channel", f->channel, "state", gate_state_name(f->state), "failures", f->failures,
		"reopen_in_s", (json_int_t)((f->reopen_in_ms + 999) / 1000), "waiting", f->waiting,
		"delivered", (json_int_t)f->delivered, "failed", (json_int_t)f->failed,
		"per_minute", f->gate.per_minute, "burst", f->gate.burst, "attempts", f->attempts,
		"error", f->error[0] != '\0' ? f->error : NULL);
	ANJU_AUTO_MEM char *text = v != NULL ? json_text(v) : NULL;
	if (text != NULL)
		buf_adds(out, text);
	else
		out->failed = true;
}

/* Pool and loop threads. */
static void write_channels(void *ctx, struct buf *out)
{
	struct daemon *d = ctx;
	buf_addc(out, '[');
	pthread_mutex_lock(&d->lock);
	if (d->delivery != NULL && !out->failed)
		delivery_figures(d->delivery, write_channel, out);
	pthread_mutex_unlock(&d->lock);
	buf_addc(out, ']');
}

/* --- stopping --- */

static void on_closed(void *data)
{
	struct daemon *d = data;
	for (size_t i = 0; i < d->signals_len; i++)
		uv_close((uv_handle_t *)&d->signals[i], NULL);
	d->signals_len = 0;
}

/* Off the loop: both wait. Delivery first, so that its last outcome is still taken. */
static void drain_work(uv_work_t *work)
{
	struct daemon *d = work->data;
	pthread_mutex_lock(&d->lock);
	struct delivery *delivery = d->delivery;
	d->delivery = NULL;
	pthread_mutex_unlock(&d->lock);
	delivery_free(delivery);
	imports_stop(d->imports);
	movings_stop(d->movings);
	recounts_stop(d->recounts);
	end_keeper(d);
	engine_drain(d->engine);
}

static void drain_done(uv_work_t *work, int status)
{
	struct daemon *d = work->data;
	rpc_server_close(d->rpc, GRACE_MS, on_closed, d);
}

static void stop(struct daemon *d, int signum)
{
	if (d->stopping)
		return;
	d->stopping = true;
	log_line(LOG_INFO_, "daemon", "stopping", "signal=%d", signum);
	service_stopping();
	rpc_server_stop(d->rpc);
	d->drain.data = d;
	if (uv_queue_work(&d->loop, &d->drain, drain_work, drain_done) != 0)
		rpc_server_close(d->rpc, GRACE_MS, on_closed, d);
}

static void on_signal(uv_signal_t *handle, int signum)
{
	if (signum == SIGHUP)
		log_line(LOG_WARN_, "daemon", "sighup_ignored", "hint=%s",
			log_quote("restart to load changed packs or configuration"));
	else
		stop(handle->data, signum);
}

/* --- starting --- */

static anju_status fail_uv(anju_error *err, int code, const char *what)
{
	(void)anju_fail(err, ANJU_E_IO, "sys.failed", "%s: %s", what, uv_strerror(code));
	anju_error_found(err, "@say.failed|%s|@say.calling|%s", message_errno(-code), what);
	return ANJU_E_IO;
}

static anju_status watch_signals(struct daemon *d, anju_error *err)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		int rc = uv_signal_init(&d->loop, &d->signals[i]);
		if (rc != 0)
			return fail_uv(err, rc, "uv_signal_init");
		d->signals[i].data = d;
		d->signals_len++;
		rc = uv_signal_start(&d->signals[i], on_signal, numbers[i]);
		if (rc != 0)
			return fail_uv(err, rc, "uv_signal_start");
	}
	return ANJU_OK;
}

static anju_status read_last_seq(const char *folder, int64_t *ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_status st = store_reader_open(folder, &reader, err);
	return st != ANJU_OK ? st : store_read_last_seq(reader, ret, err);
}

static anju_status start_socket_server(struct daemon *d, anju_error *err)
{
	const struct settings *s = d->settings;
	struct rpc_options options = {.loop = &d->loop,
		.packs = d->definitions.packs,
		.shelf = d->definitions.shelf,
		.plugins = d->definitions.plugins,
		.grants = d->definitions.grants,
		.folder = s->data,
		.version = ANJU_VERSION,
		.connection_limit = (int)s->limits.connections,
		.in_flight_limit = (int)s->limits.in_flight,
		.batch_limit = (int)s->limits.batch,
		.line_limit = (size_t)s->limits.line_bytes,
		.out_limit = (size_t)s->limits.out_bytes,
		.buffer_limit = (size_t)s->limits.buffer_mib << 20,
		.reads_limit = (int)s->limits.reads,
		.max_wait_ms = (int)s->limits.max_wait_ms,
		.threads = (int)s->limits.threads,
		.line_s = (int)s->limits.line_s,
		.stall_s = (int)s->limits.stall_s};
	anju_status st = read_last_seq(s->data, &options.last_seq, err);
	if (st != ANJU_OK)
		return st;
	return rpc_server_new(&options, &d->rpc, err);
}

static anju_status start_engine(struct daemon *d, anju_error *err)
{
	const struct settings *s = d->settings;
	struct engine_options options = {.store = d->store,
		.packs = d->definitions.packs,
		.shelf = d->definitions.shelf,
		.calendar = d->definitions.calendar,
		.plugins = d->definitions.plugins,
		.channel = s->channel,
		.manual_clock = s->manual_clock,
		.manual_start_ms = s->start_ms,
		.queue_limit = (int)s->limits.queue,
		.max_wait_ms = (int)s->limits.max_wait_ms,
		.batch_limit = (int)s->limits.engine_batch,
		.cache_bytes = (size_t)s->limits.cache_mib << 20,
		.policy_timeout_ms = (int)s->limits.policy_timeout_ms,
		.finished = on_finished,
		.ctx = d};
	return engine_start(&options, &d->engine, err);
}

/* A channel that is configured and not there is likely misspelt. */
static void warn_of_channels(const struct daemon *d)
{
	const struct settings *s = d->settings;
	for (size_t i = 0; i < s->channels_len; i++) {
		if (plugin_set_channel(d->definitions.plugins, s->channels[i].name) == NULL)
			log_line(LOG_WARN_, "daemon", "no_channel", "channel=%s",
				log_quote(s->channels[i].name));
	}
}

static anju_status start_delivery(struct daemon *d, anju_error *err)
{
	warn_of_channels(d);
	if (plugin_set_channel(d->definitions.plugins, d->settings->channel) == NULL)
		log_line(LOG_WARN_, "daemon", "no_channel", "channel=%s",
			log_quote(d->settings->channel));
	struct delivery_options options = {.plugins = d->definitions.plugins,
		.folder = d->settings->data,
		.channels = d->settings->channels,
		.channels_len = d->settings->channels_len,
		.outcome = on_outcome,
		.ctx = d};
	struct delivery *delivery;
	anju_status st = delivery_start(&options, &delivery, err);
	if (st != ANJU_OK)
		return st;
	pthread_mutex_lock(&d->lock);
	d->delivery = delivery;
	pthread_mutex_unlock(&d->lock);
	rpc_server_set_channels(d->rpc, write_channels, d);
	return ANJU_OK;
}

static anju_status start_imports(struct daemon *d, anju_error *err)
{
	struct imports_options options = {.packs = d->definitions.packs,
		.packs_dir = d->settings->packs,
		.folder = d->settings->data,
		.engine = d->engine};
	anju_status st = imports_new(&options, &d->imports, err);
	if (st == ANJU_OK)
		rpc_server_set_imports(d->rpc, d->imports);
	return st;
}

static anju_status start_movings(struct daemon *d, anju_error *err)
{
	struct movings_options options = {
		.packs = d->definitions.packs, .folder = d->settings->data, .engine = d->engine};
	anju_status st = movings_new(&options, &d->movings, err);
	if (st != ANJU_OK)
		return st;
	rpc_server_set_movings(d->rpc, d->movings);
	return movings_resume(d->movings, err);
}

static anju_status start_recounts(struct daemon *d, anju_error *err)
{
	struct recounts_options options = {
		.packs = d->definitions.packs, .folder = d->settings->data, .engine = d->engine};
	anju_status st = recounts_new(&options, &d->recounts, err);
	if (st != ANJU_OK)
		return st;
	rpc_server_set_recounts(d->rpc, d->recounts);
	return recounts_resume(d->recounts, err);
}

static int64_t keeper_now(void *ctx)
{
	const struct daemon *d = ctx;
	return engine_now(d->engine);
}

static anju_status start_keeper(struct daemon *d, anju_error *err)
{
	const struct settings *s = d->settings;
	struct agenda_keeper_options options = {.packs = d->definitions.packs,
		.data = s->data,
		.folder = s->ics_folder,
		.lang = s->lang,
		.every_s = (int)s->limits.ics_every_s,
		.now = keeper_now,
		.ctx = d};
	struct agenda_keeper *keeper;
	if (s->ics_folder == NULL)
		return ANJU_OK;
	anju_status st = agenda_keeper_start(&options, &keeper, err);
	if (st != ANJU_OK)
		return st;
	pthread_mutex_lock(&d->lock);
	d->keeper = keeper;
	pthread_mutex_unlock(&d->lock);
	return ANJU_OK;
}

static anju_status listen_now(struct daemon *d, anju_error *err)
{
	int fd;
	anju_status st = service_socket(&fd, err);
	if (st == ANJU_OK && fd < 0) {
		st = rpc_socket_bind(d->settings->socket, &fd, err);
		d->own_socket = st == ANJU_OK;
	}
	return st == ANJU_OK ? rpc_server_listen(d->rpc, d->engine, fd, err) : st;
}

static anju_status start(struct daemon *d, anju_error *err)
{
	struct store_options options = {.folder = d->settings->data, .fault = d->settings->fault};
	anju_status st = store_open(&options, &d->store, err);
	if (st == ANJU_OK)
		st = recount_add_loaded(d->settings->data, d->definitions.calendar, err);
	if (st == ANJU_OK)
		st = start_socket_server(d, err);
	if (st == ANJU_OK)
		st = start_engine(d, err);
	if (st == ANJU_OK)
		st = start_delivery(d, err);
	if (st == ANJU_OK)
		st = start_imports(d, err);
	if (st == ANJU_OK)
		st = start_movings(d, err);
	if (st == ANJU_OK)
		st = start_recounts(d, err);
	if (st == ANJU_OK)
		st = start_keeper(d, err);
	if (st == ANJU_OK)
		st = watch_signals(d, err);
	if (st == ANJU_OK)
		st = listen_now(d, err);
	return st;
}

/* --- the life of it --- */

static void no_work(uv_work_t *work)
{
}

/* libuv starts its pool with the first work that is queued. Its threads are born with the name of this one, which is
 * then again that of the process. */
static void start_pool(struct daemon *d)
{
	thread_name("anju-pool");
	(void)uv_queue_work(&d->loop, &d->first_work, no_work, NULL);
	thread_name("anjud");
}

/* A start that failed half way: the same way out as a signal takes, without the loop having run. */
static void give_up(struct daemon *d)
{
	pthread_mutex_lock(&d->lock);
	struct delivery *delivery = d->delivery;
	d->delivery = NULL;
	pthread_mutex_unlock(&d->lock);
	delivery_free(delivery);
	if (d->imports != NULL)
		imports_stop(d->imports);
	if (d->movings != NULL)
		movings_stop(d->movings);
	if (d->recounts != NULL)
		recounts_stop(d->recounts);
	end_keeper(d);
	if (d->engine != NULL)
		engine_drain(d->engine);
	if (d->rpc != NULL)
		rpc_server_close(d->rpc, 0, on_closed, d);
	else
		on_closed(d);
	(void)uv_run(&d->loop, UV_RUN_DEFAULT);
}

static void take_apart(struct daemon *d)
{
	imports_free(d->imports);
	movings_free(d->movings);
	recounts_free(d->recounts);
	engine_free(d->engine);
	rpc_server_free(d->rpc);
	store_free(d->store);
	(void)uv_loop_close(&d->loop);
	pthread_mutex_destroy(&d->lock);
	if (d->own_socket)
		(void)unlink(d->settings->socket);
	definitions_done(&d->definitions);
}

static int report(const struct settings *settings, const char *event, const anju_error *err)
{
	struct findings findings = {.out = stderr, .lang = settings->lang};
	print_finding(&findings, err);
	log_error("daemon", event, err);
	return 1;
}

int daemon_run(const struct settings *settings)
{
	anju_error err;
	struct daemon d = {.settings = settings};
	struct findings findings = {.out = stderr, .lang = settings->lang};
	if (definitions_load(settings, print_finding, &findings, &d.definitions, &err) != ANJU_OK) {
		if (findings.n == 0)
			print_finding(&findings, &err);
		log_line(LOG_ERROR_, "daemon", "refused", "findings=%d", findings.n);
		return 1;
	}
	int rc = uv_loop_init(&d.loop);
	if (rc != 0) {
		(void)fail_uv(&err, rc, "uv_loop_init");
		definitions_done(&d.definitions);
		return report(settings, "start_failed", &err);
	}
	pthread_mutex_init(&d.lock, NULL);
	start_pool(&d);
	if (start(&d, &err) != ANJU_OK) {
		rc = report(settings, "start_failed", &err);
		give_up(&d);
		take_apart(&d);
		return rc;
	}
	service_ready();
	log_line(LOG_INFO_, "daemon", "ready", "version=%s pack=%s workflows=%zu plugins=%zu",
		ANJU_VERSION, pack_set_name(d.definitions.packs),
		pack_set_workflow_count(d.definitions.packs),
		plugin_set_count(d.definitions.plugins));
	(void)uv_run(&d.loop, UV_RUN_DEFAULT);
	take_apart(&d);
	log_line(LOG_INFO_, "daemon", "stopped", "status=0");
	return 0;
}
