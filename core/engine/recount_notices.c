/* Notices that were loaded, as the store keeps them; and what dates are counted with, to see that it has changed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/messages.h"
#include "base/timestamp.h"
#include "engine/recount_impl.h"

/* --- what dates are counted with --- */

static json_t *hash_of(const json_t *v)
{
	char hex[HASH_HEX_CHARS];
	uint8_t digest[HASH_BYTES];
	ANJU_AUTO_MEM char *text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	if (text == NULL)
		return NULL;
	hash_sha256(&(struct hash_part){.data = text, .len = strlen(text)}, 1, digest);
	return json_string(hash_hex(digest, hex));
}

/* What the packs fill in, a later one before an earlier one. */
static json_t *local_values(const struct pack_set *packs)
{
	ANJU_AUTO_JSON *all = json_object();
	struct pack_source src;
	for (size_t i = 0; all != NULL && pack_set_source(packs, i, &src); i++) {
		json_t *own = json_object_get(src.doc, "local");
		if (own != NULL && json_object_update(all, own) != 0)
			return NULL;
	}
	return json_incref(all);
}

/* Offices are reorganised: which units a role means is then looked up again. Words and contacts do not matter here. */
static json_t *units_of(const struct pack_set *packs)
{
	const struct org *org = pack_set_org(packs);
	ANJU_AUTO_JSON *all = json_array();
	for (size_t i = 0; all != NULL && i < org_count(org); i++) {
		const struct unit *u = org_at(org, i);
		json_t *one = json_pack(
			"[s, s, s, s, s?]", u->code, u->kind, u->level, u->region, u->parent);
		if (json_array_append_new(all, one) != 0)
			return NULL;
	}
	return json_incref(all);
}

json_t *recount_fingerprint(const struct calendar *calendar, const struct pack_set *packs)
{
	ANJU_AUTO_JSON *all = json_object();
	json_t *years = json_object();
	if (all == NULL || json_object_set_new(all, "years", years) != 0)
		return NULL;
	for (int year = DATE_MIN_YEAR; year <= DATE_MAX_YEAR; year++) {
		const json_t *notice = calendar_year_notice(calendar, year);
		char name[8];
		snprintf(name, sizeof name, "%d", year);
		if (notice != NULL && json_object_set_new(years, name, hash_of(notice)) != 0)
			return NULL;
	}
	ANJU_AUTO_JSON *local = local_values(packs);
	if (local == NULL || (json_object_size(local) > 0 &&
				     json_object_set_new(all, "local", hash_of(local)) != 0))
		return NULL;
	ANJU_AUTO_JSON *units = units_of(packs);
	if (units == NULL || json_object_set_new(all, "units", hash_of(units)) != 0)
		return NULL;
	return json_incref(all);
}

static char *ANJU_PRINTF(1, 2) sentence(const char *form, ...)
{
	struct buf out = BUF_INIT;
	va_list ap;
	va_start(ap, form);
	buf_addv(&out, form, ap);
	va_end(ap);
	return buf_take(&out);
}

static bool complete(char *ret[2])
{
	if (ret[LANG_ZH] != NULL && ret[LANG_EN] != NULL)
		return true;
	free(ret[LANG_ZH]);
	free(ret[LANG_EN]);
	ret[LANG_ZH] = ret[LANG_EN] = NULL;
	return false;
}

static const char *text_of(const json_t *v, const char *member)
{
	const char *s = json_string_value(json_object_get(v, member));
	return s != NULL ? s : "";
}

bool recount_notice_words(const json_t *notice, char *ret[2])
{
	const json_t *document = calendar_notice_document(notice);
	const json_t *title = json_object_get(document, "title");
	const char *number = text_of(document, "number");
	char year[16];
	snprintf(year, sizeof year, "%lld",
		(long long)json_integer_value(json_object_get(notice, "year")));
	if (document != NULL) {
		ret[LANG_ZH] = sentence("%s《%s》", number, text_of(title, "zh"));
		ret[LANG_EN] = sentence("%s (%s)", text_of(title, "en"), number);
	} else {
		ret[LANG_ZH] = sentence("%s年暂定日历", year);
		ret[LANG_EN] = sentence("provisional calendar of %s", year);
	}
	return complete(ret);
}

/* Years whose notice is another one; the words of one that has it, for a single year. */
static size_t changed_years(
	const json_t *before, const json_t *now, struct buf *names, int *ret_year)
{
	const json_t *old = json_object_get(before, "years"), *new = json_object_get(now, "years");
	size_t n = 0;
	for (int year = DATE_MIN_YEAR; year <= DATE_MAX_YEAR; year++) {
		char name[8];
		snprintf(name, sizeof name, "%d", year);
		const json_t *a = json_object_get(old, name), *b = json_object_get(new, name);
		if (a == b || (a != NULL && b != NULL && json_equal(a, b)))
			continue;
		buf_addf(names, "%s%s", n++ > 0 ? ", " : "", name);
		*ret_year = year;
	}
	return n;
}

bool recount_difference(const json_t *before, const json_t *now, const struct calendar *calendar,
	char *ret[2], bool *ret_all)
{
	ANJU_AUTO_BUF years = BUF_INIT;
	int year = 0;
	const json_t *a = json_object_get(before, "local"), *b = json_object_get(now, "local");
	bool local = a != b && (a == NULL || b == NULL || !json_equal(a, b));
	size_t n = changed_years(before, now, &years, &year);
	*ret_all = local;
	if (n == 0 && !local) {
		ret[LANG_ZH] = sentence("单位有变动");
		ret[LANG_EN] = sentence("units have changed");
		return complete(ret);
	}
	if (n == 1 && !local && calendar_year_notice(calendar, year) != NULL)
		return recount_notice_words(calendar_year_notice(calendar, year), ret);
	const char *text = years.data != NULL ? years.data : "";
	if (local && n == 0) {
		ret[LANG_ZH] = sentence("包中的本地取值已改变");
		ret[LANG_EN] = sentence("the packs' local values have changed");
	} else {
		ret[LANG_ZH] = sentence(
			"%s年的节假日安排已改变%s", text, local ? "，包中的本地取值也已改变" : "");
		ret[LANG_EN] = sentence("the holidays of %s have changed%s", text,
			local ? ", and so have the packs' local values" : "");
	}
	return complete(ret);
}

/* --- the kept notices --- */

anju_status recount_read_notices(const char *folder, json_t **ret, anju_error *err)
{
	ANJU_AUTO(store_reader) reader = NULL;
	const char *text = "{}";
	anju_status st = store_reader_open(folder, &reader, err);
	if (st == ANJU_OK)
		st = store_read_meta(reader, RECOUNT_NOTICES, &text, err);
	if (st != ANJU_OK && st != ANJU_E_NOTFOUND)
		return st;
	*ret = json_loads(st == ANJU_OK ? text : "{}", 0, NULL);
	return *ret != NULL ? ANJU_OK : anju_fail_nomem(err);
}

anju_status recount_add_loaded(const char *folder, struct calendar *calendar, anju_error *err)
{
	ANJU_AUTO_JSON *all = NULL;
	anju_status st = recount_read_notices(folder, &all, err);
	const char *year;
	json_t *kept;
	if (st != ANJU_OK)
		return st;
	json_object_foreach(all, year, kept) {
		const json_t *notice = json_object_get(kept, "notice");
		const json_t *other = calendar_year_notice(calendar, (int)strtol(year, NULL, 10));
		if (other != NULL && calendar_compare_notices(notice, other) < 0)
			continue;
		anju_error why = {0};
		st = calendar_add_year(calendar, notice, "", &why);
		if (st == ANJU_OK)
			continue;
		(void)anju_fail(err, ANJU_E_CORRUPT, "calendar.kept", "the stored notice of %s: %s",
			year, why.text);
		anju_error_found(err, "%s", year);
		return ANJU_E_CORRUPT;
	}
	return ANJU_OK;
}

/* --- the list of years --- */

static void add_year(int year, const json_t *notice, const json_t *kept, struct buf *out)
{
	const json_t *loaded = json_object_get(kept, "notice");
	bool is_loaded = notice != NULL && loaded != NULL && json_equal(notice, loaded);
	const json_t *source = json_object_get(notice, "source");
	ANJU_AUTO_MEM char *text = json_text(source);
	char at[TIMESTAMP_MAX_CHARS];
	const char *by = text_of(kept, "by");
	const char *status = notice != NULL ? text_of(notice, "status") : "provisional";
	buf_addf(out, "{\"year\":%d,\"status\":\"%s\",\"from\":\"%s\",\"source\":%s", year, status,
		notice == NULL ? "none"
		: is_loaded    ? "loaded"
			       : "plugin",
		source != NULL && text != NULL ? text : "null");
	if (is_loaded) {
		int64_t at_ms = json_integer_value(json_object_get(kept, "at"));
		buf_addf(out, ",\"loaded_at\":\"%s\",\"loaded_by\":", timestamp_format(at_ms, at));
		buf_add_json_string(out, by, strlen(by));
	} else {
		buf_adds(out, ",\"loaded_at\":null,\"loaded_by\":null");
	}
	buf_addc(out, '}');
}

anju_status recount_years(struct recounts *set, int64_t now_ms, struct buf *out, anju_error *err)
{
	ANJU_AUTO_JSON *all = NULL;
	anju_status st = recount_read_notices(set->folder, &all, err);
	if (st != ANJU_OK)
		return st;
	ANJU_AUTO(calendar) calendar = engine_calendar(set->options.engine);
	int this_year, month, day;
	bool any = false;
	civil_from_days(timestamp_to_day(now_ms), &this_year, &month, &day);
	buf_addc(out, '[');
	for (int year = DATE_MIN_YEAR; year <= DATE_MAX_YEAR; year++) {
		char name[8];
		snprintf(name, sizeof name, "%d", year);
		const json_t *notice = calendar_year_notice(calendar, year);
		bool soon = year == this_year || year == this_year + 1;
		if (notice == NULL && !soon)
			continue;
		if (any)
			buf_addc(out, ',');
		add_year(year, notice, json_object_get(all, name), out);
		any = true;
	}
	buf_addc(out, ']');
	return ANJU_OK;
}
