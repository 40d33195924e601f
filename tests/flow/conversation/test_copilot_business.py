"""The manager asks of whole weeks and months, of what is to come, of margins and of what suppliers ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.analytics.forecast.commands import FinishForecasts, ItemForecast
from edge.analytics.forecast.learning.saved_items import save_command
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import CopilotAnswer, Desk, Remembered
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.units.dates import after
from tests.asked_questions import understand_query
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_forecast_versions import QUANTILES
from tests.unit.analytics.test_insight import DAY_S

BREAD = "4006381333948"
TODAY = "2027-01-15"
"""A Friday."""


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


class Manager:
    """Asks, one question after another."""

    def __init__(self, shop: CommandBus, folder: Path, today: str, actor: Actor = BOSS) -> None:
        self._shop = shop
        self._desk = Desk(shop.open_reader, shop.registry, actor, "EUR", today, shop.now_us(), "Europe/Paris")
        self._before = Remembered()

    async def asks(self, query: str, language: str = "en") -> CopilotAnswer:
        understood = understand_query(self._shop.reader, self._desk, query, language, self._before)
        told, self._before = await copilot.answer(self._desk, understood, "s", before=self._before)
        return told


async def traded(shop: CommandBus, clock: FakeClock) -> str:
    """Two milks a day from Friday on, on Tuesday and Wednesday of the week behind it a bread too; that Wednesday."""
    goods = (
        Product("milk", {"en": "Milk", "fr": "Lait", "he": "חלב"}, (MILK,), 120, "reduced", cost_minor=60),
        Product("bread", {"en": "Bread", "fr": "Pain", "he": "לחם"}, (BREAD,), 300, "reduced", cost_minor=100),
    )
    await done(shop, SetProducts(goods), SYSTEM)
    await done(shop, MoveStock("received", (Moved("milk", 100_000), Moved("bread", 50_000))), SYSTEM)
    for day in range(13):
        await done(shop, AddLine(MILK, quantity=2_000), CASHIER)
        if day > 10:
            await done(shop, AddLine(BREAD), CASHIER)
        await done(shop, Pay("card"), CASHIER)
        clock.advance(DAY_S if day < 12 else 0)
    await catch_up(shop)
    return after(TODAY, 12)


def test_a_week_is_its_seven_days_and_a_month_that_runs_goes_until_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            boss = Manager(shop, tmp_path, today)
            for query, language, told in (
                ("what were the sales last week", "en", "Sales, whole shop, Jan 18 – 24, 2027\nTotal: €16.80."),
                ("and this week?", "en", "Sales, whole shop, Jan 25 – 27, 2027\nTotal: €13.20."),
                ("how were sales this month", "en", "Total: €37.20."),
                ("what did we sell a week ago", "en", "Wednesday, January 20, 2027\nTotal: €2.40."),
                ("quelles étaient les ventes de la semaine dernière", "fr", "18–24 janv. 2027\nTotal : 16,80\xa0€"),
                ("מה היו המכירות בשבוע שעבר", "he", "\u200f16.80\xa0\u200f€"),
                ("what sold best this week", "en", "Milk €7.20; Bread €6.00."),
                ("what sold best last week", "en", "Milk €16.80."),
                ("which products did not sell last week", "en", "1 product had no sales: Bread."),
                (
                    "why were sales up this week",
                    "en",
                    "Previous period (Jan 18 – 20, 2027): €7.20.\nDifference: +€6.00.",
                ),
            ):
                answer = await boss.asks(query, language)
                assert told in answer.message, (query, answer.message)
                assert answer.confidence == 0.9, query

    run(scenario())


def test_what_is_to_come_and_what_is_earned(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            boss = Manager(shop, tmp_path, today)
            nothing = await boss.asks("what is the forecast for next week")
            assert nothing.message.endswith("\nThere is no forecast for those days yet.") and nothing.confidence <= 0.8
            await foretold(shop, today)
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}, lead_time_days=1), SYSTEM)
            await done(shop, SetSupplierPrice("dairy", "milk", 55), SYSTEM)
            await done(shop, SetSupplier("farm", {"en": "Farm"}, lead_time_days=1), SYSTEM)
            await done(shop, SetSupplierPrice("farm", "milk", 58), SYSTEM)
            for query, language, told in (
                ("forecast for milk", "en", "Milk: about 14 pcs expected, Jan 28, 2027 to Feb 3, 2027."),
                ("how much milk will we sell tomorrow", "en", "Milk: about 2 pcs expected, Jan 28, 2027."),
                ("what will we sell next week", "en", "The shop: about €35.00 expected, Feb 1, 2027 to Feb 7, 2027."),
                ("quelle est la prévision du lait", "fr", "Lait : environ 14 pièces prévus"),
                ("מה התחזית לחלב", "he", "חלב: צפוי בערך 14"),
                ("what is the margin", "en", "Dec 29, 2026 – Jan 27, 2027\nTotal: 50.0\u00a0% (€17.59)."),
                ("quelle est la marge ce mois-ci", "fr", "Marge brute, tout le magasin, 1–27 janv. 2027"),
                ("what are the supplier prices for milk", "en", "Supplier prices for Milk: Dairy €0.55, Farm €0.58."),
                ("supplier prices for bread", "en", "No supplier prices for Bread."),
            ):
                answer = await boss.asks(query, language)
                assert told in answer.message, (query, answer.message)
            unicorns = await boss.asks("forecast for unicorns")
            assert not unicorns.tool_calls and "unicorns" in unicorns.message, "the shop's is not that of unicorns"
            keeper = Manager(shop, tmp_path, today, Actor("kim", "chat", "1", frozenset({"stock"})))
            assert not (await keeper.asks("what is the margin")).tool_calls, "figures are for whoever may see them"

    run(scenario())


async def foretold(shop: CommandBus, today: str) -> None:
    """Two milks a day, and five of money; and what is foretold is as of today."""
    milk = ItemForecast("milk", "mixed", 0, (2_000,) * 400, 1_000, 2_000, 4_000, 90, 30_000)
    store = ItemForecast("store", "mixed", 0, (500,) * 400, 100, 200, 400, 90, 3_000)
    end = FinishForecasts("one", today, 90, 2, True, {}, {"mixed": 2}, QUANTILES)
    await done(shop, save_command(end, [milk, store]), SYSTEM)
    await done(shop, end, SYSTEM)
