/** One evaluation. Internal to core/expr. */
#ifndef CORE_EXPR_RUN_H
#define CORE_EXPR_RUN_H

#include "expr/ast.h"

/** Why evaluation failed. Those up to FAULT_LAST_FATAL are never absorbed by && and ||. */
enum fault_code {
	FAULT_NONE,
	FAULT_BUDGET,
	FAULT_NOMEM,
	FAULT_MEMORY_LIMIT,
	FAULT_LAST_FATAL = FAULT_MEMORY_LIMIT,
	FAULT_NOT_SET, /* a declared member without a value; node = the selection */
	FAULT_NO_VARIABLE,
	FAULT_NO_KEY, /* value = key */
	FAULT_INDEX,  /* value = index */
	FAULT_OVERFLOW,
	FAULT_ZERO,
	FAULT_KINDS,     /* operands of kinds that do not go together */
	FAULT_CONVERT,   /* value = what could not be converted */
	FAULT_ZONE,      /* value = the time zone */
	FAULT_DUPLICATE, /* value = key given twice */
	FAULT_KEY_KIND,
	FAULT_PATTERN,  /* value = what is wrong in it; detail = enum regex_fault */
	FAULT_FUNCTION, /* value = error value of a callback */
};

struct fault {
	enum fault_code code;
	const struct node *node; /* where; borrowed: expression */
	struct expr_value value;
	int detail;
};

struct run {
	const struct expr *expr;
	const struct expr_vars *vars;
	struct expr_arena *arena;
	uint32_t steps; /* left */
	struct expr_value
		*cells; /* variables, then the macros' own; EXPR_DYN = not looked up yet */
	struct fault fault;
	struct regex *pattern; /* owned: the last one made at run time, of `pattern_text` */
	struct expr_value pattern_text;
};

#define EXPR_BYTES_A_STEP 8  /* of text that are compared, copied or read */
#define RUN_CELLS         16 /* kept on the stack; more go into the arena */

/** Prepare `r` with cells in `room` if they fit; false (fault set) when out of memory. */
bool run_init(struct run *r, const struct expr *expr, const struct expr_vars *vars, uint32_t budget,
	struct expr_arena *arena, struct expr_value room[RUN_CELLS]);
/** Release what is not in the arena. */
void run_done(struct run *r);
/** Evaluate one node; false: r->fault says why. */
bool run_node(struct run *r, const struct node *n, struct expr_value *ret);
bool run_macro(struct run *r, const struct node *n, struct expr_value *ret);

/** Both return false. */
bool run_fault(struct run *r, enum fault_code code, const struct node *n);
bool run_fault_value(
	struct run *r, enum fault_code code, const struct node *n, struct expr_value value);
/** Arena memory; NULL (fault set) when there is none. */
void *run_alloc(struct run *r, size_t n);
/** Charge `n` steps; false when the budget is spent. */
static inline bool run_charge(struct run *r, uint64_t n)
{
	if (r->steps < n) {
		r->steps = 0;
		return run_fault(r, FAULT_BUDGET, NULL);
	}
	r->steps -= (uint32_t)n;
	return true;
}

/** Elements and entries, with the callback's failures turned into faults. */
bool run_list_at(struct run *r, const struct node *n, const struct expr_list *list, size_t i,
	struct expr_value *ret);
/** 1 found, 0 no such key, -1 fault. */
int run_map_get(struct run *r, const struct node *n, const struct expr_map *map,
	const struct expr_value *key, struct expr_value *ret);

/** Fill err for r->fault and return the status; the subject's words come from `path_text`. */
anju_status run_error(const struct run *r, anju_error *err);

#endif
