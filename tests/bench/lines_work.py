"""Spreadsheets in, deadlines by the hundred thousand, and the pure layers."""
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import sqlite3
import subprocess
import time

import kit
from line import Line
from lines_write import straight
from report import Target, both, figure

WORKFLOWS = kit.HERE.parent.parent / "workflows"
BEGINNING = "2017-08-16T08:00+08:00"  # rosters are of that summer


# --- import ---


def import_file(path, file, mapping, unit):
    """Seconds until a file's rows are checked and stored, and what became of them."""
    begun = time.monotonic()
    job = kit.ask(path, "import.start", path=str(file), mapping=mapping, **{"as": unit})["job"]
    while True:
        status = kit.ask(path, "import.status", job=job)
        if status["state"] in ("done", "failed"):
            break
        time.sleep(0.01)
    seconds = time.monotonic() - begun
    if status["state"] != "done" or status["opened"] + status["faulty"] != status["total"]:
        raise SystemExit(f"import of {file.name}: {json.dumps(status, ensure_ascii=False)[:1000]}")
    return seconds, status


def import_once(given, tables):
    with kit.folder() as path:
        command = [*kit.anjud(given.build, path, WORKFLOWS), "--clock", "manual", "--start", BEGINNING]
        with kit.running(command, path) as daemon:
            import_file(path, tables / "sites.csv", "project", "610322.relocation")
            seconds, status = import_file(path, tables / "roster.csv", "household", "610322.poverty")
            memory = kit.rss_mib(daemon.pid)
        ceiling = straight(given, path / "data" / "anju.db", path, 512)["all"]
    written = ceiling["n"] / ceiling["per_second"]
    given.say(f"{status['total']:,} rows in {seconds:.2f} s: {status['opened']:,} opened, {status['faulty']:,} faulty; "
              f"{memory:.1f} MiB; the same straight into SQLite {written:.2f} s")
    return seconds, written, status, memory


def run_import(given):
    rows = given.sizes.rows
    with kit.folder() as tables:
        subprocess.run([os.path.join(given.build, "contrib", "roster", "anju-roster"), "--seed", "20170816", "--households",
                        str(rows), "--people", str(rows * 17 // 5), "--sites", "14", "--faults", str(rows // 100), "--out", tables],
                       stdout=subprocess.DEVNULL, check=True)
        rounds = [import_once(given, tables) for _ in range(given.rounds(3))]
    faulty = rounds[0][2]["faulty"]
    return [
        figure(both("检查并存储全部行", "all rows checked and stored"), "s", [r[0] for r in rounds], [r[1] for r in rounds],
               Target("value", "≤", 8)),
        figure(both("每秒行数", "rows"), "/s", [rows / r[0] for r in rounds], [rows / r[1] for r in rounds]),
        figure(both("内存峰值", "memory at most"), "MiB", [r[3] for r in rounds]),
    ], both(f"宝鸡、凤翔的包，名册由 `contrib/roster` 生成，其中 {faulty:,} 行有错，被找出、不建立；每户带期限和与安置点的关系。",
            f"The shipped packs, a roster made by `contrib/roster`; {faulty:,} of its rows are faulty, are found and not opened; "
              f"each household comes with its deadlines and its relation to a site.")


# --- deadlines ---


def storm_run():
    """tests/bench/storm_run as a module."""
    loader = importlib.machinery.SourceFileLoader("storm_run", str(kit.HERE / "storm_run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("storm_run", loader))
    loader.exec_module(module)
    return module


def one_storm(given, options):
    """A busy machine may need longer to open the cases and for the quiet time than the first one is due in."""
    module, late = storm_run(), []
    fired_once = module.fired_once

    def look(folder, wanted):
        fired_once(folder, wanted)
        late.append(lateness_ms(folder))

    module.fired_once = look
    for lead in (4, 12, 40) if given.quick else (20, 45):
        try:
            return {**module.storm(given.build, [*options, "--lead", str(lead)]), "late_p99_ms": late[-1]}
        except SystemExit as failed:
            if "storm failed" not in str(failed):
                raise
            why = failed
    raise why


def lateness_ms(folder):
    """From the instant a reminder was due to that at which it was fired, 99th percentile."""
    with contextlib.closing(sqlite3.connect(folder / "anju.db")) as db:
        late = sorted(row[0] for row in db.execute(
            "SELECT i.created_ms - d.due_ms FROM item i JOIN deadline d ON d.id = i.deadline_id"))
    return late[len(late) * 99 // 100]


def storms(given, within, rounds, options=()):
    results = []
    for _ in range(rounds):
        r = one_storm(given, ["--deadlines", str(given.sizes.deadlines), "--within", str(within), *options])
        given.say(f"{r['deadlines']:,} within {within} s: case.send p99 {r['storm']['p99_ms']:.2f} ms, in quiet "
                  f"{r['quiet']['p99_ms']:.2f} ms, slowest {r['storm']['max_ms']:.1f} ms; reminders p99 {r['late_p99_ms']} ms "
                  f"late; {r['mib']:.0f} MiB")
        results.append(r)
    return results


def run_storm(given):
    figures = []
    if given.quick:
        plan = ((1, 1, ["--quiet", "1", "--rate", "200", "--clients", "4"]),)
    else:
        plan = ((10, given.rounds(2), ["--quiet", "10"]), (60, 1, ["--quiet", "10"]))
    for within, rounds, options in plan:
        results = storms(given, within, rounds, options)
        n = f"{given.sizes.deadlines:,}"
        figures.append(figure(both(f"{n} 个期限在 {within} 秒内到期时 case.send 的 p99",
                                   f"p99 of case.send while {n} deadlines fall due within {within} s"),
                              "ms", [r["storm"]["p99_ms"] for r in results], [r["quiet"]["p99_ms"] for r in results],
                              Target("ratio", "≤", 5) if within <= 10 else None))
        figures.append(figure(both(f"其中最慢的一次，{within} 秒",
                                   f"the slowest of them, within {within} s"), "ms", [r["storm"]["max_ms"] for r in results]))
        figures.append(figure(both(f"提醒迟于到期，{within} 秒，p99", f"reminders later than due, within {within} s, p99"), "ms",
                              [r["late_p99_ms"] for r in results], target=Target("value", "≤", 25)))
    seconds = backlog_seconds(given)
    figures.append(figure(both("积压：全部同时到期，每秒提醒", "backlog, all due at once: reminders fired"), "/s",
                          [given.sizes.deadlines / s for s in seconds], target=Target("value", "≥", 100000)))
    return figures


def backlog_seconds(given):
    """Deadlines by the hundred thousand, all due when the clock moves on; seconds until all have fired, durably."""
    with kit.folder() as path:
        with kit.running(kit.anjud(given.build, path), path):
            kit.load(given.build, "storm", path, "--only-open", "--clients", given.clients(), "--deadlines",
                     given.sizes.deadlines)
        (path / "data").rename(path / "opened")
        return [fire_all(given, path) for _ in range(given.rounds(3))]


def at(seconds_from_now):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))


def fire_all(given, path):
    subprocess.run(["cp", "-r", path / "opened", path / "data"], check=True)
    command = [*kit.anjud(given.build, path), "--clock", "manual", "--start", at(60)]
    with kit.running(command, path):
        begun = time.monotonic()
        kit.ask(path, "clock.advance", to=at(7200))
        seconds = time.monotonic() - begun
    with contextlib.closing(sqlite3.connect(path / "data" / "anju.db")) as db:
        fired, = db.execute("SELECT count(DISTINCT deadline_id) FROM item").fetchone()
    subprocess.run(["rm", "-r", path / "data"], check=True)
    if fired != given.sizes.deadlines:
        raise SystemExit(f"{given.sizes.deadlines} deadlines were due, {fired} have fired")
    given.say(f"backlog: {fired:,} fired in {seconds:.2f} s")
    return seconds


# --- pure layers ---

PURE = {  # tests/bench/micro's words → ours, and what is to be reached a second
    "chart step, household (median)": ("一步状态图，户流程", "chart step, household workflow", 2000000),
    "chart step, 10 states (median)": ("一步状态图，十个状态", "chart step, chart of 10 states", None),
    "chart step, 5,000 states (median)": ("一步状态图，五千个状态", "chart step, chart of 5,000 states", None),
    "expression, true": ("表达式，成立", "expression, true", 3000000),
    "expression, false": ("表达式，不成立", "expression, false", 3000000),
    "expression, false, with explanation": ("表达式，不成立并解释", "expression, false, with its explanation", None),
    "expression with a literal pattern": ("带固定模式的表达式", "expression with a literal pattern", None),
    "store: case opened": ("库：立一件（处理器时间）", "store: a case opened (processor time)", None),
    "store: transition (row, entry, key)": ("库：一次办理（行、记录、幂等键）", "store: a transition (row, entry, key)", None),
}


def run_pure(given):
    rounds = {what: [] for what in PURE}
    for _ in range(given.rounds(3)):
        options = ["--quick"] if given.quick else []
        done = subprocess.run([kit.program(given.build, "micro"), kit.HERE / "pack", "--json", *options],
                              stdout=subprocess.PIPE, check=True)
        for line in done.stdout.splitlines():
            measured = json.loads(line)
            if measured["what"] in rounds:
                rounds[measured["what"]].append(measured["per_second"])
    missing = [what for what, values in rounds.items() if not values]
    if missing:
        raise SystemExit(f"micro does not measure any more: {', '.join(missing)}")
    first = rounds["chart step, 10 states (median)"]
    figures = []
    for what, values in rounds.items():
        zh, en, wanted = PURE[what]
        figures.append(figure({"zh": zh, "en": en}, "/s", values, first if "5,000" in what else None,
                              Target("value", "≥", wanted) if wanted else None))
    return figures


LINES = [
    Line("import", both("导入 {rows} 行名册", "Import of a roster of {rows} rows"),
         both("同一数据库的行由 `tests/bench/straight` 直接写入 SQLite，每批 512 件",
              "the rows of the same database written straight into SQLite by `tests/bench/straight`, batches of 512"),
         run_import),
    Line("storm", both("期限风暴", "A storm of deadlines"), both("同一轮内的平静时期",
                                                             "the quiet time of the same round"), run_storm),
    Line("pure", both("纯计算层，单核", "The pure layers, on one core"), both("五千个状态的图与十个状态的图相比",
                                                                       "a chart of ten states, for that of 5,000"), run_pure),
]
