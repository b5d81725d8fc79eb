"""Writing: J1 in several shapes against the bare reference, the ceiling of SQLite, bytes on disk."""
import json
import os
import sqlite3
import subprocess

import kit
from line import Line
from report import Target, both, figure

BARE = both("最简参照程序（libuv、jansson、SQLite，同样的请求、同样的落盘，不做任何检查），同轮交替",
            "the bare reference (libuv, jansson, SQLite; same requests, as durable, checks nothing), in turn")


def j1_once(given, target, *options):
    """One fresh store, one J1."""
    with kit.folder() as path:
        command = kit.bare(given.build, path) if target == "bare" else kit.anjud(given.build, path)
        with kit.running(command, path) as daemon:
            r = kit.j1(given.build, path, "--name", target, *options)
            memory, cpu = kit.rss_mib(daemon.pid), kit.cpu_seconds(daemon.pid)
        size = kit.size_of(path / "data")
    requests = r["open"]["n"] + r["transitions"]["n"]
    t = r["transitions"]
    given.say(f"{target:5} {t['per_second']:9,.0f}/s  p50 {t['p50_ms']:7.3f}  p99 {t['p99_ms']:7.3f} ms  "
              f"opens {r['open']['per_second']:9,.0f}/s  {cpu * 1e6 / requests:6.1f} µs CPU  "
              f"{size / requests:5.0f} B a request  {memory:6.1f} MiB")
    return {"rate": t["per_second"], "p50": t["p50_ms"], "p99": t["p99_ms"], "opens": r["open"]["per_second"],
            "cpu": cpu * 1e6 / requests, "bytes": size / requests, "memory": memory}


def in_turn(given, usual_rounds, *options):
    results = {"bare": [], "anju": []}
    for _ in range(given.rounds(usual_rounds)):
        for target, rounds in results.items():
            rounds.append(j1_once(given, target, *options))
    return results


FIGURES = {
    "rate": (both("每秒办理（已落盘）", "transitions, durable"), "/s"),
    "p50": (both("p50 时延", "p50"), "ms"),
    "p99": (both("p99 时延", "p99"), "ms"),
    "opens": (both("每秒立案", "cases opened"), "/s"),
    "cpu": (both("每请求处理器时间", "processor time a request"), "µs"),
    "bytes": (both("每请求占用磁盘", "disk a request"), "B"),
    "memory": (both("内存峰值", "memory at most"), "MiB"),
}


def figures_of(results, wanted):
    """wanted: figure → target or None"""
    return [figure(*FIGURES[key], [r[key] for r in results["anju"]], [r[key] for r in results["bare"]], target)
            for key, target in wanted.items()]


def cases_for(given, clients, window, cases=None):
    return max(cases or given.sizes.cases, clients * window)


def run_j1(given):
    clients = given.clients()
    results = in_turn(given, 5, "--cases", cases_for(given, clients, 1), "--clients", clients)
    return figures_of(results, {"rate": Target("ratio", "≥", 0.85), "p50": None, "p99": Target("value", "≤", 5),
                                "opens": None, "cpu": None, "bytes": None,
                                "memory": Target("value", "≤", 40)})


def run_window(given):
    clients = given.clients()
    results = in_turn(given, 3, "--cases", cases_for(given, clients, 16), "--clients", clients, "--window", 16)
    return figures_of(results, {"rate": Target("ratio", "≥", 1), "p99": None, "opens": None, "cpu": None})


def run_single(given):
    cases = 32 if given.quick else min(given.sizes.cases, 2500)
    results = in_turn(given, 5, "--cases", cases, "--clients", 1)
    return figures_of(results, {"p50": Target("ratio", "≤", 1.5), "p99": None, "rate": None})


def run_pipelined(given):
    results = in_turn(given, 3, "--cases", cases_for(given, 1, 64), "--clients", 1, "--window", 64)
    return figures_of(results, {"rate": Target("ratio", "≥", 1), "p99": None, "cpu": None})


# --- the ceiling ---


def straight(given, source, path, batch):
    to = path / "straight.db"
    done = subprocess.run([kit.program(given.build, "straight"), source, to, "--batch", str(batch)],
                          stdout=subprocess.PIPE, check=True)
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(f"{to}{suffix}"):
            os.unlink(f"{to}{suffix}")
    return json.loads(done.stdout)


def ceiling_once(given, options):
    with kit.folder() as path:
        with kit.running(kit.anjud(given.build, path), path):
            r = kit.j1(given.build, path, *options)
            counted = kit.ask(path, "daemon.status")["engine"]
        batch = max(1, round(counted["commands"] / max(1, counted["batches"])))
        ceiling = straight(given, path / "data" / "anju.db", path, batch)
    given.say(f"anju  {r['transitions']['per_second']:9,.0f}/s in batches of {batch}; "
              f"straight into SQLite {ceiling['transitions']['per_second']:9,.0f}/s")
    return {"anju": r["transitions"]["per_second"], "sqlite": ceiling["transitions"]["per_second"], "batch": batch,
            "anju_opens": r["open"]["per_second"], "sqlite_opens": ceiling["open"]["per_second"]}


def run_sqlite(given):
    clients, figures = given.clients(), []
    for window, zh, en in ((1, "在途一件", "one in flight"), (16, "在途 16 件", "16 in flight")):
        options = ["--cases", cases_for(given, clients, window), "--clients", clients, "--window", window]
        rounds = [ceiling_once(given, options) for _ in range(given.rounds(3))]
        batch = sorted(r["batch"] for r in rounds)[len(rounds) // 2]
        figures.append(figure(both(f"每秒办理，{zh}（每批 {batch} 件）", f"transitions, {en} (batches of {batch})"), "/s",
                              [r["anju"] for r in rounds], [r["sqlite"] for r in rounds]))
        figures.append(figure(both(f"每秒立案，{zh}", f"cases opened, {en}"), "/s",
                              [r["anju_opens"] for r in rounds], [r["sqlite_opens"] for r in rounds]))
    return figures


# --- disk ---


def sizes_of(given, target):
    """Bytes after a clean stop: of nothing, with all cases opened, with all their events."""
    clients, build = given.clients(), given.build
    cases = cases_for(given, clients, 1)
    with kit.folder() as path:
        command = kit.bare(build, path) if target == "bare" else kit.anjud(build, path)
        with kit.running(command, path):
            pass
        sizes = [kit.size_of(path / "data")]
        for part in ("open", "events"):
            with kit.running(command, path):
                kit.j1(build, path, "--cases", cases, "--clients", clients, "--only", part)
            sizes.append(kit.size_of(path / "data"))
            if part == "open":
                data = data_bytes(path, target) / cases
    given.say(f"{target:5} {(sizes[1] - sizes[0]) / cases:6.0f} B a case opened, {data:.0f} of them its data; "
              f"{(sizes[2] - sizes[1]) / (6 * cases):6.0f} B a transition")
    return (sizes[1] - sizes[0]) / cases, data, (sizes[2] - sizes[1]) / (6 * cases)


def data_bytes(path, target):
    db = sqlite3.connect(path / "data" / ("bare.db" if target == "bare" else "anju.db"))
    total, = db.execute("SELECT sum(length(data)) FROM cases").fetchone()
    db.close()
    return total


def run_disk(given):
    bare, anju = sizes_of(given, "bare"), sizes_of(given, "anju")
    return [
        figure(both("一次办理", "a transition"), "B", [anju[2]], [bare[2]], Target("value", "≤", 300)),
        figure(both("一户立案，其数据除外", "a case opened, besides its data"), "B",
               [anju[0] - anju[1]], [bare[0] - bare[1]], Target("value", "≤", 1500)),
    ]


def own_shape(options):
    """J1 with options of the user's own."""
    def run(given):
        results = in_turn(given, 5, *options, *(["--quick"] if given.quick else []))
        return figures_of(results, dict.fromkeys(FIGURES))
    text = " ".join(options)
    return Line("j1", both(f"J1，{text}", f"J1, {text}"), BARE, run)


LINES = [
    Line("j1", both("J1：{cases} 户各六个事件，64 个连接，各在途一件",
                    "J1: {cases} households × six events, 64 connections, one in flight each"), BARE, run_j1),
    Line("window", both("J1，64 个连接，各在途 16 件", "J1, 64 connections, 16 in flight each"), BARE, run_window),
    Line("pipelined", both("J1，一个连接，在途 64 件", "J1, one connection, 64 in flight"), BARE, run_pipelined),
    Line("single", both("J1，一个连接，在途一件", "J1, one connection, one in flight"), BARE, run_single),
    Line("sqlite", both("天花板：同样的行直接写入 SQLite", "The ceiling: the same rows written straight into SQLite"),
         both("`tests/bench/straight` 把该轮数据库里的行按同样次序、同样的表、同样的每批件数直接写入 SQLite，别的什么都不做",
              "`tests/bench/straight` writes the rows of that round's database once more, in the same order, tables and "
                "size of batch, and does nothing else"), run_sqlite),
    Line("disk", both("占用磁盘（正常停止之后，含链、期限和索引）", "Disk, after a clean stop, with chain, deadlines and indexes"),
         both("最简参照程序的数据库", "the bare reference's database"), run_disk),
]
