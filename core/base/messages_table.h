/* Included by messages.c only: M(key, zh, en). One block per part, sorted by key. */

/* base */
M("json.missing", "缺少“{allowed}”", "{allowed} is missing")
M("json.syntax", "JSON 语法错误:{text}", "JSON syntax error: {text}")
M("json.too_large", "文件过大:{found},最大 {allowed}", "file too large: {found}, at most {allowed}")
M("json.type", "类型不对:这里是 {found},应为 {allowed}",
	"wrong type: found {found}, expected {allowed}")
M("json.unknown_member", "不认识的成员 {found},可用:{allowed}",
	"unknown member {found}; allowed: {allowed}")
M("mem.out", "内存不足", "out of memory")
M("sys.failed", "系统调用失败:{where}({found})", "system call failed: {where} ({found})")
M("time.invalid", "时间“{found}”不合规,应为 {allowed}", "invalid time {found}; expected {allowed}")

/* journal */
M("journal.body", "历史记录 {found} 的内容损坏", "the body of history entry {found} is damaged")
M("journal.chain", "历史记录 {found} 的哈希链不连续", "the hash chain breaks at history entry {found}")
M("journal.gap", "历史记录 {found} 之前有缺失", "history entries are missing before {found}")

/* org */
M("org.code", "单位代码“{found}”不合规,应为 {allowed}", "bad unit code {found}; expected {allowed}")
M("org.cycle", "单位的上级成环:{found},应为 {allowed}",
	"a unit is above itself through {found}; expected {allowed}")
M("org.duplicate", "单位代码 {found} 重复,首次出现在 {allowed}",
	"unit code {found} is taken; first defined at {allowed}")
M("org.grant", "授权条目不合规:{found},应为 {allowed}", "bad grant {found}; expected {allowed}")
M("org.kind", "单位类别 {found} 不合规,应为 {allowed}", "bad kind of unit {found}; expected {allowed}")
M("org.label", "名称不能为空", "a name must not be empty")
M("org.level", "没有层级 {found},可用:{allowed}", "no such level {found}; allowed: {allowed}")
M("org.no_unit", "没有单位“{found}”,应为 {allowed}", "there is no unit {found}; expected {allowed}")
M("org.not_granted", "未获授权代表“{found}”办理,可代表:{allowed}",
	"not granted to act for {found}; may act for: {allowed}")
M("org.officer", "经办人姓名“{found}”不合规,应为 {allowed}",
	"bad name of an officer {found}; expected {allowed}")
M("org.parent", "上级单位 {found} 不合规,应为 {allowed}", "bad parent {found}; expected {allowed}")
M("org.region", "区划代码 {found} 不合规,应为 {allowed}", "bad region {found}; expected {allowed}")
M("org.role", "不认识的角色 {found},可用:{allowed}", "unknown role {found}; allowed: {allowed}")
M("org.unknown_peer", "用户({found})未登记,无权连接办理", "user ({found}) is not among the principals")
M("org.user", "系统中没有用户 {found},应为 {allowed}", "no user {found}; expected {allowed}")
