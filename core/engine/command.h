/**
 * One wish to change something, on its way from the edge to the engine and back. Holds values only: nothing
 * in it belongs to the loop.
 */
#ifndef CORE_ENGINE_COMMAND_H
#define CORE_ENGINE_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "org/org.h"

enum command_kind {
	COMMAND_OPEN,      /* workflow, key, data, docs */
	COMMAND_SEND,      /* workflow, key, event, data, docs */
	COMMAND_ADVANCE,   /* to_ms; manual clock only; fires what falls due on the way */
	COMMAND_DELIVERED, /* message_id, outcome: from the delivery thread */
	COMMAND_MIGRATE,   /* migration, case_id: one case goes over to another definition */
	COMMAND_RESEND, /* ids or all that are dead, channel: messages that are to go once more */
	COMMAND_NOTE,   /* key, reason: a named text of the store's, for a migration's progress */
	COMMAND_CALENDAR, /* calendar, reason, event: another calendar is in force, kept as these texts */
	COMMAND_BEGIN,   /* obligation, unit, day, ref: one that waits for someone's word begins */
	COMMAND_RECOUNT, /* recount: dates of some cases are counted again */
};

#define COMMAND_NO_TIME INT64_MIN

struct calendar;
struct migration;
struct recount_page;

struct command {
	struct command *next; /* the queue's, then the finished list's */
	enum command_kind kind;
	struct principal who;

	char *text;           /* owned: text that the borrowed members may point into; or NULL */
	json_t *params;       /* owned: what the borrowed members point into; may be NULL */
	const char *workflow; /* borrowed: params */
	const char *key;      /* borrowed: params */
	const char *event;    /* borrowed: params */
	json_t *data;         /* borrowed: params; object or NULL */
	json_t *docs;         /* borrowed: params; array or NULL */
	const char *reason;   /* borrowed: params; or NULL */
	const char *idem;     /* borrowed: params; idempotency_key or NULL */
	int64_t expect_rev;   /* -1 = not given */
	int64_t effective_ms; /* COMMAND_NO_TIME = now */
	bool dry_run;
	int64_t to_ms;      /* ADVANCE */
	int attempts;       /* DELIVERED: made so far, this one included */
	int64_t message_id; /* DELIVERED */
	bool again;         /* DELIVERED: it failed for the moment and will be tried again */
	anju_error outcome; /* DELIVERED: status OK or the channel's failure */
	const json_t
		*ids; /* RESEND; borrowed: params; array of integers; NULL = all that are dead */
	const char *channel; /* RESEND; borrowed: params; another channel, or NULL */
	int64_t *renewed;    /* RESEND; owned: result, which ones they were */
	size_t renewed_len;
	const struct migration
		*migration; /* MIGRATE; borrowed: the job, which waits for its commands */
	int64_t case_id;    /* MIGRATE */
	const struct calendar
		*calendar; /* CALENDAR; borrowed: the job, which waits for its commands */
	struct recount_page *recount; /* RECOUNT; likewise */
	const char *obligation;       /* BEGIN; borrowed: params; its id */
	const char *unit;             /* BEGIN; borrowed: params; whom it concerns */
	const char *ref;              /* BEGIN; borrowed: params; what it is about, or NULL */
	int32_t day;                  /* BEGIN; when it happened */

	/* Result: valid when the command comes back. */
	anju_status status;
	anju_error err;
	json_t *err_data; /* owned: what the refusal explains (JSON-RPC error.data), or NULL */
	struct buf reply; /* JSON text of the result */

	int64_t line; /* an import's: the row it comes from */
	void *owner;  /* the submitter's */
	/* When set, called on the engine thread in place of engine_options.finished; takes the command. */
	void (*settled)(struct command *cmd);
};

struct command *command_new(enum command_kind kind);
void command_free(struct command *cmd);

#endif
