#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/settings.h"
#include "unit/support.h"

#define ARGS_MAX 24

/* settings_read with these arguments, ended by NULL. */
static anju_status read_args(struct settings *s, anju_error *err, ...)
{
	char *argv[ARGS_MAX] = {"anjud"};
	int argc = 1;
	va_list ap;
	va_start(ap, err);
	for (char *arg; (arg = va_arg(ap, char *)) != NULL;)
		argv[argc++] = arg;
	va_end(ap);
	return settings_read(argc, argv, s, err);
}

static char config_path[64];

static const char *config_file(const char *text)
{
	snprintf(config_path, sizeof config_path, "/tmp/anju-config-XXXXXX");
	int fd = mkstemp(config_path);
	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return config_path;
}

ANJU_TEST(settings, options_are_read)
{
	struct settings s;
	anju_error err;
	assert_ok(read_args(&s, &err, "--data", "d", "--socket=s", "--packs", "p", "--pack", "n",
			  "--plugins", "x", "--plugins", "y", "--clock", "manual", "--start",
			  "2017-08-16", "--fault", "after:commit:3", "--log-level", "debug", NULL),
		err);
	cr_assert_eq(s.task, TASK_RUN);
	cr_assert_str_eq(s.data, "d");
	cr_assert_str_eq(s.socket, "s");
	cr_assert_str_eq(s.packs, "p");
	cr_assert_str_eq(s.pack, "n");
	cr_assert_eq(s.plugin_dirs_len, 2);
	cr_assert_str_eq(s.plugin_dirs[1], "y");
	cr_assert_null(s.plugin_dirs[2]);
	cr_assert(s.manual_clock);
	cr_assert_eq(s.start_ms, INT64_C(1502812800000));
	cr_assert_str_eq(s.fault, "after:commit:3");
	cr_assert_eq(s.log_level, LOG_DEBUG_);
	cr_assert_str_eq(s.channel, "spool");
	settings_done(&s);
}

ANJU_TEST(settings, tasks)
{
	struct settings s;
	anju_error err;
	assert_ok(read_args(&s, &err, "--check", NULL), err);
	cr_assert_eq(s.task, TASK_CHECK);
	assert_ok(read_args(&s, &err, "--help", NULL), err);
	cr_assert_eq(s.task, TASK_HELP);
	assert_ok(read_args(&s, &err, "--data", "d", "--version", NULL), err);
	cr_assert_eq(s.task, TASK_VERSION);
}

ANJU_TEST(settings, options_that_make_no_sense)
{
	struct settings s;
	anju_error err;
	assert_status(read_args(&s, &err, NULL), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "daemon.missing");
	assert_status(read_args(&s, &err, "--dta", "d", NULL), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "daemon.option");
	cr_assert_str_eq(err.found, "--dta");
	assert_status(read_args(&s, &err, "--data", NULL), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "daemon.option_argument");
	assert_status(read_args(&s, &err, "--data", "d", "more", NULL), ANJU_E_INVALID);
	cr_assert_str_eq(err.found, "more");
	assert_status(read_args(&s, &err, "--data", "d", "--clock", "sun", NULL), ANJU_E_INVALID);
	cr_assert_str_eq(err.allowed, "wall, manual");
	assert_status(
		read_args(&s, &err, "--data", "d", "--clock", "manual", NULL), ANJU_E_INVALID);
	cr_assert_str_eq(err.where, "--start");
	assert_status(
		read_args(&s, &err, "--data", "d", "--start", "2017-08-16", NULL), ANJU_E_INVALID);
	assert_status(read_args(&s, &err, "--data", "d", "--clock", "manual", "--start", "x", NULL),
		ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "time.invalid");
	assert_status(
		read_args(&s, &err, "--data", "d", "--log-level", "loud", NULL), ANJU_E_INVALID);
}

ANJU_TEST(settings, command_line_wins_over_the_file)
{
	struct settings s;
	anju_error err;
	const char *file =
		config_file("{\"data\": \"a\", \"socket\": \"b\", \"clock\": \"manual\","
			    "\"start\": \"2017-08-16\", \"plugins\": [\"p\"],"
			    "\"limits\": {\"in_flight\": 7, \"line_bytes\": 4096, \"max_wait_ms\": "
			    "250, \"reads\": 9, \"buffer_mib\": 8, \"line_s\": 5, \"stall_s\": 6},"
			    "\"principals\": [{\"uid\": 0, \"admin\": true}],"
			    "\"plugin_config\": {\"notify_spool\": {\"folder\": \"/x\"}}}");
	assert_ok(read_args(&s, &err, "--socket", "c", "--config", file, "--plugins", "q", NULL),
		err);
	cr_assert_str_eq(s.data, "a");
	cr_assert_str_eq(s.socket, "c");
	cr_assert(s.manual_clock);
	cr_assert_eq(s.plugin_dirs_len, 2);
	cr_assert_str_eq(s.plugin_dirs[0], "q"); /* the command line's first */
	cr_assert_str_eq(s.plugin_dirs[1], "p");
	cr_assert_eq(s.limits.in_flight, 7);
	cr_assert_eq(s.limits.line_bytes, 4096);
	cr_assert_eq(s.limits.max_wait_ms, 250);
	cr_assert_eq(s.limits.reads, 9);
	cr_assert_eq(s.limits.buffer_mib, 8);
	cr_assert_eq(s.limits.line_s, 5);
	cr_assert_eq(s.limits.stall_s, 6);
	cr_assert_eq(s.limits.threads, 0);
	cr_assert_eq(json_array_size(s.principals), 1);
	cr_assert_not_null(json_object_get(s.plugin_config, "notify_spool"));
	settings_done(&s);
	unlink(file);
}

ANJU_TEST(settings, faults_of_the_file_are_named)
{
	static const struct {
		const char *text, *id, *where;
	} cases[] = {
		{"{\"dat\": 1}", "json.unknown_member", "/dat"},
		{"{\"data\": 1}", "json.type", "/data"},
		{"{\"clock\": \"sun\"}", "daemon.option_value", "/clock"},
		{"{\"start\": \"soon\"}", "time.invalid", "/start"},
		{"{\"log_level\": \"loud\"}", "daemon.option_value", "/log_level"},
		{"{\"plugins\": [\"a\", 2]}", "json.type", "/plugins/1"},
		{"{\"limits\": {\"in_flght\": 2}}", "json.unknown_member", "/limits/in_flght"},
		{"{\"limits\": {\"in_flight\": 0}}", "daemon.limit", "/limits/in_flight"},
		{"{\"limits\": {\"max_wait_ms\": 0}}", "daemon.limit", "/limits/max_wait_ms"},
		{"{\"limits\": {\"threads\": 1000}}", "daemon.limit", "/limits/threads"},
		{"{\"limits\": {\"queue\": \"9\"}}", "json.type", "/limits/queue"},
		{"{\"principals\": {}}", "json.type", "/principals"},
		{"[]", "json.type", ""},
		{"{", "json.syntax", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct settings s;
		anju_error err = {0};
		const char *file = config_file(cases[i].text);
		assert_status(
			read_args(&s, &err, "--data", "d", "--config", file, NULL), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, cases[i].id, "%s: %s", cases[i].text, err.id);
		if (cases[i].where[0] != '\0')
			cr_assert_str_eq(
				err.where, cases[i].where, "%s: %s", cases[i].text, err.where);
		cr_assert_str_eq(err.file, file, "%s", cases[i].text);
		unlink(file);
	}
	struct settings s;
	anju_error err;
	assert_status(read_args(&s, &err, "--config", "/nonexistent", NULL), ANJU_E_NOTFOUND);
}

ANJU_TEST(settings, language_of_the_environment)
{
	setenv("LC_ALL", "en_US.UTF-8", 1);
	unsetenv("ANJU_LANG");
	cr_assert_eq(settings_lang(), LANG_EN);
	setenv("ANJU_LANG", "zh", 1);
	cr_assert_eq(settings_lang(), LANG_ZH);
	setenv("ANJU_LANG", "", 1);
	cr_assert_eq(settings_lang(), LANG_EN);
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", "xx", 1);
	cr_assert_eq(settings_lang(), LANG_ZH);
}

static anju_status read_channels(struct settings *s, anju_error *err, const char *channels)
{
	char text[400];
	snprintf(text, sizeof text, "{\"data\": \"d\", \"channels\": %s}", channels);
	anju_status st = read_args(s, err, "--config", config_file(text), NULL);
	(void)unlink(config_path);
	return st;
}

ANJU_TEST(settings, channels)
{
	struct settings s;
	anju_error err;
	assert_ok(read_channels(&s, &err,
			  "{\"smtp\": {\"per_minute\": 60, \"burst\": 5, \"attempts\": 3, "
			  "\"breaker\": "
			  "{\"failures\": 2, \"pause\": \"90s\"}}, \"webhook\": {}}"),
		err);
	cr_assert_eq(s.channels_len, 2);
	cr_assert_str_eq(s.channels[0].name, "smtp");
	cr_assert_eq(s.channels[0].gate.per_minute, 60);
	cr_assert_eq(s.channels[0].gate.burst, 5);
	cr_assert_eq(s.channels[0].gate.failures, 2);
	cr_assert_eq(s.channels[0].gate.pause_ms, 90000);
	cr_assert_eq(s.channels[0].attempts, 3);
	cr_assert_eq(s.channels[1].gate.per_minute, 0);
	cr_assert_eq(s.channels[1].gate.burst, 10);
	cr_assert_eq(s.channels[1].gate.failures, 5);
	cr_assert_eq(s.channels[1].gate.pause_ms, 300000);
	cr_assert_eq(s.channels[1].attempts, 12);
	settings_done(&s);
	assert_ok(read_channels(&s, &err, "{}"), err);
	cr_assert_eq(s.channels_len, 0);
	settings_done(&s);
}

ANJU_TEST(settings, channels_that_make_no_sense)
{
	static const struct {
		const char *text, *id, *where;
	} cases[] = {
		{"[]", "json.type", "/channels"},
		{"{\"smtp\": 3}", "json.type", "/channels/smtp"},
		{"{\"smtp\": {\"rate\": 3}}", "json.unknown_member", "/channels/smtp/rate"},
		{"{\"smtp\": {\"per_minute\": -1}}", "daemon.limit", "/channels/smtp/per_minute"},
		{"{\"smtp\": {\"burst\": 0}}", "daemon.limit", "/channels/smtp/burst"},
		{"{\"smtp\": {\"attempts\": 0}}", "daemon.limit", "/channels/smtp/attempts"},
		{"{\"smtp\": {\"breaker\": {\"pause\": \"5\"}}}", "daemon.pause",
			"/channels/smtp/breaker/pause"},
		{"{\"smtp\": {\"breaker\": {\"pause\": \"0m\"}}}", "daemon.pause",
			"/channels/smtp/breaker/pause"},
		{"{\"smtp\": {\"breaker\": {\"pause\": \"25h\"}}}", "daemon.pause",
			"/channels/smtp/breaker/pause"},
		{"{\"a\": {}, \"smtp\": {\"breaker\": {\"failures\": 1001}}}", "daemon.limit",
			"/channels/smtp/breaker/failures"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct settings s;
		anju_error err = {0};
		assert_status(read_channels(&s, &err, cases[i].text), ANJU_E_INVALID);
		cr_assert_str_eq(err.id, cases[i].id, "%s: %s", cases[i].text, err.id);
		cr_assert_str_eq(err.where, cases[i].where, "%s: %s", cases[i].text, err.where);
	}
}
