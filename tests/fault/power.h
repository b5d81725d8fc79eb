/**
 * A disk in memory whose power can fail: an SQLite file layer that keeps apart what has been synced and what
 * has only been written. When the power fails, of everything not synced any subset is there afterwards, by
 * sectors of 512 bytes, in any order, the last one torn at any byte. What was synced is there, always.
 *
 * One thread. Seeded: the same seed and the same calls give the same disk.
 */
#ifndef TESTS_FAULT_POWER_H
#define TESTS_FAULT_POWER_H

#include <stdbool.h>
#include <stdint.h>

/** Make it the file layer of everything that opens a database from now on. Once, before any. */
void power_install(void);
/** An empty disk, alive; the random numbers begin anew. */
void power_format(uint64_t seed);

enum power_fault {
	POWER_FAILS, /* the n-th change of the disk and all that follows fail: the machine is off */
	POWER_FULL_ONCE, /* the n-th write says that the disk is full, and does a part of it */
	POWER_IO_ONCE,   /* the n-th change fails, having had its effect or not */
};
/** Let the n-th change from now on (1 = the next) meet `fault`; 0 = none. */
void power_arm(enum power_fault fault, int64_t n);
/** Is a fault still to come? */
bool power_is_armed(void);
/** Changes (writes, truncations, syncs, creations, deletions) since power_format(). */
int64_t power_changes(void);
bool power_is_off(void);
/** What is left of the disk, and the power is back. Nothing may be open. */
void power_return(void);

/** Planted faults, to see that the tests notice: syncs that only say they did; syncs of the log that come a
 *  commit late. */
enum power_lie { POWER_HONEST, POWER_SYNC_DOES_NOTHING, POWER_SYNC_LATE };
void power_lie(enum power_lie lie);

#endif
