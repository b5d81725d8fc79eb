#include "agenda/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/timestamp.h"
#include "org/org.h"

#define NUMBER_MASK   0xfffff  /* a deadline's number within its case */
#define ALARM_BEFORE  "-PT15H" /* nine in the morning of the day before */
#define UID_HASH_ROOM 37

static const char *pick(enum lang lang, const char *zh, const char *en)
	__attribute__((format_arg(2))) __attribute__((format_arg(3)));
static const char *pick(enum lang lang, const char *zh, const char *en)
{
	return lang == LANG_EN ? en : zh;
}

/*
 * Which deadline it is, not where the daemon runs: restored on another machine it is still the same event. Two
 * counties in one calendar stay apart by the name of their pack. Form: RFC 9562, version 8.
 */
static void write_uid(const struct agenda_options *o, const struct store_deadline *d, char *out)
{
	char number[24], hex[HASH_HEX_CHARS];
	uint8_t digest[HASH_BYTES];
	const char *pack = pack_set_name(o->packs);
	snprintf(number, sizeof number, "%lld", (long long)(d->id & NUMBER_MASK));
	struct hash_part parts[] = {{.data = "anju-agenda", .len = 12},
		{.data = pack, .len = strlen(pack) + 1},
		{.data = d->workflow, .len = strlen(d->workflow) + 1},
		{.data = d->key, .len = strlen(d->key) + 1},
		{.data = number, .len = strlen(number)}};
	hash_sha256(parts, sizeof parts / sizeof parts[0], digest);
	digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x80);
	digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80);
	hash_hex(digest, hex);
	snprintf(out, UID_HASH_ROOM, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
		hex + 20);
}

/* --- words --- */

static const struct deadline_def *def_of(const struct workflow *wf, const struct store_deadline *d)
{
	for (size_t i = 0; wf != NULL && i < wf->deadlines_len; i++) {
		if (strcmp(wf->deadlines[i].name, d->name) == 0)
			return &wf->deadlines[i];
	}
	return NULL;
}

static const char *word(const struct label *label, enum lang lang, const char *fallback)
{
	const char *text = label != NULL ? label->text[lang] : NULL;
	return text != NULL ? text : fallback;
}

static void add_units(
	struct buf *out, const struct agenda_options *o, const char *title, const char *codes)
{
	if (codes[0] == '\0')
		return;
	buf_addf(out, "\n%s", title);
	for (bool first = true; *codes != '\0'; first = false) {
		char code[64];
		size_t n = strcspn(codes, " ");
		snprintf(code, sizeof code, "%.*s", (int)n, codes);
		const struct unit *u = org_unit(pack_set_org(o->packs), code);
		buf_addf(out, "%s%s", first ? "" : pick(o->lang, "、", ", "),
			u != NULL ? u->title[o->lang] : code);
		codes += n + (codes[n] == ' ');
	}
}

static void write_summary(
	const struct agenda_options *o, const struct store_deadline *d, struct buf *out)
{
	const struct workflow *wf = pack_set_workflow(o->packs, d->workflow);
	const struct deadline_def *def = def_of(wf, d);
	bool open = d->status == STORE_DEADLINE_OPEN;
	buf_addf(out, pick(o->lang, "%s：%s（%s %s）", "%s: %s (%s %s)"),
		open ? pick(o->lang, "截止", "due") : pick(o->lang, "已结", "over"),
		word(def != NULL ? &def->title : NULL, o->lang, d->name),
		word(wf != NULL ? &wf->title : NULL, o->lang, d->workflow), d->key);
	if (open && d->suspended)
		buf_adds(out, pick(o->lang, "〔中止〕", " [suspended]"));
	else if (open && d->provisional)
		buf_adds(out, pick(o->lang, "〔暂定〕", " [provisional]"));
}

static void write_description(
	const struct agenda_options *o, const struct store_deadline *d, struct buf *out)
{
	buf_addf(out, "anjuctl case get %s/%s", d->workflow, d->key);
	add_units(out, o, pick(o->lang, "牵头：", "lead: "), d->lead);
	add_units(out, o, pick(o->lang, "责任：", "responsible: "), d->responsible);
	add_units(out, o, pick(o->lang, "配合：", "cooperating: "), d->cooperating);
	if (d->status != STORE_DEADLINE_OPEN)
		return;
	if (d->suspended)
		buf_adds(out, pick(o->lang, "\n已中止，恢复后顺延。",
				      "\nSuspended; the date moves once it is resumed."));
	if (d->provisional)
		buf_adds(out, pick(o->lang, "\n暂定：该年尚无节假日通知，公布后可能改期。",
				      "\nProvisional: its year has no holiday notice yet, the date "
				      "may move."));
}

/* --- properties --- */

static void add(icalcomponent *to, icalproperty *p)
{
	if (p != NULL)
		icalcomponent_add_property(to, p);
}

static struct icaltimetype instant(int64_t ms)
{
	return icaltime_from_timet_with_zone(
		(time_t)(ms / 1000), 0, icaltimezone_get_utc_timezone());
}

static struct icaltimetype whole_day(int32_t day)
{
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	struct icaltimetype t = icaltime_null_date();
	t.year = y;
	t.month = m;
	t.day = d;
	return t;
}

static void add_alarm(icalcomponent *event, const char *summary)
{
	icalcomponent *alarm = icalcomponent_new(ICAL_VALARM_COMPONENT);
	struct icaltriggertype trigger = {.duration = icaldurationtype_from_string(ALARM_BEFORE)};
	if (alarm == NULL)
		return;
	add(alarm, icalproperty_new_action(ICAL_ACTION_DISPLAY));
	add(alarm, icalproperty_new_trigger(trigger));
	add(alarm, icalproperty_new_description(summary));
	icalcomponent_add_component(event, alarm);
}

static int64_t last_change(const struct agenda_row *row)
{
	const struct store_deadline *d = row->deadline;
	int64_t ms = d->armed_ms > row->moved_ms ? d->armed_ms : row->moved_ms;
	return d->status != STORE_DEADLINE_OPEN && d->ended_ms > ms ? d->ended_ms : ms;
}

static enum icalproperty_status status_of(const struct store_deadline *d)
{
	if (d->status != STORE_DEADLINE_OPEN)
		return ICAL_STATUS_CANCELLED;
	return d->provisional || d->suspended ? ICAL_STATUS_TENTATIVE : ICAL_STATUS_CONFIRMED;
}

static void fill(icalcomponent *event, const struct agenda_options *o, const struct agenda_row *row,
	const char *summary, const char *description)
{
	const struct store_deadline *d = row->deadline;
	char uid[UID_HASH_ROOM];
	bool open = d->status == STORE_DEADLINE_OPEN;
	write_uid(o, d, uid);
	add(event, icalproperty_new_uid(uid));
	/* as of the last change, so that a file stays the same while nothing changes */
	add(event, icalproperty_new_dtstamp(instant(last_change(row))));
	add(event, icalproperty_new_created(instant(d->armed_ms)));
	add(event, icalproperty_new_lastmodified(instant(last_change(row))));
	/* odd once it is over: opened again, `moved` has grown */
	add(event, icalproperty_new_sequence((int)(2 * row->moved + !open)));
	add(event, icalproperty_new_dtstart(whole_day(d->due_day)));
	add(event, icalproperty_new_dtend(whole_day(d->due_day + 1)));
	add(event, icalproperty_new_summary(summary));
	add(event, icalproperty_new_description(description));
	add(event, icalproperty_new_status(status_of(d)));
	add(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	if (open)
		add_alarm(event, summary);
}

bool event_write(
	const struct agenda_options *options, const struct agenda_row *row, struct buf *out)
{
	ANJU_AUTO_BUF summary = BUF_INIT, description = BUF_INIT;
	write_summary(options, row->deadline, &summary);
	write_description(options, row->deadline, &description);
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	if (event == NULL || summary.failed || description.failed) {
		if (event != NULL)
			icalcomponent_free(event);
		return false;
	}
	fill(event, options, row, summary.data, description.data);
	char *text = icalcomponent_as_ical_string_r(event);
	icalcomponent_free(event);
	if (text == NULL)
		return false;
	buf_adds(out, text);
	free(text);
	return !out->failed;
}
