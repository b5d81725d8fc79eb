#include "counting.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "dates.h"
#include "engine/recount_impl.h"
#include "power.h"

#define STEPS 400

int counting_cuts, counting_pages;

static const struct principal admin = {.admin = true};

bool counting_read(struct world *w, struct counting *ret)
{
	anju_error err = {0};
	const char *text = NULL;
	*ret = (struct counting){.done = true};
	anju_status st = store_meta_get(w->store, RECOUNT_NOTE, &text, &err);
	if (st != ANJU_OK)
		return st == ANJU_E_NOTFOUND;
	ANJU_AUTO_JSON *note = json_loads(text, 0, NULL);
	const char *state = json_string_value(json_object_get(note, "state"));
	if (state == NULL) {
		violation(w, "how far counting has come cannot be read: %s", text);
		return false;
	}
	ret->job = json_integer_value(json_object_get(note, "job"));
	ret->after = json_integer_value(json_object_get(note, "after"));
	ret->seen = json_integer_value(json_object_get(note, "seen"));
	ret->cases = json_integer_value(json_object_get(note, "cases"));
	ret->failed = json_integer_value(json_object_get(note, "failed"));
	ret->done = strcmp(state, "running") != 0;
	return true;
}

/* --- begin and go on --- */

static anju_status begin(struct world *w, const char *text, anju_error *err)
{
	int64_t job;
	int year;
	if (text[0] == '\0')
		return recount_start(w->recounts, false, &admin, &job, err);
	ANJU_AUTO_JSON *notice = json_loads(text, 0, NULL);
	return recount_load(w->recounts, notice, "notice", false, &admin, &year, &job, err);
}

static bool is_trouble(const struct world *w, anju_status st)
{
	return w->troubled && (st == ANJU_E_IO || st == ANJU_E_FULL);
}

static void start_again(struct world *w)
{
	counting_cuts++;
	close_world(w);
	if (power_is_off())
		power_return();
	start(w);
}

/* One transaction; false when it failed, or nothing runs. */
static bool step(struct world *w)
{
	anju_error err = {0};
	struct counting before, after;
	bool more, read = counting_read(w, &before);
	anju_status st = recounts_step(w->recounts, &more, &err);
	if (st != ANJU_OK && !is_trouble(w, st))
		violation(w, "counting fails: %s %s", err.id, err.text);
	if (st != ANJU_OK || power_is_off() || !read || !counting_read(w, &after))
		return false;
	counting_pages++;
	counting_check(w);
	if (after.done || counting_pages % 3 == 0)
		check_dates(w);
	return before.job != after.job || before.done != after.done || before.after != after.after;
}

void counting_go(struct world *w, int pages, struct counting *ret)
{
	if (!counting_read(w, ret))
		violation(w, "how far counting has come cannot be read");
	for (int i = 0; i != pages && i < STEPS && w->wrong[0] == '\0' && step(w); i++) {
	}
	if (!counting_read(w, ret) || (pages < 0 && !ret->done))
		violation(w, "counting does not end");
}

void counting_begin(struct world *w, const char *notice)
{
	anju_error err = {0};
	if (begin(w, notice, &err) != ANJU_OK)
		violation(w, "counting cannot begin: %s %s %s", err.id, err.text, notice);
}

static bool reached(const struct counting *at, const struct counting *goal)
{
	if (at->job != goal->job)
		return at->job > goal->job;
	return at->done || (!goal->done && at->after >= goal->after);
}

void counting_until(struct world *w, const struct counting *goal, const char *notice)
{
	for (int i = 0; i < STEPS && w->wrong[0] == '\0' && w->engine != NULL; i++) {
		struct counting at;
		anju_error err = {0};
		anju_status st = ANJU_OK;
		bool known = !power_is_off() && counting_read(w, &at);
		if (known && reached(&at, goal)) {
			if (at.job > goal->job || at.done != goal->done || at.seen != goal->seen ||
				at.cases != goal->cases || at.after != goal->after)
				violation(w,
					"counting stands at job %lld, case %lld, %lld seen, %lld "
					"moved; in calm at %lld, %lld, %lld, %lld",
					(long long)at.job, (long long)at.after, (long long)at.seen,
					(long long)at.cases, (long long)goal->job,
					(long long)goal->after, (long long)goal->seen,
					(long long)goal->cases);
			counting_check(w);
			return;
		}
		/* what was to begin may have been forgotten with the memory that it was in */
		bool begins = known && at.job < goal->job && at.done && notice != NULL;
		if (begins)
			st = begin(w, notice, &err);
		if (begins && st == ANJU_OK && !power_is_off())
			continue;
		if (st != ANJU_OK && st != ANJU_E_BUSY && !is_trouble(w, st))
			violation(w, "counting cannot begin: %s %s", err.id, err.text);
		if (!known || !step(w))
			start_again(w);
	}
	if (w->wrong[0] == '\0' && w->engine != NULL)
		violation(w, "counting does not get as far as in calm");
}

/* --- what must hold --- */

static int64_t entries(struct world *w)
{
	char path[96];
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	int64_t n = -1;
	snprintf(path, sizeof path, "%s/anju.db", w->folder);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
		sqlite3_prepare_v2(db,
			"SELECT count(*) FROM journal WHERE event = (SELECT id FROM word WHERE "
			"text = "
			"'" CASE_RECOUNT "')",
			-1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

void counting_check(struct world *w)
{
	struct counting at;
	if (!counting_read(w, &at))
		return; /* off */
	if (at.failed > 0)
		violation(w, "dates of %lld cases cannot be counted", (long long)at.failed);
	if (at.job != w->counted_job) {
		w->counted_before += w->counted;
		w->counted_job = at.job;
	}
	w->counted = at.cases;
	int64_t n = entries(w);
	if (n >= 0 && n != w->counted_before + at.cases)
		violation(w, "%lld cases have an entry of moved dates, the jobs say %lld",
			(long long)n, (long long)(w->counted_before + at.cases));
}
