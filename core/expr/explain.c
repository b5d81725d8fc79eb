/*
 * Why a condition is false. Evaluates again, top down: a part is named only if its value decided.
 * Each explain_… says why its node has the truth value `is`; behind a ! that is true.
 */
#include <string.h>

#include "base/error.h"
#include "expr/describe.h"
#include "expr/funcs.h"
#include "expr/macro.h"
#include "expr/ops.h"

struct explain {
	struct describe d;
	struct run *r;
	bool fact; /* tell what is so, not what would have to be: the condition of a ?: */
};

static void explain_node(struct explain *x, const struct node *n, bool is);

/* A blank parts Chinese from other writing only. */
static void say(struct explain *x, const char *zh, const char *en)
{
	const struct buf *out = x->d.out;
	bool after = out->len >= 3 && (unsigned char)out->data[out->len - 3] >= 0xe3;
	if (zh[0] == ' ' && after && (unsigned char)zh[1] >= 0xe3)
		zh++;
	buf_adds(x->d.out, x->d.lang == LANG_ZH ? zh : en);
}

static void explain_fault(struct explain *x)
{
	ANJU_AUTO_BUF subject = BUF_INIT;
	struct describe d = x->d;
	anju_error err;
	d.out = &subject;
	const char *id = describe_fault(&d, &x->r->fault);
	(void)anju_fail(&err, ANJU_E_REFUSED, id, "%s", id);
	anju_error_found(&err, "%s", subject.data != NULL ? subject.data : "");
	message_render_error(x->d.out, &err, x->d.lang);
}

/* Evaluate, or explain why that fails. */
static bool value_of(struct explain *x, const struct node *n, struct expr_value *ret)
{
	if (run_node(x->r, n, ret))
		return true;
	explain_fault(x);
	return false;
}

/* "label = value"; literals as they are. */
static void describe_side(struct explain *x, const struct node *n, const struct expr_value *v)
{
	if (n->op == NODE_CONST || n->op == NODE_LIST || n->op == NODE_MAP) {
		describe_node(&x->d, n);
		return;
	}
	bool truth = v->kind == EXPR_BOOL && n->op >= NODE_NOT && n->op <= NODE_IN;
	buf_adds(x->d.out, truth ? "(" : "");
	describe_node(&x->d, n);
	buf_adds(x->d.out, truth ? ")" : "");
	if (v->kind == EXPR_MAP)
		return;
	buf_adds(x->d.out, " = ");
	describe_value(&x->d, v);
}

/* Literals to the right: "X is not set", "X = 3, must differ from 3". */
static void explain_same(struct explain *x, const struct node *a, const struct node *b,
	const struct expr_value *va, const struct expr_value *vb)
{
	if (a->op == NODE_CONST) {
		const struct node *n = a;
		a = b;
		b = n;
	}
	if (va->kind == EXPR_NULL) {
		describe_node(&x->d, a);
		say(x, " 未填写", " is not set");
		return;
	}
	describe_side(x, a, va);
	if (x->fact && b->op == NODE_CONST)
		return;
	if (x->fact)
		buf_adds(x->d.out, " = ");
	else
		say(x, "，不得等于 ", ", must differ from ");
	describe_side(x, b, vb);
}

static void explain_different(struct explain *x, const struct node *a, const struct node *b,
	const struct expr_value *va, const struct expr_value *vb)
{
	bool null_a = a->op == NODE_CONST && va->kind == EXPR_NULL;
	bool null_b = b->op == NODE_CONST && vb->kind == EXPR_NULL;
	if (null_a || null_b) {
		describe_side(x, null_a ? b : a, null_a ? vb : va);
		if (!x->fact)
			say(x, "，应为空", ", must not be set");
		return;
	}
	describe_side(x, a, va);
	buf_adds(x->d.out, " ≠ ");
	describe_side(x, b, vb);
}

static bool is_truth(const struct node *n)
{
	return n->op == NODE_CONST && n->value.kind == EXPR_BOOL;
}

static void explain_comparison(struct explain *x, const struct node *n)
{
	const struct node *a = n->args[0], *b = n->args[1];
	struct expr_value va, vb;
	if ((n->op == NODE_EQ || n->op == NODE_NE) && is_truth(a) != is_truth(b)) {
		const struct node *part = is_truth(a) ? b : a;
		if (!value_of(x, part, &va))
			return;
		if (va.kind == EXPR_BOOL) {
			explain_node(x, part, va.b); /* "p == true" is p */
			return;
		}
	}
	if (!value_of(x, a, &va) || !value_of(x, b, &vb))
		return;
	x->d.topic = describe_topic(n);
	if (n->op == NODE_EQ || n->op == NODE_NE) {
		if (ops_equal(x->r, &va, &vb) == 1)
			explain_same(x, a, b, &va, &vb);
		else
			explain_different(x, a, b, &va, &vb);
		return;
	}
	enum ops_order o = ops_compare(&va, &vb);
	describe_side(x, a, &va);
	if (o == OPS_SAME && !x->fact) { /* equal: > fails and <= holds for that reason */
		if (n->op == NODE_GT || n->op == NODE_LE)
			say(x, "，须大于 ", ", must be above ");
		else
			say(x, "，须小于 ", ", must be below ");
	} else {
		buf_adds(x->d.out, o == OPS_LESS      ? " < "
				   : o == OPS_SAME    ? " = "
				   : o == OPS_GREATER ? " > "
						      : " ≠ ");
	}
	describe_side(x, b, &vb);
}

static void explain_in(struct explain *x, const struct node *n, bool is)
{
	struct expr_value a, b;
	if (!value_of(x, n->args[0], &a) || !value_of(x, n->args[1], &b))
		return;
	x->d.topic = describe_topic(n);
	describe_side(x, n->args[0], &a);
	say(x, is ? " 在 " : " 不在 ", is ? " is one of " : " is not one of ");
	describe_side(x, n->args[1], &b);
	say(x, " 之中", "");
}

/* && when false and || when true: the operands that decided; otherwise all of them. */
static void explain_logic(struct explain *x, const struct node *n, bool is)
{
	bool some = (n->op == NODE_AND) != is;
	uint32_t said = 0;
	for (uint32_t i = 0; i < n->n; i++) {
		struct expr_value v;
		bool known = run_node(x->r, n->args[i], &v);
		if (some && (!known || v.kind != EXPR_BOOL || v.b != is))
			continue;
		if (said++ > 0)
			say(x, "；", "; ");
		if (known)
			explain_node(x, n->args[i], is);
		else
			explain_fault(x);
	}
}

static void explain_conditional(struct explain *x, const struct node *n, bool is)
{
	struct expr_value which;
	if (!value_of(x, n->args[0], &which))
		return;
	bool outer = x->fact;
	x->fact = true;
	explain_node(x, n->args[0], which.b);
	x->fact = outer;
	const struct node *branch = n->args[which.b ? 1 : 2];
	if (branch->op == NODE_CONST)
		return;
	say(x, "；", "; ");
	explain_node(x, branch, is);
}

static void explain_has(struct explain *x, const struct node *n, bool is)
{
	struct node path = *n;
	path.op = NODE_SELECT;
	describe_node(&x->d, &path);
	say(x, is ? " 已填写" : " 未填写", is ? " is set" : " is not set");
}

static const struct {
	const char *name, *zh[2], *zh_end, *en[2];
} text_calls[] = {
	/* [is] */
	{"contains", {" 不含 ", " 含有 "}, "", {" does not contain ", " contains "}},
	{"startsWith", {" 不以 ", " 以 "}, " 开头", {" does not start with ", " starts with "}},
	{"endsWith", {" 不以 ", " 以 "}, " 结尾", {" does not end with ", " ends with "}},
	{"matches", {" 不合 ", " 符合 "}, "", {" does not match ", " matches "}},
};

/* case.kind = "tent" does not start with "ho" */
static bool explain_text_call(struct explain *x, const struct node *n, bool is)
{
	size_t i = 0;
	while (i < sizeof text_calls / sizeof *text_calls &&
		(n->op != NODE_CALL || strcmp(text_calls[i].name, n->builtin->name) != 0))
		i++;
	struct expr_value a, b;
	if (i == sizeof text_calls / sizeof *text_calls || n->n != 2)
		return false;
	if (!value_of(x, n->args[0], &a) || !value_of(x, n->args[1], &b))
		return true;
	describe_side(x, n->args[0], &a);
	say(x, text_calls[i].zh[is], text_calls[i].en[is]);
	describe_side(x, n->args[1], &b);
	say(x, text_calls[i].zh_end, "");
	return true;
}

/* name(arguments with their values) = false */
static void explain_call(struct explain *x, const struct node *n, bool is)
{
	bool member = n->flags & NODE_MEMBER_CALL;
	if (explain_text_call(x, n, is))
		return;
	for (uint32_t i = 0; i < n->n; i++) {
		struct expr_value v;
		if (i == 1 && member)
			buf_addf(x->d.out, ".%s(", n->value.str.s);
		if (i == 0 && !member)
			buf_addf(x->d.out, "%s(", n->value.str.s);
		if (i > (uint32_t)member)
			buf_adds(x->d.out, ", ");
		if (!value_of(x, n->args[i], &v))
			return;
		if (i == 0 && member && v.kind != EXPR_MAP)
			describe_value(&x->d, &v);
		else
			describe_side(x, n->args[i], &v);
	}
	if (n->n == 0 || (n->n == 1 && member))
		buf_addf(x->d.out, "%s%s(", member ? "." : "", n->value.str.s);
	buf_adds(x->d.out, ") = ");
	say(x, is ? "是" : "否", is ? "true" : "false");
}

/* Macros */

/* A related case is known to people by its key. */
static void element_key(struct explain *x, const struct expr_value *element)
{
	const struct expr_value name = expr_value_string("key");
	struct expr_value key;
	if (element->kind != EXPR_MAP ||
		!element->map->get(element->map, &name, x->r->arena, &key) ||
		key.kind != EXPR_STRING)
		return;
	say(x, "", " ");
	describe_value(&x->d, &key);
}

/* "members item 2: …" for the first element whose body is `is`. */
static void explain_element(struct explain *x, const struct walk *w, size_t i, bool is)
{
	describe_node(&x->d, w->n->args[0]);
	if (w->range.kind == EXPR_MAP) {
		buf_addc(x->d.out, '[');
		describe_value(&x->d, &w->element);
		buf_addc(x->d.out, ']');
	} else if (x->d.lang == LANG_ZH) {
		buf_addf(x->d.out, " 第 %zu 项", i + 1);
	} else {
		buf_addf(x->d.out, " item %zu", i + 1);
	}
	if (w->range.kind == EXPR_LIST)
		element_key(x, &w->element);
	say(x, "：", ": ");
	explain_node(x, w->n->args[1], is);
}

/* Elements whose body is `is`; stops at the first if `first`, and *at is its index. */
static bool count_elements(struct walk *w, bool is, bool first, size_t *count, size_t *at)
{
	*count = 0;
	for (size_t i = 0; i < w->len; i++) {
		struct expr_value v;
		if (!walk_to(w, i))
			return false;
		if (!run_node(w->r, w->n->args[1], &v)) {
			if (w->r->fault.code <= FAULT_LAST_FATAL)
				return false;
			continue;
		}
		if (v.b != is)
			continue;
		*at = i;
		(*count)++;
		if (first)
			return true;
	}
	return true;
}

static void explain_count(struct explain *x, const struct walk *w, bool is, size_t count)
{
	enum macro_kind kind = w->n->macro->kind;
	bool zh = x->d.lang == LANG_ZH;
	if (w->len == 0) {
		describe_node(&x->d, w->n->args[0]);
		say(x, " 为空", " is empty");
		return;
	}
	if (zh) {
		describe_node(&x->d, w->n->args[0]);
		buf_addf(x->d.out, " 的 %zu 项", w->len);
		if (kind == MACRO_EXISTS_ONE)
			buf_addf(x->d.out, "中有 %zu 项满足 ", count);
		else
			buf_adds(x->d.out, kind == MACRO_ALL ? "都满足 " : "中没有一项满足 ");
	} else {
		if (kind == MACRO_EXISTS_ONE)
			buf_addf(x->d.out, "%zu of the %zu items of ", count, w->len);
		else
			buf_addf(x->d.out, "%s of the %zu items of ",
				kind == MACRO_ALL ? "each" : "none", w->len);
		describe_node(&x->d, w->n->args[0]);
		buf_adds(x->d.out,
			kind == MACRO_EXISTS_ONE && count != 1 ? " satisfy " : " satisfies ");
	}
	describe_node(&x->d, w->n->args[1]);
	if (kind == MACRO_EXISTS_ONE && !is)
		say(x, "，应恰好一项", ", must be exactly one");
}

static void explain_macro(struct explain *x, const struct node *n, bool is)
{
	struct walk w;
	size_t count, at = 0;
	bool one = n->macro->kind == MACRO_EXISTS_ONE;
	/* all is false, and exists true, because of one element */
	bool element = !one && (n->macro->kind == MACRO_EXISTS) == is;
	if (!walk_init(&w, x->r, n) || !count_elements(&w, one || is, element, &count, &at)) {
		explain_fault(x);
		return;
	}
	if (element && count > 0 && walk_to(&w, at))
		explain_element(x, &w, at, is);
	else
		explain_count(x, &w, is, count);
}

static void explain_plain(struct explain *x, const struct node *n, bool is)
{
	if (n->op == NODE_CONST) {
		say(x, is ? "恒为真" : "恒为假", is ? "always true" : "always false");
		return;
	}
	describe_node(&x->d, n);
	say(x, is ? " 为是" : " 为否", is ? " is true" : " is false");
}

static void explain_node(struct explain *x, const struct node *n, bool is)
{
	x->d.topic = NULL;
	switch ((int)n->op) {
	case NODE_NOT:
		explain_node(x, n->args[0], !is);
		return;
	case NODE_AND:
	case NODE_OR:
		explain_logic(x, n, is);
		return;
	case NODE_COND:
		explain_conditional(x, n, is);
		return;
	case NODE_EQ:
	case NODE_NE:
	case NODE_LT:
	case NODE_LE:
	case NODE_GT:
	case NODE_GE:
		explain_comparison(x, n);
		return;
	case NODE_IN:
		explain_in(x, n, is);
		return;
	case NODE_HAS:
		explain_has(x, n, is);
		return;
	case NODE_CALL:
	case NODE_ENV_CALL:
		explain_call(x, n, is);
		return;
	case NODE_MACRO:
		explain_macro(x, n, is);
		return;
	default:
		explain_plain(x, n, is);
	}
}

void expr_explain(const struct expr *expr, const struct expr_vars *vars, uint32_t budget,
	enum lang lang, expr_label_cb label, void *label_ctx, struct buf *out)
{
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct run r;
	struct expr_value room[RUN_CELLS], v;
	if (arena == NULL || !run_init(&r, expr, vars, budget, arena, room)) {
		out->failed = true;
		return;
	}
	struct explain x = {.d = {expr, arena, lang, label, label_ctx, out}, .r = &r};
	if (!value_of(&x, expr->root, &v)) {
		run_done(&r);
		return;
	}
	/* each level evaluates its operands once more: the depth of the tree is small */
	r.steps = budget > UINT32_MAX / 4 ? UINT32_MAX : budget * 4;
	if (v.kind == EXPR_BOOL && !v.b)
		explain_node(&x, expr->root, false);
	else
		say(&x, "条件成立", "the condition holds");
	run_done(&r);
}
