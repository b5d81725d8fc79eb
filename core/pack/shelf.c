#include "pack/shelf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/error.h"

struct slot {
	struct slot *prev, *next; /* utlist: least recently used first */
	char hash[HASH_HEX_CHARS];
	struct workflow *wf; /* owned; NULL: it does not fit, and `why` says so */
	anju_error why;
	size_t users;
};

struct shelf {
	struct pack_set *packs; /* borrowed */
	policy_known_cb policy_known;
	void *policy_ctx;
	size_t limit;
	pthread_mutex_t lock;
	struct slot *slots; /* owned */
	size_t len, used;
};

struct shelf *shelf_new(
	struct pack_set *packs, policy_known_cb policy_known, void *policy_ctx, size_t limit)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);
	if (shelf == NULL)
		return NULL;
	shelf->packs = packs;
	shelf->policy_known = policy_known;
	shelf->policy_ctx = policy_ctx;
	shelf->limit = limit;
	pthread_mutex_init(&shelf->lock, NULL);
	return shelf;
}

static void drop(struct shelf *shelf, struct slot *slot)
{
	DL_DELETE(shelf->slots, slot);
	shelf->len--;
	stored_workflow_free(slot->wf);
	free(slot);
}

void shelf_free(struct shelf *shelf)
{
	if (shelf == NULL)
		return;
	anju_assert(shelf->used == 0);
	while (shelf->slots != NULL)
		drop(shelf, shelf->slots);
	pthread_mutex_destroy(&shelf->lock);
	free(shelf);
}

static void trim(struct shelf *shelf)
{
	struct slot *slot, *next;
	DL_FOREACH_SAFE(shelf->slots, slot, next) {
		if (shelf->len <= shelf->limit)
			return;
		if (slot->users == 0)
			drop(shelf, slot);
	}
}

static anju_status unfit(
	const char *id, const char *hash, const char *why, const char *workflow, anju_error *err)
{
	(void)anju_fail(err, ANJU_E_UNSUPPORTED, id, "definition %.12s of %s cannot be used: %s",
		hash, workflow, why);
	anju_error_found(err, "%.12s", hash);
	return ANJU_E_UNSUPPORTED;
}

/* What the packs in force make of the stored text; a slot also when they do not accept it. */
static anju_status fill(struct shelf *shelf, struct slot *slot, const char *workflow,
	json_t *source, anju_error *err)
{
	struct pack_options options = {
		.policy_known = shelf->policy_known, .policy_ctx = shelf->policy_ctx};
	anju_error why = {0};
	anju_status st =
		pack_load_stored(shelf->packs, source, slot->hash, &options, &slot->wf, &why);
	if (st == ANJU_OK && strcmp(slot->wf->id, workflow) == 0)
		return ANJU_OK;
	if (st == ANJU_E_NOMEM)
		return anju_fail_nomem(err);
	(void)unfit("engine.definition_unfit", slot->hash, why.text, workflow, &slot->why);
	if (why.where[0] != '\0') {
		anju_error_file(&slot->why, why.file);
		anju_error_where(&slot->why, "%s", why.where);
	}
	anju_error_allowed(&slot->why, "%s", why.found);
	return ANJU_OK;
}

/* Under the lock. */
static anju_status add(struct shelf *shelf, const char *workflow, const char *hash,
	shelf_source_cb source, void *ctx, struct slot **ret, anju_error *err)
{
	ANJU_AUTO_JSON *text = NULL;
	anju_status st = source(ctx, hash, &text, err);
	if (st == ANJU_E_NOTFOUND || (st == ANJU_OK && strlen(hash) >= HASH_HEX_CHARS)) {
		st = unfit("engine.definition", hash, "its text is not kept", workflow, err);
		anju_error_allowed(err, "%s", workflow);
	}
	if (st != ANJU_OK)
		return st;
	struct slot *slot = calloc(1, sizeof *slot);
	if (slot == NULL)
		return anju_fail_nomem(err);
	memcpy(slot->hash, hash, strlen(hash) + 1);
	st = fill(shelf, slot, workflow, text, err);
	if (st != ANJU_OK) {
		free(slot);
		return st;
	}
	DL_APPEND(shelf->slots, slot);
	shelf->len++;
	*ret = slot;
	return ANJU_OK;
}

static struct slot *find(struct shelf *shelf, const char *hash)
{
	struct slot *slot;
	DL_FOREACH(shelf->slots, slot) {
		if (strcmp(slot->hash, hash) == 0)
			return slot;
	}
	return NULL;
}

static const struct workflow *in_force(
	const struct shelf *shelf, const char *workflow, const char *hash)
{
	const struct workflow *wf = pack_set_workflow(shelf->packs, workflow);
	return wf != NULL && strcmp(wf->hash_hex, hash) == 0 ? wf : NULL;
}

anju_status shelf_take(struct shelf *shelf, const char *workflow, const char *hash,
	shelf_source_cb source, void *ctx, const struct workflow **ret, anju_error *err)
{
	const struct workflow *wf = in_force(shelf, workflow, hash);
	if (wf != NULL) {
		*ret = wf;
		return ANJU_OK;
	}
	pthread_mutex_lock(&shelf->lock);
	struct slot *slot = find(shelf, hash);
	anju_status st =
		slot == NULL ? add(shelf, workflow, hash, source, ctx, &slot, err) : ANJU_OK;
	if (st == ANJU_OK && slot->wf == NULL) {
		st = slot->why.status;
		if (err != NULL)
			*err = slot->why;
	}
	if (st == ANJU_OK) {
		shelf->used += slot->users++ == 0;
		*ret = slot->wf;
	}
	if (slot != NULL) {
		DL_DELETE(shelf->slots, slot);
		DL_APPEND(shelf->slots, slot);
	}
	trim(shelf);
	pthread_mutex_unlock(&shelf->lock);
	return st;
}

void shelf_give(struct shelf *shelf, const struct workflow *wf)
{
	if (wf == NULL || in_force(shelf, wf->id, wf->hash_hex) == wf)
		return;
	pthread_mutex_lock(&shelf->lock);
	struct slot *slot = find(shelf, wf->hash_hex);
	anju_assert(slot != NULL && slot->users > 0);
	shelf->used -= --slot->users == 0;
	trim(shelf);
	pthread_mutex_unlock(&shelf->lock);
}

bool shelf_crowded(struct shelf *shelf)
{
	pthread_mutex_lock(&shelf->lock);
	bool crowded = shelf->used > shelf->limit;
	pthread_mutex_unlock(&shelf->lock);
	return crowded;
}
