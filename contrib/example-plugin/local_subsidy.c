/* A county's own rule: a subsidy for moving, at most so much a person, once the family lives there. */
#include "anju/plugin.h"

static const char manifest[] =
#include "local_subsidy_manifest.h"
	;

/* A verdict: no reason means yes. */
static json_t *verdict(const char *zh, const char *en, json_int_t limit)
{
	if (zh == NULL)
		return json_pack("{s:b}", "ok", 1);
	return json_pack("{s:b, s:{s:s, s:s}, s:{s:I}}", "ok", 0, "reason", "zh", zh, "en", en,
		"values", "limit_fen", limit);
}

static json_t *moving_subsidy(const json_t *input)
{
	const json_t *cs = json_object_get(input, "case");
	const json_t *persons = json_object_get(cs, "persons");
	const json_t *subsidy = json_object_get(cs, "subsidy_fen");
	const json_t *each = json_object_get(json_object_get(input, "params"), "per_person_fen");
	if (!json_is_integer(persons) || !json_is_integer(subsidy) || !json_is_integer(each))
		return verdict("缺少 persons、subsidy_fen 或参数 per_person_fen",
			"persons, subsidy_fen or the parameter per_person_fen is missing", 0);
	if (!json_is_string(json_object_get(cs, "occupied_on")))
		return verdict("未认定实际入住，不能发放搬家补助",
			"no subsidy for moving before the family lives there", 0);
	json_int_t limit;
	if (__builtin_mul_overflow(json_integer_value(persons), json_integer_value(each), &limit) ||
		json_integer_value(subsidy) > limit)
		return verdict(
			"搬家补助超过每人限额", "the subsidy is over the limit a person", limit);
	return verdict(NULL, NULL, 0);
}

static anju_answered policy(
	void *self, const char *function, const json_t *input, anju_request *request)
{
	json_t *answer = moving_subsidy(input); /* the manifest offers this function only */
	anju_error nomem = {.status = ANJU_E_NOMEM, .id = "mem.out", .text = "out of memory"};
	anju_answered answered =
		answer != NULL ? request->done(request, answer) : request->fail(request, &nomem);
	json_decref(answer);
	return answered;
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	*ret_self = NULL; /* nothing to keep: a policy is a pure function of its input */
	return ANJU_OK;
}

static void fini(void *self)
{
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "local_subsidy", .version = "1.0.0",
	.manifest = manifest, .init = init, .fini = fini, .policy = policy);
