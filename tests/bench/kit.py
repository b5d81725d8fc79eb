"""What the benchmark's lines share: daemons in folders of their own, the loads that drive them, and what they cost."""
import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE_S = 300


def program(build, name):
    return os.path.join(build, "tests", "bench", name)


@contextlib.contextmanager
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="anju-bench-"))
    (path / "data").mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def anjud(build, path, packs=HERE / "pack"):
    # what is measured is how long it takes, not when it is refused
    config = path / "config.json"
    config.write_text('{"limits": {"max_wait_ms": 60000}}', encoding="ascii")
    return [os.path.join(build, "anjud"), "--data", path / "data", "--socket", path / "s", "--packs", packs,
            "--config", config]


def bare(build, path):
    return [program(build, "bare_reference"), path / "data" / "bare.db", path / "s"]


@contextlib.contextmanager
def running(command, path):
    """The process, once it listens at <path>/s; ends it, and the benchmark when it fails in between."""
    with open(path / "log", "w+", encoding="utf-8") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(path / "s", daemon)
            yield daemon
        except subprocess.CalledProcessError as failed:
            log.seek(0)
            sys.exit(f"{failed.cmd[0]} failed with {failed.returncode}\n{log.read()[-2000:]}")
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()


def wait_for(path, process):
    for _ in range(PATIENCE_S * 1000):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as conn:  # the name is there before it listens
            conn.connect(str(path))
            return
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with {process.returncode} before it listened")
        time.sleep(0.001)
    sys.exit(f"{process.args[0]} did not listen within {PATIENCE_S} s")


def ask(path, method, /, **params):
    with socket.socket(socket.AF_UNIX) as conn:
        conn.settimeout(PATIENCE_S)
        conn.connect(str(path / "s"))
        conn.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        line = conn.makefile(encoding="utf-8").readline()
    answer = json.loads(line) if line else {"error": "the daemon closed the connection"}
    if "error" in answer:
        sys.exit(f"{method}: {json.dumps(answer['error'], ensure_ascii=False)}")
    return answer["result"]


def seconds_to_answer(command, path):
    """Starts a daemon; gives it, and how long it took to answer its first question."""
    (path / "s").unlink(missing_ok=True)  # left by one that was killed
    begun = time.monotonic()
    with open(path / "log", "w", encoding="utf-8") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log)
    while time.monotonic() - begun < PATIENCE_S:
        try:
            with socket.socket(socket.AF_UNIX) as conn:
                conn.connect(str(path / "s"))
                conn.sendall(b'{"jsonrpc":"2.0","id":1,"method":"clock.get","params":{}}\n')
                if conn.recv(4096):
                    return daemon, time.monotonic() - begun
        except OSError:
            if daemon.poll() is not None:
                break
            time.sleep(0.0005)
    sys.exit(f"{command[0]} did not start:\n{(path / 'log').read_text()[-2000:]}")


def stop(daemon, how=signal.SIGTERM):
    daemon.send_signal(how)
    daemon.wait()


def load(build, name, path, *options):
    """Runs one of the loads to its end and gives what it measured; what it refuses ends the benchmark."""
    done = subprocess.run([program(build, name), "--socket", path / "s", *map(str, options)],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def j1(build, path, *options):
    return load(build, "j1", path, "--json", *options)


class Background:
    """A load that goes on until it is told to stop."""

    def __init__(self, build, name, path, *options, stderr=None):
        self.process = subprocess.Popen([program(build, name), "--socket", path / "s", *map(str, options)],
                                        stdout=subprocess.PIPE, stderr=stderr, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def line(self):
        return self.process.stdout.readline().strip()

    def result(self, stop_it=True):
        if stop_it:
            self.process.send_signal(signal.SIGTERM)
        out = self.process.stdout.read()
        if self.process.wait() != 0:
            raise subprocess.CalledProcessError(self.process.returncode, self.process.args)
        return json.loads(out.splitlines()[-1])


def many_files(wanted=4096):
    """Let this process and those it starts have so many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def rss_mib(pid, what="VmHWM"):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
    return 0


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def size_of(path):
    return sum(file.stat().st_size for file in path.iterdir() if ".db" in file.name)


def ask_offline_count(database, table="cases"):
    """Rows in a table of a database that nobody has open."""
    with contextlib.closing(sqlite3.connect(database)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
