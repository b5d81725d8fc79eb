/** Claims more bytes than its descriptor has. */
#include "testkit.h"

static const char manifest[] =
#include "too_big_manifest.h"
	;

extern ANJU_API const anju_plugin anju_plugin_v1;
const anju_plugin anju_plugin_v1 = {.magic = ANJU_PLUGIN_MAGIC,
	.abi = ANJU_PLUGIN_ABI,
	.size = sizeof(anju_plugin) + 64,
	.kinds = ANJU_KIND_POLICY,
	.name = "too_big",
	.version = "1.0.0",
	.manifest = manifest,
	.init = kit_init,
	.fini = kit_fini,
	.policy = kit_policy};
