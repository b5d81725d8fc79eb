/**
 * Any command line (the leading lines that begin with "--") and any configuration file (the rest): refused with a
 * place, or settings with which a daemon can start.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "daemon/settings.h"
#include "fuzz/fuzz.h"

#define ARGS_MAX 24

/* The lines of `text` that are options; what follows them. */
static char *take_args(char *text, char **argv, int *argc)
{
	while (strncmp(text, "--", 2) == 0 && *argc < ARGS_MAX) {
		char *end = strchr(text, '\n');
		argv[(*argc)++] = text;
		if (end == NULL)
			return text + strlen(text);
		*end = '\0';
		text = end + 1;
	}
	return text;
}

static void check_settings(const struct settings *s)
{
	fuzz_assert(s->plugin_dirs_len <= SETTINGS_PLUGIN_DIRS_MAX);
	fuzz_assert(s->plugin_dirs[s->plugin_dirs_len] == NULL);
	fuzz_assert(s->log_level <= LOG_ERROR_);
	fuzz_assert(s->principals == NULL || json_is_array(s->principals));
	fuzz_assert(s->plugin_config == NULL || json_is_object(s->plugin_config));
	fuzz_assert(s->limits.connections >= 0 && s->limits.connections <= 65536);
	if (s->task != TASK_RUN)
		return;
	fuzz_assert(s->data != NULL && s->packs != NULL && s->socket != NULL);
	fuzz_assert(s->manual_clock == s->start_given);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	struct settings s;
	ANJU_AUTO_MEM char *text = fuzz_string(data, n);
	ANJU_AUTO_MEM char *config = NULL;
	char *argv[ARGS_MAX + 4] = {(char[]){"anjud"}};
	int argc = 1;
	const char *rest = take_args(text, argv, &argc);
	const char *path = fuzz_path("anjud.json");
	bool file = rest[0] != '\0';
	if (file) {
		fuzz_write("anjud.json", rest, n - (size_t)(rest - text));
		config = strdup(path);
		argv[argc++] = (char[]){"--config"};
		argv[argc++] = config;
	}
	anju_status st = settings_read(argc, argv, &s, &err);
	if (st == ANJU_OK) {
		check_settings(&s);
		settings_done(&s);
		return 0;
	}
	fuzz_error(st, &err, data, n);
	ANJU_AUTO_JSON *doc =
		json_loadb(rest, n - (size_t)(rest - text), JSON_REJECT_DUPLICATES, NULL);
	if (doc != NULL && strcmp(err.file, path) == 0)
		fuzz_pointer(doc, err.where);
	return 0;
}
