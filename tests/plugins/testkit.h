/** What the small plugins for the loader's tests share: most need a start and an end that do nothing. */
#ifndef TESTS_PLUGINS_TESTKIT_H
#define TESTS_PLUGINS_TESTKIT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "anju/plugin.h"

__attribute__((unused)) static anju_status kit_init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	(void)config;
	(void)err;
	*ret_self = NULL;
	return ANJU_OK;
}

__attribute__((unused)) static void kit_fini(void *self)
{
	(void)self;
}

__attribute__((unused)) static anju_answered kit_policy(
	void *self, const char *function, const json_t *input, anju_request *request)
{
	(void)self;
	(void)function;
	(void)input;
	json_t *verdict = json_pack("{s:b}", "ok", 1);
	anju_answered answered = request->done(request, verdict);
	json_decref(verdict);
	return answered;
}

#endif
