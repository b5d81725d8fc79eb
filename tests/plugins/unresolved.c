/** Needs a symbol that nobody has, so it cannot be opened. */
#include "testkit.h"

static const char manifest[] =
#include "unresolved_manifest.h"
	;

extern void nobody_has_this(void);

static void fini(void *self)
{
	(void)self;
	nobody_has_this();
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "unresolved", .version = "1.0.0",
	.manifest = manifest, .init = kit_init, .fini = fini, .policy = kit_policy);
