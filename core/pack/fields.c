#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "pack/loader.h"

static const char *const field_members[] = {"type", "title", "scale", "min", "max", "max_chars",
	"pattern", "options", "sensitive", "required", "write", "unit", "rows", NULL};
static const char *const type_names[] = {
	"string", "int", "bool", "decimal", "money", "date", "enum", "unit", "list"};
#define TYPES (sizeof type_names / sizeof type_names[0])

/* What each optional member is for; one that has no meaning for a type is a mistake of its author. */
static const struct {
	const char *member;
	unsigned types;
} options_of[] = {
	{"scale", 1u << FIELD_DECIMAL},
	{"min", 1u << FIELD_INT | 1u << FIELD_DECIMAL | 1u << FIELD_MONEY},
	{"max", 1u << FIELD_INT | 1u << FIELD_DECIMAL | 1u << FIELD_MONEY},
	{"max_chars", 1u << FIELD_STRING | 1u << FIELD_LIST},
	{"pattern", 1u << FIELD_STRING},
	{"options", 1u << FIELD_ENUM | 1u << FIELD_LIST},
};

static void free_regex(void *thing)
{
	regfree(thing);
	free(thing);
}

void *regex_load(struct build *b, const struct json_at *at, const char *pattern)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	buf_addf(&text, "^(%s)$", pattern);
	regex_t *regex = calloc(1, sizeof *regex);
	if (regex == NULL || text.failed) {
		free(regex);
		b->pool->failed = true;
		return NULL;
	}
	int rc = regcomp(regex, text.data, REG_EXTENDED | REG_NOSUB);
	if (rc == REG_ESPACE) {
		free(regex);
		b->pool->failed = true;
		return NULL;
	}
	if (rc != 0) {
		char why[96];
		(void)regerror(rc, regex, why, sizeof why);
		free(regex);
		load_finding_text(b->ld, "pack.regex", at, pattern, "@say.posix_regex|%s", why);
		return NULL;
	}
	return pool_own_take(b->pool, regex, free_regex) ? regex : NULL;
}

static int type_of(const char *name)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (strcmp(type_names[i], name) == 0)
			return (int)i;
	}
	return -1;
}

static bool read_type(struct build *b, const json_t *def, const struct json_at *at, struct field *f)
{
	const char *name = load_string(b->ld, def, at, "type", true);
	struct json_at here = JSON_AT_KEY(at, "type");
	if (name == NULL)
		return false;
	int type = type_of(name);
	if (type < 0) {
		load_finding_text(b->ld, "pack.field_type", &here, name,
			"string int bool decimal money date enum unit list");
		return false;
	}
	f->type = (enum field_type)type;
	for (size_t i = 0; i < sizeof options_of / sizeof options_of[0]; i++) {
		const json_t *v = json_object_get(def, options_of[i].member);
		struct json_at option_at = JSON_AT_KEY(at, options_of[i].member);
		if (v != NULL && (options_of[i].types & 1u << type) == 0)
			load_finding(b->ld, "pack.field_option", &option_at, v,
				"@say.nothing_for_type|%s|%s", name, options_of[i].member);
	}
	return true;
}

static bool read_limit(struct build *b, const json_t *def, const struct json_at *at,
	const char *key, const struct field *f, struct decimal *ret)
{
	const json_t *v = json_object_get(def, key);
	struct json_at here = JSON_AT_KEY(at, key);
	if (v == NULL)
		return false;
	if (json_is_integer(v)) {
		*ret = decimal_of_int(json_integer_value(v));
		return true;
	}
	if (f->type == FIELD_DECIMAL && json_is_string(v) &&
		decimal_parse(json_string_value(v), f->scale, ret))
		return true;
	bool decimal = f->type == FIELD_DECIMAL && json_is_string(v) &&
		       decimal_parse(json_string_value(v), 9, ret);
	load_finding(b->ld, decimal ? "pack.limits" : "pack.range", &here, v,
		f->type == FIELD_DECIMAL ? "@say.integer_or_decimal" : "@say.integer");
	return false;
}

static void read_numbers(
	struct build *b, const json_t *def, const struct json_at *at, struct field *f)
{
	anju_error err;
	int64_t scale = 2, max_chars = 200;
	struct json_at scale_at = JSON_AT_KEY(at, "scale"), chars_at = JSON_AT_KEY(at, "max_chars"),
		       max_at = JSON_AT_KEY(at, "max");
	(void)load_ok(b->ld, json_opt_int(def, at, "scale", &scale, &err), &err);
	if (scale < 0 || scale > 9)
		load_finding(
			b->ld, "pack.range", &scale_at, json_object_get(def, "scale"), "0 – 9");
	f->scale = scale >= 0 && scale <= 9 ? (int)scale : 2;
	(void)load_ok(b->ld, json_opt_int(def, at, "max_chars", &max_chars, &err), &err);
	if (max_chars < 1 || max_chars > 100000)
		load_finding(b->ld, "pack.range", &chars_at, json_object_get(def, "max_chars"),
			"1 – 100000");
	f->max_chars = (size_t)max_chars;
	f->has_min = read_limit(b, def, at, "min", f, &f->min);
	f->has_max = read_limit(b, def, at, "max", f, &f->max);
	if (f->has_min && f->has_max && decimal_cmp(f->min, f->max) > 0)
		load_finding(b->ld, "pack.limits", &max_at, json_object_get(def, "max"),
			"@say.not_below_min");
}

/* A word that is the id or a word of another option could not be told apart in a spreadsheet. */
static bool option_clear(const struct field *f, const char *id, const struct label *title)
{
	for (size_t i = 0; i < f->options_len; i++) {
		const char *const theirs[] = {f->options[i], f->option_titles[i].text[LANG_ZH],
			f->option_titles[i].text[LANG_EN]};
		const char *const ours[] = {id, title->text[LANG_ZH], title->text[LANG_EN]};
		for (size_t k = 0; k < 9; k++) {
			const char *a = ours[k / 3], *b = theirs[k % 3];
			if (a[0] != '\0' && strcmp(a, b) == 0)
				return false;
		}
	}
	return true;
}

static void read_option(struct build *b, const json_t *options, const struct json_at *at,
	const char *id, struct field *f)
{
	struct json_at here = JSON_AT_KEY(at, id);
	struct label title;
	if (id[0] == '\0') {
		load_finding_text(b->ld, "pack.options", &here, id, "@say.option_id");
		return;
	}
	load_label(b->ld, options, at, id, true, &title);
	if (!option_clear(f, id, &title)) {
		load_finding_text(b->ld, "pack.option_words", &here, id, "@say.option_words");
		return;
	}
	f->options[f->options_len] = id;
	f->option_titles[f->options_len++] = title;
}

static void read_options(
	struct build *b, const json_t *def, const struct json_at *at, struct field *f)
{
	const json_t *options = json_object_get(def, "options");
	struct json_at here = JSON_AT_KEY(at, "options");
	size_t n = json_object_size(options);
	if (options == NULL ? f->type == FIELD_ENUM : n == 0)
		load_finding(b->ld, "pack.options", &here, options,
			json_is_object(options) || options == NULL ? "@say.option_some"
								   : "@say.option_object");
	if (n == 0)
		return;
	f->options = pool_alloc(b->pool, n * sizeof *f->options);
	f->option_titles = pool_alloc(b->pool, n * sizeof *f->option_titles);
	if (f->options == NULL || f->option_titles == NULL)
		return;
	const char *id;
	json_t *v;
	json_object_foreach((json_t *)options, id, v)
		read_option(b, options, &here, id, f);
}

const char *field_option(const struct field *f, const char *text)
{
	for (size_t i = 0; i < f->options_len; i++) {
		if (strcmp(f->options[i], text) == 0 ||
			strcmp(f->option_titles[i].text[LANG_ZH], text) == 0 ||
			strcmp(f->option_titles[i].text[LANG_EN], text) == 0)
			return f->options[i];
	}
	return NULL;
}

const struct label *field_option_title(const struct field *f, const char *id)
{
	for (size_t i = 0; i < f->options_len; i++) {
		if (strcmp(f->options[i], id) == 0)
			return &f->option_titles[i];
	}
	return NULL;
}

static void read_field(struct build *b, const char *name, const json_t *def,
	const struct json_at *at, struct field *f)
{
	char pointer[256];
	f->name = name;
	f->until = CHART_NONE;
	f->pointer = pool_strdup(b->pool, json_at_pointer(at, pointer, sizeof pointer));
	if (!load_object(b->ld, def, at, field_members))
		return;
	load_label(b->ld, def, at, "title", true, &f->title);
	(void)load_rows(b->ld, def, at);
	(void)load_string(b->ld, def, at, "unit", false);
	f->sensitive = load_bool(b->ld, def, at, "sensitive");
	f->required = load_bool(b->ld, def, at, "required");
	if (!read_type(b, def, at, f))
		return;
	read_numbers(b, def, at, f);
	read_options(b, def, at, f);
	struct json_at pattern_at = JSON_AT_KEY(at, "pattern");
	f->pattern = load_string(b->ld, def, at, "pattern", false);
	if (f->pattern != NULL)
		f->regex = regex_load(b, &pattern_at, f->pattern);
}

static uint32_t hash_name(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 15;
}

const struct field *field_find(const struct workflow *wf, const char *name, size_t len)
{
	const struct wf_priv *priv = wf->priv;
	if (priv->index == NULL)
		return NULL;
	for (uint32_t i = hash_name(name, len);; i++) {
		uint16_t slot = priv->index[i & priv->index_mask];
		if (slot == 0)
			return NULL;
		const struct field *f = &wf->fields[slot - 1];
		if (strncmp(f->name, name, len) == 0 && f->name[len] == '\0')
			return f;
	}
}

const struct deadline_def *workflow_deadline(const struct workflow *wf, const char *name)
{
	for (size_t i = 0; i < wf->deadlines_len; i++) {
		if (strcmp(wf->deadlines[i].name, name) == 0)
			return &wf->deadlines[i];
	}
	return NULL;
}

const struct field *workflow_field(const struct workflow *wf, const char *name)
{
	return field_find(wf, name, strlen(name));
}

static void build_index(struct build *b)
{
	struct wf_priv *priv = b->wf->priv;
	uint32_t size = 8;
	while (size < b->wf->fields_len * 2)
		size *= 2;
	priv->index = pool_alloc(b->pool, size * sizeof *priv->index);
	priv->index_mask = size - 1;
	for (size_t k = 0; priv->index != NULL && k < b->wf->fields_len; k++) {
		const char *name = b->wf->fields[k].name;
		uint32_t i = hash_name(name, strlen(name));
		while (priv->index[i & priv->index_mask] != 0)
			i++;
		priv->index[i & priv->index_mask] = (uint16_t)(k + 1);
	}
}

void fields_load(struct build *b)
{
	struct json_at meta_at = JSON_AT_KEY(&b->root, "meta"),
		       anju_at = JSON_AT_KEY(&meta_at, "anju"),
		       fields_at = JSON_AT_KEY(&anju_at, "fields");
	const json_t *defs = json_object_get(b->anju, "fields");
	if (defs != NULL && (!json_is_object(defs) || json_object_size(defs) > 1000)) {
		load_finding(b->ld, "json.type", &fields_at, defs, "@say.fields_object|1000");
		defs = NULL;
	}
	b->wf->fields = pool_alloc(b->pool, (json_object_size(defs) + 1) * sizeof *b->wf->fields);
	const char *name;
	json_t *def;
	json_object_foreach((json_t *)defs, name, def) {
		struct json_at at = JSON_AT_KEY(&fields_at, name);
		if (b->wf->fields != NULL && load_name(b->ld, &at, name))
			read_field(b, name, def, &at, &b->wf->fields[b->wf->fields_len++]);
	}
	build_index(b);
}

static void link_write(
	struct build *b, const json_t *def, const struct json_at *at, struct field *f)
{
	static const char *const known[] = {"by", "until", "again", NULL};
	const json_t *write = json_object_get(def, "write");
	struct json_at here = JSON_AT_KEY(at, "write"), until_at = JSON_AT_KEY(&here, "until"),
		       again_at = JSON_AT_KEY(&here, "again");
	if (write == NULL || !load_object(b->ld, write, &here, known))
		return;
	build_roles(b, write, &here, "by", &f->write_by);
	const char *until = load_string(b->ld, write, &here, "until", false);
	if (until != NULL)
		f->until = build_state(b, &until_at, until);
	const json_t *again = load_strings(b->ld, write, &here, "again");
	size_t n = json_array_size(again);
	if (n > 0 && until == NULL)
		load_finding(b->ld, "pack.again", &again_at, again, "@say.never_locked");
	f->again = n > 0 ? pool_alloc(b->pool, n * sizeof *f->again) : NULL;
	for (size_t i = 0; f->again != NULL && i < n; i++) {
		struct json_at item = JSON_AT_INDEX(&again_at, i);
		uint32_t state = build_state(b, &item, json_string_value(json_array_get(again, i)));
		if (state != CHART_NONE)
			f->again[f->again_len++] = state;
	}
}

void fields_link(struct build *b)
{
	struct json_at meta_at = JSON_AT_KEY(&b->root, "meta"),
		       anju_at = JSON_AT_KEY(&meta_at, "anju"),
		       fields_at = JSON_AT_KEY(&anju_at, "fields");
	const json_t *defs = json_object_get(b->anju, "fields");
	for (size_t i = 0; i < b->wf->fields_len; i++) {
		struct field *f = &b->wf->fields[i];
		struct json_at at = JSON_AT_KEY(&fields_at, f->name);
		link_write(b, json_object_get(defs, f->name), &at, f);
	}
}
