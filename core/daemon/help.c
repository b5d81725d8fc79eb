#include "daemon/help.h"

static const struct {
	const char *option, *zh, *en;
} lines[] = {
	{"--data DIR", "数据文件夹（必须）", "data folder (required)"},
	{"--socket PATH", "Unix 套接字，默认 " ANJU_SOCKET_PATH,
		"Unix socket, " ANJU_SOCKET_PATH " if not given"},
	{"--packs DIR", "放各个包的文件夹", "folder that holds the packs"},
	{"--pack NAME", "用哪个包；默认用没有被别的包继承的那个",
		"pack to use; if not given, the one that no other extends"},
	{"--plugins DIR", "插件文件夹，可重复", "folder of plugins; may be repeated"},
	{"--config FILE", "配置文件（JSON）；命令行优先",
		"configuration (JSON); options win over it"},
	{"--clock wall|manual", "时钟；manual 用于预演", "the clock; manual for rehearsals"},
	{"--start RFC3339", "手动时钟的起点", "where a manual clock starts"},
	{"--check", "只检查配置、包和插件清单，列出问题",
		"check configuration, packs and plugin manifests, list findings"},
	{"--fault POINT", "测试用：在此处猝死，如 after:commit:3；或 hold:commit:文件",
		"for tests: die at this point, such as after:commit:3; or hold:commit:FILE"},
	{"--log-level L", "debug、info、warn、error", "debug, info, warn, error"},
	{"--version", "版本", "version"},
	{"--help", "本说明", "this text"},
};

void help_print(FILE *f, enum lang lang)
{
	bool zh = lang == LANG_ZH;
	fputs(zh ? "用法：anjud --data DIR [选项…]\n安居：搬迁安置业务守护进程\n\n"
		 : "usage: anjud --data DIR [option…]\nanju, the relocation daemon\n\n",
		f);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		fprintf(f, "  %-21s %s\n", lines[i].option, zh ? lines[i].zh : lines[i].en);
	fputs(zh ? "\n详见 anjud(8)。语言由 ANJU_LANG 或 LANG 决定。\n"
		 : "\nSee anjud(8). ANJU_LANG or LANG choose the language.\n",
		f);
}

void version_print(FILE *f)
{
	fputs("anjud " ANJU_VERSION "\n", f);
}
