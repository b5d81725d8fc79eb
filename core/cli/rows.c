/* Collecting: a walk through every file of every pack, noting each "rows" on the way. */
#include "cli/rows.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "scenario/scenario.h"

#define FILE_MAX (4u << 20)
#define DEPTH    96

struct walk {
	json_t *rows;     /* owned; id → {"definitions", "scenarios"} */
	const char *pack; /* whose file it is */
	const char *file; /* as shown: "baoji/pack.json" */
	bool scenario;
	const json_t *doc;
};

/* --- what a place is --- */

/* The member that holds the last one of a pointer: "deadlines" of "/meta/anju/deadlines/due". */
static bool is_in(const char *pointer, const char *holder)
{
	const char *last = strrchr(pointer, '/');
	size_t n = strlen(holder);
	return last != NULL && (size_t)(last - pointer) > n && last[-(ptrdiff_t)n - 1] == '/' &&
	       strncmp(last - n, holder, n) == 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Past the last "/states/NAME": what belongs to a state itself, or to one of its transitions? */
static const char *kind_of_meta(const char *pointer)
{
	static const char *const holders[] = {"/on/", "/always", "/after/", "/onDone", NULL};
	const char *rest = pointer, *state;
	while ((state = strstr(rest, "/states/")) != NULL)
		rest = state + strlen("/states/");
	for (size_t i = 0; holders[i] != NULL; i++) {
		if (strstr(rest, holders[i]) != NULL)
			return "transition";
	}
	return strcmp(pointer, "/meta/anju") == 0 ? "workflow" : "state";
}

static const char *kind_of(const char *file, const char *pointer)
{
	static const char *const holders[][2] = {{"rules", "rule"}, {"local", "local"},
		{"obligations", "obligation"}, {"fields", "field"}, {"relations", "relation"},
		{"deadlines", "deadline"}, {NULL, NULL}};
	for (size_t i = 0; holders[i][0] != NULL; i++) {
		if (is_in(pointer, holders[i][0]))
			return holders[i][1];
	}
	if (ends_with(pointer, "/meta/anju"))
		return kind_of_meta(pointer);
	return pointer[0] == '\0' && ends_with(file, "/pack.json") ? "pack" : "other";
}

/* --- what a step of a scenario shows --- */

static void add_dues(json_t *list, const char *name, const json_t *expect)
{
	const char *deadline;
	json_t *v;
	json_object_foreach(json_object_get(expect, "deadlines"), deadline, v) {
		const json_t *due = json_object_get(v, "due");
		if (due == NULL && !json_is_null(v))
			continue;
		json_t *item = json_pack("{s:s, s:s}", "case", name, "deadline", deadline);
		(void)json_object_set_new(
			item, "due", due != NULL ? json_incref((json_t *)due) : json_null());
		(void)json_array_append_new(list, item);
	}
}

static json_t *dues(const json_t *steps, size_t at)
{
	const json_t *step = json_array_get(steps, at), *expect = json_object_get(step, "expect");
	const char *name = NULL, *other;
	json_t *list = json_array(), *v;
	for (size_t i = at + 1; i-- > 0 && name == NULL;)
		name = scenario_case_of(json_array_get(steps, i));
	add_dues(list, name != NULL ? name : "", expect);
	json_object_foreach(json_object_get(expect, "cases"), other, v) {
		add_dues(list, other, v);
	}
	return list;
}

static void describe_step(const struct walk *w, const char *pointer, json_t *place)
{
	const json_t *steps = json_object_get(w->doc, "steps"), *on = NULL;
	size_t at = strtoul(pointer + strlen("/steps/"), NULL, 10);
	for (size_t i = at + 1; i-- > 0 && on == NULL;)
		on = json_object_get(json_array_get(steps, i), "on");
	if (on == NULL)
		on = json_object_get(w->doc, "start");
	if (on != NULL)
		(void)json_object_set(place, "on", (json_t *)on);
	(void)json_object_set_new(place, "due", dues(steps, at));
}

/* --- the walk --- */

static bool note(struct walk *w, const char *id, const struct json_at *at, const json_t *titled,
	const char *kind)
{
	char pointer[512];
	json_t *row = json_object_get(w->rows, id);
	json_at_pointer(at, pointer, sizeof pointer);
	if (row == NULL) {
		row = json_pack("{s:s, s:[], s:[]}", "id", id, "definitions", "scenarios");
		if (json_object_set_new(w->rows, id, row) != 0)
			return false;
	}
	json_t *place =
		json_pack("{s:s, s:s, s:s}", "pack", w->pack, "file", w->file, "pointer", pointer);
	const json_t *title = json_object_get(titled, "title");
	if (json_is_object(title))
		(void)json_object_set(place, "title", (json_t *)title);
	if (!w->scenario)
		(void)json_object_set_new(place, "kind",
			json_string(kind != NULL ? kind : kind_of(w->file, pointer)));
	else if (strncmp(pointer, "/steps/", strlen("/steps/")) == 0)
		describe_step(w, pointer, place);
	return json_array_append_new(
		       json_object_get(row, w->scenario ? "scenarios" : "definitions"), place) == 0;
}

/* A blank is named by its row, or by that and a name: "GX-D-20.visit". */
static bool note_local(struct walk *w, const char *id, const struct json_at *at,
	const json_t *titled, const char *kind)
{
	ANJU_AUTO_MEM char *row = strndup(id, strcspn(id, "."));
	return row != NULL && note(w, row, at, titled, kind);
}

/* What the object itself says. `titled` is the nearest one on the way to it that has a title. */
static bool note_own(
	struct walk *w, const json_t *v, const struct json_at *at, const json_t *titled)
{
	const json_t *rows = json_object_get(v, "rows"), *local = json_object_get(v, "local");
	bool ok = true;
	for (size_t i = 0; ok && i < json_array_size(rows); i++) {
		const char *id = json_string_value(json_array_get(rows, i));
		ok = id == NULL || note(w, id, at, titled, NULL);
	}
	if (w->scenario)
		return ok;
	if (ok && json_is_string(local))
		ok = note_local(w, json_string_value(local), at, titled, "blank");
	const char *id;
	json_t *value;
	struct json_at local_at = JSON_AT_KEY(at, "local");
	bool head = v == w->doc && ends_with(w->file, "/pack.json");
	json_object_foreach((json_t *)(head ? local : NULL), id, value) {
		struct json_at here = JSON_AT_KEY(&local_at, id);
		ok = ok && note_local(w, id, &here, titled, "local");
	}
	return ok;
}

static bool walk(
	struct walk *w, const json_t *v, const struct json_at *at, const json_t *titled, int depth)
{
	bool ok = true;
	const char *key;
	json_t *below;
	if (depth == DEPTH)
		return true; /* no definition is nested like that: loading refuses it */
	if (json_object_get(v, "title") != NULL)
		titled = v;
	if (json_is_object(v))
		ok = note_own(w, v, at, titled);
	json_object_foreach((json_t *)v, key, below) {
		struct json_at here = JSON_AT_KEY(at, key);
		ok = ok && walk(w, below, &here, titled, depth + 1);
	}
	for (size_t i = 0; ok && i < json_array_size(v); i++) {
		struct json_at here = JSON_AT_INDEX(at, i);
		ok = walk(w, json_array_get(v, i), &here, titled, depth + 1);
	}
	return ok;
}

/* --- files --- */

static int is_shown(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int is_json(const struct dirent *e)
{
	return e->d_name[0] != '.' && ends_with(e->d_name, ".json");
}

static anju_status read_one(struct walk *w, const char *dir, const char *file, anju_error *err)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	ANJU_AUTO_JSON *doc = NULL;
	buf_addf(&path, "%s/%s", dir, file);
	if (path.failed)
		return anju_fail_nomem(err);
	anju_status st = json_load_path(path.data, file, FILE_MAX, &doc, err);
	if (st != ANJU_OK)
		return st;
	struct json_at root = JSON_AT_ROOT(file);
	w->file = file;
	w->doc = doc;
	return walk(w, doc, &root, NULL, 0) ? ANJU_OK : anju_fail_nomem(err);
}

/* The files of one folder; it may be missing. */
static anju_status read_folder(struct walk *w, const char *dir, const char *sub, anju_error *err)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	struct dirent **names = NULL;
	buf_addf(&path, "%s/%s", dir, sub);
	if (path.failed)
		return anju_fail_nomem(err);
	int n = scandir(path.data, &names, is_json, alphasort);
	if (n < 0 && errno == ENOENT)
		return ANJU_OK;
	if (n < 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path.data);
	anju_status st = ANJU_OK;
	for (int i = 0; i < n; i++) {
		ANJU_AUTO_BUF file = BUF_INIT;
		buf_addf(&file, "%s/%s", sub, names[i]->d_name);
		if (st == ANJU_OK)
			st = file.failed ? anju_fail_nomem(err) : read_one(w, dir, file.data, err);
		free(names[i]);
	}
	free(names);
	return st;
}

static anju_status read_pack(struct walk *w, const char *dir, const char *pack, anju_error *err)
{
	ANJU_AUTO_BUF head = BUF_INIT, scenarios = BUF_INIT;
	buf_addf(&head, "%s/%s/pack.json", dir, pack);
	buf_addf(&scenarios, "%s/" SCENARIO_FOLDER, pack);
	if (head.failed || scenarios.failed)
		return anju_fail_nomem(err);
	FILE *f = fopen(head.data, "r");
	if (f == NULL)
		return ANJU_OK; /* no pack */
	(void)fclose(f);
	w->pack = pack;
	w->scenario = false;
	anju_status st = read_folder(w, dir, pack, err);
	w->scenario = true;
	return st == ANJU_OK ? read_folder(w, dir, scenarios.data, err) : st;
}

static int by_id(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;
	return strcmp(json_string_value(json_object_get(*x, "id")),
		json_string_value(json_object_get(*y, "id")));
}

static anju_status sorted(const json_t *rows, json_t **ret, anju_error *err)
{
	size_t n = json_object_size(rows), len = 0;
	ANJU_AUTO_MEM json_t **items = calloc(n + 1, sizeof(json_t *));
	ANJU_AUTO_JSON *list = json_array();
	const char *id;
	json_t *row;
	if (items == NULL || list == NULL)
		return anju_fail_nomem(err);
	json_object_foreach((json_t *)rows, id, row)
		items[len++] = row;
	qsort(items, len, sizeof(json_t *), by_id);
	for (size_t i = 0; i < len; i++) {
		if (json_array_append(list, items[i]) != 0)
			return anju_fail_nomem(err);
	}
	*ret = ANJU_TAKE(list);
	return ANJU_OK;
}

anju_status rows_collect(const char *dir, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *rows = json_object();
	struct walk w = {.rows = rows};
	struct dirent **names = NULL;
	int n = scandir(dir, &names, is_shown, alphasort);
	if (n < 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", dir);
	anju_status st = rows != NULL ? ANJU_OK : anju_fail_nomem(err);
	for (int i = 0; i < n; i++) {
		if (st == ANJU_OK)
			st = read_pack(&w, dir, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return st == ANJU_OK ? sorted(rows, ret, err) : st;
}
