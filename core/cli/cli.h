/**
 * What every command of anjuctl works with: the options given, the language, the daemon (when it is asked
 * for), and names of things for people.
 */
#ifndef CORE_CLI_CLI_H
#define CORE_CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "anju/error.h"
#include "base/messages.h"

struct client;
struct command;

/** Exit codes, part of the interface: anjuctl(1). */
enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1,     /* by the daemon: state, role, condition, bad parameter */
	CLI_USAGE = 2,       /* the command line or an input file makes no sense */
	CLI_UNREACHABLE = 3, /* no daemon answers */
	CLI_FINDINGS = 4,    /* done, but not all is well: lint, check, import, replay */
};

#define CLI_VALUES_MAX 128
#define CLI_ARGS_MAX   256

/** An option as given; `value` is NULL for a flag. Borrowed from argv. */
struct cli_value {
	const char *name;
	const char *value;
};

struct cli {
	enum lang lang;
	bool json;
	bool help;
	const char *socket;
	const char *as;                /* or NULL */
	const struct command *command; /* NULL: none named */
	const char *args[CLI_ARGS_MAX];
	size_t args_len;
	struct cli_value values[CLI_VALUES_MAX];
	size_t values_len;

	FILE *out, *err;
	int width; /* columns of the terminal; 0 = not a terminal */

	struct client *client; /* owned; connected when first needed */
	json_t *workflows;     /* owned; id → result of workflow.get, or false */
	json_t *units;         /* owned; code → title */
};

/** Free what the commands have gathered. */
void cli_done(struct cli *cli);

/** One of two texts. Both may be formats: the compiler checks them. */
static inline const char *tr(enum lang lang, const char *zh, const char *en)
	__attribute__((format_arg(2))) __attribute__((format_arg(3)));
static inline const char *tr(enum lang lang, const char *zh, const char *en)
{
	return lang == LANG_EN ? en : zh;
}

/** The last value given for an option, or NULL. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
/** The i-th value of an option that may be given several times; NULL past the last. */
const char *cli_value_at(const struct cli *cli, const char *name, size_t i);
/** A number of at least `min`; false after complaining. *ret stays when the option was not given. */
bool cli_number(struct cli *cli, const char *name, int64_t min, int64_t *ret);

/** An option that must be given; NULL after complaining. */
const char *cli_needed(struct cli *cli, const char *name);

/** Say what is wrong in the user's language on standard error. Returns `code`. */
int cli_fail(struct cli *cli, int code, const anju_error *err);
/** The same for a mistake on the command line, adding where help is. */
int cli_fail_usage(struct cli *cli, const anju_error *err);

/* --- the daemon --- */

/** Connect unless connected. CLI_OK, or CLI_UNREACHABLE after saying so. */
int cli_connect(struct cli *cli);
/**
 * Ask the daemon; adds "as". Takes `params` (NULL = none). CLI_OK with *ret the result, the caller's;
 * CLI_REFUSED after showing the error (standard error, or standard output with --json);
 * CLI_UNREACHABLE.
 */
int cli_call(struct cli *cli, const char *method, json_t *params, json_t **ret);
/** As cli_call, silent about refusals: *ret is NULL then. */
int cli_try(struct cli *cli, const char *method, json_t *params, json_t **ret);
/**
 * All pages of a list up to `limit` items (0 = all): *ret_items is an array, the caller's; *ret_more: there
 * are further ones. Takes params.
 */
int cli_pages(struct cli *cli, const char *method, json_t *params, int64_t limit,
	json_t **ret_items, bool *ret_more);

#endif
