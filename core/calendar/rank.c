/** Which of two notices for one year counts. */
#include <string.h>

#include "calendar/calendar.h"

static int32_t issued_of(const json_t *document)
{
	int32_t day = INT32_MIN;
	const char *text = json_string_value(json_object_get(document, "issued"));
	if (text != NULL && date_parse(text, &day, NULL) != ANJU_OK)
		return INT32_MIN;
	return day;
}

const json_t *calendar_notice_document(const json_t *notice)
{
	const json_t *source = json_object_get(notice, "source"), *last = source;
	size_t i;
	json_t *revision;
	json_array_foreach(json_object_get(source, "revisions"), i, revision) {
		if (issued_of(revision) >= issued_of(last))
			last = revision;
	}
	return last;
}

static bool is_announced(const json_t *notice)
{
	const char *status = json_string_value(json_object_get(notice, "status"));
	return status != NULL && strcmp(status, "announced") == 0;
}

int calendar_compare_notices(const json_t *a, const json_t *b)
{
	if (is_announced(a) != is_announced(b))
		return is_announced(a) ? 1 : -1;
	int32_t x = issued_of(calendar_notice_document(a)),
		y = issued_of(calendar_notice_document(b));
	return (x > y) - (x < y);
}
