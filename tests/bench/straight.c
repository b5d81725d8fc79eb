/**
 * The ceiling: what a database of anju holds, written once more, straight into SQLite, by a program that does nothing
 * else. The same rows in the same order by statements like anju's (a case's row inserted once and updated at each entry,
 * the entry appended, deadlines inserted and updated with the entries they came with), the same schema and page size,
 * synchronous = FULL, a transaction for each `--batch` entries.
 *
 *   straight FROM.db TO.db [--batch 64] [--entries N]
 *   straight --versions
 *
 * Not done: parsing, roles, guards, the chart, hashing (hashes are copied), reading a case, replies.
 * Prints one JSON line.
 */
#include <getopt.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#define LOG_PAGES   32000 /* as in core/store */
#define COLUMNS_MAX 40
#define ARENA_BYTES (1 << 22)

struct value {
	int type, n;
	union {
		sqlite3_int64 i;
		double d;
		const void *p; /* in the arena */
	};
};

struct table {
	const char *name;
	const char *columns[COLUMNS_MAX];
	int columns_len;
	struct value *rows; /* owned */
	long rows_len;
	sqlite3_stmt *insert;
};

static struct {
	const char *from, *to;
	long batch, entries;
} opt = {.batch = 64};

static sqlite3 *from, *to;
static struct table cases = {.name = "cases"}, journal = {.name = "journal"},
		    deadline_rows = {.name = "deadline"}, relation_rows = {.name = "relation"};
static sqlite3_stmt *update_case, *update_deadline;
static int log_pages;

static void fail(sqlite3 *db, const char *what)
{
	fprintf(stderr, "straight: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "");
	exit(1);
}

static void need(bool fine, sqlite3 *db, const char *what)
{
	if (!fine)
		fail(db, what);
}

/* --- reading what there is --- */

static const void *keep(const void *p, int n)
{
	static char *at, *end;
	if (at == NULL || end - at < n) {
		size_t size = n > ARENA_BYTES ? (size_t)n : ARENA_BYTES;
		at = malloc(size); /* kept until the end */
		need(at != NULL, NULL, "memory");
		end = at + size;
	}
	memcpy(at, p, (size_t)n);
	at += n;
	return at - n;
}

static struct value value_of(sqlite3_stmt *stmt, int i)
{
	struct value v = {.type = sqlite3_column_type(stmt, i)};
	if (v.type == SQLITE_INTEGER) {
		v.i = sqlite3_column_int64(stmt, i);
	} else if (v.type == SQLITE_FLOAT) {
		v.d = sqlite3_column_double(stmt, i);
	} else if (v.type != SQLITE_NULL) {
		const void *p = v.type == SQLITE_TEXT ? (const void *)sqlite3_column_text(stmt, i)
						      : sqlite3_column_blob(stmt, i);
		v.n = sqlite3_column_bytes(stmt, i);
		v.p = v.n > 0 ? keep(p, v.n) : "";
	}
	return v;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	need(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) == SQLITE_OK,
		db, sql);
	return stmt;
}

static void read_table(struct table *t, const char *order)
{
	char sql[128];
	long room = 1024;
	snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", t->name, order);
	sqlite3_stmt *stmt = prepare(from, sql);
	t->columns_len = sqlite3_column_count(stmt);
	need(t->columns_len <= COLUMNS_MAX, NULL, "too many columns");
	for (int i = 0; i < t->columns_len; i++) {
		const char *name = sqlite3_column_name(stmt, i);
		t->columns[i] = keep(name, (int)strlen(name) + 1);
	}
	size_t row_bytes = sizeof t->rows[0] * (size_t)t->columns_len;
	t->rows = malloc(row_bytes * (size_t)room);
	int rc;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (t->rows_len == room)
			t->rows = realloc(t->rows, row_bytes * (size_t)(room *= 2));
		need(t->rows != NULL, NULL, "memory");
		for (int i = 0; i < t->columns_len; i++)
			t->rows[t->rows_len * t->columns_len + i] = value_of(stmt, i);
		t->rows_len++;
	}
	need(rc == SQLITE_DONE, from, t->name);
	sqlite3_finalize(stmt);
}

static int column(const struct table *t, const char *name)
{
	for (int i = 0; i < t->columns_len; i++) {
		if (strcmp(t->columns[i], name) == 0)
			return i;
	}
	fprintf(stderr, "straight: %s has no column %s\n", t->name, name);
	exit(1);
}

static struct value *cell(const struct table *t, long row, int i)
{
	return &t->rows[row * t->columns_len + i];
}

static sqlite3_int64 number(const struct table *t, long row, int i)
{
	return cell(t, row, i)->i;
}

/* Rows are sorted by column `i`; the first whose value is not below. */
static long lower(const struct table *t, int i, sqlite3_int64 wanted)
{
	long low = 0, high = t->rows_len;
	while (low < high) {
		long middle = low + (high - low) / 2;
		if (number(t, middle, i) < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- the new database --- */

static void run_sql(const char *sql)
{
	need(sqlite3_exec(to, sql, NULL, NULL, NULL) == SQLITE_OK, to, sql);
}

static int log_written(void *ctx, sqlite3 *db, const char *name, int pages)
{
	log_pages = pages;
	return SQLITE_OK;
}

static int page_size(void)
{
	sqlite3_stmt *stmt = prepare(from, "PRAGMA page_size");
	need(sqlite3_step(stmt) == SQLITE_ROW, from, "page_size");
	int size = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return size;
}

static void make_database(void)
{
	char sql[64];
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	need(sqlite3_open_v2(opt.to, &to, flags, NULL) == SQLITE_OK, to, opt.to);
	snprintf(sql, sizeof sql, "PRAGMA page_size = %d", page_size());
	run_sql(sql);
	run_sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -4096;"
		"PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0");
	sqlite3_stmt *stmt = prepare(from, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
					   " AND name NOT LIKE 'sqlite_%' ORDER BY rowid");
	run_sql("BEGIN");
	while (sqlite3_step(stmt) == SQLITE_ROW)
		run_sql((const char *)sqlite3_column_text(stmt, 0));
	run_sql("COMMIT");
	sqlite3_finalize(stmt);
	(void)sqlite3_wal_hook(to, log_written, NULL);
}

static void prepare_insert(struct table *t)
{
	char sql[2048];
	int n = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(", t->name);
	for (int i = 0; i < t->columns_len; i++)
		n += snprintf(sql + n, sizeof sql - (size_t)n, "%s?%d", i > 0 ? "," : "", i + 1);
	snprintf(sql + n, sizeof sql - (size_t)n, ")");
	t->insert = prepare(to, sql);
}

/* All columns but those that an event leaves alone; parameters are numbered as the columns are. */
static sqlite3_stmt *prepare_update(const struct table *t, const char *const *fixed)
{
	char sql[2048];
	int n = snprintf(sql, sizeof sql, "UPDATE %s SET ", t->name);
	const char *comma = "";
	for (int i = 0; i < t->columns_len; i++) {
		int f = 0;
		while (fixed[f] != NULL && strcmp(fixed[f], t->columns[i]) != 0)
			f++;
		if (fixed[f] != NULL)
			continue;
		n += snprintf(
			sql + n, sizeof sql - (size_t)n, "%s%s = ?%d", comma, t->columns[i], i + 1);
		comma = ", ";
	}
	snprintf(sql + n, sizeof sql - (size_t)n, " WHERE id = ?%d", column(t, "id") + 1);
	return prepare(to, sql);
}

static void prepare_all(void)
{
	static const char *const case_fixed[] = {
		"id", "workflow", "key", "definition", "opened_ms", "origin", NULL};
	static const char *const deadline_fixed[] = {
		"id", "timer", "name", "state", "armed_ms", NULL};
	prepare_insert(&cases);
	prepare_insert(&journal);
	prepare_insert(&deadline_rows);
	prepare_insert(&relation_rows);
	update_case = prepare_update(&cases, case_fixed);
	update_deadline = prepare_update(&deadline_rows, deadline_fixed);
}

/* --- writing --- */

static void give(sqlite3_stmt *stmt, int i, const struct value *v)
{
	if (v->type == SQLITE_INTEGER)
		(void)sqlite3_bind_int64(stmt, i, v->i);
	else if (v->type == SQLITE_TEXT)
		(void)sqlite3_bind_text(stmt, i, v->p, v->n, SQLITE_STATIC);
	else if (v->type == SQLITE_BLOB)
		(void)sqlite3_bind_blob(stmt, i, v->p, v->n, SQLITE_STATIC);
	else if (v->type == SQLITE_FLOAT)
		(void)sqlite3_bind_double(stmt, i, v->d);
	else
		(void)sqlite3_bind_null(stmt, i);
}

static void bind_row(sqlite3_stmt *stmt, const struct table *t, long row)
{
	int most = sqlite3_bind_parameter_count(stmt);
	for (int i = 0; i < t->columns_len && i < most; i++)
		give(stmt, i + 1, cell(t, row, i));
}

static void step(sqlite3_stmt *stmt, const char *what)
{
	int rc = sqlite3_step(stmt);
	need(rc == SQLITE_DONE, to, what);
	(void)sqlite3_reset(stmt);
}

static struct {
	int case_id, case_rev, case_seq, case_head;
	int entry_seq, entry_case, entry_rev, entry_at, entry_hash;
	int deadline_id, status, armed, ended, next, due;
	int relation_from;
} at; /* columns */

static void find_columns(void)
{
	at.case_id = column(&cases, "id");
	at.case_rev = column(&cases, "rev");
	at.case_seq = column(&cases, "last_seq");
	at.case_head = column(&cases, "head");
	at.entry_seq = column(&journal, "seq");
	at.entry_case = column(&journal, "case_id");
	at.entry_rev = column(&journal, "rev");
	at.entry_at = column(&journal, "recorded_ms");
	at.entry_hash = column(&journal, "hash");
	at.deadline_id = column(&deadline_rows, "id");
	at.status = column(&deadline_rows, "status");
	at.armed = column(&deadline_rows, "armed_ms");
	at.ended = column(&deadline_rows, "ended_ms");
	at.next = column(&deadline_rows, "next_ms");
	at.due = column(&deadline_rows, "due_ms");
	at.relation_from = column(&relation_rows, "from_case");
}

static char *written; /* of each deadline: 0 not yet, 1 inserted, 2 ended */

/* with the entry that armed it, and again with the one that ended it */
static void write_deadlines(sqlite3_int64 id, sqlite3_int64 at_ms)
{
	for (long d = lower(&deadline_rows, at.deadline_id, id << 20);
		d < deadline_rows.rows_len && number(&deadline_rows, d, at.deadline_id) >> 20 == id;
		d++) {
		bool over = number(&deadline_rows, d, at.status) != 0;
		if (written[d] == 0 && number(&deadline_rows, d, at.armed) <= at_ms) {
			bind_row(deadline_rows.insert, &deadline_rows, d);
			if (over) {
				(void)sqlite3_bind_int64(deadline_rows.insert, at.status + 1, 0);
				(void)sqlite3_bind_int64(deadline_rows.insert, at.ended + 1, 0);
				give(deadline_rows.insert, at.next + 1,
					cell(&deadline_rows, d, at.due));
			}
			step(deadline_rows.insert, "inserting a deadline");
			written[d] = 1;
		} else if (written[d] == 1 && over &&
			   number(&deadline_rows, d, at.ended) <= at_ms) {
			bind_row(update_deadline, &deadline_rows, d);
			step(update_deadline, "updating a deadline");
			written[d] = 2;
		}
	}
}

static void write_relations(sqlite3_int64 id)
{
	for (long r = lower(&relation_rows, at.relation_from, id);
		r < relation_rows.rows_len && number(&relation_rows, r, at.relation_from) == id;
		r++) {
		bind_row(relation_rows.insert, &relation_rows, r);
		step(relation_rows.insert, "inserting a relation");
	}
}

/* One entry with all that belongs to it; returns whether it opened its case. */
static bool write_entry(long e)
{
	sqlite3_int64 id = number(&journal, e, at.entry_case);
	long row = lower(&cases, at.case_id, id);
	bool first = number(&journal, e, at.entry_rev) == 1;
	sqlite3_stmt *stmt = first ? cases.insert : update_case;
	need(row < cases.rows_len && number(&cases, row, at.case_id) == id, NULL, "a case");
	bind_row(stmt, &cases, row);
	give(stmt, at.case_rev + 1, cell(&journal, e, at.entry_rev));
	give(stmt, at.case_seq + 1, cell(&journal, e, at.entry_seq));
	give(stmt, at.case_head + 1, cell(&journal, e, at.entry_hash));
	step(stmt, "writing a case");
	bind_row(journal.insert, &journal, e);
	step(journal.insert, "appending an entry");
	write_deadlines(id, number(&journal, e, at.entry_at));
	if (first)
		write_relations(id);
	return first;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_part(const char *name, long n, double seconds)
{
	printf("\"%s\":{\"n\":%ld,\"per_second\":%.1f}", name, n,
		n > 0 && seconds > 0 ? (double)n / seconds : 0.0);
}

static void write_all(void)
{
	sqlite3_stmt *begin = prepare(to, "BEGIN IMMEDIATE"), *commit = prepare(to, "COMMIT");
	long n[2] = {0}, end = journal.rows_len;
	double seconds[2] = {0}, before = now();
	if (opt.entries > 0 && opt.entries < end)
		end = opt.entries;
	for (long e = 0; e < end;) {
		long opened = 0, from_entry = e;
		step(begin, "begin");
		for (long i = 0; i < opt.batch && e < end; i++)
			opened += write_entry(e++);
		step(commit, "commit");
		if (log_pages >= LOG_PAGES)
			(void)sqlite3_wal_checkpoint_v2(
				to, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		double after = now();
		bool opening = 2 * opened > e - from_entry; /* most of the batch */
		n[opening] += e - from_entry;
		seconds[opening] += after - before;
		before = after;
	}
	sqlite3_finalize(begin);
	sqlite3_finalize(commit);
	printf("{\"batch\":%ld,", opt.batch);
	print_part("open", n[1], seconds[1]);
	printf(",");
	print_part("transitions", n[0], seconds[0]);
	printf(",");
	print_part("all", n[0] + n[1], seconds[0] + seconds[1]);
	printf("}\n");
}

static void close_all(void)
{
	struct table *tables[] = {&cases, &journal, &deadline_rows, &relation_rows};
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		sqlite3_finalize(tables[i]->insert);
		free(tables[i]->rows);
	}
	sqlite3_finalize(update_case);
	sqlite3_finalize(update_deadline);
	free(written);
	sqlite3_close(to);
	sqlite3_close(from);
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"batch", 1, NULL, 'b'}, {"entries", 1, NULL, 'n'},
		{"versions", 0, NULL, 'v'}, {0}};
	for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		if (c == 'b')
			opt.batch = strtol(optarg, NULL, 10);
		else if (c == 'n')
			opt.entries = strtol(optarg, NULL, 10);
		else if (c != 'v')
			exit(2);
		if (c != 'v')
			continue;
		printf("{\"sqlite\":\"%s\",\"libuv\":\"%s\",\"compiler\":\"%s\"}\n",
			sqlite3_libversion(), uv_version_string(), COMPILER);
		exit(0);
	}
	if (optind != argc - 2 || opt.batch < 1 || opt.entries < 0) {
		fprintf(stderr, "usage: straight FROM.db TO.db [--batch N] [--entries N]\n"
				"       straight --versions\n");
		exit(2);
	}
	opt.from = argv[optind];
	opt.to = argv[optind + 1];
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	need(sqlite3_open_v2(opt.from, &from, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, from,
		opt.from);
	read_table(&cases, "id");
	read_table(&journal, "seq");
	read_table(&deadline_rows, "id");
	read_table(&relation_rows, "from_case, name, to_case");
	need(journal.rows_len > 0, NULL, "no entries");
	written = calloc((size_t)deadline_rows.rows_len + 1, 1);
	find_columns();
	make_database();
	prepare_all();
	write_all();
	close_all();
	return 0;
}
