/**
 * Where rows of the catalogue of rules are named in a folder of packs: the definitions that carry them out, and
 * the scenarios that show it. Reads the packs' files as they are; nothing is loaded.
 */
#ifndef CORE_CLI_ROWS_H
#define CORE_CLI_ROWS_H

#include <jansson.h>

#include "anju/error.h"

/**
 * All rows named in the packs of folder `dir`, by id:
 *   [{"id", "definitions": [{"pack", "file", "pointer", "kind", "title": {zh, en} or absent}],
 *     "scenarios": [{"pack", "file", "pointer", "title", "on", "due": [{"case", "deadline", "due"}]}]}]
 *
 * kind     pack rule local obligation workflow field relation state transition deadline blank other; "blank" is a
 *          due rule that is to be filled in locally, "local" a value with which a pack has done so
 * pointer  of the object that names the row; of a scenario "" or that of one step
 * on, due  of a step only: the last day given up to it, and the due dates it expects, null where it expects none
 * Returns ANJU_OK with *ret the caller's; what reading the first file that cannot be read returned; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status rows_collect(const char *dir, json_t **ret, anju_error *err);

#endif
