/**
 * The writer, the thread that brings its log home, two readers and one who interrupts them, all at once; meant
 * for ThreadSanitizer, under which Criterion cannot start, and run in every build.
 *
 * Every batch writes the same number in several places, so a reader that sees half of one is caught.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store.h"

#define CASES   20
#define READERS 2
#define BATCHES 90
/* with these the log grows past the length at which it is brought home, twice or so */
#define BIG_BYTES 1000000

struct house {
	char folder[64];
	struct store *store;
	struct store_reader *readers[READERS];
	atomic_int snapshots, canceled;
	atomic_bool over;
};

struct reading {
	struct house *house;
	struct store_reader *reader;
};

static void fail(const char *what, const anju_error *err)
{
	fprintf(stderr, "not ok - %s: %s\n", what, err != NULL ? err->text : "");
	exit(1);
}

static void check(bool ok, const char *what)
{
	if (!ok)
		fail(what, NULL);
}

static void must(anju_status st, const anju_error *err)
{
	if (st != ANJU_OK)
		fail("call", err);
}

/* --- the writer --- */

static void key_of(int i, char out[16])
{
	snprintf(out, 16, "k%d", i);
}

static void append(struct house *h, int64_t case_id, int64_t rev)
{
	anju_error err = {0};
	struct store_entry entry = {.case_id = case_id,
		.rev = rev,
		.recorded_ms = rev,
		.effective_ms = rev,
		.event = "go",
		.actor = "system",
		.body = "{}"};
	int64_t seq;
	memset(entry.hash, (int)rev, sizeof entry.hash);
	must(store_journal_append(h->store, &entry, &seq, &err), &err);
}

static void write_cases(struct house *h, int64_t rev)
{
	anju_error err = {0};
	for (int i = 0; i < CASES; i++) {
		char key[16];
		key_of(i, key);
		struct store_case row = {.workflow = "household",
			.key = key,
			.hash = "6a0f",
			.rev = rev,
			.region = "610322",
			.phase = "agree",
			.state = "planned",
			.data = "{}",
			.meta = "{}"};
		memset(row.head, (int)rev, sizeof row.head);
		row.id = i + 1;
		if (rev == 1)
			must(store_case_insert(h->store, &row, &row.id, &err), &err);
		append(h, row.id, rev);
		if (rev > 1)
			must(store_case_update(h->store, &row, &err), &err);
		if (rev == 1 && i > 0)
			must(store_relation_add(h->store, row.id, "project", 1, &err), &err);
	}
}

static void write_batch(struct house *h, int64_t rev, const char *big)
{
	anju_error err = {0};
	char number[24], word[32];
	snprintf(number, sizeof number, "%lld", (long long)rev);
	snprintf(word, sizeof word, "word%lld", (long long)rev);
	must(store_begin(h->store, &err), &err);
	must(store_meta_put(h->store, "number", number, &err), &err);
	must(store_meta_put(h->store, "big", big, &err), &err);
	write_cases(h, rev);
	/* some are undone: what they wrote, and the words they brought, nobody ever sees */
	must(store_savepoint(h->store, &err), &err);
	must(store_relation_add(h->store, 1, word, 2, &err), &err);
	must(store_meta_put(h->store, "number", "undone", &err), &err);
	store_rollback_to(h->store);
	must(store_commit(h->store, &err), &err);
}

/* --- the readers --- */

static bool count_case(void *ctx, const struct store_case *row)
{
	int64_t *rev = ctx;
	check(row->rev == *rev, "a case of another batch");
	return true;
}

static bool count_entry(void *ctx, const struct store_entry *row)
{
	int64_t *rev = ctx;
	check(row->rev == ++*rev, "history with a gap");
	return true;
}

static bool count_related(void *ctx, int64_t id, const char *workflow, const char *key)
{
	(void)id;
	check(strcmp(workflow, "household") == 0 && key[0] == 'k', "name of a related case");
	++*(int *)ctx;
	return true;
}

static anju_status look(struct store_reader *reader, anju_error *err)
{
	const char *text;
	int related = 0;
	int64_t rev = 0, seen = 0;
	struct store_case_filter all = {.done = -1, .limit = 100};
	anju_status st = store_read_meta(reader, "number", &text, err);
	if (st == ANJU_OK)
		rev = strtoll(text, NULL, 10);
	if (st == ANJU_OK)
		st = store_read_cases(reader, &all, count_case, &rev, err);
	if (st == ANJU_OK)
		st = store_read_history(reader, CASES, 0, 1000, count_entry, &seen, err);
	if (st == ANJU_OK)
		st = store_read_related(reader, 1, "project", true, count_related, &related, err);
	if (st == ANJU_OK)
		check(seen == rev && related == CASES - 1, "half a batch");
	return st;
}

static void *read_on(void *arg)
{
	struct reading *r = arg;
	struct house *h = r->house;
	while (!h->over) {
		anju_error err = {0};
		anju_status st = store_read_begin(r->reader, &err);
		if (st == ANJU_OK) {
			st = look(r->reader, &err);
			store_read_end(r->reader);
		}
		if (st == ANJU_E_CANCELED)
			h->canceled++;
		else if (st == ANJU_OK)
			h->snapshots++;
		else
			fail("reading", &err);
	}
	return NULL;
}

static void *interrupt(void *arg)
{
	struct house *h = arg;
	for (int i = 0; !h->over; i++) {
		usleep(200);
		store_reader_interrupt(h->readers[i % READERS]);
	}
	return NULL;
}

/* --- all together --- */

static void open_house(struct house *h)
{
	anju_error err = {0};
	snprintf(h->folder, sizeof h->folder, "/tmp/anju-thread-store-XXXXXX");
	check(mkdtemp(h->folder) != NULL, "folder");
	struct store_options options = {.folder = h->folder};
	must(store_open(&options, &h->store, &err), &err);
}

static void trouble(void *ctx, const anju_error *err)
{
	(void)ctx;
	fail("the rows afterwards", err);
}

static void close_house(struct house *h)
{
	anju_error err = {0};
	must(store_check(h->readers[0], trouble, NULL, &err), &err);
	for (int i = 0; i < READERS; i++)
		store_reader_free(h->readers[i]);
	store_free(h->store);
	char path[96];
	static const char *const names[] = {"anju.db", "anju.lock"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", h->folder, names[i]);
		check(unlink(path) == 0, path);
	}
	check(rmdir(h->folder) == 0, h->folder);
}

int main(void)
{
	static struct house h;
	static char big[BIG_BYTES + 1];
	pthread_t threads[READERS], interrupter;
	struct reading readings[READERS];
	anju_error err = {0};
	memset(big, 'x', BIG_BYTES);
	open_house(&h);
	write_batch(&h, 1, big);
	for (int i = 0; i < READERS; i++) {
		must(store_reader_open(h.folder, &h.readers[i], &err), &err);
		readings[i] = (struct reading){.house = &h, .reader = h.readers[i]};
		check(pthread_create(&threads[i], NULL, read_on, &readings[i]) == 0, "thread");
	}
	check(pthread_create(&interrupter, NULL, interrupt, &h) == 0, "thread");
	for (int64_t rev = 2; rev <= BATCHES; rev++)
		write_batch(&h, rev, big);
	h.over = true;
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	pthread_join(interrupter, NULL);
	printf("snapshots %d, interrupted %d\n", h.snapshots, h.canceled);
	check(h.snapshots > 0, "no reader came to its end");
	close_house(&h);
	return 0;
}
