/* Definitions that cases still live under although the packs have gone on. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "pack/loader.h"

void stored_workflow_free(struct workflow *wf)
{
	workflow_free(wf);
}

static bool read_hash(const char *hex, uint8_t out[HASH_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	if (strlen(hex) != HASH_HEX_CHARS - 1 || strspn(hex, digits) != HASH_HEX_CHARS - 1)
		return false;
	for (size_t i = 0; i < HASH_BYTES; i++)
		out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
				   (strchr(digits, hex[2 * i + 1]) - digits));
	return true;
}

/* Both passes at once: all other workflows are known already. */
static bool read_stored(struct loader *ld, struct workflow *wf, const char *hash)
{
	struct wf_priv *priv = wf->priv;
	struct build b = {.ld = ld, .wf = wf, .pool = &priv->pool, .root = JSON_AT_ROOT(wf->file)};
	b.calls_end = &b.calls;
	wf->set = ld->set;
	wf->id = load_string(ld, wf->source, &b.root, "id", true);
	wf->version = load_string(ld, wf->source, &b.root, "version", true);
	wf->pack = ld->set->name;
	if (wf->id == NULL)
		return false;
	if (!read_hash(hash, wf->hash)) {
		load_finding_text(ld, "pack.stored_hash", &b.root, hash, "0-9a-f × 64");
		return false;
	}
	memcpy(wf->hash_hex, hash, HASH_HEX_CHARS);
	workflow_read(&b);
	workflow_resolve(&b);
	return !priv->pool.failed;
}

anju_status pack_load_stored(struct pack_set *set, json_t *source, const char *hash,
	const struct pack_options *options, struct workflow **ret, anju_error *err)
{
	char file[96];
	const char *id = json_string_value(json_object_get(source, "id"));
	snprintf(file, sizeof file, "%.63s@%.12s", id != NULL ? id : "?", hash);
	struct workflow *wf = workflow_new(file, source);
	if (wf == NULL)
		return anju_fail_nomem(err);
	struct loader ld = {.options = options, .set = set, .stored = true};
	bool whole = read_stored(&ld, wf, hash);
	if (whole && ld.findings == 0) {
		*ret = wf;
		return ANJU_OK;
	}
	workflow_free(wf);
	if (ld.findings == 0)
		return anju_fail_nomem(err);
	if (err != NULL)
		*err = ld.first;
	return ld.first.status;
}
