/** A descriptor of something else. */
#include "testkit.h"

static const char manifest[] =
#include "bad_magic_manifest.h"
	;

extern ANJU_API const anju_plugin anju_plugin_v1;
const anju_plugin anju_plugin_v1 = {.magic = UINT32_C(0x12345678),
	.abi = ANJU_PLUGIN_ABI,
	.size = sizeof(anju_plugin),
	.kinds = ANJU_KIND_POLICY,
	.name = "bad_magic",
	.version = "1.0.0",
	.manifest = manifest,
	.init = kit_init,
	.fini = kit_fini,
	.policy = kit_policy};
