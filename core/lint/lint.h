/**
 * The linter: what is likely a mistake in a set of packs although it loads, besides all that loading finds.
 * Each finding has a rule, a severity, a place in a file's text, a sentence, and a sentence on how to mend it.
 * The daemon asks the loader only: nothing here ever keeps it from starting.
 *
 * What a pack accepts knowingly is listed in its pack.json (anju-pack(5), LINT); what loading refuses
 * cannot be accepted.
 */
#ifndef CORE_LINT_LINT_H
#define CORE_LINT_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/messages.h"
#include "pack/pack.h"

enum lint_severity {
	LINT_NOTE,    /* worth a look */
	LINT_WARNING, /* loads, and will not do what its author means */
	LINT_ERROR,   /* does not load, or fails whenever it is reached */
};

struct lint_finding {
	anju_error error; /* id is the rule; file, found, allowed as everywhere; where may be cut */
	const char *pointer; /* JSON pointer, whole */
	enum lint_severity severity;
	/* Line and column from 1, columns and len in code points; line 0: the file has no text to show. */
	size_t line, column, len;
	const char *source; /* that line, "" if there is none */
	const char *meant;  /* what may have been meant instead of what was found, or "" */
};

struct lint_report {
	struct lint_finding *items; /* by file in the order of the chain, then by place */
	size_t len;
	size_t count[3]; /* by severity */
	size_t accepted; /* findings that the packs accept, not among the items */
	const char *
		pack; /* the leaf, "" if none could be told; several after merging, parted by ", " */
	void *priv;
	struct lint_report *next; /* owned; merged into this one */
};

/**
 * Load and look. options->report is not called.
 * Returns ANJU_OK with *ret, findings or not; ANJU_E_NOMEM.
 */
ANJU_MUST_CHECK anju_status lint_run(
	const struct pack_options *options, struct lint_report **ret, anju_error *err);
void lint_report_free(struct lint_report *report);
/**
 * Add what another leaf of the same folder has and `into` has not: packs that both extend are looked at twice.
 * What they accept is counted for each. Takes `from`, also when out of memory (false).
 */
bool lint_report_merge_take(struct lint_report *into, struct lint_report *from);
/** Add what is wrong outside of the packs' files, such as a plugin's manifest; false if out of memory. */
bool lint_report_add(struct lint_report *report, const anju_error *err);
ANJU_DEFINE_AUTO(lint_report)

/** Append what is wrong. */
void lint_sentence(struct buf *out, const struct lint_finding *finding, enum lang lang);
/** Append what to write instead. */
void lint_mend(struct buf *out, const struct lint_finding *finding, enum lang lang);

/** One rule that findings are made by, those of loading included. */
struct lint_rule {
	const char *id;
	enum lint_severity severity;
	const char *mend[2]; /* templates, by enum lang */
	const char *what
		[2]; /* what the rule looks for; NULL for those of loading: their sentence says it */
};
/** Rule `i`, by id; false past the last. */
bool lint_rule_at(size_t i, struct lint_rule *ret);
enum lint_severity lint_severity_of(const char *id);
/** "error", "warning", "note" (SARIF's words). */
const char *lint_severity_text(enum lint_severity severity);

#endif
