/** Lists and maps that evaluation itself makes. Internal to core/expr. */
#ifndef CORE_EXPR_ARRAY_H
#define CORE_EXPR_ARRAY_H

#include "expr/value.h"

/** A list over `n` values that live as long as the arena; false when out of memory. */
bool array_list(struct expr_arena *arena, const struct expr_value *values, size_t n,
	struct expr_value *ret);
/** Its values, or NULL if `list` is of another make. */
const struct expr_value *array_values(const struct expr_list *list);

/** May this kind of value be a key? */
bool map_key_ok(const struct expr_value *key);
/** A map over `n` pairs key, value. 1 done; 0 the key at index *duplicate comes twice; -1 memory. */
int pair_map(struct expr_arena *arena, const struct expr_value *pairs, size_t n,
	struct expr_value *ret, size_t *duplicate);

#endif
