"""A store that grows to a nation's cases: speed, starts, memory and disk on the way. One folder serves all."""
import contextlib
import os
import signal
import subprocess
import time

import kit
from line import Line
from report import Target, both, figure

LATE = 8000000  # numbers of cases that are being opened when the daemon is killed
MANY = 1000  # connections


def count(n):
    return f"{n:,}"


class Nation:
    """`big` is the folder that grows, `small` one that stays at the first size: what the other is held against."""

    def __init__(self, given, wanted, big, small):
        self.given, self.wanted, self.big, self.small = given, wanted, big, small
        self.cases = self.connections = 0
        self.figures = {name: [] for name in wanted}

    def command(self, path):
        return kit.anjud(self.given.build, path)

    def open_up_to(self, path, have, wanted):
        return kit.j1(self.given.build, path, "--only", "open", "--first", have, "--cases", wanted - have,
                      "--clients", min(self.given.clients(), wanted - have), "--towns", self.given.sizes.towns)["open"]

    def led_round(self, path, existing, clients=None):
        """As many cases as the small store has, drawn from all there are, led once round."""
        sample = self.given.sizes.growth[0]
        return kit.j1(self.given.build, path, "--existing", existing, "--cases", sample, "--towns", self.given.sizes.towns,
                      "--clients", clients or self.given.clients(), "--seed", existing + time.time_ns() % 1000)["transitions"]

    # --- growth ---

    def grow(self, wanted):
        with kit.running(self.command(self.big), self.big) as daemon:
            opened = self.open_up_to(self.big, self.cases, wanted)
            self.cases = wanted
            self.given.say(f"{count(wanted)} cases: the last {count(opened['n'])} opened at {opened['per_second']:,.0f}/s, "
                           f"{kit.rss_mib(daemon.pid):.1f} MiB at most")
            if "growth" in self.wanted:
                self.compare_rates(opened, daemon.pid)

    def timed_round(self, path, existing, pid):
        before = kit.cpu_seconds(pid)
        r = self.led_round(path, existing)
        r["cpu_us"] = (kit.cpu_seconds(pid) - before) * 1e6 / r["n"]
        return r

    def compare_rates(self, opened, pid):
        first, rounds, references = self.given.sizes.growth[0], [], []
        with kit.running(self.command(self.small), self.small) as small:
            for _ in range(self.given.rounds(3)):
                s = self.timed_round(self.small, first, small.pid)
                r = self.timed_round(self.big, self.cases, pid)
                references.append(s)
                rounds.append(r)
                self.given.say(f"{count(self.cases)} cases: {r['per_second']:,.0f}/s, p99 {r['p99_ms']:.2f} ms, "
                               f"{r['cpu_us']:.1f} µs CPU; {count(first)} cases: {s['per_second']:,.0f}/s, {s['cpu_us']:.1f} µs")
        rates, p99, cpu = ([r[key] for r in rounds] for key in ("per_second", "p99_ms", "cpu_us"))
        rates0, p990, cpu0 = ([r[key] for r in references] for key in ("per_second", "p99_ms", "cpu_us"))
        n = count(self.cases)
        self.figures["growth"] += [
            figure(both(f"{n} 件时每秒办理", f"transitions with {n} cases"), "/s", rates, rates0, Target("ratio", "≥", 0.8)),
            figure(both(f"{n} 件时 p99", f"p99 with {n} cases"), "ms", p99, p990),
            figure(both(f"{n} 件时每次办理处理器时间", f"processor time a transition with {n} cases"), "µs", cpu, cpu0),
            figure(both(f"每秒立案，直到 {n} 件", f"cases opened, up to {n}"), "/s", [opened["per_second"]]),
        ]

    # --- starts ---

    def start(self, path):
        daemon, seconds = kit.seconds_to_answer(self.command(path), path)
        kit.stop(daemon)
        return seconds

    def start_after_kill(self):
        """Killed while cases are being opened; what comes after the kill is of no interest to who opens them."""
        with kit.running(self.command(self.big), self.big) as daemon:
            load = kit.Background(self.given.build, "j1", self.big, "--only", "open", "--first",
                                  LATE + time.time_ns() % 1500000, "--cases", 300000, "--clients", self.given.clients(),
                                  stderr=subprocess.DEVNULL)
            with load:
                time.sleep(self.given.seconds(0.7))
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
        return self.start(self.big)

    def forget_pages(self):
        """Let the system drop the files from its memory, as if it had just started."""
        os.sync()
        for file in (self.big / "data").iterdir():
            fd = os.open(file, os.O_RDONLY)
            with contextlib.suppress(OSError):
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)

    def starts(self):
        n, rounds = self.cases, range(self.given.rounds(3))
        empty, clean, killed, cold = [], [], [], []
        for _ in rounds:
            with kit.folder() as nothing:
                self.start(nothing)  # the store is made
                empty.append(self.start(nothing))
            clean.append(self.start(self.big))
            killed.append(self.start_after_kill())
            self.forget_pages()
            cold.append(self.start(self.big))
            self.given.say(f"{count(n)} cases: answers {clean[-1]:.3f} s after a clean stop, {killed[-1]:.3f} s after SIGKILL, "
                           f"{cold[-1]:.3f} s with files not in memory; with an empty store {empty[-1]:.3f} s")
        limit = 0.3 if n <= 1000000 else 0.6
        for zh, en, seconds in (("正常停止后", "after a clean stop", clean),
                                ("办理途中 kill -9 后", "after kill -9 under load", killed),
                                ("文件不在内存中", "files not in memory", cold)):
            self.figures["start"].append(figure(both(f"{count(n)} 件，{zh}", f"{count(n)} cases, {en}"), "s", seconds,
                                                empty, Target("value", "≤", limit)))

    # --- memory, disk ---

    def memory_of(self, path, existing):
        """A daemon started anew, with so many connections at work: at most, and afterwards."""
        connections = min(MANY, self.given.clients(MANY), self.given.sizes.growth[0])
        with kit.running(self.command(path), path) as daemon:
            self.led_round(path, existing, connections)
            most, now = kit.rss_mib(daemon.pid), kit.rss_mib(daemon.pid, "VmRSS")
        self.connections = connections
        self.given.say(f"{count(existing)} cases, {connections} connections: {most:.1f} MiB at most, {now:.1f} MiB afterwards")
        return most, now

    def memory(self):
        first, n = self.given.sizes.growth[0], count(self.cases)
        small, big = self.memory_of(self.small, first), self.memory_of(self.big, self.cases)
        for i, (zh, en) in enumerate((("峰值（VmHWM）", "at most (VmHWM)"), ("之后（VmRSS）", "afterwards (VmRSS)"))):
            self.figures["memory"].append(figure(both(f"{n} 件，{self.connections} 个连接，{zh}",
                                                      f"{n} cases, {self.connections} connections, {en}"), "MiB", [big[i]], [small[i]],
                                                 Target("value", "≤", 256)))
        # cases that were opened for the kills are in it too
        size = kit.size_of(self.big / "data")
        cases = kit.ask_offline_count(self.big / "data" / "anju.db")
        self.figures["memory"].append(figure(both(f"{n} 件时数据库，平均每件（其中少数办理过）",
                                                  f"database with {n} cases, a case (few have gone round)"), "B", [size / cases]))


def run_nation(given, wanted):
    kit.many_files()
    with kit.folder() as big, kit.folder() as small:
        nation = Nation(given, wanted, big, small)
        first = given.sizes.growth[0]
        with kit.running(nation.command(small), small):
            nation.open_up_to(small, 0, first)
        for n in given.sizes.growth:
            nation.grow(n)
            if "start" in wanted and n > first:
                nation.starts()
        if "memory" in wanted:
            nation.memory()
    return nation.figures


SAME = both("同一分钟内 {first} 件的库，交替", "a store of {first} cases within the same minute, in turn")
LINES = [
    Line("growth", both("增长：随机取 {first} 件走完一圈",
                        "Growth: {first} cases drawn from all are led once round"), SAME, run_nation, "nation"),
    Line("start", both("启动：从开始到第一次应答", "Start: from nothing to the first answer"),
         both("空库的启动", "a start with an empty store"), run_nation, "nation"),
    Line("memory", both("内存：许多连接在办理", "Memory: many connections at work"),
         both("{first} 件的库，同样多的连接", "a store of {first} cases, with as many connections"), run_nation, "nation"),
]
