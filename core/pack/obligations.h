/** Shared inside the reader of obligations.json only. */
#ifndef CORE_PACK_OBLIGATIONS_H
#define CORE_PACK_OBLIGATIONS_H

#include "pack/loader.h"
#include "pack/plan.h"

/** One obligation while it is read. */
struct duty_reading {
	struct loader *ld;
	const json_t *def; /* with what "like" gives */
	const struct json_at *at;
	struct obligation *o;
	const struct workflow *wf; /* NULL after a finding */
};

/** "for", "each", "lead", "responsible", "cooperating", "reviewer". */
void obligation_read_whom(const struct duty_reading *r);
/** "start", "until", "recur", "shift", "trigger". */
void obligation_read_times(const struct duty_reading *r);
/** "due"; after times. */
void obligation_read_due(const struct duty_reading *r);
/** "key" and "data"; after all others, for what they become is tried out. */
void obligation_read_key(const struct duty_reading *r);
void obligation_read_data(const struct duty_reading *r);

#endif
