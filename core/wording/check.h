/** What a template may say. Internal to core/wording. */
#ifndef CORE_WORDING_CHECK_H
#define CORE_WORDING_CHECK_H

#include <stdbool.h>

#include "anju/error.h"

/**
 * Is `text` a template that names only what a view has? err->where is the line.
 *
 * html  values must not be put in unescaped
 * Returns ANJU_OK; ANJU_E_INVALID "wording.tag" (not closed, or closed without being open), "wording.kind"
 *         (partials, other delimiters, unescaped values), "wording.name" (allowed: what there is at that place).
 */
ANJU_MUST_CHECK anju_status template_check(
	const char *text, const char *file, bool html, anju_error *err);

#endif
