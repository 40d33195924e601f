"""Israel's worked example, lived by a till: two days of a shop, whose file then has its documents and its stock.

What each shop says in its own way is left aside: who sold, what its documents are called, how a card's deal is named.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal.commands import StartRegime
from edge.accounting.fiscal.law_check import unpack_lines
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import (
    AddLine,
    AddLoad,
    DiscountLine,
    Pay,
    RefundedLine,
    RefundSale,
    SetQuantity,
)
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.lib.fiscal.israel.fixed_width import Record
from edge.lib.fiscal.israel.records import InventoryItem
from edge.lib.fiscal.israel.uniform_file import UniformDocument, documents_of, read_uniform
from tests.fiscal_shop import ISRAEL, authorities, made
from tests.flow.accounting.test_fiscal_files import signing
from tests.invoicing import BOOKKEEPER, issued
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, agreed, config, done, open_shop, run
from tests.unit.accounting.test_fiscal_israel import example

TEXT = (
    ISRAEL.replace('percent = "20"', 'percent = "18"')
    .replace("books = true", "books = false")
    .replace("[tax]", "cash_step_minor = 10\n[tax]")
)
ZONE = ZoneInfo("Asia/Jerusalem")
MILK, BREAD, OIL = "M-100", "B-200", "O-300"
GOODS = (
    Product("100", {"he": "חלב 3% 1 ליטר"}, (MILK,), 590, "standard"),
    Product("200", {"he": "לחם אחיד"}, (BREAD,), 710, "standard"),
    Product("300", {"he": 'שמן זית 750 מ"ל'}, (OIL,), 5900, "standard"),
)
BUYER = {"name": 'אורן שיווק בע"מ', "address": "", "country": "IL", "tax_number": "514987650"}


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1_000_000


def at(clock: FakeClock, text: str) -> None:
    clock.advance((moment(text) - clock.at_us) / 1e6)


async def stocked(shop: CommandBus, *came: tuple[str, int, int]) -> None:
    for sku, units, cost_minor in came:
        await done(shop, RecordMovement(sku, "in", units=units * 1000, unit_cost_minor=cost_minor), SYSTEM)


async def lived(shop: CommandBus, clock: FakeClock) -> None:
    """Both days of it."""
    await done(shop, SetProducts(GOODS), SYSTEM)
    await done(shop, StartRegime("il"), SYSTEM)
    await stocked(shop, ("100", 40, 390), ("200", 10, 480), ("300", 12, 3100))
    at(clock, "2026-11-01T09:15:00")
    await stocked(shop, ("200", 20, 480))
    await agreed(shop, AddLine(MILK), CASHIER)
    await agreed(shop, SetQuantity(1, 2000), CASHIER)
    await agreed(shop, DiscountLine(1, sum_minor=118, reason="damaged"), MANAGER)
    await agreed(shop, AddLine(BREAD), CASHIER)
    await agreed(shop, Pay("cash"), CASHIER)
    at(clock, "2026-11-01T11:30:00")
    await agreed(shop, AddLine(OIL), CASHIER)
    await agreed(shop, SetQuantity(1, 2000), CASHIER)
    await agreed(shop, Pay("card"), CASHIER)
    await issued(shop, 2, BOOKKEEPER, **BUYER)
    at(clock, "2026-11-02T10:05:00")
    await agreed(shop, RefundSale(2, lines=(RefundedLine(1, 1000),)), MANAGER)
    at(clock, "2026-11-02T12:00:00")
    await agreed(shop, AddLoad("OTHER-CARD-1", 10_000), CASHIER)
    await agreed(shop, Pay("card"), CASHIER)


def told(records: list[Record]) -> tuple[list[Any], list[Any]]:
    """Its documents and its stock, as they have to be in any shop's file."""
    documents = [_plain(one) for one in documents_of(records)]
    return documents, [
        (one.article, one.name, one.opening_hundredths, one.in_hundredths, one.out_hundredths, one.cost_minor)
        for one in records
        if isinstance(one, InventoryItem)
    ]


def _plain(one: UniformDocument) -> UniformDocument:
    replace = msgspec.structs.replace
    header = replace(one.header, operator="", matching="", customer_key="", branch="")
    return replace(
        one,
        header=header,
        payments=tuple(replace(payment, card_deal=0) for payment in one.payments),
    )


def test_the_worked_example_is_what_a_till_tells_that_lives_it(tmp_path: Path) -> None:
    wanted = told(list(read_uniform(*example())))

    async def scenario() -> None:
        clock = FakeClock(moment("2026-10-31T08:00:00"))
        async with open_shop(tmp_path, clock, stocked=False, text=TEXT) as shop:
            await lived(shop, clock)
            files = authorities(shop, config(tmp_path, TEXT), signing(tmp_path))
            file = await made(shop, files, "il", "2026-11-01", "2026-11-02", "2026-11-03")
            found = told(list(read_uniform(*unpack_lines(file))))
            assert found[0] == wanted[0]
            assert found[1] == wanted[1]

    run(scenario())
