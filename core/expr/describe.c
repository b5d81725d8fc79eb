#include "expr/describe.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "expr/env.h"
#include "expr/funcs.h"
#include "expr/instant.h"

#define VALUE_POINTS 60 /* code points of a string that are shown */
#define VALUE_ITEMS  8  /* elements of a list */

bool describe_is_path(const struct node *n)
{
	while (n->op == NODE_SELECT)
		n = n->args[0];
	return n->op == NODE_VAR || n->op == NODE_LOCAL || n->op == NODE_UNKNOWN;
}

static void add_path(struct buf *out, const struct node *n)
{
	if (n->op == NODE_SELECT) {
		add_path(out, n->args[0]);
		buf_addc(out, '.');
	}
	buf_add(out, n->value.str.s, n->value.str.len);
}

static void describe_path(struct describe *d, const struct node *n)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	add_path(&path, n);
	if (path.failed)
		return;
	const char *label =
		d->label != NULL ? d->label(d->label_ctx, path.data, NULL, d->lang) : NULL;
	buf_adds(d->out, label != NULL ? label : path.data);
}

const struct node *describe_topic(const struct node *n)
{
	for (uint32_t i = 0; i < n->n && i < 2; i++) {
		if (describe_is_path(n->args[i]))
			return n->args[i];
	}
	return NULL;
}

/* The words for a value of the topic; NULL: there are none. */
static const char *value_label(struct describe *d, const struct expr_value *v)
{
	if (d->topic == NULL || d->label == NULL || v->str.len > VALUE_POINTS)
		return NULL;
	ANJU_AUTO_BUF path = BUF_INIT, text = BUF_INIT;
	add_path(&path, d->topic);
	buf_add(&text, v->str.s, v->str.len);
	if (path.failed || text.failed || text.len == 0)
		return NULL;
	return d->label(d->label_ctx, path.data, text.data, d->lang);
}

static void quote(struct describe *d, const struct expr_value *v)
{
	const char *label = value_label(d, v);
	struct expr_value words = *v;
	if (label != NULL) {
		words = expr_value_string(label);
		v = &words;
	}
	const char *p = v->str.s, *end = p + v->str.len;
	int points = 0;
	while (p < end && points++ < VALUE_POINTS)
		(void)utf8_next(&p, end);
	buf_adds(d->out, d->lang == LANG_ZH ? "“" : "\"");
	buf_add(d->out, v->str.s, (size_t)(p - v->str.s));
	buf_adds(d->out, p < end ? "…" : "");
	buf_adds(d->out, d->lang == LANG_ZH ? "”" : "\"");
}

static void describe_list(struct describe *d, const struct expr_list *list)
{
	buf_addc(d->out, '[');
	for (size_t i = 0; i < list->len; i++) {
		struct expr_value item;
		if (i > 0)
			buf_adds(d->out, d->lang == LANG_ZH ? "、" : ", ");
		if (i == VALUE_ITEMS || !list->at(list, i, d->arena, &item)) {
			buf_adds(d->out, "…");
			break;
		}
		if (item.kind == EXPR_LIST || item.kind == EXPR_MAP)
			buf_adds(d->out, item.kind == EXPR_LIST ? "[…]" : "{…}");
		else
			describe_value(d, &item);
	}
	buf_addc(d->out, ']');
}

/* Legal time; whole days as dates. */
static void describe_timestamp(struct describe *d, const struct expr_value *v)
{
	char text[INSTANT_CHARS];
	int32_t offset = TIMESTAMP_LEGAL_OFFSET_MIN * 60;
	struct expr_value shifted;
	if (!instant_make(EXPR_TIMESTAMP, v->time.seconds + offset, 0, &shifted))
		offset = 0; /* the last hours of the year 9999 */
	size_t n = instant_format(v, offset, text);
	bool midnight = v->time.nanos == 0 && (v->time.seconds + offset) % 86400 == 0;
	buf_add(d->out, text, midnight ? strlen("2017-08-16") : n);
}

void describe_value(struct describe *d, const struct expr_value *v)
{
	char text[DECIMAL_MAX_CHARS];
	bool zh = d->lang == LANG_ZH;
	switch (v->kind) {
	case EXPR_NULL:
		buf_adds(d->out, zh ? "空" : "null");
		return;
	case EXPR_BOOL:
		buf_adds(d->out, v->b ? (zh ? "是" : "true") : (zh ? "否" : "false"));
		return;
	case EXPR_INT:
		buf_add_int(d->out, v->i);
		return;
	case EXPR_UINT:
		buf_addf(d->out, "%llu", (unsigned long long)v->u);
		return;
	case EXPR_DOUBLE:
		funcs_double_text(v->d, text);
		buf_adds(d->out, text);
		return;
	case EXPR_DECIMAL:
		buf_adds(d->out, decimal_format(v->dec, 2, text));
		return;
	case EXPR_STRING:
		quote(d, v);
		return;
	case EXPR_LIST:
		describe_list(d, v->list);
		return;
	case EXPR_TIMESTAMP:
		describe_timestamp(d, v);
		return;
	case EXPR_DURATION:
		instant_format(v, 0, text);
		buf_adds(d->out, text);
		return;
	case EXPR_TYPE:
		buf_adds(d->out, env_kind_text(v->type));
		return;
	case EXPR_BYTES:
	case EXPR_MAP:
	case EXPR_DYN:
	case EXPR_ERROR:
		break;
	}
	buf_adds(d->out, v->kind == EXPR_MAP ? "{…}" : "…");
}

/* Expressions in words */

static const struct {
	const char *text;
	int level; /* binds tighter when greater; 0 = not an infix operator */
} infix[] = {
	[NODE_COND] = {"", 1},
	[NODE_OR] = {"or", 2},
	[NODE_AND] = {"and", 3},
	[NODE_EQ] = {"=", 4},
	[NODE_NE] = {"≠", 4},
	[NODE_LT] = {"<", 4},
	[NODE_LE] = {"≤", 4},
	[NODE_GT] = {">", 4},
	[NODE_GE] = {"≥", 4},
	[NODE_IN] = {"in", 4},
	[NODE_ADD] = {"+", 5},
	[NODE_SUB] = {"−", 5},
	[NODE_MUL] = {"×", 6},
	[NODE_DIV] = {"÷", 6},
	[NODE_MOD] = {"%", 6},
	[NODE_UNKNOWN] = {"", 0},
};

/* && || in: signs of programmers, words for people. */
static const char *infix_text(const struct describe *d, enum node_op op)
{
	bool zh = d->lang == LANG_ZH;
	switch ((int)op) {
	case NODE_AND:
		return zh ? "且" : "and";
	case NODE_OR:
		return zh ? "或" : "or";
	case NODE_IN:
		return zh ? "属于" : "in";
	default:
		return infix[op].text;
	}
}

static void describe_infix(struct describe *d, const struct node *n)
{
	const struct node *outer = d->topic;
	d->topic = n->op == NODE_EQ || n->op == NODE_NE || n->op == NODE_IN ? describe_topic(n)
									    : outer;
	for (uint32_t i = 0; i < n->n; i++) {
		const struct node *arg = n->args[i];
		if (i > 0)
			buf_addf(d->out, " %s ", infix_text(d, n->op));
		int level = infix[arg->op].level;
		bool paren = level != 0 &&
			     (level < infix[n->op].level || (i > 0 && level == infix[n->op].level));
		buf_adds(d->out, paren ? "(" : "");
		describe_node(d, arg);
		buf_adds(d->out, paren ? ")" : "");
	}
	d->topic = outer;
}

static void describe_arguments(struct describe *d, const struct node *n, uint32_t first)
{
	buf_addc(d->out, '(');
	for (uint32_t i = first; i < n->n; i++) {
		buf_adds(d->out, i > first ? ", " : "");
		describe_node(d, n->args[i]);
	}
	buf_addc(d->out, ')');
}

static void describe_call(struct describe *d, const struct node *n)
{
	bool member = n->flags & NODE_MEMBER_CALL;
	if (member) {
		describe_node(d, n->args[0]);
		buf_addc(d->out, '.');
	}
	buf_adds(d->out, n->op == NODE_CALL ? n->builtin->name : n->value.str.s);
	describe_arguments(d, n, member);
}

static void describe_list_literal(struct describe *d, const struct node *n)
{
	buf_addc(d->out, '[');
	for (uint32_t i = 0; i < n->n; i++) {
		if (i > 0)
			buf_adds(d->out, d->lang == LANG_ZH ? "、" : ", ");
		describe_node(d, n->args[i]);
	}
	buf_addc(d->out, ']');
}

void describe_node(struct describe *d, const struct node *n)
{
	if (describe_is_path(n)) {
		describe_path(d, n);
	} else if (n->op == NODE_CONST) {
		describe_value(d, &n->value);
	} else if (n->op == NODE_CALL || n->op == NODE_ENV_CALL) {
		describe_call(d, n);
	} else if (n->op == NODE_LIST) {
		describe_list_literal(d, n);
	} else if (infix[n->op].level > 1) {
		describe_infix(d, n);
	} else if (n->op == NODE_NOT || n->op == NODE_NEG) {
		bool paren = infix[n->args[0]->op].level != 0;
		buf_adds(d->out, n->op == NODE_NOT ? "!" : "−");
		buf_adds(d->out, paren ? "(" : "");
		describe_node(d, n->args[0]);
		buf_adds(d->out, paren ? ")" : "");
	} else { /* as the author wrote it */
		buf_add(d->out, d->expr->text + n->pos, n->end - n->pos);
	}
}

/* Faults */

static const struct {
	const char *id;
	bool value; /* the subject is the value, not the place */
} faults[] = {
	[FAULT_NONE] = {"expr.eval", false},
	[FAULT_BUDGET] = {"expr.budget", false},
	[FAULT_NOMEM] = {"mem.out", false},
	[FAULT_MEMORY_LIMIT] = {"expr.memory", false},
	[FAULT_NOT_SET] = {"expr.eval_not_set", false},
	[FAULT_NO_VARIABLE] = {"expr.eval_no_name", false},
	[FAULT_NO_KEY] = {"expr.eval_no_key", true},
	[FAULT_INDEX] = {"expr.eval_index", true},
	[FAULT_OVERFLOW] = {"expr.eval_overflow", false},
	[FAULT_ZERO] = {"expr.eval_zero", false},
	[FAULT_KINDS] = {"expr.eval_kinds", false},
	[FAULT_CONVERT] = {"expr.eval_convert", true},
	[FAULT_ZONE] = {"expr.eval_zone", true},
	[FAULT_DUPLICATE] = {"expr.eval_duplicate", true},
	[FAULT_KEY_KIND] = {"expr.eval_key_kind", false},
	[FAULT_PATTERN] = {"expr.eval_pattern", true},
	[FAULT_FUNCTION] = {"expr.eval", false},
};

const char *describe_fault(struct describe *d, const struct fault *fault)
{
	if (fault->code == FAULT_FUNCTION && fault->value.kind == EXPR_ERROR)
		buf_add(d->out, fault->value.str.s, fault->value.str.len);
	else if (faults[fault->code].value)
		describe_value(d, &fault->value);
	else
		describe_node(d, fault->node != NULL ? fault->node : d->expr->root);
	if (fault->code == FAULT_PATTERN) {
		buf_adds(d->out, d->lang == LANG_ZH ? "\uff0c" : ", ");
		message_render_value(d->out, funcs_pattern_fault(fault->detail), d->lang);
	}
	return faults[fault->code].id;
}

anju_status run_error(const struct run *r, anju_error *err)
{
	enum fault_code code = r->fault.code;
	anju_status st =
		code == FAULT_BUDGET || code == FAULT_MEMORY_LIMIT ? ANJU_E_LIMIT : ANJU_E_REFUSED;
	if (code == FAULT_NOMEM)
		return anju_fail_nomem(err);
	if (err == NULL)
		return st;
	ANJU_AUTO_BUF subject = BUF_INIT;
	ANJU_AUTO_BUF text = BUF_INIT;
	struct describe d = {.expr = r->expr, .arena = r->arena, .lang = LANG_EN, .out = &subject};
	const char *id = describe_fault(&d, &r->fault);
	(void)anju_fail(err, st, id, "%s", "");
	anju_error_found(err, "%s", subject.data != NULL ? subject.data : "");
	message_render_error(&text, err, LANG_EN);
	(void)anju_fail(err, st, id, "%s", text.data != NULL ? text.data : id);
	anju_error_found(err, "%s", subject.data != NULL ? subject.data : "");
	return st;
}
