#include "sandbox/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "sandbox/impl.h"
#include "store/backup.h"

/* --- a folder for a while --- */

static bool is_folder(const char *path)
{
	struct stat st;
	return path != NULL && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	       access(path, W_OK) == 0;
}

/* In memory where there is such a place. */
static anju_status make_folder(char *out, size_t size, anju_error *err)
{
	const char *tmp = getenv("TMPDIR");
	const char *base = is_folder("/dev/shm") ? "/dev/shm" : is_folder(tmp) ? tmp : "/tmp";
	if ((size_t)snprintf(out, size, "%s/anju-sandbox-XXXXXX", base) >= size)
		snprintf(out, size, "/tmp/anju-sandbox-XXXXXX");
	if (mkdtemp(out) != NULL)
		return ANJU_OK;
	int bad = errno;
	out[0] = '\0';
	return anju_fail_errno(err, bad, "@say.creating|%s", base);
}

static void remove_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return;
	for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), e->d_name, 0); /* what stays, stays */
	}
	(void)closedir(dir);
	(void)rmdir(folder);
}

/* --- the observer, which dry runs do not concern --- */

static void relay_guard(void *ctx, const struct workflow *wf, const struct chart_call *guard,
	enum chart_verdict verdict)
{
	const struct sandbox *sb = ctx;
	if (!sb->dry)
		sb->options.observer->guard(sb->options.observer->ctx, wf, guard, verdict);
}

/* One that cannot be kept is not counted: coverage then says less than there was, never more. */
static void note(struct sandbox *sb, const struct workflow *wf, bool state, uint32_t index)
{
	if (sb->noted_len == sb->noted_cap) {
		size_t cap = sb->noted_cap * 2 + 64;
		struct noted *p = realloc(sb->noted, cap * sizeof *p);
		if (p == NULL)
			return;
		sb->noted = p;
		sb->noted_cap = cap;
	}
	sb->noted[sb->noted_len++] = (struct noted){.wf = wf, .state = state, .index = index};
}

static void relay_taken(void *ctx, const struct workflow *wf, uint32_t transition)
{
	note(ctx, wf, false, transition);
}

static void relay_entered(void *ctx, const struct workflow *wf, uint32_t state)
{
	note(ctx, wf, true, state);
}

static void tell_noted(struct sandbox *sb, bool held)
{
	const struct case_observer *o = sb->options.observer;
	for (size_t i = 0; i < sb->noted_len && held; i++) {
		const struct noted *n = &sb->noted[i];
		(n->state ? o->entered : o->taken)(o->ctx, n->wf, n->index);
	}
	sb->noted_len = 0;
}

/* --- opening --- */

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	/* the command is looked at where it was made; messages stay where they are */
	(void)ctx;
	(void)list;
	(void)last_seq;
	(void)messages;
}

static anju_status start_engine(struct sandbox *sb, anju_error *err)
{
	const struct sandbox_world *w = sb->options.world;
	sb->relay = (struct case_observer){
		.ctx = sb, .guard = relay_guard, .taken = relay_taken, .entered = relay_entered};
	struct engine_options options = {.store = sb->store,
		.packs = w->packs,
		.calendar = w->calendar,
		.plugins = w->plugins,
		.manual_clock = true,
		.manual_start_ms = sb->options.start_ms,
		.no_thread = true,
		.no_obligations = !sb->options.obligations,
		.observer = sb->options.observer != NULL ? &sb->relay : NULL,
		.finished = finished};
	return engine_start(&options, &sb->engine, err);
}

/* Once all files are open nobody needs their names: removed now, they are gone even if this process is killed. */
static anju_status go_under(struct sandbox *sb, anju_error *err)
{
	struct store_stats stats; /* the reader opens the log at its first look */
	anju_status st = store_read_stats(sb->reader, &stats, err);
	if (st != ANJU_OK)
		return st;
	remove_folder(sb->folder);
	sb->folder[0] = '\0';
	return ANJU_OK;
}

static bool keep_time(void *ctx, const struct store_entry *row)
{
	*(int64_t *)ctx = row->recorded_ms;
	return true;
}

/* Where the clock stands when nothing says so: a daemon on the wall clock had come at least so far. */
static anju_status last_entry(struct sandbox *sb, anju_error *err)
{
	struct store_stats stats;
	anju_status st = store_read_stats(sb->reader, &stats, err);
	if (st == ANJU_OK && stats.last_seq == 0 && sb->options.start_ms == SANDBOX_NOW)
		return anju_fail(err, ANJU_E_INVALID, "sandbox.no_time", "no entry tells the time");
	if (st == ANJU_OK && stats.last_seq > 0)
		st = store_read_feed(
			sb->reader, stats.last_seq - 1, 1, keep_time, &sb->options.start_ms, err);
	return st;
}

static anju_status copy_data(const struct sandbox *sb, anju_error *err)
{
	struct backup taken;
	char path[96];
	snprintf(path, sizeof path, "%s/anju.db", sb->folder);
	return store_snapshot(sb->options.data, path, &taken, err);
}

anju_status sandbox_open(
	const struct sandbox_options *options, struct sandbox **ret, anju_error *err)
{
	ANJU_AUTO(sandbox) sb = calloc(1, sizeof *sb);
	if (sb == NULL)
		return anju_fail_nomem(err);
	sb->options = *options;
	anju_status st = make_folder(sb->folder, sizeof sb->folder, err);
	struct store_options store = {.folder = sb->folder, .scratch = true};
	if (st == ANJU_OK && options->data != NULL)
		st = copy_data(sb, err);
	if (st == ANJU_OK)
		st = store_open(&store, &sb->store, err);
	if (st == ANJU_OK)
		st = store_reader_open(sb->folder, &sb->reader, err);
	if (st == ANJU_OK && options->data != NULL)
		st = last_entry(sb, err);
	if (st == ANJU_OK)
		st = start_engine(sb, err);
	if (st == ANJU_OK)
		st = go_under(sb, err);
	tell_noted(sb, st == ANJU_OK); /* duties that had begun before the start */
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(sb);
	return st;
}

void sandbox_free(struct sandbox *sb)
{
	if (sb == NULL)
		return;
	store_reader_free(sb->reader);
	engine_free(sb->engine);
	store_free(sb->store);
	if (sb->folder[0] != '\0')
		remove_folder(sb->folder);
	free(sb->noted);
	free(sb);
}

int64_t sandbox_now(const struct sandbox *sb)
{
	return engine_now(sb->engine);
}

struct store_reader *sandbox_reader(const struct sandbox *sb)
{
	return sb->reader;
}

const struct sandbox_world *sandbox_world_of(const struct sandbox *sb)
{
	return sb->options.world;
}

/* --- who --- */

static anju_status fail_several(
	const char *text, const struct unit *const *units, size_t n, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", units[i]->code);
	(void)anju_fail(
		err, ANJU_E_INVALID, "sandbox.actor", "%s does not mean one unit here", text);
	anju_error_where(err, "/as");
	anju_error_found(err, "%s", text);
	anju_error_allowed(err, "%s", n > 0 ? list.data : "@say.nothing");
	return ANJU_E_INVALID;
}

/* The first unit of those that may open such a case. */
static anju_status whoever_may_open(
	struct sandbox *sb, const struct sandbox_act *act, struct principal *ret, anju_error *err)
{
	const struct workflow *wf;
	const char *key;
	anju_status st = sandbox_split(sb, act->name, &wf, &key, err);
	for (size_t i = 0; st == ANJU_OK && i < wf->open_by.len; i++) {
		const struct unit *units[1];
		size_t n = 0;
		if (wf->open_by.roles[i].scope == ROLE_SYSTEM)
			continue;
		st = sandbox_units(
			sb, act->name, act->data, wf->open_by.roles[i].text, units, 1, &n, err);
		if (st == ANJU_OK && n > 0) {
			ret->unit = units[0];
			return ANJU_OK;
		}
	}
	/* a duty that only the calendar opens */
	ret->system = st == ANJU_OK;
	return st;
}

static anju_status find_actor(
	struct sandbox *sb, const struct sandbox_act *act, struct principal *ret, anju_error *err)
{
	char text[128];
	const struct unit *units[8];
	size_t n = 0;
	if (act->as == NULL)
		return whoever_may_open(sb, act, ret, err);
	size_t len = strcspn(act->as, "/");
	snprintf(text, sizeof text, "%.*s", (int)len, act->as);
	if (act->as[len] == '/')
		snprintf(ret->officer, sizeof ret->officer, "%s", act->as + len + 1);
	anju_status st = sandbox_units(sb, act->name, act->data, text, units, 8, &n, err);
	if (st != ANJU_OK)
		return st;
	if (n != 1)
		return fail_several(text, units, n, err);
	ret->unit = units[0];
	return ANJU_OK;
}

/* --- doing --- */

static anju_status fill_command(
	struct sandbox *sb, const struct sandbox_act *act, struct command *cmd, anju_error *err)
{
	const struct workflow *wf;
	anju_status st = sandbox_split(sb, act->name, &wf, &cmd->key, err);
	if (st != ANJU_OK)
		return st;
	cmd->workflow = wf->id;
	cmd->event = act->event;
	cmd->data = (json_t *)act->data;
	cmd->docs = (json_t *)act->docs;
	cmd->reason = act->reason;
	cmd->effective_ms = act->effective_ms;
	cmd->dry_run = act->dry_run;
	return find_actor(sb, act, &cmd->who, err);
}

static void free_command(struct command **cmd)
{
	command_free(*cmd);
}

anju_status sandbox_do(
	struct sandbox *sb, const struct sandbox_act *act, json_t **ret_refusal, anju_error *err)
{
	__attribute__((cleanup(free_command))) struct command *cmd =
		command_new(act->event != NULL ? COMMAND_SEND : COMMAND_OPEN);
	*ret_refusal = NULL;
	if (cmd == NULL)
		return anju_fail_nomem(err);
	anju_status st = fill_command(sb, act, cmd, err);
	if (st != ANJU_OK)
		return st;
	sb->dry = act->dry_run;
	engine_run(sb->engine, cmd);
	tell_noted(sb, cmd->status == ANJU_OK && !act->dry_run);
	sb->dry = false;
	if (cmd->status == ANJU_OK)
		return ANJU_OK;
	*ret_refusal = ANJU_TAKE(cmd->err_data);
	if (err != NULL)
		*err = cmd->err;
	return cmd->status;
}

/* A unit, or an officer of one: there is no case yet that a role could be one of. */
static anju_status find_beginner(
	struct sandbox *sb, const char *as, struct principal *ret, anju_error *err)
{
	char code[128];
	if (as == NULL) {
		ret->system = true;
		return ANJU_OK;
	}
	size_t len = strcspn(as, "/");
	snprintf(code, sizeof code, "%.*s", (int)len, as);
	if (as[len] == '/')
		snprintf(ret->officer, sizeof ret->officer, "%s", as + len + 1);
	ret->unit = org_unit(pack_set_org(sandbox_world_of(sb)->packs), code);
	return ret->unit != NULL ? ANJU_OK : fail_several(as, NULL, 0, err);
}

anju_status sandbox_begin(struct sandbox *sb, const struct sandbox_begin *begin, char **ret_name,
	json_t **ret_refusal, anju_error *err)
{
	__attribute__((cleanup(free_command))) struct command *cmd = command_new(COMMAND_BEGIN);
	*ret_refusal = NULL;
	if (cmd == NULL)
		return anju_fail_nomem(err);
	cmd->obligation = begin->obligation;
	cmd->unit = begin->whom;
	cmd->ref = begin->ref;
	cmd->day = timestamp_to_day(
		begin->effective_ms == SANDBOX_NOW ? sandbox_now(sb) : begin->effective_ms);
	anju_status st = find_beginner(sb, begin->as, &cmd->who, err);
	if (st != ANJU_OK)
		return st;
	engine_run(sb->engine, cmd);
	tell_noted(sb, cmd->status == ANJU_OK);
	if (cmd->status != ANJU_OK) {
		*ret_refusal = ANJU_TAKE(cmd->err_data);
		if (err != NULL)
			*err = cmd->err;
		return cmd->status;
	}
	ANJU_AUTO_JSON *reply = json_loadb(cmd->reply.data, cmd->reply.len, 0, NULL);
	const char *name = json_string_value(json_object_get(reply, "case"));
	*ret_name = name != NULL ? strdup(name) : NULL;
	return *ret_name != NULL ? ANJU_OK : anju_fail_nomem(err);
}

anju_status sandbox_advance(struct sandbox *sb, int64_t to_ms, anju_error *err)
{
	__attribute__((cleanup(free_command))) struct command *cmd = command_new(COMMAND_ADVANCE);
	if (cmd == NULL)
		return anju_fail_nomem(err);
	cmd->who.admin = true;
	cmd->to_ms = to_ms;
	engine_run(sb->engine, cmd);
	tell_noted(sb, cmd->status == ANJU_OK);
	if (cmd->status != ANJU_OK && err != NULL)
		*err = cmd->err;
	return cmd->status;
}

anju_status sandbox_migrate(
	struct sandbox *sb, const struct migration *migration, int64_t id, anju_error *err)
{
	__attribute__((cleanup(free_command))) struct command *cmd = command_new(COMMAND_MIGRATE);
	if (cmd == NULL)
		return anju_fail_nomem(err);
	cmd->who.admin = true;
	cmd->migration = migration;
	cmd->case_id = id;
	engine_run(sb->engine, cmd);
	tell_noted(sb, cmd->status == ANJU_OK);
	if (cmd->status != ANJU_OK && err != NULL)
		*err = cmd->err;
	return cmd->status;
}
