"""Points that a sale earns, and that remain after a refund. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edge.counter.basket.event_structs import RecordedLine
from edge.counter.loyalty.loyalty import POINTS_MOST, EarnRule, Tier
from edge.lib.units.quantity import THOUSANDTHS

Counts = Callable[[EarnRule, RecordedLine], bool]
"""Whether a line's goods match a rule."""


def points_earned(
    lines: Iterable[RecordedLine], rules: Iterable[EarnRule], counts: Counts, tier: Tier | None
) -> dict[str, int]:
    """Points earned by a sale's lines, by purse."""
    sold = [line for line in lines if line.kind in ("goods", "open") and not (line.voided or line.undiscounted)]
    found: dict[str, int] = {}
    for rule in rules:
        mine = [line for line in sold if counts(rule, line)]
        if rule.spent_minor:
            points = max(0, sum(line.amount_minor for line in mine)) // rule.spent_minor * rule.points
            points = points * (tier.times_percent if tier else 100) // 100
        else:
            points = sum(_pieces(line) for line in mine) * rule.points
        if points:
            found[rule.purse] = min(found.get(rule.purse, 0) + points, POINTS_MOST)
    return found


def points_kept(points: int, total_minor: int, back_minor: int) -> int:
    """A sale's points left after refunding `back_minor` of its `total_minor`.

    >>> points_kept(10, 1000, 250), points_kept(10, 1000, 1000), points_kept(10, 0, 0)
    (7, 0, 10)
    """
    if total_minor <= 0 or back_minor <= 0:
        return points
    return points * max(0, total_minor - back_minor) // total_minor


def tier_of(tiers: Iterable[Tier], points: int) -> Tier | None:
    """The highest tier reached with these points; None if there is none."""
    reached = [tier for tier in tiers if tier.from_points <= points]
    return max(reached, key=lambda tier: tier.from_points, default=None)


def next_tier(tiers: Iterable[Tier], points: int) -> Tier | None:
    """The lowest tier not reached yet; None if there is none."""
    ahead = [tier for tier in tiers if tier.from_points > points]
    return min(ahead, key=lambda tier: tier.from_points, default=None)


def _pieces(line: RecordedLine) -> int:
    """Whole pieces of a line with a price; 0 for weighed or measured goods."""
    return line.goods // THOUSANDTHS if line.unit == "piece" and line.amount_minor > 0 else 0
