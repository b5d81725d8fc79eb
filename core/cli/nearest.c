/* What somebody may have meant. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/command.h"

#define WORD_MAX 32

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
	size_t best_distance = nearest_reach(typed) + 1;
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
