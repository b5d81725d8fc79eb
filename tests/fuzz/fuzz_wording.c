/**
 * Any template of a pack, its file's name in the first line: refused with the line, or it renders the view that every
 * message has, as whole characters, of one line where it must be one; and HTML holds no value unescaped.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "notify/digest.h"
#include "wording/template.h"
#include "wording/wording.h"

#define TODAY 17396 /* 2017-08-18 */

/* Stands in a value; no template may bring it out as it is where HTML is wanted. */
#define SHARP "<\"&'>"

static struct template_view *views[2];

/* The sample items, with a sharp value in each. */
static void make_views(void)
{
	static struct org *org;
	anju_error err;
	ANJU_AUTO_JSON *units = json_pack("{s:[{s:s, s:s, s:s, s:s, s:{s:s, s:s}}]}", "units",
		"code", "610322.land", "kind", "land", "level", "county", "region", "610322",
		"title", "zh", "国土" SHARP, "en", "Land " SHARP);
	org = org_new();
	if (org_add(org, units, "units.json", &err) != ANJU_OK || org_seal(org, &err) != ANJU_OK)
		fuzz_failed(__FILE__, __LINE__, "%s: %s", err.id, err.text);
	json_t *samples = digest_samples(TODAY), *item;
	const json_t *items[16];
	size_t i;
	json_array_foreach(samples, i, item) {
		fuzz_assert(i < 16);
		json_object_set_new(item, "key", json_string("k" SHARP));
		items[i] = item;
	}
	const struct digest digest = {.to = org_unit(org, "610322.land"),
		.id = "m1",
		.items = items,
		.n = json_array_size(samples),
		.today = TODAY,
		.created_ms = INT64_C(1503014400000)};
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		ANJU_AUTO_JSON *view = digest_view(&digest, lang);
		views[lang] = template_view_new(view);
		fuzz_assert(views[lang] != NULL);
	}
	json_decref(samples);
}

static size_t units_of(const char *s)
{
	size_t n = 0;
	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) == 0x80 ? 0 : (unsigned char)*s >= 0xf0 ? 2 : 1;
	return n;
}

static void check_rendered(const struct wording *w, enum wording_part part, enum lang lang,
	bool whole, const char *source)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	wording_render(w, part, lang, views[lang], &out);
	fuzz_assert(!out.failed);
	const char *text = out.data != NULL ? out.data : "";
	if (whole && !utf8_valid(text, strlen(text)))
		fuzz_failed(__FILE__, __LINE__, "a character is cut: %s", text);
	if (part == WORDING_SUBJECT || part == WORDING_SMS)
		fuzz_assert(strpbrk(text, "\r\n") == NULL);
	if (part == WORDING_SMS)
		fuzz_assert(units_of(text) <= WORDING_SMS_CHARS);
	if (part == WORDING_HTML && strstr(source, SHARP) == NULL)
		fuzz_assert(strstr(text, SHARP) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	anju_error err;
	ANJU_AUTO_MEM char *name = fuzz_string(data, n);
	char *text = strchr(name, '\n');
	if (views[0] == NULL)
		make_views();
	if (text == NULL)
		return 0;
	*text++ = '\0';
	bool whole = utf8_valid(text, strlen(text));
	ANJU_AUTO(wording) w = wording_new();
	anju_status st = wording_set(w, name, "p/templates/x", text, &err);
	if (st != ANJU_OK) {
		fuzz_error(st, &err, data, n);
		fuzz_assert(strcmp(err.id, "wording.file") == 0 || strtol(err.where, NULL, 10) > 0);
	}
	for (int part = 0; part < WORDING_PARTS; part++) {
		check_rendered(w, part, LANG_ZH, whole, text);
		check_rendered(w, part, LANG_EN, whole, text);
	}
	return 0;
}
