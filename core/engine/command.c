#include "engine/command.h"

#include <stdlib.h>

struct command *command_new(enum command_kind kind)
{
	struct command *cmd = calloc(1, sizeof *cmd);
	if (cmd == NULL)
		return NULL;
	cmd->kind = kind;
	cmd->expect_rev = -1;
	cmd->effective_ms = COMMAND_NO_TIME;
	return cmd;
}

void command_free(struct command *cmd)
{
	if (cmd == NULL)
		return;
	free(cmd->text);
	json_decref(cmd->params);
	json_decref(cmd->err_data);
	buf_done(&cmd->reply);
	free(cmd->renewed);
	free(cmd);
}
