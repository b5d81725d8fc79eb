/**
 * Any bytes as a plan of a migration: refused with a place in the file; or every state of the old definition leads
 * somewhere that the new one has, and every name to one that it knows.
 */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "migrate/plan.h"
#include "pack/pack.h"

static struct pack_set *before, *after;
static struct side old, next;
static const struct workflow *to;

static struct pack_set *load(const char *dir)
{
	anju_error err;
	struct pack_set *set = NULL;
	const struct pack_options options = {.dir = dir};
	if (pack_load(&options, &set, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	return set;
}

static void load_both(void)
{
	anju_error err;
	before = load(FUZZ_SOURCE "/tests/data/migrate/old");
	after = load(FUZZ_SOURCE "/tests/data/migrate/new");
	const struct workflow *from = pack_set_workflow(before, "plot");
	to = pack_set_workflow(after, "plot");
	if (side_init(&old, from->source, from->file, from->hash_hex, &err) != ANJU_OK ||
		side_init(&next, to->source, to->file, to->hash_hex, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
}

static void check_states(const struct plan *plan)
{
	uint32_t targets[PLAN_TARGETS_MAX];
	for (uint32_t s = 0; s < chart_state_count(old.chart); s++) {
		size_t n = 0;
		enum landing landing = plan_land(plan, old.chart, next.chart, s, targets, &n);
		fuzz_assert(n <= PLAN_TARGETS_MAX);
		for (size_t i = 0; landing == LANDING_OK && i < n; i++)
			fuzz_assert(targets[i] < chart_state_count(next.chart));
	}
}

static void check_names(const struct plan *plan)
{
	const char *name;
	json_t *ignored;
	json_object_foreach((json_t *)old.fields, name, ignored) {
		const char *is = plan_name(plan->rename, plan->drop, name);
		fuzz_assert(is == NULL || json_object_get(next.fields, is) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	if (before == NULL)
		load_both();
	ANJU_AUTO_JSON *doc =
		json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	if (doc == NULL)
		return 0;
	ANJU_AUTO(plan) plan = NULL;
	anju_status st = plan_read(doc, "p.migration.json", &plan, &err);
	fuzz_assert((st == ANJU_OK) == (plan != NULL));
	if (st == ANJU_OK)
		st = plan_check(plan, &old, &next, to, pack_set_org(after), &err);
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		fuzz_same_text(err.file, "p.migration.json");
		fuzz_pointer(doc, err.where);
		return 0;
	}
	check_states(plan);
	check_names(plan);
	return 0;
}
