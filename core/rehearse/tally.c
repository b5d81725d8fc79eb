#include "rehearse/tally.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <uthash.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "rehearse/impl.h"

/* While counting: rows by "a\x1f b". */
struct counted {
	struct tally_row row;
	char *key; /* owned: a NUL b */
	size_t key_len;
	UT_hash_handle hh;
};

struct counting {
	const struct rehearsal *r;
	struct counted *months, *units, *deadlines;
	struct tallies out;
	int64_t message; /* the last one read */
	bool failed;
};

static struct counted *find(
	struct counting *c, struct counted **table, const char *a, size_t a_len, const char *b)
{
	ANJU_AUTO_BUF key = BUF_INIT;
	struct counted *found;
	buf_add(&key, a, a_len);
	buf_addc(&key, '\0');
	buf_adds(&key, b);
	if (key.failed)
		goto failed;
	HASH_FIND(hh, *table, key.data, key.len, found);
	if (found != NULL)
		return found;
	found = calloc(1, sizeof *found);
	if (found == NULL)
		goto failed;
	found->key_len = key.len;
	found->key = buf_take(&key);
	if (found->key == NULL) {
		free(found);
		goto failed;
	}
	found->row.a = found->key;
	found->row.b = found->key + a_len + 1;
	HASH_ADD_KEYPTR(hh, *table, found->key, found->key_len, found);
	return found;
failed:
	c->failed = true;
	return NULL;
}

static void count(struct counting *c, struct counted **table, const char *a, size_t a_len,
	const char *b, enum tally_kind kind)
{
	struct counted *row = find(c, table, a, a_len, b);
	if (row != NULL)
		row->row.n[kind]++;
}

static void count_unit(
	struct counting *c, const char *unit, size_t len, int32_t day, enum tally_kind kind)
{
	int year, month, dom;
	char label[24];
	civil_from_days(day, &year, &month, &dom);
	snprintf(label, sizeof label, "%04d-%02d", year, month);
	count(c, &c->months, unit, len, label, kind);
	count(c, &c->units, unit, len, "", kind);
}

/* Of a day within the rehearsal, for each unit that leads. */
static void count_deadline(
	struct counting *c, const struct store_deadline *row, int32_t day, enum tally_kind kind)
{
	const struct rehearse_options *o = &c->r->options;
	if (day < o->from || day > o->to)
		return;
	c->out.total[kind]++;
	count(c, &c->deadlines, row->workflow, strlen(row->workflow), row->name, kind);
	for (const char *p = row->lead; *p != '\0';) {
		size_t n = strcspn(p, " ");
		if (n > 0)
			count_unit(c, p, n, day, kind);
		p += n + (p[n] == ' ');
	}
}

bool rehearse_counts_as_due(const struct store_deadline *row)
{
	return row->status != STORE_DEADLINE_SUPERSEDED && row->status != STORE_DEADLINE_WAIVED &&
	       row->due_ms != INT64_MAX;
}

bool rehearse_is_missed(const struct store_deadline *row, int64_t end_ms)
{
	if (!rehearse_counts_as_due(row) || row->due_ms > end_ms)
		return false;
	/* while its time stands still it is not overdue */
	return (row->status == STORE_DEADLINE_OPEN && !row->suspended) ||
	       row->status == STORE_DEADLINE_MET_LATE;
}

static void count_open(struct counting *c, const struct store_deadline *row)
{
	if (row->status != STORE_DEADLINE_OPEN)
		return;
	c->out.undated += row->due_ms == INT64_MAX;
	c->out.later += row->due_ms != INT64_MAX && row->due_day > c->r->options.to;
	c->out.overdue += rehearse_is_missed(row, c->r->end_ms);
}

static bool on_deadline(void *ctx, const struct store_deadline *row)
{
	struct counting *c = ctx;
	count_deadline(c, row, timestamp_to_day(row->armed_ms), TALLY_BEGUN);
	count_open(c, row);
	if (!rehearse_counts_as_due(row))
		return !c->failed;
	bool within = row->due_day >= c->r->options.from && row->due_day <= c->r->options.to;
	c->out.provisional += within && row->provisional;
	count_deadline(c, row, row->due_day, TALLY_DUE);
	if (rehearse_is_missed(row, c->r->end_ms))
		count_deadline(c, row, row->due_day, TALLY_MISSED);
	if (row->status != STORE_DEADLINE_OPEN)
		count_deadline(c, row, timestamp_to_day(row->ended_ms),
			row->status == STORE_DEADLINE_MET_LATE ? TALLY_MET_LATE : TALLY_MET);
	return !c->failed;
}

static bool on_message(void *ctx, const struct store_message *row)
{
	struct counting *c = ctx;
	ANJU_AUTO_JSON *body = json_loads(row->body, 0, NULL);
	c->out.total[TALLY_MESSAGES]++;
	c->out.urgent += json_is_true(json_object_get(body, "urgent"));
	count_unit(
		c, row->unit, strlen(row->unit), timestamp_to_day(row->created_ms), TALLY_MESSAGES);
	return !c->failed;
}

/* --- sorted --- */

static int by_names(const struct counted *x, const struct counted *y)
{
	int c = strcmp(x->row.a, y->row.a);
	return c != 0 ? c : strcmp(x->row.b, y->row.b);
}

static void free_table(struct counted *table)
{
	struct counted *row, *next;
	HASH_ITER(hh, table, row, next)
	{
		HASH_DEL(table, row);
		free(row->key);
		free(row);
	}
}

static bool sort(struct counted **table, struct tally *ret)
{
	struct counted *row, *next;
	HASH_SORT(*table, by_names);
	ret->rows = calloc(HASH_COUNT(*table) + 1, sizeof *ret->rows);
	if (ret->rows == NULL)
		return false;
	HASH_ITER(hh, *table, row, next)
	{
		struct tally_row *to = &ret->rows[ret->len++];
		*to = row->row;
		to->a = ANJU_TAKE(row->key);
	}
	return true;
}

static void tally_done(struct tally *t)
{
	for (size_t i = 0; i < t->len; i++)
		free((char *)t->rows[i].a); /* b is a part of it */
	free(t->rows);
	*t = (struct tally){0};
}

void tallies_done(struct tallies *t)
{
	tally_done(&t->months);
	tally_done(&t->units);
	tally_done(&t->deadlines);
}

anju_status rehearse_tally(const struct rehearsal *r, struct tallies *ret, anju_error *err)
{
	struct counting c = {.r = r};
	struct store_reader *reader = sandbox_reader(r->sandbox);
	struct store_deadline_filter filter = {.status = -1, .limit = INT_MAX};
	anju_status st = store_read_deadlines(reader, &filter, on_deadline, &c, err);
	if (st == ANJU_OK)
		st = store_read_messages(
			reader, NULL, -1, r->first_message, INT_MAX, on_message, &c, err);
	if (st == ANJU_OK &&
		(c.failed || !sort(&c.months, &c.out.months) || !sort(&c.units, &c.out.units) ||
			!sort(&c.deadlines, &c.out.deadlines)))
		st = anju_fail_nomem(err);
	free_table(c.months);
	free_table(c.units);
	free_table(c.deadlines);
	if (st == ANJU_OK)
		*ret = c.out;
	else
		tallies_done(&c.out);
	return st;
}

/* --- days --- */

struct days {
	int32_t first;
	size_t n;
	uint32_t *counts;
};

static bool on_due_day(void *ctx, const struct store_deadline *row)
{
	struct days *d = ctx;
	if (rehearse_counts_as_due(row) && row->due_day >= d->first &&
		(size_t)(row->due_day - d->first) < d->n)
		d->counts[row->due_day - d->first]++;
	return true;
}

anju_status rehearse_days(const struct rehearsal *r, const char *region, int32_t first, size_t n,
	uint32_t *counts, anju_error *err)
{
	struct days days = {.first = first, .n = n, .counts = counts};
	struct store_deadline_filter filter = {.region = region, .status = -1, .limit = INT_MAX};
	memset(counts, 0, n * sizeof *counts);
	return store_read_deadlines(sandbox_reader(r->sandbox), &filter, on_due_day, &days, err);
}
