"""A worker process: start, communicate, end. Uses only event loop callbacks; no task, no thread."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from models.limits import MESSAGE_BYTES, TAIL_BYTES
from models.registry import folders_beside
from models.worker import wire
from sandbox.environment import bare_environment

READ_BYTES = 256 * 1024
UNSENT_BYTES = 2 * MESSAGE_BYTES
"""Maximum data not read by a worker; with more, it counts as unresponsive and is ended."""
_ROOT = Path(__file__).resolve().parents[2]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _spawn(passed: tuple[int, int], limit_mb: int, threads: int, corner: str, said_to: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "models.worker", *map(str, (*passed, os.getpid(), limit_mb)), corner],
        stdin=subprocess.DEVNULL,
        stdout=said_to,
        stderr=said_to,
        pass_fds=passed,
        env=bare_environment(
            {"PYTHONPATH": os.pathsep.join((str(_ROOT), *folders_beside()))} | dict.fromkeys(_THREADS, str(threads))
        ),
        # shielded from Ctrl-C, and its children can be ended with it; no new session: see models/worker/cpu_priority.py
        process_group=0,
    )


class Child:
    """A worker's process.

    `heard` is called with its messages, and `ended` once with the way it ended. Raises OSError if the system can't
    start it.
    """

    def __init__(
        self,
        memory_fd: int,
        limit_mb: int,
        threads: int,
        corner: str,
        heard: Callable[[wire.FromWorker], None],
        ended: Callable[[str], None],
    ) -> None:
        self._heard = heard
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._frames = wire.Frames()
        self.fault = ""
        """Why this process ended the worker: it sent invalid data or stopped reading. "" if it wasn't ended."""
        self._unsent = bytearray()
        self._tail = b""
        self._sock, theirs = socket.socketpair()
        self._sock.setblocking(False)
        self._said, said_to = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            self._process = _spawn((theirs.fileno(), memory_fd), limit_mb, threads, corner, said_to)
        except OSError:
            self._sock.close()
            os.close(self._said)
            raise
        finally:
            theirs.close()
            os.close(said_to)
        self.pid = self._process.pid
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._sock, self._read)
        self._loop.add_reader(self._said, self._listen)
        self._loop.add_reader(self._pidfd, self._on_exit)

    def send(self, message: wire.ToWorker) -> None:
        """Send a message. Raises ValueError if it's too large."""
        if self._sock.fileno() < 0:
            return  # it ended, or was asked to; `ended` reports it
        data = wire.pack_message(message)
        if not self._unsent:
            data = data[self._write(data) :]
            if data:
                self._loop.add_writer(self._sock, self._flush)
        self._unsent += data
        if len(self._unsent) > UNSENT_BYTES:
            self._give_up("it stopped responding")

    def close(self) -> None:
        """Ask the worker to stop, after which it accepts no requests."""
        if self._sock.fileno() >= 0:
            with contextlib.suppress(OSError):  # already gone
                self._sock.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """Kill the process and its children. Not after `ended`: its pid may be reused."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    @property
    def tail(self) -> str:
        """Return the end of the worker's standard error."""
        return self._tail.decode("utf-8", "replace")

    def _write(self, data: bytes | bytearray) -> int:
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)  # it's gone: `_on_exit` reports it

    def _give_up(self, fault: str) -> None:
        self.fault = fault
        self.kill()

    def _flush(self) -> None:
        del self._unsent[: self._write(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._sock)

    def _read(self) -> None:
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._sock)
            return
        try:
            for body in self._frames.feed(data):
                self._heard(wire.from_worker.decode(body))
        except (ValueError, msgspec.MsgspecError):
            self._give_up("it sent an unknown message")

    def _listen(self) -> None:
        try:
            data = os.read(self._said, READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._loop.remove_reader(self._said)
        self._tail = (self._tail + data)[-TAIL_BYTES:]

    def _on_exit(self) -> None:
        """Process messages sent before it ended."""
        self.kill()  # its children may outlive it
        status = self._process.wait()
        for reader in (self._sock, self._said, self._pidfd):
            self._loop.remove_reader(reader)
        self._loop.remove_writer(self._sock)
        self._drain()
        self._sock.close()
        os.close(self._said)
        os.close(self._pidfd)
        self._ended(_describe_exit(status))

    def _drain(self) -> None:
        with contextlib.suppress(OSError, ValueError, msgspec.MsgspecError):
            while data := self._sock.recv(READ_BYTES):
                for body in self._frames.feed(data):
                    self._heard(wire.from_worker.decode(body))
        self._listen()


def _describe_exit(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
