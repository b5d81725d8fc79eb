/* Which column is what, and what a row says. */
#include "desk.h"

#include "base/json.h"

#define COLUMNS "'columns':[{'name':'编号','key':true},{'name':'人口','field':'persons'}]"

ANJU_TEST(mapping, is_found_among_the_packs)
{
	struct desk d;
	desk_open(&d);
	assert_ok(
		mapping_load(TEST_DATA "/import", "household", d.packs, &d.mapping, &d.err), d.err);
	cr_assert_str_eq(d.mapping.wf->id, "household");
	cr_assert_eq(d.mapping.columns_len, 12);
	cr_assert_eq(d.mapping.columns[0].kind, COLUMN_KEY);
	cr_assert_eq(d.mapping.columns[11].kind, COLUMN_RELATION);
	mapping_done(&d.mapping);
	static const char *const none[] = {"nothing", "", "../county/household", "Household",
		"household.import", "county/household"};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		assert_status(
			mapping_load(TEST_DATA "/import", none[i], d.packs, &d.mapping, &d.err),
			ANJU_E_NOTFOUND);
		cr_assert_str_eq(d.err.id, "import.no_mapping");
		cr_assert_str_eq(d.err.found, none[i]);
	}
	assert_status(mapping_load("/nonexistent", "household", d.packs, &d.mapping, &d.err),
		ANJU_E_NOTFOUND);
	desk_done(&d);
}

ANJU_TEST(mapping, mistakes_say_where)
{
	struct desk d;
	desk_open(&d);
	static const struct {
		const char *text, *id, *where, *found;
	} bad[] = {
		{"[]", "json.type", "", NULL},
		{"{'columns':[]}", "json.missing", "/workflow", NULL},
		{"{'workflow':'castle'," COLUMNS "}", "import.target", "/workflow", "\"castle\""},
		{"{'workflow':'household'}", "import.column", "/columns", NULL},
		{"{'workflow':'household','columns':{}}", "json.type", "/columns", NULL},
		{"{'workflow':'household','rows':[]," COLUMNS "}", "json.unknown_member", "/rows",
			NULL},
		{"{'workflow':'household','columns':['编号']}", "json.type", "/columns/0", NULL},
		{"{'workflow':'household','columns':[{'name':'编号','key':true},{'name':'x'}]}",
			"import.column", "/columns/1", "{\"name\":\"x\"}"},
		{"{'workflow':'household','columns':[{'name':'编号','key':true,'field':'head'}]}",
			"import.column", "/columns/0", NULL},
		{"{'workflow':'household','columns':[{'name':'编号','key':false}]}",
			"import.column", "/columns/0", NULL},
		{"{'workflow':'household','columns':[{'name':'编号','key':true},{'name':'狗',"
		 "'field':'dog'}]}",
			"import.target", "/columns/1/field", "\"dog\""},
		{"{'workflow':'household','columns':[{'name':'编号','key':true},{'name':'狗',"
		 "'relation':'dog'}]}",
			"import.target", "/columns/1/relation", "\"dog\""},
		/* the inverse view is no column */
		{"{'workflow':'site','columns':[{'name':'编号','key':true},{'name':'户',"
		 "'relation':'households'}]}",
			"import.target", "/columns/1/relation", "\"households\""},
		{"{'workflow':'household','columns':[{'name':'人口','field':'persons'}]}",
			"import.column", "/columns", NULL},
		{"{'workflow':'household','columns':[{'name':'a','key':true},{'name':'b','key':"
		 "true}]}",
			"import.column", "/columns", NULL},
		{"{'workflow':'household','columns':[{'name':'a','key':true},{'name':'a','field':"
		 "'persons'}]}",
			"import.same_column", "/columns/1", NULL},
		{"{'workflow':'household','columns':[{'name':'a','key':true},{'name':'b','field':"
		 "'persons'},{'name':'c','field':'persons'}]}",
			"import.same_column", "/columns/2", NULL},
		{"{'workflow':'household','key_column':'户号'," COLUMNS "}", "import.same_column",
			"/key_column", "\"户号\""},
		{"{'workflow':'household','columns':[{'name':'编号','key':'yes'}]}", "json.type",
			"/columns/0/key", NULL},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_status(desk_mapping(&d, bad[i].text), ANJU_E_INVALID);
		cr_assert_str_eq(d.err.id, bad[i].id, "%s: %s", bad[i].text, d.err.text);
		cr_assert_str_eq(d.err.where, bad[i].where, "%s", bad[i].text);
		cr_assert_str_eq(d.err.file, "try.import.json");
		if (bad[i].found != NULL)
			cr_assert_str_eq(d.err.found, bad[i].found);
	}
	assert_status(desk_mapping(&d, "{'workflow':"), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "json.syntax");
	assert_ok(desk_mapping(&d, "{'workflow':'household','key_column':'编号'," COLUMNS "}"),
		d.err);
	desk_done(&d);
}

ANJU_TEST(mapping, columns_are_found_by_name)
{
	struct desk d;
	desk_open(&d);
	assert_ok(desk_mapping(&d, "{'workflow':'household'," COLUMNS "}"), d.err);
	assert_ok(desk_table(&d, "备注,人口,编号\nx,3,610322-0001\n"), d.err);
	assert_ok(mapping_bind(&d.mapping, &d.table, &d.err), d.err);
	cr_assert_eq(d.mapping.columns[0].position, 2);
	cr_assert_eq(d.mapping.columns[1].position, 1);
	assert_ok(desk_table(&d, "备注,编号\n"), d.err);
	assert_status(mapping_bind(&d.mapping, &d.table, &d.err), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.column_missing");
	cr_assert_str_eq(d.err.allowed, "人口");
	cr_assert_str_eq(d.err.found, "备注,编号");
	/* which of two is meant nobody can tell; one that is not asked for may stand there twice */
	assert_ok(desk_table(&d, "编号,人口,编号\n"), d.err);
	assert_status(mapping_bind(&d.mapping, &d.table, &d.err), ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "import.column_twice");
	cr_assert_str_eq(d.err.found, "编号");
	assert_ok(desk_table(&d, "备注,人口,编号,备注\n"), d.err);
	assert_ok(mapping_bind(&d.mapping, &d.table, &d.err), d.err);
	desk_done(&d);
}

/* --- rows --- */

#define HEADER "编号,户主,身份证,人口,贫困户,面积,补助,方式,标签,镇,搬迁日,安置点\n"
#define GOOD   "610322-0001,李四,,5,,,,,,610322101.town,,"

static anju_status read_row(struct desk *d, const char *row, const char **key, json_t **data)
{
	char text[1024];
	int n = snprintf(text, sizeof text, HEADER "%s\n", row);
	if (d->mapping.wf == NULL)
		assert_ok(mapping_load(
				  TEST_DATA "/import", "household", d->packs, &d->mapping, &d->err),
			d->err);
	assert_ok(desk_read(d, text, (size_t)n), d->err);
	cr_assert_eq(d->table.rows_len, 1);
	assert_ok(mapping_bind(&d->mapping, &d->table, &d->err), d->err);
	return mapping_row(&d->mapping, pack_set_org(d->packs), &d->table, &d->table.rows[0], key,
		data, &d->err);
}

ANJU_TEST(row, becomes_key_and_data)
{
	struct desk d;
	const char *key = NULL;
	desk_open(&d);
	ANJU_AUTO_JSON *data = NULL;
	assert_ok(read_row(&d,
			  "610322-0001,李四,61032219900101123X,5,是,75.00,1200000,分散,\"新; "
			  "旧；老\",城关镇,2017-08-31,S1",
			  &key, &data),
		d.err);
	cr_assert_str_eq(key, "610322-0001");
	ANJU_AUTO_JSON *want = json_pack(
		"{s:s, s:s, s:i, s:b, s:s, s:i, s:s, s:[s,s,s], s:s, s:s, s:s}", "head", "李四",
		"id_number", "61032219900101123X", "persons", 5, "poor", 1, "area_m2", "75.00",
		"subsidy", 1200000, "mode", "scattered", "tags", "新", "旧", "老", "town",
		"610322101.town", "moved", "2017-08-31", "site", "site/S1");
	ANJU_AUTO_MEM char *text = json_text(data);
	cr_assert(json_equal(data, want), "%s", text);
	desk_done(&d);
}

ANJU_TEST(row, empty_cells_are_left_out)
{
	struct desk d;
	const char *key = NULL;
	desk_open(&d);
	ANJU_AUTO_JSON *data = NULL;
	assert_ok(read_row(&d, GOOD, &key, &data), d.err);
	cr_assert_eq(json_object_size(data), 3);
	desk_done(&d);
}

ANJU_TEST(row, faults_name_the_column)
{
	struct desk d;
	desk_open(&d);
	static const struct {
		const char *row, *id, *where, *found;
	} bad[] = {
		{",李四,,5,,,,,,610322101.town,,", "import.missing", "编号", ""},
		{"610322-0001,李四,,,,,,,,610322101.town,,", "import.missing", "人口", ""},
		{"610322-0001,李四,,5,,,,,,,,", "import.missing", "镇", ""},
		{"610322-0001,李四,,五,,,,,,610322101.town,,", "import.number", "人口", "五"},
		{"610322-0001,李四,,5.0,,,,,,610322101.town,,", "import.number", "人口", "5.0"},
		{"610322-0001,李四,,+5,,,,,,610322101.town,,", "import.number", "人口", "+5"},
		{"610322-0001,李四,,5 6,,,,,,610322101.town,,", "import.number", "人口", "5 6"},
		{"610322-0001,李四,,99999999999999999999,,,,,,610322101.town,,", "import.number",
			"人口", NULL},
		{"610322-0001,李四,,\"\n5\",,,,,,610322101.town,,", "import.number", "人口", NULL},
		{"610322-0001,李四,,0,,,,,,610322101.town,,", "field.range", "人口", "0"},
		{"610322-0001,李四,,21,,,,,,610322101.town,,", "field.range", "人口", "21"},
		{"610322-0001,李四,,5,对,,,,,610322101.town,,", "import.bool", "贫困户", "对"},
		{"610322-0001,李四,,5,,七十五,,,,610322101.town,,", "field.type", "面积", NULL},
		{"610322-0001,李四,,5,,75.001,,,,610322101.town,,", "field.scale", "面积", NULL},
		{"610322-0001,李四,,5,,,120.50,,,610322101.town,,", "import.number", "补助",
			"120.50"},
		{"610322-0001,李四,,5,,,-1,,,610322101.town,,", "field.range", "补助", "-1"},
		{"610322-0001,李四,,5,,,,散居,,610322101.town,,", "field.option", "方式", NULL},
		{"610322-0001,李四,,5,,,,,,610399.town,,", "import.unit", "镇", "610399.town"},
		{"610322-0001,李四,,5,,,,,,新镇,,", "import.unit_unclear", "镇", "新镇"},
		{"610322-0001,李四,,5,,,,,,610322101.town,2017-02-30,", "field.type", "搬迁日",
			NULL},
		{"610322-0001,李四,,5,,,,,,610322101.town,2017/8/31,", "field.type", "搬迁日",
			NULL},
		{"610322-0001,名字长得出奇的户主,,5,,,,,,610322101.town,,", "field.range", "户主",
			NULL},
		{"610322-0001,李\xff,,5,,,,,,610322101.town,,", "import.utf8", "户主", ""},
		{"610322-0001,李四,,5", "import.width", "", "4"},
		{GOOD ",x", "import.width", "", "13"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *key = NULL;
		json_t *data = NULL;
		assert_status(read_row(&d, bad[i].row, &key, &data), ANJU_E_INVALID);
		cr_assert_str_eq(d.err.id, bad[i].id, "%s: %s", bad[i].row, d.err.text);
		cr_assert_str_eq(d.err.where, bad[i].where, "%s", bad[i].row);
		if (bad[i].found != NULL)
			cr_assert_str_eq(d.err.found, bad[i].found, "%s", bad[i].row);
		cr_assert_null(data);
	}
	desk_done(&d);
}

ANJU_TEST(row, what_is_sensitive_stays_out_of_messages)
{
	struct desk d;
	const char *key = NULL;
	json_t *data = NULL;
	desk_open(&d);
	assert_status(read_row(&d, "610322-0001,李四,6103221990010112345,5,,,,,,610322101.town,,",
			      &key, &data),
		ANJU_E_INVALID);
	cr_assert_str_eq(d.err.id, "field.pattern");
	cr_assert_str_eq(d.err.where, "身份证");
	cr_assert_null(strstr(d.err.found, "1990"), "%s", d.err.found);
	cr_assert_null(strstr(d.err.text, "1990"), "%s", d.err.text);
	desk_done(&d);
}
