/**
 * What plugins answer, any of it: which call and how it is answered in the first two bytes, JSON or the fields of an
 * error behind them. A verdict that is passed on has the shape that guards rely on, notices are objects, and an error
 * has texts that end, whole characters and a status of ours. Answers that come late, twice or never are survived.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "calendar/calendar.h"
#include "fuzz/fuzz.h"
#include "plugin/plugin.h"
#include "plugin/record.h"

enum manner { DONE, FAIL, TWICE, NOTHING, LATE, MANNERS };

static struct {
	enum manner manner;
	json_t *result;
	anju_error error;
	anju_request *late;
} act;

static anju_answered reply(anju_request *request)
{
	anju_answered said = {1};
	switch (act.manner) {
	case TWICE:
		(void)request->done(request, act.result);
		/* fall through */
	case DONE:
		return request->done(request, act.result);
	case FAIL:
		return request->fail(request, &act.error);
	case LATE:
		act.late = request;
		return request->pending(request);
	case NOTHING: /* yet: else the plugin could never be unloaded */
		act.late = request;
		break;
	case MANNERS:
		break;
	}
	return said;
}

static anju_answered policy(
	void *self, const char *function, const json_t *input, anju_request *request)
{
	return reply(request);
}

static anju_answered deliver(
	void *self, const char *channel, const json_t *message, anju_request *request)
{
	return reply(request);
}

static anju_answered calendar(void *self, const char *name, anju_request *request)
{
	return reply(request);
}

static void fini(void *self)
{
}

static struct plugin *plugin_made(void)
{
	struct plugin *p = NULL;
	anju_error err;
	fuzz_assert(plugin_new("demo", &p, &err) == ANJU_OK);
	p->manifest = json_pack("{s:[{s:s}], s:[{s:s}], s:[{s:s}]}", "policies", "function", "f",
		"channels", "name", "c", "calendars", "name", "cn");
	p->api = (anju_plugin){
		.policy = policy, .deliver = deliver, .calendar = calendar, .fini = fini};
	p->kinds = ANJU_KIND_POLICY | ANJU_KIND_CHANNEL | ANJU_KIND_CALENDAR;
	p->running = true;
	return p;
}

static void check_verdict(const json_t *v)
{
	fuzz_assert(json_is_boolean(json_object_get(v, "ok")));
	fuzz_assert(json_is_object(json_object_get(v, "values")));
	if (json_is_true(json_object_get(v, "ok")))
		return;
	const json_t *reason = json_object_get(v, "reason");
	fuzz_assert(json_string_length(json_object_get(reason, "zh")) > 0);
	fuzz_assert(json_string_length(json_object_get(reason, "en")) > 0);
}

static void check_notices(const json_t *notices)
{
	ANJU_AUTO(calendar) cal = calendar_new();
	const json_t *notice;
	size_t i;
	json_array_foreach(notices, i, notice) {
		anju_error err;
		fuzz_assert(json_is_object(notice));
		anju_status st = calendar_add_year(cal, notice, "demo", &err);
		fuzz_assert(st == ANJU_OK || (err.status == st && err.id[0] != '\0'));
	}
}

/* A plugin's own key may have no sentence here; all else is as of any error. */
static void check_error(anju_status st, const anju_error *err)
{
	const char *const texts[] = {
		err->id, err->file, err->where, err->found, err->allowed, err->text};
	const size_t rooms[] = {sizeof err->id, sizeof err->file, sizeof err->where,
		sizeof err->found, sizeof err->allowed, sizeof err->text};
	fuzz_assert(st < 0 && st >= ANJU_E_INTERNAL && err->status == st && err->id[0] != '\0');
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		fuzz_assert(memchr(texts[i], '\0', rooms[i]) != NULL);
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		ANJU_AUTO_BUF out = BUF_INIT;
		message_render_error(&out, err, lang);
		fuzz_assert(out.data != NULL && out.len > 0);
		if (!utf8_valid(out.data, out.len))
			fuzz_failed(__FILE__, __LINE__, "no text: %s", out.data);
	}
}

static anju_status call(struct plugin *p, uint32_t which, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *input = json_object();
	int timeout_ms = act.manner == LATE ? 0 : 10000;
	if (which == 0)
		return plugin_policy(p, "f", input, timeout_ms, ret, err);
	if (which == 1)
		return plugin_deliver(p, "c", input, timeout_ms, err);
	return plugin_calendar(p, "cn", timeout_ms, ret, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_bytes b = {data, n};
	uint32_t which = fuzz_below(&b, 3);
	act.manner = (enum manner)fuzz_below(&b, MANNERS);
	act.late = NULL;
	act.result = json_loadb((const char *)b.p, b.n, JSON_DECODE_ANY, NULL);
	memset(&act.error, 'x', sizeof act.error);
	memcpy(&act.error, b.p, b.n < sizeof act.error ? b.n : sizeof act.error);
	anju_error err;
	ANJU_AUTO_JSON *got = NULL;
	struct plugin *p = plugin_made();
	anju_status st = call(p, which, &got, &err);
	fuzz_assert(st == ANJU_OK || got == NULL);
	if (st != ANJU_OK)
		check_error(st, &err);
	else if (which == 0)
		check_verdict(got);
	else if (which == 2)
		check_notices(got);
	if (act.late != NULL)
		(void)act.late->done(act.late, act.result);
	plugin_free(p);
	json_decref(act.result);
	return 0;
}
