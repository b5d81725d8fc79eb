/*~ From a name to a checked descriptor. Order matters: files and folders are judged first, then the
 * manifest beside the shared object is read and checked, and only then is the object opened, because dlopen
 * runs its constructors: from that moment on it could do anything this process can. With manifests_only
 * it is never opened at all. The descriptor inside must then say what the manifest has promised. */
#include "plugin/record.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/messages.h"
#include "plugin/manifest.h"

#define SYMBOL "anju_plugin_v1"
/* What the first release of this ABI offered: no build may know less. */
#define SIZE_MIN (offsetof(anju_plugin, calendar) + sizeof(void *))

#if defined(__has_feature)
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
	HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer)
/* or the frames of an unloaded plugin vanish from reports */
#define OPEN_FLAGS (RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)
#else
#define OPEN_FLAGS (RTLD_NOW | RTLD_LOCAL)
#endif

static anju_status refuse(anju_error *err, anju_status st, const char *id, const struct plugin *p,
	const char *found, const char *allowed)
{
	char en_found[96], en_allowed[96];
	(void)anju_fail(err, st, id, "plugin %s: %s: found %s, allowed %s", p->name, id,
		message_english(found, en_found, sizeof en_found),
		message_english(allowed, en_allowed, sizeof en_allowed));
	anju_error_file(err, p->so_path != NULL ? p->so_path : p->name);
	anju_error_found(err, "%s", found);
	anju_error_allowed(err, "%s", allowed);
	return st;
}

/**
 * Whoever may write a plugin, its manifest or the folders they lie in can run code as this daemon. So they
 * must belong to root or to us and be closed to others; group write is accepted for our own group only.
 */
static anju_status check_closed(
	const struct plugin *p, const char *path, bool folder, anju_error *err)
{
	struct stat sb;
	if (stat(path, &sb) != 0)
		return anju_fail_errno(err, errno, "@say.looking_at|%s", path);
	if (folder ? !S_ISDIR(sb.st_mode) : !S_ISREG(sb.st_mode)) {
		anju_status st = refuse(err, ANJU_E_DENIED, "plugin.not_regular", p, path,
			folder ? "@say.a_folder" : "@say.a_file");
		anju_error_file(err, path);
		return st;
	}
	bool owner_ok = sb.st_uid == 0 || sb.st_uid == geteuid();
	bool group_ok = (sb.st_mode & S_IWGRP) == 0 || sb.st_gid == getegid();
	if (owner_ok && group_ok && (sb.st_mode & S_IWOTH) == 0)
		return ANJU_OK;
	char found[96];
	snprintf(found, sizeof found, "@say.mode_owner|%04o|%ld|%ld", (unsigned)sb.st_mode & 07777,
		(long)sb.st_uid, (long)sb.st_gid);
	anju_status st =
		refuse(err, ANJU_E_DENIED, "plugin.insecure", p, found, "@say.owner_closed");
	anju_error_file(err, path);
	return st;
}

/** The first of <dir>/<name>.so and <dir>/<name>/<name>.so that exists. */
static bool locate(const struct plugin *p, const char *dir, struct buf *folder, struct buf *so)
{
	for (int nested = 0; nested <= 1; nested++) {
		buf_reset(folder);
		buf_reset(so);
		buf_addf(folder, nested ? "%s/%s" : "%s", dir, p->name);
		buf_addf(so, "%s/%s.so", folder->data != NULL ? folder->data : "", p->name);
		if (folder->failed || so->failed)
			return false;
		if (access(so->data, F_OK) == 0)
			return true;
	}
	return false;
}

static anju_status check_files(struct plugin *p, const char *dir, const char *folder,
	const char *so, const char *manifest, anju_error *err)
{
	p->dir = realpath(folder, NULL);
	p->so_path = realpath(so, NULL);
	if (p->dir == NULL || p->so_path == NULL)
		return anju_fail_errno(err, errno, "@say.resolving|%s", so);
	/* a link's target lies in a folder of its own */
	ANJU_AUTO_MEM char *target = strdup(p->so_path);
	if (target == NULL)
		return anju_fail_nomem(err);
	*strrchr(target, '/') = '\0';
	const char *const folders[] = {dir, p->dir, target[0] != '\0' ? target : "/"};
	anju_status st = ANJU_OK;
	for (size_t i = 0; st == ANJU_OK && i < sizeof folders / sizeof folders[0]; i++)
		st = check_closed(p, folders[i], true, err);
	if (st == ANJU_OK)
		st = check_closed(p, p->so_path, false, err);
	if (st == ANJU_OK && access(manifest, F_OK) == 0)
		st = check_closed(p, manifest, false, err);
	return st;
}

anju_status plugin_find(struct plugin *p, const char *const *dirs, anju_error *err)
{
	ANJU_AUTO_BUF folder = BUF_INIT;
	ANJU_AUTO_BUF so = BUF_INIT;
	ANJU_AUTO_BUF tried = BUF_INIT;
	for (size_t i = 0; dirs != NULL && dirs[i] != NULL; i++) {
		buf_addf(&tried, "%s%s", i > 0 ? " " : "", dirs[i]);
		if (!locate(p, dirs[i], &folder, &so)) {
			if (folder.failed || so.failed)
				return anju_fail_nomem(err);
			continue;
		}
		ANJU_AUTO_BUF manifest = BUF_INIT;
		buf_addf(&manifest, "%s/%s.json", folder.data, p->name);
		if (manifest.failed)
			return anju_fail_nomem(err);
		anju_status st = check_files(p, dirs[i], folder.data, so.data, manifest.data, err);
		if (st != ANJU_OK)
			return st;
		return manifest_load(manifest.data, p->name, &p->manifest, &p->kinds, err);
	}
	char file[80];
	snprintf(file, sizeof file, "%s.so", p->name);
	return refuse(err, ANJU_E_NOTFOUND, "plugin.not_found", p, file,
		tried.data != NULL ? tried.data : "-");
}

/** The bytes the symbol really has; 0 if the object does not tell. */
static size_t symbol_size(const void *symbol)
{
	Dl_info info;
	void *extra = NULL;
	if (dladdr1(symbol, &info, &extra, RTLD_DL_SYMENT) == 0 || extra == NULL)
		return 0;
	return ((const ElfW(Sym) *)extra)->st_size;
}

static anju_status take_descriptor(struct plugin *p, const anju_plugin *d, anju_error *err)
{
	char found[64], allowed[64];
	size_t real = symbol_size(d);
	if (d->magic != ANJU_PLUGIN_MAGIC) {
		snprintf(found, sizeof found, "0x%08x", d->magic);
		snprintf(allowed, sizeof allowed, "0x%08x", ANJU_PLUGIN_MAGIC);
		return refuse(err, ANJU_E_UNSUPPORTED, "plugin.bad_magic", p, found, allowed);
	}
	if (d->abi != ANJU_PLUGIN_ABI) {
		snprintf(found, sizeof found, "%u", d->abi);
		snprintf(allowed, sizeof allowed, "%u", ANJU_PLUGIN_ABI);
		return refuse(err, ANJU_E_UNSUPPORTED, "plugin.bad_abi", p, found, allowed);
	}
	if (d->size < SIZE_MIN || (real != 0 && d->size > real)) {
		snprintf(found, sizeof found, "%u", d->size);
		snprintf(allowed, sizeof allowed, ">= %zu, <= %zu", SIZE_MIN, real);
		return refuse(err, ANJU_E_UNSUPPORTED, "plugin.bad_size", p, found, allowed);
	}
	/* an older build knows fewer fields, a newer one more: what both know is taken */
	memset(&p->api, 0, sizeof p->api);
	memcpy(&p->api, d, d->size < sizeof p->api ? d->size : sizeof p->api);
	return ANJU_OK;
}

static anju_status check_functions(const struct plugin *p, anju_error *err)
{
	const anju_plugin *a = &p->api;
	const struct {
		const char *name;
		bool missing;
	} needed[] = {
		{"init", a->init == NULL},
		{"fini", a->fini == NULL},
		{"policy", (a->kinds & ANJU_KIND_POLICY) != 0 && a->policy == NULL},
		{"deliver", (a->kinds & ANJU_KIND_CHANNEL) != 0 && a->deliver == NULL},
		{"calendar", (a->kinds & ANJU_KIND_CALENDAR) != 0 && a->calendar == NULL},
	};
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		if (needed[i].missing)
			return refuse(err, ANJU_E_INVALID, "plugin.missing_function", p,
				"@say.nothing", needed[i].name);
	}
	return ANJU_OK;
}

/** Where two JSON values part, for the message: the first member of the top level that differs. */
static const char *first_difference(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)a, key, v) {
		if (!json_equal(v, json_object_get(b, key)))
			return key;
	}
	json_object_foreach((json_t *)b, key, v) {
		if (json_object_get(a, key) == NULL)
			return key;
	}
	return "";
}

static anju_status check_manifest(const struct plugin *p, anju_error *err)
{
	json_error_t je;
	const char *text = p->api.manifest != NULL ? p->api.manifest : "";
	ANJU_AUTO_JSON *inside = json_loads(text, JSON_REJECT_DUPLICATES, &je);
	if (!json_is_object(inside))
		return refuse(err, ANJU_E_INVALID, "plugin.manifest_differs", p, "JSON",
			"@say.manifest_json");
	if (!json_equal(inside, p->manifest))
		return refuse(err, ANJU_E_INVALID, "plugin.manifest_differs", p,
			first_difference(p->manifest, inside), "@say.manifest_json");
	return ANJU_OK;
}

static anju_status check_descriptor(const struct plugin *p, anju_error *err)
{
	char found[64], allowed[64];
	const anju_plugin *a = &p->api;
	uint32_t known = ANJU_KIND_POLICY | ANJU_KIND_CHANNEL | ANJU_KIND_CALENDAR;
	if ((a->kinds & ~known) != 0 || a->kinds != p->kinds) {
		snprintf(found, sizeof found, "0x%x", a->kinds);
		snprintf(allowed, sizeof allowed, "0x%x", p->kinds);
		return refuse(err, (a->kinds & ~known) != 0 ? ANJU_E_UNSUPPORTED : ANJU_E_INVALID,
			(a->kinds & ~known) != 0 ? "plugin.unknown_kind" : "plugin.offer_mismatch",
			p, found, allowed);
	}
	if (a->name == NULL || strcmp(a->name, p->name) != 0)
		return refuse(err, ANJU_E_INVALID, "plugin.wrong_name", p,
			a->name != NULL ? a->name : "@say.nothing", p->name);
	anju_status st = check_manifest(p, err);
	if (st != ANJU_OK)
		return st;
	const char *version = json_string_value(json_object_get(p->manifest, "version"));
	if (a->version == NULL || strcmp(a->version, version) != 0)
		return refuse(err, ANJU_E_INVALID, "plugin.wrong_version", p,
			a->version != NULL ? a->version : "@say.nothing", version);
	return check_functions(p, err);
}

anju_status plugin_open(struct plugin *p, anju_error *err)
{
	p->handle = dlopen(p->so_path, OPEN_FLAGS);
	if (p->handle == NULL) {
		const char *why = dlerror();
		return refuse(err, ANJU_E_PLUGIN, "plugin.open", p, why != NULL ? why : "?",
			"@say.symbols_resolved");
	}
	const anju_plugin *d = dlsym(p->handle, SYMBOL);
	if (d == NULL)
		return refuse(err, ANJU_E_UNSUPPORTED, "plugin.no_symbol", p, "-", SYMBOL);
	anju_status st = take_descriptor(p, d, err);
	if (st == ANJU_OK)
		st = check_descriptor(p, err);
	return st;
}
