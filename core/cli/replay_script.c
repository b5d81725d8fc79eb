/* A line of a script, made into a request. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"
#include "cli/replay.h"
#include "cli/show.h"

static anju_status fail_line(
	struct replay *r, const char *found, const char *allowed, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "cli.script", "bad line of the script");
	anju_error_where(err, "%lld", (long long)r->line_no);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static bool takes_key(const char *method)
{
	return strcmp(method, "case.send") == 0 || strcmp(method, "case.open") == 0;
}

static anju_status fill_params(struct replay *r, struct replay_line *line, anju_error *err)
{
	json_t *as = json_object_get(line->doc, "as");
	line->params = json_object_get(line->doc, "params");
	if (line->params == NULL) {
		line->params = json_object();
		json_object_set_new(line->doc, "params", line->params);
	}
	if (!json_is_object(line->params))
		return fail_line(r, "params", "{…}", err);
	if (as != NULL)
		json_object_set(line->params, "as", as);
	else if (r->cli->as != NULL && json_object_get(line->params, "as") == NULL)
		json_object_set_new(line->params, "as", json_string(r->cli->as));
	if (takes_key(line->method) && json_object_get(line->params, "idempotency_key") == NULL) {
		char key[40];
		snprintf(key, sizeof key, "replay:%lld", (long long)line->no);
		json_object_set_new(line->params, "idempotency_key", json_string(key));
	}
	return ANJU_OK;
}

#define MEMBERS "at, as, method, params, expect"

/* A slip such as "expct" would let a refusal pass for what was wanted. */
static bool is_member(const char *key)
{
	static const char *const known[] = {"at", "as", "method", "params", "expect"};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i], key) == 0)
			return true;
	}
	return false;
}

anju_status replay_parse(struct replay *r, const char *text, size_t n, struct replay_line *line,
	int64_t *ret_at, anju_error *err)
{
	json_error_t bad;
	*line = (struct replay_line){.no = r->line_no};
	*ret_at = INT64_MIN;
	line->doc = json_loadb(text, n, JSON_REJECT_DUPLICATES, &bad);
	if (!json_is_object(line->doc))
		return fail_line(
			r, line->doc == NULL ? bad.text : "", "{\"at\", \"method\", …}", err);
	const char *key;
	json_t *v;
	json_object_foreach(line->doc, key, v) {
		bool params = strcmp(key, "params") == 0;
		if (!is_member(key) || (!params && !json_is_string(v)))
			return fail_line(r, key, MEMBERS, err);
	}
	line->method = json_string_value(json_object_get(line->doc, "method"));
	if (line->method == NULL)
		return fail_line(r, "method", "\"case.send\", \"case.open\", …", err);
	const char *expect = show_text(line->doc, "expect");
	line->refusal_wanted = strcmp(expect, "refused") == 0;
	if (json_object_get(line->doc, "expect") != NULL && !line->refusal_wanted &&
		strcmp(expect, "ok") != 0)
		return fail_line(r, expect, "ok, refused", err);
	const json_t *at = json_object_get(line->doc, "at");
	if (at != NULL && timestamp_parse(show_text(line->doc, "at"), ret_at, NULL) != ANJU_OK)
		return fail_line(r, show_text(line->doc, "at"), "2017-08-16T08:00:00+08:00", err);
	return fill_params(r, line, err);
}
