"""Receivers on loopback: a webhook and a mail server that keep what they are sent.

What belongs here: just enough of HTTP and SMTP for a notice to arrive. What does not: what a notice
should say.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Post = dict[str, str]


@contextmanager
def webhook(status: int = 200, location: str | None = None) -> Iterator[tuple[str, list[Post]]]:
    """A web server that answers every post with this status; its URL, and the bodies posted to it."""
    posts: list[Post] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}/hook", posts


@contextmanager
def mail_server() -> Iterator[tuple[int, list[EmailMessage], list[str]]]:
    """A mail server without encryption; its port, the messages and the commands that it was sent."""
    messages: list[EmailMessage] = []
    commands: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.answer("220 loopback")
            while line := self.rfile.readline().decode().strip():
                commands.append(line)
                match line.split()[0].upper():
                    case "EHLO":
                        self.answer("250-loopback\r\n250 AUTH PLAIN")
                    case "AUTH":
                        self.answer("235 welcome")
                    case "DATA":
                        self.answer("354 go on")
                        self.take_message()
                        self.answer("250 taken")
                    case "QUIT":
                        return self.answer("221 bye")
                    case _:
                        self.answer("250 fine")
            return None

        def answer(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def take_message(self) -> None:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            messages.append(message_from_bytes(b"".join(lines), policy=policy.default))

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, messages, commands


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
