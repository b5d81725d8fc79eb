/** The jobs of moving.h: each a thread that reads which cases are left, and gives them to the engine. */
#include "engine/moving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/moving_impl.h"

/* Commands at the engine at once: a small part of a batch, so that others hardly notice. */
#define IN_FLIGHT 32
#define PAGE      500

/* --- commands --- */

/* Need a command that finds no room be given up? A result is still to be kept when the job was cancelled. */
static bool gives_up(struct moving *job, const struct command *cmd)
{
	pthread_mutex_lock(&job->lock);
	bool end = job->stop || (job->cancel && cmd->kind == COMMAND_MIGRATE);
	pthread_mutex_unlock(&job->lock);
	return end;
}

static anju_status canceled(anju_error *err)
{
	return anju_fail(err, ANJU_E_CANCELED, "migrate.canceled", "the migration was stopped");
}

static void landed(struct moving *job)
{
	job->in_flight--;
	pthread_cond_signal(&job->cond);
}

static anju_status submit_take(struct moving *job, struct command *cmd, anju_error *err)
{
	pthread_mutex_lock(&job->lock);
	while (job->in_flight >= IN_FLIGHT)
		pthread_cond_wait(&job->cond, &job->lock);
	job->in_flight++;
	pthread_mutex_unlock(&job->lock);
	anju_status st;
	while ((st = engine_submit(job->set->options.engine, cmd, err)) == ANJU_E_BUSY) {
		if (gives_up(job, cmd)) {
			st = canceled(err);
			break;
		}
		(void)usleep(20000); /* the queue is full of others' work: they go first */
	}
	if (st == ANJU_OK)
		return st;
	command_free(cmd);
	pthread_mutex_lock(&job->lock);
	landed(job);
	pthread_mutex_unlock(&job->lock);
	return st;
}

static void wait_for_all(struct moving *job)
{
	pthread_mutex_lock(&job->lock);
	while (job->in_flight > 0)
		pthread_cond_wait(&job->cond, &job->lock);
	pthread_mutex_unlock(&job->lock);
}

/* --- notes in the store --- */

/* Engine thread. */
static void noted(struct command *cmd)
{
	struct moving *job = cmd->owner;
	pthread_mutex_lock(&job->lock);
	if (cmd->status != ANJU_OK)
		job->note_failure = cmd->err;
	landed(job);
	pthread_mutex_unlock(&job->lock);
	command_free(cmd);
}

static anju_status put_note(struct moving *job, const char *name, const char *text, anju_error *err)
{
	struct command *cmd = command_new(COMMAND_NOTE);
	json_t *params = json_pack("{s:s, s:s}", "name", name, "text", text);
	if (cmd == NULL || params == NULL) {
		command_free(cmd);
		json_decref(params);
		return anju_fail_nomem(err);
	}
	cmd->params = params;
	cmd->key = json_string_value(json_object_get(params, "name"));
	cmd->reason = json_string_value(json_object_get(params, "text"));
	cmd->who = job->who;
	cmd->owner = job;
	cmd->settled = noted;
	job->note_failure.status = ANJU_OK;
	anju_status st = submit_take(job, cmd, err);
	wait_for_all(job);
	if (st == ANJU_OK && job->note_failure.status != ANJU_OK) {
		st = job->note_failure.status;
		if (err != NULL)
			*err = job->note_failure;
	}
	return st;
}

/* What is to be done is kept before it is begun, and the result before it is over. */
static anju_status keep(struct moving *job, anju_error *err)
{
	char name[NOTE_NAME_MAX], last[24];
	ANJU_AUTO_BUF text = BUF_INIT;
	if (job->dry)
		return ANJU_OK;
	pthread_mutex_lock(&job->lock);
	moving_write_note(job, &text);
	pthread_mutex_unlock(&job->lock);
	if (text.failed)
		return anju_fail_nomem(err);
	anju_status st = put_note(job, moving_note_name(job->id, name), text.data, err);
	snprintf(last, sizeof last, "%lld", (long long)job->id);
	return st == ANJU_OK ? put_note(job, NOTE_LAST, last, err) : st;
}

/* --- cases --- */

static void count_states(json_t *counts, const char *state)
{
	size_t n;
	for (; *state != '\0' && *state != '|'; state += n + (state[n] == ' ')) {
		char leaf[512];
		n = strcspn(state, " |");
		snprintf(leaf, sizeof leaf, "%.*s", (int)n, state);
		json_int_t before = json_integer_value(json_object_get(counts, leaf));
		(void)json_object_set_new(counts, leaf, json_integer(before + 1));
	}
}

static void add_unfit(struct moving *job, struct command *cmd)
{
	job->unfit++;
	if (job->list_len == job->list_cap && job->list_cap < UNFIT_MAX) {
		size_t cap = job->list_cap == 0 ? 64 : job->list_cap * 2;
		cap = cap < UNFIT_MAX ? cap : UNFIT_MAX;
		struct unfit *p = realloc(job->list, cap * sizeof *p);
		if (p == NULL)
			return;
		job->list = p;
		job->list_cap = cap;
	}
	if (job->list_len == job->list_cap)
		return;
	/* of the state only the leaves: what it remembers says nothing to people */
	char *name = strdup(cmd->key);
	char *state = strndup(cmd->event, strcspn(cmd->event, "|"));
	if (name == NULL || state == NULL) {
		free(name);
		free(state);
		return;
	}
	job->list[job->list_len++] = (struct unfit){
		.case_id = cmd->case_id, .name = name, .state = state, .err = cmd->err};
}

/* That a case does not fit is its own matter; that the store fails is the job's. */
static bool is_unfit(anju_status st)
{
	return st == ANJU_E_INVALID || st == ANJU_E_REFUSED || st == ANJU_E_CORRUPT ||
	       st == ANJU_E_LIMIT || st == ANJU_E_PLUGIN || st == ANJU_E_UNSUPPORTED ||
	       st == ANJU_E_NOTFOUND;
}

/* Engine thread: one command has come back. */
static void settled(struct command *cmd)
{
	struct moving *job = cmd->owner;
	ANJU_AUTO_JSON *reply = cmd->status == ANJU_OK && cmd->reply.data != NULL
					? json_loads(cmd->reply.data, 0, NULL)
					: NULL;
	const char *after = json_string_value(json_object_get(reply, "after"));
	pthread_mutex_lock(&job->lock);
	if (after != NULL) {
		job->moved++;
		count_states(job->states_before, cmd->event);
		count_states(job->states_after, after);
	} else if (cmd->status == ANJU_OK) {
		job->elsewhere++;
	} else if (is_unfit(cmd->status)) {
		count_states(job->states_before, cmd->event);
		add_unfit(job, cmd);
	} else if (job->failure.status == ANJU_OK) {
		job->failure = cmd->err;
	}
	landed(job);
	pthread_mutex_unlock(&job->lock);
	command_free(cmd);
}

/* Ids, names and states of a page of cases, read at once: a row's texts do not outlive the next read. */
struct page {
	struct left {
		int64_t id;
		char *name, *state; /* owned */
	} rows[PAGE];
	const char *workflow;
	size_t len;
	bool failed;
};

static void page_clear(struct page *page)
{
	for (size_t i = 0; i < page->len; i++) {
		free(page->rows[i].name);
		free(page->rows[i].state);
	}
	page->len = 0;
}

static bool add_left(void *ctx, const struct store_case *row)
{
	struct page *page = ctx;
	struct left *left = &page->rows[page->len];
	*left = (struct left){.id = row->id, .state = strdup(row->state)};
	if (asprintf(&left->name, "%s/%s", page->workflow, row->key) < 0)
		left->name = NULL;
	page->failed = left->name == NULL || left->state == NULL;
	page->len++;
	return !page->failed;
}

static anju_status give(struct moving *job, const struct left *left, anju_error *err)
{
	struct command *cmd = command_new(COMMAND_MIGRATE);
	json_t *params = json_pack("{s:s, s:s}", "case", left->name, "state", left->state);
	if (cmd == NULL || params == NULL) {
		command_free(cmd);
		json_decref(params);
		return anju_fail_nomem(err);
	}
	cmd->params = params;
	cmd->key = json_string_value(json_object_get(params, "case"));
	cmd->event = json_string_value(json_object_get(params, "state"));
	cmd->case_id = left->id;
	cmd->migration = &job->migration;
	cmd->dry_run = job->dry;
	cmd->who = job->who;
	cmd->owner = job;
	cmd->settled = settled;
	return submit_take(job, cmd, err);
}

static anju_status failed_so_far(struct moving *job, anju_error *err)
{
	pthread_mutex_lock(&job->lock);
	anju_status st = job->failure.status;
	bool end = job->cancel || job->stop;
	if (st != ANJU_OK)
		*err = job->failure;
	pthread_mutex_unlock(&job->lock);
	return st == ANJU_OK && end ? canceled(err) : st;
}

static anju_status move_page(struct moving *job, struct page *page, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < page->len && st == ANJU_OK; i++) {
		st = failed_so_far(job, err);
		if (st == ANJU_OK)
			st = give(job, &page->rows[i], err);
	}
	return st;
}

static anju_status move_all(struct moving *job, struct store_reader *reader, anju_error *err)
{
	ANJU_AUTO_MEM struct page *page = calloc(1, sizeof *page);
	if (page == NULL)
		return anju_fail_nomem(err);
	page->workflow = job->plan->workflow;
	struct store_case_filter filter = {.workflow = job->plan->workflow,
		.definition = job->plan->from_hash,
		.done = 0,
		.limit = PAGE};
	anju_status st = ANJU_OK;
	do {
		page_clear(page);
		st = store_read_cases(reader, &filter, add_left, page, err);
		if (st == ANJU_OK && page->failed)
			st = anju_fail_nomem(err);
		if (page->len > 0)
			filter.after_id = page->rows[page->len - 1].id;
		if (st == ANJU_OK)
			st = move_page(job, page, err);
	} while (st == ANJU_OK && page->len == PAGE);
	page_clear(page);
	wait_for_all(job);
	return st == ANJU_OK ? failed_so_far(job, err) : st;
}

struct counting {
	const char *hash;
	int64_t open;
};

static bool count_open(void *ctx, const char *workflow, const char *hash, int64_t n, int64_t m)
{
	struct counting *c = ctx;
	if (strcmp(hash, c->hash) == 0)
		c->open += n;
	return true;
}

/* How many there are to move; of a job that goes on, how many it has moved already. */
static anju_status count(struct moving *job, struct store_reader *reader, anju_error *err)
{
	struct counting c = {.hash = job->plan->from_hash};
	anju_status st = store_count_definitions(reader, count_open, &c, err);
	if (st != ANJU_OK)
		return st;
	pthread_mutex_lock(&job->lock);
	if (job->total < c.open)
		job->total = c.open;
	job->before = job->total - c.open;
	pthread_mutex_unlock(&job->lock);
	return ANJU_OK;
}

static anju_status run(struct moving *job, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_status st = store_reader_open(job->set->folder, &reader, err);
	if (st == ANJU_OK)
		st = count(job, reader, err);
	if (st == ANJU_OK)
		st = keep(job, err);
	return st == ANJU_OK ? move_all(job, reader, err) : st;
}

/* --- the job's thread --- */

static int by_case(const void *a, const void *b)
{
	const struct unfit *x = a, *y = b;
	return (x->case_id > y->case_id) - (x->case_id < y->case_id);
}

static enum moving_state end_of(const struct moving *job, anju_status st)
{
	if (st == ANJU_OK)
		return MOVING_DONE;
	return job->cancel ? MOVING_CANCELED : MOVING_FAILED;
}

static void *moving_main(void *arg)
{
	struct moving *job = arg;
	anju_error err = {0}, late = {0};
	thread_name("anju-migrate");
	anju_status st = run(job, &err);
	wait_for_all(job);
	pthread_mutex_lock(&job->lock);
	if (job->list_len > 0)
		qsort(job->list, job->list_len, sizeof *job->list, by_case);
	/* cut short by a stop it stays, in the store, one that runs */
	bool on_hold = job->stop && !job->cancel && st == ANJU_E_CANCELED;
	enum moving_state state = end_of(job, st);
	if (!on_hold) {
		job->failure = err;
		job->state = state;
	}
	pthread_mutex_unlock(&job->lock);
	if (st != ANJU_OK && !on_hold && state == MOVING_FAILED)
		log_error("migrate", "job_failed", &err);
	if (!on_hold && keep(job, &late) != ANJU_OK)
		log_error("migrate", "result_not_kept", &late);
	log_line(LOG_INFO_, "migrate", on_hold ? "job_on_hold" : "job_ended",
		"job=%lld dry_run=%d total=%lld moved=%lld elsewhere=%lld unfit=%lld",
		(long long)job->id, job->dry, (long long)job->total,
		(long long)(job->before + job->moved), (long long)job->elsewhere,
		(long long)job->unfit);
	return NULL;
}

static void job_free(struct moving *job)
{
	if (job == NULL)
		return;
	if (job->thread_runs)
		pthread_join(job->thread, NULL);
	for (size_t i = 0; i < job->list_len; i++) {
		free(job->list[i].name);
		free(job->list[i].state);
	}
	free(job->list);
	json_decref(job->states_before);
	json_decref(job->states_after);
	side_done(&job->old);
	side_done(&job->next_side);
	plan_free(job->plan);
	pthread_cond_destroy(&job->cond);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

/* --- beginning --- */

static anju_status no_definition(const struct plan *plan, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.definition", "no definition %.12s of %s is kept",
		plan->from_hash, plan->workflow);
	anju_error_file(err, plan->file);
	anju_error_where(err, "/from/hash");
	anju_error_found(err, "%.64s", plan->from_hash);
	anju_error_allowed(err, "%s", plan->workflow);
	return ANJU_E_NOTFOUND;
}

static anju_status read_old(struct moving *job, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	struct store_definition row;
	anju_status st = store_reader_open(job->set->folder, &reader, err);
	if (st == ANJU_OK)
		st = store_read_definition(reader, job->plan->from_hash, &row, err);
	if (st == ANJU_E_NOTFOUND)
		return no_definition(job->plan, err);
	if (st != ANJU_OK)
		return st;
	char name[96];
	snprintf(name, sizeof name, "%.63s@%.12s", job->plan->workflow, job->plan->from_hash);
	ANJU_AUTO_JSON *source = json_loads(row.source, 0, NULL);
	return side_init(&job->old, source, name, job->plan->from_hash, err);
}

static anju_status no_workflow(const struct plan *plan, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "migrate.workflow", "no workflow %s", plan->workflow);
	anju_error_file(err, plan->file);
	anju_error_where(err, "/workflow");
	anju_error_found(err, "%s", plan->workflow);
	return ANJU_E_INVALID;
}

static anju_status bind(struct moving *job, json_t *doc, const char *file, anju_error *err)
{
	struct pack_set *packs = job->set->options.packs;
	anju_status st = plan_read(doc, file, &job->plan, err);
	if (st != ANJU_OK)
		return st;
	const struct workflow *to = pack_set_workflow(packs, job->plan->workflow);
	if (to == NULL)
		return no_workflow(job->plan, err);
	st = read_old(job, err);
	if (st == ANJU_OK)
		st = side_init(&job->next_side, to->source, to->file, to->hash_hex, err);
	job->migration = (struct migration){
		.plan = job->plan, .old = &job->old, .next = &job->next_side, .to = to};
	return st == ANJU_OK ? plan_check(job->plan, &job->old, &job->next_side, to,
				       pack_set_org(packs), err)
			     : st;
}

static struct moving *job_new(struct movings *set, const struct principal *who, bool dry)
{
	struct moving *job = calloc(1, sizeof *job);
	if (job == NULL)
		return NULL;
	pthread_mutex_init(&job->lock, NULL);
	pthread_cond_init(&job->cond, NULL);
	job->set = set;
	job->who = *who;
	job->dry = dry;
	case_actor(who, job->actor);
	job->states_before = json_object();
	job->states_after = json_object();
	if (job->states_before != NULL && job->states_after != NULL)
		return job;
	job_free(job);
	return NULL;
}

static bool ended(struct moving *job)
{
	pthread_mutex_lock(&job->lock);
	bool end = job->state != MOVING_RUNNING;
	pthread_mutex_unlock(&job->lock);
	return end;
}

/* Under the set's lock: the job that runs; old results go. */
static struct moving *running(struct movings *set)
{
	struct moving *job, *next, *found = NULL;
	int kept = 0;
	LL_FOREACH_SAFE(set->jobs, job, next) {
		if (!ended(job)) {
			found = job;
		} else if (++kept > MOVING_KEPT) {
			LL_DELETE(set->jobs, job);
			job_free(job);
		}
	}
	return found;
}

static anju_status busy(const struct moving *other, anju_error *err)
{
	(void)anju_fail(
		err, ANJU_E_BUSY, "migrate.busy", "migration %lld runs", (long long)other->id);
	anju_error_found(err, "%lld", (long long)other->id);
	return ANJU_E_BUSY;
}

/* Takes `job` if it begins; *ret_job is that of another when it runs by the same plan already. */
static anju_status begin(
	struct movings *set, struct moving **job, int64_t id, int64_t *ret_job, anju_error *err)
{
	pthread_mutex_lock(&set->lock);
	struct moving *other = running(set);
	anju_status st = set->stopped ? canceled(err) : ANJU_OK;
	if (st == ANJU_OK && other != NULL) {
		bool same = other->dry == (*job)->dry &&
			    json_equal(other->plan->doc, (*job)->plan->doc);
		st = same ? ANJU_OK : busy(other, err);
		if (same)
			*ret_job = other->id;
		pthread_mutex_unlock(&set->lock);
		return st;
	}
	if (st == ANJU_OK) {
		(*job)->id = id > 0 ? id : set->last_id + 1;
		int bad = pthread_create(&(*job)->thread, NULL, moving_main, *job);
		if (bad != 0)
			st = anju_fail_errno(err, bad, "@say.starting_thread|migrate");
	}
	if (st == ANJU_OK) {
		(*job)->thread_runs = true;
		set->last_id = (*job)->id > set->last_id ? (*job)->id : set->last_id;
		*ret_job = (*job)->id;
		LL_PREPEND(set->jobs, *job);
		*job = NULL;
	}
	pthread_mutex_unlock(&set->lock);
	return st;
}

anju_status moving_start(struct movings *set, json_t *plan, const char *file, bool dry,
	const struct principal *who, int64_t *ret_job, anju_error *err)
{
	if (!who->admin)
		return anju_fail(
			err, ANJU_E_DENIED, "engine.not_admin", "only an administrator may");
	struct moving *job = job_new(set, who, dry);
	if (job == NULL)
		return anju_fail_nomem(err);
	anju_status st = bind(job, plan, file, err);
	if (st == ANJU_OK)
		st = begin(set, &job, 0, ret_job, err);
	job_free(job);
	return st;
}

/* --- going on after a stop --- */

static anju_status read_note(struct movings *set, int64_t *id, json_t **ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	const char *text;
	char name[NOTE_NAME_MAX];
	anju_status st = store_reader_open(set->folder, &reader, err);
	if (st == ANJU_OK && *id == 0) {
		st = store_read_meta(reader, NOTE_LAST, &text, err);
		if (st == ANJU_OK)
			*id = strtoll(text, NULL, 10);
	}
	if (st == ANJU_OK)
		st = store_read_meta(reader, moving_note_name(*id, name), &text, err);
	if (st != ANJU_OK)
		return st;
	*ret = json_loads(text, 0, NULL);
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static const char *text_of(const json_t *note, const char *member)
{
	const char *s = json_string_value(json_object_get(note, member));
	return s != NULL ? s : "";
}

/* Whoever began it was an administrator, and the plan was accepted. */
static void principal_of_note(const struct movings *set, const json_t *note, struct principal *ret)
{
	*ret = (struct principal){.admin = true,
		.unit = org_unit(pack_set_org(set->options.packs), text_of(note, "unit")),
		.uid = (uid_t)json_integer_value(json_object_get(note, "uid"))};
	snprintf(ret->officer, sizeof ret->officer, "%s", text_of(note, "officer"));
}

static anju_status go_on(struct movings *set, int64_t id, const json_t *note, anju_error *err)
{
	struct principal who;
	int64_t begun;
	principal_of_note(set, note, &who);
	struct moving *job = job_new(set, &who, false);
	if (job == NULL)
		return anju_fail_nomem(err);
	job->total = json_integer_value(json_object_get(note, "total"));
	anju_error why = {0};
	anju_status st = bind(job, json_object_get(note, "plan"), text_of(note, "file"), &why);
	if (st == ANJU_OK)
		st = begin(set, &job, id, &begun, &why);
	else /* other packs are in force by now: cases live on where they are, and the plan waits */
		log_error("migrate", "not_resumed", &why);
	job_free(job);
	return ANJU_OK;
}

anju_status movings_resume(struct movings *set, anju_error *err)
{
	ANJU_AUTO_JSON *note = NULL;
	int64_t id = 0;
	anju_status st = read_note(set, &id, &note, err);
	if (st == ANJU_E_NOTFOUND)
		return ANJU_OK;
	if (st != ANJU_OK)
		return st;
	set->last_id = id;
	return strcmp(text_of(note, "state"), "running") == 0 ? go_on(set, id, note, err) : st;
}

/* --- the set --- */

anju_status movings_new(
	const struct movings_options *options, struct movings **ret, anju_error *err)
{
	struct movings *set = calloc(1, sizeof *set);
	if (set == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_init(&set->lock, NULL);
	set->options = *options;
	set->folder = strdup(options->folder);
	if (set->folder == NULL) {
		movings_free(set);
		return anju_fail_nomem(err);
	}
	*ret = set;
	return ANJU_OK;
}

void movings_stop(struct movings *set)
{
	struct moving *job;
	pthread_mutex_lock(&set->lock);
	set->stopped = true;
	LL_FOREACH(set->jobs, job) {
		pthread_mutex_lock(&job->lock);
		job->stop = true;
		pthread_mutex_unlock(&job->lock);
	}
	/* no job needs the set's lock: waiting under it is safe, and keeps the list as it is */
	LL_FOREACH(set->jobs, job) {
		if (job->thread_runs)
			pthread_join(job->thread, NULL);
		job->thread_runs = false;
	}
	pthread_mutex_unlock(&set->lock);
}

void movings_free(struct movings *set)
{
	if (set == NULL)
		return;
	movings_stop(set);
	struct moving *job, *next;
	LL_FOREACH_SAFE(set->jobs, job, next)
		job_free(job);
	free(set->folder);
	pthread_mutex_destroy(&set->lock);
	free(set);
}

/* --- asking --- */

/* Under the set's lock. */
static struct moving *find(struct movings *set, int64_t id)
{
	struct moving *job;
	LL_FOREACH(set->jobs, job) {
		if (job->id == id)
			return job;
	}
	return NULL;
}

static anju_status no_job(int64_t id, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "migrate.no_job", "there is no migration %lld",
		(long long)id);
	anju_error_where(err, "/job");
	anju_error_found(err, "%lld", (long long)id);
	return ANJU_E_NOTFOUND;
}

/* One of an earlier run of the daemon: as it was kept, without what only a job needs. */
static anju_status write_kept(
	struct movings *set, int64_t id, bool cases, struct buf *out, anju_error *err)
{
	ANJU_AUTO_JSON *note = NULL;
	anju_status st = id > 0 ? read_note(set, &id, &note, err) : ANJU_E_NOTFOUND;
	if (st == ANJU_E_NOTFOUND)
		return no_job(id, err);
	if (st != ANJU_OK)
		return st;
	static const char *const own[] = {"plan", "file", "uid", "unit", "officer"};
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		(void)json_object_del(note, own[i]);
	/* its packs are not in force: it goes on when they are */
	if (strcmp(text_of(note, "state"), "running") == 0)
		(void)json_object_set_new(note, "state", json_string("waiting"));
	if (!cases) {
		(void)json_object_del(note, "cases");
		(void)json_object_del(note, "next");
	}
	ANJU_AUTO_MEM char *text = json_text(note);
	buf_adds(out, text != NULL ? text : "{}");
	return text != NULL ? ANJU_OK : anju_fail_nomem(err);
}

anju_status moving_status(
	struct movings *set, int64_t id, int64_t after, struct buf *out, anju_error *err)
{
	pthread_mutex_lock(&set->lock);
	struct moving *job = find(set, id);
	if (job != NULL) {
		pthread_mutex_lock(&job->lock);
		moving_write_page(job, after, out);
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&set->lock);
	return job != NULL ? ANJU_OK : write_kept(set, id, true, out, err);
}

anju_status moving_list(struct movings *set, struct buf *out, anju_error *err)
{
	pthread_mutex_lock(&set->lock);
	int64_t last = set->last_id, n = 0;
	anju_status st = ANJU_OK;
	buf_addc(out, '[');
	for (int64_t id = last; id > 0 && id > last - MOVING_KEPT && st == ANJU_OK; id--) {
		struct moving *job = find(set, id);
		size_t at = out->len;
		if (n > 0)
			buf_addc(out, ',');
		if (job != NULL) {
			pthread_mutex_lock(&job->lock);
			buf_addc(out, '{');
			moving_write(job, out);
			buf_addc(out, '}');
			pthread_mutex_unlock(&job->lock);
			n++;
			continue;
		}
		st = write_kept(set, id, false, out, err);
		n += st == ANJU_OK;
		if (st == ANJU_E_NOTFOUND) { /* a dry run of an earlier day */
			out->len = at;
			st = ANJU_OK;
		}
	}
	buf_addc(out, ']');
	pthread_mutex_unlock(&set->lock);
	return st;
}

anju_status moving_cancel(struct movings *set, int64_t id, anju_error *err)
{
	pthread_mutex_lock(&set->lock);
	struct moving *job = find(set, id);
	if (job != NULL) {
		pthread_mutex_lock(&job->lock);
		job->cancel = true;
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&set->lock);
	return job != NULL ? ANJU_OK : no_job(id, err);
}
