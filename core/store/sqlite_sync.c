#include "store/sqlite.h"

#include <stdlib.h>
#include <sys/stat.h>

/*
 * Commits whose sync is still to come, and those who must not speak of them before.
 *
 * SQLite makes a commit visible to other connections when its frames are in the log; with the sync put off that
 * is before it is durable. So commits are numbered: `begun` is raised before a COMMIT, `done` when what it
 * wrote has been synced, and a reader of this process that has come to the end of a read waits until all
 * that had begun by then is done. It has a list or a case in its hands by that time, and nobody has
 * been told of it yet.
 *
 * The record of a database is found by the file's device and inode, by readers that are opened while the
 * writer has it open. Readers of other processes do not wait: they look at a daemon from outside, and
 * what they show is nobody's acknowledgement.
 */
struct durable {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int64_t begun, written, done;
	sqlite3_file *log; /* of the last one written */
	bool failed; /* a sync was refused: what is not done is in doubt until the store has settled it */
	/* under list_lock */
	int users;
	dev_t device;
	ino_t inode;
	struct durable *next;
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct durable *list;

static struct durable *find(const struct stat *st)
{
	struct durable *d = list;
	while (d != NULL && (d->device != st->st_dev || d->inode != st->st_ino))
		d = d->next;
	return d;
}

struct durable *durable_open(const char *path)
{
	struct stat st;
	struct durable *d = stat(path, &st) == 0 ? calloc(1, sizeof *d) : NULL;
	if (d == NULL)
		return NULL;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->moved, NULL);
	d->users = 1;
	d->device = st.st_dev;
	d->inode = st.st_ino;
	pthread_mutex_lock(&list_lock);
	d->next = list;
	list = d;
	pthread_mutex_unlock(&list_lock);
	return d;
}

struct durable *durable_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return NULL;
	pthread_mutex_lock(&list_lock);
	struct durable *d = find(&st);
	if (d != NULL)
		d->users++;
	pthread_mutex_unlock(&list_lock);
	return d;
}

void durable_close(struct durable *d)
{
	if (d == NULL)
		return;
	pthread_mutex_lock(&list_lock);
	bool last = --d->users == 0;
	struct durable **at = &list;
	while (last && *at != d)
		at = &(*at)->next;
	if (last)
		*at = d->next;
	pthread_mutex_unlock(&list_lock);
	if (!last)
		return;
	pthread_cond_destroy(&d->moved);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void durable_begin(struct durable *d)
{
	pthread_mutex_lock(&d->lock);
	d->begun++;
	pthread_mutex_unlock(&d->lock);
}

void durable_written(struct durable *d, sqlite3_file *log)
{
	pthread_mutex_lock(&d->lock);
	d->written = d->begun;
	d->log = log;
	pthread_mutex_unlock(&d->lock);
}

void durable_done(struct durable *d)
{
	pthread_mutex_lock(&d->lock);
	d->done = d->written = d->begun;
	d->failed = false;
	pthread_cond_broadcast(&d->moved);
	pthread_mutex_unlock(&d->lock);
}

void durable_refused(struct durable *d)
{
	pthread_mutex_lock(&d->lock);
	d->failed = true;
	pthread_cond_broadcast(&d->moved);
	pthread_mutex_unlock(&d->lock);
}

bool durable_failed(struct durable *d)
{
	pthread_mutex_lock(&d->lock);
	bool failed = d->failed;
	pthread_mutex_unlock(&d->lock);
	return failed;
}

void durable_wait(struct durable *d)
{
	pthread_mutex_lock(&d->lock);
	int64_t until = d->begun;
	while (d->done < until && !d->failed)
		pthread_cond_wait(&d->moved, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

anju_status store_sync(struct store *store, anju_error *err)
{
	struct durable *d = store->durable;
	pthread_mutex_lock(&d->lock);
	int64_t until = d->written;
	bool clean = d->done >= until && !d->failed;
	sqlite3_file *log = d->log;
	pthread_mutex_unlock(&d->lock);
	if (clean)
		return ANJU_OK;
	int rc = log_sync_now(log);
	pthread_mutex_lock(&d->lock);
	d->failed = d->failed || rc != SQLITE_OK;
	bool failed = d->failed;
	if (!failed && d->done < until)
		d->done = until;
	pthread_cond_broadcast(&d->moved);
	pthread_mutex_unlock(&d->lock);
	if (!failed)
		return ANJU_OK;
	return sqlite_fail(err, NULL, rc != SQLITE_OK ? rc : SQLITE_IOERR_FSYNC, "syncing the log");
}
