/**
 * Any line of a script (*.script.jsonl), of a rehearsal or for `anjuctl replay`: refused with what was found and what may
 * stand there, or it names a method and parameters, which include who asks.
 */
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "fuzz/fuzz.h"
#include "rehearse/script.h"

static void check_line(const char *text, size_t n, int64_t no)
{
	anju_error err;
	struct script_line line;
	anju_status st = script_line_parse(text, n, no, &line, &err);
	if (st == ANJU_OK) {
		const json_t *as = json_object_get(line.doc, "as");
		fuzz_assert(line.method != NULL && json_is_object(line.params));
		fuzz_assert(as == NULL || json_object_get(line.params, "as") == as);
		fuzz_assert((line.at_ms == SCRIPT_NO_TIME) ==
			    (json_object_get(line.doc, "at") == NULL));
	} else {
		fuzz_error(st, &err, (const uint8_t *)text, n);
		fuzz_assert(err.allowed[0] != '\0');
	}
	script_line_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *stop = p + n;
	for (int64_t no = 1; p < stop; no++) {
		const char *eol = memchr(p, '\n', (size_t)(stop - p));
		size_t len = (size_t)((eol != NULL ? eol : stop) - p);
		check_line(p, len, no);
		p += len + 1;
	}
	return 0;
}
