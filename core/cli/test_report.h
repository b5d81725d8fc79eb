/** How the results of scenarios are shown: for people, as JSON, TAP or JUnit's XML. */
#ifndef CORE_CLI_TEST_REPORT_H
#define CORE_CLI_TEST_REPORT_H

#include <jansson.h>

#include "cli/cli.h"

enum test_format { TEST_TEXT, TEST_JSON, TEST_TAP, TEST_JUNIT };

/**
 * Print the whole report:
 *   {"scenarios": [{"name", "pack", "file", "title", "status": "passed" | "failed" | "skipped", "rows", "steps", "ms",
 *                   "needs": pack, "failures": [as scenario_result]}],
 *    "passed", "failed", "skipped", "ms",
 *    "coverage": [as coverage_json()], "required": percent or null, "short": [workflows below it]}
 */
void test_report(struct cli *cli, enum test_format format, const json_t *report);

#endif
