"""What cash should lie in the drawers, asked in words: that of registers with an open shift."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.copilot import copilot
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetCategories, SetProducts
from tests.catch_up import catch_up
from tests.flow.conversation.test_meanings import CODES, GOODS, GROUPS, TODAY, Office
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, done, open_shop, run


def test_cash_of_open_drawers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await done(shop, SetCategories(GROUPS), SYSTEM)
            await done(shop, SetProducts(GOODS), SYSTEM)
            office = Office(shop, tmp_path, TODAY)
            closed = await office.asks("how much cash should be in the drawer")
            assert closed.message.endswith("\nNo shift is open on that register."), closed
            await done(shop, OpenShift(10_000), MANAGER)
            await done(shop, AddLine(CODES["bread"]), CASHIER)
            await done(shop, Pay("cash"), CASHIER)
            await catch_up(shop)
            for question, language, told in (
                ("how much cash should be in the drawer", "en", "\nRegister 1: €103.00 in cash."),
                ("combien d'espèces devrait-il y avoir dans le tiroir", "fr", "\nCaisse 1 : 103,00\xa0€ en espèces."),
                ("כמה מזומן אמור להיות במגירה", "he", "\nקופה 1: \u200f103.00\xa0\u200f€ במזומן."),
            ):
                answer = await office.asks(question, language)
                assert answer.message.endswith(told), answer

    run(scenario())
