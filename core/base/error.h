/**
 * Making and passing on errors. See include/anju/error.h for the value itself.
 *
 * Failing functions return anju_status and take `anju_error *err` last; err may be NULL.
 */
#ifndef CORE_BASE_ERROR_H
#define CORE_BASE_ERROR_H

#include <stdlib.h>

#include "anju/error.h"

/** Abort on our own mistakes only; stays on in release builds. */
#define anju_assert(cond) ((cond) ? (void)0 : anju_assert_failed(#cond, __FILE__, __LINE__))
_Noreturn void anju_assert_failed(const char *cond, const char *file, int line);

/**
 * Fill `err` (cleared first) and return `status`.
 *
 * id   message key, "part.what"; every key used has a zh and an en sentence in core/base/messages_table.h
 * fmt  English text for logs
 */
anju_status anju_fail(anju_error *err, anju_status status, const char *id, const char *fmt, ...)
	ANJU_PRINTF(4, 5);

/** Out of memory; id "mem.out". */
anju_status anju_fail_nomem(anju_error *err);

/** Failure of a system call; `errnum` is errno's value. ENOSPC becomes ANJU_E_FULL, ENOENT
 *  ANJU_E_NOTFOUND, ENOMEM ANJU_E_NOMEM, all else ANJU_E_IO. `fmt` names the act and its object, best as
 *  a phrase of the table (base/messages.h): "@say.opening|%s". */
anju_status anju_fail_errno(anju_error *err, int errnum, const char *fmt, ...) ANJU_PRINTF(3, 4);

/** Prefix err->text with context on the way up; the rest stays. Returns `status`. */
anju_status anju_wrap(anju_error *err, anju_status status, const char *fmt, ...) ANJU_PRINTF(3, 4);

/** Set single members; each accepts err == NULL and truncates at UTF-8 boundaries. */
void anju_error_file(anju_error *err, const char *file);
void anju_error_where(anju_error *err, const char *fmt, ...) ANJU_PRINTF(2, 3);
void anju_error_found(anju_error *err, const char *fmt, ...) ANJU_PRINTF(2, 3);
void anju_error_allowed(anju_error *err, const char *fmt, ...) ANJU_PRINTF(2, 3);

/** err->where is cut to its room. The whole pointer of the error that this thread filled in last, or, when
 *  it was another one, err->where as it is. Borrowed until the thread's next failure. */
const char *anju_error_pointer(const anju_error *err);
/** Remember a pointer that does not fit; for those who fill err->where with one cut already. */
void anju_error_keep_pointer(const char *whole);

/** After how many ms to come again: of an ANJU_E_BUSY that does not say, this. */
#define ANJU_RETRY_DEFAULT_MS 1000
void anju_error_retry(anju_error *err, int ms);
int anju_error_retry_ms(const anju_error *err);

/** Short English name of a status ("not found"); "unknown status" for other numbers. */
const char *anju_status_text(anju_status status);
/** The status's identifier without prefix: "E_NOTFOUND". */
const char *anju_status_name(anju_status status);

#endif
