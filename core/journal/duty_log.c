#include "journal/duty_log.h"

#include <string.h>

#include "base/error.h"

const char *duty_log_op(const json_t *entry)
{
	const char *op = json_string_value(json_object_get(entry, "op"));
	return op != NULL ? op : "";
}

static anju_status add(json_t *log, json_t *entry)
{
	size_t n = json_array_size(log);
	if (duty_log_op(entry)[0] == '\0')
		return ANJU_E_INVALID;
	bool again = n > 0 && strcmp(duty_log_op(entry), "keep") == 0 &&
		     strcmp(duty_log_op(json_array_get(log, n - 1)), "keep") == 0;
	int bad = again ? json_array_set(log, n - 1, entry) : json_array_append(log, entry);
	return bad == 0 ? ANJU_OK : ANJU_E_NOMEM;
}

static anju_status merge_one(json_t *logs, const char *name, json_t *entries)
{
	size_t i;
	json_t *entry;
	if (json_is_null(entries)) {
		(void)json_object_del(logs, name); /* absent already is fine */
		return ANJU_OK;
	}
	if (!json_is_array(entries))
		return ANJU_E_INVALID;
	json_t *log = json_object_get(logs, name);
	if (log == NULL) {
		log = json_array();
		if (json_object_set_new(logs, name, log) != 0)
			return ANJU_E_NOMEM;
	}
	json_array_foreach(entries, i, entry) {
		anju_status st = ANJU_OK;
		if (json_is_null(entry))
			(void)json_array_clear(log);
		else
			st = add(log, entry);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

anju_status duty_log_merge(json_t *logs, const json_t *patch)
{
	const char *name;
	json_t *entries;
	if (patch != NULL && !json_is_object(patch))
		return ANJU_E_INVALID;
	json_object_foreach((json_t *)patch, name, entries) {
		anju_status st = merge_one(logs, name, entries);
		if (st != ANJU_OK)
			return st;
	}
	return ANJU_OK;
}

/* Its place in the list plus one; 0: there is none. */
static size_t last_of(const json_t *log, const char *op)
{
	size_t i = json_array_size(log);
	while (i > 0 && strcmp(duty_log_op(json_array_get(log, i - 1)), op) != 0)
		i--;
	return i;
}

const json_t *duty_log_last(const json_t *log, const char *op)
{
	size_t i = last_of(log, op);
	return i > 0 ? json_array_get(log, i - 1) : NULL;
}

const json_t *duty_log_suspended(const json_t *log)
{
	size_t since = last_of(log, "suspend");
	bool still = since > last_of(log, "resume") && since > last_of(log, "lapse");
	return still ? json_array_get(log, since - 1) : NULL;
}

const json_t *duty_log_asked(const json_t *log)
{
	size_t asked = last_of(log, "extend");
	bool open = asked > last_of(log, "grant") && asked > last_of(log, "refuse") &&
		    asked > last_of(log, "lapse");
	return open ? json_array_get(log, asked - 1) : NULL;
}

int duty_log_granted(const json_t *log)
{
	int n = 0;
	for (size_t i = last_of(log, "lapse"); i < json_array_size(log); i++)
		n += strcmp(duty_log_op(json_array_get(log, i)), "grant") == 0;
	return n;
}
