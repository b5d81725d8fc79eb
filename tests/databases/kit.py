"""anjud as a child, its socket, and what a database says. For make.py and databases.py."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(HERE), "data", "databases")
START = "2017-08-16T08:00:00+08:00"


class Refused(Exception):
    """An error that anjud answered with."""


class Daemon:
    """A daemon on a manual clock, with the packs kept beside the databases."""

    def __init__(self, anjud, data, folder, plugins, channel="spool", offering=("notify_spool",)):
        self.socket = os.path.join(folder, "s")
        spool = os.path.join(folder, "spool")
        os.makedirs(spool, exist_ok=True)
        packs = os.path.join(folder, "packs")
        shutil.copytree(os.path.join(DATA, "packs"), packs, dirs_exist_ok=True)
        head = os.path.join(packs, "county", "pack.json")
        with open(head, encoding="utf-8") as f:
            pack = json.load(f)
        pack["plugins"] = list(offering)
        with open(head, "w", encoding="utf-8") as f:
            json.dump(pack, f)
        config = os.path.join(folder, "anjud.json")
        with open(config, "w", encoding="utf-8") as f:
            json.dump({"channel": channel, "plugin_config": {"notify_spool": {"folder": spool}}}, f)
        self.log = open(os.path.join(folder, "log"), "ab")
        args = [anjud, "--data", data, "--socket", self.socket, "--packs", packs,
                "--config", config, "--clock", "manual", "--start", START]
        for p in plugins:
            args += ["--plugins", p]
        self.process = subprocess.Popen(args, stderr=self.log, stdout=self.log)
        self.file = self.connection = None
        self.number = 0
        for _ in range(600):
            try:
                self.connection = socket.socket(socket.AF_UNIX)
                self.connection.connect(self.socket)
                break
            except OSError:
                self.connection.close()
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        else:
            raise RuntimeError("anjud does not answer")
        if self.process.poll() is not None:
            with open(self.log.name, encoding="utf-8") as f:
                raise RuntimeError("anjud has ended: " + f.read()[-2000:])
        self.file = self.connection.makefile("r", encoding="utf-8")

    def ask(self, method, **params):
        self.number += 1
        if "by" in params:
            params["as"] = params.pop("by")
        line = json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        self.connection.sendall(line.encode() + b"\n")
        answer = json.loads(self.file.readline())
        if "error" in answer:
            raise Refused(json.dumps(answer["error"], ensure_ascii=False))
        return answer["result"]

    def wait_for(self, what):
        """Until `what`, called with the status, is content."""
        for _ in range(600):
            if what(self.ask("daemon.status")):
                return
            time.sleep(0.05)
        raise RuntimeError("never: " + json.dumps(self.ask("daemon.status")))

    def end(self, kill=False):
        self.file.close()
        self.connection.close()
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        code = self.process.wait(60)
        self.log.close()
        if code != (-9 if kill else 0):
            raise RuntimeError(f"anjud ended with {code}")


def rows(path):
    """What a database says, in names that later schemas keep: {what: [row, …]}, rows sorted."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    case = "(SELECT w.text || '/' || c.key FROM cases c JOIN word w ON w.id = c.workflow WHERE c.id = {})"
    word = "ifnull((SELECT text FROM word WHERE id = {}), '')"
    questions = {
        "cases": f"SELECT {case.format('x.id')}, d.hash, x.done, {word.format('x.phase')}, x.region, x.rev, x.opened_ms,"
                 " x.updated_ms, hex(x.head), x.state, x.meta, x.data FROM cases x JOIN definition d ON d.id = x.definition",
        "history": f"SELECT {case.format('x.case_id')}, x.rev, x.seq, x.recorded_ms, ifnull(x.effective_ms, x.recorded_ms),"
                   f" {word.format('x.event')}, x.actor, hex(x.hash), x.reason, x.idem, x.body FROM journal x",
        "deadlines": f"SELECT {case.format('x.id >> 20')}, x.id, {word.format('x.name')}, x.status, x.timer, x.armed_ms,"
                     " x.due_day, x.due_ms, x.provisional, x.rung, x.next_ms, x.ended_ms,"
                     f" {word.format('x.lead')}, {word.format('x.responsible')} FROM deadline x",
        "relations": f"SELECT {case.format('from_case')}, {word.format('name')}, {case.format('to_case')} FROM relation",
        "items": f"SELECT {case.format('case_id')}, id, claim, unit, urgent, deadline_id, created_ms, message_id, body"
                 " FROM item",
        "messages": "SELECT id, claim, unit, channel, status, attempts, created_ms, ended_ms, error, body FROM message",
        "definitions": "SELECT hash, workflow, version FROM definition",
    }
    said = {what: sorted([list(r) for r in db.execute(sql)], key=str) for what, sql in questions.items()}
    db.close()
    return said


def schema_of(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return version
