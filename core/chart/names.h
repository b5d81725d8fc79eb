/** A hash table from texts to small numbers; built while compiling, only read afterwards. */
#ifndef CORE_CHART_NAMES_H
#define CORE_CHART_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chart_names {
	struct chart_name {
		const char *s; /* borrowed: the chart's arena; NULL = free slot */
		uint32_t len;
		uint32_t value;
		uint64_t hash;
	} * slots;    /* owned */
	uint32_t cap; /* 0 or a power of two */
	uint32_t count;
};

void chart_names_done(struct chart_names *names);
/** Enter `s` unless it is there; *ret_value is the value that counts. False when out of memory. */
bool chart_names_put(
	struct chart_names *names, const char *s, size_t n, uint32_t value, uint32_t *ret_value);
/** The value of a text, UINT32_MAX if it was never entered. */
uint32_t chart_names_get(const struct chart_names *names, const char *s, size_t n);
/** The same for the text `a`.`b`, or `b` alone when `a` is empty. */
uint32_t chart_names_get_joined(
	const struct chart_names *names, const char *a, size_t a_len, const char *b, size_t b_len);

#endif
