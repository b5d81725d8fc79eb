#include "rpc/visible.h"

#include <string.h>

#include "pack/plan.h"

static const char *bound_field(void *ctx, const char *binding)
{
	const struct case_roles *roles = ctx;
	const char *field = json_string_value(json_object_get(roles->wf->bindings, binding));
	return field != NULL ? json_string_value(json_object_get(roles->data, field)) : NULL;
}

static size_t obliged(void *ctx, const char *part, const struct unit **ret, size_t max)
{
	const struct case_roles *roles = ctx;
	return plan_case_units(roles->wf, roles->context.region, roles->data, part, ret, max);
}

void case_roles_init(
	struct case_roles *roles, const struct workflow *wf, const char *region, const json_t *data)
{
	*roles = (struct case_roles){.wf = wf, .data = data};
	roles->context = (struct role_context){.region = region != NULL ? region : "",
		.ctx = roles,
		.bound = bound_field,
		.obliged = obliged};
}

bool visible_may(const struct org *org, const struct role_list *list,
	const struct case_roles *roles, const struct principal *who)
{
	if (who->admin || who->system)
		return true;
	if (who->unit == NULL)
		return false;
	for (size_t i = 0; i < list->len; i++) {
		if (role_includes(org, &list->roles[i], &roles->context, who->unit))
			return true;
	}
	return false;
}

bool visible_needs_mask(const struct workflow *wf, const struct principal *who)
{
	if (who->admin || who->system)
		return false;
	for (size_t i = 0; i < wf->fields_len; i++) {
		if (wf->fields[i].sensitive)
			return true;
	}
	return false;
}

static void mask_member(json_t *v, const char *name)
{
	if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++)
			mask_member(json_array_get(v, i), name);
		return;
	}
	if (!json_is_object(v))
		return;
	const char *key;
	json_t *member;
	void *next;
	json_object_foreach_safe(v, next, key, member) {
		if (strcmp(key, name) != 0)
			mask_member(member, name);
		else if (!json_is_null(member))
			(void)json_object_set_new(v, key, json_string(VISIBLE_MASK));
	}
}

void visible_mask(const struct org *org, const struct case_roles *roles,
	const struct principal *who, json_t *v)
{
	for (size_t i = 0; i < roles->wf->fields_len; i++) {
		const struct field *f = &roles->wf->fields[i];
		if (f->sensitive && !visible_may(org, &f->write_by, roles, who))
			mask_member(v, f->name);
	}
}
