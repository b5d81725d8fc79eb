/** Answers with everything but a proper verdict, or with failures. */
#include "testkit.h"

static const char manifest[] =
#include "bad_verdict_manifest.h"
	;

static anju_answered failed(const char *function, anju_request *request)
{
	anju_error err = {.status = ANJU_E_IO, .id = "test.failed", .text = "disk on fire"};
	if (strcmp(function, "fail_bare") == 0)
		return request->fail(request, NULL);
	if (strcmp(function, "fail_wild") == 0)
		memset(&err, 'x', sizeof err); /* no end to any string, no such status */
	return request->fail(request, &err);
}

static anju_answered policy(
	void *self, const char *function, const json_t *input, anju_request *request)
{
	static const struct {
		const char *function, *verdict;
	} answers[] = {
		{"text", "\"yes\""},
		{"null", "null"},
		{"no_ok", "{\"reason\": {\"zh\": \"否\", \"en\": \"no\"}}"},
		{"no_reason", "{\"ok\": false}"},
		{"half_reason", "{\"ok\": false, \"reason\": {\"zh\": \"否\", \"en\": \"\"}}"},
		{"bad_values", "{\"ok\": true, \"values\": []}"},
	};
	(void)self;
	(void)input;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (strcmp(answers[i].function, function) != 0)
			continue;
		json_t *verdict = json_loads(answers[i].verdict, JSON_DECODE_ANY, NULL);
		anju_answered answered = request->done(request, verdict);
		json_decref(verdict);
		return answered;
	}
	return failed(function, request);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "bad_verdict", .version = "1.0.0",
	.manifest = manifest, .init = kit_init, .fini = kit_fini, .policy = policy);
