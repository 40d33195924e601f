"""Queries of loyalty: balances, tiers and available rewards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from edge.core.memo import Memo
from edge.core.messages import IsoDate, Moment
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.loyalty.entities import REWARDS, RULES, TIERS
from edge.counter.loyalty.loyalty import TIER_DAYS, EarnRule, Reward, Tier
from edge.counter.loyalty.rules import next_tier, tier_of
from edge.goods.catalog.categories.queries import path_of
from edge.goods.catalog.least_age import kinds_of
from edge.goods.catalog.queries import json_text, read_products
from edge.lib.units.dates import after
from edge.people.customers.queries import all_ids, consents_to, resolve

PURPOSE = "loyalty"
"""The consent purpose that members agree to."""
MOVES_MOST = 100
_ANY = "SELECT EXISTS (SELECT 1 FROM loyalty_rule) OR EXISTS (SELECT 1 FROM loyalty_purse)"
_PURSES = """
    SELECT purse, max(0, sum(points)) FROM (
        SELECT customer, purse, points FROM loyalty_purse
        UNION ALL SELECT customer, purse, points FROM loyalty_elsewhere
    ) WHERE customer IN (SELECT value FROM json_each(?)) GROUP BY purse ORDER BY purse
"""
_EARNED = """
    SELECT coalesce(sum(points), 0), coalesce(sum(points) FILTER (WHERE why = 'imported'), 0)
    FROM loyalty_move WHERE customer IN (SELECT value FROM json_each(?))
    AND purse = 'points' AND business_date > ? AND why IN ('earned', 'returned', 'undone', 'imported')
    AND NOT (why = 'undone' AND reward <> '')
"""
_MOVES = """
    SELECT purse, points, why, paper_register, paper, reward, at_us FROM loyalty_move
    WHERE customer IN (SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT ?
"""
_OF_PAPER = "SELECT purse, sum(points) FROM loyalty_move WHERE paper_register = ? AND paper = ? GROUP BY purse"
_MEMBERS = "SELECT count(DISTINCT customer), coalesce(sum(points), 0) FROM loyalty_purse WHERE points > 0"


class Purse(msgspec.Struct, frozen=True):
    """A member's balance in one purse."""

    purse: str
    points: int


class Membership(msgspec.Struct, frozen=True):
    """A customer's loyalty status.

    `member`: the customer has consented and therefore earns points. `earned`: points of the last 365 days, which
    determine the `tier`; `ahead`: the next tier. `rewards`: those the customer can afford. `imported`: the part of
    `earned` from another system.
    """

    customer: str
    member: bool
    purses: tuple[Purse, ...] = ()
    earned: int = 0
    tier: Tier | None = None
    ahead: Tier | None = None
    rewards: tuple[Reward, ...] = ()
    imported: int = 0

    def points(self, purse: str) -> int:
        """The balance of one purse."""
        return next((one.points for one in self.purses if one.purse == purse), 0)


class LoyaltyMove(msgspec.Struct, frozen=True):
    """A change of a member's points, with the number of the paper that caused it (0: a person did)."""

    purse: str
    points: int
    why: str
    register: str
    number: int
    reward: str
    at_us: int


class LoyaltyTotals(msgspec.Struct, frozen=True):
    """The number of customers with a balance, and the total of their points."""

    members: int
    points: int


USED: Memo[bool] = Memo(lambda db: bool(db.execute(_ANY).fetchone()[0]), RULES.table, "loyalty_purse")
"""Whether the shop uses loyalty."""


def earn_rules(db: Connection) -> tuple[EarnRule, ...]:
    """Earning rules by id."""
    return RULES.read(db)


def rewards(db: Connection) -> tuple[Reward, ...]:
    """Rewards, the cheapest first."""
    return REWARDS.read(db)


def tiers(db: Connection) -> tuple[Tier, ...]:
    """Tiers, the lowest first."""
    return TIERS.read(db)


def membership(db: Connection, customer: str, at_us: Moment, today: IsoDate) -> Membership | None:
    """A customer's loyalty status; the id of a merged customer also works. None if the customer is unknown."""
    kept = resolve(db, customer)
    if kept is None:
        return None
    if not consents_to(db, kept, PURPOSE, at_us):
        return Membership(kept, member=False)
    purses = tuple(Purse(*row) for row in db.execute(_PURSES, (json_text(all_ids(db, kept)),)))
    held = {one.purse: one.points for one in purses}
    earned, imported = _earned_and_imported(db, kept, today)
    known = tiers(db)
    enough = tuple(one for one in rewards(db) if one.points <= held.get(one.purse, 0))
    return Membership(kept, True, purses, earned, tier_of(known, earned), next_tier(known, earned), enough, imported)


def points_of(db: Connection, customer: str, purse: str) -> int:
    """A customer's balance in a purse over all shops, by what this box has received; never negative."""
    return int(dict(db.execute(_PURSES, (json_text(all_ids(db, customer)),)).fetchall()).get(purse, 0))


def held_points(db: Connection, customer: str, at_us: int) -> int | None:
    """The balance of a member's main purse; None without a customer ("") or if the customer isn't a member."""
    kept = resolve(db, customer) if customer else None
    return points_of(db, kept, "points") if kept and consents_to(db, kept, PURPOSE, at_us) else None


def earned_lately(db: Connection, customer: str, today: str) -> int:
    """Points earned in the last 365 days, less reversals, including points imported in that time.

    This way customers from another system keep their tier.
    """
    return _earned_and_imported(db, customer, today)[0]


def _earned_and_imported(db: Connection, customer: str, today: str) -> tuple[int, int]:
    """The points that `earned_lately` returns, and the imported part of them."""
    row: tuple[int, int] = db.execute(_EARNED, (json_text(all_ids(db, customer)), after(today, -TIER_DAYS))).fetchone()
    return row


def goods_of_rules(db: Connection, lines: Iterable[RecordedLine]) -> Callable[[EarnRule, RecordedLine], bool]:
    """Return a function that tells whether a line's goods match a rule, by the current catalogue."""
    known = {sku: one for sku, (_, one, _) in read_products(db, [line.sku for line in lines]).items()}
    kinds = kinds_of(db, known.values())
    paths = {one.category: path_of(db, one.category) for one in known.values() if one.category}

    def counts(rule: EarnRule, line: RecordedLine) -> bool:
        product = known.get(line.sku)
        if product is None:
            return not (rule.products or rule.categories)
        if kinds.get(product.category or "") and not rule.regulated:
            return False
        if not (rule.products or rule.categories):
            return True
        if {product.sku, product.variant_of} & set(rule.products):
            return True
        return bool(set(rule.categories) & set(paths.get(product.category or "", ())))

    return counts


def loyalty_moves(db: Connection, customer: str) -> list[LoyaltyMove]:
    """Changes of a customer's points, the newest first; at most 100."""
    return [LoyaltyMove(*row) for row in db.execute(_MOVES, (json_text(all_ids(db, customer)), MOVES_MOST))]


def moved_by(db: Connection, register: str, number: int) -> dict[str, int]:
    """Points that a paper added to each purse, or took from it if negative."""
    return dict(db.execute(_OF_PAPER, (register, number)).fetchall())


def loyalty_totals(db: Connection) -> LoyaltyTotals:
    """Totals of all members in the shop."""
    return LoyaltyTotals(*db.execute(_MEMBERS).fetchone())


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """The customer's points, for their data export."""
    held = dict(db.execute(_PURSES, (json_text(all_ids(db, person)),)).fetchall())
    return {"points": held} if held else {}
