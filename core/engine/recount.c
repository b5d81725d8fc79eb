/** What recount.h offers: notices loaded, jobs begun, taken up again after a stop, and asked about. */
#include "engine/recount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "engine/recount_impl.h"

/* --- a notice --- */

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
	anju_status st = recount_ask(job, cmd, err);
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

/* Under the set's lock. What the job before has left undone, the new one does as well: the store's note speaks of the
 * new one only, and with it the next start would not know. */
static void take_over(struct recounts *set, struct recount *job)
{
	struct recount *before = set->jobs;
	while (before != NULL && before->dry)
		before = before->next;
	if (before == NULL)
		return;
	pthread_mutex_lock(&before->lock);
	bool failed = before->state == RECOUNT_FAILED;
	pthread_mutex_unlock(&before->lock);
	if (!failed)
		return;
	json_decref(job->counted);
	job->counted = json_incref(before->counted);
	job->all = job->all || before->all;
}

/* Under the set's lock, which keeps other loads away until the calendar is in force. */
static anju_status load(struct recounts *set, const json_t *notice, const char *file,
	struct recount **job, anju_error *err)
{
	struct recount *j = *job;
	ANJU_AUTO(calendar) before = engine_calendar(set->options.engine);
	anju_status st = recount_may_begin(set, err);
	if (st == ANJU_OK)
		st = with_notice(set, notice, file, &j->calendar, err);
	if (st != ANJU_OK)
		return st;
	j->id = set->last_id + 1;
	j->counted = recount_fingerprint(before, set->options.packs);
	j->target = recount_fingerprint(j->calendar, set->options.packs);
	if (j->counted == NULL || j->target == NULL || !recount_notice_words(notice, j->reason))
		return anju_fail_nomem(err);
	take_over(set, j);
	if (!j->dry)
		st = put_in_force(j, notice, err);
	return st == ANJU_OK ? recount_begin(set, job, err) : st;
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
	struct recount *job = recount_job_new(set, who, dry);
	if (job == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_lock(&set->lock);
	anju_status st = load(set, notice, file, &job, err);
	if (st == ANJU_OK) {
		*ret_job = set->last_id;
		*ret_year = (int)json_integer_value(json_object_get(notice, "year"));
	}
	pthread_mutex_unlock(&set->lock);
	recount_job_free(job);
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
	struct recount *job = recount_job_new(set, who, dry);
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
		st = recount_may_begin(set, err);
	job->id = set->last_id + 1;
	if (st == ANJU_OK)
		st = recount_begin(set, &job, err);
	if (st == ANJU_OK)
		*ret_job = set->last_id;
	pthread_mutex_unlock(&set->lock);
	recount_job_free(job);
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
	struct recount *job = recount_job_new(set, &who, false);
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
		st = recount_begin(set, &job, err);
	recount_job_free(job);
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
	if (set->options.page <= 0 || set->options.page > RECOUNT_PAGE)
		set->options.page = RECOUNT_PAGE;
	set->folder = strdup(options->folder);
	if (set->folder == NULL) {
		recounts_free(set);
		return anju_fail_nomem(err);
	}
	*ret = set;
	return ANJU_OK;
}

anju_status recounts_step(struct recounts *set, bool *ret_more, anju_error *err)
{
	pthread_mutex_lock(&set->lock);
	struct recount *job = recount_running(set);
	pthread_mutex_unlock(&set->lock);
	*ret_more = false;
	return job != NULL ? recount_job_step(job, ret_more, err) : ANJU_OK;
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
		recount_job_free(job);
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
	if (job == NULL)
		return write_kept(set, id, out, err);
	return out->failed ? anju_fail_nomem(err) : ANJU_OK;
}
