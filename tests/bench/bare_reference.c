/**
 * The least that a durable socket service over the same libraries can do, to hold anju against: libuv, jansson,
 * SQLite with the store's settings, one UPDATE and one INSERT a request, group commit, replies after
 * the commit. No roles, guards, charts, deadlines, hash chain or idempotency.
 *
 *   bare_reference DATABASE SOCKET
 *
 * It takes the very lines that anjud takes (case.open, case.send) and keeps what they say: the case's data, and
 * for each event who, what, when and with which data. It checks nothing of it.
 *
 * A request is parsed on the loop thread, queued, and taken by the writer thread with all others that came
 * while the last commit was syncing.
 */
#include <errno.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define LINE_MAX_BYTES       65536
#define WAL_PAGES_CHECKPOINT 16000

struct conn {
	uv_pipe_t pipe;
	char *in;
	size_t in_len;
	char *out; /* replies of one commit, written at once */
	size_t out_len, out_cap;
	struct conn *next_flush;
	bool flushing, closed;
	int jobs; /* in the writer's hands; the memory goes when none is left */
};

struct job {
	struct job *next;
	struct conn *conn;
	bool open;
	json_t *request;         /* owned */
	const char *key, *event; /* borrowed: request */
	const char *actor;       /* borrowed: request */
	char *data;              /* owned: JSON text or NULL */
	int64_t id, seq;
	const char *error;
};

struct queue {
	struct job *first, **last;
};

static uv_loop_t *loop;
static uv_async_t wake;
static uv_mutex_t lock;
static uv_cond_t work;
static struct queue todo, done;
static bool stopping;
static sqlite3 *db;
static sqlite3_stmt *begin, *commit, *insert_case, *update_case, *insert_history;
static int wal_pages;

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "bare_reference: %s: %s\n", what, why);
	exit(1);
}

static void push(struct queue *q, struct job *job)
{
	job->next = NULL;
	*q->last = job;
	q->last = &job->next;
}

static struct job *take(struct queue *q)
{
	struct job *first = q->first;
	q->first = NULL;
	q->last = &q->first;
	return first;
}

/* --- writer --- */

static int wal_written(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	wal_pages = pages;
	return SQLITE_OK;
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		fail(sql, sqlite3_errmsg(db));
	return stmt;
}

static void open_database(const char *path)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(path, &db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		fail(path, sqlite3_errmsg(db));
	const char *set_up =
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0;"
		"CREATE TABLE IF NOT EXISTS cases(key TEXT PRIMARY KEY, state TEXT NOT NULL, rev "
		"INTEGER"
		" NOT NULL, at INTEGER NOT NULL, data TEXT) WITHOUT ROWID;"
		"CREATE TABLE IF NOT EXISTS history(seq INTEGER PRIMARY KEY, key TEXT NOT NULL,"
		" event TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT, data TEXT)";
	char *message = NULL;
	if (sqlite3_exec(db, set_up, NULL, NULL, &message) != SQLITE_OK)
		fail(path, message);
	sqlite3_wal_hook(db, wal_written, NULL);
	begin = prepare("BEGIN IMMEDIATE");
	commit = prepare("COMMIT");
	insert_case = prepare("INSERT INTO cases VALUES(?1, 'open', 1, ?2, ?3)");
	update_case = prepare("UPDATE cases SET state = ?2, rev = rev + 1, at = ?3 WHERE key = ?1");
	insert_history = prepare(
		"INSERT INTO history(key, event, at, actor, data) VALUES(?1, ?2, ?3, ?4, ?5)");
}

static int run(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static void work_one(struct job *job)
{
	int rc;
	if (job->open) {
		sqlite3_bind_text(insert_case, 1, job->key, -1, SQLITE_STATIC);
		sqlite3_bind_int64(insert_case, 2, now_ms());
		sqlite3_bind_text(insert_case, 3, job->data, -1, SQLITE_STATIC);
		rc = run(insert_case);
		job->error = rc == SQLITE_OK ? NULL : "exists";
		return;
	}
	int64_t now = now_ms();
	sqlite3_bind_text(update_case, 1, job->key, -1, SQLITE_STATIC);
	sqlite3_bind_text(update_case, 2, job->event, -1, SQLITE_STATIC);
	sqlite3_bind_int64(update_case, 3, now);
	if (run(update_case) != SQLITE_OK || sqlite3_changes(db) != 1) {
		job->error = "no such case";
		return;
	}
	sqlite3_bind_text(insert_history, 1, job->key, -1, SQLITE_STATIC);
	sqlite3_bind_text(insert_history, 2, job->event, -1, SQLITE_STATIC);
	sqlite3_bind_int64(insert_history, 3, now);
	sqlite3_bind_text(insert_history, 4, job->actor, -1, SQLITE_STATIC);
	sqlite3_bind_text(insert_history, 5, job->data, -1, SQLITE_STATIC);
	if (run(insert_history) != SQLITE_OK)
		fail("history", sqlite3_errmsg(db));
	job->seq = sqlite3_last_insert_rowid(db);
}

static void writer(void *arg)
{
	for (;;) {
		uv_mutex_lock(&lock);
		while (todo.first == NULL && !stopping)
			uv_cond_wait(&work, &lock);
		struct job *batch = take(&todo);
		uv_mutex_unlock(&lock);
		if (batch == NULL)
			return;
		if (wal_pages >= WAL_PAGES_CHECKPOINT)
			sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		if (run(begin) != SQLITE_OK)
			fail("begin", sqlite3_errmsg(db));
		for (struct job *job = batch; job != NULL; job = job->next)
			work_one(job);
		if (run(commit) != SQLITE_OK)
			fail("commit", sqlite3_errmsg(db));
		uv_mutex_lock(&lock);
		*done.last = batch;
		for (struct job *job = batch; job != NULL; job = job->next)
			done.last = &job->next;
		uv_mutex_unlock(&lock);
		uv_async_send(&wake);
	}
}

/* --- loop --- */

static void conn_release(struct conn *c)
{
	if (!c->closed || c->jobs > 0)
		return;
	free(c->in);
	free(c->out);
	free(c);
}

static void closed(uv_handle_t *handle)
{
	struct conn *c = handle->data;
	c->closed = true;
	conn_release(c);
}

static void written(uv_write_t *req, int status)
{
	free(req->data);
	free(req);
}

static void flush(struct conn *c)
{
	uv_buf_t buf = uv_buf_init(c->out, (unsigned)c->out_len);
	int n = uv_is_closing((uv_handle_t *)&c->pipe)
			? 0
			: uv_try_write((uv_stream_t *)&c->pipe, &buf, 1);
	size_t sent = n > 0 ? (size_t)n : 0;
	if (sent < c->out_len && !uv_is_closing((uv_handle_t *)&c->pipe)) {
		uv_write_t *req = malloc(sizeof *req);
		req->data = malloc(c->out_len - sent);
		memcpy(req->data, c->out + sent, c->out_len - sent);
		buf = uv_buf_init(req->data, (unsigned)(c->out_len - sent));
		uv_write(req, (uv_stream_t *)&c->pipe, &buf, 1, written);
	}
	c->out_len = 0;
}

static void reply(struct conn *c, const struct job *job)
{
	json_t *v = job->error == NULL ? json_pack("{s:s, s:I, s:{s:s, s:I}}", "jsonrpc", "2.0",
						 "id", (json_int_t)job->id, "result", "case",
						 job->key, "seq", (json_int_t)job->seq)
				       : json_pack("{s:s, s:I, s:{s:i, s:s}}", "jsonrpc", "2.0",
						 "id", (json_int_t)job->id, "error", "code", -32000,
						 "message", job->error);
	if (c->out_cap < c->out_len + 512) {
		c->out_cap = c->out_cap * 2 + 1024;
		c->out = realloc(c->out, c->out_cap);
	}
	c->out_len += json_dumpb(v, c->out + c->out_len, 511, JSON_COMPACT);
	c->out[c->out_len++] = '\n';
	json_decref(v);
}

static void job_free(struct job *job)
{
	json_decref(job->request);
	free(job->data);
	free(job);
}

static void drain(uv_async_t *handle)
{
	uv_mutex_lock(&lock);
	struct job *job = take(&done);
	uv_mutex_unlock(&lock);
	struct conn *first = NULL;
	while (job != NULL) {
		struct job *next = job->next;
		struct conn *c = job->conn;
		reply(c, job);
		if (!c->flushing) {
			c->flushing = true;
			c->next_flush = first;
			first = c;
		}
		c->jobs--;
		job_free(job);
		job = next;
	}
	while (first != NULL) {
		struct conn *c = first;
		first = c->next_flush;
		c->flushing = false;
		flush(c);
		conn_release(c);
	}
}

static void refuse(struct conn *c, const char *why)
{
	struct job job = {.error = why};
	reply(c, &job);
	flush(c);
}

static void request(struct conn *c, const char *line, size_t n)
{
	json_t *v = json_loadb(line, n, 0, NULL), *params = json_object_get(v, "params");
	const char *method = json_string_value(json_object_get(v, "method"));
	bool open = method != NULL && strcmp(method, "case.open") == 0;
	const char *key = json_string_value(json_object_get(params, open ? "key" : "case"));
	const char *event = json_string_value(json_object_get(params, "event"));
	const char *slash = key != NULL ? strchr(key, '/') : NULL;
	if (slash != NULL)
		key = slash + 1;
	if (method == NULL || key == NULL || strlen(key) > 200 || (!open && event == NULL)) {
		refuse(c, "bad request");
		json_decref(v);
		return;
	}
	struct job *job = calloc(1, sizeof *job);
	json_t *data = json_object_get(params, "data");
	job->conn = c;
	job->open = open;
	job->request = v;
	job->key = key;
	job->event = event;
	job->actor = json_string_value(json_object_get(params, "as"));
	job->data = data != NULL ? json_dumps(data, JSON_COMPACT) : NULL;
	job->id = json_integer_value(json_object_get(v, "id"));
	c->jobs++;
	uv_mutex_lock(&lock);
	push(&todo, job);
	uv_cond_signal(&work);
	uv_mutex_unlock(&lock);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct conn *c = handle->data;
	*buf = uv_buf_init(c->in + c->in_len, (unsigned)(LINE_MAX_BYTES - c->in_len));
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = stream->data;
	if (n < 0) {
		uv_close((uv_handle_t *)stream, closed);
		return;
	}
	c->in_len += (size_t)n;
	char *at = c->in, *end = c->in + c->in_len;
	for (char *nl = memchr(at, '\n', (size_t)(end - at)); nl != NULL;
		nl = memchr(at, '\n', (size_t)(end - at))) {
		request(c, at, (size_t)(nl - at));
		at = nl + 1;
	}
	c->in_len = (size_t)(end - at);
	memmove(c->in, at, c->in_len);
	if (c->in_len == LINE_MAX_BYTES) {
		refuse(c, "line too long");
		uv_close((uv_handle_t *)stream, closed);
	}
}

static void connected(uv_stream_t *server, int status)
{
	struct conn *c = calloc(1, sizeof *c);
	c->in = malloc(LINE_MAX_BYTES);
	c->pipe.data = c;
	uv_pipe_init(loop, &c->pipe, 0);
	if (uv_accept(server, (uv_stream_t *)&c->pipe) == 0)
		uv_read_start((uv_stream_t *)&c->pipe, give_buffer, received);
	else
		uv_close((uv_handle_t *)&c->pipe, closed);
}

static void stop(uv_signal_t *handle, int number)
{
	uv_stop(loop);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: bare_reference DATABASE SOCKET\n");
		return 2;
	}
	loop = uv_default_loop();
	todo.last = &todo.first;
	done.last = &done.first;
	uv_mutex_init(&lock);
	uv_cond_init(&work);
	uv_async_init(loop, &wake, drain);
	open_database(argv[1]);
	uv_thread_t thread;
	uv_thread_create(&thread, writer, NULL);
	uv_signal_t on_term, on_int;
	uv_signal_init(loop, &on_term);
	uv_signal_init(loop, &on_int);
	uv_signal_start(&on_term, stop, SIGTERM);
	uv_signal_start(&on_int, stop, SIGINT);
	uv_pipe_t server;
	uv_pipe_init(loop, &server, 0);
	unlink(argv[2]);
	int rc = uv_pipe_bind(&server, argv[2]);
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&server, 512, connected);
	if (rc != 0)
		fail(argv[2], uv_strerror(rc));
	uv_run(loop, UV_RUN_DEFAULT);
	uv_mutex_lock(&lock);
	stopping = true;
	uv_cond_signal(&work);
	uv_mutex_unlock(&lock);
	uv_thread_join(&thread);
	unlink(argv[2]);
	sqlite3_stmt *all[] = {begin, commit, insert_case, update_case, insert_history};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		sqlite3_finalize(all[i]);
	sqlite3_close(db); /* brings the log into the file, so that its size can be compared */
	return 0;
}
