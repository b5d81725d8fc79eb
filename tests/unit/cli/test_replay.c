/* replay against a daemon that hangs up, is busy and refuses: everything is done once and in order. */
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "unit/cli/fake.h"
#include "unit/support.h"

struct world {
	int64_t now_ms;
	int hang_every, busy_every; /* 0 = never */
	json_t *done;               /* idempotency keys carried out, in order, each once */
	bool wall;
	int swallow_at;   /* this request is carried out and not answered; 0 = none */
	bool bad_is_good; /* event "bad" goes through once "go" has */
};

static json_t *clock_result(const struct world *w)
{
	char now[TIMESTAMP_MAX_CHARS];
	return json_pack("{s:s, s:b}", "now", timestamp_format(w->now_ms, now), "manual", !w->wall);
}

static json_t *refusal(const char *status, const char *id)
{
	return json_pack("{s:{s:i, s:s, s:{s:s, s:s, s:{s:s, s:s}}}}", "error", "code", -32007,
		"message", "refused", "data", "id", id, "status", status, "text", "zh", "不行",
		"en", "no");
}

static json_t *act(struct world *w, const json_t *params)
{
	const char *key = json_string_value(json_object_get(params, "idempotency_key"));
	const char *event = json_string_value(json_object_get(params, "event"));
	if (strcmp(event, "bad") == 0 && !(w->bad_is_good && json_array_size(w->done) > 0))
		return refusal("E_REFUSED", "case.guard");
	size_t i;
	json_t *v;
	json_array_foreach(w->done, i, v) {
		if (strcmp(json_string_value(v), key) == 0)
			return json_pack("{s:i}", "rev", 1);
	}
	json_array_append_new(w->done, json_string(key));
	return json_pack("{s:i}", "rev", 1);
}

static json_t *answer(void *ctx, int n, const json_t *request)
{
	struct world *w = ctx;
	const char *method = json_string_value(json_object_get(request, "method"));
	const json_t *params = json_object_get(request, "params");
	bool hang = w->hang_every > 0 && n % w->hang_every == w->hang_every - 1;
	if (w->busy_every > 0 && n % w->busy_every == w->busy_every - 1)
		return refusal("E_BUSY", "engine.busy");
	json_t *result;
	if (strcmp(method, "clock.get") == 0) {
		result = clock_result(w);
	} else if (strcmp(method, "clock.advance") == 0) {
		const char *to = json_string_value(json_object_get(params, "to"));
		cr_assert_eq(timestamp_parse(to, &w->now_ms, NULL), ANJU_OK);
		result = clock_result(w);
	} else {
		result = act(w, params);
	}
	if (w->swallow_at > 0 && n == w->swallow_at) {
		json_decref(result);
		return json_null();
	}
	if (!hang)
		return result;
	json_decref(result); /* done, but never answered */
	return NULL;
}

static int play(struct world *w, const char *script, struct cli *cli, char *out, size_t size)
{
	struct fake fake = {.answer = answer, .ctx = w};
	char path[] = "/tmp/anjuctl-script-XXXXXX";
	int fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, script, strlen(script)), (ssize_t)strlen(script));
	close(fd);
	fake_start(&fake);
	FILE *text = fmemopen(out, size, "w");
	cli->lang = LANG_EN;
	cli->socket = fake.path;
	cli->args[0] = path;
	cli->args_len = 1;
	cli->out = cli->err = text;
	int code = run_replay(cli);
	cli_done(cli);
	fclose(text);
	fake_stop(&fake);
	unlink(path);
	json_decref(fake.requests);
	return code;
}

/* 200 events on two days. */
static char *long_script(void)
{
	char *text = calloc(1, 65536), *p = text;
	for (int i = 1; i <= 200; i++)
		p += sprintf(p, /* allowed: ample */
			"{\"at\":\"2017-09-%02dT09:00:00+08:00\",\"as\":\"610322.land\",\"method\":"
			"\"case.send\",\"params\":{\"case\":\"household/%d\",\"event\":\"go\"}}\n",
			i <= 100 ? 1 : 2, i);
	return text;
}

static void check_done(const struct world *w, size_t n)
{
	size_t i;
	json_t *v;
	cr_assert_eq(json_array_size(w->done), n);
	json_array_foreach(w->done, i, v) {
		char want[32];
		snprintf(want, sizeof want, "replay:%zu", i + 1);
		cr_assert_str_eq(json_string_value(v), want);
	}
}

ANJU_TEST(replay, plays_all_lines_and_moves_the_clock, .timeout = 60)
{
	struct world w = {.done = json_array()};
	struct cli cli = {0};
	char out[8192] = "";
	char *script = long_script();
	cr_assert_eq(play(&w, script, &cli, out, sizeof out), CLI_OK, "%s", out);
	check_done(&w, 200);
	char now[TIMESTAMP_MAX_CHARS];
	cr_assert_str_eq(timestamp_format(w.now_ms, now), "2017-09-02T09:00:00+08:00");
	cr_assert_not_null(
		strstr(out, "200 done, 0 refused as expected, 0 not as expected"), "%s", out);
	free(script);
	json_decref(w.done);
}

ANJU_TEST(replay, lost_connections_change_nothing, .timeout = 60)
{
	static const int every[] = {3, 41, 57};
	for (size_t i = 0; i < sizeof every / sizeof every[0]; i++) {
		struct world w = {.done = json_array(), .hang_every = every[i]};
		struct cli cli = {0};
		char out[65536] = "";
		char *script = long_script();
		cr_assert_eq(play(&w, script, &cli, out, sizeof out), CLI_OK, "%s", out);
		check_done(&w, 200);
		cr_assert_not_null(strstr(out, "connection lost"));
		free(script);
		json_decref(w.done);
	}
}

ANJU_TEST(replay, busy_lines_are_sent_again, .timeout = 60)
{
	struct world w = {.done = json_array(), .busy_every = 50};
	struct cli cli = {0};
	char out[8192] = "";
	char *script = long_script();
	cr_assert_eq(play(&w, script, &cli, out, sizeof out), CLI_OK, "%s", out);
	cr_assert_eq(json_array_size(w.done), 200);
	free(script);
	json_decref(w.done);
}

ANJU_TEST(replay, counts_what_was_and_was_not_expected, .timeout = 60)
{
	static const char script[] =
		"{\"method\":\"case.send\",\"params\":{\"case\":\"a/"
		"1\",\"event\":\"bad\"},\"expect\":"
		"\"refused\"}\n"
		"\n"
		"{\"method\":\"case.send\",\"params\":{\"case\":\"a/"
		"1\",\"event\":\"go\"},\"expect\":"
		"\"refused\"}\n"
		"{\"method\":\"case.send\",\"params\":{\"case\":\"a/1\",\"event\":\"bad\"}}\n"
		"{\"method\":\"case.send\",\"params\":{\"case\":\"a/1\",\"event\":\"go\"}}\n";
	struct world w = {.done = json_array()};
	struct cli cli = {0};
	char out[8192] = "";
	cr_assert_eq(play(&w, script, &cli, out, sizeof out), CLI_FINDINGS);
	cr_assert_not_null(
		strstr(out, "1 done, 1 refused as expected, 2 not as expected"), "%s", out);
	cr_assert_not_null(strstr(out, "line 1: case.send a/1 bad"), "%s", out);
	cr_assert_not_null(strstr(out, "as expected"), "%s", out);
	cr_assert_not_null(strstr(out, "line 3: "), "%s", out);
	cr_assert_not_null(strstr(out, "was to be refused, but went through"), "%s", out);
	cr_assert_not_null(strstr(out, "refused: no"), "%s", out);
	json_decref(w.done);
}

/* Were the next line carried out before the refusal was known, the refused one would go through when it is
 * sent again after a crash. */
ANJU_TEST(replay, a_line_that_is_to_be_refused_goes_alone, .timeout = 60)
{
	static const char script[] =
		"{\"method\":\"case.send\",\"params\":{\"case\":\"a/"
		"1\",\"event\":\"bad\"},\"expect\":"
		"\"refused\"}\n"
		"{\"method\":\"case.send\",\"params\":{\"case\":\"a/1\",\"event\":\"go\"}}\n";
	struct world w = {.done = json_array(), .swallow_at = 1, .bad_is_good = true};
	struct cli cli = {0};
	char out[8192] = "";
	cr_assert_eq(play(&w, script, &cli, out, sizeof out), CLI_OK, "%s", out);
	cr_assert_not_null(strstr(out, "connection lost"), "%s", out);
	cr_assert_not_null(
		strstr(out, "1 done, 1 refused as expected, 0 not as expected"), "%s", out);
	json_decref(w.done);
}

ANJU_TEST(replay, from_and_until, .timeout = 60)
{
	struct world w = {.done = json_array()};
	struct cli cli = {.values = {{"from", "51"}, {"until", "2017-09-01T12:00:00+08:00"}},
		.values_len = 2};
	char out[8192] = "";
	char *script = long_script();
	cr_assert_eq(play(&w, script, &cli, out, sizeof out), CLI_OK, "%s", out);
	cr_assert_eq(json_array_size(w.done), 50);
	cr_assert_str_eq(json_string_value(json_array_get(w.done, 0)), "replay:51");
	char now[TIMESTAMP_MAX_CHARS];
	cr_assert_str_eq(timestamp_format(w.now_ms, now), "2017-09-01T12:00:00+08:00");
	free(script);
	json_decref(w.done);
}

ANJU_TEST(replay, a_bad_line_is_named, .timeout = 60)
{
	static const char *const bad[] = {"{\"method\":", "[]", "{\"at\":\"2017-01-01\"}",
		"{\"method\":\"case.send\",\"at\":\"yesterday\"}",
		"{\"method\":\"case.send\",\"params\":[]}",
		"{\"method\":\"case.send\",\"expect\":\"maybe\"}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world w = {.done = json_array()};
		struct cli cli = {0};
		char out[8192] = "", script[512];
		snprintf(script, sizeof script,
			"{\"method\":\"case.send\",\"params\":{\"case\":\"a/"
			"1\",\"event\":\"go\"}}\n%s\n",
			bad[i]);
		cr_assert_eq(
			play(&w, script, &cli, out, sizeof out), CLI_USAGE, "%s: %s", bad[i], out);
		cr_assert_not_null(strstr(out, "line 2 of the script"), "%s", out);
		json_decref(w.done);
	}
}

ANJU_TEST(replay, a_wall_clock_is_refused, .timeout = 60)
{
	struct world w = {.done = json_array(), .wall = true};
	struct cli cli = {0};
	char out[8192] = "";
	cr_assert_eq(play(&w, "{}\n", &cli, out, sizeof out), CLI_REFUSED);
	cr_assert_not_null(strstr(out, "--clock manual"), "%s", out);
	json_decref(w.done);
}
