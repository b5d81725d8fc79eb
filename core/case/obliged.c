/* What a case asks of the obligation that it comes from. It is the packs in force that are asked, whatever
 * definition the case lives under: a revised notice counts for the cases that are open. */
#include "base/error.h"
#include "case/impl.h"
#include "pack/plan.h"

size_t act_obliged(void *ctx, const char *part, const struct unit **ret, size_t max)
{
	const struct anju_case *cs = ctx;
	const struct plan_said said = plan_said_by(cs->wf, &cs->values);
	return plan_said_units(cs->wf, cs->region, &said, part, ret, max);
}

anju_status act_obligation_due(void *ctx, const struct due_rule **ret, anju_error *err)
{
	const struct act *act = ctx;
	const struct plan_said said = plan_said_by(act->wf, &act->cs->values);
	const struct obligation *o = plan_said_obligation(act->wf, &said);
	if (o == NULL || o->due == NULL) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "deadline.no_date", "no obligation");
		anju_error_found(err, "obligation");
		return ANJU_E_NOTFOUND;
	}
	*ret = o->due;
	return ANJU_OK;
}
