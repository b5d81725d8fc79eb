/** UTF-8 helpers: validity, code points, and the column width that terminals give to CJK text. */
#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Cut an incomplete sequence off the end of `s`, in place. */
void utf8_trim_tail(char *s);
/** Decode the code point at `*p` (end `end`), advance `*p`; -1 and one byte further if malformed,
 *  overlong or a surrogate. */
int32_t utf8_next(const char **p, const char *end);
bool utf8_valid(const char *s, size_t n);
/** Number of code points; malformed bytes count one each. */
size_t utf8_length(const char *s, size_t n);
/** Terminal columns of `s`: wide and full-width characters take two, combining marks none. */
size_t utf8_columns(const char *s, size_t n);

#endif
