/* A small programme in process: counts, pages of the store, two sets of packs. */
#include <stdlib.h>
#include <unistd.h>

#include "../support.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "rehearse/compare.h"
#include "rehearse/report.h"
#include "sandbox/sandbox.h"

#define DATA TEST_DATA "/rehearse/"

struct stage {
	struct sandbox_world world;
	struct rehearse_roster roster;
	struct rehearse_options options;
	struct rehearsal *r;
};

static void load(struct stage *s, const char *packs)
{
	static const char *const dirs[] = {NULL};
	struct sandbox_world_options options = {.dir = packs, .plugin_dirs = dirs};
	anju_error err = {0};
	*s = (struct stage){.roster = {.file = DATA "roster.csv"}};
	assert_ok(sandbox_world_load(&options, &s->world, &err), err);
	s->options = (struct rehearse_options){.world = &s->world,
		.packs_dir = packs,
		.rosters = &s->roster,
		.rosters_len = 1,
		.script = DATA "acts.script.jsonl",
		.from = civil_to_days(2017, 8, 16),
		.to = civil_to_days(2017, 10, 8)};
}

static void run(struct stage *s)
{
	anju_error err = {0};
	assert_ok(rehearse_run(&s->options, &s->r, &err), err);
}

static void done(struct stage *s)
{
	rehearsal_free(s->r);
	sandbox_world_done(&s->world);
}

ANJU_TEST(rehearse, rows_and_lines_are_counted)
{
	struct stage s;
	load(&s, DATA "packs");
	run(&s);
	struct rehearse_counts c = rehearsal_counts(s.r);
	cr_assert_eq(c.rows, 5);
	cr_assert_eq(c.opened, 3);
	cr_assert_eq(c.faulty, 2);
	cr_assert_eq(c.lines, 7);
	cr_assert_eq(c.done, 3);
	cr_assert_eq(c.refused, 1);
	cr_assert_eq(c.refused_wanted, 1);
	cr_assert_eq(c.out_of_order, 1);
	cr_assert_eq(c.unreadable, 2);
	cr_assert_eq(c.after_end, 1);
	cr_assert_not(rehearsal_is_well(s.r));
	cr_assert_eq(json_array_size(rehearsal_troubles(s.r)), 6);
	cr_assert_eq(json_object_size(rehearsal_reasons(s.r)), 6);
	/* the last moment of the last day */
	cr_assert_eq(sandbox_now(rehearsal_sandbox(s.r)), rehearsal_end(s.r));
	cr_assert_eq(timestamp_to_day(rehearsal_end(s.r)), s.options.to);
	cr_assert_eq(timestamp_to_day(rehearsal_end(s.r) + 1), s.options.to + 1);
	done(&s);
}

ANJU_TEST(rehearse, strict_ends_before_anything_is_done)
{
	struct stage s;
	load(&s, DATA "packs");
	s.options.strict = true;
	run(&s);
	cr_assert_eq(rehearsal_counts(s.r).faulty, 2);
	cr_assert_eq(rehearsal_counts(s.r).lines, 0);
	cr_assert_lt(sandbox_now(rehearsal_sandbox(s.r)), rehearsal_end(s.r));
	done(&s);
}

ANJU_TEST(rehearse, only_what_lies_within_counts)
{
	struct stage s;
	struct tallies t;
	anju_error err = {0};
	load(&s, DATA "packs");
	s.options.script = NULL;
	s.options.to = civil_to_days(2017, 8, 31);
	run(&s);
	assert_ok(rehearse_tally(s.r, &t, &err), err);
	cr_assert_eq(t.total[TALLY_DUE], 3);
	/* the 31st is the last permissible day, and counts whole */
	cr_assert_eq(t.total[TALLY_MISSED], 0);
	cr_assert_eq(t.overdue, 0);
	cr_assert_eq(t.later, 0);
	tallies_done(&t);
	rehearsal_free(s.r);
	s.options.to++;
	run(&s);
	assert_ok(rehearse_tally(s.r, &t, &err), err);
	cr_assert_eq(t.total[TALLY_MISSED], 3);
	cr_assert_eq(t.overdue, 3);
	cr_assert_eq(t.later, 2, "%d", (int)t.later); /* reports of September */
	cr_assert_eq(t.deadlines.len, 2);
	cr_assert_str_eq(t.deadlines.rows[0].a, "household");
	cr_assert_str_eq(t.deadlines.rows[0].b, "agreements");
	cr_assert_eq(t.deadlines.rows[0].n[TALLY_BEGUN], 3);
	tallies_done(&t);
	done(&s);
}

ANJU_TEST(rehearse, a_county_s_days_are_its_own)
{
	struct stage s;
	uint32_t days[31];
	anju_error err = {0};
	load(&s, DATA "packs");
	run(&s);
	int32_t first = civil_to_days(2017, 8, 1);
	assert_ok(rehearse_days(s.r, NULL, first, 31, days, &err), err);
	cr_assert_eq(days[30], 3);
	cr_assert_eq(days[29], 0);
	assert_ok(rehearse_days(s.r, "610323", first, 31, days, &err), err);
	cr_assert_eq(days[30], 1);
	ANJU_AUTO_JSON *counties = NULL;
	assert_ok(report_counties(s.r, &counties, &err), err);
	cr_assert_eq(json_array_size(counties), 2);
	cr_assert_str_eq(json_string_value(json_array_get(counties, 0)), "610322");
	done(&s);
}

ANJU_TEST(rehearse, two_sets_of_packs_are_compared)
{
	struct stage now, draft;
	struct differences d;
	anju_error err = {0};
	load(&now, DATA "packs");
	load(&draft, DATA "draft");
	run(&now);
	run(&draft);
	assert_ok(rehearse_compare(draft.r, now.r, LANG_EN, NULL, &d, &err), err);
	cr_assert_eq(d.n[DIFFERENCE_LATER], 3);
	cr_assert_eq(d.n[DIFFERENCE_EARLIER], 0);
	cr_assert_eq(d.n[DIFFERENCE_OUTCOME], 0);
	cr_assert_eq(d.same, 4);
	cr_assert_eq(d.cases_one + d.cases_other, 0);
	cr_assert_eq(d.len, 2);
	cr_assert_str_eq(d.rows[0].workflow, "household");
	cr_assert_eq(d.rows[0].n[DIFFERENCE_LATER], 3);
	cr_assert_eq(d.rows[1].same, 4);
	differences_done(&d);
	/* against itself nothing differs */
	assert_ok(rehearse_compare(now.r, now.r, LANG_EN, NULL, &d, &err), err);
	cr_assert_eq(d.same, 7);
	for (int k = 0; k < DIFFERENCE_KINDS; k++)
		cr_assert_eq(d.n[k], 0);
	differences_done(&d);
	done(&now);
	done(&draft);
}

ANJU_TEST(rehearse, what_only_one_has_is_told)
{
	struct stage with, without;
	struct differences d;
	anju_error err = {0};
	load(&with, DATA "packs");
	load(&without, DATA "packs");
	without.options.rosters_len = 0;
	without.options.script = NULL;
	run(&with);
	run(&without);
	assert_ok(rehearse_compare(with.r, without.r, LANG_EN, NULL, &d, &err), err);
	cr_assert_eq(d.cases_one, 3);
	cr_assert_eq(d.cases_other, 0);
	/* the same date, met on one side only */
	cr_assert_eq(d.n[DIFFERENCE_OUTCOME], 1);
	differences_done(&d);
	assert_ok(rehearse_compare(without.r, with.r, LANG_EN, NULL, &d, &err), err);
	cr_assert_eq(d.cases_other, 3);
	differences_done(&d);
	done(&with);
	done(&without);
}

ANJU_TEST(rehearse, what_cannot_be_used_is_an_error)
{
	struct stage s;
	struct rehearsal *r = NULL;
	anju_error err = {0};
	load(&s, DATA "packs");
	s.options.to = s.options.from - 1;
	assert_status(rehearse_run(&s.options, &r, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "rehearse.span");
	s.options.to = s.options.from;
	s.roster.mapping = "village";
	assert_status(rehearse_run(&s.options, &r, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "import.no_mapping");
	s.roster = (struct rehearse_roster){.file = DATA "acts.script.jsonl"};
	cr_assert_neq(rehearse_run(&s.options, &r, &err), ANJU_OK);
	s.roster = (struct rehearse_roster){.file = DATA "none.csv"};
	assert_status(rehearse_run(&s.options, &r, &err), ANJU_E_NOTFOUND);
	s.roster = (struct rehearse_roster){.file = DATA "roster.csv"};
	s.options.script = DATA "none";
	assert_status(rehearse_run(&s.options, &r, &err), ANJU_E_NOTFOUND);
	cr_assert_null(r);
	sandbox_world_done(&s.world);
}
