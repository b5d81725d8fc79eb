/**
 * Duties of units that begin by the calendar: each opens a case of its own for every unit concerned, exactly
 * once per period. How far each has come is a meta row written in the same transaction as the cases, and
 * the case's key is unique, so neither a crash nor a week's downtime loses or doubles one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "engine/impl.h"

static void meta_name(const struct obligation *o, char *out, size_t size)
{
	snprintf(out, size, "obligation/%s", o->id);
}

static anju_status fail_over(const struct obligation *o, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "engine.obligation_over", "%s has ended", o->id);
	anju_error_found(err, "%s", o->id);
	return ANJU_E_NOTFOUND;
}

/* The next day on which `o` begins, after the last one done; NOTFOUND when it has ended. */
static anju_status next_day(
	struct engine *e, const struct obligation *o, int32_t *ret, anju_error *err)
{
	char name[96];
	const char *text;
	meta_name(o, name, sizeof name);
	anju_status st = store_meta_get(e->options.store, name, &text, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	int32_t done = st == ANJU_OK ? (int32_t)strtol(text, NULL, 10) : o->start - 1;
	int32_t day = o->start;
	if (o->rrule != NULL) {
		st = recurrence_next(o->rrule, o->start, done, &day, err);
		if (st != ANJU_OK)
			return st;
	}
	bool over = day <= done || day > o->until;
	if (over)
		return fail_over(o, err);
	*ret = day;
	return ANJU_OK;
}

/* {year} {month} {unit} {region} in keys and string data. */
static char *expand(const char *template, const struct unit *unit, int32_t day)
{
	struct buf out = BUF_INIT;
	int y, m, d;
	civil_from_days(day, &y, &m, &d);
	char year[8], month[8];
	snprintf(year, sizeof year, "%04d", y);
	snprintf(month, sizeof month, "%02d", m);
	const struct {
		const char *name, *value;
	} known[] = {{"{year}", year}, {"{month}", month}, {"{unit}", unit->code},
		{"{region}", unit->region}};
	for (const char *p = template; *p != '\0';) {
		size_t i = 0;
		while (i < 4 && strncmp(p, known[i].name, strlen(known[i].name)) != 0)
			i++;
		if (i < 4) {
			buf_adds(&out, known[i].value);
			p += strlen(known[i].name);
		} else {
			buf_addc(&out, *p++);
		}
	}
	return buf_take(&out);
}

static json_t *expand_data(const json_t *data, const struct unit *unit, int32_t day)
{
	json_t *out = json_object();
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)data, name, v) {
		if (!json_is_string(v)) {
			json_object_set(out, name, v);
			continue;
		}
		char *text = expand(json_string_value(v), unit, day);
		json_object_set_new(out, name, text != NULL ? json_string(text) : NULL);
		free(text);
	}
	return out;
}

static anju_status open_for(struct engine *e, const struct obligation *o, const struct unit *unit,
	int32_t day, anju_error *err)
{
	ANJU_AUTO_MEM char *key = expand(o->key, unit, day);
	ANJU_AUTO_JSON *data = expand_data(o->data, unit, day);
	if (key == NULL || data == NULL)
		return anju_fail_nomem(err);
	anju_status st = engine_open_system(e, o->workflow, key, data, NULL, 0, err);
	if (st == ANJU_E_EXISTS)
		return ANJU_OK;
	return st == ANJU_OK ? st : anju_wrap(err, st, "obligation %s for %s", o->id, unit->code);
}

static anju_status begin(struct engine *e, const struct obligation *o, int32_t day, anju_error *err)
{
	const struct org *org = e->env.org;
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < org_count(org) && st == ANJU_OK; i++) {
		const struct unit *u = org_at(org, i);
		if (strcmp(u->kind, o->unit_kind) == 0 && strcmp(u->level, o->unit_level) == 0)
			st = open_for(e, o, u, day, err);
	}
	if (st != ANJU_OK)
		return st;
	char name[96], text[16];
	meta_name(o, name, sizeof name);
	snprintf(text, sizeof text, "%d", day);
	return store_meta_put(e->options.store, name, text, err);
}

anju_status engine_obligations_init(struct engine *e, anju_error *err)
{
	e->next_obligation_ms = DUTY_NEVER;
	if (e->options.no_obligations)
		return ANJU_OK;
	for (size_t i = 0; i < pack_set_obligation_count(e->options.packs); i++) {
		int32_t day = 0;
		anju_status st =
			next_day(e, pack_set_obligation_at(e->options.packs, i), &day, err);
		if (st == ANJU_OK && timestamp_of_day(day) < e->next_obligation_ms)
			e->next_obligation_ms = timestamp_of_day(day);
		if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
			return st;
	}
	return ANJU_OK;
}

/* One that cannot begin must not hold up the others, nor be forgotten: it is tried again in an hour. */
#define RETRY_MS INT64_C(3600000)

static anju_status begin_guarded(struct engine *e, const struct obligation *o, int32_t day,
	bool *ret_failed, anju_error *err)
{
	anju_error why = {0};
	anju_status st = store_savepoint(e->options.store, err);
	if (st != ANJU_OK)
		return st;
	*ret_failed = begin(e, o, day, &why) != ANJU_OK;
	engine_untouch(e, *ret_failed);
	if (!*ret_failed)
		return store_release(e->options.store, err);
	store_rollback_to(e->options.store);
	log_error("engine", "obligation_put_off", &why);
	return ANJU_OK;
}

anju_status engine_obligations(struct engine *e, int64_t now, anju_error *err)
{
	bool any_failed = false;
	for (size_t i = 0; i < pack_set_obligation_count(e->options.packs); i++) {
		const struct obligation *o = pack_set_obligation_at(e->options.packs, i);
		bool failed = false;
		int32_t day = 0;
		anju_status st = next_day(e, o, &day, err);
		while (st == ANJU_OK && timestamp_of_day(day) <= now && !failed) {
			st = begin_guarded(e, o, day, &failed, err);
			if (st == ANJU_OK && !failed)
				st = next_day(e, o, &day, err);
		}
		any_failed = any_failed || failed;
		if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
			return st;
	}
	anju_status st = engine_obligations_init(e, err);
	if (any_failed && e->next_obligation_ms < now + RETRY_MS)
		e->next_obligation_ms = now + RETRY_MS;
	return st;
}
