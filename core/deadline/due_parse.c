/** From JSON to a due rule. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "deadline/due_rule.h"

#define ITEMS_MAX      16
#define PERIODS_MAX    1200
#define YEAR_SHIFT_MAX 50

#define ALLOWED_KINDS                                                                              \
	"on | after [from|of] | plan_year month [field] | field | half_month_end | month_end | "   \
	"quarter_end | year_end | festival | earliest | latest | local says"

/** Parsing state of one item. */
struct parse {
	const json_t *def;
	const struct json_at *at;
	const struct due_hooks *hooks;
	struct due_item *item;
	bool filling; /* within what a pack filled in */
};

static anju_status parse_items(const struct parse *up, const json_t *list, const struct json_at *at,
	bool choices, struct due_items *ret, anju_error *err);

static anju_status fail_due(
	const struct parse *p, const char *member, const char *allowed, anju_error *err)
{
	struct json_at here = JSON_AT_KEY(p->at, member);
	return json_fail_at(
		err, "deadline.due", &here, json_object_get(p->def, member), "%s", allowed);
}

/* A sound rule that this place has no use for. */
static anju_status fail_place(
	const struct parse *p, const char *member, const char *allowed, anju_error *err)
{
	struct json_at here = JSON_AT_KEY(p->at, member);
	return json_fail_at(
		err, "deadline.place", &here, json_object_get(p->def, member), "%s", allowed);
}

static anju_status copy(const char *text, char **ret, anju_error *err)
{
	*ret = strdup(text);
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

static anju_status check_field(const struct parse *p, const char *name, enum due_field_kind kind,
	const struct json_at *at, anju_error *err)
{
	return p->hooks->field != NULL ? p->hooks->field(p->hooks->ctx, name, kind, at, err)
				       : ANJU_OK;
}

static anju_status take_field(const struct parse *p, const char *member, const char *fallback,
	enum due_field_kind kind, anju_error *err)
{
	const char *name = fallback;
	anju_status st = json_opt_string(p->def, p->at, member, &name, err);
	if (st != ANJU_OK || name == NULL)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, member);
	if (name[0] == '\0')
		return fail_due(p, member, "@say.field_name", err);
	st = check_field(p, name, kind, &here, err);
	return st == ANJU_OK ? copy(name, &p->item->field, err) : st;
}

static anju_status take_int(const struct parse *p, const char *member, int32_t min, int32_t max,
	int32_t *ret, anju_error *err)
{
	const json_t *v = json_object_get(p->def, member);
	struct json_at here = JSON_AT_KEY(p->at, member);
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return json_fail_at(err, "deadline.due", &here, v, "%d – %d", min, max);
	*ret = (int32_t)json_integer_value(v);
	return ANJU_OK;
}

/* "of" and "at" */
static anju_status take_deadline(const struct parse *p, anju_error *err)
{
	const char *name = NULL, *at = NULL;
	anju_status st = json_opt_string(p->def, p->at, "of", &name, err);
	if (st == ANJU_OK)
		st = json_opt_string(p->def, p->at, "at", &at, err);
	if (st != ANJU_OK || (name == NULL && at == NULL))
		return st;
	if (at != NULL && (name == NULL || (strcmp(at, "due") != 0 && strcmp(at, "met") != 0)))
		return fail_due(p, "at", name == NULL ? "of" : "due | met", err);
	struct json_at here = JSON_AT_KEY(p->at, "of");
	if (p->hooks->deadline == NULL)
		return fail_place(p, "of", "from", err);
	st = p->hooks->deadline(p->hooks->ctx, name, &here, err);
	p->item->of_met = at != NULL && strcmp(at, "met") == 0;
	return st == ANJU_OK ? copy(name, &p->item->of, err) : st;
}

/* Where counting begins: "from" a field, or from another deadline. */
static anju_status take_anchor(const struct parse *p, anju_error *err)
{
	if (json_object_get(p->def, "from") != NULL && json_object_get(p->def, "of") != NULL)
		return fail_due(p, "of", "from | of", err);
	anju_status st = take_field(p, "from", NULL, DUE_FIELD_DATE, err);
	return st == ANJU_OK ? take_deadline(p, err) : st;
}

static anju_status parse_on(const struct parse *p, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_need_string(p->def, p->at, "on", &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "on");
	if (!date_parse_partial(text, &p->item->day))
		return json_fail_at(err, "calendar.date", &here, json_object_get(p->def, "on"),
			"YYYY-MM-DD | YYYY-MM | YYYY");
	return ANJU_OK;
}

static anju_status parse_after(const struct parse *p, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_need_string(p->def, p->at, "after", &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "after");
	const json_t *v = json_object_get(p->def, "after");
	if (duration_parse(text, false, &p->item->after, NULL) != ANJU_OK)
		return json_fail_at(err, "calendar.duration", &here, v, "10wd 30d 6mo 1y 12h");
	st = take_anchor(p, err);
	if (st != ANJU_OK)
		return st;
	/* A date has no hour to count from, and an instant no day before it. */
	bool days = p->item->field != NULL || p->item->of != NULL ||
		    json_object_get(p->def, "edge") != NULL;
	if (days && p->item->after.unit == DURATION_HOURS)
		return json_fail_at(err, "deadline.hours_from", &here, v, "10wd 30d 6mo 1y");
	return ANJU_OK;
}

static anju_status parse_plan_year(const struct parse *p, anju_error *err)
{
	anju_status st =
		take_int(p, "plan_year", -YEAR_SHIFT_MAX, YEAR_SHIFT_MAX, &p->item->count, err);
	if (st == ANJU_OK)
		st = take_int(p, "month", 1, 12, &p->item->month, err);
	if (st == ANJU_OK)
		st = take_field(p, "field", "plan_year", DUE_FIELD_INT, err);
	return st;
}

static anju_status parse_field(const struct parse *p, anju_error *err)
{
	const char *name = NULL;
	anju_status st = json_need_string(p->def, p->at, "field", &name, err);
	return st == ANJU_OK ? take_field(p, "field", NULL, DUE_FIELD_DATE, err) : st;
}

static const struct {
	const char *member;
	enum period period;
} periods[] = {
	{"half_month_end", PERIOD_HALF_MONTH},
	{"month_end", PERIOD_MONTH},
	{"quarter_end", PERIOD_QUARTER},
	{"year_end", PERIOD_YEAR},
};

static anju_status parse_period_end(const struct parse *p, anju_error *err)
{
	size_t i = 0;
	while (json_object_get(p->def, periods[i].member) == NULL)
		i++;
	p->item->period = periods[i].period;
	anju_status st = take_int(p, periods[i].member, 0, PERIODS_MAX, &p->item->count, err);
	return st == ANJU_OK ? take_anchor(p, err) : st;
}

static anju_status parse_festival(const struct parse *p, anju_error *err)
{
	const char *name = NULL, *offset = "0d";
	anju_status st = json_need_string(p->def, p->at, "festival", &name, err);
	if (st == ANJU_OK && !festival_parse(name, &p->item->festival))
		return fail_due(p, "festival", FESTIVAL_NAMES, err);
	if (st == ANJU_OK && json_object_get(p->def, "year") != NULL)
		st = take_int(p, "year", DATE_MIN_YEAR, DATE_MAX_YEAR, &p->item->year, err);
	if (st == ANJU_OK)
		st = json_opt_string(p->def, p->at, "offset", &offset, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "offset");
	if (duration_parse(offset, true, &p->item->after, NULL) != ANJU_OK ||
		p->item->after.unit == DURATION_HOURS)
		return json_fail_at(err, "calendar.duration", &here,
			json_object_get(p->def, "offset"), "-15d +10wd 1mo");
	return ANJU_OK;
}

static anju_status parse_pick(const struct parse *p, anju_error *err)
{
	const char *member = p->item->kind == DUE_EARLIEST ? "earliest" : "latest";
	const json_t *list = json_object_get(p->def, member);
	struct json_at here = JSON_AT_KEY(p->at, member);
	if (!json_is_array(list))
		return json_fail_at(err, "json.type", &here, list, "@say.array");
	return parse_items(p, list, &here, false, &p->item->sub, err);
}

bool due_local_id_ok(const char *id)
{
	static const char form[] = "AA-A-99";
	for (size_t i = 0; i < sizeof form - 1; i++) {
		bool upper = id[i] >= 'A' && id[i] <= 'Z', digit = id[i] >= '0' && id[i] <= '9';
		if (form[i] == 'A' ? !upper : form[i] == '9' ? !digit : id[i] != form[i])
			return false;
	}
	const char *name = id + sizeof form - 1;
	if (*name == '\0')
		return true;
	size_t n = strspn(name + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return *name == '.' && name[1] >= 'a' && name[1] <= 'z' && n < 32 && name[n + 1] == '\0';
}

static anju_status check_label(const struct parse *p, const char *member, anju_error *err)
{
	static const char *const langs[] = {"zh", "en", NULL};
	json_t *label = NULL;
	anju_status st = json_need_object(p->def, p->at, member, &label, err);
	struct json_at here = JSON_AT_KEY(p->at, member);
	if (st == ANJU_OK)
		st = json_only(label, &here, langs, err);
	for (int i = 0; i < 2 && st == ANJU_OK; i++) {
		const char *text = NULL;
		struct json_at lang_at = JSON_AT_KEY(&here, langs[i]);
		st = json_need_string(label, &here, langs[i], &text, err);
		if (st == ANJU_OK && text[0] == '\0')
			return json_fail_at(err, "deadline.due", &lang_at,
				json_object_get(label, langs[i]), "@say.text");
	}
	return st;
}

/* What is filled in is read in the blank's place, as if it stood there: its conditions and fields are the case's. */
static anju_status parse_local(const struct parse *p, anju_error *err)
{
	const char *id = NULL;
	const json_t *fill = NULL;
	const struct json_at *fill_at = NULL;
	anju_status st = json_need_string(p->def, p->at, "local", &id, err);
	if (st == ANJU_OK)
		st = check_label(p, "says", err);
	if (st != ANJU_OK)
		return st;
	if (!due_local_id_ok(id))
		return fail_due(p, "local", "GX-D-20, GX-D-20.visit", err);
	if (p->filling)
		return fail_place(p, "local", "@say.due_filled", err);
	st = copy(id, &p->item->local, err);
	if (st == ANJU_OK && p->hooks->local != NULL)
		st = p->hooks->local(p->hooks->ctx, id, json_object_get(p->def, "says"), p->at,
			&fill, &fill_at, err);
	if (st != ANJU_OK || fill == NULL)
		return st;
	struct parse inner = *p;
	inner.filling = true;
	return parse_items(&inner, fill, fill_at, true, &p->item->sub, err);
}

static anju_status parse_obligation(const struct parse *p, anju_error *err)
{
	const char *text = NULL;
	struct json_at here = JSON_AT_KEY(p->at, "obligation");
	anju_status st = json_need_string(p->def, p->at, "obligation", &text, err);
	if (st == ANJU_OK && strcmp(text, "due") != 0)
		return fail_due(p, "obligation", "due", err);
	if (st == ANJU_OK && (!p->hooks->obligation || p->filling))
		return fail_place(p, "obligation", "@say.due_filled", err);
	if (st == ANJU_OK)
		st = check_field(p, DUE_OBLIGATION_FIELD, DUE_FIELD_STRING, &here, err);
	if (st == ANJU_OK)
		st = check_field(p, DUE_BEGUN_FIELD, DUE_FIELD_DATE, &here, err);
	return st;
}

/* In the order in which they are looked for: "field" last, for a plan year may name one as well. */
static const struct {
	const char *member;
	anju_status (*parse)(const struct parse *p, anju_error *err);
	enum due_kind kind;
	const char *members[5]; /* besides those that any rule may have */
} kinds[] = {
	{"on", parse_on, DUE_ON, {"on"}},
	{"after", parse_after, DUE_AFTER, {"after", "from", "of", "at"}},
	{"plan_year", parse_plan_year, DUE_PLAN_YEAR, {"plan_year", "month", "field"}},
	{"half_month_end", parse_period_end, DUE_PERIOD_END,
		{"half_month_end", "from", "of", "at"}},
	{"month_end", parse_period_end, DUE_PERIOD_END, {"month_end", "from", "of", "at"}},
	{"quarter_end", parse_period_end, DUE_PERIOD_END, {"quarter_end", "from", "of", "at"}},
	{"year_end", parse_period_end, DUE_PERIOD_END, {"year_end", "from", "of", "at"}},
	{"festival", parse_festival, DUE_FESTIVAL, {"festival", "year", "offset"}},
	{"earliest", parse_pick, DUE_EARLIEST, {"earliest"}},
	{"latest", parse_pick, DUE_LATEST, {"latest"}},
	{"local", parse_local, DUE_LOCAL, {"local", "says"}},
	{"obligation", parse_obligation, DUE_OBLIGATION, {"obligation"}},
	{"field", parse_field, DUE_FIELD, {"field"}},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

static anju_status parse_when(const struct parse *p, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_opt_string(p->def, p->at, "when", &text, err);
	if (st != ANJU_OK || text == NULL)
		return st;
	struct json_at here = JSON_AT_KEY(p->at, "when");
	if (p->hooks->compile == NULL)
		return json_fail_at(err, "deadline.condition", &here,
			json_object_get(p->def, "when"), ALLOWED_KINDS);
	void *cond = NULL;
	st = p->hooks->compile(p->hooks->ctx, text, &here, &cond, err);
	if (st == ANJU_OK)
		p->item->cond = cond;
	return st;
}

anju_status due_shift_parse(const json_t *def, const struct json_at *at, int *ret, anju_error *err)
{
	const char *text = NULL;
	anju_status st = json_opt_string(def, at, "shift", &text, err);
	if (st != ANJU_OK)
		return st;
	struct json_at here = JSON_AT_KEY(at, "shift");
	bool next = text != NULL && strcmp(text, "next_workday") == 0;
	bool previous = text != NULL && strcmp(text, "previous_workday") == 0;
	if (text != NULL && !next && !previous)
		return json_fail_at(err, "deadline.due", &here, json_object_get(def, "shift"),
			"next_workday | previous_workday");
	*ret = next ? 1 : previous ? -1 : 0;
	return ANJU_OK;
}

static anju_status parse_edge(const struct parse *p, anju_error *err)
{
	const char *edge = NULL;
	anju_status st = json_opt_string(p->def, p->at, "edge", &edge, err);
	if (st == ANJU_OK && edge != NULL && strcmp(edge, "inclusive") != 0 &&
		strcmp(edge, "exclusive") != 0)
		return fail_due(p, "edge", "inclusive | exclusive", err);
	/* whoever decides an unclear edge says how it was read */
	if (st == ANJU_OK && (edge != NULL || json_object_get(p->def, "reading") != NULL))
		st = check_label(p, "reading", err);
	p->item->exclusive = st == ANJU_OK && edge != NULL && strcmp(edge, "exclusive") == 0;
	return st;
}

static anju_status check_members(const struct parse *p, size_t kind, anju_error *err)
{
	const char *known[10] = {"when", "edge", "reading", "shift"};
	size_t n = 4;
	for (size_t i = 0; kinds[kind].members[i] != NULL; i++)
		known[n++] = kinds[kind].members[i];
	return json_only(p->def, p->at, known, err);
}

static anju_status parse_item(const struct parse *p, anju_error *err)
{
	if (!json_is_object(p->def))
		return json_fail_at(err, "json.type", p->at, p->def, "@say.object");
	size_t k = 0;
	while (k < KINDS && json_object_get(p->def, kinds[k].member) == NULL)
		k++;
	if (k == KINDS)
		return json_fail_at(err, "deadline.due", p->at, p->def, ALLOWED_KINDS);
	p->item->kind = kinds[k].kind;
	anju_status st = check_members(p, k, err);
	if (st == ANJU_OK)
		st = kinds[k].parse(p, err);
	if (st == ANJU_OK)
		st = parse_edge(p, err);
	if (st == ANJU_OK)
		st = due_shift_parse(p->def, p->at, &p->item->shift, err);
	return st == ANJU_OK ? parse_when(p, err) : st;
}

/* A rule by itself or a list; of choices, one without a condition can only be the last. */
static anju_status parse_items(const struct parse *up, const json_t *list, const struct json_at *at,
	bool choices, struct due_items *ret, anju_error *err)
{
	bool many = json_is_array(list);
	size_t len = many ? json_array_size(list) : 1;
	if (len == 0 || len > ITEMS_MAX)
		return json_fail_at(err, "deadline.due", at, list, "@say.items|1 – %d", ITEMS_MAX);
	ret->at = calloc(len, sizeof *ret->at);
	if (ret->at == NULL)
		return anju_fail_nomem(err);
	for (size_t i = 0; i < len; i++) {
		struct json_at item_at = JSON_AT_INDEX(at, i);
		struct parse p = *up;
		p.def = many ? json_array_get(list, i) : list;
		p.at = many ? &item_at : at;
		p.item = &ret->at[i];
		ret->len = i + 1; /* before parsing, so that a failure frees what the item got */
		anju_status st = parse_item(&p, err);
		if (st != ANJU_OK)
			return st;
		if (choices && p.item->cond == NULL && i + 1 < len)
			return json_fail_at(err, "deadline.unreachable", p.at, p.def, "\"when\"");
	}
	return ANJU_OK;
}

anju_status due_rule_parse(const json_t *def, const struct json_at *at,
	const struct due_hooks *hooks, struct due_rule **ret, anju_error *err)
{
	static const struct due_hooks none = {0};
	ANJU_AUTO(due_rule) rule = calloc(1, sizeof *rule);
	if (rule == NULL)
		return anju_fail_nomem(err);
	struct parse p = {.hooks = hooks != NULL ? hooks : &none};
	p.filling = p.hooks->filling;
	rule->release = p.hooks->release;
	anju_status st = parse_items(&p, def, at, true, &rule->items, err);
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(rule);
	return st;
}
