"""A bulk edit as a job: products in batches, each checked again when its batch runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from edge.core.messages import Command
from edge.core.registry import Chunk
from edge.core.storage.database import Connection
from edge.counter.bulk_edit.commands import EditProducts
from edge.counter.bulk_edit.look import Looker, ProductOutcome
from edge.goods.catalog.commands import RestoreProducts, RetireProducts, SetProducts
from edge.goods.catalog.product import MANAGER, Source

CHUNK_PRODUCTS = 32
"""Products per command, which takes the writer 2 to 3 ms."""

_WHOSE = "SELECT command_id >= ? AND command_id < ? AND surface = 'job' FROM journal WHERE seq = ?"
_WORD = Source(MANAGER)


class EditJob(msgspec.Struct, frozen=True):
    """The job's data. `seen` of the edit is set; `at_us` is when the job was queued."""

    edit: EditProducts
    at_us: int


class EditSettings(msgspec.Struct, frozen=True):
    """The shop data that an edit needs: source priority, currency, language, tax classes (empty: any)."""

    sources: tuple[str, ...]
    currency: str
    language: str
    tax_classes: tuple[str, ...] = ()


def edit_chunks(settings: EditSettings) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """The job of a store with these settings. Its cursor counts products."""

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        job = msgspec.convert(params, EditJob)
        begin, end = ((job.at_us // 1000 + more).to_bytes(6, "big") for more in (0, 1))

        def mine(seq: int) -> bool:
            found = db.execute(_WHOSE, (begin, end, seq)).fetchone()
            return bool(found and found[0])

        skus = tuple(dict.fromkeys(job.edit.skus))
        edit, seen = job.edit.edit, job.edit.seen or 0
        looker = Looker(db, edit, seen, settings.sources, settings.currency, settings.language, mine)
        # Chunks before the cursor are looked at too: their products use up keys, so they decide what is left.
        for start in range(0, len(skus), CHUNK_PRODUCTS):
            part = looker.look(skus[start : start + CHUNK_PRODUCTS], job.at_us)
            if start >= cursor:
                yield _chunk(part, start, len(skus), job.edit.dry_run)
        keys = looker.keys.command() if looker.keys else None
        if keys and not job.edit.dry_run:
            yield Chunk((keys,), len(skus), total=len(skus))

    return chunks


def _chunk(part: list[ProductOutcome], start: int, total: int, dry_run: bool) -> Chunk:
    counts = Counter("edited" if one.is_changed else "same" for one in part if not one.reason)
    notes = tuple(
        note
        for line, one in enumerate(part, start + 1)
        for note in one.notes(line)
        if dry_run or note.reason != "would_change"
    )
    commands = () if dry_run else tuple(_commands(part))
    return Chunk(commands, start + len(part), notes, total=total, counts=dict(counts))


def _commands(part: list[ProductOutcome]) -> Iterator[Command]:
    changed = [one for one in part if one.is_changed]
    if words := tuple(one.word for one in changed if one.word is not None):
        yield SetProducts(words, _WORD)
    if retired := tuple(one.sku for one in changed if one.retire):
        yield RetireProducts(retired, _WORD)
    if restored := tuple(one.sku for one in changed if one.restore):
        yield RestoreProducts(restored, _WORD)
