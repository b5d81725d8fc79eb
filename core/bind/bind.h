/**
 * What packs ask of plugins: guards find the function they name, the calendar its notices. One way for the daemon
 * and for whoever runs packs without it.
 */
#ifndef CORE_BIND_BIND_H
#define CORE_BIND_BIND_H

#include "anju/error.h"
#include "calendar/calendar.h"
#include "pack/pack.h"
#include "plugin/plugin.h"

/**
 * Point every guard that asks a plugin at it. `report` (may be NULL) is called for each that finds none, and the
 * first of these is the result: ANJU_E_INVALID "bind.policy" with file, pointer, found and the plugins there are.
 */
ANJU_MUST_CHECK anju_status bind_policies(struct pack_set *packs, struct plugin_set *plugins,
	finding_cb report, void *report_ctx, anju_error *err);

/**
 * The calendar "cn" from whichever plugins offer it, the later one's years counting; without any, every year is
 * provisional. *ret is the caller's. As plugin_calendar() and calendar_add_year().
 */
ANJU_MUST_CHECK anju_status bind_calendar(
	struct plugin_set *plugins, struct calendar **ret, anju_error *err);

#endif
