/*~ The reading tour begins here. Comments that open with this sign are meant to be read in order:
 *
 *   core/daemon/main.c    this: from argv to a running daemon, and the map of its threads
 *   core/rpc/server.c     the socket: what a line becomes
 *   core/engine/engine.c  the single writer: what a batch is
 *   core/case/case.c      one case: what an event may do to it
 *   core/chart/step.c     the statechart: how one step is taken
 *   core/store/           what is kept, and how it survives
 *
 * anjud is one process with a handful of threads:
 *
 *   loop      (this one, libuv) sockets, timers, signals. Never waits for disk or for another thread.
 *   engine    the single writer. Takes what has queued up, one transaction a batch, hands it back.
 *   sync      brings a batch to the disk while the engine is at the next one.
 *   delivery  reads the outbox and asks channels to carry messages; reports outcomes to the engine.
 *   pool      libuv's. Read methods and feeds, each on a read-only snapshot of its own.
 *
 * They meet in three places only: the engine's queue (engine_submit), the list of finished commands
 * (rpc_server_finished), and SQLite's snapshots. No lock is held across any work.
 *
 * Starting goes from what can be wrong on paper to what can be wrong on this machine: settings, packs,
 * plugins, calendar, grants (definitions.c); then store, engine, delivery, socket (daemon.c). Whatever is
 * found is said in full before the process leaves with status 1. Stopping goes the other way: no new
 * requests, the engine's queue is carried out, answers are flushed, and only then things are freed. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/messages.h"
#include "daemon/daemon.h"
#include "daemon/help.h"
#include "daemon/settings.h"

/* Exit status for a command line that makes no sense, as sysexits.h has it. */
#define EXIT_USAGE 64

static int fail_settings(const anju_error *err)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	message_render_error(&text, err, settings_lang());
	fprintf(stderr, "anjud: %s\n", text.data != NULL ? text.data : err->text);
	return err->file[0] != '\0' ? EXIT_FAILURE : EXIT_USAGE;
}

/* As many connections as the system lets us have; the usual soft limit is lower than ours. */
static void raise_file_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit); /* what we have must do then */
}

static void set_up_process(const struct settings *settings)
{
	char threads[16];
	long long n = settings->limits.threads > 0 ? (long long)settings->limits.threads : 4;
	snprintf(threads, sizeof threads, "%lld", n);
	(void)setenv("UV_THREADPOOL_SIZE", threads, 1); /* read once, at the pool's first use */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)umask(0077);
	raise_file_limit();
	json_object_seed(0); /* before there are threads */
	log_set_level(settings->log_level);
}

int main(int argc, char **argv)
{
	anju_error err;
	struct settings settings;
	if (settings_read(argc, argv, &settings, &err) != ANJU_OK)
		return fail_settings(&err);
	int rc = EXIT_SUCCESS;
	switch (settings.task) {
	case TASK_HELP:
		help_print(stdout, settings.lang);
		break;
	case TASK_VERSION:
		version_print(stdout);
		break;
	case TASK_CHECK:
		set_up_process(&settings);
		rc = daemon_check(&settings);
		break;
	case TASK_RUN:
		set_up_process(&settings);
		rc = daemon_run(&settings);
		break;
	}
	settings_done(&settings);
	return rc;
}
