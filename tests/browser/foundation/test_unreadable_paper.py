"""A paper whose names can't be read now is not lost: the till says that it was not printed, and prints it again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from drivers import registry
from edge.core.people import wrapping_keys
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.wrapping_keys import Wrappings
from edge.core.process.parts import Part
from edge.foundation.printing.printers.part import PrinterPart
from edge.ordering.orders.commands import PlaceOrder, PrintOrder
from sim.printer.server import SimPrinter
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.ordering import STAFF, do, milk_cart
from tests.printing import MAIN, PATIENT, USUAL, WIDE
from tests.shop_fixture import SYSTEM, FakeClock, run

pytestmark = pytest.mark.needs("chromium")


def test_a_paper_that_says_of_a_person_what_cannot_be_read_waits_at_the_till_until_someone_saw_it(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        papers = tmp_path / "papers"
        async with serve(tmp_path, clock=clock) as served, SimPrinter(folder=papers) as printer, till() as cashier:
            shop = served.shop
            dana, omar = [
                await do(shop, PlaceOrder((await milk_cart(shop)).id, 240, name=name)) for name in ("Dana", "Omar")
            ]
            for order in (dana, omar):
                await do(shop, PrintOrder(order.id), STAFF)
            folder = shop.path.parent
            known = wrapping_keys.read(folder)
            wrapping_keys.put(folder, Wrappings(known.keys, held=True))
            options = {"host": "127.0.0.1", "port": printer.port, "close_wait_ms": 50}
            driver = registry.create("receipt_printer", "network", options)
            part = PrinterPart(shop, driver, MAIN, WIDE, USUAL, clock, PATIENT)
            served.supervisor.start(Part("printer", part.run))
            await cashier.open(served, "register=1&lang=en")
            await cashier.see(
                "#unconfirmed_prints .alert:nth-of-type(2)", "The personal data on this document can't be read"
            )
            await cashier.page.locator("[data-print=ConfirmPrint]").last.click()
            await cashier.gone("#unconfirmed_prints .alert:nth-of-type(2)")
            wrapping_keys.put(folder, msgspec.structs.replace(known, held=False))
            await do(shop, ForgetPerson(dana.id), SYSTEM)
            await cashier.page.locator("[data-print=CopyPrint]").click()
            await cashier.gone("#unconfirmed_prints .alert")
            async with asyncio.timeout(20):
                paper = (await printer.next_receipt()).text
            assert dana.said in paper and "Dana" not in paper

    run(scenario())
