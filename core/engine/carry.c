/** Commands: opening cases, giving them events, and what follows in related cases, all or nothing. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "engine/impl.h"

/* How far events sent from case to case may go on; a ring of workflows would never end. */
#define MAX_DEPTH 8

void engine_touch(struct engine *e, struct cached *c)
{
	if (c->touched)
		return;
	c->touched = true;
	c->next_touched = e->touched;
	e->touched = c;
}

void engine_untouch(struct engine *e, bool drop)
{
	while (e->touched != NULL) {
		struct cached *c = e->touched;
		e->touched = c->next_touched;
		c->touched = false;
		if (drop)
			cache_drop(&e->cache, c);
		else
			cache_weigh(&e->cache, c);
	}
}

static const struct principal anju_itself = {.system = true};

/* --- what follows elsewhere --- */

struct targets {
	int64_t ids[4096];
	size_t len;
	bool too_many;
};

static bool add_target(void *ctx, int64_t id)
{
	struct targets *t = ctx;
	if (t->len == sizeof t->ids / sizeof t->ids[0]) {
		t->too_many = true;
		return false;
	}
	t->ids[t->len++] = id;
	return true;
}

static anju_status deep(anju_error *err, const char *name)
{
	(void)anju_fail(err, ANJU_E_LIMIT, "engine.cascade",
		"events went from case to case %d times at %s", MAX_DEPTH, name);
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "%d", MAX_DEPTH);
	return ANJU_E_LIMIT;
}

static anju_status send_related(struct engine *e, const struct anju_case *cs,
	const struct case_send *send, int64_t effective_ms, const char *cause, int depth,
	anju_error *err)
{
	const struct relation *rel = send->relation;
	const char *name = rel->inverse != NULL ? rel->inverse : rel->name;
	ANJU_AUTO_MEM struct targets *targets = calloc(1, sizeof *targets);
	if (targets == NULL)
		return anju_fail_nomem(err);
	anju_status st = store_related(
		e->options.store, cs->id, name, rel->inverse != NULL, add_target, targets, err);
	if (st == ANJU_OK && targets->too_many) {
		(void)anju_fail(err, ANJU_E_LIMIT, "engine.related", "too many cases related as %s",
			rel->name);
		anju_error_found(err, "%s", rel->name);
		return ANJU_E_LIMIT;
	}
	for (size_t i = 0; i < targets->len && st == ANJU_OK; i++) {
		struct cached *c = NULL;
		st = engine_load_id(e, targets->ids[i], &c, err);
		if (st == ANJU_OK && strcmp(c->cs->wf->id, rel->to) == 0)
			st = engine_send_system(
				e, c, send->event, effective_ms, cause, depth + 1, err);
	}
	return st;
}

static anju_status follow(struct engine *e, const struct anju_case *cs, struct case_effects *fx,
	int64_t effective_ms, int depth, anju_error *err)
{
	if (fx->sends_len == 0 && fx->opens_len == 0)
		return ANJU_OK;
	char cause[192];
	snprintf(cause, sizeof cause, "%s/%s@%lld", cs->wf->id, cs->key, (long long)cs->rev);
	if (depth >= MAX_DEPTH)
		return deep(err, cause);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < fx->opens_len && st == ANJU_OK; i++) {
		const struct case_open *open = &fx->opens[i];
		st = engine_open_system(
			e, open->workflow, open->key, open->data, cause, depth + 1, err);
	}
	for (size_t i = 0; i < fx->sends_len && st == ANJU_OK; i++)
		st = send_related(e, cs, &fx->sends[i], effective_ms, cause, depth, err);
	return st;
}

anju_status engine_send_system(struct engine *e, struct cached *c, const char *event,
	int64_t effective_ms, const char *cause, int depth, anju_error *err)
{
	struct case_request request = {
		.who = &anju_itself, .event = event, .effective_ms = effective_ms, .cause = cause};
	struct case_effects fx = {0};
	bool handled, tainted;
	engine_touch(e, c);
	anju_status st = case_send(&e->env, c->cs, &request, &fx, &handled, &tainted, err);
	if (st == ANJU_OK && handled)
		st = engine_persist(e, c->cs, &fx, &request, NULL, err);
	if (st == ANJU_OK && handled)
		st = follow(e, c->cs, &fx, effective_ms, depth, err);
	case_effects_done(&fx);
	return st == ANJU_OK ? st : anju_wrap(err, st, "%s in %s", event, c->name);
}

/* --- opening --- */

static anju_status exists(const char *workflow, const char *key, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_EXISTS, "engine.exists", "case %s/%s exists", workflow, key);
	anju_error_where(err, "/key");
	anju_error_found(err, "%s/%s", workflow, key);
	return ANJU_E_EXISTS;
}

bool engine_is_there(anju_status st, const anju_error *err, const char *workflow, const char *key)
{
	char name[sizeof err->found];
	snprintf(name, sizeof name, "%s/%s", workflow, key);
	return st == ANJU_E_EXISTS && strcmp(err->found, name) == 0;
}

static anju_status find_workflow(
	struct engine *e, const char *id, const struct workflow **ret, anju_error *err)
{
	const struct workflow *wf = pack_set_workflow(e->options.packs, id);
	if (wf != NULL) {
		*ret = wf;
		return ANJU_OK;
	}
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < pack_set_workflow_count(e->options.packs); i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "",
			pack_set_workflow_at(e->options.packs, i)->id);
	(void)anju_fail(
		err, ANJU_E_NOTFOUND, "engine.no_workflow", "there is no workflow %.60s", id);
	anju_error_where(err, "/workflow");
	anju_error_found(err, "%s", id);
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "");
	return ANJU_E_NOTFOUND;
}

/* May it be opened, and as what. Nothing is written; fx is filled also on refusal. */
static anju_status decide_open(struct engine *e, const char *workflow, const char *key,
	const struct case_request *request, struct case_effects *fx, struct anju_case **ret,
	anju_error *err)
{
	const struct workflow *wf;
	struct store_case row;
	anju_status st = find_workflow(e, workflow, &wf, err);
	if (st != ANJU_OK)
		return st;
	if (cache_by_name(&e->cache, workflow, key) != NULL)
		return exists(workflow, key, err);
	st = store_case_find(e->options.store, workflow, key, &row, err);
	if (st != ANJU_E_NOTFOUND)
		return st == ANJU_OK ? exists(workflow, key, err) : st;
	return case_open(&e->env, wf, key, request, fx, ret, err);
}

/* Write a new case; *ret is in the cache, touched. */
static anju_status store_open_take(struct engine *e, struct anju_case *taken,
	const struct case_request *request, const char *idem, struct case_effects *fx,
	struct cached **ret, anju_error *err)
{
	ANJU_AUTO(anju_case) cs = taken;
	cs->idem.known = true; /* it has none yet */
	anju_status st = engine_persist(e, cs, fx, request, idem, err);
	if (st != ANJU_OK)
		return st;
	struct cached *c = cache_put_take(&e->cache, ANJU_TAKE(cs));
	if (c == NULL)
		return anju_fail_nomem(err);
	engine_touch(e, c);
	*ret = c;
	return ANJU_OK;
}

anju_status engine_open_request(struct engine *e, const char *workflow, const char *key,
	const struct case_request *request, int depth, anju_error *err)
{
	struct case_effects fx = {0};
	struct cached *c = NULL;
	struct anju_case *cs = NULL;
	anju_status st = decide_open(e, workflow, key, request, &fx, &cs, err);
	if (st == ANJU_OK)
		st = store_open_take(e, cs, request, NULL, &fx, &c, err);
	if (st == ANJU_OK)
		st = follow(e, c->cs, &fx, request->effective_ms, depth, err);
	case_effects_done(&fx);
	return st;
}

anju_status engine_open_system(struct engine *e, const char *workflow, const char *key,
	const json_t *data, const char *cause, int depth, anju_error *err)
{
	struct case_request request = {.who = &anju_itself,
		.event = "case.open",
		.data = data,
		.effective_ms = e->env.now_ms,
		.cause = cause};
	return engine_open_request(e, workflow, key, &request, depth, err);
}

/* --- replies --- */

static void add_leaves(struct buf *out, const char *state, size_t n)
{
	size_t i = 0;
	buf_addc(out, '[');
	while (i < n && state[i] != '|') {
		size_t k = strcspn(state + i, " |");
		if (k > 0) {
			buf_adds(out, out->data[out->len - 1] == '[' ? "\"" : ",\"");
			buf_add(out, state + i, k);
			buf_addc(out, '"');
		}
		i += k + (state[i + k] == ' ' ? 1 : 0);
	}
	buf_addc(out, ']');
}

static void reply(struct command *cmd, const char *workflow, const char *key, int64_t rev,
	const char *state, const char *phase, int64_t recorded_ms, int64_t effective_ms)
{
	char recorded[TIMESTAMP_MAX_CHARS], effective[TIMESTAMP_MAX_CHARS];
	struct buf *out = &cmd->reply;
	buf_room(out, 250);
	buf_adds(out, "{\"case\":\"");
	buf_adds(out, workflow);
	buf_addc(out, '/');
	buf_adds(out, key);
	buf_adds(out, "\",\"rev\":");
	buf_add_int(out, rev);
	buf_adds(out, ",\"states\":");
	add_leaves(out, state, strlen(state));
	if (phase != NULL) {
		buf_adds(out, ",\"phase\":\"");
		buf_adds(out, phase);
		buf_addc(out, '"');
	}
	buf_adds(out, ",\"recorded_at\":\"");
	buf_adds(out, timestamp_format(recorded_ms, recorded));
	buf_adds(out, "\",\"effective_at\":\"");
	buf_adds(out,
		effective_ms == recorded_ms ? recorded : timestamp_format(effective_ms, effective));
	buf_adds(out, cmd->dry_run ? "\",\"dry_run\":true}" : "\"}");
}

static void reply_case(struct engine *e, struct command *cmd, const struct anju_case *cs,
	const struct case_effects *fx, int64_t effective_ms)
{
	reply(cmd, cs->wf->id, cs->key, cs->rev, fx->state.data != NULL ? fx->state.data : "",
		cs->phase, e->env.now_ms, effective_ms);
}

void engine_reply_case(
	struct engine *e, struct command *cmd, const struct anju_case *cs, int64_t effective_ms)
{
	struct case_effects fx = {0};
	chart_snapshot_write(cs->wf->chart, cs->snapshot, &fx.state);
	reply_case(e, cmd, cs, &fx, effective_ms);
	case_effects_done(&fx);
}

/* --- idempotency --- */

static const char *idem_scope(const struct command *cmd, char *out, size_t size)
{
	if (cmd->idem == NULL)
		return NULL;
	size_t n = buf_int(cmd->who.uid, out), len = strlen(cmd->idem);
	if (len > size - n - 2)
		len = size - n - 2;
	out[n++] = ':';
	memcpy(out + n, cmd->idem, len);
	out[n + len] = '\0';
	return out;
}

/* Looking for a command's key among the entries of its case. */
struct known_key {
	struct command *cmd;
	const char *idem;
	struct anju_case *cs; /* whose list is to be gathered; NULL: it is there already */
	bool found, failed;
	anju_status st; /* what became of it; why not: */
	anju_error *err;
};

/* The entry with the command's key: the reply is made again from it, or another command had the key. */
static anju_status reply_again(
	struct command *cmd, const struct store_entry *entry, anju_error *err)
{
	const char *event = cmd->kind == COMMAND_OPEN ? "case.open" : cmd->event;
	if (strcmp(entry->event, event) != 0) {
		(void)anju_fail(err, ANJU_E_CONFLICT, "engine.idem",
			"idempotency key was used for %s of %s/%s", entry->event, entry->workflow,
			entry->key);
		anju_error_where(err, "/idempotency_key");
		anju_error_found(err, "%s", cmd->idem);
		anju_error_allowed(err, "%s/%s %s", entry->workflow, entry->key, entry->event);
		return ANJU_E_CONFLICT;
	}
	ANJU_AUTO_JSON *body = json_loads(entry->body, 0, NULL);
	const char *state = json_string_value(json_object_get(body, "state"));
	reply(cmd, entry->workflow, entry->key, entry->rev, state != NULL ? state : "", NULL,
		entry->recorded_ms, entry->effective_ms);
	return ANJU_OK;
}

static bool look_at_key(void *ctx, const struct store_entry *entry)
{
	struct known_key *k = ctx;
	if (!k->found && strcmp(entry->idem, k->idem) == 0) {
		k->found = true;
		k->st = reply_again(k->cmd, entry, k->err);
	}
	if (k->cs == NULL)
		return !k->found;
	k->failed = !idem_add(&k->cs->idem, idem_print(entry->idem));
	return !k->failed;
}

/*
 * *ret_again: the command had been carried out before; its reply has been made again. A case that was last
 * written when lists of keys were not kept gets its list here.
 */
static anju_status seek_key(struct engine *e, struct command *cmd, struct anju_case *cs,
	const char *idem, bool *ret_again, anju_error *err)
{
	*ret_again = false;
	if (idem == NULL || (cs->idem.known && !idem_has(&cs->idem, idem_print(idem))))
		return ANJU_OK;
	struct known_key k = {
		.cmd = cmd, .idem = idem, .cs = cs->idem.known ? NULL : cs, .err = err};
	anju_error why;
	anju_status st = store_journal_keyed(e->options.store, cs->id, look_at_key, &k, &why);
	if (st == ANJU_OK && k.failed)
		st = anju_fail_nomem(&why);
	if (st != ANJU_OK) {
		idem_done(&cs->idem); /* or half of it would be taken for the whole */
		return anju_fail(err, st, "engine.idem_read", "idempotency keys cannot be read");
	}
	cs->idem.known = true;
	*ret_again = k.found && k.st == ANJU_OK;
	return k.st;
}

/* --- commands --- */

static struct case_request request_of(const struct engine *e, const struct command *cmd)
{
	return (struct case_request){
		.who = &cmd->who,
		.event = cmd->kind == COMMAND_OPEN ? "case.open" : cmd->event,
		.data = cmd->data,
		.docs = cmd->docs,
		.reason = cmd->reason,
		.effective_ms =
			cmd->effective_ms == COMMAND_NO_TIME ? e->env.now_ms : cmd->effective_ms,
	};
}

/*
 * Decisions come before writes, so most commands cannot fail half way but through the store itself, which
 * fails the batch. Only what goes on in other cases, or is to be undone, needs a savepoint of its own: it
 * would be a fifth of what a plain event costs.
 */
static anju_status begin_writing(
	struct engine *e, const struct command *cmd, const struct case_effects *fx, anju_error *err)
{
	if (fx->sends_len == 0 && fx->opens_len == 0 && !cmd->dry_run)
		return ANJU_OK;
	anju_status st = store_savepoint(e->options.store, err);
	e->guarded = st == ANJU_OK;
	return st;
}

anju_status engine_open_command(struct engine *e, struct command *cmd, const char *workflow,
	const char *key, const struct case_request *request, const char *idem,
	struct case_effects *fx, anju_error *err)
{
	ANJU_AUTO(anju_case) cs = NULL;
	struct cached *c = NULL;
	anju_status st = decide_open(e, workflow, key, request, fx, &cs, err);
	if (st == ANJU_OK)
		st = begin_writing(e, cmd, fx, err);
	if (st == ANJU_OK)
		st = store_open_take(e, ANJU_TAKE(cs), request, idem, fx, &c, err);
	if (st == ANJU_OK)
		st = follow(e, c->cs, fx, request->effective_ms, 0, err);
	if (st == ANJU_OK)
		reply_case(e, cmd, c->cs, fx, request->effective_ms);
	return st;
}

/* Opened before under this very key: then the answer of then. */
static anju_status opened_again(
	struct engine *e, struct command *cmd, const char *idem, bool *ret_again, anju_error *err)
{
	struct cached *c = NULL;
	anju_status st = engine_load(e, cmd->workflow, cmd->key, &c, err);
	return st == ANJU_OK ? seek_key(e, cmd, c->cs, idem, ret_again, err) : st;
}

static anju_status open_command(struct engine *e, struct command *cmd, const char *idem,
	struct case_effects *fx, anju_error *err)
{
	struct case_request request = request_of(e, cmd);
	anju_status st =
		engine_open_command(e, cmd, cmd->workflow, cmd->key, &request, idem, fx, err);
	if (idem == NULL || !engine_is_there(st, err, cmd->workflow, cmd->key))
		return st;
	bool known = false;
	anju_error second = {0};
	anju_status again = opened_again(e, cmd, idem, &known, &second);
	if (again != ANJU_OK)
		*err = second;
	return again != ANJU_OK || known ? again : st;
}

static anju_status check_rev(const struct command *cmd, const struct anju_case *cs, anju_error *err)
{
	if (cmd->expect_rev < 0 || cmd->expect_rev == cs->rev)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_CONFLICT, "engine.rev", "%s/%s is at revision %lld", cs->wf->id,
		cs->key, (long long)cs->rev);
	anju_error_where(err, "/expect_rev");
	anju_error_found(err, "%lld", (long long)cmd->expect_rev);
	anju_error_allowed(err, "%lld", (long long)cs->rev);
	return ANJU_E_CONFLICT;
}

static anju_status send_command(struct engine *e, struct command *cmd, const char *idem,
	struct case_effects *fx, anju_error *err)
{
	struct case_request request = request_of(e, cmd);
	struct cached *c = NULL;
	bool handled, tainted, again = false;
	anju_status st = engine_load(e, cmd->workflow, cmd->key, &c, err);
	if (st == ANJU_OK)
		st = seek_key(e, cmd, c->cs, idem, &again, err);
	if (st == ANJU_OK && !again)
		st = check_rev(cmd, c->cs, err);
	if (st != ANJU_OK || again)
		return st;
	st = case_send(&e->env, c->cs, &request, fx, &handled, &tainted, err);
	if (tainted || handled)
		engine_touch(e, c);
	if (st == ANJU_OK)
		st = begin_writing(e, cmd, fx, err);
	if (st == ANJU_OK)
		st = engine_persist(e, c->cs, fx, &request, idem, err);
	if (st == ANJU_OK)
		st = follow(e, c->cs, fx, request.effective_ms, 0, err);
	if (st == ANJU_OK)
		reply_case(e, cmd, c->cs, fx, request.effective_ms);
	return st;
}

static anju_status carry(
	struct engine *e, struct command *cmd, struct case_effects *fx, anju_error *err)
{
	char scoped[300];
	const char *idem = idem_scope(cmd, scoped, sizeof scoped);
	if (cmd->kind == COMMAND_DELIVERED)
		return engine_delivered(e, cmd, err);
	if (cmd->kind == COMMAND_RESEND)
		return engine_resend(e, cmd, err);
	if (cmd->kind == COMMAND_MIGRATE)
		return engine_migrate(e, cmd, fx, err);
	if (cmd->kind == COMMAND_NOTE)
		return engine_note(e, cmd, err);
	if (cmd->kind == COMMAND_BEGIN)
		return engine_obligation_open(e, cmd, fx, err);
	if (cmd->kind == COMMAND_CALENDAR)
		return engine_load_calendar(e, cmd, err);
	if (cmd->kind == COMMAND_RECOUNT)
		return engine_recount(e, cmd, err);
	if (cmd->kind == COMMAND_SEND)
		return send_command(e, cmd, idem, fx, err);
	return open_command(e, cmd, idem, fx, err);
}

anju_status engine_carry(struct engine *e, struct command *cmd, anju_error *ret_broken)
{
	struct case_effects fx = {0};
	anju_error *err = &cmd->err;
	e->writing = e->guarded = false;
	anju_status st = carry(e, cmd, &fx, err), broken = ANJU_OK;
	bool undo = st != ANJU_OK || cmd->dry_run;
	if (e->guarded && undo)
		store_rollback_to(e->options.store);
	else if (e->guarded)
		st = store_release(e->options.store, err);
	else if (e->writing && undo)
		broken = st;
	engine_untouch(e, st != ANJU_OK || cmd->dry_run);
	cmd->status = st;
	if (st != ANJU_OK) {
		buf_reset(&cmd->reply);
		cmd->err_data = fx.refusal;
		fx.refusal = NULL;
	}
	case_effects_done(&fx);
	if (broken != ANJU_OK)
		*ret_broken = *err;
	return broken;
}
