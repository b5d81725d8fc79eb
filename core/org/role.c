#include "org/org_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

/* Parts that units take in an obligation: "lead@obligation". */
static const char *const parts[] = {"lead", "responsible", "cooperating", "reviewer", NULL};
#define OBLIGATION "obligation"

static bool is_part(const char *kind)
{
	int i = 0;
	while (parts[i] != NULL && strcmp(parts[i], kind) != 0)
		i++;
	return parts[i] != NULL;
}

static void list_allowed(const struct org *org, const json_t *bindings, bool kinds, struct buf *out)
{
	if (kinds) {
		for (size_t i = 0; i < org->kinds_len; i++)
			buf_addf(out, "%s ", org->kinds[i].kind);
		buf_adds(out, "unit@<binding> system any");
		return;
	}
	buf_adds(out, level_names());
	const char *name;
	json_t *field;
	json_object_foreach((json_t *)bindings, name, field)
		buf_addf(out, " %s", name);
}

static anju_status fail_role(const struct org *org, const char *text, const json_t *bindings,
	bool kinds, const struct json_at *at, anju_error *err)
{
	ANJU_AUTO_BUF allowed = BUF_INIT;
	list_allowed(org, bindings, kinds, &allowed);
	ANJU_AUTO_JSON *found = json_string(text);
	return json_fail_at(
		err, "org.role", at, found, "%s", allowed.data != NULL ? allowed.data : "");
}

static bool is_kind(const char *kind)
{
	return kind[0] >= 'a' && kind[0] <= 'z' &&
	       kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0' &&
	       strcmp(kind, "system") != 0 && strcmp(kind, "any") != 0;
}

static bool kind_known(const struct org *org, const char *kind)
{
	/* a pack meant to be extended has no units of its own and is still to be checked */
	return org->len == 0 ? is_kind(kind) : org_kind(org, kind) != NULL;
}

anju_status role_parse(const struct org *org, const char *text, const json_t *bindings,
	const struct json_at *at, struct role *ret, anju_error *err)
{
	struct role role = {.text = text};
	if (strcmp(text, "system") == 0 || strcmp(text, "any") == 0) {
		role.scope = text[0] == 's' ? ROLE_SYSTEM : ROLE_ANY;
		*ret = role;
		return ANJU_OK;
	}
	const char *sep = strchr(text, '@');
	size_t n = sep != NULL ? (size_t)(sep - text) : strlen(text);
	if (n >= sizeof role.kind)
		return fail_role(org, text, bindings, true, at, err);
	memcpy(role.kind, text, n);
	if (sep != NULL && strcmp(sep + 1, OBLIGATION) == 0 && is_part(role.kind)) {
		role.scope = ROLE_OBLIGATION;
		memcpy(role.where, OBLIGATION, sizeof OBLIGATION);
		*ret = role;
		return ANJU_OK;
	}
	bool any_kind = strcmp(role.kind, KIND_ANY) == 0;
	if (any_kind ? sep == NULL || json_object_get(bindings, sep + 1) == NULL
		     : !kind_known(org, role.kind))
		return fail_role(org, text, bindings, true, at, err);
	role.scope = ROLE_NEAREST;
	if (sep != NULL) {
		/* a binding hides a level of the same name: "builder@project" */
		if (json_object_get(bindings, sep + 1) != NULL)
			role.scope = ROLE_BINDING;
		else if (level_of(sep + 1) != LEVEL_NONE)
			role.scope = ROLE_LEVEL;
		else
			return fail_role(org, text, bindings, false, at, err);
		if ((size_t)snprintf(role.where, sizeof role.where, "%s", sep + 1) >=
			sizeof role.where)
			return fail_role(org, text, bindings, false, at, err);
	}
	*ret = role;
	return ANJU_OK;
}

/** Where the units of a role are found: called for each until it returns false. */
struct sink {
	const struct unit **ret;
	size_t len, max;
};

static void add_unit(struct sink *sink, const struct unit *u)
{
	if (sink->len < sink->max)
		sink->ret[sink->len] = u;
	sink->len++;
}

static void add_level(const struct kind_group *g, int level, const char *region, struct sink *sink)
{
	int digits = level_digits(level);
	if (digits >= 0) {
		if (strlen(region) < (size_t)digits)
			return;
		const struct unit *const *found;
		size_t n = kind_group_at(g, region, (size_t)digits, &found);
		for (size_t i = 0; i < n; i++) {
			if (level_of(found[i]->level) == level)
				add_unit(sink, found[i]);
		}
		return;
	}
	for (size_t i = 0; i < g->len; i++) {
		if (level_of(g->units[i]->level) == level &&
			org_region_contains(g->units[i]->region, region))
			add_unit(sink, g->units[i]);
	}
}

static void add_nearest(const struct kind_group *g, const char *region, struct sink *sink)
{
	size_t len = strlen(region);
	for (int level = LEVEL_VILLAGE; level >= LEVEL_NATION; level--) {
		size_t digits = (size_t)level_digits(level);
		if (digits > len)
			continue;
		const struct unit *const *found;
		size_t n = kind_group_at(g, region, digits, &found);
		for (size_t i = 0; i < n; i++)
			add_unit(sink, found[i]);
		if (n > 0)
			return;
	}
}

/* `g` is NULL for the bound unit itself, of whatever kind. */
static void add_bound(
	const struct org *org, const struct kind_group *g, const char *value, struct sink *sink)
{
	const struct unit *u = org_unit(org, value);
	if (u != NULL && (g == NULL || strcmp(u->kind, g->kind) == 0))
		add_unit(sink, u);
	else if (g == NULL)
		return;
	else if (u != NULL)
		add_nearest(g, u->region, sink);
	else if (value[0] != '\0' && strspn(value, "0123456789") == strlen(value))
		add_nearest(g, value, sink);
}

size_t role_resolve(const struct org *org, const struct role *role,
	const struct role_context *context, const struct unit **ret, size_t max)
{
	struct sink sink = {.ret = ret, .max = max};
	if (role->scope == ROLE_OBLIGATION)
		return context->obliged != NULL
			       ? context->obliged(context->ctx, role->kind, ret, max)
			       : 0;
	const struct kind_group *g = org_kind(org, role->kind);
	if (g == NULL && strcmp(role->kind, KIND_ANY) != 0)
		return 0;
	switch (role->scope) {
	case ROLE_LEVEL:
		if (context->region != NULL)
			add_level(g, level_of(role->where), context->region, &sink);
		break;
	case ROLE_NEAREST:
		if (context->region != NULL)
			add_nearest(g, context->region, &sink);
		break;
	case ROLE_BINDING: {
		const char *value =
			context->bound != NULL ? context->bound(context->ctx, role->where) : NULL;
		if (value != NULL)
			add_bound(org, g, value, &sink);
		break;
	}
	case ROLE_SYSTEM:
	case ROLE_ANY:
	case ROLE_OBLIGATION:
		break;
	}
	return sink.len < max ? sink.len : max;
}

bool role_includes(const struct org *org, const struct role *role,
	const struct role_context *context, const struct unit *u)
{
	if (role->scope == ROLE_ANY)
		return u != NULL;
	/* the kind decides most questions without looking anything up */
	if (u == NULL || (role->scope != ROLE_OBLIGATION && strcmp(role->kind, u->kind) != 0 &&
				 strcmp(role->kind, KIND_ANY) != 0))
		return false;
	if (role->scope == ROLE_LEVEL)
		return context->region != NULL && strcmp(role->where, u->level) == 0 &&
		       org_region_contains(u->region, context->region);
	const struct unit *units[16];
	size_t n = role_resolve(org, role, context, units, sizeof units / sizeof units[0]);
	for (size_t i = 0; i < n; i++) {
		if (units[i] == u)
			return true;
	}
	return false;
}
