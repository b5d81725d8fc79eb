#include "rehearse/script.h"

#include <string.h>

#include "base/error.h"
#include "base/timestamp.h"

#define MEMBERS "at, as, method, params, expect"

static anju_status fail_line(int64_t no, const char *found, const char *allowed, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "cli.script", "bad line of the script");
	anju_error_where(err, "%lld", (long long)no);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

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

static anju_status check_members(const json_t *doc, int64_t no, anju_error *err)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)doc, key, v) {
		bool params = strcmp(key, "params") == 0;
		if (!is_member(key) || (!params && !json_is_string(v)))
			return fail_line(no, key, MEMBERS, err);
	}
	return ANJU_OK;
}

static anju_status read_expected(struct script_line *line, int64_t no, anju_error *err)
{
	const char *expect = json_string_value(json_object_get(line->doc, "expect"));
	line->refusal_wanted = expect != NULL && strcmp(expect, "refused") == 0;
	if (expect != NULL && !line->refusal_wanted && strcmp(expect, "ok") != 0)
		return fail_line(no, expect, "ok, refused", err);
	return ANJU_OK;
}

static anju_status read_params(struct script_line *line, int64_t no, anju_error *err)
{
	json_t *as = json_object_get(line->doc, "as");
	line->params = json_object_get(line->doc, "params");
	if (line->params == NULL) {
		line->params = json_object();
		if (json_object_set_new(line->doc, "params", line->params) != 0)
			return anju_fail_nomem(err);
	}
	if (!json_is_object(line->params))
		return fail_line(no, "params", "{…}", err);
	if (as != NULL && json_object_set(line->params, "as", as) != 0)
		return anju_fail_nomem(err);
	return ANJU_OK;
}

anju_status script_line_parse(
	const char *text, size_t n, int64_t no, struct script_line *ret, anju_error *err)
{
	json_error_t bad;
	*ret = (struct script_line){.at_ms = SCRIPT_NO_TIME};
	ret->doc = json_loadb(text, n, JSON_REJECT_DUPLICATES, &bad);
	if (!json_is_object(ret->doc))
		return fail_line(
			no, ret->doc == NULL ? bad.text : "", "{\"at\", \"method\", …}", err);
	anju_status st = check_members(ret->doc, no, err);
	if (st != ANJU_OK)
		return st;
	ret->method = json_string_value(json_object_get(ret->doc, "method"));
	if (ret->method == NULL)
		return fail_line(no, "method", "\"case.send\", \"case.open\", …", err);
	st = read_expected(ret, no, err);
	if (st != ANJU_OK)
		return st;
	const char *at = json_string_value(json_object_get(ret->doc, "at"));
	if (at != NULL && timestamp_parse(at, &ret->at_ms, NULL) != ANJU_OK)
		return fail_line(no, at, "2017-08-16T08:00:00+08:00", err);
	return read_params(ret, no, err);
}

void script_line_done(struct script_line *line)
{
	json_decref(line->doc);
	*line = (struct script_line){.at_ms = SCRIPT_NO_TIME};
}
