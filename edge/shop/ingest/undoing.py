"""An import taken back, as a job: what its events changed is put back, product by product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from edge.core.jobs.store import Job, read_job
from edge.core.journal.archive import archived_through
from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import translate
from edge.shop.catalog.commands import UndoChanges
from edge.shop.catalog.product import Source

CHUNK_PRODUCTS = 16
"""Products of one command: each reads its changes in the journal."""

_EVENTS = """
    SELECT seq, body FROM journal
    WHERE command_id >= ?1 AND command_id < ?2 AND surface = 'job' AND actor = ?3
    AND type IN ('ProductSet', 'PriceChanged', 'PriceSet', 'ProductRetired', 'ProductRestored') ORDER BY seq
"""

_SAME_MOMENT = "SELECT count(*) FROM job WHERE queued_us / 1000 = ?"
"""A clock that stands still or was set back gives two jobs one moment, by which their commands are known."""


class _Named(msgspec.Struct, frozen=True):
    sku: str = ""


class _Changed(msgspec.Struct, frozen=True):
    """Of any event of a product: which, and who spoke."""

    source: Source = Source()
    sku: str = ""
    product: _Named = _Named()


_decode = msgspec.json.Decoder(_Changed).decode


def take_back_chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """Commands that put back what a job's events changed. `NeedsHuman`: they are in archives, or there are none."""
    job = read_job(db, int(params["job"]))
    if job is None:
        raise _refusal("import_unknown", job=int(params["job"]))
    if db.execute(_SAME_MOMENT, (job.queued_us // 1000,)).fetchone()[0] > 1:
        raise _refusal("import_unclear", job=job.id)
    changed = _changes(db, job)
    skus = list(changed)
    if not skus and archived_through(db):
        raise _refusal("import_archived", job=job.id)
    for start in range(cursor, len(skus), CHUNK_PRODUCTS):
        part = skus[start : start + CHUNK_PRODUCTS]
        source = changed[part[0]][2]
        items = tuple((sku, *changed[sku][:2]) for sku in part)
        yield Chunk((UndoChanges(items, source),), start + len(part), (), _left_alone(part), total=len(skus))


def _changes(db: Connection, job: Job) -> dict[str, tuple[int, int, Source]]:
    """By sku, the first and the last row by which the job changed it, and whose word it was.

    A job's commands begin with the moment at which it was queued (`core.running`), and so does no other job's.
    """
    begin = (job.queued_us // 1000).to_bytes(6, "big")
    end = (job.queued_us // 1000 + 1).to_bytes(6, "big")
    found: dict[str, tuple[int, int, Source]] = {}
    for seq, body in db.execute(_EVENTS, (begin, end, job.actor)):
        event = _decode(body)
        sku = event.sku or event.product.sku
        first = found[sku][0] if sku in found else int(seq)
        found[sku] = (first, int(seq), Source(event.source.name))
    return found


def _left_alone(skus: list[str]) -> Any:
    def explain(results: tuple[Any, ...]) -> tuple[JobIssue, ...]:
        return tuple(JobIssue(0, "", sku, "changed_since") for sku in results[0] or () if sku in skus)

    return explain


def _refusal(key: str, **values: int) -> NeedsHuman:
    what, advice = translate("en", f"ingest.{key}", **values), translate("en", f"ingest.{key}_do", **values)
    return NeedsHuman(what, advice, f"ingest.{key}", dict(values))
