/** Any JSON as a machine: refused with a place in it, or a chart whose parts fit together. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "chart/chart.h"
#include "fuzz/fuzz.h"

static anju_status resolve(void *ctx, struct chart_call *call, bool is_guard, anju_error *err)
{
	fuzz_assert(call->type != NULL && call->pointer != NULL);
	fuzz_assert(fuzz_at(ctx, call->pointer) != NULL);
	return ANJU_OK;
}

static anju_status delay(void *ctx, const char *name, anju_error *err)
{
	fuzz_assert(name != NULL);
	return ANJU_OK;
}

static void check_states(const struct chart *chart, const json_t *machine)
{
	uint32_t n = chart_state_count(chart);
	fuzz_assert(n > 0 && chart_state_at(chart, n) == NULL);
	for (uint32_t i = 0; i < n; i++) {
		const struct chart_state *s = chart_state_at(chart, i);
		fuzz_assert(chart_state_by_path(chart, s->path) == i);
		fuzz_assert(chart_state_by_id(chart, s->id) == i);
		fuzz_assert(s->end > i && s->end <= n);
		fuzz_assert((s->parent == CHART_NONE) == (i == 0));
		fuzz_assert(json_is_object(fuzz_at(machine, s->pointer)));
		if (i == 0)
			continue;
		const struct chart_state *up = chart_state_at(chart, s->parent);
		fuzz_assert(s->parent < i && s->end <= up->end);
		size_t path = strlen(s->path), key = strlen(s->key);
		fuzz_assert(path >= key && strcmp(s->path + path - key, s->key) == 0);
		fuzz_assert(up->type == CHART_COMPOUND || up->type == CHART_PARALLEL);
	}
}

static void check_transitions(const struct chart *chart, const json_t *machine)
{
	for (uint32_t i = 0; i < chart_transition_count(chart); i++) {
		const struct chart_transition *t = chart_transition_at(chart, i);
		fuzz_assert(t->index == i && t->source < chart_state_count(chart));
		fuzz_assert(fuzz_at(machine, t->pointer) != NULL);
		for (uint32_t k = 0; k < t->targets_len; k++)
			fuzz_assert(t->targets[k] < chart_state_count(chart));
		fuzz_assert(!t->forbidden || t->targets_len == 0);
	}
}

/* Without a host every guard holds: it starts, or never comes to rest. */
static void check_start(const struct chart *chart, const uint8_t *data, size_t n)
{
	anju_error err;
	ANJU_AUTO(chart_snapshot) snap = NULL;
	anju_status st = chart_start(chart, NULL, &snap, &err);
	if (st != ANJU_OK) {
		fuzz_assert(st == ANJU_E_LIMIT && strcmp(err.id, "chart.always_loop") == 0);
		fuzz_error(st, &err, data, n);
		return;
	}
	ANJU_AUTO_BUF first = BUF_INIT;
	ANJU_AUTO_BUF second = BUF_INIT;
	ANJU_AUTO(chart_snapshot) back = NULL;
	chart_snapshot_write(chart, snap, &first);
	st = chart_snapshot_read(chart, first.data, &back, &err);
	if (st != ANJU_OK)
		fuzz_failed(
			__FILE__, __LINE__, "\"%s\" is not read back: %s", first.data, err.text);
	chart_snapshot_write(chart, back, &second);
	fuzz_same_text(first.data, second.data);
}

static struct chart *compile(json_t *machine, bool reachable, const uint8_t *data, size_t n)
{
	anju_error err;
	struct chart *chart = NULL;
	const struct chart_options options = {.file = "m.json",
		.resolve = resolve,
		.delay = delay,
		.ctx = machine,
		.require_reachable = reachable,
		.max_states = 500};
	anju_status st = chart_compile(machine, &options, &chart, &err);
	fuzz_assert((st == ANJU_OK) == (chart != NULL));
	if (st == ANJU_OK)
		return chart;
	fuzz_assert(st == ANJU_E_INVALID || st == ANJU_E_UNSUPPORTED);
	fuzz_error(st, &err, data, n);
	fuzz_same_text(err.file, "m.json");
	fuzz_pointer(machine, err.where);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ANJU_AUTO_JSON *machine =
		json_loadb((const char *)data, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (machine == NULL)
		return 0;
	ANJU_AUTO_MEM char *before = json_dumps(machine, JSON_ENCODE_ANY);
	ANJU_AUTO(chart) strict = compile(machine, true, data, n);
	ANJU_AUTO(chart) chart = compile(machine, false, data, n);
	ANJU_AUTO_MEM char *after = json_dumps(machine, JSON_ENCODE_ANY);
	fuzz_same_text(before, after);
	fuzz_assert(strict == NULL || chart != NULL);
	if (chart == NULL)
		return 0;
	check_states(chart, machine);
	check_transitions(chart, machine);
	check_start(chart, data, n);
	return 0;
}
