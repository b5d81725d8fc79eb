/* chart run, expr run: the batch runners under their commands. */
#include "cli/chart_run.h"
#include "cli/commands.h"
#include "cli/expr_run.h"

int run_chart_run(struct cli *cli)
{
	return chart_run_main(stdin, cli->out);
}

int run_expr_run(struct cli *cli)
{
	return expr_run_main(stdin, cli->out);
}
