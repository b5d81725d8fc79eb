#include "cli/test_report.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/show.h"

static const json_t *member(const json_t *obj, const char *key)
{
	return json_object_get(obj, key);
}

static json_int_t number(const json_t *obj, const char *key)
{
	return json_integer_value(member(obj, key));
}

/* A value in short; lists and objects as JSON. */
static void add_value(struct cli *cli, const json_t *v, struct buf *out)
{
	const json_t *label =
		json_object_get(v, "zh") != NULL && json_object_get(v, "en") != NULL ? v : NULL;
	if (label != NULL) {
		buf_adds(out, show_label(cli, label));
		return;
	}
	char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	buf_adds(out, text != NULL ? text : "");
	free(text);
}

static void add_lines(struct buf *out, const char *indent, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		buf_adds(out, indent);
		buf_add(out, text, n);
		buf_addc(out, '\n');
		text += n + (text[n] == '\n');
	}
}

static void add_side(
	struct cli *cli, struct buf *out, const char *indent, const char *name, const json_t *v)
{
	ANJU_AUTO_BUF value = BUF_INIT;
	if (!json_is_array(v) || json_array_size(v) == 0 || !json_is_object(json_array_get(v, 0))) {
		add_value(cli, v, &value);
		buf_addf(out, "%s%s%s\n", indent, name, value.data != NULL ? value.data : "");
		return;
	}
	buf_addf(out, "%s%s\n", indent, name); /* messages: one a line */
	size_t i;
	json_t *item;
	json_array_foreach((json_t *)v, i, item) {
		buf_reset(&value);
		add_value(cli, item, &value);
		buf_addf(out, "%s    %s\n", indent, value.data);
	}
}

/* Place, what, expected, actual. */
static void add_failure(struct cli *cli, const json_t *f, const char *indent, struct buf *out)
{
	enum lang lang = cli->lang;
	const char *step = show_label(cli, member(f, "step"));
	buf_addf(out, tr(lang, "%s%s#%s：%s不符\n", "%s%s#%s: %s\n"), indent, show_text(f, "file"),
		show_text(f, "pointer"), show_label(cli, member(f, "what")));
	if (step != NULL && step[0] != '\0')
		buf_addf(out, tr(lang, "%s  步骤：%s\n", "%s  step:     %s\n"), indent, step);
	ANJU_AUTO_BUF deep = BUF_INIT;
	buf_addf(&deep, "%s  ", indent);
	add_side(cli, out, deep.data, tr(lang, "预期：", "expected: "), member(f, "expected"));
	add_side(cli, out, deep.data, tr(lang, "实际：", "actual:   "), member(f, "actual"));
	if (member(f, "text") != NULL)
		add_lines(out, deep.data, show_label(cli, member(f, "text")));
}

/* --- for people --- */

static void print_scenario(struct cli *cli, const json_t *s)
{
	const char *status = show_text(s, "status");
	enum lang lang = cli->lang;
	const char *word = strcmp(status, "passed") == 0   ? tr(lang, "通过", "ok     ")
			   : strcmp(status, "failed") == 0 ? tr(lang, "失败", "FAILED ")
							   : tr(lang, "略过", "skipped");
	fprintf(cli->out, "%s %s/%s  %s", word, show_text(s, "pack"), show_text(s, "name"),
		show_label(cli, member(s, "title")));
	if (member(s, "needs") != NULL)
		fprintf(cli->out, tr(lang, "（需要规则包 %s）", " (needs pack %s)"),
			show_text(s, "needs"));
	fputc('\n', cli->out);
	size_t i;
	json_t *f;
	ANJU_AUTO_BUF out = BUF_INIT;
	json_array_foreach(member(s, "failures"), i, f)
		add_failure(cli, f, "  ", &out);
	fputs(out.data != NULL ? out.data : "", cli->out);
}

static void count_cell(struct table *table, const json_t *count)
{
	table_cellf(table, "%lld/%lld %3lld%%", (long long)number(count, "seen"),
		(long long)number(count, "all"), (long long)number(count, "percent"));
}

static const char *kind_words(enum lang lang, const char *kind)
{
	static const struct {
		const char *kind, *zh, *en;
	} known[] = {{"state", "状态未进入", "state never entered"},
		{"transition", "转移未发生", "transition never taken"},
		{"guard_true", "条件未曾成立", "guard never true"},
		{"guard_false", "条件未曾不成立", "guard never false"}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i].kind, kind) == 0)
			return lang == LANG_EN ? known[i].en : known[i].zh;
	}
	return kind;
}

/* Lies below a state that was never entered, which is said already. */
static bool is_below_missing(const json_t *missing, const json_t *item)
{
	const char *pointer = show_text(item, "pointer");
	size_t i;
	json_t *m;
	json_array_foreach((json_t *)missing, i, m) {
		const char *state = show_text(m, "pointer");
		size_t n = strlen(state);
		if (strcmp(show_text(m, "kind"), "state") == 0 && strncmp(pointer, state, n) == 0 &&
			pointer[n] == '/')
			return true;
	}
	return false;
}

static void print_missing(struct cli *cli, const json_t *w)
{
	const json_t *missing = member(w, "missing");
	size_t i;
	json_t *m;
	json_array_foreach((json_t *)missing, i, m) {
		if (is_below_missing(missing, m))
			continue;
		fprintf(cli->out, "  %s#%s  %s  %s\n", show_text(m, "file"),
			show_text(m, "pointer"), kind_words(cli->lang, show_text(m, "kind")),
			show_label(cli, member(m, "title")));
	}
}

static void print_coverage(struct cli *cli, const json_t *coverage)
{
	enum lang lang = cli->lang;
	ANJU_AUTO_TABLE table = TABLE_INIT;
	size_t i;
	json_t *w;
	table_column(&table, tr(lang, "流程", "WORKFLOW"));
	table_number(&table, tr(lang, "状态", "STATES"));
	table_number(&table, tr(lang, "转移", "TRANSITIONS"));
	table_number(&table, tr(lang, "条件成立", "GUARDS TRUE"));
	table_number(&table, tr(lang, "条件不成立", "GUARDS FALSE"));
	json_array_foreach((json_t *)coverage, i, w) {
		table_cellf(&table, "%s %s", show_text(w, "workflow"),
			show_label(cli, member(w, "title")));
		count_cell(&table, member(w, "states"));
		count_cell(&table, member(w, "transitions"));
		count_cell(&table, member(w, "guards_true"));
		count_cell(&table, member(w, "guards_false"));
	}
	fputc('\n', cli->out);
	table_print(&table, 0, cli->width, cli->out);
	json_array_foreach((json_t *)coverage, i, w)
		print_missing(cli, w);
}

static void print_text(struct cli *cli, const json_t *report)
{
	size_t i;
	json_t *v;
	json_array_foreach(member(report, "scenarios"), i, v)
		print_scenario(cli, v);
	if (json_array_size(member(report, "coverage")) > 0)
		print_coverage(cli, member(report, "coverage"));
	json_array_foreach(member(report, "short"), i, v)
		fprintf(cli->out,
			tr(cli->lang, "\n流程 %s 的转移覆盖率不到 %lld%%\n",
				"\nworkflow %s: less than %lld%% of its transitions are covered\n"),
			json_string_value(v), (long long)number(report, "required"));
	fprintf(cli->out,
		tr(cli->lang, "\n%lld 个情景通过，%lld 个失败，%lld 个略过（%lld 毫秒）\n",
			"\n%lld scenarios passed, %lld failed, %lld skipped (%lld ms)\n"),
		(long long)number(report, "passed"), (long long)number(report, "failed"),
		(long long)number(report, "skipped"), (long long)number(report, "ms"));
}

/* --- TAP --- */

static void print_tap(struct cli *cli, const json_t *report)
{
	size_t i, k;
	json_t *s, *f;
	fprintf(cli->out, "TAP version 13\n1..%zu\n", json_array_size(member(report, "scenarios")));
	json_array_foreach(member(report, "scenarios"), i, s) {
		bool failed = strcmp(show_text(s, "status"), "failed") == 0;
		fprintf(cli->out, "%sok %zu - %s/%s %s", failed ? "not " : "", i + 1,
			show_text(s, "pack"), show_text(s, "name"),
			show_label(cli, member(s, "title")));
		if (member(s, "needs") != NULL)
			fprintf(cli->out, " # SKIP needs pack %s", show_text(s, "needs"));
		fputc('\n', cli->out);
		ANJU_AUTO_BUF out = BUF_INIT;
		json_array_foreach(member(s, "failures"), k, f)
			add_failure(cli, f, "# ", &out);
		fputs(out.data != NULL ? out.data : "", cli->out);
	}
	json_array_foreach(member(report, "short"), i, s)
		fprintf(cli->out, "# %s: less than %lld%% of its transitions\n",
			json_string_value(s), (long long)number(report, "required"));
}

/* --- JUnit --- */

static void print_xml(struct cli *cli, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			fputs("&amp;", cli->out);
		else if (*text == '<')
			fputs("&lt;", cli->out);
		else if (*text == '"')
			fputs("&quot;", cli->out);
		else if ((unsigned char)*text >= ' ' || *text == '\n')
			fputc(*text, cli->out);
	}
}

static void print_testcase(struct cli *cli, const json_t *s)
{
	size_t k;
	json_t *f;
	fprintf(cli->out, "    <testcase classname=\"%s\" name=\"", show_text(s, "pack"));
	print_xml(cli, show_text(s, "name"));
	fprintf(cli->out, "\" time=\"%.3f\">", (double)number(s, "ms") / 1000);
	if (member(s, "needs") != NULL)
		fprintf(cli->out, "<skipped message=\"%s\"/>", show_text(s, "needs"));
	json_array_foreach(member(s, "failures"), k, f) {
		ANJU_AUTO_BUF out = BUF_INIT;
		add_failure(cli, f, "", &out);
		fputs("<failure message=\"", cli->out);
		print_xml(cli, show_text(f, "pointer"));
		fputs("\">", cli->out);
		print_xml(cli, out.data != NULL ? out.data : "");
		fputs("</failure>", cli->out);
	}
	fputs("</testcase>\n", cli->out);
}

static void print_junit(struct cli *cli, const json_t *report)
{
	size_t i;
	json_t *s;
	fprintf(cli->out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"  <testsuite name=\"anju\" tests=\"%zu\" failures=\"%lld\" skipped=\"%lld\" "
		"time=\"%.3f\">\n",
		json_array_size(member(report, "scenarios")), (long long)number(report, "failed"),
		(long long)number(report, "skipped"), (double)number(report, "ms") / 1000);
	json_array_foreach(member(report, "scenarios"), i, s)
		print_testcase(cli, s);
	fputs("  </testsuite>\n</testsuites>\n", cli->out);
}

void test_report(struct cli *cli, enum test_format format, const json_t *report)
{
	switch (format) {
	case TEST_TEXT:
		print_text(cli, report);
		break;
	case TEST_JSON:
		show_json(cli, report);
		break;
	case TEST_TAP:
		print_tap(cli, report);
		break;
	case TEST_JUNIT:
		print_junit(cli, report);
		break;
	}
}
