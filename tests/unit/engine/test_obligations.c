/* Obligations on a real engine: each period once, whatever happens to the daemon, the packs and the units. The wall clock
 * is the test's: the linker puts __wrap_timestamp_now() in place of timestamp_now(). */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "engine/obligation_left.h"
#include "world.h"

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

/* --- packs that change --- */

#define HALVES                                                                                      \
	"{\"id\":\"halves\",\"title\":{\"zh\":\"半月\",\"en\":\"Halves\"},\"workflow\":\"task\"," \
	"\"for\":{\"kind\":\"town\",\"level\":\"town\"},\"recur\":\"FREQ=MONTHLY;BYMONTHDAY=1,"     \
	"16\",\"start\":\"2018-01-01\",\"due\":{\"half_month_end\":0},\"key\":\"h-{region}-{date}"  \
	"\"}"
#define ONCE(day)                                                                                  \
	"{\"id\":\"once\",\"title\":{\"zh\":\"一次\",\"en\":\"Once\"},\"workflow\":\"task\","    \
	"\"for\":{\"kind\":\"town\",\"level\":\"town\"},\"start\":\"" day                          \
	"\",\"due\":{\"on\":\"2018-06-30\"},\"key\":\"o-{region}-{date}\"}"
#define ASKED                                                                                        \
	"{\"id\":\"asked\",\"title\":{\"zh\":\"应申请\",\"en\":\"Asked\"},\"workflow\":\"task\"," \
	"\"each\":\"county\",\"lead\":[\"land@county\"],\"trigger\":{\"zh\":\"申请\",\"en\":"      \
	"\"A request\"},\"due\":{\"after\":\"10wd\"},\"key\":\"a-{region}-{date}\"}"
#define LED(who)                                                                                   \
	"{\"id\":\"led\",\"title\":{\"zh\":\"牵头\",\"en\":\"Led\"},\"workflow\":\"task\","      \
	"\"each\":\"county\",\"lead\":[\"" who                                                     \
	"@county\"],\"start\":\"2018-01-05\",\"due\":{\"after\":\"5d\"},\"key\":\"l-{region}\"}"
#define NEW_TOWN                                                                                   \
	"{\"code\":\"610322102.town\",\"kind\":\"town\",\"level\":\"town\",\"region\":"            \
	"\"610322102\",\"parent\":\"610322.gov\",\"title\":{\"zh\":\"新镇\",\"en\":\"New\"}}"

struct test {
	struct world w;
	char root[64], packs[96];
};

static void run(const char *cmd)
{
	cr_assert_eq(system(cmd), 0, "%s", cmd); /* allowed: the test's own folder */
}

/* obligations.json, and one more unit (or NULL). */
static void write_packs(struct test *t, const char *obligations, const char *unit)
{
	char cmd[300], path[200];
	anju_error err = {0};
	snprintf(cmd, sizeof cmd, "rm -rf %s && cp -r %s/obligations %s", t->packs, TEST_DATA,
		t->packs);
	run(cmd);
	snprintf(path, sizeof path, "%s/p/obligations.json", t->packs);
	FILE *f = fopen(path, "w");
	cr_assert(f != NULL && fprintf(f, "{\"obligations\":[%s]}", obligations) > 0);
	cr_assert_eq(fclose(f), 0);
	if (unit == NULL)
		return;
	snprintf(path, sizeof path, "%s/p/units.json", t->packs);
	ANJU_AUTO_JSON *units = NULL;
	assert_ok(json_load_path(path, path, 1 << 20, &units, &err), err);
	json_array_append_new(json_object_get(units, "units"), json_loads(unit, 0, NULL));
	cr_assert_eq(json_dump_file(units, path, 0), 0);
}

static void begin(struct test *t, const char *obligations, const char *start)
{
	snprintf(t->root, sizeof t->root, "/tmp/anju-obligations-XXXXXX");
	cr_assert_not_null(mkdtemp(t->root));
	snprintf(t->packs, sizeof t->packs, "%s/packs", t->root);
	write_packs(t, obligations, NULL);
	world_open_packs(&t->w, t->packs, start);
}

static void end(struct test *t)
{
	char cmd[128];
	world_verify(&t->w);
	world_done(&t->w);
	snprintf(cmd, sizeof cmd, "rm -rf %s", t->root);
	run(cmd);
}

/* --- what there is --- */

struct listing {
	struct store_reader *reader;
	struct buf out;
};

static bool add_entry(void *ctx, const struct store_entry *entry)
{
	char at[TIMESTAMP_MAX_CHARS];
	if (entry->rev == 1)
		buf_addf(ctx, " %.10s", timestamp_format(entry->effective_ms, at));
	return true;
}

static bool add_case(void *ctx, const struct store_case *row)
{
	struct listing *list = ctx;
	ANJU_AUTO_JSON *data = json_loads(row->data, 0, NULL);
	buf_addf(&list->out, "%lld\t%s%s\n", (long long)row->id, row->key,
		json_is_true(json_object_get(data, "caught_up")) ? " late" : "");
	return true;
}

/* "id<tab>key[ late]\n", in the order in which they were opened. */
static char *cases(struct test *t)
{
	struct listing list = {.out = BUF_INIT};
	struct store_case_filter filter = {.workflow = "task", .done = -1, .limit = 100000};
	anju_error err = {0};
	assert_ok(store_reader_open(t->w.folder, &list.reader, &err), err);
	assert_ok(store_read_cases(list.reader, &filter, add_case, &list, &err), err);
	store_reader_free(list.reader);
	char *text = buf_take(&list.out);
	return text != NULL ? text : strdup("");
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
		n++;
	return n;
}

/* How many cases' keys begin so. */
static size_t count(struct test *t, const char *prefix)
{
	char what[80];
	snprintf(what, sizeof what, "\t%s", prefix);
	ANJU_AUTO_MEM char *all = cases(t);
	return times(all, what);
}

/* When the case begins to count: the day of its first entry. */
static void assert_effective(struct test *t, const char *key, const char *day)
{
	struct store_reader *r;
	struct store_case row;
	anju_error err = {0};
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_ok(store_reader_open(t->w.folder, &r, &err), err);
	assert_ok(store_read_case(r, "task", key, &row, &err), err);
	assert_ok(store_read_history(r, row.id, 0, 1, add_entry, &out, &err), err);
	store_reader_free(r);
	cr_assert_str_eq(out.data + 1, day);
}

static void wait_for(struct test *t, size_t n)
{
	int64_t from = timestamp_monotonic();
	while (count(t, "") < n && timestamp_monotonic() - from < 30000)
		(void)world_do(&t->w, COMMAND_SEND, "610322.land",
			"{\"workflow\":\"task\",\"key\":\"none\",\"event\":\"none\"}", NULL);
	cr_assert_eq(count(t, ""), n);
}

/* --- tests --- */

ANJU_TEST(obligations, a_year_away_is_caught_up_in_order, .timeout = 60)
{
	struct test t;
	set_wall("2018-01-01T09:00+08:00");
	begin(&t, HALVES "," ONCE("2018-03-05"), NULL);
	wait_for(&t, 2);
	world_close(&t.w);
	set_wall("2019-01-01T00:00:01+08:00");
	world_reopen(&t.w, NULL);
	/* 25 halves for two towns, and the single one */
	wait_for(&t, 52);
	ANJU_AUTO_MEM char *all = cases(&t);
	cr_assert_eq(times(all, " late"), 48, "the first ones and today's are not:\n%s", all);
	/* the oldest first, whatever they come from; a town after the other */
	static const char *const order[] = {"h-610322101-2018-01-01", "h-610322103-2018-01-01",
		"h-610322101-2018-01-16 late", "h-610322103-2018-03-01 late",
		"o-610322101-2018-03-05 late", "h-610322101-2018-03-16 late",
		"h-610322103-2018-12-16 late", "h-610322103-2019-01-01\n"};
	const char *p = all;
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		p = strstr(p, order[i]);
		cr_assert_not_null(p, "%s is out of order:\n%s", order[i], all);
	}
	assert_effective(&t, "h-610322101-2018-05-16", "2018-05-16");
	assert_effective(&t, "h-610322103-2019-01-01", "2019-01-01");
	/* its date is that of its half, long gone */
	char *d = world_deadlines(&t.w, "task", "h-610322101-2018-05-16");
	cr_assert(strstr(d, "due|0|2018-05-31") != NULL, "%s", d);
	free(d);
	/* set back and forth again: nothing more */
	set_wall("2018-12-31T12:00+08:00");
	wait_for(&t, 52);
	world_close(&t.w);
	set_wall("2019-01-01T12:00+08:00");
	world_reopen(&t.w, NULL);
	wait_for(&t, 52);
	end(&t);
}

ANJU_TEST(obligations, more_than_a_transaction_holds, .timeout = 60)
{
	struct test t;
	set_wall("2018-12-31T23:59+08:00");
	begin(&t,
		"{\"id\":\"daily\",\"title\":{\"zh\":\"每日\",\"en\":\"Daily\"},\"workflow\":"
		"\"task\",\"for\":{\"kind\":\"town\",\"level\":\"town\"},\"recur\":"
		"\"FREQ=DAILY\",\"start\":\"2018-01-01\",\"due\":{\"after\":\"0d\"},\"key\":"
		"\"d-{region}-{date}\"}",
		NULL);
	wait_for(&t, 730);
	ANJU_AUTO_MEM char *all = cases(&t);
	cr_assert_eq(times(all, " late"), 728);
	end(&t);
}

/* What has begun stays begun; what comes goes by the new rule. */
ANJU_TEST(obligations, another_version_of_the_rule)
{
	struct test t;
	begin(&t, HALVES "," ONCE("2018-01-10"), "2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-02-20T00:00+08:00");
	cr_assert_eq(count(&t, "h-610322101-"), 4);
	cr_assert_eq(count(&t, "o-610322101-"), 1);
	world_close(&t.w);
	write_packs(&t,
		"{\"id\":\"halves\",\"title\":{\"zh\":\"半月\",\"en\":\"Halves\"},"
		"\"workflow\":\"task\",\"for\":{\"kind\":\"town\",\"level\":\"town\"},"
		"\"recur\":\"FREQ=MONTHLY;BYMONTHDAY=10\",\"start\":\"2017-06-01\",\"until\":"
		"\"2018-04-15\",\"due\":{\"after\":\"5d\"},\"key\":\"x-{region}-{date}\"}"
		"," ONCE("2018-03-15"),
		NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-06-20T00:00+08:00");
	cr_assert_eq(count(&t, "h-"), 8, "none of the old ones more");
	cr_assert_eq(count(&t, "x-610322101-"), 2, "10 March and April; nothing before, nor after");
	cr_assert_eq(count(&t, "o-"), 2, "once is once, although its day is another");
	world_close(&t.w);
	/* its last day is put off: what was missed meanwhile begins after all */
	write_packs(&t,
		"{\"id\":\"halves\",\"title\":{\"zh\":\"半月\",\"en\":\"Halves\"},"
		"\"workflow\":\"task\",\"for\":{\"kind\":\"town\",\"level\":\"town\"},"
		"\"recur\":\"FREQ=MONTHLY;BYMONTHDAY=10\",\"start\":\"2017-06-01\",\"due\":"
		"{\"after\":\"5d\"},\"key\":\"x-{region}-{date}\"}",
		NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-06-21T00:00+08:00");
	cr_assert_eq(count(&t, "x-610322101-"), 4);
	end(&t);
}

ANJU_TEST(obligations, a_new_unit_gets_what_is_running)
{
	struct test t;
	begin(&t, HALVES "," ONCE("2018-01-10"), "2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-02-20T00:00+08:00");
	world_close(&t.w);
	write_packs(&t, HALVES "," ONCE("2018-01-10"), NEW_TOWN);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-02-20T10:00+08:00");
	cr_assert_eq(count(&t, "h-610322102-"), 1, "the half that is running, none before");
	cr_assert_eq(count(&t, "h-610322102-2018-02-16 late"), 1);
	cr_assert_eq(count(&t, "o-610322102-"), 1);
	assert_effective(&t, "o-610322102-2018-01-10", "2018-02-20");
	world_close(&t.w);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-03-01T10:00+08:00");
	cr_assert_eq(count(&t, "h-610322102-"), 2, "from then on like all");
	cr_assert_eq(count(&t, "h-610322101-"), 5);
	/* a unit that goes, and one that comes when the date of the single one has passed */
	world_close(&t.w);
	write_packs(&t, HALVES "," ONCE("2018-01-10"), NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-07-05T10:00+08:00");
	cr_assert_eq(count(&t, "h-610322102-"), 2);
	world_close(&t.w);
	write_packs(&t, HALVES "," ONCE("2018-01-10"), NEW_TOWN);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-07-05T11:00+08:00");
	cr_assert_eq(count(&t, "h-610322102-2018-07-01 late"), 1);
	cr_assert_eq(count(&t, "o-610322102-"), 1);
	end(&t);
}

/* It speaks of a case that is not there: tried again each hour, the others go on; and when the pack is mended it begins. */
ANJU_TEST(obligations, one_that_cannot_begin_is_put_off)
{
#define LONG                                                                                        \
	"{\"id\":\"bad\",\"title\":{\"zh\":\"坏\",\"en\":\"Bad\"},\"workflow\":\"task\",\"for\":{" \
	"\"kind\":\"town\",\"level\":\"town\"},\"start\":\"2018-01-02\",\"key\":\""
	struct test t;
	begin(&t, LONG "b-{region}-{date}\",\"data\":{\"other\":\"task/none\"}}," HALVES,
		"2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-02-20T00:00+08:00");
	cr_assert_eq(count(&t, "h-610322101-"), 4);
	cr_assert_eq(count(&t, "b-"), 0);
	world_close(&t.w);
	write_packs(&t, LONG "b-{region}-{date}\"}," HALVES, NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-02-20T02:00+08:00");
	cr_assert_eq(count(&t, "b-"), 2);
	assert_effective(&t, "b-610322101-2018-01-02", "2018-01-02");
	end(&t);
}

#define NEEDY(data)                                                                                \
	"{\"id\":\"needy\",\"title\":{\"zh\":\"相关\",\"en\":\"Needy\"},\"workflow\":\"task\","  \
	"\"for\":{\"kind\":\"town\",\"level\":\"town\"},\"recur\":\"FREQ=MONTHLY;BYMONTHDAY=2\","  \
	"\"start\":\"2018-01-02\",\"key\":\"n-{region}-{date}\"" data "}"
#define LONE                                                                                       \
	"{\"id\":\"lone\",\"title\":{\"zh\":\"单\",\"en\":\"Lone\"},\"workflow\":\"task\","       \
	"\"for\":{\"units\":[\"610322101.town\"]},\"start\":\"2018-01-01\",\"key\":\"x-{region}"   \
	"\"}"

/* "unit day text" of those that could not be opened, a line each. */
static void assert_left(struct test *t, const char *wanted)
{
	struct store_reader *r;
	struct engine_figures figures;
	anju_error err = {0};
	ANJU_AUTO_BUF out = BUF_INIT;
	ANJU_AUTO_JSON *left = NULL;
	size_t i;
	json_t *one;
	assert_ok(store_reader_open(t->w.folder, &r, &err), err);
	assert_ok(obligation_left_read(r, "needy", &left, &err), err);
	store_reader_free(r);
	json_array_foreach(left, i, one) {
		char day[16];
		buf_addf(&out, "%s %s %s\n", json_string_value(json_object_get(one, "unit")),
			date_format((int32_t)json_integer_value(json_object_get(one, "day")), day),
			json_string_value(json_object_get(json_object_get(one, "text"), "en")));
	}
	cr_assert_str_eq(out.data != NULL ? out.data : "", wanted);
	engine_figures(t->w.engine, &figures);
	cr_assert_eq(figures.obligations_left, (int64_t)json_array_size(left));
}

/* What one unit's case lacks is its own matter: the other's go on, period by period, and it is tried again, with what it
 * lacks to be seen, over restarts. */
ANJU_TEST(obligations, one_unit_s_trouble_holds_up_nobody)
{
#define LEFT(day) "610322103.town " day " there is no case task/x-610322103\n"
	struct test t;
	begin(&t, NEEDY(",\"data\":{\"other\":\"task/x-{region}\"}") "," LONE,
		"2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-01-20T00:00+08:00");
	assert_left(&t, LEFT("2018-01-02"));
	world_advance(&t.w, "2018-03-20T00:00+08:00");
	cr_assert_eq(count(&t, "n-610322101-"), 3);
	cr_assert_eq(count(&t, "n-610322103-"), 0);
	assert_left(&t, LEFT("2018-01-02") LEFT("2018-02-02") LEFT("2018-03-02"));
	world_close(&t.w);
	world_reopen(&t.w, NULL);
	assert_left(&t, LEFT("2018-01-02") LEFT("2018-02-02") LEFT("2018-03-02"));
	world_close(&t.w);
	write_packs(&t, NEEDY("") "," LONE, NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-03-20T02:00+08:00");
	assert_left(&t, "");
	cr_assert_eq(count(&t, "n-610322101-"), 3);
	cr_assert_eq(count(&t, "n-610322103-"), 3);
	assert_effective(&t, "n-610322103-2018-01-02", "2018-01-02");
	world_advance(&t.w, "2018-04-03T00:00+08:00");
	cr_assert_eq(count(&t, "n-"), 8);
	end(&t);
}

/* Nor does a unit that joins and whose case cannot be opened; and who is gone is not waited for. */
ANJU_TEST(obligations, one_that_joins_and_cannot_begin)
{
	struct test t;
	const char *bad = NEEDY(
		",\"data\":{\"other\":\"task/x-{region}\"},\"due\":{\"after\":\"60d\"}") "," LONE;
	begin(&t, bad, "2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-01-20T00:00+08:00");
	world_close(&t.w);
	write_packs(&t, bad, NEW_TOWN);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-02-20T00:00+08:00");
	cr_assert_eq(count(&t, "n-610322101-"), 2);
	world_close(&t.w);
	write_packs(&t, NEEDY(",\"data\":{\"other\":\"task/x-{region}\"}") "," LONE, NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-02-21T00:00+08:00");
	assert_left(&t, LEFT("2018-01-02") LEFT("2018-02-02"));
	end(&t);
}

static bool is_there(struct test *t, const char *workflow, const char *key)
{
	struct store_reader *r;
	struct store_case row;
	anju_error err = {0};
	assert_ok(store_reader_open(t->w.folder, &r, &err), err);
	anju_status st = store_read_case(r, workflow, key, &row, &err);
	store_reader_free(r);
	cr_assert(st == ANJU_OK || st == ANJU_E_NOTFOUND);
	return st == ANJU_OK;
}

/* That a case which it opens in turn is there already is no reason to leave it half opened. */
ANJU_TEST(obligations, what_it_opens_in_turn_is_opened_whole_or_not_at_all)
{
#define PAIR(begin)                                                                                \
	"{\"id\":\"pair\",\"title\":{\"zh\":\"对\",\"en\":\"Pair\"},\"workflow\":\"pair\","       \
	"\"for\":{"                                                                                \
	"\"kind\":\"town\",\"level\":\"town\"}," begin ",\"key\":\"p-{region}-{date}\"}"
	struct test t;
	begin(&t, PAIR("\"start\":\"2018-01-02\""), "2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-01-03T00:00+08:00");
	cr_assert(is_there(&t, "pair", "p-610322101-2018-01-02"));
	cr_assert(is_there(&t, "task", "of-p-610322101-2018-01-02"));
	cr_assert_not(is_there(&t, "pair", "p-610322103-2018-01-02"));
	cr_assert_not(is_there(&t, "task", "of-p-610322103-2018-01-02"));
	world_close(&t.w);
	write_packs(&t, PAIR("\"trigger\":{\"zh\":\"申请\",\"en\":\"A request\"}"), NULL);
	world_reopen(&t.w, NULL);
	struct command *c = world_command(&t.w, COMMAND_BEGIN, "610322101.town", "{}");
	c->obligation = "pair";
	c->unit = "610322101.town";
	c->day = civil_to_days(2018, 1, 3);
	world_run(&t.w, &c, 1);
	cr_assert_eq(c->status, ANJU_E_EXISTS, "%s", c->reply.data);
	command_free(c);
	cr_assert_not(is_there(&t, "pair", "p-610322101-2018-01-03"));
	end(&t);
}

static anju_status ask(struct test *t, const char *unit, const char *day, const char *ref,
	char **ret_reply, anju_error *err)
{
	struct command *c = world_command(&t->w, COMMAND_BEGIN, unit, "{}");
	c->obligation = "asked";
	c->unit = "610322.land";
	c->ref = ref;
	cr_assert_eq(date_parse(day, &c->day, NULL), ANJU_OK);
	world_run(&t->w, &c, 1);
	anju_status st = c->status;
	*err = c->err;
	*ret_reply = strdup(c->reply.data != NULL ? c->reply.data : "");
	command_free(c);
	return st;
}

static void assert_asked(struct test *t, const char *unit, const char *day, const char *ref,
	anju_status want, const char *said)
{
	anju_error err = {0};
	ANJU_AUTO_MEM char *reply = NULL;
	anju_status st = ask(t, unit, day, ref, &reply, &err);
	cr_assert_eq(st, want, "%s %s: %s", unit, day, err.text);
	cr_assert(strstr(st == ANJU_OK ? reply : err.id, said) != NULL, "%s %s", reply, err.id);
}

ANJU_TEST(obligations, what_waits_for_somebodys_word)
{
	struct test t;
	begin(&t, ASKED, "2018-01-15T09:00+08:00");
	world_advance(&t.w, "2018-01-16T09:00+08:00");
	cr_assert_eq(count(&t, ""), 0);
	assert_asked(&t, "610322101.town", "2018-01-10", NULL, ANJU_E_DENIED, "obligation_role");
	assert_asked(&t, "610322.land", "2018-01-17", NULL, ANJU_E_INVALID, "obligation_day");
	assert_asked(&t, "610322.land", "2018-01-10", NULL, ANJU_OK, "task/a-610322-2018-01-10");
	/* the same once more, by the reviewer: it is there */
	assert_asked(&t, "6103.land", "2018-01-10", NULL, ANJU_OK, "\"existing\":true");
	assert_asked(&t, "6103.land", "2018-01-10", "no 7", ANJU_OK, "task/a-610322-2018-01-10-");
	assert_asked(&t, "6103.land", "2018-01-10", "no 7", ANJU_OK, "\"existing\":true");
	assert_asked(&t, "6103.land", "2018-01-11", NULL, ANJU_OK, "task/a-610322-2018-01-11");
	cr_assert_eq(count(&t, "a-"), 3);
	/* counted from when it happened */
	char *d = world_deadlines(&t.w, "task", "a-610322-2018-01-10");
	cr_assert_str_eq(d, "due|0|2018-01-24|610322.land\n");
	free(d);
	assert_effective(&t, "a-610322-2018-01-10", "2018-01-10");
	end(&t);
}

static void act_on(struct test *t, const char *event)
{
	struct command *c = NULL;
	char params[200];
	snprintf(params, sizeof params,
		"{\"workflow\":\"task\",\"key\":\"a-610322-2018-01-10\",\"event\":\"deadline.%s\","
		"\"data\":{\"deadline\":\"due\"},\"reason\":\"r\"}",
		event);
	anju_status st = world_do(&t->w, COMMAND_SEND, "6103.land", params, &c);
	cr_assert_eq(st, ANJU_OK, "%s", c->err.text);
	command_free(c);
}

/* The deadline says {"obligation": "due"}; that counts in working days, so a weekend gives nothing back. */
ANJU_TEST(obligations, time_that_stood_still_is_given_back_in_the_obligations_unit)
{
	struct test t;
	begin(&t, ASKED, "2018-01-12T09:00+08:00");
	assert_asked(&t, "610322.land", "2018-01-10", NULL, ANJU_OK, "task/a-610322-2018-01-10");
	act_on(&t, "suspend");
	world_advance(&t.w, "2018-01-15T09:00+08:00");
	act_on(&t, "resume");
	char *d = world_deadlines(&t.w, "task", "a-610322-2018-01-10");
	cr_assert_str_eq(d, "due|0|2018-01-25|610322.land\n");
	free(d);
	end(&t);
}

/* A revised notice: the day it began is another, and the date with it. */
ANJU_TEST(obligations, the_date_follows_the_day_it_began)
{
	struct test t;
	begin(&t, LED("land"), "2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-01-06T09:00+08:00");
	char *d = world_deadlines(&t.w, "task", "l-610322");
	cr_assert_str_eq(d, "due|0|2018-01-10|610322.land\n");
	free(d);
	assert_status(world_do(&t.w, COMMAND_SEND, "610322.gov",
			      "{\"workflow\":\"task\",\"key\":\"l-610322\",\"event\":\"amend\","
			      "\"reason\":\"notice 9\",\"data\":{\"begun_on\":\"2018-01-08\"}}",
			      NULL),
		ANJU_E_DENIED);
	assert_status(world_do(&t.w, COMMAND_SEND, "6103.land",
			      "{\"workflow\":\"task\",\"key\":\"l-610322\",\"event\":\"amend\","
			      "\"reason\":\"notice 9\",\"data\":{\"begun_on\":\"2018-01-08\"}}",
			      NULL),
		ANJU_OK);
	d = world_deadlines(&t.w, "task", "l-610322");
	cr_assert_str_eq(d, "due|0|2018-01-13|610322.land\n");
	free(d);
	end(&t);
}

/* Who leads is asked when it matters: another lead gets the reminder, and may finish. */
ANJU_TEST(obligations, another_lead)
{
	struct test t;
	begin(&t, LED("land"), "2018-01-01T09:00+08:00");
	world_advance(&t.w, "2018-01-06T09:00+08:00");
	world_close(&t.w);
	write_packs(&t, LED("finance"), NULL);
	world_reopen(&t.w, NULL);
	world_advance(&t.w, "2018-01-11T09:00+08:00");
	char *m = world_messages(&t.w);
	cr_assert(strstr(m, "|610322.finance|") != NULL && strstr(m, "|610322.land|") == NULL, "%s",
		m);
	free(m);
	static const char finish[] =
		"{\"workflow\":\"task\",\"key\":\"l-610322\",\"event\":\"finish\"}";
	assert_status(world_do(&t.w, COMMAND_SEND, "610322.land", finish, NULL), ANJU_E_DENIED);
	world_close(&t.w);
	/* gone altogether: the case's own unit, which was the first lead */
	write_packs(&t, HALVES, NULL);
	world_reopen(&t.w, NULL);
	assert_status(world_do(&t.w, COMMAND_SEND, "610322.finance", finish, NULL), ANJU_E_DENIED);
	assert_status(world_do(&t.w, COMMAND_SEND, "610322.land", finish, NULL), ANJU_OK);
	end(&t);
}
