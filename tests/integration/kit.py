"""A real anjud in a folder of its own, for the tests written in Python; and their TAP."""
import json
import signal
import socket
import subprocess
import sys
import time

PATIENCE_S = 120


class Tap:
    def __init__(self):
        self.tests = 0
        self.failed = False

    def ok(self, name, passed, shown=""):
        self.tests += 1
        self.failed = self.failed or not passed
        print(f"{'ok' if passed else 'not ok'} {self.tests} - {name}", flush=True)
        if not passed:
            for line in str(shown).splitlines()[:40]:
                print("#", line)

    def skip(self, name, why):
        self.tests += 1
        print(f"ok {self.tests} - {name} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.tests}")
        return self.failed


class Refused(Exception):
    """A JSON-RPC error; its `data` says why."""

    def __init__(self, error):
        super().__init__(json.dumps(error, ensure_ascii=False))
        self.id = error.get("data", {}).get("id", "")


class Daemon:
    """`home` holds the log and the socket; `options` are anjud's further ones."""

    def __init__(self, command, home, options):
        self.command = [command, "--socket", home / "s", *options]
        self.home = home
        self.process = None

    def start(self, wrapped=()):
        self.process = subprocess.Popen([*wrapped, *self.command], stdout=open(self.home / "log", "a", encoding="utf-8"),
                                        stderr=subprocess.STDOUT)
        for _ in range(PATIENCE_S * 100):
            try:
                self.ask("clock.get")
                return
            except (OSError, EOFError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.01)
        sys.exit("anjud did not start:\n" + self.log())

    def log(self):
        return (self.home / "log").read_text()[-2000:]

    def connect(self):
        conn = socket.socket(socket.AF_UNIX)
        conn.settimeout(PATIENCE_S)
        conn.connect(str(self.home / "s"))
        return conn

    def tell(self, method, **params):
        """Asks and does not wait; the connection is to be kept until the answer is of no interest."""
        conn = self.connect()
        conn.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        return conn

    def ask(self, method, **params):
        with self.tell(method, **params) as conn:
            line = conn.makefile().readline()
        if not line:
            raise EOFError(method)
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait()
