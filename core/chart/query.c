#include <string.h>

#include "chart/model.h"

const char *chart_id(const struct chart *chart)
{
	return chart->states[0].id;
}

uint32_t chart_state_count(const struct chart *chart)
{
	return chart->states_len;
}

const struct chart_state *chart_state_at(const struct chart *chart, uint32_t state)
{
	return state < chart->states_len ? &chart->states[state] : NULL;
}

uint32_t chart_transition_count(const struct chart *chart)
{
	return chart->transitions_len;
}

const struct chart_transition *chart_transition_at(const struct chart *chart, uint32_t index)
{
	return index < chart->transitions_len ? &chart->transitions[index] : NULL;
}

uint32_t chart_state_by_path(const struct chart *chart, const char *path)
{
	return chart_names_get(&chart->paths, path, strlen(path));
}

/* `path` as seen from `base`; an empty path names nothing */
static uint32_t by_path_below(const struct chart *chart, uint32_t base, const char *path, size_t n)
{
	const char *up = chart->states[base].path;
	if (n == 0)
		return CHART_NONE;
	return chart_names_get_joined(&chart->paths, up, strlen(up), path, n);
}

uint32_t chart_state_by_id(const struct chart *chart, const char *id)
{
	size_t n = strlen(id);
	uint32_t whole = chart_names_get(&chart->ids, id, n);
	if (whole != CHART_NONE)
		return whole;
	/* otherwise the longest beginning that is an id, and the rest is a path from there */
	for (size_t k = n; k > 0; k--) {
		if (id[k - 1] != '.')
			continue;
		uint32_t base = chart_names_get(&chart->ids, id, k - 1);
		if (base != CHART_NONE)
			return by_path_below(chart, base, id + k, n - k);
	}
	return CHART_NONE;
}

uint32_t chart_state_by_timer(const struct chart *chart, const char *event)
{
	static const char prefix[] = "xstate.after.";
	const char *id = event + sizeof prefix - 1;
	if (strncmp(event, prefix, sizeof prefix - 1) != 0)
		return CHART_NONE;
	/* the delay's name may hold dots as well as the id does: the shortest delay that leaves an id */
	while ((id = strchr(id, '.')) != NULL) {
		uint32_t state = chart_state_by_id(chart, ++id);
		if (state != CHART_NONE)
			return state;
	}
	return CHART_NONE;
}

uint32_t chart_state_by_target(const struct chart *chart, uint32_t from, const char *target)
{
	if (from >= chart->states_len)
		return CHART_NONE;
	if (target[0] == '#')
		return chart_state_by_id(chart, target + 1);
	if (target[0] == '.')
		return by_path_below(chart, from, target + 1, strlen(target + 1));
	uint32_t parent = chart->nodes[from].parent;
	if (parent == CHART_NONE)
		return CHART_NONE;
	return by_path_below(chart, parent, target, strlen(target));
}

/* The length of the longest "prefix" in "prefix.rest" or "prefix" that some descriptor "prefix.*" of
 * the chart has; its descriptor, or the one of "*", or CHART_NONE. */
static uint32_t longest_wildcard(const struct chart *chart, const char *type, size_t n)
{
	if (chart->prefixes.count > 0) {
		for (size_t k = n; k > 0; k--) {
			if (k != n && type[k] != '.')
				continue;
			uint32_t d = chart_names_get(&chart->prefixes, type, k);
			if (d != CHART_NONE)
				return d;
		}
	}
	return chart->any;
}

struct chart_event_ref chart_event_ref(const struct chart *chart, const char *type)
{
	size_t n = strlen(type);
	uint32_t exact = chart_names_get(&chart->exact, type, n);
	if (exact != CHART_NONE) {
		const struct chart_descriptor *d = &chart->descriptors[exact];
		return (struct chart_event_ref){exact, d->shorter, d->mask};
	}
	uint32_t wild = longest_wildcard(chart, type, n);
	uint64_t mask = wild != CHART_NONE ? chart->descriptors[wild].mask : 0;
	return (struct chart_event_ref){CHART_NONE, wild, mask};
}

const struct chart_group *chart_group_of(const struct chart_node *node, uint32_t descriptor)
{
	uint32_t low = 0, high = node->groups_len;
	while (low < high) {
		uint32_t mid = (low + high) / 2;
		if (node->groups[mid].descriptor < descriptor)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < node->groups_len && node->groups[low].descriptor == descriptor)
		return &node->groups[low];
	return NULL;
}

bool chart_descriptor_matches(const char *descriptor, const char *type)
{
	if (strcmp(descriptor, type) == 0 || strcmp(descriptor, "*") == 0)
		return true;
	size_t n = strlen(descriptor);
	if (n < 3 || strcmp(descriptor + n - 2, ".*") != 0)
		return false;
	n -= 2;
	return strncmp(descriptor, type, n) == 0 && (type[n] == '\0' || type[n] == '.');
}

uint32_t chart_domain(const struct chart *chart, uint32_t source, bool reenter,
	const uint32_t *targets, uint32_t targets_len)
{
	bool inside = !reenter;
	for (uint32_t i = 0; i < targets_len && inside; i++)
		inside = targets[i] == source || chart_below(chart, targets[i], source);
	if (inside)
		return source;
	/* the nearest proper ancestor of source and targets, compound or parallel alike */
	uint32_t d = chart->nodes[source].parent;
	for (uint32_t i = 0; i < targets_len; i++) {
		while (d != CHART_NONE && !chart_below(chart, targets[i], d))
			d = chart->nodes[d].parent;
	}
	/* only reenter may leave the root itself */
	return d == CHART_NONE && !reenter ? 0 : d;
}
