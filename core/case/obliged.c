/* What a case asks of the obligation that it comes from. It is the packs in force that are asked, whatever
 * definition the case lives under: a revised notice counts for the cases that are open. */
#include "base/error.h"
#include "case/impl.h"
#include "pack/plan.h"

size_t act_obliged(void *ctx, const char *part, const struct unit **ret, size_t max)
{
	const struct anju_case *cs = ctx;
	return plan_case_units(cs->wf, cs->region, cs->data, part, ret, max);
}

anju_status act_obligation_due(void *ctx, const struct due_rule **ret, anju_error *err)
{
	const struct act *act = ctx;
	const struct obligation *o = plan_of_case(act->wf, act->cs->data);
	if (o == NULL || o->due == NULL) {
		(void)anju_fail(err, ANJU_E_NOTFOUND, "deadline.no_date", "no obligation");
		anju_error_found(err, "obligation");
		return ANJU_E_NOTFOUND;
	}
	*ret = o->due;
	return ANJU_OK;
}
