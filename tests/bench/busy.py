"""The appliance with its models at work, for `bench till --with-models`: `python -m tests.bench.busy --config ... run`.

It is the real one, with someone inside who asks those kinds of models again and again that a file named `busy` in its
data folder names; beside it, `answers` says how often each kind was asked, and how often it is through.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from edge.__main__ import main
from edge.runtime.inference import Inference
from models.errors import ModelError
from models.kinds import KINDS, Request
from models.runtime import Runtime
from models.samples import sample

KINDS_ASKED = ("llm", "stt", "detect")
FLAG, COUNTS = "busy", "answers"
WITHIN_S = 300.0
LOOK_S = 0.05
CHUNK_BYTES = 3_200
COUNTS_BYTES = 512


class Counts(NamedTuple):
    """Of each kind of model."""

    asked: Counter[str]
    through: Counter[str]

    def write(self, file: int) -> None:
        """Over what was there, in one write: a file made again each time would be work for the disk's next commit,
        which is the till's."""
        os.pwrite(file, json.dumps(self).encode().ljust(COUNTS_BYTES), 0)


async def keep_asking(runtime: Runtime, kind: str, folder: Path, counts: Counts, file: int) -> None:
    """One request after another, while its kind is wanted; it is made once, as that takes this process's time."""
    request, sound = sample(kind, ("en",))
    while True:
        if kind not in wanted(folder):
            await asyncio.sleep(LOOK_S)
            continue
        counts.asked[kind] += 1
        counts.write(file)
        try:
            await ask(runtime, kind, request, sound)
        except ModelError as error:
            print(f"{kind}: {error}", file=sys.stderr, flush=True)
            await asyncio.sleep(1)
        counts.through[kind] += 1
        counts.write(file)


def wanted(folder: Path) -> list[str]:
    try:
        return (folder / FLAG).read_text().split()
    except FileNotFoundError:
        return []


async def ask(runtime: Runtime, kind: str, request: Request[Any, Any], sound: bytes) -> None:
    answer = runtime.ask(request, WITHIN_S)
    if KINDS[kind].fed:
        for start in range(0, len(sound), CHUNK_BYTES):
            answer.feed(sound[start : start + CHUNK_BYTES])
            await asyncio.sleep(0)  # a microphone brings them one by one, too
        answer.end()
    await answer


def keep_busy() -> None:
    """From now on the part that runs models has someone who asks them."""
    go_on = Inference._go_on

    async def busily(part: Inference, runtime: Runtime) -> None:
        here = {kind: 0 for kind in KINDS_ASKED if runtime.has(kind)}
        counts = Counts(Counter(here), Counter(here))
        folder = part._folder.parent
        file = os.open(folder / COUNTS, os.O_RDWR | os.O_CREAT, 0o600)
        counts.write(file)
        async with asyncio.TaskGroup() as group:
            for kind in here:
                group.create_task(keep_asking(runtime, kind, folder, counts, file))
            await go_on(part, runtime)

    Inference._go_on = busily  # type: ignore[method-assign]


if __name__ == "__main__":
    keep_busy()
    sys.exit(main())
