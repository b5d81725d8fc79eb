/**
 * A channel whose messages say how it takes them: {"id", "fail_times": n, "status": s, "sleep_ms": ms}. Each
 * attempt is a line in the file that the configuration names, so tests see how often it was asked.
 */
#include <stdlib.h>
#include <unistd.h>

#include "testkit.h"

static const char manifest[] =
#include "moody_manifest.h"
	;

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host, (void)err;
	const char *trace = json_string_value(json_object_get(config, "trace"));
	*ret_self = trace != NULL ? strdup(trace) : NULL;
	return ANJU_OK;
}

static void fini(void *self)
{
	free(self);
}

/* Adds the attempt; returns how many there have been of this message. */
static int attempts(const char *trace, const char *id)
{
	char line[200];
	int n = 1;
	FILE *f = fopen(trace, "a+");
	if (f == NULL)
		return 0;
	rewind(f);
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		n += strcmp(line, id) == 0;
	}
	fprintf(f, "%s\n", id);
	fclose(f);
	return n;
}

static anju_answered deliver(
	void *self, const char *channel, const json_t *message, anju_request *request)
{
	(void)channel;
	const char *id = json_string_value(json_object_get(message, "id"));
	anju_error err = {.id = "test.moody", .text = "in a mood"};
	err.status = (anju_status)json_integer_value(json_object_get(message, "status"));
	int n = attempts(self, id != NULL ? id : "?");
	(void)usleep((useconds_t)json_integer_value(json_object_get(message, "sleep_ms")) * 1000);
	if (n <= json_integer_value(json_object_get(message, "fail_times")))
		return request->fail(request, &err);
	return request->done(request, NULL);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CHANNEL, .name = "moody", .version = "1.0.0", .manifest = manifest,
	.init = init, .fini = fini, .deliver = deliver);
