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

