/** What the plugin tests share: loading through the real loader, and a folder that goes away again. */
#ifndef TESTS_UNIT_PLUGIN_KIT_H
#define TESTS_UNIT_PLUGIN_KIT_H

#include <jansson.h>
#include <sys/types.h>

#include "plugin/plugin.h"

#define WAIT_MS 5000

/** Load `names` (blank-separated) from the test plugins, the shipped ones and the example. */
anju_status kit_load(
	const char *names, const json_t *configs, struct plugin_set **ret, anju_error *err);
/** Same from one folder only. */
anju_status kit_load_from(
	const char *dir, const char *name, struct plugin_set **ret, anju_error *err);
/** Load or fail the test. */
struct plugin_set *kit_must_load(const char *names, const json_t *configs);

/** Ask `function` of the only plugin of `set`; input is JSON text with ' for ". Fails the test unless
 *  there is a verdict, which is the caller's. */
json_t *kit_ask(struct plugin_set *set, const char *function, const char *input);
/** Assert that the verdict to `input` is yes. */
void kit_yes(struct plugin_set *set, const char *function, const char *input);
/** Assert a no whose reasons hold both parts. */
void kit_no(struct plugin_set *set, const char *function, const char *input, const char *zh,
	const char *en);

/** JSON from text with ' for ". The caller's. */
json_t *kit_json(const char *text);
/** A fresh folder, mode 0700; the name is the caller's to free after kit_remove(). */
char *kit_folder(void);
void kit_remove(const char *folder);
void kit_write(const char *folder, const char *file, const char *text);
/** Whole file, NUL-terminated, the caller's; NULL if there is none. */
char *kit_read(const char *folder, const char *file);
/** Entries of a folder, "." and ".." not counted. */
size_t kit_count(const char *folder);

/** A server of tests/servers, on loopback. */
struct server {
	pid_t pid;
	int port, stop_fd;
};
/** Start `script` with `folder` and further options (shell words), and wait until it listens. */
struct server kit_serve(const char *script, const char *folder, const char *options);
void kit_serve_end(struct server *s);

/** Assert that both sentences for an error id exist. */
void kit_has_sentences(const char *id);

#endif
