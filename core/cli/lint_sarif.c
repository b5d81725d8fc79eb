/* SARIF 2.1.0 (OASIS), which editors and code reviews show beside the line. */
#include <string.h>

#include "cli/lint_show.h"

#ifndef ANJU_VERSION
#define ANJU_VERSION "0"
#endif

static json_t *text_of(const char *s)
{
	return json_pack("{s:s}", "text", s != NULL ? s : "");
}

/* A template without a finding: what it would name is left open. */
static json_t *plain_text(const char *template)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	for (const char *p = template; p != NULL && *p != '\0';) {
		const char *close = *p == '{' && p[1] >= 'a' && p[1] <= 'z' ? strchr(p, '}') : NULL;
		if (close != NULL &&
			strspn(p + 1, "abcdefghijklmnopqrstuvwxyz") == (size_t)(close - p - 1)) {
			buf_adds(&out, "…");
			p = close + 1;
		} else {
			buf_addc(&out, *p++);
		}
	}
	return text_of(out.data);
}

static json_t *rules_of(enum lang lang)
{
	json_t *list = json_array();
	struct lint_rule rule;
	for (size_t i = 0; lint_rule_at(i, &rule); i++) {
		const char *what =
			rule.what[lang] != NULL ? rule.what[lang] : message_template(rule.id, lang);
		json_array_append_new(list,
			json_pack("{s:s, s:o, s:o, s:{s:s}}", "id", rule.id, "shortDescription",
				plain_text(what != NULL ? what : rule.mend[lang]), "help",
				plain_text(rule.mend[lang]), "defaultConfiguration", "level",
				lint_severity_text(rule.severity)));
	}
	return list;
}

static json_int_t rule_index(const char *id)
{
	struct lint_rule rule;
	for (size_t i = 0; lint_rule_at(i, &rule); i++) {
		if (strcmp(rule.id, id) == 0)
			return (json_int_t)i;
	}
	return -1;
}

/* A path as a URI reference: what is not unreserved is escaped. */
static json_t *uri_of(const char *dir, const char *file)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	ANJU_AUTO_BUF path = BUF_INIT, out = BUF_INIT;
	buf_addf(&path, "%s/%s", dir, file);
	for (const char *p = path.data; p != NULL && *p != '\0'; p++) {
		if (strchr(plain, *p) != NULL)
			buf_addc(&out, *p);
		else
			buf_addf(&out, "%%%02X", (unsigned char)*p);
	}
	return json_string(out.data != NULL ? out.data : file);
}

static json_t *location_of(const struct lint_finding *f, const char *dir)
{
	json_t *physical =
		json_pack("{s:{s:o}}", "artifactLocation", "uri", uri_of(dir, f->error.file));
	if (f->line > 0)
		json_object_set_new(physical, "region",
			json_pack("{s:I, s:I, s:I, s:I, s:{s:s}}", "startLine", (json_int_t)f->line,
				"startColumn", (json_int_t)f->column, "endLine",
				(json_int_t)f->line, "endColumn", (json_int_t)(f->column + f->len),
				"snippet", "text", f->source));
	return json_pack("{s:o, s:[{s:s, s:s}]}", "physicalLocation", physical, "logicalLocations",
		"fullyQualifiedName", f->pointer, "kind", "member");
}

static json_t *result_of(const struct lint_finding *f, const char *dir, enum lang lang)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	lint_sentence(&text, f, lang);
	buf_adds(&text, lang == LANG_EN ? ". " : "。");
	lint_mend(&text, f, lang);
	json_t *locations = json_array();
	if (f->error.file[0] != '\0')
		json_array_append_new(locations, location_of(f, dir));
	json_t *result = json_pack("{s:s, s:s, s:o, s:o}", "ruleId", f->error.id, "level",
		lint_severity_text(f->severity), "message", text_of(text.data), "locations",
		locations);
	json_int_t index = rule_index(f->error.id);
	if (index >= 0)
		json_object_set_new(result, "ruleIndex", json_integer(index));
	return result;
}

json_t *lint_sarif(const struct lint_report *report, const char *dir, enum lang lang)
{
	json_t *results = json_array();
	for (size_t i = 0; i < report->len; i++)
		json_array_append_new(results, result_of(&report->items[i], dir, lang));
	return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:s, s:o}]}", "version",
		"2.1.0", "$schema",
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
		"sarif-schema-2.1.0.json",
		"runs", "tool", "driver", "name", "anjuctl lint", "semanticVersion", ANJU_VERSION,
		"rules", rules_of(lang), "columnKind", "unicodeCodePoints", "language",
		lang == LANG_EN ? "en" : "zh", "results", results);
}
