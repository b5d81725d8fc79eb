/** Variables for expressions, with values made of the bytes of an input: any bytes are a world. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include <jansson.h>

#include "expr/expr.h"
#include "fuzz/fuzz.h"

/**
 * An environment with i (int), u (uint), d (double), q (decimal), s (string), b (bytes), y (bool), t (timestamp),
 * r (duration), l (list), li (list of int), m (map), x and z (anything), `case` (a shape whose members may not
 * be set), and a few functions. The caller's.
 */
struct expr_env *world_env(bool unchecked);

struct world {
	json_t *typed;            /* owned; name → value as `anjuctl expr run` writes it */
	json_t *cs;               /* owned; the case */
	const struct expr *asked; /* borrowed; if not NULL: whose variables may be looked up */
};
void world_init(struct world *world, struct fuzz_bytes *b);
void world_done(struct world *world);
struct expr_vars world_vars(struct world *world);

#endif
