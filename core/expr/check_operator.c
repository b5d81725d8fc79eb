/* Which operators take which types. */
#include "expr/check.h"

#include "expr/env.h"

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
	return check_wrong(k, n->at, found.failed ? "?" : found.data, allowed);
}

static bool no_form(struct checker *k, const struct node *n)
{
	ANJU_AUTO_BUF allowed = BUF_INIT;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct operator_form *f = &forms[i];
		if (f->op != n->op ||
			(f->a != n->args[0]->type.kind && f->b != n->args[1]->type.kind))
			continue;
		struct expr_type a = check_type(f->a), b = check_type(f->b);
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
		if (f->op != n->op || (!check_is_dyn(a) && a->type.kind != f->a) ||
			(!check_is_dyn(b) && b->type.kind != f->b))
			continue;
		result = matches == 0 || f->result == result ? f->result : EXPR_DYN;
		if (matches++ > 0 && result == EXPR_DYN)
			break;
	}
	if (matches == 0)
		return no_form(k, n);
	n->type = check_type(result);
	if (result == EXPR_LIST && !check_is_dyn(a) && !check_is_dyn(b))
		n->type = check_join(a->type, b->type);
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
	n->type = check_type(EXPR_BOOL);
	for (int i = 0; i < 2; i++) {
		enum expr_kind kind = n->args[i]->type.kind;
		if (kind == EXPR_NULL || kind == EXPR_LIST || kind == EXPR_MAP || kind == EXPR_TYPE)
			return wrong_operands(
				k, n, "int, double, decimal, string, timestamp, duration");
	}
	if (check_is_dyn(a) || check_is_dyn(b) || a->type.kind == b->type.kind ||
		(is_number(a) && is_number(b)))
		return true;
	return wrong_operands(k, n, check_type_text(k, &a->type));
}

static bool check_equality(struct checker *k, struct node *n)
{
	struct node *a = n->args[0], *b = n->args[1];
	n->type = check_type(EXPR_BOOL);
	if (a->op == NODE_CONST && a->value.kind == EXPR_NULL)
		check_null_ok(b);
	if (b->op == NODE_CONST && b->value.kind == EXPR_NULL)
		check_null_ok(a);
	if (check_is_dyn(a) || check_is_dyn(b) || a->type.kind == b->type.kind ||
		a->type.kind == EXPR_NULL || b->type.kind == EXPR_NULL ||
		(is_number(a) && is_number(b)))
		return true;
	return wrong_operands(k, n, check_type_text(k, &a->type));
}

static bool check_in(struct checker *k, struct node *n)
{
	const struct expr_type *in = &n->args[1]->type;
	n->type = check_type(EXPR_BOOL);
	if (in->kind != EXPR_DYN && in->kind != EXPR_LIST && in->kind != EXPR_MAP)
		return wrong_operands(k, n, "list, map");
	const struct node *a = n->args[0];
	if (in->kind != EXPR_LIST || in->element == NULL || check_is_dyn(a) || is_number(a) ||
		in->element->kind == EXPR_DYN || in->element->kind == a->type.kind ||
		in->element->nullable)
		return true;
	return wrong_operands(k, n, check_type_text(k, in->element));
}

bool check_logic(struct checker *k, struct node *n)
{
	n->type = check_type(EXPR_BOOL);
	for (uint32_t i = 0; i < n->n; i++) {
		if (!check_node(k, n->args[i]) || !check_want(k, n->args[i], EXPR_BOOL))
			return false;
	}
	return true;
}

bool check_negate(struct checker *k, struct node *n)
{
	if (!check_node(k, n->args[0]))
		return false;
	n->type = n->args[0]->type;
	enum expr_kind kind = n->type.kind;
	return kind == EXPR_DYN || kind == EXPR_INT || kind == EXPR_DOUBLE ||
	       kind == EXPR_DECIMAL ||
	       check_wrong(k, n->at, check_type_text(k, &n->type), "int, double, decimal");
}

bool check_conditional(struct checker *k, struct node *n)
{
	for (uint32_t i = 0; i < 3; i++) {
		if (!check_node(k, n->args[i]))
			return false;
	}
	n->type = check_join(n->args[1]->type, n->args[2]->type);
	return check_want(k, n->args[0], EXPR_BOOL);
}

bool check_binary(struct checker *k, struct node *n)
{
	if (!check_node(k, n->args[0]) || !check_node(k, n->args[1]))
		return false;
	switch ((int)n->op) {
	case NODE_EQ:
	case NODE_NE:
		return check_equality(k, n);
	case NODE_LT:
	case NODE_LE:
	case NODE_GT:
	case NODE_GE:
		return check_order(k, n);
	case NODE_IN:
		return check_in(k, n);
	default:
		return check_arithmetic(k, n);
	}
}
