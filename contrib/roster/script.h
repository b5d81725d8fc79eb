/** What the parts of the script share: the lines, and whose turn it is when. */
#ifndef CONTRIB_ROSTER_SCRIPT_H
#define CONTRIB_ROSTER_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "random.h"
#include "world.h"

struct line {
	int32_t day, minute;
	uint32_t order; /* in which it was written */
	size_t at, len; /* in script->text */
};

struct script {
	struct world *world;
	struct buf text;
	struct line *lines; /* owned */
	size_t len, cap;
	bool failed;
	int32_t first, last; /* days of the story */
};

/** One act of an officer. Absent members are NULL or 0. */
struct act {
	const char *as;    /* unit */
	const char *event; /* NULL = the case is opened */
	const char *data;  /* JSON object */
	const char *docs;  /* kinds, parted by blanks */
	const char *why;
	int32_t happened; /* day on which it really took place, if paper is entered later */
	bool refused;     /* the daemon is to say no */
};

/**
 * The thread of one case: its acts come one after another. `now` is the day of the last act; `slot` the
 * minute of the day at which the next one may stand.
 */
struct thread {
	struct script *script;
	char name[64]; /* "household/610322-0001" */
	int32_t now, minute;
	int first_minute;
	bool over; /* the story has ended: nothing more is written */
};

struct thread thread_of(struct script *s, const char *workflow, const char *key, int minute);
/** Move to `day` if that is later, and to a day on which offices work. */
void thread_wait(struct thread *t, int32_t day);
/** Write one act at the thread's moment; the next one comes some minutes later. */
void thread_act(struct thread *t, const struct act *act);
#define ACT(thread, ...) thread_act(thread, &(struct act){__VA_ARGS__})

/* script_site.c */
void sites_story(struct script *s);
/* script_agree.c: from the roster to a matched house */
void agree_story(struct script *s, struct household *h);
/* script_home.c: from the house to the exit, once the sites' days are known */
void home_story(struct script *s, struct household *h);
/* script_office.c: registers, monthly reports, dated duties */
void offices_story(struct script *s);

/** Day on which the monthly report after `day` is made. */
int32_t report_day(int32_t day);

enum { STREAM_AGREE = 10, STREAM_HOME, STREAM_SUPPORT, STREAM_SITE, STREAM_OFFICE };

#endif
