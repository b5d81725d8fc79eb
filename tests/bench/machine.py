"""The machine and the build that figures come from."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import time

import kit

SYNCS = 300


def first_line(path, name):
    try:
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith(name):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "?"


def fdatasync_ms(where, n=SYNCS):
    """Median and 99th percentile of an fdatasync after 4 KiB written at the end of a file, as a log is."""
    path = pathlib.Path(where) / "sync"
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    times = []
    try:
        for _ in range(n):
            os.write(fd, b"\1" * 4096)
            begun = time.monotonic()
            os.fdatasync(fd)
            times.append((time.monotonic() - begun) * 1000)
    finally:
        os.close(fd)
        path.unlink()
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def disk_of(where):
    """File system and kind of the disk that a folder lies on."""
    here, best = os.path.realpath(where), ("", "?", "?")
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            device, at, kind = line.split()[:3]
            if (here + "/").startswith(at.rstrip("/") + "/") and len(at) >= len(best[0]):
                best = (at, kind, device)
    number = os.stat(where).st_dev
    block = pathlib.Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve()
    name = block.name
    for place in (block, block.parent):  # a partition has none of its own
        rotational = place / "queue" / "rotational"
        if rotational.exists():
            turning = rotational.read_text().strip() == "1"
            return {"filesystem": best[1], "disk": name.rstrip("0123456789"), "rotating": turning}
    return {"filesystem": best[1], "disk": "?", "rotating": None}


def commit():
    """Short name of the commit, with a + when files differ from it."""
    def git(*args):
        return subprocess.run(["git", "-C", kit.HERE, *args], capture_output=True, text=True, check=True).stdout.strip()
    try:
        return git("rev-parse", "--short=10", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return "?"


def build_options(build):
    try:
        options = json.loads((pathlib.Path(build) / "meson-info" / "intro-buildoptions.json").read_text())
    except OSError:
        return {}
    wanted = ("buildtype", "b_lto", "b_sanitize")
    return {o["name"]: o["value"] for o in options if o["name"] in wanted}


def describe(build, quick):
    with kit.folder() as where:
        p50, p99 = fdatasync_ms(where, 20 if quick else SYNCS)
        disk = disk_of(where)
    versions = subprocess.run([kit.program(build, "straight"), "--versions"], stdout=subprocess.PIPE, check=True)
    return {
        "cpu": first_line("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(first_line("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024),
        "kernel": re.match(r"[\d.]*\d", os.uname().release)[0],
        "machine": os.uname().machine,
        **disk,
        "fdatasync_p50_ms": round(p50, 3),
        "fdatasync_p99_ms": round(p99, 3),
        **json.loads(versions.stdout),
        "build": build_options(build),
        "load_before": round(os.getloadavg()[0], 2),
    }


def sentence(m, whole, lang):
    build = "，".join(f"{k}={v}" for k, v in m["build"].items()).lower()
    kind = {True: ("旋转磁盘", "rotating"), False: ("固态", "solid state"), None: ("未知", "unknown")}[m["rotating"]]
    if m["disk"].startswith(("vd", "xvd")):  # says of itself what its host pleases
        kind = ("虚拟磁盘", "virtual")
    if lang == "zh":
        return (f"提交 {whole['commit']}，{whole['at'][:16].replace('T', ' ')} UTC，共用时 {whole['seconds'] / 60:.0f} 分钟。"
                f"机器：{m['cpu']}，{m['cores']} 核，内存 {m['memory_gib']} GiB，Linux {m['kernel']}，磁盘 {m['disk']}"
                f"（{kind[0]}，{m['filesystem']}），一次 fdatasync 中位 {m['fdatasync_p50_ms']} 毫秒、"
                f"p99 {m['fdatasync_p99_ms']} 毫秒；测前系统负载 {m['load_before']}。"
                f"SQLite {m['sqlite']}，libuv {m['libuv']}，{m['compiler']}，{build}。")
    build = build.replace("，", ", ")
    return (f"Commit {whole['commit']}, {whole['at'][:16].replace('T', ' ')} UTC, {whole['seconds'] / 60:.0f} minutes in all. "
            f"Machine: {m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB of memory, Linux {m['kernel']}, disk {m['disk']} "
            f"({kind[1]}, {m['filesystem']}), an fdatasync takes {m['fdatasync_p50_ms']} ms in the median and "
            f"{m['fdatasync_p99_ms']} ms at p99; the system's load before was {m['load_before']}. "
            f"SQLite {m['sqlite']}, libuv {m['libuv']}, {m['compiler']}, {build}.")
