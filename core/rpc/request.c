#include "rpc/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "engine/engine.h"
#include "pack/pack.h"
#include "rpc/conn.h"
#include "rpc/method.h"
#include "rpc/quick.h"
#include "rpc/readers.h"
#include "rpc/reply.h"
#include "rpc/state.h"

#define ID_INLINE       48
#define ID_MAX          256
#define SPARE_MAX       1024
#define METHOD_NAME_MAX 128

/* Answers of one array, gathered until the last is there. */
struct batch {
	struct buf out;
	int open; /* requests not finished, plus one while the array is being read */
};

/* One request on its way; at the command's `owner` while the engine has it. */
struct request {
	struct request *next; /* free list */
	struct conn *conn;
	struct batch *batch; /* or NULL */
	bool notification;   /* nothing is answered */
	size_t bytes;        /* of its text */
	size_t id_len;
	char id[ID_INLINE]; /* JSON text of the id */
	char *long_id;      /* owned: when it does not fit there */
};

/* A read method at work. */
struct read_job {
	struct pool_job job;
	struct request *req;
	struct rpc_call call;
	struct buf out;
	anju_status status;
	anju_error err;
};

/* --- requests come and go often: a free list instead of malloc --- */

static struct request *request_take(struct conn *conn, struct batch *batch, size_t bytes)
{
	struct rpc_server *server = conn->server;
	struct request *req = server->spare;
	if (req != NULL) {
		server->spare = req->next;
		server->spare_len--;
	} else {
		req = malloc(sizeof *req);
		if (req == NULL)
			return NULL;
	}
	req->next = NULL;
	req->conn = conn;
	req->batch = batch;
	req->notification = false;
	req->long_id = NULL;
	memcpy(req->id, "null", 5);
	req->id_len = 4;
	req->bytes = bytes;
	conn_work_begin(conn, bytes);
	if (batch != NULL)
		batch->open++;
	return req;
}

static void request_give(struct rpc_server *server, struct request *req)
{
	free(req->long_id);
	if (server->spare_len >= SPARE_MAX) {
		free(req);
		return;
	}
	req->next = server->spare;
	server->spare = req;
	server->spare_len++;
}

void request_pool_free(struct rpc_server *server)
{
	while (server->spare != NULL) {
		struct request *req = server->spare;
		server->spare = req->next;
		free(req);
	}
	server->spare_len = 0;
}

static const char *id_text(const struct request *req)
{
	return req->long_id != NULL ? req->long_id : req->id;
}

/* --- answers --- */

static bool is_gone(const struct conn *conn)
{
	return conn->state == CONN_CLOSING;
}

/* Where the answer goes: the connection's buffer, or the batch's with a comma. NULL = nowhere. */
static struct buf *answer_open(struct request *req)
{
	if (req->notification || is_gone(req->conn))
		return NULL;
	if (req->batch == NULL)
		return conn_out(req->conn);
	buf_addc(&req->batch->out, req->batch->out.len == 0 ? '[' : ',');
	return &req->batch->out;
}

static void batch_close(struct conn *conn, struct batch *batch)
{
	if (--batch->open > 0)
		return;
	if (batch->out.len > 0 && !is_gone(conn)) {
		buf_add(conn_out(conn), batch->out.data, batch->out.len);
		buf_addc(&conn->out, ']');
		conn->out.failed = conn->out.failed || batch->out.failed;
		conn_line_done(conn);
	}
	buf_done(&batch->out);
	free(batch);
}

/* The request is over; its answer, if any, has been written. */
static void answer_close(struct request *req, const struct buf *answered)
{
	struct conn *conn = req->conn;
	conn_work_end(conn, req->bytes);
	if (req->batch != NULL)
		batch_close(conn, req->batch);
	else if (answered != NULL)
		conn_line_done(conn);
	request_give(conn->server, req);
}

static void answer_result(struct request *req, const char *text, size_t len)
{
	struct buf *out = answer_open(req);
	if (out != NULL)
		reply_result(out, id_text(req), req->id_len, text, len);
	answer_close(req, out);
}

static void answer_error(struct request *req, int code, const anju_error *err, const json_t *data)
{
	struct buf *out = answer_open(req);
	if (out != NULL)
		reply_error(out, id_text(req), req->id_len, code, err, data);
	answer_close(req, out);
}

/* --- reading the envelope --- */

struct envelope {
	const char *method;
	size_t method_len;
	json_t *params;
	json_t *id;
	bool version;
};

static anju_status fail_request(
	anju_error *err, const char *where, const json_t *found, const char *allowed)
{
	struct json_at root = JSON_AT_ROOT(NULL);
	struct json_at at = JSON_AT_KEY(&root, where);
	return json_fail_at(
		err, "rpc.request", where[0] != '\0' ? &at : &root, found, "%s", allowed);
}

static void read_members(json_t *obj, struct envelope *env)
{
	const char *key;
	json_t *value;
	*env = (struct envelope){0};
	json_object_foreach(obj, key, value) {
		if (strcmp(key, "jsonrpc") == 0) {
			const char *s = json_string_value(value);
			env->version = s != NULL && strcmp(s, "2.0") == 0;
		} else if (strcmp(key, "method") == 0) {
			env->method = json_string_value(value);
			env->method_len = json_string_length(value);
		} else if (strcmp(key, "params") == 0) {
			env->params = value;
		} else if (strcmp(key, "id") == 0) {
			env->id = value;
		}
	}
}

static anju_status read_id(struct request *req, const json_t *id, anju_error *err)
{
	if (id == NULL) {
		req->notification = true;
		return ANJU_OK;
	}
	if (json_is_null(id))
		return ANJU_OK;
	if (json_is_integer(id)) {
		req->id_len = (size_t)snprintf(
			req->id, sizeof req->id, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
		return ANJU_OK;
	}
	if ((!json_is_string(id) && !json_is_real(id)) || json_string_length(id) > ID_MAX)
		return fail_request(err, "id", id, "@say.number_null_string|256");
	ANJU_AUTO_BUF text = BUF_INIT;
	out_value(&text, id);
	if (text.failed)
		return anju_fail_nomem(err);
	if (text.len < sizeof req->id) {
		memcpy(req->id, text.data, text.len + 1);
	} else {
		req->long_id = buf_take(&text);
		req->id_len = strlen(req->long_id);
		return ANJU_OK;
	}
	req->id_len = text.len;
	return ANJU_OK;
}

static anju_status check_envelope(
	struct request *req, json_t *obj, struct envelope *env, anju_error *err)
{
	if (!json_is_object(obj))
		return fail_request(err, "", obj, "@say.request_object");
	read_members(obj, env);
	anju_status st = read_id(req, env->id, err);
	if (st != ANJU_OK)
		return st;
	/* What is no valid request is answered even without an id. */
	req->notification = false;
	if (!env->version)
		return fail_request(err, "jsonrpc", json_object_get(obj, "jsonrpc"), "\"2.0\"");
	if (env->method == NULL || env->method_len > METHOD_NAME_MAX)
		return fail_request(
			err, "method", json_object_get(obj, "method"), "@say.method_name");
	if (env->params != NULL && !json_is_object(env->params) && !json_is_array(env->params))
		return fail_request(err, "params", env->params, "@say.object");
	req->notification = env->id == NULL;
	return ANJU_OK;
}

/* --- dispatch --- */

static anju_status who_is(struct conn *conn, const char *as, struct principal *ret, anju_error *err)
{
	bool given = as != NULL;
	if (!conn->as_known || given != conn->as_given || (given && strcmp(as, conn->as) != 0)) {
		struct principal who;
		anju_status st = principal_of(
			conn->server->org, conn->server->options.grants, conn->uid, as, &who, err);
		if (st != ANJU_OK)
			return st;
		conn->who = who;
		conn->as_given = given;
		conn->as_known = !given || strlen(as) < sizeof conn->as;
		if (given && conn->as_known)
			memcpy(conn->as, as, strlen(as) + 1);
	}
	*ret = conn->who;
	return ANJU_OK;
}

static void start_write(struct request *req, struct rpc_call *call)
{
	anju_error err;
	struct command *cmd = command_new(call->method->command);
	if (cmd == NULL) {
		(void)anju_fail_nomem(&err);
		answer_error(req, 0, &err, NULL);
		return;
	}
	cmd->who = call->who;
	cmd->params = json_incref(call->params);
	cmd->owner = req;
	anju_status st = call->method->write(call, cmd, &err);
	if (st == ANJU_OK)
		st = engine_submit(call->server->engine, cmd, &err);
	if (st == ANJU_OK)
		return; /* request_finished() has it from here */
	command_free(cmd);
	answer_error(req, 0, &err, NULL);
}

static void read_run(struct pool_job *work)
{
	struct read_job *job = (struct read_job *)work;
	struct store_reader *reader = NULL;
	struct rpc_server *server = job->call.server;
	job->status = readers_take(server->readers, &reader, &job->err);
	if (job->status != ANJU_OK)
		return;
	job->status = job->call.method->read(&job->call, reader, &job->out, &job->err);
	readers_give(server->readers, reader);
	if (job->status == ANJU_OK && job->out.failed)
		job->status = anju_fail_nomem(&job->err);
}

static void read_free(struct read_job *job)
{
	json_decref(job->call.params);
	buf_done(&job->out);
	free(job);
}

static void read_done(struct pool_job *work)
{
	struct read_job *job = (struct read_job *)work;
	struct rpc_server *server = job->call.server;
	struct conn *conn = job->req->conn;
	if (job->status == ANJU_OK)
		answer_result(job->req, job->out.data, job->out.len);
	else
		answer_error(job->req, 0, &job->err, NULL);
	read_free(job);
	if (!conn->dirty) /* nothing to flush: a notification, or the peer is gone */
		conn_tick(conn);
	conn_flush_dirty(server);
}

/* Nobody is there any more to read the answer. */
static void read_dropped(struct pool_job *work)
{
	struct read_job *job = (struct read_job *)work;
	answer_close(job->req, NULL);
	read_free(job);
}

static void start_read(struct request *req, const struct rpc_call *call)
{
	anju_error err;
	/* how it stands can be asked however busy it is */
	anju_status st = call->method->always ? ANJU_OK : pool_admit(req->conn, &err);
	struct read_job *job = st == ANJU_OK ? calloc(1, sizeof *job) : NULL;
	if (job == NULL) {
		if (st == ANJU_OK)
			(void)anju_fail_nomem(&err);
		answer_error(req, 0, &err, NULL);
		return;
	}
	job->req = req;
	job->call = *call;
	job->call.conn = NULL;
	job->call.params = json_incref(call->params);
	job->job.run = read_run;
	job->job.done = read_done;
	job->job.dropped = read_dropped;
	pool_put(req->conn, &job->job);
}

static void run_local(struct request *req, struct rpc_call *call)
{
	anju_error err;
	ANJU_AUTO_BUF out = BUF_INIT;
	anju_status st = call->method->local(call, &out, &err);
	if (st == ANJU_OK && out.failed)
		st = anju_fail_nomem(&err);
	if (st == ANJU_OK)
		answer_result(req, out.data, out.len);
	else
		answer_error(req, 0, &err, NULL);
}

static anju_status check_call(
	struct conn *conn, const struct envelope *env, struct rpc_call *call, anju_error *err)
{
	const char *as = NULL;
	if (json_is_array(env->params) && json_array_size(env->params) > 0) {
		(void)anju_fail(err, ANJU_E_INVALID, "rpc.by_position", "parameters by position");
		anju_error_allowed(err, "@say.object");
		return ANJU_E_INVALID;
	}
	call->params = json_is_object(env->params) ? env->params : NULL;
	anju_status st = method_check(call->method, call->params, call->arg, &as, err);
	if (st != ANJU_OK)
		return st;
	st = who_is(conn, as, &call->who, err);
	if (st == ANJU_OK || !call->method->anyone)
		return st;
	call->who = (struct principal){.uid = conn->uid};
	return ANJU_OK;
}

static anju_status fail_method(const struct envelope *env, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "rpc.method", "unknown method");
	anju_error_found(err, "%s", env->method);
	anju_error_allowed(err, "rpc.discover");
	return ANJU_E_NOTFOUND;
}

static void dispatch(struct request *req, const struct envelope *env)
{
	anju_error err;
	struct conn *conn = req->conn;
	struct rpc_call call;
	call.method = method_find(env->method, env->method_len);
	if (call.method == NULL) {
		(void)fail_method(env, &err);
		answer_error(req, RPC_METHOD_NOT_FOUND, &err, NULL);
		return;
	}
	call.server = conn->server;
	call.conn = conn;
	if (check_call(conn, env, &call, &err) != ANJU_OK) {
		answer_error(req, 0, &err, NULL);
		return;
	}
	switch (call.method->kind) {
	case METHOD_WRITE:
		start_write(req, &call);
		break;
	case METHOD_READ:
		start_read(req, &call);
		break;
	case METHOD_LOCAL:
		run_local(req, &call);
		break;
	}
}

static void request_start(struct conn *conn, struct batch *batch, json_t *obj, size_t bytes)
{
	anju_error err;
	struct envelope env = {0};
	struct request *req = request_take(conn, batch, bytes);
	if (req == NULL) {
		conn_abort(conn); /* no memory even to say so */
		return;
	}
	if (check_envelope(req, obj, &env, &err) != ANJU_OK) {
		req->notification = false;
		answer_error(req, RPC_INVALID_REQUEST, &err, NULL);
		return;
	}
	dispatch(req, &env);
}

/* --- the quick way --- */

/* The values of a command hang on one reference. */
static bool hold_values(struct command *cmd, struct quick *q)
{
	cmd->data = q->data;
	cmd->docs = q->docs;
	if (q->data == NULL || q->docs == NULL) {
		cmd->params = q->data != NULL ? ANJU_TAKE(q->data) : ANJU_TAKE(q->docs);
		return true;
	}
	cmd->params = json_array();
	return json_array_append(cmd->params, q->data) == 0 &&
	       json_array_append(cmd->params, q->docs) == 0;
}

/* The key of "workflow/key", which is cut in two in place; NULL if it is no such name. */
static const char *cut_case(const char *name)
{
	char *slash = strchr(name, '/');
	if (slash == NULL || slash == name || slash[1] == '\0')
		return NULL;
	*slash = '\0';
	return slash + 1;
}

/* NULL when something is wrong: the full way finds it again, and says what it is. */
static struct command *quick_command(struct conn *conn, struct quick *q)
{
	bool send = q->event != NULL;
	const char *key = send ? cut_case(q->case_name) : q->key;
	const char *workflow = send ? q->case_name : q->workflow;
	const struct workflow *wf =
		key != NULL ? pack_set_workflow(conn->server->options.packs, workflow) : NULL;
	struct principal who;
	int64_t effective_ms = COMMAND_NO_TIME;
	if (wf == NULL || who_is(conn, q->as, &who, NULL) != ANJU_OK ||
		(q->effective_at != NULL &&
			timestamp_parse(q->effective_at, &effective_ms, NULL) != ANJU_OK))
		return NULL;
	struct command *cmd = command_new(send ? COMMAND_SEND : COMMAND_OPEN);
	if (cmd == NULL || !hold_values(cmd, q)) {
		command_free(cmd);
		return NULL;
	}
	cmd->text = ANJU_TAKE(q->text);
	cmd->who = who;
	cmd->workflow = wf->id;
	cmd->key = key;
	cmd->event = q->event;
	cmd->reason = q->reason;
	cmd->idem = q->idem;
	cmd->expect_rev = q->expect_rev;
	cmd->dry_run = q->dry_run;
	cmd->effective_ms = effective_ms;
	return cmd;
}

/* False: nothing has happened, take the full way. */
static bool start_quick(struct conn *conn, const char *line, size_t n)
{
	struct quick q;
	if (!quick_scan(line, n, &q))
		return false;
	struct command *cmd = quick_command(conn, &q);
	struct request *req = cmd != NULL ? request_take(conn, NULL, n) : NULL;
	if (req == NULL) {
		command_free(cmd);
		quick_done(&q);
		return false;
	}
	memcpy(req->id, q.id, q.id_len);
	req->id[q.id_len] = '\0';
	req->id_len = q.id_len;
	quick_done(&q);
	cmd->owner = req;
	anju_error err;
	if (engine_submit(conn->server->engine, cmd, &err) != ANJU_OK) {
		command_free(cmd);
		answer_error(req, 0, &err, NULL);
	}
	return true;
}

/* --- lines --- */

static void answer_line(struct conn *conn, int code, const anju_error *err)
{
	reply_error(conn_out(conn), "null", 4, code, err, NULL);
	conn_line_done(conn);
}

static void start_batch(struct conn *conn, json_t *array, size_t bytes)
{
	size_t n = json_array_size(array);
	if (n == 0 || n > (size_t)conn->server->options.batch_limit) {
		anju_error err;
		(void)anju_fail(&err, ANJU_E_INVALID, "rpc.batch", "batch of %zu requests", n);
		anju_error_found(&err, "%zu", n);
		anju_error_allowed(&err, "1 … %d", conn->server->options.batch_limit);
		answer_line(conn, RPC_INVALID_REQUEST, &err);
		return;
	}
	struct batch *batch = calloc(1, sizeof *batch);
	if (batch == NULL) {
		conn_abort(conn);
		return;
	}
	batch->open = 1;
	for (size_t i = 0; i < n && !is_gone(conn); i++)
		request_start(conn, batch, json_array_get(array, i), bytes / n);
	batch_close(conn, batch);
}

static bool is_blank(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	}
	return true;
}

void request_line(struct conn *conn, const char *line, size_t n)
{
	if (is_blank(line, n) || start_quick(conn, line, n))
		return;
	json_error_t bad;
	json_t *v = json_loadb(line, n, 0, &bad);
	if (json_is_object(v)) {
		request_start(conn, NULL, v, n);
	} else if (json_is_array(v)) {
		start_batch(conn, v, n);
	} else {
		anju_error err;
		(void)anju_fail(
			&err, ANJU_E_INVALID, "rpc.parse", "%s at byte %d", bad.text, bad.position);
		anju_error_found(&err, "%d", bad.position);
		answer_line(conn, RPC_PARSE_ERROR, &err);
	}
	json_decref(v);
}

void request_line_too_long(struct conn *conn, size_t limit)
{
	anju_error err;
	(void)anju_fail(&err, ANJU_E_LIMIT, "rpc.line", "line too long");
	anju_error_allowed(&err, "%zu", limit);
	answer_line(conn, RPC_INVALID_REQUEST, &err);
}

void request_finished(struct rpc_server *server, struct command *list)
{
	while (list != NULL) {
		struct command *cmd = list;
		list = cmd->next;
		struct request *req = cmd->owner;
		struct conn *conn = req->conn;
		if (cmd->status == ANJU_OK && cmd->reply.failed)
			cmd->status = anju_fail_nomem(&cmd->err);
		if (cmd->status == ANJU_OK)
			answer_result(req, cmd->reply.data, cmd->reply.len);
		else
			answer_error(req, 0, &cmd->err, cmd->err_data);
		command_free(cmd);
		if (!conn->dirty) /* nothing to flush: a notification, or the peer is gone */
			conn_tick(conn);
	}
	conn_flush_dirty(server);
}
