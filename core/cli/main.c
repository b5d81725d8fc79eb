/*~ anjuctl: people's side of the socket, and the offline tools. It decides nothing about cases: it asks the
 * daemon and shows what comes back, in the user's language. A command is a row of the table in commands.c. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/args.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/commands.h"

static int terminal_width(void)
{
	struct winsize size;
	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static int run_named(struct cli *cli)
{
	if (cli->command == NULL || !cli->help)
		return cli->command != NULL ? cli->command->run(cli) : run_help(cli);
	/* --help: the operands are not those of help */
	char first[64];
	const char *space = strchr(cli->command->name, ' ');
	size_t n =
		space != NULL ? (size_t)(space - cli->command->name) : strlen(cli->command->name);
	snprintf(first, sizeof first, "%.*s", (int)n, cli->command->name);
	cli->args[0] = first;
	cli->args[1] = space != NULL ? space + 1 : NULL;
	cli->args_len = space != NULL ? 2 : 1;
	return run_help(cli);
}

int main(int argc, char **argv)
{
	struct cli cli = {.out = stdout, .err = stderr, .width = terminal_width()};
	anju_error err = {0};
	int code = args_parse(&cli, argc, (const char *const *)argv, &err) == ANJU_OK
			   ? run_named(&cli)
			   : cli_fail_usage(&cli, &err);
	cli_done(&cli);
	/* A full disk or a closed pipe must not look like success. */
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		if (errno != EPIPE)
			fprintf(stderr, "anjuctl: %s\n", strerror(errno));
		code = code == CLI_OK ? CLI_USAGE : code;
	}
	return code;
}
