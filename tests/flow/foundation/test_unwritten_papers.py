"""A full disk keeps no queue: what tells of it is printed from memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.storage.database import Connection
from edge.foundation.outbox.service.channels import printer as printer_channel
from edge.foundation.outbox.service.channels.printer import PrinterChannel
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.runtime.outgoing.faults import Undelivered
from sim.printer.server import SimPrinter
from tests.printing import desk
from tests.shop_fixture import SYSTEM, run

FULL = Parcel(
    key="1",
    title="Data can't be saved",
    paragraphs=("Free the disk.",),
    severity="critical",
    what="raised",
    language="en",
)


async def filled(shop: CommandBus) -> None:
    """No page more may be written: as on a disk that is full."""

    def fill(db: Connection) -> None:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")

    await shop.maintain(fill)
    for at in range(0, 10_000, 50):
        many = tuple(Product(f"filler {n}", {"en": "n" * 300}) for n in range(at, at + 50))
        if isinstance(outcome := await shop.do(SetProducts(many), SYSTEM), Refused):
            assert outcome.code == "read_only"
            return
    raise AssertionError("it takes more and more")


def test_a_full_disk_is_told_of_on_paper(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk(tmp_path) as till, SimPrinter() as printer:
            till.plug(printer.port)
            await till.becomes(await till.sell(), "printed")
            await filled(till.shop)
            await PrinterChannel(till.shop, "printer", {"printer": till.parts["printer"].unwritten}).send(
                FULL, "printer"
            )
            first, told = printer.receipts
            assert "Milk" in first.text and "Data can't be saved" in told.text and "Free the disk." in told.text

    run(scenario())


def test_what_is_told_from_memory_waits_for_its_printer_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with desk(tmp_path) as till, SimPrinter() as printer:
            till.plug(printer.port)
            await till.becomes(await till.sell(), "printed")
            printer.paper_out()
            await filled(till.shop)
            channel = PrinterChannel(till.shop, "printer", {"printer": till.parts["printer"].unwritten})
            monkeypatch.setattr(printer_channel, "PRINTED_S", 0.2)
            with pytest.raises(Undelivered):
                await channel.send(FULL, "printer")
            monkeypatch.setattr(printer_channel, "PRINTED_S", 60.0)
            sending = asyncio.create_task(channel.send(FULL, "printer"))
            await asyncio.sleep(0)
            await printer.recover()
            await sending
            assert [receipt.text.count("Free the disk.") for receipt in printer.receipts] == [0, 1], (
                "given up is given up"
            )

    run(scenario())
