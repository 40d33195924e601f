"""Server side of `reading_process`: answers questions over a packet socket on standard input, with bounded memory and
time per question."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

import msgspec

from edge.core.process.reading_process import MESSAGE_BYTES, NoAnswer, ReadAnswer, ReaderReady, SentQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection

MEMORY_BYTES = 1 << 30
"""Limit of address space. A read that exceeds all limits ends this process, not the till."""
LOOK_STEPS = 10_000
"""SQLite steps between two checks of the clock: a millisecond or less."""
_sent = msgspec.msgpack.Decoder(SentQuestion)


class ReadingChild:
    """Answers questions of one type or union with one connection. It exits after an answer once its memory exceeds
    `grown_bytes`."""

    def __init__(self, db: Connection, registry: Registry, questions: Any, grown_bytes: int = 256 << 20) -> None:
        self._db, self._registry = db, registry
        self._questions = msgspec.msgpack.Decoder(questions)
        self._grown_bytes = grown_bytes
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        self._until_s = float("inf")
        db.set_progress_handler(lambda: time.monotonic() > self._until_s, LOOK_STEPS)

    def answer(self, sent: SentQuestion) -> ReadAnswer | NoAnswer:
        """Answer a question, or return the reason for having no answer: invalid, or out of time."""
        try:
            question = self._questions.decode(sent.question)
        except msgspec.MsgspecError:
            return NoAnswer(sent.id, late=False)
        self._until_s = time.monotonic() + sent.limit_s
        signal.setitimer(signal.ITIMER_REAL, sent.limit_s)
        try:
            answer = msgspec.msgpack.encode(question.read(self._db, self._registry))
            if len(answer) > MESSAGE_BYTES:
                return NoAnswer(sent.id, late=False)
        except Exception:  # noqa: BLE001 - a question that fails is not the end of those behind it
            late = time.monotonic() > self._until_s
            if not late:
                traceback.print_exc()
            return NoAnswer(sent.id, late)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._until_s = float("inf")
        return ReadAnswer(sent.id, msgspec.Raw(answer))

    def answer_all(self) -> None:
        """Answer questions from standard input until it closes."""
        asking = socket.socket(fileno=os.dup(sys.stdin.fileno()))
        with suppress(BrokenPipeError):
            asking.send(msgspec.msgpack.encode(ReaderReady()))
            while message := asking.recv(2 * MESSAGE_BYTES):
                asking.send(msgspec.msgpack.encode(self.answer(_sent.decode(message))))
                if _bytes_in_use(self._statm) > self._grown_bytes:
                    break


def limit_process(niceness: int) -> None:
    """Limit this process's priority and memory, because the till has priority."""
    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, _too_late)


def _bytes_in_use(statm: int) -> int:
    """Memory in use (proc(5), statm)."""
    return int(os.pread(statm, 100, 0).split()[1]) * resource.getpagesize()


def _too_late(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeoutError
