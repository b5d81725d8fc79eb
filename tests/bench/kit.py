"""What the benchmark scripts share: a daemon in a folder of its own, and what it costs."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="anju-bench-"))
    (path / "data").mkdir(mode=0o700)
    yield path
    shutil.rmtree(path)


def anjud(build, path):
    return [os.path.join(build, "anjud"), "--data", path / "data", "--socket", path / "s",
            "--packs", HERE / "pack"]


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
    for _ in range(60000):
        if os.path.exists(path):
            return
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with {process.returncode} before it listened")
        time.sleep(0.001)
    sys.exit(f"{process.args[0]} did not listen within a minute")


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
