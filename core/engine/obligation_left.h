/**
 * Cases of obligations that could not be opened when their period began: whose, of which period, and why. They hold up
 * nobody: the obligation goes on, and each of them is tried again every hour until it succeeds or the packs no longer
 * name the unit.
 *
 * Kept in the store's meta row "obligation.left/<id>", written in the transaction that goes past them.
 */
#ifndef CORE_ENGINE_OBLIGATION_LEFT_H
#define CORE_ENGINE_OBLIGATION_LEFT_H

#include <jansson.h>

#include "anju/error.h"
#include "store/store.h"

/** One obligation waits with its next period while it has so many. */
#define OBLIGATION_LEFT_MOST 1000

/**
 * Those of one obligation, oldest first: [{"day": nominal day, "unit": who is obliged, "since": ms, "joined": bool,
 * "text": {zh, en}}]; the caller's. "joined": of a unit that was new, whose case counts from when it is opened.
 * What reading the store returns.
 */
ANJU_MUST_CHECK anju_status obligation_left_read(
	struct store_reader *reader, const char *id, json_t **ret, anju_error *err);

#endif
