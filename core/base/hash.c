#include "base/hash.h"

#include <nettle/sha2.h>

void hash_sha256(const struct hash_part *parts, size_t n, uint8_t out[HASH_BYTES])
{
	struct sha256_ctx ctx;
	sha256_init(&ctx);
	for (size_t i = 0; i < n; i++)
		sha256_update(&ctx, parts[i].len, parts[i].data);
	sha256_digest(&ctx, HASH_BYTES, out);
}

char *hash_hex(const uint8_t digest[HASH_BYTES], char out[HASH_HEX_CHARS])
{
	static const char hex[] = "0123456789abcdef";
	for (size_t i = 0; i < HASH_BYTES; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[HASH_HEX_CHARS - 1] = '\0';
	return out;
}
