/*
 * Commits whose sync comes later, on a disk whose power fails (power.h): what a sync has covered is there
 * afterwards, the rest is there up to the end of some transaction, and nothing in between.
 *
 * Each seed is a random course of transactions: committed with their sync or without, with a sync now and then
 * that covers several. It is gone through in calm, and then with the power failing at a random change of
 * the disk, or the disk failing once there.
 *
 * usage: unsynced [--seeds N] [--seed FIRST] [--lie nothing]
 *   --lie  the disk only says that it syncs: the run must find a violation, else it fails
 * Prints TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "power.h"
#include "store/store.h"

#define COMMITS   40
#define CASES_MAX 8
#define LOG_PAGES 40 /* so that the log is brought home, and begins anew, in between */

struct course {
	char folder[64];
	struct store *store;
	uint64_t random;
	int64_t ids[CASES_MAX], revs[CASES_MAX];
	int cases;
	int64_t ends[COMMITS + 1]; /* the last entry of each transaction that was begun */
	int ends_len;
	int64_t said; /* the last entry that somebody may have been told of */
	int64_t settled;
	bool over; /* the power fails now */
	char wrong[300];
};

static unsigned below(struct course *c, unsigned n)
{
	c->random = c->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(c->random >> 33) % n;
}

static anju_status add_entry(struct course *c, int64_t *ret_seq, anju_error *err)
{
	unsigned i = below(c, CASES_MAX);
	char key[8];
	snprintf(key, sizeof key, "c%u", i);
	struct store_case row = {.workflow = "household",
		.key = key,
		.hash = "6a0f",
		.region = "",
		.phase = "",
		.state = "a",
		.data = "{\"note\":\"some text, so that rows take room\"}",
		.meta = "{}",
		.rev = c->revs[i] + 1};
	memset(row.head, (int)row.rev, sizeof row.head);
	anju_status st = ANJU_OK;
	if (c->revs[i] == 0)
		st = store_case_insert(c->store, &row, &c->ids[i], err);
	struct store_entry entry = {.case_id = row.id = c->ids[i],
		.rev = row.rev,
		.event = "e",
		.actor = "a",
		.body = "{\"text\":\"an entry, long enough to fill a page with a few of them\"}"};
	memset(entry.hash, (int)row.rev, sizeof entry.hash);
	if (st == ANJU_OK)
		st = store_journal_append(c->store, &entry, ret_seq, err);
	if (st == ANJU_OK && c->revs[i] > 0)
		st = store_case_update(c->store, &row, err);
	if (st == ANJU_OK)
		c->revs[i]++;
	return st;
}

/* One transaction; afterwards *ret_last is its last entry. */
static anju_status transaction(struct course *c, bool later, int64_t *ret_last, anju_error *err)
{
	anju_status st = store_begin(c->store, err);
	if (st != ANJU_OK)
		return st;
	for (unsigned n = 1 + below(c, 4); n > 0 && st == ANJU_OK; n--)
		st = add_entry(c, ret_last, err);
	if (st != ANJU_OK) {
		store_rollback(c->store);
		return st;
	}
	c->ends[c->ends_len++] = *ret_last;
	return later ? store_commit_unsynced(c->store, err) : store_commit(c->store, err);
}

/* A sync that failed leaves all since the last one in doubt, until the store has settled it. */
static anju_status sync_or_settle(struct course *c, anju_error *err)
{
	if (store_sync(c->store, err) == ANJU_OK)
		return ANJU_OK;
	if (store_sync(c->store, err) == ANJU_OK)
		snprintf(c->wrong, sizeof c->wrong, "in doubt, and synced without being settled");
	anju_status st = ANJU_E_IO;
	for (int i = 0; i < 3 && st != ANJU_OK && !power_is_off(); i++)
		st = store_begin(c->store, err);
	if (st == ANJU_OK) {
		c->settled++;
		c->over =
			below(c, 2) == 0; /* before the log is brought home, which would mend it */
		store_rollback(c->store);
	}
	return st;
}

static anju_status go(struct course *c, anju_error *err)
{
	struct store_options options = {.folder = c->folder, .inline_log_pages = LOG_PAGES};
	anju_status st = store_open(&options, &c->store, err);
	for (int i = 0; i < COMMITS && st == ANJU_OK && !c->over; i++) {
		bool later = below(c, 4) > 0;
		int64_t last = 0;
		st = transaction(c, later, &last, err);
		if (st == ANJU_OK && !later)
			c->said = last;
		if (st == ANJU_OK && later && below(c, 3) == 0) {
			st = sync_or_settle(c, err);
			c->said = st == ANJU_OK ? last : c->said;
		}
	}
	return st;
}

static void note_trouble(void *ctx, const anju_error *trouble)
{
	struct course *c = ctx;
	snprintf(c->wrong, sizeof c->wrong, "%.100s: %.150s", trouble->id, trouble->text);
}

static void look(struct course *c)
{
	anju_error err;
	struct store_reader *reader = NULL;
	struct store_stats stats = {0};
	struct store_options options = {.folder = c->folder, .inline_log_pages = LOG_PAGES};
	if (store_open(&options, &c->store, &err) != ANJU_OK ||
		store_reader_open(c->folder, &reader, &err) != ANJU_OK ||
		store_read_stats(reader, &stats, &err) != ANJU_OK)
		snprintf(c->wrong, sizeof c->wrong, "cannot be opened: %.200s", err.text);
	else if (store_check(reader, note_trouble, c, &err) != ANJU_OK && c->wrong[0] == '\0')
		snprintf(c->wrong, sizeof c->wrong, "cannot be checked: %.200s", err.text);
	store_reader_free(reader);
	store_free(c->store);
	c->store = NULL;
	bool end = stats.last_seq == 0;
	for (int i = 0; i < c->ends_len; i++)
		end = end || c->ends[i] == stats.last_seq;
	if (c->wrong[0] == '\0' && stats.last_seq < c->said)
		snprintf(c->wrong, sizeof c->wrong, "entry %lld was said, the last is %lld",
			(long long)c->said, (long long)stats.last_seq);
	if (c->wrong[0] == '\0' && !end)
		snprintf(c->wrong, sizeof c->wrong, "entry %lld ends no transaction",
			(long long)stats.last_seq);
}

/* One course; 0 = in calm. The number of the disk's changes. */
static int64_t live(
	struct course *c, uint64_t seed, enum power_fault fault, int64_t point, enum power_lie lie)
{
	anju_error err;
	char folder[64];
	int64_t settled = c->settled;
	memcpy(folder, c->folder, sizeof folder);
	*c = (struct course){.random = seed, .settled = settled};
	memcpy(c->folder, folder, sizeof folder);
	power_format(seed);
	power_lie(lie);
	power_arm(fault, point);
	if (go(c, &err) != ANJU_OK && point == 0)
		snprintf(c->wrong, sizeof c->wrong, "failed in calm: %.200s", err.text);
	int64_t changes = power_changes();
	if (point > 0 && !power_is_off())
		power_arm(POWER_FAILS, 1);
	store_free(c->store); /* with the power off whatever it wants of the disk fails */
	c->store = NULL;
	if (point > 0) {
		power_return();
		look(c);
	}
	return changes;
}

int main(int argc, char **argv)
{
	struct course c = {0};
	int64_t seeds = 300, violations = 0;
	uint64_t first = 1;
	enum power_lie lie = POWER_HONEST;
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seeds") == 0)
			seeds = atoll(argv[i + 1]);
		else if (strcmp(argv[i], "--seed") == 0)
			first = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--lie") == 0)
			lie = POWER_SYNC_DOES_NOTHING;
	}
	power_install();
	snprintf(c.folder, sizeof c.folder, "/tmp/anju-fault-XXXXXX");
	if (mkdtemp(c.folder) == NULL)
		return 2;
	for (int64_t i = 0; i < seeds && violations < 20; i++) {
		uint64_t seed = first + (uint64_t)i;
		int64_t changes = live(&c, seed, POWER_FAILS, 0, POWER_HONEST);
		enum power_fault fault = seed % 2 == 0 ? POWER_IO_ONCE : POWER_FAILS;
		if (c.wrong[0] == '\0')
			(void)live(&c, seed, fault,
				1 + (int64_t)(seed * 2654435761u % (uint64_t)changes), lie);
		if (c.wrong[0] == '\0')
			continue;
		violations++;
		printf("# --seed %llu: %s\n", (unsigned long long)seed, c.wrong);
	}
	char path[100];
	static const char *const names[] = {"anju.db", "anju.db-wal", "anju.db-shm", "anju.lock"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", c.folder, names[i]);
		(void)unlink(path); /* not all are there */
	}
	(void)rmdir(c.folder);
	bool good = lie != POWER_HONEST ? violations > 0 : violations == 0;
	printf("%s 1 - %lld courses, %lld settled after a failed sync, %lld violations%s\n1..1\n",
		good ? "ok" : "not ok", (long long)seeds, (long long)c.settled,
		(long long)violations, lie != POWER_HONEST ? " with a disk that lies" : "");
	return good ? 0 : 1;
}
