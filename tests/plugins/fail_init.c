/** Fails to start; check or init, as the configuration says. */
#include "testkit.h"

static const char manifest[] =
#include "fail_init_manifest.h"
	;

static anju_status failure(anju_error *err, const char *id)
{
	memset(err, 0, sizeof *err);
	err->status = ANJU_E_BUSY;
	snprintf(err->id, sizeof err->id, "%s", id);
	snprintf(err->text, sizeof err->text, "as asked");
	return ANJU_E_BUSY;
}

static anju_status check(const json_t *config, anju_error *err)
{
	return json_object_get(config, "in_check") != NULL ? failure(err, "test.check") : ANJU_OK;
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	(void)config;
	(void)ret_self;
	return failure(err, "test.init");
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "fail_init", .version = "1.0.0",
	.manifest = manifest, .check = check, .init = init, .fini = kit_fini, .policy = kit_policy);
