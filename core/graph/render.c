/* Graphviz at work: its program reads the description and writes SVG; both through pipes, no files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/utf8.h"
#include "graph/graph.h"

#define SVG_MAX_BYTES (64u << 20)

extern char **environ;

struct child {
	pid_t pid;
	int in, out, err; /* our ends; -1 = closed */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_pair(int pair[2])
{
	close_end(&pair[0]);
	close_end(&pair[1]);
}

static int spawn_with(const char *program, int in[2], int out[2], int err[2], pid_t *ret_pid)
{
	char *const argv[] = {(char *)program, (char *)"-Tsvg", NULL};
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return rc;
	rc = posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawnp(ret_pid, program, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static anju_status start(const char *program, struct child *ret, anju_error *err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1};
	int rc = 0;
	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
		pipe2(errors, O_CLOEXEC) != 0)
		rc = errno;
	if (rc == 0)
		rc = spawn_with(program, in, out, errors, &ret->pid);
	close_end(&in[0]);
	close_end(&out[1]);
	close_end(&errors[1]);
	if (rc == 0) {
		ret->in = in[1];
		ret->out = out[0];
		ret->err = errors[0];
		return ANJU_OK;
	}
	close_pair(in);
	close_pair(out);
	close_pair(errors);
	if (rc != ENOENT && rc != EACCES && rc != ENOTDIR)
		return anju_fail_errno(err, rc, "@say.running|%s", program);
	(void)anju_fail(err, ANJU_E_NOTFOUND, "graph.no_program", "cannot run %s", program);
	anju_error_found(err, "%s", program);
	anju_error_allowed(err, "graphviz");
	return ANJU_E_NOTFOUND;
}

/* Some of what the program says; closes the end when that is all. */
static void take(int *fd, struct buf *into, size_t max)
{
	char part[16384];
	ssize_t n = read(*fd, part, sizeof part);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0 || into->len + (size_t)n > max) {
		close_end(fd);
		return;
	}
	buf_add(into, part, (size_t)n);
}

static void give(int *fd, const struct buf *from, size_t *done)
{
	ssize_t n = *done < from->len ? write(*fd, from->data + *done, from->len - *done) : 0;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		*done += (size_t)n;
	if (n < 0 || *done == from->len)
		close_end(fd);
}

/* Feeds and reads at once, so that neither side waits for the other. */
static void converse(struct child *c, const struct buf *dot, struct buf *svg, struct buf *said)
{
	size_t done = 0;
	(void)fcntl(c->in, F_SETFL, O_NONBLOCK);
	while (c->out >= 0 || c->err >= 0) {
		struct pollfd fds[] = {
			{c->in, POLLOUT, 0}, {c->out, POLLIN, 0}, {c->err, POLLIN, 0}};
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents != 0)
			give(&c->in, dot, &done);
		if (fds[1].revents != 0)
			take(&c->out, svg, SVG_MAX_BYTES);
		if (fds[2].revents != 0)
			take(&c->err, said, 65536);
	}
	close_end(&c->in);
	close_end(&c->out);
	close_end(&c->err);
}

static anju_status failed(const char *program, struct buf *said, anju_error *err)
{
	while (said->len > 0 && said->data[said->len - 1] == '\n')
		said->data[--said->len] = '\0';
	char *line = said->data != NULL ? strrchr(said->data, '\n') : NULL;
	(void)anju_fail(err, ANJU_E_IO, "graph.program", "%s failed", program);
	anju_error_found(err, "%s",
		line != NULL         ? line + 1
		: said->data != NULL ? said->data
				     : "-");
	anju_error_where(err, "%s", program);
	return ANJU_E_IO;
}

anju_status graph_svg(const char *program, const struct buf *dot, struct buf *svg, anju_error *err)
{
	struct child c = {.in = -1, .out = -1, .err = -1};
	ANJU_AUTO_BUF said = BUF_INIT;
	anju_status st = start(program, &c, err);
	if (st != ANJU_OK)
		return st;
	/* it may end without having read all */
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	(void)sigaction(SIGPIPE, &ignore, &before);
	converse(&c, dot, svg, &said);
	(void)sigaction(SIGPIPE, &before, NULL);
	int status = 0;
	while (waitpid(c.pid, &status, 0) < 0) {
		if (errno != EINTR)
			return anju_fail_errno(err, errno, "@say.running|%s", program);
	}
	if (svg->failed || said.failed)
		return anju_fail_nomem(err);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && svg->len > 0)
		return ANJU_OK;
	/* as a shell says it when the program cannot be run after all */
	return failed(program, &said, err);
}
