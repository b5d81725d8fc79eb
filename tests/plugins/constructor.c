/** Does something as soon as it is opened, which the loader must not do too early. */
#include <stdlib.h>

#include "testkit.h"

static const char manifest[] =
#include "constructor_manifest.h"
	;

__attribute__((constructor)) static void opened(void)
{
	setenv("ANJU_TEST_OPENED", "1", 1);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "constructor", .version = "1.0.0",
	.manifest = manifest, .init = kit_init, .fini = kit_fini, .policy = kit_policy);
