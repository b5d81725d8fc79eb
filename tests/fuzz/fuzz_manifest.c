/** Any bytes as a plugin's manifest: refused with a place in the file, or it offers what its kinds say. */
#include <string.h>

#include "anju/plugin.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "plugin/manifest.h"

static void check_offers(const json_t *doc, const char *list, const char *key, bool has)
{
	const json_t *entry, *offers = json_object_get(doc, list);
	size_t i;
	fuzz_assert(has == (json_array_size(offers) > 0));
	json_array_foreach(offers, i, entry) {
		const char *name = json_string_value(json_object_get(entry, key));
		fuzz_assert(name != NULL && manifest_name_ok(name));
		fuzz_assert(manifest_offers(doc, list, key, name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	ANJU_AUTO_JSON *doc = NULL;
	uint32_t kinds = 0;
	fuzz_write("demo.json", data, n);
	anju_status st = manifest_load(fuzz_path("demo.json"), "demo", &doc, &kinds, &err);
	fuzz_assert((st == ANJU_OK) == (doc != NULL));
	if (st != ANJU_OK) {
		ANJU_AUTO_JSON *read =
			json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
		fuzz_error(st, &err, data, n);
		fuzz_same_text(err.file, fuzz_path("demo.json"));
		if (read != NULL)
			fuzz_pointer(read, err.where);
		return 0;
	}
	fuzz_assert(kinds != 0);
	fuzz_same_text(json_string_value(json_object_get(doc, "name")), "demo");
	check_offers(doc, "policies", "function", (kinds & ANJU_KIND_POLICY) != 0);
	check_offers(doc, "channels", "name", (kinds & ANJU_KIND_CHANNEL) != 0);
	check_offers(doc, "calendars", "name", (kinds & ANJU_KIND_CALENDAR) != 0);
	return 0;
}
