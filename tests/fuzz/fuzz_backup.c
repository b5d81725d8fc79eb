/**
 * A backup folder that something has happened to: its list is the first part of the input, up to a line "===" (where
 * "$A", "$B" … stand for the names of the pieces); behind it changes of the pieces, four bytes each. Verifying and
 * restoring agree; what is restored is what was backed up, byte for byte, or nothing is left of it; pruning takes no
 * piece that the list names.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/house.h"
#include "store/backup.h"

#define NAME       "20170816-080000"
#define PIECES_MAX 16

struct piece {
	char hex[72];
	struct buf content;
};
static struct piece pieces[PIECES_MAX];
static size_t pieces_len;
static struct buf whole; /* the pieces of the untouched backup in their order */

static void read_file(const char *path, struct buf *out)
{
	char part[4096];
	size_t n;
	ANJU_AUTO_FILE f = fopen(path, "rb");
	while (f != NULL && (n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(out, part, n);
}

static const char *piece_path(const struct piece *p)
{
	char name[128];
	snprintf(name, sizeof name, "kept/chunks/%.2s/%s", p->hex, p->hex + 2);
	return fuzz_path(name);
}

static void take_first(void)
{
	anju_error err;
	struct backup b;
	ANJU_AUTO_BUF list = BUF_INIT;
	char *data = strdup(house_seed());
	*strrchr(data, '/') = '\0';
	if (backup_take(data, fuzz_path("kept"), HOUSE_START_MS, &b, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	free(data);
	fuzz_same_text(b.name, NAME);
	read_file(fuzz_path("kept/" NAME ".backup.json"), &list);
	ANJU_AUTO_JSON *doc = json_loadb(list.data, list.len, 0, NULL);
	json_t *chunk;
	size_t i;
	json_array_foreach(json_object_get(doc, "chunks"), i, chunk) {
		fuzz_assert(i < PIECES_MAX);
		struct piece *p = &pieces[pieces_len++];
		snprintf(p->hex, sizeof p->hex, "%s", json_string_value(chunk));
		read_file(piece_path(p), &p->content);
		buf_add(&whole, p->content.data, p->content.len);
	}
	fuzz_assert(pieces_len > 0);
}

/* "$A" becomes a name. */
static void write_list(const char *text, size_t n)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		size_t k = i + 1 < n ? (size_t)(text[i + 1] - 'A') : PIECES_MAX;
		if (text[i] != '$' || k >= pieces_len) {
			buf_addc(&out, text[i]);
			continue;
		}
		buf_adds(&out, pieces[k].hex);
		i++;
	}
	fuzz_write("kept/" NAME ".backup.json", out.data != NULL ? out.data : "", out.len);
}

static void write_piece(const struct piece *p, const void *data, size_t n)
{
	const char *path = piece_path(p);
	fuzz_write(path + strlen(fuzz_folder()) + 1, data, n);
}

/* Which piece, where (two bytes), what is put there; the place behind the last byte cuts the piece short. */
static void damage(struct fuzz_bytes *b)
{
	while (b->n > 0) {
		struct piece *p = &pieces[fuzz_below(b, (uint32_t)pieces_len)];
		size_t at = fuzz_below(b, 65536);
		char with = (char)fuzz_byte(b);
		ANJU_AUTO_BUF now = BUF_INIT;
		read_file(piece_path(p), &now);
		if (at < now.len)
			now.data[at] = with;
		else
			now.len /= 2;
		write_piece(p, now.data != NULL ? now.data : "", now.len);
	}
}

static void mend(void)
{
	for (size_t i = 0; i < pieces_len; i++) {
		(void)mkdir(fuzz_path("kept/chunks"), 0700);
		char sub[32];
		snprintf(sub, sizeof sub, "kept/chunks/%.2s", pieces[i].hex);
		fuzz_assert(mkdir(fuzz_path(sub), 0700) == 0 || errno == EEXIST);
		write_piece(&pieces[i], pieces[i].content.data, pieces[i].content.len);
	}
}

static bool count(void *ctx, const struct backup *b)
{
	++*(int *)ctx;
	return true;
}

/* The pieces that the list names, one behind the other, as they were before anything happened. */
static void check_restored(const json_t *list)
{
	ANJU_AUTO_BUF got = BUF_INIT, want = BUF_INIT;
	const json_t *chunk;
	size_t i;
	read_file(fuzz_path("back/anju.db"), &got);
	json_array_foreach(json_object_get(list, "chunks"), i, chunk) {
		size_t k = 0;
		while (strcmp(pieces[k].hex, json_string_value(chunk)) != 0)
			fuzz_assert(++k < pieces_len);
		buf_add(&want, pieces[k].content.data, pieces[k].content.len);
	}
	fuzz_assert(got.len == want.len && memcmp(got.data, want.data, got.len) == 0);
	if (got.len != whole.len || memcmp(got.data, whole.data, got.len) != 0)
		return; /* in another order: what store_check is for */
	anju_error err;
	struct house house = {.folder = ""};
	snprintf(house.folder, sizeof house.folder, "%s", fuzz_path("back"));
	if (house_open(&house, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	house_sound(&house);
	house_close(&house);
}

static void clear_restored(void)
{
	static const char *const names[] = {"back/anju.db", "back/anju.db-wal", "back/anju.db-shm",
		"back/anju.lock", "back/snapshot.part"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)unlink(fuzz_path(names[i]));
}

static void check_prune(void)
{
	anju_error err;
	int64_t freed = 0;
	struct backup b;
	anju_status before = backup_verify(fuzz_path("kept"), NAME, &b, &err);
	if (backup_prune(fuzz_path("kept"), 1, &freed, &err) != ANJU_OK)
		return;
	fuzz_assert(backup_verify(fuzz_path("kept"), NAME, &b, &err) == before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err, other;
	struct backup b, c;
	int listed = 0;
	if (pieces_len == 0)
		take_first();
	const uint8_t *mark = memmem(data, n, "\n===\n", 5);
	size_t list_len = mark != NULL ? (size_t)(mark - data) : n;
	struct fuzz_bytes rest = {data + list_len, n - list_len};
	if (mark != NULL)
		rest = (struct fuzz_bytes){mark + 5, n - list_len - 5};
	write_list((const char *)data, list_len);
	damage(&rest);
	ANJU_AUTO_BUF text = BUF_INIT;
	read_file(fuzz_path("kept/" NAME ".backup.json"), &text);
	ANJU_AUTO_JSON *list = json_loadb(
		text.data != NULL ? text.data : "", text.len, JSON_REJECT_DUPLICATES, NULL);
	anju_status st = backup_list(fuzz_path("kept"), count, &listed, &err);
	fuzz_assert((st == ANJU_OK) == (listed == 1));
	if (st != ANJU_OK)
		fuzz_error(st, &err, data, n);
	anju_status verified = backup_verify(fuzz_path("kept"), NULL, &b, &err);
	clear_restored();
	st = backup_restore(fuzz_path("kept"), NULL, fuzz_path("back"), &c, &other);
	fuzz_assert(st == verified && (st != ANJU_OK || listed == 1));
	if (st == ANJU_OK) {
		fuzz_assert(memcmp(&b, &c, sizeof b) == 0);
		check_restored(list);
	} else {
		fuzz_error(st, &err, data, n);
		fuzz_error(st, &other, data, n);
		fuzz_assert(access(fuzz_path("back/anju.db"), F_OK) != 0);
		fuzz_assert(access(fuzz_path("back/snapshot.part"), F_OK) != 0);
	}
	check_prune();
	/* what was pruned or damaged is there again for the next input */
	mend();
	return 0;
}
