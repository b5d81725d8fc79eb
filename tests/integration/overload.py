#!/usr/bin/env python3
"""More work than the engine can do: who comes too late is told so at once, and the rest is done once. TAP.

    overload.py ANJUD ANJUCTL PACKS

The engine is held by a file: as long as it is there, a commit waits, as on a disk that takes its time. So nothing here
depends on how fast the machine is.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

ap = argparse.ArgumentParser()
for name in ("anjud", "anjuctl", "packs"):
    ap.add_argument(name, type=lambda given: pathlib.Path(given).resolve())
args = ap.parse_args()
tap = kit.Tap()
PERSONS = {"persons": 4, "registration_town": "610322101.town"}
CLOCK = b'{"jsonrpc":"2.0","id":"clock","method":"clock.get","params":{}}\n'


def open_line(key):
    return json.dumps({"jsonrpc": "2.0", "id": key, "method": "case.open", "params": {
        "workflow": "household", "key": key, "as": "610322.land", "data": PERSONS, "idempotency_key": key}}).encode() + b"\n"


class Peer:
    """A connection with what it has asked for."""

    def __init__(self, daemon):
        self.sock = daemon.connect()
        self.lines = self.sock.makefile()
        self.answers = {}

    def send(self, *keys):
        self.sock.sendall(b"".join(open_line(key) for key in keys))

    def read(self):
        answer = json.loads(self.lines.readline())
        self.answers[answer["id"]] = answer
        return answer

    def settle(self):
        """Lines are looked at in order: once the clock is told, each of before is refused or let in."""
        self.sock.sendall(CLOCK)
        while self.read()["id"] != "clock":
            pass

    def close(self):
        self.lines.close()
        self.sock.close()


def wait_for(what):
    """Polls: nothing else tells when another process has come to something."""
    for _ in range(kit.PATIENCE_S * 20):
        if what():
            return True
        time.sleep(0.05)
    return False


def engine(daemon):
    return daemon.ask("daemon.status")["engine"]


def keys_of(daemon):
    found, after = [], None
    while True:
        page = daemon.ask("case.list", workflow="household", limit=500, **({"after": after} if after else {}))
        found += [item["key"] for item in page["items"]]
        after = page.get("next")
        if not after:
            return found


class Held:
    """A daemon whose engine can be held."""

    def __init__(self, home, limits):
        home.mkdir()
        self.file = home / "hold"
        self.home = home
        (home / "config.json").write_text(json.dumps({"limits": limits}))
        self.daemon = kit.Daemon(args.anjud, home, ["--data", home / "data", "--packs", args.packs, "--config",
                                                    home / "config.json", "--fault", f"hold:commit:{self.file}"])

    def __enter__(self):
        self.daemon.start()
        # the dates are counted once at the first start: nothing of that is to be in the engine's hands
        wait_for(lambda: "part=recount event=job_ended" in self.daemon.log())
        return self

    def __exit__(self, *_):
        self.let_go()
        if self.daemon.process.poll() is None:
            self.daemon.kill()

    def hold(self):
        """One command is in the engine's hands, and stays there."""
        self.file.touch()
        peer = Peer(self.daemon)
        peer.send("in-hand")
        peer.settle()
        wait_for(lambda: engine(self.daemon)["queue_length"] == 0)
        return peer

    def let_go(self):
        self.file.unlink(missing_ok=True)


def check_refusals(refusals):
    wrong = []
    for error in refusals:
        data = error["data"]
        after = data.get("retry_after_ms", 0)
        if error["code"] != -32009 or data["id"] != "engine.busy" or not 10 <= after <= 10000 or \
                str(after) not in data["text"]["zh"] or str(after) not in data["text"]["en"]:
            wrong.append(error)
    tap.ok("each refusal says when to come again, in both languages", refusals and not wrong, wrong[:2] or refusals[:1])
    if refusals:
        print("#", refusals[0]["data"]["text"]["zh"])


def full_queue(home):
    """200 come, 40 may wait."""
    with Held(home, {"queue": 40, "engine_batch": 16, "max_wait_ms": 600000}) as held:
        daemon = held.daemon
        first = held.hold()
        peers = {f"k{i}": Peer(daemon) for i in range(200)}
        for key, peer in peers.items():
            peer.send(key)
        for peer in peers.values():
            peer.settle()
        refused = {key: peer.answers[key]["error"] for key, peer in peers.items() if key in peer.answers}
        waiting = engine(daemon)
        tap.ok("no more than the queue's bound is let in", 0 < waiting["queue_length"] <= 40, waiting)
        tap.ok("all others are refused at once, while nothing moves", len(refused) == 200 - waiting["queue_length"],
               f"{len(refused)} {waiting}")
        tap.ok("the status counts them", waiting["busy"] == len(refused) and waiting["queue_limit"] == 40, waiting)
        check_refusals(list(refused.values()))
        tap.ok("reads go on", keys_of(daemon) == [], keys_of(daemon))
        wait_for(lambda: engine(daemon)["wait_ms"] > 1000)
        tap.ok("the expected wait grows with a standstill", engine(daemon)["wait_ms"] > 1000, engine(daemon))

        # anjuctl is refused like the others, and comes again by itself
        busy = engine(daemon)["busy"]
        env = dict(os.environ, ANJU_SOCKET=str(home / "s"), ANJU_LANG="en")
        with subprocess.Popen([args.anjuctl, "--as", "610322.land", "case", "open", "household/patient", "persons=3",
                               "registration_town=610322101.town"], env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as patient:
            wait_for(lambda: engine(daemon)["busy"] > busy or patient.poll() is not None)
            held.let_go()
            said = patient.communicate()[0]
        tap.ok("anjuctl comes again by itself", patient.returncode == 0 and engine(daemon)["busy"] > busy, said)

        for key, peer in peers.items():
            while key not in peer.answers:
                peer.read()
        done = [key for key in peers if "result" in peers[key].answers[key]]
        tap.ok("what was let in is done", sorted(done) == sorted(set(peers) - set(refused)),
               f"{len(done)} {len(refused)}")
        tap.ok("once, and nothing of what was refused", sorted(keys_of(daemon)) == sorted(done + ["in-hand", "patient"]),
               sorted(keys_of(daemon)))
        tap.ok("what was in hand is answered", "result" in first.read())
        for key in refused:  # a few at a time
            peers[key].send(key)
            while "error" in peers[key].answers[key]:
                peers[key].read()
        tap.ok("sent again the refused are done", len(keys_of(daemon)) == 202, len(keys_of(daemon)))
        after = engine(daemon)
        tap.ok("afterwards all is as before", after["queue_length"] == 0 and after["wait_ms"] < 1000, after)
        for peer in [first, *peers.values()]:
            peer.close()
        tap.ok("the daemon ends well", daemon.stop() == 0, daemon.log())


def long_wait(home):
    """The queue has room, but who comes now would wait too long."""
    with Held(home, {"max_wait_ms": 100}) as held:
        daemon = held.daemon
        first = held.hold()
        peers = [Peer(daemon) for _ in range(20)]
        for i, peer in enumerate(peers):
            peer.send(f"early-{i}")
            peer.settle()
        early = engine(daemon)["queue_length"]
        wait_for(lambda: engine(daemon)["wait_ms"] > 100)
        late = Peer(daemon)
        late.send("late")
        late.settle()
        tap.ok("a few are always let in", early >= 16, early)
        error = late.answers.get("late", {}).get("error")
        tap.ok("a wait too long is refused, however short the queue", error is not None, late.answers)
        check_refusals([error] if error else [])
        held.let_go()
        for i, peer in enumerate(peers):
            while f"early-{i}" not in peer.answers:
                peer.read()
        wait_for(lambda: engine(daemon)["wait_ms"] <= 100)
        late.answers.clear()
        late.send("late")
        tap.ok("and let in when it goes on", "result" in late.read(), late.answers)
        for peer in [first, late, *peers]:
            peer.close()
        tap.ok("the daemon ends well", daemon.stop() == 0, daemon.log())


def one_with_much(home):
    """One that sends a hundred at once does not take the room of those who send one."""
    with Held(home, {"queue": 40, "max_wait_ms": 600000}) as held:
        daemon = held.daemon
        first = held.hold()
        modest = [Peer(daemon) for _ in range(25)]
        for i, peer in enumerate(modest):
            peer.send(f"modest-{i}")
            peer.settle()
        greedy = Peer(daemon)
        keys = [f"greedy-{i}" for i in range(100)]
        greedy.send(*keys)
        # it is not read from any more: what it has sent comes to nothing but these
        wait_for(lambda: engine(daemon)["queue_length"] >= 33)
        last = [Peer(daemon) for _ in range(6)]
        for i, peer in enumerate(last):
            peer.send(f"last-{i}")
            peer.settle()
        now = engine(daemon)
        tap.ok("one with much waits its turn", now["queue_length"] == 39, now)
        tap.ok("and those with little are let in", all(len(peer.answers) == 1 for peer in last) and now["busy"] == 0, now)
        held.let_go()
        while len(greedy.answers) < len(keys):
            greedy.read()
        tap.ok("all that it sent is done, nothing refused", all("result" in answer for answer in greedy.answers.values()))
        for i, peer in enumerate(modest + last):
            peer.read()
        tap.ok("each once", len(keys_of(daemon)) == 1 + 25 + 6 + 100 == len(set(keys_of(daemon))), len(keys_of(daemon)))
        for peer in [first, greedy, *modest, *last]:
            peer.close()
        tap.ok("the daemon ends well", daemon.stop() == 0, daemon.log())


def main():
    os.environ.pop("ANJU_SOCKET", None)
    top = pathlib.Path(tempfile.mkdtemp(prefix="anju-overload-"))
    try:
        for scene in (full_queue, long_wait, one_with_much):
            scene(top / scene.__name__)
    finally:
        shutil.rmtree(top)
    return tap.end()


sys.exit(main())
