"""What goods cost: the moving average of a product, and what becomes of it when a receipt was wrong. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

MICRO = 1_000_000
WORTH_LIMIT = 10**15
"""No receipt is worth more, in thousandths of a minor unit: what is, was mistyped."""
AVERAGE_LIMIT = 10**12 * MICRO
"""No unit costs more on the average: behind that is room before SQLite's integers end."""


class Received(msgspec.Struct, frozen=True):
    """What a receipt says of a product: so many thousandths at a cost a unit (None: it was not said), and what came
    on top of it later, such as freight."""

    quantity: int
    unit_cost_minor: int | None
    added_minor: int = 0

    def paid_milli(self, average_micro: int | None) -> int:
        """What was paid, in thousandths of a minor unit; without a cost they came in at the average."""
        if self.unit_cost_minor is None:
            return value_milli(average_micro, self.quantity) + self.added_minor * 1000
        return self.quantity * self.unit_cost_minor + self.added_minor * 1000


class Correction(msgspec.Struct, frozen=True):
    """By how much what is there becomes worth more, and by how much what is gone already was dearer; in thousandths
    of a minor unit, below 0: cheaper."""

    value_milli: int
    gone_milli: int


def average_after(average_micro: int | None, on_hand: int, quantity: int, unit_cost_minor: int) -> int:
    """What a unit costs on the average once `quantity` came in at a cost, in millionths of a minor unit."""
    cost = unit_cost_minor * MICRO
    if average_micro is None or on_hand <= 0:
        return cost
    return (average_micro * on_hand + cost * quantity + (on_hand + quantity) // 2) // (on_hand + quantity)


def value_milli(average_micro: int | None, on_hand: int) -> int:
    """What goods are worth, in thousandths of a minor unit."""
    return (average_micro or 0) * on_hand // MICRO


def sold_short(average_micro: int | None, on_hand: int, unit_cost_minor: int) -> int:
    """By how much goods that were sold before they came were dearer than thought, in thousandths of a minor unit, once
    some come at a cost.

    All that is below zero is worth that cost from now on, also what has not come yet: in however many parts it comes,
    these figures add up to what was paid less what was thought.

    >>> sold_short(100 * MICRO, -5_000, 120)  # five, each dearer by 20
    100000
    """
    if on_hand >= 0 or average_micro is None:
        return 0
    return -on_hand * unit_cost_minor - value_milli(average_micro, -on_hand)


def correction_worth(average_micro: int | None, on_hand: int, later: int, was: Received, now: Received) -> Correction:
    """What a correction of a receipt is worth: as much as is there of it changes the value, the rest is gone.

    `on_hand` is what is there behind the difference, which moved at the average; `later` came in after the receipt, and
    is taken to be there still, as what came first goes first. What never came left at the average instead of at what
    was said to be paid for it; what did come has another price: each is there by a share of its own.
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
    """The part of a sum that belongs to what is still there of so much."""
    return amount_milli * max(0, min(there, of)) // of if of else 0


def average_with(average_micro: int | None, on_hand: int, change_milli: int) -> int | None:
    """The average once what is there is worth so much more; an empty shelf keeps its last."""
    if on_hand <= 0 or not change_milli:
        return average_micro
    return max(0, (average_micro or 0) + (change_milli * MICRO + on_hand // 2) // on_hand)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """A sum spread by weights, to the last unit; equally where none has any.

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
