#!/usr/bin/env python3
"""What becomes of messages when their servers are slow, down, refuse, or anjud is killed in between. TAP.

    outbox.py ANJUD ANJUCTL PLUGINS PACKS

The web server is a real one on loopback that does as it is told; it keeps every request with its Idempotency-Key.
The mail server takes the connection and never says a word.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

ap = argparse.ArgumentParser()
for name in ("anjud", "anjuctl", "plugins", "packs"):
    ap.add_argument(name, type=lambda text: pathlib.Path(text).resolve())  # "anjud" alone would be looked for in PATH
args = ap.parse_args()
tap = kit.Tap()


class Web:
    """`status` is what it answers; `hold` keeps it from answering at all."""

    def __init__(self):
        self.status = 200
        self.hold = threading.Event()
        self.hold.set()
        self.seen = []  # (key, monotonic, status)
        self.arrived = threading.Condition()
        self.port = 0
        self.server = None
        self.up()

    def up(self):
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with web.arrived:
                    web.seen.append((self.headers["Idempotency-Key"], time.monotonic(), web.status))
                    status = web.status
                    web.arrived.notify_all()
                web.hold.wait(kit.PATIENCE_S)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True  # whoever asked is gone

            def log_message(self, *ignored):
                pass

        ThreadingHTTPServer.allow_reuse_address = True
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *ignored: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self):
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, n):
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.seen) >= n, kit.PATIENCE_S)

    def keys(self, status=200):
        with self.arrived:
            return collections.Counter(key for key, _, answered in self.seen if answered == status)


def definitions(folder):
    """The bench pack; a case's lead unit is told by web at once and in the morning, the responsible one by mail."""
    shutil.copytree(args.packs, folder)
    file = folder / "bench" / "promise.workflow.json"
    workflow = json.loads(file.read_text())
    deadline = workflow["states"]["open"]["meta"]["anju"]["deadlines"]["within_an_hour"]
    deadline["lead"], deadline["responsible"] = ["land@county"], ["housing@county"]
    deadline["rungs"] = [{"at": "due", "to": "lead", "urgent": True}, {"at": "due", "to": "responsible", "urgent": True},
                         {"at": "due", "to": "lead"}]
    file.write_text(json.dumps(workflow, ensure_ascii=False))
    file = folder / "bench" / "units.json"
    units = json.loads(file.read_text())
    for unit in units["units"]:
        if unit["code"] == "610322.land":
            unit["contacts"] = {"channel": "webhook"}
        if unit["code"] == "610322.housing":
            unit["contacts"] = {"channel": "smtp", "email": "housing@fengxiang.example"}
    file.write_text(json.dumps(units, ensure_ascii=False))


def until(what):
    end = time.monotonic() + kit.PATIENCE_S
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


class Bench:
    def __init__(self, home, web):
        self.home, self.web = home, web
        self.minute = 0
        self.silent = socket.create_server(("127.0.0.1", 0), backlog=64)
        definitions(home / "packs")
        (home / "anju.json").write_text(json.dumps({
            "channel": "webhook",
            "channels": {"webhook": {"per_minute": 240, "burst": 2, "attempts": 3,
                                     "breaker": {"failures": 3, "pause": "1s"}}},
            "plugin_config": {
                "notify_smtp": {"url": f"smtp://127.0.0.1:{self.silent.getsockname()[1]}", "tls": "none",
                                "from": "anju@fengxiang.example"},
                "notify_webhook": {"url": f"http://127.0.0.1:{web.port}/hook"}}}))
        self.daemon = kit.Daemon(args.anjud, home, [
            "--config", home / "anju.json", "--data", home / "data", "--packs", home / "packs", "--plugins",
            args.plugins, "--clock", "manual", "--start", "2017-08-16T09:00:00+08:00"])
        self.ask = self.daemon.ask
        self.daemon.start()

    def ctl(self, *words):
        done = subprocess.run([args.anjuctl, "--socket", self.home / "s", *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def fall_due(self, *keys):
        """Open cases and let their hour pass."""
        for key in keys:
            self.ask("case.open", workflow="promise", key=key, **{"as": "610322.land"}, data={"unit": "610322.land"})
        self.minute += 61
        self.ask("clock.advance", by="2h")

    def messages(self, channel, status=None):
        rows = self.ask("message.list", limit=1000)["items"]
        return [m for m in rows if m["channel"] == channel and (status is None or m["status"] == status)]

    def channel(self, name):
        return next(c for c in self.ask("channel.list")["items"] if c["channel"] == name)

    def events(self, key):
        return [(e["event"], e.get("body", {}).get("message", {}).get("status"))
                for e in self.ask("case.history", case="promise/" + key)["items"] if e["event"].startswith("message.")]

    def fate(self, key):
        """Of the urgent reminders that went by web."""
        return [r["status"] for r in self.ask("case.reminders", case="promise/" + key)["items"]
                if r["urgent"] and r["channel"] == "webhook"]


def slow_and_down(b):
    b.fall_due("a-1", "a-2")
    ok = until(lambda: len(b.messages("webhook", "delivered")) == 2)
    tap.ok("a mail server that says nothing does not hold up the web", ok and len(b.messages("smtp", "pending")) == 2,
           b.ctl("outbox", "list")[1])
    b.web.down()
    b.fall_due(*(f"b-{i}" for i in range(6)))
    ok = until(lambda: b.channel("webhook")["state"] != "closed")
    tap.ok("a server that is down opens its breaker", ok, b.channel("webhook"))
    code, text = b.ctl("outbox", "channels", "--lang", "en")
    tap.ok("outbox channels says so", code == 0 and ("paused" in text or "being tried" in text), text)
    code, text = b.ctl("status", "--lang", "en")
    tap.ok("and the status", code == 0 and "webhook paused" in text or "webhook being tried" in text, text)
    # several probes: more failures in a row than a message has attempts, had they been the message's
    ok = until(lambda: b.channel("webhook")["failures"] >= 6)
    tap.ok("probes kill no message", ok and not b.messages("webhook", "dead"), b.ctl("outbox", "list")[1])
    b.web.up()
    ok = until(lambda: len(b.messages("webhook", "delivered")) == 8)
    tap.ok("up again: the breaker closes and all is delivered", ok and b.channel("webhook")["state"] == "closed",
           b.ctl("outbox", "list")[1])
    tap.ok("each of them once", set(b.web.keys().values()) == {1} and len(b.web.keys()) == 8, b.web.keys())
    with b.web.arrived:
        late = sorted(at for _, at, _ in b.web.seen)[-6:]
    # six at four a second, a burst of two and the probe before
    tap.ok("no faster than the channel may", late[-1] - late[0] >= 0.7, late)


def refused(b):
    before = len(b.web.seen)
    b.web.status = 422
    b.fall_due("c-1")
    ok = until(lambda: len(b.messages("webhook", "dead")) == 1)
    tap.ok("what the server never takes is given up at once", ok and len(b.web.seen) == before + 1, b.ctl("outbox", "list")[1])
    code, text = b.ctl("outbox", "list", "--dead", "--lang", "en")
    tap.ok("outbox list --dead shows it and why", code == 0 and "DEAD" in text and "422" in text, text)
    tap.ok("its case has an entry", b.events("c-1") == [("message.dead", "dead")], b.events("c-1"))
    code, text = b.ctl("case", "history", "promise/c-1", "--lang", "en")
    tap.ok("which the history shows in words", "by webhook: DEAD" in text and "422" in text and "Reminders" in text, text)
    dead = b.messages("webhook", "dead")[0]
    code, text = b.ctl("outbox", "show", str(dead["id"]), "--lang", "en")
    tap.ok("outbox show has its text and cases", code == 0 and "[urgent] Promise c-1" in text and "promise/c-1" in text, text)
    code, text = b.ctl("outbox", "resend", str(dead["id"]), "--channel", "pigeon", "--lang", "en")
    tap.ok("no other channel than there is", code == 1 and "there is no channel pigeon" in text, text)
    b.web.status = 200
    code, text = b.ctl("outbox", "resend", str(dead["id"]), str(dead["id"]), "--lang", "en")
    tap.ok("it can be sent once more, and named twice it is one", code == 0 and text.startswith("1 message"), text)
    ok = until(lambda: not b.messages("webhook", "dead") and not b.messages("webhook", "pending"))
    keys = [key for key, _, _ in b.web.seen[before:]]
    tap.ok("under the same id", ok and len(keys) == 2 and len(set(keys)) == 1, keys)
    want = [("message.dead", "dead"), ("message.resent", "pending"), ("message.delivered", "delivered")]
    tap.ok("and the case says so", b.events("c-1") == want, b.events("c-1"))
    code, text = b.ctl("outbox", "resend", str(dead["id"]), "--lang", "en")
    tap.ok("what was delivered is not sent again", code == 1 and "has been delivered" in text, text)


def again(b):
    b.web.status = 500
    b.fall_due("d-1")
    b.web.wait_for(len(b.web.seen) + 1)
    until(lambda: b.messages("webhook", "pending") and b.messages("webhook", "pending")[0]["attempts"] >= 1)
    tap.ok("a server in trouble is asked again", not b.messages("webhook", "dead"), b.ctl("outbox", "list")[1])
    b.web.status = 200
    ok = until(lambda: not b.messages("webhook", "pending"))
    tap.ok("and gets it", ok and b.fate("d-1") == ["delivered"], b.fate("d-1"))


def killed(b):
    before = len(b.web.seen)
    b.web.hold.clear()
    b.fall_due("e-1")
    tap.ok("the server has it and has not answered", b.web.wait_for(before + 1))
    b.daemon.kill()
    b.web.hold.set()
    b.daemon.start()
    ok = until(lambda: not b.messages("webhook", "pending"))
    keys = [key for key, _, _ in b.web.seen[before:]]
    tap.ok("after kill -9 it comes again under the one id", ok and len(keys) == 2 and len(set(keys)) == 1, keys)
    tap.ok("and is delivered once in the case", b.fate("e-1") == ["delivered"], b.fate("e-1"))
    tap.ok("which no other message was", all(n == 1 for key, n in b.web.keys().items() if key not in keys), b.web.keys())


def digest(b):
    said = b.ask("case.reminders", case="promise/e-1")["items"]
    waits = [r for r in said if r["status"] == "waiting"]
    tap.ok("a reminder that is not urgent waits for the morning", len(waits) == 1, said)
    preview = b.ask("message.preview", unit="610322.land")
    tap.ok("which can be looked at before", preview["items"] >= 1 and "x Promise: Within an hour" in preview["message"]["body"]["en"], preview)
    b.ask("clock.advance", by="1d")
    ok = until(lambda: not b.messages("webhook", "pending"))
    said = [r for r in b.ask("case.reminders", case="promise/e-1")["items"] if not r["urgent"]]
    tap.ok("the digest's fate is seen from each of its cases", ok and [r["status"] for r in said] == ["delivered"], said)
    tap.ok("and is no entry of theirs", b.events("e-1") == [], b.events("e-1"))
    code, text = b.ctl("case", "get", "promise/e-1")
    tap.ok("case get shows it", code == 0 and "送达情况" in text and "已送达" in text, text)


def main():
    home = pathlib.Path(tempfile.mkdtemp(prefix="anju-outbox-"))
    os.environ.pop("ANJU_SOCKET", None)
    os.environ.update(LANG="C.UTF-8")
    web = Web()
    b = Bench(home, web)
    try:
        for part in (slow_and_down, refused, again, killed, digest):
            part(b)
        tap.ok("ends", b.daemon.stop() == 0, b.daemon.log())
        done = subprocess.run([args.anjuctl, "store", "check", "--data", home / "data"], capture_output=True, text=True,
                              check=False)
        tap.ok("the data folder is sound, entries and all", done.returncode == 0, done.stdout + done.stderr)
    finally:
        if b.daemon.process.poll() is None:
            b.daemon.kill()
        web.down()
        shutil.rmtree(home)
    return tap.end()


sys.exit(main())
