"""Managers' questions as they are said: what two measures share, days to come, the busiest day, who entered what."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.copilot import Desk, Remembered
from edge.conversation.copilot.meaning.model import Meaning
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.lib.i18n import LANGUAGES
from edge.lib.units.dates import after
from tests.asked_questions import understand_query
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS
from tests.flow.conversation.test_meanings import GOODS, GROUPS, PERSON, TODAY, ZONE, Office, tools_have_time, traded
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

__all__ = ["tools_have_time"]
BEFORE = DaySpan("2027-01-11", "2027-01-17")
SHARED = {
    "en": ("sales and waste of milk last week", "how were sales and waste for milk last week?"),
    "fr": ("les ventes et les pertes de lait la semaine dernière",),
    "he": ("מכירות ופחת של חלב בשבוע שעבר",),
}


def test_what_stands_behind_two_measures_is_of_both(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", "2027-01-23", shop.now_us(), ZONE.key)
            await catch_up(shop)

            def meant(said: str, language: str) -> list[Meaning]:
                understood = understand_query(shop.reader, desk, said, language, Remembered())
                assert all(one.complete for one in understood), (said, understood)
                return [one.meaning for one in understood]

            milk = {"product": ("milk",)}
            for language, sayings in SHARED.items():
                for said in sayings:
                    assert meant(said, language) == [Meaning(one, (), milk, BEFORE) for one in ("sales", "waste")], said
            sales, waste = meant("sales today and waste last week", "en")
            assert (sales.period, waste.period) == (DaySpan("2027-01-23", "2027-01-23"), BEFORE)

    run(scenario())


WEEKENDS = {
    "en": ("sales on weekends last month", "sales on weekdays last month"),
    "fr": ("ventes des week-ends du mois dernier", "ventes en semaine le mois dernier"),
    "he": ("מכירות בסופי שבוע בחודש שעבר", "מכירות בימי חול בחודש שעבר"),
}
AND_MONEY = {
    "en": (
        "how many milks did we sell and for how much last week",
        "how many milks did we sell, and how much money did they bring in last week",
    ),
    "fr": ("combien de laits vendus et pour combien la semaine dernière",),
    "he": ("כמה חלב מכרנו ובכמה כסף בשבוע שעבר",),
}


def test_weekends_are_those_of_the_country_and_money_is_told_beside_a_quantity(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await catch_up(shop)
            for zone, free in ((ZONE.key, ("5", "6")), ("Asia/Jerusalem", ("4", "5"))):
                desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", "2027-01-23", shop.now_us(), zone)
                workdays = tuple(str(day) for day in range(7) if str(day) not in free)
                for language, sayings in WEEKENDS.items():
                    for said, days in zip(sayings, (free, workdays), strict=True):
                        (one,) = understand_query(shop.reader, desk, said, language, Remembered())
                        assert one.complete and one.meaning.filters == {"weekday": days}, (said, one)
                        assert one.meaning.period == DaySpan("2026-12-01", "2026-12-31"), said
            both = understand_query(shop.reader, desk, "compare weekdays and weekends", "en", Remembered())
            assert not any(one.complete for one in both), "no sum of all seven days is told for it"
            for language, sayings in AND_MONEY.items():
                for said in sayings:
                    told = understand_query(shop.reader, desk, said, language, Remembered())
                    assert [one.meaning.measure for one in told] == ["quantity", "sales"], (said, told)
                    assert {one.meaning.product for one in told} == {"milk"}, (said, told)

    run(scenario())


FUTURE_TIMES = {
    "en": ("what will run out before Friday", "will we have enough milk until Friday"),
    "fr": ("qu'est-ce qui risque de manquer d'ici vendredi", "aura-t-on assez de lait jusqu'à vendredi"),
    "he": ("מה עומד להיגמר לפני שישי", "יהיה מספיק חלב עד שישי"),
}


def test_what_runs_out_and_when_most_is_sold(tmp_path: Path) -> None:
    """Of a day to come it is asked how long goods last, of the busiest day which weekday that is, and not of today."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            today = await traded(shop, clock)  # a Saturday
            office = Office(shop, tmp_path, today)
            friday = DaySpan(today, after(today, 6))
            for language, (all_goods, of_milk) in FUTURE_TIMES.items():
                gone, milk = await office.asks(all_goods, language), await office.asks(of_milk, language)
                assert gone.meaning == Meaning("cover_days", period=friday), (all_goods, gone)
                assert milk.meaning == Meaning("cover_days", (), {"product": ("milk",)}, friday), (of_milk, milk)
                assert gone.tool_calls and gone.tool_calls[0].ok and milk.tool_calls[0].ok
            for language, said in zip(LANGUAGES, BUSIEST, strict=True):
                busiest = await office.asks(said, language)
                assert busiest.meaning is not None and busiest.meaning.by == ("weekday",), (said, busiest)
                assert busiest.meaning.period == DaySpan(after(today, -27), today), said
            beside = await office.asks("sales yesterday vs same day last week")
            assert beside.meaning is not None and beside.meaning.compare == DaySpan(after(today, -8), after(today, -8))
            for language, said in zip(LANGUAGES, THIS_AND_LAST, strict=True):
                better = await office.asks(said, language)
                assert better.meaning is not None and better.meaning.period == DaySpan(today, today), (said, better)
                assert better.meaning.compare == DaySpan(after(today, -7), after(today, -7)), (said, better)
            sold = await office.asks("ce qui se vend le moins cette semaine", "fr")
            assert sold.meaning is not None and sold.meaning.by == ("product",), (
                "“ce qui” asks for goods, not for a person"
            )
            month = await office.asks("are we up on last month")
            assert month.meaning is not None and month.meaning.period == DaySpan("2027-01-01", today), month

    run(scenario(), 60)


THIS_AND_LAST = (
    "did we do better this Saturday than last Saturday",
    "on a fait mieux ce samedi que samedi dernier ?",
    "עשינו יותר בשבת הזאת מאשר בשבת שעברה?",
)
BUSIEST = ("what's our busiest day", "quel est le jour le plus achalandé", "מה היום הכי עמוס")


def test_what_someone_entered_is_told_of_their_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await done(shop, SetCategories(GROUPS), SYSTEM)
            await done(shop, SetProducts(GOODS), SYSTEM)
            await done(shop, SetUser("dana", "Dana", "cashier", hash_pin("864209")), SYSTEM)
            await done(shop, RecordMovement("milk", "in", units=9_000), SYSTEM)
            await done(shop, RecordMovement("milk", "out", units=2_000), PERSON)
            clock.advance(24 * 3600)
            await done(shop, RecordMovement("bread", "in", units=4_000), PERSON)
            await catch_up(shop)
            office = Office(shop, tmp_path, after(TODAY, 1))
            for language, said, name in ENTERED:
                told = await office.asks(said, language)
                assert f"{name} -2" in told.message and "4" not in told.message.splitlines()[-1], (said, told.message)

    run(scenario())


ENTERED = (
    ("en", "everything Dana logged yesterday", "Milk"),
    ("fr", "tout ce que Dana a saisi hier", "Lait"),
    ("he", "כל מה שדנה רשמה אתמול", "חלב"),
)


def test_a_day_is_not_lost_in_a_word_that_says_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            desk = Desk(shop.open_reader, shop.registry, BOSS, "EUR", "2027-01-23", shop.now_us(), ZONE.key)
            said = understand_query(shop.reader, desk, "show me yesterday's revenue", "en", Remembered())
            assert [one.meaning.period for one in said] == [DaySpan("2027-01-22", "2027-01-22")]
            apart = understand_query(shop.reader, desk, "sales yesterday, separately", "en", Remembered())
            assert [one.complete for one in apart] == [False], "by what, nobody said"

    run(scenario())
