/** Answers late, early, twice or never. Its threads end in stop; "hang" is never answered. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "testkit.h"

static const char manifest[] =
#include "slow_manifest.h"
	;

#define MAX 16

struct slow {
	pthread_mutex_t lock;
	pthread_t threads[MAX];
	size_t len;
};

struct job {
	anju_request *request;
	useconds_t wait_us;
};

static void answer(anju_request *request)
{
	json_t *verdict = json_pack("{s:b}", "ok", 1);
	(void)request->done(request, verdict);
	json_decref(verdict);
}

static void *work(void *data)
{
	struct job *job = data;
	usleep(job->wait_us);
	answer(job->request);
	free(job);
	return NULL;
}

static void start(struct slow *self, anju_request *request, useconds_t wait_us)
{
	struct job *job = calloc(1, sizeof *job);
	*job = (struct job){request, wait_us};
	pthread_mutex_lock(&self->lock);
	if (self->len < MAX)
		pthread_create(&self->threads[self->len++], NULL, work, job);
	pthread_mutex_unlock(&self->lock);
}

static anju_status init(
	const anju_host *host, const json_t *config, void **ret_self, anju_error *err)
{
	(void)host;
	(void)config;
	(void)err;
	struct slow *self = calloc(1, sizeof *self);
	pthread_mutex_init(&self->lock, NULL);
	*ret_self = self;
	return ANJU_OK;
}

static void stop(void *data, anju_stopped_cb done, void *done_data)
{
	struct slow *self = data;
	for (size_t i = 0; i < self->len; i++)
		pthread_join(self->threads[i], NULL);
	done(done_data);
}

static void fini(void *data)
{
	struct slow *self = data;
	pthread_mutex_destroy(&self->lock);
	free(self);
}

static anju_answered policy(
	void *data, const char *function, const json_t *input, anju_request *request)
{
	struct slow *self = data;
	(void)input;
	if (strcmp(function, "forgotten") == 0)
		return (anju_answered){0};
	if (strcmp(function, "twice") == 0) {
		answer(request);
		json_t *no = json_pack("{s:b}", "ok", 0);
		anju_answered answered = request->done(request, no);
		json_decref(no);
		return answered;
	}
	if (strcmp(function, "late") == 0)
		start(self, request, 200000);
	else if (strcmp(function, "soon") == 0)
		start(self, request, 20000);
	else if (strcmp(function, "early") == 0) {
		/* the answer comes from another thread before this one has said "later" */
		start(self, request, 0);
		usleep(20000);
	}
	return request->pending(request);
}

ANJU_PLUGIN(.kinds = ANJU_KIND_POLICY, .name = "slow", .version = "1.0.0", .manifest = manifest,
	.init = init, .stop = stop, .fini = fini, .policy = policy);
