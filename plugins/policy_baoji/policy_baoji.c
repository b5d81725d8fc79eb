/**
 * Policy functions of the Baoji plan that a guard in JSON cannot say: red lines, people before houses, keys
 * against moving in, conditions of exit. Pure functions of their input.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "anju/plugin.h"

#include "functions.h"

static const char manifest[] =
#include "policy_baoji_manifest.h"
	;

static const struct function {
	const char *name;
	void (*run)(struct judge *j);
} functions[] = {
	{"area_red_line", area_red_line},
	{"self_raised_red_line", self_raised_red_line},
	{"red_lines", red_lines},
	{"house_match", house_match},
	{"project_mix", project_mix},
	{"occupancy", occupancy},
	{"exit_conditions", exit_conditions},
};

static anju_answered fail(anju_request *request, anju_status st, const char *id, const char *text)
{
	anju_error err = {.status = st};
	snprintf(err.id, sizeof err.id, "%s", id);
	snprintf(err.text, sizeof err.text, "%s", text);
	return request->fail(request, &err);
}

static anju_answered policy(
	void *self, const char *function, const json_t *input, anju_request *request)
{
	(void)self;
	const struct function *f = NULL;
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		if (strcmp(functions[i].name, function) == 0)
			f = &functions[i];
	}
	if (f == NULL)
		return fail(request, ANJU_E_NOTFOUND, "policy_baoji.function", function);
	struct judge j;
	judge_init(&j, input);
	if (!j.failed)
		f->run(&j);
	json_t *verdict = judge_verdict(&j);
	anju_answered answered = verdict != NULL
					 ? request->done(request, verdict)
					 : fail(request, ANJU_E_NOMEM, "mem.out", "out of memory");
	json_decref(verdict);
	judge_done(&j);
	return answered;
}

static anju_status check(const json_t *config, anju_error *err)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)config, key, v) {
		if (strcmp(key, "dir") == 0)
			continue;
		if (err != NULL) {
			memset(err, 0, sizeof *err);
			err->status = ANJU_E_INVALID;
			snprintf(err->id, sizeof err->id, "policy_baoji.config");
			snprintf(err->text, sizeof err->text,
				"unknown member \"%.60s\"; there is nothing to configure", key);
		}
		return ANJU_E_INVALID;
	}
	return ANJU_OK;
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	(void)config;
	(void)err;
	*ret_self = NULL; /* nothing to keep */
	return ANJU_OK;
}

static void fini(void *self)
{
	(void)self;
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "policy_baoji", .version = "1.0.0",
	.manifest = manifest, .check = check, .init = init, .stop = NULL, .fini = fini,
	.policy = policy, .deliver = NULL, .calendar = NULL);
