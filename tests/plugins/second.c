/** Offers the same channel as another plugin. */
#include "testkit.h"

static const char manifest[] =
#include "second_manifest.h"
	;

static anju_answered deliver(
	void *self, const char *channel, const json_t *message, anju_request *request)
{
	(void)self;
	(void)channel;
	(void)message;
	return request->done(request, NULL);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CHANNEL, .name = "second", .version = "1.0.0", .manifest = manifest,
	.init = kit_init, .fini = kit_fini, .deliver = deliver);
