/* Agendas, read back by libical; and the folder that keeps them. */
#include <dirent.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agenda/agenda.h"
#include "base/timestamp.h"
#include "unit/support.h"

#define LAND "610322.land"
#define TOWN "610322101.town"
#define DAY  20828 /* 2027-01-10 */

struct rig {
	char folder[64];
	struct pack_set *packs;
	struct store *store;
	struct store_reader *reader;
	struct agenda_options options;
	anju_error err;
	int64_t case_id;
};

static void rig_open(struct rig *r)
{
	*r = (struct rig){0};
	snprintf(r->folder, sizeof r->folder, "/tmp/anju-agenda-XXXXXX");
	cr_assert_not_null(mkdtemp(r->folder));
	struct pack_options po = {.dir = TEST_DATA "/calendar"};
	assert_ok(pack_load(&po, &r->packs, &r->err), r->err);
	struct store_options so = {.folder = r->folder, .scratch = true};
	assert_ok(store_open(&so, &r->store, &r->err), r->err);
	assert_ok(store_begin(r->store, &r->err), r->err);
	struct store_case row = {.workflow = "matter",
		.key = "A,1;\\b",
		.hash = "00",
		.region = "610322",
		.phase = "agree",
		.state = "received",
		.data = "{}",
		.meta = "{}",
		.opened_ms = timestamp_of_day(DAY - 9),
		.updated_ms = timestamp_of_day(DAY - 5)};
	assert_ok(store_case_insert(r->store, &row, &r->case_id, &r->err), r->err);
	assert_ok(store_commit(r->store, &r->err), r->err);
	assert_ok(store_reader_open(r->folder, &r->reader, &r->err), r->err);
	r->options = (struct agenda_options){.packs = r->packs,
		.unit = LAND,
		.from = INT32_MIN,
		.to = INT32_MAX,
		.now_ms = timestamp_of_day(DAY),
		.lang = LANG_EN};
}

static void rig_done(struct rig *r)
{
	char cmd[128];
	store_reader_free(r->reader);
	store_free(r->store);
	pack_set_free(r->packs);
	snprintf(cmd, sizeof cmd, "rm -rf %s", r->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: test clean-up of its own folder */
}

static struct store_deadline row_of(const struct rig *r, const char *name, int32_t day)
{
	return (struct store_deadline){.case_id = r->case_id,
		.name = name,
		.armed_ms = timestamp_of_day(DAY - 9),
		.due_day = day,
		.due_ms = timestamp_of_day(day + 1),
		.next_ms = INT64_MAX,
		.lead = LAND,
		.responsible = TOWN,
		.cooperating = ""};
}

static void put(struct rig *r, struct store_deadline *row)
{
	assert_ok(store_begin(r->store, &r->err), r->err);
	if (row->id == 0)
		assert_ok(store_deadline_insert(r->store, row, &row->id, &r->err), r->err);
	else
		assert_ok(store_deadline_update(r->store, row, &r->err), r->err);
	assert_ok(store_commit(r->store, &r->err), r->err);
}

/* The unit's file, parsed; *ret_text (may be NULL) is the caller's. */
static icalcomponent *made(struct rig *r, size_t events, char **ret_text)
{
	struct agenda *a = NULL;
	assert_ok(agenda_make(r->reader, &r->options, &a, &r->err), r->err);
	cr_assert_eq(a->len, 1);
	cr_assert_eq(a->units[0].events, events);
	icalcomponent *cal = icalcomponent_new_from_string(a->units[0].text.data);
	cr_assert_not_null(cal);
	cr_assert_eq(icalcomponent_count_errors(cal), 0);
	cr_assert_eq(icalcomponent_count_components(cal, ICAL_VEVENT_COMPONENT), (int)events);
	cr_assert_eq(icalcomponent_get_method(cal), ICAL_METHOD_PUBLISH);
	if (ret_text != NULL)
		*ret_text = strdup(a->units[0].text.data);
	agenda_free(a);
	return cal;
}

static icalcomponent *first(icalcomponent *cal)
{
	return icalcomponent_get_first_component(cal, ICAL_VEVENT_COMPONENT);
}

ANJU_TEST(agenda, an_event_says_when_what_and_whose)
{
	struct rig r;
	rig_open(&r);
	struct store_deadline d = row_of(&r, "answer", DAY);
	put(&r, &d);
	icalcomponent *cal = made(&r, 1, NULL), *event = first(cal);
	struct icaltimetype start = icalcomponent_get_dtstart(event),
			    end = icalcomponent_get_dtend(event);
	cr_assert(start.is_date);
	cr_assert_str_eq(icaltime_as_ical_string(start), "20270110");
	cr_assert_str_eq(icaltime_as_ical_string(end), "20270111");
	/* separators of the format in a key come back as they were */
	cr_assert_str_eq(icalcomponent_get_summary(event), "due: answer (Matter A,1;\\b)");
	cr_assert_not_null(strstr(icalcomponent_get_description(event), "lead: County land\n"));
	cr_assert_eq(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
	cr_assert_eq(icalcomponent_get_sequence(event), 0);
	cr_assert_eq(icalcomponent_count_components(event, ICAL_VALARM_COMPONENT), 1);
	icalcomponent_free(cal);
	rig_done(&r);
}

ANJU_TEST(agenda, what_moves_keeps_its_uid_and_counts_up)
{
	struct rig r;
	rig_open(&r);
	struct store_deadline d = row_of(&r, "answer", DAY);
	d.provisional = true;
	put(&r, &d);
	char *uid = NULL;
	int before = -1;
	static const struct {
		int32_t day;
		bool provisional, suspended;
		enum store_deadline_status status;
		icalproperty_status shown;
	} steps[] = {
		{DAY, true, false, STORE_DEADLINE_OPEN, ICAL_STATUS_TENTATIVE},
		{DAY, false, false, STORE_DEADLINE_OPEN, ICAL_STATUS_CONFIRMED},
		{DAY + 1, false, false, STORE_DEADLINE_OPEN, ICAL_STATUS_CONFIRMED},
		{DAY + 1, false, true, STORE_DEADLINE_OPEN, ICAL_STATUS_TENTATIVE},
		{DAY + 9, false, false, STORE_DEADLINE_OPEN, ICAL_STATUS_CONFIRMED},
		{DAY + 9, false, false, STORE_DEADLINE_MET, ICAL_STATUS_CANCELLED},
		{DAY + 9, false, false, STORE_DEADLINE_OPEN, ICAL_STATUS_CONFIRMED},
		{DAY + 9, false, false, STORE_DEADLINE_WAIVED, ICAL_STATUS_CANCELLED},
	};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		d.due_day = steps[i].day;
		d.due_ms = timestamp_of_day(d.due_day + 1);
		d.provisional = steps[i].provisional;
		d.suspended = steps[i].suspended;
		d.status = steps[i].status;
		d.ended_ms = d.status != STORE_DEADLINE_OPEN ? timestamp_of_day(DAY - 1) : 0;
		put(&r, &d);
		icalcomponent *cal = made(&r, 1, NULL), *event = first(cal);
		cr_assert_gt(icalcomponent_get_sequence(event), before, "step %zu", i);
		before = icalcomponent_get_sequence(event);
		cr_assert_eq(icalcomponent_get_status(event), steps[i].shown, "step %zu", i);
		if (uid != NULL)
			cr_assert_str_eq(icalcomponent_get_uid(event), uid);
		free(uid);
		uid = strdup(icalcomponent_get_uid(event));
		icalcomponent_free(cal);
	}
	free(uid);
	rig_done(&r);
}

ANJU_TEST(agenda, only_what_is_asked_for)
{
	struct rig r;
	rig_open(&r);
	struct store_deadline near = row_of(&r, "answer", DAY), far = row_of(&r, "brief", DAY + 90),
			      undated = row_of(&r, "notice", 0), timer = row_of(&r, "t", DAY),
			      old = row_of(&r, "answer", DAY - 60);
	undated.due_ms = INT64_MAX;
	timer.timer = true;
	old.status = STORE_DEADLINE_MET;
	old.ended_ms = timestamp_of_day(DAY - 60);
	far.responsible = "";
	put(&r, &near);
	put(&r, &far);
	put(&r, &undated);
	put(&r, &timer);
	put(&r, &old);
	icalcomponent_free(made(&r, 2, NULL));
	r.options.to = DAY;
	icalcomponent_free(made(&r, 1, NULL));
	r.options.from = DAY + 1;
	icalcomponent_free(made(&r, 0, NULL));
	r.options = (struct agenda_options){.packs = r.packs,
		.unit = TOWN,
		.from = INT32_MIN,
		.to = INT32_MAX,
		.now_ms = timestamp_of_day(DAY)};
	char *text = NULL;
	icalcomponent_free(made(&r, 1, &text));
	cr_assert_not_null(strstr(text, "截止：答复"));
	cr_assert_not_null(strstr(text, "城关镇：期限"));
	for (const char *line = text; *line != '\0';) {
		size_t n = strcspn(line, "\r\n");
		cr_assert_leq(n, 75);
		cr_assert_eq(strncmp(line + n, "\r\n", 2), 0);
		line += n + 2;
	}
	free(text);
	rig_done(&r);
}

static ino_t inode(const char *folder, const char *unit, size_t *ret_size)
{
	struct stat st;
	char path[200];
	snprintf(path, sizeof path, "%s/%s.ics", folder, unit);
	if (stat(path, &st) != 0)
		return 0;
	cr_assert_eq(st.st_mode & 0777, 0644);
	*ret_size = (size_t)st.st_size;
	return st.st_ino;
}

ANJU_TEST(agenda, a_folder_is_written_where_it_changes)
{
	struct rig r;
	char folder[100];
	size_t written, size, empty;
	rig_open(&r);
	snprintf(folder, sizeof folder, "%s/ics", r.folder);
	umask(077);
	r.options.unit = NULL;
	struct store_deadline d = row_of(&r, "answer", DAY), e = row_of(&r, "brief", DAY);
	e.responsible = "";
	put(&r, &d);
	put(&r, &e);
	assert_ok(agenda_write_folder(r.reader, &r.options, folder, &written, &r.err), r.err);
	cr_assert_eq(written, 2);
	ino_t land = inode(folder, LAND, &size), town = inode(folder, TOWN, &size);
	assert_ok(agenda_write_folder(r.reader, &r.options, folder, &written, &r.err), r.err);
	cr_assert_eq(written, 0);
	e.due_day++;
	e.due_ms = timestamp_of_day(e.due_day + 1);
	put(&r, &e);
	assert_ok(agenda_write_folder(r.reader, &r.options, folder, &written, &r.err), r.err);
	cr_assert_eq(written, 1);
	cr_assert_neq(inode(folder, LAND, &size), land);
	cr_assert_eq(inode(folder, TOWN, &size), town);
	/* long over: subscribers see that nothing is left */
	d.status = STORE_DEADLINE_MET;
	d.ended_ms = timestamp_of_day(DAY - 1);
	put(&r, &d);
	r.options.now_ms = timestamp_of_day(DAY + 60);
	assert_ok(agenda_write_folder(r.reader, &r.options, folder, &written, &r.err), r.err);
	cr_assert_eq(written, 2);
	cr_assert_neq(inode(folder, TOWN, &empty), 0);
	cr_assert_lt(empty, size);
	rig_done(&r);
}

ANJU_TEST(agenda, a_folder_that_cannot_be_written_says_so)
{
	struct rig r;
	size_t written;
	rig_open(&r);
	r.options.unit = NULL;
	assert_status(
		agenda_write_folder(r.reader, &r.options, "/proc/nowhere/ics", &written, &r.err),
		ANJU_E_NOTFOUND);
	cr_assert_not_null(strstr(r.err.text, "/proc/nowhere/ics"));
	rig_done(&r);
}
