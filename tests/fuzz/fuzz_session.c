/**
 * Any lines on the socket of a whole daemon (server, engine, store), each on a connection of its own: every line is
 * answered as JSON-RPC 2.0 says, and what the quick scanner takes has the same answer and leaves the same rows as the
 * same request by way of the full parser, which a second daemon is given as an array of one.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "fuzz/house.h"
#include "rpc/server.h"

#define LINES_MAX 12
/* So far the clock may be moved: two months of reminders and reports. */
#define CLOCK_MAX_MS (HOUSE_START_MS + INT64_C(70) * 86400000)

struct site {
	struct house house;
	struct rpc_server *server;
	char socket[100];
};
static struct site sites[2];
static uv_loop_t loop;
static struct grants *grants;

/* The server's only way to the engine: carried out at once, on this thread. */
anju_status __wrap_engine_submit(struct engine *engine, struct command *cmd, anju_error *err);
anju_status __wrap_engine_submit(struct engine *engine, struct command *cmd, anju_error *err)
{
	if (cmd->kind == COMMAND_ADVANCE && cmd->to_ms > CLOCK_MAX_MS)
		cmd->to_ms = CLOCK_MAX_MS;
	engine_run(engine, cmd);
	return ANJU_OK;
}

static void finished(void *ctx, struct command *list, int64_t last_seq, bool messages)
{
	rpc_server_finished(((struct site *)ctx)->server, list, last_seq);
}

/* --- the two daemons --- */

static void closed(void *data)
{
	*(bool *)data = true;
}

static void close_site(struct site *site)
{
	bool over = false;
	if (site->server == NULL)
		return;
	rpc_server_close(site->server, 1000, closed, &over);
	while (!over)
		(void)uv_run(&loop, UV_RUN_ONCE);
	rpc_server_free(site->server);
	site->server = NULL;
	house_close(&site->house);
}

static void open_site(struct site *site, const char *name)
{
	anju_error err = {0};
	int fd = -1;
	house_fresh(&site->house, name);
	snprintf(site->socket, sizeof site->socket, "%s/s", site->house.folder);
	(void)unlink(site->socket);
	anju_status st = house_open(&site->house, &err);
	const struct rpc_options options = {.loop = &loop,
		.packs = house_packs(),
		.grants = grants,
		.folder = site->house.folder,
		.version = "fuzz"};
	if (st == ANJU_OK)
		st = rpc_server_new(&options, &site->server, &err);
	if (st == ANJU_OK)
		st = rpc_socket_bind(site->socket, &fd, &err);
	if (st == ANJU_OK)
		st = rpc_server_listen(site->server, site->house.engine, fd, &err);
	if (st != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	site->house.finished = finished;
	site->house.ctx = site;
}

static void open_sites(void)
{
	anju_error err = {0};
	if (grants == NULL) {
		ANJU_AUTO_JSON *doc = json_pack("{s:[]}", "principals");
		fuzz_assert(uv_loop_init(&loop) == 0);
		if (grants_load(pack_set_org(house_packs()), doc, "fuzz", &grants, &err) != ANJU_OK)
			fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	}
	for (int i = 0; i < 2; i++) {
		if (sites[i].server != NULL && !sites[i].house.changed)
			continue;
		close_site(&sites[i]);
		open_site(&sites[i], i == 0 ? "a" : "b");
	}
}

/* --- asking --- */

static int dial(const struct site *site)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", site->socket);
	fuzz_assert(fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0);
	return fd;
}

/* Everything that is answered until the server, which has seen the end of the input, closes. */
static char *ask(const struct site *site, const char *text, size_t n)
{
	struct buf got = BUF_INIT;
	char part[4096];
	int fd = dial(site);
	fuzz_assert(send(fd, text, n, MSG_NOSIGNAL) == (ssize_t)n && shutdown(fd, SHUT_WR) == 0);
	for (;;) {
		ssize_t r = recv(fd, part, sizeof part, 0);
		if (r == 0)
			break;
		if (r > 0)
			buf_add(&got, part, (size_t)r);
		else
			fuzz_assert(errno == EAGAIN && uv_run(&loop, UV_RUN_ONCE) >= 0);
	}
	fuzz_assert(close(fd) == 0);
	buf_addc(&got, '\0');
	return buf_take(&got);
}

/* --- what must be so --- */

static void check_one(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	fuzz_assert(json_is_object(answer) && json_object_get(answer, "id") != NULL);
	fuzz_same_text(json_string_value(json_object_get(answer, "jsonrpc")), "2.0");
	fuzz_assert((error == NULL) != (json_object_get(answer, "result") == NULL));
	if (error == NULL)
		return;
	int64_t code = json_integer_value(json_object_get(error, "code"));
	fuzz_assert(code < 0 && json_string_length(json_object_get(error, "message")) > 0);
	/* nothing that a peer says is our own mistake */
	if (code == -32603)
		fuzz_failed(__FILE__, __LINE__, "internal error: %s",
			json_string_value(json_object_get(error, "message")));
}

/* At most one line; a notice of the feed has no id and may follow. */
static void check_answer(const char *text)
{
	const char *end = strchr(text, '\n');
	if (text[0] == '\0')
		return;
	fuzz_assert(end != NULL);
	ANJU_AUTO_JSON *v = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL);
	const json_t *one;
	size_t i;
	if (v == NULL)
		fuzz_failed(__FILE__, __LINE__, "no JSON: %s", text);
	json_array_foreach(v, i, one)
		check_one(one);
	if (!json_is_array(v))
		check_one(v);
}

/* Its answer may tell the time, what the process does, or what was asked before it. */
static bool comparable(const json_t *request)
{
	const char *method = json_string_value(json_object_get(request, "method"));
	return method != NULL &&
	       (strcmp(method, "case.send") == 0 || strcmp(method, "case.open") == 0);
}

static void check_line(const char *line, size_t n)
{
	ANJU_AUTO_JSON *request = json_loadb(line, n, 0, NULL);
	ANJU_AUTO_BUF plain = BUF_INIT, array = BUF_INIT, want = BUF_INIT;
	bool object = json_is_object(request);
	buf_add(&plain, line, n);
	buf_addc(&plain, '\n');
	buf_adds(&array, object ? "[" : "");
	buf_add(&array, line, n);
	buf_adds(&array, object ? "]\n" : "\n");
	ANJU_AUTO_MEM char *a = ask(&sites[0], plain.data, plain.len);
	ANJU_AUTO_MEM char *b = ask(&sites[1], array.data, array.len);
	check_answer(a);
	check_answer(b);
	if (!object || !comparable(request))
		return;
	if (a[0] != '\0') {
		buf_addc(&want, '[');
		buf_add(&want, a, strlen(a) - 1);
		buf_adds(&want, "]\n");
	}
	fuzz_same_text(want.data != NULL ? want.data : "", b);
}

static void check_rows(void)
{
	bool changed = sites[0].house.changed;
	fuzz_assert(changed == sites[1].house.changed);
	if (!changed)
		return;
	ANJU_AUTO_MEM char *a = house_rows(&sites[0].house);
	ANJU_AUTO_MEM char *b = house_rows(&sites[1].house);
	fuzz_same_text(a, b);
	house_sound(&sites[0].house);
}

static void end(void)
{
	close_site(&sites[0]);
	close_site(&sites[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool begun;
	const char *p = (const char *)data, *stop = p + n;
	open_sites();
	if (!begun)
		fuzz_assert(atexit(end) == 0);
	begun = true;
	for (int i = 0; i < LINES_MAX && p < stop; i++) {
		const char *eol = memchr(p, '\n', (size_t)(stop - p));
		size_t len = (size_t)((eol != NULL ? eol : stop) - p);
		check_line(p, len);
		p += len + 1;
	}
	check_rows();
	return 0;
}
