/** Packs to draw: those that are shipped, and one with everything that is awkward in a label. */
#ifndef TESTS_UNIT_GRAPH_KIT_H
#define TESTS_UNIT_GRAPH_KIT_H

#include "graph/graph.h"
#include "graph/words.h"

/** The shipped packs; the caller's. */
struct pack_set *kit_shipped(void);
/** The pack with the workflow "odd"; the caller's. */
struct pack_set *kit_odd(void);
/** The pack "whole": a workflow with every construct; the caller's. */
struct pack_set *kit_whole(void);
/** A drawing as text; freed by the caller. `options` NULL: Chinese, whole. */
char *kit_dot(
	const struct pack_set *set, const char *workflow, const struct graph_options *options);
char *kit_mermaid(
	const struct pack_set *set, const char *workflow, const struct graph_options *options);
/** The transition of that event from that state; fails the test when there is none. */
uint32_t kit_transition(const struct workflow *wf, const char *state, const char *event);

#endif
