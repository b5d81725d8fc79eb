#include "notify/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "notify/worker.h"

#define TIMEOUT_DEFAULT_MS 10000
#define RETRY_FIRST_MS     1000

struct delivery {
	struct delivery_options options;
	struct worker *workers; /* owned; the last one is for channels that nobody offers */
	size_t len;             /* with their threads begun */
};

/* As configured, or as everybody else. The one for unknown channels asks nobody: nothing can be down there. */
static void configure(struct worker *w, const struct delivery_options *options, const char *channel)
{
	struct gate_options gate = {
		.failures = channel != NULL ? DELIVERY_FAILURES : 0, .pause_ms = DELIVERY_PAUSE_MS};
	w->attempts = DELIVERY_ATTEMPTS;
	for (size_t i = 0; channel != NULL && i < options->channels_len; i++) {
		const struct delivery_channel *c = &options->channels[i];
		if (strcmp(c->name, channel) != 0)
			continue;
		gate = c->gate;
		if (c->attempts > 0)
			w->attempts = c->attempts;
	}
	gate_init(&w->gate, &gate);
}

static const json_t *offers(const struct delivery *d, size_t plugin)
{
	struct plugin *p = plugin_set_at(d->options.plugins, plugin);
	return json_object_get(plugin_manifest(p), "channels");
}

static size_t plugins_len(const struct delivery *d)
{
	return d->options.plugins != NULL ? plugin_set_count(d->options.plugins) : 0;
}

static size_t count_channels(const struct delivery *d)
{
	size_t n = 0;
	for (size_t i = 0; i < plugins_len(d); i++)
		n += json_array_size(offers(d, i));
	return n;
}

static anju_status add_worker(struct delivery *d, const char *channel, anju_error *err)
{
	struct worker *w = &d->workers[d->len++];
	w->options = &d->options;
	w->channel = channel;
	configure(w, &d->options, channel);
	return worker_begin(w, err);
}

static anju_status add_workers(struct delivery *d, anju_error *err)
{
	anju_status st = ANJU_OK;
	for (size_t i = 0; i < plugins_len(d) && st == ANJU_OK; i++) {
		const json_t *list = offers(d, i), *entry;
		size_t k;
		json_array_foreach((json_t *)list, k, entry) {
			const char *name = json_string_value(json_object_get(entry, "name"));
			if (name != NULL && st == ANJU_OK)
				st = add_worker(d, name, err);
		}
	}
	return st == ANJU_OK ? add_worker(d, NULL, err) : st;
}

anju_status delivery_start(
	const struct delivery_options *options, struct delivery **ret, anju_error *err)
{
	ANJU_AUTO(delivery) d = calloc(1, sizeof *d);
	if (d == NULL)
		return anju_fail_nomem(err);
	d->options = *options;
	if (d->options.timeout_ms <= 0)
		d->options.timeout_ms = TIMEOUT_DEFAULT_MS;
	if (d->options.retry_first_ms <= 0)
		d->options.retry_first_ms = RETRY_FIRST_MS;
	d->workers = calloc(count_channels(d) + 1, sizeof *d->workers);
	if (d->workers == NULL)
		return anju_fail_nomem(err);
	anju_status st = add_workers(d, err);
	/* they were copied into the workers */
	d->options.channels = NULL;
	d->options.channels_len = 0;
	if (st != ANJU_OK)
		return anju_wrap(err, st, "delivery");
	*ret = ANJU_TAKE(d);
	return ANJU_OK;
}

void delivery_wake(struct delivery *d)
{
	delivery_renew(d, NULL, 0);
}

void delivery_renew(struct delivery *d, const int64_t *ids, size_t n)
{
	/* each looks whether it is its own: the channel may be a new one */
	for (size_t i = 0; i < d->len; i++)
		worker_wake(&d->workers[i], ids, n);
}

void delivery_figures(struct delivery *d, delivery_figures_cb cb, void *ctx)
{
	for (size_t i = 0; i < d->len; i++) {
		struct delivery_figures figures;
		worker_figures(&d->workers[i], &figures);
		cb(ctx, &figures);
	}
}

void delivery_free(struct delivery *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->len; i++)
		worker_stop(&d->workers[i]);
	for (size_t i = 0; i < d->len; i++)
		worker_end(&d->workers[i]);
	free(d->workers);
	free(d);
}
