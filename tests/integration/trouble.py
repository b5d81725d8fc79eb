#!/usr/bin/env python3
"""What a machine does to a daemon: disk full, disk read-only, no descriptors left, ended and halted under load. TAP.

    trouble.py ANJUD ANJUCTL PACKS

The disk is a small tmpfs; where one may not be mounted those tests are skipped. After each trouble everything that was
acknowledged must be there, nothing that was refused, and `store check` must be content.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

ap = argparse.ArgumentParser()
for name in ("anjud", "anjuctl", "packs"):
    ap.add_argument(name, type=lambda given: pathlib.Path(given).resolve())
args = ap.parse_args()
tap = kit.Tap()
PERSONS = {"persons": 4, "registration_town": "610322101.town"}


def open_case(daemon, key):
    return daemon.ask("case.open", workflow="household", key=key, data=PERSONS, **{"as": "610322.land"})


def keys_of(daemon):
    found, after = set(), None
    while True:
        page = daemon.ask("case.list", workflow="household", limit=500, **({"after": after} if after else {}))
        found |= {item["key"] for item in page["items"]}
        after = page.get("next")
        if not after:
            return found


def sound(home):
    return subprocess.run([args.anjuctl, "store", "check", "--data", home / "data"], capture_output=True, text=True,
                          check=False)


class Load:
    """Clients that open cases until the daemon goes away or they are told to end; knows what was acknowledged."""

    def __init__(self, daemon, clients, prefix):
        self.daemon, self.prefix = daemon, prefix
        self.acknowledged, self.asked = set(), set()
        self.ending = False
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        try:
            with self.daemon.connect() as conn:
                lines = conn.makefile()
                n = 0
                while not self.ending:
                    key = f"{self.prefix}-{client}-{n}"
                    n += 1
                    self.asked.add(key)
                    conn.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "case.open", "params": {
                        "workflow": "household", "key": key, "as": "610322.land", "data": PERSONS}}).encode() + b"\n")
                    line = lines.readline()
                    if not line:
                        return
                    if "result" in json.loads(line):
                        self.acknowledged.add(key)
        except OSError:
            pass  # the daemon is gone

    def end(self):
        self.ending = True
        for thread in self.threads:
            thread.join()


def check_after(daemon, home, what, acknowledged, asked):
    daemon.start()
    there = {key for key in keys_of(daemon) if key in asked}
    tap.ok(f"{what}: what was acknowledged is there", acknowledged <= there, sorted(acknowledged - there)[:10])
    tap.ok(f"{what}: the daemon ends well", daemon.stop() == 0, daemon.log())
    done = sound(home)
    tap.ok(f"{what}: the data folder is sound", done.returncode == 0, done.stdout + done.stderr)


def ended_under_load(home):
    daemon = new_daemon(home)
    daemon.start()
    load = Load(daemon, 8, "term")
    time.sleep(0.5)
    code = daemon.stop()
    load.end()
    tap.ok("SIGTERM under load: it drains and ends with 0", code == 0, daemon.log())
    tap.ok("SIGTERM under load: there was a load", len(load.acknowledged) > 50, len(load.acknowledged))
    check_after(daemon, home, "SIGTERM under load", load.acknowledged, load.asked)


def killed_in_a_loop(home):
    daemon = new_daemon(home)
    acknowledged, asked = set(), set()
    for turn in range(6):
        daemon.start()
        load = Load(daemon, 8, f"kill{turn}")
        time.sleep(0.1 + 0.07 * turn)
        daemon.kill()
        load.end()
        acknowledged |= load.acknowledged
        asked |= load.asked
    check_after(daemon, home, "kill -9 six times under load", acknowledged, asked)


def halted(home):
    daemon = new_daemon(home)
    daemon.start()
    load = Load(daemon, 4, "halt")
    for _ in range(3):
        time.sleep(0.1)
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        daemon.process.send_signal(signal.SIGCONT)
    time.sleep(0.1)
    load.end()
    tap.ok("halted and let go on: everybody was answered", load.acknowledged == load.asked,
           sorted(load.asked - load.acknowledged)[:10])
    daemon.stop()
    check_after(daemon, home, "halted and let go on", load.acknowledged, load.asked)


def no_descriptors(home):
    daemon = new_daemon(home)
    daemon.start(["prlimit", "--nofile=48:48"])
    conns = []
    first = daemon.connect()
    for _ in range(80):
        try:
            conns.append(daemon.connect())
        except OSError:
            break
    # a client that was there before the rush is served as before
    first.sendall(b'{"jsonrpc":"2.0","id":1,"method":"clock.get","params":{}}\n')
    line = first.makefile().readline()
    tap.ok("no descriptors left: who is connected is served", '"result"' in line, line)
    for conn in [first, *conns]:
        conn.close()
    acknowledged = set()
    for i in range(20):
        open_case(daemon, f"fd-{i}")
        acknowledged.add(f"fd-{i}")
    tap.ok("no descriptors left: and again when others have gone", True)
    daemon.stop()
    check_after(daemon, home, "no descriptors left", acknowledged, acknowledged)


def fill_up(daemon, prefix):
    """Open cases until one is refused: acknowledged keys, the refusal."""
    acknowledged = set()
    for i in range(100000):
        try:
            open_case(daemon, f"{prefix}-{i}")
        except kit.Refused as refused:
            return acknowledged, refused
        acknowledged.add(f"{prefix}-{i}")
    return acknowledged, None


def disk_full(home, disk):
    # something to be deleted when room is needed
    (disk / "ballast").write_bytes(b"\0" * 2_000_000)
    daemon = new_daemon(home)
    daemon.start()
    acknowledged, refused = fill_up(daemon, "full")
    tap.ok("disk full: the command is refused and says why", refused is not None and refused.id == "store.full", refused)
    one = next(iter(acknowledged))
    tap.ok("disk full: reads go on", daemon.ask("case.get", case=f"household/{one}")["key"] == one)
    trouble = daemon.ask("daemon.status")["trouble"]
    tap.ok("disk full: the status says so", trouble is not None, trouble)
    (disk / "ballast").unlink()
    open_case(daemon, "after-0")
    acknowledged.add("after-0")
    tap.ok("disk full: it goes on by itself when there is room", daemon.ask("daemon.status")["trouble"] is None)
    asked = acknowledged | {f"full-{len(acknowledged) - 1}"}
    there = keys_of(daemon)
    tap.ok("disk full: nothing of what was refused is there", there & asked == acknowledged, sorted(there - acknowledged)[:5])
    daemon.stop()
    check_after(daemon, home, "disk full", acknowledged, asked)


def read_only(home, disk):
    daemon = new_daemon(home)
    daemon.start()
    open_case(daemon, "before")
    daemon.stop()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = subprocess.run(daemon.command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    tap.ok("disk read-only: the daemon does not start, and names the file", done.returncode > 0 and str(home / "data") in said,
           f"{done.returncode} {said}")
    done = subprocess.run([args.anjuctl, "store", "backup", "--data", home / "data", disk.parent / "saved"],
                          capture_output=True, text=True, check=False)
    tap.ok("disk read-only: it can be read, and backed up", done.returncode == 0, done.stdout + done.stderr)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    check_after(daemon, home, "disk read-only", {"before"}, {"before"})


def new_daemon(home):
    return kit.Daemon(args.anjud, home, ["--data", home / "data", "--packs", args.packs])


def main():
    os.environ.pop("ANJU_SOCKET", None)
    top = pathlib.Path(tempfile.mkdtemp(prefix="anju-trouble-"))
    try:
        for scene in (ended_under_load, killed_in_a_loop, halted, no_descriptors):
            home = top / scene.__name__
            home.mkdir()
            scene(home)
        for scene, size in ((disk_full, "6m"), (read_only, "20m")):
            disk = top / f"disk-{scene.__name__}"
            disk.mkdir()
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=False,
                                     capture_output=True).returncode == 0
            if not mounted:
                tap.skip(scene.__name__, "no tmpfs may be mounted here")
                continue
            try:
                home = disk / "home"
                home.mkdir()
                scene(home, disk)
            finally:
                subprocess.run(["umount", "-l", disk], check=True)
    finally:
        shutil.rmtree(top)
    return tap.end()


sys.exit(main())
