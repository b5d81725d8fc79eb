/**
 * For every unit test: ANJU_TEST also fails on leaks (Criterion's child exits without the check).
 */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "anju/error.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#define no_leaks() cr_assert_eq(__lsan_do_recoverable_leak_check(), 0, "memory leaked")
#else
#define no_leaks() ((void)0)
#endif

#define ANJU_TEST(suite, name, ...)                                                                \
	static void __attribute__((noinline)) suite##_##name##_body(void);                         \
	Test(suite, name, ##__VA_ARGS__)                                                           \
	{                                                                                          \
		suite##_##name##_body();                                                           \
		no_leaks();                                                                        \
	}                                                                                          \
	static void __attribute__((noinline)) suite##_##name##_body(void)

/** Assert success and show the error otherwise. */
#define assert_ok(call, err)                                                                       \
	do {                                                                                       \
		anju_status st_ = (call);                                                          \
		cr_assert_eq(st_, ANJU_OK, "%s: %s (%s) at %s%s found %s allowed %s", #call,       \
			(err).text, (err).id, (err).file, (err).where, (err).found,                \
			(err).allowed);                                                            \
	} while (0)

#define assert_status(call, want)                                                                  \
	do {                                                                                       \
		anju_status st_ = (call);                                                          \
		cr_assert_eq(                                                                      \
			st_, want, "%s: status %d, expected %d", #call, (int)st_, (int)(want));    \
	} while (0)

#endif
