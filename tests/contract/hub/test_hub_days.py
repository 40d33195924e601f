"""Head office's daily sums match its receipts, even after later voids and corrections."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
import msgspec

from edge.app import hub
from edge.core.messages import Event
from edge.counter.basket.event_structs import GivenBack, RecordedLine, Returned, Tender, TenderKind
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.lib.tax.rules import Taxed
from sync.hub.model import Key
from sync.wire import Row
from tests.sync_doubles import History

KEY = Key("acme", "corner", "till-1")
PAPERS = """
    SELECT coalesce(sum(total_minor + rounding_minor), 0), coalesce(sum(net_minor), 0)
    FROM {table} WHERE voided_by IS NULL
"""

_SUMS = ("sales", "refunds", "voids", "net_minor", "paid_minor", "earning", "earned_minor")
_OPENED = (
    ("sales_paper", "sale_day", (), _SUMS),
    ("sales_paper", "sale_hour", ("hour",), ("paid_minor",)),
    ("sales_paper_tender", "tender_day", ("kind",), ("amount_minor",)),
    ("sales_paper_tax", "tax_day", ("name", "rate"), ("net_minor", "tax_minor")),
    ("sales_paper_line", "product_day", ("sku",), ("amount_minor",)),
)


def _sums(source: str, by: Sequence[str], names: Sequence[str]) -> str:
    said = ", ".join(f"sum({name})::bigint AS {name}" for name in names)
    keys = ", ".join(("tenant", "store", "business_date", "currency", *by))
    unless = " OR ".join(f"sum({name}) <> 0" for name in names)
    return f"SELECT {keys}, {said} FROM {source} GROUP BY {keys} HAVING {unless} ORDER BY {keys}"


def _lines(total: int) -> tuple[RecordedLine, ...]:
    """Return a milk line for the total, and a voided line."""
    milk = RecordedLine(1, "milk", "", {"en": "Milk"}, "piece", 1_000, total, "standard")
    return milk, RecordedLine(2, "bread", "", {"en": "Bread"}, "piece", 1_000, 345, "standard", voided=True)


def _sale(number: int, total: int, kind: TenderKind, change: int = 0) -> SaleCompleted:
    taxes = (Taxed("VAT", 10_000, total * 10 // 11, total - total * 10 // 11),)
    paid = (Tender(kind, total + change),)
    return SaleCompleted(number, "EUR", _lines(total), taxes, True, total * 10 // 11, total, 0, paid, change, 1)


def _refund(number: int, sale: int, total: int) -> SaleRefunded:
    net = total * 10 // 11
    taxes, back = (Taxed("VAT", 10_000, net, total - net),), (GivenBack("cash", total),)
    returned = Returned(1, "milk", "", {"en": "Milk"}, "piece", 1_000, total, "standard")
    return SaleRefunded(number, "1", sale, "EUR", (returned,), taxes, True, net, total, 0, back, "")


def _rows(history: History, events: Sequence[Event]) -> list[Row]:
    for event in events:
        history.append(type=type(event).__name__, body=msgspec.json.encode(event), version=event.version)
    return history.rows[-len(events) :]


BATCHES: tuple[tuple[Event, ...], ...] = (
    (_sale(1, 1100, "cash", 900), _sale(2, 550, "card"), _sale(3, 220, "cash"), _refund(4, 1, 110)),
    (SaleVoided(5, 3, "EUR", 220, ""), TenderCorrected(2, "EUR", (), 0, 0, (Tender("cash", 550),), 2)),
    (SaleVoided(6, 4, "EUR", -110, "", undoes="refund"), _sale(7, 330, "card"), SaleVoided(8, 7, "EUR", 330, "")),
    (SaleVoided(8, 7, "EUR", 330, ""),),  # a repetition, which isn't subtracted twice
)


def test_the_sums_of_days_are_those_of_their_papers(database: str) -> None:
    async def scenario() -> None:
        async with hub.open_hub(database):
            pass
        sales = next(one for one in hub.projectors() if one.name == "sales")
        history = History(KEY)
        connection = await asyncpg.connect(database)
        for batch in BATCHES:
            await sales.handlers["SaleCompleted"](connection, KEY, _rows(history, batch))
            papers = [await connection.fetchrow(PAPERS.format(table=table)) for table in ("sale", "refund")]
            (paid, net), (back, net_back) = (tuple(map(int, row)) for row in papers)
            day = await connection.fetchrow("SELECT paid_minor, net_minor FROM sales_by_day")
            assert tuple(map(int, day)) == (paid - back, net - net_back)
            for opened, of_day, *how in _OPENED:
                papers = await connection.fetch(_sums(opened, *how))
                assert papers == await connection.fetch(_sums(of_day, *how)), "what a figure opens into adds up to it"
        tenders = await connection.fetch("SELECT kind, amount_minor FROM tenders_by_day")
        assert [tuple(row) for row in tenders] == [("cash", 1650)]
        (tax,) = await connection.fetch("SELECT rate, net_minor, tax_minor FROM taxes_by_day")
        assert tuple(tax) == (10_000, 1500, 150)
        products = await connection.fetch("SELECT sku, sold, returned, amount_minor FROM product_sales_by_day")
        assert [tuple(row) for row in products] == [("milk", 2_000, 0, 1650)], "two of four were undone"
        hours = await connection.fetch("SELECT sum(sales)::int, sum(paid_minor)::int FROM sales_by_hour")
        assert [tuple(row) for row in hours] == [(2, 1652)], "of four two were undone"
        await sales.reset(connection, KEY)
        assert not await connection.fetch("SELECT FROM sale_day")
        assert not await connection.fetch("SELECT FROM sale_hour")
        assert not await connection.fetch("SELECT FROM product_day")
        await connection.close()

    asyncio.run(scenario())
