/** Does everything right, and tells in a file when it starts and ends. */
#include <stdlib.h>

#include "testkit.h"

static const char manifest[] =
#include "good_manifest.h"
	;

struct good {
	const anju_host *host;
	char *trace; /* owned */
};

static void tell(const struct good *self, const char *what)
{
	FILE *f = self->trace != NULL ? fopen(self->trace, "a") : NULL;
	if (f == NULL)
		return;
	fprintf(f, "%s\n", what);
	fclose(f);
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)err;
	struct good *self = calloc(1, sizeof *self);
	const char *trace = json_string_value(json_object_get(config, "trace"));
	self->host = host;
	self->trace = trace != NULL ? strdup(trace) : NULL;
	tell(self, "init");
	tell(self, json_string_value(json_object_get(config, "dir")));
	host->log(host, 0, "started", "a line with = and \" in it");
	*ret_self = self;
	return ANJU_OK;
}

static void stop(void *data, anju_stopped_cb done, void *done_data)
{
	tell(data, "stop");
	done(done_data);
}

static void fini(void *data)
{
	struct good *self = data;
	tell(self, "fini");
	free(self->trace);
	free(self);
}

static anju_answered policy(
	void *self, const char *function, const json_t *input, anju_request *request)
{
	(void)self;
	json_t *verdict;
	if (strcmp(function, "yes") == 0)
		verdict = json_pack("{s:b}", "ok", 1);
	else if (strcmp(function, "echo") == 0)
		verdict = json_pack("{s:b, s:O}", "ok", 1, "values", input);
	else if (strcmp(function, "limit") == 0)
		verdict = json_pack("{s:b, s:{s:i}}", "ok", 1, "values", "timeout_ms",
			(int)request->timeout_ms);
	else
		verdict = json_pack("{s:b, s:{s:s, s:s}, s:{s:i}}", "ok", 0, "reason", "zh", "不行",
			"en", "no", "values", "n", 3);
	anju_answered answered = request->done(request, verdict);
	json_decref(verdict);
	return answered;
}

static anju_answered deliver(
	void *self, const char *channel, const json_t *message, anju_request *request)
{
	(void)self;
	(void)channel;
	anju_error err = {.id = "test.deliver", .text = "as asked"};
	err.status = (anju_status)json_integer_value(json_object_get(message, "fail"));
	return err.status == ANJU_OK ? request->done(request, NULL) : request->fail(request, &err);
}

static anju_answered calendar(void *self, const char *name, anju_request *request)
{
	(void)self;
	json_t *notices = strcmp(name, "broken") == 0 ? json_pack("[{}, s]", "2018")
						      : json_pack("[{s:i}]", "year", 2017);
	anju_answered answered = request->done(request, notices);
	json_decref(notices);
	return answered;
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY | ANJU_KIND_CHANNEL | ANJU_KIND_CALENDAR, .name = "good",
	.version = "1.0.0", .manifest = manifest, .init = init, .stop = stop, .fini = fini,
	.policy = policy, .deliver = deliver, .calendar = calendar);
