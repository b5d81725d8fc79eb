/** Stepping through a workflow by hand: what the files of `anjuctl try` share. */
#ifndef CORE_CLI_TRY_H
#define CORE_CLI_TRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/cli.h"
#include "sandbox/sandbox.h"
#include "scenario/scenario.h"

#define TRY_WORDS_MAX 64

struct
try {
	struct cli *cli;
	struct sandbox_world world;  /* owned */
	struct scenario_list list;   /* owned */
	const struct scenario *base; /* the scenario it goes on from, or NULL */
	const struct workflow *wf;   /* borrowed: world */
	struct sandbox *sb;          /* owned */
	char start[40];
	char name[160]; /* the case at hand, or "" */
	char as[160];   /* who acts, or "": whoever may */
	json_t *acts; /* owned; what was done, each as a step of a scenario with what came of it */
	json_t *next; /* owned; data, docs and reason that go with the next act */
	int64_t seen; /* the last message that was shown */
	bool trouble; /* a line made no sense */
	bool over;
};

/* try_line.c */
/** Cut `line` in place into words at blanks; "…" and '…' hold blanks together. Returns how many. */
size_t try_words(char *line, char *words[TRY_WORDS_MAX]);
/** FIELD=VALUE…, --doc, --reason, --effective: into members of an act. False after complaining. */
bool try_gather(struct try *t, char *const *words, size_t n, json_t *act);
/** Complain about a line; in a script the exit code remembers. */
void try_complain(struct try *t, const anju_error *err);

/* try_act.c */
/** A sandbox from the beginning, with all that was done in it. CLI_OK or an exit code after complaining. */
int try_restart(struct try *t);
/** Do `act` (taken), show what came of it and remember it. */
void try_do(struct try *t, json_t *act);
/** Without the last `n` acts. */
void try_undo(struct try *t, size_t n);
/** Write what was done as a scenario. */
void try_save(struct try *t, const char *path, const char *title);
/** The unit that would send `event`, as a role or unit; false when there is nobody. */
bool try_actor(struct try *t, const char *event, const json_t *data, char *out, size_t size);
/** Would `event` be taken now? True, or false with its words (the caller's). */
bool try_would(struct try *t, const char *event, const char *as, json_t **ret_words);

/* try_show.c */
/** Time, case, states, deadlines, what is possible. */
void try_show(struct try *t);
/** Every event: possible or why not; `event` NULL: all. */
void try_show_events(struct try *t, const char *event);
void try_show_fields(struct try *t);
/** Messages that have not been shown yet. */
void try_show_messages(struct try *t);
void try_show_cases(struct try *t);
void try_show_words(struct try *t, const char *before, const json_t *words);

#endif
