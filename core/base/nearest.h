/** What somebody may have meant: the known word nearest to what was typed. */
#ifndef CORE_BASE_NEAREST_H
#define CORE_BASE_NEAREST_H

#include <stddef.h>

/** Longer texts are compared by length alone. */
#define NEAREST_MAX 64

/** Edit distance of two texts: insertions, deletions, replacements, swaps of neighbours; by byte. */
size_t edit_distance(const char *a, const char *b);
/** How far a word may be from `typed` to be meant: about a third of it may be wrong. */
size_t nearest_reach(const char *typed);

#endif
