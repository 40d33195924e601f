"""A process that has the appliance's modules loaded and forks for each command of the command line: `python -m edge`
takes a second of the processor to load them, a fork some milliseconds, and tests run some hundreds.

The command runs in a process of its own as before: its arguments, folder, environment, streams and status are what they
would be. What asks for it is a process, too (`CLIENT`), which ends with the command's status, and by whose end the
command is ended.

What measures coverage begins with a process, and so does what the environment tells Python or its loader: with such a
variable a command is started and not forked.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

import msgspec

import edge.__main__
import edge.cli
from tests.scheduling import CHILDREN

REQUEST_BYTES = 1 << 20
CLIENT = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
    asked.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    asked.connect(sys.argv[1])
    socket.send_fds(asked, [json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode()], [0, 1, 2])
    answer = asked.recv(16)
status = int(answer or 1)
if status < 0:
    os.kill(os.getpid(), -status)
sys.exit(status)
"""


class Request(msgspec.Struct, array_like=True, frozen=True):
    words: list[str]
    folder: str
    environment: dict[str, str]


def edge_command(environment: Mapping[str, str]) -> list[str]:
    """What runs `edge WORDS` if the words are put behind it, with this beside the environment of the tests."""
    if any(name in os.environ for name in CHILDREN) or any(name.startswith(("PYTHON", "LD_")) for name in environment):
        return [sys.executable, "-m", "edge"]
    return [sys.executable, "-ISc", CLIENT, str(_server())]


@cache
def _server() -> Path:
    """Where the server of this process listens. It ends when nobody holds the other end of its standard input."""
    address = Path(tempfile.mkdtemp(prefix="edge-fork-server-")) / "asked"
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.fork_server", str(address)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert started.stdout is not None and started.stdout.readline() == b"ready\n"
    _servers.append(started)
    return address


_servers: list[subprocess.Popen[bytes]] = []
"""The one of this process: it lives as long as this does."""


def main(address: str) -> None:
    for command in pkgutil.iter_modules(edge.cli.__path__, "edge.cli."):
        importlib.import_module(command.name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who is done with a request is buried by the kernel
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen(64)
        os.write(1, b"ready\n")
        while 0 not in select.select([0, listener.fileno()], [], [])[0]:
            asked, _ = listener.accept()
            if not os.fork():
                listener.close()
                _answer(asked)
            asked.close()
    Path(address).unlink()
    Path(address).parent.rmdir()


def _answer(asked: socket.socket) -> NoReturn:
    """In a fork: run what is asked for in one more, and say its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    data, streams, _, _ = socket.recv_fds(asked, REQUEST_BYTES, 3)
    request = msgspec.json.decode(data, type=Request)
    running = os.fork()
    if not running:
        asked.close()
        for at, stream in enumerate(streams):
            os.dup2(stream, at)
            os.close(stream)
        _run(request)
    for stream in (*streams, 0, 1, 2):
        os.close(stream)
    ended = os.pidfd_open(running)
    if ended not in select.select([asked.fileno(), ended], [], [])[0]:
        os.kill(running, signal.SIGKILL)  # nobody waits for it any more
    _, status = os.waitpid(running, 0)
    with suppress(OSError):
        asked.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _run(request: Request) -> NoReturn:
    """As `python -m edge WORDS` in that folder and environment."""
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    sys.argv = ["edge", *request.words]
    sys.exit(edge.__main__.main())


if __name__ == "__main__":
    main(sys.argv[1])
