#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/utf8.h"
#include "org/org.h"

struct grant {
	uid_t uid;
	const struct unit *unit; /* borrowed: org */
	bool admin;
	bool acts_for_all;
	const struct unit **acts_for; /* owned; borrowed units */
	size_t acts_for_len;
};

struct grants {
	struct grant *items;
	size_t len;
};

void grants_free(struct grants *grants)
{
	if (grants == NULL)
		return;
	for (size_t i = 0; i < grants->len; i++)
		free(grants->items[i].acts_for);
	free(grants->items);
	free(grants);
}

static const struct grant *find(const struct grants *grants, uid_t uid)
{
	for (size_t i = 0; grants != NULL && i < grants->len; i++) {
		if (grants->items[i].uid == uid)
			return &grants->items[i];
	}
	return NULL;
}

static anju_status read_uid(
	const json_t *def, const struct json_at *at, uid_t *ret, anju_error *err)
{
	int64_t uid = -1;
	const char *user = NULL;
	anju_status st = json_opt_int(def, at, "uid", &uid, err);
	if (st == ANJU_OK)
		st = json_opt_string(def, at, "user", &user, err);
	if (st != ANJU_OK)
		return st;
	const json_t *given = json_object_get(def, "uid");
	if ((given != NULL) == (user != NULL))
		return json_fail_at(err, "org.grant", at, def, "@say.one_of_two|uid|user");
	if (user != NULL) {
		struct passwd pwd, *found = NULL;
		char room[4096];
		(void)getpwnam_r(user, &pwd, room, sizeof room, &found); /* NULL says it all */
		struct json_at here = JSON_AT_KEY(at, "user");
		if (found == NULL)
			return json_fail_at(err, "org.user", &here, json_object_get(def, "user"),
				"@say.system_user");
		*ret = found->pw_uid;
		return ANJU_OK;
	}
	struct json_at here = JSON_AT_KEY(at, "uid");
	if (uid < 0 || uid >= (int64_t)UINT32_MAX)
		return json_fail_at(err, "org.grant", &here, given, "0 – 4294967294");
	*ret = (uid_t)uid;
	return ANJU_OK;
}

static anju_status find_unit(const struct org *org, const json_t *code, const struct json_at *at,
	const struct unit **ret, anju_error *err)
{
	const char *text = json_string_value(code);
	const struct unit *u = text != NULL ? org_unit(org, text) : NULL;
	if (u == NULL)
		return json_fail_at(err, "org.no_unit", at, code, "@say.unit_code");
	*ret = u;
	return ANJU_OK;
}

static anju_status read_acts_for(const struct org *org, const json_t *def, const struct json_at *at,
	struct grant *g, anju_error *err)
{
	json_t *list = NULL;
	anju_status st = json_opt_array(def, at, "acts_for", &list, err);
	if (st != ANJU_OK || list == NULL)
		return st;
	size_t n = json_array_size(list);
	g->acts_for = calloc(n + 1, sizeof *g->acts_for);
	if (g->acts_for == NULL)
		return anju_fail_nomem(err);
	struct json_at list_at = JSON_AT_KEY(at, "acts_for");
	for (size_t i = 0; i < n && st == ANJU_OK; i++) {
		const json_t *code = json_array_get(list, i);
		struct json_at here = JSON_AT_INDEX(&list_at, i);
		if (json_is_string(code) && strcmp(json_string_value(code), "*") == 0) {
			g->acts_for_all = true;
			continue;
		}
		st = find_unit(org, code, &here, &g->acts_for[g->acts_for_len], err);
		if (st == ANJU_OK)
			g->acts_for_len++;
	}
	return st;
}

static anju_status read_grant(const struct org *org, const json_t *def, const struct json_at *at,
	struct grant *g, anju_error *err)
{
	static const char *const known[] = {"uid", "user", "unit", "admin", "acts_for", NULL};
	if (!json_is_object(def))
		return json_fail_at(err, "json.type", at, def, "@say.object");
	anju_status st = json_only(def, at, known, err);
	if (st == ANJU_OK)
		st = read_uid(def, at, &g->uid, err);
	const json_t *unit = json_object_get(def, "unit");
	if (st == ANJU_OK && unit != NULL) {
		struct json_at here = JSON_AT_KEY(at, "unit");
		st = find_unit(org, unit, &here, &g->unit, err);
	}
	if (st == ANJU_OK)
		st = json_opt_bool(def, at, "admin", &g->admin, err);
	if (st == ANJU_OK)
		st = read_acts_for(org, def, at, g, err);
	if (st == ANJU_OK && g->unit == NULL && !g->admin && !g->acts_for_all &&
		g->acts_for_len == 0)
		st = json_fail_at(err, "org.grant", at, def, "@say.grant_says");
	return st;
}

anju_status grants_load(const struct org *org, const json_t *doc, const char *file,
	struct grants **ret, anju_error *err)
{
	static const char *const known[] = {"principals", NULL};
	struct json_at root = JSON_AT_ROOT(file), list_at = JSON_AT_KEY(&root, "principals");
	if (!json_is_object(doc))
		return json_fail_at(err, "json.type", &root, doc, "@say.object");
	json_t *list = NULL;
	anju_status st = json_only(doc, &root, known, err);
	if (st == ANJU_OK)
		st = json_opt_array(doc, &root, "principals", &list, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(grants) grants = calloc(1, sizeof *grants);
	if (grants != NULL)
		grants->items = calloc(json_array_size(list) + 1, sizeof *grants->items);
	if (grants == NULL || grants->items == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *def = json_array_get(list, i);
		struct json_at here = JSON_AT_INDEX(&list_at, i);
		struct grant *g = &grants->items[i];
		st = read_grant(org, def, &here, g, err);
		const bool twice = st == ANJU_OK && find(grants, g->uid) != NULL;
		/* counted even when bad, so that its list is freed with the rest */
		grants->len = i + 1;
		if (twice)
			st = json_fail_at(
				err, "org.grant_twice", &here, def, "@say.entry_each_user");
		if (st != ANJU_OK)
			return st;
	}
	*ret = ANJU_TAKE(grants);
	return ANJU_OK;
}

static anju_status split_as(const struct org *org, const char *as, const struct unit **ret_unit,
	const char **ret_officer, anju_error *err)
{
	const char *slash = strchr(as, '/');
	size_t n = slash != NULL ? (size_t)(slash - as) : strlen(as);
	char code[80];
	snprintf(code, sizeof code, "%.*s", (int)n, as);
	const struct unit *u = n < sizeof code ? org_unit(org, code) : NULL;
	if (u == NULL) {
		(void)anju_fail(
			err, ANJU_E_NOTFOUND, "org.no_unit", "there is no unit \"%s\"", code);
		anju_error_found(err, "%s", code);
		anju_error_allowed(err, "@say.unit_or_officer");
		return ANJU_E_NOTFOUND;
	}
	const char *officer = slash != NULL ? slash + 1 : "";
	size_t len = strlen(officer);
	bool bad = (slash != NULL && len == 0) || len >= sizeof((struct principal *)0)->officer ||
		   !utf8_valid(officer, len) || strchr(officer, '/') != NULL;
	for (size_t i = 0; i < len; i++)
		bad = bad || (unsigned char)officer[i] < 0x20 || officer[i] == 0x7f;
	if (bad) {
		(void)anju_fail(err, ANJU_E_INVALID, "org.officer", "bad name of an officer");
		anju_error_found(err, "%s", officer);
		anju_error_allowed(err, "@say.officer_text");
		return ANJU_E_INVALID;
	}
	*ret_unit = u;
	*ret_officer = officer;
	return ANJU_OK;
}

static bool may_act_for(const struct grant *g, bool admin, const struct unit *u)
{
	if (admin || (g != NULL && (g->acts_for_all || g->unit == u)))
		return true;
	for (size_t i = 0; g != NULL && i < g->acts_for_len; i++) {
		if (g->acts_for[i] == u)
			return true;
	}
	return false;
}

anju_status principal_of(const struct org *org, const struct grants *grants, uid_t peer,
	const char *as, struct principal *ret, anju_error *err)
{
	const struct grant *g = find(grants, peer);
	bool admin = peer == geteuid() || (g != NULL && g->admin);
	if (g == NULL && !admin) {
		(void)anju_fail(err, ANJU_E_DENIED, "org.unknown_peer",
			"user %lu is not among the principals", (unsigned long)peer);
		anju_error_found(err, "uid %lu", (unsigned long)peer);
		return ANJU_E_DENIED;
	}
	struct principal p = {.unit = g != NULL ? g->unit : NULL, .admin = admin, .uid = peer};
	if (as != NULL) {
		const struct unit *u;
		const char *officer;
		anju_status st = split_as(org, as, &u, &officer, err);
		if (st != ANJU_OK)
			return st;
		if (!may_act_for(g, admin, u)) {
			(void)anju_fail(err, ANJU_E_DENIED, "org.not_granted",
				"user %lu may not act for %s", (unsigned long)peer, u->code);
			anju_error_found(err, "%s", as);
			anju_error_allowed(
				err, "%s", g->unit != NULL ? g->unit->code : "@say.units_granted");
			return ANJU_E_DENIED;
		}
		p.unit = u;
		snprintf(p.officer, sizeof p.officer, "%s", officer);
	}
	*ret = p;
	return ANJU_OK;
}
