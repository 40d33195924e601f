"""A device's history as its epochs tell it: one line of rows, counted through.

Restoring a backup begins a new epoch after the last row of the backup; what the old epoch
held beyond that row is no longer part of the history. What of it was acknowledged, the *orphans*, stays in
head office's books.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from sync.wire import Epoch

BEGINNING = (0, 0)


class Span(msgspec.Struct, frozen=True):
    """The rows `first` to `last` (both included) of one epoch."""

    epoch: int
    first: int
    last: int


def acknowledged_spans(epochs: Sequence[Epoch], through: int, orphans: Sequence[Span] = ()) -> list[Span]:
    """All rows that were ever acknowledged, in the order in which they happened: along the history through row
    `through`, and the stretches that newer epochs did not go on from. Of an epoch they are one stretch without a gap.
    """
    joined: dict[int, Span] = {}
    for span in [*(spans(epochs, 1, through) if epochs else ()), *orphans]:
        known = joined.get(span.epoch, span)
        joined[span.epoch] = Span(span.epoch, min(known.first, span.first), max(known.last, span.last))
    return [joined[epoch] for epoch in sorted(joined)]


def first_undone(stretches: Sequence[Span], done: Mapping[int, int]) -> Span | None:
    """The first rows of these stretches that are not done; `done` is through which row, by epoch. None: all are."""
    for span in stretches:
        first = max(span.first, done.get(span.epoch, 0) + 1)
        if first <= span.last:
            return Span(span.epoch, first, span.last)
    return None


def fault(epochs: Sequence[Epoch], origin: bytes) -> str | None:
    """Why these epochs are no history of the device with that origin; None when they are."""
    first = epochs[0]
    if (first.parent_epoch, first.parent_seq) != BEGINNING or first.first_seq != 1:
        return f"the history begins with epoch {first.epoch} at row {first.first_seq}, not with row 1"
    if first.parent_hash != origin:
        return "the history began under another name of tenant, store or device"
    for older, newer in pairwise(epochs):
        if newer.epoch <= older.epoch or newer.parent_epoch != older.epoch:
            return f"epoch {newer.epoch} does not follow epoch {older.epoch}"
        if newer.first_seq != newer.parent_seq + 1 or newer.parent_seq < older.first_seq:
            return f"epoch {newer.epoch} does not begin right after a row of epoch {older.epoch}"
    return None


def shared_epochs(one: Sequence[Epoch], other: Sequence[Epoch]) -> int:
    """How many epochs the two histories have in common from their beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def spans(epochs: Sequence[Epoch], first: int, last: int) -> list[Span]:
    """The rows `first` to `last` of this history, epoch by epoch; the newest epoch has no end."""
    ends = [newer.first_seq - 1 for newer in epochs[1:]]
    found = []
    for epoch, end in zip(epochs, [*ends, last], strict=True):
        span = Span(epoch.epoch, max(first, epoch.first_seq), min(last, end))
        if span.first <= span.last:
            found.append(span)
    return found
