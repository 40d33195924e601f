"""An SMTP server (RFC 5321) that is a process of its own, and at one step of a mail kills itself, or its client.

Run as `python -m tests.smtp_process PORT FOLDER STEP VICTIM`: `VICTIM` is `server`, or the id of a process; `STEP` is
one of `STEPS`, or `none`. It prints the port it got; each mail that it took is a line of FOLDER/mails, its
subject, written before the answer. Only the first mail that comes to the step kills.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "text", "dot")
"""`text`: some of it came; `dot`: all came, and no answer went out."""
_ANSWERS = {"EHLO": "250 mail.example", "MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on", "QUIT": "221 bye"}


@contextmanager
def smtp_process(folder: Path, port: int = 0, step: str = "none", victim: str = "server") -> Iterator[int]:
    """The port it listens at."""
    words = [sys.executable, "-m", "tests.smtp_process", str(port), str(folder), step, victim]
    child = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": "."}, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        yield int(child.stdout.readline())
    finally:
        child.kill()
        child.communicate()


def mails(folder: Path) -> list[str]:
    """The subjects of what it took."""
    path = folder / "mails"
    return path.read_text().splitlines() if path.exists() else []


class _Served:
    """One connection after the other."""

    def __init__(self, folder: Path, step: str, victim: str) -> None:
        self._folder = folder
        self._step = step
        self._victim = os.getpid() if victim == "server" else int(victim)

    def _at(self, step: str) -> None:
        if step == self._step:
            self._step = "none"
            os.kill(self._victim, signal.SIGKILL)

    def serve(self, link: socket.socket) -> None:
        self._at("connect")
        link.sendall(b"220 mail.example\r\n")
        lines = link.makefile("rb")
        while line := lines.readline():
            verb = line[:4].decode().upper()
            self._at(verb)
            link.sendall(f"{_ANSWERS.get(verb, '502 no')}\r\n".encode())
            if verb == "DATA" and not self._take(link, lines):
                return

    def _take(self, link: socket.socket, lines: Iterator[bytes]) -> bool:
        subject = ""
        for number, line in enumerate(lines):
            if number == 0:
                self._at("text")
            if line.startswith(b"Subject: "):
                subject = line[9:].decode().strip()
            if line == b".\r\n":
                with (self._folder / "mails").open("a") as taken:
                    taken.write(f"{subject}\n")
                self._at("dot")
                link.sendall(b"250 taken\r\n")
                return True
        return False


def main(port: str, folder: str, step: str, victim: str) -> None:
    with socket.create_server(("127.0.0.1", int(port))) as listener:
        served = _Served(Path(folder), step, victim)
        print(listener.getsockname()[1], flush=True)
        while True:
            link, _ = listener.accept()
            with link:
                try:
                    served.serve(link)
                except OSError:  # the client was killed
                    continue


if __name__ == "__main__":
    main(*sys.argv[1:])
