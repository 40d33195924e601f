"""A manager's question in several parts: none is dropped, nothing is added up that was to be held side by side, a new
question owes nothing to the one before, and what is to be done opens its form."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import Remembered
from edge.conversation.copilot.form_wishes import ReadFormWish
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.lib.units.dates import after
from tests.catch_up import catch_up
from tests.flow.conversation.test_meanings import GOODS, Office, receipts, traded
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
LEFT_OUT = (
    ("en", "sales this week without card payments", {"not_tender": ("card",)}),
    ("en", "sales this week not counting Monday", {"not_weekday": ("0",)}),
    ("en", "waste this week except breakage and theft", {"not_reason": ("broken", "theft")}),
    ("en", "sales at register 1 but not register 2", {"register": ("1",), "not_register": ("2",)}),
    ("en", "refunds this week except Dana", {"not_person": ("dana",)}),
    ("fr", "ventes de cette semaine sans la carte", {"not_tender": ("card",)}),
    ("fr", "ventes de cette semaine sauf lundi", {"not_weekday": ("0",)}),
    ("he", "מכירות השבוע בלי אשראי", {"not_tender": ("card",)}),
    ("he", "מכירות השבוע חוץ מיום שני", {"not_weekday": ("0",)}),
)
OF_HOURS = (
    ("en", "sales yesterday morning", "5-12", "2027-01-22"),
    ("en", "how was Friday night", "18-5", "2027-01-22"),
    ("en", "sales last night", "18-5", "2027-01-22"),
    ("en", "sales this afternoon", "12-18", "2027-01-23"),
    ("fr", "ventes d'hier soir", "18-24", "2027-01-22"),
    ("fr", "ventes de ce matin", "5-12", "2027-01-23"),
    ("he", "מכירות אתמול בערב", "18-24", "2027-01-22"),
    ("he", "מכירות הבוקר", "5-12", "2027-01-23"),
    ("en", "sales before noon", "0-12", "2027-01-23"),
    ("fr", "ventes d'hier avant midi", "0-12", "2027-01-22"),
    ("he", "מכירות אתמול לפני הצהריים", "0-12", "2027-01-22"),
    ("en", "sales yesterday until 11 am", "0-11", "2027-01-22"),
    ("en", "sales between 8 and 10 this morning", "8-10", "2027-01-23"),
    ("en", "sales between 5 and 7 this evening", "17-19", "2027-01-23"),
)
NAMED = (
    ("en", "average sales per day this week", "average, sales"),
    ("en", "net profit this month", "net"),
    ("en", "what was our best day ever", "ever"),
    ("en", "compare weekdays and weekends", "weekends, weekdays"),
    ("en", "what do we owe the suppliers", "suppliers"),
    ("en", "sales today compared to yesterday at this time", "time"),
    ("en", "how many gift cards did we sell this week", "gift, cards"),
    ("en", "how did the price of milk change", "change"),
    ("en", "when did we last sell milk", "last"),
    ("en", "orders that are not ready", "not"),
    ("fr", "chiffre d'affaires moyen par jour cette semaine", "moyen"),
    ("fr", "marge nette ce mois-ci", "nette"),
    ("fr", "le prix du lait a-t-il augmenté", "augmente"),
    ("he", "רווח נקי החודש", "נקי"),
    ("he", "הזמנות שלא מוכנות", "שלא"),
    ("he", "כמה מכרנו ב-3 השעות האחרונות", "מכרנו"),
)
SAID_SO = (
    ("en", "which goods lose money", "margin", ("product",), {}),
    ("en", "what expired last week", "waste", (), {"reason": ("expired",)}),
    ("fr", "qu'est-ce qui a expiré la semaine dernière", "waste", (), {"reason": ("expired",)}),
    ("he", "מה פג תוקפו בשבוע שעבר", "waste", (), {"reason": ("expired",)}),
    ("en", "do we sell more on Mondays or on Tuesdays", "sales", ("weekday",), {"weekday": ("0", "1")}),
    ("en", "sales on Monday, Tuesday and Wednesday", "sales", ("weekday",), {"weekday": ("0", "1", "2")}),
    ("en", "sales on weekdays this week", "sales", ("weekday",), {"weekday": ("0", "1", "2", "3", "4")}),
    ("he", "מכירות ביום שני וביום שלישי", "sales", ("weekday",), {"weekday": ("0", "1")}),
    ("en", "sales between 9 and 10 and between 10 and 11", "sales", ("hour",), {"hour": ("9-10", "10-11")}),
    ("en", "is card more popular than cash", "sales", ("tender",), {"tender": ("card", "cash")}),
    ("fr", "le lait ou le pain, lequel se vend le mieux", "sales", ("product",), {"product": ("milk", "bread")}),
)
IN_TURN = (
    ("en", "how many milks and how much bread did we sell this week", ("quantity", "milk"), ("quantity", "bread")),
    ("en", "movements of milk and bread this week", ("movements", "milk"), ("movements", "bread")),
    ("en", "do we have more milk than bread", ("stock", "milk"), ("stock", "bread")),
    ("fr", "prévision du lait et du pain pour demain", ("forecast", "milk"), ("forecast", "bread")),
)
AGO = (
    ("en", "sales three Fridays ago", "2027-01-08", "2027-01-08"),
    ("en", "sales two months ago", "2026-11-01", "2026-11-30"),
    ("en", "sales three weeks ago", "2026-12-28", "2027-01-03"),
    ("en", "sales on Christmas Eve", "2026-12-24", "2026-12-24"),
    ("fr", "ventes il y a trois vendredis", "2027-01-08", "2027-01-08"),
    ("fr", "ventes il y a deux mois", "2026-11-01", "2026-11-30"),
    ("fr", "ventes la veille de Noël", "2026-12-24", "2026-12-24"),
    ("he", "מכירות לפני שלושה ימי שישי", "2027-01-08", "2027-01-08"),
    ("he", "מכירות לפני חודשיים", "2026-11-01", "2026-11-30"),
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


def test_what_narrows_a_question_is_carried_out_or_named(tmp_path: Path) -> None:
    """What is left out, hours of the day, days ago, values held side by side; what no answer carries out stops it."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)  # a Saturday, 23 January 2027
            office = Office(shop, tmp_path, today)
            for language, query, filters in LEFT_OUT:
                told = await office.asks(query, language)
                assert told.meaning and told.meaning.filters == filters, (query, told.message)
            for language, query, hours, day in OF_HOURS:
                told = await office.asks(query, language)
                assert told.meaning and told.meaning.filters == {"hour": (hours,)}, (query, told.message)
                assert told.meaning.period == DaySpan(day, day), (query, told.message)
            for language, query, words in NAMED:
                told = await office.asks(query, language)
                assert not told.tool_calls and told.confidence <= 0.4, (query, told.message)
                assert all(word in told.message for word in words.split(", ")), (query, told.message)
            for language, query, measure, by, filters in SAID_SO:
                meaning = (await office.asks(query, language)).meaning
                assert meaning and (meaning.measure, meaning.by, meaning.filters) == (measure, by, filters), query
            for language, query, first, last in AGO:
                told = await office.asks(query, language)
                assert told.meaning and told.meaning.period == DaySpan(first, last), (query, told.message)
            for language, query, *each in IN_TURN:
                calls = (await office.asks(query, language)).tool_calls
                assert [(call.arguments["measure"], *call.arguments["filters"]["product"]) for call in calls] == each
            eight = Product("eight", {"en": "After Eight mints"}, (), 250, "reduced")
            rose = Product("rose", {"en": "Rosé Syrah"}, (), 250, "reduced")
            await done(shop, SetProducts((*GOODS, eight, rose)), SYSTEM)
            await catch_up(shop)
            for query, sku in (("After Eight sales this week", "eight"), ("how did rosé do this week", "rose")):
                named = (await office.asks(query)).meaning
                assert named and named.filters == {"product": (sku,)} and not named.compare, (query, named)
            week = DaySpan("2027-01-18", today)
            totals = [
                (await office.asks(f"sales this week {more}")).tool_calls[0].result
                for more in ("", "without card", "by card", "without Monday", "on Monday")
            ]
            whole, no_card, card, no_monday, monday = (one["value"] or 0 for one in totals if one)
            assert whole == no_card + card == no_monday + monday == sum(total for *_, total in receipts(shop, week))
            up = (await office.asks("did sales go up this week")).meaning
            assert up and up.compare == week.before, "held against the days before"
            for query in ("last sale by Dana", "last receipt yesterday", "on which days did we not sell milk"):
                assert not (await office.asks(query)).tool_calls, query

    run(scenario(), 120)


def test_stock_is_told_by_category_and_percents_tell_products_apart(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            office = Office(shop, tmp_path, await traded(shop, clock))
            for language, query in (
                ("en", "stock of dairy"),
                ("en", "how much dairy is there"),
                ("fr", "stock de produits laitiers"),
                ("he", "כמה מוצרי חלב יש"),
            ):
                told = await office.asks(query, language)
                assert told.meaning and told.meaning.filters == {"category": ("dairy",)}, (query, told.message)
                (call,) = told.tool_calls
                skus = {row["sku"] for row in call.rows}
                assert call.tool == "query_inventory" and call.result and call.result["products"] == len(skus) > 1
                assert "milk" in skus and "bread" not in skus, told.message
            asked = await office.asks("dairy and bakery last week")
            assert asked.meaning and (asked.meaning.measure, asked.meaning.by) == ("sales", ("category",))
            for sku, percent in (("skimmed", 1), ("whole", 3)):
                names = {"en": f"Milk {percent}% 1 l", "fr": f"Lait {percent} % 1 l", "he": f"חלב {percent}% 1 ליטר"}
                await done(shop, SetProducts((Product(sku, names, (), 250, "reduced"),)), SYSTEM)
            await catch_up(shop)
            for language, query in (
                ("en", "stock of 1% milk and 3% milk"),
                ("fr", "stock de lait 1 % et lait 3 %"),
                ("he", "מלאי של חלב 1% וחלב 3%"),
            ):
                calls = (await office.asks(query, language)).tool_calls
                assert [call.arguments["sku_code"] for call in calls] == ["skimmed", "whole"], query

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
            seven = Product("seven", {"en": "7 Up", "fr": "7 Up", "he": "7 אפ"}, (), 250, "reduced")
            await done(shop, SetProducts((*GOODS, seven)), SYSTEM)
            await done(shop, SetSupplierPrice("farm", "seven", 90), SYSTEM)
            await catch_up(shop)
            for text, language in (("order 20 7 Up", "en"), ("order 7 Up 20", "en"), ("commander 20 7 Up", "fr")):
                assert wished(text, language)[1].endswith("#sku=seven&quantity=20"), text
            assert wished("raise the price of 7 Up to 2.75")[1].endswith("sku=seven#price=2.75")
            for text, language in (
                ("raise the price of bread by 10%", "en"),
                ("augmente le prix du pain de 10 %", "fr"),
                ("תעלה את המחיר של לחם ב-10%", "he"),
            ):
                assert wished(text, language)[1].endswith("sku=bread#price=3.30"), text
            assert wished("lower the price by 0.50", product="bread")[1].endswith("#price=2.50")
            crate = msgspec.structs.replace(GOODS[0], box=12)
            await done(shop, SetProducts((crate, *GOODS[1:], seven)), SYSTEM)
            await catch_up(shop)
            assert wished("order 2 boxes of milk")[1].endswith("#sku=milk&quantity=24")
            assert wished("order 2 boxes of 7 Up")[1] == ""
            sunday = after(today, 1)  # the shop's day is a Saturday
            for text, language in (
                ("put it on promotion till Sunday", "en"),
                ("mets-le en promotion jusqu'à dimanche", "fr"),
                ("תשים את זה במבצע עד יום ראשון", "he"),
            ):
                told, address = wished(text, language, product="bread")
                assert "promotions?register=1#goods.skus=bread&names.en=Bread" in address, (text, told)
                assert address.endswith(f"&until={sunday}T23%3A59") and "share" not in address, address
            assert "share=20&" in wished("put bread on promotion at 20% off till Sunday")[1]
            assert "kind=fixed_price&price=2.50" in wished("put bread on offer at 2.50")[1]
            for text, language in (("count it", "en"), ("compte-le", "fr"), ("תספור את זה", "he")):
                assert wished(text, language, product="bread")[1].endswith("stock/item?register=1&sku=bread#act=adjust")
            assert wished("count the dairy")[1].endswith("stock/counts?register=1#category=dairy")
            for question in (
                *("what should I order?", "how many orders are open", "price of milk", "sales by price"),
                *("count the receipts today", "count 12 milk", "did the promotion of milk pay off"),
            ):
                assert wished(question) == ("", ""), question

    run(scenario(), 60)
