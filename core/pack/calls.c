/* Guards and actions: noted while the chart is compiled, resolved when all workflows are known. */
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

anju_status calls_note(void *ctx, struct chart_call *call, bool is_guard, anju_error *err)
{
	struct build *b = ctx;
	struct call_note *note = pool_alloc(b->pool, sizeof *note);
	struct guard *guard = is_guard ? pool_alloc(b->pool, sizeof *guard) : NULL;
	struct action *action = is_guard ? NULL : pool_alloc(b->pool, sizeof *action);
	const char *pointer = pool_strdup(b->pool, call->pointer);
	if (b->pool->failed)
		return anju_fail_nomem(err);
	if (is_guard) {
		guard->pointer = pointer;
		guard->state = CHART_NONE;
		guard->refusal = (struct label){{"", ""}};
		call->user = guard;
	} else {
		action->pointer = pointer;
		call->user = action;
	}
	*note = (struct call_note){.is_guard = is_guard,
		.type = call->type,
		.params = call->params,
		.pointer = pointer,
		.user = call->user};
	*b->calls_end = note;
	b->calls_end = &note->next;
	return ANJU_OK;
}

/* The places of a call. */
struct call {
	struct build *b;
	const struct call_note *note;
	const struct json_at *at;
	struct json_at params_at;
	bool rung; /* not an action of the chart */
};

static bool only(const struct call *c, const char *const *known)
{
	return load_object(c->b->ld, c->note->params, &c->params_at, known);
}

static const char *need(const struct call *c, const char *key)
{
	return load_string(c->b->ld, c->note->params, &c->params_at, key, true);
}

static struct expr *need_expr(const struct call *c, const char *key, enum expr_kind want)
{
	const char *text = need(c, key);
	struct json_at at = JSON_AT_KEY(&c->params_at, key);
	return text != NULL ? build_expr(c->b, &at, text, want) : NULL;
}

static bool plugin_listed(const struct pack_set *set, const char *name)
{
	for (size_t i = 0; i < json_array_size(set->plugins); i++) {
		if (strcmp(json_string_value(json_array_get(set->plugins, i)), name) == 0)
			return true;
	}
	return false;
}

static void link_policy(const struct call *c, struct guard *g, const char *dot)
{
	struct loader *ld = c->b->ld;
	struct json_at at = JSON_AT_KEY(c->at, "type");
	char *plugin = pool_strdup(c->b->pool, c->note->type);
	if (plugin == NULL)
		return;
	plugin[dot - c->note->type] = '\0';
	g->kind = GUARD_POLICY;
	g->plugin = plugin;
	g->function = dot + 1;
	if (!plugin_listed(ld->set, plugin)) {
		char *list = json_text(ld->set->plugins);
		load_finding_text(ld, "pack.unknown_plugin", &at, c->note->type,
			"@say.plugin_of_pack|%s", list != NULL ? list : "[]");
		free(list);
	} else if (!name_ok(g->function) ||
		   (ld->options->policy_known != NULL &&
			   !ld->options->policy_known(
				   ld->options->policy_ctx, plugin, g->function)))
		load_finding_text(ld, "pack.unknown_function", &at, c->note->type,
			"@say.function_of|%s", plugin);
}

static void link_guard(const struct call *c, struct guard *g)
{
	static const char *const cel[] = {"expr", NULL}, *const in[] = {"state", NULL};
	const char *type = c->note->type, *dot = strchr(type, '.');
	struct json_at type_at = JSON_AT_KEY(c->at, "type");
	if (strcmp(type, "cel") == 0) {
		g->kind = GUARD_CEL;
		if (only(c, cel))
			g->expr = need_expr(c, "expr", EXPR_BOOL);
	} else if (strcmp(type, "in") == 0) {
		g->kind = GUARD_IN;
		struct json_at at = JSON_AT_KEY(&c->params_at, "state");
		const char *state = only(c, in) ? need(c, "state") : NULL;
		if (state != NULL)
			g->state = build_state(c->b, &at, state);
	} else if (dot != NULL) {
		if (c->note->params != NULL && !json_is_object(c->note->params))
			load_finding(c->b->ld, "json.type", &c->params_at, c->note->params,
				"@say.object");
		link_policy(c, g, dot);
	} else {
		load_finding_text(c->b->ld, "pack.unknown_guard", &type_at, type,
			"cel, in, <plugin>.<function>");
	}
}

static void link_assign(const struct call *c, struct action *a)
{
	static const char *const known[] = {"field", "expr", NULL};
	a->kind = ACTION_ASSIGN;
	if (!only(c, known))
		return;
	struct json_at at = JSON_AT_KEY(&c->params_at, "field");
	const char *name = need(c, "field");
	if (name != NULL)
		a->field = build_field(c->b, &at, name);
	a->expr = need_expr(c, "expr", a->field != NULL ? field_kind(a->field) : EXPR_DYN);
}

static void link_clear(const struct call *c, struct action *a)
{
	static const char *const known[] = {"fields", NULL};
	a->kind = ACTION_CLEAR;
	if (!only(c, known))
		return;
	const json_t *list = load_strings(c->b->ld, c->note->params, &c->params_at, "fields");
	size_t n = json_array_size(list);
	struct json_at at = JSON_AT_KEY(&c->params_at, "fields");
	if (n == 0)
		load_finding(
			c->b->ld, "json.missing", &at, list, "@say.member|fields|@say.field_names");
	a->fields = n > 0 ? pool_alloc(c->b->pool, n * sizeof *a->fields) : NULL;
	for (size_t i = 0; a->fields != NULL && i < n; i++) {
		struct json_at item = JSON_AT_INDEX(&at, i);
		const struct field *f =
			build_field(c->b, &item, json_string_value(json_array_get(list, i)));
		if (f != NULL && f->required)
			load_finding_text(c->b->ld, "pack.clear_required", &item, f->name,
				"@say.optional_field");
		else if (f != NULL)
			a->fields[a->fields_len++] = f;
	}
}

static void check_event(const struct call *c, const struct json_at *at, const struct workflow *to,
	const char *event)
{
	if (!workflow_takes(to, event))
		load_finding_text(
			c->b->ld, "pack.unknown_event", at, event, "@say.event_of|%s", to->id);
}

static void link_send(const struct call *c, struct action *a)
{
	static const char *const known[] = {"relation", "event", NULL};
	a->kind = ACTION_SEND;
	if (!only(c, known))
		return;
	struct json_at relation_at = JSON_AT_KEY(&c->params_at, "relation"),
		       event_at = JSON_AT_KEY(&c->params_at, "event");
	const char *name = need(c, "relation");
	a->event = need(c, "event");
	if (name == NULL)
		return;
	a->relation = workflow_relation(c->b->wf, name);
	if (a->relation == NULL) {
		ANJU_AUTO_BUF names = BUF_INIT;
		for (size_t i = 0; i < c->b->wf->relations_len; i++)
			buf_addf(&names, "%s%s", i > 0 ? " " : "", c->b->wf->relations[i].name);
		load_finding_text(c->b->ld, "pack.unknown_relation", &relation_at, name, "%s",
			names.data != NULL ? names.data : "@say.no_relations");
		return;
	}
	const struct workflow *to = pack_set_workflow(c->b->ld->set, a->relation->to);
	if (to != NULL && a->event != NULL)
		check_event(c, &event_at, to, a->event);
}

static void check_required(const struct call *c, const struct workflow *to, const json_t *data)
{
	struct json_at at = JSON_AT_KEY(&c->params_at, "data");
	for (size_t i = 0; i < to->fields_len; i++) {
		const struct field *f = &to->fields[i];
		if (f->required && json_object_get(data, f->name) == NULL)
			load_finding(c->b->ld, "pack.missing_field", &at, data,
				"@say.value_required|%s|%s", f->name, to->id);
	}
}

static void link_data(
	const struct call *c, struct action *a, const struct workflow *to, const json_t *data)
{
	size_t n = json_object_size(data);
	struct json_at data_at = JSON_AT_KEY(&c->params_at, "data");
	a->data_names = pool_alloc(c->b->pool, (n + 1) * sizeof *a->data_names);
	a->data_exprs = pool_alloc(c->b->pool, (n + 1) * sizeof *a->data_exprs);
	if (a->data_names == NULL || a->data_exprs == NULL)
		return;
	const char *name;
	json_t *v;
	json_object_foreach((json_t *)data, name, v) {
		struct json_at at = JSON_AT_KEY(&data_at, name);
		const struct field *f = workflow_field(to, name);
		const struct relation *r = f == NULL ? workflow_relation(to, name) : NULL;
		if (f == NULL && (r == NULL || r->inverse != NULL)) {
			load_finding_text(c->b->ld, "pack.unknown_field", &at, name,
				"@say.field_or_relation|%s", to->id);
			continue;
		}
		if (!json_is_string(v)) {
			load_finding(c->b->ld, "json.type", &at, v, "@say.expression");
			continue;
		}
		/* a relation is given by a key or a list of keys */
		enum expr_kind want = f != NULL ? field_kind(f) : EXPR_DYN;
		a->data_names[a->data_len] = name;
		a->data_exprs[a->data_len] = build_expr(c->b, &at, json_string_value(v), want);
		if (a->data_exprs[a->data_len] != NULL)
			a->data_len++;
	}
}

static void link_open(const struct call *c, struct action *a)
{
	static const char *const known[] = {"workflow", "key", "data", NULL};
	a->kind = ACTION_OPEN;
	if (!only(c, known))
		return;
	struct json_at workflow_at = JSON_AT_KEY(&c->params_at, "workflow");
	a->workflow = need(c, "workflow");
	/* a rung without one has one made for it */
	if (!c->rung || json_object_get(c->note->params, "key") != NULL)
		a->expr = need_expr(c, "key", EXPR_STRING);
	json_t *data = NULL;
	anju_error err;
	if (!load_ok(c->b->ld, json_opt_object(c->note->params, &c->params_at, "data", &data, &err),
		    &err))
		return;
	const struct workflow *to =
		a->workflow != NULL ? pack_set_workflow(c->b->ld->set, a->workflow) : NULL;
	if (to != NULL) {
		link_data(c, a, to, data);
		check_required(c, to, data);
	} else if (a->workflow != NULL && !c->b->ld->unread) {
		load_finding_text(c->b->ld, "pack.unknown_workflow", &workflow_at, a->workflow,
			"@say.workflow_id");
	}
}

struct action *calls_rung_open(struct build *b, const json_t *params, const struct json_at *at)
{
	char pointer[256];
	struct wf_priv *priv = b->wf->priv;
	struct action *a = pool_alloc(b->pool, sizeof *a);
	if (a == NULL || !vars_rung_env(b))
		return NULL;
	a->pointer = pool_strdup(b->pool, json_at_pointer(at, pointer, sizeof pointer));
	struct call_note note = {
		.type = "open", .params = params, .pointer = a->pointer, .user = a};
	struct call c = {.b = b, .note = &note, .at = at, .params_at = *at, .rung = true};
	struct expr_env *usual = b->env;
	b->env = priv->rung_env;
	link_open(&c, a);
	b->env = usual;
	return a;
}

static void link_raise(const struct call *c, struct action *a)
{
	static const char *const known[] = {"event", NULL};
	a->kind = ACTION_RAISE;
	if (!only(c, known))
		return;
	struct json_at at = JSON_AT_KEY(&c->params_at, "event");
	a->event = need(c, "event");
	if (a->event != NULL)
		check_event(c, &at, c->b->wf, a->event);
}

static void link_notify(const struct call *c, struct action *a)
{
	static const char *const known[] = {"to", "text", "urgent", NULL};
	a->kind = ACTION_NOTIFY;
	if (!only(c, known))
		return;
	struct json_at to_at = JSON_AT_KEY(&c->params_at, "to"),
		       text_at = JSON_AT_KEY(&c->params_at, "text");
	build_roles(c->b, c->note->params, &c->params_at, "to", &a->to);
	if (a->to.len == 0)
		load_finding(c->b->ld, "pack.nobody", &to_at,
			json_object_get(c->note->params, "to"), "@say.who_is_told");
	build_text(c->b, &text_at, json_object_get(c->note->params, "text"), &a->text);
	a->urgent = load_bool(c->b->ld, c->note->params, &c->params_at, "urgent");
}

static void link_action(const struct call *c, struct action *a)
{
	static const struct {
		const char *type;
		void (*link)(const struct call *c, struct action *a);
	} kinds[] = {{"assign", link_assign}, {"clear", link_clear}, {"send", link_send},
		{"open", link_open}, {"raise", link_raise}, {"notify", link_notify}};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].type, c->note->type) == 0) {
			kinds[i].link(c, a);
			return;
		}
	}
	struct json_at at = JSON_AT_KEY(c->at, "type");
	load_finding_text(c->b->ld, "pack.unknown_action", &at, c->note->type,
		"assign clear send open raise notify");
}

void calls_link(struct build *b)
{
	for (const struct call_note *note = b->calls; note != NULL; note = note->next) {
		struct place place;
		struct call c = {.b = b, .note = note};
		c.at = place_init(&place, b->wf->file, note->pointer);
		c.params_at = JSON_AT_KEY(c.at, "params");
		if (note->is_guard)
			link_guard(&c, note->user);
		else
			link_action(&c, note->user);
	}
}
