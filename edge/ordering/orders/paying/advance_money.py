"""Advances for orders: how papers change them, and in which order receipts are refunded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edge.counter.basket.event_structs import GivenBack, RecordedLine
from edge.counter.basket.money_back import LAST
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided

_BETWEEN = 1
"""The rank in `LAST` of tenders that are neither the shop's own cards nor cash."""


def lines_ahead(lines: Iterable[RecordedLine]) -> list[RecordedLine]:
    """Advance lines; the order's id is their `code`."""
    return [line for line in lines if line.kind == "advance" and not line.voided]


def advance_moves(paper: SaleCompleted | SaleVoided | SaleRefunded) -> Iterator[tuple[str, int]]:
    """The changes that a paper makes to orders' advances, negative if used or refunded.

    Returned goods that an advance paid for restore it.
    """
    if isinstance(paper, SaleCompleted):
        for line in paper.lines:
            if line.kind == "advance" and not line.voided:
                yield line.code, line.amount_minor
        for tender in paper.tenders:
            if tender.order:
                yield tender.order, -tender.amount_minor
        for one in paper.back:
            if one.order:
                yield one.order, one.amount_minor
        return
    if isinstance(paper, SaleRefunded):
        yield from ((line.code, -line.amount_minor) for line in lines_ahead(paper.lines))
    yield from ((one.order, one.amount_minor) for one in paper.tenders if one.order)


def shares(minor: int, receipts: Iterable[tuple[int, Iterable[GivenBack]]]) -> list[int]:
    """Split a sum over the receipts that paid it, given the rest and tenders of each.

    The shop's own cards come first, across all receipts, and cash last. Rounding remainders go with cash.
    """
    slots: list[tuple[int, int, int]] = []
    count = 0
    for at, (left_minor, tenders) in enumerate(receipts):
        count += 1
        for one in tenders:
            part = min(left_minor, one.amount_minor)
            left_minor -= part
            slots.append((LAST.get(one.kind, _BETWEEN), at, part))
        slots.append((LAST["cash"], at, left_minor))
    parts = [0] * count
    for _, at, most in sorted(slots, key=lambda slot: slot[0]):
        part = min(minor, most)
        minor -= part
        parts[at] += part
    return parts
