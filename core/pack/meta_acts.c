/* What people may do to a deadline: waive, suspend and extend it, and whether it is watched once it is met. */
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

#define TIMES_MAX 20
/* More roles than these are no list of who leads or takes part, but everyone. GX-H-09 */
#define ROLES_MAX 8

/* {"by": [roles]}; an object without roles would let nobody. */
static void read_by(struct build *b, const json_t *def, const struct json_at *at, const char *key,
	struct role_list *ret)
{
	static const char *const members[] = {"by", NULL};
	const json_t *v = json_object_get(def, key);
	struct json_at here = JSON_AT_KEY(at, key), by_at = JSON_AT_KEY(&here, "by");
	if (v == NULL || !load_object(b->ld, v, &here, members))
		return;
	build_roles(b, v, &here, "by", ret);
	if (ret->len == 0)
		load_finding(
			b->ld, "pack.no_role", &by_at, json_object_get(v, "by"), "@say.who_may");
}

/* A length of time; n stays 0 after a finding. */
static void read_length(struct build *b, const json_t *v, const struct json_at *at, const char *key,
	bool hours, struct duration *ret)
{
	struct json_at here = JSON_AT_KEY(at, key);
	const char *text = load_string(b->ld, v, at, key, true);
	struct duration d = {0};
	if (text == NULL)
		return;
	bool good = duration_parse(text, false, &d, NULL) == ANJU_OK && d.n > 0 &&
		    (hours || d.unit != DURATION_HOURS);
	if (good)
		*ret = d;
	else
		load_finding_text(b->ld, "calendar.duration", &here, text,
			hours ? "10wd 30d 6mo 1y 12h" : "10wd 30d 6mo 1y");
}

static void read_extend(
	struct build *b, const json_t *def, const struct json_at *at, struct deadline_def *d)
{
	static const char *const members[] = {"times", "most", NULL};
	const json_t *v = json_object_get(def, "extend");
	struct json_at here = JSON_AT_KEY(at, "extend"), times_at = JSON_AT_KEY(&here, "times");
	if (v == NULL || !load_object(b->ld, v, &here, members))
		return;
	const json_t *times = json_object_get(v, "times");
	json_int_t n = times != NULL ? json_integer_value(times) : 1;
	if (n >= 1 && n <= TIMES_MAX)
		d->extend.times = (int32_t)n;
	else
		load_finding(b->ld, "pack.range", &times_at, times, "1 – %d", TIMES_MAX);
	read_length(b, v, &here, "most", true, &d->extend.most);
}

static void read_keep_up(
	struct build *b, const json_t *def, const struct json_at *at, struct deadline_def *d)
{
	static const char *const members[] = {"every", "until", "title", NULL};
	const json_t *v = json_object_get(def, "keep_up");
	struct json_at here = JSON_AT_KEY(at, "keep_up"), until_at = JSON_AT_KEY(&here, "until");
	if (v == NULL || !load_object(b->ld, v, &here, members))
		return;
	read_length(b, v, &here, "every", false, &d->keep_up.every);
	load_label(b->ld, v, &here, "title", false, &d->keep_up.title);
	const char *until = load_string(b->ld, v, &here, "until", false);
	if (until != NULL)
		d->keep_up.until = build_state(b, &until_at, until);
	if (d->lead.len == 0 && d->responsible.len == 0)
		load_finding_text(b->ld, "pack.nobody", &here, "keep_up", "@say.deadline_member|%s",
			"responsible");
}

static void check_many(
	struct build *b, const struct json_at *at, const char *key, const struct role_list *roles)
{
	struct json_at here = JSON_AT_KEY(at, key);
	if (roles->len > ROLES_MAX)
		load_finding_text(b->ld, "pack.range", &here, roles->roles[ROLES_MAX].text,
			"@say.array_at_most|%d", ROLES_MAX);
}

void deadline_acts_read(
	struct build *b, const json_t *def, const struct json_at *at, struct deadline_def *d)
{
	d->keep_up.until = CHART_NONE;
	d->keep_up.title = (struct label){{"", ""}};
	check_many(b, at, "lead", &d->lead);
	check_many(b, at, "responsible", &d->responsible);
	check_many(b, at, "cooperating", &d->cooperating);
	read_by(b, def, at, "waive", &d->waive_by);
	read_by(b, def, at, "suspend", &d->suspend_by);
	read_extend(b, def, at, d);
	read_keep_up(b, def, at, d);
}
