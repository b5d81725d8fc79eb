/* The rules: an id is one if it has a line "mend.<id>" in the table of messages. Those of this folder have
 * besides "rule.<id>", what the rule looks for, and a severity below; those of loading are errors. */
#include <stdio.h>
#include <string.h>

#include "lint/lint.h"

#define MEND "mend."

/* By id. */
static const struct {
	const char *id;
	enum lint_severity severity;
} own[] = {
	{"lint.allow_error", LINT_ERROR},
	{"lint.allow_unused", LINT_WARNING},
	{"lint.always_loop", LINT_ERROR},
	{"lint.always_true", LINT_WARNING},
	{"lint.contradiction", LINT_WARNING},
	{"lint.deadlock", LINT_WARNING},
	{"lint.final_leaves", LINT_WARNING},
	{"lint.idle_reenter", LINT_NOTE},
	{"lint.local_unused", LINT_WARNING},
	{"lint.lone_region", LINT_NOTE},
	{"lint.met_never", LINT_ERROR},
	{"lint.never_done", LINT_WARNING},
	{"lint.never_read", LINT_NOTE},
	{"lint.never_taken", LINT_WARNING},
	{"lint.never_true", LINT_WARNING},
	{"lint.never_written", LINT_WARNING},
	{"lint.no_deadline", LINT_WARNING},
	{"lint.no_doc", LINT_WARNING},
	{"lint.no_end", LINT_WARNING},
	{"lint.no_option", LINT_WARNING},
	{"lint.no_reminder", LINT_NOTE},
	{"lint.no_responsible", LINT_WARNING},
	{"lint.no_rows", LINT_WARNING},
	{"lint.nobody_obliged", LINT_WARNING},
	{"lint.nobody_opens", LINT_WARNING},
	{"lint.nobody_sends", LINT_WARNING},
	{"lint.not_filled", LINT_WARNING},
	{"lint.not_translated", LINT_WARNING},
	{"lint.related_field", LINT_WARNING},
	{"lint.related_phase", LINT_WARNING},
	{"lint.related_state", LINT_WARNING},
	{"lint.rung_order", LINT_WARNING},
	{"lint.same_guard", LINT_WARNING},
	{"lint.same_title", LINT_WARNING},
	{"lint.trap", LINT_WARNING},
	{"lint.unknown_rule", LINT_ERROR},
	{"lint.unused_binding", LINT_WARNING},
	{"lint.unused_delay", LINT_WARNING},
	{"lint.unused_doc", LINT_WARNING},
	{"lint.unused_message", LINT_WARNING},
	{"lint.unused_relation", LINT_WARNING},
	{"lint.unused_rule", LINT_NOTE},
};

enum lint_severity lint_severity_of(const char *id)
{
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		if (strcmp(own[i].id, id) == 0)
			return own[i].severity;
	}
	return LINT_ERROR;
}

const char *lint_severity_text(enum lint_severity severity)
{
	static const char *const texts[] = {"note", "warning", "error"};
	return texts[severity];
}

bool lint_rule_at(size_t i, struct lint_rule *ret)
{
	const char *key, *text[2];
	for (size_t k = 0; message_at(k, &key, text); k++) {
		if (strncmp(key, MEND, strlen(MEND)) != 0 || i-- > 0)
			continue;
		char what[64];
		*ret = (struct lint_rule){.id = key + strlen(MEND), .mend = {text[0], text[1]}};
		ret->severity = lint_severity_of(ret->id);
		snprintf(what, sizeof what, "rule.%s", ret->id);
		for (int lang = 0; lang < 2; lang++)
			ret->what[lang] = message_template(what, (enum lang)lang);
		return true;
	}
	return false;
}

static void render(struct buf *out, const struct lint_finding *f, const char *id, enum lang lang)
{
	anju_error plain = f->error;
	const char *template = message_template(id, lang);
	if (template == NULL)
		return;
	if (snprintf(plain.id, sizeof plain.id, "%s", id) >= (int)sizeof plain.id)
		return;
	/* the place is said by those who show the finding */
	if (strstr(template, "{file}") == NULL)
		plain.file[0] = '\0';
	message_render_error(out, &plain, lang);
}

/* A sentence that ends in what is allowed, when there is nothing to say of that. */
static void drop_empty_end(struct buf *out)
{
	static const char *const ends[] = {"（ ）", "（）", " ( )", " ()"};
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		size_t n = strlen(ends[i]);
		if (out->len >= n && strcmp(out->data + out->len - n, ends[i]) == 0) {
			out->len -= n;
			out->data[out->len] = '\0';
		}
	}
}

void lint_sentence(struct buf *out, const struct lint_finding *f, enum lang lang)
{
	if (message_template(f->error.id, lang) != NULL)
		render(out, f, f->error.id, lang);
	else
		buf_adds(out, f->error.text);
	if (out->data != NULL)
		drop_empty_end(out);
}

void lint_mend(struct buf *out, const struct lint_finding *f, enum lang lang)
{
	char key[64];
	if (f->meant[0] != '\0')
		buf_addf(out, lang == LANG_EN ? "Did you mean \"%s\"? " : "是否应为“%s”？",
			f->meant);
	snprintf(key, sizeof key, "mend.%s", f->error.id);
	render(out, f, key, lang);
}
