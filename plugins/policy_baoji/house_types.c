#include "houses.h"

#include <stdlib.h>
#include <string.h>

#include "area.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

/** Digits at *p up to `end`, moved past it; at most 6 of them. */
static bool number(const char **p, char end, int64_t *ret)
{
	size_t n = strspn(*p, "0123456789");
	if (n == 0 || n > 6 || (*p)[n] != end)
		return false;
	*ret = strtol(*p, NULL, 10);
	*p += n + (end != '\0');
	return true;
}

bool house_type_parse(const char *s, struct house_type *ret)
{
	struct house_type t = {0};
	size_t n = strspn(s, NAME_CHARS);
	if (n == 0 || n >= sizeof t.name || s[n] != ':')
		return false;
	memcpy(t.name, s, n);
	const char *p = s + n + 1;
	if (!number(&p, '-', &t.persons_min) || !number(&p, ':', &t.persons_max))
		return false;
	char area[AREA_MAX_CHARS];
	const char *colon = strchr(p, ':');
	if (colon == NULL || (size_t)(colon - p) >= sizeof area)
		return false;
	memcpy(area, p, (size_t)(colon - p));
	area[colon - p] = '\0';
	p = colon + 1;
	if (!area_parse(area, &t.area) || !number(&p, '\0', &t.count))
		return false;
	if (t.persons_min < 1 || t.persons_max < t.persons_min || t.area == 0)
		return false;
	*ret = t;
	return true;
}

struct house_type *house_types_find(struct house_types *types, const char *name)
{
	for (size_t i = 0; i < types->len; i++) {
		if (strcmp(types->list[i].name, name) == 0)
			return &types->list[i];
	}
	return NULL;
}

bool house_types_read(
	struct judge *j, const json_t *list, const char *place, struct house_types *ret)
{
	ret->len = 0;
	if (!json_is_array(list) || json_array_size(list) == 0) {
		judge_refuse(j, "项目没有户型清单（%s）", "the project lists no house types (%s)",
			place);
		return false;
	}
	size_t i;
	json_t *v;
	json_array_foreach((json_t *)list, i, v) {
		struct house_type t;
		const char *s = json_string_value(v);
		if (i >= HOUSE_TYPES_MAX || s == NULL || !house_type_parse(s, &t)) {
			judge_refuse(j, "户型 %s[%zu]“%s”格式不对，应如 B75:3-3:75.00:40",
				"house type %s[%zu] \"%s\" is malformed; expected one like "
				"B75:3-3:75.00:40",
				place, i, s != NULL ? s : "?");
			return false;
		}
		if (house_types_find(ret, t.name) != NULL) {
			judge_refuse(j, "户型 %s 在 %s 中重复", "house type %s stands twice in %s",
				t.name, place);
			return false;
		}
		ret->list[ret->len++] = t;
	}
	return true;
}
