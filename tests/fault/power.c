#include "power.h"

#include <assert.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR    512
#define FILES_MAX 8
#define LOCKS     SQLITE_SHM_NLOCK
#define REGIONS   64

struct bytes {
	unsigned char *data; /* owned */
	int64_t len, cap;
};

/* A write or truncation that no sync has made safe. */
struct change {
	struct change *next;
	int64_t at, len; /* len < 0: truncated to `at` */
	unsigned char data[];
};

/* One file as everybody sees it now, and as it would be found. */
struct disk_file {
	char name[256]; /* "" = free */
	struct bytes now, safe;
	struct change *changes, **changes_end;    /* owned; oldest first */
	bool entry_safe;                          /* its name would be found */
	bool sync_folder;                         /* with the next sync */
	bool deleted;                             /* its name is gone, but may be found again … */
	bool gone;                                /* … no more: the folder was synced */
	int shared, reserved, pending, exclusive; /* file locks held, over all handles */
	unsigned char *regions[REGIONS];          /* owned; shared memory of the log's index */
	int shm_shared[LOCKS], shm_exclusive[LOCKS];
	int handles;
};

struct handle {
	sqlite3_file base;
	struct disk_file *f;
	int level;                          /* SQLITE_LOCK_… */
	unsigned shm_shared, shm_exclusive; /* bits */
};

static sqlite3_vfs *host; /* for sleeping and the like */
static sqlite3_vfs layer;
static struct disk_file files[FILES_MAX];
static uint64_t random_state;
static int64_t changes_made, fault_at;
static enum power_fault fault_kind;
static enum power_lie lying;
static bool off;

/* splitmix64 */
static uint64_t random_next(void)
{
	uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int64_t random_below(int64_t n)
{
	return (int64_t)(random_next() % (uint64_t)n);
}

static void *must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

/* --- bytes --- */

static void bytes_size(struct bytes *b, int64_t len)
{
	if (len > b->cap) {
		b->cap = len * 2;
		b->data = must(realloc(b->data, (size_t)b->cap));
	}
	if (len > b->len)
		memset(b->data + b->len, 0, (size_t)(len - b->len));
	b->len = len;
}

static void bytes_write(struct bytes *b, const void *data, int64_t len, int64_t at)
{
	if (at + len > b->len)
		bytes_size(b, at + len);
	memcpy(b->data + at, data, (size_t)len);
}

static void bytes_copy(struct bytes *to, const struct bytes *from)
{
	to->len = 0;
	bytes_size(to, from->len);
	if (from->len > 0)
		memcpy(to->data, from->data, (size_t)from->len);
}

/* --- files --- */

static struct disk_file *find(const char *name)
{
	for (int i = 0; i < FILES_MAX; i++) {
		if (files[i].name[0] != '\0' && !files[i].deleted &&
			strcmp(files[i].name, name) == 0)
			return &files[i];
	}
	return NULL;
}

static void forget_changes(struct disk_file *f)
{
	for (struct change *c = f->changes, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	f->changes = NULL;
	f->changes_end = &f->changes;
}

static void clear(struct disk_file *f)
{
	forget_changes(f);
	free(f->now.data);
	free(f->safe.data);
	for (int i = 0; i < REGIONS; i++)
		free(f->regions[i]);
	*f = (struct disk_file){.changes_end = &f->changes};
}

static struct disk_file *create(const char *name)
{
	for (int i = 0; i < FILES_MAX; i++) {
		if (files[i].name[0] != '\0')
			continue;
		clear(&files[i]);
		strncpy(files[i].name, name, sizeof files[i].name - 1);
		/* the store syncs this one by its name, outside of SQLite */
		if (strstr(name, ".before-schema-") != NULL)
			close(open(name, O_CREAT | O_RDWR, 0600));
		return &files[i];
	}
	abort();
}

static void note(struct disk_file *f, const void *data, int64_t len, int64_t at)
{
	struct change *c = must(malloc(sizeof *c + (size_t)(len > 0 ? len : 0)));
	*c = (struct change){.at = at, .len = len};
	if (len > 0)
		memcpy(c->data, data, (size_t)len);
	*f->changes_end = c;
	f->changes_end = &c->next;
}

/* --- faults --- */

/* One more change is about to be made. True: it goes wrong. */
static bool strikes(void)
{
	if (off)
		return true;
	changes_made++;
	if (fault_at == 0 || changes_made != fault_at)
		return false;
	if (fault_kind == POWER_FAILS)
		off = true;
	return true;
}

void power_arm(enum power_fault fault, int64_t n)
{
	fault_kind = fault;
	fault_at = n > 0 ? changes_made + n : 0;
}

bool power_is_armed(void)
{
	return fault_at > changes_made;
}

int64_t power_changes(void)
{
	return changes_made;
}

bool power_is_off(void)
{
	return off;
}

void power_lie(enum power_lie lie)
{
	lying = lie;
}

/* --- what is left --- */

/* Of one write, some of its sectors; `keep` of 256 of them. */
static void keep_some(struct bytes *b, const struct change *c, int keep, bool last)
{
	for (int64_t done = 0; done < c->len;) {
		int64_t at = c->at + done, n = SECTOR - at % SECTOR;
		if (n > c->len - done)
			n = c->len - done;
		bool torn = last && random_below(8) == 0;
		if (random_below(256) < keep)
			bytes_write(b, c->data + done, torn ? random_below(n + 1) : n, at);
		done += n;
	}
}

/* Of all that was not synced some is on the disk, the rest will never be. */
static void settle_changes(struct disk_file *f)
{
	/* nothing, everything, and what lies between are all worth meeting */
	static const int share[] = {0, 32, 128, 224, 256};
	int keep = share[random_below(5)];
	for (struct change *c = f->changes; c != NULL; c = c->next) {
		if (c->len >= 0)
			keep_some(&f->safe, c, keep, c->next == NULL);
		else if (random_below(256) < keep && c->at < f->safe.len)
			f->safe.len = c->at;
	}
	forget_changes(f);
}

static void lose(struct disk_file *f)
{
	settle_changes(f);
	bytes_copy(&f->now, &f->safe);
}

void power_return(void)
{
	for (int i = 0; i < FILES_MAX; i++) {
		struct disk_file *f = &files[i];
		if (f->name[0] == '\0')
			continue;
		assert(f->handles == 0);
		bool found = f->entry_safe || random_below(2) == 0;
		if (f->gone || (f->deleted && random_below(2) == 0))
			found = false;
		if (!found || (f->deleted && find(f->name) != NULL)) {
			clear(f);
			continue;
		}
		f->deleted = false;
		f->entry_safe = true;
		lose(f);
		for (int r = 0; r < REGIONS; r++) {
			free(f->regions[r]);
			f->regions[r] = NULL;
		}
		f->shared = f->reserved = f->pending = f->exclusive = 0;
		memset(f->shm_shared, 0, sizeof f->shm_shared);
		memset(f->shm_exclusive, 0, sizeof f->shm_exclusive);
	}
	off = false;
	fault_at = 0;
}

void power_format(uint64_t seed)
{
	for (int i = 0; i < FILES_MAX; i++) {
		assert(files[i].handles == 0);
		clear(&files[i]);
	}
	random_state = seed;
	changes_made = fault_at = 0;
	off = false;
	lying = POWER_HONEST;
	sqlite3_randomness(0, NULL); /* SQLite's own numbers begin anew too: from our seed */
}

/* --- SQLite's side: a file --- */

static struct disk_file *of(sqlite3_file *file)
{
	return ((struct handle *)file)->f;
}

static int on_unlock(sqlite3_file *file, int level);

static int on_close(sqlite3_file *file)
{
	(void)on_unlock(file, SQLITE_LOCK_NONE);
	of(file)->handles--;
	if (of(file)->gone && of(file)->handles == 0)
		clear(of(file));
	return SQLITE_OK;
}

static int on_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	const struct disk_file *f = of(file);
	if (off)
		return SQLITE_IOERR_READ;
	int64_t there = f->now.len - at;
	there = there < 0 ? 0 : there > n ? n : there;
	if (there > 0)
		memcpy(to, f->now.data + at, (size_t)there);
	if (there == n)
		return SQLITE_OK;
	memset((char *)to + there, 0, (size_t)(n - there));
	return SQLITE_IOERR_SHORT_READ;
}

static void do_write(struct disk_file *f, const void *from, int64_t n, sqlite3_int64 at)
{
	bytes_write(&f->now, from, n, at);
	note(f, from, n, at);
}

static int on_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	bool was_off = off;
	if (!strikes()) {
		do_write(of(file), from, n, at);
		return SQLITE_OK;
	}
	/* the write during which it happens may have reached the disk */
	if (!was_off && fault_kind == POWER_FULL_ONCE)
		do_write(of(file), from, random_below(n + 1), at);
	else if (!was_off && random_below(2) == 0)
		do_write(of(file), from, n, at);
	return fault_kind == POWER_FULL_ONCE ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct disk_file *f = of(file);
	if (strikes())
		return SQLITE_IOERR_TRUNCATE;
	bytes_size(&f->now, size);
	note(f, NULL, -1, size);
	return SQLITE_OK;
}

/* The folder's own changes: what was created and what was deleted so far. */
static void sync_folder(void)
{
	for (int i = 0; i < FILES_MAX; i++) {
		files[i].entry_safe = true;
		files[i].gone = files[i].deleted;
		if (files[i].gone && files[i].handles == 0)
			clear(&files[i]);
	}
}

/* SQLite's own layer syncs the folder too when it first syncs a log or journal that it has created. */
static void make_safe(struct disk_file *f)
{
	/* not simply what is there now: of a sync that failed some may be missing for good (on_sync) */
	for (struct change *c = f->changes; c != NULL; c = c->next) {
		if (c->len >= 0)
			bytes_write(&f->safe, c->data, c->len, c->at);
		else
			bytes_size(&f->safe, c->at);
	}
	forget_changes(f);
	if (f->sync_folder)
		sync_folder();
	f->sync_folder = false;
}

static int on_sync(sqlite3_file *file, int flags)
{
	struct disk_file *f = of(file);
	bool was_off = off;
	if (strikes()) {
		/* A sync that failed has made safe any part, or all. Linux takes the rest for written all the same, so
		 * that no later sync brings it to the disk although every read shows it. */
		int64_t what = was_off ? 0 : random_below(3);
		if (what == 1)
			make_safe(f);
		else if (what == 2)
			settle_changes(f);
		return SQLITE_IOERR_FSYNC;
	}
	if (lying == POWER_SYNC_DOES_NOTHING)
		return SQLITE_OK;
	if (lying == POWER_SYNC_LATE) {
		static struct disk_file *late;
		if (late != NULL && late->name[0] != '\0' && late != f)
			make_safe(late);
		late = f;
		return SQLITE_OK;
	}
	make_safe(f);
	return SQLITE_OK;
}

static int on_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	*ret = of(file)->now.len;
	return off ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

/* As every file layer does it: any number share, one may reserve, one alone writes. */
static int on_lock(sqlite3_file *file, int level)
{
	struct handle *h = (struct handle *)file;
	struct disk_file *f = h->f;
	if (level <= h->level)
		return SQLITE_OK;
	if (level == SQLITE_LOCK_SHARED) {
		if (f->pending + f->exclusive > 0)
			return SQLITE_BUSY;
		f->shared++;
	} else if (level == SQLITE_LOCK_RESERVED) {
		if (f->reserved + f->pending + f->exclusive > 0)
			return SQLITE_BUSY;
		f->reserved++;
	} else {
		if (f->reserved - (h->level >= SQLITE_LOCK_RESERVED) > 0 ||
			f->shared - 1 + f->exclusive > 0)
			return SQLITE_BUSY;
		f->exclusive++;
	}
	h->level = level;
	return SQLITE_OK;
}

static int on_unlock(sqlite3_file *file, int level)
{
	struct handle *h = (struct handle *)file;
	struct disk_file *f = h->f;
	if (h->level == SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE)
		f->exclusive--;
	if (h->level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED && f->reserved > 0)
		f->reserved--;
	if (h->level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED)
		f->shared--;
	if (level < h->level)
		h->level = level;
	return SQLITE_OK;
}

static int on_reserved(sqlite3_file *file, int *ret)
{
	*ret = of(file)->reserved + of(file)->exclusive > 0;
	return SQLITE_OK;
}

static int on_control(sqlite3_file *file, int op, void *arg)
{
	return SQLITE_NOTFOUND;
}

static int on_sector(sqlite3_file *file)
{
	return 4096; /* what SQLite takes a disk to have */
}

static int on_traits(sqlite3_file *file)
{
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as SQLite takes every disk to be */
}

/* --- the log's index, shared by all connections of this one process --- */

static int on_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
	struct disk_file *f = of(file);
	assert(region < REGIONS);
	*ret = NULL;
	if (off)
		return SQLITE_IOERR_SHMMAP;
	if (f->regions[region] == NULL && extend)
		f->regions[region] = must(calloc(1, (size_t)size));
	*ret = f->regions[region];
	return SQLITE_OK;
}

static void shm_release(struct handle *h, int i)
{
	if (h->shm_shared & (1u << i))
		h->f->shm_shared[i]--;
	if (h->shm_exclusive & (1u << i))
		h->f->shm_exclusive[i]--;
	h->shm_shared &= ~(1u << i);
	h->shm_exclusive &= ~(1u << i);
}

static bool shm_free(const struct handle *h, int i, bool exclusive)
{
	int others_shared = h->f->shm_shared[i] - ((h->shm_shared >> i) & 1);
	int others_exclusive = h->f->shm_exclusive[i] - ((h->shm_exclusive >> i) & 1);
	return others_exclusive == 0 && (!exclusive || others_shared == 0);
}

static int on_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	struct handle *h = (struct handle *)file;
	bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
	if (flags & SQLITE_SHM_UNLOCK) {
		for (int i = at; i < at + n; i++)
			shm_release(h, i);
		return SQLITE_OK;
	}
	for (int i = at; i < at + n; i++) {
		if (!shm_free(h, i, exclusive))
			return SQLITE_BUSY;
	}
	for (int i = at; i < at + n; i++) {
		unsigned *mine = exclusive ? &h->shm_exclusive : &h->shm_shared;
		int *all = exclusive ? &h->f->shm_exclusive[i] : &h->f->shm_shared[i];
		if ((*mine & (1u << i)) == 0)
			++*all;
		*mine |= 1u << i;
	}
	return SQLITE_OK;
}

static void on_shm_barrier(sqlite3_file *file)
{
}

static int on_shm_unmap(sqlite3_file *file, int delete)
{
	struct handle *h = (struct handle *)file;
	for (int i = 0; i < LOCKS; i++)
		shm_release(h, i);
	for (int i = 0; delete &&i < REGIONS; i++) {
		free(h->f->regions[i]);
		h->f->regions[i] = NULL;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_reserved,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_traits,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};

/* --- SQLite's side: the disk --- */

static int on_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct handle *h = (struct handle *)file;
	*h = (struct handle){0};
	assert(name != NULL); /* temporary things are kept in memory */
	h->f = find(name);
	if (off)
		return SQLITE_CANTOPEN;
	if (h->f == NULL) {
		if ((flags & SQLITE_OPEN_CREATE) == 0 || strikes())
			return SQLITE_CANTOPEN;
		h->f = create(name);
		h->f->sync_folder = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
	}
	h->f->handles++;
	h->base.pMethods = &methods;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct disk_file *f = find(name);
	if (f == NULL)
		return SQLITE_IOERR_DELETE_NOENT;
	if (strikes())
		return SQLITE_IOERR_DELETE;
	f->deleted = true;
	if (sync)
		sync_folder();
	return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	const struct disk_file *f = find(name);
	/* an empty file counts as none, as with SQLite's own layer */
	*ret = f != NULL && (flags != SQLITE_ACCESS_EXISTS || f->now.len > 0);
	return off ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int on_full_name(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	strncpy(out, name, (size_t)n);
	return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	for (int i = 0; i < n; i++)
		out[i] = (char)random_next();
	return n;
}

static int on_sleep(sqlite3_vfs *vfs, int us)
{
	return us; /* nobody else is there to wait for */
}

void power_install(void)
{
	host = sqlite3_vfs_find(NULL);
	layer = *host;
	layer.zName = "power";
	layer.szOsFile = (int)sizeof(struct handle);
	layer.xOpen = on_open;
	layer.xDelete = on_delete;
	layer.xAccess = on_access;
	layer.xFullPathname = on_full_name;
	layer.xRandomness = on_randomness;
	layer.xSleep = on_sleep;
	for (int i = 0; i < FILES_MAX; i++)
		files[i].changes_end = &files[i].changes;
	if (sqlite3_vfs_register(&layer, 1) != SQLITE_OK)
		abort();
}
