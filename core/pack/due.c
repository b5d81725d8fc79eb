/*~ The due rules of a workflow's deadlines. What points elsewhere is looked up here: fields, conditions, other
 * deadlines, blanks that a pack fills in. Deadlines that count from one another must come to an end. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/local.h"

/* One rule while it is read. */
struct reading {
	struct build *b;
	struct deadline_def *d;
};

static anju_status due_field(void *ctx, const char *name, enum due_field_kind kind,
	const struct json_at *at, anju_error *err)
{
	static const struct {
		enum field_type type;
		const char *text;
	} wants[] = {
		[DUE_FIELD_DATE] = {FIELD_DATE, "date"},
		[DUE_FIELD_INT] = {FIELD_INT, "int"},
		[DUE_FIELD_STRING] = {FIELD_STRING, "string"},
	};
	const struct reading *r = ctx;
	const struct field *f = workflow_field(r->b->wf, name);
	if (f != NULL && f->type == wants[kind].type)
		return ANJU_OK;
	ANJU_AUTO_JSON *found = json_string(name);
	return json_fail_at(
		err, "pack.due_field", at, found, "@say.field_of_types|%s", wants[kind].text);
}

static void add_cond(
	struct build *b, struct deadline_def *d, struct expr *expr, const struct json_at *at)
{
	char pointer[512];
	struct due_cond *more = pool_alloc(b->pool, (d->due_when_len + 1) * sizeof *more);
	if (more == NULL)
		return;
	if (d->due_when_len > 0)
		memcpy(more, d->due_when, d->due_when_len * sizeof *more);
	more[d->due_when_len++] = (struct due_cond){.expr = expr,
		.file = pool_strdup(b->pool, json_at_file(at)),
		.pointer = pool_strdup(b->pool, json_at_pointer(at, pointer, sizeof pointer))};
	d->due_when = more;
}

static anju_status due_compile(
	void *ctx, const char *text, const struct json_at *at, void **ret_cond, anju_error *err)
{
	const struct reading *r = ctx;
	size_t before = r->b->ld->findings;
	struct expr *expr = build_expr(r->b, at, text, EXPR_BOOL);
	if (expr != NULL) {
		*ret_cond = expr;
		add_cond(r->b, r->d, expr, at);
		return ANJU_OK;
	}
	/* already reported if it is the text's fault; the caller knows by the count */
	return r->b->ld->findings > before
		       ? anju_fail(err, ANJU_E_INVALID, "pack.reported", "bad condition")
		       : anju_fail_nomem(err);
}

static void release_nothing(void *cond)
{
	(void)cond; /* the workflow owns its expressions */
}

/* Whether there is such a deadline is known once all are read: due_check(). */
static anju_status due_deadline(
	void *ctx, const char *name, const struct json_at *at, anju_error *err)
{
	const struct reading *r = ctx;
	char pointer[512];
	struct due_from *from = pool_alloc(r->b->pool, sizeof *from);
	if (from == NULL)
		return anju_fail_nomem(err);
	*from = (struct due_from){.next = r->b->due_froms,
		.d = r->d,
		.name = pool_strdup(r->b->pool, name),
		.file = pool_strdup(r->b->pool, json_at_file(at)),
		.pointer = pool_strdup(r->b->pool, json_at_pointer(at, pointer, sizeof pointer))};
	r->b->due_froms = from;
	return r->b->pool->failed ? anju_fail_nomem(err) : ANJU_OK;
}

static anju_status due_local(void *ctx, const char *id, const json_t *says,
	const struct json_at *at, const json_t **ret_fill, const struct json_at **ret_at,
	anju_error *err)
{
	const struct reading *r = ctx;
	const struct local *local = local_use(r->b->ld, id, says, BLANK_DUE, at);
	if (local == NULL)
		return ANJU_OK;
	if (!build_keep_local(r->b, local))
		return anju_fail_nomem(err);
	*ret_fill = local->value;
	*ret_at = &local->at;
	return ANJU_OK;
}

static void free_due(void *thing)
{
	due_rule_free(thing);
}

void due_load(struct build *b, struct deadline_def *d, const json_t *def, const struct json_at *at)
{
	struct reading r = {b, d};
	struct json_at here = JSON_AT_KEY(at, "due");
	struct due_hooks hooks = {.ctx = &r,
		.field = due_field,
		.compile = due_compile,
		.release = release_nothing,
		.deadline = due_deadline,
		.local = due_local,
		.obligation = true};
	anju_error err;
	struct due_rule *rule = NULL;
	size_t before = b->ld->findings;
	anju_status st = due_rule_parse(json_object_get(def, "due"), &here, &hooks, &rule, &err);
	if (st != ANJU_OK) {
		if (b->ld->findings == before)
			load_report(b->ld, &err);
		return;
	}
	if (pool_own_take(b->pool, rule, free_due))
		d->due = rule;
}

/* Does `from` count from `to`, by whatever way? `seen` is parallel to the deadlines. */
static bool leads_to(const struct workflow *wf, const struct deadline_def *from,
	const struct deadline_def *to, bool *seen)
{
	if (from->due == NULL || seen[from->index])
		return false;
	seen[from->index] = true;
	for (size_t i = 0; i < wf->deadlines_len; i++) {
		const struct deadline_def *d = &wf->deadlines[i];
		if (!due_rule_counts_from(from->due, d->name))
			continue;
		if (d == to || leads_to(wf, d, to, seen))
			return true;
	}
	return false;
}

void due_check(struct build *b)
{
	struct workflow *wf = b->wf;
	for (const struct due_from *f = b->due_froms; f != NULL; f = f->next) {
		struct place place;
		const struct json_at *at = place_init(&place, f->file, f->pointer);
		const struct deadline_def *from = workflow_deadline(wf, f->name);
		if (from == NULL) {
			load_finding_text(
				b->ld, "pack.due_deadline", at, f->name, "@say.deadline_here");
			continue;
		}
		wf->deadlines[from->index].counted_from = wf->deadlines_linked = true;
		bool *seen = calloc(wf->deadlines_len, sizeof *seen);
		if (seen == NULL)
			b->pool->failed = true;
		else if (from == f->d || leads_to(wf, from, f->d, seen))
			load_finding_text(b->ld, "pack.due_cycle", at, f->name,
				"@say.deadline_not_after|%s", f->d->name);
		free(seen);
	}
}
