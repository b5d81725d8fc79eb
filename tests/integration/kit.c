#include "integration/kit.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGS_MAX 32
#define WAIT_MS  20000

static void pause_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

void kit_init(struct kit *kit)
{
	memset(kit, 0, sizeof *kit);
	snprintf(kit->folder, sizeof kit->folder, "/tmp/anju-it-XXXXXX");
	cr_assert_not_null(mkdtemp(kit->folder));
	snprintf(kit->data, sizeof kit->data, "%s/data", kit->folder);
	snprintf(kit->socket, sizeof kit->socket, "%s/s", kit->folder);
	kit->packs = SMALL_PACKS;
	signal(SIGPIPE, SIG_IGN);
}

void kit_done(struct kit *kit)
{
	if (kit->pid != 0)
		kit_stop(kit);
	free(kit->log);
	char cmd[128];
	snprintf(cmd, sizeof cmd, "rm -rf %s", kit->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: a test's own folder */
}

static void become_daemon(const struct kit *kit, int fd, const char *const *args)
{
	char log[96], pid[16];
	snprintf(log, sizeof log, "%s/log", kit->folder);
	int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)dup2(out, STDERR_FILENO);
	(void)dup2(out, STDOUT_FILENO);
	if (fd >= 0) {
		(void)dup2(fd, 3);
		snprintf(pid, sizeof pid, "%d", (int)getpid());
		(void)setenv("LISTEN_PID", pid, 1);
		(void)setenv("LISTEN_FDS", "1", 1);
	}
	(void)setenv("ANJU_LANG", "en", 1);
	(void)execv(ANJUD, (char *const *)args);
	_exit(127);
}

void kit_spawn(struct kit *kit, int fd, const char *const *args)
{
	fflush(NULL);
	kit->pid = fork();
	cr_assert(kit->pid >= 0);
	if (kit->pid == 0)
		become_daemon(kit, fd, args);
}

static void read_log(struct kit *kit)
{
	char path[96];
	snprintf(path, sizeof path, "%s/log", kit->folder);
	free(kit->log);
	kit->log = calloc(1, 65536);
	int fd = open(path, O_RDONLY);
	cr_assert(fd >= 0 && kit->log != NULL);
	cr_assert(read(fd, kit->log, 65535) >= 0);
	close(fd);
}

int kit_wait(struct kit *kit)
{
	int status = 0;
	long waited = 0;
	while (waitpid(kit->pid, &status, WNOHANG) == 0) {
		cr_assert(waited < WAIT_MS, "the daemon does not end");
		pause_ms(5);
		waited += 5;
	}
	kit->pid = 0;
	read_log(kit);
	cr_assert_null(strstr(kit->log, "Sanitizer"), "%s", kit->log);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool answers(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool ok = connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0;
	close(fd);
	return ok;
}

static void wait_until_up(struct kit *kit)
{
	for (long waited = 0; !answers(kit->socket); waited += 5) {
		int status;
		if (waitpid(kit->pid, &status, WNOHANG) != 0) {
			read_log(kit);
			cr_assert_fail("the daemon ended: %s", kit->log);
		}
		cr_assert(waited < WAIT_MS, "the daemon does not answer");
		pause_ms(5);
	}
}

static void start(struct kit *kit, bool manual, va_list ap)
{
	const char *args[ARGS_MAX] = {ANJUD, "--data", kit->data, "--socket", kit->socket,
		"--packs", kit->packs, "--plugins", PLUGINS_DIR};
	size_t n = 9;
	if (manual) {
		args[n++] = "--clock";
		args[n++] = "manual";
		args[n++] = "--start";
		args[n++] = KIT_START;
	}
	for (const char *arg; (arg = va_arg(ap, const char *)) != NULL;)
		args[n++] = arg;
	kit_spawn(kit, -1, args);
	wait_until_up(kit);
}

void kit_start(struct kit *kit, ...)
{
	va_list ap;
	va_start(ap, kit);
	start(kit, true, ap);
	va_end(ap);
}

void kit_start_wall(struct kit *kit, ...)
{
	va_list ap;
	va_start(ap, kit);
	start(kit, false, ap);
	va_end(ap);
}

int kit_run(struct kit *kit, ...)
{
	const char *args[ARGS_MAX] = {ANJUD};
	size_t n = 1;
	va_list ap;
	va_start(ap, kit);
	for (const char *arg; (arg = va_arg(ap, const char *)) != NULL;)
		args[n++] = arg;
	va_end(ap);
	kit_spawn(kit, -1, args);
	return kit_wait(kit);
}

void kit_stop(struct kit *kit)
{
	kill(kit->pid, SIGTERM);
	int rc = kit_wait(kit);
	cr_assert_eq(rc, 0, "exit status %d: %s", rc, kit->log);
}

void kit_kill(struct kit *kit)
{
	kill(kit->pid, SIGKILL);
	cr_assert_eq(kit_wait(kit), 128 + SIGKILL);
}

static json_t *ask(struct client *c, const char *method, const char *params_fmt, va_list ap)
{
	char params[2048], line[2304];
	vsnprintf(params, sizeof params, params_fmt, ap);
	snprintf(line, sizeof line,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method, params);
	return client_ask(c, line);
}

json_t *kit_ask(struct client *c, const char *method, const char *params_fmt, ...)
{
	va_list ap;
	va_start(ap, params_fmt);
	json_t *v = ask(c, method, params_fmt, ap);
	va_end(ap);
	return v;
}

json_t *kit_do(struct client *c, const char *method, const char *params_fmt, ...)
{
	va_list ap;
	va_start(ap, params_fmt);
	json_t *v = ask(c, method, params_fmt, ap);
	va_end(ap);
	if (code_of(v) != 0) {
		char *text = json_dumps(v, 0);
		cr_assert_fail("%s: %s", method, text);
	}
	return v;
}

void kit_open_visit(struct client *c, const char *key)
{
	json_decref(kit_do(c, "case.open",
		"{\"workflow\":\"visit\",\"key\":\"%s\",\"as\":\"610322.land\","
		"\"data\":{\"owner\":\"610322.land\"}}",
		key));
}

long kit_rev(struct client *c, const char *key)
{
	json_t *v = kit_ask(c, "case.get", "{\"case\":\"visit/%s\"}", key);
	long rev = (long)json_integer_value(result_of(v, "rev"));
	json_decref(v);
	return rev;
}
