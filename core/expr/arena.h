/** What only core/expr needs of its arena. */
#ifndef CORE_EXPR_ARENA_H
#define CORE_EXPR_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "expr/value.h"

/** Was the last refusal for the limit, not for want of memory? */
bool arena_over_limit(const struct expr_arena *arena);
/** Copy `n` bytes and a NUL; NULL when out of memory. */
char *arena_copy(struct expr_arena *arena, const char *s, size_t n);

#endif
