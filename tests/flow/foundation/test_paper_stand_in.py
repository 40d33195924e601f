"""A second printer stands in for the first by configuration alone, in the real appliance."""

from __future__ import annotations

from pathlib import Path

from sim.printer.server import SimPrinter
from tests.shop_fixture import run
from tests.stack import CONFIG, PRODUCTS, store

SPARE = """
[[device]]
name = "spare"
role = "receipt_printer"
driver = "network"
host = "127.0.0.1"
port = {spare}
stands_in_for = "printer"
"""


def test_it_prints_while_the_other_is_lost_and_steps_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as spare, store(tmp_path) as shop:
            shop.configure(CONFIG + SPARE.replace("{spare}", str(spare.port)), None)
            await shop.start(PRODUCTS)
            await shop.sell()
            await shop.printer.next_receipt()
            await shop.printer.stop()
            await shop.sell()
            assert "1-000002" in (await spare.next_receipt()).text
            await shop.printer.start()
            await shop.part("printer", "ok")
            await shop.sell()
            assert "1-000003" in (await shop.printer.next_receipt()).text
            assert len(spare.receipts) == 1

    run(scenario())
