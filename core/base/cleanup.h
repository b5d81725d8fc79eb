/**
 * Release by scope. `ANJU_AUTO(thing) x = …;` calls thing_free(x) at every way out of the scope;
 * `ANJU_TAKE(x)` moves the value out and leaves NULL behind.
 *
 * A type joins in with ANJU_DEFINE_AUTO(thing) after its `void thing_free(struct thing *)`.
 */
#ifndef CORE_BASE_CLEANUP_H
#define CORE_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>

#define ANJU_DEFINE_AUTO(type)                                                                     \
	static inline void type##_free_at(struct type **p)                                         \
	{                                                                                          \
		type##_free(*p);                                                                   \
	}
#define ANJU_AUTO(type) __attribute__((cleanup(type##_free_at))) struct type *

#define ANJU_TAKE(p)                                                                               \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

static inline void anju_free_at(void *p)
{
	free(*(void **)p);
}
/** For plain malloc memory: `ANJU_AUTO_MEM char *s = …`. */
#define ANJU_AUTO_MEM __attribute__((cleanup(anju_free_at)))

static inline void anju_fclose_at(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}
#define ANJU_AUTO_FILE __attribute__((cleanup(anju_fclose_at))) FILE *

#endif
