/*~ Units are read once and then only looked at: sorted by code for lookup, and by kind and region for
 * the question that every event asks, "who is land@county for this case". */
#include "org/org_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/messages.h"

#define CODE_MAX 64
#define KIND_MAX 31

static const struct {
	const char *name;
	int digits;
} levels[LEVEL_COUNT] = {
	[LEVEL_NATION] = {"nation", 0},
	[LEVEL_PROVINCE] = {"province", 2},
	[LEVEL_CITY] = {"city", 4},
	[LEVEL_COUNTY] = {"county", 6},
	[LEVEL_TOWN] = {"town", 9},
	[LEVEL_VILLAGE] = {"village", 12},
	[LEVEL_PROJECT] = {"project", -1},
};

int level_of(const char *name)
{
	for (int i = 0; i < LEVEL_COUNT; i++) {
		if (strcmp(levels[i].name, name) == 0)
			return i;
	}
	return LEVEL_NONE;
}

const char *level_name(int level)
{
	return levels[level].name;
}

int level_digits(int level)
{
	return levels[level].digits;
}

const char *level_names(void)
{
	return "nation province city county town village project";
}

struct org *org_new(void)
{
	struct org *org = calloc(1, sizeof *org);
	if (org == NULL)
		return NULL;
	org->docs = json_array();
	org->seen = json_object();
	if (org->docs == NULL || org->seen == NULL) {
		org_free(org);
		return NULL;
	}
	return org;
}

void org_free(struct org *org)
{
	if (org == NULL)
		return;
	json_decref(org->docs);
	json_decref(org->seen);
	free(org->units);
	free(org->by_kind);
	free(org->kinds);
	free(org);
}

static bool is_word(const char *s, size_t max, const char *first, const char *rest)
{
	size_t n = strlen(s);
	return n > 0 && n <= max && strchr(first, s[0]) != NULL && strspn(s, rest) == n;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool region_ok(const char *region)
{
	size_t n = strlen(region);
	if (strspn(region, DIGIT) != n)
		return false;
	for (int i = 0; i < LEVEL_PROJECT; i++) {
		if (levels[i].digits == (int)n)
			return true;
	}
	return false;
}

static anju_status fail_text(anju_error *err, const char *id, const struct json_at *up,
	const char *key, const char *found, const char *allowed)
{
	struct json_at at = JSON_AT_KEY(up, key);
	ANJU_AUTO_JSON *v = json_string(found);
	return json_fail_at(err, id, &at, v, "%s", allowed);
}

static anju_status check_words(
	const struct unit *u, int level, const struct json_at *at, anju_error *err)
{
	if (!is_word(u->code, CODE_MAX, LOWER UPPER DIGIT, LOWER UPPER DIGIT "._-"))
		return fail_text(err, "org.code", at, "code", u->code, "@say.code_word");
	if (!is_word(u->kind, KIND_MAX, LOWER, LOWER DIGIT "_") || strcmp(u->kind, "system") == 0 ||
		strcmp(u->kind, "any") == 0 || strcmp(u->kind, KIND_ANY) == 0)
		return fail_text(err, "org.kind", at, "kind", u->kind, "@say.kind_word");
	if (level == LEVEL_NONE)
		return fail_text(err, "org.level", at, "level", u->level, level_names());
	if (!region_ok(u->region))
		return fail_text(err, "org.region", at, "region", u->region,
			"@say.region_digits|0/2/4/6/9/12");
	int want = level_digits(level);
	if (want >= 0 && (int)strlen(u->region) != want) {
		char allowed[64];
		snprintf(allowed, sizeof allowed, "@say.region_digits_level|%d|%s", want, u->level);
		return fail_text(err, "org.region", at, "region", u->region, allowed);
	}
	return ANJU_OK;
}

static anju_status read_title(
	const json_t *def, const struct json_at *at, struct unit *u, anju_error *err)
{
	static const char *const langs[] = {"zh", "en", NULL};
	json_t *title;
	anju_status st = json_need_object(def, at, "title", &title, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, "title");
	st = json_only(title, &here, langs, err);
	for (int i = 0; i < 2 && st == ANJU_OK; i++) {
		st = json_need_string(title, &here, langs[i], &u->title[i], err);
		if (st == ANJU_OK && u->title[i][0] == '\0')
			st = fail_text(err, "org.label", &here, langs[i], "", "@say.a_name");
	}
	return st;
}

static anju_status read_contacts(
	const json_t *def, const struct json_at *at, struct unit *u, anju_error *err)
{
	static const char *const texts[] = {"email", "phone", NULL};
	static const char *const known[] = {
		"email", "phone", "channel", "channels", "office_hours", "quiet_hours", NULL};
	json_t *contacts = NULL;
	anju_status st = json_opt_object(def, at, "contacts", &contacts, err);
	if (st != ANJU_OK || contacts == NULL)
		return st;
	struct json_at here = JSON_AT_KEY(at, "contacts");
	st = json_only(contacts, &here, known, err);
	for (int i = 0; texts[i] != NULL && st == ANJU_OK; i++) {
		const char *text;
		st = json_opt_string(contacts, &here, texts[i], &text, err);
	}
	if (st == ANJU_OK)
		st = reach_parse(contacts, &here, &u->reach, err);
	if (st == ANJU_OK)
		u->contacts = contacts;
	return st;
}

static anju_status read_unit(
	const json_t *def, const struct json_at *at, struct unit *u, anju_error *err)
{
	static const char *const known[] = {
		"code", "kind", "level", "region", "parent", "title", "contacts", NULL};
	if (!json_is_object(def))
		return json_fail_at(err, "json.type", at, def, "@say.object");
	anju_status st = json_only(def, at, known, err);
	if (st == ANJU_OK)
		st = json_need_string(def, at, "code", &u->code, err);
	if (st == ANJU_OK)
		st = json_need_string(def, at, "kind", &u->kind, err);
	if (st == ANJU_OK)
		st = json_need_string(def, at, "level", &u->level, err);
	if (st == ANJU_OK)
		st = json_need_string(def, at, "region", &u->region, err);
	if (st == ANJU_OK)
		st = json_opt_string(def, at, "parent", &u->parent, err);
	if (st == ANJU_OK)
		st = check_words(u, level_of(u->level), at, err);
	if (st == ANJU_OK)
		st = read_title(def, at, u, err);
	if (st == ANJU_OK)
		st = read_contacts(def, at, u, err);
	return st;
}

static anju_status grow(struct org *org, anju_error *err)
{
	if (org->len < org->cap)
		return ANJU_OK;
	size_t cap = org->cap > 0 ? org->cap * 2 : 64;
	struct unit *units = realloc(org->units, cap * sizeof *units);
	if (units == NULL)
		return anju_fail_nomem(err);
	org->units = units;
	org->cap = cap;
	return ANJU_OK;
}

anju_status org_add_unit(struct org *org, json_t *def, const struct json_at *at, anju_error *err)
{
	anju_assert(!org->sealed);
	struct unit u = {0};
	anju_status st = read_unit(def, at, &u, err);
	if (st != ANJU_OK)
		return st;
	const char *first = json_string_value(json_object_get(org->seen, u.code));
	if (first != NULL)
		return fail_text(err, "org.duplicate", at, "code", u.code, first);
	st = grow(org, err);
	if (st != ANJU_OK)
		return st;
	char pointer[128];
	ANJU_AUTO_JSON *place = json_sprintf(
		"%s#%s", json_at_file(at), json_at_pointer(at, pointer, sizeof pointer));
	if (place == NULL || json_object_set(org->seen, u.code, place) != 0 ||
		json_array_append(org->docs, def) != 0)
		return anju_fail_nomem(err);
	u.pointer = json_string_value(place);
	org->units[org->len++] = u;
	return ANJU_OK;
}

anju_status org_add(struct org *org, const json_t *doc, const char *file, anju_error *err)
{
	static const char *const known[] = {"units", NULL};
	struct json_at root = JSON_AT_ROOT(file), list_at = JSON_AT_KEY(&root, "units");
	if (!json_is_object(doc))
		return json_fail_at(err, "json.type", &root, doc, "@say.object");
	json_t *units = NULL;
	anju_status st = json_only(doc, &root, known, err);
	if (st == ANJU_OK)
		st = json_opt_array(doc, &root, "units", &units, err);
	if (st == ANJU_OK && units == NULL)
		return json_fail_at(
			err, "json.missing", &list_at, NULL, "@say.member|units|@say.array");
	for (size_t i = 0; i < json_array_size(units) && st == ANJU_OK; i++) {
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		st = org_add_unit(org, json_array_get(units, i), &at, err);
	}
	return st;
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct unit *)a)->code, ((const struct unit *)b)->code);
}

static int by_kind_region(const void *a, const void *b)
{
	const struct unit *x = *(const struct unit *const *)a, *y = *(const struct unit *const *)b;
	int c = strcmp(x->kind, y->kind);
	if (c == 0)
		c = strcmp(x->region, y->region);
	return c != 0 ? c : strcmp(x->code, y->code);
}

const struct unit *org_unit(const struct org *org, const char *code)
{
	anju_assert(org->sealed);
	size_t lo = 0, hi = org->len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(org->units[mid].code, code);
		if (c == 0)
			return &org->units[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static anju_status fail_unit(anju_error *err, const char *id, const struct unit *u,
	const char *member, const char *found, const char *allowed)
{
	if (err == NULL)
		return ANJU_E_INVALID;
	char text[120];
	(void)anju_fail(err, ANJU_E_INVALID, id, "unit %s: %s \"%s\", allowed: %s", u->code, member,
		found, message_english(allowed, text, sizeof text));
	const char *hash = strchr(u->pointer, '#');
	char file[sizeof err->file];
	snprintf(file, sizeof file, "%.*s", (int)(hash - u->pointer), u->pointer);
	anju_error_file(err, file);
	anju_error_where(err, "%s/%s", hash + 1, member);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static anju_status check_parents(const struct org *org, anju_error *err)
{
	for (size_t i = 0; i < org->len; i++) {
		const struct unit *u = &org->units[i];
		if (u->parent == NULL)
			continue;
		const struct unit *p = org_unit(org, u->parent);
		if (p == NULL)
			return fail_unit(
				err, "org.parent", u, "parent", u->parent, "@say.unit_code");
		if (!org_region_contains(p->region, u->region))
			return fail_unit(
				err, "org.parent", u, "parent", u->parent, "@say.region_around");
		size_t steps = 0;
		while (p != NULL && steps++ <= org->len)
			p = p->parent != NULL ? org_unit(org, p->parent) : NULL;
		if (p != NULL)
			return fail_unit(
				err, "org.cycle", u, "parent", u->parent, "@say.unit_not_below");
	}
	return ANJU_OK;
}

static anju_status build_groups(struct org *org, anju_error *err)
{
	if (org->len == 0)
		return ANJU_OK;
	org->by_kind = calloc(org->len, sizeof *org->by_kind);
	org->kinds = calloc(org->len, sizeof *org->kinds);
	if (org->by_kind == NULL || org->kinds == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < org->len; i++)
		org->by_kind[i] = &org->units[i];
	qsort(org->by_kind, org->len, sizeof *org->by_kind, by_kind_region);
	for (size_t i = 0; i < org->len; i++) {
		struct kind_group *g = org->kinds_len > 0 ? &org->kinds[org->kinds_len - 1] : NULL;
		if (g == NULL || strcmp(g->kind, org->by_kind[i]->kind) != 0) {
			g = &org->kinds[org->kinds_len++];
			g->kind = org->by_kind[i]->kind;
			g->units = &org->by_kind[i];
		}
		g->len++;
	}
	return ANJU_OK;
}

anju_status org_seal(struct org *org, anju_error *err)
{
	anju_assert(!org->sealed);
	if (org->len > 0)
		qsort(org->units, org->len, sizeof *org->units, by_code);
	org->sealed = true;
	anju_status st = build_groups(org, err);
	return st == ANJU_OK ? check_parents(org, err) : st;
}

size_t org_count(const struct org *org)
{
	return org->len;
}

const struct unit *org_at(const struct org *org, size_t i)
{
	return i < org->len ? &org->units[i] : NULL;
}

bool org_region_contains(const char *outer, const char *inner)
{
	return strncmp(outer, inner, strlen(outer)) == 0;
}

const struct kind_group *org_kind(const struct org *org, const char *kind)
{
	size_t lo = 0, hi = org->kinds_len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(org->kinds[mid].kind, kind);
		if (c == 0)
			return &org->kinds[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int cmp_region(const char *region, const char *want, size_t len)
{
	int c = strncmp(region, want, len);
	return c != 0 ? c : region[len] != '\0';
}

size_t kind_group_at(const struct kind_group *group, const char *region, size_t len,
	const struct unit *const **ret)
{
	size_t lo = 0, hi = group->len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (cmp_region(group->units[mid]->region, region, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	size_t end = lo;
	while (end < group->len && cmp_region(group->units[end]->region, region, len) == 0)
		end++;
	*ret = &group->units[lo];
	return end - lo;
}

const struct unit *org_supervisor(const struct org *org, const struct unit *u)
{
	int level = level_of(u->level);
	if (level > LEVEL_NATION && level < LEVEL_PROJECT) {
		const struct kind_group *g = org_kind(org, u->kind);
		const struct unit *const *found;
		size_t n = kind_group_at(g, u->region, (size_t)level_digits(level - 1), &found);
		for (size_t i = 0; i < n; i++) {
			if (level_of(found[i]->level) == level - 1)
				return found[i];
		}
	}
	return u->parent != NULL ? org_unit(org, u->parent) : NULL;
}
