#include "journal/idem.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* Cases have some ten entries and stay in memory: little spare room. */
#define STEP 8

uint32_t idem_print(const char *key)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	return htole32(h);
}

bool idem_has(const struct idem_list *list, uint32_t print)
{
	for (uint32_t i = 0; i < list->len; i++) {
		if (list->prints[i] == print)
			return true;
	}
	return false;
}

bool idem_add(struct idem_list *list, uint32_t print)
{
	if (list->len % STEP == 0) {
		uint32_t *p = realloc(list->prints, (list->len + STEP) * sizeof *p);
		if (p == NULL)
			return false;
		list->prints = p;
	}
	list->prints[list->len++] = print;
	return true;
}

bool idem_load(struct idem_list *list, const void *bytes, size_t n)
{
	*list = (struct idem_list){.known = bytes != NULL};
	size_t len = n / sizeof list->prints[0];
	if (bytes == NULL || len == 0)
		return true;
	size_t cap = (len + STEP - 1) / STEP * STEP;
	list->prints = malloc(cap * sizeof list->prints[0]);
	if (list->prints == NULL)
		return false;
	memcpy(list->prints, bytes, len * sizeof list->prints[0]);
	list->len = (uint32_t)len;
	return true;
}

void idem_done(struct idem_list *list)
{
	free(list->prints);
	*list = (struct idem_list){0};
}
