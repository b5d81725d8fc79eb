/** A holiday notice, checked and taken apart. Private to the calendar. */
#ifndef CORE_CALENDAR_NOTICE_H
#define CORE_CALENDAR_NOTICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/cleanup.h"
#include "calendar/calendar.h"

/** How far outside its own year a notice may reach. */
#define NOTICE_MARGIN_DAYS 7

struct notice_span {
	int32_t from, to; /* both included */
	bool work;        /* make-up working days, else a holiday */
	const char *zh;   /* borrowed: notice.json; NULL for working days */
	const char *en;
};

struct notice {
	int year;
	enum calendar_status status;
	json_t *json;              /* owned copy */
	struct notice_span *spans; /* owned */
	size_t len;
};

/** Check `json` and take it apart; the shape stands at calendar_add_year(). */
ANJU_MUST_CHECK anju_status notice_parse(
	const json_t *json, const char *file, struct notice **ret, anju_error *err);
void notice_free(struct notice *n);
ANJU_DEFINE_AUTO(notice)

/** The span that holds `day`, or NULL. */
const struct notice_span *notice_find(const struct notice *n, int32_t day);

/** 0 = Sunday … 6 = Saturday. */
int date_weekday(int32_t day);
int date_year(int32_t day);

#endif
