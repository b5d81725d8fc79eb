#include "unit/plugin/kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/messages.h"
#include "unit/support.h"

anju_status kit_load(
	const char *names, const json_t *configs, struct plugin_set **ret, anju_error *err)
{
	static const char *const dirs[] = {TEST_PLUGINS_DIR, PLUGINS_DIR, EXAMPLE_DIR, NULL};
	struct plugin_options options = {.dirs = dirs, .configs = configs};
	ANJU_AUTO_JSON *list = json_array();
	ANJU_AUTO_MEM char *copy = strdup(names);
	char *save = NULL;
	for (char *s = strtok_r(copy, " ", &save); s != NULL; s = strtok_r(NULL, " ", &save))
		json_array_append_new(list, json_string(s));
	return plugin_set_load(&options, list, ret, err);
}

anju_status kit_load_from(
	const char *dir, const char *name, struct plugin_set **ret, anju_error *err)
{
	const char *const dirs[] = {dir, NULL};
	struct plugin_options options = {.dirs = dirs};
	ANJU_AUTO_JSON *list = json_pack("[s]", name);
	return plugin_set_load(&options, list, ret, err);
}

struct plugin_set *kit_must_load(const char *names, const json_t *configs)
{
	anju_error err = {0};
	struct plugin_set *set = NULL;
	assert_ok(kit_load(names, configs, &set, &err), err);
	return set;
}

json_t *kit_json(const char *text)
{
	char *copy = strdup(text);
	for (char *p = copy; *p != '\0'; p++) {
		if (*p == '\'')
			*p = '"';
	}
	json_error_t je;
	json_t *v = json_loads(copy, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &je);
	cr_assert_not_null(v, "%s in %s", je.text, copy);
	free(copy);
	return v;
}

json_t *kit_ask(struct plugin_set *set, const char *function, const char *input)
{
	ANJU_AUTO_JSON *in = kit_json(input);
	anju_error err = {0};
	json_t *verdict = NULL;
	assert_ok(plugin_policy(plugin_set_at(set, 0), function, in, WAIT_MS, &verdict, &err), err);
	return verdict;
}

void kit_yes(struct plugin_set *set, const char *function, const char *input)
{
	ANJU_AUTO_JSON *v = kit_ask(set, function, input);
	ANJU_AUTO_MEM char *text = json_text(v);
	cr_assert(json_is_true(json_object_get(v, "ok")), "%s: %s", function, text);
}

void kit_no(struct plugin_set *set, const char *function, const char *input, const char *zh,
	const char *en)
{
	ANJU_AUTO_JSON *v = kit_ask(set, function, input);
	ANJU_AUTO_MEM char *text = json_text(v);
	cr_assert(json_is_false(json_object_get(v, "ok")), "%s: %s", function, text);
	const json_t *reason = json_object_get(v, "reason");
	cr_assert_not_null(strstr(json_string_value(json_object_get(reason, "zh")), zh),
		"%s: no '%s' in %s", function, zh, text);
	cr_assert_not_null(strstr(json_string_value(json_object_get(reason, "en")), en),
		"%s: no '%s' in %s", function, en, text);
}

char *kit_folder(void)
{
	char *name = strdup("/tmp/anju-plugin-test-XXXXXX");
	cr_assert_not_null(mkdtemp(name));
	return name;
}

static int remove_entry(const char *path, const struct stat *sb, int type, struct FTW *at)
{
	(void)sb;
	(void)type;
	(void)at;
	return remove(path);
}

void kit_remove(const char *folder)
{
	(void)nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void kit_write(const char *folder, const char *file, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	ANJU_AUTO_FILE f = fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	fputs(text, f);
}

char *kit_read(const char *folder, const char *file)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	ANJU_AUTO_FILE f = fopen(path, "r");
	if (f == NULL)
		return NULL;
	char *text = calloc(1, 65536);
	size_t n = fread(text, 1, 65535, f);
	text[n] = '\0';
	return text;
}

void kit_has_sentences(const char *id)
{
	cr_assert_not_null(message_template(id, LANG_ZH), "%s has no Chinese sentence", id);
	cr_assert_not_null(message_template(id, LANG_EN), "%s has no English sentence", id);
}

size_t kit_count(const char *folder)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

struct server kit_serve(const char *script, const char *folder, const char *options)
{
	struct server s = {0};
	int in[2], out[2];
	char line[512], path[512];
	cr_assert_eq(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
	posix_spawn_file_actions_t files;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in[0], 0);
	posix_spawn_file_actions_adddup2(&files, out[1], 1);
	snprintf(path, sizeof path, "%s/%s", SERVERS_DIR, script);
	snprintf(line, sizeof line, "exec \"$1\" \"$2\" \"$3\" %s", options);
	char *const argv[] = {"sh", "-c", line, "sh", PYTHON, path, (char *)folder, NULL};
	char *const env[] = {"PATH=/usr/bin:/bin", NULL};
	cr_assert_eq(posix_spawn(&s.pid, "/bin/sh", &files, NULL, argv, env), 0);
	posix_spawn_file_actions_destroy(&files);
	close(in[0]);
	close(out[1]);
	s.stop_fd = in[1];
	FILE *said = fdopen(out[0], "r");
	cr_assert_eq(fscanf(said, "%d", &s.port), 1, "%s did not start", script);
	fclose(said);
	return s;
}

void kit_serve_end(struct server *s)
{
	close(s->stop_fd);
	kill(s->pid, SIGKILL); /* it may be asleep on purpose */
	waitpid(s->pid, NULL, 0);
}
