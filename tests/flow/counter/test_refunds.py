"""Goods come back: at either till, in pieces, damaged or not, with and without the receipt; the books stay right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Refused
from edge.counter.basket.event_structs import GivenBack
from edge.counter.till.commands import (
    AddLine,
    AnswerQuestion,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    RefundWithoutReceipt,
    ReprintReceipt,
    SetQuantity,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted, SaleRefunded
from edge.counter.till.queries import read_receipt, read_receipts, read_refunded
from edge.foundation.access.rights import OVERRIDE, REFUND_CASH, anonymous_actor
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import last_print_job
from edge.goods.stock.events import Move, StockMoved
from edge.goods.stock.queries import read_stock
from tests.shop_fixture import BEER, CASHIER, CONFIG, MANAGER, MILK, FakeClock, done, open_shop, run

OTHER = anonymous_actor("2").with_rights(OVERRIDE, REFUND_CASH)
SOME = (RefundedLine(1, 1000),)


def in_a_shop(scenario: Callable[[CommandBus], Awaitable[None]], folder: Path, text: str = CONFIG) -> None:
    """A scenario after a sale of three milks (3.60) and a beer (2.50), cash; behind it the ledger verifies."""

    async def main() -> None:
        async with open_shop(folder, FakeClock(), text=text) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, SetQuantity(1, 3000))
            asked = await done(shop, AddLine(BEER))
            await done(shop, AnswerQuestion(asked.result.questions[0].id))
            await done(shop, Pay("cash", 1000))
            await scenario(shop)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def refunded(shop: CommandBus, command: Command, actor: Actor = MANAGER) -> SaleRefunded:
    (event,) = (await done(shop, command, actor)).events
    assert isinstance(event, SaleRefunded)
    return event


def paper(shop: CommandBus, register: str = "1", kind: str = "receipt") -> str:
    job = last_print_job(shop.reader, register, kind)
    assert job is not None
    return plain_text(readable(shop.reader, job.document))


def moved(shop: CommandBus) -> list[tuple[str, tuple[Move, ...]]]:
    """Every movement of stock: why, and what."""
    found = shop.reader.execute("SELECT body FROM journal WHERE type = 'StockMoved' ORDER BY seq")
    events = [msgspec.json.decode(body, type=StockMoved) for (body,) in found]
    return [(event.reason, event.moves) for event in events]


def test_some_at_one_till_and_the_rest_at_the_other(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        first = await refunded(shop, RefundSale(1, lines=SOME, reason="sour"))
        assert (first.number, first.sale_register, first.sale, first.paid_minor) == (2, "1", 1, 120)
        assert read_stock(shop.reader, "milk") == -2000
        assert "REFUND" in paper(shop)
        assert "For receipt 1-000001" in paper(shop)
        assert "sour" in paper(shop)
        damaged = (RefundedLine(1, 1000, damaged=True), RefundedLine(3))
        second = await refunded(shop, RefundSale(1, "1", damaged), OTHER)
        assert (second.number, second.paid_minor, second.tenders) == (1, 370, (GivenBack("cash", 370, of=1),))
        assert (read_stock(shop.reader, "milk"), read_stock(shop.reader, "beer")) == (-2000, 0)
        assert moved(shop)[-2:] == [
            ("refund", (Move("milk", 1000), Move("beer", 1000))),
            ("damaged", (Move("milk", -1000),)),  # it came back, and was thrown away
        ]
        assert read_refunded(shop.reader, "1", 1) == {1: 2000, 3: 1000}
        last = await refunded(shop, RefundSale(1))
        assert [(line.sku, line.quantity) for line in last.lines] == [("milk", 1000)]
        assert await shop.do(RefundSale(1), MANAGER) == Refused("all_refunded", {"number": "1-000001"})
        sale = read_receipt(shop.reader, "1", 1)
        assert sale is not None
        assert (sale.total_minor, sale.refunded_minor) == (610, 610)
        assert [(paper.kind, paper.total_minor) for paper in read_receipts(shop.reader, "1")] == [
            ("refund", -120),
            ("refund", -120),
            ("sale", 610),
        ]

    in_a_shop(scenario, tmp_path)


def test_who_may_and_what_cannot_be_refunded(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        assert await shop.do(RefundSale(1), CASHIER) == Refused(
            "right_denied", {"command": "RefundSale", "right": OVERRIDE}
        )
        assert await shop.do(RefundSale(5), MANAGER) == Refused("no_sale_to_refund", {"number": "1-000005"})
        await done(shop, RefundSale(1, lines=SOME), MANAGER)
        assert await shop.do(RefundSale(2), MANAGER) == Refused("no_sale_to_refund", {"number": "1-000002"})
        await done(shop, AddLine(MILK))
        await done(shop, Pay("cash"))
        await done(shop, VoidLastSale(), MANAGER)
        assert await shop.do(RefundSale(3), MANAGER) == Refused("sale_is_void", {"number": "1-000003"})
        await done(shop, AddLine(MILK))
        await done(shop, Pay("cash"))
        await done(shop, RefundSale(5, "1"), OTHER)
        assert await shop.do(VoidLastSale(), MANAGER) == Refused("sale_refunded", {"number": "1-000005"})
        assert await shop.do(RefundWithoutReceipt(), MANAGER) == Refused("receipt_needed")

    in_a_shop(scenario, tmp_path)


def test_goods_without_a_receipt_where_the_store_takes_them(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        await done(shop, AddLine(MILK))
        outcome = await done(shop, RefundWithoutReceipt("cash", reason="a gift"), MANAGER)
        (event,) = outcome.events
        assert isinstance(event, SaleRefunded)
        assert (event.sale, event.paid_minor, outcome.result.empty) == (0, 120, True)
        assert read_stock(shop.reader, "milk") == -2000
        assert "No receipt" in paper(shop)
        await done(shop, AddLine(MILK))
        await done(shop, RefundWithoutReceipt(damaged=True, reason="broken"), MANAGER)
        assert read_stock(shop.reader, "milk") == -2000

    in_a_shop(scenario, tmp_path, "till.refunds_without_receipt = true\n" + CONFIG)


def test_the_report_of_the_day_counts_what_went_back(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        await done(shop, RefundSale(1, lines=SOME), MANAGER)
        await done(shop, AddLine(MILK))
        await done(shop, Pay("card"))
        await done(shop, RefundSale(3), MANAGER)
        (event,) = (await done(shop, PrintReport("z"), MANAGER)).events
        assert isinstance(event, ReportPrinted)
        assert (event.sales, event.refunds, event.total_minor) == (2, 2, 490)
        lines = [" ".join(line.split()) for line in paper(shop, kind="report").splitlines()]
        for said in ("Refunds 2 -2.40", "TOTAL 4.90 EUR", "Card 2 0.00", "Cash taken 4.90", "VAT 5.5% 2.27 0.13"):
            assert said in lines, lines

    in_a_shop(scenario, tmp_path)


def test_the_drawer_opens_for_cash_and_a_copy_says_so(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus) -> None:
        def kicks() -> int:
            return int(shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone()[0])

        await done(shop, AddLine(MILK))
        await done(shop, Pay("card"))
        before = kicks()
        await done(shop, RefundSale(2), MANAGER)
        assert kicks() == before
        await done(shop, RefundSale(1, lines=SOME), MANAGER)
        assert kicks() == before + 1
        await done(shop, ReprintReceipt(4))
        assert "COPY 1" in paper(shop)
        assert "Refunded in cash" in paper(shop)

    in_a_shop(scenario, tmp_path)
