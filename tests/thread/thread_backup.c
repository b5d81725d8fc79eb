/**
 * Backups taken one after the other while the writer commits and a reader looks, all at once;
 * meant for ThreadSanitizer, and run in every build. Each backup is a state that was durable when it was begun, restores
 * to a store that is sound, and none is older than the one before it.
 */
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/backup.h"
#include "store/store.h"

#define CASES   8
#define BACKUPS 5
/* a case takes some pages, so that taking a backup lasts some commits */
#define DATA_BYTES 60000

struct house {
	char folder[64], data[80], backups[80];
	struct store *store;
	atomic_llong durable; /* seq of the last entry that was committed */
	atomic_bool over;
};

static void must(anju_status st, const anju_error *err)
{
	if (st == ANJU_OK)
		return;
	fprintf(stderr, "not ok - %s: %s\n", err->id, err->text);
	exit(1);
}

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "not ok - %s\n", what);
	exit(1);
}

/* --- the writer --- */

static int64_t write_round(struct house *h, int64_t rev, const int64_t ids[CASES], const char *data)
{
	anju_error err = {0};
	int64_t seq = 0;
	must(store_begin(h->store, &err), &err);
	for (int i = 0; i < CASES; i++) {
		char key[16];
		snprintf(key, sizeof key, "k%d", i);
		struct store_entry entry = {.case_id = ids[i],
			.rev = rev,
			.recorded_ms = rev,
			.effective_ms = rev,
			.event = "go",
			.actor = "system",
			.body = "{}"};
		memset(entry.hash, (int)rev, sizeof entry.hash);
		struct store_case row = {.id = ids[i],
			.workflow = "w",
			.key = key,
			.hash = "00",
			.rev = rev,
			.region = "61",
			.phase = "p",
			.state = "s",
			.data = data,
			.meta = "{}",
			.updated_ms = rev};
		memcpy(row.head, entry.hash, sizeof row.head);
		must(store_journal_append(h->store, &entry, &seq, &err), &err);
		must(store_case_update(h->store, &row, &err), &err);
	}
	must(store_commit(h->store, &err), &err);
	return seq;
}

static void open_cases(struct house *h, int64_t ids[CASES])
{
	anju_error err = {0};
	must(store_begin(h->store, &err), &err);
	for (int i = 0; i < CASES; i++) {
		char key[16];
		int64_t seq;
		snprintf(key, sizeof key, "k%d", i);
		struct store_case row = {.workflow = "w",
			.key = key,
			.hash = "00",
			.rev = 1,
			.region = "61",
			.phase = "p",
			.state = "s",
			.data = "{}",
			.meta = "{}"};
		must(store_case_insert(h->store, &row, &ids[i], &err), &err);
		struct store_entry entry = {.case_id = ids[i],
			.rev = 1,
			.event = "case.open",
			.actor = "system",
			.body = "{}"};
		must(store_journal_append(h->store, &entry, &seq, &err), &err);
	}
	must(store_commit(h->store, &err), &err);
}

static void *write_cases(void *arg)
{
	struct house *h = arg;
	int64_t ids[CASES];
	char *data = malloc(DATA_BYTES + 3);
	data[0] = '"';
	memset(data + 1, 'x', DATA_BYTES);
	memcpy(data + 1 + DATA_BYTES, "\"", 2);
	open_cases(h, ids);
	for (int64_t rev = 2; !atomic_load(&h->over); rev++)
		atomic_store(&h->durable, write_round(h, rev, ids, data));
	free(data);
	return NULL;
}

/* --- one who looks --- */

static void *read_cases(void *arg)
{
	struct house *h = arg;
	anju_error err = {0};
	ANJU_AUTO(store_reader) reader = NULL;
	must(store_reader_open(h->data, &reader, &err), &err);
	while (!atomic_load(&h->over)) {
		struct store_stats stats;
		must(store_read_stats(reader, &stats, &err), &err);
		check(stats.entries % CASES == 0, "half a batch was seen");
		usleep(2000); /* allowed: only to leave the others room */
	}
	return NULL;
}

/* --- backups --- */

static void tell(void *ctx, const anju_error *trouble)
{
	fprintf(stderr, "# %s: %s\n", trouble->id, trouble->text);
}

static void check_restored(struct house *h, const struct backup *b)
{
	anju_error err = {0};
	struct backup again;
	char back[112];
	snprintf(back, sizeof back, "%s/%s", h->folder, b->name);
	must(backup_restore(h->backups, b->name, back, &again, &err), &err);
	ANJU_AUTO(store_reader) reader = NULL;
	must(store_reader_open(back, &reader, &err), &err);
	must(store_check(reader, tell, NULL, &err), &err);
}

static void take_backups(struct house *h)
{
	int64_t before = 0;
	for (int i = 0; i < BACKUPS; i++) {
		anju_error err = {0};
		struct backup b;
		int64_t durable = atomic_load(&h->durable);
		must(backup_take(h->data, h->backups, (INT64_C(1502841600) + i) * 1000, &b, &err),
			&err);
		check(b.last_seq >= durable, "what was durable before is in it");
		check(b.last_seq >= before && b.last_seq % CASES == 0, "a batch is in it whole");
		before = b.last_seq;
		check_restored(h, &b);
	}
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

int main(void)
{
	anju_error err = {0};
	struct house h = {.folder = "/tmp/anju-backup-XXXXXX"};
	pthread_t writer, reader;
	check(mkdtemp(h.folder) != NULL, "folder");
	snprintf(h.data, sizeof h.data, "%s/data", h.folder);
	snprintf(h.backups, sizeof h.backups, "%s/backups", h.folder);
	const struct store_options options = {.folder = h.data};
	must(store_open(&options, &h.store, &err), &err);
	check(pthread_create(&writer, NULL, write_cases, &h) == 0, "thread");
	check(pthread_create(&reader, NULL, read_cases, &h) == 0, "thread");
	while (atomic_load(&h.durable) == 0)
		usleep(1000); /* allowed: until the first is there */
	take_backups(&h);
	atomic_store(&h.over, true);
	pthread_join(writer, NULL);
	pthread_join(reader, NULL);
	printf("ok - %d backups beside %lld entries\n", BACKUPS,
		(long long)atomic_load(&h.durable));
	store_free(h.store);
	(void)nftw(h.folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}
