#include "wording/builtin.h"

/*
 * Plain sentences, the most urgent first (the view is in that order), with counts and for each group a command
 * that shows the rest. A line that begins with "- " opens an item and four blanks go on with it.
 */
static const char subject_zh[] =
	"{{#urgent}}【紧急】{{/urgent}}{{#single}}{{#first}}{{workflow}} "
	"{{key}}：{{title}}{{/first}}{{#first_notice}}{{workflow}} {{key}}："
	"{{text}}{{/first_notice}}{{/single}}{{^single}}{{date}} 待办 "
	"{{due_count}} 件，逾期 {{overdue_count}} 件{{#any_notices}}，通知 "
	"{{notice_count}} 件{{/any_notices}}{{#first}}；最急：{{workflow}} "
	"{{count}} 件{{title}}，{{#overdue}}{{due}} 已逾期{{/overdue}}"
	"{{^overdue}}{{#due}}期限 {{due}}{{/due}}{{/overdue}}{{/first}}"
	"{{/single}}";

static const char subject_en[] =
	"{{#urgent}}[urgent] {{/urgent}}{{#single}}{{#first}}{{workflow}} "
	"{{key}}: {{title}}{{/first}}{{#first_notice}}{{workflow}} {{key}}: "
	"{{text}}{{/first_notice}}{{/single}}{{^single}}{{date}}: "
	"{{due_count}} due, {{overdue_count}} overdue{{#any_notices}}, "
	"{{notice_count}} notice{{#many_notices}}s{{/many_notices}}"
	"{{/any_notices}}{{#first}}; first: {{count}} x {{workflow}}: "
	"{{title}}, {{#overdue}}OVERDUE since {{due}}{{/overdue}}{{^overdue}}"
	"{{#due}}due {{due}}{{/due}}{{/overdue}}{{/first}}{{/single}}";

static const char body_zh[] = "{{unit.title}}：\n"
			      "\n"
			      "{{#groups}}\n"
			      "- {{workflow}} {{count}} 件：{{title}}{{#due}}，期限 "
			      "{{due}}{{#provisional}}（暂定）{{/provisional}}{{/due}}"
			      "{{#overdue}}，已逾期 {{days}} 天{{/overdue}}{{#today}}，今天到期"
			      "{{/today}}（{{role}}）{{#text}}：{{text}}{{/text}}\n"
			      "    {{keys}}{{#more}} 另有 {{more}} 件{{/more}}\n"
			      "    {{command}}\n"
			      "{{/groups}}\n"
			      "{{#notices}}\n"
			      "- {{workflow}} {{key}}：{{text}}\n"
			      "{{/notices}}\n";

static const char body_en[] = "{{unit.title}}:\n"
			      "\n"
			      "{{#groups}}\n"
			      "- {{count}} x {{workflow}}: {{title}}{{#due}}, due "
			      "{{due}}{{#provisional}} (provisional){{/provisional}}{{/due}}"
			      "{{#overdue}}, OVERDUE by {{days}} d{{/overdue}}{{#today}}, today"
			      "{{/today}} ({{role}}){{#text}}: {{text}}{{/text}}\n"
			      "    {{keys}}{{#more}} and {{more}} more{{/more}}\n"
			      "    {{command}}\n"
			      "{{/groups}}\n"
			      "{{#notices}}\n"
			      "- {{workflow}} {{key}}: {{text}}\n"
			      "{{/notices}}\n";

static const char html_zh[] =
	"<p>{{unit.title}}：</p>\n"
	"{{#any_overdue}}\n"
	"<p><strong>逾期 {{overdue_count}} 件</strong>，待办 "
	"{{due_count}} 件</p>\n"
	"{{/any_overdue}}\n"
	"<ul>\n"
	"{{#groups}}\n"
	"<li>{{workflow}} {{count}} 件：{{title}}{{#due}}，期限 "
	"{{due}}{{#provisional}}（暂定）{{/provisional}}{{/due}}"
	"{{#overdue}}，<strong>已逾期 {{days}} 天</strong>{{/overdue}}"
	"{{#today}}，<strong>今天到期</strong>{{/today}}（{{role}}）{{#text}}："
	"{{text}}{{/text}}<br>{{keys}}{{#more}} 另有 {{more}} 件"
	"{{/more}}<br><code>{{command}}</code></li>\n"
	"{{/groups}}\n"
	"{{#notices}}\n"
	"<li>{{workflow}} {{key}}：{{text}}</li>\n"
	"{{/notices}}\n"
	"</ul>\n";

static const char html_en[] =
	"<p>{{unit.title}}:</p>\n"
	"{{#any_overdue}}\n"
	"<p><strong>{{overdue_count}} overdue</strong>, {{due_count}} due</p>\n"
	"{{/any_overdue}}\n"
	"<ul>\n"
	"{{#groups}}\n"
	"<li>{{count}} x {{workflow}}: {{title}}{{#due}}, due {{due}}{{#provisional}} "
	"(provisional){{/provisional}}{{/due}}"
	"{{#overdue}}, <strong>OVERDUE by {{days}} d</strong>{{/overdue}}"
	"{{#today}}, <strong>today</strong>{{/today}} ({{role}}){{#text}}: "
	"{{text}}{{/text}}<br>{{keys}}{{#more}} and {{more}} more"
	"{{/more}}<br><code>{{command}}</code></li>\n"
	"{{/groups}}\n"
	"{{#notices}}\n"
	"<li>{{workflow}} {{key}}: {{text}}</li>\n"
	"{{/notices}}\n"
	"</ul>\n";

static const char sms_zh[] = "【安居】{{#urgent}}紧急：{{/urgent}}{{#single}}{{#first}}{{workflow}}"
			     "{{key}}{{title}}{{#due}}，期限{{due}}{{/due}}{{#overdue}}已逾期"
			     "{{/overdue}}{{/first}}{{#first_notice}}{{workflow}}{{key}}{{text}}"
			     "{{/first_notice}}{{/single}}{{^single}}待办{{due_count}}件，逾期"
			     "{{overdue_count}}件{{#first}}；{{workflow}}{{count}}件{{title}}"
			     "{{#due}}，期限{{due}}{{/due}}{{#overdue}}已逾期{{/overdue}}{{/first}}"
			     "{{/single}}";

static const char sms_en[] =
	"{{#urgent}}urgent: {{/urgent}}{{#single}}{{#first}}{{workflow}} "
	"{{key}}: {{title}}{{#due}}, due {{due}}{{/due}}{{#overdue}}, OVERDUE"
	"{{/overdue}}{{/first}}{{#first_notice}}{{workflow}} {{key}}: {{text}}"
	"{{/first_notice}}{{/single}}{{^single}}{{due_count}} due, "
	"{{overdue_count}} overdue{{#first}}; {{count}} {{workflow}}: "
	"{{title}}, {{#overdue}}OVERDUE {{/overdue}}{{due}}{{/first}}{{/single}}";

const char *const wording_builtin[WORDING_PARTS][2] = {
	[WORDING_SUBJECT] = {[LANG_ZH] = subject_zh, [LANG_EN] = subject_en},
	[WORDING_BODY] = {[LANG_ZH] = body_zh, [LANG_EN] = body_en},
	[WORDING_HTML] = {[LANG_ZH] = html_zh, [LANG_EN] = html_en},
	[WORDING_SMS] = {[LANG_ZH] = sms_zh, [LANG_EN] = sms_en},
};
