/** Shared inside core/sandbox only. */
#ifndef CORE_SANDBOX_IMPL_H
#define CORE_SANDBOX_IMPL_H

#include "engine/engine.h"
#include "sandbox/sandbox.h"
#include "store/store.h"

struct sandbox {
	struct sandbox_options options;
	char folder[64];
	struct store *store;         /* owned */
	struct store_reader *reader; /* owned */
	struct engine *engine;       /* owned */
	struct case_observer relay;  /* tells options.observer, but for dry runs … */
	bool dry;
	/* … and of a command's steps only when all of it held, what it caused elsewhere included */
	struct noted {
		const struct workflow *wf;
		bool state; /* entered; else a transition taken */
		uint32_t index;
	} * noted; /* owned */
	size_t noted_len, noted_cap;
};

/** "workflow/key" → workflow and key; ANJU_E_INVALID "sandbox.case", ANJU_E_NOTFOUND "engine.no_workflow". */
ANJU_MUST_CHECK anju_status sandbox_split(const struct sandbox *sb, const char *name,
	const struct workflow **ret_wf, const char **ret_key, anju_error *err);
/** The stored row; texts until the next read. */
ANJU_MUST_CHECK anju_status sandbox_row(struct sandbox *sb, const char *name,
	const struct workflow **ret_wf, struct store_case *ret, anju_error *err);
/** The case as of now, the caller's; without its deadlines. */
ANJU_MUST_CHECK anju_status sandbox_load(
	struct sandbox *sb, const char *name, struct anju_case **ret, anju_error *err);
/** Enough to resolve roles and say what is possible. */
struct case_env sandbox_env(const struct sandbox *sb);

#endif
