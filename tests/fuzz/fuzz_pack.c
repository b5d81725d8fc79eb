/**
 * Any files as a pack, behind each other with a line "=== NAME" before each: sound, or every finding has a file, a
 * place in it and sentences in both languages, and the first of them is what loading fails with.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "pack/pack.h"

#define FILES_MAX 8

struct file {
	const char *name;
	const uint8_t *data;
	size_t n;
};

struct seen {
	const uint8_t *data;
	size_t n;
	struct file files[FILES_MAX];
	size_t files_len;
	int findings;
	anju_error first;
};

/* A plain name in the pack's own folder; everything else would be no pack, and perhaps not ours. */
static bool name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.");
	return n > 5 && n < 60 && name[n] == '\0' && name[0] != '.' &&
	       strcmp(name + n - 5, ".json") == 0;
}

/* The later one would replace the earlier. */
static bool is_there(const struct seen *seen, const char *name)
{
	for (size_t i = 0; i < seen->files_len; i++) {
		if (strcmp(seen->files[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The next file of the input; false at its end. */
static bool next_file(const uint8_t **at, const uint8_t *end, char name[64], struct file *ret)
{
	const uint8_t *p = *at, *eol = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
	if (eol == NULL || eol - p < 5 || eol - p > 60 || memcmp(p, "=== ", 4) != 0)
		return false;
	size_t len = (size_t)(eol - p) - 4;
	memcpy(name, p + 4, len);
	name[len] = '\0';
	const uint8_t *next = memmem(eol, (size_t)(end - eol), "\n=== ", 5);
	const uint8_t *stop = next != NULL && next > eol ? next + 1 : end;
	/* an empty file's line end is the one before the next file's name */
	*ret = (struct file){name, eol + 1, stop > eol ? (size_t)(stop - eol) - 1 : 0};
	*at = stop;
	return true;
}

static void clear_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		char file[512];
		snprintf(file, sizeof file, "%s/%s", path, d->d_name);
		if (d->d_name[0] != '.')
			(void)unlink(file);
	}
	if (dir != NULL)
		closedir(dir);
}

static void note(void *ctx, const anju_error *err)
{
	struct seen *seen = ctx;
	if (seen->findings++ == 0)
		seen->first = *err;
	fuzz_error(err->status, err, seen->data, seen->n);
	for (size_t i = 0; i < seen->files_len; i++) {
		const struct file *f = &seen->files[i];
		const char *base = strrchr(err->file, '/');
		if (strcmp(base != NULL ? base + 1 : err->file, f->name) != 0)
			continue;
		ANJU_AUTO_JSON *doc =
			json_loadb((const char *)f->data, f->n, JSON_REJECT_DUPLICATES, NULL);
		if (doc != NULL)
			fuzz_pointer(doc, err->where);
	}
}

static void check_set(const struct pack_set *set)
{
	fuzz_assert(pack_set_name(set) != NULL && pack_set_org(set) != NULL);
	fuzz_assert(json_is_object(pack_set_rules(set)));
	for (size_t i = 0; i < pack_set_workflow_count(set); i++) {
		const struct workflow *wf = pack_set_workflow_at(set, i);
		fuzz_assert(pack_set_workflow((struct pack_set *)(uintptr_t)set, wf->id) == wf);
		fuzz_assert(wf->chart != NULL && chart_state_count(wf->chart) > 1);
	}
	for (size_t i = 0; i < pack_set_obligation_count(set); i++)
		fuzz_assert(pack_set_obligation_at(set, i)->id != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char names[FILES_MAX][64];
	const uint8_t *at = data;
	struct seen seen = {.data = data, .n = n};
	(void)mkdir(fuzz_path("p"), 0700);
	clear_folder(fuzz_path("p"));
	while (seen.files_len < FILES_MAX &&
		next_file(&at, data + n, names[seen.files_len], &seen.files[seen.files_len])) {
		const struct file *f = &seen.files[seen.files_len];
		char path[80];
		if (!name_ok(f->name) || is_there(&seen, f->name))
			break;
		snprintf(path, sizeof path, "p/%s", f->name);
		fuzz_write(path, f->data, f->n);
		seen.files_len++;
	}
	anju_error err;
	ANJU_AUTO(pack_set) set = NULL;
	const struct pack_options options = {
		.dir = fuzz_folder(), .report = note, .report_ctx = &seen};
	anju_status st = pack_load(&options, &set, &err);
	fuzz_assert((st == ANJU_OK) == (set != NULL));
	if (st == ANJU_OK) {
		fuzz_assert(seen.findings == 0);
		check_set(set);
		return 0;
	}
	fuzz_error(st, &err, data, n);
	fuzz_assert(seen.findings > 0 && memcmp(&err, &seen.first, sizeof err) == 0);
	return 0;
}
