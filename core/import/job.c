/** Jobs: a file is read and checked whole, then its good rows are opened through the engine. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/messages.h"
#include "base/thread.h"
#include "case/case.h"
#include "import/import.h"
#include "import/table.h"
#include "store/store.h"

#define MAX_RUNNING 4
#define MAX_KEPT    32 /* finished jobs whose result can still be asked for */
#define IN_FLIGHT                                                                                  \
	256 /* commands at the engine at once: enough for full batches, little for the others */
#define PAGE 500
/* A fault takes over a kilobyte; whoever has more of them mends the file first. */
#define MAX_FAULTS 10000

enum job_state { JOB_CHECKING, JOB_OPENING, JOB_DONE, JOB_FAILED };
static const char *const state_names[] = {"checking", "opening", "done", "failed"};

/** A row that passed the checks. */
struct good {
	int64_t line;
	const char *key; /* borrowed: table */
	json_t *data;    /* owned; NULL once it is opened */
};

struct fault {
	int64_t line;
	int column; /* from 1; 0 = the line as a whole */
	anju_error err;
};

struct job {
	struct imports *imports; /* borrowed */
	struct job *next;
	int64_t id;
	FILE *file;             /* owned; the one that was found readable for the peer */
	struct mapping mapping; /* owned */
	struct table table;     /* owned; job's thread */
	struct principal who;
	struct store_reader *reader; /* owned; job's thread */
	json_t *seen; /* owned; keys of this file → line; related cases known to exist → null */
	struct good *good; /* owned */
	size_t good_len;
	pthread_t thread;
	bool thread_runs;

	/* under lock */
	pthread_mutex_t lock;
	pthread_cond_t cond;
	enum job_state state;
	bool cancel;
	int in_flight;
	int64_t total, checked, opened, unchanged;
	struct fault *faults; /* owned */
	size_t faults_len, faults_cap;
	int64_t faulty; /* of which only the first MAX_FAULTS are kept */
	anju_error failure;
};

struct imports {
	struct imports_options options;
	char *packs_dir, *folder; /* owned */
	pthread_mutex_t lock;
	struct job *jobs; /* owned; newest first */
	int64_t last_id;
	bool stopped; /* takes no more jobs */
};

/* --- faults --- */

static int column_of(const struct table *t, const char *name)
{
	for (size_t i = 0; name[0] != '\0' && i < t->header_len; i++) {
		if (strcmp(t->header[i], name) == 0)
			return (int)i + 1;
	}
	return 0;
}

static void add_fault(struct job *job, int64_t line, const anju_error *err)
{
	pthread_mutex_lock(&job->lock);
	job->faulty++;
	if (job->faults_len == job->faults_cap && job->faults_cap < MAX_FAULTS) {
		size_t cap = job->faults_cap == 0 ? 32 : job->faults_cap * 2;
		cap = cap < MAX_FAULTS ? cap : MAX_FAULTS;
		struct fault *p = realloc(job->faults, cap * sizeof *p);
		if (p != NULL) {
			job->faults = p;
			job->faults_cap = cap;
		}
	}
	if (job->faults_len < job->faults_cap)
		job->faults[job->faults_len++] = (struct fault){
			.line = line, .column = column_of(&job->table, err->where), .err = *err};
	pthread_mutex_unlock(&job->lock);
}

static const char *key_column(const struct job *job)
{
	for (size_t i = 0; i < job->mapping.columns_len; i++) {
		if (job->mapping.columns[i].kind == COLUMN_KEY)
			return job->mapping.columns[i].name;
	}
	return "";
}

/* --- checking --- */

static anju_status check_key(
	struct job *job, const struct row *row, const char *key, anju_error *err)
{
	anju_status st = case_check_key(job->mapping.wf, key, err);
	if (st == ANJU_OK) {
		const json_t *before = json_object_get(job->seen, key);
		if (before == NULL)
			return json_object_set_new(job->seen, key, json_integer(row->line)) == 0
				       ? ANJU_OK
				       : anju_fail_nomem(err);
		st = anju_fail(err, ANJU_E_INVALID, "import.doubled", "key %s stands twice", key);
		anju_error_found(err, "%s", key);
		anju_error_allowed(err, "%lld", (long long)json_integer_value(before));
	}
	anju_error_where(err, "%s", key_column(job));
	return st;
}

static anju_status check_related(struct job *job, const json_t *data, anju_error *err)
{
	for (size_t i = 0; i < job->mapping.columns_len; i++) {
		const struct column *c = &job->mapping.columns[i];
		const char *name =
			c->kind == COLUMN_RELATION
				? json_string_value(json_object_get(data, c->relation->name))
				: NULL;
		/* names hold a "/", keys never do: one table serves both */
		if (name == NULL || json_object_get(job->seen, name) != NULL)
			continue;
		struct store_case row;
		anju_status st = store_read_case(
			job->reader, c->relation->to, strchr(name, '/') + 1, &row, err);
		if (st == ANJU_E_NOTFOUND) {
			(void)anju_fail(
				err, ANJU_E_INVALID, "import.no_case", "there is no %s", name);
			anju_error_where(err, "%s", c->name);
			anju_error_found(err, "%s", name);
			return ANJU_E_INVALID;
		}
		if (st != ANJU_OK)
			return st;
		json_object_set_new(job->seen, name, json_null());
	}
	return ANJU_OK;
}

static anju_status check_row(
	struct job *job, const struct row *row, struct good *good, anju_error *err)
{
	const struct org *org = pack_set_org(job->imports->options.packs);
	ANJU_AUTO_JSON *data = NULL;
	const char *key;
	anju_status st = mapping_row(&job->mapping, org, &job->table, row, &key, &data, err);
	if (st == ANJU_OK)
		st = check_key(job, row, key, err);
	if (st == ANJU_OK)
		st = check_related(job, data, err);
	if (st == ANJU_OK)
		*good = (struct good){.line = row->line, .key = key, .data = ANJU_TAKE(data)};
	return st;
}

static bool cancelled(struct job *job)
{
	pthread_mutex_lock(&job->lock);
	bool cancel = job->cancel;
	pthread_mutex_unlock(&job->lock);
	return cancel;
}

static anju_status cancelled_error(anju_error *err)
{
	return anju_fail(err, ANJU_E_CANCELED, "import.canceled", "the import was cancelled");
}

static anju_status check_all(struct job *job, anju_error *err)
{
	job->good = calloc(job->table.rows_len + 1, sizeof *job->good);
	if (job->good == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < job->table.rows_len; i++) {
		anju_error why = {0};
		anju_status st =
			check_row(job, &job->table.rows[i], &job->good[job->good_len], &why);
		if (st == ANJU_OK)
			job->good_len++;
		else if (st == ANJU_E_INVALID)
			add_fault(job, job->table.rows[i].line, &why);
		else {
			*err = why;
			return st;
		}
		pthread_mutex_lock(&job->lock);
		job->checked++;
		bool cancel = job->cancel;
		pthread_mutex_unlock(&job->lock);
		if (cancel)
			return cancelled_error(err);
	}
	return ANJU_OK;
}

/* --- opening --- */

/* Engine thread: one command has come back. */
static void opened(struct command *cmd)
{
	struct job *job = cmd->owner;
	int64_t line = cmd->line;
	bool fault = cmd->status != ANJU_OK && cmd->status != ANJU_E_EXISTS;
	if (fault)
		add_fault(job, line, &cmd->err);
	pthread_mutex_lock(&job->lock);
	job->opened += cmd->status == ANJU_OK;
	job->unchanged += cmd->status == ANJU_E_EXISTS;
	job->in_flight--;
	pthread_cond_signal(&job->cond);
	pthread_mutex_unlock(&job->lock);
	command_free(cmd);
}

static struct command *open_command(struct job *job, struct good *g)
{
	struct command *cmd = command_new(COMMAND_OPEN);
	/* handed over, not shared: who lets go of it last must not race with who read it first */
	json_t *params = json_pack("{s:s, s:o}", "key", g->key, "data", ANJU_TAKE(g->data));
	if (cmd == NULL || params == NULL) {
		command_free(cmd);
		json_decref(params);
		return NULL;
	}
	cmd->params = params;
	cmd->who = job->who;
	cmd->workflow = job->mapping.wf->id;
	cmd->key = json_string_value(json_object_get(params, "key"));
	cmd->data = json_object_get(params, "data");
	cmd->line = g->line;
	cmd->owner = job;
	cmd->settled = opened;
	return cmd;
}

static anju_status submit(struct job *job, struct command *cmd, anju_error *err)
{
	for (;;) {
		anju_status st = engine_submit(job->imports->options.engine, cmd, err);
		if (st != ANJU_E_BUSY)
			return st;
		if (cancelled(job))
			return cancelled_error(err);
		(void)usleep(20000); /* the queue is full of others' work: they go first */
	}
}

static anju_status open_one(struct job *job, struct good *g, anju_error *err)
{
	struct command *cmd = open_command(job, g);
	if (cmd == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_lock(&job->lock);
	while (job->in_flight >= IN_FLIGHT)
		pthread_cond_wait(&job->cond, &job->lock);
	job->in_flight++;
	bool cancel = job->cancel;
	pthread_mutex_unlock(&job->lock);
	anju_status st = cancel ? cancelled_error(err) : submit(job, cmd, err);
	if (st == ANJU_OK)
		return st;
	command_free(cmd);
	pthread_mutex_lock(&job->lock);
	job->in_flight--;
	pthread_mutex_unlock(&job->lock);
	return st;
}

static anju_status open_all(struct job *job, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < job->good_len && st == ANJU_OK; i++)
		st = open_one(job, &job->good[i], err);
	pthread_mutex_lock(&job->lock);
	while (job->in_flight > 0)
		pthread_cond_wait(&job->cond, &job->lock);
	pthread_mutex_unlock(&job->lock);
	return st;
}

/* --- the job's thread --- */

static void set_state(struct job *job, enum job_state state)
{
	pthread_mutex_lock(&job->lock);
	job->state = state;
	pthread_mutex_unlock(&job->lock);
}

static anju_status run(struct job *job, anju_error *err)
{
	anju_status st = table_read(job->file, &job->table, err);
	if (st == ANJU_OK)
		st = mapping_bind(&job->mapping, &job->table, err);
	if (st == ANJU_OK)
		st = store_reader_open(job->imports->folder, &job->reader, err);
	if (st != ANJU_OK)
		return st;
	pthread_mutex_lock(&job->lock);
	job->total = (int64_t)job->table.rows_len;
	pthread_mutex_unlock(&job->lock);
	st = check_all(job, err);
	if (st != ANJU_OK)
		return st;
	set_state(job, JOB_OPENING);
	return open_all(job, err);
}

static void release_rows(struct job *job)
{
	for (size_t i = 0; i < job->good_len; i++)
		json_decref(job->good[i].data);
	free(job->good);
	job->good = NULL;
	job->good_len = 0;
	json_decref(job->seen);
	job->seen = NULL;
	store_reader_free(job->reader);
	job->reader = NULL;
	/* what is kept of an ended job is its result: the file's text may be 256 MiB */
	table_release(&job->table);
	if (job->file != NULL)
		(void)fclose(job->file);
	job->file = NULL;
}

static int by_line(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;
	return (x->line > y->line) - (x->line < y->line);
}

static void *job_main(void *arg)
{
	struct job *job = arg;
	anju_error err = {0};
	thread_name("anju-import");
	anju_status st = run(job, &err);
	if (st != ANJU_OK)
		log_error("import", "job_failed", &err);
	pthread_mutex_lock(&job->lock);
	if (job->faults_len > 0)
		qsort(job->faults, job->faults_len, sizeof *job->faults, by_line);
	job->failure = err;
	job->state = st == ANJU_OK ? JOB_DONE : JOB_FAILED;
	log_line(LOG_INFO_, "import", "job_ended",
		"job=%lld total=%lld opened=%lld unchanged=%lld faulty=%lld", (long long)job->id,
		(long long)job->total, (long long)job->opened, (long long)job->unchanged,
		(long long)job->faulty);
	pthread_mutex_unlock(&job->lock);
	release_rows(job);
	return NULL;
}

static void job_free(struct job *job)
{
	if (job->thread_runs)
		pthread_join(job->thread, NULL);
	release_rows(job);
	mapping_done(&job->mapping);
	free(job->faults);
	pthread_cond_destroy(&job->cond);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

/* --- the set of jobs --- */

anju_status imports_new(
	const struct imports_options *options, struct imports **ret, anju_error *err)
{
	ANJU_AUTO(imports) im = calloc(1, sizeof *im);
	if (im == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_init(&im->lock, NULL);
	im->options = *options;
	im->packs_dir = strdup(options->packs_dir);
	im->folder = strdup(options->folder);
	if (im->packs_dir == NULL || im->folder == NULL)
		return anju_fail_nomem(err);
	*ret = ANJU_TAKE(im);
	return ANJU_OK;
}

void imports_stop(struct imports *im)
{
	struct job *job;
	pthread_mutex_lock(&im->lock);
	im->stopped = true;
	LL_FOREACH(im->jobs, job) {
		pthread_mutex_lock(&job->lock);
		job->cancel = true;
		pthread_mutex_unlock(&job->lock);
	}
	/* no job needs the set's lock: waiting under it is safe, and keeps the list as it is */
	LL_FOREACH(im->jobs, job) {
		if (job->thread_runs)
			pthread_join(job->thread, NULL);
		job->thread_runs = false;
	}
	pthread_mutex_unlock(&im->lock);
}

void imports_free(struct imports *im)
{
	if (im == NULL)
		return;
	imports_stop(im);
	struct job *job, *next;
	LL_FOREACH_SAFE(im->jobs, job, next)
		job_free(job);
	free(im->packs_dir);
	free(im->folder);
	pthread_mutex_destroy(&im->lock);
	free(im);
}

static bool ended(struct job *job)
{
	pthread_mutex_lock(&job->lock);
	bool end = job->state == JOB_DONE || job->state == JOB_FAILED;
	pthread_mutex_unlock(&job->lock);
	return end;
}

/* Under the set's lock. Old results go, and too many at once are refused. */
static anju_status make_room(struct imports *im, anju_error *err)
{
	int running = 0, kept = 0;
	struct job *job, *next;
	LL_FOREACH_SAFE(im->jobs, job, next) {
		if (!ended(job)) {
			running++;
		} else if (++kept > MAX_KEPT) {
			LL_DELETE(im->jobs, job);
			job_free(job);
		}
	}
	if (running < MAX_RUNNING)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_BUSY, "import.busy", "%d imports run already", running);
	anju_error_allowed(err, "%d", MAX_RUNNING);
	return ANJU_E_BUSY;
}

static anju_status begin(struct imports *im, struct job *job, anju_error *err)
{
	pthread_mutex_lock(&im->lock);
	anju_status st = im->stopped ? cancelled_error(err) : make_room(im, err);
	if (st == ANJU_OK) {
		job->id = ++im->last_id;
		int bad = pthread_create(&job->thread, NULL, job_main, job);
		if (bad != 0)
			st = anju_fail_errno(err, bad, "@say.starting_thread|import");
	}
	if (st == ANJU_OK) {
		job->thread_runs = true;
		LL_PREPEND(im->jobs, job);
	}
	pthread_mutex_unlock(&im->lock);
	return st;
}

anju_status import_start(struct imports *im, const char *path, const char *mapping,
	const struct principal *who, int64_t *ret_job, anju_error *err)
{
	struct job *job = calloc(1, sizeof *job);
	if (job == NULL)
		return anju_fail_nomem(err);
	pthread_mutex_init(&job->lock, NULL);
	pthread_cond_init(&job->cond, NULL);
	job->imports = im;
	job->who = *who;
	job->seen = json_object();
	anju_status st = job->seen != NULL ? file_open(path, who->uid, &job->file, err)
					   : anju_fail_nomem(err);
	if (st == ANJU_OK)
		st = mapping_load(im->packs_dir, mapping, im->options.packs, &job->mapping, err);
	if (st == ANJU_OK)
		st = begin(im, job, err);
	if (st != ANJU_OK) {
		job_free(job);
		return st;
	}
	*ret_job = job->id;
	return ANJU_OK;
}

/* Under the set's lock. */
static struct job *find(struct imports *im, int64_t id, anju_error *err)
{
	struct job *job;
	LL_FOREACH(im->jobs, job) {
		if (job->id == id)
			return job;
	}
	(void)anju_fail(
		err, ANJU_E_NOTFOUND, "import.no_job", "there is no import %lld", (long long)id);
	anju_error_where(err, "/job");
	anju_error_found(err, "%lld", (long long)id);
	return NULL;
}

/* --- status --- */

static void add_string(struct buf *out, const char *member, const char *s)
{
	buf_addf(out, ",\"%s\":", member);
	buf_add_json_string(out, s, strlen(s));
}

/* found and allowed, in English where they are no plain data */
static void add_value(struct buf *out, const char *member, const char *value)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_value(&text, value, LANG_EN);
	add_string(out, member, text.data != NULL ? text.data : "");
}

static void add_texts(struct buf *out, const anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	buf_adds(out, ",\"text\":{\"zh\":");
	buf_add_json_string(out, zh.data != NULL ? zh.data : "", zh.len);
	buf_adds(out, ",\"en\":");
	buf_add_json_string(out, en.data != NULL ? en.data : "", en.len);
	buf_addc(out, '}');
}

static void add_fault_json(struct buf *out, const struct fault *f)
{
	buf_addf(out, "{\"line\":%lld,\"column\":%d", (long long)f->line, f->column);
	add_string(out, "name", f->column > 0 ? f->err.where : "");
	add_string(out, "id", f->err.id);
	add_value(out, "found", f->err.found);
	add_value(out, "allowed", f->err.allowed);
	add_texts(out, &f->err);
	buf_addc(out, '}');
}

static void write_status(struct job *job, int64_t after, struct buf *out)
{
	buf_addf(out,
		"{\"job\":%lld,\"state\":\"%s\",\"total\":%lld,\"checked\":%lld,\"opened\":%lld,"
		"\"unchanged\":%lld,\"faulty\":%lld,\"errors\":[",
		(long long)job->id, state_names[job->state], (long long)job->total,
		(long long)job->checked, (long long)job->opened, (long long)job->unchanged,
		(long long)job->faulty);
	/* only a finished job's faults are in order */
	bool sorted = job->state == JOB_DONE || job->state == JOB_FAILED;
	size_t i = after > 0 ? (size_t)after : 0, first = i;
	for (; sorted && i < job->faults_len && i - first < PAGE; i++) {
		if (i > first)
			buf_addc(out, ',');
		add_fault_json(out, &job->faults[i]);
	}
	if (sorted && i < job->faults_len)
		buf_addf(out, "],\"next\":%zu", i);
	else
		buf_adds(out, "],\"next\":null");
	if (job->state == JOB_FAILED) {
		buf_addf(out, ",\"error\":{\"status\":\"%s\"",
			anju_status_name(job->failure.status));
		add_string(out, "id", job->failure.id);
		add_value(out, "found", job->failure.found);
		add_value(out, "allowed", job->failure.allowed);
		add_texts(out, &job->failure);
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
}

anju_status import_status(
	struct imports *im, int64_t id, int64_t after, struct buf *out, anju_error *err)
{
	pthread_mutex_lock(&im->lock);
	struct job *job = find(im, id, err);
	if (job != NULL) {
		pthread_mutex_lock(&job->lock);
		write_status(job, after, out);
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&im->lock);
	return job != NULL ? ANJU_OK : ANJU_E_NOTFOUND;
}

anju_status import_cancel(struct imports *im, int64_t id, anju_error *err)
{
	pthread_mutex_lock(&im->lock);
	struct job *job = find(im, id, err);
	if (job != NULL) {
		pthread_mutex_lock(&job->lock);
		job->cancel = true;
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&im->lock);
	return job != NULL ? ANJU_OK : ANJU_E_NOTFOUND;
}
