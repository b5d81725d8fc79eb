/* Included by messages.c only, after messages_table.h: M(key, zh, en). What the linter finds ("lint."), what a rule of it
 * looks for ("rule."), and how to mend a finding ("mend.<id>", also for what loading finds). Sorted by key. */

M("lint.allow_error", "不能接受“{found}”：只能接受 {allowed}",
	"{found} cannot be accepted; only {allowed} can")
M("lint.allow_unused", "这一条没有用处：{allowed} 并没有 {found}",
	"this acceptance is of no use: there is no {found} in {allowed}")
M("lint.always_loop", "自动转移绕圈，永远停不下来：{found}",
	"eventless transitions go in a circle that never ends: {found}")
M("lint.always_true", "这个条件总是成立：{found}（{allowed}）",
	"this condition always holds: {found} ({allowed})")
M("lint.contradiction", "{found} 与 {allowed} 不能同时成立",
	"{found} and {allowed} cannot both hold")
M("lint.deadlock", "在状态“{found}”互相等待：这里要等 {allowed}，而那一边又要等这里先走",
	"in state {found} each waits for the other: this one for {allowed}, which in turn waits "
	"for this one to go on")
M("lint.final_leaves", "终止状态“{found}”之后还写了转移，不会再办理",
	"a transition stands in the final state {found}: nothing happens there any more")
M("lint.idle_reenter", "没有目标的转移写 \"reenter\" 没有作用（状态“{found}”）",
	"\"reenter\" does nothing on a transition without a target (state {found})")
M("lint.local_unused", "填定了 {found}，但没有规则留待填定",
	"{found} is filled in, and no rule leaves it open")
M("lint.lone_region", "并行状态“{found}”只有一个区域",
	"the parallel state {found} has one region only")
M("lint.met_never", "期限不可能完成：“{found}”在 {allowed} 期间不会进入",
	"the deadline can never be met: {found}, {allowed}")
M("lint.never_done", "“{found}”不会完成，onDone 永远不会发生",
	"{found} is never done, so its onDone never happens")
M("lint.never_read", "字段“{found}”从未用到", "the field {found} is never read")
M("lint.never_taken", "事件“{found}”的这条转移永远轮不到：前面的 {allowed} 没有条件",
	"this transition for {found} is never taken: {allowed} before it has no condition")
M("lint.never_true", "这个条件永远不成立：{found}（{allowed}）",
	"this condition can never hold: {found} ({allowed})")
M("lint.never_written", "字段“{found}”被用到，却没有人填写",
	"the field {found} is read, and nobody writes it")
M("lint.no_deadline", "状态“{found}”没有期限，而规则包要求阶段 {allowed} 都有",
	"the state {found} is under no deadline; the pack requires one in phase {allowed}")
M("lint.no_doc", "没有材料种类“{found}”，这个条件不会成立",
	"there is no kind of document {found}, so this never holds")
M("lint.no_end", "从状态“{found}”出发到不了终止状态“{allowed}”",
	"from the state {found} no way leads to the end {allowed}")
M("lint.no_option", "“{found}”不是该字段的选项：{allowed}",
	"{found} is none of the field's options: {allowed}")
M("lint.no_reminder", "期限“{found}”没有提醒", "the deadline {found} reminds nobody")
M("lint.no_responsible", "期限“{found}”没有写责任单位",
	"the deadline {found} names nobody responsible")
M("lint.no_rows", "“{found}”没有写依据", "{found} names no row of the catalogue")
M("lint.nobody_obliged", "任务“{found}”不归任何单位", "the obligation {found} concerns no unit")
M("lint.nobody_opens", "没有谁能新立流程“{found}”的事项", "nobody opens a case of {found}")
M("lint.nobody_sends", "事件“{found}”只由系统发出，却没有哪个动作发出它",
	"the event {found} comes from the system alone, and no action sends it")
M("lint.not_filled", "{found} 还没有填定", "{found} is not filled in yet")
M("lint.not_translated", "“{found}”没有译成 {allowed}", "{found} is not put into {allowed}")
M("lint.related_field", "相关事项没有字段“{found}”：{allowed}",
	"related cases have no member {found}: {allowed}")
M("lint.related_phase", "相关事项没有阶段“{found}”：{allowed}",
	"related cases are never in phase {found}: {allowed}")
M("lint.related_state", "相关事项没有状态“{found}”：{allowed}",
	"related cases have no state {found}: {allowed}")
M("lint.rung_order", "提醒“{found}”早于前一条“{allowed}”",
	"the reminder {found} comes before the one above it, {allowed}")
M("lint.same_guard", "事件“{found}”的这个条件与 {allowed} 相同，轮不到",
	"the condition for {found} is the same as that of {allowed}: this one is never asked")
M("lint.same_title", "事件“{found}”与“{allowed}”名称相同，办理人分不清",
	"the events {found} and {allowed} have the same title: nobody can tell them apart")
M("lint.trap", "状态“{found}”进得去出不来，又不是终止状态",
	"nothing leads out of the state {found}, and it is not final")
M("lint.unknown_rule", "没有检查规则“{found}”", "there is no rule {found}")
M("lint.unused_binding", "绑定“{found}”没有角色用到", "no role uses the binding {found}")
M("lint.unused_delay", "延时“{found}”没有用到", "the delay {found} is not used")
M("lint.unused_doc", "从未要求提交材料“{found}”", "the document {found} is never asked for")
M("lint.unused_message", "文本“{found}”没有用到", "the text {found} is not used")
M("lint.unused_relation", "关系“{found}”没有用到", "the relation {found} is not used")
M("lint.unused_rule", "规则“{found}”没有用到", "the rule {found} is not read")
M("mend.calendar.date", "写成 \"2017-08-31\" 这样的日期", "Write a date such as \"2017-08-31\".")
M("mend.calendar.duration", "写明单位：\"12h\"、\"30d\"、\"10wd\"、\"6mo\"、\"1y\"",
	"Write the unit: \"12h\", \"30d\", \"10wd\", \"6mo\", \"1y\".")
M("mend.calendar.range", "换成 1900 至 2200 年之间的日期", "Write a date from 1900 to 2200.")
M("mend.calendar.rrule", "写成 \"FREQ=MONTHLY;BYMONTHDAY=25\" 这样的重复规则",
	"Write a rule such as \"FREQ=MONTHLY;BYMONTHDAY=25\".")
M("mend.calendar.rrule_ended", "把结束日期改晚", "Let it end later.")
M("mend.chart.bad_delay", "在 \"delays\" 中给时长起名，例如 \"vacate\": \"90d\"，这里写该名称",
	"Name the duration in \"delays\", such as \"vacate\": \"90d\", and write that name here.")
M("mend.chart.bad_descriptor", "写成 sign、sign.house、sign.* 或 *",
	"Write sign, sign.house, sign.* or *.")
M("mend.chart.bad_history", "写 \"shallow\" 或 \"deep\"", "Write \"shallow\" or \"deep\".")
M("mend.chart.bad_id", "写一个不以 # 开头的名称，或删去 \"id\"",
	"Write a name that does not begin with #, or delete \"id\".")
M("mend.chart.bad_key", "状态名只用字母、数字和下划线，不以数字开头",
	"Name the state with letters, digits and underscores, no digit first.")
M("mend.chart.bad_type", "删去 \"type\"（普通状态），或写 \"parallel\"、\"final\"、\"history\"",
	"Delete \"type\" (an ordinary state), or write \"parallel\", \"final\" or \"history\".")
M("mend.chart.duplicate_id", "给其中一个换个 \"id\"，或都删去",
	"Give one of them another \"id\", or delete both.")
M("mend.chart.history_loop", "把其中一个历史状态的 \"target\" 写成普通状态",
	"Let the \"target\" of one of these history states be an ordinary state.")
M("mend.chart.history_outside", "把 \"target\" 写成同一父状态之下的状态",
	"Write a \"target\" below the same parent.")
M("mend.chart.impossible_targets", "只留一个目标；几个目标须在不同的并行区域",
	"Keep one target; several must lie in different regions of a parallel state.")
M("mend.chart.initial_missing", "写上 \"initial\"，值为其中一个子状态的名称",
	"Add \"initial\" with the name of one of the children.")
M("mend.chart.initial_unknown", "把 \"initial\" 写成其中一个子状态的名称",
	"Let \"initial\" name one of the children.")
M("mend.chart.misplaced", "删去这个成员，或改变状态的 \"type\"",
	"Delete the member, or change the state's \"type\".")
M("mend.chart.no_children", "在 \"states\" 中加子状态，或删去 \"type\"",
	"Add a child to \"states\", or delete \"type\".")
M("mend.chart.target_from_root", "目标写成 .{found}", "Write .{found} as the target.")
M("mend.chart.too_deep", "减少嵌套", "Nest less deeply.")
M("mend.chart.too_many_states", "把流程拆成几个", "Split the workflow.")
M("mend.chart.unknown_target", "写成同级状态名、.子状态名，或 #流程.路径",
	"Write the name of a state beside this one, .child, or #workflow.path.")
M("mend.chart.unreachable", "加一条以它为 \"target\" 的转移，或删去它",
	"Add a transition with it as \"target\", or delete it.")
M("mend.chart.unsupported", "改用 {allowed}", "Use {allowed} instead.")
M("mend.deadline.condition", "去掉条件，或把 \"due\" 写成列表",
	"Drop the condition, or write \"due\" as a list.")
M("mend.deadline.due",
	"写成 {\"on\": \"2017-08-31\"}、{\"after\": \"10wd\"}、{\"field\": "
	"\"...\"}、{\"plan_year\": 1, \"month\": 11} 或 {\"month_end\": 0}",
	"Write {\"on\": \"2017-08-31\"}, {\"after\": \"10wd\"}, {\"field\": \"...\"}, "
	"{\"plan_year\": 1, \"month\": 11} or {\"month_end\": 0}.")
M("mend.deadline.hours_from", "从日期起算、或带 edge 时用 \"d\" 或 \"wd\"",
	"Count from a date, or with an edge, in \"d\" or \"wd\".")
M("mend.deadline.no_date", "给出日期", "Give a date.")
M("mend.deadline.place", "改用 {allowed}", "Use {allowed} instead.")
M("mend.deadline.rung", "写成 {\"at\": \"-10wd\", \"to\": \"responsible\"}",
	"Write {\"at\": \"-10wd\", \"to\": \"responsible\"}.")
M("mend.deadline.rung_order", "按先后排列：-10wd、due、+1wd",
	"Put them in order: -10wd, due, +1wd.")
M("mend.deadline.unreachable", "只有最后一项可以不写 \"when\"；给前面的补上",
	"Only the last item may do without \"when\": add it to the others.")
M("mend.expr.declared", "换一个名称", "Take another name.")
M("mend.expr.eval", "改正表达式", "Correct the expression.")
M("mend.expr.literal", "照 {allowed} 的样子写", "Write it like {allowed}.")
M("mend.expr.pattern", "写成 RE2 认得的格式表达式", "Write a pattern that RE2 knows.")
M("mend.expr.syntax", "改正 ^ 之后的内容：检查括号、引号，&& 和 || 两边都要有内容",
	"Correct what follows the ^: brackets, quotes, and something on both sides of && and ||.")
M("mend.expr.too_deep", "拆成几个较短的条件", "Split it into shorter conditions.")
M("mend.expr.too_long", "拆成几个较短的条件", "Split it into shorter conditions.")
M("mend.expr.type", "两边用同一类型：文字加引号，数字不加；日期用 timestamp('2017-08-31')",
	"Use one type on both sides: texts in quotes, numbers without; dates as "
	"timestamp('2017-08-31').")
M("mend.expr.unknown_member", "写成已声明的成员，或在 \"fields\" 中声明它",
	"Write a member that is declared, or declare it in \"fields\".")
M("mend.expr.unknown_name", "字段写成 case.名称；文字要加引号",
	"Write a field as case.name; put texts in quotes.")
M("mend.expr.unsupported", "改用 anju-pack(5) 所列的写法", "Use what anju-pack(5) lists.")
M("mend.json.missing", "补上这个成员", "Add the member.")
M("mend.json.syntax", "检查此处之前的逗号、引号和括号；最后一项之后不能有逗号",
	"Look at the commas, quotes and brackets before this place; no comma follows the last "
	"item.")
M("mend.json.too_large", "把文件拆小", "Split the file.")
M("mend.json.type", "改写成 {allowed}", "Write {allowed} instead.")
M("mend.json.unknown_member", "改正成员名，或删去它", "Correct the member's name, or delete it.")
M("mend.lint.allow_error", "把出错的地方改对，并删去这一条",
	"Mend what is found and delete this entry.")
M("mend.lint.allow_unused", "问题已经不在，删去这一条；若位置写错，改正 \"at\"",
	"What it accepted is gone: delete the entry, or correct its \"at\".")
M("mend.lint.always_loop", "给圈中至少一条 \"always\" 加上会变为假的 \"guard\"，或改为等事件",
	"Give at least one \"always\" of the circle a \"guard\" that becomes false, or wait for an "
	"event instead.")
M("mend.lint.always_true", "删去它；若本意是别的限制，改正其中的值、字段或状态",
	"Delete it; if something else was meant, correct the value, field or state in it.")
M("mend.lint.contradiction", "若二者居一即可，把 && 改为 ||；否则改正其中一个值",
	"If either is enough write || instead of &&; else correct one of the values.")
M("mend.lint.deadlock", "去掉两边条件中的一个，或让其中一边由人办理的事件推进",
	"Drop one of the two conditions, or let one side go on by an event that a person sends.")
M("mend.lint.final_leaves", "删去这条转移；若之后还有事要办，去掉 \"type\": \"final\"",
	"Delete the transition; if something is still to happen, drop \"type\": \"final\".")
M("mend.lint.idle_reenter", "写上 \"target\"，或删去 \"reenter\"",
	"Write the \"target\", or delete \"reenter\".")
M("mend.lint.local_unused", "改正编号（anjuctl deadline blanks 列出全部），或删去它",
	"Correct the id (anjuctl deadline blanks lists them all), or delete it.")
M("mend.lint.lone_region", "把 \"type\": \"parallel\" 换成 \"initial\"，或补上缺少的区域",
	"Replace \"type\": \"parallel\" by \"initial\", or add the region that is missing.")
M("mend.lint.met_never", "期限应写在持续到完成之时的状态上；把它移到上一级状态，或改正 \"met\"",
	"A deadline stands on a state that lasts until it can be met: move it to a state further "
	"up, or correct \"met\".")
M("mend.lint.never_done",
	"给 {found}（并行时给每个区域）加一个 \"type\": \"final\" 的子状态，或改用事件",
	"Give {found} (if it is parallel, each region) a child with \"type\": \"final\", or use an "
	"event.")
M("mend.lint.never_read",
	"若只供人查阅，在规则包的 \"lint\" 中接受；否则删去它，或在漏写的条件里用上",
	"If it is for people alone, accept that in the pack's \"lint\"; else delete it, or use it "
	"in the condition that forgot it.")
M("mend.lint.never_taken", "给前一条加上 \"guard\"，或把这一条移到它前面",
	"Give the one before it a \"guard\", or move this one before it.")
M("mend.lint.never_true", "改正其中的值，使其落在字段的范围之内；或改正字段的 \"min\"、\"max\"",
	"Correct the value so that the field can have it, or the field's \"min\" and \"max\".")
M("mend.lint.never_written",
	"写上 \"write\": {\"by\": [...]}，或 \"required\": true，或用 \"assign\" 动作赋值",
	"Add \"write\": {\"by\": [...]}, or \"required\": true, or set it by an \"assign\" action.")
M("mend.lint.no_deadline",
	"在它或上级状态的 \"deadlines\" 中写上期限，或在 \"lint\" 的 \"require\" 中去掉该阶段",
	"Write a deadline in \"deadlines\" of it or of a state above it, or take the phase out of "
	"\"require\".")
M("mend.lint.no_doc", "写成 \"docs\" 中已有的种类，或在那里加上它",
	"Write a kind that \"docs\" has, or add it there.")
M("mend.lint.no_end", "加一条通向终止状态的转移", "Add a transition that leads towards the end.")
M("mend.lint.no_option", "写选项的编号，不是它的中文名称；或在 \"options\" 中加上它",
	"Write the id of an option, not its words; or add it to \"options\".")
M("mend.lint.no_reminder", "写上 \"rungs\"，例如 [{\"at\": \"-10wd\", \"to\": \"responsible\"}]",
	"Add \"rungs\", such as [{\"at\": \"-10wd\", \"to\": \"responsible\"}].")
M("mend.lint.no_responsible", "写上 \"responsible\": [\"town@registration\"] 这样的角色",
	"Add \"responsible\" with roles such as [\"town@registration\"].")
M("mend.lint.no_rows", "写上 \"rows\": [\"BJ-R-01\"] 这样的依据编号",
	"Add \"rows\" with ids such as [\"BJ-R-01\"].")
M("mend.lint.nobody_obliged", "改 \"for\"、\"each\" 或 \"lead\"，或在 units.json 中补上单位",
	"Change \"for\", \"each\" or \"lead\", or add the unit to units.json.")
M("mend.lint.nobody_opens", "写上 \"open\": {\"by\": [...]}，或在 obligations.json 中由系统新立",
	"Add \"open\": {\"by\": [...]}, or let an obligation or an \"open\" action open it.")
M("mend.lint.nobody_sends",
	"在有关流程中写 \"send\"（或本流程中写 \"raise\"）动作，或在 \"by\" 中写上办理单位",
	"Add a \"send\" action in the other workflow (or \"raise\" in this one), or name who sends "
	"it in \"by\".")
M("mend.lint.not_filled",
	"在本地规则包 pack.json 的 \"local\" 中写上 {\"{found}\": {\"after\": \"10wd\"}} "
	"这样的规则，周期写 {\"recur\": \"FREQ=MONTHLY\"}",
	"Write a rule such as {\"{found}\": {\"after\": \"10wd\"}}, for a period {\"recur\": "
	"\"FREQ=MONTHLY\"}, into \"local\" of the pack.json of the place.")
M("mend.lint.not_translated", "在 \"zh\" 中写中文，在 \"en\" 中写英文",
	"Write Chinese in \"zh\" and English in \"en\".")
M("mend.lint.related_field", "写成对方流程的字段名",
	"Write the name of a field of the other workflow.")
M("mend.lint.related_phase", "写成对方流程用到的阶段", "Write a phase that the other workflow has.")
M("mend.lint.related_state", "写成从最外层开始的路径，例如 agree.signed",
	"Write the path from the root, such as agree.signed.")
M("mend.lint.rung_order", "按先后排列：最早的写在最前",
	"Put them in the order in which they come, the earliest first.")
M("mend.lint.same_guard", "改正条件，或删去其中一条",
	"Correct the condition, or delete one of the two.")
M("mend.lint.same_title", "各起一个名称", "Give each its own title.")
M("mend.lint.trap", "若到此结束，写上 \"type\": \"final\"；否则加一条转移",
	"If the case ends here add \"type\": \"final\"; else add a transition.")
M("mend.lint.unknown_rule", "写成 anjuctl lint --rules 所列的编号",
	"Write an id that anjuctl lint --rules lists.")
M("mend.lint.unused_binding", "删去它，或在角色里写成 town@{found} 的样子",
	"Delete it, or write a role such as town@{found}.")
M("mend.lint.unused_delay", "删去它，或在 \"after\" 中写上",
	"Delete it, or name it in an \"after\".")
M("mend.lint.unused_doc", "删去它，或在有关事件的 \"needs\" 中写上",
	"Delete it, or name it in the \"needs\" of an event.")
M("mend.lint.unused_message", "删去它，或在 \"notify\" 或 \"rungs\" 的 \"text\" 中写上",
	"Delete it, or name it in the \"text\" of \"notify\" or of a rung.")
M("mend.lint.unused_relation", "删去它，或在对方流程中写上反向关系（\"inverse\"）",
	"Delete it, or add its \"inverse\" to the other workflow.")
M("mend.lint.unused_rule", "删去它，或在条件中写 rules.{found}",
	"Delete it, or read rules.{found} in a condition.")
M("mend.mem.out", "换内存更大的机器再试", "Try again where there is more memory.")
M("mend.org.code", "单位代码只用字母、数字和 . _ -", "Use letters, digits and . _ - for the code.")
M("mend.org.cycle", "改正其中一个单位的 \"parent\"",
	"Correct the \"parent\" of one of these units.")
M("mend.org.duplicate", "给其中一个换个代码，或删去重复的",
	"Give one of them another code, or delete the second.")
M("mend.org.kind", "写成 land、town 这样的词", "Write a word such as land or town.")
M("mend.org.label", "写上 \"zh\" 和 \"en\" 两种文字", "Write both \"zh\" and \"en\".")
M("mend.org.level", "写其中之一：{allowed}", "Write one of {allowed}.")
M("mend.org.parent", "写上一级单位的代码，其区划须包含本单位的区划",
	"Write the code of the unit above, whose region contains this one's.")
M("mend.org.region", "省 2 位、市 4 位、县 6 位、镇 9 位、村 12 位",
	"Write 2 digits for a province, 4 city, 6 county, 9 town, 12 village.")
M("mend.org.role",
	"写成 \"类别@层级\"（如 land@county）、\"类别@绑定\" 或单独的类别；units.json "
	"中要有该类别的单位",
	"Write kind@level such as land@county, kind@binding, or a kind alone; a unit of that kind "
	"must be in units.json.")
M("mend.pack.again", "先写 \"until\"，或删去 \"again\"",
	"Write \"until\" first, or delete \"again\".")
M("mend.pack.clear_required", "从 \"fields\" 中去掉它，或删去字段的 \"required\"",
	"Take it out of \"fields\", or drop the field's \"required\".")
M("mend.pack.cycle", "改正 \"extends\"，不要绕回来",
	"Correct \"extends\" so that no pack extends itself.")
M("mend.pack.date", "写成 \"2017-09-01\" 这样的日期", "Write a date such as \"2017-09-01\".")
M("mend.pack.date_order", "把结束日期写在开始日期之后", "Let the end come after the start.")
M("mend.pack.digest_at", "写成 \"08:30\" 的样子", "Write a time such as \"08:30\".")
M("mend.pack.due_cycle", "让其中一个期限从字段或进入状态之时起算",
	"Let one of the deadlines count from a field or from entering its state.")
M("mend.pack.due_deadline", "写本流程 \"deadlines\" 中的一个名称",
	"Write a name among the \"deadlines\" of this workflow.")
M("mend.pack.due_field", "写一个类型相符的字段，或改字段的 \"type\"",
	"Name a field of that type, or change the field's \"type\".")
M("mend.pack.duplicate", "换一个名称", "Take another name.")
M("mend.pack.field_option", "删去它，或改字段的 \"type\"",
	"Delete it, or change the field's \"type\".")
M("mend.pack.field_type", "写其中之一：{allowed}", "Write one of {allowed}.")
M("mend.pack.force", "写其中之一：{allowed}", "Write one of {allowed}.")
M("mend.pack.inverse", "在对方流程写上保存关系的一方，这里的 \"inverse\" 写它的名称",
	"Store the relation in the other workflow and name it in \"inverse\" here.")
M("mend.pack.key_pattern", "改 \"key\"，使它只生成对方流程认可的编号",
	"Change \"key\" so that it makes keys which the workflow takes.")
M("mend.pack.label", "写上 {\"zh\": \"中文\", \"en\": \"English\"}",
	"Write {\"zh\": \"...\", \"en\": \"...\"}, both not empty.")
M("mend.pack.like_lacks", "在这里或被参照的任务中写上 {allowed}",
	"Say {allowed} here or in the one it is like.")
M("mend.pack.limits", "\"max\" 不小于 \"min\"，小数位数不多于 \"scale\"",
	"Let \"max\" be no less than \"min\", with no more digits than \"scale\".")
M("mend.pack.local_id", "写条目编号，如 GX-D-20；一条有几处时加后缀：GX-D-20.visit",
	"Write the row's id, such as GX-D-20; with several in one row: GX-D-20.visit.")
M("mend.pack.loosens", "只能收紧：写与上级相同或更严的值，或删去它",
	"Write the inherited value or a tighter one, or delete it.")
M("mend.pack.missing_field", "在 \"data\" 中写上它", "Give it in \"data\".")
M("mend.pack.name", "用小写字母开头，只含小写字母、数字和下划线",
	"Begin with a small letter; small letters, digits and underscores only.")
M("mend.pack.no_role", "写上 \"by\": [\"land@county\"] 这样的角色；由别的事项发出的写 [\"system\"]",
	"Add \"by\" with roles such as [\"land@county\"]; [\"system\"] for what other cases send.")
M("mend.pack.nobody", "写上被提醒的单位", "Name who is told.")
M("mend.pack.obligation_begins", "有 \"trigger\" 就删去 \"recur\" 和 \"shift\"，或删去 \"trigger\"",
	"Take out \"recur\" and \"shift\", or the \"trigger\".")
M("mend.pack.obligation_key", "在 \"key\" 中写上 {allowed}", "Put into \"key\": {allowed}.")
M("mend.pack.obligation_repeats",
	"在 \"key\" 中写上 {unit}，或把时间写细：{month} {day} {half} {quarter} {week} {date}",
	"Put {unit} into \"key\", or a finer period: {month} {day} {half} {quarter} {week} {date}.")
M("mend.pack.obligation_roles", "列出 {allowed}，如 [\"land@county\"]",
	"List {allowed}, as [\"land@county\"].")
M("mend.pack.obligation_title", "缩短名称，或在 \"data\" 中另写 \"subject\"",
	"Shorten the title, or give a \"subject\" in \"data\".")
M("mend.pack.obligation_whom",
	"写 \"for\": {\"kind\": \"town\", \"level\": \"town\"}，或 \"each\": \"county\" 加 "
	"\"lead\"",
	"Write \"for\": {\"kind\": \"town\", \"level\": \"town\"}, or \"each\": \"county\" with "
	"\"lead\".")
M("mend.pack.option_words", "给每个选项写不同的编号和名称",
	"Give each option an id and words that no other one has.")
M("mend.pack.options", "写成 {\"编号\": {\"zh\": \"...\", \"en\": \"...\"}}，编号和名称互不相同",
	"Write {\"id\": {\"zh\": \"...\", \"en\": \"...\"}}, no two alike.")
M("mend.pack.phase", "写其中之一：{allowed}", "Write one of {allowed}.")
M("mend.pack.place_field", "写一个 \"unit\" 或 \"string\" 类型的字段",
	"Name a field of type \"unit\" or \"string\".")
M("mend.pack.placeholder", "只能写 {allowed}", "Use {allowed} only.")
M("mend.pack.range", "写成 {allowed}", "Write {allowed}.")
M("mend.pack.recur", "写成 \"FREQ=MONTHLY;BYMONTHDAY=1\" 的样子",
	"Write a rule such as \"FREQ=MONTHLY;BYMONTHDAY=1\".")
M("mend.pack.regex", "检查方括号、圆括号是否成对", "See that brackets are closed.")
M("mend.pack.reported", "改正同一处已报的错误", "Mend what is reported at the same place.")
M("mend.pack.reserved_event", "给事件换一个名称", "Give the event another name.")
M("mend.pack.row", "写成 BJ-R-01 的样子", "Write it like BJ-R-01.")
M("mend.pack.rule_empty", "写上 \"max\"、\"min\" 或 \"value\"",
	"Write \"max\", \"min\" or \"value\".")
M("mend.pack.rule_value", "写 \"max\"、\"min\" 或 \"value\"；小数写成字符串",
	"Write \"max\", \"min\" or \"value\"; decimals as strings.")
M("mend.pack.stored_hash", "换上与记录相符的定义", "Put the definition back that was stored.")
M("mend.pack.template_size", "写成简短的纯文本，或拆成多个模板",
	"Write it as short plain text, or divide it into several templates.")
M("mend.pack.unknown_action", "写其中之一：{allowed}", "Write one of {allowed}.")
M("mend.pack.unknown_delay", "在 \"delays\" 中加上它，例如 \"vacate\": \"90d\"",
	"Add it to \"delays\", such as \"vacate\": \"90d\".")
M("mend.pack.unknown_doc", "在 \"docs\" 中加上它，或改成已有的种类",
	"Add it to \"docs\", or write a kind that is there.")
M("mend.pack.unknown_event", "改成对方流程的事件名，或在那里加一条转移",
	"Write an event that workflow has, or add a transition for it there.")
M("mend.pack.unknown_field", "在 \"fields\" 中加上它，或改成已有的字段",
	"Add it to \"fields\", or write a field that is there.")
M("mend.pack.unknown_file", "改正文件名，或移出规则包",
	"Correct the file's name, or move it out of the pack.")
M("mend.pack.unknown_function", "写插件清单中的函数名",
	"Write a function of the plugin's manifest.")
M("mend.pack.unknown_guard", "写 \"cel\"、\"in\" 或 插件.函数",
	"Write \"cel\", \"in\" or plugin.function.")
M("mend.pack.unknown_message",
	"在 messages.json 中加上它，或直接写 {\"zh\": \"...\", \"en\": \"...\"}",
	"Add it to messages.json, or write {\"zh\": \"...\", \"en\": \"...\"} here.")
M("mend.pack.unknown_obligation", "写本链中另一项任务的 \"id\"，不要兜圈",
	"Write the \"id\" of another obligation of the chain, and no circle.")
M("mend.pack.unknown_pack", "写同一文件夹中规则包的名称",
	"Write the name of a pack in the same folder.")
M("mend.pack.unknown_plugin", "在 pack.json 的 \"plugins\" 中加上它",
	"Add it to \"plugins\" of pack.json.")
M("mend.pack.unknown_relation", "在 \"relations\" 中加上它，或改成已有的关系",
	"Add it to \"relations\", or write one that is there.")
M("mend.pack.unknown_state", "写从最外层开始的路径，例如 agree.signed",
	"Write the path from the root, such as agree.signed.")
M("mend.pack.unknown_workflow", "写规则包中流程的编号", "Write the id of a workflow of the packs.")
M("mend.pack.which", "用 --pack 说明用哪一个", "Say which by --pack.")
M("mend.pack.wrong_name", "把名称和文件（夹）名改成一致",
	"Let the name and the file's or folder's name be the same.")
M("mend.plugin.bad_abi", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.bad_magic", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.bad_name", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.bad_size", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.config", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.duplicate", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.duplicate_offer", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.failed", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.insecure", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.manifest_differs", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.missing_function", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.no_manifest", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.no_symbol", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.not_found", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.not_regular", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.offer_mismatch", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.open", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.unknown_kind", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.wrong_name", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.plugin.wrong_version", "检查 --plugins 所指目录中该插件的清单",
	"Look at that plugin's manifest in the folder that --plugins names.")
M("mend.scenario.actor", "写单位代码，或流程里的角色，例如 land@county",
	"Write a unit's code, or a role as the workflow has it, such as land@county.")
M("mend.scenario.case", "写成“流程/编号”", "Write it as workflow/key.")
M("mend.scenario.continues", "写同一文件夹中另一个情景的名称，或改写 \"start\"",
	"Name another scenario of the folder, or give a \"start\".")
M("mend.scenario.continues_long", "让其中一个情景自己写 \"start\"",
	"Let one of them have a \"start\" of its own.")
M("mend.scenario.empty", "写明办什么、过多久，或预期什么",
	"Say what is done, how much time goes by, or what is expected.")
M("mend.scenario.file", "改名为 *.scenario.json，或移到别处",
	"Call it *.scenario.json, or put it elsewhere.")
M("mend.scenario.no_act", "加上 open、send、amend 之一，或删去这一项",
	"Add one of open, send, amend, or leave this out.")
M("mend.scenario.one_of", "只留一项", "Keep one of them.")
M("mend.scenario.time", "写成 2017-08-31，或 2017-08-31T16:30:00+08:00",
	"Write 2017-08-31, or 2017-08-31T16:30:00+08:00.")
M("mend.scenario.unknown", "换成可用的一项", "Write one of those that there are.")
M("mend.sys.failed", "检查路径和读取权限", "Check the path and the right to read it.")
M("rule.lint.allow_error", "接受了不能接受的问题", "an acceptance of what cannot be accepted")
M("rule.lint.allow_unused", "接受的问题并不存在", "an acceptance of what is not found")
M("rule.lint.always_loop", "无条件的自动转移绕成圈",
	"eventless transitions without a condition that form a circle")
M("rule.lint.always_true", "总是成立的条件，或条件中总是成立的部分",
	"a condition, or a part of one, that always holds")
M("rule.lint.contradiction", "用 && 连接却互相排斥的两部分",
	"two parts joined by && of which one excludes the other")
M("rule.lint.deadlock", "两个流程（或并行区域）互相等待",
	"two workflows, or regions, that wait for each other")
M("rule.lint.final_leaves", "终止状态中的转移", "a transition in a final state")
M("rule.lint.idle_reenter", "没有目标却写了 \"reenter\"", "\"reenter\" without a target")
M("rule.lint.local_unused", "填定了却没有规则要的值", "a value filled in that no rule asks for")
M("rule.lint.lone_region", "只有一个区域的并行状态", "a parallel state with a single region")
M("rule.lint.met_never", "永远不能完成的期限", "a deadline that can never be met")
M("rule.lint.never_done", "永远不会发生的 onDone", "an onDone that never happens")
M("rule.lint.never_read", "没有条件、期限、角色或指标用到的字段",
	"a field that no condition, deadline, role or indicator reads")
M("rule.lint.never_taken", "同一事件的前一条转移没有条件，后面的永远轮不到",
	"a transition behind one of the same event that has no condition")
M("rule.lint.never_true", "永远不成立的条件，或条件中永远不成立的部分",
	"a condition, or a part of one, that can never hold")
M("rule.lint.never_written", "被用到却没有人填写的字段",
	"a field that is read and that nobody writes")
M("rule.lint.no_deadline", "规则包要求有期限的阶段里，没有期限的状态",
	"a state without a deadline in a phase where the pack requires one")
M("rule.lint.no_doc", "条件里用到、却没有声明的材料",
	"a kind of document in a condition that is not declared")
M("rule.lint.no_end", "只能绕圈、到不了终止状态的状态",
	"a state from which no way leads to the end of its region")
M("rule.lint.no_option", "与字段选项之外的值比较",
	"a comparison with what is no option of the field")
M("rule.lint.no_reminder", "没有提醒的期限", "a deadline without reminders")
M("rule.lint.no_responsible", "规则包要求时，没有责任单位的期限",
	"a deadline without a responsible unit where the pack requires one")
M("rule.lint.no_rows", "规则包要求时，没有依据的期限或转移",
	"a deadline or transition without its rows where the pack requires them")
M("rule.lint.nobody_obliged", "本链有单位，却没有一个归其办理的任务",
	"obligations that concern none of the units there are")
M("rule.lint.nobody_opens", "没有人也没有规定新立的流程",
	"a workflow that nobody and nothing opens")
M("rule.lint.nobody_sends", "只有系统能发、却没有动作发出的事件",
	"an event for the system alone that no action sends")
M("rule.lint.not_filled", "规则包要求时，还没有填定的期限或周期",
	"a date or period not filled in where a pack requires it")
M("rule.lint.not_translated", "两种语言写成同样文字", "the same words in both languages")
M("rule.lint.related_field", "相关事项的流程中没有的字段",
	"a member that related cases do not have")
M("rule.lint.related_phase", "相关事项的流程中没有的阶段",
	"a phase that related cases are never in")
M("rule.lint.related_state", "相关事项的流程中没有的状态", "a state that related cases do not have")
M("rule.lint.rung_order", "次序颠倒的提醒", "reminders out of order")
M("rule.lint.same_guard", "同一事件的两条转移条件相同",
	"two transitions of one event under the same condition")
M("rule.lint.same_title", "同一状态下两个事件名称相同",
	"two events of one state with the same title")
M("rule.lint.trap", "出不来、又不是终止状态的状态",
	"a state that nothing leads out of and that is not final")
M("rule.lint.unknown_rule", "接受了不存在的检查规则", "an acceptance of a rule that does not exist")
M("rule.lint.unused_binding", "没有角色用到的绑定", "a binding that no role uses")
M("rule.lint.unused_delay", "没有 \"after\" 用到的延时", "a delay that no \"after\" uses")
M("rule.lint.unused_doc", "从未要求的材料", "a kind of document that nothing asks for")
M("rule.lint.unused_message", "没有用到的文本", "a text that nothing uses")
M("rule.lint.unused_relation", "没有用到、对方也看不到的关系",
	"a stored relation that nothing reads and that has no inverse")
M("rule.lint.unused_rule", "没有条件用到的规则", "a rule that no condition reads")
