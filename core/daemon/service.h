/** Talking to the service manager: sockets it hands over, and telling it how far we are. */
#ifndef CORE_DAEMON_SERVICE_H
#define CORE_DAEMON_SERVICE_H

#include "anju/error.h"

/** The socket handed over, or -1 if there is none. ANJU_E_INVALID "daemon.listen_fds" when it is not one
 *  listening Unix stream socket. Without libsystemd there never is one. */
ANJU_MUST_CHECK anju_status service_socket(int *ret_fd, anju_error *err);
void service_ready(void);
void service_stopping(void);

#endif
