/** A store in a folder of its own, and rows with something in every member. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct fixture {
	char folder[64];
	struct store *store;
	anju_error err;
};

/** Make the folder; the store is opened by fixture_open. */
void fixture_init(struct fixture *f);
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
/** Close and remove the folder. */
void fixture_done(struct fixture *f);
/** "<folder>/<name>" in a static buffer. */
const char *fixture_path(const struct fixture *f, const char *name);

struct store_case sample_case(const char *key);
struct store_entry sample_entry(int64_t case_id, int64_t rev);
struct store_deadline sample_deadline(int64_t case_id, const char *name, int64_t next_ms);

/** Inside a transaction: a case with its first entry. Returns its id. */
int64_t fixture_add_case(struct fixture *f, const char *key);
/** Inside a transaction: one more entry, the case's row moved along. */
void fixture_step(struct fixture *f, int64_t case_id, int64_t rev);
void fixture_begin(struct fixture *f);
void fixture_commit(struct fixture *f);
/** Run SQL on the file behind the store's back. */
void fixture_sql(const struct fixture *f, const char *sql);
/** store_check of the folder; returns the number of troubles, keys of them joined by ' ' in `ids`. */
int fixture_check(const struct fixture *f, char *ids, size_t size);

#endif
