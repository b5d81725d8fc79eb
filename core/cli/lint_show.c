#include "cli/lint_show.h"

#include <string.h>

#include "base/utf8.h"
#include "cli/show.h"

#define SHOWN_COLUMNS 110 /* of a source line; longer ones are cut around the place */

static const char *severity_word(enum lang lang, enum lint_severity severity)
{
	static const char *const words[2][3] = {
		[LANG_ZH] = {"提示", "警告", "错误"}, [LANG_EN] = {"note", "warning", "error"}};
	return words[lang][severity];
}

/* The byte of character `n`, from 0. */
static const char *character(const char *s, size_t n)
{
	const char *end = s + strlen(s);
	while (n-- > 0 && s < end)
		(void)utf8_next(&s, end);
	return s;
}

static size_t columns_between(const char *from, const char *to)
{
	size_t n = 0;
	for (const char *p = from; p < to; p++)
		n += *p == '\t'; /* shown as one blank below */
	return utf8_columns(from, (size_t)(to - from)) + n;
}

static void put_tabless(FILE *out, const char *from, const char *to)
{
	for (; from < to; from++)
		fputc(*from == '\t' ? ' ' : *from, out);
}

/* The line with ^^^ below the place. Lines of packs can be long: what is far from the place is left out. */
static void show_source(struct cli *cli, const struct lint_finding *f)
{
	const char *line = f->source + strspn(f->source, " \t"),
		   *end = f->source + strlen(f->source);
	const char *at = character(f->source, f->column - 1), *to = character(at, f->len);
	const char *from = line, *until = end;
	if (at < line)
		return;
	while (columns_between(from, at) > SHOWN_COLUMNS / 2)
		(void)utf8_next(&from, end);
	while (until > to && columns_between(from, until) > SHOWN_COLUMNS)
		for (until--; until > to && ((unsigned char)*until & 0xc0) == 0x80;)
			until--;
	size_t before = columns_between(from, at) + (from > line ? 1 : 0);
	size_t marks = columns_between(at, to < until ? to : until);
	fprintf(cli->out, "    %s", from > line ? "…" : "");
	put_tabless(cli->out, from, until);
	fprintf(cli->out, "%s\n    %*s", until < end ? "…" : "", (int)before, "");
	for (size_t i = 0; i < (marks > 0 ? marks : 1); i++)
		fputc('^', cli->out);
	fputc('\n', cli->out);
}

static bool is_said(const struct buf *sentence, const char *value)
{
	return value[0] == '\0' || strcmp(value, " ") == 0 ||
	       (sentence->data != NULL && strstr(sentence->data, value) != NULL);
}

static void show_finding(struct cli *cli, const struct lint_finding *f)
{
	ANJU_AUTO_BUF what = BUF_INIT, mend = BUF_INIT, found = BUF_INIT, allowed = BUF_INIT;
	lint_sentence(&what, f, cli->lang);
	lint_mend(&mend, f, cli->lang);
	message_render_value(&found, f->error.found, cli->lang);
	message_render_value(&allowed, f->error.allowed, cli->lang);
	if (f->line > 0)
		fprintf(cli->out, "%s:%zu:%zu", f->error.file, f->line, f->column);
	else
		fputs(f->error.file, cli->out);
	fprintf(cli->out, tr(cli->lang, "%s%s：%s [%s]\n", "%s%s: %s [%s]\n"),
		f->error.file[0] != '\0' ? " " : "", severity_word(cli->lang, f->severity),
		what.data != NULL ? what.data : "", f->error.id);
	if (f->source[0] != '\0')
		show_source(cli, f);
	fprintf(cli->out, tr(cli->lang, "    位置：%s#%s\n", "    at:      %s#%s\n"), f->error.file,
		f->pointer);
	bool own = strncmp(f->error.id, "lint.", 5) == 0;
	if (!own && found.data != NULL && !is_said(&what, found.data))
		fprintf(cli->out, tr(cli->lang, "    现为：%s\n", "    found:   %s\n"), found.data);
	if (!own && allowed.data != NULL && !is_said(&what, allowed.data))
		fprintf(cli->out, tr(cli->lang, "    可以：%s\n", "    allowed: %s\n"),
			allowed.data);
	if (mend.data != NULL)
		fprintf(cli->out, tr(cli->lang, "    改法：%s\n", "    mend:    %s\n"), mend.data);
}

void lint_show_text(struct cli *cli, const struct lint_report *report)
{
	for (size_t i = 0; i < report->len; i++) {
		show_finding(cli, &report->items[i]);
		fputc('\n', cli->out);
	}
	if (report->len == 0)
		fprintf(cli->out, tr(cli->lang, "%s：没有问题", "%s: sound"), report->pack);
	else
		fprintf(cli->out,
			tr(cli->lang, "%zu 处错误，%zu 处警告，%zu 处提示",
				"%zu errors, %zu warnings, %zu notes"),
			report->count[LINT_ERROR], report->count[LINT_WARNING],
			report->count[LINT_NOTE]);
	if (report->accepted > 0)
		fprintf(cli->out,
			tr(cli->lang, "（规则包已接受 %zu 处）", " (%zu accepted by the packs)"),
			report->accepted);
	fputc('\n', cli->out);
}

static json_t *both(void (*say)(struct buf *, const struct lint_finding *, enum lang),
	const struct lint_finding *f)
{
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	say(&zh, f, LANG_ZH);
	say(&en, f, LANG_EN);
	return json_pack("{s:s, s:s}", "zh", zh.data != NULL ? zh.data : "", "en",
		en.data != NULL ? en.data : "");
}

static json_t *finding_json(const struct lint_finding *f)
{
	ANJU_AUTO_BUF found = BUF_INIT, allowed = BUF_INIT;
	message_render_value(&found, f->error.found, LANG_EN);
	message_render_value(&allowed, f->error.allowed, LANG_EN);
	json_t *v = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "rule", f->error.id,
		"severity", lint_severity_text(f->severity), "file", f->error.file, "pointer",
		f->pointer, "found", found.data != NULL ? found.data : "", "allowed",
		allowed.data != NULL && strcmp(allowed.data, " ") != 0 ? allowed.data : "", "text",
		both(lint_sentence, f), "mend", both(lint_mend, f));
	if (f->line > 0) {
		json_object_set_new(v, "line", json_integer((json_int_t)f->line));
		json_object_set_new(v, "column", json_integer((json_int_t)f->column));
		json_object_set_new(v, "length", json_integer((json_int_t)f->len));
	}
	if (f->meant[0] != '\0')
		json_object_set_new(v, "meant", json_string(f->meant));
	return v;
}

json_t *lint_show_json(const struct lint_report *report)
{
	json_t *list = json_array();
	for (size_t i = 0; i < report->len; i++)
		json_array_append_new(list, finding_json(&report->items[i]));
	return json_pack("{s:o, s:{s:I, s:I, s:I, s:I}}", "findings", list, "counts", "error",
		(json_int_t)report->count[LINT_ERROR], "warning",
		(json_int_t)report->count[LINT_WARNING], "note",
		(json_int_t)report->count[LINT_NOTE], "accepted", (json_int_t)report->accepted);
}

void lint_show_rules(struct cli *cli, bool as_json)
{
	struct lint_rule rule;
	json_t *list = json_array();
	for (size_t i = 0; lint_rule_at(i, &rule); i++) {
		const char *what[2];
		for (int lang = 0; lang < 2; lang++) {
			what[lang] = rule.what[lang] != NULL
					     ? rule.what[lang]
					     : message_template(rule.id, (enum lang)lang);
			if (what[lang] == NULL)
				what[lang] = rule.mend[lang];
		}
		if (as_json)
			json_array_append_new(list,
				json_pack("{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s}}", "rule", rule.id,
					"severity", lint_severity_text(rule.severity), "what", "zh",
					what[LANG_ZH], "en", what[LANG_EN], "mend", "zh",
					rule.mend[LANG_ZH], "en", rule.mend[LANG_EN]));
		else
			fprintf(cli->out,
				tr(cli->lang, "%s %s\n    %s\n    改法：%s\n",
					"%s %s\n    %s\n    mend: %s\n"),
				rule.id, severity_word(cli->lang, rule.severity), what[cli->lang],
				rule.mend[cli->lang]);
	}
	ANJU_AUTO_JSON *shown = json_pack("{s:o}", "rules", list);
	if (as_json)
		show_json(cli, shown);
}
