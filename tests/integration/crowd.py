#!/usr/bin/env python3
"""Many connections, and odd ones among them: 1,000 idle, 200 busy, one that never reads, one that sends a byte now and
then. TAP.

    crowd.py ANJUD PACKS [--idle 1000] [--busy 200] [--measure]

--measure says what a connection costs, for a release build by hand.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import select
import shutil
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the source folder stays as it is
import kit  # noqa: E402

ap = argparse.ArgumentParser()
for name in ("anjud", "packs"):
    ap.add_argument(name, type=lambda given: pathlib.Path(given).resolve())
ap.add_argument("--idle", type=int, default=1000)
ap.add_argument("--busy", type=int, default=200)
ap.add_argument("--measure", action="store_true")
args = ap.parse_args()
tap = kit.Tap()
PERSONS = {"persons": 4, "registration_town": "610322101.town"}
CLOCK = b'{"jsonrpc":"2.0","id":1,"method":"clock.get","params":{}}\n'
DISCOVER = b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n'
OUT_BYTES = 2 << 20
LINE_S, STALL_S = 2, 3


def request(method, **params):
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"


class Peer:
    def __init__(self, daemon):
        self.sock = daemon.connect()
        self.lines = self.sock.makefile()

    def ask(self, line):
        self.sock.sendall(line)
        return json.loads(self.lines.readline())

    def close(self):
        self.lines.close()
        self.sock.close()


def rss(daemon):
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


def descriptors(daemon):
    return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))


def status(daemon):
    return daemon.ask("daemon.status")


def wait_for(what):
    """Polls: nothing else tells when another process has come to something."""
    for _ in range(kit.PATIENCE_S * 20):
        if what():
            return True
        time.sleep(0.05)
    return False


def threads_have_names(daemon):
    names = {path.read_text().strip() for path in pathlib.Path(f"/proc/{daemon.process.pid}/task").glob("*/comm")}
    wanted = {"anjud", "anju-engine", "anju-sync", "anju-pool", "anju-checkpt", "anju-deliver"}
    tap.ok("threads have names", wanted <= names, sorted(names))


def idle_ones(daemon):
    """They have asked something once, and then nothing."""
    before = rss(daemon)
    peers = [Peer(daemon) for _ in range(args.idle)]
    answers = [peer.ask(CLOCK) for peer in peers]
    tap.ok(f"{args.idle} connections: each is answered", all("result" in answer for answer in answers))
    cost = (rss(daemon) - before) // args.idle
    print(f"# {cost} bytes a connection")
    # sanitizers multiply it; without them --measure shows what it is
    tap.ok("an idle connection costs little", cost < 32768, cost)
    held = status(daemon)["buffered_bytes"]
    tap.ok("an idle connection has no buffers", held < 65536, held)
    return peers


def never_reads(daemon):
    """Asks until the daemon reads no more."""
    sock = daemon.connect()
    sock.setblocking(False)
    sent, quiet = 0, 0
    while quiet < 5 and sent < 64 << 20:
        try:
            sent += sock.send(DISCOVER * 1000)
            quiet = 0
        except BlockingIOError:
            quiet += not select.select([], [sock], [], 0.1)[1]
    return sock, sent


def byte_by_byte(daemon, ended):
    """A line that never comes to its end; what it gets is kept in `ended`."""
    with daemon.connect() as sock:
        said = b""
        sock.settimeout(0.2)
        try:
            while True:
                try:
                    got = sock.recv(65536)
                    if not got:
                        break
                    said += got
                except TimeoutError:
                    sock.send(b" ")
        except OSError:
            pass  # the other side is closed
        ended.append(said)


def busy_ones(daemon, name, turns):
    """Each opens cases of its own, one after the other; what was answered."""
    done, lock = {}, threading.Lock()

    def run(first, step):
        peers = [(i, Peer(daemon)) for i in range(first, args.busy, step)]
        for turn in range(turns):
            for i, peer in peers:
                peer.sock.sendall(request("case.open", workflow="household", key=f"{name}-{i}-{turn}", data=PERSONS,
                                          **{"as": "610322.land"}))
            for i, peer in peers:
                answer = json.loads(peer.lines.readline())
                with lock:
                    done[i, turn] = answer
        for _, peer in peers:
            peer.close()

    workers = [threading.Thread(target=run, args=(i, 4)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done


def is_hung_up(sock):
    poll = select.poll()
    poll.register(sock, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))


def main():
    os.environ.pop("ANJU_SOCKET", None)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = args.idle + args.busy + 100
    if hard != resource.RLIM_INFINITY and hard < needed:
        tap.skip("a crowd of connections", f"needs {needed} descriptors")
        return tap.end()
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    home = pathlib.Path(tempfile.mkdtemp(prefix="anju-crowd-"))
    limits = {"connections": args.idle + args.busy + 50, "out_bytes": OUT_BYTES, "line_s": LINE_S, "stall_s": STALL_S}
    (home / "config.json").write_text(json.dumps({"limits": limits}))
    daemon = kit.Daemon(args.anjud, home, ["--data", home / "data", "--packs", args.packs, "--config",
                                           home / "config.json"])
    try:
        daemon.start()
        threads_have_names(daemon)
        busy_ones(daemon, "first", 1)  # what the first work costs is not a connection's
        at_first = descriptors(daemon)
        peers = idle_ones(daemon)

        mute, sent = never_reads(daemon)
        tap.ok("who never reads is not read from", sent < 64 << 20, sent)
        held = status(daemon)["buffered_bytes"]
        tap.ok("what waits for it is bounded", held < 3 * OUT_BYTES, held)
        ended = []
        trickle = threading.Thread(target=byte_by_byte, args=(daemon, ended))
        trickle.start()
        before = rss(daemon)
        done = busy_ones(daemon, "busy", 4)
        print(f"# {(rss(daemon) - before) // args.busy} bytes a busy connection and its work")
        failed = [answer for answer in done.values() if "result" not in answer]
        tap.ok(f"{args.busy} busy ones beside them: all is done", len(done) == 4 * args.busy and not failed, failed[:3])
        tap.ok("the idle ones are served as before", all("result" in peer.ask(CLOCK) for peer in peers))

        trickle.join()
        answer = json.loads(ended[0]) if ended[0] else {}
        tap.ok("a line that does not end is answered, and the connection closed",
               answer.get("error", {}).get("data", {}).get("id") == "rpc.line_slow", ended)
        tap.ok("who never reads is dropped in the end", wait_for(lambda: is_hung_up(mute)))
        tap.ok("the log says so", "event=peer_dropped why=takes_nothing" in daemon.log(), daemon.log())
        mute.close()
        with daemon.connect() as slow:  # in two pieces, but in time
            slow.sendall(CLOCK[:20])
            time.sleep(0.3)
            slow.sendall(CLOCK[20:])
            tap.ok("a line in pieces is a line", '"result"' in slow.makefile().readline())

        if args.measure:
            print(f"# {rss(daemon)} bytes in all with {len(peers)} connections")
        tap.ok("idle ones stay", all("result" in peer.ask(CLOCK) for peer in peers))
        for peer in peers:
            peer.close()
        tap.ok("all are gone when they have left", wait_for(lambda: status(daemon)["connections"] == 1),
               status(daemon)["connections"])
        tap.ok("no descriptor is left over", wait_for(lambda: descriptors(daemon) <= at_first + 1),
               f"{at_first} {descriptors(daemon)}")
        tap.ok("the daemon ends well", daemon.stop() == 0, daemon.log())
    finally:
        if daemon.process is not None and daemon.process.poll() is None:
            daemon.kill()
        shutil.rmtree(home)
    return tap.end()


sys.exit(main())
