"""A manager's question in several parts: none is dropped, nothing is added up that was to be held side by side, a new
question owes nothing to the one before, and what is to be done opens its form."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import Remembered
from edge.conversation.copilot.form_wishes import ReadFormWish
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from tests.flow.test_meanings import Office, traded
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

PARTS = (
    ("en", "stock of milk, alerts, forecast for milk next week", ["query_inventory", "alerts", "get_forecast"]),
    ("en", "how much brie do we have and will brie run out?", ["query_inventory", "low_stock"]),
    ("en", "what sold best and what was wasted yesterday", ["sales", "waste"]),
    (
        "en",
        "what is running low, how many alerts are there and how much milk is left?",
        ["low_stock", "alerts", "query_inventory"],
    ),
    ("en", "which products sold best, and which worst this week", ["sales", "sales"]),
    ("en", "stock of milk and bread", ["query_inventory", "query_inventory"]),
    ("fr", "ventes de lait et pertes de la semaine dernière", ["sales", "waste"]),
    ("he", "כמה חלב יש וכמה התראות פתוחות", ["query_inventory", "alerts"]),
)
APART = (
    ("en", "card and cash this week", ("tender",)),
    ("en", "sales of dairy and bakery this week", ("category",)),
    ("en", "compare milk with bread this week", ("product",)),
    ("en", "sales of milk and bread by day this week", ("product", "day")),
    ("fr", "carte et espèces cette semaine", ("tender",)),
    ("he", "מכירות של חלב ולחם השבוע", ("product",)),
)
WHOLE = (
    ("en", "which products should I reorder?", "What was our best seller last week?", ("sales", ("product",))),
    ("en", "what is about to expire", "who sold most this month?", ("sales", ("person",))),
    ("fr", "qu'est-ce qui expire bientôt", "Compare hier avec jeudi dernier", ("sales", ())),
    ("he", "מה הרווח של מאפים השבוע", "מי מכר הכי הרבה החודש", ("sales", ("person",))),
)


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


def test_no_part_of_a_question_is_dropped(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            office = Office(shop, tmp_path, await traded(shop, clock))
            for language, query, tools in PARTS:
                told = await office.asks(query, language)
                assert [call.tool for call in told.tool_calls] == tools, (query, told.message)
            for language, query, by in APART:
                told = await office.asks(query, language)
                assert told.meaning and told.meaning.by == by, (query, told.message)
            both = await office.asks("sales this week, and last week's")
            assert both.meaning and both.meaning.period and both.meaning.compare, both.message
            four = await office.asks("sales, waste, refunds and tips this week")
            assert len(four.tool_calls) == 3 and "three questions at a time" in four.message and "Tips" in four.message
            assert four.confidence < 0.9
            unread = await office.asks("sales of frobnicated milk")
            assert not unread.tool_calls and "frobnicated" in unread.message and "Try" in unread.message

    run(scenario(), 60)


def test_a_new_question_owes_nothing_to_the_one_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            office = Office(shop, tmp_path, await traded(shop, clock))
            for language, first, query, meant in WHOLE:
                office.before = Remembered()
                await office.asks(first, language, fresh=False)
                told = await office.asks(query, language, fresh=False)
                meaning = told.meaning
                assert meaning and (meaning.measure, meaning.by) == meant and not meaning.filters, (query, told.message)

    run(scenario(), 60)


def test_what_is_to_be_done_opens_its_form(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            await done(shop, SetSupplier("farm", {"en": "Farm"}), SYSTEM)
            await done(shop, SetSupplierPrice("farm", "milk", 80), SYSTEM)

            def wished(text: str, language: str = "en", product: str = "") -> tuple[str, str]:
                found = ReadFormWish(text, language, "EUR", today, "1", product).read(shop.reader, shop.registry)
                return (found.text, found.address) if found else ("", "")

            for text, language in (
                ("please order 20 milk", "en"),
                ("commander 20 laits", "fr"),
                ("להזמין 20 חלב", "he"),
            ):
                assert wished(text, language)[1] == "open:/manager/supplier?register=1&id=farm#sku=milk&quantity=20", (
                    text
                )
            assert wished("order 20 of it", product="milk")[1].endswith("#sku=milk&quantity=20")
            for text, language in (
                ("raise the price of bread to 7.50", "en"),
                ("passer le prix du pain à 7,50", "fr"),
                ("להעלות את המחיר של לחם ל-7.50", "he"),
            ):
                assert wished(text, language)[1] == "open:/manager/product?register=1&sku=bread#price=7.50", text
            assert wished("raise the price to 7.50", product="bread")[1].endswith("sku=bread#price=7.50")
            assert "No supplier offers Bread" in wished("order 5 bread")[0]
            assert wished("order 20 of it")[1] == "" and "order 20 milk" in wished("order 20 of it")[0]
            for question in ("what should I order?", "how many orders are open", "price of milk", "sales by price"):
                assert wished(question) == ("", ""), question

    run(scenario(), 60)
