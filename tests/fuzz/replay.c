/**
 * Runs a fuzz target over the files of folders: `fuzz_<target> FOLDER|FILE …`. For builds without libFuzzer, so that
 * every check replays what fuzzing has found.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

/* AddressSanitizer calls this when it has found something. */
void __asan_on_error(void);
void __asan_on_error(void)
{
	fprintf(stderr, "input: %s\n", fuzz_input != NULL ? fuzz_input : "none");
}

static bool replay_file(const char *path)
{
	ANJU_AUTO_BUF content = BUF_INIT;
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;
	if (f == NULL) {
		perror(path);
		return false;
	}
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&content, part, n);
	fclose(f);
	/* exactly as long as the input, so that a read past its end is seen */
	uint8_t *exact = malloc(content.len);
	if (exact == NULL && content.len > 0)
		return false;
	if (content.len > 0)
		memcpy(exact, content.data, content.len);
	fuzz_input = path;
	(void)LLVMFuzzerTestOneInput(exact, content.len);
	free(exact);
	return true;
}

static int replay(const char *path)
{
	struct stat st;
	struct dirent **names;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return replay_file(path) ? 1 : -1;
	int n = scandir(path, &names, NULL, alphasort), done = 0;
	for (int i = 0; i < n; i++) {
		char file[1024];
		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && done >= 0)
			done = replay_file(file) ? done + 1 : -1;
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return done;
}

int main(int argc, char **argv)
{
	int all = 0;
	for (int i = 1; i < argc; i++) {
		int n = replay(argv[i]);
		if (n < 0)
			return 1;
		all += n;
	}
	if (all == 0) {
		fprintf(stderr, "no inputs in %s\n", argc > 1 ? argv[1] : "nothing");
		return 1;
	}
	printf("%d inputs\n", all);
	return 0;
}
