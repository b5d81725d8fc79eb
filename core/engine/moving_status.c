/* What is said of a migration: to those who ask, and to the store. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "engine/moving_impl.h"

#define NOTED_UNFIT 200 /* of those that do not fit, kept with the result */

static const char *const state_names[] = {"running", "done", "failed", "canceled"};

const char *moving_note_name(int64_t id, char out[NOTE_NAME_MAX])
{
	snprintf(out, NOTE_NAME_MAX, NOTE_LAST "/%lld", (long long)id);
	return out;
}

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

static void add_error(struct buf *out, const anju_error *err)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	message_render_error(&zh, err, LANG_ZH);
	message_render_error(&en, err, LANG_EN);
	add_string(out, "id", err->id);
	add_string(out, "where", err->where);
	add_value(out, "found", err->found);
	add_value(out, "allowed", err->allowed);
	buf_adds(out, ",\"text\":{\"zh\":");
	buf_add_json_string(out, zh.data != NULL ? zh.data : "", zh.len);
	buf_adds(out, ",\"en\":");
	buf_add_json_string(out, en.data != NULL ? en.data : "", en.len);
	buf_addc(out, '}');
}

static void add_json(struct buf *out, const char *member, const json_t *v)
{
	ANJU_AUTO_MEM char *text = json_text(v);
	buf_addf(out, ",\"%s\":", member);
	buf_adds(out, text != NULL ? text : "null");
}

static void add_end(struct buf *out, const char *member, const char *hash, const char *version)
{
	buf_addf(out, ",\"%s\":{\"hash\":", member);
	buf_add_json_string(out, hash, strlen(hash));
	add_string(out, "version", version);
	buf_addc(out, '}');
}

void moving_write(struct moving *job, struct buf *out)
{
	buf_addf(out, "\"job\":%lld", (long long)job->id);
	add_string(out, "workflow", job->plan->workflow);
	add_end(out, "from", job->plan->from_hash, job->old.version);
	add_end(out, "to", job->plan->to_hash, job->migration.to->version);
	add_string(out, "actor", job->actor);
	add_string(out, "reason", job->plan->reason);
	add_string(out, "state", state_names[job->state]);
	buf_addf(out,
		",\"dry_run\":%s,\"total\":%lld,\"moved\":%lld,\"elsewhere\":%lld,\"unfit\":%lld",
		job->dry ? "true" : "false", (long long)job->total,
		(long long)(job->before + job->moved), (long long)job->elsewhere,
		(long long)job->unfit);
	add_json(out, "before", job->states_before);
	add_json(out, "after", job->states_after);
	if (job->state == MOVING_FAILED) {
		buf_addf(out, ",\"error\":{\"status\":\"%s\"",
			anju_status_name(job->failure.status));
		add_error(out, &job->failure);
		buf_addc(out, '}');
	}
}

static void add_unfit(struct buf *out, const struct unfit *u)
{
	buf_adds(out, "{\"case\":");
	buf_add_json_string(out, u->name, strlen(u->name));
	add_string(out, "state", u->state);
	add_error(out, &u->err);
	buf_addc(out, '}');
}

static size_t add_cases(struct moving *job, size_t first, size_t max, struct buf *out)
{
	size_t i = first;
	buf_adds(out, ",\"cases\":[");
	for (; i < job->list_len && i - first < max; i++) {
		if (i > first)
			buf_addc(out, ',');
		add_unfit(out, &job->list[i]);
	}
	buf_addc(out, ']');
	return i;
}

void moving_write_page(struct moving *job, int64_t after, struct buf *out)
{
	buf_addc(out, '{');
	moving_write(job, out);
	/* only a finished job's cases are in order */
	size_t n = job->state == MOVING_RUNNING ? 0 : UNFIT_PAGE;
	size_t end = add_cases(job, after > 0 ? (size_t)after : 0, n, out);
	if (n > 0 && end < job->list_len)
		buf_addf(out, ",\"next\":%zu}", end);
	else
		buf_adds(out, ",\"next\":null}");
}

void moving_write_note(struct moving *job, struct buf *out)
{
	buf_addc(out, '{');
	moving_write(job, out);
	(void)add_cases(job, 0, NOTED_UNFIT, out);
	buf_adds(out, ",\"next\":null");
	add_json(out, "plan", job->plan->doc);
	add_string(out, "file", job->plan->file);
	buf_addf(out, ",\"uid\":%lld", (long long)job->who.uid);
	add_string(out, "unit", job->who.unit != NULL ? job->who.unit->code : "");
	add_string(out, "officer", job->who.officer);
	buf_addc(out, '}');
}
