#!/usr/bin/env python3
"""kill -9 while months of obligations are caught up: each period once for each unit, in order, and the daemon answers
meanwhile. On the wall clock. TAP.

    obligations.py ANJUD ANJUCTL PLUGINS PACKS [--days 60] [--towns 20] [--kills 5] [--seed N]
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

ap = argparse.ArgumentParser()
for name in ("anjud", "anjuctl", "plugins", "packs"):
    ap.add_argument(name, type=lambda text: pathlib.Path(text).resolve())
ap.add_argument("--days", type=int, default=60)
ap.add_argument("--towns", type=int, default=20)
ap.add_argument("--kills", type=int, default=5)
ap.add_argument("--seed", type=int, default=20170816)
args = ap.parse_args()
rng = random.Random(args.seed)
tap = kit.Tap()

LEGAL = datetime.timezone(datetime.timedelta(hours=8))
TODAY = datetime.datetime.now(LEGAL).date()
FIRST = TODAY - datetime.timedelta(days=args.days - 1)


def definitions(folder):
    """Reports of every town on every day, and something that can be opened by hand."""
    shutil.copytree(args.packs, folder)
    file = folder / "p" / "units.json"
    units = json.loads(file.read_text())
    for i in range(args.towns):
        region = f"610322{200 + i}"
        units["units"].append({"code": f"{region}.village", "kind": "village", "level": "town", "region": region,
                               "parent": "610322.gov", "title": {"zh": "村", "en": "Village"}})
    file.write_text(json.dumps(units, ensure_ascii=False))
    label = {"zh": "每日", "en": "Daily"}
    (folder / "p" / "obligations.json").write_text(json.dumps({"obligations": [
        {"id": "daily", "title": label, "workflow": "task", "for": {"kind": "village", "level": "town"}, "recur": "FREQ=DAILY",
         "start": str(FIRST), "due": {"after": "9d"}, "key": "d-{region}-{date}"},
        {"id": "stuck", "title": label, "workflow": "task", "for": {"units": ["610322.finance"]}, "recur": "FREQ=DAILY",
         "start": str(TODAY - datetime.timedelta(days=2)), "data": {"other": "task/nowhere"}, "key": "s-{region}-{date}"},
        {"id": "asked", "title": label, "workflow": "task", "each": "county", "lead": ["land@county"],
         "trigger": {"zh": "申请", "en": "A request"}, "key": "a-{region}-{date}"}]}, ensure_ascii=False))


def cases(home):
    """Key, data and effective instant of each, oldest first; of a copy, since what was killed is still to be recovered."""
    copy = home / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home / "data", copy)
    db = sqlite3.connect(copy / "anju.db")
    rows = db.execute("SELECT id, key, data FROM cases WHERE key LIKE 'd-%' ORDER BY id").fetchall()
    effective = dict(db.execute("SELECT case_id, coalesce(effective_ms, recorded_ms) FROM journal WHERE rev = 1"))
    db.close()
    return [(row[1], json.loads(row[2]), effective[row[0]]) for row in rows]


def wait(daemon):
    until = time.monotonic() + kit.PATIENCE_S
    while time.monotonic() < until and daemon.ask("obligation.get", id="daily")["done"] != str(TODAY):
        time.sleep(0.05)


def main():
    home = pathlib.Path(tempfile.mkdtemp(prefix="anju-obligations-"))
    os.environ.pop("ANJU_SOCKET", None)
    want = args.days * args.towns
    daemon = kit.Daemon(args.anjud, home, ["--data", home / "data", "--packs", home / "packs", "--plugins", args.plugins])
    try:
        definitions(home / "packs")
        slowest, cut, asked = 0.0, 0, 0
        for _ in range(args.kills):
            daemon.start()
            began = time.monotonic()
            daemon.ask("obligation.open", id="asked", unit="610322.land", on=str(TODAY), ref=f"no {asked}", **{"as": "610322.land"})
            slowest, asked = max(slowest, time.monotonic() - began), asked + 1
            time.sleep(rng.uniform(0, 0.05))
            daemon.kill()
            cut += 0 < len(cases(home)) < want
        tap.ok(f"killed {args.kills} times, {cut} of them in the middle", cut > 0, f"{len(cases(home))} of {want}")
        print(f"# the slowest answer meanwhile took {slowest * 1000:.0f} ms")
        tap.ok("commands are answered meanwhile", slowest < 5, slowest)
        daemon.start()
        wait(daemon)
        tap.ok("ends well", daemon.stop() == 0, daemon.log())
        found = cases(home)
        keys = [key for key, _, _ in found]
        days = [str(FIRST + datetime.timedelta(days=i)) for i in range(args.days)]
        wanted = [f"d-610322{200 + i}-{day}" for day in days for i in range(args.towns)]
        tap.ok(f"each of {args.days} periods once for each of {args.towns} towns, in order", keys == wanted,
               f"{len(keys)} found, first difference {next((pair for pair in zip(keys, wanted) if pair[0] != pair[1]), None)}")
        late = [key for key, data, _ in found if data["caught_up"] != (not key.endswith(str(TODAY)))]
        tap.ok("what was missed says so", not late, late[:5])
        begun = [key for key, data, ms in found
                 if str(datetime.datetime.fromtimestamp(ms / 1000, LEGAL).date()) != data["begun_on"]
                 or not key.endswith(data["begun_on"])]
        tap.ok("and counts from the day it should have begun", not begun, begun[:5])
        # once more: nothing is opened again
        daemon.start()
        daemon.ask("obligation.open", id="asked", unit="610322.land", on=str(TODAY), ref="no 0", **{"as": "610322.land"})
        # what cannot be opened is listed with its reason, and held up nothing
        stuck = daemon.ask("obligation.list", waiting=True)["items"]
        tap.ok("what could not be opened waits, a case a period",
               [(item["case"], item["waiting"]["text"]["en"]) for item in stuck]
               == [(f"task/s-610322-{TODAY - datetime.timedelta(days=back)}", "there is no case task/nowhere") for back in (2, 1, 0)], stuck)
        tap.ok("and is counted", daemon.ask("daemon.status")["engine"]["obligations_waiting"] == 3)
        said = subprocess.run([args.anjuctl, "obligation", "list", "--waiting", "--lang", "en"], capture_output=True, text=True, check=False,
                              env={**os.environ, "ANJU_SOCKET": str(home / "s")})
        tap.ok("anjuctl says so", said.stdout.count("there is no case task/nowhere") == 3, said.stdout + said.stderr)
        tap.ok("nothing comes again", daemon.stop() == 0 and len(cases(home)) == len(keys), daemon.log())
        done = subprocess.run([args.anjuctl, "store", "check", "--data", home / "data"], capture_output=True, text=True, check=False)
        tap.ok("the data folder is sound", done.returncode == 0, done.stdout + done.stderr)
    finally:
        if daemon.process and daemon.process.poll() is None:
            daemon.kill()
        shutil.rmtree(home, ignore_errors=True)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
