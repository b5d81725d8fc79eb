#include "cli/chart_run.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "cli/chart_batch.h"

static void add_id(const json_t *request, struct buf *out)
{
	const json_t *id = json_object_get(request, "id");
	buf_adds(out, "{\"id\":");
	if (json_is_string(id))
		buf_add_json_string(out, json_string_value(id), json_string_length(id));
	else
		buf_adds(out, "null");
}

static void add_error(const json_t *request, const anju_error *err, struct buf *out)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	if (err->where[0] != '\0')
		buf_addf(&text, "%s: ", err->where);
	message_render_error(&text, err, LANG_EN);
	add_id(request, out);
	buf_adds(out, ",\"error\":");
	buf_add_json_string(out, text.data != NULL ? text.data : "", text.len);
	buf_addc(out, '}');
}

/* the answer has no room for it, and standard output takes nothing else */
static void say_failure(const json_t *request, const anju_error *why)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_error(&text, why, LANG_EN);
	fprintf(stderr, "anjuctl: chart %s: %s\n",
		json_string_value(json_object_get(request, "id")),
		text.data != NULL ? text.data : "");
}

static anju_status check(const json_t *request, const json_t **ret_machine, anju_error *err)
{
	struct json_at at = JSON_AT_ROOT(NULL), steps_at = JSON_AT_KEY(&at, "steps");
	const char *id;
	json_t *machine, *steps = NULL, *step;
	size_t i;
	if (!json_is_object(request))
		return json_fail_at(err, "json.type", &at, request, "@say.object");
	anju_status st = json_need_string(request, &at, "id", &id, err);
	if (st == ANJU_OK)
		st = json_need_object(request, &at, "machine", &machine, err);
	if (st == ANJU_OK && !json_is_null(json_object_get(request, "steps")))
		st = json_opt_array(request, &at, "steps", &steps, err);
	if (st != ANJU_OK)
		return st;
	json_array_foreach(steps, i, step) {
		struct json_at here = JSON_AT_INDEX(&steps_at, i);
		if ((st = chart_batch_check(step, err)) != ANJU_OK) {
			char pointer[sizeof err->where];
			anju_error_where(
				err, "%s", json_at_pointer(&here, pointer, sizeof pointer));
			return st;
		}
	}
	*ret_machine = machine;
	return ANJU_OK;
}

static anju_status run(const json_t *request, const struct chart_run_names *names, struct buf *out,
	anju_error *err)
{
	const json_t *machine = NULL, *step;
	size_t i;
	anju_status st = check(request, &machine, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(chart_batch) batch = NULL;
	st = chart_batch_new(machine, names, &batch, err);
	if (st != ANJU_OK)
		return st;
	add_id(request, out);
	buf_adds(out, ",\"results\":[");
	chart_batch_start(batch);
	chart_batch_answer(batch, out);
	json_array_foreach(json_object_get(request, "steps"), i, step) {
		chart_batch_step(batch, step);
		buf_addc(out, ',');
		chart_batch_answer(batch, out);
	}
	buf_adds(out, "]}");
	if (chart_batch_failure(batch) != NULL)
		say_failure(request, chart_batch_failure(batch));
	return ANJU_OK;
}

void chart_run_answer(
	const char *line, size_t n, const struct chart_run_names *names, struct buf *out)
{
	json_error_t je;
	anju_error err;
	ANJU_AUTO_JSON *request = json_loadb(line, n, JSON_REJECT_DUPLICATES, &je);
	anju_status st;
	if (request == NULL)
		st = anju_fail(
			&err, ANJU_E_INVALID, "json.syntax", "%s (column %d)", je.text, je.column);
	else
		st = run(request, names, out, &err);
	if (st != ANJU_OK)
		add_error(request, &err, out);
}

int chart_run_named(FILE *in, FILE *out, const struct chart_run_names *names)
{
	ANJU_AUTO_MEM char *line = NULL;
	ANJU_AUTO_BUF answer = BUF_INIT;
	size_t cap = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, in)) >= 0) {
		buf_reset(&answer);
		if (n > 0 && line[n - 1] == '\n')
			n--;
		chart_run_answer(line, (size_t)n, names, &answer);
		buf_addc(&answer, '\n');
		if (answer.failed || fwrite(answer.data, 1, answer.len, out) != answer.len ||
			fflush(out) != 0)
			return 1;
	}
	return 0;
}

int chart_run_main(FILE *in, FILE *out)
{
	static const struct chart_run_names names = {.event = "event", .context = "context"};
	return chart_run_named(in, out, &names);
}
