/**
 * anju-roster: an invented county's roster, with mistakes in it, and a script of what its officers do.
 * The same seed gives the same bytes on every machine.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "world.h"

struct wishes {
	struct world_options world;
	const char *out, *script;
};

static const char usage[] =
	"usage: anju-roster [--seed N] [--households N] [--people N] [--sites N] [--towns N]\n"
	"                   [--faults N] [--out DIR] [--script FILE]\n"
	"Writes sites.csv, roster.csv and faults.json into DIR, and the script of acts into FILE.\n"
	"在 DIR 中写出安置点表、搬迁户名册和差错清单,在 FILE 中写出办理脚本;种子相同则内容相同。\n";

static bool read_number(const char *name, const char *text, long long max, long long *ret)
{
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || v < 0 || v > max) {
		fprintf(stderr, "anju-roster: --%s: \"%s\" is no number from 0 to %lld\n", name,
			text, max);
		return false;
	}
	*ret = v;
	return true;
}

static bool read_options(int argc, char **argv, struct wishes *w)
{
	static const struct option known[] = {{"seed", 1, NULL, 's'}, {"households", 1, NULL, 'h'},
		{"people", 1, NULL, 'p'}, {"sites", 1, NULL, 'i'}, {"towns", 1, NULL, 't'},
		{"faults", 1, NULL, 'f'}, {"out", 1, NULL, 'o'}, {"script", 1, NULL, 'x'},
		{NULL, 0, NULL, 0}};
	int *const places[] = {&w->world.households, &w->world.people, &w->world.sites,
		&w->world.towns, &w->world.faults};
	int which;
	for (int c; (c = getopt_long(argc, argv, "", known, &which)) != -1;) {
		long long v;
		static const char numbers[] = "hpitf";
		const char *number = strchr(numbers, c);
		if (c == 'o')
			w->out = optarg;
		else if (c == 'x')
			w->script = optarg;
		else if (c == '?')
			return false;
		else if (!read_number(
				 known[which].name, optarg, c == 's' ? INT64_MAX : 1000000, &v))
			return false;
		else if (number != NULL)
			*places[number - numbers] = (int)v;
		else
			w->world.seed = (uint64_t)v;
	}
	if (optind == argc && (w->out != NULL || w->script != NULL))
		return true;
	fputs(usage, stderr);
	return false;
}

int main(int argc, char **argv)
{
	struct wishes wishes = {.world = {.seed = 1,
					.households = 1900,
					.people = 6500,
					.sites = 14,
					.towns = 9,
					.faults = 37}};
	if (!read_options(argc, argv, &wishes))
		return 2;
	if (wishes.out != NULL && mkdir(wishes.out, 0777) != 0 && errno != EEXIST) {
		fprintf(stderr, "anju-roster: %s: %s\n", wishes.out, strerror(errno));
		return 1;
	}
	ANJU_AUTO(world) world = world_make(&wishes.world);
	if (world == NULL)
		return 2;
	if (wishes.out != NULL && !tables_write(world, wishes.out))
		return 1;
	size_t lines = 0;
	if (wishes.script != NULL && !script_write(world, wishes.script, &lines))
		return 1;
	const char *lang = getenv("ANJU_LANG");
	bool english = lang != NULL && strncmp(lang, "en", 2) == 0;
	printf(english ? "%d rows, %d of them faulty; %d people in the good ones; %d sites; %zu "
			 "acts\n"
		       : "名册 %d 行，其中 %d 行有误；无误的共 %d 人；安置点 %d 个；办理 %zu 次\n",
		world->options.households, world->options.faults, world->people_good,
		world->options.sites, lines);
	return 0;
}
