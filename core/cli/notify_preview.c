/* notify preview: how messages read, of samples or of what a unit is waiting for. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/world.h"
#include "notify/digest.h"
#include "pack/pack.h"

#define PARTS_TEXT    "subject body html sms"
#define CHANNELS_TEXT "smtp webhook sms"

static int fail_value(struct cli *cli, const char *option, const char *found, const char *allowed)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "no such %s", option);
	anju_error_where(&err, "--%s", option);
	anju_error_found(&err, "%s", found);
	anju_error_allowed(&err, "%s", allowed);
	return cli_fail_usage(cli, &err);
}

/* Which part; WORDING_PARTS when none was named. False after complaining. */
static bool read_part(struct cli *cli, enum wording_part *ret)
{
	const char *name = cli_value(cli, "template");
	*ret = WORDING_PARTS;
	for (int part = 0; name != NULL && part < WORDING_PARTS; part++) {
		if (strcmp(name, wording_part_name((enum wording_part)part)) == 0)
			*ret = (enum wording_part)part;
	}
	if (name != NULL && *ret == WORDING_PARTS)
		(void)fail_value(cli, "template", name, PARTS_TEXT);
	return name == NULL || *ret != WORDING_PARTS;
}

/* --- showing a message --- */

static const char *part_of(const struct cli *cli, const json_t *message, enum wording_part part)
{
	const char *text = show_label(cli, json_object_get(message, wording_part_name(part)));
	return text != NULL ? text : "";
}

/* UTF-16 units, by which short messages are counted. */
static size_t units_of(const char *s)
{
	size_t n = 0;
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		n += (c & 0xc0) != 0x80;
		n += c >= 0xf0;
	}
	return n;
}

static int show_message(struct cli *cli, const json_t *message, enum wording_part part)
{
	const char *channel = cli_value(cli, "channel");
	if (channel != NULL && strcmp(channel, "smtp") != 0 && strcmp(channel, "webhook") != 0 &&
		strcmp(channel, "sms") != 0)
		return fail_value(cli, "channel", channel, CHANNELS_TEXT);
	if (cli->json || (channel != NULL && strcmp(channel, "webhook") == 0)) {
		show_json(cli, message);
	} else if (part != WORDING_PARTS) {
		fprintf(cli->out, "%s\n", part_of(cli, message, part));
	} else if (channel != NULL && strcmp(channel, "sms") == 0) {
		const char *sms = part_of(cli, message, WORDING_SMS);
		fprintf(cli->out, tr(cli->lang, "%s\n（%zu 字）\n", "%s\n(%zu characters)\n"), sms,
			units_of(sms));
	} else {
		const json_t *to = json_object_get(message, "to");
		const char *title = show_label(cli, json_object_get(to, "title"));
		fprintf(cli->out,
			tr(cli->lang, "收件：%s（%s）\n标题：%s\n\n%s",
				"To: %s (%s)\nSubject: %s\n\n%s"),
			title != NULL ? title : "", show_text(to, "unit"),
			part_of(cli, message, WORDING_SUBJECT),
			part_of(cli, message, WORDING_BODY));
	}
	return CLI_OK;
}

/* --- without a daemon: made-up items --- */

static const struct unit *sample_unit(struct cli *cli, const struct pack_set *packs)
{
	static const struct unit made_up = {.code = "610322.land",
		.kind = "land",
		.level = "county",
		.title = {[LANG_ZH] = "凤翔县国土资源局", [LANG_EN] = "Fengxiang land office"}};
	const char *code = cli_value(cli, "unit");
	const struct org *org = packs != NULL ? pack_set_org(packs) : NULL;
	if (org == NULL || (code == NULL && org_count(org) == 0))
		return &made_up;
	return code != NULL ? org_unit(org, code) : org_at(org, 0);
}

static int show_samples(struct cli *cli, const struct wording *wording, const struct unit *to,
	enum wording_part part)
{
	int64_t now = timestamp_now();
	ANJU_AUTO_JSON *samples = digest_samples(timestamp_to_day(now));
	const json_t *items[32];
	size_t n = json_array_size(samples);
	anju_assert(n <= 32);
	for (size_t i = 0; i < n; i++)
		items[i] = json_array_get(samples, i);
	bool urgent = cli_flag(cli, "urgent");
	struct digest digest = {.wording = wording,
		.to = to,
		.id = "preview",
		.items = items,
		.n = urgent ? 1 : n,
		.today = timestamp_to_day(now),
		.created_ms = now,
		.urgent = urgent};
	ANJU_AUTO_JSON *message = digest_message(&digest);
	anju_error err = {0};
	if (message == NULL) {
		(void)anju_fail_nomem(&err);
		return cli_fail(cli, CLI_REFUSED, &err);
	}
	return show_message(cli, message, part);
}

static int fail_unit(struct cli *cli)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_NOTFOUND, "cli.option_value", "no such unit");
	anju_error_where(&err, "--unit");
	anju_error_found(&err, "%s", cli_value(cli, "unit"));
	anju_error_allowed(&err, "units.json");
	return cli_fail_usage(cli, &err);
}

static int offline(struct cli *cli, const char *dir, enum wording_part part)
{
	anju_error err = {0};
	ANJU_AUTO(pack_set) packs = NULL;
	ANJU_AUTO(wording) builtin = NULL;
	struct pack_options options = {.dir = dir,
		.leaf = cli_value(cli, "pack"),
		.report = cli_print_finding,
		.report_ctx = cli};
	if (dir != NULL && pack_load(&options, &packs, &err) != ANJU_OK)
		return CLI_FINDINGS; /* said by cli_print_finding */
	if (dir == NULL)
		builtin = wording_new();
	const struct wording *wording = dir != NULL ? pack_set_wording(packs) : builtin;
	const struct unit *to = sample_unit(cli, packs);
	if (to == NULL)
		return fail_unit(cli);
	if (cli_flag(cli, "source")) {
		fprintf(cli->out, "%s", wording_source(wording, part, cli->lang));
		return CLI_OK;
	}
	return show_samples(cli, wording, to, part);
}

/* --- with a daemon: what a unit is waiting for --- */

static int online(struct cli *cli, enum wording_part part)
{
	ANJU_AUTO_JSON *answer = NULL;
	int code = cli_call(cli, "message.preview",
		json_pack("{s:s}", "unit", cli_value(cli, "unit")), &answer);
	if (code != CLI_OK)
		return code;
	if (json_integer_value(json_object_get(answer, "items")) == 0 && !cli->json)
		fprintf(cli->err, "%s\n",
			tr(cli->lang, "该单位目前没有待汇总的事项",
				"nothing waits for this unit's digest"));
	return show_message(cli, json_object_get(answer, "message"), part);
}

int run_notify_preview(struct cli *cli)
{
	enum wording_part part;
	const char *dir = cli->args_len > 0 ? cli->args[0] : NULL;
	if (!read_part(cli, &part))
		return CLI_USAGE;
	if (cli_flag(cli, "source") && part == WORDING_PARTS)
		return cli_needed(cli, "template") == NULL ? CLI_USAGE : CLI_OK;
	if (dir == NULL && cli_value(cli, "unit") != NULL)
		return online(cli, part);
	return offline(cli, dir, part);
}
