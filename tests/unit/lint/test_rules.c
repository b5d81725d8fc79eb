/* Each rule has its words in both languages, and rules are listed by id. */
#include "lint/lint.h"
#include "unit/support.h"

ANJU_TEST(rules, each_says_what_to_write)
{
	struct lint_rule rule;
	char last[64] = "";
	size_t own = 0, n = 0;
	for (; lint_rule_at(n, &rule); n++) {
		for (int lang = 0; lang < 2; lang++)
			cr_expect(strlen(rule.mend[lang]) > 6, "%s", rule.id);
		cr_expect_not_null(message_template(rule.id, LANG_ZH), "%s", rule.id);
		bool ours = strncmp(rule.id, "lint.", 5) == 0;
		cr_expect_eq(ours, rule.what[0] != NULL && rule.what[1] != NULL, "%s", rule.id);
		cr_expect(ours || rule.severity == LINT_ERROR, "%s", rule.id);
		own += ours;
		cr_expect(!ours || strcmp(last, rule.id) < 0, "%s after %s", rule.id, last);
		snprintf(last, sizeof last, "%s", rule.id);
	}
	cr_assert(own >= 35 && n >= 120, "%zu of %zu", own, n);
	cr_assert_str_eq(lint_severity_text(lint_severity_of("lint.trap")), "warning");
	cr_assert_str_eq(lint_severity_text(lint_severity_of("lint.never_read")), "note");
	cr_assert_str_eq(lint_severity_text(lint_severity_of("pack.label")), "error");
}

ANJU_TEST(rules, what_is_added_counts)
{
	ANJU_AUTO(lint_report) report = calloc(1, sizeof *report);
	anju_error err = {.id = "plugin.not_found"};
	cr_assert(lint_report_add(report, &err));
	cr_assert(report->len == 1 && report->count[LINT_ERROR] == 1);
}
