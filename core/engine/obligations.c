/*~
 * Duties of units that begin by the calendar: each opens a case of its own for every unit concerned, exactly
 * once per period.
 *
 * Meta rows of each obligation say how far it has come, written in the transaction of the cases themselves:
 *
 *   obligation/<id>        "<done>" or "<done> <day> <name>": the last period that has been gone through (nominal
 *                          day, "-" = none yet); the one being opened, up to whom
 *   obligation.left/<id>   whose cases could not be opened: they hold up nobody (obligation_left.h)
 *   obligation.units/<id>  whom it concerned when that was last looked at
 *
 * So neither a crash nor downtime loses or doubles one: what was missed is opened afterwards, period by period, the
 * oldest of all obligations first, a bounded number a transaction. The key's being unique is the second line of
 * defence. A unit that the packs name for the first time gets what is running (joining).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "engine/impl.h"
#include "engine/obligation_left.h"
#include "pack/plan.h"

/* Cases a transaction: other commands keep their turn while a year is caught up. */
#define OPEN_AT_ONCE 128
/* One that cannot begin is tried again in an hour. */
#define RETRY_MS       INT64_C(3600000)
#define NAME_MAX_CHARS 96

/** How far one obligation has come. */
struct beginning {
	int32_t done; /* nominal day; PLAN_NONE */
	bool has_next;
	struct plan_period next;
	char after[NAME_MAX_CHARS]; /* of `next`: up to whom; "" = nobody yet */
	struct obligation_left left;
	bool joining;  /* whom it concerns is to be compared with `known` */
	json_t *known; /* owned: names, those that were concerned before; NULL = not said */
	int64_t retry_ms;
};

static void meta_name(const char *kind, const struct obligation *o, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", kind, o->id);
}

/* --- reading --- */

static anju_status compute_next(
	struct engine *e, const struct obligation *o, struct beginning *b, anju_error *err)
{
	anju_status st = plan_next(o, e->env.calendar, b->done, &b->next, err);
	b->has_next = st == ANJU_OK;
	return st == ANJU_E_NOTFOUND ? ANJU_OK : st;
}

static anju_status read_progress(
	struct engine *e, const struct obligation *o, struct beginning *b, anju_error *err)
{
	char name[NAME_MAX_CHARS], done[16] = "-", flag = '\0';
	const char *text;
	int day = 0;
	meta_name("obligation", o, name, sizeof name);
	b->done = PLAN_NONE;
	anju_status st = store_meta_get(e->options.store, name, &text, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	int parts =
		st == ANJU_OK ? sscanf(text, "%15s %d %95s %c", done, &day, b->after, &flag) : 0;
	if (strcmp(done, "-") != 0)
		b->done = (int32_t)strtol(done, NULL, 10);
	st = compute_next(e, o, b, err);
	/* a later version of the pack may have another next period than the one that was being opened */
	if (parts < 3 || !b->has_next || b->next.day != day)
		b->after[0] = '\0';
	/* an earlier version went through the whole period again when someone had been left out */
	if (flag == '!')
		b->after[0] = '\0';
	return st;
}

static anju_status split_names(const char *text, json_t *names, anju_error *err)
{
	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		char name[NAME_MAX_CHARS];
		snprintf(name, sizeof name, "%.*s", (int)n, text);
		if (json_object_set_new(names, name, json_true()) != 0)
			return anju_fail_nomem(err);
		text += n + (text[n] == ' ');
	}
	return ANJU_OK;
}

static bool all_there(const struct obligation *o, const json_t *known)
{
	for (size_t i = 0; i < o->obliged_len; i++) {
		if (json_object_get(known, o->obliged[i].name) == NULL)
			return false;
	}
	return true;
}

static anju_status read_known(
	struct engine *e, const struct obligation *o, struct beginning *b, anju_error *err)
{
	char name[NAME_MAX_CHARS];
	const char *text;
	if (o->triggered)
		return ANJU_OK;
	meta_name("obligation.units", o, name, sizeof name);
	anju_status st = store_meta_get(e->options.store, name, &text, err);
	b->joining = true;
	if (st != ANJU_OK)
		return st == ANJU_E_NOTFOUND ? ANJU_OK : st;
	ANJU_AUTO_JSON *known = json_object();
	if (known == NULL)
		return anju_fail_nomem(err);
	st = split_names(text, known, err);
	if (st != ANJU_OK)
		return st;
	/* also when somebody has gone: who comes back is new */
	b->joining = json_object_size(known) != o->obliged_len || !all_there(o, known);
	if (b->joining)
		b->known = ANJU_TAKE(known);
	return ANJU_OK;
}

void engine_obligations_done(struct engine *e)
{
	for (size_t i = 0; i < e->beginnings_len; i++) {
		json_decref(e->beginnings[i].known);
		json_decref(e->beginnings[i].left.list);
	}
	free(e->beginnings);
	e->beginnings = NULL;
	e->beginnings_len = 0;
}

/* When the first of them wants to be looked at. */
static void set_next(struct engine *e)
{
	e->next_obligation_ms = DUTY_NEVER;
	int64_t left_out = 0;
	for (size_t i = 0; i < e->beginnings_len; i++) {
		const struct beginning *b = &e->beginnings[i];
		int64_t at = b->has_next ? timestamp_of_day(b->next.begins) : DUTY_NEVER;
		if (b->joining)
			at = 0;
		if (at < b->retry_ms)
			at = b->retry_ms;
		size_t left = json_array_size(b->left.list);
		if (left > 0 && b->left.retry_ms < at)
			at = b->left.retry_ms;
		left_out += (int64_t)left;
		if (at < e->next_obligation_ms)
			e->next_obligation_ms = at;
	}
	pthread_mutex_lock(&e->lock);
	e->figures.obligations_left = left_out;
	pthread_mutex_unlock(&e->lock);
}

anju_status engine_obligations_init(struct engine *e, anju_error *err)
{
	size_t n = pack_set_obligation_count(e->options.packs);
	engine_obligations_done(e);
	e->next_obligation_ms = DUTY_NEVER;
	if (e->options.no_obligations || n == 0)
		return ANJU_OK;
	e->beginnings = calloc(n, sizeof *e->beginnings);
	if (e->beginnings == NULL)
		return anju_fail_nomem(err);
	e->beginnings_len = n;
	for (size_t i = 0; i < n; i++) {
		const struct obligation *o = pack_set_obligation_at(e->options.packs, i);
		anju_status st = read_progress(e, o, &e->beginnings[i], err);
		if (st == ANJU_OK)
			st = read_known(e, o, &e->beginnings[i], err);
		if (st == ANJU_OK)
			st = engine_left_load(e, o->id, &e->beginnings[i].left, err);
		if (st != ANJU_OK)
			return st;
	}
	set_next(e);
	return ANJU_OK;
}

anju_status engine_obligations_again(struct engine *e, anju_error *err)
{
	for (size_t i = 0; i < e->beginnings_len; i++) {
		const struct obligation *o = pack_set_obligation_at(e->options.packs, i);
		anju_status st = compute_next(e, o, &e->beginnings[i], err);
		if (st != ANJU_OK)
			return st;
	}
	set_next(e);
	return ANJU_OK;
}

/* --- writing --- */

static anju_status save_progress(
	struct engine *e, const struct obligation *o, const struct beginning *b, anju_error *err)
{
	char name[NAME_MAX_CHARS], text[160], done[16] = "-";
	meta_name("obligation", o, name, sizeof name);
	if (b->done != PLAN_NONE)
		snprintf(done, sizeof done, "%d", (int)b->done);
	if (b->after[0] != '\0')
		snprintf(text, sizeof text, "%s %d %s", done, (int)b->next.day, b->after);
	else
		snprintf(text, sizeof text, "%s", done);
	return store_meta_put(e->options.store, name, text, err);
}

/* `known` NULL: all that there are. */
static anju_status save_known(
	struct engine *e, const struct obligation *o, const json_t *known, anju_error *err)
{
	char name[NAME_MAX_CHARS];
	ANJU_AUTO_BUF text = BUF_INIT;
	meta_name("obligation.units", o, name, sizeof name);
	for (size_t i = 0; i < o->obliged_len; i++) {
		const char *code = o->obliged[i].name;
		if (known == NULL || json_object_get(known, code) != NULL)
			buf_addf(&text, "%s%s", text.len > 0 ? " " : "", code);
	}
	if (text.failed)
		return anju_fail_nomem(err);
	return store_meta_put(e->options.store, name, text.data != NULL ? text.data : "", err);
}

/* --- one case --- */

struct opening {
	struct plan_period period;
	bool joined; /* of a unit that is new: it counts from now */
};

static anju_status open_for(struct engine *e, const struct obligation *o,
	const struct obliged *whom, const struct plan_period *period, int64_t effective_ms,
	anju_error *err)
{
	static const struct principal anju_itself = {.system = true};
	const struct workflow *wf = pack_set_workflow(e->options.packs, o->workflow);
	bool late = period->begins < timestamp_to_day(e->env.now_ms);
	ANJU_AUTO_MEM char *key = plan_key(o, whom, period->day);
	ANJU_AUTO_JSON *data = plan_data(o, wf, whom, period, late);
	if (key == NULL || data == NULL)
		return anju_fail_nomem(err);
	struct case_request request = {.who = &anju_itself,
		.event = "case.open",
		.data = data,
		.effective_ms = effective_ms};
	anju_status st = engine_open_request(e, o->workflow, key, &request, 0, err);
	if (engine_is_there(st, err, o->workflow, key))
		return ANJU_OK;
	return st == ANJU_OK ? st : anju_wrap(err, st, "obligation %s for %s", o->id, whom->name);
}

/* All or nothing; *ret_why (status ANJU_OK: none): it could not be opened, which is no failure of the others. */
static anju_status open_guarded(struct engine *e, const struct obligation *o,
	const struct obliged *whom, const struct plan_period *period, int64_t effective_ms,
	anju_error *ret_why, anju_error *err)
{
	*ret_why = (anju_error){0};
	anju_status st = store_savepoint(e->options.store, err);
	if (st != ANJU_OK)
		return st;
	bool failed = open_for(e, o, whom, period, effective_ms, ret_why) != ANJU_OK;
	engine_untouch(e, failed);
	if (!failed)
		*ret_why = (anju_error){0}; /* it was there already, say */
	if (!failed)
		return store_release(e->options.store, err);
	store_rollback_to(e->options.store);
	return ANJU_OK;
}

/* What cannot be opened is left for later; *said: that has been logged. */
static anju_status open_or_leave(struct engine *e, const struct obligation *o, struct beginning *b,
	const struct obliged *whom, const struct opening *how, bool *said, anju_error *err)
{
	anju_error why;
	int64_t now = e->env.now_ms;
	int64_t effective_ms = how->joined ? now : timestamp_of_day(how->period.begins);
	anju_status st = open_guarded(e, o, whom, &how->period, effective_ms, &why, err);
	if (st != ANJU_OK || why.status == ANJU_OK)
		return st;
	if (!*said) /* mostly all for one reason */
		log_error("engine", "obligation_put_off", &why);
	*said = true;
	struct left_case one = {
		.unit = whom->name, .day = how->period.day, .since_ms = now, .joined = how->joined};
	if (json_array_size(b->left.list) == 0)
		b->left.retry_ms = now + RETRY_MS;
	return engine_left_add(&b->left, &one, &why, err);
}

static bool left_is_full(const struct beginning *b)
{
	return json_array_size(b->left.list) >= OBLIGATION_LEFT_MOST;
}

/* --- a period --- */

static anju_status end_period(
	struct engine *e, const struct obligation *o, struct beginning *b, anju_error *err)
{
	b->after[0] = '\0';
	b->done = b->next.day;
	b->retry_ms = 0;
	anju_status st = compute_next(e, o, b, err);
	return st == ANJU_OK ? save_progress(e, o, b, err) : st;
}

/* The period that is next, for those who come after `after`; takes from *budget what it opens. */
static anju_status begin(struct engine *e, const struct obligation *o, struct beginning *b,
	int64_t now, int *budget, anju_error *err)
{
	struct opening how = {.period = b->next};
	bool said = false;
	for (size_t i = 0; i < o->obliged_len; i++) {
		const struct obliged *whom = &o->obliged[i];
		if (strcmp(whom->name, b->after) <= 0)
			continue;
		if (left_is_full(b))
			b->retry_ms = now + RETRY_MS;
		if (left_is_full(b) || (*budget)-- <= 0)
			return save_progress(e, o, b, err);
		anju_status st = open_or_leave(e, o, b, whom, &how, &said, err);
		if (st != ANJU_OK)
			return st;
		snprintf(b->after, sizeof b->after, "%s", whom->name);
	}
	return end_period(e, o, b, err);
}

/* --- newcomers --- */

/* What is running when they come: the last period that was begun, unless its date has passed, or the last day. */
static bool running(const struct engine *e, const struct obligation *o, const struct beginning *b,
	const struct obliged *whom, int64_t now, struct plan_period *ret)
{
	const struct workflow *wf = pack_set_workflow(e->options.packs, o->workflow);
	struct due due;
	if (b->done == PLAN_NONE || o->until < timestamp_to_day(now))
		return false;
	ret->day = b->done;
	ret->begins = calendar_shift(e->env.calendar, b->done, o->shift);
	ANJU_AUTO_JSON *data = plan_data(o, wf, whom, ret, true);
	return plan_due(o, e->env.calendar, ret->begins, data, &due, NULL) != ANJU_OK ||
	       due.due_ms > now;
}

/* A unit gets the period that is running, and the one whose opening has gone past it; the next ones come to it as to
 * all. */
static anju_status join_one(struct engine *e, const struct obligation *o, struct beginning *b,
	const struct obliged *whom, int64_t now, bool *said, anju_error *err)
{
	struct opening how = {.joined = true};
	anju_status st = ANJU_OK;
	if (running(e, o, b, whom, now, &how.period))
		st = open_or_leave(e, o, b, whom, &how, said, err);
	how.period = b->next;
	if (st == ANJU_OK && b->after[0] != '\0' && strcmp(whom->name, b->after) <= 0)
		st = open_or_leave(e, o, b, whom, &how, said, err);
	return st;
}

static anju_status join_all(struct engine *e, const struct obligation *o, struct beginning *b,
	int64_t now, int *budget, anju_error *err)
{
	anju_status st = ANJU_OK;
	bool said = false;
	for (size_t i = 0; i < o->obliged_len && st == ANJU_OK; i++) {
		const struct obliged *whom = &o->obliged[i];
		if (json_object_get(b->known, whom->name) != NULL)
			continue;
		if (left_is_full(b))
			b->retry_ms = now + RETRY_MS;
		if (left_is_full(b) || (*budget)-- <= 0)
			return ANJU_OK;
		st = join_one(e, o, b, whom, now, &said, err);
		if (st == ANJU_OK && json_object_set_new(b->known, whom->name, json_true()) != 0)
			return anju_fail_nomem(err);
	}
	return st;
}

/* Whom it concerns is compared with whom it concerned; the first time everybody is there from the beginning. */
static anju_status join(struct engine *e, const struct obligation *o, struct beginning *b,
	int64_t now, int *budget, anju_error *err)
{
	anju_status st = b->known != NULL ? join_all(e, o, b, now, budget, err) : ANJU_OK;
	if (st == ANJU_OK)
		st = save_known(e, o, b->known, err);
	if (st != ANJU_OK)
		return st;
	b->joining = b->known != NULL && !all_there(o, b->known);
	if (b->joining)
		return ANJU_OK;
	json_decref(b->known);
	b->known = NULL;
	return ANJU_OK;
}

/* --- those that were left --- */

static const struct obliged *find_obliged(const struct obligation *o, const char *name)
{
	for (size_t i = 0; i < o->obliged_len; i++) {
		if (strcmp(o->obliged[i].name, name) == 0)
			return &o->obliged[i];
	}
	return NULL;
}

/* The one that is next in this round; it stays, or goes. */
static anju_status try_left(struct engine *e, const struct obligation *o, struct beginning *b,
	bool *said, anju_error *err)
{
	struct left_case one;
	anju_error why = {0};
	engine_left_get(&b->left, b->left.next, &one);
	const struct obliged *whom = find_obliged(o, one.unit);
	struct plan_period period = {
		.day = one.day, .begins = calendar_shift(e->env.calendar, one.day, o->shift)};
	int64_t effective_ms = one.joined ? e->env.now_ms : timestamp_of_day(period.begins);
	anju_status st = ANJU_OK;
	bool news = false;
	if (whom != NULL) /* else it does not concern the unit any more */
		st = open_guarded(e, o, whom, &period, effective_ms, &why, err);
	if (st != ANJU_OK)
		return st;
	if (why.status == ANJU_OK) {
		engine_left_drop(&b->left, b->left.next);
		return ANJU_OK;
	}
	st = engine_left_still(&b->left, b->left.next++, &why, &news, err);
	if (news && !*said)
		log_error("engine", "obligation_put_off", &why);
	*said = *said || news;
	return st;
}

static anju_status try_all_left(struct engine *e, const struct obligation *o, struct beginning *b,
	int64_t now, int *budget, anju_error *err)
{
	anju_status st = ANJU_OK;
	bool said = false;
	while (st == ANJU_OK && b->left.next < json_array_size(b->left.list) && (*budget)-- > 0)
		st = try_left(e, o, b, &said, err);
	if (b->left.next >= json_array_size(b->left.list)) {
		b->left.next = 0;
		b->left.retry_ms = now + RETRY_MS;
	}
	return st == ANJU_OK ? engine_left_save(e, o->id, &b->left, err) : st;
}

/* --- the tick --- */

/* The oldest that is to begin; those that wait for a second try are passed over. */
static struct beginning *oldest(struct engine *e, int64_t now)
{
	struct beginning *found = NULL;
	for (size_t i = 0; i < e->beginnings_len; i++) {
		struct beginning *b = &e->beginnings[i];
		if (!b->has_next || b->retry_ms > now || timestamp_of_day(b->next.begins) > now)
			continue;
		if (found == NULL || b->next.begins < found->next.begins)
			found = b;
	}
	return found;
}

anju_status engine_obligations(struct engine *e, int64_t now, bool *ret_more, anju_error *err)
{
	const struct pack_set *packs = e->options.packs;
	int budget = OPEN_AT_ONCE;
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < e->beginnings_len && st == ANJU_OK && budget > 0; i++) {
		struct beginning *b = &e->beginnings[i];
		if (b->joining && b->retry_ms <= now)
			st = join(e, pack_set_obligation_at(packs, i), b, now, &budget, err);
		if (st == ANJU_OK)
			st = engine_left_save(
				e, pack_set_obligation_at(packs, i)->id, &b->left, err);
	}
	for (size_t i = 0; i < e->beginnings_len && st == ANJU_OK && budget > 0; i++) {
		struct beginning *b = &e->beginnings[i];
		if (b->left.retry_ms <= now && json_array_size(b->left.list) > 0)
			st = try_all_left(
				e, pack_set_obligation_at(packs, i), b, now, &budget, err);
	}
	struct beginning *b;
	while (st == ANJU_OK && budget > 0 && (b = oldest(e, now)) != NULL) {
		const struct obligation *o =
			pack_set_obligation_at(packs, (size_t)(b - e->beginnings));
		st = begin(e, o, b, now, &budget, err);
		if (st == ANJU_OK)
			st = engine_left_save(e, o->id, &b->left, err);
	}
	set_next(e);
	*ret_more = e->next_obligation_ms <= now;
	return st;
}
