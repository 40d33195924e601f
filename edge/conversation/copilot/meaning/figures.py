"""Calculate a meaning: sum its facts, group and sort them, and compare with another period."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.insight.queries import FigureSums
from edge.analytics.insight.rules import DaySpan, share
from edge.conversation.copilot.meaning.answerable import TABLE
from edge.conversation.copilot.meaning.facts import Fact, bound_in_units, facts_of, goods_meant
from edge.conversation.copilot.meaning.model import OF_DAYS, Meaning
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import skus_below
from edge.goods.catalog.queries import current_skus
from edge.lib.units.money import divide_half_up

Key = tuple[str, ...]
IN_ORDER = frozenset((*OF_DAYS, "hour"))
"""Dimensions sorted in their own order instead of largest first."""


class ReckonedGroup(msgspec.Struct, frozen=True):
    """A group's figures: `key` by the meaning's dimensions; `value` in the measure's unit, None if unknown.

    `minor`: the money behind it.
    """

    key: Key
    value: int | None
    count: int
    quantity: int
    minor: int = 0


class Reckoned(msgspec.Struct, frozen=True):
    """A period's total and groups, and the number of facts."""

    value: int | None
    count: int
    groups: tuple[ReckonedGroup, ...]
    facts: int
    minor: int = 0
    quantity: int = 0


def reckon(db: Connection, meaning: Meaning, span: DaySpan, zone: ZoneInfo, currency: str) -> Reckoned:
    """Add up a meaning's facts in a period, in total and by group. With order "none": the products without sales."""
    facts = list(facts_of(db, meaning, span, zone, currency))
    total = FigureSums()
    sums: dict[Key, FigureSums] = {}
    for fact in facts:
        total = total.plus(fact.sums)
        key = tuple(fact.of.get(dimension, "") for dimension in meaning.by)
        sums[key] = sums.get(key, FigureSums()).plus(fact.sums)
    groups = [_group(meaning, key, one) for key, one in sums.items()] if meaning.by else []
    groups = _within(db, meaning, groups, currency)
    if meaning.order == "none":
        groups = _not_sold(db, meaning, facts)
        return Reckoned(len(groups), len(groups), tuple(groups), len(facts))
    value = value_of(meaning, total) if facts else None
    if meaning.by and meaning.bounds:
        adds = TABLE[meaning.measure].unit != "permille" and meaning.measure != "average_basket"
        value = sum(one.value or 0 for one in groups) if adds else None
    return Reckoned(
        value, total.count, tuple(_sort_groups(meaning, groups)), len(facts), _money_of(meaning, total), total.quantity
    )


def _within(db: Connection, meaning: Meaning, groups: list[ReckonedGroup], currency: str) -> list[ReckonedGroup]:
    """The groups with values within a question's bounds, with unsold products as zero; all groups without bounds."""
    bounds = [(one.kind, bound_in_units(meaning, one, currency)) for one in meaning.bounds if not one.each]
    if not bounds:
        return groups
    if meaning.by == ("product",) and meaning.measure in ("sales", "quantity"):
        known, meant = {one.key[0] for one in groups}, goods_meant(db, meaning)
        unsold = (sku for sku in current_skus(db) if sku not in known and meant(sku))
        groups = [*groups, *(ReckonedGroup((sku,), 0, 0, 0) for sku in unsold)]
    return [one for one in groups if one.value is not None and all(_allows(*bound, one.value) for bound in bounds)]


def _allows(kind: str, limit: Decimal, value: int) -> bool:
    match kind:
        case "over":
            return value > limit
        case "least":
            return value >= limit
        case "under":
            return value < limit
    return value <= limit


def _money_of(meaning: Meaning, sums: FigureSums) -> int:
    """Return the money behind a value; for a margin, the profit."""
    return sums.costed_minor - sums.cost_minor if meaning.measure == "margin" else sums.minor


def value_of(meaning: Meaning, sums: FigureSums) -> int | None:
    """The value of sums as a measure, in its unit."""
    match meaning.measure:
        case "quantity":
            return sums.quantity
        case "receipts" | "hours":
            return sums.count
        case "average_basket":
            return divide_half_up(sums.minor, sums.count) if sums.count > 0 else None
        case "margin":
            return share(sums.costed_minor - sums.cost_minor, sums.costed_minor)
        case "refunds" | "voids":
            return -sums.minor
    return sums.minor


def _group(meaning: Meaning, key: Key, sums: FigureSums) -> ReckonedGroup:
    return ReckonedGroup(key, value_of(meaning, sums), sums.count, sums.quantity, _money_of(meaning, sums))


def _sort_groups(meaning: Meaning, groups: Iterable[ReckonedGroup]) -> list[ReckonedGroup]:
    """Sort as asked, most or least first; otherwise days and hours in order, everything else largest first."""
    if meaning.order == "least":
        found = sorted(groups, key=lambda one: (one.value is None, one.value or 0, one.key))
    elif meaning.order != "most" and meaning.by and meaning.by[0] in IN_ORDER:
        found = sorted(groups, key=lambda one: one.key)
    else:
        found = sorted(groups, key=lambda one: (one.value is None, -(one.value or 0), one.key))
    if meaning.order == "most":
        found = [one for one in found if one.value]
    return found[: meaning.limit or None]


def _not_sold(db: Connection, meaning: Meaning, facts: Iterable[Fact]) -> list[ReckonedGroup]:
    """Products with no net sales."""
    sold: dict[str, int] = {}
    for fact in facts:
        sold[fact.of["product"]] = sold.get(fact.of["product"], 0) + fact.sums.quantity
    wanted = {*meaning.filters.get("product", ())}
    for category in meaning.filters.get("category", ()):
        wanted |= set(skus_below(db, category))
    narrowed = bool({"product", "category"} & set(meaning.filters))
    skus = [sku for sku in current_skus(db) if (not narrowed or sku in wanted) and sold.get(sku, 0) <= 0]
    return [ReckonedGroup((sku,), 0, 0, 0) for sku in skus[: meaning.limit or None]]
