/** What can be asked of a due rule without computing it. */
#include "deadline/due.h"

#include <stdlib.h>
#include <string.h>

#include "deadline/due_rule.h"

static void items_done(const struct due_rule *rule, struct due_items *items)
{
	for (size_t i = 0; i < items->len; i++) {
		struct due_item *item = &items->at[i];
		if (item->cond != NULL && rule->release != NULL)
			rule->release(item->cond);
		items_done(rule, &item->sub);
		free(item->field);
		free(item->of);
		free(item->local);
	}
	free(items->at);
}

void due_rule_free(struct due_rule *rule)
{
	if (rule == NULL)
		return;
	items_done(rule, &rule->items);
	free(rule);
}

/** Does some item, at whatever depth, answer yes? */
static bool any(const struct due_items *items, bool (*asked)(const struct due_item *, const char *),
	const char *name)
{
	for (size_t i = 0; i < items->len; i++) {
		if (asked(&items->at[i], name) || any(&items->at[i].sub, asked, name))
			return true;
	}
	return false;
}

static bool counts_workdays(const struct due_item *item, const char *name)
{
	(void)name;
	bool counted = item->kind == DUE_AFTER || item->kind == DUE_FESTIVAL;
	return counted && item->after.unit == DURATION_WORKDAYS;
}

bool due_rule_counts_workdays(const struct due_rule *rule)
{
	return any(&rule->items, counts_workdays, NULL);
}

static bool uses_workdays(const struct due_item *item, const char *name)
{
	return counts_workdays(item, name) || item->shift != 0 || item->of != NULL ||
	       item->kind == DUE_OBLIGATION;
}

bool due_rule_uses_workdays(const struct due_rule *rule)
{
	return any(&rule->items, uses_workdays, NULL);
}

static bool reads(const struct due_item *item, const char *name)
{
	if (item->kind == DUE_OBLIGATION)
		return strcmp(name, DUE_OBLIGATION_FIELD) == 0 ||
		       strcmp(name, DUE_BEGUN_FIELD) == 0;
	return item->field != NULL && strcmp(item->field, name) == 0;
}

bool due_rule_reads(const struct due_rule *rule, const char *name)
{
	return any(&rule->items, reads, name);
}

static bool conditional(const struct due_item *item, const char *name)
{
	(void)name;
	return item->cond != NULL;
}

bool due_rule_conditional(const struct due_rule *rule)
{
	return any(&rule->items, conditional, NULL);
}

static bool counts_from(const struct due_item *item, const char *name)
{
	return item->of != NULL && (name == NULL || strcmp(item->of, name) == 0);
}

bool due_rule_counts_from(const struct due_rule *rule, const char *name)
{
	return any(&rule->items, counts_from, name);
}

bool due_rule_counts_from_any(const struct due_rule *rule)
{
	return any(&rule->items, counts_from, NULL);
}
