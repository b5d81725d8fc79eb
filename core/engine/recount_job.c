/* One job that counts dates again: a thread that reads which cases are next and gives them to the engine, page by page. */
#include <stdlib.h>
#include <unistd.h>
#include <utlist.h>

#include "base/error.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/thread.h"
#include "engine/recount_impl.h"

#define SUBMIT_PAUSE_US 20000

/* --- the engine, asked and waited for --- */

struct asked {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done;
};

/* Engine thread. */
static void settled(struct command *cmd)
{
	struct asked *asked = cmd->owner;
	pthread_mutex_lock(&asked->lock);
	asked->done = true;
	pthread_cond_signal(&asked->cond);
	pthread_mutex_unlock(&asked->lock);
}

static bool is_stopped(struct recount *job)
{
	pthread_mutex_lock(&job->lock);
	bool stop = job->stop;
	pthread_mutex_unlock(&job->lock);
	return stop;
}

static anju_status canceled(anju_error *err)
{
	return anju_fail(err, ANJU_E_CANCELED, "recount.canceled", "the daemon stops");
}

/* The engine's queue, and its answer. */
static anju_status submit(struct recount *job, struct command *cmd, anju_error *err)
{
	struct asked asked = {.done = false};
	anju_status st;
	pthread_mutex_init(&asked.lock, NULL);
	pthread_cond_init(&asked.cond, NULL);
	cmd->owner = &asked;
	cmd->settled = settled;
	while ((st = engine_submit(job->set->options.engine, cmd, err)) == ANJU_E_BUSY) {
		if (is_stopped(job)) {
			st = canceled(err);
			break;
		}
		(void)usleep(
			SUBMIT_PAUSE_US); /* the queue is full of others' work: they go first */
	}
	pthread_mutex_lock(&asked.lock);
	while (st == ANJU_OK && !asked.done)
		pthread_cond_wait(&asked.cond, &asked.lock);
	pthread_mutex_unlock(&asked.lock);
	pthread_cond_destroy(&asked.cond);
	pthread_mutex_destroy(&asked.lock);
	return st;
}

anju_status recount_ask(struct recount *job, struct command *cmd, anju_error *err)
{
	anju_status st = ANJU_OK;
	cmd->who = job->who;
	cmd->dry_run = job->dry;
	if (job->set->options.no_thread)
		engine_run(job->set->options.engine, cmd);
	else
		st = submit(job, cmd, err);
	if (st == ANJU_OK && cmd->status != ANJU_OK) {
		st = cmd->status;
		if (err != NULL)
			*err = cmd->err;
	}
	return st;
}

/* --- pages --- */

/* Engine thread, while the job waits. */
static void write_note(void *ctx, const struct recount_page *page, struct buf *out)
{
	struct recount *job = ctx;
	pthread_mutex_lock(&job->lock);
	recount_write_note(job, page, RECOUNT_RUNNING, out);
	pthread_mutex_unlock(&job->lock);
}

static anju_status count_page(struct recount *job, struct recount_page *page, anju_error *err)
{
	struct command *cmd = command_new(COMMAND_RECOUNT);
	if (cmd == NULL || !recount_sum_init(&page->sum)) {
		command_free(cmd);
		recount_sum_done(&page->sum);
		return anju_fail_nomem(err);
	}
	cmd->recount = page;
	anju_status st = recount_ask(job, cmd, err);
	command_free(cmd);
	if (st == ANJU_OK) {
		pthread_mutex_lock(&job->lock);
		recount_sum_add(&job->sum, &page->sum);
		job->after = page->ids[page->len - 1];
		pthread_mutex_unlock(&job->lock);
	}
	recount_sum_done(&page->sum);
	return st;
}

struct reading {
	struct recount_page *page;
	size_t most;
};

static bool add_id(void *ctx, const struct store_case *row)
{
	struct reading *r = ctx;
	r->page->ids[r->page->len++] = row->id;
	return r->page->len < r->most;
}

static anju_status next_page(
	struct recount *job, struct store_reader *reader, bool *ret_more, anju_error *err)
{
	struct recount_page page = {.all = job->all,
		.calendar = job->calendar,
		.reason = {job->reason[LANG_ZH], job->reason[LANG_EN]},
		.note = write_note,
		.ctx = job};
	struct reading reading = {.page = &page, .most = (size_t)job->set->options.page};
	struct store_case_filter filter = {
		.done = 0, .after_id = job->after, .limit = job->set->options.page};
	*ret_more = false;
	anju_status st = store_read_cases(reader, &filter, add_id, &reading, err);
	if (st == ANJU_OK && page.len > 0)
		st = count_page(job, &page, err);
	*ret_more = st == ANJU_OK && page.len == reading.most;
	return st;
}

static bool add_open(void *ctx, const char *workflow, const char *hash, int64_t open, int64_t done)
{
	*(int64_t *)ctx += open;
	return true;
}

static anju_status count_open(struct recount *job, struct store_reader *reader, anju_error *err)
{
	int64_t total = 0;
	anju_status st = store_count_definitions(reader, add_open, &total, err);
	if (st != ANJU_OK)
		return st;
	pthread_mutex_lock(&job->lock);
	/* of a job that goes on, those that ended meanwhile count as seen */
	job->total = job->total > total ? job->total : total;
	pthread_mutex_unlock(&job->lock);
	job->begun = true;
	return ANJU_OK;
}

static anju_status run(struct recount *job, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	bool more = true;
	anju_status st = store_reader_open(job->set->folder, &reader, err);
	if (st == ANJU_OK)
		st = count_open(job, reader, err);
	while (st == ANJU_OK && more)
		st = is_stopped(job) ? canceled(err) : next_page(job, reader, &more, err);
	return st;
}

/* --- the job's thread --- */

static anju_status keep(struct recount *job, enum recount_state state, anju_error *err)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	if (job->dry)
		return ANJU_OK;
	pthread_mutex_lock(&job->lock);
	recount_write_note(job, NULL, state, &text);
	pthread_mutex_unlock(&job->lock);
	struct command *cmd = command_new(COMMAND_NOTE);
	if (text.failed || cmd == NULL) {
		command_free(cmd);
		return anju_fail_nomem(err);
	}
	cmd->key = RECOUNT_NOTE;
	cmd->reason = text.data;
	anju_status st = recount_ask(job, cmd, err);
	command_free(cmd);
	return st;
}

static void conclude(struct recount *job, anju_status st, const anju_error *why)
{
	anju_error late = {0};
	bool on_hold = st == ANJU_E_CANCELED; /* the note says that it runs */
	pthread_mutex_lock(&job->lock);
	if (st != ANJU_OK)
		job->failure = *why;
	pthread_mutex_unlock(&job->lock);
	enum recount_state state = st == ANJU_OK ? RECOUNT_DONE : RECOUNT_FAILED;
	/* one that failed is begun again at the next start: its note still says that it runs */
	if (st == ANJU_OK && keep(job, state, &late) != ANJU_OK)
		log_error("recount", "result_not_kept", &late);
	if (st != ANJU_OK && !on_hold)
		log_error("recount", "job_failed", why);
	pthread_mutex_lock(&job->lock);
	job->state = state;
	log_line(LOG_INFO_, "recount", on_hold ? "job_on_hold" : "job_ended",
		"job=%lld dry_run=%d seen=%lld cases=%lld moved=%lld unmarked=%lld failed=%lld",
		(long long)job->id, job->dry, (long long)job->sum.seen, (long long)job->sum.cases,
		(long long)job->sum.moved, (long long)job->sum.unmarked,
		(long long)job->sum.failed);
	pthread_mutex_unlock(&job->lock);
}

static void *recount_main(void *arg)
{
	struct recount *job = arg;
	anju_error err = {0};
	thread_name("anju-recount");
	anju_status st = run(job, &err);
	conclude(job, st, &err);
	return NULL;
}

anju_status recount_job_step(struct recount *job, bool *ret_more, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	anju_error why = {0};
	anju_status st = store_reader_open(job->set->folder, &reader, &why);
	*ret_more = false;
	if (st == ANJU_OK && !job->begun)
		st = count_open(job, reader, &why);
	if (st == ANJU_OK)
		st = next_page(job, reader, ret_more, &why);
	if (st == ANJU_OK && *ret_more)
		return ANJU_OK;
	conclude(job, st, &why);
	if (st != ANJU_OK && err != NULL)
		*err = why;
	return st;
}

void recount_job_free(struct recount *job)
{
	if (job == NULL)
		return;
	if (job->thread_runs)
		pthread_join(job->thread, NULL);
	recount_sum_done(&job->sum);
	free(job->reason[LANG_ZH]);
	free(job->reason[LANG_EN]);
	calendar_free(job->calendar);
	json_decref(job->counted);
	json_decref(job->target);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

/* --- beginning --- */

struct recount *recount_job_new(struct recounts *set, const struct principal *who, bool dry)
{
	struct recount *job = calloc(1, sizeof *job);
	if (job == NULL)
		return NULL;
	pthread_mutex_init(&job->lock, NULL);
	job->set = set;
	job->who = *who;
	job->dry = dry;
	case_actor(who, job->actor);
	if (recount_sum_init(&job->sum))
		return job;
	recount_job_free(job);
	return NULL;
}

struct recount *recount_running(struct recounts *set)
{
	struct recount *job, *next, *found = NULL;
	int kept = 0;
	LL_FOREACH_SAFE(set->jobs, job, next) {
		pthread_mutex_lock(&job->lock);
		bool ended = job->state != RECOUNT_RUNNING;
		pthread_mutex_unlock(&job->lock);
		if (!ended) {
			found = job;
		} else if (++kept > RECOUNT_KEPT) {
			LL_DELETE(set->jobs, job);
			recount_job_free(job);
		}
	}
	return found;
}

anju_status recount_may_begin(struct recounts *set, anju_error *err)
{
	struct recount *other = recount_running(set);
	if (set->stopped)
		return canceled(err);
	if (other == NULL)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_BUSY, "recount.busy", "dates are being counted by job %lld",
		(long long)other->id);
	anju_error_found(err, "%lld", (long long)other->id);
	return ANJU_E_BUSY;
}

anju_status recount_begin(struct recounts *set, struct recount **job, anju_error *err)
{
	int bad = 0;
	if (!set->options.no_thread)
		bad = pthread_create(&(*job)->thread, NULL, recount_main, *job);
	if (bad != 0)
		return anju_fail_errno(err, bad, "@say.starting_thread|recount");
	(*job)->thread_runs = !set->options.no_thread;
	set->last_id = (*job)->id > set->last_id ? (*job)->id : set->last_id;
	LL_PREPEND(set->jobs, *job);
	*job = NULL;
	return ANJU_OK;
}
