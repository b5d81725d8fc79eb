/* Jobs against a real engine and store. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "import/import.h"
#include "unit/engine/world.h"

#define HEADER "编号,人口,镇,安置点\n"
#define TOWN   "610322101.town"

struct office {
	struct world w;
	struct imports *imports;
	struct principal who;
	char path[128];
	anju_error err;
};

static void office_open(struct office *o)
{
	*o = (struct office){0};
	world_open(&o->w, "2017-08-16", NULL);
	struct imports_options options = {.packs = o->w.packs,
		.packs_dir = TEST_DATA "/import",
		.folder = o->w.folder,
		.engine = o->w.engine};
	assert_ok(imports_new(&options, &o->imports, &o->err), o->err);
	o->who.unit = org_unit(pack_set_org(o->w.packs), "610322.poverty");
	o->who.uid = getuid();
	snprintf(o->path, sizeof o->path, "%s/roster.csv", o->w.folder);
}

static void office_done(struct office *o)
{
	imports_free(o->imports);
	world_done(&o->w);
}

static void put_file(const struct office *o, const char *text)
{
	ANJU_AUTO_FILE f = fopen(o->path, "w");
	cr_assert_not_null(f);
	cr_assert_geq(fputs(text, f), 0);
}

/* `n` rows from number `first`; each `bad`th has no persons. */
static void put_rows(const struct office *o, int first, int n, int bad)
{
	ANJU_AUTO_FILE f = fopen(o->path, "w");
	fputs(HEADER, f);
	for (int i = 0; i < n; i++)
		fprintf(f, "%06d-%04d,%s," TOWN ",\n", 100000 + (first + i) / 10000,
			(first + i) % 10000, bad > 0 && i % bad == 0 ? "" : "3");
}

static json_t *status(struct office *o, int64_t job, int64_t after)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	assert_ok(import_status(o->imports, job, after, &out, &o->err), o->err);
	json_t *v = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(v, "%s", out.data);
	return v;
}

static const char *state_of(const json_t *v)
{
	return json_string_value(json_object_get(v, "state"));
}

static bool ended(const json_t *v)
{
	return strcmp(state_of(v), "done") == 0 || strcmp(state_of(v), "failed") == 0;
}

static json_t *wait_for(struct office *o, int64_t job)
{
	for (int i = 0; i < 6000; i++) {
		json_t *v = status(o, job, 0);
		if (ended(v))
			return v;
		json_decref(v);
		(void)usleep(5000);
	}
	cr_assert_fail("the job does not end");
	return NULL;
}

static json_t *run(struct office *o, const char *mapping)
{
	int64_t job = 0;
	assert_ok(import_start(o->imports, o->path, mapping, &o->who, &job, &o->err), o->err);
	return wait_for(o, job);
}

/* "state total checked opened unchanged faulty" */
static const char *counts(const json_t *v)
{
	static char text[128];
	static const char *const names[] = {"total", "checked", "opened", "unchanged", "faulty"};
	size_t n = (size_t)snprintf(text, sizeof text, "%s", state_of(v));
	for (size_t i = 0; i < 5; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, " %d",
			(int)json_integer_value(json_object_get(v, names[i])));
	return text;
}

/* "line:column name id; …" */
static const char *faults(const json_t *v)
{
	static char text[1024];
	size_t i, n = 0;
	json_t *f;
	text[0] = '\0';
	json_array_foreach(json_object_get(v, "errors"), i, f)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%d:%d %s %s", i > 0 ? "; " : "",
			(int)json_integer_value(json_object_get(f, "line")),
			(int)json_integer_value(json_object_get(f, "column")),
			json_string_value(json_object_get(f, "name")),
			json_string_value(json_object_get(f, "id")));
	return text;
}

static const char *failure(const json_t *v)
{
	return json_string_value(json_object_get(json_object_get(v, "error"), "id"));
}

ANJU_TEST(job, good_rows_become_cases)
{
	struct office o;
	office_open(&o);
	assert_status(world_do(&o.w, COMMAND_OPEN, "610322.land",
			      "{\"workflow\":\"site\",\"key\":\"S1\",\"data\":{\"county\":"
			      "\"610322\"}}",
			      NULL),
		ANJU_OK);
	put_file(&o, HEADER "610322-0001,5," TOWN ",S1\n610322-0002,3,城关镇,\n");
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(counts(v), "done 2 2 2 0 0");
	cr_assert_eq(json_array_size(json_object_get(v, "errors")), 0);
	cr_assert(json_is_null(json_object_get(v, "next")));
	struct store_reader *r;
	struct store_case row;
	assert_ok(store_reader_open(o.w.folder, &r, &o.err), o.err);
	assert_ok(store_read_case(r, "household", "610322-0002", &row, &o.err), o.err);
	cr_assert_str_eq(row.data, "{\"persons\":3,\"town\":\"610322101.town\"}");
	cr_assert_str_eq(row.region, "610322101");
	store_reader_free(r);
	world_verify(&o.w);
	office_done(&o);
}

ANJU_TEST(job, faulty_rows_are_listed_and_the_others_opened)
{
	struct office o;
	office_open(&o);
	put_file(&o, HEADER "610322-0001,5," TOWN ",\n"
			    "610322-0002,99," TOWN ",\n"
			    "\n"
			    "61032-0003,5," TOWN ",\n"
			    "610322-0001,4," TOWN ",\n"
			    "610322-0004,5," TOWN ",S7\n"
			    "610322-0005,5\n"
			    "610322-0006,\"5\n\"," TOWN ",\n"
			    "610322-0007,5," TOWN ",\n");
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(counts(v), "done 8 8 2 0 6");
	cr_assert_str_eq(faults(v),
		"3:2 人口 field.range; 5:1 编号 case.key; 6:1 编号 import.doubled; "
		"7:4 安置点 import.no_case; 8:0  import.width; 9:2 人口 import.number");
	const json_t *doubled = json_array_get(json_object_get(v, "errors"), 2);
	cr_assert_str_eq(json_string_value(json_object_get(doubled, "found")), "610322-0001");
	cr_assert_str_eq(json_string_value(json_object_get(doubled, "allowed")), "2");
	const json_t *text = json_object_get(doubled, "text");
	cr_assert_not_null(strstr(json_string_value(json_object_get(text, "zh")), "已见于第 2 行"));
	cr_assert_not_null(strstr(json_string_value(json_object_get(text, "en")), "line 2"));
	world_verify(&o.w);
	office_done(&o);
}

ANJU_TEST(job, a_repeated_import_doubles_nothing)
{
	struct office o;
	office_open(&o);
	put_rows(&o, 0, 600, 0);
	ANJU_AUTO_JSON *first = run(&o, "short");
	cr_assert_str_eq(counts(first), "done 600 600 600 0 0");
	put_rows(&o, 590, 20, 0);
	ANJU_AUTO_JSON *again = run(&o, "short");
	cr_assert_str_eq(counts(again), "done 20 20 10 10 0");
	world_verify(&o.w);
	office_done(&o);
}

ANJU_TEST(job, the_engine_judges_who_may)
{
	struct office o;
	office_open(&o);
	o.who.unit = org_unit(pack_set_org(o.w.packs), "610322.land");
	put_rows(&o, 0, 3, 0);
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(counts(v), "done 3 3 0 0 3");
	cr_assert_str_eq(
		faults(v), "2:0  case.open_role; 3:0  case.open_role; 4:0  case.open_role");
	office_done(&o);
}

ANJU_TEST(job, a_file_that_cannot_be_used_fails_as_a_whole)
{
	struct office o;
	office_open(&o);
	put_file(&o, "编号,镇\n610322-0001," TOWN "\n");
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(state_of(v), "failed");
	cr_assert_str_eq(failure(v), "import.column_missing");
	const json_t *text = json_object_get(json_object_get(v, "error"), "text");
	cr_assert_not_null(strstr(json_string_value(json_object_get(text, "zh")), "人口"));
	cr_assert_not_null(strstr(json_string_value(json_object_get(text, "en")), "人口"));
	put_file(&o, HEADER "610322-0001,\"5\n");
	ANJU_AUTO_JSON *broken = run(&o, "short");
	cr_assert_str_eq(failure(broken), "import.csv");
	office_done(&o);
}

ANJU_TEST(job, many_faults_come_in_pages)
{
	struct office o;
	office_open(&o);
	put_rows(&o, 0, 1100, 1);
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(counts(v), "done 1100 1100 0 0 1100");
	cr_assert_eq(json_array_size(json_object_get(v, "errors")), 500);
	int64_t job = json_integer_value(json_object_get(v, "job"));
	cr_assert_eq(json_integer_value(json_object_get(v, "next")), 500);
	ANJU_AUTO_JSON *third = status(&o, job, 1000);
	cr_assert_eq(json_array_size(json_object_get(third, "errors")), 100);
	cr_assert(json_is_null(json_object_get(third, "next")));
	cr_assert_eq(json_integer_value(json_object_get(
			     json_array_get(json_object_get(third, "errors"), 0), "line")),
		1002);
	ANJU_AUTO_JSON *beyond = status(&o, job, 5000);
	cr_assert_eq(json_array_size(json_object_get(beyond, "errors")), 0);
	office_done(&o);
}

ANJU_TEST(job, no_more_faults_are_kept_than_anyone_reads)
{
	struct office o;
	office_open(&o);
	put_rows(&o, 0, 10020, 1);
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(counts(v), "done 10020 10020 0 0 10020");
	int64_t job = json_integer_value(json_object_get(v, "job"));
	ANJU_AUTO_JSON *last = status(&o, job, 9990);
	cr_assert_eq(json_array_size(json_object_get(last, "errors")), 10);
	cr_assert(json_is_null(json_object_get(last, "next")));
	office_done(&o);
}

ANJU_TEST(job, can_be_cancelled)
{
	struct office o;
	int64_t job = 0;
	office_open(&o);
	put_rows(&o, 0, 40000, 0);
	assert_ok(import_start(o.imports, o.path, "short", &o.who, &job, &o.err), o.err);
	assert_ok(import_cancel(o.imports, job, &o.err), o.err);
	ANJU_AUTO_JSON *v = wait_for(&o, job);
	cr_assert_str_eq(state_of(v), "failed");
	cr_assert_str_eq(failure(v), "import.canceled");
	cr_assert_lt(json_integer_value(json_object_get(v, "opened")), 40000);
	/* while it opens rows too */
	assert_ok(import_start(o.imports, o.path, "short", &o.who, &job, &o.err), o.err);
	bool opening = false;
	for (int i = 0; i < 20000 && !opening; i++) {
		ANJU_AUTO_JSON *now = status(&o, job, 0);
		opening = strcmp(state_of(now), "opening") == 0;
		cr_assert(opening || !ended(now));
		(void)usleep(500);
	}
	assert_ok(import_cancel(o.imports, job, &o.err), o.err);
	ANJU_AUTO_JSON *later = wait_for(&o, job);
	cr_assert_str_eq(failure(later), "import.canceled");
	world_verify(&o.w);
	office_done(&o);
}

ANJU_TEST(job, only_so_many_at_once)
{
	struct office o;
	int64_t jobs[4], more = 0;
	office_open(&o);
	put_rows(&o, 0, 40000, 0);
	for (int i = 0; i < 4; i++)
		assert_ok(
			import_start(o.imports, o.path, "short", &o.who, &jobs[i], &o.err), o.err);
	assert_status(import_start(o.imports, o.path, "short", &o.who, &more, &o.err), ANJU_E_BUSY);
	cr_assert_str_eq(o.err.id, "import.busy");
	cr_assert_str_eq(o.err.allowed, "4");
	for (int i = 0; i < 4; i++) {
		assert_ok(import_cancel(o.imports, jobs[i], &o.err), o.err);
		ANJU_AUTO_JSON *v = wait_for(&o, jobs[i]);
		cr_assert_str_eq(state_of(v), "failed");
	}
	put_rows(&o, 0, 1, 0);
	ANJU_AUTO_JSON *v = run(&o, "short");
	cr_assert_str_eq(state_of(v), "done");
	office_done(&o);
}

ANJU_TEST(job, stopping_ends_what_runs_and_takes_no_more)
{
	struct office o;
	int64_t job = 0;
	office_open(&o);
	put_rows(&o, 0, 40000, 0);
	assert_ok(import_start(o.imports, o.path, "short", &o.who, &job, &o.err), o.err);
	imports_stop(o.imports);
	ANJU_AUTO_JSON *v = status(&o, job, 0);
	cr_assert_str_eq(failure(v), "import.canceled");
	cr_assert_neq(import_start(o.imports, o.path, "short", &o.who, &job, &o.err), ANJU_OK);
	imports_stop(o.imports);
	office_done(&o);
}

ANJU_TEST(job, one_that_there_is_not)
{
	struct office o;
	ANJU_AUTO_BUF out = BUF_INIT;
	office_open(&o);
	assert_status(import_status(o.imports, 7, 0, &out, &o.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(o.err.id, "import.no_job");
	cr_assert_str_eq(o.err.found, "7");
	assert_status(import_cancel(o.imports, 7, &o.err), ANJU_E_NOTFOUND);
	int64_t job = 0;
	put_rows(&o, 0, 1, 0);
	assert_status(
		import_start(o.imports, o.path, "nothing", &o.who, &job, &o.err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(o.err.id, "import.no_mapping");
	office_done(&o);
}

/* --- whose file --- */

static void assert_start(struct office *o, const char *path, anju_status want, const char *id)
{
	int64_t job = 0;
	o->err = (anju_error){0};
	anju_status st = import_start(o->imports, path, "short", &o->who, &job, &o->err);
	cr_assert_eq(st, want, "%s: %d %s", path, (int)st, o->err.text);
	cr_assert_str_eq(o->err.id, id);
	if (st == ANJU_OK)
		json_decref(wait_for(o, job));
}

ANJU_TEST(file, must_be_there_and_a_file)
{
	struct office o;
	office_open(&o);
	char path[192];
	assert_start(&o, o.path, ANJU_E_NOTFOUND, "import.no_file");
	cr_assert_str_eq(o.err.found, o.path);
	put_rows(&o, 0, 1, 0);
	snprintf(path, sizeof path, "%s/x", o.path);
	assert_start(&o, path, ANJU_E_NOTFOUND, "import.no_file");
	/* from where the peer stands is not known */
	assert_start(&o, "roster.csv", ANJU_E_NOTFOUND, "import.no_file");
	assert_start(&o, "", ANJU_E_NOTFOUND, "import.no_file");
	assert_start(&o, o.w.folder, ANJU_E_DENIED, "import.not_yours");
	assert_start(&o, "/dev/null", ANJU_E_DENIED, "import.not_yours");
	snprintf(path, sizeof path, "%s/pipe", o.w.folder);
	cr_assert_eq(mkfifo(path, 0666), 0);
	assert_start(&o, path, ANJU_E_DENIED, "import.not_yours"); /* and does not hang */
	assert_start(&o, o.path, ANJU_OK, "");
	office_done(&o);
}

ANJU_TEST(file, of_others_is_not_read)
{
	struct office o;
	office_open(&o);
	char inner[192], link[192];
	put_rows(&o, 0, 1, 0);
	snprintf(inner, sizeof inner, "%s/closed", o.w.folder);
	snprintf(link, sizeof link, "%s/link.csv", o.w.folder);
	cr_assert_eq(symlink(o.path, link), 0);
	cr_assert_eq(chmod(o.w.folder, 0755), 0);
	/* its owner may */
	cr_assert_eq(chmod(o.path, 0600), 0);
	assert_start(&o, o.path, ANJU_OK, "");
	/* a stranger may not, by whatever name */
	o.who.uid = getuid() + 12345;
	assert_start(&o, o.path, ANJU_E_DENIED, "import.not_yours");
	cr_assert_str_eq(o.err.found, o.path);
	assert_start(&o, link, ANJU_E_DENIED, "import.not_yours");
	/* what all may read, they may */
	cr_assert_eq(chmod(o.path, 0644), 0);
	assert_start(&o, o.path, ANJU_OK, "");
	assert_start(&o, link, ANJU_OK, "");
	/* unless a folder on the way is closed to them */
	cr_assert_eq(mkdir(inner, 0700), 0);
	snprintf(link, sizeof link, "%s/roster.csv", inner);
	cr_assert_eq(rename(o.path, link), 0);
	assert_start(&o, link, ANJU_E_DENIED, "import.not_yours");
	cr_assert_eq(chmod(inner, 0711), 0);
	assert_start(&o, link, ANJU_OK, "");
	office_done(&o);
}

ANJU_TEST(file, is_the_one_that_was_looked_at)
{
	struct office o;
	int64_t job = 0;
	office_open(&o);
	put_rows(&o, 0, 1, 0);
	char other[192];
	snprintf(other, sizeof other, "%s/other.csv", o.w.folder);
	ANJU_AUTO_FILE f = fopen(other, "w");
	fputs("secret\n", f);
	fflush(f);
	assert_ok(import_start(o.imports, o.path, "short", &o.who, &job, &o.err), o.err);
	cr_assert_eq(rename(other, o.path), 0);
	ANJU_AUTO_JSON *v = wait_for(&o, job);
	cr_assert_str_eq(counts(v), "done 1 1 1 0 0");
	office_done(&o);
}
