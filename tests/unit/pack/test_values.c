/* Packed values say what a JSON object would: checked against one, through random changes. */
#include "pack/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "pack/pack.h"
#include "unit/support.h"

struct world {
	struct pack_set *packs;
	const struct workflow *wf;
};

static void open_world(struct world *w)
{
	anju_error err = {0};
	char dir[600];
	snprintf(dir, sizeof dir, "%s/sound", getenv("ANJU_TEST_PACKS"));
	const struct pack_options options = {.dir = dir};
	*w = (struct world){0};
	assert_ok(pack_load(&options, &w->packs, &err), err);
	for (size_t i = 0; i < pack_set_workflow_count(w->packs); i++) {
		const struct workflow *wf = pack_set_workflow_at(w->packs, i);
		if (w->wf == NULL || wf->fields_len > w->wf->fields_len)
			w->wf = wf;
	}
	cr_assert_geq(w->wf->fields_len, 4);
}

static void same(const struct world *w, const struct values *v, const json_t *object)
{
	ANJU_AUTO_JSON *tree = values_json(w->wf, v);
	ANJU_AUTO_MEM char *expected = json_text(object), *got = json_text(tree);
	ANJU_AUTO_BUF text = BUF_INIT;
	values_write(w->wf, v, &text);
	cr_assert_str_eq(got, expected);
	cr_assert_str_eq(text.data, expected);
}

static json_t *some_value(unsigned n)
{
	static const char *const texts[] = {"", "a", "abc", "610322101.town",
		"\xe9\x99\x88\xe4\xbb\x93 \"\\\n\x01",
		"a text that is longer than most others are"};
	switch (n % 6) {
	case 0:
		return json_integer((json_int_t)n * 1000003 - 2000000000);
	case 1:
		return json_boolean(n & 8);
	case 2:
		return json_pack("[s, s, {s:i}]", "x", texts[n / 6 % 6], "k", (int)n);
	case 3:
		return json_real(n / 7.0);
	default:
		return json_string(texts[n / 6 % 6]);
	}
}

ANJU_TEST(values, hold_what_a_json_object_holds)
{
	struct world w;
	open_world(&w);
	struct values v = {0};
	ANJU_AUTO_JSON *object = json_object();
	uint64_t seed = 11;
	for (int i = 0; i < 3000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		unsigned n = (unsigned)(seed >> 33);
		const struct field *f = &w.wf->fields[n % w.wf->fields_len];
		ANJU_AUTO_JSON *value = n / 64 % 3 == 0 ? json_null() : some_value(n / 256);
		json_t *old = json_object_get(object, f->name);
		cr_assert_eq(values_has(w.wf, &v, f), old != NULL);
		cr_assert(values_is(w.wf, &v, f, old));
		cr_assert_eq(values_is(w.wf, &v, f, value), old != NULL && json_equal(old, value));
		const char *text = values_text(w.wf, &v, f->name);
		cr_assert_eq(text != NULL, json_is_string(old));
		cr_assert(text == NULL || strcmp(text, json_string_value(old)) == 0);
		cr_assert(values_set(w.wf, &v, f, value));
		if (json_is_null(value))
			json_object_del(object, f->name);
		else
			json_object_set(object, f->name, value);
		same(&w, &v, object);
	}
	struct values again = {0};
	cr_assert(values_read(w.wf, object, &again));
	same(&w, &again, object);
	values_done(&again);
	values_done(&v);
	pack_set_free(w.packs);
}

ANJU_TEST(values, keep_what_the_workflow_does_not_know)
{
	struct world w;
	open_world(&w);
	const struct field *f = &w.wf->fields[1];
	ANJU_AUTO_JSON *object = json_pack("{s:s, s:i, s:[i], s:s}", "stranger", "here", f->name, 3,
		"strange list", 7, "", "no name");
	struct values v;
	cr_assert(values_read(w.wf, object, &v));
	same(&w, &v, object);
	cr_assert_null(values_text(w.wf, &v, "stranger"));
	cr_assert_null(values_text(w.wf, &v, NULL));
	cr_assert(values_set(w.wf, &v, f, NULL));
	json_object_del(object, f->name);
	same(&w, &v, object);
	cr_assert_not(values_has(w.wf, &v, NULL));
	values_done(&v);
	pack_set_free(w.packs);
}

static void assert_locks(const struct world *w, const struct values *v, const char *expected)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	cr_assert_eq(values_write_locks(w->wf, v, &text), strcmp(expected, "[]") != 0);
	cr_assert_str_eq(text.data, expected);
}

ANJU_TEST(values, locks_stand_beside_the_values)
{
	struct world w;
	open_world(&w);
	const struct field *a = &w.wf->fields[0], *b = &w.wf->fields[1];
	ANJU_AUTO_JSON *value = json_string("text");
	ANJU_AUTO_MEM char *one = NULL, *both = NULL;
	cr_assert_gt(asprintf(&one, "[\"%s\"]", a->name), 0);
	cr_assert_gt(asprintf(&both, "[\"%s\",\"%s\"]", b->name, a->name), 0);
	struct values v = {0};
	assert_locks(&w, &v, "[]");
	cr_assert(values_lock(w.wf, &v, b, true));
	cr_assert(values_set(w.wf, &v, a, value));
	cr_assert(values_lock(w.wf, &v, a, true));
	cr_assert(values_lock(w.wf, &v, a, true));
	assert_locks(&w, &v, both);
	cr_assert(values_locked(w.wf, &v, a));
	cr_assert_not(values_has(w.wf, &v, b));
	cr_assert(values_lock(w.wf, &v, b, false));
	assert_locks(&w, &v, one);
	cr_assert_str_eq(values_text(w.wf, &v, a->name), "text");
	cr_assert(values_set(w.wf, &v, a, NULL));
	cr_assert(values_locked(w.wf, &v, a));
	cr_assert(values_lock(w.wf, &v, a, false));
	cr_assert_eq(v.len, 0);
	cr_assert_null(v.at);
	pack_set_free(w.packs);
}
