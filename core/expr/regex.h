/**
 * Patterns of matches(), by RE2: its time is linear in the text whatever the pattern, its memory bounded,
 * and its syntax the one that CEL names. Everything of RE2 and of C++ stays in regex.cc. Internal to
 * core/expr.
 */
#ifndef CORE_EXPR_REGEX_H
#define CORE_EXPR_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REGEX_MAX_PATTERN 4096 /* bytes */

struct regex; /* immutable, may be shared between threads */

enum regex_fault {
	REGEX_FINE,
	REGEX_ESCAPE,       /* unknown or unfinished escape */
	REGEX_CLASS,        /* bad character class or range */
	REGEX_BRACKET,      /* [ without ] */
	REGEX_PAREN,        /* ( without ), or ) without ( */
	REGEX_REPEAT,       /* nothing to repeat, or repeated twice */
	REGEX_REPEAT_COUNT, /* a count that is too large or reversed */
	REGEX_GROUP,        /* unknown (?… or bad name of a group */
	REGEX_TOO_LARGE,    /* the compiled pattern needs more memory than one may have */
	REGEX_OTHER,
	REGEX_NOMEM,
};

/** Where and why a pattern is none: bytes `at` … `at + len` of it; all of it when that is not known. */
struct regex_error {
	enum regex_fault fault;
	size_t at, len;
};

/** Compile `n` bytes of UTF-8. NULL on failure, *err says why. Release with regex_free(). */
struct regex *regex_new(const char *pattern, size_t n, struct regex_error *err);
void regex_free(struct regex *re);

/** Instructions of the compiled pattern: what one byte of text costs at most. */
uint32_t regex_size(const struct regex *re);
/** Does some part of the text match? Any thread. */
bool regex_search(const struct regex *re, const char *text, size_t n);

#ifdef __cplusplus
}
#endif

#endif
