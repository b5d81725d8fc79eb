/** Built for an interface that this daemon does not have. */
#include "testkit.h"

static const char manifest[] =
#include "bad_abi_manifest.h"
	;

extern ANJU_API const anju_plugin anju_plugin_v1;
const anju_plugin anju_plugin_v1 = {.magic = ANJU_PLUGIN_MAGIC,
	.abi = ANJU_PLUGIN_ABI + 1,
	.size = sizeof(anju_plugin),
	.kinds = ANJU_KIND_POLICY,
	.name = "bad_abi",
	.version = "1.0.0",
	.manifest = manifest,
	.init = kit_init,
	.fini = kit_fini,
	.policy = kit_policy};
