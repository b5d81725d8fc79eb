/** A growing byte buffer with a sticky out-of-memory flag: append straight down, check once. */
#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"

struct buf {
	char *data; /* owned; NUL-terminated whenever not NULL */
	size_t len; /* without the NUL */
	size_t cap;
	bool failed; /* an allocation failed; appends since then were dropped */
};
#define BUF_INIT ((struct buf){0})

void buf_done(struct buf *b);
/** Forget the content, keep the memory and clear the failed flag. */
void buf_reset(struct buf *b);
/** Room for `n` bytes more, where a text will be about as long: it then does not grow in steps. */
void buf_room(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *data, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) ANJU_PRINTF(2, 3);
void buf_addv(struct buf *b, const char *fmt, va_list ap) ANJU_PRINTF(2, 0);
/** Append `n` bytes of UTF-8 as a JSON string with quotes; invalid bytes become U+FFFD. */
void buf_add_json_string(struct buf *b, const char *s, size_t n);
void buf_add_int(struct buf *b, int64_t v);
#define BUF_INT_CHARS 20
/** The digits of `v`, without a NUL; their number. By hand: printf takes as long as hashing an entry. */
size_t buf_int(int64_t v, char out[BUF_INT_CHARS]);
/** The content as a malloc'd string, caller's; "" for an empty buffer; NULL if out of memory. */
char *buf_take(struct buf *b);

static inline void buf_done_at(struct buf *b)
{
	buf_done(b);
}
#define ANJU_AUTO_BUF __attribute__((cleanup(buf_done_at))) struct buf

#endif
