/**
 * What channels make of a message and of a server's answer. Three parts divided by lines "=== ": the configuration's
 * template and "accepted" as one JSON array, a message, an answer with its HTTP status in front. Bodies are JSON
 * whatever the values are, an answer is understood or said to be bad, and nothing in a message ends a mail's header or
 * adds one to it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "fuzz/fuzz.h"
#include "mail/mail.h"
#include "notify_webhook/gateway.h"
#include "notify_webhook/shape.h"

#define NOW_MS INT64_C(1502841600000)

static void check_body(
	const struct shape_options *options, const json_t *message, const char *answer, size_t len)
{
	struct text body = {0}, query = {0}, signature = {0};
	const char *lacks = shape_write(options, message, NOW_MS, &body, &query, &signature);
	if (lacks == NULL && !body.failed) {
		ANJU_AUTO_JSON *v = json_loadb(
			body.data, body.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
		if (v == NULL)
			fuzz_failed(__FILE__, __LINE__, "no JSON: %s", body.data);
		/* into an address and a header they go as they are */
		fuzz_assert(query.data == NULL || strpbrk(query.data, " \r\n") == NULL);
		fuzz_assert(signature.data == NULL || strpbrk(signature.data, "\r\n") == NULL);
	}
	text_done(&body);
	text_done(&query);
	text_done(&signature);
	anju_error err = {0};
	long status = len > 0 ? strtol(answer, NULL, 10) : 0;
	size_t skip = strcspn(answer, "\n");
	anju_status st = shape_judge(options, status, answer + skip, len - skip, &err);
	fuzz_assert(st == ANJU_OK || (err.status == st && err.id[0] != '\0'));
	fuzz_assert(st != ANJU_OK || (status >= 200 && status < 300));
}

static void check_shapes(
	const json_t *config, const json_t *message, const char *answer, size_t len)
{
	char out[64];
	const json_t *template = json_array_get(config, 0), *accepted = json_array_get(config, 1);
	struct shape_options options = {
		.template = template, .accepted = json_is_object(accepted) ? accepted : NULL};
	for (int shape = SHAPE_JSON; shape <= SHAPE_TEMPLATE; shape++) {
		options.shape = shape;
		if (shape == SHAPE_TEMPLATE &&
			(template == NULL || gateway_check(template, out) != NULL))
			continue;
		for (int i = 0; i < 2; i++) {
			options.secret = i == 0 ? NULL : "a secret";
			options.lang = i == 0 ? TEXT_BOTH : TEXT_ZH;
			check_body(&options, message, answer, len);
		}
	}
}

/* Lines end in CRLF, are short, and those of the header are the known ones or go on with a blank. */
static void check_mail_text(const char *p)
{
	static const char *const headers[] = {"From:", "To:", "Subject:", "Date:", "Message-ID:",
		"MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:", "Content-Language:",
		"Auto-Submitted:", "Importance:", "Priority:", "X-", " ", "\t", NULL};
	bool head = true;
	while (*p != '\0') {
		size_t n = strcspn(p, "\r\n"), i = 0;
		if (p[n] != '\r' || p[n + 1] != '\n')
			fuzz_failed(__FILE__, __LINE__, "a bare line end in: %s", p);
		fuzz_assert(n <= 998);
		while (head && n > 0 && headers[i] != NULL &&
			strncmp(p, headers[i], strlen(headers[i])) != 0)
			i++;
		if (head && n > 0 && headers[i] == NULL)
			fuzz_failed(__FILE__, __LINE__, "no header of ours: %.*s", (int)n, p);
		head = head && n > 0;
		p += n + 2;
	}
}

static void check_mail(const json_t *message)
{
	const struct mail_options options = {
		.from = "anju@example.org", .lang = TEXT_BOTH, .html = true};
	struct text out = {0};
	char address[MAIL_ADDRESS_CHARS], token[TOKEN_CHARS];
	if (mail_address(message, &options, address) == NULL)
		fuzz_assert(strpbrk(address, " <>\r\n") == NULL);
	const char *lacks = mail_write(&out, message, &options);
	if (lacks == NULL && !out.failed)
		check_mail_text(out.data);
	text_done(&out);
	const char *id = json_string_value(json_object_get(message, "id"));
	if (id != NULL)
		fuzz_assert(strspn(text_token(id, token),
				    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
				    "NOPQRSTUVWXYZ0123456789-_%~") == strlen(token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ANJU_AUTO_MEM char *text = fuzz_string(data, n);
	char *message = strstr(text, "\n=== ");
	char *answer = message != NULL ? strstr(message + 5, "\n=== ") : NULL;
	if (answer == NULL)
		return 0;
	*message = *answer = '\0';
	message += 5;
	answer += 5;
	ANJU_AUTO_JSON *config = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	ANJU_AUTO_JSON *m = json_loads(message, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(m))
		return 0;
	check_shapes(config, m, answer, strlen(answer));
	check_mail(m);
	return 0;
}
