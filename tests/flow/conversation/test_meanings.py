"""Managers' questions: figures as a plain reckoning over the receipts has them, every measure and dimension in three
languages, what can't be told, and what goes on with the question before."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot import CopilotAnswer, Desk, Remembered
from edge.conversation.copilot.meaning.answerable import TABLE, cannot_tell
from edge.conversation.copilot.meaning.model import MEASURES, OF_A_PRODUCT, Meaning, UnderstoodQuestion
from edge.conversation.copilot.meaning.vocabulary import meaning_vocabulary
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Actor, RecordedEvent
from edge.counter.till.commands import AddLine, Pay, RefundSale, VoidLastSale
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import BASKET, MANAGE, STOCK
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.lib.i18n import LANGUAGES
from edge.lib.units.dates import after
from tests.asked_questions import understand_query
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, done, open_shop, run

ZONE = ZoneInfo("Europe/Paris")
TODAY, DAYS = "2027-01-15", 9
CODES = {"milk": "4006381333931", "bread": "4006381333948", "brie": "4006381333955"}
GOODS = (
    Product("milk", {"en": "Milk", "fr": "Lait", "he": "חלב"}, (CODES["milk"],), 120, "reduced", category="dairy"),
    Product("brie", {"en": "Brie", "fr": "Brie", "he": "ברי"}, (CODES["brie"],), 450, "reduced", category="dairy"),
    Product("bread", {"en": "Bread", "fr": "Pain", "he": "לחם"}, (CODES["bread"],), 300, "reduced", category="bakery"),
)
GROUPS = (
    Category("dairy", {"en": "Dairy", "fr": "Produits laitiers", "he": "מוצרי חלב"}),
    Category("bakery", {"en": "Bakery", "fr": "Boulangerie", "he": "מאפים"}),
)
CATEGORY = {one.sku: one.category or "" for one in GOODS}
PERSON = Actor("dana", "panel", "1", frozenset({BASKET, STOCK, MANAGE}))


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


class Office:
    """Someone who asks, one question after another."""

    def __init__(self, shop: CommandBus, folder: Path, today: str) -> None:
        self._shop = shop
        self._desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", today, shop.now_us(), ZONE.key)
        self.before = Remembered()

    def reads(self, query: str, language: str = "en") -> list[UnderstoodQuestion]:
        """A question, as it is understood by itself."""
        return understand_query(self._shop.reader, self._desk, query, language, Remembered())

    async def asks(self, query: str, language: str = "en", fresh: bool = True) -> CopilotAnswer:
        before = Remembered() if fresh else self.before
        understood = understand_query(self._shop.reader, self._desk, query, language, before)
        told, self.before = await copilot.answer(self._desk, understood, "s", before=before)
        return told


async def traded(shop: CommandBus, clock: FakeClock) -> str:
    """Nine days of sales by two tills at two hours, some undone and some given back; the last of these days."""
    rnd = random.Random(7)
    await done(shop, SetCategories(GROUPS), SYSTEM)
    await done(shop, SetProducts(GOODS), SYSTEM)
    await done(shop, SetUser("dana", "Dana", "cashier", hash_pin("864209")), SYSTEM)
    sales = 0
    for day in range(DAYS):
        for hours in (2, 5):
            for _ in range(rnd.randint(1, 2)):
                for sku in rnd.sample(sorted(CODES), rnd.randint(1, 3)):
                    await done(shop, AddLine(CODES[sku], quantity=1000 * rnd.randint(1, 3)), CASHIER)
                await done(shop, Pay(rnd.choice(("card", "cash"))), CASHIER)
                sales += 1
                if rnd.random() < 0.15:
                    await done(shop, VoidLastSale(), MANAGER)
                    sales += 1
                elif rnd.random() < 0.2:
                    await done(shop, RefundSale(sales), MANAGER)
                    sales += 1
            clock.advance(hours * 3600)
        clock.advance(0 if day == DAYS - 1 else 17 * 3600)
    await catch_up(shop)
    return after(TODAY, DAYS - 1)


Told = tuple[RecordedEvent, str, int, int]


def receipts(shop: CommandBus, span: DaySpan) -> Iterator[tuple[RecordedEvent, str, list[tuple[str, int, int]], int]]:
    """Papers of some days as the journal has them: the fact, its kind, its goods and its total, signed."""
    newest: list[tuple[str, int, int]] = []
    for fact in facts(shop.reader, shop.registry):
        event = fact.event
        match event:
            case SaleCompleted():
                newest = [(one.sku, one.quantity, one.amount_minor) for one in event.lines if not one.voided]
                paper = "sale", newest, event.total_minor + event.rounding_minor
            case SaleVoided():
                paper = "void", [(sku, -n, -minor) for sku, n, minor in newest], -event.total_minor
            case SaleRefunded():
                back = [(one.sku, -one.quantity, -one.amount_minor) for one in event.lines]
                newest = back
                paper = "refund", back, -event.paid_minor
            case _:
                continue
        if span.first <= fact.business_date <= span.last:
            yield fact, *paper


def plain_sums(
    shop: CommandBus, span: DaySpan, key: Callable[[RecordedEvent, str], str], what: str = "minor", only: str = ""
) -> dict[str, int]:
    """Sums of goods over receipts, by whatever a fact and a product have as their `key`."""
    found: Counter[str] = Counter()
    for fact, kind, goods, _ in receipts(shop, span):
        if only in ("", kind):
            for sku, quantity, minor in goods:
                found[key(fact, sku)] += quantity if what == "quantity" else minor
    return {name: value for name, value in found.items() if value}


def hour_of(fact: RecordedEvent) -> str:
    return f"{datetime.fromtimestamp(fact.at_us / 1e6, tz=ZONE).hour:02}:00"


def told(answer: CopilotAnswer, *dimensions: str) -> dict[str, int]:
    """The rows of an answer: values by the names of their dimensions."""
    (call,) = answer.tool_calls
    assert call.ok, answer
    return {
        " ".join(row[one] for one in dimensions): row["value"]
        for row in (call.result and call.rows) or []
        if row["value"]
    }


def value(answer: CopilotAnswer) -> int:
    (call,) = answer.tool_calls
    assert call.result is not None, answer
    return int(call.result["value"])


def test_figures_are_those_of_a_plain_reckoning(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            office = Office(shop, tmp_path, today)
            span, names = DaySpan(TODAY, today), {one.sku: (one.names or {})["en"] for one in GOODS}
            groups = {one.id: one.names["en"] for one in GROUPS}
            papers = list(receipts(shop, span))
            assert {kind for _, kind, *_ in papers} == {"sale", "void", "refund"}, "nothing of this is left out"
            since = "since 15 January"
            assert value(await office.asks(f"sales {since}")) == sum(total for *_, total in papers)
            standing = Counter(kind for _, kind, *_ in papers)
            undone = sum(kind == "void" and total > 0 for _, kind, _, total in papers)
            assert value(await office.asks(f"receipts {since}")) == standing["sale"] - standing["void"] + undone
            for question, dimension, what, plain in (
                ("sales by product", "product", "minor", lambda fact, sku: names[sku]),
                ("sales by category", "category", "minor", lambda fact, sku: groups[CATEGORY[sku]]),
                ("quantity by product", "product", "quantity", lambda fact, sku: names[sku]),
                ("sales by hour", "hour", "minor", lambda fact, sku: hour_of(fact)),
            ):
                answer = await office.asks(f"{question} {since}")
                assert told(answer, dimension) == plain_sums(shop, span, plain, what), question
            crossed = await office.asks(f"sales of dairy by hour and product {since}")
            of_dairy = plain_sums(shop, span, lambda fact, sku: f"{hour_of(fact)} {names[sku]}")
            assert told(crossed, "hour", "product") == {key: one for key, one in of_dairy.items() if "Bread" not in key}
            for kind, measure in (("void", "voids"), ("refund", "refunds")):
                total = -sum(minor for _, one, _, minor in papers if one == kind)
                assert value(await office.asks(f"{measure} {since}")) == total, measure
                by_product = plain_sums(shop, span, lambda fact, sku: names[sku], only=kind)
                answer = await office.asks(f"{measure} by product {since}")
                assert told(answer, "product") == {key: -one for key, one in by_product.items()}, measure
            by_weekday = Counter[str]()
            for fact, _, _, total in papers:
                by_weekday[date.fromisoformat(fact.business_date).strftime("%A")] += total
            assert told(await office.asks(f"sales by weekday {since}"), "weekday") == {
                day: one for day, one in by_weekday.items() if one
            }
            left = await office.asks(f"sales without bread {since}")
            assert value(left) == sum(
                minor for sku, minor in plain_sums(shop, span, lambda _, sku: sku).items() if sku != "bread"
            )
            worst = await office.asks(f"top 1 product {since}")
            best = max(plain_sums(shop, span, lambda fact, sku: names[sku]).items(), key=lambda one: one[1])
            assert told(worst, "product") == dict([best])

    run(scenario(), 60)


def test_every_measure_and_dimension_is_read_in_three_languages(tmp_path: Path) -> None:
    """Families made of the vocabulary: each phrase of a measure, alone, with a time and told apart, means that measure;
    what its table does not hold is refused without a figure."""

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await done(shop, SetCategories(GROUPS), SYSTEM)
            await done(shop, SetProducts(GOODS), SYSTEM)
            await catch_up(shop)
            desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", TODAY, shop.now_us(), ZONE.key)

            def meant(text: str, language: str) -> Meaning:
                understood = understand_query(shop.reader, desk, text, language, Remembered())
                assert len(understood) == 1 and understood[0].complete, (text, understood)
                return understood[0].meaning

            for language, last_week, by in zip(LANGUAGES, LAST_WEEK, BY, strict=True):
                nouns = first_phrases(language, "dimensions")
                for measure, phrase in first_phrases(language, "measures").items():
                    assert meant(phrase, language).measure == measure, phrase
                    dated = meant(f"{phrase} {last_week}", language)
                    over = {"expiring": "waste"}.get(measure, measure)  # what expired is waste
                    assert dated.measure == over and dated.period == DaySpan("2027-01-04", "2027-01-10"), phrase
                    for dimension, noun in nouns.items():
                        apart = meant(f"{phrase} {by} {noun}", language)
                        assert (apart.measure, apart.by) == (measure, (dimension,)), (phrase, noun)
                        known = TABLE[measure]
                        tells = dimension in known.dimensions and measure not in OF_A_PRODUCT
                        refused = cannot_tell(apart)
                        assert tells or refused is not None, (measure, dimension)

    run(scenario(), 60)


LAST_WEEK = ("last week", "la semaine dernière", "בשבוע שעבר")
BY = ("by", "par", "לפי")


def first_phrases(language: str, table: str) -> dict[str, str]:
    """The first phrase of each key of a table."""
    found: dict[str, str] = {}
    for entries in meaning_vocabulary(language).entries.values():
        for entry in entries:
            if entry.kind == table:
                found.setdefault(entry.key, " ".join(entry.pattern))
    return found


def test_a_word_of_another_language_is_a_name_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            bar = Product("mars", {"en": "Mars bar", "fr": "Barre Mars", "he": "חטיף מארס"}, (), 150, "reduced")
            await done(shop, SetCategories(GROUPS), SYSTEM)
            await done(shop, SetProducts((*GOODS, bar)), SYSTEM)
            await catch_up(shop)
            office = Office(shop, tmp_path, TODAY)
            english = await office.asks("sales of mars yesterday")
            french = await office.asks("les ventes en mars", "fr")
            assert english.meaning is not None and english.meaning.filters == {"product": ("mars",)}, english
            assert french.meaning is not None and french.meaning.period == DaySpan("2026-03-01", "2026-03-31"), french
            mixed = await office.asks("sales לפי קטגוריה hier")
            assert mixed.meaning is not None and mixed.meaning.by == ("category",), mixed
            assert mixed.meaning.period == DaySpan("2027-01-14", "2027-01-14"), mixed

    run(scenario())


def test_every_measure_has_its_words_and_someone_who_tells_it() -> None:
    for language in LANGUAGES:
        assert set(first_phrases(language, "measures")) == set(MEASURES)
    assert set(TABLE) == set(MEASURES)
    assert {one.tool for one in TABLE.values()} == {tool.name for tool in copilot.TOOLS}


def test_no_figure_where_a_word_has_no_owner(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            office = Office(shop, tmp_path, await traded(shop, clock))
            for query, language, word in (
                ("sales of unicorns yesterday", "en", "unicorns"),
                ("sales of milk in Atlantis", "en", "atlantis"),
                ("sales of 17 yesterday", "en", "17"),
                ("les ventes de licornes hier", "fr", "licornes"),
                ("מכירות חדקרן אתמול", "he", "חדקרן"),
            ):
                answer = await office.asks(query, language)
                assert not answer.tool_calls and answer.confidence <= 0.4, answer
                assert answer.meaning is not None and answer.meaning.unknown, answer
                assert word[:5] in answer.message, answer
            for query, told_instead in (
                ("waste by tender last week", "not by payment method"),
                ("sales by tender and hour yesterday", "by one of these at a time"),
                ("stock of milk yesterday", "as of now"),
                ("sales of milk by hour last year", "92 days"),
            ):
                answer = await office.asks(query)
                assert not answer.tool_calls and told_instead in answer.message, answer

    run(scenario(), 60)


def test_a_question_goes_on_with_the_one_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)
            for language, turns in FOLLOWED.items():
                office = Office(shop, tmp_path, today)
                for turn, want in zip(turns, WANTED, strict=True):
                    answer = await office.asks(turn, language, fresh=False)
                    assert answer.meaning == want, (turn, answer.meaning)

    run(scenario(), 60)


_WEEK, _BEFORE = DaySpan("2027-01-18", "2027-01-23"), DaySpan("2027-01-11", "2027-01-17")
FOLLOWED = {
    "en": (
        "sales of dairy this week",
        "by day",
        "same for bakery",
        "and last week?",
        "without bread",
        "and the quantity?",
        "as a table",
    ),
    "fr": (
        *("les ventes de produits laitiers cette semaine", "par jour", "pareil pour la boulangerie"),
        *("et la semaine dernière ?", "sans le pain", "et la quantité ?", "en tableau"),
    ),
    "he": (
        *("המכירות של מוצרי חלב השבוע", "לפי יום", "אותו דבר למאפים", "ובשבוע שעבר?", "ללא לחם"),
        *("ומה הכמות?", "בטבלה"),
    ),
}
_DAIRY, _BAKERY = {"category": ("dairy",)}, {"category": ("bakery",)}
_BUT_BREAD = {**_BAKERY, "not_product": ("bread",)}
WANTED = (
    Meaning("sales", (), _DAIRY, _WEEK),
    Meaning("sales", ("day",), _DAIRY, _WEEK),
    Meaning("sales", ("day",), _BAKERY, _WEEK),
    Meaning("sales", ("day",), _BAKERY, _BEFORE),
    Meaning("sales", ("day",), _BUT_BREAD, _BEFORE),
    Meaning("quantity", ("day",), _BUT_BREAD, _BEFORE),
    Meaning("quantity", ("day",), _BUT_BREAD, _BEFORE, show="list"),
)
HELD_AGAINST = {
    "en": (
        "sales this week against last week",
        "compare sales this week with last week",
        "sales this week vs last week",
        "compared to last week, sales this week",
    ),
    "fr": ("les ventes de cette semaine par rapport à la semaine dernière",),
    "he": ("המכירות השבוע לעומת שבוע שעבר",),
}


def test_a_time_is_held_against_the_one_that_is_said_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            for language, sayings in HELD_AGAINST.items():
                office = Office(shop, tmp_path, "2027-01-23")
                for said in sayings:
                    meaning = (await office.asks(said, language)).meaning
                    assert meaning == Meaning("sales", (), {}, _WEEK, _BEFORE), (said, meaning)

    run(scenario())
