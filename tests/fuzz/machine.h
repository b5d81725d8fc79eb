/** A random machine in authored form, made of the bytes of an input: any bytes are one. */
#ifndef TESTS_FUZZ_MACHINE_H
#define TESTS_FUZZ_MACHINE_H

#include <jansson.h>

#include "fuzz/fuzz.h"

/** A new reference. Guards are {"type": "g", "params": n}, actions {"type": "a", "params": n}. */
json_t *machine_make(struct fuzz_bytes *b);

/** The event types that its transitions name, and some that they do not. */
const char *machine_event(struct fuzz_bytes *b);

#endif
