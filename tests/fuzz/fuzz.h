/**
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(), which asserts what must hold
 * for any bytes whatever; a build with clang and -Dfuzz=enabled makes it a libFuzzer program, every other one links
 * it with replay.c, which runs it over the kept corpus.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anju/error.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/** What is promised of any input; on a broken promise the program ends with the place and the values. */
#define fuzz_assert(cond)                                                                          \
	((cond) ? (void)0 : fuzz_failed(__FILE__, __LINE__, "%s does not hold", #cond))
#define fuzz_same_text(a, b)                                                                       \
	(strcmp((a), (b)) == 0 ? (void)0                                                           \
			       : fuzz_failed(__FILE__, __LINE__, "%s and %s differ:\n  %s\n  %s",  \
					 #a, #b, (a), (b)))
_Noreturn void fuzz_failed(const char *file, int line, const char *fmt, ...) ANJU_PRINTF(3, 4);

/** Name of the input that is being replayed, for reports; NULL under libFuzzer. */
extern const char *fuzz_input;

/** The input as a malloc'd string, without what stands behind its first NUL. */
char *fuzz_string(const uint8_t *data, size_t n);
bool fuzz_holds(const uint8_t *data, size_t n, const char *text);

/**
 * An error as everybody must get it: a status, a key with sentences in both languages, no place of a template
 * left open in them, and whole characters if the input had whole characters.
 */
void fuzz_error(anju_status st, const anju_error *err, const uint8_t *data, size_t n);

/** The pointer of an error leads into the document: to a value, into an object that lacks one, or into a string that
 *  stands for an object. */
void fuzz_pointer(const json_t *doc, const char *pointer);
/** What a JSON pointer leads to, or NULL. */
json_t *fuzz_at(const json_t *doc, const char *pointer);

/** Input taken piece by piece; zeros when it has run out, so that any bytes are a whole input. */
struct fuzz_bytes {
	const uint8_t *p;
	size_t n;
};
uint32_t fuzz_byte(struct fuzz_bytes *b);
/** 0 … k - 1, for k up to 65,536. */
uint32_t fuzz_below(struct fuzz_bytes *b, uint32_t k);
/** One in `k`; false when the input has run out. */
bool fuzz_one_in(struct fuzz_bytes *b, uint32_t k);
uint64_t fuzz_word(struct fuzz_bytes *b);

/** A folder of this process alone, empty at first and gone afterwards. */
const char *fuzz_folder(void);
/** Path of a file or folder there, in a static buffer for the next eight calls. */
const char *fuzz_path(const char *name);
/** Make or replace the file `name` in that folder. */
void fuzz_write(const char *name, const void *data, size_t n);

#endif
