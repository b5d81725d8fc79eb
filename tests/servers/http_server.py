"""A real HTTP server on loopback. Prints its port, then keeps each request it takes.

http_server.py FOLDER [--status N] [--answer TEXT] [--delay SECONDS]
A POST becomes FOLDER/<n>.json: {"path", "headers", "body"}. Ends when its input ends.
"""
import argparse
import json
import pathlib
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ap = argparse.ArgumentParser()
ap.add_argument("folder", type=pathlib.Path)
ap.add_argument("--status", type=int, default=200)
ap.add_argument("--answer", default="{}")
ap.add_argument("--delay", type=float, default=0)
args = ap.parse_args()


class Handler(BaseHTTPRequestHandler):
    count = 0
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        time.sleep(args.delay)
        Handler.count += 1
        kept = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body}
        part = args.folder / f".{Handler.count}.part"
        part.write_text(json.dumps(kept))
        part.rename(args.folder / f"{Handler.count}.json")
        # 204 has no body: what came all the same would be the beginning of the connection's next answer
        answer = b"" if args.status == 204 else args.answer.encode()
        self.send_response(args.status)
        if args.status != 204:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *ignored):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        # a daemon that was killed leaves its connection half said
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


server = Server(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
