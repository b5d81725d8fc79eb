/*
 * Names and types. Each check_… gives its node a type, or fails with what was found and what would have
 * been allowed. Where a type is dyn, the run time decides; in an unchecked environment it always does.
 */
#include <string.h>

#include "base/error.h"
#include "expr/arena.h"
#include "expr/env.h"
#include "expr/funcs.h"
#include "expr/instant.h"

#define NAME_MAX_CHARS 128

/* A macro's variable while its body is checked. */
struct scope {
	const struct scope *up;
	const struct expr_value *name;
	uint32_t slot;
	struct expr_type type;
};

struct checker {
	struct compile *c;
	const struct scope *scope;
	uint32_t slots; /* in use at this depth */
};

static bool check(struct checker *k, struct node *n);

static struct expr_type type_of(enum expr_kind kind)
{
	return (struct expr_type){.kind = kind};
}

static bool is_dyn(const struct node *n)
{
	return n->type.kind == EXPR_DYN;
}

static const char *type_text(struct checker *k, const struct expr_type *type)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	env_type_text(type, &b);
	const char *s = b.len == 0 ? NULL : arena_copy(k->c->arena, b.data, b.len);
	return s != NULL ? s : "?";
}

static bool wrong_type(struct checker *k, const struct node *n, uint32_t pos, const char *found,
	const char *allowed)
{
	if (k->c->env->unchecked)
		return true;
	compile_fail(k->c, "expr.type", pos, "found %s, allowed %s", found, allowed);
	anju_error_found(k->c->err, "%s", found);
	anju_error_allowed(k->c->err, "%s", allowed);
	return false;
}

static bool want_kind(struct checker *k, const struct node *n, enum expr_kind kind)
{
	if (is_dyn(n) || n->type.kind == kind)
		return true;
	return wrong_type(k, n, n->at, type_text(k, &n->type), env_kind_text(kind));
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
		n->type = type_of(EXPR_TYPE);
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

static bool unknown_name(struct checker *k, struct node *n, const char *what)
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
	return resolve(k, n, n->value.str.s, &found) && (found || unknown_name(k, n, "variable"));
}

/* a.b.c as a dotted name, if that is all `n` is and `a` is no macro's variable. */
static bool dotted(
	const struct checker *k, const struct node *n, char *out, size_t size, size_t *len)
{
	if (n->op == NODE_IDENT) {
		*len = 0;
		if (find_local(k, n) != NULL)
			return false;
	} else if (n->op == NODE_SELECT && !(n->flags & NODE_PAREN)) {
		if (!dotted(k, n->args[0], out, size, len) || *len + 1 >= size)
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
	*ret = type_of(EXPR_DYN);
	if (of->kind == EXPR_DYN)
		return true;
	if (of->kind != EXPR_MAP)
		return wrong_type(k, n, n->at, type_text(k, of), "map");
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

/* Whoever reads `n` accepts that it, or what it is selected from, is not set. */
static void null_ok(struct node *n)
{
	for (; n->op == NODE_SELECT && (n->flags & NODE_SHAPED); n = n->args[0])
		n->flags |= NODE_NULL_OK;
}

static bool check_select(struct checker *k, struct node *n)
{
	char name[NAME_MAX_CHARS];
	size_t len;
	bool found = false;
	if (n->op == NODE_SELECT && dotted(k, n, name, sizeof name, &len) &&
		!resolve(k, n, name, &found))
		return false;
	if (found)
		return true;
	if (!check(k, n->args[0]) || !member_type(k, n, &n->type))
		return false;
	if (n->op == NODE_HAS) {
		n->type = type_of(EXPR_BOOL);
		null_ok(n->args[0]);
	}
	return true;
}

static bool check_index(struct checker *k, struct node *n)
{
	struct node *of = n->args[0], *key = n->args[1];
	if (!check(k, of) || !check(k, key))
		return false;
	n->type = type_of(EXPR_DYN);
	if (of->type.kind == EXPR_MAP && of->type.shape != NULL && key->op == NODE_CONST &&
		key->value.kind == EXPR_STRING) {
		n->op = NODE_SELECT;
		n->at = key->pos;
		n->n = 1;
		n->value = key->value;
		return member_type(k, n, &n->type);
	}
	if (of->type.kind != EXPR_DYN && of->type.kind != EXPR_LIST && of->type.kind != EXPR_MAP)
		return wrong_type(k, n, n->at, type_text(k, &of->type), "list, map");
	if (of->type.kind == EXPR_LIST && !is_dyn(key) && key->type.kind != EXPR_INT &&
		key->type.kind != EXPR_UINT && key->type.kind != EXPR_DOUBLE)
		return wrong_type(k, n, key->at, type_text(k, &key->type), "int");
	if (of->type.kind != EXPR_DYN && of->type.element != NULL)
		n->type = *of->type.element;
	return true;
}

/* Literals of containers */

/* The type of either; dyn when they differ. */
static struct expr_type join(struct expr_type a, struct expr_type b)
{
	if (a.kind == EXPR_NULL || b.kind == EXPR_NULL) {
		struct expr_type t = a.kind == EXPR_NULL ? b : a;
		t.nullable = true;
		return t;
	}
	if (a.kind != b.kind)
		return type_of(EXPR_DYN);
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
	struct expr_type element = type_of(EXPR_DYN);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!check(k, n->args[i]))
			return false;
		if (i % step != first)
			continue;
		element = i == first ? n->args[i]->type : join(element, n->args[i]->type);
	}
	if (element.kind != EXPR_DYN) {
		n->type.element = keep_type(k, element);
		return n->type.element != NULL;
	}
	return true;
}

static bool check_map(struct checker *k, struct node *n)
{
	n->type = type_of(EXPR_MAP);
	if (!check_elements(k, n, 1, 2))
		return false;
	for (uint32_t i = 0; i < n->n; i += 2) {
		enum expr_kind kind = n->args[i]->type.kind;
		if (kind != EXPR_DYN && kind != EXPR_STRING && kind != EXPR_INT &&
			kind != EXPR_UINT && kind != EXPR_BOOL &&
			!wrong_type(k, n, n->args[i]->at, type_text(k, &n->args[i]->type),
				"string, int, uint, bool"))
			return false;
	}
	return true;
}

/* Operators */

struct operator_form {
	enum node_op op;
	enum expr_kind a, b, result;
};

static const struct operator_form forms[] = {
	{NODE_ADD, EXPR_INT, EXPR_INT, EXPR_INT},
	{NODE_ADD, EXPR_UINT, EXPR_UINT, EXPR_UINT},
	{NODE_ADD, EXPR_DOUBLE, EXPR_DOUBLE, EXPR_DOUBLE},
	{NODE_ADD, EXPR_DECIMAL, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_ADD, EXPR_DECIMAL, EXPR_INT, EXPR_DECIMAL},
	{NODE_ADD, EXPR_INT, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_ADD, EXPR_STRING, EXPR_STRING, EXPR_STRING},
	{NODE_ADD, EXPR_BYTES, EXPR_BYTES, EXPR_BYTES},
	{NODE_ADD, EXPR_LIST, EXPR_LIST, EXPR_LIST},
	{NODE_ADD, EXPR_TIMESTAMP, EXPR_DURATION, EXPR_TIMESTAMP},
	{NODE_ADD, EXPR_DURATION, EXPR_TIMESTAMP, EXPR_TIMESTAMP},
	{NODE_ADD, EXPR_DURATION, EXPR_DURATION, EXPR_DURATION},
	{NODE_SUB, EXPR_INT, EXPR_INT, EXPR_INT},
	{NODE_SUB, EXPR_UINT, EXPR_UINT, EXPR_UINT},
	{NODE_SUB, EXPR_DOUBLE, EXPR_DOUBLE, EXPR_DOUBLE},
	{NODE_SUB, EXPR_DECIMAL, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_SUB, EXPR_DECIMAL, EXPR_INT, EXPR_DECIMAL},
	{NODE_SUB, EXPR_INT, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_SUB, EXPR_TIMESTAMP, EXPR_TIMESTAMP, EXPR_DURATION},
	{NODE_SUB, EXPR_TIMESTAMP, EXPR_DURATION, EXPR_TIMESTAMP},
	{NODE_SUB, EXPR_DURATION, EXPR_DURATION, EXPR_DURATION},
	{NODE_MUL, EXPR_INT, EXPR_INT, EXPR_INT},
	{NODE_MUL, EXPR_UINT, EXPR_UINT, EXPR_UINT},
	{NODE_MUL, EXPR_DOUBLE, EXPR_DOUBLE, EXPR_DOUBLE},
	{NODE_MUL, EXPR_DECIMAL, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_MUL, EXPR_DECIMAL, EXPR_INT, EXPR_DECIMAL},
	{NODE_MUL, EXPR_INT, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_DIV, EXPR_INT, EXPR_INT, EXPR_INT},
	{NODE_DIV, EXPR_UINT, EXPR_UINT, EXPR_UINT},
	{NODE_DIV, EXPR_DOUBLE, EXPR_DOUBLE, EXPR_DOUBLE},
	{NODE_DIV, EXPR_DECIMAL, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_DIV, EXPR_DECIMAL, EXPR_INT, EXPR_DECIMAL},
	{NODE_DIV, EXPR_INT, EXPR_DECIMAL, EXPR_DECIMAL},
	{NODE_MOD, EXPR_INT, EXPR_INT, EXPR_INT},
	{NODE_MOD, EXPR_UINT, EXPR_UINT, EXPR_UINT},
};

static const char *op_text(enum node_op op)
{
	static const char *const texts[] = {[NODE_NEG] = "-",
		[NODE_EQ] = "==",
		[NODE_NE] = "!=",
		[NODE_LT] = "<",
		[NODE_LE] = "<=",
		[NODE_GT] = ">",
		[NODE_GE] = ">=",
		[NODE_IN] = "in",
		[NODE_ADD] = "+",
		[NODE_SUB] = "-",
		[NODE_MUL] = "*",
		[NODE_DIV] = "/",
		[NODE_MOD] = "%"};
	return texts[op];
}

static bool wrong_operands(struct checker *k, const struct node *n, const char *allowed)
{
	ANJU_AUTO_BUF found = BUF_INIT;
	env_type_text(&n->args[0]->type, &found);
	buf_addf(&found, " %s ", op_text(n->op));
	env_type_text(&n->args[1]->type, &found);
	return wrong_type(k, n, n->at, found.failed ? "?" : found.data, allowed);
}

static bool no_form(struct checker *k, const struct node *n)
{
	ANJU_AUTO_BUF allowed = BUF_INIT;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct operator_form *f = &forms[i];
		if (f->op != n->op ||
			(f->a != n->args[0]->type.kind && f->b != n->args[1]->type.kind))
			continue;
		struct expr_type a = type_of(f->a), b = type_of(f->b);
		buf_adds(&allowed, allowed.len > 0 ? ", " : "");
		env_type_text(&a, &allowed);
		buf_addf(&allowed, " %s ", op_text(f->op));
		env_type_text(&b, &allowed);
	}
	return wrong_operands(k, n, allowed.len > 0 ? allowed.data : "int, double, decimal");
}

static bool check_arithmetic(struct checker *k, struct node *n)
{
	const struct node *a = n->args[0], *b = n->args[1];
	size_t matches = 0;
	enum expr_kind result = EXPR_DYN;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct operator_form *f = &forms[i];
		if (f->op != n->op || (!is_dyn(a) && a->type.kind != f->a) ||
			(!is_dyn(b) && b->type.kind != f->b))
			continue;
		result = matches == 0 || f->result == result ? f->result : EXPR_DYN;
		if (matches++ > 0 && result == EXPR_DYN)
			break;
	}
	if (matches == 0)
		return no_form(k, n);
	n->type = type_of(result);
	if (result == EXPR_LIST && !is_dyn(a) && !is_dyn(b))
		n->type = join(a->type, b->type);
	return true;
}

static bool is_number(const struct node *n)
{
	enum expr_kind kind = n->type.kind;
	return kind == EXPR_INT || kind == EXPR_UINT || kind == EXPR_DOUBLE || kind == EXPR_DECIMAL;
}

static bool check_order(struct checker *k, struct node *n)
{
	const struct node *a = n->args[0], *b = n->args[1];
	n->type = type_of(EXPR_BOOL);
	for (int i = 0; i < 2; i++) {
		enum expr_kind kind = n->args[i]->type.kind;
		if (kind == EXPR_NULL || kind == EXPR_LIST || kind == EXPR_MAP || kind == EXPR_TYPE)
			return wrong_operands(
				k, n, "int, double, decimal, string, timestamp, duration");
	}
	if (is_dyn(a) || is_dyn(b) || a->type.kind == b->type.kind ||
		(is_number(a) && is_number(b)))
		return true;
	return wrong_operands(k, n, type_text(k, &a->type));
}

static bool check_equality(struct checker *k, struct node *n)
{
	struct node *a = n->args[0], *b = n->args[1];
	n->type = type_of(EXPR_BOOL);
	if (a->op == NODE_CONST && a->value.kind == EXPR_NULL)
		null_ok(b);
	if (b->op == NODE_CONST && b->value.kind == EXPR_NULL)
		null_ok(a);
	if (is_dyn(a) || is_dyn(b) || a->type.kind == b->type.kind || a->type.kind == EXPR_NULL ||
		b->type.kind == EXPR_NULL || (is_number(a) && is_number(b)))
		return true;
	return wrong_operands(k, n, type_text(k, &a->type));
}

static bool check_in(struct checker *k, struct node *n)
{
	const struct expr_type *in = &n->args[1]->type;
	n->type = type_of(EXPR_BOOL);
	if (in->kind != EXPR_DYN && in->kind != EXPR_LIST && in->kind != EXPR_MAP)
		return wrong_operands(k, n, "list, map");
	const struct node *a = n->args[0];
	if (in->kind != EXPR_LIST || in->element == NULL || is_dyn(a) || is_number(a) ||
		in->element->kind == EXPR_DYN || in->element->kind == a->type.kind ||
		in->element->nullable)
		return true;
	return wrong_operands(k, n, type_text(k, in->element));
}

static bool check_logic(struct checker *k, struct node *n)
{
	n->type = type_of(EXPR_BOOL);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!check(k, n->args[i]) || !want_kind(k, n->args[i], EXPR_BOOL))
			return false;
	}
	return true;
}

static bool check_negate(struct checker *k, struct node *n)
{
	if (!check(k, n->args[0]))
		return false;
	n->type = n->args[0]->type;
	enum expr_kind kind = n->type.kind;
	return kind == EXPR_DYN || kind == EXPR_INT || kind == EXPR_DOUBLE ||
	       kind == EXPR_DECIMAL ||
	       wrong_type(k, n, n->at, type_text(k, &n->type), "int, double, decimal");
}

static bool check_conditional(struct checker *k, struct node *n)
{
	for (uint32_t i = 0; i < 3; i++) {
		if (!check(k, n->args[i]))
			return false;
	}
	n->type = join(n->args[1]->type, n->args[2]->type);
	return want_kind(k, n->args[0], EXPR_BOOL);
}

/* Calls */

static bool wrong_arguments(struct checker *k, const struct node *n, const char *allowed)
{
	ANJU_AUTO_BUF found = BUF_INIT;
	bool member = n->flags & NODE_MEMBER_CALL;
	if (member) {
		env_type_text(&n->args[0]->type, &found);
		buf_addc(&found, '.');
	}
	buf_addf(&found, "%s(", n->value.str.s);
	for (uint32_t i = member; i < n->n; i++) {
		if (i > (uint32_t)member)
			buf_adds(&found, ", ");
		env_type_text(&n->args[i]->type, &found);
	}
	buf_addc(&found, ')');
	return wrong_type(k, n, n->at, found.failed ? "?" : found.data, allowed);
}

static void signature(struct buf *out, const char *name, bool member, size_t n,
	struct expr_type (*arg)(const void *of, size_t i), const void *of)
{
	buf_adds(out, out->len > 0 ? ", " : "");
	struct expr_type t;
	if (member) {
		t = arg(of, 0);
		env_type_text(&t, out);
		buf_addc(out, '.');
	}
	buf_addf(out, "%s(", name);
	for (size_t i = member; i < n; i++) {
		if (i > (size_t)member)
			buf_adds(out, ", ");
		t = arg(of, i);
		env_type_text(&t, out);
	}
	buf_addc(out, ')');
}

static struct expr_type overload_arg(const void *of, size_t i)
{
	return type_of(((const struct overload *)of)->args[i]);
}

static struct expr_type function_arg(const void *of, size_t i)
{
	return ((const struct env_function *)of)->args[i];
}

static bool overload_fits(const struct overload *o, const struct node *n)
{
	if (o->n != n->n)
		return false;
	for (uint32_t i = 0; i < n->n; i++) {
		enum expr_kind kind = n->args[i]->type.kind;
		if (kind != EXPR_DYN && o->args[i] != EXPR_DYN && kind != o->args[i])
			return false;
	}
	return true;
}

/* Compute a conversion of literals now: it costs nothing later, and a mistyped one is found here. */
static bool fold(struct checker *k, struct node *n)
{
	const struct node *arg = n->args[0];
	if (!n->builtin->fold || n->n != 1 || arg->op != NODE_CONST)
		return true;
	struct run r = {.expr = k->c->expr, .arena = k->c->arena, .steps = EXPR_BUDGET_DEFAULT};
	struct expr_value v;
	if (n->builtin->cb(&r, n, &arg->value, &v)) {
		n->op = NODE_CONST;
		n->n = 0;
		n->value = v;
		return true;
	}
	if (r.fault.code <= FAULT_LAST_FATAL)
		return compile_nomem(k->c);
	if (k->c->env->unchecked)
		return true;
	compile_fail(k->c, "expr.literal", arg->pos, "not a %s", n->builtin->name);
	anju_error_allowed(k->c->err, "%s", n->builtin->wanted);
	return false;
}

/* A literal time zone is looked at now. */
static bool check_zone(struct checker *k, const struct node *n)
{
	const struct node *zone = n->n == 2 ? n->args[1] : NULL;
	int32_t offset;
	if (strncmp(n->builtin->name, "get", 3) != 0 || zone == NULL || zone->op != NODE_CONST ||
		zone->value.kind != EXPR_STRING || k->c->env->unchecked ||
		instant_parse_zone(zone->value.str.s, zone->value.str.len, &offset))
		return true;
	compile_fail(k->c, "expr.unsupported", zone->pos, "time zones are given as an offset");
	anju_error_allowed(k->c->err, "\"+08:00\", \"UTC\"");
	return false;
}

static bool check_builtin(struct checker *k, struct node *n, const struct builtin *b)
{
	n->builtin = b;
	n->type = type_of(EXPR_DYN);
	if (b->cb == NULL && !k->c->env->unchecked) {
		compile_fail(k->c, "expr.unsupported", n->at, "%s() is not supported", b->name);
		anju_error_allowed(k->c->err, "startsWith(), endsWith(), contains()");
		return false;
	}
	uint32_t fits = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		if (!overload_fits(&b->overloads[i], n))
			continue;
		n->type = type_of(fits == 0 || n->type.kind == b->overloads[i].result
					  ? b->overloads[i].result
					  : EXPR_DYN);
		fits++;
	}
	if (fits > 0)
		return check_zone(k, n) && fold(k, n);
	ANJU_AUTO_BUF allowed = BUF_INIT;
	for (uint32_t i = 0; i < b->n; i++)
		signature(&allowed, b->name, n->flags & NODE_MEMBER_CALL, b->overloads[i].n,
			overload_arg, &b->overloads[i]);
	return wrong_arguments(k, n, allowed.failed ? "?" : allowed.data);
}

static bool function_fits(const struct env_function *f, const struct node *n)
{
	if (f->n != n->n)
		return false;
	for (uint32_t i = 0; i < n->n; i++) {
		if (!env_type_fits(&f->args[i], &n->args[i]->type))
			return false;
	}
	return true;
}

/* The expression outlives its environment: copy what a call needs of it. */
static bool copy_function(
	struct checker *k, struct env_function *to, const struct env_function *from)
{
	*to = *from;
	to->name = arena_copy(k->c->arena, from->name, strlen(from->name));
	to->args = expr_arena_alloc(k->c->arena, from->n * sizeof *to->args);
	if (to->name == NULL || to->args == NULL)
		return compile_nomem(k->c);
	if (from->n > 0)
		memcpy(to->args, from->args, from->n * sizeof *to->args);
	return true;
}

static bool check_env_call(struct checker *k, struct node *n, const char *name)
{
	const struct expr_env *env = k->c->env;
	bool member = n->flags & NODE_MEMBER_CALL;
	struct env_function *copies =
		expr_arena_alloc(k->c->arena, env->functions_len * sizeof *copies);
	if (copies == NULL)
		return compile_nomem(k->c);
	ANJU_AUTO_BUF allowed = BUF_INIT;
	n->op = NODE_ENV_CALL;
	n->function = copies;
	n->type = type_of(EXPR_DYN);
	for (size_t i = 0; i < env->functions_len; i++) {
		const struct env_function *f = &env->functions[i];
		if (f->member != member || strcmp(f->name, name) != 0)
			continue;
		signature(&allowed, f->name, member, f->n, function_arg, f);
		if (!function_fits(f, n))
			continue;
		if (!copy_function(k, &copies[n->n_functions], f))
			return false;
		n->type = n->n_functions++ == 0 ? f->result : join(n->type, f->result);
		for (uint32_t a = 0; a < n->n; a++) {
			if (f->args[a].nullable)
				null_ok(n->args[a]);
		}
	}
	return n->n_functions > 0 || wrong_arguments(k, n, allowed.failed ? "?" : allowed.data);
}

/* a.b.f(x) where "a.b.f" is the name of a function: drop the receiver. */
static bool namespaced(struct checker *k, struct node *n, char *name, size_t size)
{
	size_t len;
	if (!(n->flags & NODE_MEMBER_CALL) || !dotted(k, n->args[0], name, size, &len) ||
		len + n->value.str.len + 2 > size)
		return false;
	name[len] = '.';
	memcpy(name + len + 1, n->value.str.s, n->value.str.len + 1);
	if (!env_has_function(k->c->env, name, false))
		return false;
	n->flags &= (uint16_t)~NODE_MEMBER_CALL;
	n->args++;
	n->n--;
	return true;
}

static bool check_call(struct checker *k, struct node *n)
{
	char name[NAME_MAX_CHARS];
	bool spaced = namespaced(k, n, name, sizeof name);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!check(k, n->args[i]))
			return false;
	}
	bool member = n->flags & NODE_MEMBER_CALL;
	if (spaced)
		return check_env_call(k, n, name);
	if (env_has_function(k->c->env, n->value.str.s, member))
		return check_env_call(k, n, n->value.str.s);
	const struct builtin *b = funcs_find(n->value.str.s, member);
	if (b != NULL)
		return check_builtin(k, n, b);
	return unknown_name(k, n, "function");
}

/* Macros */

static void range_types(const struct node *n, struct expr_type types[2])
{
	const struct expr_type *range = &n->args[0]->type;
	bool two = n->macro->vars == 2;
	struct expr_type element = range->element != NULL ? *range->element : type_of(EXPR_DYN);
	if (range->kind == EXPR_LIST) {
		types[0] = two ? type_of(EXPR_INT) : element;
		types[1] = element;
	} else {
		types[0] = type_of(range->shape != NULL ? EXPR_STRING : EXPR_DYN);
		types[1] = range->kind == EXPR_MAP ? element : type_of(EXPR_DYN);
	}
}

static bool macro_result(struct checker *k, struct node *n)
{
	const struct macro *m = n->macro;
	const struct expr_type *range = &n->args[0]->type;
	if (m->kind == MACRO_ALL || m->kind == MACRO_EXISTS || m->kind == MACRO_EXISTS_ONE) {
		n->type = type_of(EXPR_BOOL);
		return true;
	}
	n->type = type_of(m->kind == MACRO_TRANSFORM_MAP ? EXPR_MAP : EXPR_LIST);
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
	if (!check(k, range))
		return false;
	if (!is_dyn(range) && range->type.kind != EXPR_LIST && range->type.kind != EXPR_MAP)
		return wrong_type(k, n, range->at, type_text(k, &range->type), "list, map");
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
		ok = check(k, n->args[i]) && (!predicate || want_kind(k, n->args[i], EXPR_BOOL));
	}
	k->scope = outer;
	k->slots -= m->vars;
	return ok && macro_result(k, n);
}

static bool check_constant(struct node *n)
{
	n->type = type_of(n->value.kind);
	return true;
}

static bool check_pair(
	struct checker *k, struct node *n, bool (*then)(struct checker *k, struct node *n))
{
	return check(k, n->args[0]) && check(k, n->args[1]) && then(k, n);
}

static bool check(struct checker *k, struct node *n)
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
		n->type = type_of(EXPR_LIST);
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
		return check_pair(k, n, check_equality);
	case NODE_LT:
	case NODE_LE:
	case NODE_GT:
	case NODE_GE:
		return check_pair(k, n, check_order);
	case NODE_IN:
		return check_pair(k, n, check_in);
	case NODE_ADD:
	case NODE_SUB:
	case NODE_MUL:
	case NODE_DIV:
	case NODE_MOD:
		return check_pair(k, n, check_arithmetic);
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
	if (!check(&k, root))
		return false;
	return want == EXPR_DYN || want_kind(&k, root, want);
}
