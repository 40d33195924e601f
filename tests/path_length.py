"""Which functions of the product a command passes between its arrival at the writer and its answer."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from edge.core.messages import Actor, Command, Done
from edge.core.transaction import command_hash, encode
from edge.core.writer import Request, Writer

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = tuple(str(ROOT / folder) for folder in ("edge", "sync"))


def request(writer: Writer, command: Command, actor: Actor, number: int) -> Request:
    """A command as the door hands it to the writer; `number` tells it from others."""
    spec = writer._ledger.registry.commands[type(command)]
    id = number.to_bytes(16, "big")
    return Request(spec, command, actor, id, command_hash(command, encode(command), actor.register), True)


def do(writer: Writer, asked: Request) -> Done:
    """Do it on this thread. `AssertionError`: it was refused."""
    answers: list[Any] = []
    answers += [answer for _, answer in writer.run([asked], lambda _, answer: answers.append(answer))]
    (answer,) = answers
    assert isinstance(answer, Done), answer
    return answer


def functions(writer: Writer, asked: Request) -> Counter[CodeType]:
    """How often each function of `edge/` and `sync/` is called for it, comprehensions counted as such."""
    calls: Counter[CodeType] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            calls[frame.f_code] += 1

    sys.setprofile(note)
    try:
        do(writer, asked)
    finally:
        sys.setprofile(None)
    return Counter({code: n for code, n in calls.items() if code.co_filename.startswith(PRODUCT)})


def said(calls: Counter[CodeType]) -> str:
    """What a person reads: the functions by file."""
    rows = sorted(
        (str(Path(code.co_filename).relative_to(ROOT)), code.co_firstlineno, code.co_qualname, n)
        for code, n in calls.items()
    )
    return "\n".join(f"{n:4} {file}:{line} {name}" for file, line, name, n in rows)
