/* The rows. Texts are plain sentences; names of commands, options and placeholders stay as they are in both
 * languages. */
#include "cli/commands.h"

#include <string.h>

#include "cli/command.h"

#define W(zh, en)                                                                                  \
	{                                                                                          \
		{                                                                                  \
			zh, en                                                                     \
		}                                                                                  \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL                                                                               \
	}
#define EXAMPLES(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct cli_option command_global_options[] = {
	{"socket", "PATH", false,
		W("守护进程的套接字（环境变量 ANJU_SOCKET，默认 /run/anju/anju.sock）",
			"socket of the daemon (environment ANJU_SOCKET, else "
			"/run/anju/anju.sock)")},
	{"as", "UNIT[/OFFICER]", false,
		W("以哪个单位（及经办人）的名义", "act as this unit (and officer)")},
	{"lang", "zh|en", false,
		W("语言（环境变量 ANJU_LANG、LANG，默认中文）",
			"language (environment ANJU_LANG, LANG, else Chinese)")},
	{"json", NULL, false, W("原样输出 JSON 结果", "print the raw JSON result")},
	{"help", NULL, false, W("显示帮助", "show help")},
	END,
};

#define WRITE_OPTIONS                                                                              \
	{"data", "JSON", false,                                                                    \
		W("要写入的字段，JSON 对象，或 @文件",                                             \
			"fields to write, a JSON object, or @FILE")},                              \
		{"doc", "KIND[:REF[:FORM]]", true,                                                 \
			W("随附的材料：种类、文号、形式（paper 或 electronic），可多次给出",       \
				"a document that comes with it: kind, reference, form (paper or "  \
				"electronic); may be repeated")},                                  \
		{"reason", "TEXT", false, W("理由", "reason")},                                    \
		{"effective", "TIME", false,                                                       \
			W("事实发生的时间，如 2017-08-16 或 2017-08-16T09:00:00+08:00",            \
				"when it happened, as 2017-08-16 or 2017-08-16T09:00:00+08:00")},  \
		{"idempotency-key", "KEY", false,                                                  \
			W("幂等键：重发不会重复办理",                                              \
				"under this key sending again changes nothing")},                  \
	{                                                                                          \
		"dry-run", NULL, false, W("只试办，不生效", "try it, change nothing")              \
	}

#define PAGE_OPTIONS                                                                               \
	{"limit", "N", false,                                                                      \
		W("最多列多少条，默认 100", "at most so many rows, 100 if not given")},            \
	{                                                                                          \
		"all", NULL, false, W("列出全部", "all rows")                                      \
	}

static const struct cli_option open_options[] = {WRITE_OPTIONS, END};
static const struct cli_option send_options[] = {WRITE_OPTIONS,
	{"expect-rev", "N", false,
		W("预期的版本号，不符则拒绝", "refuse unless the case is at this revision")},
	END};
static const struct cli_option case_list_options[] = {
	{"workflow", "NAME", false, W("只列某流程", "of this workflow")},
	{"region", "CODE", false,
		W("只列某区划（代码前缀）", "of this region (prefix of its code)")},
	{"phase", "PHASE", false, W("只列某阶段", "in this phase")},
	{"state", "STATE", false, W("只列处于某状态（或其下级）的", "in this state or below it")},
	{"done", "yes|no", false, W("只列已办结（或未办结）的", "over, or not over")}, PAGE_OPTIONS,
	END};
static const struct cli_option page_options[] = {PAGE_OPTIONS, END};
static const struct cli_option stats_options[] = {
	{"workflow", "NAME", false, W("只计某流程", "of this workflow")},
	{"region", "CODE", false,
		W("只计某区划（代码前缀）", "of this region (prefix of its code)")},
	END};
static const struct cli_option obligation_list_options[] = {
	{"unit", "UNIT", false,
		W("只列某单位参与的（牵头、责任、配合或验收）",
			"where this unit leads, is responsible, cooperates or reviews")},
	{"from", "DATE", false, W("起始日期，默认今天", "first day, today if not given")},
	{"to", "DATE", false,
		W("终止日期（含），默认往后 92 天", "last day, 92 days on if not given")},
	{"waiting", NULL, false,
		W("只列到了时候未能立案的，不论日期",
			"only those whose case could not be opened in time, of any day")},
	PAGE_OPTIONS, END};
static const struct cli_option obligation_open_options[] = {
	{"unit", "UNIT", false, W("为哪个单位，或哪个区划", "for which unit, or region")},
	{"on", "DATE", false,
		W("事由发生的日期，由此起算", "the day on which it happened; counted from it")},
	{"ref", "TEXT", false,
		W("事由编号：同一天的几件由它区分",
			"reference that tells several of one day apart")},
	{"dry-run", NULL, false, W("只试办，不生效", "try it, change nothing")}, END};
static const struct cli_option deadline_options[] = {
	{"unit", "UNIT", false,
		W("牵头、责任或配合单位", "leading, responsible or cooperating unit")},
	{"name", "NAME", false, W("期限名", "name of the deadline")},
	{"workflow", "NAME", false, W("流程", "workflow")},
	{"case", "CASE", false, W("个案", "case")},
	{"region", "CODE", false, W("区划（代码前缀）", "region (prefix of its code)")},
	{"status", "STATUS", false,
		W("open（默认）、overdue、suspended、met、met_late、superseded、waived、watched",
			"open (if not given), overdue, suspended, met, met_late, superseded, "
			"waived, "
			"watched")},
	{"due-before", "TIME", false, W("在此之前到期", "due before this time")}, PAGE_OPTIONS,
	END};
#define ACT_OPTIONS                                                                                \
	{"doc", "KIND[:REF[:FORM]]", true,                                                         \
		W("随附的材料：种类、文号、形式，可多次给出",                                      \
			"a document that comes with it: kind, reference, form; may be repeated")}, \
		{"reason", "TEXT", false, W("理由", "reason")},                                    \
		{"effective", "TIME", false,                                                       \
			W("何时起，如 2017-08-16", "since when, as 2017-08-16")},                  \
		{"idempotency-key", "KEY", false,                                                  \
			W("幂等键：重发不会重复办理",                                              \
				"under this key sending again changes nothing")},                  \
		{"expect-rev", "N", false,                                                         \
			W("预期的版本号，不符则拒绝",                                              \
				"refuse unless the case is at this revision")},                    \
	{                                                                                          \
		"dry-run", NULL, false, W("只试办，不生效", "try it, change nothing")              \
	}
static const struct cli_option act_options[] = {ACT_OPTIONS, END};
static const struct cli_option extend_options[] = {
	{"length", "DURATION", false, W("多久：5wd、10d、1mo", "how long: 5wd, 10d, 1mo")},
	{"until", "DATE", false, W("或到哪一天", "or the last permissible day")}, ACT_OPTIONS, END};
static const struct cli_option message_options[] = {
	{"unit", "UNIT", false, W("收件单位", "receiving unit")},
	{"status", "STATUS", false, W("pending、delivered、dead", "pending, delivered, dead")},
	PAGE_OPTIONS, END};
static const struct cli_option preview_options[] = {
	{"pack", "NAME", false,
		W("所用的包，默认唯一未被其他包引用的",
			"pack to use, else the only one nobody extends")},
	{"unit", "UNIT", false, W("收件单位", "receiving unit")},
	{"template", "NAME", false,
		W("只看一部分：subject、body、html 或 sms",
			"one part: subject, body, html or sms")},
	{"channel", "NAME", false,
		W("按哪种通道显示：smtp（默认）、webhook 或 sms",
			"as which channel has it: smtp (default), webhook or sms")},
	{"urgent", NULL, false, W("紧急消息的样例", "the sample of an urgent one")},
	{"source", NULL, false, W("显示模板原文而不套用", "the template itself, not rendered")},
	END};
static const struct cli_option outbox_list_options[] = {
	{"dead", NULL, false, W("只列送不到的", "only those that were given up")},
	{"pending", NULL, false, W("只列待送的", "only those that are pending")},
	{"unit", "UNIT", false, W("只列某单位收的", "to this unit")}, PAGE_OPTIONS, END};
static const struct cli_option outbox_resend_options[] = {
	{"all-dead", NULL, false, W("所有送不到的", "all that were given up")},
	{"channel", "NAME", false, W("改走这个通道", "by this channel instead")}, END};
static const struct cli_option unit_options[] = {
	{"kind", "KIND", false, W("类别，如 land", "kind, such as land")},
	{"level", "LEVEL", false, W("层级，如 county", "level, such as county")},
	{"region", "CODE", false, W("区划（代码前缀）", "region (prefix of its code)")},
	PAGE_OPTIONS, END};
static const struct cli_option diff_options[] = {
	{"workflow", "NAME", false, W("比较哪个流程", "the workflow to compare")},
	{"pack", "NAME", false,
		W("用哪个包；只有一个包不被别的包继承时可省略",
			"pack to use; not needed when just one is extended by no other")},
	{"plan", "FILE", false, W("把迁移方案的初稿写入文件", "write the beginning of a plan")},
	{"format", "text|json", false, W("输出格式", "form of the output")}, END};
static const struct cli_option migrate_options[] = {
	{"dry-run", NULL, false, W("只试算，不改动", "only find out, change nothing")},
	{"detach", NULL, false, W("不等结束", "do not wait for its end")}, END};
static const struct cli_option import_options[] = {
	{"mapping", "NAME", false,
		W("列映射的名字，即包中的 NAME.import.json",
			"the mapping of columns: NAME.import.json of the pack")},
	END};
static const struct cli_option feed_options[] = {
	{"after", "N", false, W("从第 N 号之后开始", "begin after number N")},
	{"follow", NULL, false, W("持续显示新的记录", "go on with new entries as they come")}, END};
static const struct cli_option advance_options[] = {
	{"to", "TIME", false, W("拨到此时", "move to this time")},
	{"by", "DURATION", false,
		W("前进多久：12h、10d、10wd、6mo", "move by this much: 12h, 10d, 10wd, 6mo")},
	END};
static const struct cli_option rehearse_options[] = {
	{"from", "DATE", false, W("起始日（含）", "first day")},
	{"to", "DATE", false, W("终止日（含）", "last day")},
	{"roster", "[MAPPING=]FILE", true,
		W("名册（CSV）；映射按列名找到，找不到唯一的就写明。可多次给出，按次序立案",
			"a roster (CSV); its mapping is found by the columns, or named. May be "
			"repeated; opened in that order")},
	{"script", "FILE", false,
		W("经办人的办理，每行一个，同 replay",
			"what officers do, a line each, as for replay")},
	{"from-store", "DATA", false,
		W("以此数据文件夹的在办个案开始（只读，守护进程可以在用）；--from "
		  "默认为数据所到之日",
			"begin with the open cases of this data folder, which is only read and may "
			"be in use; --from is then the day where it stands")},
	{"plan", "FILE", true,
		W("这些个案迁移到新定义的方案；没有就按能推断的迁移，改了的期限重新计算",
			"plan by which they come to a new definition; without one as much as can "
			"be told is done, and dates whose rules changed are counted again")},
	{"output", "DIR", false,
		W("把各表、摘要和日历图写入此文件夹",
			"write tables, summary and picture into this folder")},
	{"against", "DIR", false,
		W("再用这个文件夹里的包走一遍并比较",
			"go through it under these packs too, and compare")},
	{"against-pack", "NAME", false,
		W("比较时用哪个包；默认同 --pack", "pack to compare with; --pack if not given")},
	{"strict", NULL, false,
		W("名册中有误就停下，退出码为 2",
			"stop at faulty rows of rosters, with exit code 2")},
	{"pack", "NAME", false,
		W("用哪个包；只有一个包不被别的包继承时可省略",
			"pack to use; not needed when just one is extended by no other")},
	{"plugins", "DIR", true,
		W("在此文件夹找插件，可多次给出", "look for plugins there; may be repeated")},
	END};
static const struct cli_option replay_options[] = {
	{"from", "LINE", false, W("从第几行开始", "begin at this line")},
	{"until", "TIME", false,
		W("到此时为止，并把时钟拨到此时", "end at this time, and move the clock there")},
	{"report", "monthly", false,
		W("每月底打印各阶段个案数", "print the cases of each phase at each month's end")},
	{"workflow", "NAME", false,
		W("月报统计的流程，默认 household",
			"workflow of the report, household if not given")},
	{"progress", NULL, false, W("显示进度", "show progress")}, END};
static const struct cli_option calendar_show_options[] = {
	{"from", "DATE", false, W("起始日期", "first day")},
	{"to", "DATE", false,
		W("终止日期，默认当年年底", "last day; the end of that year if not given")},
	{"format", "table|csv|json", false,
		W("输出格式，默认 table", "form of the output, table if not given")},
	{"all", NULL, false, W("列出每一天", "every day")},
	{"plugins", "DIR", true,
		W("不问守护进程，读这个目录里的日历插件",
			"ask no daemon but the calendar plugin in this folder")},
	END};
static const struct cli_option calendar_export_options[] = {
	{"unit", "UNIT", false,
		W("牵头、责任或配合单位", "leading, responsible or cooperating unit")},
	{"from", "DATE", false, W("期限不早于此日", "due on this day or later")},
	{"to", "DATE", false, W("期限不晚于此日", "due on this day or earlier")},
	{"output", "FILE", false,
		W("写入文件，默认写到标准输出", "write to this file, not to standard output")},
	END};
static const struct cli_option recount_options[] = {
	{"dry-run", NULL, false,
		W("只试算：列出会改期的期限，不改动",
			"only list the dates that would move, change nothing")},
	{"detach", NULL, false, W("不等结束", "do not wait for its end")}, END};
static const struct cli_option lint_options[] = {
	{"pack", "NAME", false,
		W("检查哪个包；不给出时，凡不被别的包继承的都检查",
			"pack to check; if not given, each that no other one extends")},
	{"plugins", "DIR", true,
		W("插件所在目录，可多次给出；只读清单，不运行插件",
			"folder of plugins, may be repeated; only manifests are read")},
	{"format", "text|json|sarif", false, W("输出格式", "form of the output")},
	{"strict", NULL, false, W("有提示时退出码也为 4", "exit with 4 for notes as well")},
	{"rules", NULL, false,
		W("列出全部检查规则和改法，不检查任何包",
			"list all rules and how to mend what they find; looks at no pack")},
	END};
static const struct cli_option graph_options[] = {
	{"pack", "NAME", false,
		W("哪个包；只有一个包不被别的包继承时可省略",
			"of which pack; not needed when just one is extended by no other")},
	{"format", "svg|dot|mermaid", false,
		W("输出格式，默认 svg（需要 graphviz）",
			"form of the output, svg if not given (needs graphviz)")},
	{"output", "FILE", false,
		W("写入文件（也可写 -o FILE），默认标准输出",
			"write to this file (or -o FILE), else to standard output")},
	{"state", "STATE", false, W("只画某状态及其下级", "draw this state and what is below it")},
	{"at", "STATE,...", false,
		W("突出这些状态，如个案现在所处的",
			"mark these states, such as those a case is in")},
	{"case", "KEY", false,
		W("突出此个案现在所处的状态（问守护进程）",
			"mark the states that this case is in (asks the daemon)")},
	{"brief", NULL, false,
		W("只画状态和事项名称，不写角色、条件、材料",
			"states and titles only: no roles, conditions, papers")},
	{"no-deadlines", NULL, false, W("不写期限", "leave out deadlines")}, END};
static const struct cli_option test_options[] = {
	{"pack", "NAME", false,
		W("用哪个包；不给出时，凡不被别的包继承的都试办",
			"pack to use; if not given, each that no other one extends")},
	{"scenario", "NAME", true,
		W("只运行这个情景，可多次给出", "run this scenario only; may be repeated")},
	{"require-coverage", "N", false,
		W("每个流程的转移至少有百分之 N 由情景走到，否则算失败",
			"fail unless scenarios take N percent of each workflow's transitions")},
	{"plugins", "DIR", true,
		W("插件所在目录，可多次给出", "folder of plugins, may be repeated")},
	{"format", "text|json|tap|junit", false, W("输出格式", "form of the output")}, END};
static const struct cli_option blanks_options[] = {
	{"pack", "NAME", false,
		W("只看这个包及其上级，默认每个未被其他包引用的包",
			"this pack and what it extends, else each that nobody extends")},
	{"open", NULL, false, W("只列未填的", "only those that nobody has filled in")}, END};
static const struct cli_option rows_options[] = {
	{"packs", "DIR", false,
		W("包所在的文件夹，默认为当前目录下的 workflows，没有则为已安装的",
			"folder of packs, if not given \"workflows\" here, else the one "
			"installed")},
	{"kind", "LETTER", false,
		W("只列这一类条目，如 D 为期限和任务",
			"rows of this kind only, such as D for deadlines and duties")},
	{"format", "text|json|md", false, W("输出格式", "form of the output")}, END};
static const struct cli_option schema_options[] = {
	{"to", "DIR", false, W("把全部模式写入这个文件夹", "write all of them into this folder")},
	END};
static const struct cli_option try_options[] = {
	{"pack", "NAME", false,
		W("用哪个包；只有一个包不被别的包继承时可省略",
			"pack to use; not needed when just one is extended by no other")},
	{"start", "DAY", false,
		W("从哪天开始，默认今天", "the day to begin on, today if not given")},
	{"scenario", "NAME", false, W("从这个情景结束之处开始", "begin where this scenario ends")},
	{"plugins", "DIR", true,
		W("插件所在目录，可多次给出", "folder of plugins, may be repeated")},
	END};
static const struct cli_option data_options[] = {
	{"data", "DIR", false, W("数据目录", "data folder")}, END};

static const struct cli_option backup_options[] = {
	{"data", "DIR", false, W("数据目录", "data folder")},
	{"keep", "N", false,
		W("只保留最近 N 份，其余删除", "keep the newest N, remove the others")},
	END};

static const struct cli_option backups_options[] = {
	{"verify", NULL, false, W("逐块读出核对", "read and check every piece")}, END};

static const struct cli_option restore_options[] = {
	{"data", "DIR", false, W("新的数据目录", "the new data folder")},
	{"name", "NAME", false, W("哪一份；默认最近一份", "which one; the newest by default")},
	END};

static const struct cli_option help_options[] = {
	{"man", NULL, false, W("输出手册页（roff）", "print the manual page (roff)")}, END};

static const struct command rows[] = {
	{"case open", "WORKFLOW/KEY [FIELD=VALUE...]", 1, COMMAND_ANY,
		W("新立一个个案", "open a case"),
		W("字段按流程定义的类型填写：整数和金额（分）写数字，是否写 true 或 "
		  "false，列表用逗号分开，"
		  "“字段=”表示清空。",
			"Fields are taken by their type: integers and money (in fen) as digits, "
			"true or "
			"false, lists split at commas; \"FIELD=\" unsets one."),
		open_options,
		EXAMPLES("anjuctl case open duty/2018-01 owner=610322.land "
			 "reviewer=610322.government 'subject=Survey of plots' "
			 "due_on=2018-03-31 --as 610322.government",
			"anjuctl case open household/610322-9001 --data @household.json "
			"--as 610322.poverty --dry-run"),
		.run = run_case_open},
	{"case send", "CASE EVENT [FIELD=VALUE...]", 2, COMMAND_ANY,
		W("给个案一个事件", "give a case an event"),
		W("先查状态和权限，再写字段和材料，"
		  "最后判断条件。被拒绝时说明谁能办、缺什么、哪个值不合条件。",
			"State and role are looked at first, then fields and documents are "
			"written, then "
			"conditions are judged. A refusal says who may, what is missing, which "
			"value "
			"does not fit."),
		send_options,
		EXAMPLES("anjuctl case send household/610322-0001 finish_survey "
			 "settlement_mode=scattered "
			 "--doc survey.record:DC-001 --as 610322.land",
			"anjuctl case send household/610322-0001 return_annotation --reason 'two "
			"persons "
			"missing' --as 610322.poverty"),
		.run = run_case_send},
	{"case get", "CASE", 1, 1,
		W("查看一个个案：字段、状态、材料、期限、现在能办什么",
			"one case: fields, states, documents, deadlines, what is possible now"),
		.examples = EXAMPLES("anjuctl case get household/610322-0001"),
		.run = run_case_get},
	{"case list", "", 0, 0, W("列出个案", "list cases"), .options = case_list_options,
		.examples = EXAMPLES("anjuctl case list --workflow household --phase agree",
			"anjuctl case list --region 610322101 --done no --all"),
		.run = run_case_list},
	{"case history", "CASE", 1, 1,
		W("一个个案的办理记录：谁在何时办了什么", "a case's journal: who did what when"),
		.options = page_options,
		.examples = EXAMPLES("anjuctl case history household/610322-0001"),
		.run = run_case_history},
	{"case stats", "", 0, 0, W("各流程各阶段的个案数", "how many cases by workflow and phase"),
		.options = stats_options,
		.examples = EXAMPLES("anjuctl case stats --workflow household"),
		.run = run_case_stats},
	{"deadline list", "", 0, 0,
		W("按到期先后列出期限", "list deadlines in order of their due time"),
		.options = deadline_options,
		.examples = EXAMPLES("anjuctl deadline list --status overdue",
			"anjuctl deadline list --unit 610322.land --name three_agreements --all"),
		.run = run_deadline_list},
	{"deadline show", "CASE NAME", 2, 2,
		W("一个期限：到期日、办理过什么、现在谁能办什么",
			"one deadline: its date, what was done to it, who may do what now"),
		.examples = EXAMPLES("anjuctl deadline show rectification/2018-01 rectify"),
		.run = run_deadline_show},
	{"deadline waive", "CASE NAME", 2, 2,
		W("免除一个期限，须说明理由", "waive a deadline, with a reason"),
		.options = act_options,
		.examples = EXAMPLES("anjuctl deadline waive rectification/2018-04 rectify "
				     "--reason 'the house is gone' --as 6103.relocation"),
		.run = run_deadline_act},
	{"deadline suspend", "CASE NAME", 2, 2,
		W("中止一个期限：停止计时和提醒",
			"suspend a deadline: its time stands still, no reminders"),
		.options = act_options,
		.examples = EXAMPLES("anjuctl deadline suspend rectification/2018-01 rectify "
				     "--reason 'road washed away' --as 6103.inspection"),
		.run = run_deadline_act},
	{"deadline resume", "CASE NAME", 2, 2,
		W("恢复一个期限：到期日按中止的时间顺延",
			"let a deadline go on; it is due later by the time it stood still"),
		W("按该期限自己的单位顺延：按工作日计的补工作日，按小时计的补小时，其余补自然日。",
			"In its own unit: working days where its rule counts them, hours where it "
			"counts hours, else calendar days."),
		act_options,
		EXAMPLES("anjuctl deadline resume rectification/2018-01 rectify --reason 'road "
			 "open' --as 6103.inspection"),
		.run = run_deadline_act},
	{"deadline extend", "CASE NAME", 2, 2,
		W("届满之前申请延期", "ask for more time, before it ends"),
		W("由牵头或责任单位提出，由上一级单位答复（deadline grant、deadline refuse）。"
		  "流程定义里没有写明可以延期的，不能申请。",
			"Asked by those who lead or are responsible, answered one level up "
			"(deadline "
			"grant, deadline refuse). Not where the definition allows none."),
		extend_options,
		EXAMPLES("anjuctl deadline extend rectification/2018-01 rectify --length 10d "
			 "--reason 'heavy rain' --as 610322.relocation"),
		.run = run_deadline_act},
	{"deadline grant", "CASE NAME", 2, 2,
		W("准予延期；不另写多久即如所请", "grant more time: as much as was asked for, "
						  "unless something else is given"),
		.options = extend_options,
		.examples = EXAMPLES("anjuctl deadline grant rectification/2018-01 rectify --as "
				     "6103.relocation"),
		.run = run_deadline_act},
	{"deadline refuse", "CASE NAME", 2, 2, W("不准延期", "refuse more time"),
		.options = act_options,
		.examples = EXAMPLES("anjuctl deadline refuse rectification/2018-02 rectify "
				     "--reason 'no cause' --as 6103.relocation"),
		.run = run_deadline_act},
	{"deadline keep", "CASE NAME", 2, 2,
		W("确认已完成的事项持续达标", "confirm that what was met is kept up"),
		.options = act_options,
		.examples = EXAMPLES("anjuctl deadline keep rectification/2018-03 rectify --doc "
				     "rectification.proof:Z-3 --as 610322.relocation"),
		.run = run_deadline_act},
	{"deadline lapse", "CASE NAME", 2, 2,
		W("认定未能持续，限期重新办理",
			"say that it is not kept up: it is open again, with a new date"),
		.options = extend_options,
		.examples = EXAMPLES("anjuctl deadline lapse rectification/2018-03 rectify "
				     "--length 10d --reason 'moved back' --as 6103.inspection"),
		.run = run_deadline_act},
	{"deadline recompute", "", 0, 0,
		W("按现行日历和规则重新计算在办的期限（限管理员）",
			"count open deadlines again by calendar and rules in force "
			"(administrators)"),
		W("平时不必：载入通知、日历插件或包的本地取值改变时会自行重算。",
			"Not needed as a rule: it happens by itself when a notice is loaded, or "
			"when the calendar plugin or the packs' local values have changed."),
		recount_options, EXAMPLES("anjuctl deadline recompute --dry-run"),
		.run = run_deadline_recompute},
	{"deadline blanks", "[DIR]", 0, 1,
		W("哪些期限和周期留待本地填定，填了没有（离线）",
			"which dates and periods are left to be filled in locally, and who has "
			"(offline)"),
		W("规定里写“及时”“定期”而没有数的地方，流程定义里写成 {\"local\": 编号}；"
		  "由下级规则包 pack.json 的 local 填定。未填之前，期限没有到期日，任务不会开始。",
			"Where the text has \"promptly\" or \"periodically\" and no number, the "
			"definition says {\"local\": ID}, and a later pack fills it in by the "
			"member "
			"local of its pack.json. Until then the deadline has no date and the "
			"obligation "
			"does not begin."),
		blanks_options,
		EXAMPLES("anjuctl deadline blanks", "anjuctl deadline blanks workflows --open"),
		.run = run_deadline_blanks},
	{"deadline stats", "", 0, 0,
		W("各牵头单位未了与逾期的期限数",
			"how many open and overdue deadlines by leading unit"),
		.examples = EXAMPLES("anjuctl deadline stats"), .run = run_deadline_stats},
	{"message list", "", 0, 0,
		W("列出提醒消息及其送达情况", "list messages and what became of them"),
		.options = message_options,
		.examples = EXAMPLES("anjuctl message list --status dead"),
		.run = run_message_list},
	{"notify preview", "[DIR]", 0, 1,
		W("看消息怎样措辞：用样例，或某单位待汇总的事项",
			"how messages read: of samples, or of what a unit is waiting for"),
		W("给出 DIR 时离线使用该文件夹中各包的模板；不给 DIR 而给 --unit "
		  "时由守护进程用该单位待汇总的事项；都不给则用内置模板。",
			"With DIR the templates of the packs in that folder are used, offline. "
			"Without DIR and with --unit the daemon is asked for what waits for that "
			"unit's digest; with neither, the built-in templates are used."),
		preview_options,
		EXAMPLES("anjuctl notify preview",
			"anjuctl notify preview workflows --pack "
			"fengxiang --template sms",
			"anjuctl notify preview --template body --source",
			"anjuctl notify preview --unit 610322.land --channel webhook"),
		.run = run_notify_preview},
	{"outbox list", "", 0, 0,
		W("列出待发箱：待送、送达、送不到的消息",
			"list the outbox: messages pending, delivered, given up"),
		.options = outbox_list_options,
		.examples = EXAMPLES("anjuctl outbox list --dead",
			"anjuctl outbox list --pending --unit 610322.land"),
		.run = run_outbox_list},
	{"outbox show", "ID", 1, 1,
		W("查看一条消息：内容、涉及的个案、送达情况",
			"one message: its text, the cases it speaks of, what became of it"),
		.examples = EXAMPLES("anjuctl outbox show 1"), .run = run_outbox_show},
	{"outbox resend", "[ID...]", 0, COMMAND_ANY,
		W("重新发送未送达的消息（限管理员）",
			"send messages once more that were not delivered (administrators)"),
		W("消息编号不变，收件方凭编号识别重复。送不到的消息重新发送时，"
		  "在它说到的每个个案中记一笔。",
			"A message keeps its id, by which a receiver knows one that comes twice. "
			"That one which had been given up goes out once more is an entry in each "
			"case it speaks of."),
		outbox_resend_options,
		EXAMPLES("anjuctl outbox resend --all-dead",
			"anjuctl outbox resend --all-dead --channel spool"),
		.run = run_outbox_resend},
	{"outbox channels", "", 0, 0,
		W("各发信通道的情况：速率、是否暂停、最近失败",
			"how the channels are: rate, whether paused, last failure"),
		.examples = EXAMPLES("anjuctl outbox channels"), .run = run_outbox_channels},
	{"unit list", "", 0, 0, W("列出单位", "list units (offices)"), .options = unit_options,
		.examples = EXAMPLES("anjuctl unit list --kind town --region 610322"),
		.run = run_unit_list},
	{"workflow list", "", 0, 0, W("列出已加载的流程", "list the workflows that are loaded"),
		.examples = EXAMPLES("anjuctl workflow list"), .run = run_workflow_list},
	{"workflow show", "WORKFLOW", 1, 1,
		W("一个流程的字段、材料、事件", "a workflow's fields, documents and events"),
		.examples = EXAMPLES("anjuctl workflow show household"), .run = run_workflow_show},
	{"workflow diff", "OLD NEW", 2, 2,
		W("两版流程定义有何不同，对在办事项有何影响（文件夹离线比较）",
			"what changed between two definitions, by what it means for open cases "
			"(offline for folders)"),
		W("OLD 和 NEW 各是一个包文件夹（配合 --workflow、--pack）、一个 *.workflow.json "
		  "文件、守护进程所知定义的散列值，或 current（守护进程现行的定义）。--plan "
		  "写出迁移方案的初稿，null 处由作者填写。",
			"OLD and NEW are each a folder of packs (with --workflow, --pack), a "
			"*.workflow.json, "
			"the hash of a definition that the daemon knows, or \"current\", the one "
			"it "
			"has in force. --plan writes the beginning of a plan; its author fills in "
			"the nulls."),
		diff_options,
		EXAMPLES(
			"anjuctl workflow diff workflows.old workflows --workflow household --pack "
			"fengxiang --plan household.migration.json",
			"anjuctl workflow diff workflows.old/base/duty.workflow.json "
			"workflows/base/duty.workflow.json "
			"--format json"),
		.run = run_workflow_diff},
	{"workflow migrate", "PLAN", 1, 1,
		W("按方案把在办的个案迁移到现行定义（限管理员）",
			"bring open cases to the definition in force, by a plan (administrators)"),
		W("先用 --dry-run 试算：列出不合的个案和原因、各状态前后的件数。"
		  "迁移时其他工作照常；中断后自行继续，或再次发出同一命令继续。有不合的个案时退出码"
		  "为 4。",
			"Begin with --dry-run: it lists the cases that would not fit and why, and "
			"the cases "
			"by state before and after. Other work goes on meanwhile. Cut short, it "
			"goes "
			"on by "
			"itself, or when the same command is given again. Exits with 4 when cases "
			"do "
			"not fit."),
		migrate_options,
		EXAMPLES("anjuctl workflow migrate household.migration.json --dry-run",
			"anjuctl workflow migrate household.migration.json"),
		.run = run_workflow_migrate},
	{"migration list", "", 0, 0, W("列出各次迁移", "list the migrations there were"),
		.examples = EXAMPLES("anjuctl migration list"), .run = run_migration_list},
	{"migration status", "JOB", 1, 1,
		W("一次迁移的进展和不合的个案",
			"how far a migration has come, and which cases do not fit"),
		.examples = EXAMPLES("anjuctl migration status 1"), .run = run_migration_status},
	{"migration cancel", "JOB", 1, 1,
		W("停止一次迁移；已迁移的保留",
			"stop a migration; cases that have moved stay where they are"),
		.examples = EXAMPLES("anjuctl migration cancel 1"), .run = run_migration_cancel},
	{"plugin list", "", 0, 0, W("列出已加载的插件", "list the plugins that are loaded"),
		.examples = EXAMPLES("anjuctl plugin list"), .run = run_plugin_list},
	{"import", "FILE", 1, 1,
		W("导入表格（CSV）：先查全部行，再立无误的",
			"import a CSV file: all rows are checked, then the good ones are opened"),
		W("有误的行连同位置、现为、应为写入 "
		  "FILE.errors.csv。已有的个案保持不变，改正后可再次导入。",
			"Faulty rows go to FILE.errors.csv with place, found and allowed. Cases "
			"that exist "
			"are left alone, so the file can be imported again once put right."),
		import_options,
		EXAMPLES("anjuctl import roster.csv --mapping household --as 610322.poverty"),
		.run = run_import},
	{"obligation list", "", 0, 0,
		W("一段时间里什么任务何时开始、何时到期（按定义推算）",
			"which obligations begin when, and are due when: a forecast from the "
			"definitions"),
		W("到了时候却未能立案的（例如引用的个案还不存在）不耽误别的单位和以后各期：每小时再"
		  "试，"
		  "直到立案或包中不再有该单位；--waiting 列出它们和原因，anjuctl status 有总数。",
			"A case that could not be opened in time (it refers to one that is not "
			"there, say) holds up neither other units nor later periods: it is tried "
			"again each hour until it is opened or the packs no longer name the unit. "
			"--waiting lists those, with the reason; anjuctl status says how many."),
		.options = obligation_list_options,
		.examples = EXAMPLES("anjuctl obligation list --from 2017-09-01 --to 2017-12-31",
			"anjuctl obligation list --unit 610322.land",
			"anjuctl obligation list --waiting"),
		.run = run_obligation_list},
	{"obligation show", "ID", 1, 1,
		W("一项任务：规则、进度和单位",
			"one obligation: its rules, how far it has come, and whose it is"),
		.examples = EXAMPLES("anjuctl obligation show monthly_report"),
		.run = run_obligation_show},
	{"obligation open", "ID", 1, 1,
		W("事由发生时开始一项任务", "begin an obligation when what it waits for happens"),
		W("牵头单位、验收单位及其上级可以登记。同一任务、单位、日期和事由编号重复登记，仍是"
		  "同一件。",
			"Who leads, who reviews, and those above them may. The same obligation, "
			"unit, day and reference again is the same case."),
		obligation_open_options,
		EXAMPLES("anjuctl obligation open subsidy_passed_down --unit 610322.finance --on "
			 "2017-08-16 --as 610322.finance"),
		.run = run_obligation_open},
	{"feed", "", 0, 0,
		W("逐条显示已生效的办理记录", "show journal entries of all cases, in order"),
		.options = feed_options,
		.examples = EXAMPLES("anjuctl feed --after 12000", "anjuctl feed --follow --json"),
		.run = run_feed},
	{"calendar show", "", 0, 0,
		W("日历：哪天上班、哪天放假（守护进程的，没有守护进程时读日历插件）",
			"which days are worked (the daemon's calendar; without one the plugin's)"),
		W("表格只列与平常周末不同的日子，--all 列出每一天；csv 和 json 总是列出每一天。"
		  "还没有放假通知的年份标为暂定。",
			"The table shows the days that differ from plain weeks, with --all every "
			"day; "
			"csv and json give every day. A year without a notice is marked "
			"provisional."),
		calendar_show_options,
		EXAMPLES("anjuctl calendar show --from 2017-09-01 --to 2017-10-31",
			"anjuctl calendar show --from 2016-01-01 --to 2026-12-31 --format csv"),
		.run = run_calendar_show},
	{"calendar load", "FILE", 1, 1,
		W("载入新的或修订的节假日通知，在办的工作日期限随之重新计算（限管理员）",
			"load a new or revised holiday notice; open working-day deadlines are "
			"counted again (administrators)"),
		W("先用 --dry-run 看哪些期限会改期。载入的通知存在库中，重启后仍然有效；同一年以印"
		  "发日期最新的通知为准，"
		  "同日印发的，载入的先于插件的。改期的每件个案都记一笔 deadline.moved，"
		  "写明原日期、新日期和依据，"
		  "牵头和责任单位在下一次汇总里得知。其间其他工作照常；中断后自行继续。",
			"Begin with --dry-run to see which dates would move. A loaded notice is "
			"kept in the store and outlives restarts; of two for one year that issued "
			"last counts, of two of one day the loaded one. Each case of which a date "
			"moves gets an entry deadline.moved with old date, new date and the "
			"reason, and its leading and responsible units read of it in their next "
			"digest. Other work goes on meanwhile; cut short, it goes on by itself."),
		recount_options,
		EXAMPLES("anjuctl calendar load 2027.json --dry-run",
			"anjuctl calendar load 2027.json"),
		.run = run_calendar_load},
	{"calendar list", "", 0, 0,
		W("各年节假日安排：已公布还是暂定，依据和来源",
			"the years of the calendar: announced or provisional, by which notice, "
			"from where"),
		.examples = EXAMPLES("anjuctl calendar list", "anjuctl calendar list --json"),
		.run = run_calendar_list},
	{"calendar export", "", 0, 0,
		W("把单位的期限写成 iCalendar 文件，供日历软件导入",
			"a unit's deadlines as an iCalendar file, for calendars to import"),
		W("每个在办期限一个全天事项，前一天早上提醒；改期后编号不变，近 30 "
		  "天内已结的标为取消。"
		  "要供订阅，见 anjud(8) 的 ics_folder。",
			"An all-day event for each open deadline, with an alarm the morning "
			"before; one that moves keeps its UID, those that ended in the last 30 "
			"days are there as cancelled. For subscriptions see ics_folder in "
			"anjud(8)."),
		calendar_export_options,
		EXAMPLES("anjuctl calendar export --unit 610322.land --output land.ics",
			"anjuctl calendar export --unit 610322.land --from 2017-09-01 --to "
			"2017-12-31"),
		.run = run_calendar_export},
	{"clock get", "", 0, 0, W("守护进程的时间", "the daemon's time"),
		.examples = EXAMPLES("anjuctl clock get"), .run = run_clock_get},
	{"clock advance", "", 0, 0,
		W("拨动手动时钟（限管理员，预演用）",
			"move a manual clock on (administrators, for rehearsals)"),
		.options = advance_options,
		.examples = EXAMPLES(
			"anjuctl clock advance --by 10wd", "anjuctl clock advance --to 2018-12-31"),
		.run = run_clock_advance},
	{"status", "", 0, 0, W("守护进程的状况", "how the daemon is"),
		.examples = EXAMPLES("anjuctl status"), .run = run_status},
	{"discover", "", 0, 0,
		W("接口有哪些方法（--json 给出 OpenRPC 文档）",
			"the methods of the socket (--json: the OpenRPC document)"),
		.examples = EXAMPLES("anjuctl discover --json"), .run = run_discover},
	{"call", "METHOD [JSON]", 1, 2, W("直接调用一个方法", "call a method as it is"),
		.examples = EXAMPLES("anjuctl call case.list '{\"limit\": 5}'"), .run = run_call},
	{"rehearse", "DIR", 1, 1,
		W("预演整个项目：会通知谁、哪些会逾期、各单位每月多少事（离线）",
			"rehearse a whole programme: who would be told what, what would be "
			"overdue, "
			"how much for whom (offline)"),
		W("在用后即弃的引擎里，从 --from 到 --to "
		  "把整个项目走一遍：名册立案，按脚本办理（没有脚本时只走时钟），期限、提醒和定期事"
		  "项照常发生，但什么也不发出。--from-store "
		  "以正在办理的个案开始，用来预演一套新的包，对它们没有任何影响。用 --output "
		  "写出各表（messages.csv、overdue.csv、workload.csv、refused.csv）、摘要、日历图 "
		  "heatmap.svg 和网页 index.html。名册中有误的行、脚本中未如所写办理的行逐条列出，"
		  "其余照办，退出码为 4。--against 或 --against-pack "
		  "用另一套包再走一遍，比较日期、结果和消息，逐条写入 differences.csv。",
			"Goes through a whole programme in an engine that is thrown away, from "
			"--from to --to: opens the rosters' cases, acts by the script (without one "
			"only the clock moves), and lets deadlines, reminders and recurring duties "
			"happen, but sends nothing. With --from-store it begins with the cases "
			"that are at work, to rehearse a draft of the packs without any effect on "
			"them. With --output writes tables (messages.csv, "
			"overdue.csv, workload.csv, refused.csv), a summary, a calendar of what is "
			"due, heatmap.svg, and a page, index.html. Faulty rows, and lines of the "
			"script that do not go as it says, are listed, the others are done, and it "
			"exits with 4. With --against or --against-pack goes through it again "
			"under "
			"other packs and compares dates, outcomes and messages; differences.csv "
			"has "
			"each."),
		rehearse_options,
		EXAMPLES("anjuctl rehearse workflows --pack fengxiang --roster sites.csv --roster "
			 "roster.csv --from 2017-08-16 --to 2018-12-31 --output rehearsal",
			"anjuctl rehearse workflows --pack fengxiang --roster project=sites.csv "
			"--roster household=roster.csv --script actions.jsonl --from 2017-08-16 "
			"--to 2017-12-31 --against workflows.old",
			"anjuctl rehearse workflows --pack fengxiang --from-store /var/lib/anju "
			"--to 2019-06-30 --against workflows.old"),
		.run = run_rehearse},
	{"replay", "SCRIPT", 1, 1,
		W("按脚本在手动时钟上重演经办人的办理",
			"replay officers' actions from a script, on a manual clock"),
		W("脚本每行一个 JSON 对象：{\"at\": 时间, \"as\": 单位, \"method\": \"case.send\", "
		  "\"params\": {…}, "
		  "\"expect\": \"ok\" 或 \"refused\"}。at "
		  "晚于时钟时先拨时钟；同一时刻的多行连续发出。连接中断时重连，"
		  "从第一个未得到答复的行继续，不会重复办理。",
			"Each line of the script is a JSON object: {\"at\": time, \"as\": unit, "
			"\"method\": "
			"\"case.send\", \"params\": {...}, \"expect\": \"ok\" or \"refused\"}. A "
			"later \"at\" "
			"moves the clock first; lines of one instant are sent without waiting. A "
			"lost "
			"connection is made again, and it goes on from the first line that was not "
			"answered; nothing is done twice."),
		replay_options,
		EXAMPLES("anjuctl replay actions.jsonl --report monthly --progress"),
		.run = run_replay},
	{"lint", "DIR", 0, 1, W("检查包是否合规（离线）", "check packs (offline)"),
		W("先照装载时那样检查，再找能装载却多半写错的地方：走不出的状态、永远不成立的条件、"
		  "没人填写的字段、互相等待的流程等。逐条打印文件、行、列、JSON 指针、说明和改法。"
		  "错误：不能装载，或一用就出错；警告：能装载，但多半不合本意；提示：值得看一眼。有"
		  "错误或警告时"
		  "退出码为 4。守护进程只拒绝不能装载的包，警告和提示不妨碍它启动。",
			"Checks what loading checks, then looks for what loads and is most likely "
			"a "
			"mistake: states that nothing leads out of, conditions that never hold, "
			"fields that nobody writes, workflows that wait for each other. Prints "
			"file, "
			"line, column, JSON pointer, a sentence, and how to mend it. An error does "
			"not load, or fails when it is reached; a warning loads and most likely "
			"does "
			"not do what is meant; a note is worth a look. Exits with 4 if there are "
			"errors or warnings. The daemon refuses packs that do not load; warnings "
			"and "
			"notes never keep it from starting."),
		lint_options,
		EXAMPLES("anjuctl lint workflows --pack fengxiang",
			"anjuctl lint /etc/anju/workflows --format json",
			"anjuctl lint workflows --format sarif", "anjuctl lint --rules"),
		.run = run_lint},
	{"graph", "WORKFLOW [DIR]", 1, 2, W("把流程画成图（离线）", "draw a workflow (offline)"),
		W("一个状态一张卡片，列出在此能办什么、由谁办、什么条件、要什么材料、期限几时；"
		  "阶段成列，分支成行。DIR 是包所在的文件夹，默认为当前目录下的 workflows，"
		  "没有则为已安装的。环境变量 ANJU_DOT 可指明 dot 程序。",
			"A card for each state says what can be done there, by whom, on what "
			"condition, with which papers and until when; phases are columns, regions "
			"are bands. DIR is the folder of packs, if not given \"workflows\" here, "
			"else the one installed. The environment's ANJU_DOT may name the program "
			"dot."),
		graph_options,
		EXAMPLES("anjuctl graph household workflows --output household.svg",
			"anjuctl graph household workflows --state relocation.agree --at "
			"relocation.agree.surveyed --output agree.svg",
			"anjuctl graph household workflows --brief --case 610322-0001 "
			"--output here.svg",
			"anjuctl graph project workflows --format mermaid --lang en"),
		.run = run_graph},
	{"test", "DIR", 1, 1,
		W("试办：各流程是否如情景文件所说（离线）",
			"try out whether workflows behave as their scenarios say (offline)"),
		W("运行各包 scenarios "
		  "文件夹中的情景，每个情景用真正的引擎从头办起；不符之处逐项列出预期与实际，"
		  "最后列出哪些状态、转移、条件还没有情景走到。有不符时退出码为 4。",
			"Runs what lies in the packs' folders scenarios, each on an engine of its "
			"own; where "
			"something differs, shows expected and actual, and in the end which "
			"states, "
			"transitions and conditions no scenario has exercised. Exits with 4 if "
			"anything "
			"differs."),
		test_options,
		EXAMPLES("anjuctl test workflows --pack fengxiang",
			"anjuctl test workflows --pack fengxiang --scenario duty_in_time",
			"anjuctl test workflows --pack fengxiang --format tap"),
		.run = run_test},
	{"rows", "[PREFIX...]", 0, COMMAND_ANY,
		W("规定条目由哪些定义落实、由哪些情景验证（离线）",
			"which definitions carry out a row of the rules, and which scenarios show "
			"it (offline)"),
		W("条目是规定目录里的编号，如 BJ-D-17；给出 BJ 或 BJ-D "
		  "即其下全部。每个条目列出写明它的规则、"
		  "任务、字段、状态、期限、转移（文件和 JSON "
		  "指针），以及验证它的情景：到哪一天、期限应为哪天。"
		  "给出的条目没有一处写明时退出码为 4。",
			"A row is an id of a catalogue of rules, such as BJ-D-17; BJ or BJ-D mean "
			"all below. Lists for each the "
			"rules, obligations, fields, states, deadlines and transitions that name "
			"it (file and JSON pointer), and "
			"the scenarios that show it: up to which day, with which due dates. Exits "
			"with 4 if nothing names a row "
			"that was given."),
		rows_options,
		EXAMPLES("anjuctl rows BJ-D-17", "anjuctl rows BJ --kind D --format md",
			"anjuctl rows --kind D --json"),
		.run = run_rows},
	{"schema", "[KIND]", 0, 1,
		W("各种文件的 JSON Schema，供编辑器使用（离线）",
			"JSON Schemas of all kinds of files, for editors (offline)"),
		W("不带参数时列出种类；给出种类时打印该模式（2020-12 版），说明文字用所选语言。"
		  "编辑器的设置见 anju-pack(5) 的 SCHEMAS。",
			"Without an operand lists the kinds; with one prints that schema (draft "
			"2020-12), described in the language asked for. How to tell an editor: "
			"anju-pack(5), SCHEMAS."),
		schema_options,
		EXAMPLES("anjuctl schema", "anjuctl schema workflow",
			"anjuctl schema --to schema --lang zh"),
		.run = run_schema},
	{"try", "WORKFLOW DIR", 2, 2,
		W("在终端里一步步试办一个流程（离线）",
			"step through a workflow by hand in the terminal (offline)"),
		W("显示现在的状态、能办什么、由谁办、其余为什么不能办。help "
		  "列出命令；标准输入不是终端时，逐行执行脚本。"
		  "save 把办过的写成情景文件。",
			"Shows the states, what is possible now and for whom, and why the rest is "
			"not. help "
			"lists the commands; they may also come from a script on standard input. "
			"save writes "
			"what was done as a scenario."),
		try_options,
		EXAMPLES("anjuctl try household workflows --pack fengxiang --start 2017-09-01",
			"anjuctl try household workflows --pack fengxiang --scenario "
			"household_signed"),
		.run = run_try},
	{"store check", "", 0, 0,
		W("检查数据目录：记录完整，且由办理记录重算各个案与现存一致（离线）",
			"check a data folder: rows are sound, and folding each journal gives its "
			"case (offline)"),
		.options = data_options,
		.examples = EXAMPLES("anjuctl store check --data /var/lib/anju"),
		.run = run_store_check},
	{"store dump", "", 0, 0,
		W("按固定顺序打印数据目录的内容，便于比较（离线）",
			"print a data folder's content in a fixed order, to compare (offline)"),
		.options = data_options,
		.examples = EXAMPLES("anjuctl store dump --data /var/lib/anju"),
		.run = run_store_dump},
	{"store backup", "FOLDER", 1, 1,
		W("备份数据目录，守护进程可照常工作；未变的部分只存一份",
			"back up a data folder, also while the daemon works; what did not change "
			"is kept "
			"once"),
		.options = backup_options,
		.examples =
			EXAMPLES("anjuctl store backup --data /var/lib/anju /mnt/backup --keep 30"),
		.run = run_store_backup},
	{"store backups", "FOLDER", 1, 1,
		W("列出备份（--verify 逐块核对）", "list backups (--verify reads every piece)"),
		.options = backups_options,
		.examples = EXAMPLES("anjuctl store backups /mnt/backup --verify"),
		.run = run_store_backups},
	{"store restore", "FOLDER", 1, 1,
		W("把备份恢复成一个新的数据目录，并检查",
			"make a new data folder out of a backup, and check it"),
		.options = restore_options,
		.examples =
			EXAMPLES("anjuctl store restore /mnt/backup --data /var/lib/anju-restored"),
		.run = run_store_restore},
	{"store adopt", "", 0, 0,
		W("检查并启用一份在使用中复制的数据目录",
			"check a data folder that was copied while in use, and allow its use"),
		.options = data_options,
		.examples = EXAMPLES("anjuctl store adopt --data /var/lib/anju"),
		.run = run_store_adopt},
	{"chart run", "", 0, 0,
		W("批量运行状态图：标准输入每行一个请求（离线）",
			"run statecharts in batch: a request a line on standard input (offline)"),
		.examples = EXAMPLES("anjuctl chart run < requests.jsonl"), .run = run_chart_run},
	{"expr run", "", 0, 0,
		W("批量计算表达式：标准输入每行一个请求（离线）",
			"evaluate expressions in batch: a request a line on standard input "
			"(offline)"),
		.examples = EXAMPLES("anjuctl expr run < requests.jsonl"), .run = run_expr_run},
	{"version", "", 0, 0, W("版本", "version"), .examples = EXAMPLES("anjuctl version"),
		.run = run_version},
	{"help", "[COMMAND]", 0, 2, W("帮助", "help"), .options = help_options,
		.examples = EXAMPLES("anjuctl help case send"), .run = run_help},
	{"complete", "WORD...", 0, COMMAND_ANY, W("供命令补全使用", "for shell completion"),
		.hidden = true, .run = run_complete},
};

size_t command_count(void)
{
	return sizeof rows / sizeof rows[0];
}

const struct command *command_at(size_t i)
{
	return &rows[i];
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count(); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

bool command_is_group(const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i < command_count(); i++) {
		if (strncmp(rows[i].name, word, n) == 0 && rows[i].name[n] == ' ')
			return true;
	}
	return false;
}
