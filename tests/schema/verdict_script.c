/* What anjuctl replay says of a line of a script. Apart from verdict.c, since the command line's library and the
 * import's are never in one program.
 *   verdict_script < REQUESTS       each a line "script FILE", answered as by verdict
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/replay.h"

static json_t *judge(const char *path)
{
	static char text[1 << 16];
	struct cli cli = {.lang = LANG_EN};
	struct replay replay = {.cli = &cli, .line_no = 1};
	struct replay_line line = {0};
	anju_error err = {0};
	int64_t at = 0;
	FILE *f = fopen(path, "r");
	size_t n = f != NULL ? fread(text, 1, sizeof text, f) : 0;
	if (f != NULL)
		(void)fclose(f);
	anju_status st = replay_parse(&replay, text, n, &line, &at, &err);
	json_decref(line.doc);
	return st == ANJU_OK ? json_array()
			     : json_pack("[{s:s, s:s, s:s, s:s}]", "rule", err.id, "file", path,
				       "where", "", "found", err.found);
}

int main(void)
{
	static char request[8192];
	while (fgets(request, sizeof request, stdin) != NULL) {
		request[strcspn(request, "\n")] = '\0';
		if (strncmp(request, "script ", 7) != 0)
			return 2;
		ANJU_AUTO_JSON *answer = judge(request + 7);
		if (json_dumpf(answer, stdout, JSON_COMPACT) != 0 || putchar('\n') == EOF ||
			fflush(stdout) != 0)
			return 1;
	}
	return 0;
}
