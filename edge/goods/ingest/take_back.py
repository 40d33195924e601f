"""Undoes an import as a job: reverts products, then pending approvals and new categories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from edge.core.jobs.store import Job, read_job
from edge.core.journal.archive import archived_through
from edge.core.messages import Command
from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import NamedElsewhere, is_used, read_category
from edge.goods.catalog.commands import RemoveCategories, UndoChanges
from edge.goods.catalog.product import Source
from edge.goods.catalog.queries import find_by_sku
from edge.goods.ingest.commands import TakeBackImport
from edge.goods.quality.commands import MANY, WithdrawHeld
from edge.goods.quality.queries import held_values
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate

CHUNK_PRODUCTS = 16
"""Products per command; each one's changes are read from the journal."""

LOOKED_BACK = ("would_be_as_before", "would_be_given_up", "would_not_wait", "would_go", "would_lose_keys")
"""Findings of a dry run (`TakeBackImport.dry_run`), used as reasons of the job's notes."""

_EVENTS = """
    SELECT seq, type, body FROM journal
    WHERE command_id >= ?1 AND command_id < ?2 AND surface = 'job' AND actor = ?3 AND type IN (
        'ProductSet', 'PriceChanged', 'PriceSet', 'ProductRetired', 'ProductRestored', 'ProductHeld', 'CategorySet'
    ) ORDER BY seq
"""

_SAME_MOMENT = "SELECT count(*) FROM job WHERE queued_us / 1000 = ?"
"""Counts jobs with the same timestamp.

With a stopped or reset clock, two jobs may share the timestamp that identifies their commands.
"""


TakeBackMore = Callable[[Connection, Job], Iterator[tuple[str, Command]]]
"""Returns commands that revert a job's effects outside the catalogue, each with a key of the change."""


class _Named(msgspec.Struct, frozen=True):
    sku: str = ""


class _Changed(msgspec.Struct, frozen=True):
    """The fields of interest in any import event: its source, and its product or category."""

    source: Source = Source()
    sku: str = ""
    product: _Named = _Named()
    category: Category | None = None


class _Made(msgspec.Struct):
    """Effects of an import: first and last changing rows by SKU, pending approvals by source, and new categories,
    children first. `sources`: one per product file, latest first.
    """

    sources: dict[Source, None] = {}
    changed: dict[str, tuple[int, int]] = {}
    held: dict[Source, dict[str, None]] = {}
    categories: list[Category] = []

    @property
    def total(self) -> int:
        return len(self.changed) + sum(map(len, self.held.values())) + len(self.categories)

    @property
    def names(self) -> tuple[Source, ...]:
        """The sources by name only; at least one."""
        return tuple(dict.fromkeys(Source(one.name) for one in self.sources)) or (Source(),)


_decode = msgspec.json.Decoder(_Changed).decode


def take_back_chunks(
    named: NamedElsewhere, others: Mapping[str, TakeBackMore]
) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """Return the function that yields an undo job's chunks.

    `named`: queries for categories that other capabilities refer to; `others`: effects of additional job kinds. The job
    raises `NeedsHuman` if the import is unknown, its effects can't be distinguished from another's, or none are found
    because they may be archived.
    """

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        command = msgspec.convert(params, TakeBackImport)
        job = read_job(db, command.job)
        if job is None:
            raise _refusal("import_unknown", job=command.job)
        require_clear(db, job)
        made = _read_changes(db, job)
        more = list(others[job.kind](db, job)) if job.kind in others else []
        if not made.total and not more and archived_through(db):
            raise _refusal("import_archived", job=job.id)
        yield from _looked_at(db, made, named) if command.dry_run else _taken_back(db, made, cursor)
        if more and command.dry_run:
            yield Chunk((), made.total, tuple(_job_issue(what, "would_lose_keys") for what, _ in more))
        elif more:
            # Read again, because keys may have been assigned while products were restored.
            yield Chunk(tuple(one for _, one in others[job.kind](db, job)), made.total)

    return chunks


def require_clear(db: Connection, job: Job) -> None:
    """Raise `NeedsHuman` if a job's effects can't be distinguished from another's."""
    if db.execute(_SAME_MOMENT, (job.queued_us // 1000,)).fetchone()[0] > 1:
        raise _refusal("import_unclear", job=job.id)


def commands_of(job: Job) -> tuple[bytes, bytes]:
    """The range of a job's command ids, which begin with its unique queue time (`core.jobs`)."""
    begin = job.queued_us // 1000
    return begin.to_bytes(6, "big"), (begin + 1).to_bytes(6, "big")


def _read_changes(db: Connection, job: Job) -> _Made:
    """Read the effects of a job from its events."""
    made = _Made()
    for seq, type, body in db.execute(_EVENTS, (*commands_of(job), job.actor)):
        event = _decode(body)
        source = Source(event.source.name, event.source.checksum)
        made.sources = {source: None} | made.sources
        sku = event.sku or event.product.sku
        if event.category is not None:
            made.categories.insert(0, event.category)
        elif type == "ProductHeld":
            made.held.setdefault(source, {})[sku] = None
        else:
            made.changed[sku] = (made.changed.get(sku, (int(seq), 0))[0], int(seq))
    return made


def _taken_back(db: Connection, made: _Made, cursor: int) -> Iterator[Chunk]:
    """Yield undo commands. The cursor counts products, then approvals, then categories."""
    skus, total, (word, *also) = list(made.changed), made.total, made.names
    for part, through in _parts(skus, CHUNK_PRODUCTS, 0, cursor):
        items = tuple((sku, *made.changed[sku]) for sku in part)
        explain = _stay_explainer("changed_since", part)
        unchanged = [sku for sku in part if (known := find_by_sku(db, sku)) and known.seq == made.changed[sku][1]]
        counts = {"products_back": len(unchanged)} if unchanged else {}
        yield Chunk((UndoChanges(items, word, tuple(also)),), through, explain=explain, total=total, counts=counts)
    before = len(skus)
    for source, held in made.held.items():
        for part, through in _parts(list(held), MANY, before, cursor):
            yield Chunk((WithdrawHeld(tuple(part), source),), through, total=total)
        before += len(held)
    for part, through in _parts(made.categories, MANY, before, cursor):
        explain = _stay_explainer("category_used", [category.id for category in part])
        yield Chunk((RemoveCategories(tuple(part), word),), through, explain=explain, total=total)


def _parts(items: Sequence[Any], size: int, before: int, cursor: int) -> Iterator[tuple[Sequence[Any], int]]:
    """Yield the parts of a list after the cursor with their positions; `before`: number of preceding items."""
    for start in range(max(0, cursor - before), len(items), size):
        part = items[start : start + size]
        yield part, before + start + len(part)


def _looked_at(db: Connection, made: _Made, named: NamedElsewhere) -> Iterator[Chunk]:
    """Report what an undo would change, without changing it."""
    notes, free = [], set()
    for sku, (first, last) in made.changed.items():
        known = find_by_sku(db, sku)
        if known is None or known.seq != last:
            notes.append(JobIssue(0, "", sku, "changed_since"))
            continue
        free.add(sku)
        notes.append(_job_issue(sku, "would_be_given_up" if known.id == first else "would_be_as_before"))
    for source, skus in made.held.items():
        held = held_values(db, list(skus), source.name)
        waiting = [sku for sku, one in held.items() if not one.dropped and one.source.checksum == source.checksum]
        notes += [_job_issue(sku, "would_not_wait") for sku in waiting]
    gone: list[str] = []
    for category in made.categories:
        if read_category(db, category.id) != category or is_used(db, category.id, named, free, gone):
            notes.append(JobIssue(0, "", category.id, "category_used"))
        else:
            gone.append(category.id)
            notes.append(_job_issue(category.id, "would_go"))
    yield Chunk((), made.total, tuple(notes), total=made.total)


def _job_issue(value: str, reason: str) -> JobIssue:
    return JobIssue(0, "", value, reason, fault=False)


def _stay_explainer(reason: str, items: Sequence[str]) -> Callable[[tuple[Any, ...]], tuple[JobIssue, ...]]:
    def explain(results: tuple[Any, ...]) -> tuple[JobIssue, ...]:
        return tuple(JobIssue(0, "", one, reason) for one in results[0] or () if one in items)

    return explain


def _refusal(key: str, **values: int) -> NeedsHuman:
    what, advice = translate(ENGLISH, f"ingest.{key}", **values), translate(ENGLISH, f"ingest.{key}_do", **values)
    return NeedsHuman(what, advice, f"ingest.{key}", dict(values))
