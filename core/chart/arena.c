#include "chart/arena.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 16384u

struct chart_arena_block {
	struct chart_arena_block *next;
	size_t used, size;
	_Alignas(16) unsigned char data[];
};

void chart_arena_done(struct chart_arena *arena)
{
	while (arena->head != NULL) {
		struct chart_arena_block *b = arena->head;
		arena->head = b->next;
		free(b);
	}
}

void *chart_arena_alloc(struct chart_arena *arena, size_t n)
{
	n = (n + 15u) & ~(size_t)15u;
	struct chart_arena_block *b = arena->head;
	if (b == NULL || b->size - b->used < n) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b = calloc(1, sizeof *b + size);
		if (b == NULL)
			return NULL;
		b->size = size;
		b->next = arena->head;
		arena->head = b;
	}
	void *p = b->data + b->used;
	b->used += n;
	return p;
}

char *chart_arena_text(struct chart_arena *arena, const char *s, size_t n)
{
	char *p = chart_arena_alloc(arena, n + 1);
	if (p != NULL)
		memcpy(p, s, n);
	return p;
}
