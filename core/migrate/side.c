#include "migrate/side.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"

static anju_status accept_delay(void *ctx, const char *name, anju_error *err)
{
	return ANJU_OK;
}

const json_t *side_anju(const json_t *node)
{
	return json_object_get(json_object_get(node, "meta"), "anju");
}

static const json_t *part(const json_t *anju, const char *name)
{
	const json_t *v = json_object_get(anju, name);
	return json_is_object(v) ? v : NULL;
}

anju_status side_init(
	struct side *side, json_t *source, const char *file, const char *hash, anju_error *err)
{
	struct json_at root = JSON_AT_ROOT(file);
	struct chart_options options = {.file = file, .delay = accept_delay};
	*side = (struct side){0};
	anju_status st = json_is_object(source)
				 ? ANJU_OK
				 : json_fail_at(err, "json.type", &root, source, "@say.object");
	if (st == ANJU_OK)
		st = json_need_string(source, &root, "id", &side->id, err);
	if (st == ANJU_OK)
		st = json_need_string(source, &root, "version", &side->version, err);
	if (st == ANJU_OK)
		st = chart_compile(source, &options, &side->chart, err);
	if (st != ANJU_OK)
		return st;
	const json_t *anju = side_anju(source);
	side->source = json_incref(source);
	side->fields = part(anju, "fields");
	side->docs = part(anju, "docs");
	side->relations = part(anju, "relations");
	side->delays = part(anju, "delays");
	if (hash != NULL)
		snprintf(side->hash, sizeof side->hash, "%s", hash);
	return ANJU_OK;
}

void side_done(struct side *side)
{
	chart_free(side->chart);
	json_decref(side->source);
	*side = (struct side){0};
}

const json_t *side_state(const struct side *side, uint32_t state)
{
	if (state >= chart_state_count(side->chart))
		return NULL;
	const json_t *node = side->source;
	const char *path = chart_state_at(side->chart, state)->path;
	while (*path != '\0' && node != NULL) {
		char key[256];
		size_t n = strcspn(path, ".");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		node = json_object_get(json_object_get(node, "states"), key);
		path += n + (path[n] == '.');
	}
	return node;
}

const json_t *side_deadlines(const struct side *side, uint32_t state)
{
	return part(side_anju(side_state(side, state)), "deadlines");
}

uint32_t side_deadline_state(const struct side *side, const char *name, uint32_t from)
{
	for (uint32_t s = from; s < chart_state_count(side->chart); s++) {
		if (json_object_get(side_deadlines(side, s), name) != NULL)
			return s;
	}
	return CHART_NONE;
}

bool side_timer_delay(const struct chart *chart, uint32_t state, const char *event,
	const char **ret, size_t *ret_len)
{
	static const char prefix[] = "xstate.after.";
	const char *id = chart_state_at(chart, state)->id;
	size_t n = strlen(event), tail = strlen(id), head = sizeof prefix - 1;
	if (n <= head + tail + 1 || strncmp(event, prefix, head) != 0 ||
		event[n - tail - 1] != '.' || strcmp(event + n - tail, id) != 0)
		return false;
	*ret = event + head;
	*ret_len = n - head - tail - 1;
	return true;
}
