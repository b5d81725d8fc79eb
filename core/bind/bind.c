#include "bind/bind.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

#define CALENDAR_NAME       "cn"
#define CALENDAR_TIMEOUT_MS 10000

static anju_status bind_guard(
	struct plugin_set *plugins, const struct workflow *wf, struct guard *guard, anju_error *err)
{
	struct plugin *p = plugin_set_find(plugins, guard->plugin);
	if (p != NULL && plugin_offers_policy(p, guard->function)) {
		guard->policy = p;
		return ANJU_OK;
	}
	(void)anju_fail(err, ANJU_E_INVALID, "bind.policy", "%s#%s: nobody offers %s.%s", wf->file,
		guard->pointer, guard->plugin, guard->function);
	anju_error_file(err, wf->file);
	anju_error_where(err, "%s", guard->pointer);
	anju_error_found(err, "%s.%s", guard->plugin, guard->function);
	ANJU_AUTO_BUF names = BUF_INIT;
	size_t n = plugin_set_count(plugins);
	for (size_t i = 0; i < n; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", plugin_name(plugin_set_at(plugins, i)));
	anju_error_allowed(err, "%s", names.data != NULL ? names.data : "-");
	return ANJU_E_INVALID;
}

anju_status bind_policies(struct pack_set *packs, struct plugin_set *plugins, finding_cb report,
	void *report_ctx, anju_error *err)
{
	anju_status first = ANJU_OK;
	for (size_t w = 0; w < pack_set_workflow_count(packs); w++) {
		const struct workflow *wf = pack_set_workflow_at(packs, w);
		for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
			const struct chart_call *call = chart_transition_at(wf->chart, i)->guard;
			struct guard *guard = call != NULL ? call->user : NULL;
			anju_error found;
			if (guard == NULL || guard->kind != GUARD_POLICY ||
				bind_guard(plugins, wf, guard, &found) == ANJU_OK)
				continue;
			if (report != NULL)
				report(report_ctx, &found);
			if (first == ANJU_OK && err != NULL)
				*err = found;
			first = found.status;
		}
	}
	return first;
}

static anju_status add_years(struct calendar *calendar, struct plugin *p, anju_error *err)
{
	ANJU_AUTO_JSON *notices = NULL;
	anju_status st = plugin_calendar(p, CALENDAR_NAME, CALENDAR_TIMEOUT_MS, &notices, err);
	size_t i;
	json_t *notice;
	json_array_foreach(notices, i, notice) {
		if (st == ANJU_OK)
			st = calendar_add_year(calendar, notice, plugin_name(p), err);
	}
	return st;
}

anju_status bind_calendar(struct plugin_set *plugins, struct calendar **ret, anju_error *err)
{
	ANJU_AUTO(calendar) calendar = calendar_new();
	if (calendar == NULL)
		return anju_fail_nomem(err);
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < plugin_set_count(plugins) && st == ANJU_OK; i++) {
		struct plugin *p = plugin_set_at(plugins, i);
		if (plugin_offers_calendar(p, CALENDAR_NAME))
			st = add_years(calendar, p, err);
	}
	if (st == ANJU_OK)
		*ret = ANJU_TAKE(calendar);
	return st;
}
