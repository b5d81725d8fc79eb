/** Knows less than the first release of the interface. */
#include "testkit.h"

static const char manifest[] =
#include "bad_size_manifest.h"
	;

extern ANJU_API const anju_plugin anju_plugin_v1;
const anju_plugin anju_plugin_v1 = {.magic = ANJU_PLUGIN_MAGIC,
	.abi = ANJU_PLUGIN_ABI,
	.size = offsetof(anju_plugin, policy),
	.kinds = ANJU_KIND_POLICY,
	.name = "bad_size",
	.version = "1.0.0",
	.manifest = manifest,
	.init = kit_init,
	.fini = kit_fini,
	.policy = kit_policy};
