/** What the rows of the command table run; each returns enum cli_exit. */
#ifndef CORE_CLI_COMMANDS_H
#define CORE_CLI_COMMANDS_H

#include "cli/cli.h"

int run_case_open(struct cli *cli);
int run_case_send(struct cli *cli);
int run_case_get(struct cli *cli);
int run_case_list(struct cli *cli);
int run_case_history(struct cli *cli);
int run_case_stats(struct cli *cli);
int run_deadline_act(struct cli *cli);
int run_deadline_list(struct cli *cli);
int run_deadline_show(struct cli *cli);
int run_deadline_stats(struct cli *cli);
int run_message_list(struct cli *cli);
int run_notify_preview(struct cli *cli);
int run_outbox_list(struct cli *cli);
int run_outbox_show(struct cli *cli);
int run_outbox_resend(struct cli *cli);
int run_outbox_channels(struct cli *cli);
int run_unit_list(struct cli *cli);
int run_workflow_list(struct cli *cli);
int run_workflow_show(struct cli *cli);
int run_workflow_diff(struct cli *cli);
int run_workflow_migrate(struct cli *cli);
int run_migration_list(struct cli *cli);
int run_migration_status(struct cli *cli);
int run_migration_cancel(struct cli *cli);
int run_plugin_list(struct cli *cli);
int run_import(struct cli *cli);
int run_obligation_list(struct cli *cli);
int run_obligation_show(struct cli *cli);
int run_obligation_open(struct cli *cli);
int run_feed(struct cli *cli);
int run_calendar_show(struct cli *cli);
int run_calendar_export(struct cli *cli);
int run_calendar_load(struct cli *cli);
int run_calendar_list(struct cli *cli);
int run_deadline_recompute(struct cli *cli);
int run_deadline_blanks(struct cli *cli);
int run_clock_get(struct cli *cli);
int run_clock_advance(struct cli *cli);
int run_status(struct cli *cli);
int run_discover(struct cli *cli);
int run_call(struct cli *cli);
int run_rehearse(struct cli *cli);
int run_replay(struct cli *cli);
int run_chart_run(struct cli *cli);
int run_expr_run(struct cli *cli);
int run_lint(struct cli *cli);
int run_rows(struct cli *cli);
int run_test(struct cli *cli);
int run_try(struct cli *cli);
int run_graph(struct cli *cli);
int run_schema(struct cli *cli);
int run_store_check(struct cli *cli);
int run_store_backup(struct cli *cli);
int run_store_backups(struct cli *cli);
int run_store_restore(struct cli *cli);
int run_store_adopt(struct cli *cli);
int run_store_dump(struct cli *cli);
int run_version(struct cli *cli);
int run_help(struct cli *cli);
int run_complete(struct cli *cli);

#endif
