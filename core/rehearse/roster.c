/* Rosters: each good row becomes a case, by the same mapping and the same checks as an import. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "import/table.h"
#include "rehearse/impl.h"
#include "rehearse/script.h"

const char *rehearse_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

/* --- which mapping --- */

static anju_status fail_mapping(
	const char *file, const json_t *names, size_t fitting, const char *list, anju_error *err)
{
	ANJU_AUTO_BUF all = BUF_INIT;
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)names, i, v) {
		buf_addf(&all, "%s%s", i > 0 ? " " : "", json_string_value(v));
	}
	(void)anju_fail(err, ANJU_E_INVALID, "rehearse.no_mapping",
		"%zu mappings fit the columns of the roster", fitting);
	anju_error_file(err, file);
	anju_error_found(err, "%s", fitting > 0 ? list : "@say.nothing");
	anju_error_allowed(err, "%s", all.data != NULL ? all.data : "@say.nothing");
	return ANJU_E_INVALID;
}

/* The only mapping whose columns the file has. One that is of another pack, or wrong, fits nothing. */
static anju_status find_mapping(struct rehearsal *r, const char *file, const struct table *table,
	struct mapping *ret, anju_error *err)
{
	ANJU_AUTO_JSON *names = NULL;
	ANJU_AUTO_BUF list = BUF_INIT;
	struct mapping found = {0};
	size_t i, fitting = 0;
	json_t *v;
	anju_status st = mapping_names(r->options.packs_dir, &names, err);
	if (st != ANJU_OK)
		return st;
	json_array_foreach(names, i, v) {
		struct mapping m = {0};
		if (mapping_load(r->options.packs_dir, json_string_value(v),
			    r->options.world->packs, &m, NULL) != ANJU_OK)
			continue;
		bool fits = mapping_bind(&m, table, NULL) == ANJU_OK;
		if (fits)
			buf_addf(&list, "%s%s", fitting++ > 0 ? " " : "", json_string_value(v));
		if (fits && fitting == 1)
			found = m;
		else
			mapping_done(&m);
	}
	if (fitting != 1) {
		mapping_done(&found);
		return fail_mapping(file, names, fitting, list.data, err);
	}
	*ret = found;
	return ANJU_OK;
}

static anju_status choose_mapping(struct rehearsal *r, const struct rehearse_roster *roster,
	const struct table *table, struct mapping *ret, anju_error *err)
{
	if (roster->mapping == NULL)
		return find_mapping(r, roster->file, table, ret, err);
	struct mapping m = {0};
	anju_status st = mapping_load(
		r->options.packs_dir, roster->mapping, r->options.world->packs, &m, err);
	if (st == ANJU_OK)
		st = mapping_bind(&m, table, err);
	if (st != ANJU_OK) {
		mapping_done(&m);
		return st;
	}
	*ret = m;
	return ANJU_OK;
}

/* --- rows --- */

static anju_status open_row(struct rehearsal *r, const struct mapping *m, const struct table *table,
	const struct row *row, struct buf *name, anju_error *err)
{
	ANJU_AUTO_JSON *data = NULL, *refusal = NULL;
	const char *key = NULL;
	anju_status st =
		mapping_row(m, pack_set_org(r->options.world->packs), table, row, &key, &data, err);
	if (st != ANJU_OK)
		return st;
	buf_addf(name, "%s/%s", m->wf->id, key);
	st = case_check_key(m->wf, key, err);
	if (st != ANJU_OK)
		return st;
	if (name->failed)
		return anju_fail_nomem(err);
	struct sandbox_act act = {.name = name->data, .data = data, .effective_ms = SANDBOX_NOW};
	return sandbox_do(r->sandbox, &act, &refusal, err);
}

static anju_status take_rows(struct rehearsal *r, const char *file, const struct mapping *m,
	const struct table *table, anju_error *err)
{
	for (size_t i = 0; i < table->rows_len; i++) {
		const struct row *row = &table->rows[i];
		ANJU_AUTO_BUF name = BUF_INIT;
		anju_error why = {0};
		anju_status st = open_row(r, m, table, row, &name, &why);
		r->counts.rows++;
		if (rehearse_is_fatal(st)) {
			if (err != NULL)
				*err = why;
			return st;
		}
		if (st == ANJU_OK) {
			r->counts.opened++;
			continue;
		}
		r->counts.faulty++;
		struct trouble t = {.what = "row",
			.file = file,
			.line = row->line,
			.at_ms = SCRIPT_NO_TIME,
			.name = name.data,
			.err = &why};
		st = rehearse_note(r, &t, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

anju_status rehearse_roster(
	struct rehearsal *r, const struct rehearse_roster *roster, anju_error *err)
{
	struct table table = {0};
	struct mapping mapping = {0};
	const char *file = rehearse_base_name(roster->file);
	FILE *in = fopen(roster->file, "re");
	if (in == NULL)
		return anju_fail_errno(err, errno, "@say.opening|%s", roster->file);
	anju_status st = table_read(in, &table, err);
	(void)fclose(in); /* only read from */
	if (st == ANJU_OK)
		st = choose_mapping(r, roster, &table, &mapping, err);
	if (st != ANJU_OK && err != NULL && err->file[0] == '\0')
		anju_error_file(err, file);
	if (st == ANJU_OK)
		st = take_rows(r, file, &mapping, &table, err);
	mapping_done(&mapping);
	table_release(&table);
	return st;
}
