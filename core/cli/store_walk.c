#include "cli/store_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"

#define PAGE 1000

struct name {
	char *workflow; /* owned; key follows its NUL */
	const char *key;
	int64_t id;
};

struct names {
	struct name *list;
	size_t len, cap;
	int64_t last_id;
	size_t page; /* rows of this page */
	bool failed;
};

static bool add_name(void *ctx, const struct store_case *row)
{
	struct names *names = ctx;
	if (names->len == names->cap) {
		size_t cap = names->cap > 0 ? names->cap * 2 : PAGE;
		struct name *list = realloc(names->list, cap * sizeof *list);
		names->failed = list == NULL;
		if (names->failed)
			return false;
		names->list = list;
		names->cap = cap;
	}
	size_t n = strlen(row->workflow) + 1, m = strlen(row->key) + 1;
	char *text = malloc(n + m);
	names->failed = text == NULL;
	if (names->failed)
		return false;
	memcpy(text, row->workflow, n);
	memcpy(text + n, row->key, m);
	names->list[names->len++] = (struct name){text, text + n, row->id};
	names->last_id = row->id;
	names->page++;
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->workflow, y->workflow);
	return order != 0 ? order : strcmp(x->key, y->key);
}

static anju_status gather(struct store_reader *reader, struct names *names, anju_error *err)
{
	do {
		struct store_case_filter filter = {
			.done = -1, .after_id = names->last_id, .limit = PAGE};
		names->page = 0;
		anju_status st = store_read_cases(reader, &filter, add_name, names, err);
		if (st != ANJU_OK)
			return st;
		if (names->failed)
			return anju_fail_nomem(err);
	} while (names->page == PAGE);
	return ANJU_OK;
}

/* The row's texts are only good until the next read, and the callback reads. */
static anju_status visit(
	struct store_reader *reader, int64_t id, store_walk_cb cb, void *ctx, anju_error *err)
{
	struct store_case row;
	anju_status st = store_read_case_by_id(reader, id, &row, err);
	if (st != ANJU_OK)
		return st;
	const char **texts[] = {&row.workflow, &row.key, &row.hash, &row.origin, &row.region,
		&row.phase, &row.state, &row.data, &row.meta};
	const size_t n = sizeof texts / sizeof texts[0];
	char *copies[sizeof texts / sizeof texts[0]] = {0};
	bool failed = false;
	for (size_t i = 0; i < n; i++) {
		copies[i] = strdup(*texts[i] != NULL ? *texts[i] : "");
		failed = failed || copies[i] == NULL;
		*texts[i] = copies[i];
	}
	st = failed ? anju_fail_nomem(err) : cb(ctx, reader, &row, err);
	for (size_t i = 0; i < n; i++)
		free(copies[i]);
	return st;
}

anju_status store_walk(struct store_reader *reader, store_walk_cb cb, void *ctx, anju_error *err)
{
	struct names names = {0};
	anju_status st = gather(reader, &names, err);
	if (names.len > 0)
		qsort(names.list, names.len, sizeof names.list[0], by_name);
	for (size_t i = 0; i < names.len; i++) {
		if (st == ANJU_OK)
			st = visit(reader, names.list[i].id, cb, ctx, err);
		free(names.list[i].workflow);
	}
	free(names.list);
	return st;
}
