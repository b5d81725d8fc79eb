/**
 * Status codes and the error value that every part of anju and every plugin reports with.
 *
 * An error lives by value on the caller's stack: nothing to free, and it works when memory is gone.
 * Plain C11, valid C++.
 */
#ifndef ANJU_ERROR_H
#define ANJU_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Numbers are stored and sent over the socket: append only, never renumber. */
#define ANJU_STATUS_MAP(X)                                                                         \
	X(OK, 0, "ok")                                                                             \
	X(E_NOMEM, -1, "out of memory")                                                            \
	X(E_INVALID, -2, "invalid input")                                                          \
	X(E_NOTFOUND, -3, "not found")                                                             \
	X(E_EXISTS, -4, "exists already")                                                          \
	X(E_DENIED, -5, "not permitted")                                                           \
	X(E_REFUSED, -6, "refused by state, guard or missing evidence")                            \
	X(E_CONFLICT, -7, "revision conflict")                                                     \
	X(E_BUSY, -8, "busy")                                                                      \
	X(E_IO, -9, "input/output error")                                                          \
	X(E_FULL, -10, "no space left")                                                            \
	X(E_LIMIT, -11, "limit exceeded")                                                          \
	X(E_UNSUPPORTED, -12, "not supported")                                                     \
	X(E_PLUGIN, -13, "plugin failed")                                                          \
	X(E_CORRUPT, -14, "stored data is damaged")                                                \
	X(E_CANCELED, -15, "canceled")                                                             \
	X(E_INTERNAL, -16, "internal error")

typedef enum anju_status {
#define ANJU_STATUS_ENUM(name, number, text) ANJU_##name = number,
	ANJU_STATUS_MAP(ANJU_STATUS_ENUM)
#undef ANJU_STATUS_ENUM
} anju_status;

/** Whose number stands in anju_error.cause. */
enum anju_origin {
	ANJU_ORIGIN_NONE = 0,
	ANJU_ORIGIN_ERRNO = 1,
	ANJU_ORIGIN_UV = 2,
	ANJU_ORIGIN_SQLITE = 3,
	ANJU_ORIGIN_PLUGIN = 4,
	ANJU_ORIGIN_RETRY_MS = 5, /* with ANJU_E_BUSY: after how many milliseconds to come again */
};

typedef struct anju_error {
	anju_status status; /* what code may branch on */
	int32_t origin;     /* enum anju_origin */
	int32_t cause;      /* the raw number of that origin, 0 = none */
	char id[52]; /* message key such as "def.unknown_field"; zh and en sentences hang on it */
	char file[128];  /* file or document at fault, or "" */
	char where[128]; /* JSON pointer into it, or "" */
	char found[192];
	char allowed[256];
	char text[256]; /* English, for logs; no newline, no secrets */
} anju_error;

#if defined(__GNUC__)
#define ANJU_MUST_CHECK   __attribute__((warn_unused_result))
#define ANJU_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ANJU_API          __attribute__((visibility("default")))
#else
#define ANJU_MUST_CHECK
#define ANJU_PRINTF(f, a)
#define ANJU_API
#endif

#ifdef __cplusplus
}
#endif

#endif
