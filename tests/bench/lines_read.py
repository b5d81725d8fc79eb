"""Reading while others write: questions, and the feed."""
import time

import kit
from line import Line
from report import Target, both, figure

# kind, questions a second (0: as fast as they are answered), name, target on p99
KINDS = (
    ("get", 200, both("按编号取一户", "a case by its key"), None),
    ("history", 200, both("一户的历史", "history of a case"), None),
    ("list", 0, both("一镇一状态的户，一页", "a town's cases in one state, a page"), None),
    ("deadlines", 0, both("一单位一状态的期限，一页", "a unit's deadlines in one state, a page"), None),
    ("stats", 0, both("全县各阶段户数", "the county's cases by phase"), None),
    ("board", 0, both("全县看板（各镇各阶段、各单位期限）", "the county's board: towns by phase, units by deadline"),
     Target("value", "≤", 50)),
)


def fill_county(given, path):
    """Half of the households at the beginning, the others so far as they are after two to six events."""
    rows, build, towns = given.sizes.rows, given.build, ["--towns", given.sizes.towns]
    clients = ["--clients", given.clients()]
    kit.j1(build, path, "--cases", rows, "--only", "open", *towns, *clients)
    tenth = rows // 10
    for i, events in enumerate((2, 3, 4, 5, 6)):
        kit.j1(build, path, "--only", "events", "--events", events, "--first", rows // 2 + i * tenth, "--cases", tenth,
               *towns, *clients)


def writers(given, path):
    half = given.sizes.rows // 2
    return kit.Background(given.build, "j1", path, "--json", "--existing", half, "--cases", min(2000, half), "--until-term",
                          "--towns", given.sizes.towns, "--clients", given.clients())


def question(given, path, kind, rate, seconds):
    return kit.load(given.build, "ask", path, "--kind", kind, "--rate", rate, "--seconds", seconds, "--cases",
                    given.sizes.rows, "--towns", given.sizes.towns)[kind]


def queries_round(given, path, results, rates):
    seconds = given.seconds(1.5)
    for kind, rate, _, _ in KINDS:
        quiet = question(given, path, kind, rate, seconds)
        with writers(given, path) as load:
            busy = question(given, path, kind, rate, seconds)
            written = load.result()["transitions"]["per_second"]
        results[kind].append((quiet, busy))
        rates[kind].append(written)
        given.say(f"{kind:9} quiet p50 {quiet['p50_ms']:8.3f}  p99 {quiet['p99_ms']:8.3f} ms; while writing "
                  f"{written:7,.0f}/s p50 {busy['p50_ms']:8.3f}  p99 {busy['p99_ms']:8.3f} ms ({busy['n']} asked)")
    with writers(given, path) as load:
        time.sleep(seconds)
        rates["alone"].append(load.result()["transitions"]["per_second"])
    given.say(f"writing alone {rates['alone'][-1]:,.0f}/s")


def run_queries(given):
    results = {kind[0]: [] for kind in KINDS}
    rates = {**{kind[0]: [] for kind in KINDS}, "alone": []}
    with kit.folder() as path, kit.running(kit.anjud(given.build, path), path):
        fill_county(given, path)
        for _ in range(given.rounds(3)):
            queries_round(given, path, results, rates)
    figures = []
    for kind, _, name, target in KINDS:
        for p in ("p50", "p99"):
            figures.append(figure({lang: f"{text}, {p}" if lang == "en" else f"{text}，{p}" for lang, text in name.items()},
                                  "ms", [busy[p + "_ms"] for _, busy in results[kind]],
                                  [quiet[p + "_ms"] for quiet, _ in results[kind]], target if p == "p99" else None))
    for kind, zh, en in (("get", "每秒 200 次取户", "200 cases a second are asked for"),
                         ("board", "看板不停地问", "the board is asked for all the time")):
        figures.append(figure(both(f"写入速度，{zh}（参照：无人查询）", f"rate of writing while {en} (reference: nobody asks)"),
                              "/s", rates[kind], rates["alone"]))
    return figures


# --- feed ---


def watched(given, path, subscribers, load_options, entries):
    """One load with subscribers: what it measured, and what they did."""
    with kit.Background(given.build, "feed_watch", path, "--entries", entries, "--subscribers", subscribers) as feed:
        if feed.line() != "ready":
            raise SystemExit("feed_watch could not subscribe")
        load = kit.j1(given.build, path, *load_options)["transitions"]
        return load, feed.result(stop_it=False)


def run_feed(given):
    subscribers, clients = given.sizes.subscribers, given.clients()
    cases = max(clients, given.sizes.cases // 4)
    slow = max(10, cases // 5)
    flat = ["--existing", cases, "--cases", cases, "--clients", clients]
    paced = ["--existing", cases, "--cases", slow, "--clients", min(clients, slow), "--rate", 2000]
    alone, beside, steady = [], [], []
    with kit.folder() as path, kit.running(kit.anjud(given.build, path), path):
        kit.j1(given.build, path, "--cases", cases, "--only", "open", "--clients", clients)
        for _ in range(given.rounds(3)):
            alone.append(kit.j1(given.build, path, *flat)["transitions"]["per_second"])
            load, feed = watched(given, path, subscribers, flat, 7 * cases)
            beside.append((load, feed))
            steady.append(watched(given, path, subscribers, paced, 7 * slow)[1])
            given.say(f"J1 alone {alone[-1]:,.0f}/s; with {subscribers} subscribers {load['per_second']:,.0f}/s, each has all "
                      f"after {feed['seconds']:.2f} s (J1 took {load['seconds']:.2f}), delay p50 {feed['p50_ms']} p99 "
                      f"{feed['p99_ms']} ms; at 2,000/s p50 {steady[-1]['p50_ms']} p99 {steady[-1]['p99_ms']} ms")
    return [
        figure(both(f"写入速度，有 {subscribers} 个订阅者（参照：没有）",
                    f"rate of writing with {subscribers} subscribers (reference: without)"),
               "/s", [load["per_second"] for load, _ in beside], alone),
        figure(both("所有订阅者收齐用时（参照：写入用时）", "until each subscriber has all (reference: the writing)"), "s",
               [feed["seconds"] for _, feed in beside], [load["seconds"] for load, _ in beside]),
        figure(both("每秒送出的记录，各订阅者合计", "entries delivered, all subscribers"), "/s",
               [feed["entries"] * subscribers / feed["seconds"] for _, feed in beside]),
        figure(both("全速写入时送达延迟 p50", "delay at full speed, p50"), "ms", [feed["p50_ms"] for _, feed in beside]),
        figure(both("全速写入时送达延迟 p99", "delay at full speed, p99"), "ms", [feed["p99_ms"] for _, feed in beside]),
        figure(both("每秒写入 2,000 件时送达延迟 p50",
                    "delay at 2,000 transitions a second, p50"), "ms", [r["p50_ms"] for r in steady]),
        figure(both("每秒写入 2,000 件时送达延迟 p99",
                    "delay at 2,000 transitions a second, p99"), "ms", [r["p99_ms"] for r in steady]),
    ], both("每个订阅者收到的记录无缺、无重、有序，否则测试失败；延迟自记录时刻（毫秒）起算。",
            "Each subscriber got every entry once and in order, or the run fails; delays count from the recorded millisecond.")


LINES = [
    Line("queries", both("边写边查：{rows} 户、{towns} 镇", "Questions while writing: {rows} households, {towns} towns"),
         both("同一轮内无人写入时的同一查询", "the same question in the same round with nobody writing"), run_queries),
    Line("feed", both("订阅：{subscribers} 个订阅者", "Feed: {subscribers} subscribers"),
         both("见各行", "as each row says"), run_feed),
]
