#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define SECRET_MAX 4096
/* What is left of the host's patience when libcurl gives up. */
#define MARGIN_MS 250

anju_status transfer_init(struct transfer *t, anju_error *err)
{
	*t = (struct transfer){0};
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	pthread_mutex_init(&t->lock, NULL);
	return ANJU_OK;
}

void transfer_stop(struct transfer *t)
{
	atomic_store(&t->stopping, true);
}

void transfer_fini(struct transfer *t)
{
	while (t->idle_len > 0)
		curl_easy_cleanup(t->idle[--t->idle_len]);
	pthread_mutex_destroy(&t->lock);
	curl_global_cleanup();
}

/* Called about once a second, and whenever something moves: not zero ends the transfer. */
static int on_progress(
	void *clientp, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
	const struct transfer *t = clientp;
	return atomic_load(&t->stopping) ? 1 : 0;
}

CURL *transfer_take(struct transfer *t, uint32_t timeout_ms, const char *ca_file)
{
	CURL *curl = NULL;
	pthread_mutex_lock(&t->lock);
	if (t->idle_len > 0)
		curl = t->idle[--t->idle_len];
	pthread_mutex_unlock(&t->lock);
	if (curl != NULL)
		curl_easy_reset(curl); /* keeps the connection */
	else
		curl = curl_easy_init();
	if (curl == NULL)
		return NULL;
	long ms = timeout_ms > 2 * MARGIN_MS ? (long)timeout_ms - MARGIN_MS : (long)timeout_ms / 2;
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ms > 0 ? ms : 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	/* A proxy of somebody's shell is no way for these messages to go. */
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (ca_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
	return curl;
}

void transfer_give(struct transfer *t, CURL *curl)
{
	pthread_mutex_lock(&t->lock);
	bool kept = t->idle_len < TRANSFER_IDLE;
	if (kept)
		t->idle[t->idle_len++] = curl;
	pthread_mutex_unlock(&t->lock);
	if (!kept)
		curl_easy_cleanup(curl);
}

anju_status transfer_run(CURL *curl, const char *id, anju_error *err, CURLcode *ret_code)
{
	char words[CURL_ERROR_SIZE] = "";
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	*ret_code = curl_easy_perform(curl);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	if (*ret_code == CURLE_OK)
		return ANJU_OK;
	if (*ret_code == CURLE_OUT_OF_MEMORY)
		return text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
	return text_fail(
		err, ANJU_E_IO, id, "%s", words[0] != '\0' ? words : curl_easy_strerror(*ret_code));
}

bool transfer_is_local(const char *url, const char *scheme)
{
	if (strncasecmp(url, scheme, strlen(scheme)) != 0)
		return false;
	const char *host = url + strlen(scheme);
	size_t authority = strcspn(host, "/?#"), n = strcspn(host, ":/?#");
	/* what stands before an "@" is a user, however much it looks like a host */
	if (memchr(host, '@', authority) != NULL)
		return false;
	return (n == 9 && strncasecmp(host, "localhost", n) == 0) ||
	       strncmp(host, "[::1]", 5) == 0 ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == n);
}

static anju_status fail_secret(anju_error *err, const char *id, const char *path, const char *what)
{
	return text_fail(err, ANJU_E_INVALID, id, "%s: %s", path, what);
}

static anju_status read_secret(
	int fd, const char *path, const char *id, char **ret, anju_error *err)
{
	struct stat sb;
	char line[SECRET_MAX + 1];
	if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode))
		return fail_secret(err, id, path, "not a regular file");
	if ((sb.st_mode & 077) != 0)
		return fail_secret(err, id, path, "others may read it; chmod 600");
	ssize_t n = read(fd, line, SECRET_MAX);
	if (n < 0)
		return text_fail(err, ANJU_E_IO, id, "%s: %s", path, strerror(errno));
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0')
		return fail_secret(err, id, path, "empty");
	*ret = strdup(line);
	explicit_bzero(line, sizeof line);
	return *ret != NULL ? ANJU_OK : text_fail(err, ANJU_E_NOMEM, "mem.out", "out of memory");
}

anju_status transfer_secret(const char *path, const char *id, char **ret, anju_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return text_fail(err, ANJU_E_IO, id, "%s: %s", path, strerror(errno));
	anju_status st = read_secret(fd, path, id, ret, err);
	close(fd);
	return st;
}
