/* What a job that counts dates again has come to: added up, told to those who ask, kept in the store. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "engine/recount_impl.h"

static const char *const state_names[] = {"running", "done", "failed"};

bool recount_sum_init(struct recount_sum *sum)
{
	*sum = (struct recount_sum){
		.units = json_object(), .rows = json_array(), .failures = json_array()};
	return sum->units != NULL && sum->rows != NULL && sum->failures != NULL;
}

void recount_sum_done(struct recount_sum *sum)
{
	json_decref(sum->units);
	json_decref(sum->rows);
	json_decref(sum->failures);
	*sum = (struct recount_sum){0};
}

static void add_rows(json_t *to, json_t *more, size_t most)
{
	size_t i;
	json_t *row;
	json_array_foreach(more, i, row) {
		if (json_array_size(to) < most)
			(void)json_array_append(to, row); /* a row less in what is shown */
	}
}

static void add_units(json_t *to, json_t *more)
{
	const char *unit;
	json_t *n;
	json_object_foreach(more, unit, n) {
		json_int_t before = json_integer_value(json_object_get(to, unit));
		(void)json_object_set_new(to, unit, json_integer(before + json_integer_value(n)));
	}
}

void recount_sum_add(struct recount_sum *sum, const struct recount_sum *more)
{
	sum->seen += more->seen;
	sum->cases += more->cases;
	sum->moved += more->moved;
	sum->unmarked += more->unmarked;
	sum->failed += more->failed;
	add_units(sum->units, more->units);
	add_rows(sum->rows, more->rows, MOVED_KEPT);
	add_rows(sum->failures, more->failures, FAILURES_KEPT);
}

static void add_string(struct buf *out, const char *member, const char *s)
{
	buf_addf(out, ",\"%s\":", member);
	buf_add_json_string(out, s, strlen(s));
}

static void add_json(struct buf *out, const char *member, const json_t *v)
{
	ANJU_AUTO_MEM char *text = json_text(v);
	if (text == NULL) {
		out->failed = true; /* a note without it could not be taken up again */
		return;
	}
	buf_addf(out, ",\"%s\":", member);
	buf_adds(out, text);
}

static void add_number(struct buf *out, const char *member, int64_t n)
{
	buf_addf(out, ",\"%s\":%lld", member, (long long)n);
}

static void add_label(struct buf *out, const char *member, const char *zh, const char *en)
{
	buf_addf(out, ",\"%s\":{\"zh\":", member);
	buf_add_json_string(out, zh, strlen(zh));
	add_string(out, "en", en);
	buf_addc(out, '}');
}

static void add_failure(struct buf *out, const anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	buf_addf(out, ",\"error\":{\"status\":\"%s\"", anju_status_name(err->status));
	add_string(out, "id", err->id);
	add_label(out, "text", zh.data != NULL ? zh.data : "", en.data != NULL ? en.data : "");
	buf_addc(out, '}');
}

static void write_as(const struct recount *job, const struct recount_sum *page,
	enum recount_state state, struct buf *out)
{
	static const struct recount_sum none;
	const struct recount_sum *sum = &job->sum, *more = page != NULL ? page : &none;
	buf_addf(out, "\"job\":%lld", (long long)job->id);
	add_string(out, "state", state_names[state]);
	buf_addf(out, ",\"dry_run\":%s", job->dry ? "true" : "false");
	add_string(out, "actor", job->actor);
	add_label(out, "reason", job->reason[LANG_ZH], job->reason[LANG_EN]);
	add_number(out, "total", job->total);
	add_number(out, "seen", sum->seen + more->seen);
	add_number(out, "cases", sum->cases + more->cases);
	add_number(out, "moved", sum->moved + more->moved);
	add_number(out, "unmarked", sum->unmarked + more->unmarked);
	add_number(out, "failed", sum->failed + more->failed);
	if (page == NULL) {
		add_json(out, "units", sum->units);
	} else {
		ANJU_AUTO_JSON *units = json_copy(sum->units);
		add_units(units, page->units);
		add_json(out, "units", units);
	}
	if (state == RECOUNT_FAILED)
		add_failure(out, &job->failure);
}

void recount_write(const struct recount *job, const struct recount_sum *page, struct buf *out)
{
	write_as(job, page, job->state, out);
}

void recount_write_page(const struct recount *job, int64_t after, struct buf *out)
{
	size_t len = json_array_size(job->sum.rows), first = after > 0 ? (size_t)after : 0, i;
	buf_addc(out, '{');
	recount_write(job, NULL, out);
	buf_adds(out, ",\"deadlines\":[");
	/* those of a job that runs are still to grow */
	size_t most = job->state == RECOUNT_RUNNING ? 0 : MOVED_PAGE;
	for (i = first; i < len && i - first < most; i++) {
		ANJU_AUTO_MEM char *row = json_text(json_array_get(job->sum.rows, i));
		if (i > first)
			buf_addc(out, ',');
		buf_adds(out, row != NULL ? row : "{}");
	}
	buf_addc(out, ']');
	add_json(out, "failures", job->sum.failures);
	if (most > 0 && i < len)
		buf_addf(out, ",\"next\":%zu}", i);
	else
		buf_adds(out, ",\"next\":null}");
}

void recount_write_note(const struct recount *job, const struct recount_page *page,
	enum recount_state state, struct buf *out)
{
	buf_addc(out, '{');
	write_as(job, page != NULL ? &page->sum : NULL, state, out);
	int64_t after = page != NULL && page->len > 0 ? page->ids[page->len - 1] : job->after;
	add_number(out, "after", after);
	buf_addf(out, ",\"all\":%s", job->all ? "true" : "false");
	add_json(out, "counted", state == RECOUNT_DONE ? job->target : job->counted);
	add_json(out, "target", job->target);
	add_json(out, "failures", job->sum.failures);
	add_number(out, "uid", (int64_t)job->who.uid);
	buf_addf(out, ",\"system\":%s", job->who.system ? "true" : "false");
	add_string(out, "unit", job->who.unit != NULL ? job->who.unit->code : "");
	add_string(out, "officer", job->who.officer);
	buf_addc(out, '}');
}
