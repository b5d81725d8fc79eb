/* meta.anju at the root: what the whole workflow has, besides its fields. */
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

static const char *const root_members[] = {"title", "fields", "bindings", "region", "key", "open",
	"relations", "docs", "delays", "phase", "deadlines", "rows", NULL};

/* Member `key` as an object, or NULL after a finding or when absent; *ret_at is its place. */
static const json_t *section(
	struct build *b, const struct json_at *anju_at, const char *key, struct json_at *ret_at)
{
	const json_t *v = json_object_get(b->anju, key);
	*ret_at = JSON_AT_KEY(anju_at, key);
	if (v == NULL || json_is_object(v))
		return v;
	load_finding(b->ld, "json.type", ret_at, v, "@say.object");
	return NULL;
}

/* A field that names a unit or a region. */
static const struct field *place_field(struct build *b, const struct json_at *at, const json_t *v)
{
	if (!json_is_string(v)) {
		load_finding(b->ld, "json.type", at, v, "@say.field_name");
		return NULL;
	}
	const struct field *f = build_field(b, at, json_string_value(v));
	if (f == NULL || f->type == FIELD_UNIT || f->type == FIELD_STRING)
		return f;
	load_finding(b->ld, "pack.place_field", at, v, "@say.field_of_types|@say.unit_or_string");
	return NULL;
}

static void load_places(struct build *b, const struct json_at *anju_at)
{
	struct json_at at, region_at = JSON_AT_KEY(anju_at, "region");
	const json_t *region = json_object_get(b->anju, "region");
	if (region != NULL && place_field(b, &region_at, region) != NULL)
		b->wf->region_field = json_string_value(region);
	const char *name;
	json_t *v;
	b->wf->bindings = section(b, anju_at, "bindings", &at);
	json_object_foreach((json_t *)b->wf->bindings, name, v) {
		struct json_at here = JSON_AT_KEY(&at, name);
		if (load_name(b->ld, &here, name))
			(void)place_field(b, &here, v);
	}
}

static void load_relation(struct build *b, const char *name, const json_t *def,
	const struct json_at *at, struct relation *r)
{
	static const char *const known[] = {"to", "inverse", "many", "title", "rows", NULL};
	char pointer[256];
	r->name = name;
	r->to = "";
	r->pointer = pool_strdup(b->pool, json_at_pointer(at, pointer, sizeof pointer));
	if (!load_object(b->ld, def, at, known))
		return;
	const char *to = load_string(b->ld, def, at, "to", true);
	struct json_at to_at = JSON_AT_KEY(at, "to");
	if (to != NULL && load_name(b->ld, &to_at, to))
		r->to = to;
	r->inverse = load_string(b->ld, def, at, "inverse", false);
	r->many = load_bool(b->ld, def, at, "many");
	load_label(b->ld, def, at, "title", false, &r->title);
	(void)load_rows(b->ld, def, at);
	/* events write fields and relations by name alike */
	if (workflow_field(b->wf, name) != NULL)
		load_finding_text(b->ld, "pack.duplicate", at, name, "@say.name_no_field");
}

static void load_relations(struct build *b, const struct json_at *anju_at)
{
	struct json_at at;
	const json_t *defs = section(b, anju_at, "relations", &at);
	b->wf->relations =
		pool_alloc(b->pool, (json_object_size(defs) + 1) * sizeof *b->wf->relations);
	const char *name;
	json_t *def;
	json_object_foreach((json_t *)defs, name, def) {
		struct json_at here = JSON_AT_KEY(&at, name);
		if (b->wf->relations != NULL && load_name(b->ld, &here, name))
			load_relation(
				b, name, def, &here, &b->wf->relations[b->wf->relations_len++]);
	}
}

static void load_docs(struct build *b, const struct json_at *anju_at)
{
	struct json_at at;
	const json_t *defs = section(b, anju_at, "docs", &at);
	b->wf->docs = pool_alloc(b->pool, (json_object_size(defs) + 1) * sizeof *b->wf->docs);
	const char *kind;
	json_t *def;
	json_object_foreach((json_t *)defs, kind, def) {
		struct json_at here = JSON_AT_KEY(&at, kind);
		if (!words_ok(kind) || strlen(kind) > 63) {
			load_finding_text(b->ld, "pack.name", &here, kind, "@say.words_joined_63");
			continue;
		}
		if (b->wf->docs == NULL)
			return;
		struct doc_kind *d = &b->wf->docs[b->wf->docs_len++];
		d->kind = kind;
		load_label(b->ld, defs, &at, kind, true, &d->title);
	}
}

static void load_delays(struct build *b, const struct json_at *anju_at)
{
	struct json_at at;
	const json_t *defs = section(b, anju_at, "delays", &at);
	b->wf->delays = pool_alloc(b->pool, (json_object_size(defs) + 1) * sizeof *b->wf->delays);
	const char *name;
	json_t *def;
	json_object_foreach((json_t *)defs, name, def) {
		struct json_at here = JSON_AT_KEY(&at, name);
		anju_error err;
		struct duration d;
		if (b->wf->delays == NULL || !load_name(b->ld, &here, name))
			continue;
		const char *text = json_string_value(def);
		if (text == NULL || duration_parse(text, false, &d, &err) != ANJU_OK)
			load_finding(b->ld, "calendar.duration", &here, def, "@say.duration");
		else
			b->wf->delays[b->wf->delays_len++] = (struct delay){name, d};
	}
}

static void load_key(struct build *b, const struct json_at *anju_at)
{
	struct json_at at = JSON_AT_KEY(anju_at, "key");
	b->wf->key_pattern = load_string(b->ld, b->anju, anju_at, "key", false);
	b->wf->key_regex =
		regex_load(b, &at, b->wf->key_pattern != NULL ? b->wf->key_pattern : KEY_PATTERN);
}

void root_load(struct build *b)
{
	struct json_at meta_at = JSON_AT_KEY(&b->root, "meta"),
		       anju_at = JSON_AT_KEY(&meta_at, "anju");
	if (b->anju != NULL)
		(void)load_object(b->ld, b->anju, &anju_at, root_members);
	load_label(b->ld, b->anju, &anju_at, "title", b->anju != NULL, &b->wf->title);
	(void)load_rows(b->ld, b->anju, &anju_at);
	load_relations(b, &anju_at);
	load_docs(b, &anju_at);
	load_delays(b, &anju_at);
	load_key(b, &anju_at);
	load_places(b, &anju_at);
	shape_check(b);
}

static void link_relation(struct build *b, const struct json_at *at, const struct relation *r)
{
	struct json_at to_at = JSON_AT_KEY(at, "to"), inverse_at = JSON_AT_KEY(at, "inverse");
	const struct workflow *to = pack_set_workflow(b->ld->set, r->to);
	if (to == NULL) {
		if (r->to[0] != '\0' && !b->ld->unread)
			load_finding_text(
				b->ld, "pack.unknown_workflow", &to_at, r->to, "@say.workflow_id");
		return;
	}
	if (r->inverse == NULL)
		return;
	const struct relation *there = workflow_relation(to, r->inverse);
	/* that its other end has no workflow was said there */
	bool nowhere = there != NULL && there->to[0] == '\0';
	if (!nowhere &&
		(there == NULL || there->inverse != NULL || strcmp(there->to, b->wf->id) != 0))
		load_finding_text(b->ld, "pack.inverse", &inverse_at, r->inverse,
			"@say.inverse_of|%s|%s", to->id, b->wf->id);
}

void root_link(struct build *b)
{
	static const char *const open_members[] = {"by", NULL};
	struct json_at meta_at = JSON_AT_KEY(&b->root, "meta"),
		       anju_at = JSON_AT_KEY(&meta_at, "anju"),
		       open_at = JSON_AT_KEY(&anju_at, "open"),
		       relations_at = JSON_AT_KEY(&anju_at, "relations");
	const json_t *open = json_object_get(b->anju, "open");
	if (open != NULL && load_object(b->ld, open, &open_at, open_members))
		build_roles(b, open, &open_at, "by", &b->wf->open_by);
	for (size_t i = 0; i < b->wf->relations_len; i++) {
		struct json_at at = JSON_AT_KEY(&relations_at, b->wf->relations[i].name);
		link_relation(b, &at, &b->wf->relations[i]);
	}
}

const struct relation *workflow_relation(const struct workflow *wf, const char *name)
{
	for (size_t i = 0; i < wf->relations_len; i++) {
		if (strcmp(wf->relations[i].name, name) == 0)
			return &wf->relations[i];
	}
	return NULL;
}

const struct doc_kind *workflow_doc(const struct workflow *wf, const char *kind)
{
	for (size_t i = 0; i < wf->docs_len; i++) {
		if (strcmp(wf->docs[i].kind, kind) == 0)
			return &wf->docs[i];
	}
	return NULL;
}

const struct delay *workflow_delay(const struct workflow *wf, const char *name)
{
	for (size_t i = 0; i < wf->delays_len; i++) {
		if (strcmp(wf->delays[i].name, name) == 0)
			return &wf->delays[i];
	}
	return NULL;
}
