#include "daemon/service.h"

#include <sys/socket.h>

#include "base/error.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>

anju_status service_socket(int *ret_fd, anju_error *err)
{
	int n = sd_listen_fds(1);
	if (n <= 0) {
		*ret_fd = -1;
		return n == 0 ? ANJU_OK : anju_fail_errno(err, -n, "@say.calling|sd_listen_fds");
	}
	if (n > 1 || sd_is_socket(SD_LISTEN_FDS_START, AF_UNIX, SOCK_STREAM, 1) <= 0) {
		(void)anju_fail(err, ANJU_E_INVALID, "daemon.listen_fds", "%d sockets", n);
		anju_error_found(err, "%d", n);
		return ANJU_E_INVALID;
	}
	*ret_fd = SD_LISTEN_FDS_START;
	return ANJU_OK;
}

void service_ready(void)
{
	(void)sd_notify(0, "READY=1"); /* nobody listening is fine */
}

void service_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1");
}
#else
anju_status service_socket(int *ret_fd, anju_error *err)
{
	*ret_fd = -1;
	return ANJU_OK;
}

void service_ready(void)
{
}

void service_stopping(void)
{
}
#endif
