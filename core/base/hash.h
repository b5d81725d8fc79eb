/** SHA-256 (libnettle) and hexadecimal text. */
#ifndef CORE_BASE_HASH_H
#define CORE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BYTES     32
#define HASH_HEX_CHARS 65

struct hash_part {
	const void *data;
	size_t len;
};

/** SHA-256 over the concatenation of `n` parts. */
void hash_sha256(const struct hash_part *parts, size_t n, uint8_t out[HASH_BYTES]);
/** Lower-case hex of 32 bytes, NUL-terminated; returns `out`. */
char *hash_hex(const uint8_t digest[HASH_BYTES], char out[HASH_HEX_CHARS]);

#endif
