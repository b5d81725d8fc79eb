/* A line of a script, made into a request. */
#include <stdio.h>
#include <string.h>

#include "cli/replay.h"
#include "rehearse/script.h"

static bool takes_key(const char *method)
{
	return strcmp(method, "case.send") == 0 || strcmp(method, "case.open") == 0;
}

static void fill_params(struct replay *r, struct replay_line *line)
{
	if (r->cli->as != NULL && json_object_get(line->params, "as") == NULL)
		json_object_set_new(line->params, "as", json_string(r->cli->as));
	if (takes_key(line->method) && json_object_get(line->params, "idempotency_key") == NULL) {
		char key[40];
		snprintf(key, sizeof key, "replay:%lld", (long long)line->no);
		json_object_set_new(line->params, "idempotency_key", json_string(key));
	}
}

anju_status replay_parse(struct replay *r, const char *text, size_t n, struct replay_line *line,
	int64_t *ret_at, anju_error *err)
{
	struct script_line read;
	anju_status st = script_line_parse(text, n, r->line_no, &read, err);
	*line = (struct replay_line){.no = r->line_no,
		.doc = read.doc,
		.method = read.method,
		.params = read.params,
		.refusal_wanted = read.refusal_wanted};
	*ret_at = read.at_ms;
	if (st == ANJU_OK)
		fill_params(r, line);
	return st;
}
