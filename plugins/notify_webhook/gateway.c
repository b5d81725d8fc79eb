#include "gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_ROOM 64

/* --- placeholders --- */

static const char *const names[] = {"id", "unit", "unit_title", "subject", "body", "sms", "urgent",
	"created_at", "secret", NULL};

static bool is_known(const char *name)
{
	static const char contact[] = "contact.";
	if (strncmp(name, contact, sizeof contact - 1) == 0)
		return name[sizeof contact - 1] != '\0';
	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* The placeholder at `s`, which is behind its "{"; its length with the "}", 0 when there is none. */
static size_t placeholder(const char *s, char out[NAME_ROOM])
{
	size_t n = strcspn(s, "}");
	if (s[n] != '}' || n >= NAME_ROOM)
		n = n < NAME_ROOM ? n : NAME_ROOM - 1;
	memcpy(out, s, n);
	out[n] = '\0';
	return s[n] == '}' ? n + 1 : 0;
}

struct filling {
	const json_t *message;
	enum text_lang lang;
	const char *secret;
	char *lacks; /* room for NAME_ROOM; "" while nothing does */
	bool failed;
};

static void add_both(struct filling *f, struct text *out, const char *member, const json_t *of)
{
	static const char *const between[] = {"", "", " / "};
	char *text = text_of(of, member, f->lang, between[f->lang]);
	if (text != NULL)
		text_adds(out, text);
	else
		snprintf(f->lacks, NAME_ROOM, "%s", member);
	free(text);
}

static void add_string(struct filling *f, struct text *out, const json_t *v, const char *name)
{
	const char *s = json_string_value(v);
	if (s != NULL && s[0] != '\0')
		text_adds(out, s);
	else
		snprintf(f->lacks, NAME_ROOM, "%s", name);
}

static void add_value(struct filling *f, struct text *out, const char *name)
{
	const json_t *to = json_object_get(f->message, "to");
	char member[NAME_ROOM + 8];
	if (strncmp(name, "contact.", 8) == 0) {
		snprintf(member, sizeof member, "contacts.%s", name + 8);
		add_string(
			f, out, json_object_get(json_object_get(to, "contacts"), name + 8), member);
	} else if (strcmp(name, "unit") == 0) {
		add_string(f, out, json_object_get(to, "unit"), "to.unit");
	} else if (strcmp(name, "unit_title") == 0) {
		add_both(f, out, "title", to);
	} else if (strcmp(name, "urgent") == 0) {
		bool urgent = json_is_true(json_object_get(f->message, "urgent"));
		text_adds(out, urgent ? "true" : "false");
	} else if (strcmp(name, "secret") == 0) {
		text_adds(out, f->secret != NULL ? f->secret : "");
	} else if (strcmp(name, "id") == 0 || strcmp(name, "created_at") == 0) {
		add_string(f, out, json_object_get(f->message, name), name);
	} else if (strcmp(name, "sms") == 0 && json_object_get(f->message, "sms") == NULL) {
		add_both(f, out, "subject", f->message); /* an older message */
	} else {
		add_both(f, out, name, f->message);
	}
}

static json_t *fill_string(struct filling *f, const char *s)
{
	struct text out = {0};
	char name[NAME_ROOM];
	text_adds(&out, "");
	while (*s != '\0') {
		if (s[0] != '{' || s[1] == '{') {
			text_add(&out, s, 1);
			s += s[0] == '{' ? 2 : 1;
			continue;
		}
		s++;
		s += placeholder(s, name); /* there is one: checked before */
		add_value(f, &out, name);
	}
	json_t *v = out.failed || out.data == NULL ? NULL : json_string(out.data);
	f->failed = f->failed || v == NULL;
	text_done(&out);
	return v;
}

static json_t *fill(struct filling *f, const json_t *v)
{
	const char *key;
	json_t *member, *made;
	if (json_is_string(v))
		return fill_string(f, json_string_value(v));
	if (json_is_array(v)) {
		made = json_array();
		for (size_t i = 0; i < json_array_size(v); i++)
			f->failed |=
				json_array_append_new(made, fill(f, json_array_get(v, i))) != 0;
		return made;
	}
	if (!json_is_object(v))
		return json_deep_copy(v);
	made = json_object();
	json_object_foreach((json_t *)v, key, member)
		f->failed |= json_object_set_new(made, key, fill(f, member)) != 0;
	return made;
}

/* --- from outside --- */

static const char *check_string(const char *s, char out[NAME_ROOM])
{
	while ((s = strchr(s, '{')) != NULL) {
		s++;
		if (*s == '{') {
			s++;
			continue;
		}
		size_t n = placeholder(s, out);
		if (n == 0 || !is_known(out))
			return out;
		s += n;
	}
	return NULL;
}

const char *gateway_check(const json_t *template, char out[64])
{
	const char *key, *bad = NULL;
	json_t *v;
	if (json_is_string(template))
		return check_string(json_string_value(template), out);
	for (size_t i = 0; i < json_array_size(template) && bad == NULL; i++)
		bad = gateway_check(json_array_get(template, i), out);
	json_object_foreach((json_t *)template, key, v)
		bad = bad != NULL ? bad : gateway_check(v, out);
	return bad;
}

const char *gateway_write(const json_t *template, const json_t *message, enum text_lang lang,
	const char *secret, struct text *body, char lacks[64])
{
	struct filling f = {.message = message, .lang = lang, .secret = secret, .lacks = lacks};
	lacks[0] = '\0';
	json_t *made = fill(&f, template);
	char *s = made != NULL && !f.failed ? json_dumps(made, JSON_COMPACT) : NULL;
	if (s == NULL)
		body->failed = true;
	else
		text_adds(body, s);
	if (s != NULL && secret != NULL)
		explicit_bzero(s, strlen(s));
	free(s);
	json_decref(made);
	return lacks[0] != '\0' ? lacks : NULL;
}

int gateway_accepts(const json_t *accepted, const char *answer, size_t len)
{
	const char *key;
	json_t *want;
	if (accepted == NULL)
		return 1;
	json_t *v = json_loadb(answer, len, 0, NULL);
	int yes = json_is_object(v);
	json_object_foreach((json_t *)accepted, key, want)
		yes = yes && json_equal(json_object_get(v, key), want);
	json_decref(v);
	return yes;
}
