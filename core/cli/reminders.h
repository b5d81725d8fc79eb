/** Reminders of a case and what became of them, for people. */
#ifndef CORE_CLI_REMINDERS_H
#define CORE_CLI_REMINDERS_H

#include <jansson.h>

#include "base/buf.h"
#include "cli/cli.h"

/** "delivered" … of a message or reminder in the user's language. */
const char *reminder_status(const struct cli *cli, const char *status);
/** Append "smtp well; webhook paused …", of channel.list's items (outbox.c). */
void outbox_channels_line(struct cli *cli, const json_t *channels, struct buf *out);
/** A table of reminders with their heading; nothing when there are none. */
void reminders_show(struct cli *cli, const json_t *reminders);
/** Of a message's items: which cases it speaks of. */
void reminders_show_cases(struct cli *cli, const json_t *items);
/** "reminder of … to … by …: delivered" of a journal entry's "message" member. */
void reminder_entry(struct cli *cli, const json_t *message, struct buf *out);

#endif
