/** Promises another manifest inside than the one beside it. */
#include "testkit.h"

static const char manifest[] =
	"{\"name\": \"manifest_differs\", \"version\": \"1.0.0\", \"abi\": 1, "
	"\"kinds\": [\"policy\"], \"title\": {\"zh\": \"测试\", \"en\": \"Test\"}, \"policies\": "
	"[]}";

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "manifest_differs", .version = "1.0.0",
	.manifest = manifest, .init = kit_init, .fini = kit_fini, .policy = kit_policy);
