/* store check and store dump over a real data folder: what is sound passes, what was altered does not. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "journal/journal.h"
#include "store/store.h"
#include "unit/support.h"

struct folder {
	char path[64];
	struct store *store;
	anju_error err;
};

static void folder_init(struct folder *f)
{
	*f = (struct folder){.path = "/tmp/anjuctl-store-XXXXXX"};
	cr_assert_not_null(mkdtemp(f->path));
	struct store_options options = {.folder = f->path};
	assert_ok(store_open(&options, &f->store, &f->err), f->err);
	assert_ok(store_begin(f->store, &f->err), f->err);
}

static void folder_close(struct folder *f)
{
	assert_ok(store_commit(f->store, &f->err), f->err);
	store_free(f->store);
	f->store = NULL;
}

static void folder_done(struct folder *f)
{
	DIR *dir = opendir(f->path);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		char path[400];
		snprintf(path, sizeof path, "%s/%s", f->path, e->d_name);
		(void)unlink(path); /* "." and ".." refuse */
	}
	closedir(dir);
	cr_assert_eq(rmdir(f->path), 0);
}

/* A case of two entries; `data` and `state` are what its row says. */
static void add_case(struct folder *f, const char *key, const char *data, const char *state)
{
	static const char *const bodies[] = {
		"{\"state\":\"a\",\"data\":{\"persons\":4,\"gone\":1}}",
		"{\"state\":\"b\",\"data\":{\"gone\":null},\"docs\":{\"x\":{\"ref\":\"1\"}},"
		"\"locks\":[\"persons\"]}"};
	uint8_t head[HASH_BYTES];
	int64_t id, seq;
	struct store_case row = {.workflow = "household",
		.key = key,
		.hash = "6a0f",
		.rev = 2,
		.region = "610322101",
		.phase = "agree",
		.state = state,
		.data = data,
		.meta = "{\"docs\":{\"x\":{\"ref\":\"1\"}},\"locks\":[\"persons\"]}",
		.opened_ms = 1502841600000,
		.updated_ms = 1502841600000};
	struct journal_entry entries[2];
	uint8_t hashes[2][HASH_BYTES];
	journal_genesis("household", key, "6a0f", head);
	for (int i = 0; i < 2; i++) {
		entries[i] = (struct journal_entry){.rev = i + 1,
			.recorded_ms = 1502841600000 + i,
			.effective_ms = 1502841600000 + i,
			.event = i == 0 ? "case.open" : "go",
			.actor = "610322.land",
			.body = bodies[i]};
		journal_hash(head, &entries[i], head);
		memcpy(hashes[i], head, HASH_BYTES);
	}
	memcpy(row.head, head, HASH_BYTES);
	assert_ok(store_case_insert(f->store, &row, &id, &f->err), f->err);
	for (int i = 0; i < 2; i++) {
		struct store_entry entry = {.case_id = id,
			.rev = entries[i].rev,
			.recorded_ms = entries[i].recorded_ms,
			.effective_ms = entries[i].effective_ms,
			.event = entries[i].event,
			.actor = entries[i].actor,
			.body = entries[i].body};
		memcpy(entry.hash, hashes[i], HASH_BYTES);
		assert_ok(store_journal_append(f->store, &entry, &seq, &f->err), f->err);
	}
}

static int run(const struct folder *f, const char *what, char *out, size_t size)
{
	const char *const argv[] = {"anjuctl", "--lang", "en", "store", what, "--data", f->path};
	struct cli cli = {0};
	anju_error err = {0};
	memset(out, 0, size);
	FILE *text = fmemopen(out, size, "w");
	cli.out = cli.err = text;
	assert_ok(args_parse(&cli, 7, argv, &err), err);
	int code = cli.command->run(&cli);
	cli_done(&cli);
	fclose(text);
	return code;
}

ANJU_TEST(store, what_is_sound_passes, .timeout = 60)
{
	struct folder f;
	char out[8192];
	folder_init(&f);
	add_case(&f, "2", "{\"persons\":4}", "b");
	add_case(&f, "1", "{\"persons\":4}", "b");
	folder_close(&f);
	cr_assert_eq(run(&f, "check", out, sizeof out), CLI_OK, "%s", out);
	cr_assert_str_eq(out, "2 cases, 4 journal entries: sound\n");
	folder_done(&f);
}

ANJU_TEST(store, a_row_that_its_journal_does_not_give_is_found, .timeout = 60)
{
	struct folder f;
	char out[8192];
	folder_init(&f);
	add_case(&f, "1", "{\"persons\":5}", "b");
	add_case(&f, "2", "{\"persons\":4}", "c");
	add_case(&f, "3", "{\"persons\":4}", "b");
	folder_close(&f);
	cr_assert_eq(run(&f, "check", out, sizeof out), CLI_FINDINGS, "%s", out);
	cr_assert_not_null(strstr(out, "household/1"), "%s", out);
	cr_assert_not_null(strstr(out, "data [cli.fold]"), "%s", out);
	cr_assert_not_null(strstr(out, "state [cli.fold]"), "%s", out);
	cr_assert_null(strstr(out, "household/3"), "%s", out);
	cr_assert_not_null(strstr(out, "3 cases, 6 journal entries: TROUBLE"), "%s", out);
	folder_done(&f);
}

ANJU_TEST(store, dump_does_not_show_in_which_order_rows_came, .timeout = 60)
{
	struct folder f, g;
	char a[8192], b[8192];
	folder_init(&f);
	add_case(&f, "1", "{\"persons\":4}", "b");
	add_case(&f, "2", "{\"persons\":4,\"x\":1}", "b");
	folder_close(&f);
	folder_init(&g);
	add_case(&g, "2", "{\"x\":1,\"persons\":4}", "b");
	add_case(&g, "1", "{\"persons\":4}", "b");
	folder_close(&g);
	cr_assert_eq(run(&f, "dump", a, sizeof a), CLI_OK);
	cr_assert_eq(run(&g, "dump", b, sizeof b), CLI_OK);
	cr_assert_str_eq(a, b);
	cr_assert_eq(strncmp(a, "case household/1 rev=2 region=610322101 ", 40), 0, "%s", a);
	cr_assert_not_null(strstr(a, "  entry 2 2017-08-16T08:00:00.001+08:00"), "%s", a);
	folder_done(&f);
	folder_done(&g);
}

ANJU_TEST(store, dump_tells_what_is_watched_and_what_stands_still, .timeout = 60)
{
	struct folder f;
	char out[8192];
	int64_t id;
	folder_init(&f);
	add_case(&f, "1", "{\"persons\":4}", "b");
	struct store_deadline row = {.case_id = 1,
		.name = "tidy",
		.status = STORE_DEADLINE_WATCHED,
		.due_ms = 1502841600000,
		.next_ms = INT64_MAX,
		.lead = "610322.land",
		.responsible = "",
		.cooperating = "610322.drc"};
	assert_ok(store_deadline_insert(f.store, &row, &id, &f.err), f.err);
	row.name = "report";
	row.status = STORE_DEADLINE_OPEN;
	row.suspended = true;
	assert_ok(store_deadline_insert(f.store, &row, &id, &f.err), f.err);
	folder_close(&f);
	cr_assert_eq(run(&f, "dump", out, sizeof out), CLI_OK);
	cr_assert_not_null(strstr(out, "deadline tidy state=0 watched armed="), "%s", out);
	cr_assert_not_null(
		strstr(out, "deadline report state=0 open(suspended) armed="), "%s", out);
	cr_assert_not_null(strstr(out, "cooperating=610322.drc\n"), "%s", out);
	folder_done(&f);
}

ANJU_TEST(store, no_folder, .timeout = 60)
{
	struct folder f = {.path = "/tmp/anjuctl-no-such-folder"};
	char out[2048];
	cr_assert_eq(run(&f, "check", out, sizeof out), CLI_USAGE);
	cr_assert_not_null(strstr(out, "anjuctl: "), "%s", out);
	cr_assert_eq(run(&f, "dump", out, sizeof out), CLI_USAGE);
}
