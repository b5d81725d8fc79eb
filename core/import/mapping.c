/** Which column is what, and what a row says. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "import/table.h"

#define MAX_MAPPING_BYTES (1u << 20)

/* "<packs_dir>/<some pack>/<name>.import.json"; false when there is none. */
static bool find_file(const char *packs_dir, const char *name, char *out, size_t size)
{
	DIR *dir = opendir(packs_dir);
	bool found = false;
	struct dirent *d;
	while (dir != NULL && !found && (d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		int n = snprintf(out, size, "%s/%s/%s.import.json", packs_dir, d->d_name, name);
		found = n > 0 && (size_t)n < size && access(out, R_OK) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* --- which there are --- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static anju_status add_names(const char *pattern, json_t *names, anju_error *err)
{
	static const char tail[] = ".import.json";
	glob_t found;
	int rc = glob(pattern, GLOB_NOSORT, NULL, &found);
	if (rc == GLOB_NOSPACE)
		return anju_fail_nomem(err);
	if (rc != 0)
		return ANJU_OK; /* none, or not for us to see */
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < found.gl_pathc && st == ANJU_OK; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		json_t *key = json_stringn(name, strlen(name) - (sizeof tail - 1));
		if (key == NULL ||
			json_object_set_new(names, json_string_value(key), json_null()) != 0)
			st = anju_fail_nomem(err);
		json_decref(key);
	}
	globfree(&found);
	return st;
}

static anju_status sorted_keys(const json_t *names, json_t **ret, anju_error *err)
{
	size_t n = 0;
	const char *key;
	json_t *v;
	ANJU_AUTO_JSON *list = json_array();
	ANJU_AUTO_MEM const char **keys = calloc(json_object_size(names) + 1, sizeof *keys);
	if (keys == NULL)
		return anju_fail_nomem(err);
	json_object_foreach((json_t *)names, key, v) {
		keys[n++] = key;
	}
	qsort(keys, n, sizeof *keys, by_text);
	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(list, json_string(keys[i])) != 0)
			return anju_fail_nomem(err);
	}
	*ret = ANJU_TAKE(list);
	return ANJU_OK;
}

anju_status mapping_names(const char *packs_dir, json_t **ret, anju_error *err)
{
	ANJU_AUTO_JSON *names = json_object();
	ANJU_AUTO_BUF pattern = BUF_INIT;
	/* what glob() would take for more than itself */
	for (const char *p = packs_dir; *p != '\0'; p++)
		buf_addf(&pattern, strchr("*?[]\\", *p) != NULL ? "\\%c" : "%c", *p);
	buf_adds(&pattern, "/*/*.import.json");
	if (pattern.failed || names == NULL)
		return anju_fail_nomem(err);
	anju_status st = add_names(pattern.data, names, err);
	return st == ANJU_OK ? sorted_keys(names, ret, err) : st;
}

static anju_status no_mapping(const char *name, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_NOTFOUND, "import.no_mapping", "no mapping %.60s", name);
	anju_error_where(err, "/mapping");
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "<pack>/<mapping>.import.json");
	return ANJU_E_NOTFOUND;
}

static anju_status parse_column(struct mapping *m, const json_t *v, const struct json_at *at,
	struct column *c, anju_error *err)
{
	static const char *const members[] = {"name", "key", "field", "relation", NULL};
	bool key = false;
	const char *field = NULL, *relation = NULL;
	if (!json_is_object(v))
		return json_fail_at(err, "json.type", at, v, "@say.object");
	anju_status st = json_only(v, at, members, err);
	if (st == ANJU_OK)
		st = json_need_string(v, at, "name", &c->name, err);
	if (st == ANJU_OK)
		st = json_opt_bool(v, at, "key", &key, err);
	if (st == ANJU_OK)
		st = json_opt_string(v, at, "field", &field, err);
	if (st == ANJU_OK)
		st = json_opt_string(v, at, "relation", &relation, err);
	if (st != ANJU_OK)
		return st;
	if (key + (field != NULL) + (relation != NULL) != 1)
		return json_fail_at(err, "import.column", at, v, "@say.import_one_of");
	c->kind = key ? COLUMN_KEY : field != NULL ? COLUMN_FIELD : COLUMN_RELATION;
	c->field = field != NULL ? workflow_field(m->wf, field) : NULL;
	c->relation = relation != NULL ? workflow_relation(m->wf, relation) : NULL;
	/* the inverse view is written on the other side */
	bool stored = c->relation != NULL && c->relation->inverse == NULL;
	if (!key && c->field == NULL && !stored) {
		struct json_at here = JSON_AT_KEY(at, field != NULL ? "field" : "relation");
		return json_fail_at(err, "import.target", &here,
			json_object_get(v, field != NULL ? "field" : "relation"),
			"@say.import_target|%s", m->wf->id);
	}
	return ANJU_OK;
}

/* No name, field or relation may stand for two columns: one of them would be lost. */
static anju_status check_once(
	const struct mapping *m, size_t i, const struct json_at *at, anju_error *err)
{
	const struct column *c = &m->columns[i];
	for (size_t k = 0; k < i; k++) {
		const struct column *o = &m->columns[k];
		bool same = strcmp(o->name, c->name) == 0 ||
			    (c->field != NULL && c->field == o->field) ||
			    (c->relation != NULL && c->relation == o->relation);
		if (same)
			return json_fail_at(err, "import.same_column", at,
				json_array_get(json_object_get(m->doc, "columns"), i),
				"@say.each_name_once");
	}
	return ANJU_OK;
}

/* "key_column" is there for people, but must not tell them something else. */
static anju_status check_key_column(
	const struct mapping *m, const struct json_at *root, anju_error *err)
{
	const char *name = NULL;
	anju_status st = json_opt_string(m->doc, root, "key_column", &name, err);
	for (size_t i = 0; i < m->columns_len && st == ANJU_OK && name != NULL; i++) {
		struct json_at at = JSON_AT_KEY(root, "key_column");
		if (m->columns[i].kind == COLUMN_KEY && strcmp(m->columns[i].name, name) != 0)
			st = json_fail_at(err, "import.same_column", &at,
				json_object_get(m->doc, "key_column"), "\"%s\"",
				m->columns[i].name);
	}
	return st;
}

static anju_status parse(
	struct mapping *m, struct pack_set *packs, const char *file, anju_error *err)
{
	static const char *const members[] = {"$schema", "workflow", "key_column", "columns", NULL};
	const char *schema;
	struct json_at root = JSON_AT_ROOT(file), list_at = JSON_AT_KEY(&root, "columns");
	const char *workflow;
	json_t *list = NULL;
	if (!json_is_object(m->doc))
		return json_fail_at(err, "json.type", &root, m->doc, "@say.object");
	anju_status st = json_only(m->doc, &root, members, err);
	if (st == ANJU_OK)
		st = json_opt_string(m->doc, &root, "$schema", &schema, err);
	if (st == ANJU_OK)
		st = json_need_string(m->doc, &root, "workflow", &workflow, err);
	if (st == ANJU_OK)
		st = json_opt_array(m->doc, &root, "columns", &list, err);
	if (st != ANJU_OK)
		return st;
	m->wf = pack_set_workflow(packs, workflow);
	if (m->wf == NULL) {
		struct json_at at = JSON_AT_KEY(&root, "workflow");
		return json_fail_at(err, "import.target", &at, json_object_get(m->doc, "workflow"),
			"@say.a_workflow");
	}
	m->columns_len = json_array_size(list);
	m->columns = calloc(m->columns_len + 1, sizeof *m->columns);
	if (m->columns == NULL)
		return anju_fail_nomem(err);
	int keys = 0;
	for (size_t i = 0; i < m->columns_len && st == ANJU_OK; i++) {
		struct json_at at = JSON_AT_INDEX(&list_at, i);
		st = parse_column(m, json_array_get(list, i), &at, &m->columns[i], err);
		if (st == ANJU_OK)
			st = check_once(m, i, &at, err);
		keys += st == ANJU_OK && m->columns[i].kind == COLUMN_KEY;
	}
	if (st == ANJU_OK && keys != 1)
		return json_fail_at(err, "import.column", &list_at, list, "@say.one_key_column");
	return st == ANJU_OK ? check_key_column(m, &root, err) : st;
}

anju_status mapping_load(const char *packs_dir, const char *name, struct pack_set *packs,
	struct mapping *ret, anju_error *err)
{
	char path[PATH_MAX];
	/* it becomes part of a path */
	if (name[0] == '\0' ||
		name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0' ||
		!find_file(packs_dir, name, path, sizeof path))
		return no_mapping(name, err);
	const char *file = strrchr(path, '/') + 1;
	struct mapping m = {0};
	anju_status st = json_load_path(path, file, MAX_MAPPING_BYTES, &m.doc, err);
	if (st == ANJU_OK)
		st = parse(&m, packs, file, err);
	if (st != ANJU_OK) {
		mapping_done(&m);
		return st;
	}
	*ret = m;
	return ANJU_OK;
}

void mapping_done(struct mapping *m)
{
	json_decref(m->doc);
	free(m->columns);
	*m = (struct mapping){0};
}

static anju_status bad_header(const struct column *c, const char *id, const char *what,
	const char *found, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, id, "column %s %s", c->name, what);
	anju_error_where(err, "%s", c->name);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", c->name);
	return ANJU_E_INVALID;
}

static anju_status bind(struct column *c, const struct table *t, anju_error *err)
{
	int places = 0;
	for (size_t k = t->header_len; k-- > 0;) {
		if (strcmp(t->header[k], c->name) != 0)
			continue;
		c->position = (int)k;
		places++;
	}
	if (places == 1)
		return ANJU_OK;
	if (places > 1)
		return bad_header(c, "import.column_twice", "stands twice", c->name, err);
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t k = 0; k < t->header_len; k++)
		buf_addf(&list, "%s%s", k > 0 ? "," : "", t->header[k]);
	return bad_header(
		c, "import.column_missing", "is missing", list.data != NULL ? list.data : "", err);
}

anju_status mapping_bind(struct mapping *m, const struct table *t, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < m->columns_len && st == ANJU_OK; i++)
		st = bind(&m->columns[i], t, err);
	return st;
}

/* --- one row --- */

static anju_status bad_cell(anju_error *err, const char *id, const struct column *c,
	const char *found, const char *allowed)
{
	/* what is sensitive is not repeated into messages and logs */
	const char *shown = c->field != NULL && c->field->sensitive ? "***" : found;
	(void)anju_fail(err, ANJU_E_INVALID, id, "column %s: %.60s", c->name, shown);
	anju_error_where(err, "%s", c->name);
	anju_error_found(err, "%s", shown);
	anju_error_allowed(err, "%s", allowed);
	return ANJU_E_INVALID;
}

static anju_status whole_number(
	const struct column *c, const char *s, json_t **ret, anju_error *err)
{
	char *end;
	errno = 0;
	long long v = strtoll(s, &end, 10);
	/* strtoll would pass over blanks and "+" */
	bool plain = s[0] == '-' || (s[0] >= '0' && s[0] <= '9');
	if (errno != 0 || *end != '\0' || end == s || !plain)
		return bad_cell(err, "import.number", c, s, "0, 1, 2 …");
	*ret = json_integer(v);
	return ANJU_OK;
}

static anju_status yes_or_no(const struct column *c, const char *s, json_t **ret, anju_error *err)
{
	if (strcmp(s, "是") == 0 || strcmp(s, "true") == 0 || strcmp(s, "1") == 0)
		*ret = json_true();
	else if (strcmp(s, "否") == 0 || strcmp(s, "false") == 0 || strcmp(s, "0") == 0)
		*ret = json_false();
	else
		return bad_cell(err, "import.bool", c, s, "是, 否, true, false, 1, 0");
	return ANJU_OK;
}

/* A word for an option becomes its id; anything else is left for field_check() to judge. */
static json_t *option_value(const struct field *f, const char *s)
{
	const char *id = field_option(f, s);
	return json_string(id != NULL ? id : s);
}

/* Parts joined by ";" or its Chinese form; blanks around a part are nobody's intention. */
static anju_status parts(const struct field *f, const char *s, json_t **ret, anju_error *err)
{
	static const char wide[] = "；";
	ANJU_AUTO_JSON *list = json_array();
	while (*s != '\0') {
		const char *stop = strstr(s, wide);
		size_t n = strcspn(s, ";"), step = s[n] == ';';
		if (stop != NULL && (size_t)(stop - s) < n) {
			n = (size_t)(stop - s);
			step = sizeof wide - 1;
		}
		size_t from = strspn(s, " \t"), len = n;
		while (len > from && (s[len - 1] == ' ' || s[len - 1] == '\t'))
			len--;
		ANJU_AUTO_MEM char *part = len > from ? strndup(s + from, len - from) : strdup("");
		if (part == NULL || (part[0] != '\0' && json_array_append_new(
								list, option_value(f, part)) != 0))
			return anju_fail_nomem(err);
		s += n + step;
	}
	*ret = ANJU_TAKE(list);
	return ANJU_OK;
}

/* A unit by its code, or by its name if no other has it. */
static anju_status unit_value(
	const struct column *c, const struct org *org, const char *s, json_t **ret, anju_error *err)
{
	ANJU_AUTO_BUF codes = BUF_INIT;
	const struct unit *found = org_unit(org, s);
	size_t n = found != NULL;
	for (size_t i = 0; found == NULL && i < org_count(org); i++) {
		const struct unit *u = org_at(org, i);
		if (strcmp(u->title[LANG_ZH], s) == 0 || strcmp(u->title[LANG_EN], s) == 0)
			buf_addf(&codes, "%s%s", n++ > 0 ? " " : "", u->code);
	}
	if (n > 1)
		return bad_cell(err, "import.unit_unclear", c, s, codes.data);
	if (n == 0)
		return bad_cell(err, "import.unit", c, s, "@say.unit_code_or_name");
	*ret = json_string(found != NULL ? found->code : codes.data);
	return ANJU_OK;
}

static anju_status cell_value(
	const struct column *c, const struct org *org, const char *s, json_t **ret, anju_error *err)
{
	switch (c->field->type) {
	case FIELD_INT:
	case FIELD_MONEY:
		return whole_number(c, s, ret, err);
	case FIELD_BOOL:
		return yes_or_no(c, s, ret, err);
	case FIELD_LIST:
		return parts(c->field, s, ret, err);
	case FIELD_ENUM:
		*ret = option_value(c->field, s);
		return ANJU_OK;
	case FIELD_UNIT:
		return unit_value(c, org, s, ret, err);
	case FIELD_STRING:
	case FIELD_DECIMAL:
	case FIELD_DATE:
		*ret = json_string(s);
		return ANJU_OK;
	}
	return ANJU_E_INTERNAL;
}

static anju_status take_field(
	const struct column *c, const struct org *org, const char *s, json_t *data, anju_error *err)
{
	if (s[0] == '\0')
		return c->field->required ? bad_cell(err, "import.missing", c, "", c->name)
					  : ANJU_OK;
	ANJU_AUTO_JSON *value = NULL;
	anju_status st = cell_value(c, org, s, &value, err);
	if (st == ANJU_OK && value == NULL)
		return anju_fail_nomem(err);
	if (st == ANJU_OK) {
		st = field_check(c->field, org, value, err);
		if (st != ANJU_OK)
			anju_error_where(err, "%s", c->name);
	}
	if (st == ANJU_OK && json_object_set(data, c->field->name, value) != 0)
		return anju_fail_nomem(err);
	return st;
}

static anju_status take_cell(const struct column *c, const struct org *org, const char *s,
	const char **ret_key, json_t *data, anju_error *err)
{
	if (!utf8_valid(s, strlen(s)))
		return bad_cell(err, "import.utf8", c, "", "UTF-8");
	switch (c->kind) {
	case COLUMN_KEY:
		if (s[0] == '\0')
			return bad_cell(err, "import.missing", c, "", c->name);
		*ret_key = s;
		return ANJU_OK;
	case COLUMN_FIELD:
		return take_field(c, org, s, data, err);
	case COLUMN_RELATION:
		if (s[0] == '\0')
			return ANJU_OK;
		return json_object_set_new(data, c->relation->name,
			       json_sprintf("%s/%s", c->relation->to, s)) == 0
			       ? ANJU_OK
			       : anju_fail_nomem(err);
	}
	return ANJU_E_INTERNAL;
}

anju_status mapping_row(const struct mapping *m, const struct org *org, const struct table *t,
	const struct row *row, const char **ret_key, json_t **ret_data, anju_error *err)
{
	if (row->cells_len != t->header_len) {
		(void)anju_fail(err, ANJU_E_INVALID, "import.width", "line %lld has %zu columns",
			(long long)row->line, row->cells_len);
		anju_error_found(err, "%zu", row->cells_len);
		anju_error_allowed(err, "%zu", t->header_len);
		return ANJU_E_INVALID;
	}
	ANJU_AUTO_JSON *data = json_object();
	const char *key = NULL;
	anju_status st = data != NULL ? ANJU_OK : anju_fail_nomem(err);
	for (size_t i = 0; i < m->columns_len && st == ANJU_OK; i++)
		st = take_cell(
			&m->columns[i], org, row->cells[m->columns[i].position], &key, data, err);
	if (st != ANJU_OK)
		return st;
	*ret_key = key;
	*ret_data = ANJU_TAKE(data);
	return ANJU_OK;
}
