"""Totals of a part of an order, before hand-over. Pure."""

from __future__ import annotations

import re

import msgspec

from edge.core.messages import Refusal
from edge.counter.till.settings import TillSettings
from edge.lib.units.quantity import LIMIT
from edge.ordering.orders import order_lines
from edge.ordering.orders.commands import CHANGES_MOST
from edge.ordering.orders.order import KeptOrder, LineWanted

LINES = r"^\d{1,9}:\d{1,12}(,\d{1,9}:\d{1,12})*$"
"""An order's lines with quantities: `1:2000,4:500` is two pieces of the first, and half a kilogram."""
_LINES = re.compile(LINES, re.ASCII)


class PartSums(msgspec.Struct, frozen=True):
    """Totals of a part of an order.

    `total_minor` includes taxes, deposits, the fee (first part) and `tip_minor` (last part). `advance_minor` of it is
    prepaid, which leaves `due_minor` to pay. `left_minor`: the rest of the order.
    """

    total_minor: int
    advance_minor: int
    due_minor: int
    left_minor: int
    tip_minor: int = 0


def lines_of(text: str) -> tuple[LineWanted, ...] | None:
    """Parse lines in the form of LINES; None if invalid."""
    if not _LINES.fullmatch(text):
        return None
    said = [one.split(":") for one in text.split(",")]
    wanted = tuple(LineWanted(int(line), int(quantity)) for line, quantity in said)
    return wanted if len(wanted) <= CHANGES_MOST and all(one.quantity <= LIMIT for one in wanted) else None


def part_sums(order: KeptOrder, lines: tuple[LineWanted, ...], settings: TillSettings) -> PartSums:
    """The totals of a part of an order."""
    wanted = order_lines.wanted_of(lines)
    part, left = order_lines.split_goods(order.goods, wanted, settings, order.held_advance)
    if not order_lines.has_goods(part):
        raise Refusal("part_empty", {"said": order.said})
    total = part.total_minor
    ahead = min(order.advance_minor, max(0, total))
    return PartSums(total, ahead, total - ahead, left.total_minor, part.tip_minor)
