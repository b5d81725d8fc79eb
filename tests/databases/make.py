#!/usr/bin/env python3
"""Make the databases of one schema, with an anjud of then: see tests/data/databases/README.md.

    make.py ANJUD PLUGINS OUT

PLUGINS holds notify_spool of the same build. OUT/stopped/ is a database whose daemon has ended, OUT/killed/ one whose
daemon was killed, with its log beside it; expected.json says what is in each.
"""
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile

import kit

COUNTY = "610322."


def key(i):
    return f"610322-{i:04}"


def name(i):
    return "household/" + key(i)


def open_cases(d):
    d.ask("case.open", workflow="project", key="S1", data={"county": "610322"}, by=COUNTY + "land",
          idempotency_key="open-S1")
    for i in range(1, 8):
        d.ask("case.open", workflow="household", key=key(i), data={"persons": 2 + i % 3, "town": "610322101.town"},
              by=COUNTY + "poverty", idempotency_key=f"open-{i}", reason="名册")
    for i in range(1, 4):
        d.ask("case.send", case=name(i), event="amend", data={"project": "project/S1"}, reason="assigned",
              by=COUNTY + "poverty")


def sign(d, i, **more):
    return d.ask("case.send", case=name(i), event="sign", data={"area_m2": "50.00"}, docs=[{"kind": "agreement"}],
                 by=COUNTY + "land/王工", **more)


def first_life(d):
    """Deadlines met and opened again, reminders that arrived."""
    open_cases(d)
    sign(d, 1, idempotency_key="sign-1")
    sign(d, 2, idempotency_key="sign-2", effective_at="2017-08-15")
    d.ask("clock.advance", to="2017-08-25T09:00:00+08:00")
    d.wait_for(lambda s: s["store"]["messages_pending"] == 0)
    d.ask("case.send", case=name(2), event="reopen", reason="面积有误", by=COUNTY + "poverty")
    d.ask("case.send", case=name(4), event="amend", data={"signed_by": "2017-09-20"}, reason="plan", by=COUNTY + "land")


def second_life(d):
    """With a channel that refuses for good: messages that are dead; reports that the calendar began."""
    d.ask("clock.advance", to="2017-09-02T09:00:00+08:00")
    d.wait_for(lambda s: s["store"]["messages_pending"] == 0 and s["store"]["messages_dead"] > 0)
    listed = d.ask("case.list", workflow="report")
    report = [c["case"] for c in next(v for v in listed.values() if isinstance(v, list))]
    d.ask("case.send", case=report[0], event="send", by=COUNTY + "land", idempotency_key="report")


def third_life(d):
    """With a channel that nobody offers: messages that wait to be delivered, and items for the next morning."""
    d.ask("clock.advance", to="2017-09-05T09:00:00+08:00")
    d.ask("case.send", case="project/S1", event="accept", by=COUNTY + "gov", idempotency_key="accept")
    d.ask("clock.advance", to="2017-09-13T09:00:00+08:00")
    # a date so near that its first reminder is due at once: with the next morning's
    d.ask("case.send", case=name(6), event="amend", data={"signed_by": "2017-09-14"}, reason="plan", by=COUNTY + "land")
    d.ask("clock.advance", to="2017-09-13T10:00:00+08:00")


def last_life(d):
    """What the killed one has in its log alone."""
    sign(d, 3, idempotency_key="sign-3")
    d.ask("case.send", case=name(5), event="amend", data={"area_m2": "31.50"}, reason="measured", by=COUNTY + "land")


def keep(data, out):
    os.makedirs(out, exist_ok=True)
    for f in ("anju.db", "anju.db-wal"):
        path = os.path.join(data, f)
        if os.path.exists(path) and os.path.getsize(path) > 0:
            with open(path, "rb") as src, lzma.open(os.path.join(out, f + ".xz"), "wb", preset=9) as dst:
                shutil.copyfileobj(src, dst)
    # SQLite may bring the log home when it reads: look at a copy
    with tempfile.TemporaryDirectory() as look:
        for f in ("anju.db", "anju.db-wal"):
            if os.path.exists(os.path.join(data, f)):
                shutil.copy(os.path.join(data, f), look)
        said = kit.rows(os.path.join(look, "anju.db"))
        said["schema"] = kit.schema_of(os.path.join(look, "anju.db"))
    with open(os.path.join(out, "expected.json"), "w", encoding="utf-8") as f:
        # a row a line, so that a difference can be read
        f.write("{\n")
        for i, (what, value) in enumerate(said.items()):
            text = json.dumps(value) if what == "schema" else "[\n  " + ",\n  ".join(
                json.dumps(r, ensure_ascii=False) for r in value) + "\n ]"
            f.write((",\n" if i else "") + f' "{what}": {text}')
        f.write("\n}\n")


def main():
    anjud, plugins, out = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        include = os.path.join(kit.HERE, "..", "..", "include")
        refuse = os.path.join(folder, "plugins")
        os.mkdir(refuse, 0o755)
        subprocess.run(["cc", "-shared", "-fPIC", "-I", include, os.path.join(kit.HERE, "refuse.c"), "-ljansson", "-o",
                        os.path.join(refuse, "refuse.so")], check=True)
        with open(os.path.join(refuse, "refuse.json"), "w", encoding="utf-8") as f:
            json.dump({"name": "refuse", "version": "1.0.0", "abi": 1, "kinds": ["channel"],
                       "title": {"zh": "测试", "en": "Test"},
                       "channels": [{"name": "refuse", "title": {"zh": "测试", "en": "Test"}}]}, f)
        data = os.path.join(folder, "data")
        for channel, life in (("spool", first_life), ("refuse", second_life), ("none", third_life)):
            d = kit.Daemon(anjud, data, folder, [plugins, refuse], channel, ("notify_spool", "refuse"))
            life(d)
            d.end()
        keep(data, os.path.join(out, "stopped"))
        d = kit.Daemon(anjud, data, folder, [plugins, refuse], "none")
        last_life(d)
        d.end(kill=True)
        keep(data, os.path.join(out, "killed"))


if __name__ == "__main__":
    main()
