"""Shared loop of both What-if processes: read one question from standard input, answer in lines of JSON, yield to the
till."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from edge.core.process import child
from edge.core.storage.database import Connection
from edge.core.till_first import TillFirstElsewhere
from edge.lib.errors import EdgeError

MEMORY_BYTES = 2 * 1024**3
CPU_S = 600
Question = TypeVar("Question")


def answer_one(
    asked: type[Question],
    answer: Callable[[Question], msgspec.Struct],
    answered: Callable[..., msgspec.Struct],
    failed: Callable[..., msgspec.Struct],
) -> int:
    """Answer one question within bounds of memory and time. `answered(found)` and `failed(why, values)` are written."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    child.give_way()
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=asked)
    try:
        began = time.process_time()
        found = answer(question)
        _say(answered(msgspec.structs.replace(found, seconds=round(time.process_time() - began, 2))))
    except MemoryError:
        _say(failed("no_memory"))
    except EdgeError as error:
        _say(failed("unreadable", {"why": str(error)}))
    return 0


def teller(db: Connection) -> Callable[[msgspec.Struct], None]:
    """Return a function that writes progress, and then yields to the till of this ledger."""
    till = TillFirstElsewhere(db)

    def tell(progress: msgspec.Struct) -> None:
        _say(progress)
        till.rest()

    return tell


def _say(answer: msgspec.Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()
