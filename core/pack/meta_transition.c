/* meta.anju of transitions: who may, with which evidence, and what is said when it is refused. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

static const char *const transition_members[] = {
	"title", "by", "needs", "requires", "reason", "rows", "refusal", NULL};

static bool starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

/* Does this come from outside, so that somebody has to be entitled to it? */
static bool is_external(const struct chart_transition *t)
{
	return t->descriptor[0] != '\0' && !t->forbidden &&
	       !starts_with(t->descriptor, "xstate.") && !starts_with(t->descriptor, "done.state.");
}

static void read_needs(
	struct build *b, const json_t *anju, const struct json_at *at, struct transition_rule *rule)
{
	const json_t *list = load_strings(b->ld, anju, at, "needs");
	size_t n = json_array_size(list);
	struct json_at here = JSON_AT_KEY(at, "needs");
	rule->needs = n > 0 ? pool_alloc(b->pool, n * sizeof *rule->needs) : NULL;
	for (size_t i = 0; rule->needs != NULL && i < n; i++) {
		const char *kind = json_string_value(json_array_get(list, i));
		struct json_at item = JSON_AT_INDEX(&here, i);
		const struct doc_kind *doc = workflow_doc(b->wf, kind);
		if (doc != NULL) {
			rule->needs[rule->needs_len++] = doc->kind;
			continue;
		}
		ANJU_AUTO_BUF names = BUF_INIT;
		for (size_t k = 0; k < b->wf->docs_len; k++)
			buf_addf(&names, "%s%s", k > 0 ? " " : "", b->wf->docs[k].kind);
		load_finding_text(b->ld, "pack.unknown_doc", &item, kind, "%s",
			names.data != NULL ? names.data : "@say.no_docs");
	}
}

static void read_requires(
	struct build *b, const json_t *anju, const struct json_at *at, struct transition_rule *rule)
{
	const json_t *list = load_strings(b->ld, anju, at, "requires");
	size_t n = json_array_size(list);
	struct json_at here = JSON_AT_KEY(at, "requires");
	rule->requires = n > 0 ? pool_alloc(b->pool, n * sizeof *rule->requires) : NULL;
	for (size_t i = 0; rule->requires != NULL && i < n; i++) {
		struct json_at item = JSON_AT_INDEX(&here, i);
		const struct field *f =
			build_field(b, &item, json_string_value(json_array_get(list, i)));
		if (f != NULL)
		rule->requires[rule->requires_len++] = f;
	}
}

static void read_transition(struct build *b, uint32_t index)
{
	const struct chart_transition *t = chart_transition_at(b->wf->chart, index);
	struct transition_rule *rule = &b->wf->transitions[index];
	struct place place;
	const struct json_at *t_at = place_init(&place, b->wf->file, t->pointer);
	struct json_at meta_at = JSON_AT_KEY(t_at, "meta"), at = JSON_AT_KEY(&meta_at, "anju"),
		       by_at = JSON_AT_KEY(&at, "by");
	const json_t *anju = json_object_get(t->meta, "anju");
	bool external = is_external(t);
	rule->title = rule->refusal = (struct label){{"", ""}};
	if (anju != NULL && !load_object(b->ld, anju, &at, transition_members))
		return;
	build_roles(b, anju, &at, "by", &rule->by);
	/* anju's own in every workflow: writing fields without a transition, acts on deadlines */
	if (external &&
		(strcmp(t->descriptor, "amend") == 0 || starts_with(t->descriptor, "deadline.")))
		load_finding_text(
			b->ld, "pack.reserved_event", t_at, t->descriptor, "@say.event_free");
	if (external && rule->by.len == 0)
		load_finding(
			b->ld, "pack.no_role", &by_at, json_object_get(anju, "by"), "@say.who_may");
	load_label(b->ld, anju, &at, "title", external, &rule->title);
	load_label(b->ld, anju, &at, "refusal", false, &rule->refusal);
	read_needs(b, anju, &at, rule);
	read_requires(b, anju, &at, rule);
	rule->reason = load_bool(b->ld, anju, &at, "reason");
	rule->rows = load_rows(b->ld, anju, &at);
	if (t->guard != NULL && t->guard->user != NULL)
		((struct guard *)t->guard->user)->refusal = rule->refusal;
}

/* Every delay of `after` has a name, since only a typed duration says what kind of days it means. */
static void check_after(struct build *b, uint32_t index)
{
	const struct chart_transition *t = chart_transition_at(b->wf->chart, index);
	static const char prefix[] = "xstate.after.";
	if (!starts_with(t->descriptor, prefix))
		return;
	const char *delay = t->descriptor + sizeof prefix - 1;
	size_t digits = strspn(delay, "0123456789");
	if (digits == 0 || delay[digits] != '.')
		return;
	struct place place;
	const struct json_at *at = place_init(&place, b->wf->file, t->pointer);
	ANJU_AUTO_JSON *found = json_integer(strtoll(delay, NULL, 10));
	load_finding(b->ld, "pack.unknown_delay", at, found, "@say.delay_name");
}

void transitions_link(struct build *b)
{
	uint32_t n = chart_transition_count(b->wf->chart);
	b->wf->transitions = pool_alloc(b->pool, (n + 1) * sizeof *b->wf->transitions);
	for (uint32_t i = 0; b->wf->transitions != NULL && i < n; i++) {
		read_transition(b, i);
		check_after(b, i);
	}
}

bool workflow_takes(const struct workflow *wf, const char *event)
{
	for (uint32_t i = 0; wf->chart != NULL && i < chart_transition_count(wf->chart); i++) {
		const struct chart_transition *t = chart_transition_at(wf->chart, i);
		if (t->descriptor[0] != '\0' && chart_descriptor_matches(t->descriptor, event))
			return true;
	}
	/* what its chart takes is not known when its chart is broken */
	return wf->chart == NULL || wf->mended;
}
