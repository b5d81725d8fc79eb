/** Fields, documents and relations that come with a request. */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "case/impl.h"

bool case_field_locked(const struct anju_case *cs, const struct field *f)
{
	return values_locked(cs->wf, &cs->values, f);
}

anju_status case_lock(struct act *act, const struct field *f, bool lock, anju_error *err)
{
	struct anju_case *cs = act->cs;
	if (values_locked(cs->wf, &cs->values, f) == lock)
		return ANJU_OK;
	if (!values_lock(cs->wf, &cs->values, f, lock))
		return anju_fail_nomem(err);
	act->fx->locks_changed = act->fx->meta_changed = true;
	return ANJU_OK;
}

anju_status act_set(struct act *act, const struct field *f, json_t *value, anju_error *err)
{
	struct anju_case *cs = act->cs;
	bool unset = value == NULL || json_is_null(value);
	if (values_is(cs->wf, &cs->values, f, unset ? NULL : value))
		return ANJU_OK;
	if (act->fx->patch == NULL)
		act->fx->patch = json_object();
	if (!values_set(cs->wf, &cs->values, f, value) ||
		json_object_set_new(
			act->fx->patch, f->name, unset ? json_null() : json_incref(value)) != 0)
		return anju_fail_nomem(err);
	act->fx->data_changed = act->wrote = true;
	return ANJU_OK;
}

anju_status act_missing(const struct field *f, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_INVALID, "case.field_missing", "field %s is required", f->name);
	anju_error_where(err, "/data/%s", f->name);
	message_found_words(err, f->title.text[LANG_ZH], f->title.text[LANG_EN]);
	anju_error_allowed(err, "%s", f->name);
	return ANJU_E_INVALID;
}

static anju_status write_field(
	struct act *act, const struct field *f, json_t *value, anju_error *err)
{
	if (values_is(act->wf, &act->cs->values, f, json_is_null(value) ? NULL : value))
		return ANJU_OK; /* says what is already so: no right needed */
	if (!act->opening && !act->request->who->system) {
		if (case_field_locked(act->cs, f))
			return refuse_field(act, f, true, err);
		if (!act_may(act, &f->write_by))
			return refuse_field(act, f, false, err);
	}
	if (json_is_null(value) && f->required)
		return act_missing(f, err);
	if (!json_is_null(value)) {
		anju_status st = field_check(f, act->env->org, value, err);
		if (st != ANJU_OK)
			return st;
	}
	return act_set(act, f, value, err);
}

static anju_status bad_relation(const struct relation *rel, const json_t *found, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT(""), data = JSON_AT_KEY(&root, "data"),
		       at = JSON_AT_KEY(&data, rel->name);
	return json_fail_at(err, "case.relation", &at, found,
		rel->many ? "[\"%s/KEY\", …]" : "\"%s/KEY\"", rel->to);
}

static anju_status add_target(struct act *act, const struct relation *rel, const json_t *name,
	json_t *ids, json_t *names, anju_error *err)
{
	const char *text = json_string_value(name);
	const char *slash = text != NULL ? strchr(text, '/') : NULL;
	if (slash == NULL || (size_t)(slash - text) != strlen(rel->to) ||
		strncmp(text, rel->to, (size_t)(slash - text)) != 0)
		return bad_relation(rel, name, err);
	int64_t id;
	anju_status st = act->env->find(act->env->ctx, rel->to, slash + 1, &id, err);
	if (st != ANJU_OK) {
		anju_error_where(err, "/data/%s", rel->name);
		return st;
	}
	if (json_array_append_new(ids, json_integer(id)) != 0 ||
		json_array_append_new(names, json_string(text)) != 0)
		return anju_fail_nomem(err);
	return ANJU_OK;
}

static anju_status write_relation(
	struct act *act, const struct relation *rel, const json_t *value, anju_error *err)
{
	if (rel->inverse != NULL || (!rel->many && json_is_array(value)))
		return bad_relation(rel, value, err);
	/* with an event it is part of what they may do; by itself it is for those who may say it at first */
	if (act->amending && !act_may(act, &act->wf->open_by))
		return refuse_relation(act, rel, err);
	ANJU_AUTO_JSON *ids = json_array();
	ANJU_AUTO_JSON *names = json_array();
	anju_status st = ANJU_OK;
	if (json_is_array(value)) {
		size_t i;
		json_t *v;
		json_array_foreach((json_t *)value, i, v) {
			st = add_target(act, rel, v, ids, names, err);
			if (st != ANJU_OK)
				return st;
		}
	} else if (!json_is_null(value)) {
		st = add_target(act, rel, value, ids, names, err);
		if (st != ANJU_OK)
			return st;
	}
	struct case_effects *fx = act->fx;
	if (fx->relations == NULL) {
		fx->relations = json_object();
		fx->relation_names = json_object();
	}
	if (json_object_set(fx->relations, rel->name, ids) != 0 ||
		json_object_set(fx->relation_names, rel->name, names) != 0)
		return anju_fail_nomem(err);
	return ANJU_OK;
}

static anju_status unknown_field(struct act *act, const char *name, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < act->wf->fields_len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", act->wf->fields[i].name);
	(void)anju_fail(err, ANJU_E_INVALID, "case.unknown_field", "workflow %s has no field %.60s",
		act->wf->id, name);
	anju_error_where(err, "/data/%s", name);
	anju_error_found(err, "%s", name);
	anju_error_allowed(err, "%s", list.data != NULL ? list.data : "");
	return ANJU_E_INVALID;
}

static anju_status write_data(struct act *act, anju_error *err)
{
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)act->request->data, name, v) {
		const struct field *f = workflow_field(act->wf, name);
		const struct relation *rel = f == NULL ? workflow_relation(act->wf, name) : NULL;
		anju_status st;
		if (f != NULL)
			st = write_field(act, f, v, err);
		else if (rel != NULL)
			st = write_relation(act, rel, v, err);
		else
			st = unknown_field(act, name, err);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

static anju_status unknown_doc(
	struct act *act, const json_t *doc, const struct json_at *at, anju_error *err)
{
	ANJU_AUTO_BUF list = BUF_INIT;
	for (size_t i = 0; i < act->wf->docs_len; i++)
		buf_addf(&list, "%s%s", i > 0 ? " " : "", act->wf->docs[i].kind);
	return json_fail_at(err, "case.unknown_doc", at, json_object_get(doc, "kind"), "%s",
		list.data != NULL ? list.data : "");
}

bool act_doc_concerns(const struct act *act, const struct doc_kind *kind, uint32_t i)
{
	bool any = false;
	for (uint32_t t = 0; t < chart_transition_count(act->wf->chart); t++) {
		const struct transition_rule *rule = &act->wf->transitions[t];
		for (size_t k = 0; k < rule->needs_len; k++) {
			bool same = strcmp(rule->needs[k], kind->kind) == 0;
			if (same && t == i)
				return true;
			any = any || same;
		}
	}
	return !any;
}

/* Evidence that comes without an event: from those who may open such a case, or who carry out what it is
 * needed for. */
static bool may_bring(const struct act *act, const struct doc_kind *kind)
{
	if (act_may(act, &act->wf->open_by))
		return true;
	for (uint32_t i = 0; i < chart_transition_count(act->wf->chart); i++) {
		if (act_may(act, &act->wf->transitions[i].by) && act_doc_concerns(act, kind, i))
			return true;
	}
	return false;
}

static anju_status write_doc(
	struct act *act, const json_t *doc, const struct json_at *at, anju_error *err)
{
	static const char *const members[] = {"kind", "ref", "form", NULL};
	if (!json_is_object(doc))
		return json_fail_at(err, "json.type", at, doc, "@say.document_object");
	anju_status st = json_only(doc, at, members, err);
	const char *kind = NULL, *ref = "", *form = "paper";
	if (st == ANJU_OK)
		st = json_need_string(doc, at, "kind", &kind, err);
	/* in a request null says the same as leaving it out */
	if (st == ANJU_OK && !json_is_null(json_object_get(doc, "ref")))
		st = json_opt_string(doc, at, "ref", &ref, err);
	if (st == ANJU_OK && !json_is_null(json_object_get(doc, "form")))
		st = json_opt_string(doc, at, "form", &form, err);
	if (st != ANJU_OK)
		return st;
	const struct doc_kind *known = workflow_doc(act->wf, kind);
	if (known == NULL)
		return unknown_doc(act, doc, at, err);
	if (act->amending && !may_bring(act, known))
		return refuse_doc(act, known, at->index, err);
	if (strcmp(form, "paper") != 0 && strcmp(form, "electronic") != 0) {
		struct json_at here = JSON_AT_KEY(at, "form");
		return json_fail_at(err, "json.type", &here, json_object_get(doc, "form"),
			"\"paper\", \"electronic\"");
	}
	char when[TIMESTAMP_MAX_CHARS];
	const struct unit *unit = act->request->who->unit;
	ANJU_AUTO_JSON *entry = json_pack("{s:s, s:s, s:s, s:s}", "ref", ref, "form", form, "at",
		timestamp_format(act->request->effective_ms, when), "by",
		unit != NULL ? unit->code : "system");
	if (act->fx->docs == NULL)
		act->fx->docs = json_object();
	if (act->cs->docs == NULL)
		act->cs->docs = json_object();
	if (json_object_set(act->cs->docs, kind, entry) != 0 ||
		json_object_set(act->fx->docs, kind, entry) != 0)
		return anju_fail_nomem(err);
	act->fx->meta_changed = true;
	return ANJU_OK;
}

anju_status act_write_docs(struct act *act, anju_error *err)
{
	anju_status st = ANJU_OK;
	struct json_at root = JSON_AT_ROOT(""), docs = JSON_AT_KEY(&root, "docs");
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)act->request->docs, i, v) {
		if (st != ANJU_OK)
			return st;
		struct json_at at = JSON_AT_INDEX(&docs, i);
		st = write_doc(act, v, &at, err);
	}
	return st;
}

anju_status act_write(struct act *act, anju_error *err)
{
	anju_status st = write_data(act, err);
	return st == ANJU_OK ? act_write_docs(act, err) : st;
}
