/* The scenario files of a chain of packs. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "scenario/impl.h"

#define FILE_MAX   (1u << 20)
#define CHAIN_LONG 16 /* scenarios that continue one another */

static void scenario_done(struct scenario *s)
{
	free(s->name);
	free(s->pack);
	free(s->file);
	json_decref(s->doc);
}

void scenario_list_done(struct scenario_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		scenario_done(&list->items[i]);
	free(list->items);
	*list = (struct scenario_list){0};
}

const struct scenario *scenario_find(
	const struct scenario_list *list, const char *pack, const char *name)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct scenario *s = &list->items[i];
		if ((pack == NULL || strcmp(s->pack, pack) == 0) && strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

/* The name without the suffix; NULL if it has none, or is no name. */
static char *name_of(const char *file)
{
	size_t n = strlen(file), m = strlen(SCENARIO_SUFFIX);
	if (n <= m || strcmp(file + n - m, SCENARIO_SUFFIX) != 0)
		return NULL;
	if (strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789_-") != n - m)
		return NULL;
	return strndup(file, n - m);
}

static bool in_chain(const struct pack_set *packs, const char *name)
{
	struct pack_source source;
	for (size_t i = 0; pack_set_source(packs, i, &source); i++) {
		if (strcmp(source.name, name) == 0)
			return true;
	}
	return false;
}

struct reading {
	const struct pack_set *packs;
	finding_cb report;
	void *ctx;
	struct scenario_list list;
};

static void unknown_file(const struct reading *r, const char *file)
{
	anju_error err;
	(void)anju_fail(&err, ANJU_E_INVALID, "scenario.file", "%s is no scenario", file);
	anju_error_file(&err, file);
	anju_error_found(&err, "%s", file);
	anju_error_allowed(&err, "[a-z0-9_-]+" SCENARIO_SUFFIX);
	r->report(r->ctx, &err);
}

static anju_status add_scenario(
	struct reading *r, const struct pack_source *pack, const char *file, anju_error *err)
{
	ANJU_AUTO_BUF path = BUF_INIT, shown = BUF_INIT;
	ANJU_AUTO_MEM char *name = name_of(file);
	anju_error why;
	buf_addf(&path, "%s/" SCENARIO_FOLDER "/%s", pack->path, file);
	buf_addf(&shown, "%s/" SCENARIO_FOLDER "/%s", pack->name, file);
	if (path.failed || shown.failed)
		return anju_fail_nomem(err);
	if (name == NULL) {
		unknown_file(r, shown.data);
		return ANJU_OK;
	}
	ANJU_AUTO_JSON *doc = NULL;
	if (json_load_path(path.data, shown.data, FILE_MAX, &doc, &why) != ANJU_OK) {
		r->report(r->ctx, &why);
		return ANJU_OK;
	}
	struct scenario *items = realloc(r->list.items, (r->list.len + 1) * sizeof *items);
	if (items == NULL)
		return anju_fail_nomem(err);
	r->list.items = items;
	struct scenario *s = &items[r->list.len++];
	*s = (struct scenario){.name = ANJU_TAKE(name),
		.pack = strdup(pack->name),
		.file = buf_take(&shown),
		.doc = ANJU_TAKE(doc)};
	return s->pack != NULL && s->file != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static int is_shown(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static anju_status read_folder(struct reading *r, const struct pack_source *pack, anju_error *err)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	struct dirent **names = NULL;
	buf_addf(&path, "%s/" SCENARIO_FOLDER, pack->path);
	if (path.failed)
		return anju_fail_nomem(err);
	int n = scandir(path.data, &names, is_shown, alphasort);
	if (n < 0 && errno == ENOENT)
		return ANJU_OK;
	if (n < 0)
		return anju_fail_errno(err, errno, "@say.opening|%s", path.data);
	anju_status st = ANJU_OK;
	for (int i = 0; i < n; i++) {
		if (st == ANJU_OK)
			st = add_scenario(r, pack, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return st;
}

static const char *continued(const struct scenario *s)
{
	return json_string_value(json_object_get(s->doc, "continues"));
}

/* What it continues is there, and does not continue it in turn. */
static bool check_continues(const struct reading *r, const struct scenario *s)
{
	const struct scenario *at = s;
	size_t n = 0;
	while (at != NULL && continued(at) != NULL && n++ < CHAIN_LONG)
		at = scenario_find(&r->list, s->pack, continued(at));
	if (at != NULL && n < CHAIN_LONG)
		return true;
	anju_error err;
	struct json_at root = JSON_AT_ROOT(s->file), here = JSON_AT_KEY(&root, "continues");
	(void)json_fail_at(&err, n < CHAIN_LONG ? "scenario.continues" : "scenario.continues_long",
		&here, json_object_get(s->doc, "continues"), "%s", s->pack);
	r->report(r->ctx, &err);
	return false;
}

static void check_all(struct reading *r)
{
	for (size_t i = 0; i < r->list.len; i++) {
		struct scenario *s = &r->list.items[i];
		const char *pack = json_string_value(json_object_get(s->doc, "pack"));
		s->sound = scenario_check(s->doc, s->file, r->packs, r->report, r->ctx) == 0;
		s->sound = check_continues(r, s) && s->sound;
		s->other = pack != NULL && !in_chain(r->packs, pack);
	}
}

anju_status scenario_list_load(const struct pack_set *packs, finding_cb report, void *report_ctx,
	struct scenario_list *ret, anju_error *err)
{
	struct reading r = {.packs = packs, .report = report, .ctx = report_ctx};
	struct pack_source pack;
	anju_status st = ANJU_OK;
	for (size_t i = 0; st == ANJU_OK && pack_set_source(packs, i, &pack); i++)
		st = read_folder(&r, &pack, err);
	if (st != ANJU_OK) {
		scenario_list_done(&r.list);
		return st;
	}
	check_all(&r);
	*ret = r.list;
	return ANJU_OK;
}
