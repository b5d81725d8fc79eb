/** Says it decides policies and has no function for it. */
#include "testkit.h"

static const char manifest[] =
#include "missing_function_manifest.h"
	;

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "missing_function", .version = "1.0.0",
	.manifest = manifest, .init = kit_init, .fini = kit_fini);
