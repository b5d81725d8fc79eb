/** The forms in which findings of the linter are shown. */
#ifndef CORE_CLI_LINT_SHOW_H
#define CORE_CLI_LINT_SHOW_H

#include "cli/cli.h"
#include "lint/lint.h"

/** For people: place, sentence, the line with a caret below it, and how to mend it; then how many. */
void lint_show_text(struct cli *cli, const struct lint_report *report);
/** {"findings": [...], "counts": {...}}; a new reference. */
json_t *lint_show_json(const struct lint_report *report);
/** A SARIF 2.1.0 log; a new reference. `dir` is the folder of packs as given. */
json_t *lint_sarif(const struct lint_report *report, const char *dir, enum lang lang);
/** All rules, as a table or as {"rules": [...]}. */
void lint_show_rules(struct cli *cli, bool as_json);

#endif
