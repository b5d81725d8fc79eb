#include "lint/fold.h"

#include <string.h>

#include "base/json.h"

static const struct fold_value unknown = {.truth = FOLD_ANY, .may_fail = true};

const char *node_text(struct lint *l, const struct node *n)
{
	if (n->op != NODE_CONST || n->value.kind != EXPR_STRING)
		return NULL;
	return lint_printf(l, "%.*s", (int)n->value.str.len, n->value.str.s);
}

bool node_is_var(const struct node *n, const char *name)
{
	return n->op == NODE_VAR && strcmp(n->value.str.s, name) == 0;
}

const char *node_member_of(const struct node *n, const char *name)
{
	bool is = n->op == NODE_SELECT && node_is_var(n->args[0], name);
	return is ? n->value.str.s : NULL;
}

const struct field *fold_field(const struct workflow *wf, const struct node *n)
{
	const char *name = node_member_of(n, "case");
	return name != NULL ? workflow_field(wf, name) : NULL;
}

static struct fold_value of_number(struct decimal d)
{
	return (struct fold_value){.truth = FOLD_ANY,
		.number = true,
		.has_min = true,
		.has_max = true,
		.min = d,
		.max = d};
}

static struct fold_value of_truth(unsigned truth)
{
	return (struct fold_value){.truth = truth, .may_fail = (truth & FOLD_UNDECIDED) != 0};
}

static struct fold_value fold_const(struct fold *f, const struct node *n)
{
	struct fold_value v = {.truth = FOLD_ANY};
	switch ((int)n->value.kind) {
	case EXPR_BOOL:
		return of_truth(n->value.b ? FOLD_TRUE : FOLD_FALSE);
	case EXPR_INT:
		return of_number(decimal_of_int(n->value.i));
	case EXPR_DECIMAL:
		return of_number(n->value.dec);
	case EXPR_STRING:
		v.text = node_text(f->l, n);
		return v;
	case EXPR_NULL:
		v.null = true;
		return v;
	default:
		return v;
	}
}

static struct fold_value of_field(const struct field *field, const struct node *n)
{
	struct fold_value v = {.truth = FOLD_ANY, .may_fail = !field->required, .path = n};
	v.number = field->type == FIELD_INT || field->type == FIELD_DECIMAL ||
		   field->type == FIELD_MONEY;
	v.has_min = v.number && field->has_min;
	v.has_max = v.number && field->has_max;
	v.min = field->min;
	v.max = field->max;
	if (field->type == FIELD_ENUM)
		v.options = field;
	if (field->type == FIELD_BOOL)
		v.truth = FOLD_TRUE | FOLD_FALSE | (field->required ? 0 : FOLD_UNDECIDED);
	return v;
}

static bool rule_number(const json_t *v, struct decimal *ret)
{
	if (json_is_integer(v)) {
		*ret = decimal_of_int(json_integer_value(v));
		return true;
	}
	return json_is_string(v) && decimal_parse(json_string_value(v), 9, ret);
}

/* rules.<name>.<member>: who extends the packs may lower a maximum and raise a minimum. */
static struct fold_value of_rule(struct fold *f, const json_t *rule, const char *member)
{
	struct fold_value v = {.truth = FOLD_ANY};
	struct decimal d;
	const json_t *value = json_object_get(rule, member);
	const char *force = json_string_value(json_object_get(rule, "force"));
	bool fixed = strcmp(member, "value") == 0 && (force == NULL || strcmp(force, "MUST") == 0);
	if (rule_number(value, &d)) {
		v.number = true;
		v.min = v.max = d;
		v.has_max = fixed || strcmp(member, "max") == 0;
		v.has_min = fixed || strcmp(member, "min") == 0;
	} else if (fixed && json_is_string(value)) {
		v.text = lint_printf(f->l, "%s", json_string_value(value));
	} else if (fixed && json_is_boolean(value)) {
		return of_truth(json_is_true(value) ? FOLD_TRUE : FOLD_FALSE);
	}
	return v;
}

static struct fold_value fold_select(struct fold *f, const struct node *n)
{
	const struct field *field = fold_field(f->flow->wf, n);
	const char *rule = node_member_of(n->args[0], "rules");
	if (field != NULL)
		return of_field(field, n);
	if (rule != NULL)
		return of_rule(f, json_object_get(pack_set_rules(f->l->set), rule), n->value.str.s);
	(void)fold_node(f, n->args[0]);
	return unknown;
}

static struct fold_value fold_arithmetic(
	enum node_op op, const struct fold_value *a, const struct fold_value *b)
{
	struct fold_value v = {.truth = FOLD_ANY, .may_fail = true};
	if (!a->number || !b->number)
		return v;
	v.number = true;
	v.may_fail = a->may_fail || b->may_fail;
	if (op == NODE_ADD) {
		v.has_min = a->has_min && b->has_min && decimal_add(a->min, b->min, &v.min);
		v.has_max = a->has_max && b->has_max && decimal_add(a->max, b->max, &v.max);
	} else if (op == NODE_SUB) {
		v.has_min = a->has_min && b->has_max && decimal_sub(a->min, b->max, &v.min);
		v.has_max = a->has_max && b->has_min && decimal_sub(a->max, b->min, &v.max);
	} else if (a->has_min && b->has_min && a->min.num >= 0 && b->min.num >= 0) {
		v.has_min = decimal_mul(a->min, b->min, &v.min);
		v.has_max = a->has_max && b->has_max && decimal_mul(a->max, b->max, &v.max);
	}
	return v;
}

/* Of two numbers: can a < b hold, and can it fail to? */
static unsigned below(const struct fold_value *a, const struct fold_value *b, bool or_equal)
{
	unsigned truth = FOLD_TRUE | FOLD_FALSE;
	if (a->has_min && b->has_max) {
		int c = decimal_cmp(a->min, b->max);
		if (c > 0 || (c == 0 && !or_equal))
			truth &= ~(unsigned)FOLD_TRUE;
	}
	if (a->has_max && b->has_min) {
		int c = decimal_cmp(a->max, b->min);
		if (c < 0 || (c == 0 && or_equal))
			truth &= ~(unsigned)FOLD_FALSE;
	}
	return truth;
}

static bool has_option(const struct field *field, const char *text)
{
	for (size_t i = 0; i < field->options_len; i++) {
		if (strcmp(field->options[i], text) == 0)
			return true;
	}
	return false;
}

static unsigned equal(const struct fold_value *a, const struct fold_value *b)
{
	unsigned both = FOLD_TRUE | FOLD_FALSE;
	if (a->null || b->null) {
		const struct fold_value *other = a->null ? b : a;
		if (other->null)
			return FOLD_TRUE;
		return other->path != NULL && !other->may_fail ? FOLD_FALSE : both;
	}
	if (a->text != NULL && b->text != NULL)
		return strcmp(a->text, b->text) == 0 ? FOLD_TRUE : FOLD_FALSE;
	if (a->options != NULL && b->text != NULL && !has_option(a->options, b->text))
		return FOLD_FALSE;
	if (b->options != NULL && a->text != NULL && !has_option(b->options, a->text))
		return FOLD_FALSE;
	if (!a->number || !b->number)
		return both;
	unsigned le = below(a, b, true), ge = below(b, a, true), truth = 0;
	if ((le & FOLD_TRUE) && (ge & FOLD_TRUE))
		truth |= FOLD_TRUE;
	if (!(a->has_min && a->has_max && b->has_min && b->has_max &&
		    decimal_cmp(a->min, a->max) == 0 && decimal_cmp(b->min, b->max) == 0 &&
		    decimal_cmp(a->min, b->min) == 0))
		truth |= FOLD_FALSE;
	return truth;
}

static unsigned negate(unsigned truth)
{
	return (truth & FOLD_UNDECIDED) | (truth & FOLD_TRUE ? FOLD_FALSE : 0u) |
	       (truth & FOLD_FALSE ? FOLD_TRUE : 0u);
}

unsigned fold_compare(enum node_op op, const struct fold_value *a, const struct fold_value *b)
{
	unsigned truth = FOLD_TRUE | FOLD_FALSE;
	bool null = a->null || b->null;
	if (op == NODE_EQ || op == NODE_NE)
		truth = op == NODE_EQ ? equal(a, b) : negate(equal(a, b));
	else if (a->number && b->number)
		truth = op == NODE_LT   ? below(a, b, false)
			: op == NODE_LE ? below(a, b, true)
			: op == NODE_GT ? below(b, a, false)
					: below(b, a, true);
	/* what is not set is compared with null alone */
	return truth | (!null && (a->may_fail || b->may_fail) ? FOLD_UNDECIDED : 0u);
}

static void tell(struct fold *f, const char *id, const struct node *n, const char *found,
	const char *allowed)
{
	lint_find_expr(f->l, id, f->flow, f->x, n->pos, n->end, found, allowed);
	f->told++;
}

static const char *source_of(struct fold *f, const struct node *n)
{
	const char *text = expr_text(f->x->expr);
	uint32_t len = n->end > n->pos ? n->end - n->pos : 1;
	return lint_printf(f->l, "%.*s", (int)(len < 150 ? len : 150), text + n->pos);
}

static const char *range_of(struct fold *f, const struct fold_value *v)
{
	char min[DECIMAL_MAX_CHARS] = "", max[DECIMAL_MAX_CHARS] = "";
	if (v->path == NULL || (!v->has_min && !v->has_max))
		return "";
	if (v->has_min)
		decimal_format(v->min, 0, min);
	if (v->has_max)
		decimal_format(v->max, 0, max);
	return lint_printf(f->l, "%s: %s … %s", source_of(f, v->path), min, max);
}

static void add_options(
	struct fold *f, const struct field *field, const struct node *n, const char *text)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < field->options_len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", field->options[i]);
	tell(f, "lint.no_option", n, text, list.data != NULL ? list.data : "");
}

static struct fold_value fold_comparison(struct fold *f, const struct node *n)
{
	struct fold_value a = fold_node(f, n->args[0]), b = fold_node(f, n->args[1]);
	unsigned truth = fold_compare(n->op, &a, &b);
	const struct fold_value *options = a.options != NULL ? &a : &b;
	const struct node *literal = n->args[a.options != NULL ? 1 : 0];
	const char *text = a.options != NULL ? b.text : a.text;
	if (options->options != NULL && text != NULL && !has_option(options->options, text)) {
		add_options(f, options->options, literal, text);
		return of_truth(truth);
	}
	const char *range = range_of(f, a.path != NULL ? &a : &b);
	if ((truth & FOLD_TRUE) == 0)
		tell(f, "lint.never_true", n, source_of(f, n), range);
	else if (truth == FOLD_TRUE)
		tell(f, "lint.always_true", n, source_of(f, n), range);
	return of_truth(truth);
}

static bool doc_known(const struct workflow *wf, const char *kind)
{
	return workflow_doc(wf, kind) != NULL;
}

static void check_doc(struct fold *f, const struct node *n)
{
	const char *text = node_text(f->l, n);
	if (text != NULL && !doc_known(f->flow->wf, text))
		tell(f, "lint.no_doc", n, text, "");
}

static struct fold_value fold_in(struct fold *f, const struct node *n)
{
	const struct node *list = n->args[1];
	struct fold_value a = fold_node(f, n->args[0]);
	const struct field *items = fold_field(f->flow->wf, list);
	if (node_is_var(list, "docs"))
		check_doc(f, n->args[0]);
	if (items != NULL && items->options_len > 0 && a.text != NULL && !has_option(items, a.text))
		add_options(f, items, n->args[0], a.text);
	if (list->op != NODE_LIST) {
		(void)fold_node(f, list);
		return of_truth(FOLD_ANY);
	}
	unsigned truth = FOLD_FALSE;
	for (uint32_t i = 0; i < list->n; i++) {
		struct fold_value item = fold_node(f, list->args[i]);
		unsigned one = fold_compare(NODE_EQ, &a, &item);
		truth |= one & FOLD_TRUE;
		if (a.options != NULL && item.text != NULL && !has_option(a.options, item.text))
			add_options(f, a.options, list->args[i], item.text);
	}
	return of_truth(truth | (a.may_fail ? FOLD_UNDECIDED : 0u));
}

/* In("path") asked in a state that the case is in, or cannot be in at the same time. */
static struct fold_value fold_in_state(struct fold *f, const struct node *n)
{
	const struct chart *chart = f->flow->chart;
	const char *path = n->n == 1 ? node_text(f->l, n->args[0]) : NULL;
	uint32_t here = f->x->state, there;
	if (path == NULL || here == CHART_NONE || here == 0 ||
		(there = chart_state_by_path(chart, path)) == CHART_NONE)
		return of_truth(FOLD_TRUE | FOLD_FALSE);
	if (here == there || chart_below(chart, here, there)) {
		tell(f, "lint.always_true", n, source_of(f, n), chart->states[here].path);
		return of_truth(FOLD_TRUE);
	}
	uint32_t top = chart->nodes[there].parent;
	while (here != top && !chart_below(chart, here, top))
		top = chart->nodes[top].parent;
	if (here == top || chart->nodes[top].type == CHART_PARALLEL)
		return of_truth(FOLD_TRUE | FOLD_FALSE);
	tell(f, "lint.never_true", n, source_of(f, n), chart->states[here].path);
	return of_truth(FOLD_FALSE);
}

/* `a` and `b` are comparisons of one field with literals: can both hold? */
static bool exclude(struct fold *f, const struct node *a, const struct node *b)
{
	const struct node *const parts[] = {a, b};
	struct fold_value at[2] = {0};
	const char *text[2] = {NULL, NULL};
	for (int i = 0; i < 2; i++) {
		const struct node *n = parts[i];
		if (n->op < NODE_EQ || n->op > NODE_GE || n->op == NODE_NE || n->n != 2 ||
			n->args[1]->op != NODE_CONST || fold_field(f->flow->wf, n->args[0]) == NULL)
			return false;
		struct fold_value v = fold_const(f, n->args[1]);
		if (v.null)
			return false;
		text[i] = n->op == NODE_EQ ? v.text : NULL;
		at[i].number = v.number;
		at[i].min = at[i].max = v.min;
		at[i].has_min = v.number && n->op != NODE_LT && n->op != NODE_LE;
		at[i].has_max = v.number && n->op != NODE_GT && n->op != NODE_GE;
	}
	if (strcmp(a->args[0]->value.str.s, b->args[0]->value.str.s) != 0)
		return false;
	if (text[0] != NULL && text[1] != NULL)
		return strcmp(text[0], text[1]) != 0;
	if (!at[0].number || !at[1].number)
		return false;
	for (int i = 0; i < 2; i++) {
		const struct fold_value *low = &at[i], *high = &at[1 - i];
		if (!low->has_min || !high->has_max)
			continue;
		int c = decimal_cmp(low->min, high->max);
		if (c > 0 || (c == 0 && (parts[i]->op == NODE_GT || parts[1 - i]->op == NODE_LT)))
			return true;
	}
	return false;
}

static struct fold_value fold_and(struct fold *f, const struct node *n)
{
	unsigned any = 0, all = FOLD_TRUE;
	for (uint32_t i = 0; i < n->n; i++) {
		unsigned t = fold_node(f, n->args[i]).truth;
		any |= t;
		all &= t;
	}
	for (uint32_t i = 0; i < n->n && (all & FOLD_TRUE); i++) {
		for (uint32_t k = i + 1; k < n->n; k++) {
			if (!exclude(f, n->args[i], n->args[k]))
				continue;
			tell(f, "lint.contradiction", n->args[k], source_of(f, n->args[k]),
				source_of(f, n->args[i]));
			return of_truth(FOLD_FALSE | FOLD_UNDECIDED);
		}
	}
	return of_truth((all & FOLD_TRUE) | (any & (FOLD_FALSE | FOLD_UNDECIDED)));
}

static struct fold_value fold_or(struct fold *f, const struct node *n)
{
	unsigned any = 0, all = FOLD_FALSE;
	for (uint32_t i = 0; i < n->n; i++) {
		unsigned t = fold_node(f, n->args[i]).truth;
		/* what certainly holds decides, whatever fails beside it */
		if (t == FOLD_TRUE)
			all = 0;
		any |= t;
		all &= t;
	}
	return of_truth((all & FOLD_FALSE) | (any & (FOLD_TRUE | FOLD_UNDECIDED)));
}

static struct fold_value fold_conditional(struct fold *f, const struct node *n)
{
	unsigned cond = fold_node(f, n->args[0]).truth;
	struct fold_value a = fold_node(f, n->args[1]), b = fold_node(f, n->args[2]);
	unsigned truth = cond & FOLD_UNDECIDED;
	if (cond & FOLD_TRUE)
		truth |= a.truth;
	if (cond & FOLD_FALSE)
		truth |= b.truth;
	return of_truth(truth);
}

static struct fold_value fold_others(struct fold *f, const struct node *n)
{
	for (uint32_t i = 0; i < n->n; i++)
		(void)fold_node(f, n->args[i]);
	if (n->op == NODE_HAS)
		return of_truth(FOLD_TRUE | FOLD_FALSE);
	if (n->op == NODE_CALL && strcmp(n->value.str.s, "size") == 0) {
		struct fold_value v = of_number(decimal_of_int(0));
		v.has_max = false;
		v.may_fail = true;
		return v;
	}
	return unknown;
}

struct fold_value fold_node(struct fold *f, const struct node *n)
{
	if (n->op == NODE_CONST)
		return fold_const(f, n);
	if (n->op == NODE_SELECT)
		return fold_select(f, n);
	if (n->op >= NODE_EQ && n->op <= NODE_GE)
		return fold_comparison(f, n);
	if (n->op == NODE_IN)
		return fold_in(f, n);
	if (n->op == NODE_AND)
		return fold_and(f, n);
	if (n->op == NODE_OR)
		return fold_or(f, n);
	if (n->op == NODE_COND)
		return fold_conditional(f, n);
	if (n->op == NODE_NOT)
		return of_truth(negate(fold_node(f, n->args[0]).truth));
	if (n->op == NODE_ADD || n->op == NODE_SUB || n->op == NODE_MUL) {
		struct fold_value a = fold_node(f, n->args[0]), b = fold_node(f, n->args[1]);
		return fold_arithmetic(n->op, &a, &b);
	}
	if (n->op == NODE_ENV_CALL && strcmp(n->value.str.s, "In") == 0)
		return fold_in_state(f, n);
	return fold_others(f, n);
}
