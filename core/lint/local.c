/* Values that packs leave to be filled in locally: those still open where a pack wants none, and those nobody needs. */
#include "lint/impl.h"

/* Whoever runs the packs asks for it, in the last one as a rule; it holds for the whole chain. */
static bool all_wanted(const struct lint *l)
{
	struct pack_source src;
	for (size_t i = 0; pack_set_source(l->set, i, &src); i++) {
		const json_t *require =
			json_object_get(json_object_get(src.doc, "lint"), "require");
		if (json_is_true(json_object_get(require, "local")))
			return true;
	}
	return false;
}

void lint_locals(struct lint *l)
{
	const char *id, *file;
	bool wanted = all_wanted(l);
	for (size_t i = 0; wanted && i < pack_set_blank_count(l->set); i++) {
		const struct blank *b = pack_set_blank_at(l->set, i);
		if (b->pack == NULL)
			lint_find(l, "lint.not_filled", b->file, b->pointer, b->id, " ");
	}
	for (size_t i = 0; pack_set_local_unused(l->set, i, &id, &file); i++)
		lint_find_name(
			l, "lint.local_unused", file, lint_printf(l, "/local/%s", id), id, " ");
}
