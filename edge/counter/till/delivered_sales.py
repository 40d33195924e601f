"""Sales of goods delivered to another province, or to another EU member state."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.lib.regions.eu_vat import member_states
from edge.lib.regions.taxes import provincial_taxes
from edge.lib.tax.rules import Taxed, merge_taxes

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Taxed, ...]).decode
_YEAR = """
    INSERT INTO delivered_year (year, place, net_minor) VALUES (?, ?, ?)
    ON CONFLICT (year, place) DO UPDATE SET net_minor = net_minor + excluded.net_minor
"""
_ADD = """
    INSERT INTO delivered_paper (register, number, place, business_date, net_minor, taxes) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (register, number, place) DO UPDATE SET net_minor = net_minor + excluded.net_minor, taxes = ?
"""
_PLACE = "SELECT place FROM delivered_paper WHERE register = ? AND number = ? ORDER BY net_minor DESC LIMIT 1"
_TAXES = "SELECT taxes FROM delivered_paper WHERE register = ? AND number = ? AND place = ?"
_UNDONE = """
    DELETE FROM delivered_paper WHERE register = ? AND number = ? RETURNING place, business_date, net_minor
"""
_BETWEEN = "SELECT place, net_minor, taxes FROM delivered_paper WHERE business_date BETWEEN ? AND ? ORDER BY place"


class DeliveredSales(msgspec.Struct, frozen=True):
    """Sales delivered to another member state or Canadian province, by tax and rate, less refunds."""

    country: str
    tax: str
    rate: int
    net_minor: int
    tax_minor: int


def read_abroad_by_year(db: Connection) -> dict[int, int]:
    """Sales to other member states by year, without taxes."""
    years: dict[int, int] = {}
    for year, place, net_minor in db.execute("SELECT year, place, net_minor FROM delivered_year"):
        if place in member_states():
            years[year] = years.get(year, 0) + net_minor
    return years


def read_delivered_sales(db: Connection, first: str, last: str) -> list[DeliveredSales]:
    """Sales delivered elsewhere between two business dates (ISO 8601), by country or province, tax and rate."""
    found: dict[str, list[Taxed]] = {}
    untaxed: dict[str, int] = {}
    for place, net_minor, kept in db.execute(_BETWEEN, (first, last)):
        rows = _decode(kept)
        found.setdefault(place, []).extend(rows)
        taxed_minor = sum(row.net_minor for row in rows if row.name not in provincial_taxes())
        untaxed[place] = untaxed.get(place, 0) + net_minor - taxed_minor
    said = []
    for country, taxes in found.items():
        said += [DeliveredSales(country, *msgspec.structs.astuple(row)) for row in merge_taxes(taxes)]
        if untaxed[country]:
            said.append(DeliveredSales(country, "", 0, untaxed[country], 0))
    return said


def _record_sale(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    for goods in event.returns:
        if place := _place_of(db, goods.register, goods.sale):
            net_minor = goods.net_minor - goods.deposit_minor - _non_revenue_minor(goods.lines)
            _add(db, fact, event.number, place, -net_minor, [row.reversed_row for row in goods.taxes])
    if event.delivered_to:
        returned_minor = sum(goods.net_minor for goods in event.returns)
        net_minor = event.net_minor + returned_minor - _non_revenue_minor(event.lines) - _deposits_minor(event)
        taxes = merge_taxes((*event.taxes, *(row for goods in event.returns for row in goods.taxes)))
        _add(db, fact, event.number, event.delivered_to, net_minor, taxes)


def _record_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    if event.sale and (place := _place_of(db, event.sale_register, event.sale)):
        net_minor = event.net_minor - event.deposit_minor - _non_revenue_minor(event.lines)
        _add(db, fact, event.number, place, -net_minor, [row.reversed_row for row in event.taxes])


def _record_void(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    for place, day, net_minor in db.execute(_UNDONE, (fact.register, event.sale)).fetchall():
        db.execute(_YEAR, (int(day[:4]), place, -net_minor))


def _place_of(db: Connection, register: str, number: int) -> str:
    """The other province or country to which a sale's goods were delivered; "" if none."""
    row = db.execute(_PLACE, (register, number)).fetchone()
    return str(row[0]) if row else ""


def _non_revenue_minor(lines: Iterable[RecordedLine]) -> int:
    """The sum of lines that aren't revenue: tips, advances, gift cards."""
    return sum(line.amount_minor for line in lines if not line.voided and not line.is_revenue)


def _deposits_minor(event: SaleCompleted) -> int:
    return event.deposit_minor + sum(goods.deposit_minor for goods in event.returns)


def _add(db: Connection, fact: RecordedEvent, number: int, place: str, net_minor: int, taxes: Iterable[Taxed]) -> None:
    kept = db.execute(_TAXES, (fact.register, number, place)).fetchone()
    said = _encode(merge_taxes((*(_decode(kept[0]) if kept else ()), *taxes))).decode()
    db.execute(_ADD, (fact.register, number, place, fact.business_date, net_minor, said, said))
    db.execute(_YEAR, (int(fact.business_date[:4]), place, net_minor))


projector = Projector(
    name="delivered_sales",
    version=1,
    tables=("delivered_paper", "delivered_year"),
    on={SaleCompleted: _record_sale, SaleRefunded: _record_refund, SaleVoided: _record_void},
)
