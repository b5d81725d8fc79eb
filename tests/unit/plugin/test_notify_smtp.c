#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "unit/plugin/kit.h"
#include "unit/plugin/mail_kit.h"
#include "unit/support.h"

struct post {
	char *folder;
	struct server server;
	struct plugin_set *set;
};

/* `more`: further members of the configuration with ' for ", % for the folder. */
static struct post post_open(const char *server_options, const char *url, const char *more)
{
	struct post p = {.folder = kit_folder()};
	p.server = kit_serve("smtp_server.py", p.folder, server_options);
	ANJU_AUTO_BUF text = BUF_INIT, address = BUF_INIT, secret = BUF_INIT;
	kit_write(p.folder, "password", "geheim\n");
	buf_addf(&secret, "%s/password", p.folder);
	cr_assert_eq(chmod(secret.data, 0600), 0);
	buf_addf(&address, url, p.server.port);
	buf_addf(&text, "{'notify_smtp': {'url': '%s', 'from': 'anju@baoji.example'", address.data);
	for (const char *s = more; *s != '\0'; s++) {
		if (*s == '%')
			buf_adds(&text, p.folder);
		else
			buf_addc(&text, *s);
	}
	buf_adds(&text, "}}");
	ANJU_AUTO_JSON *configs = kit_json(text.data);
	p.set = kit_must_load("notify_smtp", configs);
	return p;
}

static void post_close(struct post *p)
{
	plugin_set_free(p->set);
	kit_serve_end(&p->server);
	kit_remove(p->folder);
	free(p->folder);
}

static anju_status post_send(struct post *p, const char *message, int timeout_ms, anju_error *err)
{
	ANJU_AUTO_JSON *m = kit_json(message);
	return plugin_deliver(plugin_set_channel(p->set, "smtp"), "smtp", m, timeout_ms, err);
}

#define PLAIN ", 'tls': 'none'"

ANJU_TEST(notify_smtp, a_message_is_one_mail_with_text_and_html)
{
	struct post p = post_open("", "smtp://127.0.0.1:%d", PLAIN);
	anju_error err = {0};
	assert_ok(post_send(&p, MAIL_MESSAGE("m-17", "签订三项协议"), WAIT_MS, &err), err);
	ANJU_AUTO_MEM char *mail = kit_read(p.folder, "1.eml");
	cr_assert_not_null(mail);
	mail_lines(mail);
	ANJU_AUTO_MEM char *from = mail_header(mail, "X-Env-From");
	cr_assert_str_eq(from, " anju@baoji.example");
	ANJU_AUTO_MEM char *to = mail_header(mail, "X-Env-To");
	cr_assert_str_eq(to, " land@fengxiang.example");
	ANJU_AUTO_MEM char *subject = mail_header(mail, "Subject");
	cr_assert_str_eq(subject, " 签订三项协议");
	const char *plain = strstr(mail, "Content-Type: text/plain");
	const char *html = strstr(mail, "Content-Type: text/html");
	cr_assert(plain != NULL && html > plain);
	ANJU_AUTO_MEM char *mark = strndup(strstr(mail, "\r\n--=_"), 36);
	ANJU_AUTO_MEM char *first = strndup(plain, (size_t)(strstr(plain, mark) - plain));
	ANJU_AUTO_MEM char *second = strndup(html, (size_t)(strstr(html, mark) - html));
	ANJU_AUTO_MEM char *text = mail_body(first), *shown = mail_body(second);
	cr_assert_str_eq(text, "户 610322-0417\r\n请签订协议。\r\n");
	cr_assert_not_null(
		strstr(shown, "<p>户 610322-0417</p>\r\n<p>请签订协议。</p>"), "%s", shown);
	cr_assert_str_eq(mail + strlen(mail) - 4, "--\r\n", "the last part is closed");
	post_close(&p);
}

ANJU_TEST(notify_smtp, html_escapes_and_lists)
{
	struct post p = post_open("", "smtp://localhost:%d", PLAIN ", 'lang': 'en'");
	anju_error err = {0};
	assert_ok(post_send(&p,
			  "{'id': '1', 'to': {'unit': 'u', 'contacts': {'email': 'u@x.example'}}, "
			  "'subject': {'zh': '一', 'en': 'One'}, 'body': {'zh': '一', "
			  "'en': 'Land <b>&\\n\\n- 2 x A\\n    k1 k2\\n    anjuctl\\n- 1 x "
			  "B\\nend'}, "
			  "'created_at': '2017-08-16T08:00:00+08:00'}",
			  WAIT_MS, &err),
		err);
	ANJU_AUTO_MEM char *mail = kit_read(p.folder, "1.eml");
	const char *html = strstr(mail, "Content-Type: text/html");
	ANJU_AUTO_MEM char *part = strndup(html, (size_t)(strstr(html, "\r\n--=_") - html));
	ANJU_AUTO_MEM char *shown = mail_body(part);
	cr_assert_not_null(
		strstr(shown,
			"<p>Land &lt;b&gt;&amp;</p>\r\n<ul>\r\n<li>2 x A<br><code>k1 k2</code>"
			"<br><code>anjuctl</code></li>\r\n<li>1 x B</li>\r\n</ul>\r\n<p>end</p>"),
		"%s", shown);
	post_close(&p);
}

ANJU_TEST(notify_smtp, the_same_message_is_the_same_mail)
{
	struct post p = post_open("", "smtp://127.0.0.1:%d", PLAIN ", 'html': false");
	anju_error err = {0};
	assert_ok(post_send(&p, MAIL_MESSAGE("m-1", "一"), WAIT_MS, &err), err);
	assert_ok(post_send(&p, MAIL_MESSAGE("m-1", "一"), WAIT_MS, &err), err);
	ANJU_AUTO_MEM char *first = kit_read(p.folder, "1.eml"),
			   *second = kit_read(p.folder, "2.eml");
	cr_assert_str_eq(first, second);
	cr_assert_null(strstr(first, "multipart"));
	post_close(&p);
}

ANJU_TEST(notify_smtp, tls_and_login)
{
	struct post p = post_open("--tls --user anju geheim", "smtp://localhost:%d",
		", 'user': 'anju', 'password_file': '%/password', 'ca_file': '%/ca.pem'");
	anju_error err = {0};
	assert_ok(post_send(&p, MAIL_MESSAGE("m-2", "二"), WAIT_MS, &err), err);
	ANJU_AUTO_MEM char *mail = kit_read(p.folder, "1.eml");
	cr_assert_not_null(mail);
	post_close(&p);
}

ANJU_TEST(notify_smtp, no_mail_without_tls)
{
	/* a server that offers none, and one whose authority nobody knows: the mail waits */
	struct post plain = post_open("", "smtp://127.0.0.1:%d", "");
	anju_error err = {0};
	cr_assert_eq(post_send(&plain, MAIL_MESSAGE("m-3", "三"), WAIT_MS, &err), ANJU_E_IO);
	cr_assert_null(kit_read(plain.folder, "1.eml"));
	post_close(&plain);
	struct post unknown = post_open("--tls", "smtp://localhost:%d", "");
	cr_assert_eq(post_send(&unknown, MAIL_MESSAGE("m-3", "三"), WAIT_MS, &err), ANJU_E_IO);
	cr_assert_null(kit_read(unknown.folder, "1.eml"));
	post_close(&unknown);
}

ANJU_TEST(notify_smtp, what_the_server_says_decides)
{
	static const struct {
		const char *options;
		anju_status want;
	} cases[] = {
		{"--refuse-rcpt '550 no such mailbox'", ANJU_E_INVALID},
		{"--refuse-rcpt '450 try later'", ANJU_E_BUSY},
		{"--refuse-data '554 not wanted'", ANJU_E_INVALID},
		{"--refuse-data '452 disk full'", ANJU_E_BUSY},
		/* about the server, or about us: no reason to give up a unit's mail, nor its to bear */
		{"--refuse-rcpt '421 closing down'", ANJU_E_IO},
		{"--refuse-mail '550 you may not send'", ANJU_E_IO},
		{"--refuse-mail '451 try later'", ANJU_E_IO},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct post p = post_open(cases[i].options, "smtp://127.0.0.1:%d", PLAIN);
		anju_error err = {0};
		anju_status st = post_send(&p, MAIL_MESSAGE("m-4", "四"), WAIT_MS, &err);
		cr_assert_eq(st, cases[i].want, "%s: %d %s", cases[i].options, st, err.text);
		post_close(&p);
	}
}

ANJU_TEST(notify_smtp, nobody_there_and_nobody_answering)
{
	struct post p = post_open("--silent", "smtp://127.0.0.1:%d", PLAIN);
	anju_error err = {0};
	anju_status st = post_send(&p, MAIL_MESSAGE("m-5", "五"), 1000, &err);
	cr_assert(st == ANJU_E_IO || st == ANJU_E_BUSY, "%d %s", st, err.text);
	kit_serve_end(&p.server);
	cr_assert_eq(post_send(&p, MAIL_MESSAGE("m-5", "五"), WAIT_MS, &err), ANJU_E_IO);
	plugin_set_free(p.set);
	kit_remove(p.folder);
	free(p.folder);
}

ANJU_TEST(notify_smtp, a_unit_without_address)
{
	static const char message[] =
		"{'id': '1', 'to': {'unit': 'u'}, 'subject': {'zh': '一', 'en': 'One'}, "
		"'body': {'zh': '一', 'en': 'One'}, 'created_at': '2017-08-16T08:00:00+08:00'}";
	struct post p = post_open("", "smtp://127.0.0.1:%d", PLAIN);
	anju_error err = {0};
	cr_assert_eq(post_send(&p, message, WAIT_MS, &err), ANJU_E_INVALID);
	cr_assert_not_null(strstr(err.text, "fallback"), "%s", err.text);
	post_close(&p);
	p = post_open("", "smtp://127.0.0.1:%d", PLAIN ", 'fallback': 'duty@baoji.example'");
	assert_ok(post_send(&p, message, WAIT_MS, &err), err);
	ANJU_AUTO_MEM char *mail = kit_read(p.folder, "1.eml");
	ANJU_AUTO_MEM char *to = mail_header(mail, "X-Env-To");
	cr_assert_str_eq(to, " duty@baoji.example");
	post_close(&p);
}

static void refused(const char *config, const char *words)
{
	ANJU_AUTO_BUF text = BUF_INIT;
	anju_error err = {0};
	struct plugin_set *set = NULL;
	buf_addf(&text, "{'notify_smtp': %s}", config);
	ANJU_AUTO_JSON *configs = kit_json(text.data);
	cr_assert_neq(kit_load("notify_smtp", configs, &set, &err), ANJU_OK, "%s", config);
	cr_assert_not_null(strstr(err.text, words), "%s: %s", config, err.text);
}

ANJU_TEST(notify_smtp, configurations_that_are_refused)
{
	refused("{'from': 'a@b'}", "url");
	refused("{'url': 'smtp://x:25'}", "from");
	refused("{'url': 'http://x', 'from': 'a@b'}", "smtp://");
	refused("{'url': 'smtp://x:25', 'from': 'a b@c'}", "\"from\"");
	refused("{'url': 'smtp://x:25', 'from': 'a@b', 'tls': 'maybe'}", "tls");
	refused("{'url': 'smtp://mail.example:25', 'from': 'a@b', 'tls': 'none'}", "localhost");
	refused("{'url': 'smtp://127.0.0.1:25@mail.example', 'from': 'a@b', 'tls': 'none'}",
		"localhost");
	refused("{'url': 'smtp://127.0.0.1.mail.example', 'from': 'a@b', 'tls': 'none'}",
		"localhost");
	refused("{'url': 'smtp://x:25', 'from': 'a@b', 'user': 'u'}", "password_file");
	refused("{'url': 'smtp://x:25', 'from': 'a@b', 'user': 'u', 'password_file': 'p'}",
		"absolute");
	refused("{'url': 'smtp://x:25', 'from': 'a@b', 'lang': 'fr'}", "lang");
	refused("{'url': 'smtp://x:25', 'from': 'a@b', 'html': 'yes'}", "html");
	refused("{'url': 'smtp://x:25', 'from': 'a@b', 'tsl': 'none'}", "allowed");
}

ANJU_TEST(notify_smtp, a_password_that_others_may_read)
{
	char *folder = kit_folder();
	char config[512], path[300];
	snprintf(path, sizeof path, "%s/p", folder);
	snprintf(config, sizeof config,
		"{'url': 'smtp://x:25', 'from': 'a@b', 'user': 'u', 'password_file': '%s'}", path);
	refused(config, "No such file");
	kit_write(folder, "p", "");
	chmod(path, 0600);
	refused(config, "empty");
	kit_write(folder, "p", "geheim\n");
	chmod(path, 0644);
	refused(config, "chmod 600");
	kit_remove(folder);
	free(folder);
}
