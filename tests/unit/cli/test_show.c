/* Showing refusals and values. */
#include <jansson.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/show.h"
#include "unit/support.h"

static void shown(enum lang lang, const char *error, char *out, size_t size)
{
	ANJU_AUTO_JSON *v = json_loads(error, 0, NULL);
	cr_assert_not_null(v);
	struct cli cli = {.lang = lang};
	FILE *f = fmemopen(out, size, "w");
	show_error(&cli, f, v);
	fclose(f);
}

static const char needs[] = "{\"code\":-32007,\"message\":\"refused\",\"data\":{\"id\":\"case."
			    "needs\",\"status\":\"E_REFUSED\","
			    "\"text\":{\"zh\":\"缺少入户调查表\",\"en\":\"missing survey record\"},"
			    "\"found\":\"\",\"allowed\":\"survey.record\"}}";
static const char role[] =
	"{\"code\":-32006,\"message\":\"not permitted\",\"data\":{\"id\":\"case.wrong_role\","
	"\"text\":{\"zh\":\"无权\",\"en\":\"may not\"},\"found\":\"610322.land\","
	"\"allowed\":\"610322.poverty\",\"who\":[\"610322.poverty\",\"61.poverty\"]}}";

ANJU_TEST(show_error, says_what_to_do_next)
{
	char out[1024] = "";
	shown(LANG_EN, needs, out, sizeof out);
	cr_assert_str_eq(out, "refused: missing survey record\n"
			      "  allowed:  survey.record\n"
			      "  next:     send the missing documents along: --doc KIND:REF\n");
	shown(LANG_ZH, needs, out, sizeof out);
	cr_assert_not_null(strstr(out, "被拒绝：缺少入户调查表\n"), "%s", out);
	cr_assert_not_null(strstr(out, "--doc"), "%s", out);
}

ANJU_TEST(show_error, names_who_could)
{
	char out[1024] = "";
	shown(LANG_EN, role, out, sizeof out);
	cr_assert_not_null(strstr(out, "who may:  610322.poverty, 61.poverty\n"), "%s", out);
	cr_assert_null(strstr(out, "allowed:"), "%s", out);
}

ANJU_TEST(show_error, does_not_say_things_twice)
{
	char out[1024] = "";
	shown(LANG_EN,
		"{\"message\":\"m\",\"data\":{\"id\":\"x.y\",\"text\":{\"zh\":\"没有 "
		"7\",\"en\":\"no 7\"},"
		"\"found\":\"7\"}}",
		out, sizeof out);
	cr_assert_str_eq(out, "refused: no 7\n");
}

ANJU_TEST(show_error, bears_a_bare_error)
{
	char out[1024] = "";
	shown(LANG_EN, "{\"code\":-32700,\"message\":\"Parse error\"}", out, sizeof out);
	cr_assert_str_eq(out, "refused: Parse error\n");
}

ANJU_TEST(show_error, next_steps_are_in_both_languages)
{
	static const char *const ids[] = {"case.wrong_role", "case.wrong_state", "case.guard",
		"case.needs", "case.requires", "case.reason", "engine.rev", "rpc.case",
		"rpc.workflow", "org.not_granted", "org.unknown_peer"};
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		const char *zh = show_next_step(LANG_ZH, ids[i]),
			   *en = show_next_step(LANG_EN, ids[i]);
		cr_assert_not_null(zh, "%s", ids[i]);
		cr_assert_not_null(en, "%s", ids[i]);
		cr_assert_str_neq(zh, en);
	}
	cr_assert_null(show_next_step(LANG_EN, "no.such"));
}

ANJU_TEST(show, values)
{
	struct cli cli = {.lang = LANG_EN};
	static const char *const pairs[][2] = {{"\"a\"", "a"}, {"true", "yes"}, {"12", "12"},
		{"null", ""}, {"[\"a\",\"b\"]", "a, b"}, {"[]", "[]"}, {"{\"a\":1}", "{\"a\":1}"}};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		ANJU_AUTO_BUF out = BUF_INIT;
		ANJU_AUTO_JSON *v = json_loads(pairs[i][0], JSON_DECODE_ANY, NULL);
		show_value(&cli, v, &out);
		cr_assert_str_eq(out.data != NULL ? out.data : "", pairs[i][1]);
	}
	char time[SHOW_TIME_CHARS];
	ANJU_AUTO_JSON *at = json_string("2017-08-16T08:00:00+08:00");
	cr_assert_str_eq(show_time(at, time), "2017-08-16 08:00");
	cr_assert_str_eq(show_time(NULL, time), "");
}
