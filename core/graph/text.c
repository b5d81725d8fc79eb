#include "graph/text.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* Advance widths of U+0020 … U+007E in Noto Sans CJK SC, regular and bold, thousandths of the size. */
static const short widths[2][95] = {
	{226, 323, 473, 556, 556, 923, 683, 278, 338, 338, 466, 556, 278, 346, 278, 391, 556, 556,
		556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 556, 556, 556, 473, 946, 601, 661,
		611, 691, 593, 556, 691, 728, 293, 493, 646, 541, 811, 721, 743, 631, 743, 638, 580,
		601, 721, 585, 878, 571, 533, 587, 338, 391, 338, 556, 563, 608, 563, 616, 490, 623,
		556, 323, 563, 608, 278, 278, 556, 286, 923, 608, 608, 623, 623, 391, 466, 355, 608,
		518, 803, 496, 518, 473, 338, 271, 338, 556},
	{226, 368, 578, 593, 593, 961, 743, 323, 376, 376, 511, 593, 323, 368, 323, 391, 593, 593,
		593, 593, 593, 593, 593, 593, 593, 593, 323, 323, 593, 593, 593, 518, 1006, 638,
		683, 619, 713, 616, 586, 721, 758, 331, 530, 683, 578, 856, 751, 773, 668, 773, 683,
		610, 623, 751, 630, 916, 631, 578, 602, 376, 391, 376, 593, 571, 623, 593, 646, 499,
		646, 578, 361, 601, 638, 308, 308, 608, 316, 968, 638, 623, 646, 646, 436, 496, 400,
		638, 578, 863, 563, 578, 511, 376, 293, 376, 593}};

static double point_width(int32_t cp, bool bold)
{
	if (cp >= 0x20 && cp < 0x7f)
		return widths[bold ? 1 : 0][cp - 0x20] / 1000.0;
	return 1.0;
}

double text_width(const char *s, size_t n, double size, bool bold)
{
	const char *end = s + n;
	double width = 0;
	while (s < end)
		width += point_width(utf8_next(&s, end), bold);
	return width * size;
}

/* Signs that do not begin a line, and those that do not end one. */
static bool closes(int32_t cp)
{
	static const int32_t signs[] = {0x3001, 0x3002, 0xff0c, 0xff1a, 0xff1b, 0xff09, 0x201d,
		0x2019, 0x300b, 0x300d, 0xff01, 0xff1f, 0x2026, ',', '.', ')', ']', ';', ':', '!',
		'?', '%'};
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		if (signs[i] == cp)
			return true;
	}
	return false;
}

static bool opens(int32_t cp)
{
	return cp == 0xff08 || cp == 0x201c || cp == 0x2018 || cp == 0x300a || cp == 0x300c ||
	       cp == '(' || cp == '[';
}

static bool wide(int32_t cp)
{
	return cp >= 0x2e80;
}

/* May a line end between these two? */
static bool breakable(int32_t before, int32_t after)
{
	if (before == ' ')
		return true;
	if (after == ' ' || closes(after) || opens(before))
		return false;
	if (before == '-' && after >= '0' && after <= '9')
		return false; /* a date */
	return wide(before) || wide(after) || before == '-' || before == '/' || before == '_';
}

/* How many bytes of `s` go on one line; `limit` is what is left of the width. */
static size_t line_bytes(const char *s, const char *end, double size, bool bold, double width)
{
	const char *p = s, *last = NULL;
	double used = 0;
	int32_t before = 0;
	while (p < end) {
		const char *here = p;
		int32_t cp = utf8_next(&p, end);
		if (here > s && breakable(before, cp))
			last = here;
		used += point_width(cp, bold) * size;
		if (used > width && cp != ' ' && here > s)
			return (size_t)((last != NULL ? last : here) - s);
		before = cp;
	}
	return (size_t)(end - s);
}

static size_t without_spaces(const char *s, size_t n)
{
	while (n > 0 && s[n - 1] == ' ')
		n--;
	return n;
}

size_t text_wrap(
	const char *s, double size, bool bold, double width, struct text_line *ret, size_t max)
{
	const char *end = s + strlen(s);
	size_t n = 0;
	while (*s == ' ')
		s++;
	while (s < end && n < max) {
		size_t bytes = line_bytes(s, end, size, bold, width);
		if (n + 1 == max && s + bytes < end) {
			/* room for the ellipsis */
			bytes = line_bytes(s, end, size, bold, width - size);
			ret[n++] = (struct text_line){s, without_spaces(s, bytes), true};
			break;
		}
		ret[n++] = (struct text_line){s, without_spaces(s, bytes), false};
		s += bytes;
		while (*s == ' ')
			s++;
	}
	return n;
}

void text_plain(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		buf_addc(out, c < 0x20 || c == 0x7f ? ' ' : s[i]);
	}
}
