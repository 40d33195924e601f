"""The other end of `batch_reader.py`: what it is asked, and what it answers."""

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
"""Far more than the processor time that it has: a busy machine is no damaged file."""
MODULE = "edge.accounting.settlements.batch_reader"
NAMED = "payouts"
"""What sentences call the file: nobody says what it was called."""


class ReadBatches(msgspec.Struct, frozen=True):
    """A file, which column of it is what (a key of `READERS`), and the language that decides between encodings."""

    path: str
    profile: str
    language: str


class BatchesRead(msgspec.Struct, frozen=True):
    """The batches of a file; or the code of a refusal, or `why` it is no table, with the `key` of its sentence."""

    batches: tuple[Batch, ...] = ()
    refused: str = ""
    why: str = ""
    key: str = ""
    values: dict[str, str | int] = {}


def read_apart(data: bytes, profile: str, language: str) -> tuple[Batch, ...]:
    """The batches of a file, read by a process of its own; blocks, so from a thread. `Refusal`: a row or a batch of it
    is not understood. `NeedsHuman`: it is no table, or too large."""
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
