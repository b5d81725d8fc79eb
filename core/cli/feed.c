/* feed: what happens, as it happens. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/show.h"

#define RECONNECT_S 3600
/* The last seq may not be an entry of its own; then nothing more comes, and silence ends the list. */
#define SILENCE_MS 1000

struct feed {
	struct cli *cli;
	bool follow;
	int64_t after; /* -1 = from now on */
	int64_t last;  /* there is no more than this yet */
};

static void show_entry(struct feed *feed, const json_t *entry)
{
	struct cli *cli = feed->cli;
	char at[SHOW_TIME_CHARS];
	if (cli->json) {
		(void)json_dumpf(entry, cli->out, JSON_COMPACT); /* main looks at ferror() */
		fputc('\n', cli->out);
	} else {
		const char *reason = show_text(entry, "reason");
		fprintf(cli->out, "%8lld  %s  %s@%lld  %s  %s%s%s\n",
			(long long)json_integer_value(json_object_get(entry, "seq")),
			show_time(json_object_get(entry, "recorded_at"), at),
			show_text(entry, "case"),
			(long long)json_integer_value(json_object_get(entry, "rev")),
			show_text(entry, "actor"), show_text(entry, "event"),
			reason[0] != '\0' ? "  " : "", reason);
	}
	if (feed->follow)
		(void)fflush(cli->out); /* somebody is watching */
}

static int subscribe(struct feed *feed)
{
	ANJU_AUTO_JSON *result = NULL;
	json_t *params = json_object();
	if (feed->after >= 0)
		json_object_set_new(params, "after", json_integer(feed->after));
	int code = cli_call(feed->cli, "feed.subscribe", params, &result);
	if (code == CLI_OK)
		feed->last = json_integer_value(json_object_get(result, "last_seq"));
	return code;
}

static int again(struct feed *feed)
{
	anju_error err = {0};
	fputs(tr(feed->cli->lang, "连接断开，正在重连\n", "connection lost, connecting again\n"),
		feed->cli->err);
	if (client_reconnect(feed->cli->client, RECONNECT_S, &err) != ANJU_OK)
		return cli_fail(feed->cli, CLI_UNREACHABLE, &err);
	return subscribe(feed);
}

static void take(struct feed *feed, const json_t *line)
{
	const json_t *entry = json_object_get(line, "params");
	if (strcmp(show_text(line, "method"), "feed.entry") != 0)
		return;
	feed->after = json_integer_value(json_object_get(entry, "seq"));
	show_entry(feed, entry);
}

int run_feed(struct cli *cli)
{
	struct feed feed = {.cli = cli, .follow = cli_flag(cli, "follow")};
	feed.after = feed.follow ? -1 : 0;
	if (!cli_number(cli, "after", 0, &feed.after))
		return CLI_USAGE;
	int code = subscribe(&feed);
	while (code == CLI_OK && (feed.follow || feed.after < feed.last)) {
		anju_error err = {0};
		json_t *line;
		anju_status st =
			client_read(cli->client, feed.follow ? -1 : SILENCE_MS, &line, &err);
		if (st == ANJU_E_BUSY)
			break;
		if (st == ANJU_E_IO && feed.follow) {
			code = again(&feed);
		} else if (st != ANJU_OK) {
			code = cli_fail(cli, CLI_UNREACHABLE, &err);
		} else {
			take(&feed, line);
			json_decref(line);
		}
	}
	return code;
}
