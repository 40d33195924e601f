"""The demo's invoices are something to look at."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.accounting.invoices.queries import read_invoices
from edge.app.demo_shop import demo_catalog, demo_invoices
from edge.core.messages import Command, Done
from edge.goods.catalog.commands import SetProducts
from tests.invoicing import buyer, numbers
from tests.shop_fixture import MANAGER, SYSTEM, FakeClock, done, open_shop, run


def test_the_demo_has_two_invoices_and_a_credit_note(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:

            async def do(command: Command) -> Done:
                return await done(shop, command, MANAGER)

            goods = tuple(msgspec.structs.replace(one, tax_class="") for one in demo_catalog.products())
            await done(shop, SetProducts(goods), SYSTEM)
            await demo_invoices.seed(do, demo_catalog.by_the_piece())
            assert [kind for kind, _ in numbers(shop)] == ["invoice", "invoice", "credit"]
            names = [buyer(shop, one.number) for one in read_invoices(shop.reader)]
            assert [one.name for one in names if one] == [demo_invoices.BUYERS[at]["name"] for at in (1, 1, 0)]

    run(scenario())
