/**
 * From a JSON pointer to the line and column of a file's text, for messages that show the place. The text
 * is one that was parsed: nothing is checked again.
 */
#ifndef CORE_BASE_JSON_LOCATE_H
#define CORE_BASE_JSON_LOCATE_H

#include <stdbool.h>
#include <stddef.h>

struct json_place {
	size_t line, column; /* from 1; columns are code points */
	size_t offset, len;  /* bytes of the text */
	bool exact;          /* the pointer's last member is there */
};

/**
 * A member whose value is an object or a list is shown at its name, others at their value; the whole
 * document at its first sign. Of a pointer that leads nowhere the place is what lacks the member.
 * False if the text is not as JSON should be; *ret then is its beginning.
 */
bool json_locate(const char *text, size_t n, const char *pointer, struct json_place *ret);
/** The name of the member instead of its value; else as above. */
bool json_locate_name(const char *text, size_t n, const char *pointer, struct json_place *ret);
/** `place` is a string: move it to `len` bytes of its content from byte `from` on. */
void json_locate_within(
	const char *text, size_t n, struct json_place *place, size_t from, size_t len);
/** Line and column of a byte. */
void json_place_at(const char *text, size_t n, size_t offset, struct json_place *ret);
/** Byte of a line and a column. */
size_t json_place_offset(const char *text, size_t n, size_t line, size_t column);

#endif
