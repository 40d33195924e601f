"""The process that reads beside the till: `python -m edge.app.reading_child CONFIG`. Its standard input is a socket,
over which questions come and answers go, a packet each (`edge/core/process/reading_process.py` is the other end).

It opens the ledger to read alone, and nothing else of the shop (`sandbox`), bounded in memory and, for each question,
in time; once it has grown it ends behind an answer, and the next question gets a new one.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import msgspec

from edge.conversation.assistant.turn_reads import LookUpTurn, ReadQuotes
from edge.conversation.copilot.copilot_reads import AskTool, TellMeaning, UnderstandQuery
from edge.core.messages import Actor
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.reading_process import (
    MESSAGE_BYTES,
    NoAnswer,
    ReadAnswer,
    ReaderReady,
    SentQuestion,
)
from edge.core.registry import Registry
from edge.core.storage.database import Connection, open_reader
from edge.lib.i18n import LANGUAGES
from edge.operations.ledger import build_registry
from edge.runtime.config import Config, load
from sandbox.landlock import confine

NICENESS = 5
MEMORY_BYTES = 1 << 30
"""Of addresses: what reads past all limits ends here, and not the till."""
GROWN_BYTES = 256 << 20
NOBODY, NO_DAY = Actor("", "system", "", frozenset()), "2000-01-01"
"""Who asks when it is tried, and when."""
LOOK_STEPS = 10_000
"""Steps of SQLite's between two looks at the clock: a millisecond or less."""

Question = LookUpTurn | ReadQuotes | UnderstandQuery | AskTool | TellMeaning
_sent = msgspec.msgpack.Decoder(SentQuestion)
_question = msgspec.msgpack.Decoder(Question)


class ReadingChild:
    """Answers questions by one connection."""

    def __init__(self, db: Connection, registry: Registry) -> None:
        self._db, self._registry = db, registry
        self._until_s = float("inf")
        db.set_progress_handler(lambda: time.monotonic() > self._until_s, LOOK_STEPS)

    def warm(self, config: Config) -> None:
        """Load what the first question would wait for."""
        for language in LANGUAGES:
            LookUpTurn(config.store.currency, "", "2 a 3 b", language, "stock", NO_DAY).read(self._db, self._registry)
            about = config.store.currency, NO_DAY, 0, config.store.zone, "a b", language
            UnderstandQuery(NOBODY, *about, None).read(self._db, self._registry)

    def answer(self, sent: SentQuestion) -> ReadAnswer | NoAnswer:
        """What is asked; or why it is not answered: it is no question, or there was no time for it."""
        try:
            question = _question.decode(sent.question)
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


def main(arguments: Sequence[str]) -> int:
    """Answer until there is nothing more to read."""
    freeze_gc()
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, _too_late)
    config = load(Path(arguments[0]))
    db = open_reader(config.ledger)
    db.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # opens what SQLite shares with the writer
    child = ReadingChild(db, build_registry(config))
    statm = os.open("/proc/self/statm", os.O_RDONLY)
    confine(f"{config.ledger}{end}" for end in ("", "-wal", "-shm"))
    child.warm(config)
    freeze_gc()
    asking = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    with suppress(BrokenPipeError):
        asking.send(msgspec.msgpack.encode(ReaderReady()))
        while message := asking.recv(2 * MESSAGE_BYTES):
            asking.send(msgspec.msgpack.encode(child.answer(_sent.decode(message))))
            if _bytes_in_use(statm) > GROWN_BYTES:
                break
    return 0


def _bytes_in_use(statm: int) -> int:
    """Memory in use (proc(5), statm)."""
    return int(os.pread(statm, 100, 0).split()[1]) * resource.getpagesize()


def _too_late(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeoutError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
