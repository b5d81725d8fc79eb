/*~ Rule values and the law of layers: who extends a pack may only tighten what it inherits. Proved by
 * form: a maximum may fall, a minimum may rise, force and red line may not weaken; what has no
 * direction (a plain value) stays as it is where it is a MUST. */
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "pack/loader.h"

static const char *const rule_members[] = {
	"max", "min", "value", "force", "red_line", "unit", "title", "rows", NULL};
/* weakest first */
static const char *const forces[] = {"EXPLORE", "MAY", "SHOULD", "MUST"};

static int force_of(const json_t *rule)
{
	const char *text = json_string_value(json_object_get(rule, "force"));
	for (int i = 0; text != NULL && i < 4; i++) {
		if (strcmp(forces[i], text) == 0)
			return i;
	}
	return -1;
}

static bool number_of(const json_t *v, struct decimal *ret)
{
	if (json_is_integer(v)) {
		*ret = decimal_of_int(json_integer_value(v));
		return true;
	}
	return json_is_string(v) && decimal_parse(json_string_value(v), 9, ret);
}

static bool is_plain(const json_t *v)
{
	return json_is_string(v) || json_is_integer(v) || json_is_boolean(v);
}

static bool value_ok(const json_t *v)
{
	if (!json_is_array(v))
		return is_plain(v);
	for (size_t i = 0; i < json_array_size(v); i++) {
		if (!json_is_string(json_array_get(v, i)) && !json_is_integer(json_array_get(v, i)))
			return false;
	}
	return true;
}

static bool check_rule(struct loader *ld, const json_t *rule, const struct json_at *at)
{
	size_t before = ld->findings;
	if (!load_object(ld, rule, at, rule_members))
		return false;
	static const char *const limits[] = {"max", "min"};
	for (int i = 0; i < 2; i++) {
		struct decimal d;
		const json_t *v = json_object_get(rule, limits[i]);
		struct json_at here = JSON_AT_KEY(at, limits[i]);
		if (v != NULL && !number_of(v, &d))
			load_finding(ld, "pack.rule_value", &here, v, "@say.integer_or_decimal");
	}
	const json_t *value = json_object_get(rule, "value");
	struct json_at value_at = JSON_AT_KEY(at, "value"), force_at = JSON_AT_KEY(at, "force");
	if (value != NULL && !value_ok(value))
		load_finding(ld, "pack.rule_value", &value_at, value, "@say.rule_value");
	const json_t *force = json_object_get(rule, "force");
	if (force != NULL && force_of(rule) < 0)
		load_finding(ld, "pack.force", &force_at, force, "MUST SHOULD MAY EXPLORE");
	(void)load_bool(ld, rule, at, "red_line");
	(void)load_string(ld, rule, at, "unit", false);
	(void)load_rows(ld, rule, at);
	struct label title;
	load_label(ld, rule, at, "title", false, &title);
	return ld->findings == before;
}

struct loosening {
	struct loader *ld;
	const struct source *src;
	const char *name, *from; /* rule; file that set it */
	const struct json_at *at;
};

static void loosens(
	const struct loosening *l, const char *member, const json_t *found, const json_t *inherited)
{
	struct json_at here = JSON_AT_KEY(l->at, member);
	char *text = json_text(inherited);
	load_finding(l->ld, "pack.loosens", &here, found, "@say.as_in|%s#/rules/%s|%s", l->from,
		l->name, text != NULL ? text : "@say.inherited_value");
	free(text);
}

static void check_limit(const struct loosening *l, const json_t *old, const json_t *new,
	const char *member, int direction)
{
	const json_t *a = json_object_get(old, member), *b = json_object_get(new, member);
	struct decimal x, y;
	if (a == NULL || b == NULL || !number_of(a, &x) || !number_of(b, &y))
		return; /* adding a limit tightens */
	/* an expression was checked against the kind of number it was */
	if (json_is_integer(a) != json_is_integer(b) || decimal_cmp(y, x) * direction > 0)
		loosens(l, member, b, a);
}

static bool check_tighter(const struct loosening *l, const json_t *old, const json_t *new)
{
	size_t before = l->ld->findings;
	check_limit(l, old, new, "max", 1);
	check_limit(l, old, new, "min", -1);
	const json_t *a = json_object_get(old, "value"), *b = json_object_get(new, "value");
	bool binding = force_of(old) < 0 || force_of(old) == 3;
	if (a != NULL && b != NULL && binding && !json_equal(a, b))
		loosens(l, "value", b, a);
	else if (a != NULL && b != NULL && json_typeof(a) != json_typeof(b) &&
		 !(json_is_boolean(a) && json_is_boolean(b)))
		loosens(l, "value", b, a);
	if (json_object_get(new, "force") != NULL && force_of(new) < force_of(old))
		loosens(l, "force", json_object_get(new, "force"), json_object_get(old, "force"));
	if (json_is_true(json_object_get(old, "red_line")) &&
		json_is_false(json_object_get(new, "red_line")))
		loosens(l, "red_line", json_false(), json_true());
	const json_t *u = json_object_get(old, "unit"), *w = json_object_get(new, "unit");
	if (u != NULL && w != NULL && !json_equal(u, w))
		loosens(l, "unit", w, u);
	return l->ld->findings == before;
}

static void merge(struct loader *ld, const struct source *src, const char *name, const json_t *rule)
{
	struct pack_set *set = ld->set;
	json_t *old = json_object_get(set->rules, name);
	/* not json_copy(), which loses members silently when memory runs out */
	ANJU_AUTO_JSON *merged = json_object();
	if (merged == NULL || (old != NULL && json_object_update(merged, old) != 0) ||
		json_object_update(merged, (json_t *)rule) != 0 ||
		json_object_set(set->rules, name, merged) != 0 ||
		json_object_set_new(set->rule_files, name, json_string(src->file)) != 0)
		set->pool.failed = true;
}

void rules_load(struct loader *ld, const struct source *src)
{
	struct json_at root = JSON_AT_ROOT(src->file), rules_at = JSON_AT_KEY(&root, "rules");
	const json_t *rules = json_object_get(src->doc, "rules");
	if (rules == NULL)
		return;
	if (!json_is_object(rules)) {
		load_finding(ld, "json.type", &rules_at, rules, "@say.object");
		return;
	}
	const char *name;
	json_t *rule;
	json_object_foreach((json_t *)rules, name, rule) {
		struct json_at at = JSON_AT_KEY(&rules_at, name);
		if (!load_name(ld, &at, name))
			continue;
		if (!check_rule(ld, rule, &at)) {
			/* kept, so that what reads it is not called a mistake as well */
			if (json_is_object(rule))
				merge(ld, src, name, rule);
			continue;
		}
		const json_t *old = json_object_get(ld->set->rules, name);
		struct loosening l = {ld, src, name,
			json_string_value(json_object_get(ld->set->rule_files, name)), &at};
		if (old != NULL && !check_tighter(&l, old, rule))
			continue;
		if (old == NULL && json_object_get(rule, "max") == NULL &&
			json_object_get(rule, "min") == NULL &&
			json_object_get(rule, "value") == NULL)
			load_finding(ld, "pack.rule_empty", &at, rule, "@say.max_min_value");
		else
			merge(ld, src, name, rule);
	}
}

static struct expr_type type_of(const json_t *v)
{
	static const struct expr_type string = {.kind = EXPR_STRING}, integer = {.kind = EXPR_INT};
	struct decimal d;
	if (json_is_integer(v))
		return integer;
	if (json_is_boolean(v))
		return (struct expr_type){.kind = EXPR_BOOL};
	if (json_is_array(v)) {
		size_t strings = 0, n = json_array_size(v);
		for (size_t i = 0; i < n; i++)
			strings += json_is_string(json_array_get(v, i));
		const struct expr_type *element = strings == n   ? &string
						  : strings == 0 ? &integer
								 : NULL;
		return (struct expr_type){.kind = EXPR_LIST, .element = element};
	}
	return number_of(v, &d) ? (struct expr_type){.kind = EXPR_DECIMAL} : string;
}

bool rules_shape(struct pack_set *set)
{
	static const char *const read[] = {"max", "min", "value"};
	size_t n = json_object_size(set->rules), i = 0;
	struct expr_member *members = pool_alloc(&set->pool, (n + 1) * sizeof *members);
	struct expr_shape *shapes = pool_alloc(&set->pool, (n + 1) * sizeof *shapes);
	if (members == NULL || shapes == NULL)
		return false;
	const char *name;
	json_t *rule;
	json_object_foreach(set->rules, name, rule) {
		struct expr_member *parts = pool_alloc(&set->pool, 3 * sizeof *parts);
		if (parts == NULL)
			return false;
		shapes[i] = (struct expr_shape){.name = name, .members = parts};
		for (int k = 0; k < 3; k++) {
			const json_t *v = json_object_get(rule, read[k]);
			if (v != NULL)
				parts[shapes[i].len++] = (struct expr_member){read[k], type_of(v)};
		}
		members[i].name = name;
		members[i].type = (struct expr_type){.kind = EXPR_MAP, .shape = &shapes[i]};
		i++;
	}
	set->rules_shape = (struct expr_shape){.name = "rules", .len = n, .members = members};
	return true;
}
