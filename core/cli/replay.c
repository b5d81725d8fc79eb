/* replay: officers' actions from a script, at their own times on a manual clock. What the daemon has not
 * answered is sent again over a new connection; idempotency keys make that harmless, so that killing the
 * daemon in between changes nothing. */
#include "cli/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/table.h"

#define RECONNECT_S     30
#define EXPLAINED_MAX   5
#define BUSY_LEAST_MS   10
#define BUSY_MOST_MS    10000
#define PROGRESS_TTY_MS 200
#define PROGRESS_LOG_MS 5000
#define NS_PER_MS       1000000

static void show_progress(struct replay *r, bool last)
{
	int64_t now = timestamp_monotonic();
	bool tty = r->cli->width > 0;
	if (!r->progress ||
		(!last && now - r->shown_ms < (tty ? PROGRESS_TTY_MS : PROGRESS_LOG_MS)))
		return;
	char when[TIMESTAMP_MAX_CHARS];
	int64_t done = r->ok + r->refused + r->unexpected, took = now - r->began_ms;
	r->shown_ms = now;
	fprintf(r->cli->err,
		tr(r->cli->lang, "%s%.10s  已办 %lld 条，每秒 %lld 条%s",
			"%s%.10s  %lld lines, %lld a second%s"),
		tty ? "\r" : "", timestamp_format(r->now_ms, when), (long long)done,
		(long long)(took > 0 ? done * 1000 / took : 0), tty && !last ? " " : "\n");
}

/* --- what came of a line --- */

static void explain(struct replay *r, const struct replay_line *line, const json_t *error)
{
	struct cli *cli = r->cli;
	const char *as = show_text(line->params, "as");
	const char *name = show_text(line->params, "case");
	if (name[0] == '\0')
		name = show_text(line->params, "key");
	fprintf(cli->err,
		tr(cli->lang, "第 %lld 行 %s %s %s（%s）%s\n", "line %lld: %s %s %s (as %s)%s\n"),
		(long long)line->no, line->method, name, show_text(line->params, "event"), as,
		line->refusal_wanted && error != NULL ? tr(cli->lang, "，如预期", ", as expected")
						      : "");
	if (error != NULL)
		show_error(cli, cli->err, error);
	else
		fputs(tr(cli->lang, "本应被拒绝，却办成了\n",
			      "was to be refused, but went through\n"),
			cli->err);
}

static void judge(struct replay *r, const struct replay_line *line, const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	bool expected = (error != NULL) == line->refusal_wanted;
	if (!expected && r->unexpected++ < EXPLAINED_MAX) {
		explain(r, line, error);
	} else if (expected && error != NULL && !r->refusal_shown) {
		explain(r, line, error);
		r->refusal_shown = true;
	}
	if (expected && error != NULL)
		r->refused++;
	else if (expected)
		r->ok++;
}

/* --- the window of requests on their way --- */

static void forget(struct replay *r, size_t i)
{
	json_decref(r->window[i].doc);
	r->window_len--;
	memmove(&r->window[i], &r->window[i + 1], (r->window_len - i) * sizeof r->window[0]);
}

static anju_status send_line(struct replay *r, struct replay_line *line, anju_error *err)
{
	line->id = client_next_id(r->cli->client);
	line->again = false;
	return client_send(r->cli->client, line->id, line->method, line->params, err);
}

/* After a lost connection everything unanswered goes out again, in the old order. */
static int recover(struct replay *r)
{
	for (;;) {
		anju_error err = {0};
		anju_status st = ANJU_OK;
		fprintf(r->cli->err,
			tr(r->cli->lang, "连接断开（第 %lld 行），正在重连\n",
				"connection lost at line %lld, connecting again\n"),
			(long long)(r->window_len > 0 ? r->window[0].no : r->line_no));
		if (client_reconnect(r->cli->client, RECONNECT_S, &err) != ANJU_OK)
			return cli_fail(r->cli, CLI_UNREACHABLE, &err);
		r->reconnects++;
		for (size_t i = 0; i < r->window_len && st == ANJU_OK; i++)
			st = send_line(r, &r->window[i], &err);
		if (st == ANJU_OK)
			return CLI_OK;
		if (st != ANJU_E_IO)
			return cli_fail(r->cli, CLI_UNREACHABLE, &err);
	}
}

static int resend_busy(struct replay *r)
{
	int64_t ms = r->busy_ms > BUSY_LEAST_MS ? r->busy_ms : BUSY_LEAST_MS;
	ms = ms < BUSY_MOST_MS ? ms : BUSY_MOST_MS;
	const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * NS_PER_MS};
	anju_error err = {0};
	r->busy_ms = 0;
	(void)nanosleep(&pause, NULL); /* woken early: tries earlier */
	for (size_t i = 0; i < r->window_len; i++) {
		if (send_line(r, &r->window[i], &err) != ANJU_OK)
			return recover(r);
	}
	return CLI_OK;
}

static bool all_again(const struct replay *r)
{
	for (size_t i = 0; i < r->window_len; i++) {
		if (!r->window[i].again)
			return false;
	}
	return true;
}

/* After a lost connection the clock may stand further on than a line that is sent again wants: fine. */
static int judge_clock(struct replay *r, const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const char *id = show_text(json_object_get(error, "data"), "id");
	if (error == NULL || strcmp(id, "engine.clock_back") == 0)
		return CLI_OK;
	show_error(r->cli, r->cli->err, error);
	return CLI_REFUSED;
}

static int settle(struct replay *r, const json_t *answer)
{
	int64_t id = json_integer_value(json_object_get(answer, "id"));
	const json_t *data = json_object_get(json_object_get(answer, "error"), "data");
	bool busy = strcmp(show_text(data, "status"), "E_BUSY") == 0;
	for (size_t i = 0; i < r->window_len; i++) {
		if (r->window[i].id != id)
			continue;
		if (busy) {
			int64_t ms = json_integer_value(json_object_get(data, "retry_after_ms"));
			r->busy_ms = ms > r->busy_ms ? ms : r->busy_ms;
			r->window[i].again = true;
			return CLI_OK;
		}
		int code = CLI_OK;
		if (r->window[i].clock)
			code = judge_clock(r, answer);
		else
			judge(r, &r->window[i], answer);
		forget(r, i);
		return code;
	}
	return CLI_OK;
}

static int receive_one(struct replay *r)
{
	anju_error err = {0};
	if (all_again(r))
		return resend_busy(r);
	json_t *answer;
	anju_status st = client_read(r->cli->client, -1, &answer, &err);
	if (st == ANJU_E_IO)
		return recover(r);
	if (st != ANJU_OK)
		return cli_fail(r->cli, CLI_UNREACHABLE, &err);
	int code = settle(r, answer);
	json_decref(answer);
	show_progress(r, false);
	return code;
}

static int drain(struct replay *r, size_t until_len)
{
	int code = CLI_OK;
	while (r->window_len > until_len && code == CLI_OK)
		code = receive_one(r);
	return code;
}

/* Takes line->doc. */
static int put_line(struct replay *r, const struct replay_line *line)
{
	anju_error err = {0};
	/* A line that is to be refused goes alone: were later ones carried out before a crash, it might be
	 * accepted the second time. */
	int code = drain(r, line->refusal_wanted ? 0 : REPLAY_WINDOW - 1);
	if (code != CLI_OK) {
		json_decref(line->doc);
		return code;
	}
	struct replay_line *mine = &r->window[r->window_len++];
	*mine = *line;
	anju_status st = send_line(r, mine, &err);
	if (st == ANJU_E_IO)
		code = recover(r);
	else if (st != ANJU_OK)
		code = cli_fail(r->cli, CLI_UNREACHABLE, &err);
	if (code == CLI_OK && line->refusal_wanted)
		code = drain(r, 0);
	return code;
}

/* --- the clock --- */

/* Called with nothing on its way. */
static int clock_call(struct replay *r, const char *method, const json_t *params, json_t **ret)
{
	for (;;) {
		anju_error err = {0};
		anju_status st = client_call(r->cli->client, method, params, ret, &err);
		if (st == ANJU_OK)
			return CLI_OK;
		if (st != ANJU_E_IO)
			return cli_fail(r->cli, CLI_UNREACHABLE, &err);
		int code = recover(r);
		/* It may have been moved before the connection went: look before moving it again. */
		if (code != CLI_OK || strcmp(method, "clock.get") != 0) {
			*ret = NULL;
			return code;
		}
	}
}

static int take_clock(struct replay *r, const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	if (error != NULL) {
		show_error(r->cli, r->cli->err, error);
		return CLI_REFUSED;
	}
	anju_error err = {0};
	const json_t *result = json_object_get(answer, "result");
	if (timestamp_parse(show_text(result, "now"), &r->now_ms, &err) != ANJU_OK)
		return cli_fail(r->cli, CLI_UNREACHABLE, &err);
	return CLI_OK;
}

static int read_clock(struct replay *r, bool *ret_manual)
{
	ANJU_AUTO_JSON *answer = NULL;
	int code = clock_call(r, "clock.get", NULL, &answer);
	if (code == CLI_OK)
		code = take_clock(r, answer);
	if (code == CLI_OK)
		*ret_manual =
			json_is_true(json_object_get(json_object_get(answer, "result"), "manual"));
	return code;
}

static int move_clock(struct replay *r, int64_t to_ms)
{
	char text[TIMESTAMP_MAX_CHARS];
	int code = CLI_OK;
	while (r->now_ms < to_ms && code == CLI_OK) {
		ANJU_AUTO_JSON *answer = NULL;
		ANJU_AUTO_JSON *params = json_pack("{s:s}", "to", timestamp_format(to_ms, text));
		if (r->cli->as != NULL)
			json_object_set_new(params, "as", json_string(r->cli->as));
		bool manual;
		code = clock_call(r, "clock.advance", params, &answer);
		if (code == CLI_OK && answer != NULL)
			code = take_clock(r, answer);
		else if (code == CLI_OK)
			code = read_clock(r, &manual);
		show_progress(r, false);
	}
	return code;
}

/* The daemon carries out in order, so the clock need not be waited for: it goes like any line. */
static int send_clock(struct replay *r, int64_t to_ms)
{
	char text[TIMESTAMP_MAX_CHARS];
	struct replay_line line = {.no = r->line_no, .clock = true, .method = "clock.advance"};
	line.doc = json_pack("{s:{s:s}}", "params", "to", timestamp_format(to_ms, text));
	line.params = json_object_get(line.doc, "params");
	if (r->cli->as != NULL)
		json_object_set_new(line.params, "as", json_string(r->cli->as));
	r->now_ms = to_ms;
	return put_line(r, &line);
}

/* The month's report is read with nothing on its way. */
static int advance_to(struct replay *r, int64_t to_ms)
{
	int code = CLI_OK;
	while (code == CLI_OK && r->report.wanted && r->report.month_end_ms <= to_ms) {
		char label[16];
		code = drain(r, 0);
		if (code == CLI_OK)
			code = move_clock(r, r->report.month_end_ms);
		report_next(r, label);
		if (code == CLI_OK)
			code = report_row(r, label);
	}
	return code == CLI_OK && r->now_ms < to_ms ? send_clock(r, to_ms) : code;
}

static int play_line(struct replay *r, const char *text, size_t n, int64_t until_ms, bool *ret_stop)
{
	anju_error err = {0};
	struct replay_line line;
	int64_t at;
	anju_status st = replay_parse(r, text, n, &line, &at, &err);
	if (st != ANJU_OK) {
		json_decref(line.doc);
		return cli_fail(r->cli, CLI_USAGE, &err);
	}
	*ret_stop = at > until_ms;
	int code = CLI_OK;
	if (!*ret_stop && at > r->now_ms)
		code = advance_to(r, at);
	if (*ret_stop || code != CLI_OK) {
		json_decref(line.doc);
		return code;
	}
	return put_line(r, &line);
}

static int play(struct replay *r, FILE *in, int64_t from, int64_t until_ms)
{
	ANJU_AUTO_MEM char *text = NULL;
	size_t cap = 0;
	ssize_t n;
	bool stop = false;
	int code = CLI_OK;
	while (!stop && code == CLI_OK && (n = getline(&text, &cap, in)) >= 0) {
		r->line_no++;
		if (r->line_no >= from && strspn(text, " \t\r\n") < (size_t)n)
			code = play_line(r, text, (size_t)n, until_ms, &stop);
	}
	if (code == CLI_OK)
		code = drain(r, 0);
	if (code == CLI_OK && until_ms != INT64_MAX)
		code = advance_to(r, until_ms);
	return code == CLI_OK ? drain(r, 0) : code;
}

/* --- the command --- */

static int options(struct replay *r, int64_t *ret_from, int64_t *ret_until)
{
	struct cli *cli = r->cli;
	anju_error err = {0};
	const char *until = cli_value(cli, "until"), *report = cli_value(cli, "report");
	if (!cli_number(cli, "from", 1, ret_from))
		return CLI_USAGE;
	if (until != NULL && timestamp_parse(until, ret_until, &err) != ANJU_OK)
		return cli_fail_usage(cli, &err);
	if (report != NULL && strcmp(report, "monthly") != 0) {
		(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such report");
		anju_error_where(&err, "--report");
		anju_error_found(&err, "%s", report);
		anju_error_allowed(&err, "monthly");
		return cli_fail_usage(cli, &err);
	}
	const char *workflow = cli_value(cli, "workflow");
	r->report.wanted = report != NULL;
	r->report.workflow = workflow != NULL ? workflow : "household";
	r->progress = cli_flag(cli, "progress");
	return CLI_OK;
}

static void summary(struct replay *r)
{
	struct cli *cli = r->cli;
	char when[TIMESTAMP_MAX_CHARS];
	int64_t took = timestamp_monotonic() - r->began_ms;
	show_progress(r, true);
	if (cli->json) {
		ANJU_AUTO_JSON *v = json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:I}", "ok", r->ok,
			"refused", r->refused, "unexpected", r->unexpected, "reconnects",
			r->reconnects, "lines", r->line_no, "now",
			timestamp_format(r->now_ms, when), "took_ms", took);
		show_json(cli, v);
		return;
	}
	fprintf(cli->out,
		tr(cli->lang,
			"办成 %lld 条，按预期被拒绝 %lld 条，与预期不符 %lld 条；时钟 %s；用时 "
			"%lld.%03lld 秒\n",
			"%lld done, %lld refused as expected, %lld not as expected; clock %s; "
			"%lld.%03lld s\n"),
		(long long)r->ok, (long long)r->refused, (long long)r->unexpected,
		timestamp_format(r->now_ms, when), (long long)(took / 1000),
		(long long)(took % 1000));
}

static int replay_file(struct replay *r, FILE *in)
{
	int64_t from = 1, until_ms = INT64_MAX;
	bool manual = false;
	int code = options(r, &from, &until_ms);
	if (code == CLI_OK)
		code = cli_connect(r->cli);
	if (code == CLI_OK)
		code = read_clock(r, &manual);
	if (code != CLI_OK)
		return code;
	if (!manual) {
		anju_error err = {0};
		(void)anju_fail(
			&err, ANJU_E_REFUSED, "cli.clock_wall", "the clock is no manual one");
		return cli_fail(r->cli, CLI_REFUSED, &err);
	}
	r->began_ms = timestamp_monotonic();
	report_begin(r);
	code = play(r, in, from, until_ms);
	if (code == CLI_OK && r->report.wanted) {
		char now[TIMESTAMP_MAX_CHARS];
		timestamp_format(r->now_ms, now);
		now[10] = '\0';
		code = report_row(r, now);
	}
	summary(r);
	return code == CLI_OK && r->unexpected > 0 ? CLI_FINDINGS : code;
}

int run_replay(struct cli *cli)
{
	bool standard = strcmp(cli->args[0], "-") == 0;
	FILE *in = standard ? stdin : fopen(cli->args[0], "re");
	if (in == NULL) {
		anju_error err = {0};
		(void)anju_fail_errno(&err, errno, "@say.opening|%s", cli->args[0]);
		return cli_fail(cli, CLI_USAGE, &err);
	}
	struct replay r = {.cli = cli};
	int code = replay_file(&r, in);
	while (r.window_len > 0)
		forget(&r, 0);
	report_done(&r);
	if (!standard)
		(void)fclose(in); /* only read from */
	return code;
}
