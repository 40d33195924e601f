"""A device's history by epochs: a single line of rows with continuous numbers.

Restoring a backup begins a new epoch after the backup's last row; later rows of the old epoch leave the history. Those
acknowledged, the *orphans*, stay at head office.
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
    """Return all rows ever acknowledged, in the order they were written.

    These are the history through row `through`, and the `orphans`, which newer epochs don't continue. Each epoch yields
    one stretch without gaps.
    """
    joined: dict[int, Span] = {}
    for span in [*(spans(epochs, 1, through) if epochs else ()), *orphans]:
        known = joined.get(span.epoch, span)
        joined[span.epoch] = Span(span.epoch, min(known.first, span.first), max(known.last, span.last))
    return [joined[epoch] for epoch in sorted(joined)]


def first_undone(stretches: Sequence[Span], done: Mapping[int, int]) -> Span | None:
    """Return the first stretch of rows that haven't been processed; None if all have been.

    `done`: the last processed row of each epoch.
    """
    for span in stretches:
        first = max(span.first, done.get(span.epoch, 0) + 1)
        if first <= span.last:
            return Span(span.epoch, first, span.last)
    return None


def fault(epochs: Sequence[Epoch], origin: bytes) -> str | None:
    """Return the reason why these epochs aren't a valid history of the device with this origin; None if they are."""
    first = epochs[0]
    if (first.parent_epoch, first.parent_seq) != BEGINNING or first.first_seq != 1:
        return f"the history begins with epoch {first.epoch} at row {first.first_seq}, not with row 1"
    if first.parent_hash != origin:
        return "the history began under another name of tenant, store or device"
    for older, newer in pairwise(epochs):
        if newer.epoch <= older.epoch or newer.parent_epoch != older.epoch:
            return f"epoch {newer.epoch} doesn't follow epoch {older.epoch}"
        if newer.first_seq != newer.parent_seq + 1 or newer.parent_seq < older.first_seq:
            return f"epoch {newer.epoch} doesn't begin right after a row of epoch {older.epoch}"
    return None


def shared_epochs(one: Sequence[Epoch], other: Sequence[Epoch]) -> int:
    """The number of epochs two histories have in common from the beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def spans(epochs: Sequence[Epoch], first: int, last: int) -> list[Span]:
    """Return the rows `first` to `last` of this history by epoch. The newest epoch has no end of its own."""
    ends = [newer.first_seq - 1 for newer in epochs[1:]]
    found = []
    for epoch, end in zip(epochs, [*ends, last], strict=True):
        span = Span(epoch.epoch, max(first, epoch.first_seq), min(last, end))
        if span.first <= span.last:
            found.append(span)
    return found
