/* What comes from libraries: patterns by RE2, zones by ICU. */
#include "unit/expr/fixture.h"

#include <pthread.h>
#include <time.h>

#include "expr/regex.h"
#include "expr/zone.h"

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

ANJU_TEST(matches, literal_patterns)
{
	is("'a1b2'.matches('[0-9]')", "bool true");
	is("matches('ab', '^b')", "bool false");
	is("'宝鸡'.matches('^.{2}$')", "bool true");
	is("'宝鸡'.matches(r'^\\p{Han}+$')", "bool true");
	is("'a\\u0000b'.matches('a.b')", "bool true");
	is("case.kind.matches('t' + 'ent')", "bool true");
	is("[1].all(i, case.kind.matches('^t'))", "bool true");
}

ANJU_TEST(matches, patterns_made_at_run_time)
{
	is("case.kind.matches(string(dyn('(')))", "refused expr.eval_pattern: \"(\", a parenthesis "
						  "without its pair");
	is("case.kind.matches(case.kind.startsWith('t') ? 'e.t' : '(')", "bool true");
	is("case.kind.matches('x' + '**')", "refused expr.eval_pattern: \"**\", nothing to repeat");
	is("case.kind.matches('x' + '**') || true", "bool true");
	is("x.matches('a')", "refused expr.eval_kinds: x.matches(\"a\")");
	is_unchecked("'a'.matches('(')",
		"refused expr.eval_pattern: \"(\", a parenthesis without its pair");
}

/* A backtracking engine needs 2^30 steps for the first, and the squares of texts for the others. */
ANJU_TEST(matches, nasty_patterns_take_linear_time_and_cost_their_length)
{
	static const char *const nasty[] = {"(a?){30}a{30}", "(a+)+$", "(a|aa)+b", "(.*)*c",
		"(a*)*b", "([a-z]+)*\\d", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$",
		"(\\pL|\\PL){400}$"};
	enum { LEN = 1 << 20 };
	char *text = malloc(LEN);
	memset(text, 'a', LEN);
	double begun = cpu_seconds();
	for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
		struct regex_error err;
		struct regex *re = regex_new(nasty[i], strlen(nasty[i]), &err);
		cr_assert_not_null(re, "%s", nasty[i]);
		cr_expect_lt(regex_size(re), 30000);
		(void)regex_search(re, text, 30000);
		regex_free(re);
	}
	free(text);
	cr_expect_lt(cpu_seconds() - begun, 20.0);
	const char *got = eval("[1, 2, 3, 4, 5, 6, 7, 8].map(a, [1, 2, 3, 4, 5, 6, 7, 8].map(b, "
			       "[1, 2, 3, 4, 5, 6, 7, 8].map(c, '"
			       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
			       ".matches('(a?){300}a{300}'))))");
	cr_expect_eq(strncmp(got, "limit expr.budget", 17), 0, "%s", got);
}

/* Compiling is bounded as well, and what a pattern made in a macro costs is paid once. */
ANJU_TEST(matches, many_patterns)
{
	char text[8192];
	size_t n = 0;
	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s'a'.matches('\\\\pL{50}')",
			i > 0 ? "||" : "");
	double begun = cpu_seconds();
	const char *got = eval_unchecked(text);
	cr_expect_eq(strncmp(got, "invalid expr.pattern", 20), 0, "%s", got);
	cr_expect_lt(cpu_seconds() - begun, 5.0);
	is("[1, 2, 3, 4, 5, 6, 7, 8, 9].all(i, [1, 2, 3, 4, 5, 6, 7, 8, 9].all(j, "
	   "case.kind.matches('t' + 'ent')))",
		"bool true");
	got = eval("[1, 2, 3, 4, 5, 6, 7, 8, 9].all(i, [1, 2, 3, 4, 5, 6, 7, 8, 9].all(j, "
		   "case.kind.matches('^.+' + string(i * j))))");
	cr_expect_eq(strncmp(got, "bool false", 10), 0, "%s", got);
	got = eval("[1, 2, 3, 4, 5, 6, 7, 8, 9].all(i, [1, 2, 3, 4, 5, 6, 7, 8, 9].all(j, "
		   "!case.kind.matches('^.+' + string(i * j))))");
	cr_expect_eq(strncmp(got, "limit expr.budget", 17), 0, "%s", got);
}

ANJU_TEST(matches, sizes_are_bounded)
{
	char pattern[REGEX_MAX_PATTERN + 2];
	struct regex_error err;
	memset(pattern, 'a', sizeof pattern);
	struct regex *re = regex_new(pattern, REGEX_MAX_PATTERN, &err);
	cr_assert_not_null(re);
	regex_free(re);
	cr_assert_null(regex_new(pattern, REGEX_MAX_PATTERN + 1, &err));
	cr_assert_eq(err.fault, REGEX_TOO_LARGE);
	cr_assert_null(regex_new("((a{100}){100}){100}", 20, &err));
	cr_assert_eq(err.fault, REGEX_REPEAT_COUNT);
	memset(pattern, '(', sizeof pattern);
	cr_assert_null(regex_new(pattern, 4000, &err));
}

ANJU_TEST(zones, names)
{
	static const char *const good[] = {"UTC", "GMT", "Asia/Shanghai", "America/St_Johns",
		"US/Central", "Etc/GMT+8", "PRC", "EST", "EST5EDT",
		"America/Argentina/ComodRivadavia"};
	static const char *const bad[] = {"", "CST", "IST", "PST", "GMT+8", "asia/shanghai",
		"Asia/Baoji", "Etc/Unknown", "Asia", "Asia/", "../etc/passwd", "Asia/Shanghai ",
		"America/Argentina/ComodRivadavia/And/Much/More/Of/It"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		cr_expect(zone_known(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect(!zone_known(bad[i], strlen(bad[i])), "%s", bad[i]);
	cr_expect(!zone_known("UTC\0", 4));
}

#define hours(at, zone, want) is("timestamp('" at "').getHours('" zone "')", "int " want)

ANJU_TEST(zones, offsets_of_their_time)
{
	hours("2017-08-16T00:00:00Z", "Asia/Shanghai", "8");
	hours("1988-07-01T00:00:00Z", "Asia/Shanghai", "9"); /* daylight saving, 1986 to 1991 */
	hours("1992-07-01T00:00:00Z", "Asia/Shanghai", "8");
	hours("2024-07-01T12:00:00Z", "America/New_York", "8");
	hours("2024-12-01T12:00:00Z", "America/New_York", "7");
	hours("2024-03-10T06:59:59Z", "America/New_York", "1"); /* the minute before the change */
	hours("2024-03-10T07:00:00Z", "America/New_York", "3");
	hours("2011-12-30T10:00:00Z", "Pacific/Apia", "0"); /* a day left out */
	is("timestamp('2011-12-30T10:00:00Z').getDate('Pacific/Apia')", "int 31");
	/* local mean time ends, six minutes back */
	is("timestamp('1900-12-31T15:54:16Z').getMinutes('Asia/Shanghai')", "int 59");
	is("timestamp('1900-12-31T15:54:17Z').getMinutes('Asia/Shanghai')", "int 54");
	is("timestamp('2009-02-13T23:31:30Z').getMinutes('America/St_Johns')", "int 1");
	is("timestamp('0001-01-01T00:00:00Z').getFullYear('America/New_York')", "int 0");
	is("timestamp('9999-12-31T23:00:00Z').getFullYear('Asia/Shanghai')", "int 10000");
	is("timestamp(0).getHours(case.kind)", "refused expr.eval_zone: \"tent\"");
}

static void *in_a_thread(void *failed)
{
	for (int64_t i = 0; i < 2000; i++) {
		int32_t offset = 0;
		bool west = i & 1;
		const char *name = west ? "America/New_York" : "Asia/Shanghai";
		if (zone_offset(name, strlen(name), 1500000000, &offset) != 1 ||
			offset != (west ? -4 : 8) * 3600)
			*(bool *)failed = true;
	}
	return NULL;
}

ANJU_TEST(zones, threads)
{
	pthread_t threads[4];
	bool failed[4] = {false};
	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, in_a_thread, &failed[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		cr_expect(!failed[i]);
	}
}
