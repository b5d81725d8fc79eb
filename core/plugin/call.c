/*~ Asking a plugin and waiting for it. A request is shared by two: the caller, who waits with a time
 * limit, and the plugin, which owes exactly one answer, now or later, from any thread. It lives until both
 * have let go, so an answer after the time limit finds a request to drop its result into.
 *
 *            done / fail                     caller returns
 *   OWED ----------------> ANSWERED  -----------------------> freed
 *    | time limit passes, caller returns
 *    v        done / fail
 *   LATE ----------------> freed
 */
#include "plugin/plugin.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/messages.h"
#include "plugin/record.h"

struct request {
	anju_request api; /* first: the plugin holds its address */
	struct plugin *p; /* borrowed: outlives every owed request, see plugin_set_free() */
	pthread_cond_t answered_cond;
	struct request *next, **link; /* in p->owed until answered */
	bool waited_for;              /* the caller still holds it */
	bool answered, pending;
	json_t *result;   /* owned */
	anju_error error; /* status ANJU_OK: result counts */
};

static void request_free(struct request *r)
{
	pthread_cond_destroy(&r->answered_cond);
	json_decref(r->result);
	free(r);
}

/** Takes `result`. */
static anju_answered answer(struct request *r, json_t *result, const anju_error *error)
{
	struct plugin *p = r->p;
	pthread_mutex_lock(&p->lock);
	if (r->answered) {
		pthread_mutex_unlock(&p->lock);
		json_decref(result);
		log_line(LOG_ERROR_, "plugin", "answered_twice", "plugin=%s", p->name);
		return (anju_answered){1};
	}
	r->answered = true;
	r->result = result;
	if (error != NULL)
		r->error = *error;
	*r->link = r->next;
	if (r->next != NULL)
		r->next->link = r->link;
	bool late = !r->waited_for;
	if (!late)
		pthread_cond_signal(&r->answered_cond);
	/* named before the unlock: from then on the record may go with its set */
	if (late)
		log_line(LOG_WARN_, "plugin", "late_answer", "plugin=%s", p->name);
	pthread_mutex_unlock(&p->lock);
	if (late)
		request_free(r);
	return (anju_answered){1};
}

static anju_answered request_done(anju_request *api, const json_t *result)
{
	/* a deep copy: the plugin may go on using its value on another thread */
	json_t *copy = result != NULL ? json_deep_copy(result) : json_null();
	anju_error nomem = {0};
	if (copy == NULL)
		(void)anju_fail_nomem(&nomem);
	return answer((struct request *)api, copy, &nomem);
}

static anju_answered request_fail(anju_request *api, const anju_error *error)
{
	struct request *r = (struct request *)api;
	anju_error own = {0};
	if (error != NULL)
		own = *error;
	plugin_error_clean(&own, r->p->name);
	return answer(r, NULL, &own);
}

static anju_answered request_pending(anju_request *api)
{
	struct request *r = (struct request *)api;
	pthread_mutex_lock(&r->p->lock);
	r->pending = true;
	pthread_mutex_unlock(&r->p->lock);
	return (anju_answered){1};
}

static struct request *request_new(struct plugin *p, int timeout_ms)
{
	struct request *r = calloc(1, sizeof *r);
	if (r == NULL)
		return NULL;
	r->api = (anju_request){.size = sizeof r->api,
		.timeout_ms = timeout_ms > 0 ? (uint32_t)timeout_ms : 0,
		.done = request_done,
		.fail = request_fail,
		.pending = request_pending};
	r->p = p;
	r->waited_for = true;
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->answered_cond, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_lock(&p->lock);
	r->next = p->owed;
	r->link = &p->owed;
	if (r->next != NULL)
		r->next->link = &r->next;
	p->owed = r;
	pthread_mutex_unlock(&p->lock);
	return r;
}

static struct timespec deadline_after(int timeout_ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	int64_t ns = t.tv_nsec + (int64_t)(timeout_ms > 0 ? timeout_ms % 1000 : 0) * 1000000;
	t.tv_sec += (timeout_ms > 0 ? timeout_ms / 1000 : 0) + ns / 1000000000;
	t.tv_nsec = ns % 1000000000;
	return t;
}

/** What is asked: for messages and the log. */
struct question {
	struct plugin *p;
	const char *what; /* function, channel or calendar */
	int timeout_ms;
	anju_status timeout_status;
};

static anju_status no_answer(const struct question *q, bool forgotten, anju_error *err)
{
	const char *id = forgotten ? "plugin.no_answer" : "plugin.timeout";
	anju_status st = forgotten ? ANJU_E_PLUGIN : q->timeout_status;
	(void)anju_fail(err, st, id, "%s.%s: %s", q->p->name, q->what,
		forgotten ? "returned without an answer" : "no answer in time");
	anju_error_found(err, "%s.%s", q->p->name, q->what);
	anju_error_allowed(err, "@say.milliseconds|%d", q->timeout_ms);
	return st;
}

/** Wait for the answer and let go of the request. *ret_result is the caller's, set on success only. */
static anju_status collect(const struct question *q, struct request *r,
	const struct timespec *until, json_t **ret_result, anju_error *err)
{
	struct plugin *p = q->p;
	int rc = 0;
	pthread_mutex_lock(&p->lock);
	/* neither an answer nor the promise of one: nothing to wait for */
	bool forgotten = !r->answered && !r->pending;
	while (!r->answered && !forgotten && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&r->answered_cond, &p->lock, until);
	bool answered = r->answered;
	r->waited_for = false;
	pthread_mutex_unlock(&p->lock);
	if (!answered) /* stays in p->owed: whatever comes later is dropped there */
		return no_answer(q, forgotten, err);
	anju_status st = r->error.status;
	if (st == ANJU_OK)
		*ret_result = ANJU_TAKE(r->result);
	else if (err != NULL)
		*err = r->error;
	request_free(r);
	return st;
}

static anju_status unknown(const struct question *q, const char *list, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "plugin.unknown_function",
		"plugin %s offers no %s among its %s", q->p->name, q->what, list);
	anju_error_found(err, "%s.%s", q->p->name, q->what);
	anju_error_allowed(err, "@say.manifest_of|%s", q->p->name);
	return ANJU_E_NOTFOUND;
}

static anju_status begin(const struct question *q, bool offered, const char *list,
	struct request **ret, anju_error *err)
{
	if (!offered)
		return unknown(q, list, err);
	if (!q->p->running) {
		(void)anju_fail(err, ANJU_E_UNSUPPORTED, "plugin.not_running",
			"plugin %s: only its manifest was read", q->p->name);
		anju_error_found(err, "%s", q->p->name);
		return ANJU_E_UNSUPPORTED;
	}
	struct request *r = request_new(q->p, q->timeout_ms);
	if (r == NULL)
		return anju_fail_nomem(err);
	*ret = r;
	return ANJU_OK;
}

/** For calls whose failures all mean the same to the caller: ANJU_E_PLUGIN, the plugin's words in text. */
static anju_status as_failed(const struct question *q, anju_status st, anju_error *err)
{
	if (err == NULL)
		return ANJU_E_PLUGIN;
	if (st == ANJU_E_PLUGIN && strcmp(err->id, "plugin.failed") != 0 &&
		strncmp(err->id, "plugin.", 7) == 0)
		return st;
	anju_error own = *err;
	(void)anju_fail(
		err, ANJU_E_PLUGIN, "plugin.failed", "%s.%s: %s", q->p->name, q->what, own.text);
	err->origin = ANJU_ORIGIN_PLUGIN;
	err->cause = own.status;
	anju_error_file(err, own.file);
	anju_error_where(err, "%s", own.where);
	anju_error_found(err, "%s.%s", q->p->name, q->what);
	return ANJU_E_PLUGIN;
}

static bool has_text(const json_t *obj, const char *key)
{
	return json_string_length(json_object_get(obj, key)) > 0;
}

/** NULL: the shape is right. */
static const char *verdict_fault(const json_t *v)
{
	const json_t *values = json_object_get(v, "values"), *reason = json_object_get(v, "reason");
	if (!json_is_object(v))
		return "@say.object";
	if (!json_is_boolean(json_object_get(v, "ok")))
		return "@say.verdict_ok";
	if (values != NULL && !json_is_object(values))
		return "@say.verdict_values";
	if (json_is_false(json_object_get(v, "ok")) &&
		(!has_text(reason, "zh") || !has_text(reason, "en")))
		return "@say.verdict_reason";
	return NULL;
}

/** Consumes `answer`. */
static anju_status take_verdict(
	const struct question *q, json_t *answer_, json_t **ret_verdict, anju_error *err)
{
	ANJU_AUTO_JSON *v = answer_;
	const char *fault = verdict_fault(v);
	if (fault != NULL) {
		ANJU_AUTO_MEM char *text = json_text(v);
		char wanted[80];
		(void)anju_fail(err, ANJU_E_PLUGIN, "plugin.bad_verdict",
			"%s.%s: not a verdict, wanted %s", q->p->name, q->what,
			message_english(fault, wanted, sizeof wanted));
		anju_error_where(err, "%s.%s", q->p->name, q->what);
		anju_error_found(err, "%s", text != NULL ? text : "?");
		anju_error_allowed(err, "%s", fault);
		return ANJU_E_PLUGIN;
	}
	if (json_object_get(v, "values") == NULL &&
		json_object_set_new(v, "values", json_object()) != 0)
		return anju_fail_nomem(err);
	*ret_verdict = ANJU_TAKE(v);
	return ANJU_OK;
}

anju_status plugin_policy(struct plugin *p, const char *function, const json_t *input,
	int timeout_ms, json_t **ret_verdict, anju_error *err)
{
	struct question q = {p, function, timeout_ms, ANJU_E_PLUGIN};
	struct timespec until = deadline_after(timeout_ms);
	struct request *r = NULL;
	anju_status st = begin(&q, plugin_offers_policy(p, function), "policies", &r, err);
	if (st != ANJU_OK)
		return st;
	(void)p->api.policy(p->self, function, input, &r->api);
	json_t *result = NULL;
	st = collect(&q, r, &until, &result, err);
	if (st != ANJU_OK)
		return as_failed(&q, st, err);
	return take_verdict(&q, result, ret_verdict, err);
}

anju_status plugin_deliver(struct plugin *p, const char *channel, const json_t *message,
	int timeout_ms, anju_error *err)
{
	/* the same id twice has the effect of once, so a delivery without an answer may be tried again */
	struct question q = {p, channel, timeout_ms, ANJU_E_BUSY};
	struct timespec until = deadline_after(timeout_ms);
	struct request *r = NULL;
	anju_status st = begin(&q, plugin_offers_channel(p, channel), "channels", &r, err);
	if (st != ANJU_OK)
		return st;
	(void)p->api.deliver(p->self, channel, message, &r->api);
	ANJU_AUTO_JSON *result = NULL;
	st = collect(&q, r, &until, &result, err);
	return st == ANJU_OK ? st : anju_wrap(err, st, "channel %s of %s", channel, p->name);
}

anju_status plugin_calendar(struct plugin *p, const char *calendar, int timeout_ms,
	json_t **ret_notices, anju_error *err)
{
	struct question q = {p, calendar, timeout_ms, ANJU_E_PLUGIN};
	struct timespec until = deadline_after(timeout_ms);
	struct request *r = NULL;
	anju_status st = begin(&q, plugin_offers_calendar(p, calendar), "calendars", &r, err);
	if (st != ANJU_OK)
		return st;
	(void)p->api.calendar(p->self, calendar, &r->api);
	ANJU_AUTO_JSON *result = NULL;
	st = collect(&q, r, &until, &result, err);
	if (st != ANJU_OK)
		return as_failed(&q, st, err);
	size_t i = 0;
	while (i < json_array_size(result) && json_is_object(json_array_get(result, i)))
		i++;
	if (!json_is_array(result) || i < json_array_size(result)) {
		(void)anju_fail(err, ANJU_E_PLUGIN, "plugin.bad_notices",
			"%s.%s: not an array of year notices", p->name, calendar);
		anju_error_where(err, "%s.%s", p->name, calendar);
		anju_error_found(err, "%s", json_type_text(result));
		anju_error_allowed(err, "@say.objects");
		return ANJU_E_PLUGIN;
	}
	*ret_notices = ANJU_TAKE(result);
	return ANJU_OK;
}
