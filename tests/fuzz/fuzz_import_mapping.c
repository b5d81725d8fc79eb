/** Any bytes as a mapping of columns: refused with a place in the file, or columns of which exactly one is the key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "import/table.h"
#include "pack/pack.h"

static struct pack_set *packs;

static void load(void)
{
	anju_error err;
	const struct pack_options options = {.dir = FUZZ_SOURCE "/tests/data/import"};
	if (pack_load(&options, &packs, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	fuzz_assert(mkdir(fuzz_path("p"), 0700) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	struct mapping m;
	if (packs == NULL)
		load();
	fuzz_write("p/m.import.json", data, n);
	anju_status st = mapping_load(fuzz_folder(), "m", packs, &m, &err);
	if (st != ANJU_OK) {
		ANJU_AUTO_JSON *doc =
			json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
		fuzz_error(st, &err, data, n);
		fuzz_same_text(err.file, "m.import.json");
		if (doc != NULL)
			fuzz_pointer(doc, err.where);
		return 0;
	}
	int keys = 0;
	for (size_t i = 0; i < m.columns_len; i++) {
		const struct column *c = &m.columns[i];
		keys += c->kind == COLUMN_KEY;
		fuzz_assert(c->name != NULL);
		fuzz_assert((c->kind == COLUMN_FIELD) == (c->field != NULL));
		fuzz_assert((c->kind == COLUMN_RELATION) == (c->relation != NULL));
	}
	fuzz_assert(keys == 1 && m.wf != NULL);
	mapping_done(&m);
	return 0;
}
