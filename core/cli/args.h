/** The command line: options anywhere, `--name value` or `--name=value`, `--` ends them. */
#ifndef CORE_CLI_ARGS_H
#define CORE_CLI_ARGS_H

#include <jansson.h>

#include "anju/error.h"
#include "cli/cli.h"

/**
 * Fill cli->command, args, values, and lang, json, help, socket, as from argv[1 …]; argv is borrowed.
 * Defaults come from the environment (ANJU_SOCKET, ANJU_LANG, LANG) and are set even on failure, so that the
 * complaint comes in the right language. ANJU_E_INVALID "cli.*".
 */
ANJU_MUST_CHECK anju_status args_parse(
	struct cli *cli, int argc, const char *const *argv, anju_error *err);

/**
 * "field=value" → data[field], by the field's declared type where `fields` (meta.anju.fields of a workflow)
 * has it: int and money become integers, bool true or false, list an array split at commas, all else a
 * string. An undeclared field: integers and true, false as such, else a string. "field=" means null (unset).
 * ANJU_E_INVALID "cli.field".
 */
ANJU_MUST_CHECK anju_status args_field(
	const char *text, const json_t *fields, json_t *data, anju_error *err);
/** "kind[:ref[:form]]" → {"kind", "ref", "form"}, appended. ANJU_E_INVALID "cli.doc". */
ANJU_MUST_CHECK anju_status args_doc(const char *text, json_t *docs, anju_error *err);

#endif
