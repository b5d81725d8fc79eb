/* What somebody may have meant. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

#define WORD_MAX 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t row[3][WORD_MAX + 1]; /* the one being filled and the two before it */
	if (n > WORD_MAX || m > WORD_MAX)
		return n > m ? n : m;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *up = row[(i + 2) % 3], *upper = row[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t cost = a[i - 1] != b[j - 1];
			now[j] = least(least(up[j] + 1, now[j - 1] + 1), up[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], upper[j - 2] + 1);
		}
	}
	return row[n % 3][m];
}

/* The word of command `c` that is compared: its first, or its second within `group`. */
static bool word_of(const struct command *c, const char *group, char out[WORD_MAX + 1])
{
	const char *word = c->name;
	if (group != NULL) {
		size_t n = strlen(group);
		if (strncmp(word, group, n) != 0 || word[n] != ' ')
			return false;
		word += n + 1;
	}
	snprintf(out, WORD_MAX + 1, "%.*s", (int)strcspn(word, " "), word);
	return true;
}

const char *command_nearest(const char *group, const char *typed)
{
	static char best[WORD_MAX + 1];
	/* about a third of what was typed may be wrong */
	size_t best_distance = strlen(typed) / 3 + 2;
	bool found = false;
	for (size_t i = 0; i < command_count(); i++) {
		char word[WORD_MAX + 1];
		const struct command *c = command_at(i);
		if (c->hidden || !word_of(c, group, word))
			continue;
		size_t distance = edit_distance(typed, word);
		if (distance < best_distance && distance < strlen(word)) {
			best_distance = distance;
			snprintf(best, sizeof best, "%s", word);
			found = true;
		}
	}
	return found ? best : NULL;
}
