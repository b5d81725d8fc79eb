/* Templates: what they may say, and what comes of them. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "unit/support.h"
#include "wording/template.h"
#include "wording/wording.h"

/* Set as body.en and rendered with this view. */
static const char *said(struct buf *out, const char *name, enum wording_part part, const char *text,
	const char *json)
{
	anju_error err = {0};
	ANJU_AUTO(wording) w = wording_new();
	assert_ok(wording_set(w, name, "p/templates/x", text, &err), err);
	ANJU_AUTO_JSON *view = json_loads(json, 0, NULL);
	cr_assert_not_null(view);
	struct template_view *v = template_view_new(view);
	cr_assert_not_null(v);
	buf_reset(out);
	wording_render(w, part, LANG_EN, v, out);
	template_view_free(v);
	cr_assert(!out->failed);
	return out->data != NULL ? out->data : "";
}

#define BODY(text, json) said(&out, "body.en.mustache", WORDING_BODY, text, json)

ANJU_TEST(wording, values_sections_and_lists)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	cr_assert_str_eq(
		BODY("{{unit.title}} {{date}}\n", "{\"unit\":{\"title\":\"Land\"},\"date\":\"x\"}"),
		"Land x\n");
	cr_assert_str_eq(
		BODY("{{#groups}}\n- {{count}} {{keys}}\n{{/groups}}\n{{^groups}}none{{/groups}}",
			"{\"groups\":[{\"count\":2,\"keys\":\"a "
			"b\"},{\"count\":1,\"keys\":\"c\"}]}"),
		"- 2 a b\n- 1 c\n");
	cr_assert_str_eq(BODY("{{^groups}}none{{/groups}}", "{\"groups\":[]}"), "none\n");
	/* plain text keeps what HTML would escape */
	cr_assert_str_eq(
		BODY("{{date}}{{! a remark }}", "{\"date\":\"<a & 'b'>\"}"), "<a & 'b'>\n");
	/* sections that are left out leave no gaps */
	cr_assert_str_eq(
		BODY("\n\na\n\n\n{{#urgent}}\nx\n{{/urgent}}\n\nb\n\n", "{\"urgent\":false}"),
		"a\n\nb\n");
	/* what a section does not have is looked for outside */
	cr_assert_str_eq(BODY("{{#groups}}{{unit.code}}{{/groups}}",
				 "{\"unit\":{\"code\":\"1\"},\"groups\":[{},{}]}"),
		"11\n");
}

ANJU_TEST(wording, html_is_escaped)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	cr_assert_str_eq(said(&out, "html.en.mustache", WORDING_HTML, "<p>{{date}}</p>",
				 "{\"date\":\"<script>\\\"&\"}"),
		"<p>&lt;script&gt;&quot;&amp;</p>\n");
}

ANJU_TEST(wording, one_line_and_not_too_long)
{
	ANJU_AUTO_BUF out = BUF_INIT;
	char json[600] = "{\"date\":\"";
	cr_assert_str_eq(said(&out, "subject.en.mustache", WORDING_SUBJECT,
				 "\n {{date}}\r\nBcc: x\n", "{\"date\":\"a\\u0001b\\tc\"}"),
		"a b c Bcc: x");
	for (int i = 0; i < 80; i++)
		strcat(json, "安"); /* allowed: room for 80 of three bytes */
	strcat(json, "\"}");        /* allowed: as above */
	const char *sms = said(&out, "sms.en.mustache", WORDING_SMS, "{{date}}", json);
	cr_assert_eq(strlen(sms), 69 * 3 + 3);
	cr_assert_str_eq(sms + 69 * 3, "…");
	/* exactly as long as may be */
	json[9 + 70 * 3] = '\0';
	strcat(json, "\"}"); /* allowed: as above */
	sms = said(&out, "sms.en.mustache", WORDING_SMS, "{{date}}", json);
	cr_assert_eq(strlen(sms), 70 * 3);
}

static void refused(
	const char *name, const char *text, const char *id, const char *line, const char *found)
{
	anju_error err = {0};
	ANJU_AUTO(wording) w = wording_new();
	ANJU_AUTO_MEM char *before = strdup(wording_source(w, WORDING_BODY, LANG_EN));
	assert_status(wording_set(w, name, "p/templates/x", text, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, id, "%s: %s", text, err.id);
	cr_assert_str_eq(err.file, "p/templates/x");
	cr_assert_str_eq(err.where, line, "%s: line %s", text, err.where);
	cr_assert_str_eq(err.found, found, "%s: %s", text, err.found);
	cr_assert_str_eq(wording_source(w, WORDING_BODY, LANG_EN), before);
}

ANJU_TEST(wording, mistakes_name_their_line)
{
	const char *body = "body.en.mustache";
	refused(body, "a\n\n{{dua_count}}", "wording.name", "3", "dua_count");
	refused(body, "{{unit.name}}", "wording.name", "1", "unit.name");
	/* a group's own is not known outside of groups */
	refused(body, "{{keys}}", "wording.name", "1", "keys");
	refused(body, "{{^groups}}{{keys}}{{/groups}}", "wording.name", "1", "keys");
	refused(body, "{{.}}", "wording.name", "1", ".");
	refused(body, "{{}}", "wording.name", "1", "{{}}");
	refused(body, "x\n{{date", "wording.tag", "2", "{{");
	refused(body, "{{{date}}", "wording.tag", "1", "{{");
	refused(body, "\n{{#groups}}\n", "wording.tag", "2", "groups");
	refused(body, "{{/groups}}", "wording.tag", "1", "groups");
	refused(body, "{{#groups}}{{#first}}\n{{/groups}}{{/first}}", "wording.tag", "2", "groups");
	refused(body, "{{> other}}", "wording.kind", "1", "{{> other}}");
	refused(body, "{{=<% %>=}}", "wording.kind", "1", "{{=<% %>=}}");
	refused("html.en.mustache", "{{{date}}}", "wording.kind", "1", "{{date}}");
	refused("html.en.mustache", "{{&date}}", "wording.kind", "1", "{{&date}}");
	refused("body.fr.mustache", "x", "wording.file", "", "body.fr.mustache");
	refused("body.en", "x", "wording.file", "", "body.en");
}

ANJU_TEST(wording, what_is_allowed_there_is_named)
{
	anju_error err = {0};
	ANJU_AUTO(wording) w = wording_new();
	assert_status(
		wording_set(w, "body.zh.mustache", "f", "{{#notices}}{{due}}{{/notices}}", &err),
		ANJU_E_INVALID);
	cr_assert_eq(strncmp(err.allowed, "workflow key text unit date", 27), 0, "%s", err.allowed);
}

ANJU_TEST(wording, depth_is_bounded)
{
	ANJU_AUTO_BUF deep = BUF_INIT;
	anju_error err = {0};
	ANJU_AUTO(wording) w = wording_new();
	for (int i = 0; i < 20; i++)
		buf_adds(&deep, "{{#urgent}}");
	for (int i = 0; i < 20; i++)
		buf_adds(&deep, "{{/urgent}}");
	assert_status(wording_set(w, "body.zh.mustache", "f", deep.data, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "wording.tag");
}
