/**
 * Pictures of a workflow: what may be done where, by whom, until when, as a drawing description. The
 * drawing stands on cards, one a state, which list what can be done there; phases are columns, regions
 * are bands. Places and lines are worked out here, so that the same workflow gives the same bytes
 * everywhere; Graphviz only paints (its engine "nop2" keeps given places).
 */
#ifndef CORE_GRAPH_GRAPH_H
#define CORE_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"
#include "base/messages.h"
#include "pack/pack.h"

struct graph_options {
	enum lang lang;
	uint32_t part;      /* draw this state and what is below it; 0, the root, draws all */
	const uint32_t *at; /* states to stand out, such as those a case is in */
	size_t at_len;
	bool no_deadlines;
	bool brief; /* states and titles of acts only: no roles, conditions, documents */
};

/** Append the picture in Graphviz's language. ANJU_OK or ANJU_E_NOMEM. */
ANJU_MUST_CHECK anju_status graph_dot(const struct pack_set *set, const struct workflow *wf,
	const struct graph_options *options, struct buf *out, anju_error *err);

/** Append the states and transitions as a Mermaid stateDiagram-v2. ANJU_OK or ANJU_E_NOMEM. */
ANJU_MUST_CHECK anju_status graph_mermaid(const struct pack_set *set, const struct workflow *wf,
	const struct graph_options *options, struct buf *out, anju_error *err);

/**
 * Run Graphviz: `dot` is a description, what it makes of it as SVG is appended to `svg`.
 *
 * program  "dot", looked for along PATH; no shell is involved
 * Returns ANJU_OK; ANJU_E_NOTFOUND "graph.no_program" (it is not installed); ANJU_E_IO
 *         "graph.program" (it failed, found = its last words), "sys.failed"; ANJU_E_NOMEM.
 * Thread: waits for the program.
 */
ANJU_MUST_CHECK anju_status graph_svg(
	const char *program, const struct buf *dot, struct buf *svg, anju_error *err);

#endif
