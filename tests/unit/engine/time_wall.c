/* The wall clock: it is set forth and back, and the daemon is away for a week. What is due comes once, whatever the clock
 * does. The clock is the test's: the linker puts __wrap_timestamp_now() in place of timestamp_now(). */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "world.h"

#define SMALL TEST_DATA "/rehearse/packs"
#define HOUSEHOLD(key)                                                                             \
	"{\"workflow\":\"household\",\"key\":\"" key "\",\"data\":{\"head\":\"x\",\"persons\":3,"  \
	"\"county\":\"610322\"}}"
#define NOTHING "{\"workflow\":\"household\",\"key\":\"A1\",\"event\":\"none\"}"

static _Atomic int64_t wall_ms;

int64_t __wrap_timestamp_now(void);
int64_t __wrap_timestamp_now(void)
{
	return atomic_load(&wall_ms);
}

static void set_wall(const char *at)
{
	int64_t ms;
	cr_assert_eq(timestamp_parse(at, &ms, NULL), ANJU_OK);
	atomic_store(&wall_ms, ms);
}

/* Wake the engine, so that it looks at the clock: a command that is refused, again and again, for long enough
 * that whatever is due has had its turn (ticks keep some milliseconds apart). */
static void let_it_look(struct world *w)
{
	int64_t from = timestamp_monotonic(), rungs = -1, digests = -1;
	for (;;) {
		struct engine_figures f;
		assert_status(
			world_do(w, COMMAND_SEND, "610322.land", NOTHING, NULL), ANJU_E_REFUSED);
		engine_figures(w->engine, &f);
		if (f.rungs != rungs || f.digests != digests)
			from = timestamp_monotonic();
		rungs = f.rungs;
		digests = f.digests;
		if (timestamp_monotonic() - from >= 100)
			return;
	}
}

static size_t lines(const char *text)
{
	size_t n = 0;
	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static bool add_report(void *ctx, const struct store_case *row)
{
	buf_addf(ctx, "%s\n", row->key);
	return true;
}

static char *reports(struct world *w)
{
	struct store_reader *r;
	anju_error err = {0};
	struct buf out = BUF_INIT;
	struct store_case_filter filter = {.workflow = "report", .done = -1, .limit = 1000};
	assert_ok(store_reader_open(w->folder, &r, &err), err);
	assert_ok(store_read_cases(r, &filter, add_report, &out, &err), err);
	store_reader_free(r);
	return buf_take(&out);
}

static void open_households(struct world *w)
{
	assert_status(world_do(w, COMMAND_OPEN, "610322.land", HOUSEHOLD("A1"), NULL), ANJU_OK);
	assert_status(world_do(w, COMMAND_OPEN, "610322.land", HOUSEHOLD("A2"), NULL), ANJU_OK);
}

ANJU_TEST(wall, a_clock_set_forth_and_back_brings_nothing_twice, .timeout = 60)
{
	struct world w;
	set_wall("2017-08-23T10:00+08:00");
	world_open_packs(&w, SMALL, NULL);
	open_households(&w);
	let_it_look(&w);
	ANJU_AUTO_MEM char *before = world_messages(&w);
	cr_assert_eq(lines(before), 0, "%s", before);
	/* a day too far: the reminders of the 24th go out, in the morning's digest */
	set_wall("2017-08-24T10:00+08:00");
	let_it_look(&w);
	ANJU_AUTO_MEM char *forth = world_messages(&w);
	cr_assert_eq(lines(forth), 1, "%s", forth);
	cr_assert(strstr(forth, "|610322.land|2017-08-24: 2 due, 0 overdue") != NULL, "%s", forth);
	/* and back: work goes on, the day is gone through a second time without anything coming twice */
	set_wall("2017-08-23T10:00+08:00");
	assert_status(world_do(&w, COMMAND_OPEN, "610322.land", HOUSEHOLD("A3"), NULL), ANJU_OK);
	let_it_look(&w);
	set_wall("2017-08-24T08:29+08:00");
	let_it_look(&w);
	set_wall("2017-08-24T08:30+08:00");
	let_it_look(&w);
	set_wall("2017-08-24T23:59+08:00");
	let_it_look(&w);
	set_wall("2017-08-25T08:30+08:00");
	let_it_look(&w);
	ANJU_AUTO_MEM char *back = world_messages(&w);
	cr_assert(strncmp(back, forth, strlen(forth)) == 0, "%s", back);
	/* the third household is reminded of as well, and once */
	cr_assert_eq(lines(back), 2, "%s", back);
	cr_assert(strstr(back + strlen(forth), ": 1 due, 0 overdue") != NULL, "%s", back);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(wall, recurring_duties_begin_once_though_the_day_comes_twice, .timeout = 60)
{
	struct world w;
	set_wall("2017-08-31T23:59+08:00");
	world_open_packs(&w, SMALL, NULL);
	open_households(&w);
	let_it_look(&w);
	for (int i = 0; i < 3; i++) {
		set_wall("2017-09-01T00:00+08:00");
		let_it_look(&w);
		set_wall("2017-08-31T12:00+08:00");
		let_it_look(&w);
	}
	ANJU_AUTO_MEM char *found = reports(&w);
	cr_assert_str_eq(found, "610322.land-2017-09\n610323.land-2017-09\n");
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(wall, after_a_week_away_everything_comes_once, .timeout = 60)
{
	struct world w;
	set_wall("2017-08-29T10:00+08:00");
	world_open_packs(&w, SMALL, NULL);
	open_households(&w);
	let_it_look(&w);
	world_close(&w);
	/* the 31st, the 1st with its reports and the urgent rung, a week end: all missed */
	set_wall("2017-09-05T10:00+08:00");
	world_reopen(&w, NULL);
	let_it_look(&w);
	ANJU_AUTO_MEM char *messages = world_messages(&w);
	/* who leads and who supervises, each in one message, of both households */
	cr_assert_eq(lines(messages), 2, "%s", messages);
	cr_assert(strstr(messages, "|610322.land|2017-09-05: 0 due, 2 overdue") != NULL, "%s",
		messages);
	cr_assert(strstr(messages, "|6103.land|2017-09-05: 0 due, 2 overdue") != NULL, "%s",
		messages);
	ANJU_AUTO_MEM char *found = reports(&w);
	cr_assert_str_eq(found, "610322.land-2017-09\n610323.land-2017-09\n");
	/* killed and started again at the same moment: nothing is left to come */
	world_close(&w);
	world_reopen(&w, NULL);
	let_it_look(&w);
	ANJU_AUTO_MEM char *again = world_messages(&w);
	ANJU_AUTO_MEM char *same = reports(&w);
	cr_assert_str_eq(again, messages);
	cr_assert_str_eq(same, found);
	world_verify(&w);
	world_done(&w);
}

ANJU_TEST(wall, what_was_missed_comes_as_if_the_daemon_had_been_there, .timeout = 60)
{
	struct world away, there;
	set_wall("2017-08-22T10:00+08:00");
	world_open_packs(&there, SMALL, NULL);
	world_open_packs(&away, SMALL, NULL);
	open_households(&there);
	open_households(&away);
	let_it_look(&away);
	world_close(&away);
	static const char *const mornings[] = {"2017-08-23T08:30+08:00", "2017-08-24T08:30+08:00",
		"2017-08-25T08:30+08:00", "2017-08-28T08:30+08:00", "2017-08-29T08:30+08:00"};
	for (size_t i = 0; i < sizeof mornings / sizeof mornings[0]; i++) {
		set_wall(mornings[i]);
		let_it_look(&there);
	}
	world_reopen(&away, NULL);
	let_it_look(&away);
	ANJU_AUTO_MEM char *one = world_messages(&there);
	ANJU_AUTO_MEM char *other = world_messages(&away);
	/* the same two reminders in one message, though it bears the day on which it went out */
	cr_assert_eq(lines(one), 1, "%s", one);
	cr_assert_eq(lines(other), 1, "%s", other);
	cr_assert(strstr(one, "|610322.land|2017-08-24: 2 due, 0 overdue") != NULL, "%s", one);
	cr_assert(strstr(other, "|610322.land|2017-08-29: 2 due, 0 overdue") != NULL, "%s", other);
	world_done(&there);
	world_done(&away);
}
