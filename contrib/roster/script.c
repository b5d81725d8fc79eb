#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "days.h"

#define MINUTE_FIRST (9 * 60)
#define MINUTE_LAST  (17 * 60 + 30)
#define MINUTE_STEP  6

struct thread thread_of(struct script *s, const char *workflow, const char *key, int minute)
{
	struct thread t = {.script = s, .now = day_open(s->first)};
	snprintf(t.name, sizeof t.name, "%s/%s", workflow, key);
	t.first_minute = t.minute = MINUTE_FIRST + minute % 240;
	return t;
}

void thread_wait(struct thread *t, int32_t day)
{
	day = day_open(day);
	if (day <= t->now)
		return;
	t->now = day;
	t->minute = t->first_minute;
}

static void add_docs(struct buf *out, const char *docs, const char *key)
{
	buf_adds(out, ",\"docs\":[");
	for (const char *p = docs; *p != '\0';) {
		size_t n = strcspn(p, " ");
		bool electronic = n > 10 && strncmp(p + n - 10, "electronic", 10) == 0;
		buf_addf(out, "%s{\"kind\":\"%.*s\",\"ref\":\"%s/%.*s\",\"form\":\"%s\"}",
			p > docs ? "," : "", (int)n, p, key, (int)n, p,
			electronic ? "electronic" : "paper");
		p += n + (p[n] == ' ');
	}
	buf_addc(out, ']');
}

static void add_params(struct buf *out, const struct thread *t, const struct act *act)
{
	const char *key = strchr(t->name, '/') + 1;
	char date[16];
	if (act->event == NULL)
		buf_addf(out, "{\"workflow\":\"%.*s\",\"key\":\"%s\"", (int)(key - 1 - t->name),
			t->name, key);
	else
		buf_addf(out, "{\"case\":\"%s\",\"event\":\"%s\"", t->name, act->event);
	if (act->data != NULL)
		buf_addf(out, ",\"data\":%s", act->data);
	if (act->docs != NULL)
		add_docs(out, act->docs, key);
	if (act->why != NULL) {
		buf_adds(out, ",\"reason\":");
		buf_add_json_string(out, act->why, strlen(act->why));
	}
	if (act->happened != 0)
		buf_addf(out, ",\"effective_at\":\"%sT09:00:00+08:00\"",
			day_text(act->happened, date));
	buf_addc(out, '}');
}

static struct line *new_line(struct script *s)
{
	if (s->len == s->cap) {
		size_t cap = s->cap > 0 ? s->cap * 2 : 4096;
		struct line *lines = realloc(s->lines, cap * sizeof *lines);
		if (lines == NULL) {
			s->failed = true;
			return NULL;
		}
		s->lines = lines;
		s->cap = cap;
	}
	struct line *l = &s->lines[s->len];
	*l = (struct line){.order = (uint32_t)s->len, .at = s->text.len};
	s->len++;
	return l;
}

void thread_act(struct thread *t, const struct act *act)
{
	struct script *s = t->script;
	if (t->minute > MINUTE_LAST)
		thread_wait(t, t->now + 1);
	if (t->now > s->last)
		t->over = true;
	if (t->over)
		return;
	struct line *l = new_line(s);
	if (l == NULL)
		return;
	l->day = t->now;
	l->minute = t->minute;
	char date[16];
	buf_addf(&s->text,
		"{\"at\":\"%sT%02d:%02d:00+08:00\",\"as\":\"%s\",\"method\":\"%s\",\"params\":",
		day_text(t->now, date), t->minute / 60, t->minute % 60, act->as,
		act->event == NULL ? "case.open" : "case.send");
	add_params(&s->text, t, act);
	buf_adds(&s->text, act->refused ? ",\"expect\":\"refused\"}" : "}");
	l->len = s->text.len - l->at;
	t->minute += MINUTE_STEP;
}

int32_t report_day(int32_t day)
{
	int32_t d = day_open(day);
	for (;; d++) {
		char date[16];
		day_text(d, date);
		if (strcmp(date + 8, "26") == 0)
			break;
	}
	return day_open(d);
}

static int by_time(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->minute != y->minute)
		return x->minute < y->minute ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static bool save(const struct script *s, const char *path)
{
	FILE *f = fopen(path, "wb");
	bool ok = f != NULL;
	for (size_t i = 0; i < s->len && ok; i++) {
		const struct line *l = &s->lines[i];
		ok = fwrite(s->text.data + l->at, 1, l->len, f) == l->len && fputc('\n', f) != EOF;
	}
	if (f != NULL && fclose(f) != 0)
		ok = false;
	if (!ok)
		fprintf(stderr, "anju-roster: writing %s: %s\n", path, strerror(errno));
	return ok;
}

static bool is_object(const struct household *h)
{
	return h->fault < 0;
}

bool script_write(struct world *world, const char *path, size_t *ret_lines)
{
	struct script s = {
		.world = world, .first = day_of(2017, 8, 16), .last = day_of(2018, 12, 31)};
	struct world *w = world;
	for (int i = 0; i < w->options.households; i++) {
		if (is_object(&w->households[i]))
			agree_story(&s, &w->households[i]);
	}
	sites_story(&s);
	for (int i = 0; i < w->options.households; i++) {
		if (is_object(&w->households[i]) && !w->households[i].excluded)
			home_story(&s, &w->households[i]);
	}
	offices_story(&s);
	bool ok = !s.failed && !s.text.failed;
	if (!ok)
		fprintf(stderr, "anju-roster: out of memory\n");
	if (ok && s.len > 0)
		qsort(s.lines, s.len, sizeof *s.lines, by_time);
	ok = ok && save(&s, path);
	*ret_lines = s.len;
	free(s.lines);
	buf_done(&s.text);
	return ok;
}
