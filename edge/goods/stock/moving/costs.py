"""Cost of goods: a product's moving average and the effects of receipt corrections. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

MICRO = 1_000_000
WORTH_LIMIT = 10**15
"""Highest value of a receipt in thousandths of a minor unit; a higher value must be a typing error."""
AVERAGE_LIMIT = 10**12 * MICRO
"""Highest average unit cost, which leaves room within SQLite's integers."""


class Received(msgspec.Struct, frozen=True):
    """A receipt line: thousandths at a unit cost (None: unknown), and later additional costs such as freight."""

    quantity: int
    unit_cost_minor: int | None
    added_minor: int = 0

    def paid_milli(self, average_micro: int | None) -> int:
        """The amount paid in thousandths of a minor unit; without a unit cost, the goods are valued at the average."""
        if self.unit_cost_minor is None:
            return value_milli(average_micro, self.quantity) + self.added_minor * 1000
        return self.quantity * self.unit_cost_minor + self.added_minor * 1000


class Correction(msgspec.Struct, frozen=True):
    """The effect of a correction, in thousandths of a minor unit, on the value of goods on hand and on the cost of
    goods no longer in stock; negative: cheaper.
    """

    value_milli: int
    gone_milli: int


def average_after(average_micro: int | None, on_hand: int, quantity: int, unit_cost_minor: int) -> int:
    """The average unit cost after a receipt of `quantity`, in millionths of a minor unit."""
    cost = unit_cost_minor * MICRO
    if average_micro is None or on_hand <= 0:
        return cost
    return (average_micro * on_hand + cost * quantity + (on_hand + quantity) // 2) // (on_hand + quantity)


def value_milli(average_micro: int | None, on_hand: int) -> int:
    """The value of goods, in thousandths of a minor unit."""
    return (average_micro or 0) * on_hand // MICRO


def sold_short(average_micro: int | None, on_hand: int, unit_cost_minor: int) -> int:
    """The extra cost, in thousandths of a minor unit, of goods sold before they were received, once a receipt has a
    cost.

    All negative stock is valued at that cost from now on, including goods not received yet. However many receipts there
    are, these amounts add up to the difference between paid and estimated cost.

    >>> sold_short(100 * MICRO, -5_000, 120)  # five, each dearer by 20
    100000
    """
    if on_hand >= 0 or average_micro is None:
        return 0
    return -on_hand * unit_cost_minor - value_milli(average_micro, -on_hand)


def correction_worth(average_micro: int | None, on_hand: int, later: int, was: Received, now: Received) -> Correction:
    """The effect of a receipt correction: goods still on hand change the stock's value, the rest changes the cost of
    goods no longer in stock.

    `on_hand`: stock after the change in quantity, which was valued at the average. `later`: quantity received
    afterwards, which counts as still on hand (first in, first out). Goods never received had left at the average
    instead of the stated cost, and goods received have a new price. Each of the two differences has its own share on
    hand.
    """
    moved = value_milli(average_micro, now.quantity - was.quantity)
    rest = now.paid_milli(average_micro) - was.paid_milli(average_micro) - moved
    if on_hand <= 0:
        return Correction(0, rest)
    missing = max(0, was.quantity - now.quantity)
    came = was.paid_milli(average_micro) * (was.quantity - missing) // was.quantity if was.quantity else 0
    never = came - was.paid_milli(average_micro) - moved if missing else 0
    value = _still(never, on_hand + missing - later, was.quantity) + _still(rest - never, on_hand - later, now.quantity)
    value = max(value, -value_milli(average_micro, on_hand))
    return Correction(value, rest - value)


def _still(amount_milli: int, there: int, of: int) -> int:
    """The part of an amount for the quantity that is still there."""
    return amount_milli * max(0, min(there, of)) // of if of else 0


def average_with(average_micro: int | None, on_hand: int, change_milli: int) -> int | None:
    """The average cost after a change in the stock's value; an empty stock keeps its last average."""
    if on_hand <= 0 or not change_milli:
        return average_micro
    return max(0, (average_micro or 0) + (change_milli * MICRO + on_hand // 2) // on_hand)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Split a sum by weights, exact to the last unit; equally if all weights are 0.

    >>> shares(100, [1, 1, 1]), shares(-10, [0, 0])
    ([34, 33, 33], [-5, -5])
    """
    weights = list(weights) if sum(weights) else [1] * len(weights)
    given, seen, parts = 0, 0, []
    for weight in weights:
        seen += weight
        until = -(-total * seen // sum(weights))
        parts.append(until - given)
        given = until
    return parts
