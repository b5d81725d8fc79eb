#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

static void check_require(struct loader *ld, const json_t *require, const struct json_at *at)
{
	static const char *const known[] = {"deadline", "responsible", "rows", "local", NULL};
	if (!load_object(ld, require, at, known))
		return;
	const json_t *phases = load_strings(ld, require, at, "deadline");
	struct json_at list_at = JSON_AT_KEY(at, "deadline");
	for (size_t i = 0; i < json_array_size(phases); i++) {
		const json_t *v = json_array_get(phases, i);
		struct json_at here = JSON_AT_INDEX(&list_at, i);
		if (!phase_known(json_string_value(v)))
			load_finding(ld, "pack.phase", &here, v, PHASES_TEXT);
	}
	(void)load_bool(ld, require, at, "responsible");
	(void)load_bool(ld, require, at, "rows");
	(void)load_bool(ld, require, at, "local");
}

static void check_allow(struct loader *ld, const json_t *allow, const struct json_at *at)
{
	static const char *const known[] = {"rule", "at", "because", NULL};
	if (!json_is_array(allow)) {
		load_finding(ld, "json.type", at, allow, "@say.array");
		return;
	}
	for (size_t i = 0; i < json_array_size(allow); i++) {
		const json_t *item = json_array_get(allow, i);
		struct json_at here = JSON_AT_INDEX(at, i);
		struct label because;
		if (!load_object(ld, item, &here, known))
			continue;
		(void)load_string(ld, item, &here, "rule", true);
		(void)load_string(ld, item, &here, "at", false);
		load_label(ld, item, &here, "because", true, &because);
	}
}

void lint_member_check(struct loader *ld, const struct source *src)
{
	static const char *const known[] = {"require", "allow", NULL};
	struct json_at root = JSON_AT_ROOT(src->file), at = JSON_AT_KEY(&root, "lint"),
		       require_at = JSON_AT_KEY(&at, "require"),
		       allow_at = JSON_AT_KEY(&at, "allow");
	const json_t *lint = json_object_get(src->doc, "lint");
	if (lint == NULL || !load_object(ld, lint, &at, known))
		return;
	const json_t *require = json_object_get(lint, "require"),
		     *allow = json_object_get(lint, "allow");
	if (require != NULL)
		check_require(ld, require, &require_at);
	if (allow != NULL)
		check_allow(ld, allow, &allow_at);
}
