#!/usr/bin/env python3
"""kill -9 in a storm of deadlines: no rung lost, none doubled, as real servers saw it. TAP.

    storm.py ANJUD ANJUCTL PLUGINS PACKS SERVERS [--deadlines 200] [--kills 4] [--seed N]

Each deadline has two urgent rungs, one to a unit that gets mail, one to a unit that gets web requests; all fall due
within one minute. The clock is moved through that minute in steps, and the daemon is killed with SIGKILL at a random
instant after each step: while it fires rungs, while it delivers, or between. Afterwards every rung must stand in the
store once and have come out at its server under its one id. A message whose receipt was not yet durable when the daemon
died goes out again, byte for byte the same id; such repeats are counted and can be no more than were in flight.
"""
import argparse
import collections
import email
import email.policy
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

START = "2017-08-16T09:59:00+08:00"
IN_FLIGHT = 2 * 4  # channels, and what each may have under way

ap = argparse.ArgumentParser()
for name in ("anjud", "anjuctl", "plugins", "packs", "servers"):
    ap.add_argument(name, type=lambda given: pathlib.Path(given).resolve())
ap.add_argument("--deadlines", type=int, default=200)
ap.add_argument("--kills", type=int, default=4)
ap.add_argument("--seed", type=int, default=20170816)
args = ap.parse_args()
rng = random.Random(args.seed)
tap = kit.Tap()


class Server:
    """One of tests/servers; ends when its input ends."""

    def __init__(self, name, folder):
        folder.mkdir()
        self.folder = folder
        self.process = subprocess.Popen(["/usr/bin/python3", args.servers / name, folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def definitions(folder):
    """The bench pack with two rungs that go at once, to units on different channels."""
    shutil.copytree(args.packs, folder)
    file = folder / "bench" / "promise.workflow.json"
    workflow = json.loads(file.read_text())
    deadline = workflow["states"]["open"]["meta"]["anju"]["deadlines"]["within_an_hour"]
    deadline["lead"], deadline["responsible"] = ["land@county"], ["housing@county"]
    deadline["rungs"] = [{"at": "due", "to": "lead", "urgent": True}, {"at": "due", "to": "responsible", "urgent": True}]
    file.write_text(json.dumps(workflow, ensure_ascii=False))
    file = folder / "bench" / "units.json"
    units = json.loads(file.read_text())
    for unit in units["units"]:
        if unit["code"] == "610322.land":
            unit["contacts"] = {"channel": "smtp", "email": "land@fengxiang.example"}
        if unit["code"] == "610322.housing":
            unit["contacts"] = {"channel": "webhook"}
    file.write_text(json.dumps(units, ensure_ascii=False))


def clock(ms):
    return f"2017-08-16T10:{ms // 60000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}+08:00"


def open_cases(daemon):
    """All due in the minute after ten o'clock."""
    with daemon.connect() as conn:
        lines = conn.makefile()
        for i in range(args.deadlines):
            at = f"2017-08-16T09:00:{i * 60 // args.deadlines:02}.{i * 60000 // args.deadlines % 1000:03}+08:00"
            conn.sendall(json.dumps({
                "jsonrpc": "2.0", "id": i, "method": "case.open",
                "params": {"workflow": "promise", "key": f"p-{i:05}", "as": "610322.land", "effective_at": at,
                           "data": {"unit": "610322.land"}}}).encode() + b"\n")
            answer = json.loads(lines.readline())
            if "error" in answer:
                sys.exit(json.dumps(answer, ensure_ascii=False))


def storm(daemon):
    """One step of the minute after another, a kill in each."""
    for k in range(args.kills):
        conn = daemon.tell("clock.advance", to=clock((k + 1) * 60000 // (args.kills + 1)))
        # half of them early, while rungs are being fired; half while messages go out
        time.sleep(rng.uniform(0, 0.03) if k % 2 == 0 else rng.uniform(0.03, 0.5))
        daemon.kill()
        conn.close()
        daemon.start()
    daemon.ask("clock.advance", to=clock(60000))
    until = time.monotonic() + kit.PATIENCE_S
    while time.monotonic() < until:
        store = daemon.ask("daemon.status")["store"]
        if store["messages_pending"] == 0:
            return
        time.sleep(0.05)


def mails(folder):
    """Message-ID and the case named in the subject of each mail."""
    for file in folder.glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        yield mail["Message-ID"], re.search(r"p-\d{5}", str(mail["Subject"])).group()


def requests(folder):
    for file in folder.glob("*.json"):
        kept = json.loads(file.read_text())
        yield kept["headers"]["idempotency-key"], re.search(r"p-\d{5}", kept["body"]).group()


def check_server(name, seen):
    wanted = {f"p-{i:05}" for i in range(args.deadlines)}
    seen = list(seen)
    ids = collections.defaultdict(set)
    for message, key in seen:
        ids[key].add(message)
    tap.ok(f"{name}: no rung lost", set(ids) == wanted, f"missing {sorted(wanted - set(ids))[:10]}")
    doubled = {key: sorted(found) for key, found in ids.items() if len(found) > 1}
    tap.ok(f"{name}: none doubled", not doubled, doubled)
    repeats = len(seen) - len({message for message, _ in seen})
    print(f"# {name}: {len(seen)} received, {repeats} of them repeats of an id after a kill")
    tap.ok(f"{name}: repeats are what was in flight", repeats <= args.kills * IN_FLIGHT, repeats)


def check_store(folder):
    db = sqlite3.connect(f"file:{folder}/anju.db?mode=ro", uri=True)
    items, = db.execute("SELECT count(*) FROM item").fetchone()
    fired, = db.execute("SELECT count(*) FROM deadline WHERE timer = 0 AND rung = 2").fetchone()
    sent = dict(db.execute("SELECT channel, count(*) FROM message WHERE status = 1 GROUP BY channel"))
    db.close()
    tap.ok("the store has each rung once", items == 2 * args.deadlines and fired == args.deadlines,
       f"items {items}, fired {fired}")
    tap.ok("and every message as delivered", sent == {"smtp": args.deadlines, "webhook": args.deadlines}, sent)


def main():
    home = pathlib.Path(tempfile.mkdtemp(prefix="anju-storm-"))
    os.environ.pop("ANJU_SOCKET", None)
    smtp, web = Server("smtp_server.py", home / "mail"), Server("http_server.py", home / "web")
    daemon = kit.Daemon(args.anjud, home, [
        "--config", home / "anju.json", "--data", home / "data", "--packs", home / "packs", "--plugins", args.plugins,
        "--clock", "manual", "--start", START])
    try:
        definitions(home / "packs")
        (home / "anju.json").write_text(json.dumps({"channel": "smtp", "plugin_config": {
            "notify_smtp": {"url": f"smtp://127.0.0.1:{smtp.port}", "from": "anju@fengxiang.example", "tls": "none"},
            "notify_webhook": {"url": f"http://127.0.0.1:{web.port}/hook"}}}))
        daemon.start()
        open_cases(daemon)
        storm(daemon)
        tap.ok(f"{args.deadlines} deadlines through {args.kills} kills", daemon.stop() == 0, daemon.log())
        check_server("mail", mails(home / "mail"))
        check_server("web", requests(home / "web"))
        check_store(home / "data")
        done = subprocess.run([args.anjuctl, "store", "check", "--data", home / "data"], capture_output=True, text=True, check=False)
        tap.ok("the data folder is sound", done.returncode == 0, done.stdout + done.stderr)
    finally:
        if daemon.process is not None and daemon.process.poll() is None:
            daemon.kill()
        smtp.end()
        web.end()
        shutil.rmtree(home)
    return tap.end()


sys.exit(main())
