/** Help, completion and the manual page, all from the table of commands. */
#ifndef CORE_CLI_HELP_H
#define CORE_CLI_HELP_H

#include "base/buf.h"
#include "base/messages.h"
#include "cli/command.h"

/** The program: all commands in a line each, the general options, exit codes. */
void help_program(struct buf *out, enum lang lang);
/** The commands that begin with `group`. */
void help_group(struct buf *out, const char *group, enum lang lang);
/** What a command does, as a whole sentence. */
void help_sentence(struct buf *out, const struct command *command, enum lang lang);
/** One command: usage, what it does, options, examples. */
void help_command(struct buf *out, const struct command *command, enum lang lang);
/** anjuctl.1, in roff. */
void help_manual(struct buf *out, enum lang lang);
/** What may stand in place of the last of `n` words: one a line. */
void help_complete(struct buf *out, const char *const *words, size_t n);

struct exit_code {
	int code;
	struct words what;
};
/** Ends with a negative code. */
extern const struct exit_code help_exit_codes[];

#endif
