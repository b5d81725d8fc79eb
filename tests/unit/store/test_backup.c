/* Backups, and copies that are not to be trusted. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "store/backup.h"
#include "unit/support.h"

#define AT INT64_C(1508500980000) /* 2017-10-20T20:03:00+08:00 */

struct backups {
	struct fixture f;
	char folder[160], restored[160];
};

static int remove_it(const char *path, const struct stat *s, int type, struct FTW *at)
{
	(void)s;
	(void)type;
	(void)at;
	return remove(path);
}

static void done(struct backups *b)
{
	(void)nftw(b->folder, remove_it, 8, FTW_DEPTH | FTW_PHYS);
	(void)nftw(b->restored, remove_it, 8, FTW_DEPTH | FTW_PHYS);
	fixture_done(&b->f);
}

#define assert_fails(call, err, status, want)                                                      \
	do {                                                                                       \
		assert_status(call, status);                                                       \
		cr_assert_str_eq((err).id, want);                                                  \
	} while (0)

static void init(struct backups *b)
{
	fixture_init(&b->f);
	fixture_open(&b->f);
	fixture_begin(&b->f);
	fixture_add_case(&b->f, "first");
	fixture_commit(&b->f);
	snprintf(b->folder, sizeof b->folder, "%s/backups", b->f.folder);
	snprintf(b->restored, sizeof b->restored, "%s/restored", b->f.folder);
}

/* A thousand cases, so that the database has several pieces. */
static void add_many(struct fixture *f, const char *prefix)
{
	char key[24];
	fixture_begin(f);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "%s-%d", prefix, i);
		fixture_add_case(f, key);
	}
	fixture_commit(f);
}

static bool has_case(const char *folder, const char *key)
{
	anju_error err = {0};
	ANJU_AUTO(store_reader) reader = NULL;
	struct store_case row;
	assert_ok(store_reader_open(folder, &reader, &err), err);
	return store_read_case(reader, "household", key, &row, &err) == ANJU_OK;
}

ANJU_TEST(backup, holds_what_was_committed_when_it_was_taken)
{
	struct backups b;
	struct backup is;
	init(&b);
	/* the writer is open and has not brought its log home */
	assert_ok(backup_take(b.f.folder, b.folder, AT, &is, &b.f.err), b.f.err);
	cr_assert_str_eq(is.name, "20171020-200300");
	cr_assert_eq(is.last_seq, 1);
	cr_assert_eq(is.written, is.bytes);
	fixture_begin(&b.f);
	fixture_add_case(&b.f, "later");
	fixture_commit(&b.f);
	assert_ok(backup_restore(b.folder, NULL, b.restored, &is, &b.f.err), b.f.err);
	cr_assert(has_case(b.restored, "first"));
	cr_assert(!has_case(b.restored, "later"));
	/* and it may be written to: it is no copy of a folder in use */
	struct store *other = NULL;
	struct store_options options = {.folder = b.restored};
	assert_ok(store_open(&options, &other, &b.f.err), b.f.err);
	store_free(other);
	done(&b);
}

ANJU_TEST(backup, keeps_what_did_not_change_once)
{
	struct backups b;
	struct backup first, second;
	init(&b);
	add_many(&b.f, "many");
	assert_ok(backup_take(b.f.folder, b.folder, AT, &first, &b.f.err), b.f.err);
	fixture_begin(&b.f);
	fixture_add_case(&b.f, "later");
	fixture_commit(&b.f);
	assert_ok(backup_take(b.f.folder, b.folder, AT + 1000, &second, &b.f.err), b.f.err);
	cr_assert_gt(second.written, 0);
	cr_assert_lt(second.written, first.written / 2, "%lld of %lld", (long long)second.written,
		(long long)first.written);
	/* each can be restored on its own */
	assert_ok(backup_restore(b.folder, first.name, b.restored, &first, &b.f.err), b.f.err);
	cr_assert(!has_case(b.restored, "later"));
	done(&b);
}

ANJU_TEST(backup, of_the_same_second_is_refused)
{
	struct backups b;
	struct backup is;
	init(&b);
	assert_ok(backup_take(b.f.folder, b.folder, AT, &is, &b.f.err), b.f.err);
	assert_fails(backup_take(b.f.folder, b.folder, AT + 999, &is, &b.f.err), b.f.err,
		ANJU_E_EXISTS, "store.backup_exists");
	done(&b);
}

static char piece[512];

static int find_piece(const char *path, const struct stat *s, int type, struct FTW *at)
{
	(void)at;
	if (type == FTW_F && s->st_size == 65536 && strstr(path, "/chunks/") != NULL)
		snprintf(piece, sizeof piece, "%s", path);
	return piece[0] != '\0';
}

static void damage(const char *folder)
{
	piece[0] = '\0';
	nftw(folder, find_piece, 8, FTW_PHYS);
	cr_assert_neq(piece[0], '\0');
	FILE *file = fopen(piece, "r+");
	fseek(file, 4000, SEEK_SET);
	fputc(fgetc(file) ^ 1, file);
	fclose(file);
}

ANJU_TEST(backup, a_damaged_piece_is_found_named_and_mended_by_the_next)
{
	struct backups b;
	struct backup is;
	init(&b);
	add_many(&b.f, "many");
	assert_ok(backup_take(b.f.folder, b.folder, AT, &is, &b.f.err), b.f.err);
	assert_ok(backup_verify(b.folder, NULL, &is, &b.f.err), b.f.err);
	damage(b.folder);
	assert_fails(backup_verify(b.folder, NULL, &is, &b.f.err), b.f.err, ANJU_E_CORRUPT,
		"store.backup_chunk");
	cr_assert_neq(b.f.err.found[0], '\0');
	assert_fails(backup_restore(b.folder, NULL, b.restored, &is, &b.f.err), b.f.err,
		ANJU_E_CORRUPT, "store.backup_chunk");
	char left[200];
	snprintf(left, sizeof left, "%s/anju.db", b.restored);
	cr_assert_neq(access(left, F_OK), 0);
	/* the next one does not rely on it */
	assert_ok(backup_take(b.f.folder, b.folder, AT + 1000, &is, &b.f.err), b.f.err);
	assert_ok(backup_verify(b.folder, NULL, &is, &b.f.err), b.f.err);
	done(&b);
}

ANJU_TEST(backup, nothing_is_restored_over_a_database)
{
	struct backups b;
	struct backup is;
	init(&b);
	assert_ok(backup_take(b.f.folder, b.folder, AT, &is, &b.f.err), b.f.err);
	assert_fails(backup_restore(b.folder, NULL, b.f.folder, &is, &b.f.err), b.f.err,
		ANJU_E_EXISTS, "store.restore_exists");
	done(&b);
}

static bool count(void *ctx, const struct backup *is)
{
	int *n = ctx;
	(void)is;
	(*n)++;
	return true;
}

ANJU_TEST(backup, old_ones_are_removed_with_the_pieces_that_only_they_need)
{
	struct backups b;
	struct backup is;
	int64_t freed = 0;
	int n = 0;
	init(&b);
	for (int i = 0; i < 3; i++) {
		add_many(&b.f, i == 0 ? "a" : i == 1 ? "b" : "c");
		if (i == 0)
			continue;
		assert_ok(backup_take(b.f.folder, b.folder, AT + i * 1000, &is, &b.f.err), b.f.err);
	}
	assert_ok(backup_prune(b.folder, 1, &freed, &b.f.err), b.f.err);
	cr_assert_gt(freed, 0);
	assert_ok(backup_list(b.folder, count, &n, &b.f.err), b.f.err);
	cr_assert_eq(n, 1);
	assert_ok(backup_verify(b.folder, NULL, &is, &b.f.err), b.f.err);
	done(&b);
}

ANJU_TEST(backup, a_list_that_cannot_be_read_is_named)
{
	struct backups b;
	struct backup is;
	char path[256];
	int n = 0;
	int64_t freed;
	init(&b);
	assert_fails(backup_verify(b.f.folder, NULL, &is, &b.f.err), b.f.err, ANJU_E_NOTFOUND,
		"store.no_backup");
	assert_ok(backup_take(b.f.folder, b.folder, AT, &is, &b.f.err), b.f.err);
	snprintf(path, sizeof path, "%s/20180101-000000.backup.json", b.folder);
	FILE *file = fopen(path, "w");
	fputs("{\"format\": 1, \"chunks\": []}", file);
	fclose(file);
	assert_fails(backup_list(b.folder, count, &n, &b.f.err), b.f.err, ANJU_E_CORRUPT,
		"store.backup_list");
	cr_assert_str_eq(b.f.err.file, path);
	/* it may need any piece: none is removed */
	assert_fails(backup_prune(b.folder, 1, &freed, &b.f.err), b.f.err, ANJU_E_CORRUPT,
		"store.backup_list");
	assert_ok(backup_verify(b.folder, "20171020-200300", &is, &b.f.err), b.f.err);
	done(&b);
}

/* --- copies --- */

static void copy_file(const char *from, const char *to, const char *name, bool needed)
{
	char path[300], data[4096];
	snprintf(path, sizeof path, "%s/%s", from, name);
	FILE *in = fopen(path, "r");
	cr_assert(in != NULL || !needed, "%s", path);
	if (in == NULL)
		return;
	snprintf(path, sizeof path, "%s/%s", to, name);
	FILE *out = fopen(path, "w");
	for (size_t n; (n = fread(data, 1, sizeof data, in)) > 0;)
		fwrite(data, 1, n, out);
	fclose(in);
	fclose(out);
}

static anju_status open_folder(const char *folder, anju_error *err)
{
	struct store *store = NULL;
	struct store_options options = {.folder = folder};
	anju_status st = store_open(&options, &store, err);
	store_free(store);
	return st;
}

ANJU_TEST(copy, of_a_folder_in_use_is_refused_until_adopted)
{
	struct backups b;
	init(&b);
	mkdir(b.restored, 0700);
	copy_file(b.f.folder, b.restored, "anju.db", true);
	copy_file(b.f.folder, b.restored, "anju.db-wal", true);
	assert_fails(open_folder(b.restored, &b.f.err), b.f.err, ANJU_E_CORRUPT, "store.copied");
	assert_ok(store_adopt(b.restored, &b.f.err), b.f.err);
	assert_ok(open_folder(b.restored, &b.f.err), b.f.err);
	cr_assert(has_case(b.restored, "first"));
	done(&b);
}

ANJU_TEST(copy, without_the_log_is_refused_as_well)
{
	struct backups b;
	init(&b);
	mkdir(b.restored, 0700);
	copy_file(b.f.folder, b.restored, "anju.db", true);
	assert_fails(open_folder(b.restored, &b.f.err), b.f.err, ANJU_E_CORRUPT, "store.copied");
	done(&b);
}

ANJU_TEST(copy, of_a_folder_at_rest_is_as_good_as_the_folder)
{
	struct backups b;
	init(&b);
	store_free(b.f.store);
	b.f.store = NULL;
	mkdir(b.restored, 0700);
	copy_file(b.f.folder, b.restored, "anju.db", true);
	copy_file(b.f.folder, b.restored, "anju.db-wal", false);
	assert_ok(open_folder(b.restored, &b.f.err), b.f.err);
	cr_assert(has_case(b.restored, "first"));
	done(&b);
}

ANJU_TEST(copy, a_folder_in_use_is_not_adopted)
{
	struct backups b;
	init(&b);
	assert_fails(store_adopt(b.f.folder, &b.f.err), b.f.err, ANJU_E_BUSY, "store.locked");
	done(&b);
}
