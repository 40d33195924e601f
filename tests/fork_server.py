"""A process that has the appliance's modules loaded and forks for each command of the command line: `python -m edge`
takes a second of the processor to load them, a fork some milliseconds, and tests run some hundreds.

The command runs in a process of its own as before: its arguments, folder, environment, streams and status are what they
would be. Who asks is told its process id, then its status, and by the asker's end the command is ended. What runs a
command as any other program has a process that asks (`CLIENT`) and ends with the command's status; a server of the
appliance or of head office is asked for by the test itself (`EdgeChild`), whose signals reach the process they mean.

What the appliance itself starts to open a file, draw a paper or learn (`python -m MODULE`, see `edge/core/process`) is
forked as well within `modules_forked`: as confined and as limited as ever, but without half a second of loading. Tests
of `tests/unit` start them as a shop does (`conftest.py`).

What measures coverage begins with a process, and so does what the environment tells Python, its loader or its memory:
with such a variable a command is started and not forked. So is all that a bench starts: it measures what a shop's
machine does.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, NoReturn

import msgspec
import pytest

import edge.__main__
import edge.app.cli
from edge.core.process import child, work_process
from edge.goods.ingest import reader_client
from edge.web import capability_pages
from sandbox.environment import bare_environment
from sim.child import Child
from tests.scheduling import CHILDREN

REQUEST_BYTES = 1 << 20
CLIENT = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
    asked.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    asked.connect(sys.argv[1])
    socket.send_fds(asked, [json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode()], [0, 1, 2])
    asked.recv(16)  # its process id
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
    module: str = ""
    """Run as the main one, in place of the command line."""


def is_forked(environment: Mapping[str, str], loaders: Mapping[str, str] | None = None) -> bool:
    """Whether a command is forked that runs with this environment. `loaders`: what it has of ours where not all."""
    of_ours = _OUR_LOADERS if loaders is None else loaders
    begun_anew = _of_loaders(environment) != of_ours or any(name in os.environ for name in CHILDREN)
    return "PYTEST_CURRENT_TEST" in os.environ and not begun_anew


def _of_loaders(environment: Mapping[str, str]) -> dict[str, str]:
    # and not LD_LIBRARY_PATH, which cv2 adds to as it is loaded
    return {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LD_PRELOAD", "MALLOC_"))}


_OUR_LOADERS = _of_loaders(os.environ)
_BARE_LOADERS = _of_loaders(bare_environment())
"""What is left of them to a process that opens what strangers sent."""


def edge_command(environment: Mapping[str, str]) -> list[str]:
    """What runs `edge WORDS` in this environment if the words are put behind it."""
    if is_forked(environment):
        return [sys.executable, "-ISc", CLIENT, str(_server())]
    return [sys.executable, "-m", "edge"]


class EdgeChild(Child):
    """A child that may run a command of `edge`, and is then a fork as well."""

    def spawn_edge(self, words: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """As `spawn` of `python -m edge WORDS`."""
        if not is_forked(env):
            self.spawn([sys.executable, "-m", "edge", *map(str, words)], env)
            return
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            streams = (nothing.fileno(), log.fileno(), log.fileno())
            self._process = Forked(Request([*map(str, words)], str(Path.cwd()), dict(env)), streams)


class Forked:
    """What a test may do with a fork that it asked for: as of a `subprocess.Popen`. It ends with this process, or with
    the last name of this object."""

    def __init__(self, request: Request, streams: tuple[int, int, int]) -> None:
        self._asked = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asked.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, REQUEST_BYTES)
        self._asked.connect(str(_server()))
        socket.send_fds(self._asked, [msgspec.json.encode(request)], list(streams))
        self.pid = int(self._asked.recv(16))
        self._status: int | None = None
        self._heard = threading.Lock()

    def poll(self) -> int | None:
        """Its status once it has ended, a negative signal if that ended it."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its status; raises `subprocess.TimeoutExpired`."""
        if (status := self._ended_within(timeout)) is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return status

    def send_signal(self, sig: int) -> None:
        """Its process id is its own until its status was asked for: who waits for it says the status and then ends."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, timeout_s: float | None) -> int | None:
        with suppress(ValueError):  # it was closed meanwhile: another thread has heard it
            if self._status is None and self._says_something(timeout_s):
                with self._heard:
                    if self._status is None:
                        self._status = int(self._asked.recv(16) or -signal.SIGKILL)
                        self._asked.close()
        return self._status

    def _says_something(self, timeout_s: float | None) -> bool:
        waiting = select.poll()
        waiting.register(self._asked, select.POLLIN)
        return bool(waiting.poll(None if timeout_s is None else timeout_s * 1000))


class ForkedModule(Forked):
    """As a `subprocess.Popen` of `python -m MODULE` whose input and output are pipes."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
        self.stdin: IO[bytes] = os.fdopen(ours_in, "wb")
        self.stdout: IO[bytes] = os.fdopen(ours_out, "rb")
        try:
            request = Request([], str(Path.cwd()), dict(environment), module)
            super().__init__(request, (theirs_in, theirs_out, 2))
        finally:
            os.close(theirs_in)
            os.close(theirs_out)


def _start(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes] | ForkedModule:
    """As `subprocess.Popen`."""
    match command:
        case [sys.executable, "-m", module] if is_forked(options["env"], _BARE_LOADERS):
            return ForkedModule(module, options["env"])
    return subprocess.Popen(command, **options)


def _run_to_its_end(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    """As `subprocess.run` with an input and a time limit."""
    asked, timeout_s = options.pop("input"), options.pop("timeout")
    options.pop("check")
    started = _start(command, stdin=subprocess.PIPE, **options)
    if isinstance(started, subprocess.Popen):
        with started:
            try:
                said, _ = started.communicate(asked, timeout_s)
            except subprocess.TimeoutExpired:
                started.kill()
                raise
        return subprocess.CompletedProcess(command, started.returncode, said)
    late = threading.Event()
    timer = threading.Timer(timeout_s, lambda: (late.set(), started.kill()))
    timer.start()
    with started.stdout:
        with suppress(BrokenPipeError), started.stdin:
            started.stdin.write(asked)
        said = started.stdout.read()
    status = started.wait()
    timer.cancel()
    if late.is_set():
        raise subprocess.TimeoutExpired(command, timeout_s)
    return subprocess.CompletedProcess(command, status, said)


@contextmanager
def modules_forked() -> Iterator[None]:
    """Meanwhile the appliance's code in this process forks the modules that it runs as processes."""
    forking = SimpleNamespace(**{**vars(subprocess), "Popen": _start, "run": _run_to_its_end})
    with pytest.MonkeyPatch.context() as patch:
        for starts in (child, work_process, reader_client):
            patch.setattr(starts, "subprocess", forking)
        patch.setattr(work_process, "NICENESS", 0)
        patch.setattr(work_process, "leave_first_processor", lambda pid: None)
        yield


@cache
def _server() -> Path:
    """Where the server of this process listens. It ends when no one holds the other end of its standard input."""
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
    for command in pkgutil.iter_modules(edge.app.cli.__path__, "edge.app.cli."):
        importlib.import_module(command.name)
    capability_pages.modules()
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
        os.setsid()
        for at, stream in enumerate(streams):
            os.dup2(stream, at)
            os.close(stream)
        _run(request)
    for stream in (*streams, 0, 1, 2):
        os.close(stream)
    asked.send(str(running).encode())
    ended = os.pidfd_open(running)
    if ended not in select.select([asked.fileno(), ended], [], [])[0]:
        os.kill(running, signal.SIGKILL)  # nobody waits for it any more
    _, status = os.waitpid(running, 0)
    with suppress(OSError):
        asked.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _run(request: Request) -> NoReturn:
    """As `python -m edge WORDS`, or as `python -m MODULE`, in that folder and environment."""
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    if request.module:
        for gives_way in ("nice", "sched_setaffinity", "sched_setscheduler"):
            setattr(
                os, gives_way, lambda *_: None
            )  # beside other tests it would hardly get on, and a test waits for it
        sys.modules.pop(request.module, None)
        runpy.run_module(request.module, run_name="__main__", alter_sys=True)
        sys.exit(0)
    sys.argv = ["edge", *request.words]
    sys.orig_argv = [sys.executable, "-m", *sys.argv]
    sys.exit(edge.__main__.main())


if __name__ == "__main__":
    main(sys.argv[1])
