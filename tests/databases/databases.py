#!/usr/bin/env python3
"""Databases of every released schema, opened by the anjud of today. TAP.

    databases.py ANJUD ANJUCTL PLUGINS

Each is what an anjud of then has left behind (see tests/data/databases/README.md): one whose daemon had ended, one
whose daemon was killed, with its log beside it. Today's migrates it, finds everything as it was, keeps the copy from
before, and works on. A new schema without kept databases of the one before it fails.
"""
import json
import lzma
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

ANJUD, ANJUCTL, PLUGINS = (os.path.abspath(p) for p in sys.argv[1:4])
NUMBER = 0
FAILED = False


def ok(good, what, more=""):
    global NUMBER, FAILED
    NUMBER += 1
    FAILED = FAILED or not good
    print(f"{'ok' if good else 'not ok'} {NUMBER} - {what}")
    for line in str(more).split("\n") if not good else []:
        print("# " + line[:400])
    sys.stdout.flush()


def unpack(kept, data):
    os.mkdir(data, 0o700)
    for f in os.listdir(kept):
        if f.endswith(".xz"):
            with lzma.open(os.path.join(kept, f)) as src, open(os.path.join(data, f[:-3]), "wb") as dst:
                dst.write(src.read())


def anjuctl(*args):
    done = subprocess.run([ANJUCTL, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def difference(expected, found):
    """What is not as it was: a message that waits may have been tried once more."""
    for what, rows in expected.items():
        if what == "schema":
            continue
        was, now = rows, found[what]
        if what == "messages":
            was, now = ([r[:5] + r[6:8] + r[9:] if r[4] == 0 else r for r in rs] for rs in (was, now))
        gone, new = [r for r in was if r not in now], [r for r in now if r not in was]
        if gone or new:
            return f"{what}:\nwas {gone[:2]}\nis {new[:2]}"
    return None


def history_of(said, case):
    return [r for r in said["history"] if r[0] == case]


def check_kept_copy(data, expected):
    old = expected["schema"]
    path = os.path.join(data, f"anju.db.before-schema-{old + 1}")
    if not os.path.exists(path):
        ok(False, f"the database of before is there as {os.path.basename(path)}", os.listdir(data))
        return
    ok(kit.schema_of(path) == old and difference(expected, kit.rows(path)) is None,
       "a copy of the database of before is there, with all that was in it", difference(expected, kit.rows(path)))


def check_keys(d, db, expected):
    """Keys of then are known now: each request is answered as it was, and leaves nothing."""
    # kept with who asked before them
    keyed = [r for r in expected["history"] if r[9] and r[9][-6:] in ("sign-1", "sign-2", "sign-3")]
    wrong = []
    for case, rev, *_, idem, _body in keyed:
        again = d.ask("case.send", case=case, event="sign", data={"area_m2": "50.00"}, docs=[{"kind": "agreement"}],
                      by="610322.land/王工", idempotency_key=idem[-6:],
                      **({"effective_at": "2017-08-15"} if idem.endswith("sign-2") else {}))
        if again["rev"] != rev:
            wrong.append((case, rev, again))
    opened = d.ask("case.open", workflow="household", key="610322-0003", data={"persons": 2, "town": "610322101.town"},
                   by="610322.poverty", idempotency_key="open-3", reason="名册")
    if opened["rev"] != 1:
        wrong.append(opened)
    same = len(kit.rows(db)["history"]) == len(expected["history"])
    ok(len(keyed) >= 2 and not wrong and same, f"{len(keyed) + 1} keys of then are recognised", wrong)


def check_work(d, db, expected):
    case = "household/610322-0005"
    before = len(history_of(expected, case))
    sent = d.ask("case.send", case=case, event="sign", data={"area_m2": "49.00"}, docs=[{"kind": "agreement"}],
                 by="610322.land")
    said = kit.rows(db)
    ok(sent["rev"] == before + 1 and len(history_of(said, case)) == before + 1, "an event is taken", sent)

    items = {r[2] for r in expected["items"]}
    waiting = {r[2] for r in expected["items"] if r[7] == 0}
    d.ask("clock.advance", to="2017-09-20T09:00:00+08:00")
    said = kit.rows(db)
    # its date is the 14th, and its lead hears of it that day
    fired = [r for r in said["items"] if r[0] == "household/610322-0006" and r[3] == "610322.land" and r[2] not in items]
    ok(len(said["items"]) > len(items) and len(fired) == 1, "a rung fires, once", fired)
    left = [r for r in said["items"] if r[2] in waiting and r[7] == 0]
    ok(len(waiting) > 0 and not left, "what waited for the morning has gone out", left)
    states = {r[0]: r[9] for r in said["cases"]}
    ok("stale" in states["household/610322-0007"], "a timer of then moves its case", states)


def check_tools(data, folder, version):
    """Before an anjud of today has seen it: not read wrongly, and what an update wants first is a backup."""
    code, said = anjuctl("store", "check", "--data", data)
    ok(code != 0 and f" {version}" in said and "anjud" in said, "anjuctl says that it is older and what to do", said)
    backups, back = os.path.join(folder, "backups"), os.path.join(folder, "back")
    code, said = anjuctl("store", "backup", "--data", data, backups)
    ok(code == 0 and kit.schema_of(os.path.join(data, "anju.db")) == version, "it is backed up as it is", said)
    code, said = anjuctl("store", "restore", backups, "--data", back)
    ok(code == 0, "a backup from then is restored, brought up and sound", said)


def check_one(version, how):
    kept = os.path.join(kit.DATA, f"v{version}", how)
    with open(os.path.join(kept, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)
    print(f"# schema {version}, {how}")
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        unpack(kept, data)
        db = os.path.join(data, "anju.db")
        if how == "killed" and version >= 3:
            # kept by copying: the file that is marked as in use was another one
            code, said = anjuctl("store", "adopt", "--data", data)
            ok(code == 0, "the copy of a database in use is adopted", said)
        if how == "stopped":
            check_tools(data, folder, version)
        d = kit.Daemon(ANJUD, data, folder, [PLUGINS], "none")
        now = kit.schema_of(db)
        ok(now > expected["schema"] == version, f"migrated from {version} to {now}")
        wrong = difference(expected, kit.rows(db))
        ok(wrong is None, "every case, entry, deadline, relation and message is as it was", wrong)
        check_kept_copy(data, expected)
        check_keys(d, db, expected)
        check_work(d, db, expected)
        d.end()
        code, said = anjuctl("store", "check", "--data", data)
        ok(code == 0, "rows, chains and folds are sound", said)
        return now


def main():
    there = sorted(int(n[1:]) for n in os.listdir(kit.DATA) if n.startswith("v"))
    now = 0
    for version in there:
        for how in ("stopped", "killed"):
            try:
                now = check_one(version, how)
            except (RuntimeError, kit.Refused, OSError) as e:
                ok(False, f"schema {version}, {how}", e)
    missing = sorted(set(range(1, now)) - set(there))
    ok(now > 0 and not missing, f"databases of every schema before {now} are kept", f"missing: {missing}")
    print(f"1..{NUMBER}")
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
