/* The names that expressions of one workflow may use, with their types. */
#include <string.h>

#include "base/error.h"
#include "pack/functions.h"
#include "pack/loader.h"

static const struct expr_type type_string = {.kind = EXPR_STRING};
static const struct expr_type type_any = {.kind = EXPR_DYN};

static bool call_in(void *ctx, const struct expr_value *args, size_t n, struct expr_arena *arena,
	struct expr_value *ret)
{
	char path[512];
	if (args[0].str.len >= sizeof path) {
		*ret = expr_value_error("@say.in_no_state");
		return false;
	}
	memcpy(path, args[0].str.s, args[0].str.len);
	path[args[0].str.len] = '\0';
	return vars_in(path, ctx, ret);
}

static bool number_of(const struct expr_value *v, struct decimal *ret)
{
	if (v->kind == EXPR_DECIMAL)
		*ret = v->dec;
	else if (v->kind == EXPR_INT)
		*ret = decimal_of_int(v->i);
	else
		return false;
	return true;
}

/* rule.allows(x): x is not above max and not below min. */
static bool call_allows(void *ctx, const struct expr_value *args, size_t n,
	struct expr_arena *arena, struct expr_value *ret)
{
	static const struct {
		const char *name;
		int sign;
	} limits[] = {{"max", 1}, {"min", -1}};
	struct decimal x, limit;
	if (!number_of(&args[1], &x)) {
		*ret = expr_value_error("@say.allows_number");
		return false;
	}
	bool ok = true, any = false;
	for (int i = 0; i < 2; i++) {
		struct expr_value key = expr_value_string(limits[i].name), v;
		if (!args[0].map->get(args[0].map, &key, arena, &v))
			continue;
		if (!number_of(&v, &limit)) {
			*ret = expr_value_error("@say.allows_limit");
			return false;
		}
		any = true;
		ok = ok && decimal_cmp(x, limit) * limits[i].sign <= 0;
	}
	if (!any) {
		*ret = expr_value_error("@say.allows_none");
		return false;
	}
	ret->kind = EXPR_BOOL;
	ret->b = ok;
	return true;
}

static bool case_shape(struct build *b, struct expr_shape *ret)
{
	const struct workflow *wf = b->wf;
	struct expr_member *members = pool_alloc(b->pool, (wf->fields_len + 1) * sizeof *members);
	if (members == NULL)
		return false;
	for (size_t i = 0; i < wf->fields_len; i++) {
		const struct field *f = &wf->fields[i];
		enum expr_kind kind = field_kind(f);
		members[i].name = f->name;
		members[i].type = (struct expr_type){.kind = kind,
			.nullable = !f->required,
			.element = kind == EXPR_LIST ? &type_string : NULL};
	}
	*ret = (struct expr_shape){.name = "case", .len = wf->fields_len, .members = members};
	return true;
}

static bool related_shape(struct build *b, struct expr_shape *ret)
{
	const struct workflow *wf = b->wf;
	struct expr_member *members =
		pool_alloc(b->pool, (wf->relations_len + 1) * sizeof *members);
	if (members == NULL)
		return false;
	for (size_t i = 0; i < wf->relations_len; i++) {
		members[i].name = wf->relations[i].name;
		members[i].type = (struct expr_type){.kind = EXPR_LIST, .element = &type_any};
	}
	*ret = (struct expr_shape){.name = "related", .len = wf->relations_len, .members = members};
	return true;
}

static anju_status declare(
	struct build *b, struct wf_priv *priv, struct expr_env *env, anju_error *err)
{
	const struct expr_type map = {.kind = EXPR_MAP}, boolean = {.kind = EXPR_BOOL};
	const struct expr_type allows_args[] = {map, type_any};
	const struct {
		const char *name;
		struct expr_type type;
	} variables[] = {
		{"case", {.kind = EXPR_MAP, .shape = &priv->case_shape}},
		{"event", map},
		{"rules", {.kind = EXPR_MAP, .shape = &b->ld->set->rules_shape}},
		{"docs", {.kind = EXPR_LIST, .element = &type_string}},
		{"related", {.kind = EXPR_MAP, .shape = &priv->related_shape}},
		{"effective", {.kind = EXPR_TIMESTAMP}},
		{"key", type_string},
	};
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < sizeof variables / sizeof variables[0] && st == ANJU_OK; i++)
		st = expr_env_variable(env, variables[i].name, variables[i].type, err);
	if (st == ANJU_OK)
		st = expr_env_function(
			env, "In", false, &type_string, 1, boolean, call_in, b->wf, 4, err);
	if (st == ANJU_OK)
		st = expr_env_function(
			env, "allows", true, allows_args, 2, boolean, call_allows, NULL, 4, err);
	if (st == ANJU_OK)
		st = functions_case(env, &b->ld->set->org, err);
	return st;
}

bool vars_env(struct build *b)
{
	struct wf_priv *priv = b->wf->priv;
	anju_error err;
	if (!case_shape(b, &priv->case_shape) || !related_shape(b, &priv->related_shape))
		return false;
	priv->env = expr_env_new();
	if (priv->env == NULL) {
		b->pool->failed = true;
		return false;
	}
	b->env = priv->env;
	return load_ok(b->ld, declare(b, priv, priv->env, &err), &err);
}

/* What a rung opens may look at the deadline besides. */
bool vars_rung_env(struct build *b)
{
#define TEXT(n)                                                                                    \
	{                                                                                          \
		.name = n, .type = {.kind = EXPR_STRING }                                          \
	}
	static const struct expr_member members[] = {TEXT("name"), TEXT("title"), TEXT("title_en"),
		TEXT("case"), TEXT("workflow_title"), TEXT("workflow_title_en"), TEXT("lead"),
		TEXT("responsible"), TEXT("supervisor"),
		{.name = "due", .type = {.kind = EXPR_TIMESTAMP}}};
#undef TEXT
	static const struct expr_shape shape = {
		.name = "deadline", .len = sizeof members / sizeof members[0], .members = members};
	const struct expr_type type = {.kind = EXPR_MAP, .shape = &shape};
	struct wf_priv *priv = b->wf->priv;
	anju_error err;
	if (priv->rung_env != NULL)
		return true;
	struct expr_env *env = expr_env_new();
	if (env == NULL) {
		b->pool->failed = true;
		return false;
	}
	anju_status st = declare(b, priv, env, &err);
	if (st == ANJU_OK)
		st = expr_env_variable(env, "deadline", type, &err);
	priv->rung_env = env;
	return load_ok(b->ld, st, &err);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Past a string literal that begins at `s`; its content in *ret_start, *ret_len. */
static const char *skip_string(const char *s, bool raw, const char **ret_start, size_t *ret_len)
{
	char quote = *s;
	size_t n = s[1] == quote && s[2] == quote ? 3 : 1;
	const char *p = s + n;
	*ret_start = p;
	while (*p != '\0') {
		if (*p == '\\' && !raw && p[1] != '\0') {
			p += 2;
			continue;
		}
		if (*p == quote && (n == 1 || (p[1] == quote && p[2] == quote))) {
			*ret_len = (size_t)(p - *ret_start);
			return p + n;
		}
		p++;
	}
	*ret_len = (size_t)(p - *ret_start);
	return p;
}

static const char *skip_blank(const char *p)
{
	return p + strspn(p, " \t\r\n\f");
}

bool in_literal(const char **text, char *out, size_t size)
{
	const char *p = *text, *start;
	size_t len;
	char before = '\0';
	while (*p != '\0') {
		if (p[0] == '/' && p[1] == '/') {
			p += strcspn(p, "\n");
			continue;
		}
		if (*p == '"' || *p == '\'') {
			p = skip_string(p, false, &start, &len);
			before = '"';
			continue;
		}
		if (!is_word(*p)) {
			before = strchr(" \t\r\n\f", *p) == NULL ? *p : before;
			p++;
			continue;
		}
		const char *word = p;
		while (is_word(*p))
			p++;
		size_t n = (size_t)(p - word);
		bool raw = memchr(word, 'r', n) != NULL || memchr(word, 'R', n) != NULL;
		if (n <= 2 && strspn(word, "rRbB") >= n && (*p == '"' || *p == '\'')) {
			p = skip_string(p, raw, &start, &len);
			before = '"';
			continue;
		}
		const char *open = skip_blank(p);
		bool call = n == 2 && memcmp(word, "In", 2) == 0 && before != '.' && *open == '(';
		before = 'a';
		const char *arg = call ? skip_blank(open + 1) : open;
		if (!call || (*arg != '"' && *arg != '\''))
			continue;
		p = skip_string(arg, false, &start, &len);
		if (*skip_blank(p) != ')' || len >= size || memchr(start, '\\', len) != NULL)
			continue;
		memcpy(out, start, len);
		out[len] = '\0';
		*text = p;
		return true;
	}
	*text = p;
	return false;
}
