#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "pack/pack.h"
#include "unit/support.h"

/* The sound pack, extended by the pack q of the case if it has one. */
static struct pack_set *load_case(const char *name)
{
	char dir[] = "/tmp/anju-pack-XXXXXX", path[600], link[600];
	const char *root = getenv("ANJU_TEST_PACKS");
	anju_error err = {0};
	struct pack_set *set = NULL;
	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/sound/p", root);
	snprintf(link, sizeof link, "%s/p", dir);
	cr_assert_eq(symlink(path, link), 0);
	snprintf(path, sizeof path, "%s/%s/q", root, name);
	snprintf(link, sizeof link, "%s/q", dir);
	cr_assert_eq(symlink(path, link), 0); /* may lead nowhere */
	struct pack_options options = {.dir = dir};
	assert_ok(pack_load(&options, &set, &err), err);
	cr_assert_eq(unlink(link), 0);
	snprintf(link, sizeof link, "%s/p", dir);
	cr_assert(unlink(link) == 0 && rmdir(dir) == 0);
	return set;
}

ANJU_TEST(pack, layers_are_merged)
{
	ANJU_AUTO(pack_set) set = load_case("layer_tightens");
	cr_assert_str_eq(pack_set_name(set), "q");
	ANJU_AUTO_JSON *want =
		json_loads("{\"min\":2017,\"max\":2020,\"force\":\"MUST\"}", 0, NULL);
	const json_t *rules = pack_set_rules(set);
	cr_assert(json_equal(json_object_get(rules, "years"), want));
	const json_t *area = json_object_get(rules, "area_per_person_m2");
	cr_assert_str_eq(json_string_value(json_object_get(area, "max")), "20.00");
	cr_assert(json_is_true(json_object_get(area, "red_line")), "inherited");
	cr_assert_eq(json_array_size(pack_set_plugins(set)), 1);
	cr_assert_eq(pack_set_digest_minute(set), 7 * 60 + 45);
	/* the same files under other rules are another definition */
	ANJU_AUTO(pack_set) plain = load_case("sound");
	cr_assert_str_neq(pack_set_workflow(set, "home")->hash_hex,
		pack_set_workflow(plain, "home")->hash_hex);
	ANJU_AUTO(pack_set) reworded = load_case("layer_rewords_message");
	cr_assert_str_eq(pack_set_message(reworded, "remind.sign", LANG_EN), "Hurry");
	cr_assert_str_eq(pack_set_message(plain, "remind.sign", LANG_EN), "Please sign");
	cr_assert_null(pack_set_message(plain, "remind.nobody", LANG_ZH));
	cr_assert_str_eq(pack_set_workflow(reworded, "home")->hash_hex,
		pack_set_workflow(plain, "home")->hash_hex);
}

/* Whoever names a schema for an editor strands no case. */
ANJU_TEST(pack, schema_is_no_part_of_a_definition)
{
	static const char *const files[] = {"pack.json", "units.json", "messages.json",
		"obligations.json", "site.workflow.json"};
	char dir[] = "/tmp/anju-pack-XXXXXX", from[600], to[600];
	const char *root = getenv("ANJU_TEST_PACKS");
	anju_error err = {0};
	cr_assert_not_null(mkdtemp(dir));
	snprintf(to, sizeof to, "%s/p", dir);
	cr_assert_eq(mkdir(to, 0700), 0);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(from, sizeof from, "%s/sound/p/%s", root, files[i]);
		snprintf(to, sizeof to, "%s/p/%s", dir, files[i]);
		cr_assert_eq(symlink(from, to), 0);
	}
	snprintf(from, sizeof from, "%s/sound/p/home.workflow.json", root);
	ANJU_AUTO_JSON *home = json_load_file(from, 0, NULL);
	cr_assert_eq(json_object_set_new(home, "$schema", json_string("x.json")), 0);
	snprintf(to, sizeof to, "%s/p/home.workflow.json", dir);
	cr_assert_eq(json_dump_file(home, to, 0), 0);
	struct pack_options options = {.dir = dir};
	ANJU_AUTO(pack_set) named = NULL;
	ANJU_AUTO(pack_set) plain = load_case("sound");
	assert_ok(pack_load(&options, &named, &err), err);
	cr_assert_str_eq(pack_set_workflow(named, "home")->hash_hex,
		pack_set_workflow(plain, "home")->hash_hex);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(from, sizeof from, "%s/p/%s", dir, files[i]);
		cr_assert_eq(unlink(from), 0);
	}
	cr_assert_eq(unlink(to), 0);
	snprintf(to, sizeof to, "%s/p", dir);
	cr_assert(rmdir(to) == 0 && rmdir(dir) == 0);
}

ANJU_TEST(pack, a_workflow_as_loaded)
{
	ANJU_AUTO(pack_set) set = load_case("sound");
	cr_assert_eq(pack_set_workflow_count(set), 2);
	cr_assert_null(pack_set_workflow(set, "house"));
	struct workflow *wf = pack_set_workflow(set, "home");
	cr_assert_str_eq(wf->version, "1.0.0");
	cr_assert_str_eq(wf->pack, "p");
	cr_assert_str_eq(wf->title.text[LANG_EN], "Home");
	cr_assert_str_eq(wf->region_field, "registration_town");
	cr_assert_eq(wf->fields_len, 7);
	const struct field *persons = workflow_field(wf, "persons");
	cr_assert(persons != NULL && persons->required && persons->has_min && !persons->has_max);
	cr_assert_eq(persons->until, chart_state_by_path(wf->chart, "agree.signed"));
	cr_assert_null(workflow_field(wf, "person"));
	cr_assert_null(workflow_field(wf, "persons_"));
	cr_assert_eq(workflow_delay(wf, "vacate")->duration.n, 90);
	cr_assert_not_null(workflow_doc(wf, "agreement.relocation"));
	cr_assert_eq(wf->open_by.len, 1);

	const struct state_rule *signed_ = &wf->states[persons->until];
	cr_assert_str_eq(signed_->phase, "agree", "inherited");
	cr_assert_eq(signed_->locks_len, 1);
	cr_assert_eq(&wf->fields[signed_->locks[0]], persons);
	cr_assert_eq(signed_->meets_len, 1);
	const struct deadline_def *d = &wf->deadlines[signed_->meets[0]];
	cr_assert_str_eq(d->name, "sign");
	cr_assert_eq(d->met, persons->until);
	cr_assert_eq(d->rungs_len, 3);
	cr_assert(d->due != NULL && d->when != NULL);
	cr_assert_eq(d->due_when_len, 1);
	cr_assert_not_null(d->due_when[0].expr);
	cr_assert(strstr(d->due_when[0].pointer, "/due/0/when") != NULL);
	const struct state_rule *agree = &wf->states[chart_state_by_path(wf->chart, "agree")];
	cr_assert_eq(agree->arms_len, 1);
	cr_assert_eq(wf->states[chart_state_by_path(wf->chart, "agree.survey")].unlocks_len, 1);
	cr_assert_str_eq(wf->states[0].phase, "");

	const struct obligation *o = pack_set_obligation_at(set, 0);
	cr_assert_eq(pack_set_obligation_count(set), 1);
	cr_assert_str_eq(o->rrule, "FREQ=MONTHLY;BYMONTHDAY=1");
	cr_assert_eq(o->start, civil_to_days(2017, 9, 1));
	cr_assert_null(pack_set_obligation_at(set, 1));
}

static const struct chart_transition *transition(const struct workflow *wf, const char *event)
{
	for (uint32_t i = 0; i < chart_transition_count(wf->chart); i++) {
		if (strcmp(chart_transition_at(wf->chart, i)->descriptor, event) == 0)
			return chart_transition_at(wf->chart, i);
	}
	cr_assert(false, "%s", event);
	return NULL;
}

ANJU_TEST(pack, transitions_guards_and_actions)
{
	ANJU_AUTO(pack_set) set = load_case("sound");
	struct workflow *wf = pack_set_workflow(set, "home");
	const struct chart_transition *t = transition(wf, "sign");
	const struct transition_rule *rule = &wf->transitions[t->index];
	cr_assert_eq(rule->by.len, 1);
	cr_assert_eq(rule->by.roles[0].scope, ROLE_LEVEL);
	cr_assert_eq(rule->needs_len, 1);
	cr_assert_eq(rule->requires[0], workflow_field(wf, "area_m2"));
	cr_assert_eq(json_array_size(rule->rows), 1);
	const struct guard *guard = t->guard->user;
	cr_assert(guard->kind == GUARD_CEL && guard->expr != NULL);
	cr_assert_str_eq(guard->refusal.text[LANG_EN], "Too large");
	guard = transition(wf, "annul")->guard->user;
	cr_assert_eq(guard->kind, GUARD_POLICY);
	cr_assert_str_eq(guard->plugin, "policy_demo");
	cr_assert_str_eq(guard->function, "may_annul");
	guard = transition(wf, "finish")->guard->user;
	cr_assert_eq(guard->kind, GUARD_IN);
	cr_assert_eq(guard->state, chart_state_by_path(wf->chart, "agree.signed"));
	cr_assert_eq(
		wf->transitions[transition(wf, "finish")->index].by.roles[0].scope, ROLE_SYSTEM);
}

/* What the evaluator asks of a case. */
struct world {
	const struct workflow *wf;
	const char *state;
	json_t *households;
	int asked;
};

static bool in(void *ctx, uint32_t state)
{
	struct world *w = ctx;
	return state == chart_state_by_path(w->wf->chart, w->state);
}

static json_t *related(void *ctx, const struct relation *relation)
{
	struct world *w = ctx;
	w->asked++;
	return json_incref(w->households);
}

static anju_status evaluate(struct pack_vars *vars, const char *event, struct expr_arena *arena,
	struct expr_value *ret, anju_error *err)
{
	const struct guard *guard = transition(vars->wf, event)->guard->user;
	return pack_eval(guard->expr, vars, arena, ret, err);
}

ANJU_TEST(vars, a_guard_reads_case_rules_and_state)
{
	ANJU_AUTO(pack_set) set = load_case("sound");
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	struct world w = {.wf = pack_set_workflow(set, "home"), .state = "agree.survey"};
	ANJU_AUTO_JSON *data = json_pack("{sssi}", "area_m2", "125.00", "persons", 5);
	struct pack_vars vars = {.wf = w.wf,
		.data = data,
		.rules = pack_set_rules(set),
		.ctx = &w,
		.in = in,
		.related = related};
	struct expr_value v;
	anju_error err = {0};
	assert_ok(evaluate(&vars, "sign", arena, &v, &err), err);
	cr_assert(v.kind == EXPR_BOOL && v.b);
	json_object_set_new(data, "area_m2", json_string("125.05"));
	assert_ok(evaluate(&vars, "sign", arena, &v, &err), err);
	cr_assert_not(v.b);
	const struct guard *guard = transition(w.wf, "sign")->guard->user;
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	pack_explain(guard->expr, &vars, LANG_ZH, &zh);
	pack_explain(guard->expr, &vars, LANG_EN, &en);
	cr_assert(zh.len > 0 && strstr(zh.data, "面积") != NULL, "%s", zh.data);
	cr_assert(en.len > 0 && strstr(en.data, "Area") != NULL, "%s", en.data);
	json_object_set_new(data, "area_m2", json_string("1.00"));
	w.state = "done";
	assert_ok(evaluate(&vars, "sign", arena, &v, &err), err);
	cr_assert_not(v.b, "In() looks at the case");
	/* a field that is not set cannot be judged, unless the rest decides without it */
	json_object_del(data, "area_m2");
	assert_ok(evaluate(&vars, "sign", arena, &v, &err), err);
	cr_assert_not(v.b);
	w.state = "agree.survey";
	assert_status(evaluate(&vars, "sign", arena, &v, &err), ANJU_E_REFUSED);
	cr_assert_eq(strncmp(err.id, "expr.eval", 9), 0);
	cr_assert_eq(w.asked, 0);
}

ANJU_TEST(vars, related_cases_are_fetched_once)
{
	ANJU_AUTO(pack_set) set = load_case("sound");
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	ANJU_AUTO_JSON *households =
		json_loads("[{\"key\":\"1\",\"states\":[\"agree.signed\"]}]", 0, NULL);
	ANJU_AUTO_JSON *data = json_object();
	struct world w = {.wf = pack_set_workflow(set, "site"), .households = households};
	struct pack_vars vars = {.wf = w.wf,
		.data = data,
		.rules = pack_set_rules(set),
		.ctx = &w,
		.related = related};
	struct expr_value v;
	anju_error err = {0};
	assert_ok(evaluate(&vars, "household_signed", arena, &v, &err), err);
	cr_assert(v.b);
	cr_assert_eq(w.asked, 1);
	json_array_append_new(households, json_pack("{s[s]}", "states", "agree.survey"));
	assert_ok(evaluate(&vars, "household_signed", arena, &v, &err), err);
	cr_assert_not(v.b);
	w.households = NULL;
	assert_status(evaluate(&vars, "household_signed", arena, &v, &err), ANJU_E_REFUSED);
}

static struct expr_value run(
	const struct action *a, struct pack_vars *vars, struct expr_arena *arena)
{
	struct expr_value v = {0};
	anju_error err = {0};
	assert_ok(pack_eval(a->expr, vars, arena, &v, &err), err);
	return v;
}

struct actions {
	const struct action *of[8];
	size_t len;
};

static enum chart_verdict yes(void *ctx, struct chart_step *step, const struct chart_call *guard,
	const struct chart_event *event)
{
	return CHART_TRUE;
}

static anju_status collect(void *ctx, struct chart_step *step, const struct chart_effect *effect,
	const struct chart_event *event, anju_error *err)
{
	struct actions *a = ctx;
	if (effect->kind == CHART_EFFECT_ACTION)
		a->of[a->len++] = effect->call->user;
	return ANJU_OK;
}

ANJU_TEST(vars, actions_compute_values)
{
	ANJU_AUTO(pack_set) set = load_case("sound");
	ANJU_AUTO(expr_arena) arena = expr_arena_new();
	const struct workflow *wf = pack_set_workflow(set, "home");
	struct actions a = {0};
	struct chart_host host = {.ctx = &a, .guard = yes, .effect = collect};
	ANJU_AUTO(chart_snapshot) snap = NULL;
	anju_error err = {0};
	bool handled;
	assert_ok(chart_start(wf->chart, &host, &snap, &err), err);
	struct chart_event sign = {.type = "sign"}, finish = {.type = "finish"};
	assert_ok(chart_step(wf->chart, snap, &sign, &host, &handled, &err), err);
	assert_ok(chart_step(wf->chart, snap, &finish, &host, &handled, &err), err);
	cr_assert_eq(a.len, 4);
	ANJU_AUTO_JSON *data = json_pack("{si}", "persons", 4);
	struct pack_vars vars = {.wf = wf,
		.data = data,
		.rules = pack_set_rules(set),
		.key = "0007",
		.effective_ms = 1502841600123};
	struct expr_value v = run(a.of[0], &vars, arena);
	cr_assert_eq(a.of[0]->kind, ACTION_ASSIGN);
	cr_assert_eq(a.of[0]->field, workflow_field(wf, "signed_on"));
	cr_assert(v.kind == EXPR_TIMESTAMP && v.time.seconds == 1502841600);
	cr_assert_eq(v.time.nanos, 123000000);
	cr_assert_eq(a.of[1]->kind, ACTION_SEND);
	cr_assert_eq(a.of[1]->relation, workflow_relation(wf, "site"));
	const struct action *open = a.of[2];
	cr_assert_eq(open->kind, ACTION_OPEN);
	v = run(open, &vars, arena);
	cr_assert(v.str.len == 6 && memcmp(v.str.s, "s-0007", 6) == 0);
	cr_assert_eq(open->data_len, 2);
	cr_assert_eq(a.of[3]->kind, ACTION_RAISE);
}

ANJU_TEST(field, check_each_type)
{
	ANJU_AUTO(pack_set) set = load_case("sound");
	const struct workflow *wf = pack_set_workflow(set, "home");
	static const struct {
		const char *field, *value, *id;
	} cases[] = {
		{"registration_town", "\"town\"", NULL},
		{"registration_town", "\"city\"", "field.unit"},
		{"registration_town", "7", "field.type"},
		{"persons", "1", NULL},
		{"persons", "0", "field.range"},
		{"persons", "1.5", "field.type"},
		{"persons", "\"1\"", "field.type"},
		{"area_m2", "\"132.00\"", NULL},
		{"area_m2", "\"132\"", NULL},
		{"area_m2", "132.0", "field.type"},
		{"area_m2", "\"132.005\"", "field.scale"},
		{"area_m2", "\"1e2\"", "field.type"},
		{"signed_on", "\"2017-08-31\"", NULL},
		{"signed_on", "\"2017-02-30\"", "field.type"},
		{"mode", "\"apart\"", NULL},
		{"mode", "\"alone\"", "field.option"},
		{"note", "\"好\"", NULL},
		{"note", "\" x\"", "field.pattern"},
		{"note", "null", "field.type"},
		{"note", "\"0123456789012345678901234567890123456789\"", NULL},
		{"note", "\"01234567890123456789012345678901234567890\"", "field.range"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		anju_error err = {0};
		ANJU_AUTO_JSON *v = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
		anju_status st =
			field_check(workflow_field(wf, cases[i].field), pack_set_org(set), v, &err);
		cr_assert_eq(st == ANJU_OK, cases[i].id == NULL, "%s %s", cases[i].field,
			cases[i].value);
		if (cases[i].id == NULL)
			continue;
		cr_assert_str_eq(err.id, cases[i].id, "%s %s", cases[i].field, cases[i].value);
		cr_assert_str_eq(err.where + strlen("/data/"), cases[i].field);
		cr_assert(err.allowed[0] != '\0');
		cr_assert_not_null(message_template(err.id, LANG_ZH), "%s", err.id);
	}
}

ANJU_TEST(field, lists_are_sets_and_secrets_stay)
{
	static const char *options[] = {"a", "b"};
	static struct label titles[] = {{{"甲", "first"}}, {{"乙", "second"}}};
	struct field list = {.name = "l", .type = FIELD_LIST, .max_chars = 3};
	struct field secret = {.name = "s",
		.type = FIELD_MONEY,
		.sensitive = true,
		.has_max = true,
		.max = {10, 1}};
	anju_error err = {0};
	ANJU_AUTO_JSON *twice = json_pack("[sss]", "a", "b", "a");
	ANJU_AUTO_JSON *mixed = json_pack("[si]", "a", 1);
	ANJU_AUTO_JSON *lengthy = json_pack("[s]", "abcd");
	assert_ok(field_check(&list, NULL, twice, &err), err);
	assert_status(field_check(&list, NULL, mixed, &err), ANJU_E_INVALID);
	assert_status(field_check(&list, NULL, lengthy, &err), ANJU_E_INVALID);
	list.options = options;
	list.option_titles = titles;
	list.options_len = 2;
	assert_status(field_check(&list, NULL, twice, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "field.option");
	ANJU_AUTO_JSON *money = json_integer(4242);
	assert_status(field_check(&secret, NULL, money, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.found, "\"***\"");
	cr_assert_null(strstr(err.text, "4242"));
}

ANJU_TEST(field, options_have_words)
{
	static const char *ids[] = {"central", "apart"};
	static struct label titles[] = {{{"集中", "Central"}}, {{"分散", "Apart"}}};
	const struct field f = {.name = "mode",
		.type = FIELD_ENUM,
		.options = ids,
		.option_titles = titles,
		.options_len = 2};
	cr_assert_str_eq(field_option(&f, "apart"), "apart");
	cr_assert_str_eq(field_option(&f, "分散"), "apart");
	cr_assert_str_eq(field_option(&f, "Central"), "central");
	cr_assert_null(field_option(&f, "楼房"));
	cr_assert_null(field_option(&f, ""));
	cr_assert_eq(field_option_title(&f, "apart"), &titles[1]);
	cr_assert_null(field_option_title(&f, "分散"));
	/* a case holds ids: words are refused, and the refusal has both */
	anju_error err = {0};
	ANJU_AUTO_JSON *word = json_string("分散");
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	assert_status(field_check(&f, NULL, word, &err), ANJU_E_INVALID);
	message_render_error(&zh, &err, LANG_ZH);
	message_render_error(&en, &err, LANG_EN);
	cr_assert_not_null(strstr(zh.data, "central（集中） apart（分散）"), "%s", zh.data);
	cr_assert_null(strstr(zh.data, "Central"), "%s", zh.data);
	cr_assert_not_null(strstr(en.data, "central (Central) apart (Apart)"), "%s", en.data);
}

ANJU_TEST(field, many_options_are_cut_between_two)
{
	static const char *ids[40];
	static struct label titles[40];
	for (size_t i = 0; i < 40; i++) {
		ids[i] = "some_option_of_many";
		titles[i] = (struct label){{"许多选项之一", "One of many options"}};
	}
	const struct field f = {.name = "mode",
		.type = FIELD_ENUM,
		.options = ids,
		.option_titles = titles,
		.options_len = 40};
	anju_error err = {0};
	ANJU_AUTO_JSON *none = json_string("none");
	ANJU_AUTO_BUF zh = BUF_INIT;
	assert_status(field_check(&f, NULL, none, &err), ANJU_E_INVALID);
	message_render_value(&zh, err.allowed, LANG_ZH);
	cr_assert_str_eq(zh.data + zh.len - strlen("） …"), "） …");
}

ANJU_TEST(pack, load_says_why_not)
{
	anju_error err = {0};
	struct pack_set *set = NULL;
	struct pack_options options = {.dir = "/nonexistent"};
	assert_status(pack_load(&options, &set, &err), ANJU_E_NOTFOUND);
	char dir[512];
	snprintf(dir, sizeof dir, "%s/sound", getenv("ANJU_TEST_PACKS"));
	options = (struct pack_options){.dir = dir, .leaf = "../sound"};
	assert_status(pack_load(&options, &set, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "pack.unknown_pack");
	options.leaf = "q";
	assert_status(pack_load(&options, &set, &err), ANJU_E_INVALID);
	cr_assert_str_eq(err.id, "pack.unknown_pack");
	cr_assert_null(set);
}

static void show(void *ctx, const anju_error *err)
{
	fprintf(stderr, "%s %s#%s found %s allowed %s\n", err->id, err->file, err->where,
		err->found, err->allowed);
}

ANJU_TEST(pack, shipped_packs_are_sound)
{
	anju_error err = {0};
	ANJU_AUTO(pack_set) set = NULL;
	struct pack_options options = {.dir = getenv("ANJU_WORKFLOWS"), .report = show};
	assert_ok(pack_load(&options, &set, &err), err);
	cr_assert(pack_set_workflow_count(set) > 0 && org_count(pack_set_org(set)) > 0);
}

/* The Nth allocation of jansson fails, once. */
static size_t countdown;
static bool struck;

static void *failing_malloc(size_t n)
{
	if (countdown > 0 && --countdown == 0) {
		struck = true;
		return NULL;
	}
	return malloc(n);
}

ANJU_TEST(pack, running_out_of_memory_leaves_nothing_behind, .timeout = 100)
{
	char dir[512];
	snprintf(dir, sizeof dir, "%s/sound", getenv("ANJU_TEST_PACKS"));
	struct pack_options options = {.dir = dir};
	size_t tries = 0;
	json_set_alloc_funcs(failing_malloc, free);
	do {
		anju_error err = {0};
		ANJU_AUTO(pack_set) set = NULL;
		struck = false;
		countdown = 1 + 13 * tries++;
		anju_status st = pack_load(&options, &set, &err);
		cr_assert_eq(st == ANJU_OK, set != NULL);
		cr_assert(st == ANJU_OK || err.id[0] != '\0');
	} while (struck);
	json_set_alloc_funcs(malloc, free);
	cr_assert(tries > 20);
}
