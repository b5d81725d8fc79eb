/* Every sentence in both languages: Chinese in the one, English in the other. */
#include <ctype.h>
#include <errno.h>

#include "base/cleanup.h"
#include "base/messages.h"
#include "unit/support.h"

/* What a Chinese sentence may hold of Latin letters: names of formats and standards, and words that a
 * person types exactly like this. Each of more than three letters; shorter ones pass. */
static const char *const terms[] = {"JSON", "RPC", "SQLite", "POSIX", "Unix", "INTEGER", "BJ-R",
	"manual", "clock", "anjud", "socket", "kinds", "jsonrpc", "method", "params", "kind",
	"form", "null", "true", "false", "initial", "meta", "anju", "delays", "messages", "json",
	"pack", "unit", "string", "region", "relation", "field", "until", "acts_for", "admin",
	"root", "system", "county", "land", "allows", "decimal", "value", "start", "when", "next",
	"officer", "reason", "values", "each", "trigger", "recur", "shift", "edge", "length",
	"subject", "anjuctl", "store", "backup", "restore", "adopt"};

static bool known(const char *word, size_t n)
{
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		if (strlen(terms[i]) == n && memcmp(terms[i], word, n) == 0)
			return true;
	}
	return false;
}

/* Past {placeholders}, both of sentences and of phrases. */
static const char *skip_place(const char *p)
{
	const char *close = *p == '{' ? strchr(p, '}') : NULL;
	return close != NULL ? close + 1 : p;
}

/* Letters, and hyphens between them. */
static size_t word_length(const char *p)
{
	size_t n = 0;
	while (isalpha((unsigned char)p[n]) || p[n] == '_' ||
		(n > 0 && p[n] == '-' && isalpha((unsigned char)p[n + 1])))
		n++;
	return n;
}

/* The first word of more than three letters that does not belong into a Chinese sentence; "" if none. */
static void foreign_word(const char *text, char *out, size_t size)
{
	out[0] = '\0';
	for (const char *p = text; *p != '\0';) {
		const char *after = skip_place(p);
		if (after != p) {
			p = after;
			continue;
		}
		size_t n = word_length(p);
		if (n > 3 && !known(p, n)) {
			snprintf(out, size, "%.*s", (int)n, p);
			return;
		}
		p += n > 0 ? n : 1;
	}
}

static bool is_chinese(const char *p)
{
	return (unsigned char)*p >= 0xe4 && (unsigned char)*p <= 0xe9;
}

/* A Latin comma, colon … beside a Chinese character. */
static bool narrow_sign(const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (strchr(",;:!?()", *p) == NULL)
			continue;
		if (is_chinese(p + 1) || (p - text >= 3 && is_chinese(p - 3)))
			return true;
	}
	return false;
}

static bool says_what_to_write(const char *key)
{
	return strncmp(key, "mend.", 5) == 0 || strncmp(key, "rule.", 5) == 0 ||
	       strncmp(key, "lint.", 5) == 0;
}

ANJU_TEST(words, every_template_is_in_its_language)
{
	const char *key, *text[2];
	size_t wrong = 0, n = 0;
	for (; message_at(n, &key, text); n++) {
		char word[64];
		foreign_word(text[LANG_ZH], word, sizeof word);
		/* what to write into a file is named as it stands there */
		if (says_what_to_write(key))
			word[0] = '\0';
		if (word[0] != '\0' || narrow_sign(text[LANG_ZH])) {
			fprintf(stderr, "# %s: %s: %s\n", key,
				word[0] != '\0' ? word
						: "half-width sign (U+FF0C and so on are wanted)",
				text[LANG_ZH]);
			wrong++;
		}
		for (const char *p = text[LANG_EN]; *p != '\0'; p++) {
			if (!is_chinese(p))
				continue;
			fprintf(stderr, "# %s: Chinese in English: %s\n", key, text[LANG_EN]);
			wrong++;
			break;
		}
	}
	cr_assert_gt(n, 300);
	cr_assert_eq(wrong, 0);
}

/* The places of a template, in order of the alphabet. */
static void places_of(const char *template, char out[8])
{
	static const char *const names[] = {
		"{1}", "{2}", "{3}", "{allowed}", "{file}", "{found}", "{where}"};
	for (size_t i = 0; i < 7; i++)
		out[i] = strstr(template, names[i]) != NULL ? 'x' : '-';
	out[7] = '\0';
}

ANJU_TEST(words, phrases_say_the_same_in_both_languages)
{
	const char *key, *text[2];
	for (size_t i = 0; message_at(i, &key, text); i++) {
		char zh[8], en[8];
		/* the words of a library are left to those who read its language */
		bool theirs = strcmp(key, "say.sqlite") == 0 || strcmp(key, "say.posix_regex") == 0;
		if (strncmp(key, "say.", 4) != 0 || theirs)
			continue;
		places_of(text[LANG_ZH], zh);
		places_of(text[LANG_EN], en);
		cr_expect_str_eq(zh, en, "%s", key);
		cr_expect_str_eq(zh + 3, "----", "%s: found, allowed … inside a phrase", key);
	}
}

static const char *say(const char *value, enum lang lang)
{
	static char out[2][512];
	ANJU_AUTO_BUF b = BUF_INIT;
	message_render_value(&b, value, lang);
	snprintf(out[lang], sizeof out[lang], "%s", b.data != NULL ? b.data : "");
	return out[lang];
}

static void both(const char *value, const char *zh, const char *en)
{
	cr_expect_str_eq(say(value, LANG_ZH), zh, "%s: %s", value, say(value, LANG_ZH));
	cr_expect_str_eq(say(value, LANG_EN), en, "%s: %s", value, say(value, LANG_EN));
}

ANJU_TEST(words, phrases_with_arguments)
{
	both("@say.string", "字符串", "a string");
	both("@say.characters|40", "最多 40 个字符，不含 NUL", "at most 40 characters, no NUL");
	both("@say.value_required|mode|household", "mode 的值，流程 household 要求填写",
		"a value for mode, which workflow household requires");
	/* an argument that is a phrase, the last one with a bar in it, one too few */
	both("@say.member|name|@say.string", "“name”（字符串）", "\"name\" (a string)");
	both("@say.key_of|home|a|b", "流程 home 的编号：a|b", "a key of workflow home: a|b");
	both("@say.line_column|3", "第 3 行第  列", "line 3, column ");
	both("@say.string|more", "字符串", "a string");
	/* what only looks like one */
	both("@say.nonsense", "@say.nonsense", "@say.nonsense");
	both("@json.type", "@json.type", "@json.type");
	both("a @say.string", "a @say.string", "a @say.string");
	both("", "", "");
}

ANJU_TEST(words, values_with_words_in_them)
{
	ANJU_AUTO_BUF b = BUF_INIT;
	buf_adds(&b, "central");
	message_add_words(&b, "（集中）", " (Central)");
	buf_adds(&b, " other");
	both(b.data, "central（集中） other", "central (Central) other");
	/* cut anywhere it stays one language */
	for (size_t n = b.len; n > 0; n--) {
		b.data[n - 1] = '\0';
		cr_expect_null(strstr(say(b.data, LANG_ZH), "Ce"));
		cr_expect_null(strstr(say(b.data, LANG_EN), "集"));
		for (const char *p = say(b.data, LANG_ZH); *p != '\0'; p++)
			cr_expect((unsigned char)*p >= ' ', "a mark is shown");
	}
}

ANJU_TEST(words, found_holds_both_languages)
{
	anju_error err = {0};
	message_found_words(&err, "短", "short");
	both(err.found, "短", "short");
	char zh[400] = "", en[400];
	for (size_t i = 0; i + 3 < sizeof zh; i += 3)
		memcpy(zh + i, "长", 4);
	memset(en, 'e', sizeof en - 1);
	en[sizeof en - 1] = '\0';
	message_found_words(&err, zh, en);
	cr_assert(strlen(say(err.found, LANG_ZH)) > 80 && strlen(say(err.found, LANG_EN)) > 80);
	cr_assert_null(strchr(say(err.found, LANG_ZH), 'e'));
	message_found_words(NULL, "", "");
}

ANJU_TEST(words, sentences_read_as_one)
{
	anju_error err = {0};
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	(void)anju_fail(&err, ANJU_E_INVALID, "json.type", "x");
	anju_error_found(&err, "3");
	anju_error_allowed(&err, "@say.string");
	message_render_error(&zh, &err, LANG_ZH);
	message_render_error(&en, &err, LANG_EN);
	/* no blank between Chinese and Chinese */
	cr_assert_str_eq(zh.data, "类型不对：这里是 3，应为字符串");
	cr_assert_str_eq(en.data, "wrong type: found 3, expected a string");
}

ANJU_TEST(words, system_failures)
{
	anju_error err = {0};
	ANJU_AUTO_BUF zh = BUF_INIT, en = BUF_INIT;
	assert_status(
		anju_fail_errno(&err, ENOENT, "@say.opening|%s", "/no/such"), ANJU_E_NOTFOUND);
	cr_assert_str_eq(err.text, "opening /no/such: No such file or directory");
	message_render_error(&zh, &err, LANG_ZH);
	message_render_error(&en, &err, LANG_EN);
	cr_assert_str_eq(zh.data, "打开 /no/such 失败：没有这个文件或文件夹");
	cr_assert_str_eq(en.data, "opening /no/such failed: no such file or directory");
	cr_assert_str_eq(message_errno(EPROTO), "EPROTO");
	const char *key, *text[2];
	for (int e = 1; e < 130; e++) {
		const char *value = message_errno(e);
		bool found = value[0] != '@';
		for (size_t i = 0; !found && message_at(i, &key, text); i++)
			found = strcmp(key, value + 1) == 0;
		cr_expect(found, "%s", value);
	}
}

ANJU_TEST(words, english_cut_to_fit)
{
	char small[8], none[1];
	cr_assert_str_eq(message_english("@say.string", small, sizeof small), "a strin");
	cr_assert_str_eq(message_english("宝鸡宝鸡", small, sizeof small), "宝鸡");
	cr_assert_str_eq(message_english("@say.string", none, sizeof none), "");
}
