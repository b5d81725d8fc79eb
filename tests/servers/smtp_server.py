"""A real SMTP server on loopback. Prints its port, then keeps each mail it takes.

smtp_server.py FOLDER [--tls] [--user NAME PASSWORD] [--refuse-mail TEXT] [--refuse-rcpt TEXT] [--refuse-data TEXT] [--silent]
A mail becomes FOLDER/<n>.eml with the envelope in X-Env-From and X-Env-To. With --tls it makes its own
authority's certificate (FOLDER/ca.pem) and takes nothing before STARTTLS. Ends when its input ends.
"""
import argparse
import asyncio
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

ap = argparse.ArgumentParser()
ap.add_argument("folder", type=pathlib.Path)
ap.add_argument("--tls", action="store_true")
ap.add_argument("--user", nargs=2)
ap.add_argument("--refuse-mail")
ap.add_argument("--refuse-rcpt")
ap.add_argument("--refuse-data")
ap.add_argument("--silent", action="store_true", help="take the mail and never answer")
args = ap.parse_args()


class Handler:
    count = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        if args.refuse_mail:
            return args.refuse_mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if args.refuse_rcpt:
            return args.refuse_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if args.silent:
            await asyncio.sleep(60)
        if args.refuse_data:
            return args.refuse_data
        Handler.count += 1
        head = f"X-Env-From: {envelope.mail_from}\r\nX-Env-To: {' '.join(envelope.rcpt_tos)}\r\n"
        part = args.folder / f".{Handler.count}.part"
        part.write_bytes(head.encode() + envelope.original_content)
        part.rename(args.folder / f"{Handler.count}.eml")
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    ok = isinstance(data, LoginPassword) and [data.login.decode(), data.password.decode()] == args.user
    return AuthResult(success=ok)


def certificate():
    key, pem = args.folder / "key.pem", args.folder / "ca.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", pem, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    return context


def session():
    return SMTP(Handler(), hostname="localhost", loop=loop, **extra)


extra = {}
if args.tls:
    extra = {"tls_context": certificate(), "require_starttls": True}
if args.user:
    extra |= {"authenticator": login, "auth_required": True, "auth_require_tls": args.tls}
loop = asyncio.new_event_loop()
server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
print(server.sockets[0].getsockname()[1], flush=True)
loop.add_reader(sys.stdin, lambda: sys.stdin.read(1) or loop.stop())
loop.run_forever()
