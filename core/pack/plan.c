#include "pack/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"

/* --- when --- */

static anju_status over(const struct obligation *o, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "engine.obligation_over", "%s has ended", o->id);
	anju_error_found(err, "%s", o->id);
	return ANJU_E_NOTFOUND;
}

anju_status plan_next(const struct obligation *o, const struct calendar *cal, int32_t done,
	struct plan_period *ret, anju_error *err)
{
	bool blank = o->blank != NULL && o->rrule == NULL;
	if (o->triggered || blank || (o->rrule == NULL && done != PLAN_NONE))
		return over(o, err);
	int32_t day = o->start;
	if (o->rrule != NULL) {
		int32_t after = done < o->start - 1 ? o->start - 1 : done;
		anju_status st = recurrence_next(o->rrule, o->start, after, &day, err);
		if (st != ANJU_OK)
			return st;
	}
	if (day > o->until)
		return over(o, err);
	*ret = (struct plan_period){.day = day, .begins = calendar_shift(cal, day, o->shift)};
	return ANJU_OK;
}

/* --- templates --- */

enum hole { YEAR, MONTH, DAY, HALF, QUARTER, WEEK, DATE, UNIT, REGION, HOLES };
static const char *const holes[HOLES] = {"{year}", "{month}", "{day}", "{half}", "{quarter}",
	"{week}", "{date}", "{unit}", "{region}"};

static enum hole hole_at(const char *text)
{
	int i = 0;
	while (i < HOLES && strncmp(text, holes[i], strlen(holes[i])) != 0)
		i++;
	return (enum hole)i;
}

/* ISO 8601: the week belongs to the year that its Thursday is in. */
static void add_week(int32_t day, struct buf *out)
{
	int32_t weekday = ((day + 3) % 7 + 7) % 7; /* Monday is 0 */
	int year, month, dom;
	int32_t thursday = day - weekday + 3;
	civil_from_days(thursday, &year, &month, &dom);
	buf_addf(out, "%04d-W%02d", year, (int)((thursday - civil_to_days(year, 1, 1)) / 7 + 1));
}

static void fill_hole(enum hole hole, const struct obliged *whom, int32_t day, struct buf *out)
{
	int year, month, dom;
	char date[16];
	civil_from_days(day, &year, &month, &dom);
	switch (hole) {
	case YEAR:
		buf_addf(out, "%04d", year);
		break;
	case MONTH:
		buf_addf(out, "%02d", month);
		break;
	case DAY:
		buf_addf(out, "%02d", dom);
		break;
	case HALF:
		buf_addf(out, "%d", dom <= 15 ? 1 : 2);
		break;
	case QUARTER:
		buf_addf(out, "%d", (month + 2) / 3);
		break;
	case WEEK:
		add_week(day, out);
		break;
	case DATE:
		buf_adds(out, date_format(day, date));
		break;
	case UNIT:
		buf_adds(out, whom->owner->code);
		break;
	case REGION:
		buf_adds(out, whom->region);
		break;
	case HOLES:
		break;
	}
}

void plan_fill(const char *text, const struct obliged *whom, int32_t day, struct buf *out)
{
	while (*text != '\0') {
		enum hole hole = hole_at(text);
		if (hole == HOLES) {
			buf_addc(out, *text++);
			continue;
		}
		fill_hole(hole, whom, day, out);
		text += strlen(holes[hole]);
	}
}

bool plan_placeholders_ok(const char *text)
{
	for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{')) {
		if (hole_at(p) == HOLES)
			return false;
	}
	return true;
}

bool plan_names_period(const char *text)
{
	return strstr(text, holes[YEAR]) != NULL || strstr(text, holes[WEEK]) != NULL ||
	       strstr(text, holes[DATE]) != NULL;
}

char *plan_key(const struct obligation *o, const struct obliged *whom, int32_t day)
{
	struct buf out = BUF_INIT;
	plan_fill(o->key, whom, day, &out);
	return buf_take(&out);
}

/* --- data --- */

static const struct {
	const char *name;
	enum field_type type;
} plan_fields[PLAN_FIELDS] = {
	[PLAN_OBLIGATION] = {"obligation", FIELD_STRING},
	[PLAN_BEGUN_ON] = {"begun_on", FIELD_DATE},
	[PLAN_CAUGHT_UP] = {"caught_up", FIELD_BOOL},
	[PLAN_OWNER] = {"owner", FIELD_UNIT},
	[PLAN_SUBJECT] = {"subject", FIELD_STRING},
};

const char *plan_field_name(enum plan_field field)
{
	return plan_fields[field].name;
}

bool plan_fills(const struct obligation *o, const struct workflow *wf, enum plan_field field)
{
	const struct field *f = workflow_field(wf, plan_fields[field].name);
	return f != NULL && f->type == plan_fields[field].type &&
	       json_object_get(o->data, f->name) == NULL;
}

bool plan_names(const struct obligation *o, const struct workflow *wf, const char *name)
{
	for (int i = 0; i < PLAN_FIELDS; i++) {
		if (strcmp(plan_fields[i].name, name) == 0)
			return plan_fills(o, wf, (enum plan_field)i);
	}
	const struct field *f = workflow_field(wf, name);
	return o->triggered && strcmp(name, PLAN_REF) == 0 && f != NULL && f->type == FIELD_STRING;
}

static json_t *filled_string(const char *text, const struct obliged *whom, int32_t day)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	plan_fill(text, whom, day, &out);
	return out.failed ? NULL : json_string(out.data != NULL ? out.data : "");
}

static json_t *filled(const json_t *v, const struct obliged *whom, int32_t day)
{
	return json_is_string(v) ? filled_string(json_string_value(v), whom, day)
				 : json_incref((json_t *)v);
}

static json_t *value_of(enum plan_field field, const struct obligation *o,
	const struct obliged *whom, const struct plan_period *period, bool caught_up)
{
	char date[16];
	switch (field) {
	case PLAN_OBLIGATION:
		return json_string(o->id);
	case PLAN_BEGUN_ON:
		return json_string(date_format(period->begins, date));
	case PLAN_CAUGHT_UP:
		return json_boolean(caught_up);
	case PLAN_OWNER:
		return json_string(whom->owner->code);
	case PLAN_SUBJECT:
		return json_sprintf("%s / %s", o->title.text[LANG_ZH], o->title.text[LANG_EN]);
	case PLAN_FIELDS:
		break;
	}
	return NULL;
}

json_t *plan_data(const struct obligation *o, const struct workflow *wf, const struct obliged *whom,
	const struct plan_period *period, bool caught_up)
{
	ANJU_AUTO_JSON *out = json_object();
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)o->data, name, v) {
		if (json_object_set_new(out, name, filled(v, whom, period->day)) != 0)
			return NULL;
	}
	for (int i = 0; i < PLAN_FIELDS; i++) {
		if (!plan_fills(o, wf, (enum plan_field)i))
			continue;
		v = value_of((enum plan_field)i, o, whom, period, caught_up);
		if (json_object_set_new(out, plan_fields[i].name, v) != 0)
			return NULL;
	}
	return ANJU_TAKE(out);
}

/* --- due --- */

static anju_status no_date(const char *field, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "deadline.no_date", "no date in %s", field);
	anju_error_found(err, "%s", field);
	return ANJU_E_NOTFOUND;
}

static anju_status data_date(void *ctx, const char *field, int32_t *ret_day, anju_error *err)
{
	const char *text = json_string_value(json_object_get(ctx, field));
	return text != NULL ? date_parse(text, ret_day, err) : no_date(field, err);
}

static anju_status data_integer(void *ctx, const char *field, int64_t *ret, anju_error *err)
{
	const json_t *v = json_object_get(ctx, field);
	if (!json_is_integer(v))
		return no_date(field, err);
	*ret = json_integer_value(v);
	return ANJU_OK;
}

anju_status plan_due(const struct obligation *o, const struct calendar *cal, int32_t begins,
	const json_t *data, struct due *ret, anju_error *err)
{
	const char *given = json_string_value(json_object_get(data, "due_on"));
	int32_t day;
	if (given != NULL && date_parse(given, &day, NULL) == ANJU_OK) {
		*ret = (struct due){.day = day, .due_ms = timestamp_of_day(day + 1)};
		return ANJU_OK;
	}
	if (o->due == NULL)
		return no_date("due", err);
	struct due_inputs in = {
		.effective_ms = timestamp_of_day(begins),
		.ctx = (void *)data,
		.date = data_date,
		.integer = data_integer,
	};
	return due_compute(o->due, cal, &in, ret, err);
}

/* --- who --- */

static const char *const parts[PLAN_PARTS] = {"lead", "responsible", "cooperating", "reviewer"};

const char *plan_part_name(enum plan_part part)
{
	return parts[part];
}

struct found {
	const struct unit **units;
	size_t len, max;
};

static void found_add(struct found *found, const struct unit *u)
{
	for (size_t i = 0; i < found->len; i++) {
		if (found->units[i] == u)
			return;
	}
	if (u != NULL && found->len < found->max)
		found->units[found->len++] = u;
}

static void found_roles(const struct org *org, const struct role_list *roles, const char *region,
	struct found *found)
{
	struct role_context context = {.region = region};
	for (size_t i = 0; i < roles->len; i++) {
		const struct unit *units[16];
		size_t n = role_resolve(org, &roles->roles[i], &context, units, 16);
		for (size_t k = 0; k < n; k++)
			found_add(found, units[k]);
	}
}

static void found_supervisors(const struct org *org, const struct obligation *o,
	const struct plan_place *place, struct found *found)
{
	const struct unit *leads[OBLIGATION_ROLES_MAX * 2];
	size_t n = plan_units(org, o, PLAN_LEAD, place, leads, OBLIGATION_ROLES_MAX * 2);
	for (size_t i = 0; i < n; i++)
		found_add(found, org_supervisor(org, leads[i]));
}

size_t plan_units(const struct org *org, const struct obligation *o, enum plan_part part,
	const struct plan_place *place, const struct unit **ret, size_t max)
{
	static const struct role_list none = {0};
	const struct role_list *lists[PLAN_PARTS] = {&none, &none, &none, &none};
	struct found found = {.units = ret, .max = max};
	if (o != NULL) {
		lists[PLAN_LEAD] = &o->lead;
		lists[PLAN_RESPONSIBLE] = &o->responsible;
		lists[PLAN_COOPERATING] = &o->cooperating;
		lists[PLAN_REVIEWER] = &o->reviewer;
	}
	if (lists[part]->len > 0) {
		found_roles(org, lists[part], place->region, &found);
		return found.len;
	}
	switch (part) {
	case PLAN_LEAD:
		if (place->owner != NULL)
			found_add(&found, org_unit(org, place->owner));
		break;
	case PLAN_RESPONSIBLE:
		return plan_units(org, o, PLAN_LEAD, place, ret, max);
	case PLAN_REVIEWER:
		if (place->reviewer != NULL)
			found_add(&found, org_unit(org, place->reviewer));
		else
			found_supervisors(org, o, place, &found);
		break;
	case PLAN_COOPERATING:
	case PLAN_PARTS:
		break;
	}
	return found.len;
}

static struct plan_said said_by_json(const json_t *data)
{
	return (struct plan_said){.obligation = json_string_value(
					  json_object_get(data, plan_fields[PLAN_OBLIGATION].name)),
		.owner = json_string_value(json_object_get(data, plan_fields[PLAN_OWNER].name)),
		.reviewer = json_string_value(json_object_get(data, parts[PLAN_REVIEWER]))};
}

struct plan_said plan_said_by(const struct workflow *wf, const struct values *values)
{
	return (struct plan_said){
		.obligation = values_text(wf, values, plan_fields[PLAN_OBLIGATION].name),
		.owner = values_text(wf, values, plan_fields[PLAN_OWNER].name),
		.reviewer = values_text(wf, values, parts[PLAN_REVIEWER])};
}

const struct obligation *plan_said_obligation(
	const struct workflow *wf, const struct plan_said *said)
{
	return said->obligation != NULL && wf->set != NULL
		       ? pack_set_obligation(wf->set, said->obligation)
		       : NULL;
}

const struct obligation *plan_of_case(const struct workflow *wf, const json_t *data)
{
	const struct plan_said said = said_by_json(data);
	return plan_said_obligation(wf, &said);
}

size_t plan_said_units(const struct workflow *wf, const char *region, const struct plan_said *said,
	const char *part, const struct unit **ret, size_t max)
{
	const struct plan_place place = {
		.region = region, .owner = said->owner, .reviewer = said->reviewer};
	int i = 0;
	while (i < PLAN_PARTS && strcmp(parts[i], part) != 0)
		i++;
	if (i == PLAN_PARTS || wf->set == NULL)
		return 0;
	return plan_units(pack_set_org(wf->set), plan_said_obligation(wf, said), (enum plan_part)i,
		&place, ret, max);
}

size_t plan_case_units(const struct workflow *wf, const char *region, const json_t *data,
	const char *part, const struct unit **ret, size_t max)
{
	const struct plan_said said = said_by_json(data);
	return plan_said_units(wf, region, &said, part, ret, max);
}
