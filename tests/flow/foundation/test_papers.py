"""Papers beside the receipt, through the door: what a gift receipt hides, and what a report adds up."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.counter.till.commands import AddLine, Pay, PrintGiftReceipt, PrintReport, VoidLastSale
from edge.counter.till.events import GiftReceiptPrinted, ReportPrinted
from edge.foundation.access.rights import OVERRIDE, anonymous_actor
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from tests.shop_fixture import CASHIER, MILK, FakeClock, open_shop, run

MANAGER = anonymous_actor("1").with_rights(OVERRIDE)


async def sell(shop: CommandBus, kind: str = "cash") -> None:
    for command in (AddLine(MILK), Pay(kind)):  # type: ignore[arg-type]
        assert isinstance(await shop.do(command, CASHIER), Done)


def paper(shop: CommandBus, kind: str) -> str:
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    return plain_text(job.document)


def test_a_gift_receipt_says_what_and_not_how_much(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await sell(shop)
            printed = await shop.do(PrintGiftReceipt(1), CASHIER)
            assert isinstance(printed, Done)
            assert printed.events == (GiftReceiptPrinted(1),)
            text = paper(shop, "receipt")
            assert "GIFT RECEIPT" in text
            assert "Milk" in text
            assert "[RG/1-000001]" in text
            assert "1.20" not in text
            assert "EUR" not in text
            assert await shop.do(PrintGiftReceipt(2), CASHIER) == Refused("no_such_receipt", {"number": "1-000002"})
            assert isinstance(await shop.do(VoidLastSale(), MANAGER), Done)
            assert await shop.do(PrintGiftReceipt(2), CASHIER) == Refused("no_such_receipt", {"number": "1-000002"})

    run(scenario())


def test_a_report_adds_up_the_day_of_its_register(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for kind in ("cash", "card", "cash"):
                await sell(shop, kind)
            assert isinstance(await shop.do(VoidLastSale(), MANAGER), Done)
            printed = await shop.do(PrintReport("x"), MANAGER)
            assert isinstance(printed, Done)
            since_us = FakeClock().at_us
            assert printed.events == (ReportPrinted("x", "EUR", 3, 1, 240, since_us=since_us, grand_total_minor=240),)
            rows = [line.split() for line in paper(shop, "report").splitlines()]
            assert ["X", "REPORT"] in rows
            assert ["Sales", "3", "3.60"] in rows
            assert ["Voids", "1", "-1.20"] in rows
            assert ["TOTAL", "2.40", "EUR"] in rows
            assert ["Cash", "2", "1.20"] in rows  # one of them was undone
            assert ["Card", "1", "1.20"] in rows
            assert verify(shop.reader, shop.registry).faults == ()
            other = anonymous_actor("2").with_rights(OVERRIDE)
            empty = await shop.do(PrintReport("z"), other)
            assert isinstance(empty, Done)
            (report,) = empty.events
            assert isinstance(report, ReportPrinted)
            assert (report.number, report.sales, report.total_minor) == (1, 0, 0)

    run(scenario())


def test_a_report_is_for_the_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            refused = await shop.do(PrintReport("z"), CASHIER)
            assert isinstance(refused, Refused)
            assert refused.code == "right_denied"

    run(scenario())
