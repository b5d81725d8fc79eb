/*
 * Names and types. Each check_… gives its node a type, or fails with what was found and what would have
 * been allowed. Where a type is dyn, the run time decides; in an unchecked environment it always does.
 */
#include "expr/check.h"

#include <string.h>

#include "base/error.h"
#include "expr/arena.h"
#include "expr/env.h"

struct expr_type check_type(enum expr_kind kind)
{
	return (struct expr_type){.kind = kind};
}

bool check_is_dyn(const struct node *n)
{
	return n->type.kind == EXPR_DYN;
}

const char *check_type_text(struct checker *k, const struct expr_type *type)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	env_type_text(type, &b);
	const char *s = b.len == 0 ? NULL : arena_copy(k->c->arena, b.data, b.len);
	return s != NULL ? s : "?";
}

bool check_wrong(struct checker *k, uint32_t pos, const char *found, const char *allowed)
{
	if (k->c->env->unchecked)
		return true;
	compile_fail(k->c, "expr.type", pos, "found %s, allowed %s", found, allowed);
	anju_error_found(k->c->err, "%s", found);
	anju_error_allowed(k->c->err, "%s", allowed);
	return false;
}

bool check_want(struct checker *k, const struct node *n, enum expr_kind kind)
{
	if (check_is_dyn(n) || n->type.kind == kind)
		return true;
	return check_wrong(k, n->at, check_type_text(k, &n->type), env_kind_text(kind));
}

static const struct expr_type *keep_type(struct checker *k, struct expr_type type)
{
	struct expr_type *t = expr_arena_alloc(k->c->arena, sizeof *t);
	if (t == NULL)
		compile_nomem(k->c);
	else
		*t = type;
	return t;
}

/* Names */

static const struct scope *find_local(const struct checker *k, const struct node *n)
{
	if (n->flags & NODE_ROOTED)
		return NULL;
	for (const struct scope *s = k->scope; s != NULL; s = s->up) {
		if (strcmp(s->name->str.s, n->value.str.s) == 0)
			return s;
	}
	return NULL;
}

static bool type_name(const char *name, enum expr_kind *ret)
{
	for (int kind = EXPR_NULL; kind <= EXPR_DURATION; kind++) {
		if (strcmp(env_kind_text((enum expr_kind)kind), name) == 0) {
			*ret = (enum expr_kind)kind;
			return true;
		}
	}
	return false;
}

/* The cell of variable `name`, new or old. */
static bool variable_slot(struct checker *k, const char *name, uint32_t *ret)
{
	struct expr *e = k->c->expr;
	for (uint32_t i = 0; i < e->vars_len; i++) {
		if (strcmp(e->vars[i], name) == 0) {
			*ret = i;
			return true;
		}
	}
	if ((e->vars_len & 7) == 0) {
		const char **more = expr_arena_alloc(k->c->arena, (e->vars_len + 8) * sizeof *more);
		if (more == NULL)
			return compile_nomem(k->c);
		if (e->vars_len > 0)
			memcpy(more, e->vars, e->vars_len * sizeof *more);
		e->vars = more;
	}
	e->vars[e->vars_len] = name;
	*ret = e->vars_len++;
	return true;
}

/* Make `n` the variable or the type called `name` if there is one; *found says so. */
static bool resolve(struct checker *k, struct node *n, const char *name, bool *found)
{
	const struct env_variable *v = env_find_variable(k->c->env, name);
	enum expr_kind kind;
	*found = true;
	if (v != NULL) {
		char *copy = arena_copy(k->c->arena, name, strlen(name));
		if (copy == NULL)
			return compile_nomem(k->c);
		n->op = NODE_VAR;
		n->n = 0;
		n->value = (struct expr_value){.kind = EXPR_STRING, .str = {copy, strlen(copy)}};
		n->type = v->type;
		return variable_slot(k, copy, &n->slot);
	}
	if (type_name(name, &kind)) {
		n->op = NODE_CONST;
		n->n = 0;
		n->value = (struct expr_value){.kind = EXPR_TYPE, .type = kind};
		n->type = check_type(EXPR_TYPE);
		return true;
	}
	*found = false;
	return true;
}

static void list_names(struct checker *k, struct buf *out)
{
	for (const struct scope *s = k->scope; s != NULL; s = s->up)
		buf_addf(out, "%s%s", out->len > 0 ? ", " : "", s->name->str.s);
	for (size_t i = 0; i < k->c->env->variables_len; i++)
		buf_addf(out, "%s%s", out->len > 0 ? ", " : "", k->c->env->variables[i].name);
}

bool check_unknown_name(struct checker *k, struct node *n, const char *what)
{
	if (k->c->env->unchecked) {
		n->op = NODE_UNKNOWN;
		return true;
	}
	ANJU_AUTO_BUF names = BUF_INIT;
	if (*what == 'v')
		list_names(k, &names);
	compile_fail(k->c, "expr.unknown_name", n->at, "unknown %s %s", what, n->value.str.s);
	anju_error_found(k->c->err, "%s", n->value.str.s);
	anju_error_allowed(k->c->err, "%s", names.len > 0 ? names.data : "-");
	return false;
}

static bool check_ident(struct checker *k, struct node *n)
{
	const struct scope *s = find_local(k, n);
	if (s != NULL) {
		n->op = NODE_LOCAL;
		n->slot = s->slot;
		n->type = s->type;
		return true;
	}
	bool found;
	return resolve(k, n, n->value.str.s, &found) &&
	       (found || check_unknown_name(k, n, "variable"));
}

bool check_dotted(
	const struct checker *k, const struct node *n, char *out, size_t size, size_t *len)
{
	if (n->op == NODE_IDENT) {
		*len = 0;
		if (find_local(k, n) != NULL)
			return false;
	} else if (n->op == NODE_SELECT && !(n->flags & NODE_PAREN)) {
		if (!check_dotted(k, n->args[0], out, size, len) || *len + 1 >= size)
			return false;
		out[(*len)++] = '.';
	} else {
		return false;
	}
	if (*len + n->value.str.len >= size)
		return false;
	memcpy(out + *len, n->value.str.s, n->value.str.len + 1);
	*len += n->value.str.len;
	return true;
}

/* Selection */

static bool unknown_member(struct checker *k, const struct node *n, const struct expr_shape *shape)
{
	ANJU_AUTO_BUF names = BUF_INIT;
	for (size_t i = 0; i < shape->len; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", shape->members[i].name);
	compile_fail(k->c, "expr.unknown_member", n->at, "%s has no member %s", shape->name,
		n->value.str.s);
	anju_error_found(k->c->err, "%s.%s", shape->name, n->value.str.s);
	anju_error_allowed(k->c->err, "%s", names.len > 0 ? names.data : "-");
	return false;
}

/* The type of member n->value of the checked args[0]. */
static bool member_type(struct checker *k, struct node *n, struct expr_type *ret)
{
	const struct expr_type *of = &n->args[0]->type;
	*ret = check_type(EXPR_DYN);
	if (of->kind == EXPR_DYN)
		return true;
	if (of->kind != EXPR_MAP)
		return check_wrong(k, n->at, check_type_text(k, of), "map");
	if (of->shape == NULL) {
		if (of->element != NULL)
			*ret = *of->element;
		return true;
	}
	for (size_t i = 0; i < of->shape->len; i++) {
		const struct expr_member *m = &of->shape->members[i];
		if (strcmp(m->name, n->value.str.s) == 0) {
			n->flags |= NODE_SHAPED;
			*ret = m->type;
			return true;
		}
	}
	return unknown_member(k, n, of->shape);
}

void check_null_ok(struct node *n)
{
	for (; n->op == NODE_SELECT && (n->flags & NODE_SHAPED); n = n->args[0])
		n->flags |= NODE_NULL_OK;
}

static bool check_select(struct checker *k, struct node *n)
{
	char name[CHECK_NAME_CHARS];
	size_t len;
	bool found = false;
	if (n->op == NODE_SELECT && check_dotted(k, n, name, sizeof name, &len) &&
		!resolve(k, n, name, &found))
		return false;
	if (found)
		return true;
	if (!check_node(k, n->args[0]) || !member_type(k, n, &n->type))
		return false;
	if (n->op == NODE_HAS) {
		n->type = check_type(EXPR_BOOL);
		check_null_ok(n->args[0]);
	}
	return true;
}

static bool check_index(struct checker *k, struct node *n)
{
	struct node *of = n->args[0], *key = n->args[1];
	if (!check_node(k, of) || !check_node(k, key))
		return false;
	n->type = check_type(EXPR_DYN);
	if (of->type.kind == EXPR_MAP && of->type.shape != NULL && key->op == NODE_CONST &&
		key->value.kind == EXPR_STRING) {
		n->op = NODE_SELECT;
		n->at = key->pos;
		n->n = 1;
		n->value = key->value;
		return member_type(k, n, &n->type);
	}
	if (of->type.kind != EXPR_DYN && of->type.kind != EXPR_LIST && of->type.kind != EXPR_MAP)
		return check_wrong(k, n->at, check_type_text(k, &of->type), "list, map");
	if (of->type.kind == EXPR_LIST && !check_is_dyn(key) && key->type.kind != EXPR_INT &&
		key->type.kind != EXPR_UINT && key->type.kind != EXPR_DOUBLE)
		return check_wrong(k, key->at, check_type_text(k, &key->type), "int");
	if (of->type.kind != EXPR_DYN && of->type.element != NULL)
		n->type = *of->type.element;
	return true;
}

/* Literals of containers */

struct expr_type check_join(struct expr_type a, struct expr_type b)
{
	if (a.kind == EXPR_NULL || b.kind == EXPR_NULL) {
		struct expr_type t = a.kind == EXPR_NULL ? b : a;
		t.nullable = true;
		return t;
	}
	if (a.kind != b.kind)
		return check_type(EXPR_DYN);
	if (a.shape != b.shape)
		a.shape = NULL;
	if (a.element == NULL || b.element == NULL || a.element->kind != b.element->kind)
		a.element = NULL;
	a.nullable |= b.nullable;
	return a;
}

/* Every step-th child from `first` on as the elements of a container. */
static bool check_elements(struct checker *k, struct node *n, uint32_t first, uint32_t step)
{
	struct expr_type element = check_type(EXPR_DYN);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!check_node(k, n->args[i]))
			return false;
		if (i % step != first)
			continue;
		element = i == first ? n->args[i]->type : check_join(element, n->args[i]->type);
	}
	if (element.kind != EXPR_DYN) {
		n->type.element = keep_type(k, element);
		return n->type.element != NULL;
	}
	return true;
}

static bool check_map(struct checker *k, struct node *n)
{
	n->type = check_type(EXPR_MAP);
	if (!check_elements(k, n, 1, 2))
		return false;
	for (uint32_t i = 0; i < n->n; i += 2) {
		enum expr_kind kind = n->args[i]->type.kind;
		if (kind != EXPR_DYN && kind != EXPR_STRING && kind != EXPR_INT &&
			kind != EXPR_UINT && kind != EXPR_BOOL &&
			!check_wrong(k, n->args[i]->at, check_type_text(k, &n->args[i]->type),
				"string, int, uint, bool"))
			return false;
	}
	return true;
}

/* Macros */

static void range_types(const struct node *n, struct expr_type types[2])
{
	const struct expr_type *range = &n->args[0]->type;
	bool two = n->macro->vars == 2;
	struct expr_type element = range->element != NULL ? *range->element : check_type(EXPR_DYN);
	if (range->kind == EXPR_LIST) {
		types[0] = two ? check_type(EXPR_INT) : element;
		types[1] = element;
	} else {
		types[0] = check_type(range->shape != NULL ? EXPR_STRING : EXPR_DYN);
		types[1] = range->kind == EXPR_MAP ? element : check_type(EXPR_DYN);
	}
}

static bool macro_result(struct checker *k, struct node *n)
{
	const struct macro *m = n->macro;
	const struct expr_type *range = &n->args[0]->type;
	if (m->kind == MACRO_ALL || m->kind == MACRO_EXISTS || m->kind == MACRO_EXISTS_ONE) {
		n->type = check_type(EXPR_BOOL);
		return true;
	}
	n->type = check_type(m->kind == MACRO_TRANSFORM_MAP ? EXPR_MAP : EXPR_LIST);
	if (m->kind == MACRO_FILTER) {
		n->type.element = range->kind == EXPR_LIST ? range->element : NULL;
		return true;
	}
	n->type.element = keep_type(k, n->args[n->n - 1]->type);
	return n->type.element != NULL;
}

static bool check_macro(struct checker *k, struct node *n)
{
	struct macro *m = n->macro;
	struct node *range = n->args[0];
	if (!check_node(k, range))
		return false;
	if (!check_is_dyn(range) && range->type.kind != EXPR_LIST && range->type.kind != EXPR_MAP)
		return check_wrong(k, range->at, check_type_text(k, &range->type), "list, map");
	struct expr_type types[2];
	range_types(n, types);
	struct scope scopes[2];
	const struct scope *outer = k->scope;
	for (uint32_t i = 0; i < m->vars; i++) {
		m->slot[i] = k->slots++;
		scopes[i] = (struct scope){k->scope, &m->name[i], m->slot[i], types[i]};
		k->scope = &scopes[i];
	}
	if (k->slots > k->c->expr->locals_len)
		k->c->expr->locals_len = k->slots;
	bool ok = true;
	for (uint32_t i = 1; ok && i < n->n; i++) {
		bool predicate = m->kind <= MACRO_EXISTS_ONE || m->kind == MACRO_FILTER ||
				 (m->has_filter && i == 1);
		ok = check_node(k, n->args[i]) &&
		     (!predicate || check_want(k, n->args[i], EXPR_BOOL));
	}
	k->scope = outer;
	k->slots -= m->vars;
	return ok && macro_result(k, n);
}

static bool check_constant(struct node *n)
{
	n->type = check_type(n->value.kind);
	return true;
}

bool check_node(struct checker *k, struct node *n)
{
	switch (n->op) {
	case NODE_CONST:
		return check_constant(n);
	case NODE_IDENT:
		return check_ident(k, n);
	case NODE_SELECT:
	case NODE_HAS:
		return check_select(k, n);
	case NODE_INDEX:
		return check_index(k, n);
	case NODE_LIST:
		n->type = check_type(EXPR_LIST);
		return check_elements(k, n, 0, 1);
	case NODE_MAP:
		return check_map(k, n);
	case NODE_NOT:
	case NODE_AND:
	case NODE_OR:
		return check_logic(k, n);
	case NODE_NEG:
		return check_negate(k, n);
	case NODE_COND:
		return check_conditional(k, n);
	case NODE_EQ:
	case NODE_NE:
	case NODE_LT:
	case NODE_LE:
	case NODE_GT:
	case NODE_GE:
	case NODE_IN:
	case NODE_ADD:
	case NODE_SUB:
	case NODE_MUL:
	case NODE_DIV:
	case NODE_MOD:
		return check_binary(k, n);
	case NODE_CALL:
		return check_call(k, n);
	case NODE_MACRO:
		return check_macro(k, n);
	case NODE_VAR:
	case NODE_LOCAL:
	case NODE_ENV_CALL:
	case NODE_UNKNOWN:
		break; /* made here, never checked again */
	}
	return true;
}

bool check_tree(struct compile *c, struct node *root, enum expr_kind want)
{
	struct checker k = {.c = c};
	if (!check_node(&k, root))
		return false;
	return want == EXPR_DYN || check_want(&k, root, want);
}
