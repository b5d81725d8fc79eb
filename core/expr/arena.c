#include "expr/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_LIMIT       ((size_t)16 * 1024 * 1024)
#define ARENA_FIRST_CHUNK ((size_t)1024)
#define ARENA_CHUNK_MAX   ((size_t)1024 * 1024)

struct chunk {
	struct chunk *next; /* owned */
	size_t cap;
	_Alignas(16) char data[];
};

struct expr_arena {
	struct chunk *first; /* owned */
	struct chunk *at;    /* chunks behind it are empty */
	size_t used;         /* bytes of `at` */
	size_t total;        /* bytes of all chunks */
	bool over;
};

struct expr_arena *expr_arena_new(void)
{
	return calloc(1, sizeof(struct expr_arena));
}

void expr_arena_free(struct expr_arena *arena)
{
	if (arena == NULL)
		return;
	for (struct chunk *c = arena->first, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	free(arena);
}

void expr_arena_reset(struct expr_arena *arena)
{
	arena->at = arena->first;
	arena->used = 0;
	arena->over = false;
}

/* A new chunk after the last one, `at`, big enough for `n`. */
static bool grow(struct expr_arena *arena, size_t n)
{
	size_t cap = arena->at == NULL ? ARENA_FIRST_CHUNK : arena->at->cap * 2;
	if (cap > ARENA_CHUNK_MAX)
		cap = ARENA_CHUNK_MAX;
	if (cap < n)
		cap = n;
	if (cap > ARENA_LIMIT - arena->total) {
		arena->over = true;
		return false;
	}
	struct chunk *c = malloc(sizeof *c + cap);
	if (c == NULL)
		return false;
	c->cap = cap;
	c->next = NULL;
	*(arena->at == NULL ? &arena->first : &arena->at->next) = c;
	arena->at = c;
	arena->used = 0;
	arena->total += cap;
	return true;
}

void *expr_arena_alloc(struct expr_arena *arena, size_t n)
{
	if (n > ARENA_LIMIT) {
		arena->over = true;
		return NULL;
	}
	n = n == 0 ? 16 : (n + 15) & ~(size_t)15;
	while (arena->at == NULL || n > arena->at->cap - arena->used) {
		if (arena->at == NULL || arena->at->next == NULL) {
			if (!grow(arena, n))
				return NULL;
			break;
		}
		arena->at = arena->at->next; /* kept by a reset; too small ones are passed over */
		arena->used = 0;
	}
	void *p = arena->at->data + arena->used;
	arena->used += n;
	return p;
}

bool arena_over_limit(const struct expr_arena *arena)
{
	return arena->over;
}

char *arena_copy(struct expr_arena *arena, const char *s, size_t n)
{
	char *p = expr_arena_alloc(arena, n + 1);
	if (p == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}
