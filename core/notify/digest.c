#include "notify/digest.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/timestamp.h"
#include "calendar/calendar.h"
#include "wording/template.h"

static const char *const lang_names[] = {[LANG_ZH] = "zh", [LANG_EN] = "en"};

/* Adds one language of each part to the message. */
static bool add_texts(json_t *message, const struct digest *d, enum lang lang)
{
	ANJU_AUTO_JSON *json = digest_view(d, lang);
	struct template_view *view = json != NULL ? template_view_new(json) : NULL;
	bool failed = view == NULL;
	for (int part = 0; part < WORDING_PARTS && !failed; part++) {
		ANJU_AUTO_BUF text = BUF_INIT;
		const char *name = wording_part_name((enum wording_part)part);
		wording_render(d->wording, (enum wording_part)part, lang, view, &text);
		json_t *of = json_object_get(message, name);
		if (of == NULL && json_object_set_new(message, name, json_object()) == 0)
			of = json_object_get(message, name);
		failed = text.failed ||
			 json_object_set_new(of, lang_names[lang],
				 json_string(text.data != NULL ? text.data : "")) != 0;
	}
	template_view_free(view);
	return !failed;
}

json_t *digest_message(const struct digest *d)
{
	char when[TIMESTAMP_MAX_CHARS];
	ANJU_AUTO_JSON *message = json_pack("{s:s, s:{s:s, s:{s:s, s:s}, s:O?}, s:b, s:s}", "id",
		d->id, "to", "unit", d->to->code, "title", "zh", d->to->title[LANG_ZH], "en",
		d->to->title[LANG_EN], "contacts", d->to->contacts, "urgent", d->urgent,
		"created_at", timestamp_format(d->created_ms, when));
	if (message == NULL || !add_texts(message, d, LANG_ZH) || !add_texts(message, d, LANG_EN))
		return NULL;
	return ANJU_TAKE(message);
}

/* --- samples --- */

static void add_sample(json_t *list, const char *key, int32_t due, const char *role)
{
	char date[16];
	(void)json_array_append_new(
		list, json_pack("{s:s, s:{s:s, s:{s:s, s:s}}, s:s, s:s, s:{s:s, s:s}, s:s, s:s}",
			      "kind", "deadline", "workflow", "id", "household", "title", "zh",
			      "搬迁户", "en", "Household", "key", key, "name", "three_agreements",
			      "title", "zh", "签订三项协议", "en", "sign the three agreements",
			      "due", date_format(due, date), "role", role));
}

json_t *digest_samples(int32_t today)
{
	char key[24];
	json_t *list = json_array();
	for (int i = 0; list != NULL && i < 15; i++) {
		snprintf(key, sizeof key, "610322-%04d", i + 1);
		add_sample(
			list, key, i < 3 ? today - 7 : today + 10, i == 0 ? "supervisor" : "lead");
	}
	(void)json_array_append_new(list,
		json_pack("{s:s, s:{s:s, s:{s:s, s:s}}, s:s, s:{s:s, s:s}}", "kind", "notice",
			"workflow", "id", "site", "title", "zh", "安置点", "en", "Site", "key",
			"S-01", "text", "zh", "已通过竣工验收", "en", "has passed its acceptance"));
	return list;
}
