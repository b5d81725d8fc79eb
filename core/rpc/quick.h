/**
 * The quick way for case.open and case.send, which are nearly all that a busy socket carries: their lines
 * are scanned in place, and only "data" and "docs" become JSON values. Whatever is not plain (an escape in
 * a string, an unknown member, a notification, a fault of any kind) is left to the full parser, which
 * then also says what is wrong: what is accepted here means the same there.
 */
#ifndef CORE_RPC_QUICK_H
#define CORE_RPC_QUICK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** JSON text of an id that is taken here, with its quotes. */
#define QUICK_ID_MAX 40

struct quick {
	char *text;     /* owned: what the strings below point into */
	const char *id; /* JSON text; in `text` */
	size_t id_len;
	const char *method;    /* "case.open" or "case.send" */
	const char *case_name; /* the strings: NULL = not given */
	const char *event, *workflow, *key, *as, *idem, *reason, *effective_at;
	int64_t expect_rev; /* -1 = not given */
	bool dry_run;
	json_t *data, *docs; /* owned; object, array, or NULL */
};

/** Scan one line. False: take the full parser; nothing is kept then. */
bool quick_scan(const char *line, size_t n, struct quick *ret);
void quick_done(struct quick *quick);

#endif
