#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/messages.h"
#include "base/utf8.h"

const char *fuzz_input;

void fuzz_failed(const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n%s%s%s", fuzz_input != NULL ? "input: " : "",
		fuzz_input != NULL ? fuzz_input : "", fuzz_input != NULL ? "\n" : "");
	abort();
}

char *fuzz_string(const uint8_t *data, size_t n)
{
	char *s = malloc(n + 1);
	anju_assert(s != NULL);
	if (n > 0)
		memcpy(s, data, n);
	s[n] = '\0';
	return s;
}

bool fuzz_holds(const uint8_t *data, size_t n, const char *text)
{
	return memmem(data, n, text, strlen(text)) != NULL;
}

/* Escapes, and the signs around words (base/messages.c), which are taken out of a value. */
static bool may_become_a_place(const uint8_t *data, size_t n)
{
	return memchr(data, '\\', n) != NULL || memchr(data, 1, n) != NULL ||
	       memchr(data, 2, n) != NULL || memchr(data, 3, n) != NULL;
}

/* What comes from the input may look like a place of a template. */
static void no_open_place(const char *sentence, const uint8_t *data, size_t n)
{
	static const char *const places[] = {"{found}", "{allowed}", "{where}", "{file}", "{text}",
		"{1}", "{2}", "{3}", "@say."};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (strstr(sentence, places[i]) == NULL || fuzz_holds(data, n, places[i]) ||
			may_become_a_place(data, n))
			continue;
		fuzz_failed(__FILE__, __LINE__, "%s left open in \"%s\"", places[i], sentence);
	}
}

void fuzz_error(anju_status st, const anju_error *err, const uint8_t *data, size_t n)
{
	bool whole = utf8_valid((const char *)data, n);
	fuzz_assert(st != ANJU_OK && err->status == st);
	fuzz_assert(err->id[0] != '\0');
	for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
		ANJU_AUTO_BUF text = BUF_INIT;
		if (message_template(err->id, lang) == NULL)
			fuzz_failed(__FILE__, __LINE__, "no sentence for %s", err->id);
		message_render_error(&text, err, lang);
		fuzz_assert(text.data != NULL && text.len > 0);
		no_open_place(text.data, data, n);
		if (whole && !utf8_valid(text.data, text.len))
			fuzz_failed(__FILE__, __LINE__, "a character is cut in \"%s\" (%s)",
				text.data, err->id);
	}
}

json_t *fuzz_at(const json_t *doc, const char *pointer)
{
	const json_t *at = doc;
	while (at != NULL && *pointer == '/') {
		char key[8192];
		size_t len = 0;
		for (pointer++; *pointer != '\0' && *pointer != '/' && len < sizeof key - 1;
			pointer++) {
			char c = *pointer;
			if (c == '~')
				c = *++pointer == '1' ? '/' : '~';
			key[len++] = c;
		}
		key[len] = '\0';
		at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10))
				       : json_object_get(at, key);
	}
	return (json_t *)(uintptr_t)at;
}

void fuzz_pointer(const json_t *doc, const char *pointer)
{
	char up[sizeof((anju_error *)NULL)->where];
	if (strlen(pointer) + 4 >= sizeof up)
		return; /* cut short */
	fuzz_assert(pointer[0] == '/' || pointer[0] == '\0');
	snprintf(up, sizeof up, "%s", pointer);
	while (fuzz_at(doc, up) == NULL)
		*strrchr(up, '/') = '\0';
	const json_t *near = fuzz_at(doc, up);
	if (strcmp(up, pointer) != 0 && !json_is_object(near) && !json_is_string(near))
		fuzz_failed(__FILE__, __LINE__, "nothing is at %s", pointer);
}

uint32_t fuzz_byte(struct fuzz_bytes *b)
{
	if (b->n == 0)
		return 0;
	b->n--;
	return *b->p++;
}

uint32_t fuzz_below(struct fuzz_bytes *b, uint32_t k)
{
	uint32_t v = fuzz_byte(b);
	if (k > 256)
		v = v << 8 | fuzz_byte(b);
	return v % k;
}

bool fuzz_one_in(struct fuzz_bytes *b, uint32_t k)
{
	return b->n > 0 && fuzz_below(b, k) == k - 1;
}

uint64_t fuzz_word(struct fuzz_bytes *b)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | fuzz_byte(b);
	return v;
}

static char folder[64];
static pid_t owner;

static int drop(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

static void drop_folder(void)
{
	if (getpid() == owner)
		(void)nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
	if (folder[0] != '\0')
		return folder;
	const char *base = getenv("TMPDIR");
	if (base == NULL || strlen(base) > 40)
		base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(folder, sizeof folder, "%s/anju-fuzz-XXXXXX", base);
	anju_assert(mkdtemp(folder) != NULL);
	owner = getpid();
	anju_assert(atexit(drop_folder) == 0);
	return folder;
}

const char *fuzz_path(const char *name)
{
	static char paths[8][256];
	static unsigned turn;
	char *out = paths[turn++ % 8];
	snprintf(out, sizeof paths[0], "%s/%s", fuzz_folder(), name);
	return out;
}

void fuzz_write(const char *name, const void *data, size_t n)
{
	const char *path = fuzz_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) != 0)
		fuzz_failed(__FILE__, __LINE__, "cannot write %s: %m", path);
}
