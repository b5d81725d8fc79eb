/**
 * What of a case a principal may see. Sensitive fields are shown to administrators and to units that may
 * write them; to all others they read "***". Any thread.
 */
#ifndef CORE_RPC_VISIBLE_H
#define CORE_RPC_VISIBLE_H

#include <jansson.h>
#include <stdbool.h>

#include "org/org.h"
#include "pack/workflow.h"

#define VISIBLE_MASK "***"

/** Where the roles of one case are resolved. */
struct case_roles {
	const struct workflow *wf;
	const json_t *data; /* fields of the case, or NULL */
	struct role_context context;
};
void case_roles_init(struct case_roles *roles, const struct workflow *wf, const char *region,
	const json_t *data);

/** May the principal act in one of these roles here? */
bool visible_may(const struct org *org, const struct role_list *list,
	const struct case_roles *roles, const struct principal *who);
/** Has the workflow fields that this principal might not see? */
bool visible_needs_mask(const struct workflow *wf, const struct principal *who);
/** Replace the values of hidden fields, wherever in `v` a member bears their name. */
void visible_mask(const struct org *org, const struct case_roles *roles,
	const struct principal *who, json_t *v);

#endif
