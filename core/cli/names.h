/** Titles for the names that the daemon uses: fields, states, documents, units. Asked for once each. */
#ifndef CORE_CLI_NAMES_H
#define CORE_CLI_NAMES_H

#include <jansson.h>

#include "base/buf.h"
#include "cli/cli.h"

/** The definition of a workflow as written; NULL when the daemon does not give it. Borrowed. */
const json_t *names_workflow(struct cli *cli, const char *id);
/** The definition that a case (of case.get) runs under; NULL when the daemon does not give it. Borrowed. */
const json_t *names_definition(struct cli *cli, const json_t *cs);
/** meta.anju of a definition, a state or a transition. */
const json_t *names_meta(const json_t *node);
/** {"field": {"type", "title", …}}; NULL if there are none. */
const json_t *names_fields(const json_t *definition);

/** Append the titles along a state's path, "搬迁 › 签约 › 待签协议"; the path's own keys where a state has no
 *  title. */
void names_state(struct cli *cli, const json_t *definition, const char *path, struct buf *out);
/** names_state without all but the last. */
void names_leaf(struct cli *cli, const json_t *definition, const char *path, struct buf *out);
/** The title of the state that opens a phase; the phase's name if there is none. */
const char *names_phase(struct cli *cli, const json_t *definition, const char *phase);
/** The phases of a definition in the order in which they are written; new array of strings. */
json_t *names_phases(const json_t *definition);
/** A member's title under meta.anju.<kind>, such as ("fields", "persons"); the name itself otherwise. */
const char *names_member(
	struct cli *cli, const json_t *definition, const char *kind, const char *name);

/** Append "国土局(610322.land)", or the code alone. */
void names_unit(struct cli *cli, const char *code, struct buf *out);
/** names_unit for each of an array of codes. */
void names_units(struct cli *cli, const json_t *codes, struct buf *out);

/** The workflow's name of "workflow/key" in `out`; false if there is no slash or it is too long. */
bool names_split(const char *name, char *out, size_t size);

#endif
