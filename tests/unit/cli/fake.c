#include "unit/cli/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/command.h"
#include "unit/support.h"

static bool write_line(int fd, const json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);
	bool ok = send(fd, text, strlen(text), MSG_NOSIGNAL) >= 0 &&
		  send(fd, "\n", 1, MSG_NOSIGNAL) == 1;
	free(text);
	return ok;
}

static bool write_answer(int fd, json_t *answer, const json_t *id)
{
	json_t *line = json_pack("{s:s, s:O}", "jsonrpc", "2.0", "id", id);
	json_t *error = json_object_get(answer, "error");
	if (error != NULL)
		json_object_set(line, "error", error);
	else
		json_object_set(line, "result", answer);
	bool ok = write_line(fd, line);
	json_decref(line);
	return ok;
}

/* False: hang up. */
static bool serve_line(struct fake *fake, int fd, const char *line)
{
	json_t *request = json_loads(line, 0, NULL);
	json_array_append_new(fake->requests, request);
	json_t *answer = fake->answer(fake->ctx, fake->count++, request);
	if (answer == NULL || fake->swallowing)
		return json_decref(answer), false;
	if (json_is_null(answer)) {
		const struct timeval soon = {.tv_usec = 300000};
		fake->swallowing = true;
		json_decref(answer);
		return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) == 0;
	}
	bool ok = write_answer(fd, answer, json_object_get(request, "id"));
	json_decref(answer);
	json_t *more =
		fake->after != NULL ? fake->after(fake->ctx, fake->count - 1, request) : NULL;
	size_t i;
	json_t *v;
	json_array_foreach(more, i, v) {
		ok = ok && write_line(fd, v);
	}
	json_decref(more);
	return ok;
}

static void serve(struct fake *fake, int fd)
{
	FILE *in = fdopen(dup(fd), "r");
	char *line = NULL;
	size_t cap = 0;
	while (getline(&line, &cap, in) > 0 && serve_line(fake, fd, line))
		;
	fake->swallowing = false;
	free(line);
	fclose(in);
	close(fd);
}

static void *run(void *arg)
{
	struct fake *fake = arg;
	int fd;
	while ((fd = accept(fake->listener, NULL, NULL)) >= 0)
		serve(fake, fd);
	return NULL;
}

int fake_run(const struct fake *fake, const char *const *argv, char *out, size_t size)
{
	struct cli cli = {0};
	anju_error err = {0};
	int argc = 0;
	while (argv[argc] != NULL)
		argc++;
	unsetenv("ANJU_LANG");
	setenv("LANG", "en_US.UTF-8", 1);
	setenv("ANJU_SOCKET", fake->path, 1);
	memset(out, 0, size);
	FILE *text = fmemopen(out, size, "w");
	cli.out = cli.err = text;
	int code = args_parse(&cli, argc, argv, &err) == ANJU_OK ? cli.command->run(&cli)
								 : cli_fail_usage(&cli, &err);
	cli_done(&cli);
	fclose(text);
	return code;
}

void fake_start(struct fake *fake)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strcpy(fake->dir, "/tmp/anjuctl-XXXXXX"); /* allowed: fits */
	cr_assert_not_null(mkdtemp(fake->dir));
	snprintf(fake->path, sizeof fake->path, "%s/s", fake->dir);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", fake->path);
	fake->requests = json_array();
	fake->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fake->listener, (struct sockaddr *)&address, sizeof address), 0);
	cr_assert_eq(listen(fake->listener, 8), 0);
	cr_assert_eq(pthread_create(&fake->thread, NULL, run, fake), 0);
}

void fake_stop(struct fake *fake)
{
	shutdown(fake->listener, SHUT_RDWR);
	pthread_join(fake->thread, NULL);
	close(fake->listener);
	unlink(fake->path);
	rmdir(fake->dir);
}
