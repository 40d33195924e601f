"""Runs long computations, such as training, in a separate process that answers line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import msgspec

from edge.core.process.child import NICENESS, leave_first_processor
from edge.lib.errors import NeedsHuman
from sandbox.environment import bare_environment

LINE_BYTES = 8 * 1024 * 1024


class WorkProcess:
    """A process that writes JSON lines, each an `answer`; it is ended with its reader. `died`: the error text if it
    ends unexpectedly. `urgent`: it runs at normal priority."""

    def __init__(self, module: str, ask: Any, answer: Any = Any, *, died: str, urgent: bool = False) -> None:
        self._died = died
        self._decode = msgspec.json.Decoder(answer).decode
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_one_thread(),
        )
        if not urgent:
            with suppress(ProcessLookupError):  # it has already ended
                # Its imports alone take as long as many scans. It sets idle priority itself, after them: with it from
                # the outset it might never begin on a busy machine.
                leave_first_processor(self._process.pid)
                niceness = max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
                os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        self.lines: IO[bytes] = stdout
        try:
            stdin.write(msgspec.json.encode(ask))
            stdin.close()
        except BrokenPipeError:
            pass  # it has already ended: `answers` reports why

    def answers(self) -> Iterator[Any]:
        """Yield the process's answers. Raises `NeedsHuman` if it ended unexpectedly."""
        while line := self.lines.readline(LINE_BYTES):
            yield self._decode(line)
        if status := self._process.wait():
            raise NeedsHuman(
                f"The process stopped unexpectedly ({status}).",
                "Try it again.",
                self._died,
                {"status": status},
            )

    def stop(self) -> None:
        """Kill the process, from any thread; its answers end."""
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self.lines.close()


def _one_thread() -> dict[str, str]:
    return bare_environment({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})
