/* Included by messages.c only: M(key, zh, en). One block per part, sorted by key. */

/* base */
M("json.missing", "缺少{allowed}", "{allowed} is missing")
M("json.syntax", "JSON 语法错误：{found}", "JSON syntax error: {text}")
M("json.too_large", "文件过大：{found}，最大 {allowed}",
	"file too large: {found}, at most {allowed}")
M("json.type", "类型不对：这里是 {found}，应为 {allowed}",
	"wrong type: found {found}, expected {allowed}")
M("json.unknown_member", "不认识的成员 {found}，可用：{allowed}",
	"unknown member {found}; allowed: {allowed}")
M("mem.out", "内存不足", "out of memory")
M("sys.failed", "{found}", "{found}")
M("time.invalid", "时间“{found}”不合规，应为 {allowed}", "invalid time {found}; expected {allowed}")

/* phrases for found, allowed and where: messages.h */
M("say.a_file", "普通文件", "a regular file")
M("say.a_folder", "文件夹", "a folder")
M("say.a_name", "名称", "a name")
M("say.a_socket", "套接字，或尚不存在的路径", "a socket, or a path where nothing is yet")
M("say.a_workflow", "已有的流程", "a workflow")
M("say.allows_limit", "allows()：该规则的限值不是数", "allows(): the rule's limit is not a number")
M("say.allows_none", "allows()：该规则没有 max 也没有 min",
	"allows(): the rule has neither max nor min")
M("say.allows_number", "allows() 的参数应为 int 或 decimal", "allows() takes an int or a decimal")
M("say.anything", "任意值", "any value")
M("say.for_or_each", "for 和 each 只写一个", "one of for and each")
M("say.key_each_own", "每个单位、每一期各有自己的编号（{1} 出现了两次）",
	"a key of its own for each unit and period ({1} comes twice)")
M("say.leaving_office", "办公时间 {1} 内留有空档的时段",
	"hours that leave some of the office hours {1}")
M("say.migrate_value", "建议方案里的 null 要换成一个值",
	"a value in place of the null of a suggested plan")
M("say.migrate_states", "新状态的路径、路径数组或 null（不迁移）",
	"the path of a new state, an array of paths, or null (not to be moved)")
M("say.migrate_reason", "一句理由", "a reason in words")
M("say.array", "数组", "an array")
M("say.array_at_most", "最多 {1} 项的数组", "an array of at most {1}")
M("say.as_in", "{1} 中的 {2}，或更严", "{2} as in {1}, or tighter")
M("say.binding", "绑定 {1}", "binding {1}")
M("say.boolean", "布尔值（true 或 false）", "a boolean (true or false)")
M("say.bytes", "{1} 字节", "{1} bytes")
M("say.calling", "调用 {1}", "calling {1}")
M("say.characters", "最多 {1} 个字符，不含 NUL", "at most {1} characters, no NUL")
M("say.closed_day", "不放假的日子（那天是{1}）", "a day that is no holiday (it is {1})")
M("say.code_word", "字母、数字和 . _ -，最多 64 个字符", "letters, digits and . _ -, at most 64")
M("say.creating", "创建 {1}", "creating {1}")
M("say.csv_limits", "{1} MiB，{2} 行", "{1} MiB, {2} rows")
M("say.cursor_next", "上一页的“next”", "\"next\" of the page before")
M("say.date_such", "日期，例如“{1}”", "a date such as \"{1}\"")
M("say.day_from_start", "不早于 start 的日期", "a day not before start")
M("say.day_once", "每个日子只列一次", "each day once")
M("say.day_time", "“HH:MM”，00:00 至 23:59", "\"HH:MM\", 00:00 to 23:59")
M("say.deadline_here", "本流程的期限名", "the name of a deadline of this workflow")
M("say.deadline_member", "写有“{1}”的期限", "a deadline with a member \"{1}\"")
M("say.deadline_not_after", "不从“{1}”起算的期限",
	"a deadline that does not count from \"{1}\" itself")
M("say.decimal_string", "字符串形式的小数，例如“132.00”",
	"a decimal number as a string, such as \"132.00\"")
M("say.delay_name", "meta.anju.delays 中的一个名称", "the name of one of meta.anju.delays")
M("say.digits_after_point", "小数点后最多 {1} 位", "at most {1} digits after the point")
M("say.document_object", "对象 {kind, ref, form}", "an object {kind, ref, form}")
M("say.due_condition", "没有一项条件成立", "no condition holds")
M("say.due_filled", "具体的期限", "a date of its own")
M("say.due_none", "没有一项有日期", "none of the items has a date")
M("say.duration", "“10wd”、“30d”、“6mo”、“1y”或“12h”",
	"\"10wd\", \"30d\", \"6mo\", \"1y\" or \"12h\"")
M("say.eacces", "没有权限", "permission denied")
M("say.each_name_once", "每个名称只用一次", "each name once")
M("say.each_plugin_once", "每个插件只列一次", "each plugin once")
M("say.eaddrinuse", "地址已被占用", "address already in use")
M("say.econnrefused", "对方不接受连接", "connection refused")
M("say.eexist", "已经存在", "it exists already")
M("say.eio", "设备读写出错", "input/output error")
M("say.eisdir", "是一个文件夹", "is a directory")
M("say.eloop", "符号链接过多", "too many levels of symbolic links")
M("say.emfile", "打开的文件过多", "too many open files")
M("say.enametoolong", "名称过长", "name too long")
M("say.enoent", "没有这个文件或文件夹", "no such file or directory")
M("say.enomem", "内存不足", "out of memory")
M("say.enospc", "空间不足", "no space left")
M("say.enotdir", "不是文件夹", "not a directory")
M("say.entry_at", "第 {1} 条，序号 {2}", "entry {1} at {2}")
M("say.entry_each_user", "每个用户一条", "one entry for each user")
M("say.entry_of", "{1}（事项 {2} 第 {3} 条）", "{1} (case {2}, entry {3})")
M("say.epipe", "连接已断开", "connection broken")
M("say.erofs", "文件系统只读", "read-only file system")
M("say.etimedout", "超时", "timed out")
M("say.event_free", "内置事件之外的名称", "a name other than that of the built-in event")
M("say.event_of", "流程 {1} 认得的事件", "an event that workflow {1} knows")
M("say.expression", "字符串形式的表达式", "an expression as a string")
M("say.expression_here", "表达式", "expression")
M("say.failed", "{2} 失败：{1}", "{2} failed: {1}")
M("say.fen", "以分为单位的整数", "an integer number of fen")
M("say.field_name", "字段名", "the name of a field")
M("say.field_names", "字段名的数组", "names of fields")
M("say.field_of_types", "类型为 {1} 的字段", "a field of type {1}")
M("say.field_or_relation", "流程 {1} 的字段或由它保存的关系",
	"a field or a stored relation of workflow {1}")
M("say.fields_object", "最多 {1} 个字段的对象", "an object of at most {1} fields")
M("say.file_word", "文件名的第一个词，{1}", "the first word of the file's name, {1}")
M("say.fn_day", "日期须在 1900 年至 2200 年之间", "the day must be of the years 1900 to 2200")
M("say.fn_digits", "小数位数应为 0 至 9", "the number of digits must be 0 to 9")
M("say.fn_duration", "时长应如 10wd、30d、6mo、1y",
	"a length of time is written 10wd, 30d, 6mo or 1y")
M("say.fn_fen", "不是整数分", "not a whole number of fen")
M("say.fn_kinds", "应为材料种类的列表", "a list of kinds of documents is wanted")
M("say.fn_members", "应为事项的列表", "a list of cases is wanted")
M("say.fn_no_calendar", "此处没有工作日历", "there is no calendar of working days here")
M("say.fn_number", "列表中有一项不是数", "an item of the list is no number")
M("say.fn_range", "结果超出范围", "the result is out of range")
M("say.fn_unit", "没有这个单位", "there is no such unit")
M("say.fn_value", "只能与文字、数或真假比较", "only texts, numbers and truth values can be counted")
M("say.folder_in", "{1} 中一个文件夹的名称", "the name of a folder in {1}")
M("say.folder_name", "文件夹的名称“{1}”", "the folder's name, \"{1}\"")
M("say.function_of", "插件 {1} 提供的策略函数", "a policy function that plugin {1} offers")
M("say.grant_says", "“unit”、“acts_for”或“admin”（true）",
	"\"unit\", \"acts_for\" or \"admin\" (true)")
M("say.id_free", "没有用过的 id；{1} 已用", "an id that is not taken; {1} has it")
M("say.import_one_of", "key、field、relation 三者之一", "one of key, field, relation")
M("say.import_target", "流程 {1} 的字段或关系", "a field or relation of {1}")
M("say.in_no_state", "In() 所指的状态不存在", "In(): there is no such state")
M("say.inherited_value", "原来的值", "the inherited value")
M("say.integer", "整数", "an integer")
M("say.integer_or_decimal", "整数，或字符串形式的小数",
	"an integer or a decimal number as a string")
M("say.inverse_of", "流程 {1} 中指向 {2}、且本身不是反向的关系",
	"a relation of workflow {1} that leads to {2} and is no inverse itself")
M("say.items", "{1} 项", "{1} items")
M("say.items_at_most", "最多 {1} 项", "at most {1} items")
M("say.key_of", "流程 {1} 的编号：{2}", "a key of workflow {1}: {2}")
M("say.key_with", "含 {unit} 或 {region} 的文字", "a text with {unit} or {region}")
M("say.key_with_more", "含 {unit} 或 {region} 并含 {1} 的文字",
	"a text with {unit} or {region}, and with {1}")
M("say.kind_word", "由 a-z 0-9 _ 组成的词，最多 31 个字符，不能是 system、any、unit",
	"a word of a-z 0-9 _, at most 31, not system, any or unit")
M("say.kinds_lack", "空，因为 kinds 中没有“{1}”", "no entry, since kinds lacks \"{1}\"")
M("say.kinds_named", "至少一项，因为 kinds 中有“{1}”",
	"at least one entry, since kinds names \"{1}\"")
M("say.line_column", "第 {1} 行第 {2} 列", "line {1}, column {2}")
M("say.locking", "锁定 {1}", "locking {1}")
M("say.looking_at", "查看 {1}", "looking at {1}")
M("say.manifest_json", "与清单文件相同的 JSON", "the JSON of the manifest file")
M("say.manifest_of", "插件 {1} 的清单中所列的", "what the manifest of {1} offers")
M("say.max_min_value", "max、min 或 value", "max, min or value")
M("say.member", "“{1}”（{2}）", "\"{1}\" ({2})")
M("say.member_name", "成员名", "member name")
M("say.message_key", "messages.json 中的键", "a key of messages.json")
M("say.message_or_words", "messages.json 中的键，或 {\"zh\": …, \"en\": …}",
	"a key of messages.json, or {\"zh\": …, \"en\": …}")
M("say.method_name", "方法名", "a method name")
M("say.milliseconds", "{1} 毫秒", "{1} ms")
M("say.mode_owner", "权限 {1}，属主 {2}，属组 {3}", "mode {1}, owner {2}, group {3}")
M("say.name_free", "没有用过的名称；{1} 已用", "a name that is not taken; {1} has it")
M("say.name_no_field", "本流程的字段没有用过的名称", "a name that no field of this workflow has")
M("say.name_not_of", "插件 {1} 没有提供的名称", "a name that {1} does not offer")
M("say.never_locked", "没有“until”，字段不会锁定", "without \"until\" the field is never locked")
M("say.no_date", "不是日期", "not a date")
M("say.no_decimal", "不是小数", "not a decimal number")
M("say.no_delays", "无（本流程没有声明 meta.anju.delays）",
	"none (this workflow has no meta.anju.delays)")
M("say.no_docs", "无（本流程没有材料种类）", "none (this workflow has no docs)")
M("say.no_fields", "无（本流程没有字段）", "none (this workflow has no fields)")
M("say.no_obligations", "（没有）", "(none)")
M("say.no_parameters", "无", "none")
M("say.no_relations", "无（本流程没有关系）", "none (this workflow has no relations)")
M("say.nobody", "未登记的来访者", "an unregistered peer")
M("say.not_below_min", "不小于 min", "not less than min")
M("say.nothing", "没有值", "nothing")
M("say.nothing_for_type", "类型 {1} 的字段没有 {2}", "a field of type {1} has no {2}")
M("say.null", "空值（null）", "null")
M("say.number", "数", "a number")
M("say.number_null_string", "数、null，或最长 {1} 字节的字符串",
	"a number, null, or a string of at most {1} bytes")
M("say.object", "对象", "an object")
M("say.objects", "对象数组", "an array of objects")
M("say.officer_text", "1 至 63 字节的文字，不含“/”", "1 to 63 bytes of text without /")
M("say.one_key_column", "恰好一个编号列", "exactly one key column")
M("say.one_leaf", "一个不再被扩展的规则包，或指明名称",
	"one pack that no other extends, or a name given")
M("say.one_of_two", "“{1}”与“{2}”之一", "one of \"{1}\" and \"{2}\"")
M("say.opening", "打开 {1}", "opening {1}")
M("say.option_id", "非空的标识", "an id that is not empty")
M("say.option_object", "对象：选项的标识 → {\"zh\": …, \"en\": …}",
	"an object: id of an option → {\"zh\": …, \"en\": …}")
M("say.option_some", "至少一个选项", "at least one option")
M("say.option_words", "自己独有的词，与其他选项的标识和词都不同",
	"words of its own, unlike the ids and words of the other options")
M("say.optional_field", "非必填的字段", "a field that is not required")
M("say.options_once", "每个选项只列一次", "each option once")
M("say.other_obligation", "另一项任务的 id", "the id of another obligation")
M("say.over_bytes", "超过 {1} 字节", "more than {1} bytes")
M("say.owner_closed", "属主为 root 或守护进程的用户，他人不可写",
	"owner root or the daemon's user, not writable by others")
M("say.pack_name", "规则包的名称", "the name of a pack")
M("say.pack_not_above", "并非由本规则包扩展而来的规则包", "a pack that does not extend this one")
M("say.packs_at_most", "最多 {1} 层规则包", "at most {1} packs")
M("say.plugin_of_pack", "pack.json 中的插件：{1}", "a plugin of pack.json: {1}")
M("say.posix_regex", "POSIX 扩展正则表达式", "a POSIX extended regular expression ({1})")
M("say.re_bracket", "方括号未配对", "a bracket without its pair")
M("say.re_class", "字符类或范围不对", "no such class or range of characters")
M("say.re_escape", "没有这样的转义", "no such escape")
M("say.re_group", "没有这样的分组写法", "no such kind of group")
M("say.re_other", "写法不对", "not a pattern")
M("say.re_paren", "圆括号未配对", "a parenthesis without its pair")
M("say.re_repeat", "重复符号前没有可重复的内容", "nothing to repeat")
M("say.re_repeat_count", "重复次数不对或过大", "a repetition that is too large or reversed")
M("say.re_too_large", "模式过大", "the pattern is too large")
M("say.reading", "读取 {1}", "reading {1}")
M("say.recur_or_trigger", "有 trigger 就不写 recur 和 shift",
	"neither recur nor shift beside a trigger")
M("say.region_around", "其区划包含本单位区划的单位", "a unit whose region contains this one's")
M("say.region_digits", "{1} 位数字（GB/T 2260）", "{1} digits (GB/T 2260)")
M("say.region_digits_level", "{1} 位数字（层级 {2}）", "{1} digits at level {2}")
M("say.related_kept", "不能保留由关联事项组成的映射", "a map of related cases cannot be kept")
M("say.related_unread", "关联的事项无法读取", "related cases cannot be read")
M("say.removing", "删除 {1}", "removing {1}")
M("say.request_object", "含 jsonrpc、method、params、id 的对象",
	"an object with jsonrpc, method, params, id")
M("say.resolving", "解析路径 {1}", "resolving {1}")
M("say.role_such", "角色，例如“{1}”", "a role such as \"{1}\"")
M("say.row_such", "“BJ-R-01”这样的编号", "an id such as \"BJ-R-01\"")
M("say.rrule_such", "RFC 5545 重复规则，例如“{1}”", "an RFC 5545 rule such as \"{1}\"")
M("say.rule_value", "字符串、整数、true、false，或字符串与整数的数组",
	"a string, an integer, true, false or a list of strings or integers")
M("say.running", "运行 {1}", "running {1}")
M("say.sqlite", "SQLite 错误 {1}", "{2} (SQLite {1})")
M("say.starting_thread", "启动线程 {1}", "starting the thread {1}")
M("say.state_near", "下级或同级的状态，或“#id”", "a state below or beside this one, or \"#id\"")
M("say.state_path", "从根起的状态路径，例如“{1}”，或“#id”",
	"the path of a state from the root, such as \"{1}\", or \"#id\"")
M("say.string", "字符串", "a string")
M("say.string_object_array", "字符串、对象或数组", "a string, an object or an array")
M("say.string_or_integer", "字符串或整数", "a string or an integer")
M("say.string_or_object", "字符串或对象", "a string or an object")
M("say.strings", "字符串数组", "an array of strings")
M("say.symbols_resolved", "所有符号都能解析的共享库", "a shared object with every symbol resolved")
M("say.syncing", "同步 {1}", "syncing {1}")
M("say.system_user", "本系统的用户名", "the name of a user of this system")
M("say.text", "非空文字", "a text that is not empty")
M("say.text_this_language", "这种语言的文字", "a text in this language")
M("say.unit_code", "单位代码", "the code of a unit")
M("say.unit_code_or_name", "单位代码或不重名的单位名称",
	"the code of a unit, or its name where no other unit has it")
M("say.unit_not_below", "不在本单位之下的单位", "a unit that is not below this one")
M("say.unit_or_officer", "单位代码，或“单位代码/经办人”", "unit or unit/officer")
M("say.unit_or_string", "unit 或 string", "unit or string")
M("say.units_granted", "获授权的单位", "the units granted")
M("say.value_required", "{1} 的值，流程 {2} 要求填写",
	"a value for {1}, which workflow {2} requires")
M("say.verdict_ok", "“ok”（true 或 false）", "\"ok\" (true or false)")
M("say.verdict_reason", "“reason”，含“zh”和“en”两段文字",
	"\"reason\" with the texts \"zh\" and \"en\"")
M("say.verdict_values", "“values”，对象", "\"values\", an object")
M("say.weekend", "周六或周日", "a Saturday or Sunday")
M("say.who_is_told", "通知对象，例如 [\"land@county\"]",
	"who is to be told, such as [\"land@county\"]")
M("say.who_may", "办理的单位，例如 [\"land@county\"]，或 [\"system\"]",
	"who may do this, such as [\"land@county\"], or [\"system\"]")
M("say.word_name", "由 a-z 0-9 _ 组成的名称，最多 63 个字符，以 a-z 开头",
	"a name of a-z 0-9 _, at most 63, a-z first")
M("say.words_joined", "由 a-z 0-9 _ 组成、以“.”相连的词", "words of a-z 0-9 _ joined by \".\"")
M("say.words_joined_63", "由 a-z 0-9 _ 组成、以“.”相连的词，最多 63 个字符",
	"words of a-z 0-9 _ joined by \".\", at most 63")
M("say.workflow_definition", "流程 {1}，定义 {2}", "workflow {1}, definition {2}")
M("say.workflow_id", "这些规则包中流程的 id", "the id of a workflow of these packs")
M("say.writing", "写入 {1}", "writing {1}")

/* bind */
M("bind.policy", "没有插件提供 {found}；已加载的插件：{allowed}",
	"no plugin offers {found}; plugins loaded: {allowed}")

/* calendar */
M("calendar.both", "{found} 既列为放假又列为上班，应为：{allowed}",
	"{found} is both a holiday and a working day; allowed: {allowed}")
M("calendar.date", "日期 {found} 不合规，应为 {allowed}",
	"invalid date {found}; expected {allowed}")
M("calendar.duration", "时长 {found} 不合规，须带单位，例如：{allowed}",
	"invalid duration {found}; it needs a unit, for example: {allowed}")
M("calendar.empty", "{where} 不能为空", "{where} must not be empty")
M("calendar.holiday_span", "假期结束日 {found} 不对，应在 {allowed} 之间",
	"the holiday cannot end on {found}; allowed: {allowed}")
M("calendar.hours", "小时数须从时刻起算，不能从日期起算",
	"hours are counted from an instant, not from a day")
M("calendar.not_weekend", "调休上班日 {found} 不是周末",
	"make-up working day {found} is not on a weekend")
M("calendar.notice_status", "节假日通知的状态 {found} 不认识，可用：{allowed}",
	"unknown status {found} of a holiday notice; allowed: {allowed}")
M("calendar.notice_year", "节假日通知的年份 {found} 不对，应为 {allowed}",
	"wrong year {found} of a holiday notice; allowed: {allowed}")
M("calendar.kept", "库中保存的 {found} 年节假日通知不能用",
	"the stored notice of {found} cannot be used")
M("calendar.outside_year", "日期 {found} 超出该年通知可及的范围 {allowed}",
	"date {found} is outside what the notice of that year may name: {allowed}")
M("calendar.outranked", "{file}#{where}：该年现行的节假日通知更新，所载为 {found}，应为 {allowed}",
	"{file}#{where}: the year's notice in force is newer; found {found}, expected {allowed}")
M("calendar.overlap", "假期从 {found} 起与另一假期重叠，应在 {allowed} 之外",
	"the holiday from {found} overlaps another one; it must be outside {allowed}")
M("calendar.range", "计算结果超出日历范围：{found}，可用年份 {allowed}",
	"{found} leads outside the calendar; years {allowed}")
M("calendar.rrule", "重复规则 {found} 不合规，可用：{allowed}",
	"invalid recurrence rule {found}; allowed: {allowed}")
M("calendar.rrule_ended", "重复规则 {found} 此后不再有日期",
	"recurrence rule {found} yields no further date")
M("calendar.too_many", "节假日通知所列日期过多，最多 {allowed} 个",
	"the holiday notice names too many dates, at most {allowed}")
M("calendar.workday_twice", "调休上班日 {found} 重复", "make-up working day {found} is named twice")

/* deadline */
M("deadline.condition", "此处不能用条件 {found}", "a condition cannot be used here: {found}")
M("deadline.due", "期限定义不对：{found}，应为：{allowed}",
	"wrong due rule: {found}; allowed: {allowed}")
M("deadline.hours_from", "{found}：从日期起算、或带 edge 的期限不能用小时，应为：{allowed}",
	"{found}: hours cannot be counted from a date, nor with an edge; allowed: {allowed}")
M("deadline.no_date", "期限无法确定：{found}", "the due date cannot be determined: {found}")
M("deadline.place", "此处不能用 {found}，可用：{allowed}",
	"{found} has no place here; allowed: {allowed}")
M("deadline.rung", "提醒设置不对：{found}，应为：{allowed}",
	"wrong rung: {found}; allowed: {allowed}")
M("deadline.rung_order", "提醒 {found} 的次序不对，应按先后排列：{allowed}",
	"rung {found} is out of order; {allowed}")
M("deadline.unreachable", "{where} 之后的期限定义永远用不到，只有最后一项可以不带 when",
	"what follows {where} is never reached: only the last item may stand without a condition")

/* graph */
M("graph.no_program", "找不到程序 {found}，请先安装软件包 {allowed}，或改用别的输出格式",
	"cannot run {found}: please install Debian's package {allowed}; --format dot does without "
	"it")
M("graph.program", "程序 {where} 没有画成：{found}", "{where} has failed: {found}")
M("graph.state", "流程中没有状态“{found}”；有：{allowed}",
	"the workflow has no state \"{found}\"; there are: {allowed}")
M("graph.state_near", "流程中没有状态“{found}”；是不是 {allowed}",
	"the workflow has no state \"{found}\"; did you mean {allowed}")
M("graph.workflow", "没有流程“{found}”；有：{allowed}",
	"no workflow \"{found}\"; there are: {allowed}")
M("graph.workflow_near", "没有流程“{found}”；是不是 {allowed}",
	"no workflow \"{found}\"; did you mean {allowed}")

/* journal */
M("journal.body", "历史记录 {found} 的内容损坏", "the body of history entry {found} is damaged")
M("journal.chain", "历史记录 {found} 的哈希链不连续",
	"the hash chain breaks at history entry {found}")
M("journal.gap", "历史记录 {found} 之前有缺失", "history entries are missing before {found}")

/* obligation */
M("obligation.forecast", "开始的任务太多，最多 {allowed} 次；请缩短时间段",
	"too many obligations begin, at most {allowed}; ask for fewer days")
M("obligation.unknown", "没有任务 {found}，有：{allowed}",
	"there is no obligation {found}; there are: {allowed}")

/* org */
M("org.channels", "通道设置不对：{found}，应为 {allowed}",
	"bad channel {found}; expected {allowed}")
M("org.code", "单位代码“{found}”不合规，应为 {allowed}",
	"bad unit code {found}; expected {allowed}")
M("org.cycle", "单位的上级成环：{found}，应为 {allowed}",
	"a unit is above itself through {found}; expected {allowed}")
M("org.duplicate", "单位代码 {found} 重复，首次出现在 {allowed}",
	"unit code {found} is taken; first defined at {allowed}")
M("org.grant", "授权条目不合规：{found}，应为 {allowed}", "bad grant {found}; expected {allowed}")
M("org.grant_twice", "同一用户的授权写了两条：{found}，应为 {allowed}",
	"a user has two grants: {found}; expected {allowed}")
M("org.hours", "时间段 {found} 不合规，应如 {allowed}",
	"bad hours {found}; expected for example {allowed}")
M("org.kind", "单位类别 {found} 不合规，应为 {allowed}",
	"bad kind of unit {found}; expected {allowed}")
M("org.label", "名称不能为空", "a name must not be empty")
M("org.level", "没有层级 {found}，可用：{allowed}", "no such level {found}; allowed: {allowed}")
M("org.no_unit", "没有单位“{found}”，应为 {allowed}",
	"there is no unit {found}; expected {allowed}")
M("org.not_granted", "未获授权代表“{found}”办理，可代表：{allowed}",
	"not granted to act for {found}; may act for: {allowed}")
M("org.officer", "经办人姓名“{found}”不合规，应为 {allowed}",
	"bad name of an officer {found}; expected {allowed}")
M("org.parent", "上级单位 {found} 不合规，应为 {allowed}", "bad parent {found}; expected {allowed}")
M("org.quiet", "免打扰时段 {found} 盖住了全部办公时间，没有一分钟可发汇总，应为 {allowed}",
	"quiet hours {found} cover all office hours, which leaves no minute for a digest; expected "
	"{allowed}")
M("org.region", "区划代码 {found} 不合规，应为 {allowed}", "bad region {found}; expected {allowed}")
M("org.role", "不认识的角色 {found}，可用：{allowed}", "unknown role {found}; allowed: {allowed}")
M("org.unknown_peer", "用户（{found}）未登记，无权连接办理",
	"user ({found}) is not among the principals")
M("org.user", "系统中没有用户 {found}，应为 {allowed}", "no user {found}; expected {allowed}")

/* recount */
M("recount.busy", "正在重新计算期限（任务 {found}），请等它结束",
	"dates are being counted again by job {found}; wait for its end")
M("recount.canceled", "重新计算随守护进程停止，下次启动后自行继续",
	"counting stops with the daemon and goes on by itself at the next start")
M("recount.no_job", "没有重新计算任务 {found}", "there is no such job of counting dates: {found}")
M("recount.not_here", "本守护进程不重新计算期限", "this daemon does not count dates again")

/* plugin */
M("migrate.busy", "迁移 {found} 正在进行，请等它结束或取消",
	"migration {found} is under way; wait for its end or cancel it")
M("migrate.canceled", "迁移已停止，已迁移的保留",
	"the migration was stopped; cases that have moved stay")
M("migrate.deadline_gone", "期限 {found} 在新定义的这些状态里没有了；方案可将其改名或豁免",
	"deadline {found} has no place in these states of the new definition; the plan may rename "
	"or waive it")
M("migrate.doc", "新定义没有材料种类 {found}", "the new definition knows no document {found}")
M("migrate.field", "新定义没有字段 {found}", "the new definition has no field {found}")
M("migrate.gone", "{file}#{where}：新定义没有 {found}，方案要说明怎么办（{allowed}）",
	"{file}#{where}: the new definition has no {found}; the plan must say what becomes of it "
	"({allowed})")
M("migrate.history", "记住的历史状态与新定义不合：{found}",
	"what history states remember does not fit the new definition: {found}")
M("migrate.no_default", "{file}#{where}：字段 {found} 在新定义中必填，旧定义没有，方案要给出默认值",
	"{file}#{where}: field {found} is required in the new definition and unknown to the old "
	"one; the plan must give a default")
M("migrate.no_job", "没有迁移任务 {found}", "there is no migration {found}")
M("migrate.same", "{file}#{where}：方案的两端是同一个定义 {found}",
	"{file}#{where}: both ends of the plan are the same definition {found}")
M("migrate.state", "状态 {found} 迁移后不能同时处于，请检查方案里的状态对应",
	"the states that {found} leads to cannot be active together; look at \"states\" of the "
	"plan")
M("migrate.state_refused", "方案不迁移处于状态 {found} 的事项",
	"the plan moves no case in state {found}")
M("migrate.unknown_name", "{file}#{where}：没有 {found}，可以是 {allowed}",
	"{file}#{where}: there is no {found}; there are {allowed}")
M("migrate.unknown_state", "{file}#{where}：没有状态 {found}，近旁有 {allowed}",
	"{file}#{where}: there is no state {found}; near it are {allowed}")
M("migrate.unmapped",
	"{file}#{where}：旧状态 {found} 在新定义中没有，方案要说明它去哪里（如 {allowed}，或 "
	"null）",
	"{file}#{where}: the new definition has no state {found}; the plan must say where it leads "
	"(such as {allowed}, or null)")
M("migrate.value", "{file}#{where}：{found} 不行，应为 {allowed}",
	"{file}#{where}: {found} will not do; it should be {allowed}")
M("migrate.workflow", "{file}#{where}：没有流程 {found}，应为 {allowed}",
	"{file}#{where}: there is no workflow {found}; it should be {allowed}")
M("migrate.wrong_hash", "{file}#{where}：定义的散列值是 {found}，应为 {allowed}",
	"{file}#{where}: the definition's hash is {found}; it should be {allowed}")

M("plugin.bad_abi", "插件接口版本不符：这里是 {found}，本程序为 {allowed}（{file}）",
	"plugin interface version is {found}, this build has {allowed} ({file})")
M("plugin.bad_magic", "不是安居插件：标识为 {found}，应为 {allowed}（{file}）",
	"not a plugin of anju: magic is {found}, expected {allowed} ({file})")
M("plugin.bad_name", "插件名称或功能名称 {found} 不合规，应为 {allowed}",
	"{found} is no name for a plugin or what it offers; expected {allowed}")
M("plugin.bad_notices", "插件日历 {where} 的结果是 {found}，应为 {allowed}",
	"plugin calendar {where} gave {found}, expected {allowed}")
M("plugin.bad_size", "插件描述表大小为 {found}，应为 {allowed}（{file}）",
	"the plugin's descriptor has size {found}, expected {allowed} ({file})")
M("plugin.bad_verdict", "插件 {where} 的结论格式不对：{found}，应有 {allowed}",
	"plugin {where} gave no proper verdict: {found}, wanted {allowed}")
M("plugin.config", "插件配置 {where} 是 {found}，应为 {allowed}",
	"plugin configuration {where} is {found}, expected {allowed}")
M("plugin.duplicate", "插件 {found} 重复列出", "plugin {found} is named twice")
M("plugin.duplicate_offer", "{found} 重复提供，应为 {allowed}",
	"{found} is offered already, expected {allowed}")
M("plugin.failed", "插件 {found} 执行失败，插件的说明：“{text}”", "plugin {found} failed: {text}")
M("plugin.insecure", "插件文件或文件夹 {file} 可被他人改写（{found}），要求：{allowed}",
	"plugin file or folder {file} may be changed by others ({found}); expected: {allowed}")
M("plugin.manifest_differs", "插件内的清单与旁边的清单文件不一致（{found}）：{file}",
	"the manifest inside the plugin is not the one beside it ({found}): {file}")
M("plugin.missing_function", "插件缺少函数 {allowed}（{file}）",
	"the plugin lacks the function {allowed} ({file})")
M("plugin.no_answer", "插件 {found} 没有给出答复", "plugin {found} returned without an answer")
M("plugin.no_manifest", "插件旁边没有清单文件 {file}",
	"there is no manifest {file} beside the plugin")
M("plugin.no_symbol", "插件没有导出 {allowed}（{file}）",
	"the plugin does not export {allowed} ({file})")
M("plugin.not_found", "找不到插件 {found}，已查找：{allowed}",
	"plugin {found} not found in: {allowed}")
M("plugin.not_regular", "插件路径 {found} 不对，应为 {allowed}",
	"plugin path {found} is not {allowed}")
M("plugin.not_running", "插件 {found} 未运行，只读取了清单",
	"plugin {found} does not run: only its manifest was read")
M("plugin.offer_mismatch", "插件的种类与所提供的不符：{found}，应为 {allowed}（{file}）",
	"the plugin's kinds and offers do not agree: {found}, expected {allowed} ({file})")
M("plugin.open", "插件无法打开（{file}）：“{found}”",
	"the plugin cannot be opened ({file}): {found}")
M("plugin.timeout", "插件 {found} 在 {allowed} 内没有答复",
	"plugin {found} gave no answer within {allowed}")
M("plugin.unknown_function", "插件不提供 {found}；可用：{allowed}",
	"no plugin offers {found}; available: {allowed}")
M("plugin.unknown_kind", "不认识的插件种类 {found}，可用：{allowed}",
	"unknown plugin kind {found}; allowed: {allowed}")
M("plugin.wrong_name", "插件自称 {found}，应为 {allowed}（{file}）",
	"the plugin calls itself {found}, expected {allowed} ({file})")
M("plugin.wrong_version", "插件版本为 {found}，清单为 {allowed}（{file}）",
	"the plugin has version {found}, its manifest {allowed} ({file})")

/* case */
M("case.amend_nothing", "没有要更正的内容", "nothing to amend")
M("case.doc_role", "{found} 无权提交该材料；有权的是：{allowed}",
	"{found} may not file this document; {allowed} may")
M("case.done", "已办结，不能再进行 {found}", "the case has ended: no more {found}")
M("case.duty_ended", "期限“{found}”现在不在办；在办的有：{allowed}",
	"deadline {found} is not open now; open: {allowed}")
M("case.duty_expired", "期限已于 {found} 届满，只能在届满之前提出",
	"the deadline ended on {found}; this is possible only before it ends")
M("case.duty_length", "应给出延长多久（length）或到哪一天（until），二者择一",
	"either a length or the day until which is needed")
M("case.duty_most", "一次延期不能到 {found}，最晚到 {allowed}",
	"may not be extended to {found}, only to {allowed}")
M("case.duty_order", "生效时间 {found} 早于上一步的 {allowed}",
	"{found} is before {allowed}, when it was last changed")
M("case.duty_state", "期限{found}，不能这样办理", "not possible: the deadline {found}")
M("case.duty_times", "已经延期 {found} 次，最多 {allowed} 次",
	"has been extended {found} times, of {allowed}")
M("case.duty_unknown", "没有期限 {found}；可用：{allowed}",
	"no deadline {found}; there are: {allowed}")
M("case.duty_until", "{found} 不合适，应为 {allowed}", "{found} does not fit; expected {allowed}")
M("case.field_missing", "缺少必填项“{found}”（{allowed}）",
	"required field \"{found}\" ({allowed}) is missing")
M("case.field_role", "{found} 无权填写该字段；有权的是：{allowed}",
	"{found} may not write this field; {allowed} may")
M("case.future", "生效时间 {found} 在将来；应为 {allowed}",
	"effective time {found} lies in the future; expected {allowed}")
M("case.guard", "条件不满足", "a condition is not met")
M("case.guard_cannot", "条件无法判定：{found}", "a condition cannot be decided: {found}")
M("case.key", "编号“{found}”不合规，应符合 {allowed}", "key {found} does not fit {allowed}")
M("case.locked", "字段 {found} 已锁定；须先进入 {allowed} 才能修改",
	"field {found} is locked; it opens again only in {allowed}")
M("case.needs", "缺少材料：{allowed}", "missing documents: {allowed}")
M("case.open_role", "{found} 无权建立此类事项；有权的是：{allowed}",
	"{found} may not open such a case; {allowed} may")
M("case.reason", "必须说明理由", "a reason is required")
M("case.related", "关联的事项无法读取", "related cases cannot be read")
M("case.relation", "关联“{found}”不合规，应为 {allowed}",
	"relation {found} is wrong; expected {allowed}")
M("case.requires", "尚未填写：{allowed}", "not filled in: {allowed}")
M("case.row", "存储的事项 {found} 无法读取", "stored case {found} cannot be read")
M("case.rung_nobody", "期限 {found} 既无牵头单位也无责任单位，督办对象不明",
	"nobody leads or is responsible for {found}")
M("case.unknown_doc", "不认识的材料种类 {found}；可用：{allowed}",
	"unknown document kind {found}; allowed: {allowed}")
M("case.unknown_event", "没有事件 {found}；现在可用：{allowed}",
	"no such event {found}; possible now: {allowed}")
M("case.unknown_field", "没有字段 {found}；可用：{allowed}",
	"no such field {found}; allowed: {allowed}")
M("case.wrong_role", "{found} 无权进行；有权的是：{allowed}", "{found} may not; {allowed} may")
M("case.wrong_state", "现在处于 {found}，不能进行；只能从 {allowed}",
	"not possible in {found}; only from {allowed}")

/* expr */
M("expr.budget", "表达式计算步数超出上限：{found}", "the expression takes too many steps: {found}")
M("expr.declared", "名称“{found}”重复声明或参数过多",
	"{found} is declared twice or has too many arguments")
M("expr.eval", "表达式无法计算：{found}", "the expression cannot be evaluated: {found}")
M("expr.eval_convert", "{found} 不能转换为所需的类型", "{found} cannot be converted")
M("expr.eval_duplicate", "键 {found} 重复", "key {found} is given twice")
M("expr.eval_index", "列表没有下标 {found}", "the list has no index {found}")
M("expr.eval_key_kind", "不能用作键：{found}", "not usable as a key: {found}")
M("expr.eval_kinds", "类型不能这样运算：{found}", "kinds do not go together in {found}")
M("expr.eval_no_key", "没有成员 {found}", "no such key: {found}")
M("expr.eval_no_name", "没有名称 {found}", "no such name: {found}")
M("expr.eval_not_set", "{found} 未填写", "{found} is not set")
M("expr.eval_overflow", "{found} 的结果超出范围", "the result of {found} is out of range")
M("expr.eval_pattern", "匹配模式写法不对：{found}", "the pattern is wrong: {found}")
M("expr.eval_zero", "除数为零：{found}", "division by zero in {found}")
M("expr.eval_zone", "没有时区 {found}，请写时区名，或 +08:00 这样的偏移",
	"there is no time zone {found}; write a name such as Asia/Shanghai, or an offset")
M("expr.literal", "字面值写法不对：{found}，应如 {allowed}",
	"malformed literal: {found}; write it like {allowed}")
M("expr.memory", "表达式占用内存超出上限：{found}", "the expression needs too much memory: {found}")
M("expr.pattern", "匹配模式写法不对（^ 处，{allowed}）：{found}",
	"the pattern is wrong at ^ ({allowed}): {found}")
M("expr.syntax", "表达式语法错误（^ 处）：{found}", "syntax error at ^: {found}")
M("expr.too_deep", "表达式嵌套过深（^ 处）：{found}，最多 {allowed} 层",
	"nested too deeply at ^: {found}; at most {allowed} levels")
M("expr.too_long", "表达式过长：{found} 字节，最多 {allowed}",
	"the expression is too long: {found} bytes, at most {allowed}")
M("expr.type", "表达式类型不符：{found}，可用：{allowed}",
	"wrong type: {found}; allowed: {allowed}")
M("expr.unknown_member", "没有成员 {found}，可用：{allowed}",
	"no member {found}; allowed: {allowed}")
M("expr.unknown_name", "不认识的名称 {found}，可用：{allowed}",
	"unknown name {found}; allowed: {allowed}")
M("expr.unsupported", "暂不支持：{found}", "not supported: {found}")
M("expr_run.value", "值的写法不对：{found}，应如 {allowed}",
	"malformed value {found}; write it like {allowed}")

/* store */
M("store.backup_chunk", "备份目录 {file} 中的数据块 {found} 缺失或已损坏",
	"piece {found} of the backup in {file} is missing or damaged")
M("store.backup_exists", "这一秒已有备份 {found}", "there is a backup {found} of this very second")
M("store.backup_list", "{file} 不是备份清单：{found}", "{file} is no list of a backup: {found}")
M("store.busy", "数据库正忙", "the database is busy")
M("store.canceled", "查询已取消", "the query was canceled")
M("store.check_case", "事项 {found} 的流程或定义不存在：{allowed}",
	"case {found} has an unknown {allowed}")
M("store.check_chain", "流水记录 {found} 的前一条不对：{allowed}",
	"journal entry {found} does not follow on entry {allowed}")
M("store.check_count", "流水记录与事项对不上（事项：条数 {found}，应为 {allowed} 条）",
	"journal entries and case do not agree (case: entries {found}, expected {allowed})")
M("store.check_deadline", "未结时限 {found} 所属的事项 {allowed} 不存在",
	"open deadline {found} belongs to case {allowed}, which does not exist")
M("store.check_failed", "数据检查发现 {found} 处问题", "the check found {found} troubles")
M("store.check_head", "事项 {found} 的最后一条流水不对：{allowed}",
	"case {found} does not end in its journal: {allowed}")
M("store.check_item", "提醒条目 {found} 所在的消息 {allowed} 不存在",
	"item {found} is in message {allowed}, which does not exist")
M("store.check_page", "数据库文件损坏：“{found}”", "database file damaged: {found}")
M("store.check_relation", "关系 {found} 指向不存在的事项",
	"relation {found} names a case that does not exist")
M("store.copied",
	"{file} 是使用中的数据目录的拷贝，可能缺少已应答的内容。请用 anjuctl store backup "
	"备份、anjuctl store restore 恢复；"
	"如确认要用这份拷贝，先运行 anjuctl store adopt",
	"{file} is a copy of a data folder that was in use, and may lack what was acknowledged; "
	"use anjuctl "
	"store backup and anjuctl store restore, or, to use this copy all the same, anjuctl store "
	"adopt")
M("store.corrupt", "数据库 {file} 已损坏或不是安居的数据库：{found}",
	"database {file} is damaged or not one of anju: {found}")
M("store.deadlines", "事项 {found} 的时限过多，最多 {allowed} 个",
	"case {found} has had too many deadlines, at most {allowed}")
M("store.exists", "已存在", "exists already")
M("store.fault", "故障点“{found}”不合规，可用：{allowed}",
	"bad fault point {found}; allowed: {allowed}")
M("store.full", "磁盘空间不足，未写入任何内容", "no space left on the disk; nothing was written")
M("store.internal", "数据库内部错误：{found}", "internal database error: {text}")
M("store.io", "数据库读写失败：{found}", "reading or writing the database failed: {found}")
M("store.key_taken", "事项 {found} 已存在", "case {found} exists already")
M("store.locked", "数据目录正由进程 {found} 使用（{file}）",
	"the data folder is in use by process {found} ({file})")
M("store.newer", "数据库 {file} 由更新的版本写成（结构 {found}），本程序只到 {allowed}",
	"database {file} was written by a newer anju (schema {found}; this one knows {allowed})")
M("store.no_backup", "{file} 中没有备份", "there is no backup in {file}")
M("store.no_case", "没有事项 {found}", "there is no case {found}")
M("store.no_deadline", "没有时限 {found}", "there is no deadline {found}")
M("store.no_entry", "没有流水记录 {found}", "there is no journal entry {found}")
M("store.no_message", "没有消息或条目 {found}", "there is no message or item {found}")
M("store.no_definition", "库中没有定义 {found} 的原文",
	"the text of definition {found} is not kept")
M("store.no_meta", "没有名为 {found} 的值", "there is no value named {found}")
M("store.older",
	"数据库 {file} 由较早的版本写成（结构 {found}，本程序用 {allowed}）。先启动一次 "
	"anjud，它会升级数据库并留下原样的副本",
	"database {file} was written by an older anju (schema {found}, this one uses {allowed}); "
	"start anjud once, "
	"which brings it up and keeps a copy of it as it was")
M("store.restore_exists", "{file} 已存在；请恢复到一个新目录",
	"{file} exists; restore into a new folder")
M("store.rev", "流水序号不对：{found}，应为 {allowed}",
	"journal entry number {found}, expected {allowed}")
M("store.too_big", "内容过大", "the content is too large")

/* wording */
M("wording.file", "没有名为 {found} 的模板；可用：{allowed}",
	"no template is called {found}; there are: {allowed}")
M("wording.kind", "第 {where} 行：模板里不能用 {found}；可用：{allowed}",
	"line {where}: a template cannot have {found}; allowed: {allowed}")
M("wording.name", "第 {where} 行：此处没有变量 {found}；可用：{allowed}",
	"line {where}: there is no {found} here; there are: {allowed}")
M("wording.tag", "第 {where} 行：标记 {found} 不成对，应配 {allowed}",
	"line {where}: the tag {found} is not paired; expected {allowed}")

/* engine */
M("engine.busy", "忙，请在 {retry} 毫秒后重试", "busy, try again in {retry} ms")
M("engine.cascade", "事项之间的连锁事件过深（最多 {allowed} 层）：{found}",
	"events went from case to case too deep (at most {allowed}): {found}")
M("engine.clock_back", "时钟不能倒退：{found}，应为 {allowed}",
	"the clock does not go back: {found}, expected {allowed}")
M("engine.deadline_row", "期限记录 {found} 不一致", "the row is inconsistent: {text}")
M("engine.definition",
	"该事项依据的流程定义 "
	"{found}（{allowed}"
	"）不在所加载的包中，库里也没有它的原文；请管理员恢复建立该事项时的包并重启守护进程",
	"the case runs under definition {found} of {allowed}, which the loaded packs no longer "
	"hold and whose text is not kept; "
	"have the administrator put back the packs it was opened under and restart the daemon")
M("engine.definition_unfit",
	"该事项依据的旧定义 {found} "
	"与现行的包已不相容（{file}#{where}：{allowed}）；请管理员恢复原来的包，或将其迁移到新定义",
	"the case runs under the older definition {found}, which no longer fits the packs in force "
	"({file}#{where}: {allowed}); have the administrator put back the packs, or migrate the "
	"case")
M("engine.exists", "{found} 已存在", "{found} exists already")
M("engine.idem", "幂等键 {found} 已用于 {allowed}",
	"idempotency key {found} was used for {allowed}")
M("engine.idem_read", "无法读取幂等键", "idempotency keys cannot be read")
M("engine.no_case", "没有事项 {found}", "there is no case {found}")
M("engine.no_obligation", "没有任务 {found}，可由事由开始的有：{allowed}",
	"there is no obligation {found}; those opened by hand: {allowed}")
M("engine.no_plugin", "插件未加载：{found}", "plugin not loaded: {found}")
M("engine.no_workflow", "没有流程 {found}；可用：{allowed}",
	"no workflow {found}; there are: {allowed}")
M("engine.not_admin", "只有管理员可以进行", "only an administrator may do this")
M("engine.not_obliged", "这项任务与 {found} 无关，应为 {allowed}",
	"the obligation does not concern {found}; expected {allowed}")
M("engine.obligation_calendar", "任务 {found} 按日历自行开始，可由事由开始的有：{allowed}",
	"the obligation {found} begins by the calendar; those opened by hand: {allowed}")
M("engine.obligation_day", "不能从 {found} 开始，应为 {allowed}",
	"it cannot begin on {found}; expected {allowed}")
M("engine.obligation_over", "周期任务 {found} 已结束", "the obligation {found} has ended")
M("engine.obligation_role", "{found} 不能开始这项任务，可以的有：{allowed}",
	"{found} may not open this obligation; these may: {allowed}")
M("engine.related", "关联的事项过多：{found}", "too many related cases: {found}")
M("engine.message_delivered", "消息 {found} 已送达，不能再发",
	"message {found} has been delivered and is not sent again")
M("engine.rev", "版本已变：现在是 {allowed}，而不是 {found}",
	"revision conflict: it is {allowed}, not {found}")
M("engine.wall_clock", "时钟不是手动的", "the clock is not manual")

/* notify */
M("notify.message", "消息 {found} 无法读取", "message {found} cannot be read")
M("notify.no_channel", "没有插件提供通道 {found}", "no plugin offers channel {found}")

/* rpc */
M("rpc.definition", "库中没有 {allowed} 的定义 {found}",
	"no definition {found} of {allowed} is kept")
M("rpc.no_migrations", "本守护进程不接受迁移", "this daemon takes no migrations")
M("rpc.no_imports", "本守护进程不接受导入", "this daemon takes no imports")
M("rpc.admin_only", "只有管理员可以这样做", "only administrators may do this")
M("rpc.agenda_long", "期限过多（{found} 个），请用 {allowed} 缩小范围",
	"{found} deadlines are too many; narrow them down with {allowed}")
M("rpc.batch", "一个数组里有 {found} 个请求，应为 {allowed} 个",
	"{found} requests in one array; allowed: {allowed}")
M("rpc.busy", "查询忙，请在 {retry} 毫秒后重试", "busy with reading, try again in {retry} ms")
M("rpc.by_position", "参数须按名称给出，应为 {allowed}",
	"parameters go by name; expected {allowed}")
M("rpc.canceled", "请求已取消", "the request was canceled")
M("rpc.case", "没有个案 {found}", "there is no case {found}")
M("rpc.case_ref", "个案名“{found}”不合规，应为 {allowed}",
	"invalid case name \"{found}\"; expected {allowed}")
M("rpc.channel", "没有通道 {found}；可用：{allowed}",
	"there is no channel {found}; there are: {allowed}")
M("rpc.clock_wall", "时钟不是手动的，不能拨动；预演请用 --clock manual 启动",
	"the clock is not a manual one; start with --clock manual to rehearse")
M("rpc.connections", "连接过多，最多 {allowed} 个；请在 {retry} 毫秒后重试",
	"too many connections; at most {allowed}; try again in {retry} ms")
M("rpc.cursor", "翻页位置不合规，应为 {allowed}", "invalid cursor; expected {allowed}")
M("rpc.limit", "每页条数 {found} 超出范围，应为 {allowed}",
	"page size {found} out of range; allowed: {allowed}")
M("rpc.line", "一行过长，最多 {allowed} 字节；从下一行起照常处理",
	"line too long, at most {allowed} bytes; going on with the next line")
M("rpc.line_slow", "一行须在 {allowed} 秒内收完，连接关闭",
	"a line must be whole within {allowed} s; the connection is closed")
M("rpc.method", "没有方法“{found}”；可用的方法见 {allowed}",
	"there is no method \"{found}\"; see {allowed}")
M("rpc.one_of", "须给出且只给出其中之一：{allowed}", "give exactly one of: {allowed}")
M("rpc.no_unit", "没有单位 {found}", "there is no unit {found}")
M("rpc.param_missing", "缺少参数 {where}，应为 {allowed}",
	"parameter {where} is missing; expected {allowed}")
M("rpc.param_type", "参数 {where} 的类型不对：这里是 {found}，应为 {allowed}",
	"parameter {where} has the wrong type: found {found}, expected {allowed}")
M("rpc.param_unknown", "没有参数“{found}”，可用：{allowed}",
	"there is no parameter \"{found}\"; allowed: {allowed}")
M("rpc.param_value", "参数 {where} 的值 {found} 不可用，可用：{allowed}",
	"parameter {where} cannot be {found}; allowed: {allowed}")
M("rpc.parse", "这一行不是合法的 JSON（第 {found} 字节处）", "the line is no valid JSON: {text}")
M("rpc.request", "不是合法的请求：{where} 是 {found}，应为 {allowed}",
	"no valid request: {where} is {found}, expected {allowed}")
M("rpc.socket_in_use", "套接字 {found} 上已有守护进程在运行",
	"a daemon is running on socket {found} already")
M("rpc.socket_path", "套接字路径 {found} 不可用，应为 {allowed}",
	"socket path {found} cannot be used; expected {allowed}")
M("rpc.stored_json", "库中 {found} 的内容损坏", "stored data is damaged: {text}")
M("rpc.subscription", "没有订阅 {found}", "there is no subscription {found}")
M("rpc.subscriptions", "订阅过多，每个连接最多 {allowed} 个",
	"too many subscriptions; at most {allowed} a connection")
M("rpc.workflow", "没有流程“{found}”，可用：{allowed}",
	"there is no workflow \"{found}\"; allowed: {allowed}")

/* chart */
M("chart.conflict", "状态 {found} 不能同时处于", "states {found} cannot be active together")
M("chart.too_many_events", "事件没有尽头，到第 {allowed} 个时停止",
	"stopped after {allowed} events: they have no end")
M("chart.always_loop", "流程在 {allowed} 个微步之后仍不能停下，最后经过：{found}",
	"no end after {allowed} microsteps; last in {found}")
M("chart.bad_delay", "延时“{found}”不合规：应为毫秒数（{allowed}）或已声明的延时名",
	"invalid delay {found}: a number of milliseconds ({allowed}) or the name of a declared "
	"delay")
M("chart.bad_descriptor", "事件名“{found}”不合规，可用形式：{allowed}",
	"invalid event descriptor \"{found}\"; possible forms: {allowed}")
M("chart.bad_history", "历史状态的类型 {found} 不合规，可用：{allowed}",
	"invalid kind of history {found}; allowed: {allowed}")
M("chart.bad_id", "标识 {found} 不合规：不能为空，也不能以 # 开头",
	"invalid id {found}: it must not be empty or begin with #")
M("chart.bad_key", "状态名“{found}”不合规，应符合 {allowed}",
	"invalid state key \"{found}\"; it must match {allowed}")
M("chart.bad_params", "“{found}”的参数不合规，应为 {allowed}",
	"invalid params of {found}; expected {allowed}")
M("chart.bad_step", "步骤 {found} 不合规，应为其中一种：{allowed}",
	"invalid step {found}; it must be one of {allowed}")
M("chart.bad_type", "状态类型 {found} 不合规，可用：{allowed}",
	"invalid state type {found}; allowed: {allowed}")
M("chart.corrupt", "存储的状态“{found}”与流程 {allowed} 不符",
	"stored state \"{found}\" does not fit chart {allowed}")
M("chart.duplicate_id", "标识“{found}”重复，已用于 {allowed}",
	"id \"{found}\" is used twice, first at {allowed}")
M("chart.guard_cannot", "条件“{found}”无法判断（{where}）",
	"guard {found} cannot be evaluated ({where})")
M("chart.history_loop", "历史状态“{found}”的默认目标又回到它自己",
	"the default target of history state {found} leads back to itself")
M("chart.history_outside", "历史状态的默认目标“{found}”不在其父状态“{allowed}”之内",
	"the default target {found} of a history state is not inside its parent \"{allowed}\"")
M("chart.impossible_targets", "目标“{found}”与“{allowed}”不能同时处于活动状态",
	"targets {found} and {allowed} cannot be active together")
M("chart.initial_missing", "缺少初始状态 initial，可选：{allowed}",
	"initial is missing; one of: {allowed}")
M("chart.initial_unknown", "初始状态“{found}”不存在，可选：{allowed}",
	"initial state {found} does not exist; one of: {allowed}")
M("chart.misplaced", "类型为 {allowed} 的状态不能有“{found}”",
	"a state of type {allowed} cannot have \"{found}\"")
M("chart.no_children", "类型为 {allowed} 的状态必须有子状态（历史状态不算）",
	"a state of type {allowed} needs child states (history states do not count)")
M("chart.target_from_root", "最外层的目标“{found}”应写成“.{found}”或 #标识；可用：{allowed}",
	"write target \"{found}\" of the top level as \".{found}\" or #id; possible: {allowed}")
M("chart.too_deep", "状态嵌套过深，最多 {allowed} 层",
	"states nested too deeply, at most {allowed}")
M("chart.too_many_states", "状态过多，最多 {allowed} 个", "too many states, at most {allowed}")
M("chart.too_many_timers", "定时过多，最多 {allowed} 个", "too many timers, at most {allowed}")
M("chart.unknown_action", "没有名为“{found}”的动作，可用：{allowed}",
	"there is no action {found}; allowed: {allowed}")
M("chart.unknown_guard", "没有名为“{found}”的条件，可用：{allowed}",
	"there is no guard {found}; allowed: {allowed}")
M("chart.unknown_target", "目标“{found}”不存在，可用：{allowed}",
	"target {found} does not exist; possible: {allowed}")
M("chart.unreachable", "以下状态永远不会到达：{found}",
	"these states can never be reached: {found}")
M("chart.unsupported", "不支持“{found}”；请改用 {allowed}",
	"{found} is not supported; use {allowed}")

/* pack */
M("field.option", "没有选项 {found}，可用：{allowed}", "no such option {found}; allowed: {allowed}")
M("field.pattern", "{found} 的格式不对，应符合 {allowed}",
	"{found} has the wrong form; expected {allowed}")
M("field.range", "{found} 超出范围，应为 {allowed}", "{found} is out of range; allowed: {allowed}")
M("field.scale", "{found} 的小数位过多，应为 {allowed}",
	"too many digits in {found}; allowed: {allowed}")
M("field.type", "{found} 的类型不对，应为 {allowed}",
	"{found} has the wrong type; expected {allowed}")
M("field.unit", "没有单位 {found}，应为 {allowed}", "there is no unit {found}; expected {allowed}")
M("pack.stored_hash", "库中定义的散列值 {found} 不对，应为 {allowed}",
	"{found} is no hash of a definition; it should be {allowed}")
M("pack.again", "{found} 没有作用：{allowed}", "{found} has no effect: {allowed}")
M("pack.clear_required", "字段 {found} 必填，不能清除，应为 {allowed}",
	"field {found} is required and cannot be cleared; expected {allowed}")
M("pack.cycle", "继承关系成环或过长：{found}，应为 {allowed}",
	"packs extend each other in a circle or too deep: {found}; expected {allowed}")
M("pack.date", "日期 {found} 不合规，应为 {allowed}", "bad date {found}; expected {allowed}")
M("pack.date_order", "最后一天 {found} 早于第一天，应为 {allowed}",
	"the last day {found} comes before the first; expected {allowed}")
M("pack.digest_at", "每日汇总时间 {found} 不合规，应为 {allowed}",
	"bad time for digests {found}; expected {allowed}")
M("pack.due_cycle", "期限 {found} 与本期限互相起算，应为：{allowed}",
	"deadline {found} counts from this one in turn; allowed: {allowed}")
M("pack.due_deadline", "流程中没有期限 {found}，应为：{allowed}",
	"there is no deadline {found} in the workflow; allowed: {allowed}")
M("pack.due_field", "期限所引用的字段 {found} 不合适，应为 {allowed}",
	"no fitting field {found}; expected {allowed}")
M("pack.duplicate", "名称 {found} 重复，应为 {allowed}", "{found} is taken; expected {allowed}")
M("pack.field_option", "{found} 不适用：{allowed}", "{found} does not belong here: {allowed}")
M("pack.field_type", "没有字段类型 {found}，可用：{allowed}",
	"no such type of field {found}; allowed: {allowed}")
M("pack.force", "没有效力等级 {found}，可用：{allowed}",
	"no such force {found}; allowed: {allowed}")
M("pack.inverse", "反向关系 {found} 不对应，应为 {allowed}",
	"the inverse {found} does not fit; expected {allowed}")
M("pack.key_pattern", "编号 {found} 不合流程的编号格式，应为 {allowed}",
	"key {found} does not fit the workflow; expected {allowed}")
M("pack.label", "{where} 缺少名称，应为 {allowed}", "{where} lacks its words; expected {allowed}")
M("pack.like_lacks", "参照的任务 {found} 和这里都没写 {allowed}",
	"neither {found} nor this obligation says {allowed}")
M("pack.limits", "界限 {found} 与字段的其他界限或小数位数不合，应为 {allowed}",
	"limit {found} does not fit the field's other limit or its scale; expected {allowed}")
M("pack.local_id", "{found} 不能作待填项的编号，应如：{allowed}",
	"{found} cannot name a value to be filled in; such as: {allowed}")
M("pack.loosens", "下级规则包只能收紧：这里是 {found}，应为 {allowed}",
	"a pack may only tighten what it inherits: found {found}, expected {allowed}")
M("pack.missing_field", "缺少必填字段，应有 {allowed}",
	"a required field is missing; expected {allowed}")
M("pack.name", "名称 {found} 不合规，应为 {allowed}", "bad name {found}; expected {allowed}")
M("pack.no_role", "没有写明谁可以办理，应为 {allowed}",
	"nobody is named who may do this; expected {allowed}")
M("pack.nobody", "{found} 没有指向任何单位，应为 {allowed}",
	"{found} reaches nobody; expected {allowed}")
M("pack.obligation_begins", "任务要么按日历开始，要么由事由开始，{found} 不合适：{allowed}",
	"an obligation begins by the calendar or by a trigger, {found} does not fit: {allowed}")
M("pack.obligation_key", "编号模板 {found} 会重复，应为 {allowed}",
	"keys from {found} would repeat; expected {allowed}")
M("pack.obligation_repeats", "编号模板 {found} 会重复：{allowed}",
	"keys from {found} would repeat: {allowed}")
M("pack.obligation_roles", "{found} 的项数不合规，应为 {allowed}",
	"{found} has a bad number of items; expected {allowed}")
M("pack.obligation_title", "名称 {found} 放不进字段 subject，应为 {allowed}",
	"the title {found} does not fit the field subject; expected {allowed}")
M("pack.obligation_whom", "任务对象 {found} 不合规，应为 {allowed}",
	"whom it concerns cannot be {found}; expected {allowed}")
M("pack.option_words", "选项 {found} 与另一选项分不清，应为 {allowed}",
	"option {found} cannot be told from another; expected {allowed}")
M("pack.options", "选项 {found} 不合规，应为 {allowed}", "bad options {found}; expected {allowed}")
M("pack.phase", "没有阶段 {found}，可用：{allowed}", "no such phase {found}; allowed: {allowed}")
M("pack.place_field", "字段 {found} 不能表示地点，应为 {allowed}",
	"field {found} names no place; expected {allowed}")
M("pack.placeholder", "{found} 中有不认识的占位符，可用：{allowed}",
	"unknown placeholder in {found}; allowed: {allowed}")
M("pack.range", "{found} 不合规，应为 {allowed}", "bad value {found}; expected {allowed}")
M("pack.recur", "重复规则 {found} 不合规，应为 {allowed}",
	"bad recurrence {found}; expected {allowed}")
M("pack.regex", "格式表达式 {found} 不合规，应为 {allowed}",
	"bad pattern {found}; expected {allowed}")
M("pack.reported", "此处的条件有错，已另行报告",
	"the condition here is wrong and has been reported")
M("pack.reserved_event", "事件名 {found} 已被系统占用，应为 {allowed}",
	"event {found} is taken by anju itself; expected {allowed}")
M("pack.row", "依据编号 {found} 不合规，应为 {allowed}",
	"bad catalogue id {found}; expected {allowed}")
M("pack.rule_empty", "规则没有值，应为 {allowed}", "the rule has no value; expected {allowed}")
M("pack.rule_value", "规则值 {found} 不合规，应为 {allowed}",
	"bad value of a rule {found}; expected {allowed}")
M("pack.unknown_action", "没有动作 {found}，可用：{allowed}",
	"no such action {found}; allowed: {allowed}")
M("pack.unknown_delay", "没有延时 {found}，可用：{allowed}",
	"no such delay {found}; allowed: {allowed}")
M("pack.unknown_doc", "没有材料种类 {found}，可用：{allowed}",
	"no such kind of document {found}; allowed: {allowed}")
M("pack.unknown_event", "没有事件 {found}，应为 {allowed}",
	"no such event {found}; expected {allowed}")
M("pack.unknown_field", "没有字段 {found}，可用：{allowed}",
	"no such field {found}; allowed: {allowed}")
M("pack.template_size", "模板 {file} 不是文本，或超过 {allowed} 字节",
	"the template {file} is no text, or longer than {allowed} bytes")
M("pack.unknown_file", "规则包中不认识的文件 {found}，可用：{allowed}",
	"unknown file in a pack {found}; allowed: {allowed}")
M("pack.unknown_function", "没有策略函数 {found}，应为 {allowed}",
	"no such policy function {found}; expected {allowed}")
M("pack.unknown_guard", "没有条件类型 {found}，可用：{allowed}",
	"no such guard {found}; allowed: {allowed}")
M("pack.unknown_message", "没有文本 {found}，应为 {allowed}",
	"no such text {found}; expected {allowed}")
M("pack.unknown_obligation", "没有任务 {found}，应为 {allowed}",
	"there is no obligation {found}; expected {allowed}")
M("pack.unknown_pack", "没有规则包 {found}，应为 {allowed}",
	"no such pack {found}; expected {allowed}")
M("pack.unknown_plugin", "规则包没有声明插件 {found}，应为 {allowed}",
	"plugin not named by the pack: {found}; expected {allowed}")
M("pack.unknown_relation", "没有关系 {found}，可用：{allowed}",
	"no such relation {found}; allowed: {allowed}")
M("pack.unknown_state", "没有状态 {found}，应为 {allowed}",
	"no such state {found}; expected {allowed}")
M("pack.unknown_workflow", "没有流程 {found}，应为 {allowed}",
	"no such workflow {found}; expected {allowed}")
M("pack.which", "不能确定使用哪个规则包：{found}，应为 {allowed}",
	"which pack is meant is not clear: {found}; expected {allowed}")
M("pack.wrong_name", "名称 {found} 与所在位置不符，应为 {allowed}",
	"name {found} does not fit its place; expected {allowed}")

/* daemon */
M("daemon.limit", "限额 {found} 超出范围，应为 {allowed}",
	"limit {found} out of range; allowed: {allowed}")
M("daemon.pause", "停歇时间 {found} 不合规，应为 {allowed}",
	"invalid pause {found}; expected {allowed}")
M("daemon.listen_fds", "传入的套接字须是唯一的、在监听的 Unix 流套接字，收到 {found} 个",
	"exactly one listening Unix stream socket may be handed over; got {found}")
M("daemon.missing", "缺少 {where}，请给出 {allowed}", "{where} is missing; give {allowed}")
M("daemon.option", "不认识的选项“{found}”，见 {allowed}",
	"unknown option \"{found}\"; see {allowed}")
M("daemon.option_argument", "选项“{found}”缺少值，见 {allowed}",
	"option \"{found}\" needs a value; see {allowed}")
M("daemon.option_value", "{where} 不能是“{found}”，可用：{allowed}",
	"{where} cannot be \"{found}\"; allowed: {allowed}")

/* import */
M("import.bool", "应填“是”或“否”，而不是“{found}”（{allowed}）",
	"expected yes or no, found {found} ({allowed})")
M("import.busy", "同时进行的导入过多（最多 {allowed} 个）",
	"too many imports at once (at most {allowed})")
M("import.canceled", "导入已取消", "the import was cancelled")
M("import.column", "列映射有误：{found}，应为 {allowed}",
	"column mapping is wrong: {found}, expected {allowed}")
M("import.column_missing", "缺少列“{allowed}”；文件中有：{found}",
	"column {allowed} is missing; the file has: {found}")
M("import.column_twice", "列“{found}”在文件中不止一处",
	"the file has column {found} more than once")
M("import.csv", "第 {found} 行不是合规的 CSV；应为 {allowed}",
	"line {found} is no CSV; expected {allowed}")
M("import.doubled", "编号 {found} 重复，已见于第 {allowed} 行",
	"key {found} stands already in line {allowed}")
M("import.empty", "文件没有表头，或超过 {allowed} 列",
	"the file has no header line, or over {allowed} columns")
M("import.missing", "必填项为空：{allowed}", "must not be empty: {allowed}")
M("import.no_case", "没有 {found}", "there is no {found}")
M("import.no_file", "没有文件 {found}", "there is no file {found}")
M("import.no_job", "没有导入任务 {found}", "there is no import {found}")
M("import.no_mapping", "没有列映射 {found}（{allowed}）", "there is no mapping {found} ({allowed})")
M("import.not_yours", "无权读取文件 {found}", "the file {found} may not be read for you")
M("import.number", "应为整数，而不是“{found}”", "expected a whole number, found {found}")
M("import.too_large", "文件过大（最大 {allowed}）", "the file is too large (at most {allowed})")
M("import.unit", "没有单位“{found}”，应为{allowed}", "there is no unit {found}; expected {allowed}")
M("import.unit_unclear", "不止一个单位名为“{found}”，请填写代码，可用：{allowed}",
	"more than one unit is called {found}; give the code: {allowed}")
M("import.same_column", "两处说法不一或重复：{found}，应为 {allowed}",
	"said twice, or in two ways: {found}; expected {allowed}")
M("import.target", "表格不能填入 {found}，应为 {allowed}",
	"a spreadsheet cannot fill {found}; expected {allowed}")
M("import.utf8", "不是合规的 UTF-8 文字", "the text is no valid UTF-8")
M("import.width", "该行有 {found} 列，应为 {allowed} 列",
	"the line has {found} columns, expected {allowed}")

/* sandbox, scenario */
M("sandbox.actor", "“{found}”在这里不是恰好指一个单位，而是：{allowed}",
	"{found} does not mean exactly one unit here, but: {allowed}")
M("sandbox.case", "个案名 {found} 不合规，应为 {allowed}",
	"bad name of a case {found}; expected {allowed}")
M("sandbox.no_case", "没有个案 {found}", "there is no case {found}")
M("sandbox.no_time", "数据中还没有任何记录，请写明起始日",
	"the data has no entry yet; say on which day to begin")
M("sandbox.unit", "没有单位或角色“{found}”，例如：{allowed}",
	"there is no unit or role {found}; for example: {allowed}")
M("scenario.actor", "没有单位或角色 {found}，可用：{allowed}",
	"there is no unit or role {found}; allowed: {allowed}")
M("scenario.case", "个案名 {found} 不合规，可用：{allowed}",
	"bad name of a case {found}; allowed: {allowed}")
M("scenario.continues", "规则包 {allowed} 中没有情景 {found}",
	"there is no scenario {found} in pack {allowed}")
M("scenario.continues_long", "情景 {found} 一环接一环，没有开头或过长",
	"scenarios continue one another without end, or too long: {found}")
M("scenario.empty", "这里什么也没有做，也没有预期；可用：{allowed}",
	"nothing is done or expected here; allowed: {allowed}")
M("scenario.file", "情景文件夹中的文件 {found} 不合规，名称应为 {allowed}",
	"file {found} does not belong into the folder scenarios; expected a name {allowed}")
M("scenario.no_act", "只有在办理时才能写这一项，即同时有 {allowed} 之一",
	"this belongs to an act: with one of {allowed}")
M("scenario.one_of", "{allowed} 只能写其中一项", "only one of {allowed} may be there")
M("scenario.time", "时间 {found} 不合规，例如：{allowed}",
	"invalid time {found}; for example: {allowed}")
M("scenario.unknown", "没有 {found}，可用：{allowed}", "there is no {found}; allowed: {allowed}")

/* rehearse */
M("rehearse.accepted", "脚本预期被拒绝，却办成了（时钟 {allowed}）",
	"done, though the script expects a refusal (clock {allowed})")
M("rehearse.from", "数据已到 {allowed}，预演不能从 {found} 开始",
	"the data stands at {allowed}; a rehearsal cannot begin on {found}")
M("rehearse.method", "预演中不能执行 {found}，只能执行 {allowed}",
	"a rehearsal cannot do {found}; it does {allowed}")
M("rehearse.no_mapping",
	"看不出名册该按哪个映射读取：列名相符的映射为 {found}，现有 {allowed}；请写成 映射=文件",
	"cannot tell how to read the roster: mappings with its columns: {found}; there are "
	"{allowed}; "
	"say MAPPING=FILE")
M("rehearse.out_of_order", "写的是 {found}，时钟已到 {allowed}；轮到时才办",
	"says {found}, but the clock stands at {allowed}; done when its turn came")
M("rehearse.param", "这一行缺少 {allowed}", "{allowed} is missing in this line")
M("rehearse.span", "终止日 {found} 早于起始日（应为 {allowed}）",
	"it ends on {found}, before it begins ({allowed})")

/* cli */
M("cli.answer", "守护进程的答复不是 JSON 对象", "the daemon's answer is no JSON object")
M("cli.args_few", "缺少参数；用法：{allowed}", "operands are missing; usage: {allowed}")
M("cli.args_many", "多余的参数“{found}”；用法：{allowed}",
	"one operand too many, {found}; usage: {allowed}")
M("cli.case", "个案名“{found}”不合规，应为 {allowed}",
	"invalid case name {found}; expected {allowed}")
M("cli.clock_wall", "重演须用手动时钟；请以 --clock manual 启动 anjud",
	"a replay needs a manual clock; start anjud with --clock manual")
M("cli.command", "没有命令“{found}”；可用：{allowed}",
	"no command \"{found}\"; there are: {allowed}")
M("cli.command_near", "没有命令“{found}”；是不是 {allowed}",
	"no command \"{found}\"; did you mean {allowed}")
M("cli.connect", "连不上守护进程 {file}（{found}）；请确认 anjud 已启动，或用 --socket 指明套接字",
	"cannot reach the daemon at {file} ({found}); is anjud running? --socket names another "
	"socket")
M("cli.doc", "材料“{found}”不合规，应为 {allowed}", "invalid document {found}; expected {allowed}")
M("cli.field", "“{found}”不是字段，应为 {allowed}", "{found} is no field; expected {allowed}")
M("cli.fold", "个案 {where} 与其办理记录不符：{found}",
	"case {where} is not what its journal gives: {found}")
M("cli.json", "{where} 不是 JSON 对象：{found}；应为 {allowed}",
	"{where} is no JSON object: {found}; expected {allowed}")
M("cli.lost", "与守护进程的连接断开（{found}）", "the connection to the daemon was lost ({found})")
M("cli.no_scenario", "没有情景“{found}”", "there is no scenario {found}")
M("cli.number", "{where} 的值 {found} 不对，应为整数 {allowed}",
	"{where} cannot be {found}; an integer {allowed}")
M("cli.one_of", "以下选项须给出且只给一个：{allowed}",
	"exactly one of these must be given: {allowed}")
M("cli.option", "没有选项 {found}；可用：{allowed}", "no option {found}; there are: {allowed}")
M("cli.option_empty", "选项 {where} 缺少值：{allowed}", "option {where} needs a value: {allowed}")
M("cli.option_flag", "选项 {where} 不带值", "option {where} takes no value")
M("cli.option_needed", "须给出选项 {allowed}", "option {allowed} is needed")
M("cli.option_twice", "选项 {where} 给了不止一次", "option {where} was given more than once")
M("cli.option_value", "{where} 不能是 {found}；应为 {allowed}",
	"{where} cannot be {found}; expected {allowed}")
M("cli.save", "无法写入文件 {found}", "cannot write the file {found}")
M("cli.script", "脚本第 {where} 行有误：{found}；应为 {allowed}",
	"line {where} of the script: {found}; expected {allowed}")
M("cli.socket_path", "套接字路径过长：{found}，最多 {allowed} 字节",
	"socket path too long: {found}, at most {allowed} bytes")
