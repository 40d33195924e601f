"""Decode untrusted pictures in a process of their own: a picture that crashes or blocks it affects only itself, and
can't open the shop's files (`sandbox`).

`python -m drivers.scanners.decoding.process KIND ...` is that process; `PictureProcess` is our side. Each message is
JSON or a picture with a length prefix (4 bytes, big-endian).
"""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, cast

import msgspec

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.kinds import Kind, NoPicture
from sandbox.environment import bare_environment
from sandbox.landlock import confine

LOOK_S = 10.0
"""Time limit per picture; then the process is ended, and the next picture gets a new one."""
MEMORY_BYTES = 1024**3
"""The process's address space."""
MESSAGE_BYTES = 16 * 1024 * 1024
"""Longer messages are invalid."""
NICENESS = 10

_length = struct.Struct(">I")


class Answer(msgspec.Struct):
    """The codes found in a picture, or the reason why the picture is invalid."""

    codes: list[tuple[bytes, str | None]] = []
    wrong: str | None = None


class PictureProcess:
    """The decoding process.

    It starts with the first picture, and again if it has ended. Use it from one thread only.
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._command = [sys.executable, "-m", "drivers.scanners.decoding.process", *kinds]
        self._process: subprocess.Popen[bytes] | None = None

    def codes_in(self, picture: bytes) -> list[DecodedScan]:
        """Find the codes in a picture, in the process. Raises NoPicture, also if the process didn't survive it."""
        process = self._process = self._process or subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=bare_environment()
        )
        limit = threading.Timer(LOOK_S, process.kill)
        limit.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            _write(process.stdin, picture)
            message = _read(process.stdout)
        except OSError:
            message = None
        finally:
            limit.cancel()
        if message is None:
            self.close()
            raise NoPicture("it takes too much time or memory")
        answer = msgspec.json.decode(message, type=Answer)
        if answer.wrong is not None:
            raise NoPicture(answer.wrong)
        return [DecodedScan(data, symbology) for data, symbology in answer.codes]

    def stop(self) -> None:
        """Abort the current picture, from any thread."""
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the process, if running."""
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            process.communicate()


def main(kinds: Sequence[str]) -> int:
    """Decode pictures until the end of input."""
    from drivers.scanners.decoding.pictures import codes_in  # load the decoder only in this process

    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    confine()
    while (picture := _read(sys.stdin.buffer)) is not None:
        try:
            found = codes_in(picture, cast(Sequence[Kind], kinds))
            answer = Answer([(code.data, code.symbology) for code in found])
        except NoPicture as error:
            answer = Answer(wrong=str(error))
        except MemoryError:
            answer = Answer(wrong="it takes too much memory")
        _write(sys.stdout.buffer, msgspec.json.encode(answer))
    return 0


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(_length.pack(len(message)) + message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """A message; None at the end or if incomplete."""
    head = stream.read(_length.size)
    if len(head) < _length.size or (size := _length.unpack(head)[0]) > MESSAGE_BYTES:
        return None
    message = stream.read(size)
    return message if len(message) == size else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
