"""Client of `batch_reader.py`, with its request and answer."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from edge.accounting.settlements.batch import Batch
from edge.core.messages import Refusal
from edge.core.process import child
from edge.lib.errors import NeedsHuman
from edge.lib.tables import refusal

CPU_S = 60
WAIT_S = 240.0
"""Time limit for the reader, in seconds. It's far above the reader's CPU limit, so that a file isn't called damaged
because the machine is busy."""
MODULE = "edge.accounting.settlements.batch_reader"
NAMED = "payouts"
"""The name of the file in messages."""


class ReadBatches(msgspec.Struct, frozen=True):
    """A file, its profile (a key of `READERS`), and the language used to choose between encodings."""

    path: str
    profile: str
    language: str


class BatchesRead(msgspec.Struct, frozen=True):
    """The batches of a file; or a refusal's code; or the reason `why` it isn't a table, with the `key` of its
    message."""

    batches: tuple[Batch, ...] = ()
    refused: str = ""
    why: str = ""
    key: str = ""
    values: dict[str, str | int] = {}


def read_apart(data: bytes, profile: str, language: str) -> tuple[Batch, ...]:
    """A file's batches, read by a separate process. It blocks, so call it in a thread. Raises `Refusal` for an unknown
    row or batch, and `NeedsHuman` if the file isn't a table or is too large."""
    with tempfile.TemporaryDirectory(prefix="edge-payouts-") as folder:
        path = Path(folder) / NAMED
        path.write_bytes(data)
        ask = msgspec.json.encode(ReadBatches(str(path), profile, language))
        try:
            found = msgspec.json.decode(child.ask(MODULE, ask, WAIT_S), type=BatchesRead)
        except child.ChildFailed as error:
            failed = refusal("slow", file=NAMED, limit=CPU_S) if error.slow else refusal("reader_died", file=NAMED)
            raise failed from error
    if found.refused:
        raise Refusal(found.refused, found.values)
    if found.why:
        raise NeedsHuman(found.why, "", found.key, found.values)
    return found.batches
