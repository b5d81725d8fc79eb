/** The jobs of recount.h: each a thread that reads which cases are next and gives them to the engine, page by page. */
#include "engine/recount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/messages.h"
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

/* The command stays the caller's. */
static anju_status ask(struct recount *job, struct command *cmd, anju_error *err)
{
	struct asked asked = {.done = false};
	anju_status st;
	pthread_mutex_init(&asked.lock, NULL);
	pthread_cond_init(&asked.cond, NULL);
	cmd->who = job->who;
	cmd->dry_run = job->dry;
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
	anju_status st = ask(job, cmd, err);
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

static bool add_id(void *ctx, const struct store_case *row)
{
	struct recount_page *page = ctx;
	page->ids[page->len++] = row->id;
	return page->len < RECOUNT_PAGE;
}

static anju_status count_all(struct recount *job, struct store_reader *reader, anju_error *err)
{
	struct recount_page page = {.all = job->all,
		.calendar = job->calendar,
		.reason = {job->reason[LANG_ZH], job->reason[LANG_EN]},
		.note = write_note,
		.ctx = job};
	struct store_case_filter filter = {.done = 0, .limit = RECOUNT_PAGE};
	anju_status st;
	do {
		page.len = 0;
		filter.after_id = job->after;
		st = is_stopped(job) ? canceled(err)
				     : store_read_cases(reader, &filter, add_id, &page, err);
		if (st == ANJU_OK && page.len > 0)
			st = count_page(job, &page, err);
	} while (st == ANJU_OK && page.len == RECOUNT_PAGE);
	return st;
}

static bool add_open(void *ctx, const char *workflow, const char *hash, int64_t open, int64_t done)
{
	*(int64_t *)ctx += open;
	return true;
}

static anju_status run(struct recount *job, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	int64_t total = 0;
	anju_status st = store_reader_open(job->set->folder, &reader, err);
	if (st == ANJU_OK)
		st = store_count_definitions(reader, add_open, &total, err);
	if (st != ANJU_OK)
		return st;
	pthread_mutex_lock(&job->lock);
	/* of a job that goes on, those that ended meanwhile count as seen */
	job->total = job->total > total ? job->total : total;
	pthread_mutex_unlock(&job->lock);
	return count_all(job, reader, err);
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
	anju_status st = ask(job, cmd, err);
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
	anju_status st = run(job, &err);
	conclude(job, st, &err);
	return NULL;
}

static void job_free(struct recount *job)
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

static struct recount *job_new(struct recounts *set, const struct principal *who, bool dry)
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
	job_free(job);
	return NULL;
}

/* Under the set's lock. */
static struct recount *running(struct recounts *set)
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
			job_free(job);
		}
	}
	return found;
}

/* Under the set's lock. */
static anju_status may_begin(struct recounts *set, anju_error *err)
{
	struct recount *other = running(set);
	if (set->stopped)
		return canceled(err);
	if (other == NULL)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_BUSY, "recount.busy", "dates are being counted by job %lld",
		(long long)other->id);
	anju_error_found(err, "%lld", (long long)other->id);
	return ANJU_E_BUSY;
}

/* Under the set's lock. Takes *job when it begins. */
static anju_status begin(struct recounts *set, struct recount **job, anju_error *err)
{
	int bad = pthread_create(&(*job)->thread, NULL, recount_main, *job);
	if (bad != 0)
		return anju_fail_errno(err, bad, "@say.starting_thread|recount");
	(*job)->thread_runs = true;
	set->last_id = (*job)->id > set->last_id ? (*job)->id : set->last_id;
	LL_PREPEND(set->jobs, *job);
	*job = NULL;
	return ANJU_OK;
}

static json_t *kept_notices(struct recount *job, const json_t *notice, anju_error *err)
{
	ANJU_AUTO_JSON *all = NULL;
	char year[8];
	if (recount_read_notices(job->set->folder, &all, err) != ANJU_OK)
		return NULL;
	snprintf(year, sizeof year, "%lld",
		(long long)json_integer_value(json_object_get(notice, "year")));
	json_t *kept = json_pack("{s:O, s:I, s:s}", "notice", notice, "at",
		(json_int_t)engine_now(job->set->options.engine), "by", job->actor);
	if (kept == NULL || json_object_set_new(all, year, kept) != 0) {
		(void)anju_fail_nomem(err);
		return NULL;
	}
	return json_incref(all);
}

/* The notice is in force from here on, and that dates are to be counted again is known in the same instant. */
static anju_status put_in_force(struct recount *job, const json_t *notice, anju_error *err)
{
	ANJU_AUTO_BUF note = BUF_INIT;
	ANJU_AUTO_JSON *all = kept_notices(job, notice, err);
	if (all == NULL)
		return err != NULL ? err->status : ANJU_E_NOMEM;
	ANJU_AUTO_MEM char *text = json_text(all);
	recount_write_note(job, NULL, RECOUNT_RUNNING, &note);
	struct command *cmd = command_new(COMMAND_CALENDAR);
	if (text == NULL || note.failed || cmd == NULL) {
		command_free(cmd);
		return anju_fail_nomem(err);
	}
	cmd->calendar = job->calendar;
	cmd->reason = text;
	cmd->event = note.data;
	anju_status st = ask(job, cmd, err);
	command_free(cmd);
	return st;
}

static anju_status outranked(
	const json_t *notice, const json_t *other, const char *file, anju_error *err)
{
	const json_t *own = calendar_notice_document(notice),
		     *its = calendar_notice_document(other);
	const char *own_day = json_string_value(json_object_get(own, "issued"));
	const char *its_day = json_string_value(json_object_get(its, "issued"));
	bool status =
		strcmp(json_string_value(json_object_get(notice, "status")), "announced") != 0;
	status = status &&
		 strcmp(json_string_value(json_object_get(other, "status")), "announced") == 0;
	(void)anju_fail(
		err, ANJU_E_CONFLICT, "calendar.outranked", "the year's notice was issued later");
	anju_error_file(err, file);
	if (status) {
		anju_error_where(err, "/status");
		anju_error_found(err, "provisional");
		anju_error_allowed(err, "announced");
	} else {
		anju_error_where(err, own != NULL ? "/source/issued" : "/source");
		anju_error_found(err, "%s", own_day != NULL ? own_day : "-");
		anju_error_allowed(err, ">= %s", its_day != NULL ? its_day : "");
	}
	return ANJU_E_CONFLICT;
}

/* The calendar in force with `notice` in it, a copy of one's own. */
static anju_status with_notice(struct recounts *set, const json_t *notice, const char *file,
	struct calendar **ret, anju_error *err)
{
	ANJU_AUTO(calendar) before = engine_calendar(set->options.engine);
	ANJU_AUTO(calendar) after = calendar_copy(before);
	if (after == NULL)
		return anju_fail_nomem(err);
	anju_status st = calendar_add_year(after, notice, file, err);
	if (st != ANJU_OK)
		return st;
	int year = (int)json_integer_value(json_object_get(notice, "year"));
	const json_t *other = calendar_year_notice(before, year);
	if (other != NULL && calendar_compare_notices(notice, other) < 0)
		return outranked(notice, other, file, err);
	*ret = ANJU_TAKE(after);
	return ANJU_OK;
}

/* Under the set's lock, which keeps other loads away until the calendar is in force. */
static anju_status load(struct recounts *set, const json_t *notice, const char *file,
	struct recount **job, anju_error *err)
{
	struct recount *j = *job;
	ANJU_AUTO(calendar) before = engine_calendar(set->options.engine);
	anju_status st = may_begin(set, err);
	if (st == ANJU_OK)
		st = with_notice(set, notice, file, &j->calendar, err);
	if (st != ANJU_OK)
		return st;
	j->id = set->last_id + 1;
	j->counted = recount_fingerprint(before, set->options.packs);
	j->target = recount_fingerprint(j->calendar, set->options.packs);
	if (j->counted == NULL || j->target == NULL || !recount_notice_words(notice, j->reason))
		return anju_fail_nomem(err);
	if (!j->dry)
		st = put_in_force(j, notice, err);
	return st == ANJU_OK ? begin(set, job, err) : st;
}

static anju_status not_admin(anju_error *err)
{
	return anju_fail(err, ANJU_E_DENIED, "engine.not_admin", "only an administrator may");
}

anju_status recount_load(struct recounts *set, const json_t *notice, const char *file, bool dry,
	const struct principal *who, int *ret_year, int64_t *ret_job, anju_error *err)
{
	if (!who->admin)
		return not_admin(err);
	struct recount *job = job_new(set, who, dry);
	if (job == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_lock(&set->lock);
	anju_status st = load(set, notice, file, &job, err);
	if (st == ANJU_OK) {
		*ret_job = set->last_id;
		*ret_year = (int)json_integer_value(json_object_get(notice, "year"));
	}
	pthread_mutex_unlock(&set->lock);
	job_free(job);
	return st;
}

/* All that is open, by what is in force; `counted`: by what it was before, referenced. */
static anju_status prepare(struct recount *job, json_t *counted, anju_error *err)
{
	struct recounts *set = job->set;
	ANJU_AUTO(calendar) calendar = engine_calendar(set->options.engine);
	job->target = recount_fingerprint(calendar, set->options.packs);
	job->counted = counted != NULL ? json_incref(counted) : json_incref(job->target);
	return job->target != NULL ? ANJU_OK : anju_fail_nomem(err);
}

anju_status recount_start(struct recounts *set, bool dry, const struct principal *who,
	int64_t *ret_job, anju_error *err)
{
	if (!who->admin)
		return not_admin(err);
	struct recount *job = job_new(set, who, dry);
	if (job == NULL)
		return anju_fail_nomem(err);
	job->all = true;
	job->reason[LANG_ZH] = strdup("按现行日历和规则重新计算");
	job->reason[LANG_EN] = strdup("counted again by the calendar and rules in force");
	anju_status st = job->reason[LANG_ZH] != NULL && job->reason[LANG_EN] != NULL
				 ? prepare(job, NULL, err)
				 : anju_fail_nomem(err);
	pthread_mutex_lock(&set->lock);
	if (st == ANJU_OK)
		st = may_begin(set, err);
	job->id = set->last_id + 1;
	if (st == ANJU_OK)
		st = begin(set, &job, err);
	if (st == ANJU_OK)
		*ret_job = set->last_id;
	pthread_mutex_unlock(&set->lock);
	job_free(job);
	return st;
}

/* --- going on after a stop, and changes since the last run --- */

static anju_status read_note(struct recounts *set, json_t **ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	const char *text;
	anju_status st = store_reader_open(set->folder, &reader, err);
	if (st == ANJU_OK)
		st = store_read_meta(reader, RECOUNT_NOTE, &text, err);
	if (st != ANJU_OK)
		return st;
	*ret = json_loads(text, 0, NULL);
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static const char *text_of(const json_t *v, const char *member)
{
	const char *s = json_string_value(json_object_get(v, member));
	return s != NULL ? s : "";
}

static int64_t number_of(const json_t *v, const char *member)
{
	return json_integer_value(json_object_get(v, member));
}

static void principal_of_note(const struct recounts *set, const json_t *note, struct principal *ret)
{
	*ret = (struct principal){.system = json_is_true(json_object_get(note, "system"))};
	if (ret->system)
		return;
	/* whoever began it was an administrator */
	ret->admin = true;
	ret->unit = org_unit(pack_set_org(set->options.packs), text_of(note, "unit"));
	ret->uid = (uid_t)number_of(note, "uid");
	snprintf(ret->officer, sizeof ret->officer, "%s", text_of(note, "officer"));
}

static bool take_up(struct recount *job, const json_t *note)
{
	const json_t *reason = json_object_get(note, "reason");
	json_t *units = json_object_get(note, "units"),
	       *failures = json_object_get(note, "failures");
	job->id = number_of(note, "job");
	job->all = json_is_true(json_object_get(note, "all"));
	job->after = number_of(note, "after");
	job->total = number_of(note, "total");
	job->sum.seen = number_of(note, "seen");
	job->sum.cases = number_of(note, "cases");
	job->sum.moved = number_of(note, "moved");
	job->sum.unmarked = number_of(note, "unmarked");
	job->sum.failed = number_of(note, "failed");
	job->reason[LANG_ZH] = strdup(text_of(reason, "zh"));
	job->reason[LANG_EN] = strdup(text_of(reason, "en"));
	return json_object_update(job->sum.units, units) == 0 &&
	       (failures == NULL || json_array_extend(job->sum.failures, failures) == 0) &&
	       job->reason[LANG_ZH] != NULL && job->reason[LANG_EN] != NULL;
}

/* What was counted with, or was to be when it was cut short, is not what is in force now. */
static bool set_out(struct recount *job, const json_t *note)
{
	struct recounts *set = job->set;
	ANJU_AUTO(calendar) calendar = engine_calendar(set->options.engine);
	job->id = set->last_id + 1;
	if (note != NULL)
		return recount_difference(
			job->counted, job->target, calendar, job->reason, &job->all);
	/* an older version did not say what it counted with */
	job->reason[LANG_ZH] = strdup("首次按现行日历核对");
	job->reason[LANG_EN] = strdup("checked against the calendar in force for the first time");
	return job->reason[LANG_ZH] != NULL && job->reason[LANG_EN] != NULL;
}

static anju_status resume(struct recounts *set, const json_t *note, anju_error *err)
{
	struct principal who = {.system = true};
	json_t *counted = json_object_get(note, "counted");
	bool cut_short = strcmp(text_of(note, "state"), "running") == 0;
	struct recount *job = job_new(set, &who, false);
	anju_status st = job != NULL ? prepare(job, counted, err) : anju_fail_nomem(err);
	bool same_target =
		st == ANJU_OK && note != NULL &&
		json_equal(job->target, json_object_get(note, cut_short ? "target" : "counted"));
	bool fit = true;
	if (st == ANJU_OK && same_target && cut_short) {
		principal_of_note(set, note, &job->who);
		case_actor(&job->who, job->actor);
		fit = take_up(job, note);
	} else if (st == ANJU_OK && !same_target) {
		fit = set_out(job, note);
	}
	if (st == ANJU_OK && !fit)
		st = anju_fail_nomem(err);
	if (st == ANJU_OK && (cut_short || !same_target))
		st = begin(set, &job, err);
	job_free(job);
	return st;
}

anju_status recounts_resume(struct recounts *set, anju_error *err)
{
	ANJU_AUTO_JSON *note = NULL;
	anju_status st = read_note(set, &note, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	pthread_mutex_lock(&set->lock);
	set->last_id = number_of(note, "job");
	st = resume(set, note, err);
	pthread_mutex_unlock(&set->lock);
	return st;
}

/* --- the set --- */

anju_status recounts_new(
	const struct recounts_options *options, struct recounts **ret, anju_error *err)
{
	struct recounts *set = calloc(1, sizeof *set);
	if (set == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_init(&set->lock, NULL);
	set->options = *options;
	set->folder = strdup(options->folder);
	if (set->folder == NULL) {
		recounts_free(set);
		return anju_fail_nomem(err);
	}
	*ret = set;
	return ANJU_OK;
}

void recounts_stop(struct recounts *set)
{
	struct recount *job;
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

void recounts_free(struct recounts *set)
{
	if (set == NULL)
		return;
	recounts_stop(set);
	struct recount *job, *next;
	LL_FOREACH_SAFE(set->jobs, job, next)
		job_free(job);
	free(set->folder);
	pthread_mutex_destroy(&set->lock);
	free(set);
}

/* --- asking --- */

static anju_status no_job(int64_t id, anju_error *err)
{
	(void)anju_fail(
		err, ANJU_E_NOTFOUND, "recount.no_job", "there is no job %lld", (long long)id);
	anju_error_where(err, "/job");
	anju_error_found(err, "%lld", (long long)id);
	return ANJU_E_NOTFOUND;
}

/* The one of an earlier run, as it was kept: its sums, without the dates one by one. */
static anju_status write_kept(struct recounts *set, int64_t id, struct buf *out, anju_error *err)
{
	static const char *const own[] = {
		"after", "all", "counted", "target", "uid", "unit", "officer", "system"};
	ANJU_AUTO_JSON *note = NULL;
	anju_status st = read_note(set, &note, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	if (note == NULL || (id != 0 && number_of(note, "job") != id))
		return no_job(id, err);
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		(void)json_object_del(note, own[i]);
	(void)json_object_set_new(note, "deadlines", json_array());
	(void)json_object_set_new(note, "next", json_null());
	ANJU_AUTO_MEM char *text = json_text(note);
	buf_adds(out, text != NULL ? text : "{}");
	return text != NULL ? ANJU_OK : anju_fail_nomem(err);
}

anju_status recount_status(
	struct recounts *set, int64_t id, int64_t after, struct buf *out, anju_error *err)
{
	struct recount *job;
	pthread_mutex_lock(&set->lock);
	LL_FOREACH(set->jobs, job) {
		if (id == 0 || job->id == id)
			break;
	}
	if (job != NULL) {
		pthread_mutex_lock(&job->lock);
		recount_write_page(job, after, out);
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&set->lock);
	return job != NULL ? ANJU_OK : write_kept(set, id, out, err);
}
