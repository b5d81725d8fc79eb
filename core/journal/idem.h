/**
 * Which idempotency keys a case has been given: a list of fingerprints, four bytes a key, kept with the case.
 * A fingerprint that is not in the list proves that the key is new to the case, which is the usual answer
 * and costs no read; one that is there is looked for in the case's entries, since two keys may share one. Pure.
 */
#ifndef CORE_JOURNAL_IDEM_H
#define CORE_JOURNAL_IDEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idem_list {
	uint32_t *prints; /* owned; each little-endian: it is stored as it lies here */
	uint32_t len;
	bool known; /* false: the list was not kept when the case was written; its entries have to be asked */
};

/** Of a key, NUL-terminated. Stored: never changes. */
uint32_t idem_print(const char *key);
bool idem_has(const struct idem_list *list, uint32_t print);
/** False when out of memory; the list is then as before. */
bool idem_add(struct idem_list *list, uint32_t print);
/** From what was stored: `n` bytes; NULL leaves it unknown. False when out of memory. */
bool idem_load(struct idem_list *list, const void *bytes, size_t n);
void idem_done(struct idem_list *list);

#endif
