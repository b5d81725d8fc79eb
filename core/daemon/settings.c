#include "daemon/settings.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "daemon/channels.h"

#define CONFIG_MAX_BYTES ((size_t)1 << 20)

enum option_id {
	OPT_DATA = 256,
	OPT_SOCKET,
	OPT_PACKS,
	OPT_PACK,
	OPT_PLUGINS,
	OPT_CONFIG,
	OPT_CLOCK,
	OPT_START,
	OPT_CHECK,
	OPT_FAULT,
	OPT_LOG_LEVEL,
	OPT_VERSION,
	OPT_HELP,
};

static const struct option options[] = {
	{"data", required_argument, NULL, OPT_DATA},
	{"socket", required_argument, NULL, OPT_SOCKET},
	{"packs", required_argument, NULL, OPT_PACKS},
	{"pack", required_argument, NULL, OPT_PACK},
	{"plugins", required_argument, NULL, OPT_PLUGINS},
	{"config", required_argument, NULL, OPT_CONFIG},
	{"clock", required_argument, NULL, OPT_CLOCK},
	{"start", required_argument, NULL, OPT_START},
	{"check", no_argument, NULL, OPT_CHECK},
	{"fault", required_argument, NULL, OPT_FAULT},
	{"log-level", required_argument, NULL, OPT_LOG_LEVEL},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

static anju_status fail_option(
	anju_error *err, const char *id, const char *where, const char *found, const char *allowed)
{
	(void)anju_fail(
		err, ANJU_E_INVALID, id, "%s: found %s, allowed: %s", where, found, allowed);
	anju_error_where(err, "%s", where);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

enum lang settings_lang(void)
{
	static const char *const names[] = {"ANJU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
	enum lang lang = LANG_ZH;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *v = getenv(names[i]);
		if (v != NULL && v[0] != '\0') {
			(void)lang_parse(v, &lang); /* an unknown language reads Chinese */
			break;
		}
	}
	return lang;
}

static anju_status add_plugin_dir(struct settings *s, const char *dir, anju_error *err)
{
	if (s->plugin_dirs_len == SETTINGS_PLUGIN_DIRS_MAX)
		return fail_option(err, "daemon.option_value", "plugins", dir, "16");
	s->plugin_dirs[s->plugin_dirs_len++] = dir;
	return ANJU_OK;
}

static anju_status set_clock(
	struct settings *s, const char *where, const char *text, anju_error *err)
{
	bool manual = strcmp(text, "manual") == 0;
	if (!manual && strcmp(text, "wall") != 0)
		return fail_option(err, "daemon.option_value", where, text, "wall, manual");
	s->manual_clock = manual;
	return ANJU_OK;
}

static anju_status set_start(
	struct settings *s, const char *where, const char *text, anju_error *err)
{
	anju_status st = timestamp_parse(text, &s->start_ms, err);
	if (st == ANJU_OK)
		s->start_given = true;
	else
		anju_error_where(err, "%s", where);
	return st;
}

static anju_status set_log_level(
	struct settings *s, const char *where, const char *text, anju_error *err)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], text) == 0) {
			s->log_level = (enum log_level)i;
			return ANJU_OK;
		}
	}
	return fail_option(err, "daemon.option_value", where, text, "debug, info, warn, error");
}

/* --- the configuration file --- */

static const struct {
	const char *name;
	size_t offset;
	int64_t max;
} limit_members[] = {
#define LIMIT(member, max)                                                                         \
	{                                                                                          \
#member, offsetof(struct settings_limits, member), max                             \
	}
	LIMIT(connections, 65536),
	LIMIT(in_flight, 4096),
	LIMIT(batch, 10000),
	LIMIT(line_bytes, INT64_C(1) << 26),
	LIMIT(out_bytes, INT64_C(1) << 30),
	LIMIT(buffer_mib, 1 << 16),
	LIMIT(reads, 1 << 20),
	LIMIT(line_s, 86400),
	LIMIT(stall_s, 86400),
	LIMIT(queue, 1 << 20),
	LIMIT(max_wait_ms, 600000),
	LIMIT(engine_batch, 1 << 16),
	LIMIT(cache_mib, 1 << 16),
	LIMIT(policy_timeout_ms, 600000),
	LIMIT(ics_every_s, 86400),
	LIMIT(threads, 128),
#undef LIMIT
};
#define LIMIT_COUNT (sizeof limit_members / sizeof limit_members[0])

static anju_status read_limits(
	struct settings *s, const json_t *limits, const struct json_at *at, anju_error *err)
{
	const char *known[LIMIT_COUNT + 1] = {NULL};
	for (size_t i = 0; i < LIMIT_COUNT; i++)
		known[i] = limit_members[i].name;
	anju_status st = json_only(limits, at, known, err);
	for (size_t i = 0; i < LIMIT_COUNT && st == ANJU_OK; i++) {
		int64_t v = 0;
		const char *name = limit_members[i].name;
		st = json_opt_int(limits, at, name, &v, err);
		const json_t *given = json_object_get(limits, name);
		struct json_at here = JSON_AT_KEY(at, name);
		if (st == ANJU_OK && given != NULL && (v < 1 || v > limit_members[i].max))
			st = json_fail_at(err, "daemon.limit", &here, given, "1 … %lld",
				(long long)limit_members[i].max);
		if (st == ANJU_OK)
			memcpy((char *)&s->limits + limit_members[i].offset, &v, sizeof v);
	}
	return st;
}

/* After the command line, so that its folders are searched first. */
static anju_status read_plugin_dirs(struct settings *s, anju_error *err)
{
	json_t *dirs = NULL, *dir;
	size_t i;
	struct json_at root = JSON_AT_ROOT(s->config), at = JSON_AT_KEY(&root, "plugins");
	anju_status st = json_opt_array(s->document, &root, "plugins", &dirs, err);
	json_array_foreach(dirs, i, dir) {
		struct json_at here = JSON_AT_INDEX(&at, i);
		if (!json_is_string(dir))
			return json_fail_at(err, "json.type", &here, dir, "@say.string");
		if (st == ANJU_OK)
			st = add_plugin_dir(s, json_string_value(dir), err);
	}
	return st;
}

/* A member that is one of a few words: the error of `set` gets its place in the file. */
static anju_status read_word(struct settings *s, const char *name, const struct json_at *root,
	anju_status (*set)(struct settings *, const char *, const char *, anju_error *),
	anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_opt_string(s->document, root, name, &text, err);
	if (st != ANJU_OK || text == NULL)
		return st;
	st = set(s, name, text, err);
	if (st != ANJU_OK) {
		anju_error_file(err, json_at_file(root));
		anju_error_where(err, "/%s", name);
	}
	return st;
}

static const struct {
	const char *name;
	size_t offset;
} text_members[] = {
	{"$schema", offsetof(struct settings, schema)},
	{"data", offsetof(struct settings, data)},
	{"socket", offsetof(struct settings, socket)},
	{"packs", offsetof(struct settings, packs)},
	{"pack", offsetof(struct settings, pack)},
	{"channel", offsetof(struct settings, channel)},
	{"ics_folder", offsetof(struct settings, ics_folder)},
};

static anju_status read_texts(struct settings *s, const struct json_at *root, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < sizeof text_members / sizeof text_members[0] && st == ANJU_OK; i++) {
		const char **member = (const char **)((char *)s + text_members[i].offset);
		st = json_opt_string(s->document, root, text_members[i].name, member, err);
	}
	if (st == ANJU_OK)
		st = read_word(s, "clock", root, set_clock, err);
	if (st == ANJU_OK)
		st = read_word(s, "start", root, set_start, err);
	if (st == ANJU_OK)
		st = read_word(s, "log_level", root, set_log_level, err);
	return st;
}

static anju_status read_config(struct settings *s, anju_error *err)
{
	static const char *const known[] = {"$schema", "data", "socket", "packs", "pack", "channel",
		"channels", "clock", "ics_folder", "start", "log_level", "plugins", "plugin_config",
		"principals", "limits", NULL};
	anju_status st = json_load_path(s->config, s->config, CONFIG_MAX_BYTES, &s->document, err);
	if (st != ANJU_OK)
		return st;
	struct json_at root = JSON_AT_ROOT(s->config);
	if (!json_is_object(s->document))
		return json_fail_at(err, "json.type", &root, s->document, "@say.object");
	json_t *limits = NULL, *principals = NULL, *plugin_config = NULL;
	st = json_only(s->document, &root, known, err);
	if (st == ANJU_OK)
		st = read_texts(s, &root, err);
	if (st == ANJU_OK)
		st = json_opt_object(s->document, &root, "plugin_config", &plugin_config, err);
	if (st == ANJU_OK)
		st = json_opt_array(s->document, &root, "principals", &principals, err);
	if (st == ANJU_OK)
		st = json_opt_object(s->document, &root, "limits", &limits, err);
	struct json_at limits_at = JSON_AT_KEY(&root, "limits");
	if (st == ANJU_OK && limits != NULL)
		st = read_limits(s, limits, &limits_at, err);
	if (st == ANJU_OK)
		st = channels_read(s->document, &root, &s->channels, &s->channels_len, err);
	s->principals = principals;
	s->plugin_config = plugin_config;
	return st;
}

/* --- the command line --- */

static anju_status take_option(struct settings *s, int id, const char *value, anju_error *err)
{
	switch (id) {
	case OPT_DATA:
		s->data = value;
		return ANJU_OK;
	case OPT_SOCKET:
		s->socket = value;
		return ANJU_OK;
	case OPT_PACKS:
		s->packs = value;
		return ANJU_OK;
	case OPT_PACK:
		s->pack = value;
		return ANJU_OK;
	case OPT_PLUGINS:
		return add_plugin_dir(s, value, err);
	case OPT_CLOCK:
		return set_clock(s, "--clock", value, err);
	case OPT_START:
		return set_start(s, "--start", value, err);
	case OPT_FAULT:
		s->fault = value;
		return ANJU_OK;
	case OPT_LOG_LEVEL:
		return set_log_level(s, "--log-level", value, err);
	case OPT_CHECK:
		s->task = TASK_CHECK;
		return ANJU_OK;
	default: /* OPT_CONFIG: read before all others */
		return ANJU_OK;
	}
}

static anju_status fail_usage(anju_error *err, int c, char *const *argv)
{
	const char *found = optind > 0 ? argv[optind - 1] : "";
	return fail_option(err, c == ':' ? "daemon.option_argument" : "daemon.option", "argv",
		found, "anjud --help");
}

/* One pass over argv; `config_only` looks for the configuration file and the two simple tasks. */
static anju_status scan(
	struct settings *s, int argc, char *const *argv, bool config_only, anju_error *err)
{
	optind = 0; /* starts getopt anew, also for tests that call this twice */
	opterr = 0;
	int c;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == '?' || c == ':')
			return fail_usage(err, c, argv);
		if (c == OPT_HELP || c == OPT_VERSION) {
			s->task = c == OPT_HELP ? TASK_HELP : TASK_VERSION;
			return ANJU_OK;
		}
		if (c == OPT_CONFIG)
			s->config = optarg;
		anju_status st = config_only ? ANJU_OK : take_option(s, c, optarg, err);
		if (st != ANJU_OK)
			return st;
	}
	if (optind < argc)
		return fail_option(err, "daemon.option", "argv", argv[optind], "anjud --help");
	return ANJU_OK;
}

static anju_status check_whole(const struct settings *s, anju_error *err)
{
	if (s->task == TASK_RUN && s->data == NULL)
		return fail_option(err, "daemon.missing", "--data", "-", "--data DIR");
	if (s->packs == NULL)
		return fail_option(err, "daemon.missing", "--packs", "-", "--packs DIR");
	if (s->manual_clock && !s->start_given)
		return fail_option(err, "daemon.missing", "--start", "-", "--start RFC3339");
	if (!s->manual_clock && s->start_given)
		return fail_option(err, "daemon.option_value", "--clock", "wall", "manual");
	return ANJU_OK;
}

anju_status settings_read(int argc, char *const *argv, struct settings *ret, anju_error *err)
{
	struct settings s = {.lang = settings_lang(),
		.log_level = LOG_INFO_,
		.channel = "spool",
		.packs = ANJU_PACKS_DIR,
		.socket = ANJU_SOCKET_PATH};
	anju_status st = scan(&s, argc, argv, true, err);
	if (st == ANJU_OK && s.task == TASK_RUN) {
		if (s.config != NULL)
			st = read_config(&s, err);
		if (st == ANJU_OK)
			st = scan(&s, argc, argv, false, err);
		if (st == ANJU_OK && s.document != NULL)
			st = read_plugin_dirs(&s, err);
		if (st == ANJU_OK)
			st = check_whole(&s, err);
	}
	if (st != ANJU_OK) {
		settings_done(&s);
		return st;
	}
	*ret = s;
	return ANJU_OK;
}

void settings_done(struct settings *settings)
{
	free(settings->channels);
	settings->channels = NULL;
	settings->channels_len = 0;
	json_decref(settings->document);
	settings->document = NULL;
}
