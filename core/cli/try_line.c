#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "cli/args.h"
#include "cli/try.h"

size_t try_words(char *line, char *words[TRY_WORDS_MAX])
{
	size_t n = 0;
	char *to = line;
	while (n < TRY_WORDS_MAX) {
		line += strspn(line, " \t\r\n");
		if (*line == '\0' || *line == '#')
			return n;
		words[n++] = to;
		char quote = '\0';
		for (; *line != '\0'; line++) {
			if (quote == '\0' && strchr(" \t\r\n", *line) != NULL)
				break;
			if (quote == '\0' && (*line == '"' || *line == '\''))
				quote = *line;
			else if (quote == *line)
				quote = '\0';
			else
				*to++ = *line;
		}
		bool more = *line != '\0';
		*to++ = '\0'; /* never beyond what was read: a word is no longer than its text */
		line += more;
	}
	return n;
}

void try_complain(struct try *t, const anju_error *err)
{
	t->trouble = true;
	(void)cli_fail(t->cli, CLI_USAGE, err);
}

static const json_t *fields_of(const struct workflow *wf)
{
	const json_t *meta = json_object_get(wf->source, "meta");
	return json_object_get(json_object_get(meta, "anju"), "fields");
}

/* The member as an object or array of the act, made when it is not there. */
static json_t *grown(json_t *act, const char *key, bool list)
{
	json_t *v = json_object_get(act, key);
	if (v == NULL) {
		v = list ? json_array() : json_object();
		json_object_set_new(act, key, v);
	}
	return v;
}

static bool needs_value(struct try *t, const char *option)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option_empty", "%s needs a value", option);
	anju_error_where(&err, "%s", option);
	try_complain(t, &err);
	return false;
}

static bool unknown_option(struct try *t, const char *option)
{
	anju_error err = {0};
	(void)anju_fail(&err, ANJU_E_INVALID, "cli.option", "no option %s", option);
	anju_error_found(&err, "%s", option);
	anju_error_allowed(&err, "--doc --reason --effective");
	try_complain(t, &err);
	return false;
}

static bool take_option(struct try *t, const char *option, const char *value, json_t *act)
{
	anju_error err = {0};
	if (strcmp(option, "--doc") == 0) {
		if (args_doc(value, grown(act, "docs", true), &err) == ANJU_OK)
			return true;
		try_complain(t, &err);
		return false;
	}
	if (strcmp(option, "--reason") == 0 || strcmp(option, "--effective") == 0) {
		json_object_set_new(act, option + 2, json_string(value));
		return true;
	}
	return unknown_option(t, option);
}

bool try_gather(struct try *t, char *const *words, size_t n, json_t *act)
{
	for (size_t i = 0; i < n; i++) {
		anju_error err = {0};
		if (strncmp(words[i], "--", 2) == 0) {
			if (i + 1 == n)
				return needs_value(t, words[i]);
			if (!take_option(t, words[i], words[i + 1], act))
				return false;
			i++;
			continue;
		}
		json_t *data = grown(act, "data", false);
		if (args_field(words[i], fields_of(t->wf), data, &err) != ANJU_OK) {
			try_complain(t, &err);
			return false;
		}
	}
	return true;
}
