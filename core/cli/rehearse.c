/* rehearse: a whole programme in a sandbox, and what would have come of it. Offline. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/json.h"
#include "calendar/calendar.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/world.h"
#include "rehearse/compare.h"
#include "rehearse/report.h"

#define ROSTERS_MAX 32
#define SHOWN_MAX   5

/* One set of packs, gone through. */
struct side {
	struct sandbox_world world;
	struct rehearsal *rehearsal; /* owned */
	struct tallies tallies;
};

struct rehearsing {
	struct cli *cli;
	struct rehearse_options options;
	struct rehearse_roster rosters[ROSTERS_MAX];
	char *names[ROSTERS_MAX]; /* owned; of mappings */
	const char *plans[CLI_VALUES_MAX];
	struct side one, other;
	bool compared;
	struct differences differences;
	const char *folder; /* or NULL */
};

/* --- the command line --- */

static int bad_option(struct cli *cli, const char *name, const char *found, const char *allowed)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_value", "--%s: %s", name, found);
	anju_error_where(&err, "--%s", name);
	anju_error_found(&err, "%s", found);
	anju_error_allowed(&err, "%s", allowed);
	return cli_fail_usage(cli, &err);
}

static int read_day(struct cli *cli, const char *name, int32_t *ret)
{
	const char *text = cli_needed(cli, name);
	anju_error err = {0};
	if (text == NULL)
		return CLI_USAGE;
	if (date_parse(text, ret, &err) == ANJU_OK)
		return CLI_OK;
	anju_error_where(&err, "--%s", name);
	return cli_fail_usage(cli, &err);
}

/* "FILE" or "MAPPING=FILE" */
static int read_rosters(struct rehearsing *h)
{
	const char *text;
	for (size_t i = 0; (text = cli_value_at(h->cli, "roster", i)) != NULL; i++) {
		size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
		bool named = n > 0 && text[n] == '=';
		if (i == ROSTERS_MAX)
			return bad_option(h->cli, "roster", text, "32");
		h->names[i] = named ? strndup(text, n) : NULL;
		h->rosters[i] = (struct rehearse_roster){
			.file = named ? text + n + 1 : text, .mapping = h->names[i]};
		h->options.rosters_len = i + 1;
	}
	h->options.rosters = h->rosters;
	return CLI_OK;
}

static int read_options(struct rehearsing *h)
{
	struct cli *cli = h->cli;
	h->options.script = cli_value(cli, "script");
	h->options.strict = cli_flag(cli, "strict");
	h->folder = cli_value(cli, "output");
	h->options.data = cli_value(cli, "from-store");
	while ((h->plans[h->options.plans_len] = cli_value_at(cli, "plan", h->options.plans_len)) !=
		NULL)
		h->options.plans_len++;
	h->options.plans = h->plans;
	h->options.from = REHEARSE_FROM_DATA;
	int code = CLI_OK;
	if (h->options.data == NULL || cli_value(cli, "from") != NULL)
		code = read_day(cli, "from", &h->options.from);
	if (code == CLI_OK)
		code = read_day(cli, "to", &h->options.to);
	return code == CLI_OK ? read_rosters(h) : code;
}

/* --- going through it --- */

static int run_side(struct rehearsing *h, const char *dir, const char *leaf, struct side *side)
{
	anju_error err = {0};
	int code = cli_world_load_leaf(h->cli, dir, leaf, &side->world);
	if (code != CLI_OK)
		return code;
	struct rehearse_options options = h->options;
	options.world = &side->world;
	options.packs_dir = dir;
	anju_status st = rehearse_run(&options, &side->rehearsal, &err);
	if (st == ANJU_OK)
		st = rehearse_tally(side->rehearsal, &side->tallies, &err);
	return st == ANJU_OK ? CLI_OK : cli_fail(h->cli, CLI_USAGE, &err);
}

static int run_both(struct rehearsing *h)
{
	struct cli *cli = h->cli;
	const char *against = cli_value(cli, "against"), *leaf = cli_value(cli, "against-pack");
	int code = run_side(h, cli->args[0], cli_value(cli, "pack"), &h->one);
	h->compared = against != NULL || leaf != NULL;
	if (code != CLI_OK || !h->compared)
		return code;
	return run_side(h, against != NULL ? against : cli->args[0],
		leaf != NULL ? leaf : cli_value(cli, "pack"), &h->other);
}

/* --- files --- */

static int fail_writing(struct rehearsing *h, const char *path)
{
	anju_error err = {0};
	(void)anju_fail_errno(&err, errno, "@say.writing|%s", path);
	return cli_fail(h->cli, CLI_USAGE, &err);
}

enum file { MESSAGES, OVERDUE, WORKLOAD, REFUSED, DIFFERENCES, FILES };
static const char *const file_names[FILES] = {
	"messages.csv", "overdue.csv", "workload.csv", "refused.csv", "differences.csv"};

static anju_status fill(struct rehearsing *h, enum file file, FILE *out, anju_error *err)
{
	const struct rehearsal *r = h->one.rehearsal;
	enum lang lang = h->cli->lang;
	switch (file) {
	case MESSAGES:
		return report_messages(r, lang, out, err);
	case OVERDUE:
		return report_overdue(r, lang, out, err);
	case WORKLOAD:
		report_workload(r, &h->one.tallies, lang, out);
		return ANJU_OK;
	case REFUSED:
		report_refused(r, lang, out);
		return ANJU_OK;
	case DIFFERENCES:
		return rehearse_compare(r, h->other.rehearsal, lang, out, &h->differences, err);
	case FILES:
		break;
	}
	return ANJU_OK;
}

static int write_table(struct rehearsing *h, enum file file)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	anju_error err = {0};
	buf_addf(&path, "%s/%s", h->folder, file_names[file]);
	if (path.failed) {
		(void)anju_fail_nomem(&err);
		return cli_fail(h->cli, CLI_USAGE, &err);
	}
	FILE *out = fopen(path.data, "we");
	if (out == NULL)
		return fail_writing(h, path.data);
	anju_status st = fill(h, file, out, &err);
	bool failed = ferror(out) != 0;
	failed = fclose(out) != 0 || failed;
	if (st != ANJU_OK)
		return cli_fail(h->cli, CLI_USAGE, &err);
	return failed ? fail_writing(h, path.data) : CLI_OK;
}

static int write_text(struct rehearsing *h, const char *name, const struct buf *text)
{
	ANJU_AUTO_BUF path = BUF_INIT;
	anju_error err = {0};
	buf_addf(&path, "%s/%s", h->folder, name);
	if (path.failed || text->failed) {
		(void)anju_fail_nomem(&err);
		return cli_fail(h->cli, CLI_USAGE, &err);
	}
	FILE *out = fopen(path.data, "we");
	if (out == NULL)
		return fail_writing(h, path.data);
	bool failed = fwrite(text->data, 1, text->len, out) != text->len;
	failed = fclose(out) != 0 || failed;
	return failed ? fail_writing(h, path.data) : CLI_OK;
}

static int write_picture(
	struct rehearsing *h, const char *region, const char *name, struct buf *svg)
{
	anju_error err = {0};
	if (report_heatmap(h->one.rehearsal, region, h->cli->lang, svg, &err) != ANJU_OK)
		return cli_fail(h->cli, CLI_USAGE, &err);
	return write_text(h, name, svg);
}

/* A picture of each county, where there are several. */
static int write_counties(struct rehearsing *h)
{
	ANJU_AUTO_JSON *counties = NULL;
	anju_error err = {0};
	size_t i;
	json_t *v;
	int code = CLI_OK;
	if (report_counties(h->one.rehearsal, &counties, &err) != ANJU_OK)
		return cli_fail(h->cli, CLI_USAGE, &err);
	json_array_foreach(counties, i, v) {
		char name[64];
		ANJU_AUTO_BUF svg = BUF_INIT;
		snprintf(name, sizeof name, "heatmap-%s.svg", json_string_value(v));
		if (code == CLI_OK && json_array_size(counties) > 1)
			code = write_picture(h, json_string_value(v), name, &svg);
	}
	return code;
}

static int write_all(struct rehearsing *h, const struct buf *summary)
{
	ANJU_AUTO_BUF svg = BUF_INIT, page = BUF_INIT;
	if (mkdir(h->folder, 0777) != 0 && errno != EEXIST)
		return fail_writing(h, h->folder);
	int code = CLI_OK;
	for (int file = 0; file < DIFFERENCES && code == CLI_OK; file++)
		code = write_table(h, (enum file)file);
	if (code == CLI_OK)
		code = write_text(h, "summary.txt", summary);
	if (code == CLI_OK)
		code = write_picture(h, "", "heatmap.svg", &svg);
	if (code == CLI_OK)
		code = write_counties(h);
	report_page(h->one.rehearsal, &h->one.tallies, &svg, h->cli->lang, &page);
	return code == CLI_OK ? write_text(h, "index.html", &page) : code;
}

static int compare(struct rehearsing *h)
{
	anju_error err = {0};
	if (!h->compared)
		return CLI_OK;
	if (h->folder != NULL) {
		if (mkdir(h->folder, 0777) != 0 && errno != EEXIST)
			return fail_writing(h, h->folder);
		return write_table(h, DIFFERENCES);
	}
	anju_status st = rehearse_compare(
		h->one.rehearsal, h->other.rehearsal, h->cli->lang, NULL, &h->differences, &err);
	return st == ANJU_OK ? CLI_OK : cli_fail(h->cli, CLI_USAGE, &err);
}

/* --- on the screen --- */

static void show_troubles(struct rehearsing *h)
{
	const json_t *list = rehearsal_troubles(h->one.rehearsal);
	struct cli *cli = h->cli;
	for (size_t i = 0; i < json_array_size(list) && i < SHOWN_MAX; i++) {
		const json_t *v = json_array_get(list, i);
		const char *text = show_label(cli, json_object_get(v, "text"));
		const char *name = show_text(v, "case");
		fprintf(cli->err, "%s:%lld: %s%s%s\n", show_text(v, "file"),
			(long long)json_integer_value(json_object_get(v, "line")), name,
			name[0] != '\0' ? tr(cli->lang, "：", ": ") : "", text != NULL ? text : "");
	}
	if (json_array_size(list) > SHOWN_MAX)
		fprintf(cli->err,
			tr(cli->lang, "……共 %zu 条，全部见 refused.csv（--output）\n",
				"… %zu in all; refused.csv has them (--output)\n"),
			json_array_size(list));
}

static void show_result(struct rehearsing *h, const struct buf *summary)
{
	struct cli *cli = h->cli;
	if (cli->json) {
		ANJU_AUTO_JSON *v = report_json(h->one.rehearsal, &h->one.tallies);
		if (h->compared) {
			(void)json_object_set_new(
				v, "against", report_json(h->other.rehearsal, &h->other.tallies));
			(void)json_object_set_new(v, "differences", compare_json(&h->differences));
		}
		show_json(cli, v);
		return;
	}
	fputs(summary->data != NULL ? summary->data : "", cli->out);
	if (h->folder != NULL)
		fprintf(cli->out,
			tr(cli->lang, "\n各表和日历图在 %s\n", "\nTables and picture are in %s\n"),
			h->folder);
}

static int conclude(struct rehearsing *h)
{
	ANJU_AUTO_BUF summary = BUF_INIT;
	enum lang lang = h->cli->lang;
	bool well = rehearsal_is_well(h->one.rehearsal);
	show_troubles(h);
	if (h->options.strict && rehearsal_counts(h->one.rehearsal).faulty > 0)
		return CLI_USAGE;
	int code = compare(h);
	if (code != CLI_OK)
		return code;
	report_summary(h->one.rehearsal, &h->one.tallies, lang, &summary);
	if (h->compared) {
		buf_addc(&summary, '\n');
		compare_summary(h->one.rehearsal, &h->one.tallies, &h->other.tallies,
			&h->differences, lang, &summary);
	}
	if (h->folder != NULL)
		code = write_all(h, &summary);
	if (code != CLI_OK)
		return code;
	show_result(h, &summary);
	return well ? CLI_OK : CLI_FINDINGS;
}

static void side_done(struct side *side)
{
	tallies_done(&side->tallies);
	rehearsal_free(side->rehearsal);
	sandbox_world_done(&side->world);
}

int run_rehearse(struct cli *cli)
{
	struct rehearsing h = {.cli = cli};
	int code = read_options(&h);
	if (code == CLI_OK)
		code = run_both(&h);
	if (code == CLI_OK)
		code = conclude(&h);
	differences_done(&h.differences);
	side_done(&h.one);
	side_done(&h.other);
	for (size_t i = 0; i < ROSTERS_MAX; i++)
		free(h.names[i]);
	return code;
}
