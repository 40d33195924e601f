"""Pictures that strangers send, looked at by a process of their own: a picture that ends it, or keeps it busy, costs
itself, and it opens none of the shop's files (`sandbox`).

`python -m drivers.scanners.decoding.process KIND ...` is that process; `PictureProcess` is our end of it. Each message
is JSON or a picture behind its length (4 bytes, the highest first).
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
"""How long one picture may take; then the process is ended, and the next picture gets another."""
MEMORY_BYTES = 1024**3
"""Of address space of the process."""
MESSAGE_BYTES = 16 * 1024 * 1024
"""A longer message is none."""
NICENESS = 10

_length = struct.Struct(">I")


class Answer(msgspec.Struct):
    """What is in a picture; or why it is none."""

    codes: list[tuple[bytes, str | None]] = []
    wrong: str | None = None


class PictureProcess:
    """The process, begun when the first picture comes and again after it ended. For one thread at a time."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._command = [sys.executable, "-m", "drivers.scanners.decoding.process", *kinds]
        self._process: subprocess.Popen[bytes] | None = None

    def codes_in(self, picture: bytes) -> list[DecodedScan]:
        """As `pictures.codes_in`. Raises NoPicture, also where the process did not come to an end with it."""
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
        """Give up what is being looked at, from any thread."""
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the process, if there is one."""
        if (process := self._process) is not None:
            self._process = None
            process.kill()
            process.communicate()


def main(kinds: Sequence[str]) -> int:
    """Look at pictures until there are no more."""
    from drivers.scanners.decoding.pictures import codes_in  # what decodes is in memory here alone

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
    """A message; None where there is none any more, or half of one."""
    head = stream.read(_length.size)
    if len(head) < _length.size or (size := _length.unpack(head)[0]) > MESSAGE_BYTES:
        return None
    message = stream.read(size)
    return message if len(message) == size else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
