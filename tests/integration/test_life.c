#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "integration/kit.h"
#include "unit/support.h"

/* Writes in flight when the signal comes: each is either answered and there after a restart, or was never
 * acknowledged. The daemon ends with 0. */
ANJU_TEST(life, sigterm_drains)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	for (int i = 0; i < 60; i++) {
		char line[256];
		snprintf(line, sizeof line,
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"case.open\",\"params\":{"
			"\"workflow\":\"visit\","
			"\"key\":\"d-%d\",\"as\":\"610322.land\",\"data\":{\"owner\":\"610322."
			"land\"}}}\n",
			i, i);
		client_send(&c, line);
	}
	json_t *v = client_read(&c);
	cr_assert_eq(code_of(v), 0);
	json_decref(v);
	kit_stop(&kit);
	int acknowledged = 1;
	bool there[60] = {true};
	while ((v = client_read_ms(&c, 1000)) != NULL) {
		cr_assert_eq(code_of(v), 0);
		there[json_integer_value(json_object_get(v, "id"))] = true;
		acknowledged++;
		json_decref(v);
	}
	client_close(&c);
	cr_assert_neq(access(kit.socket, F_OK), 0, "the socket file is removed");
	kit_start(&kit, NULL);
	client_open(&c, kit.socket);
	for (int i = 1; i < 60; i++) {
		char key[16];
		snprintf(key, sizeof key, "d-%d", i);
		if (there[i])
			cr_assert_eq(kit_rev(&c, key), 1, "acknowledged and lost: %s", key);
	}
	cr_assert_gt(acknowledged, 1, "nothing was in flight: the test shows nothing");
	client_close(&c);
	kit_done(&kit);
}

/* Killed at a named point right after a commit: what was answered is there. */
ANJU_TEST(life, sudden_death_loses_nothing_acknowledged)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, "--fault", "after:commit:20", NULL);
	client_open(&c, kit.socket);
	int acknowledged = 0;
	for (int i = 0; i < 200; i++) {
		char line[256];
		snprintf(line, sizeof line,
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"case.open\",\"params\":{"
			"\"workflow\":\"visit\","
			"\"key\":\"f-%d\",\"as\":\"610322.land\",\"data\":{\"owner\":\"610322."
			"land\"}}}\n",
			i, i);
		if (send(c.fd, line, strlen(line), MSG_NOSIGNAL) < 0)
			break;
		json_t *v = client_read_ms(&c, 2000);
		if (v == NULL)
			break;
		cr_assert_eq(code_of(v), 0);
		json_decref(v);
		acknowledged++;
	}
	client_close(&c);
	cr_assert_eq(kit_wait(&kit), 137, "the fault point was not reached");
	cr_assert(acknowledged > 5 && acknowledged < 200, "%d", acknowledged);
	kit_start(&kit, NULL); /* over the socket file left behind */
	client_open(&c, kit.socket);
	for (int i = 0; i < acknowledged; i++) {
		char key[16];
		snprintf(key, sizeof key, "f-%d", i);
		cr_assert_eq(kit_rev(&c, key), 1, "lost: %s", key);
	}
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(life, socket_is_for_owner_and_group)
{
	struct kit kit;
	struct stat st;
	kit_init(&kit);
	kit_start_wall(&kit, NULL);
	cr_assert_eq(stat(kit.socket, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0660);
	cr_assert_eq(stat(kit.data, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0700);
	kit_done(&kit);
}

ANJU_TEST(life, socket_activation)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", kit.socket);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	cr_assert_eq(listen(fd, 8), 0);
	/* A peer that comes before the daemon is served once it is up. */
	client_open(&c, kit.socket);
	client_send(&c, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"daemon.status\"}\n");
	const char *args[] = {ANJUD, "--data", kit.data, "--packs", kit.packs, "--socket",
		"/nonexistent/never-made", NULL};
	kit_spawn(&kit, fd, args);
	close(fd);
	json_t *v = client_read_ms(&c, 20000);
	if (v == NULL && HAVE_SYSTEMD_HERE == 0) { /* built without it: it must have said why */
		cr_assert_neq(kit_wait(&kit), 0);
		kit_done(&kit);
		client_close(&c);
		return;
	}
	cr_assert_not_null(v);
	cr_assert_str_eq(json_string_value(result_of(v, "pack")), "small");
	json_decref(v);
	client_close(&c);
	kit_stop(&kit);
	cr_assert_eq(access(kit.socket, F_OK), 0, "the socket file is the service manager's");
	kit_done(&kit);
}

ANJU_TEST(life, second_daemon_is_refused)
{
	struct kit kit, second;
	struct client c;
	kit_init(&kit);
	kit_init(&second);
	kit_start(&kit, NULL);
	int rc = kit_run(
		&second, "--data", kit.data, "--socket", second.socket, "--packs", kit.packs, NULL);
	cr_assert_eq(rc, 1);
	char pid[16];
	snprintf(pid, sizeof pid, "%d", (int)kit.pid);
	cr_assert_not_null(strstr(second.log, pid), "the holder is named: %s", second.log);
	rc = kit_run(
		&second, "--data", second.data, "--socket", kit.socket, "--packs", kit.packs, NULL);
	cr_assert_eq(rc, 1);
	cr_assert_not_null(strstr(second.log, kit.socket), "%s", second.log);
	client_open(&c, kit.socket);
	kit_open_visit(&c, "still-there");
	client_close(&c);
	kit_done(&second);
	kit_done(&kit);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

ANJU_TEST(life, pack_with_a_mistake_is_refused)
{
	struct kit kit;
	char path[160], packs[96];
	kit_init(&kit);
	snprintf(packs, sizeof packs, "%s/packs", kit.folder);
	cr_assert_eq(mkdir(packs, 0700), 0);
	snprintf(path, sizeof path, "%s/bad", packs);
	cr_assert_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/bad/pack.json", packs);
	write_file(path, "{\"pack\":\"bad\",\"version\":\"1\",\"regions\":[],\"titel\":{},"
			 "\"title\":{\"zh\":\"坏\",\"en\":\"Bad\"}}");
	snprintf(path, sizeof path, "%s/bad/w.workflow.json", packs);
	write_file(path,
		"{\"id\":\"w\",\"version\":\"1\",\"initial\":\"nowhere\",\"states\":{\"a\":{}}}");
	cr_assert_eq(
		kit_run(&kit, "--data", kit.data, "--socket", kit.socket, "--packs", packs, NULL),
		1);
	cr_assert_not_null(strstr(kit.log, "bad/pack.json#/titel: "), "%s", kit.log);
	cr_assert_not_null(strstr(kit.log, "bad/w.workflow.json#"), "every finding: %s", kit.log);
	cr_assert_neq(access(kit.data, F_OK), 0, "nothing was made");
	cr_assert_eq(kit_run(&kit, "--check", "--packs", packs, NULL), 1);
	cr_assert_not_null(strstr(kit.log, "#/titel: "), "%s", kit.log);
	cr_assert_eq(kit_run(&kit, "--check", "--packs", SMALL_PACKS, NULL), 0);
	kit_done(&kit);
}

ANJU_TEST(life, configuration_and_command_line)
{
	struct kit kit;
	char path[160];
	kit_init(&kit);
	snprintf(path, sizeof path, "%s/anju.json", kit.folder);
	write_file(path, "{\"limits\": {\"in_flight\": 0}}");
	cr_assert_eq(kit_run(&kit, "--config", path, "--data", kit.data, NULL), 1);
	cr_assert_not_null(strstr(kit.log, "/limits/in_flight"), "%s", kit.log);
	cr_assert_eq(kit_run(&kit, "--data", kit.data, "--sokcet", "x", NULL), 64);
	cr_assert_not_null(strstr(kit.log, "--sokcet"), "%s", kit.log);
	cr_assert_eq(kit_run(&kit, "--version", NULL), 0);
	cr_assert_eq(kit_run(&kit, "--help", NULL), 0);
	cr_assert_not_null(strstr(kit.log, "--data DIR"), "%s", kit.log);
	write_file(path, "{\"limits\": {\"connections\": 1}}");
	kit_start(&kit, "--config", path, NULL);
	struct client c, d;
	json_t *v = NULL;
	for (int i = 0; i < 100; i++) { /* kit_start's own connection may not be gone yet */
		client_open(&c, kit.socket);
		v = kit_ask(&c, "clock.get", "{}");
		if (code_of(v) == 0)
			break;
		json_decref(v);
		client_close(&c);
		usleep(10000);
	}
	cr_assert_eq(code_of(v), 0);
	json_decref(v);
	client_open(&d, kit.socket);
	v = client_read(&d);
	cr_assert_eq(code_of(v), -32009);
	json_decref(v);
	client_close(&c);
	client_close(&d);
	kit_done(&kit);
}

/* The packs that are shipped start with their plugins, and a second start finds all as it was. */
ANJU_TEST(life, shipped_packs_start)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit.packs = SHIPPED_PACKS;
	kit_start(&kit, "--pack", "fengxiang", NULL);
	client_open(&c, kit.socket);
	json_t *v = kit_do(&c, "daemon.status", "{}");
	cr_assert_str_eq(json_string_value(result_of(v, "pack")), "fengxiang");
	cr_assert_eq(json_array_size(result_of(v, "plugins")), 3);
	cr_assert(json_is_null(result_of(v, "trouble")));
	long long entries = json_integer_value(json_object_get(result_of(v, "store"), "entries"));
	json_decref(v);
	client_close(&c);
	kit_stop(&kit);
	kit_start(&kit, "--pack", "fengxiang", NULL);
	client_open(&c, kit.socket);
	v = kit_do(&c, "daemon.status", "{}");
	cr_assert_eq(
		json_integer_value(json_object_get(result_of(v, "store"), "entries")), entries);
	json_decref(v);
	client_close(&c);
	kit_done(&kit);
}

ANJU_TEST(life, hangup_is_no_end)
{
	struct kit kit;
	struct client c;
	kit_init(&kit);
	kit_start(&kit, NULL);
	kill(kit.pid, SIGHUP);
	usleep(50000);
	client_open(&c, kit.socket);
	json_decref(kit_do(&c, "clock.get", "{}"));
	client_close(&c);
	kill(kit.pid, SIGINT);
	cr_assert_eq(kit_wait(&kit), 0);
	kit_done(&kit);
}
