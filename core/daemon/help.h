/** anjud --help and --version. */
#ifndef CORE_DAEMON_HELP_H
#define CORE_DAEMON_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "base/messages.h"

void help_print(FILE *f, enum lang lang);
void version_print(FILE *f);

#endif
