"""Compare a day of another till with our records, and name each difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from edge.backoffice.other_tills.commands import DIFFERENCES_MOST
from edge.backoffice.other_tills.entities import ITEMS
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import PosDifference, PosSale
from edge.backoffice.other_tills.settle import is_itself
from edge.core.storage.database import Connection
from edge.goods.stock.rows import on_hand_at

_OURS = """
    SELECT body, state, unmapped FROM pos_sale
    WHERE pos = ?1 AND location = ?2 AND at_us >= ?3 AND at_us < ?4 AND kind <> 'void'
"""
_OURS_WITH_REFUNDS = """
    SELECT body, state, unmapped FROM pos_sale
    WHERE pos = ?1 AND location = ?2 AND kind <> 'void' AND iif(document = 'sale', number, refund_of) IN (
        SELECT number FROM pos_sale
        WHERE pos = ?1 AND location = ?2 AND at_us >= ?3 AND at_us < ?4 AND document = 'sale' AND kind <> 'void'
    )
"""
REFUNDS_WITH_SALES = frozenset({"toast", "clover"})
"""Kinds of tills that list each refund on its order's day, whenever it was made."""
Key = tuple[str, str]


class KnownSale(msgspec.Struct, frozen=True):
    """A transaction as recorded here, with the quantity moved for each item in thousandths."""

    sale: PosSale
    moved: dict[str, int]


def day_us(day: str, zone: str, turns_at_min: int = 0) -> tuple[int, int]:
    """The start and end of a business day, in microseconds."""
    begin = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone))
    first, last = (begin + timedelta(days=n, minutes=turns_at_min) for n in (0, 1))
    return int(first.timestamp() * 1e6), int(last.timestamp() * 1e6)


def transactions_of_day(
    db: Connection, till: OtherTill, place: str, from_us: int, until_us: int
) -> dict[Key, KnownSale]:
    """The transactions known here that a till lists under a location's day."""
    found: dict[Key, KnownSale] = {}
    sql = _OURS_WITH_REFUNDS if till.kind in REFUNDS_WITH_SALES else _OURS
    for body, state, unmapped in db.execute(sql, (till.id, place, from_us, until_us)):
        sale = msgspec.json.decode(body, type=PosSale)
        waiting = set(msgspec.json.decode(unmapped, type=list[str]))
        moved = (
            {item: n for item, n in sale.quantities_by_item().items() if item not in waiting}
            if state == "taken"
            else {}
        )
        found[sale.document, sale.transaction_id] = KnownSale(sale, moved)
    return found


def differences(theirs: Iterable[PosSale], ours: dict[Key, KnownSale]) -> tuple[PosDifference, ...]:
    """The differences left after applying all of the till's sales; empty if reconciled."""
    said = {(one.document, one.transaction_id): one for one in theirs if one.kind != "void"}
    found = []
    for key, sale in said.items():
        known = ours.get(key)
        if known is None:
            found.append(PosDifference("missing_here", sale.transaction_id, sale.version, 0))
        elif known.sale.version != sale.version:
            found.append(PosDifference("version_differs", sale.transaction_id, sale.version, known.sale.version))
    found += [
        PosDifference("missing_there", one.sale.transaction_id, 0, one.sale.version)
        for key, one in ours.items()
        if key not in said
    ]
    sums = _by_item((sale, sale.quantities_by_item()) for sale in said.values())
    moved = _by_item((one.sale, one.moved) for one in ours.values())
    for item in sorted({*sums, *moved}):
        if sums.get(item, 0) != moved.get(item, 0):
            found.append(PosDifference("quantity_differs", item, sums.get(item, 0), moved.get(item, 0)))
    total, here = sum(one.total_minor for one in said.values()), sum(one.sale.total_minor for one in ours.values())
    if total != here:
        found.append(PosDifference("amount_differs", "", total, here))
    return tuple(found[:DIFFERENCES_MOST])


def counted_here(db: Connection, till: OtherTill, place: str) -> dict[str, int]:
    """Stock on hand here of the till's items at the matching location, in thousandths of an item. Items that share a
    product, are weighed, or are made of others are left out, as their counts aren't comparable."""
    items = [one for one in ITEMS.read(db) if one.pos == till.id and one.sku]
    times = Counter(one.sku for one in items)
    ours = till.our_places[place]
    return {
        one.item: on_hand_at(db, one.sku, ours) * 1000 // one.quantity
        for one in items
        if times[one.sku] == 1 and not one.measure and is_itself(db, one.sku)
    }


def count_differences(theirs: Mapping[str, int], ours: Mapping[str, int]) -> tuple[PosDifference, ...]:
    """Items whose counts differ. Items that the other till doesn't count are ignored."""
    found = sorted((item, count) for item, count in theirs.items() if item in ours and ours[item] != count)
    return tuple(PosDifference("count_differs", item, count, ours[item]) for item, count in found)


def _by_item(sales: Iterable[tuple[PosSale, dict[str, int]]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for sale, items in sales:
        sign = -1 if sale.kind == "refund" else 1
        for item, quantity in items.items():
            sums[item] = sums.get(item, 0) + sign * quantity
    return sums
