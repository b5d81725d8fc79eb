/* What the packs accept knowingly: the list "lint.allow" of their pack.json. It stands there, and not at the
 * place accepted, since a workflow's file is part of what cases are opened under and a reason is not. */
#include <stdlib.h>
#include <string.h>

#include "lint/impl.h"

/* Is the finding in pack `name`, and at or below `at` ("file.json#/pointer", "file.json", or NULL: anywhere)? */
static bool covers(const struct lint_finding *f, const char *name, const char *at)
{
	size_t n = strlen(name);
	if (strncmp(f->error.file, name, n) != 0 || f->error.file[n] != '/')
		return false;
	if (at == NULL)
		return true;
	const char *file = f->error.file + n + 1, *hash = strchr(at, '#');
	size_t len = hash != NULL ? (size_t)(hash - at) : strlen(at);
	if (strlen(file) != len || strncmp(file, at, len) != 0)
		return false;
	size_t k = hash != NULL ? strlen(hash + 1) : 0;
	return k == 0 || (strncmp(f->pointer, hash + 1, k) == 0 &&
				 (f->pointer[k] == '\0' || f->pointer[k] == '/'));
}

static bool rule_known(const char *id)
{
	struct lint_rule rule;
	for (size_t i = 0; lint_rule_at(i, &rule); i++) {
		if (strcmp(rule.id, id) == 0)
			return true;
	}
	return false;
}

static size_t take_away(struct lint *l, const char *name, const char *rule, const char *at)
{
	struct lint_report *r = l->report;
	size_t kept = 0, n = r->len;
	for (size_t i = 0; i < n; i++) {
		bool taken =
			strcmp(r->items[i].error.id, rule) == 0 && covers(&r->items[i], name, at);
		if (!taken)
			r->items[kept++] = r->items[i];
	}
	r->len = kept;
	r->accepted += n - kept;
	return n - kept;
}

static void accept_one(
	struct lint *l, const struct pack_source *src, const json_t *item, size_t index)
{
	const char *rule = json_string_value(json_object_get(item, "rule"));
	const char *at = json_string_value(json_object_get(item, "at"));
	const char *here = lint_printf(l, "/lint/allow/%zu", index);
	const char *rule_at = lint_printf(l, "%s/rule", here);
	if (rule == NULL)
		return;
	if (!rule_known(rule))
		lint_find(l, "lint.unknown_rule", src->file, rule_at, rule, "lint.*");
	else if (strncmp(rule, "lint.", 5) != 0 || strncmp(rule, "lint.allow", 10) == 0)
		lint_find(l, "lint.allow_error", src->file, rule_at, rule, "lint.*");
	/* of a set that does not load it is not known what would be found */
	else if (take_away(l, src->name, rule, at) == 0 && l->whole)
		lint_find(l, "lint.allow_unused", src->file, here, rule, "%s",
			at != NULL ? at : src->name);
}

void lint_accept(struct lint *l)
{
	struct pack_source src;
	for (size_t i = 0; l->set != NULL && pack_set_source(l->set, i, &src); i++) {
		const json_t *list = json_object_get(json_object_get(src.doc, "lint"), "allow");
		for (size_t k = 0; k < json_array_size(list); k++)
			accept_one(l, &src, json_array_get(list, k), k);
	}
}
