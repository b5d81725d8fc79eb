/** How wide a text will be, and where to break it: estimated, so that no font is needed to lay out. */
#ifndef CORE_GRAPH_TEXT_H
#define CORE_GRAPH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/** Width in points of `n` bytes of UTF-8 in Noto Sans CJK; full-width signs and what is unknown count
 *  as square. */
double text_width(const char *s, size_t n, double size, bool bold);

/** One line of a text that was broken; `cut` = the text goes on and an ellipsis stands here. */
struct text_line {
	const char *start; /* borrowed */
	size_t len;
	bool cut;
};

/**
 * Break `s` into at most `max` lines no wider than `width`: at spaces, between Chinese characters (not
 * before closing nor after opening signs), and inside a word only where it would not fit otherwise.
 * Returns how many lines there are; 0 for an empty text.
 */
size_t text_wrap(
	const char *s, double size, bool bold, double width, struct text_line *ret, size_t max);

/** Append `n` bytes as one line of plain text: control characters and line ends become spaces. */
void text_plain(struct buf *out, const char *s, size_t n);

#endif
