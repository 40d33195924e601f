"""The main job, at the door: things are added, asked about, paid, and stand in the journal."""

from pathlib import Path

from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.events import SaleCompleted
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.goods.stock.queries import read_stock
from tests.shop_fixture import CASHIER, MILK, open_shop, run


def test_a_scan_becomes_a_receipt_and_a_row(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            added = await shop.do(AddLine(MILK), CASHIER)
            assert isinstance(added, Done)
            assert added.result.total_minor == 120
            paid = await shop.do(Pay("cash", 200), CASHIER)
            assert isinstance(paid, Done)
            (sale,) = paid.events
            assert isinstance(sale, SaleCompleted)
            assert (sale.number, sale.total_minor, sale.change_minor) == (1, 120, 80)
            assert [(row.name, row.net_minor, row.tax_minor) for row in sale.taxes] == [("VAT", 114, 6)]
            assert read_stock(shop.reader, "milk") == -1000
            job = last_print_job(shop.reader, "1")
            assert job is not None
            assert "Milk                                  1.20" in plain_text(job.document)
            assert verify(shop.reader, shop.registry).faults == ()
            assert await shop.do(Pay("cash"), CASHIER) == Refused("basket_empty")

    run(scenario())
