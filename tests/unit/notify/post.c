#include "post.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "unit/support.h"

int64_t post_now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct plugin_set *load_plugins(const char *folder)
{
	static const char *const dirs[] = {TEST_PLUGINS_DIR, NULL};
	char trace[96];
	anju_error err = {0};
	struct plugin_set *set = NULL;
	snprintf(trace, sizeof trace, "%s/trace", folder);
	ANJU_AUTO_JSON *configs = json_pack("{s:{s:s}}", "moody", "trace", trace);
	ANJU_AUTO_JSON *names = json_pack("[s]", "moody");
	struct plugin_options options = {.dirs = dirs, .configs = configs};
	assert_ok(plugin_set_load(&options, names, &set, &err), err);
	return set;
}

void post_open(struct post *p)
{
	anju_error err = {0};
	*p = (struct post){.lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};
	snprintf(p->folder, sizeof p->folder, "/tmp/anju-notify-XXXXXX");
	cr_assert_not_null(mkdtemp(p->folder));
	struct store_options options = {.folder = p->folder};
	assert_ok(store_open(&options, &p->store, &err), err);
	p->plugins = load_plugins(p->folder);
}

static bool outcome(void *ctx, const struct delivery_outcome *outcome)
{
	struct post *p = ctx;
	pthread_mutex_lock(&p->lock);
	bool taken = p->refuse == 0;
	p->refuse -= !taken;
	if (p->len < 64)
		p->outcomes[p->len++] = (struct post_outcome){.message_id = outcome->message_id,
			.attempts = outcome->attempts,
			.again = outcome->again,
			.err = *outcome->error,
			.at_ms = post_now()};
	pthread_cond_broadcast(&p->cond);
	pthread_mutex_unlock(&p->lock);
	if (taken)
		delivery_settled(outcome->reporter);
	return taken;
}

void post_start(struct post *p, int retry_first_ms)
{
	post_start_with(p, retry_first_ms, NULL);
}

void post_start_with(struct post *p, int retry_first_ms, const struct delivery_channel *channel)
{
	anju_error err = {0};
	struct delivery_options options = {.plugins = p->plugins,
		.folder = p->folder,
		.timeout_ms = 2000,
		.retry_first_ms = retry_first_ms,
		.channels = channel,
		.channels_len = channel != NULL,
		.outcome = outcome,
		.ctx = p};
	assert_ok(delivery_start(&options, &p->delivery, &err), err);
}

void post_done(struct post *p)
{
	char cmd[128];
	delivery_free(p->delivery);
	plugin_set_free(p->plugins);
	store_free(p->store);
	snprintf(cmd, sizeof cmd, "rm -rf %s", p->folder);
	cr_assert_eq(system(cmd), 0); /* allowed: test clean-up of its own folder */
}

static int64_t add(
	struct post *p, const char *claim, const char *channel, const char *body, bool urgent)
{
	anju_error err = {0};
	int64_t id = 0;
	bool is_new = false;
	struct store_message row = {.claim = claim,
		.unit = "610322.land",
		.channel = channel,
		.body = body,
		.urgent = urgent};
	assert_ok(store_begin(p->store, &err), err);
	assert_ok(store_message_add(p->store, &row, &id, &is_new, &err), err);
	assert_ok(store_commit(p->store, &err), err);
	cr_assert(is_new);
	if (p->delivery != NULL)
		delivery_wake(p->delivery);
	return id;
}

int64_t post_message(struct post *p, const char *claim, const char *channel, const char *body)
{
	return add(p, claim, channel, body, false);
}

int64_t post_urgent(struct post *p, const char *claim, const char *channel, const char *body)
{
	return add(p, claim, channel, body, true);
}

void post_renew(struct post *p, int64_t id, const char *channel)
{
	anju_error err = {0};
	assert_ok(store_begin(p->store, &err), err);
	assert_ok(store_message_renew(p->store, id, channel, 0, &err), err);
	assert_ok(store_commit(p->store, &err), err);
	if (p->delivery != NULL)
		delivery_renew(p->delivery, &id, 1);
}

void post_settle(struct post *p, int64_t id, enum store_message_status status, int attempts)
{
	anju_error err = {0};
	struct store_message row = {.id = id, .status = status, .attempts = attempts};
	assert_ok(store_begin(p->store, &err), err);
	assert_ok(store_message_update(p->store, &row, &err), err);
	assert_ok(store_commit(p->store, &err), err);
}

struct post_outcome post_wait(struct post *p, int i)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	int rc = 0;
	pthread_mutex_lock(&p->lock);
	while (p->len <= i && rc == 0)
		rc = pthread_cond_timedwait(&p->cond, &p->lock, &until);
	int len = p->len;
	struct post_outcome o = p->outcomes[i];
	pthread_mutex_unlock(&p->lock);
	cr_assert_gt(len, i, "waited in vain for outcome %d", i);
	return o;
}

int post_count(struct post *p, int pause_ms)
{
	(void)usleep((useconds_t)pause_ms * 1000);
	pthread_mutex_lock(&p->lock);
	int len = p->len;
	pthread_mutex_unlock(&p->lock);
	return len;
}

int post_asked(const struct post *p, const char *id)
{
	char path[96], line[200];
	int n = 0;
	snprintf(path, sizeof path, "%s/trace", p->folder);
	ANJU_AUTO_FILE f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		n += strcmp(line, id) == 0;
	}
	return n;
}
