"""What a manager's question says is carried out or named: no part is dropped, no figure stands for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.copilot import copilot
from edge.conversation.copilot.meaning.answerable import TABLE, cannot_tell
from edge.conversation.copilot.meaning.model import Meaning
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.stock.commands import RecordMovement, SetLocation
from edge.lib.i18n import LANGUAGES
from edge.lib.units.dates import after
from tests.catch_up import catch_up
from tests.flow.conversation.test_meanings import GOODS, GROUPS, Office, traded
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

DRINKS = Category("drinks", {"en": "Drinks", "fr": "Boissons", "he": "משקאות"})
OAT = Product(
    "oat",
    {"en": "Oat drink 1 l", "fr": "Boisson à l'avoine 1 l", "he": "משקה שיבולת שועל 1 ליטר"},
    (),
    390,
    "reduced",
    category="drinks",
)
UNITS = {
    "en": "how many milk and brie went yesterday",
    "fr": "combien de lait et de brie sont partis hier",
    "he": "כמה חלב וברי הלכו אתמול",
}
LISTED = {
    "en": "takings yesterday, the day before, and last Monday?",
    "fr": "chiffre d'affaires d'hier, d'avant-hier et de lundi dernier ?",
    "he": "כמה פדינו אתמול, שלשום וביום שני שעבר?",
}
OF_THE_SAME = {
    "en": "how much milk is left and how much did we sell this week?",
    "fr": "combien reste-t-il de lait et combien en a-t-on vendu cette semaine ?",
    "he": "כמה חלב נשאר וכמה מכרנו השבוע?",
}
NO_DAY = {"en": "sales on 31 November", "fr": "ventes du 31 novembre", "he": "מכירות ב-31 בנובמבר"}
NOT_YET = {"en": "refunds tomorrow", "fr": "les remboursements de demain", "he": "החזרים מחר"}
BEST = {
    "en": ("what do we make the most on", "margin", "most"),
    "fr": ("les produits les plus rentables du mois dernier", "margin", "most"),
    "he": ("המוצרים הכי רווחיים בחודש שעבר", "margin", "most"),
}
NOTHING = {"en": "No data found.", "fr": "Aucune donnée trouvée.", "he": "לא נמצאו נתונים."}
WORST = {"fr": "les plus mauvaises ventes de la boulangerie le mois dernier", "en": "worst selling bakery last month"}
BROKEN = {
    "en": "what did we throw away because it was broken",
    "fr": "qu'a-t-on jeté parce que c'était cassé ?",
    "he": "מה זרקנו כי נשבר?",
}
NO_REASON = {
    "en": "sales this week because of rain",
    "fr": "ventes de la semaine à cause de la pluie",
    "he": "מכירות השבוע בגלל הגשם",
}
ENOUGH = {
    "en": "do we have enough milk for the weekend?",
    "fr": "a-t-on assez de lait pour le week-end ?",
    "he": 'יש לנו מספיק חלב לסופ"ש?',
}


WHEN_OUT = {"en": "when does the milk run out", "fr": "quand va-t-on manquer de lait", "he": "מתי ייגמר החלב"}
AND_MARGIN = {
    "en": "sales of dairy this week, and the margin",
    "fr": "ventes de produits laitiers cette semaine, et la marge",
    "he": "מכירות מוצרי חלב השבוע, והרווח",
}
LATE = {"en": "how many of the open orders are late", "fr": "combien de commandes en retard", "he": "כמה הזמנות באיחור"}
NOT_TOLD = {
    "en": "which products sold less than last month",
    "fr": "quels produits ont moins vendu que le mois dernier",
}


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


def test_no_figure_stands_for_another(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            await done(shop, SetCategories((*GROUPS, DRINKS)), SYSTEM)
            await done(shop, SetProducts((*GOODS, OAT)), SYSTEM)
            await catch_up(shop)
            office = Office(shop, tmp_path, today)
            yesterday = after(today, -1)
            for language in LANGUAGES:
                told = await office.asks(UNITS[language], language)
                assert told.meaning and told.meaning.measure == "quantity", told.message
                counted = {sku for call in told.tool_calls for sku in call.arguments["filters"]["product"]}
                assert counted == {"milk", "brie"}, told.message
                told = await office.asks(LISTED[language], language)
                spans = [call.arguments["period"]["first"] for call in told.tool_calls]
                assert spans[:2] == [yesterday, after(today, -2)] and len(spans) == 3, (spans, told.message)
                told = await office.asks(OF_THE_SAME[language], language)
                sold = told.tool_calls[1].arguments
                assert (sold["measure"], sold["filters"]) == ("quantity", {"product": ("milk",)}), told.message
                told = await office.asks(NO_DAY[language], language)
                assert not told.tool_calls and "31" in told.message and told.message.count("\n") == 1, told.message
                told = await office.asks(NOT_YET[language], language)
                assert not told.tool_calls and told.confidence == 0.0, told.message
                query, measure, order = BEST[language]
                told = await office.asks(query, language)
                assert told.meaning and (told.meaning.measure, told.meaning.order) == (measure, order), told.message
                assert told.message.endswith(NOTHING[language]), "no cost is known: nothing is in any order"
                told = await office.asks(BROKEN[language], language)
                assert told.meaning and told.meaning.filters == {"reason": ("broken",)}, told.message
                assert not (await office.asks(NO_REASON[language], language)).tool_calls
                told = await office.asks(ENOUGH[language], language)
                assert [call.tool for call in told.tool_calls] == ["cover_days"], told.message
            for language, query in WORST.items():
                told = await office.asks(query, language)
                assert told.meaning and told.meaning.order == "least", told.message
            told = await office.asks("il reste combien de boisson à l'avoine ?", "fr")
            assert told.meaning and told.meaning.filters == {"product": ("oat",)}, told.message
            assert len(told.tool_calls) == 1, told.message
            told = await office.asks("why were we down on Saturday")
            assert told.meaning and told.meaning.show == "why" and told.meaning.compare is None, told.message
            assert told.meaning.period and told.meaning.period.first == after(
                today, -1 if today[-2:] == "24" else -7
            ), told

    run(scenario(), 60)


def test_what_is_left_unsaid_is_the_same_and_a_kind_is_all_of_its_goods(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            goat = Product("goat", {"en": "Goat milk", "fr": "Lait de chèvre", "he": "חלב עזים"}, (), 250, "reduced")
            await done(shop, SetProducts((*GOODS, goat)), SYSTEM)
            await done(shop, SetLocation("back", {"en": "Stockroom", "fr": "Réserve", "he": "מחסן"}, "storage"), SYSTEM)
            await catch_up(shop)
            office = Office(shop, tmp_path, today)
            for language in LANGUAGES:
                told = await office.asks(WHEN_OUT[language], language)
                assert told.meaning and told.meaning.measure == "risk", told.message
                told = await office.asks(AND_MARGIN[language], language)
                margin = told.tool_calls[-1].arguments
                assert (margin["measure"], margin["filters"]) == ("margin", {"category": ("dairy",)}), told.message
                told = await office.asks(LATE[language], language)
                assert told.meaning and told.meaning.filters == {"status": ("late",)}, told.message
            for language, query in NOT_TOLD.items():
                assert not (await office.asks(query, language)).tool_calls, query
            told = await office.asks("best selling milk this week")
            assert told.meaning and set(told.meaning.filters["product"]) == {"milk", "goat"}, told.message
            assert not (await office.asks("what sold best, milk or bread or brie")).message.startswith("Total")
            wine = {"en": "Red wine", "fr": "Vin rouge"}, {"en": "Glass of red wine", "fr": "Verre de vin rouge"}
            gin = {"en": "Gin", "fr": "Gin"}, {"en": "Gin and tonic", "fr": "Gin tonic"}
            named = zip(("red", "glass", "gin", "tonic"), (*wine, *gin), strict=True)
            await done(shop, SetProducts(tuple(Product(sku, one, (), 900, "reduced") for sku, one in named)), SYSTEM)
            await catch_up(shop)
            for language, query in (
                ("en", "what's left of red wine, gin and brie?"),
                ("fr", "que reste-t-il de vin rouge, de gin et de brie ?"),
            ):
                told = await office.asks(query, language)
                assert [call.arguments["sku_code"] for call in told.tool_calls] == ["red", "gin", "brie"], told.message
            await done(shop, RecordMovement("milk", "in", 0, 40_000), SYSTEM)
            await done(shop, RecordMovement("milk", "waste", 0, 7_000), SYSTEM)
            await catch_up(shop)
            told = await office.asks("how many milk did we throw away today")
            assert told.message.endswith("(7 pcs)."), "a count is asked for beside the money"
            told = await office.asks("combien de lait en réserve", "fr")
            assert told.meaning and told.meaning.filters["place"] == ("back",), told.message
            told = await office.asks("אנחנו מוכרים יותר חלב טרי מחודש שעבר?", "he")
            assert not told.meaning or told.meaning.period is None or told.meaning.period.last == today, told.message
            told = await office.asks("où en est-on aujourd'hui", "fr")
            assert told.meaning and told.meaning.compare is None, told.message

    run(scenario(), 60)


def test_the_latest_receipts_and_a_named_suppliers_price_are_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            for id, cost in (("farm", 80), ("dairy-co", 75)):
                await done(shop, SetSupplier(id, {"en": id.title()}), SYSTEM)
                await done(shop, SetSupplierPrice(id, "milk", cost), SYSTEM)
            await catch_up(shop)
            office = Office(shop, tmp_path, today)
            told = await office.asks("the latest 3 receipts")
            assert told.tool_calls[0].ok and len(told.tool_calls[0].rows) == 3, told
            told = await office.asks("supplier price of milk from farm")
            assert "0.80" in told.message and "0.75" not in told.message, told.message
            told = await office.asks("which supplier is cheapest for milk")
            assert told.message.index("0.75") < told.message.index("0.80"), told.message

    run(scenario(), 60)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_measure_offers_two_questions_that_can_be_answered(tmp_path: Path, language: str) -> None:
    """What can't be told comes with examples; each of them is a question that is understood."""

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            office = Office(shop, tmp_path, "2027-01-15")
            teller = MeaningTeller(shop.reader, language, "EUR")
            for measure in TABLE:
                for wanted in ((), ("person",), ("tender",)):
                    for example in teller.examples_of(Meaning(measure, wanted)):
                        (asked,) = office.reads(example, language)
                        assert asked.complete and cannot_tell(asked.meaning) is None, (measure, example, asked)

    run(scenario(), 60)
