/* The functions of expressions that anju adds to CEL's. */
#include "base/json.h"
#include "calendar/calendar.h"
#include "org/org.h"
#include "pack/functions.h"
#include "pack/pack.h"
#include "unit/support.h"

static const char units_text[] =
	"{\"units\": ["
	"{\"code\": \"61.poverty\", \"kind\": \"poverty\", \"level\": \"province\", "
	"\"region\": \"61\", \"title\": {\"zh\": \"省\", \"en\": \"p\"}},"
	"{\"code\": \"610322.poverty\", \"kind\": \"poverty\", \"level\": \"county\", "
	"\"region\": \"610322\", \"parent\": \"61.poverty\", \"title\": {\"zh\": \"县\", "
	"\"en\": \"c\"}},"
	"{\"code\": \"610322101.town\", \"kind\": \"town\", \"level\": \"town\", "
	"\"region\": \"610322101\", \"parent\": \"610322.poverty\", \"title\": {\"zh\": \"镇\", "
	"\"en\": \"t\"}}]}";
static const char notice_text[] =
	"{\"year\": 2017, \"status\": \"announced\", \"source\": {\"title\": {\"zh\": \"通知\", "
	"\"en\": \"n\"}, \"number\": \"1\", \"issued\": \"2016-12-01\"}, \"holidays\": "
	"[{\"name\": {\"zh\": \"国庆节\", \"en\": \"National Day\"}, \"from\": \"2017-10-01\", "
	"\"to\": \"2017-10-08\"}], \"workdays\": [\"2017-09-30\"]}";
static const char related_text[] =
	"[{\"key\": \"a\", \"persons\": 4, \"area_m2\": \"96.50\", \"poor\": true, "
	"\"states\": [\"build\", \"build.roof\"]},"
	"{\"key\": \"b\", \"persons\": 5, \"area_m2\": \"100.00\", \"poor\": false, "
	"\"states\": [\"build\"]},"
	"{\"key\": \"c\", \"persons\": 4, \"states\": [\"exit\"], \"area_m2\": null}]";

struct world {
	struct org *org;
	struct calendar *calendar;
	json_t *docs, *event;
	struct expr_env *env;
};

static struct world world_new(void)
{
	anju_error err = {0};
	struct world w = {.org = org_new(), .calendar = calendar_new(), .env = expr_env_new()};
	ANJU_AUTO_JSON *units = json_loads(units_text, 0, NULL);
	ANJU_AUTO_JSON *notice = json_loads(notice_text, 0, NULL);
	assert_ok(org_add(w.org, units, "u.json", &err), err);
	assert_ok(org_seal(w.org, &err), err);
	assert_ok(calendar_add_year(w.calendar, notice, "n.json", &err), err);
	w.docs = json_pack("{s:{}, s:{}}", "id_card", "contract");
	w.event = json_pack("{s:o}", "list", json_loads(related_text, 0, NULL));
	return w;
}

static void world_done(struct world *w)
{
	expr_env_free(w->env);
	calendar_free(w->calendar);
	org_free(w->org);
	json_decref(w->docs);
	json_decref(w->event);
}

/* "int 3", "[\"a\"]" …, or the found of a refusal. */
static void answer(
	struct world *w, const struct pack_vars *vars, const char *text, char *out, size_t size)
{
	anju_error err = {0};
	ANJU_AUTO(expr) e = NULL;
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct expr_value v;
	anju_status st = expr_compile(w->env, text, EXPR_DYN, &e, &err);
	if (st == ANJU_OK)
		st = pack_eval(e, vars, arena, &v, &err);
	if (st != ANJU_OK) {
		snprintf(out, size, "%s", err.found);
		return;
	}
	ANJU_AUTO_JSON *json = expr_value_to_json(&v, arena);
	char *dump = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
	snprintf(out, size, "%s", dump);
	free(dump);
}

static const struct {
	const char *text, *want;
} table[] = {
	/* money and area */
	{"yuan(12345)", "\"123.45\""},
	{"yuan(-5)", "\"-0.05\""},
	{"fen(decimal('123.45'))", "12345"},
	{"fen(decimal('0.005'))", "@say.fn_fen"},
	{"fen(decimal('99999999999999999.5'))", "@say.fn_range"},
	{"mu(decimal('2000')) == 3", "true"},
	{"mu(decimal('1')) * 2000 == 3", "true"},
	{"floor(decimal('26.4'))", "26"},
	{"floor(decimal('-26.4'))", "-27"},
	{"floor(7)", "7"},
	{"ceil(decimal('26.4'))", "27"},
	{"ceil(decimal('-26.4'))", "-26"},
	{"round(decimal('2.345'), 2)", "\"2.35\""},
	{"round(decimal('-2.345'), 2)", "\"-2.35\""},
	{"round(decimal('2.344'), 2)", "\"2.34\""},
	{"round(decimal('100') / 3, 2)", "\"33.33\""},
	{"round(decimal('-200') / 3, 0)", "\"-67\""},
	{"round(decimal('1'), 10)", "@say.fn_digits"},
	{"round(decimal('9000000000000000'), 9)", "\"9000000000000000\""},
	{"abs(-3)", "3"},
	{"abs(decimal('-3.5'))", "\"3.5\""},
	{"abs(-9223372036854775808)", "@say.fn_range"},
	{"min(3, 2)", "2"},
	{"min(decimal('2.5'), 3)", "\"2.5\""},
	{"max(3, decimal('2.5'))", "\"3\""},
	{"max(3, 4)", "4"},
	/* lists */
	{"sum([1, 2, 3])", "6"},
	{"sum([])", "0"},
	{"sum([1, decimal('0.5')])", "\"1.5\""},
	{"sum([1, true])", "@say.fn_number"},
	{"sum([9223372036854775807, 1])", "@say.fn_range"},
	{"sum(event.list, 'persons')", "13"},
	{"sum(event.list, 'area_m2')", "\"196.5\""},
	{"sum(event.list, 'key')", "@say.fn_number"},
	{"sum(event.list, 'nothing')", "0"},
	{"sum([1], 'a')", "@say.fn_members"},
	{"sum(event.list.map(r, r.persons))", "13"},
	{"count(event.list, 'area_m2')", "2"},
	{"count(event.list, 'persons', 4)", "2"},
	{"count(event.list, 'area_m2', decimal('100'))", "1"},
	{"count(event.list, 'key', 'b')", "1"},
	{"count(event.list, 'poor', true)", "1"},
	{"count(event.list, 'key', [])", "@say.fn_value"},
	{"count([1], 'key')", "@say.fn_members"},
	{"count_in(event.list, 'build')", "2"},
	{"count_in(event.list, 'build.roof')", "1"},
	{"count_in([1], 'build')", "@say.fn_members"},
	/* days */
	{"day(timestamp('2017-08-16T15:59:59Z')) == timestamp('2017-08-16')", "true"},
	{"day(timestamp('2017-08-16T16:00:00Z')) == timestamp('2017-08-17')", "true"},
	{"is_workday(timestamp('2017-09-30'))", "true"},
	{"is_workday(timestamp('2017-10-03'))", "false"},
	{"later(timestamp('2017-09-29'), '10wd') == timestamp('2017-10-19')", "true"},
	{"later(timestamp('2017-09-30'), '-1wd') == timestamp('2017-09-29')", "true"},
	{"later(timestamp('2017-08-31'), '6mo') == timestamp('2018-02-28')", "true"},
	{"later(timestamp('2017-08-31'), '2h')", "@say.fn_duration"},
	{"later(timestamp('2017-08-31'), '10')", "@say.fn_duration"},
	{"later(timestamp('2017-08-31'), '10wd          and more of it')", "@say.fn_duration"},
	{"later(timestamp('2200-12-31'), '1d')", "@say.fn_day"},
	{"later(timestamp('0001-01-01T00:00:00Z'), '1d')", "@say.fn_day"},
	{"days_between(timestamp('2017-08-16'), timestamp('2017-09-16'))", "31"},
	{"days_between(timestamp('2017-09-16'), timestamp('2017-08-16'))", "-31"},
	{"workdays_between(timestamp('2017-09-29'), timestamp('2017-10-19'))", "10"},
	/* units */
	{"within('610322101.town', '610322')", "true"},
	{"within('610322101.town', '610322.poverty')", "true"},
	{"within('610322', '610322101')", "false"},
	{"within('610322', '610322')", "true"},
	{"within('610322.nobody', '610322')", "@say.fn_unit"},
	{"unit_kind('610322101.town')", "\"town\""},
	{"unit_kind('610322101')", "@say.fn_unit"},
	{"unit_level('610322.poverty')", "\"county\""},
	{"unit_region('610322101.town')", "\"610322101\""},
	{"supervisor('610322.poverty')", "\"61.poverty\""},
	{"supervisor('610322101.town')", "\"610322.poverty\""},
	{"supervisor('61.poverty') == null", "true"},
	{"supervisor('nobody')", "@say.fn_unit"},
	/* documents */
	{"held('id_card')", "true"},
	{"held('photo')", "false"},
	{"missing(['id_card', 'photo', 'map'])", "[\"photo\",\"map\"]"},
	{"missing([]) == []", "true"},
};

ANJU_TEST(functions, answers)
{
	struct world w = world_new();
	anju_error err = {0};
	char got[512];
	assert_ok(functions_case(w.env, &w.org, &err), err);
	assert_ok(
		expr_env_variable(w.env, "event", (struct expr_type){.kind = EXPR_MAP}, &err), err);
	struct pack_vars vars = {.docs = w.docs, .calendar = w.calendar, .event = w.event};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		answer(&w, &vars, table[i].text, got, sizeof got);
		cr_expect_str_eq(got, table[i].want, "%s\n   is %s\n want %s", table[i].text, got,
			table[i].want);
	}
	vars.calendar = NULL;
	answer(&w, &vars, "is_workday(timestamp('2017-10-03'))", got, sizeof got);
	cr_expect_str_eq(got, "@say.fn_no_calendar");
	world_done(&w);
}

/* A list is paid for by its length. */
ANJU_TEST(functions, long_lists_cost)
{
	struct world w = world_new();
	anju_error err = {0};
	char got[512];
	json_t *list = json_object_get(w.event, "list");
	json_array_clear(list);
	for (int i = 0; i < 60000; i++)
		json_array_append_new(list, json_integer(1));
	assert_ok(functions_case(w.env, &w.org, &err), err);
	assert_ok(
		expr_env_variable(w.env, "event", (struct expr_type){.kind = EXPR_MAP}, &err), err);
	struct pack_vars vars = {.event = w.event};
	answer(&w, &vars, "sum(event.list)", got, sizeof got);
	cr_expect_str_eq(got, "60000");
	answer(&w, &vars, "sum(event.list) + sum(event.list)", got, sizeof got);
	cr_expect_str_eq(got, "sum(event.list) + sum(event.list)");
	world_done(&w);
}
