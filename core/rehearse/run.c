#include "rehearse/rehearse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "rehearse/impl.h"
#include "rehearse/script.h"
#include "store/store.h"

#define TROUBLES_MAX 10000

/* --- what did not go as written --- */

bool rehearse_is_fatal(anju_status st)
{
	return st == ANJU_E_NOMEM || st == ANJU_E_IO || st == ANJU_E_FULL || st == ANJU_E_INTERNAL;
}

static json_t *both_texts(const anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	return json_pack("{s:s, s:s}", "zh", zh.data != NULL ? zh.data : "", "en",
		en.data != NULL ? en.data : "");
}

anju_status rehearse_note(struct rehearsal *r, const struct trouble *t, anju_error *err)
{
	char at[TIMESTAMP_MAX_CHARS];
	json_int_t before = json_integer_value(json_object_get(r->reasons, t->err->id));
	if (json_object_set_new(r->reasons, t->err->id, json_integer(before + 1)) != 0)
		return anju_fail_nomem(err);
	if (json_array_size(r->troubles) == TROUBLES_MAX)
		return ANJU_OK;
	json_t *v = json_pack("{s:s, s:s?, s:I, s:s?, s:s?, s:s?, s:s, s:o}", "what", t->what,
		"file", t->file, "line", (json_int_t)t->line, "at",
		t->at_ms != SCRIPT_NO_TIME ? timestamp_format(t->at_ms, at) : NULL, "case", t->name,
		"event", t->event, "id", t->err->id, "text", both_texts(t->err));
	return json_array_append_new(r->troubles, v) == 0 ? ANJU_OK : anju_fail_nomem(err);
}

/* --- the script --- */

static const char *param(const struct script_line *line, const char *name)
{
	return json_string_value(json_object_get(line->params, name));
}

static anju_status fail_line(
	const char *id, const char *where, const char *found, const char *allowed, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "bad line of the script");
	anju_error_where(err, "%s", where);
	anju_error_found(err, "%s", found != NULL ? found : "@say.nothing");
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

/* What is done to a deadline is an event of its case, named like the method. */
static bool is_deadline_act(const char *method)
{
	static const char *const acts[] = {
		"waive", "suspend", "resume", "extend", "grant", "refuse", "keep", "lapse"};
	static const char group[] = "deadline.";
	if (strncmp(method, group, sizeof group - 1) != 0)
		return false;
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		if (strcmp(method + sizeof group - 1, acts[i]) == 0)
			return true;
	}
	return false;
}

static anju_status deadline_data(const struct script_line *line, json_t **ret, anju_error *err)
{
	static const char *const members[] = {"deadline", "length", "until"};
	json_t *data = json_object();
	if (json_object_set_new(line->params, "data", data) != 0)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		json_t *v = json_object_get(line->params, members[i]);
		if (v != NULL && json_object_set(data, members[i], v) != 0)
			return anju_fail_nomem(err);
	}
	*ret = data;
	return ANJU_OK;
}

static anju_status name_of(
	const struct script_line *line, bool opens, struct buf *name, anju_error *err)
{
	const char *whole = param(line, opens ? "workflow" : "case"), *key = param(line, "key");
	if (whole == NULL || (opens && key == NULL))
		return fail_line(
			"rehearse.param", "/params", NULL, opens ? "workflow, key" : "case", err);
	buf_adds(name, whole);
	if (opens)
		buf_addf(name, "/%s", key);
	return name->failed ? anju_fail_nomem(err) : ANJU_OK;
}

/* The request as an act; its name is put together in `name`. */
static anju_status act_of(
	const struct script_line *line, struct buf *name, struct sandbox_act *ret, anju_error *err)
{
	bool opens = strcmp(line->method, "case.open") == 0, on = is_deadline_act(line->method);
	const char *at = param(line, "effective_at");
	json_t *data = json_object_get(line->params, "data");
	if (!opens && !on && strcmp(line->method, "case.send") != 0)
		return fail_line("rehearse.method", "/method", line->method,
			"case.open, case.send, deadline.waive …, obligation.open", err);
	anju_status st = name_of(line, opens, name, err);
	if (st == ANJU_OK && on)
		st = deadline_data(line, &data, err);
	if (st != ANJU_OK)
		return st;
	*ret = (struct sandbox_act){.name = name->data,
		.as = param(line, "as"),
		.event = opens ? NULL
			 : on  ? line->method
			       : param(line, "event"),
		.data = data,
		.docs = json_object_get(line->params, "docs"),
		.reason = param(line, "reason"),
		.effective_ms = SANDBOX_NOW,
		.dry_run = json_is_true(json_object_get(line->params, "dry_run"))};
	if (!opens && ret->event == NULL)
		return fail_line("rehearse.param", "/params", NULL, "event", err);
	if (!opens && ret->as == NULL)
		return fail_line("rehearse.param", "", NULL, "as", err);
	return at != NULL ? timestamp_parse(at, &ret->effective_ms, err) : ANJU_OK;
}

/* An obligation that someone begins; `name` becomes the case. */
static anju_status begin_obligation(struct rehearsal *r, const struct script_line *line,
	struct buf *name, json_t **ret_refusal, anju_error *err)
{
	const char *on = param(line, "on");
	ANJU_AUTO_MEM char *opened = NULL;
	struct sandbox_begin begin = {.obligation = param(line, "id"),
		.whom = param(line, "unit"),
		.as = param(line, "as"),
		.ref = param(line, "ref"),
		.effective_ms = SANDBOX_NOW};
	if (begin.obligation == NULL || begin.whom == NULL)
		return fail_line("rehearse.param", "/params", NULL, "id, unit", err);
	anju_status st = on != NULL ? timestamp_parse(on, &begin.effective_ms, err) : ANJU_OK;
	if (st == ANJU_OK)
		st = sandbox_begin(r->sandbox, &begin, &opened, ret_refusal, err);
	buf_adds(name, opened != NULL ? opened : begin.obligation);
	return st;
}

struct reading {
	struct rehearsal *r;
	const char *file;
	int64_t no;
};

static anju_status note_line(const struct reading *reading, const char *what,
	const struct script_line *line, const struct buf *name, const anju_error *why,
	anju_error *err)
{
	struct trouble t = {.what = what,
		.file = reading->file,
		.line = reading->no,
		.at_ms = line->at_ms,
		.name = name != NULL ? name->data : NULL,
		.event = line->params != NULL ? param(line, "event") : NULL,
		.err = why};
	return rehearse_note(reading->r, &t, err);
}

static anju_status note_plain(const struct reading *reading, const char *what, const char *id,
	const struct script_line *line, const struct buf *name, anju_error *err)
{
	char at[TIMESTAMP_MAX_CHARS], now[TIMESTAMP_MAX_CHARS];
	anju_error why = {0};
	(void)anju_fail(&why, ANJU_E_REFUSED, id, "not as the script says");
	if (line->at_ms != SCRIPT_NO_TIME)
		anju_error_found(&why, "%s", timestamp_format(line->at_ms, at));
	anju_error_allowed(&why, "%s", timestamp_format(sandbox_now(reading->r->sandbox), now));
	return note_line(reading, what, line, name, &why, err);
}

static anju_status judge(const struct reading *reading, const struct script_line *line,
	const struct buf *name, anju_status done, const anju_error *why, anju_error *err)
{
	struct rehearse_counts *c = &reading->r->counts;
	if (done == ANJU_OK && !line->refusal_wanted) {
		c->done++;
		return ANJU_OK;
	}
	if (done != ANJU_OK && line->refusal_wanted) {
		c->refused_wanted++;
		return ANJU_OK;
	}
	if (done == ANJU_OK) {
		c->accepted++;
		return note_plain(reading, "accepted", "rehearse.accepted", line, name, err);
	}
	c->refused++;
	return note_line(reading, "refused", line, name, why, err);
}

static anju_status note_late(const struct reading *reading, const struct script_line *line,
	const struct buf *name, anju_error *err)
{
	struct rehearsal *r = reading->r;
	if (line->at_ms == SCRIPT_NO_TIME || line->at_ms >= sandbox_now(r->sandbox))
		return ANJU_OK;
	r->counts.out_of_order++;
	return note_plain(reading, "out_of_order", "rehearse.out_of_order", line, name, err);
}

static anju_status carry_out(
	const struct reading *reading, const struct script_line *line, anju_error *err)
{
	struct rehearsal *r = reading->r;
	ANJU_AUTO_BUF name = BUF_INIT;
	ANJU_AUTO_JSON *refusal = NULL;
	struct sandbox_act act;
	anju_error why = {0};
	bool begins = strcmp(line->method, "obligation.open") == 0;
	anju_status st = begins ? ANJU_OK : act_of(line, &name, &act, &why);
	if (st != ANJU_OK && !rehearse_is_fatal(st)) {
		r->counts.unreadable++;
		return note_line(reading, "line", line, &name, &why, err);
	}
	if (st == ANJU_OK)
		st = note_late(reading, line, &name, &why);
	if (st == ANJU_OK)
		st = begins ? begin_obligation(r, line, &name, &refusal, &why)
			    : sandbox_do(r->sandbox, &act, &refusal, &why);
	if (rehearse_is_fatal(st)) {
		if (err != NULL)
			*err = why;
		return st;
	}
	return judge(reading, line, &name, st, &why, err);
}

static anju_status play_line(struct reading *reading, const char *text, size_t n, anju_error *err)
{
	struct rehearsal *r = reading->r;
	struct script_line line;
	anju_error why = {0};
	anju_status st = script_line_parse(text, n, reading->no, &line, &why);
	if (st == ANJU_OK && line.at_ms != SCRIPT_NO_TIME && line.at_ms > r->end_ms) {
		r->counts.after_end++;
		script_line_done(&line);
		return ANJU_OK;
	}
	r->counts.lines++;
	if (st != ANJU_OK) {
		r->counts.unreadable++;
		st = note_line(reading, "line", &line, NULL, &why, err);
		script_line_done(&line);
		return st;
	}
	if (line.at_ms != SCRIPT_NO_TIME && line.at_ms > sandbox_now(r->sandbox))
		st = sandbox_advance(r->sandbox, line.at_ms, err);
	if (st == ANJU_OK)
		st = carry_out(reading, &line, err);
	script_line_done(&line);
	return st;
}

static anju_status play(struct rehearsal *r, FILE *in, anju_error *err)
{
	ANJU_AUTO_MEM char *text = NULL;
	size_t cap = 0;
	ssize_t n;
	struct reading reading = {.r = r, .file = rehearse_base_name(r->options.script)};
	anju_status st = ANJU_OK;
	while (st == ANJU_OK && (n = getline(&text, &cap, in)) >= 0) {
		reading.no++;
		if (strspn(text, " \t\r\n") < (size_t)n)
			st = play_line(&reading, text, (size_t)n, err);
	}
	if (st == ANJU_OK && ferror(in))
		st = anju_fail_errno(err, errno, "@say.reading|%s", r->options.script);
	return st;
}

static anju_status play_script(struct rehearsal *r, anju_error *err)
{
	if (r->options.script == NULL)
		return ANJU_OK;
	FILE *in = fopen(r->options.script, "re");
	if (in == NULL)
		return anju_fail_errno(err, errno, "@say.opening|%s", r->options.script);
	anju_status st = play(r, in, err);
	(void)fclose(in); /* only read from */
	return st;
}

/* --- the whole --- */

static anju_status check_span(const struct rehearse_options *options, anju_error *err)
{
	char from[16], to[16];
	if (options->to >= options->from)
		return ANJU_OK;
	(void)anju_fail(err, ANJU_E_INVALID, "rehearse.span", "it ends before it begins");
	anju_error_found(err, "%s", date_format(options->to, to));
	anju_error_allowed(err, ">= %s", date_format(options->from, from));
	return ANJU_E_INVALID;
}

/* Where the data stands; the rehearsal begins there or later. */
static anju_status go_to_start(struct rehearsal *r, anju_error *err)
{
	char from[16], day[16];
	int64_t now = sandbox_now(r->sandbox);
	int32_t today = timestamp_to_day(now);
	if (r->options.from == REHEARSE_FROM_DATA)
		r->options.from = today;
	if (r->options.from < today) {
		(void)anju_fail(err, ANJU_E_INVALID, "rehearse.from", "the data is further on");
		anju_error_found(err, "%s", date_format(r->options.from, from));
		anju_error_allowed(err, "%s", date_format(today, day));
		return ANJU_E_INVALID;
	}
	anju_status st = check_span(&r->options, err);
	if (st == ANJU_OK)
		st = rehearse_snapshot(r, err);
	int64_t start = timestamp_of_day(r->options.from);
	if (st == ANJU_OK && start > now)
		st = sandbox_advance(r->sandbox, start, err);
	return st == ANJU_OK ? rehearse_mark(r, err) : st;
}

static anju_status prepare(
	const struct rehearse_options *options, struct rehearsal *r, anju_error *err)
{
	r->options = *options;
	r->end_ms = timestamp_of_day(options->to + 1) - 1;
	r->troubles = json_array();
	r->reasons = json_object();
	if (r->troubles == NULL || r->reasons == NULL)
		return anju_fail_nomem(err);
	struct sandbox_options sandbox = {.world = options->world,
		.start_ms = options->from != REHEARSE_FROM_DATA ? timestamp_of_day(options->from)
								: SANDBOX_NOW,
		.data = options->data,
		.obligations = true};
	anju_status st = sandbox_open(&sandbox, &r->sandbox, err);
	return st == ANJU_OK && options->data != NULL ? go_to_start(r, err) : st;
}

anju_status rehearse_run(
	const struct rehearse_options *options, struct rehearsal **ret, anju_error *err)
{
	anju_status st = options->data == NULL ? check_span(options, err) : ANJU_OK;
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(rehearsal) r = calloc(1, sizeof *r);
	if (r == NULL)
		return anju_fail_nomem(err);
	st = prepare(options, r, err);
	for (size_t i = 0; i < options->rosters_len && st == ANJU_OK; i++)
		st = rehearse_roster(r, &options->rosters[i], err);
	bool goes_on = !options->strict || r->counts.faulty == 0;
	if (st == ANJU_OK && goes_on)
		st = play_script(r, err);
	if (st == ANJU_OK && goes_on)
		st = sandbox_advance(r->sandbox, r->end_ms, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(r);
	return st;
}

void rehearsal_free(struct rehearsal *r)
{
	if (r == NULL)
		return;
	sandbox_free(r->sandbox);
	json_decref(r->troubles);
	json_decref(r->reasons);
	free(r);
}

struct rehearse_counts rehearsal_counts(const struct rehearsal *r)
{
	return r->counts;
}

bool rehearsal_is_well(const struct rehearsal *r)
{
	const struct rehearse_counts *c = &r->counts;
	return c->faulty + c->unfit + c->refused + c->accepted + c->unreadable + c->out_of_order ==
	       0;
}

struct sandbox *rehearsal_sandbox(const struct rehearsal *r)
{
	return r->sandbox;
}

int64_t rehearsal_end(const struct rehearsal *r)
{
	return r->end_ms;
}

const json_t *rehearsal_troubles(const struct rehearsal *r)
{
	return r->troubles;
}

const json_t *rehearsal_reasons(const struct rehearsal *r)
{
	return r->reasons;
}
