#include "base/utf8.h"

#include <string.h>

int32_t utf8_next(const char **p, const char *end)
{
	const unsigned char *s = (const unsigned char *)*p;
	size_t left = (size_t)(end - *p);
	(*p)++;
	if (s[0] < 0x80)
		return s[0];
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || left < n)
		return -1;
	int32_t c = s[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = (c << 6) | (s[i] & 0x3f);
	}
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*p += n - 1;
	return c;
}

void utf8_trim_tail(char *s)
{
	size_t n = strlen(s);
	size_t i = n;
	while (i > 0 && n - i < 4 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i == 0)
		return;
	const char *p = s + i - 1;
	if ((unsigned char)*p >= 0xc0 && (utf8_next(&p, s + n) < 0 || p != s + n))
		s[i - 1] = '\0';
}

bool utf8_valid(const char *s, size_t n)
{
	const char *end = s + n;
	while (s < end) {
		if (utf8_next(&s, end) < 0)
			return false;
	}
	return true;
}

size_t utf8_length(const char *s, size_t n)
{
	const char *end = s + n;
	size_t count = 0;
	while (s < end) {
		(void)utf8_next(&s, end);
		count++;
	}
	return count;
}

/* Unicode East Asian Width W and F blocks that occur in Chinese administrative text, and emoji;
 * wcwidth() would depend on the process locale, which a daemon started by init does not have. */
static bool wide(int32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0x303e) ||
	       (c >= 0x3041 && c <= 0x33ff) || (c >= 0x3400 && c <= 0x4dbf) ||
	       (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xa000 && c <= 0xa4cf) ||
	       (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	       (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
	       (c >= 0x20000 && c <= 0x3fffd);
}

size_t utf8_columns(const char *s, size_t n)
{
	const char *end = s + n;
	size_t cols = 0;
	while (s < end) {
		int32_t c = utf8_next(&s, end);
		if (c < 0)
			cols++;
		else if (c < 0x20 || (c >= 0x300 && c <= 0x36f) || c == 0x200b || c == 0xfeff)
			continue;
		else
			cols += wide(c) ? 2 : 1;
	}
	return cols;
}
