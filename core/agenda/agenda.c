#include "agenda/agenda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agenda/event.h"
#include "base/error.h"
#include "base/timestamp.h"
#include "org/org.h"

#define CLOSING "END:VCALENDAR\r\n"

/* Asked for again so often: what clients of either family look at. */
#define REFRESH "PT30M"

static void add(icalcomponent *to, icalproperty *p)
{
	if (p != NULL)
		icalcomponent_add_property(to, p);
}

static void add_x(icalcomponent *to, const char *name, const char *value)
{
	icalproperty *p = icalproperty_new_x(value);
	if (p == NULL)
		return;
	icalproperty_set_x_name(p, name);
	icalcomponent_add_property(to, p);
}

/* Everything before the events. */
static bool open_file(const struct agenda_options *o, const char *code, struct buf *out)
{
	const struct unit *u = org_unit(pack_set_org(o->packs), code);
	ANJU_AUTO_BUF name = BUF_INIT;
	buf_addf(&name, o->lang == LANG_EN ? "%s: deadlines" : "%s：期限",
		u != NULL ? u->title[o->lang] : code);
	icalcomponent *cal = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	if (cal == NULL || name.failed) {
		if (cal != NULL)
			icalcomponent_free(cal);
		return false;
	}
	add(cal, icalproperty_new_prodid(
			 o->lang == LANG_EN ? "-//anju//anju//EN" : "-//anju//anju//ZH"));
	add(cal, icalproperty_new_version("2.0"));
	add(cal, icalproperty_new_calscale("GREGORIAN"));
	add(cal, icalproperty_new_method(ICAL_METHOD_PUBLISH));
	add_x(cal, "X-WR-CALNAME", name.data);
	add_x(cal, "X-PUBLISHED-TTL", REFRESH);
	char *text = icalcomponent_as_ical_string_r(cal);
	icalcomponent_free(cal);
	size_t n = text != NULL ? strlen(text) : 0, tail = strlen(CLOSING);
	bool whole = n > tail && strcmp(text + n - tail, CLOSING) == 0;
	if (whole)
		buf_add(out, text, n - tail);
	free(text);
	return whole && !out->failed;
}

anju_status agenda_empty(
	const struct agenda_options *options, const char *unit, struct buf *out, anju_error *err)
{
	if (!open_file(options, unit, out))
		return anju_fail_nomem(err);
	buf_adds(out, CLOSING);
	return out->failed ? anju_fail_nomem(err) : ANJU_OK;
}

/* --- the units' files --- */

struct making {
	const struct agenda_options *options;
	struct agenda *agenda;
	bool failed;
};

static struct agenda_unit *add_unit(struct making *m, const char *code)
{
	struct agenda *a = m->agenda;
	for (size_t i = 0; i < a->len; i++) {
		if (strcmp(a->units[i].code, code) == 0)
			return &a->units[i];
	}
	if (a->len == a->cap) {
		size_t cap = a->cap == 0 ? 16 : a->cap * 2;
		struct agenda_unit *p = realloc(a->units, cap * sizeof *p);
		if (p == NULL)
			return NULL;
		a->units = p;
		a->cap = cap;
	}
	struct agenda_unit *u = &a->units[a->len];
	*u = (struct agenda_unit){.text = BUF_INIT};
	snprintf(u->code, sizeof u->code, "%s", code);
	a->len++;
	return open_file(m->options, code, &u->text) ? u : NULL;
}

static bool has_word(const char *words, const char *word, size_t n)
{
	while (*words != '\0') {
		size_t k = strcspn(words, " ");
		if (k == n && memcmp(words, word, n) == 0)
			return true;
		words += k + (words[k] == ' ');
	}
	return false;
}

/* In the files of the units named in `codes`, but for those named before in `but` and `nor`. */
static bool add_for(struct making *m, const struct agenda_row *row, const char *codes,
	const char *but, const char *nor)
{
	const char *only = m->options->unit;
	for (size_t n; *codes != '\0'; codes += n + (codes[n] == ' ')) {
		char code[64];
		n = strcspn(codes, " ");
		snprintf(code, sizeof code, "%.*s", (int)n, codes);
		if ((only != NULL && strcmp(code, only) != 0) || has_word(but, codes, n) ||
			has_word(nor, codes, n))
			continue;
		struct agenda_unit *u = add_unit(m, code);
		if (u == NULL || !event_write(m->options, row, &u->text))
			return false;
		u->events++;
	}
	return true;
}

static bool add_row(void *ctx, const struct store_deadline *d, int64_t moved, int64_t moved_ms)
{
	struct making *m = ctx;
	const struct agenda_options *o = m->options;
	bool dated = d->due_ms > 0 && d->due_ms < INT64_MAX;
	if (!dated || d->due_day < o->from || d->due_day > o->to)
		return true;
	struct agenda_row row = {.deadline = d, .moved = moved, .moved_ms = moved_ms};
	m->failed = !add_for(m, &row, d->lead, "", "") ||
		    !add_for(m, &row, d->responsible, d->lead, "") ||
		    !add_for(m, &row, d->cooperating, d->lead, d->responsible);
	return !m->failed;
}

void agenda_free(struct agenda *agenda)
{
	if (agenda == NULL)
		return;
	for (size_t i = 0; i < agenda->len; i++)
		buf_done(&agenda->units[i].text);
	free(agenda->units);
	free(agenda);
}

static int by_code(const void *a, const void *b)
{
	const struct agenda_unit *x = a, *y = b;
	return strcmp(x->code, y->code);
}

anju_status agenda_make(struct store_reader *reader, const struct agenda_options *options,
	struct agenda **ret, anju_error *err)
{
	ANJU_AUTO(agenda) agenda = calloc(1, sizeof *agenda);
	if (agenda == NULL)
		return anju_fail_nomem(err);
	struct making m = {.options = options, .agenda = agenda};
	m.failed = options->unit != NULL && add_unit(&m, options->unit) == NULL;
	anju_status st = ANJU_OK;
	if (!m.failed)
		st = store_read_agenda(reader,
			options->now_ms - AGENDA_ENDED_DAYS * (int64_t)TIMESTAMP_DAY_MS, add_row,
			&m, err);
	for (size_t i = 0; i < agenda->len; i++) {
		buf_adds(&agenda->units[i].text, CLOSING);
		m.failed = m.failed || agenda->units[i].text.failed;
	}
	if (st == ANJU_OK && m.failed)
		st = anju_fail_nomem(err);
	if (st != ANJU_OK)
		return st;
	if (agenda->len > 0)
		qsort(agenda->units, agenda->len, sizeof *agenda->units, by_code);
	*ret = ANJU_TAKE(agenda);
	return ANJU_OK;
}
