"""Head office's daily stock and average cost, computed in the same way as in the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import astuple

from edge.goods.stock.events import ReceiptCorrected, StockMoved
from edge.goods.stock.moving import costs
from sync.hub.model import Key
from sync.hub.table import Column, Fact, Table, place

STOCK_DAY = Table(
    "stock_day",
    "Stock on hand by product and location at the end of each business day on which it changed.",
    *place(),
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    Column("location", "text", "Stock location.", key=True),
    Column("business_date", "date", "The store's business day.", key=True),
    Column("on_hand", "bigint", "Quantity in thousandths of the product's unit; negative: more sold than counted."),
    Column("reserved", "bigint", "Reserved quantity in thousandths."),
    Column("changed_at", "timestamptz", "Time head office received it."),
)
DayChanges = dict[tuple[str, str, str], tuple[int, int]]
"""Changes of on-hand and reserved quantities in thousandths, by (business day, product, location)."""
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3"
_BEFORE = f"""
    SELECT sku, location, on_hand, reserved FROM stock_day day
    {_OF} AND sku = ANY ($4::text[]) AND business_date = (
        SELECT max(business_date) FROM stock_day {_OF} AND sku = day.sku AND location = day.location
        AND business_date <= $5)
"""
_ON = """
    INSERT INTO stock_day (tenant, store, device, business_date, sku, location, on_hand, reserved, changed_at)
    SELECT $1, $2, $3, $4, sku, location, on_hand, reserved, now()
    FROM unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS said (sku, location, on_hand, reserved)
    ON CONFLICT (tenant, store, device, sku, location, business_date) DO UPDATE
    SET on_hand = excluded.on_hand, reserved = excluded.reserved, changed_at = excluded.changed_at
"""
_BEHIND = """
    UPDATE stock_day SET on_hand = stock_day.on_hand + said.on_hand, reserved = stock_day.reserved + said.reserved,
        changed_at = now()
    FROM unnest($5::text[], $6::text[], $7::bigint[], $8::bigint[]) AS said (sku, location, on_hand, reserved)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND business_date > $4
        AND stock_day.sku = said.sku AND stock_day.location = said.location
"""
"""Also updates later days, which exist if a clock ran ahead for a while."""
_KNOWN = f"SELECT sku, on_hand, average_micro FROM stock {_OF} AND sku = ANY ($4::text[])"
_AVERAGE = """
    UPDATE stock SET average_micro = said.average, average_at = now()
    FROM unnest($4::text[], $5::bigint[]) AS said (sku, average)
    WHERE tenant = $1 AND store = $2 AND device = $3 AND stock.sku = said.sku
"""


async def keep_days(connection: Any, key: Key, changes: DayChanges) -> None:
    """Add changes to their days; a batch can span several."""
    of = astuple(key)
    by_day: dict[str, dict[tuple[str, str], tuple[int, int]]] = defaultdict(dict)
    for (day, sku, location), change in changes.items():
        if change != (0, 0):
            by_day[day][sku, location] = change
    for day, changed in sorted(by_day.items()):
        on = date.fromisoformat(day)
        skus = [sku for sku, _ in changed]
        before = {
            (sku, location): (on_hand, reserved)
            for sku, location, on_hand, reserved in await connection.fetch(_BEFORE, *of, skus, on)
        }
        added = [(*where, *more) for where, more in changed.items()]
        now = [(sku, at, *_plus(before.get((sku, at), (0, 0)), (there, kept))) for sku, at, there, kept in added]
        await connection.execute(_ON, *of, on, *_columns(now))
        await connection.execute(_BEHIND, *of, on, *_columns(added))


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def averages_after(connection: Any, key: Key, facts: Sequence[Fact]) -> Mapping[str, int]:
    """The new average cost of each product whose cost these events change, in millionths of a minor unit.

    Call this before the events are applied to the stock on hand.
    """
    priced = {sku for fact in facts for sku in _priced_skus(fact)}
    if not priced:
        return {}
    found = await connection.fetch(_KNOWN, *astuple(key), sorted(priced))
    on_hand = defaultdict(int, {sku: there for sku, there, _ in found})
    average: dict[str, int | None] = {sku: micro for sku, _, micro in found}
    was = dict(average)
    for fact in facts:
        match fact.event:
            case ReceiptCorrected(sku=sku, value_milli=value):
                average[sku] = costs.average_with(average.get(sku), on_hand[sku], value)
            case StockMoved(moves=moves, unit_cost_minor=cost):
                for move in moves:
                    if cost is not None and move.delta > 0:
                        was_there = on_hand[move.sku]
                        average[move.sku] = costs.average_after(average.get(move.sku), was_there, move.delta, cost)
                    on_hand[move.sku] += move.delta
    return {sku: micro for sku, micro in average.items() if micro is not None and micro != was.get(sku)}


def _priced_skus(fact: Fact) -> Sequence[str]:
    match fact.event:
        case ReceiptCorrected(sku=sku):
            return (sku,)
        case StockMoved(moves=moves, unit_cost_minor=cost) if cost is not None:
            return [move.sku for move in moves if move.delta > 0]
        case _:
            return ()


async def keep_averages(connection: Any, key: Key, averages: Mapping[str, int]) -> None:
    """Store the result of `averages_after`. Call this after the stock on hand is written."""
    if averages:
        await connection.execute(_AVERAGE, *astuple(key), list(averages), list(averages.values()))
