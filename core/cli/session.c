/* Asking the daemon, and saying what it refused. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/show.h"

#define PAGE_MAX 1000

/* A busy daemon is asked again when it says, so often and no longer than this; after a while we say why it takes. */
#define BUSY_TRIES      8
#define BUSY_MOST_MS    30000
#define BUSY_SILENCE_MS 2000

void cli_done(struct cli *cli)
{
	client_free(cli->client);
	json_decref(cli->workflows);
	json_decref(cli->units);
}

int cli_fail(struct cli *cli, int code, const anju_error *err)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_error(&text, err, cli->lang);
	fprintf(cli->err, "anjuctl: %s\n", text.data != NULL ? text.data : err->text);
	return code;
}

int cli_fail_usage(struct cli *cli, const anju_error *err)
{
	(void)cli_fail(cli, CLI_USAGE, err);
	const char *name = cli->command != NULL ? cli->command->name : "";
	fprintf(cli->err,
		tr(cli->lang, "用法见：anjuctl help%s%s\n", "For help: anjuctl help%s%s\n"),
		name[0] != '\0' ? " " : "", name);
	return CLI_USAGE;
}

const char *cli_needed(struct cli *cli, const char *name)
{
	const char *value = cli_value(cli, name);
	if (value != NULL)
		return value;
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_needed", "--%s is missing", name);
	anju_error_allowed(&err, "--%s", name);
	(void)cli_fail_usage(cli, &err);
	return NULL;
}

int cli_connect(struct cli *cli)
{
	anju_error err = {0};
	anju_status st = ANJU_OK;
	if (cli->client != NULL)
		return CLI_OK;
	cli->client = client_new(cli->socket);
	if (cli->client == NULL)
		st = anju_fail_nomem(&err);
	else
		st = client_connect(cli->client, &err);
	if (st == ANJU_OK)
		return CLI_OK;
	client_free(cli->client);
	cli->client = NULL;
	return cli_fail(cli, CLI_UNREACHABLE, &err);
}

/* --- a busy daemon --- */

struct busy {
	int tries;
	int64_t waited_ms;
	bool said;
};

/* Nothing was done, and it is worth coming again soon: not so for a job that waits for another job's end. */
static bool is_busy(const json_t *answer, int64_t *ret_ms)
{
	static const char *const ids[] = {"engine.busy", "rpc.busy", "rpc.connections"};
	const json_t *data = json_object_get(json_object_get(answer, "error"), "data");
	const char *id = show_text(data, "id");
	*ret_ms = json_integer_value(json_object_get(data, "retry_after_ms"));
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		if (strcmp(ids[i], id) == 0)
			return true;
	}
	return false;
}

/* False: that is enough. */
static bool wait_busy(struct cli *cli, struct busy *busy, int64_t ms)
{
	if (ms < 1)
		ms = 1;
	if (busy->tries++ == BUSY_TRIES || busy->waited_ms + ms > BUSY_MOST_MS)
		return false;
	busy->waited_ms += ms;
	if (!busy->said && busy->waited_ms > BUSY_SILENCE_MS) {
		busy->said = true;
		fputs(tr(cli->lang, "anjuctl：守护进程忙，正在重试\n",
			      "anjuctl: the daemon is busy, trying again\n"),
			cli->err);
		(void)fflush(cli->err);
	}
	const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	(void)nanosleep(&pause, NULL); /* woken early: tries earlier */
	return true;
}

static anju_status call_until_free(struct cli *cli, const char *method, const json_t *params,
	json_t **ret_answer, anju_error *err)
{
	struct busy busy = {0};
	json_t *answer;
	int64_t ms;
	anju_status st = client_call(cli->client, method, params, &answer, err);
	while (st == ANJU_OK && is_busy(answer, &ms) && wait_busy(cli, &busy, ms)) {
		/* one connection too many was closed with that */
		bool closed = json_is_null(json_object_get(answer, "id"));
		json_decref(answer);
		st = closed ? client_connect(cli->client, err) : ANJU_OK;
		if (st == ANJU_OK)
			st = client_call(cli->client, method, params, &answer, err);
	}
	if (st == ANJU_OK)
		*ret_answer = answer;
	return st;
}

static int call(struct cli *cli, const char *method, json_t *params, json_t **ret_answer)
{
	ANJU_AUTO_JSON *taken = params != NULL ? params : json_object();
	int code = cli_connect(cli);
	if (code != CLI_OK)
		return code;
	if (cli->as != NULL && json_object_get(taken, "as") == NULL)
		json_object_set_new(taken, "as", json_string(cli->as));
	anju_error err = {0};
	anju_status st = call_until_free(cli, method, taken, ret_answer, &err);
	return st == ANJU_OK ? CLI_OK : cli_fail(cli, CLI_UNREACHABLE, &err);
}

int cli_try(struct cli *cli, const char *method, json_t *params, json_t **ret)
{
	json_t *answer = NULL;
	int code = call(cli, method, params, &answer);
	*ret = NULL;
	if (code == CLI_OK)
		*ret = json_incref(json_object_get(answer, "result"));
	json_decref(answer);
	return code;
}

int cli_call(struct cli *cli, const char *method, json_t *params, json_t **ret)
{
	json_t *answer = NULL;
	int code = call(cli, method, params, &answer);
	if (code != CLI_OK)
		return code;
	json_t *error = json_object_get(answer, "error");
	if (error != NULL && cli->json) {
		ANJU_AUTO_JSON *shown = json_pack("{s:O}", "error", error);
		show_json(cli, shown);
	} else if (error != NULL) {
		show_error(cli, cli->err, error);
	} else {
		*ret = json_incref(json_object_get(answer, "result"));
	}
	json_decref(answer);
	return error != NULL ? CLI_REFUSED : CLI_OK;
}

int cli_pages(struct cli *cli, const char *method, json_t *params, int64_t limit,
	json_t **ret_items, bool *ret_more)
{
	ANJU_AUTO_JSON *taken = params;
	ANJU_AUTO_JSON *items = json_array();
	bool more = true;
	while (more && (limit == 0 || (int64_t)json_array_size(items) < limit)) {
		int64_t left = limit == 0 ? PAGE_MAX : limit - (int64_t)json_array_size(items);
		json_object_set_new(
			taken, "limit", json_integer(left < PAGE_MAX ? left : PAGE_MAX));
		ANJU_AUTO_JSON *page = NULL;
		int code = cli_call(cli, method, json_copy(taken), &page);
		if (code != CLI_OK)
			return code;
		json_array_extend(items, json_object_get(page, "items"));
		json_t *next = json_object_get(page, "next");
		more = next != NULL && !json_is_null(next);
		if (more)
			json_object_set(taken, "after", next);
	}
	*ret_more = more;
	*ret_items = json_incref(items);
	return CLI_OK;
}
