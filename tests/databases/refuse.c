/* A channel that takes nothing, for good: what is sent to it ends as dead. Compiled by make.py for the anjud of then. */
#include <jansson.h>

#include "anju/plugin.h"

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host, (void)config, (void)err;
	*ret_self = NULL;
	return ANJU_OK;
}

static void fini(void *self)
{
	(void)self;
}

static anju_answered deliver(
	void *self, const char *channel, const json_t *message, anju_request *request)
{
	static const anju_error no = {
		.status = ANJU_E_REFUSED, .id = "refuse.never", .text = "never"};
	(void)self, (void)channel, (void)message;
	return request->fail(request, &no);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_CHANNEL, .name = "refuse", .version = "1.0.0",
	.manifest =
		"{\"name\":\"refuse\",\"version\":\"1.0.0\",\"abi\":1,\"kinds\":[\"channel\"],"
		"\"title\":{\"zh\":\"测试\",\"en\":\"Test\"},\"channels\":[{\"name\":\"refuse\","
		"\"title\":{\"zh\":\"测试\",\"en\":\"Test\"}}]}",
	.init = init, .fini = fini, .deliver = deliver);
