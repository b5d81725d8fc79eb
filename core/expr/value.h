/** Values of the expression language and the arena they live in. */
#ifndef CORE_EXPR_VALUE_H
#define CORE_EXPR_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/decimal.h"

enum expr_kind {
	EXPR_DYN, /* only in static types */
	EXPR_ERROR,
	EXPR_NULL,
	EXPR_BOOL,
	EXPR_INT,
	EXPR_UINT,
	EXPR_DOUBLE,
	EXPR_DECIMAL, /* anju's own: exact */
	EXPR_STRING,
	EXPR_BYTES,
	EXPR_LIST,
	EXPR_MAP,
	EXPR_TYPE,
	EXPR_TIMESTAMP, /* instant, seconds + nanoseconds since the epoch */
	EXPR_DURATION,  /* seconds + nanoseconds */
};

/** Bump allocator for one evaluation; reset keeps the memory. */
struct expr_arena;
struct expr_arena *expr_arena_new(void);
void expr_arena_free(struct expr_arena *arena);
ANJU_DEFINE_AUTO(expr_arena)
void expr_arena_reset(struct expr_arena *arena);
/** NULL when out of memory or past the arena's limit (16 MiB). 16-byte aligned. */
void *expr_arena_alloc(struct expr_arena *arena, size_t n);

struct expr_list;
struct expr_map;

struct expr_value {
	enum expr_kind kind;
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double d;
		struct decimal dec;
		struct {
			const char *s; /* not NUL-terminated */
			size_t len;
		} str; /* STRING, BYTES; for ERROR the message */
		const struct expr_list *list;
		const struct expr_map *map;
		enum expr_kind type;
		struct {
			int64_t seconds;
			int32_t nanos;
		} time; /* TIMESTAMP, DURATION */
	};
};

/**
 * Containers are seen through these, so that a case's JSON is read in place and not copied:
 * `at(list, i)` and `get(map, key)` make the member's value on demand.
 */
struct expr_list {
	size_t len;
	void *ctx;
	bool (*at)(const struct expr_list *list, size_t i, struct expr_arena *arena,
		struct expr_value *ret);
};
struct expr_map {
	void *ctx;
	size_t (*len)(const struct expr_map *map);
	/* false = no such key */
	bool (*get)(const struct expr_map *map, const struct expr_value *key,
		struct expr_arena *arena, struct expr_value *ret);
	/* key i in some fixed order, for macros over maps; false past the end */
	bool (*key_at)(const struct expr_map *map, size_t i, struct expr_arena *arena,
		struct expr_value *ret);
};

struct expr_value expr_value_string(const char *s);
/** An error value with a static message, best a phrase: "@say.no_date" (base/messages.h). */
struct expr_value expr_value_error(const char *message);

/** JSON → value, read in place: `json` must outlive the arena's use. Integers → int, reals → double,
 *  objects → map, arrays → list. */
bool expr_value_from_json(const json_t *json, struct expr_arena *arena, struct expr_value *ret);
/** Value → JSON (new reference); decimals, timestamps, durations and bytes as strings; NULL on error. */
json_t *expr_value_to_json(const struct expr_value *v, struct expr_arena *arena);

#endif
