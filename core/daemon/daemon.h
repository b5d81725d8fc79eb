/** The daemon itself: everything put together, running, and taken apart again. */
#ifndef CORE_DAEMON_DAEMON_H
#define CORE_DAEMON_DAEMON_H

#include "daemon/settings.h"

/** Start, serve until SIGTERM or SIGINT, drain, stop. Returns the exit status of the process. */
int daemon_run(const struct settings *settings);
/** Load what a start would load, print every finding to standard output; 0 when there is none. */
int daemon_check(const struct settings *settings);

#endif
