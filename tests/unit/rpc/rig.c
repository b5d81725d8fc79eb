#include "rig.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "unit/support.h"

#define WAIT_MS 2000

/* --- the fake engine: in the place of lib_engine --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct command *first, **last;
	int n;
	bool busy, manual;
	_Atomic bool pressed;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

struct command *command_new(enum command_kind kind)
{
	struct command *cmd = calloc(1, sizeof *cmd);
	cmd->kind = kind;
	cmd->expect_rev = -1;
	cmd->effective_ms = COMMAND_NO_TIME;
	return cmd;
}

void command_free(struct command *cmd)
{
	if (cmd == NULL)
		return;
	free(cmd->text);
	json_decref(cmd->params);
	json_decref(cmd->err_data);
	buf_done(&cmd->reply);
	free(cmd);
}

anju_status engine_submit(struct engine *engine, struct command *cmd, anju_error *err)
{
	pthread_mutex_lock(&fake.lock);
	bool busy = fake.busy;
	if (!busy) {
		if (fake.first == NULL)
			fake.last = &fake.first;
		cmd->next = NULL;
		*fake.last = cmd;
		fake.last = &cmd->next;
		fake.n++;
		pthread_cond_broadcast(&fake.more);
	}
	pthread_mutex_unlock(&fake.lock);
	return busy ? anju_fail(err, ANJU_E_BUSY, "engine.busy", "full") : ANJU_OK;
}

void engine_run(struct engine *engine, struct command *cmd)
{
	abort(); /* only where there is no thread, which the server never sees */
}

struct calendar *engine_calendar(struct engine *engine)
{
	return calendar_ref(((struct rig *)engine)->calendar);
}

int64_t engine_now(const struct engine *engine)
{
	return FAKE_NOW_MS;
}

bool engine_clock_is_manual(const struct engine *engine)
{
	return fake.manual;
}

bool engine_pressed(const struct engine *engine)
{
	return fake.pressed;
}

void engine_figures(const struct engine *engine, struct engine_figures *ret)
{
	*ret = (struct engine_figures){.commands = 7, .trouble = "disk full"};
}

int fake_waiting(void)
{
	pthread_mutex_lock(&fake.lock);
	int n = fake.n;
	pthread_mutex_unlock(&fake.lock);
	return n;
}

bool fake_wait(int n)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_MS / 1000;
	pthread_mutex_lock(&fake.lock);
	while (fake.n < n && pthread_cond_timedwait(&fake.more, &fake.lock, &until) == 0)
		;
	bool there = fake.n >= n;
	pthread_mutex_unlock(&fake.lock);
	return there;
}

static struct command *take(int n)
{
	pthread_mutex_lock(&fake.lock);
	struct command *list = fake.first, **at = &fake.first;
	for (; n > 0 && *at != NULL; n--, fake.n--)
		at = &(*at)->next;
	struct command *rest = *at;
	*at = NULL;
	if (rest == NULL)
		fake.last = &fake.first;
	fake.first = rest;
	pthread_mutex_unlock(&fake.lock);
	return list;
}

void fake_finish(struct rig *rig, int n)
{
	struct command *list = take(n);
	int rev = 0;
	for (struct command *cmd = list; cmd != NULL; cmd = cmd->next)
		buf_addf(&cmd->reply, "{\"rev\":%d}", ++rev);
	rpc_server_finished(rig->server, list, 0);
}

void fake_fail(struct rig *rig, const anju_error *err, json_t *err_data)
{
	struct command *cmd = take(1);
	cr_assert_not_null(cmd);
	cmd->status = err->status;
	cmd->err = *err;
	cmd->err_data = err_data;
	rpc_server_finished(rig->server, cmd, 0);
}

const struct command *fake_first(void)
{
	return fake.first;
}

void fake_set_busy(bool busy)
{
	pthread_mutex_lock(&fake.lock);
	fake.busy = busy;
	pthread_mutex_unlock(&fake.lock);
}

void fake_set_pressed(bool pressed)
{
	fake.pressed = pressed;
}

void fake_set_manual(bool manual)
{
	fake.manual = manual;
}

/* --- the rig --- */

static void show(void *ctx, const anju_error *finding)
{
	fprintf(stderr, "%s#%s: %s\n", finding->file, finding->where, finding->text);
}

void rig_load(struct rig *rig)
{
	memset(rig, 0, sizeof *rig);
	signal(SIGPIPE, SIG_IGN); /* as main does */
	snprintf(rig->folder, sizeof rig->folder, "/tmp/anju-rpc-XXXXXX");
	cr_assert_not_null(mkdtemp(rig->folder));
	snprintf(rig->socket, sizeof rig->socket, "%s/s", rig->folder);
	struct pack_options options = {.dir = RPC_PACKS, .report = show};
	assert_ok(pack_load(&options, &rig->packs, &rig->err), rig->err);
	json_t *doc = json_pack("{s:[]}", "principals");
	assert_ok(grants_load(pack_set_org(rig->packs), doc, "test", &rig->grants, &rig->err),
		rig->err);
	json_decref(doc);
	rig->calendar = calendar_new();
	struct store_options store = {.folder = rig->folder};
	assert_ok(store_open(&store, &rig->store, &rig->err), rig->err);
}

void rig_unload(struct rig *rig)
{
	store_free(rig->store);
	grants_free(rig->grants);
	calendar_free(rig->calendar);
	pack_set_free(rig->packs);
	char cmd[128];
	snprintf(cmd, sizeof cmd, "rm -rf %s", rig->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: a test's own folder */
}

static void on_closed(void *data)
{
	struct rig *rig = data;
	uv_close((uv_handle_t *)&rig->quit, NULL);
}

static void on_quit(uv_async_t *quit)
{
	struct rig *rig = quit->data;
	rpc_server_close(rig->server, 500, on_closed, rig);
}

static void *run_loop(void *data)
{
	struct rig *rig = data;
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	return NULL;
}

void rig_start(struct rig *rig, const struct rpc_options *limits)
{
	rig_load(rig);
	cr_assert_eq(uv_loop_init(&rig->loop), 0);
	uv_async_init(&rig->loop, &rig->quit, on_quit);
	rig->quit.data = rig;
	struct rpc_options options = limits != NULL ? *limits : (struct rpc_options){0};
	options.loop = &rig->loop;
	options.packs = rig->packs;
	options.grants = rig->grants;
	options.folder = rig->folder;
	options.version = "test";
	assert_ok(rpc_server_new(&options, &rig->server, &rig->err), rig->err);
	int fd;
	assert_ok(rpc_socket_bind(rig->socket, &fd, &rig->err), rig->err);
	/* The fake needs no engine, but a pointer that is none tells when it is used as one. */
	assert_ok(rpc_server_listen(rig->server, (struct engine *)rig, fd, &rig->err), rig->err);
	cr_assert_eq(pthread_create(&rig->thread, NULL, run_loop, rig), 0);
}

void rig_stop(struct rig *rig)
{
	fake_finish(rig, 1 << 20); /* what is still there, as a drained engine would */
	uv_async_send(&rig->quit);
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 5;
	cr_assert_eq(pthread_timedjoin_np(rig->thread, NULL, &until), 0, "the loop did not end");
	cr_assert_eq(uv_loop_close(&rig->loop), 0, "handles left open");
	rpc_server_free(rig->server);
	rig_unload(rig);
}

int64_t rig_add_case(struct rig *rig, const char *key, int entries)
{
	const struct workflow *wf = pack_set_workflow(rig->packs, "visit");
	struct store_case row = {.workflow = "visit",
		.key = key,
		.hash = wf->hash_hex,
		.rev = entries,
		.region = "610322",
		.phase = "identify",
		.state = "planned",
		.data = "{\"owner\":\"610322.land\",\"id_number\":\"610322197001010011\"}",
		.meta = "{\"docs\":{},\"locks\":[]}",
		.opened_ms = FAKE_NOW_MS,
		.updated_ms = FAKE_NOW_MS};
	int64_t id, seq;
	assert_ok(store_begin(rig->store, &rig->err), rig->err);
	assert_ok(store_case_insert(rig->store, &row, &id, &rig->err), rig->err);
	for (int i = 1; i <= entries; i++) {
		struct store_entry entry = {.case_id = id,
			.rev = i,
			.recorded_ms = FAKE_NOW_MS,
			.effective_ms = FAKE_NOW_MS,
			.event = i == 1 ? "case.open" : "note",
			.actor = "610322.land/王",
			.body = "{\"data\":{\"id_number\":\"610322197001010011\"}}"};
		assert_ok(store_journal_append(rig->store, &entry, &seq, &rig->err), rig->err);
	}
	assert_ok(store_commit(rig->store, &rig->err), rig->err);
	return id;
}

void rig_committed(struct rig *rig, int64_t seq)
{
	rpc_server_finished(rig->server, NULL, seq);
}
