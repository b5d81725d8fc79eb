/** Memory of one compiled chart: allocated piece by piece, given back at once. */
#ifndef CORE_CHART_ARENA_H
#define CORE_CHART_ARENA_H

#include <stddef.h>

struct chart_arena_block;
struct chart_arena {
	struct chart_arena_block *head; /* owned */
};

void chart_arena_done(struct chart_arena *arena);
/** `n` zeroed bytes, 16-byte aligned, or NULL; also for n == 0 a valid pointer. */
void *chart_arena_alloc(struct chart_arena *arena, size_t n);
char *chart_arena_text(struct chart_arena *arena, const char *s, size_t n);

#endif
