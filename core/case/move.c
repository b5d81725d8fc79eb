/* A case arrives at another definition. What it brings along is decided in core/migrate. */
#include "base/error.h"
#include "case/impl.h"

static anju_status settle(struct act *act, const struct case_move *move, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < move->fates_len && st == ANJU_OK; i++)
		st = act_fate(act, &act->cs->duties[i], move->fates[i], err);
	for (size_t i = 0; i < move->arms_len && st == ANJU_OK; i++)
		st = act_arm(act, move->arms[i], err);
	if (st == ANJU_OK)
		st = act_follow(act, err);
	for (size_t i = 0; i < move->timers_len && st == ANJU_OK; i++)
		st = act_begin_timer(act, move->timers[i].state, move->timers[i].event, err);
	return st;
}

anju_status case_move(const struct case_env *env, struct anju_case *cs,
	const struct case_move *move, const struct case_request *request, struct case_effects *fx,
	anju_error *err)
{
	struct act act = {.env = env,
		.cs = cs,
		.wf = cs->wf,
		.request = request,
		.fx = fx,
		.definition = move->definition};
	anju_assert(move->fates_len == cs->duties_len);
	anju_status st = settle(&act, move, err);
	st = st == ANJU_OK ? act_record(&act, err) : act_undecided(&act, st, err);
	act_done(&act);
	return st;
}
