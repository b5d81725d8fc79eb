#include <string.h>

#include "pack/loader.h"

void messages_load(struct loader *ld, const struct source *src)
{
	const char *file;
	json_t *doc = files_parse(ld, src, "messages.json", &file);
	if (doc == NULL)
		return;
	struct json_at root = JSON_AT_ROOT(file);
	if (!json_is_object(doc)) {
		load_finding(ld, "json.type", &root, doc, "@say.object");
		return;
	}
	const char *key;
	json_t *v;
	schema_member_check(ld, doc, &root);
	json_object_foreach(doc, key, v) {
		if (strcmp(key, "$schema") == 0)
			continue;
		struct json_at at = JSON_AT_KEY(&root, key);
		struct label text;
		if (!words_ok(key))
			load_finding_text(ld, "pack.name", &at, key, "@say.words_joined");
		load_label(ld, doc, &root, key, true, &text);
		/* a text may be worded anew by who extends: only rules are law */
		if (json_object_set(ld->set->messages, key, v) != 0)
			ld->set->pool.failed = true;
	}
}
