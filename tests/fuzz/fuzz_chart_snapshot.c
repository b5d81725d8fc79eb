/** Any text as the stored state of a chart: damaged, or a state from which it goes on. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "chart/chart.h"
#include "fuzz/fuzz.h"

static const char *const machines[] = {
	"{\"id\":\"m\",\"initial\":\"a\",\"states\":{\"a\":{\"on\":{\"a\":\"p\",\"b\":\"p.h\"}},"
	"\"p\":{\"initial\":\"x\",\"on\":{\"c\":\"z\",\"a.b\":\"a\"},\"states\":{"
	"\"x\":{\"on\":{\"a\":\"y\"}},\"y\":{\"initial\":\"u\",\"states\":{\"u\":{\"on\":{\"a\":"
	"\"v\"}},\"v\":{}}},\"h\":{\"type\":\"history\"},"
	"\"d\":{\"type\":\"history\",\"history\":\"deep\",\"target\":\"y\"}}},"
	"\"z\":{\"type\":\"final\"}}}",
	"{\"id\":\"m\",\"type\":\"parallel\",\"states\":{\"r\":{\"initial\":\"x\",\"states\":{"
	"\"x\":{"
	"\"on\":{\"a\":\"y\"}},\"y\":{\"type\":\"final\"}}},\"s\":{\"type\":\"parallel\","
	"\"states\":{"
	"\"h\":{\"type\":\"history\",\"history\":\"deep\"},\"k\":{\"initial\":\"i\",\"states\":{"
	"\"i\":{\"on\":{\"b\":\"j\"}},\"j\":{\"on\":{\"c\":{\"target\":\"#m.s.h\"}}},"
	"\"f\":{\"type\":\"final\"}}},\"l\":{\"type\":\"final\"}}}}}",
};
#define MACHINES (sizeof machines / sizeof *machines)

static char *text_of(const struct chart *chart, const struct chart_snapshot *snap)
{
	struct buf b = BUF_INIT;
	chart_snapshot_write(chart, snap, &b);
	return buf_take(&b);
}

/* It is as good as any: written and read it is the same, and every event finds it in order. */
static void go_on(const struct chart *chart, struct chart_snapshot *snap)
{
	static const char *const events[] = {"a", "b", "c", "a.b", "a", "b", "a"};
	anju_error err;
	for (size_t i = 0; i <= sizeof events / sizeof *events; i++) {
		ANJU_AUTO(chart_snapshot) back = NULL;
		ANJU_AUTO_MEM char *text = text_of(chart, snap);
		if (chart_snapshot_read(chart, text, &back, &err) != ANJU_OK)
			fuzz_failed(__FILE__, __LINE__, "\"%s\": %s", text, err.text);
		ANJU_AUTO_MEM char *again = text_of(chart, back);
		fuzz_same_text(text, again);
		if (i == sizeof events / sizeof *events)
			break;
		struct chart_event event = {.type = events[i]};
		bool handled;
		fuzz_assert(chart_step(chart, snap, &event, NULL, &handled, &err) == ANJU_OK);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct chart *charts[MACHINES];
	anju_error err;
	ANJU_AUTO_MEM char *text = fuzz_string(data, n);
	for (size_t i = 0; i < MACHINES; i++) {
		if (charts[i] == NULL) {
			json_t *machine = json_loads(machines[i], 0, NULL);
			const struct chart_options options = {.file = "m"};
			fuzz_assert(chart_compile(machine, &options, &charts[i], &err) == ANJU_OK);
			json_decref(machine);
		}
		ANJU_AUTO(chart_snapshot) snap = NULL;
		anju_status st = chart_snapshot_read(charts[i], text, &snap, &err);
		fuzz_assert((st == ANJU_OK) == (snap != NULL));
		if (st == ANJU_OK) {
			go_on(charts[i], snap);
			continue;
		}
		fuzz_assert(st == ANJU_E_CORRUPT);
		fuzz_error(st, &err, data, n);
	}
	return 0;
}
