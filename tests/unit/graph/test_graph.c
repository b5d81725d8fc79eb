#include "graph/graph.h"

#include <ctype.h>
#include <stdlib.h>

#include "kit.h"
#include "unit/support.h"

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
		n++;
	return n;
}

#define assert_has(text, what)   cr_assert_not_null(strstr(text, what), "%s is not there", what)
#define assert_lacks(text, what) cr_assert_null(strstr(text, what), "%s is there", what)

ANJU_TEST(graph, same_input_same_bytes)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	ANJU_AUTO(pack_set) again = kit_shipped();
	char *a = kit_dot(set, "household", NULL), *b = kit_dot(again, "household", NULL);
	cr_assert_str_eq(a, b);
	free(a);
	free(b);
	a = kit_mermaid(set, "household", NULL);
	b = kit_mermaid(again, "household", NULL);
	cr_assert_str_eq(a, b);
	free(a);
	free(b);
}

ANJU_TEST(graph, dot_escapes)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	char *dot = kit_dot(set, "odd", NULL);
	/* in tables: entities; backslashes too, which Graphviz would replace by names of nodes */
	assert_has(dot, "怪&quot;&lt;b&gt;&amp;&#92;N 题");
	assert_has(dot, "材料：一号&lt;件&gt;等 3 件");
	/* in tips: quotes and backslashes by a backslash, & as entity */
	assert_has(dot, "一 &amp; \\\"二\\\" <三> \\\\ 四");
	assert_lacks(dot, "&amp;\\N");
	assert_has(dot, "等 满"); /* a line end in a title is a space */
	free(dot);
	dot = kit_dot(set, "odd", &(struct graph_options){.lang = LANG_EN});
	assert_has(dot, "A_very_long_word_");
	assert_has(dot, "…</B>");
	free(dot);
}

ANJU_TEST(graph, dot_shows_what_is_asked)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	char *dot = kit_dot(set, "household", NULL);
	assert_has(dot, "\"relocation.agree.surveyed\" -> \"relocation.agree.signed\"");
	assert_has(dot, "期限　签订三项协议：2017-08-31");
	assert_has(dot, "凤翔县国土资源局");
	assert_has(dot, "style=\"dashed\"");
	assert_has(dot, "◎ ");
	assert_has(dot, "到此即按期");
	assert_lacks(dot, "#ffdf6b");
	free(dot);
	struct graph_options options = {.lang = LANG_EN, .no_deadlines = true, .brief = true};
	dot = kit_dot(set, "household", &options);
	assert_lacks(dot, ">Due");
	assert_lacks(dot, ">Fengxiang Bureau");
	assert_has(dot, "Sign the three agreements");
	free(dot);
}

ANJU_TEST(graph, dot_of_a_part)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	const struct workflow *wf = pack_set_workflow(set, "household");
	uint32_t at = chart_state_by_path(wf->chart, "relocation.agree.surveyed");
	struct graph_options options = {.lang = LANG_ZH,
		.part = chart_state_by_path(wf->chart, "relocation.agree"),
		.at = &at,
		.at_len = 1};
	char *dot = kit_dot(set, "household", &options);
	assert_has(dot, "\"relocation.agree.survey\" [");
	assert_lacks(dot, "\"relocation.identify.candidate\" [");
	/* a way out of the part is said in words */
	assert_has(dot, "→ 搬迁 › 建设 › 集中安置点在建");
	cr_assert_eq(count(dot, "#ffdf6b"), 1);
	free(dot);
}

ANJU_TEST(graph, dot_says_where_other_regions_lead)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	char *dot = kit_dot(set, "odd", NULL);
	assert_has(dot, "Ⓗ 原处");
	assert_has(dot, "随时备注");
	assert_has(dot, "· 留 -- 下");
	assert_lacks(dot, "\"main.first.a\" -> \"side");
	/* self-transitions without target have no line; the one that re-enters has */
	assert_has(dot, "\"main.first.a\" -> \"main.first.a\"");
	assert_has(dot, "\"main.third.last\" -> \"main.second.before\"");
	free(dot);
}

/* Outside of quotes and after " : " no sign that Mermaid would take as its own. */
static void check_mermaid_line(const char *line, size_t len)
{
	char text[2048];
	snprintf(text, sizeof text, "%.*s", (int)len, line);
	char *label = strstr(text, " : ");
	char *quoted = strchr(text, '"');
	char *from = label != NULL ? label + 3 : quoted != NULL ? quoted + 1 : NULL;
	char *to = label != NULL ? text + strlen(text) : quoted != NULL ? strrchr(text, '"') : NULL;
	if (from == NULL || strstr(text, "classDef") != NULL)
		return;
	for (char *p = from; p < to; p++) {
		cr_assert_null(strchr("\"<>&{}[]\\`%|:", *p), "%c in %s", *p, text);
		if (*p == '#') {
			size_t digits = strspn(p + 1, "0123456789");
			cr_assert(digits > 0 && p[1 + digits] == ';', "a bare # in %s", text);
			p += 1 + digits;
		} else {
			cr_assert(*p != ';' && (p[0] != '-' || p[1] != '-'), "%s", text);
		}
	}
}

ANJU_TEST(graph, mermaid_escapes)
{
	ANJU_AUTO(pack_set) set = kit_odd();
	for (int lang = 0; lang < 2; lang++) {
		struct graph_options options = {.lang = (enum lang)lang};
		char *text = kit_mermaid(set, "odd", &options);
		cr_assert_eq(strncmp(text, "stateDiagram-v2\n", 16), 0);
		cr_assert_eq(count(text, " {\n"), count(text, "\t}\n"));
		for (const char *p = text; *p != '\0'; p += strcspn(p, "\n") + 1)
			check_mermaid_line(p, strcspn(p, "\n"));
		free(text);
	}
}

ANJU_TEST(graph, mermaid_has_all)
{
	ANJU_AUTO(pack_set) set = kit_shipped();
	char *text = kit_mermaid(set, "household", NULL);
	const struct workflow *wf = pack_set_workflow(set, "household");
	cr_assert_eq(count(text, "\" as s"), chart_state_count(wf->chart));
	assert_has(text, "待签协议");
	assert_has(text, " : 签订三项协议（凤翔县国土资源局）");
	assert_has(text, "[*] --> s");
	assert_has(text, " --> [*]");
	assert_has(text, "\t\t--\n");
	free(text);
	uint32_t at = chart_state_by_path(wf->chart, "relocation.agree.surveyed");
	struct graph_options options = {
		.lang = LANG_EN, .at = &at, .at_len = 1, .brief = true, .no_deadlines = true};
	text = kit_mermaid(set, "household", &options);
	assert_has(text, " here\n");
	assert_lacks(text, "Fengxiang Bureau");
	free(text);
}

/* --- running Graphviz --- */

static anju_status run(const char *program, size_t bytes, struct buf *svg, anju_error *err)
{
	struct buf dot = BUF_INIT;
	while (dot.len < bytes)
		buf_adds(&dot, "digraph x {}\n");
	anju_status st = graph_svg(program, &dot, svg, err);
	buf_done(&dot);
	return st;
}

ANJU_TEST(graph, no_graphviz)
{
	struct buf svg = BUF_INIT;
	anju_error err = {0};
	assert_status(run("/nowhere/dot", 10, &svg, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "graph.no_program");
	cr_assert_str_eq(err.found, "/nowhere/dot");
	cr_assert_str_eq(err.allowed, "graphviz");
	cr_assert_eq(svg.len, 0);
	buf_done(&svg);
}

ANJU_TEST(graph, no_shell_is_asked)
{
	struct buf svg = BUF_INIT;
	anju_error err = {0};
	assert_status(run("true; echo", 10, &svg, &err), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.id, "graph.no_program");
	buf_done(&svg);
}

ANJU_TEST(graph, graphviz_fails)
{
	struct buf svg = BUF_INIT;
	anju_error err = {0};
	assert_status(run("false", 10, &svg, &err), ANJU_E_IO);
	cr_assert_str_eq(err.id, "graph.program");
	/* a program that does not know -Tsvg says why */
	err = (anju_error){0};
	assert_status(run("ls", 10, &svg, &err), ANJU_E_IO);
	cr_assert(err.found[0] != '\0');
	/* done, but nothing came */
	err = (anju_error){0};
	assert_status(run("true", 10, &svg, &err), ANJU_E_IO);
	buf_done(&svg);
}

ANJU_TEST(graph, a_program_that_does_not_read)
{
	struct buf svg = BUF_INIT;
	anju_error err = {0};
	/* far more than a pipe holds */
	assert_ok(run("echo", 1 << 20, &svg, &err), err);
	cr_assert_str_eq(svg.data, "-Tsvg\n");
	buf_done(&svg);
}
