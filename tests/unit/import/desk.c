#include "desk.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static void show(void *ctx, const anju_error *e)
{
	(void)ctx;
	fprintf(stderr, "# %s %s#%s: %s\n", e->id, e->file, e->where, e->text);
}

void desk_open(struct desk *d)
{
	*d = (struct desk){0};
	snprintf(d->folder, sizeof d->folder, "/tmp/anju-import-XXXXXX");
	cr_assert_not_null(mkdtemp(d->folder));
	struct pack_options options = {.dir = TEST_DATA "/import", .report = show};
	assert_ok(pack_load(&options, &d->packs, &d->err), d->err);
}

void desk_done(struct desk *d)
{
	char cmd[96];
	mapping_done(&d->mapping);
	table_release(&d->table);
	pack_set_free(d->packs);
	snprintf(cmd, sizeof cmd, "rm -rf %s", d->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: test clean-up of its own folder */
}

const char *desk_file(struct desk *d, const char *name, const char *text, size_t n)
{
	static char path[160];
	snprintf(path, sizeof path, "%s/%s", d->folder, name);
	ANJU_AUTO_FILE f = fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fwrite(text, 1, n, f), n);
	return path;
}

anju_status desk_read(struct desk *d, const char *text, size_t n)
{
	const char *path = desk_file(d, "table.csv", text, n);
	ANJU_AUTO_FILE f = fopen(path, "r");
	d->err = (anju_error){0};
	table_release(&d->table);
	return table_read(f, &d->table, &d->err);
}

anju_status desk_mapping(struct desk *d, const char *text)
{
	char folder[96];
	ANJU_AUTO_MEM char *copy = strdup(text);
	for (char *p = copy; *p != '\0'; p++)
		*p = *p == '\'' ? '"' : *p;
	snprintf(folder, sizeof folder, "%s/p", d->folder);
	(void)mkdir(folder, 0700);
	desk_file(d, "p/try.import.json", copy, strlen(copy));
	d->err = (anju_error){0};
	mapping_done(&d->mapping);
	return mapping_load(d->folder, "try", d->packs, &d->mapping, &d->err);
}
