"""Goods that are put somewhere, and of which lot they are, in three languages: done where it was said, and taken back
there."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.understanding.whereabouts import Whereabouts, apart
from edge.core.command_bus import CommandBus
from edge.goods.stock.commands import RecordMovement, SetLocation
from edge.goods.stock.queries import lot_where, read_item
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

PLACES = {
    "main": {},
    "cellar": {"en": "Cellar", "fr": "Cave", "he": "מרתף"},
    "roof": {"en": "Rooftop bar", "fr": "Bar du toit", "he": "בר הגג"},
}
PUT = {
    "en": "put 3 crates of plastic small cola in the cellar",
    "fr": "mis 3 cartons de petit cola plastique à la cave",
    "he": "שמתי 3 ארגזים קולה קטן פלסטיק במרתף",
}
RECEIVED = {
    "en": "received 2 boxes of pale ale, lot A12, expires in May",
    "fr": "reçu 2 cartons de bière blonde, lot A12, expire en mai",
    "he": "קיבלתי 2 ארגזים בירה בהירה אצווה A12 תוקף עד מאי",
}
BOX = 12_000


@pytest.mark.parametrize(
    ("text", "rest", "where"),
    [
        ("moved 2 milks from the cellar to the rooftop bar", "moved 2 milks", Whereabouts("cellar", "roof")),
        ("העברתי 2 חלב מהמרתף לבר הגג", "העברתי 2 חלב", Whereabouts("cellar", "roof")),
        ("took 3 from the cellar soaps", "took 3 from the cellar soaps", Whereabouts()),
        ("received 4 milk, best before 12/05/2027", "received 4 milk,", Whereabouts(expiry="2027-05-12")),
        ("received 4 milk expires on 31 February", "received 4 milk expires on 31 February", Whereabouts()),
        ("in the cellar 2 milks, in the rooftop bar 3", "2 milks, 3", Whereabouts(at="roof", doubt=True)),
    ],
)
def test_what_is_said_of_places_is_taken_apart(text: str, rest: str, where: Whereabouts) -> None:
    assert apart(text, "en", PLACES, "2026-11-22") == (rest, where)


def totals(shop: object, sku: str) -> dict[str, int]:
    """What is at each place, in thousandths."""
    item = read_item(shop.reader, sku)  # type: ignore[attr-defined]
    assert item is not None
    sums: dict[str, int] = {}
    for row in item.rows:
        sums[row.location] = sums.get(row.location, 0) + row.total
    return {place: total for place, total in sums.items() if total}


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_goods_are_put_somewhere_and_back(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for place in ("cellar", "roof"):
                await done(shop, SetLocation(place, PLACES[place], "storage"), SYSTEM)
            keeper = Talker(shop, language)
            short = await keeper.say(PUT[language])
            assert not short.movements and totals(shop, "cola-plastic") == {"main": 2 * BOX}, short
            put = await keeper.say(PUT[language].replace("3", "2"))
            assert totals(shop, "cola-plastic") == {"cellar": 2 * BOX}, put
            assert (put.state, put.movements[0].target) == ("done", "cellar")
            assert PLACES["cellar"][language] in put.text
            cancel = {"en": "cancel", "fr": "annule", "he": "בטל"}[language]
            assert (await keeper.say(cancel)).state == "cancelled"
            assert totals(shop, "cola-plastic") == {"main": 2 * BOX}
            received = await keeper.say(RECEIVED[language])
            assert received.state == "done", received
            (row,) = lot_where(shop.reader, "beer", "A12")
            assert (row.boxes, row.expiry[5:]) == (2, "05-31")
            assert "A12" in received.text and row.expiry in received.text
            await keeper.say(cancel)
            assert not [row for row in lot_where(shop.reader, "beer", "A12") if row.total]

    run(scenario())


def test_what_is_where_and_what_cannot_be_meant(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for place in ("cellar", "roof"):
                await done(shop, SetLocation(place, PLACES[place], "storage"), SYSTEM)
            keeper = Talker(shop)
            assert (await keeper.say("received 2 boxes of mineral water in the cellar")).state == "done"
            assert (await keeper.say("moved 1 box of mineral water from the cellar to the rooftop bar")).state == "done"
            assert totals(shop, "water") == {"main": 48_000, "cellar": 6_000, "roof": 6_000}
            asked = await keeper.say("how much mineral water is in the cellar?")
            assert asked.text == "Mineral water 1.5 l (Cellar): 1 box"
            assert (
                await keeper.say("how many eggs are in the rooftop bar?")
            ).text == "Eggs, 12 (Rooftop bar): none in stock"
            assert (await keeper.say("took 3 boxes of mineral water from the cellar")).state == "confirming_short"
            assert "only 6 in stock" in (keeper.last.text if keeper.last else "")
            await keeper.say("no")
            for said, answer in (
                ("put 2 milks in the cellar and in the rooftop bar", "Please name one location"),
                ("moved 2 milks", "Where to?"),
                ("lot Z9 expires in June", "Please say the lot together with the delivery"),
            ):
                assert (await keeper.say(said)).text.startswith(answer), said
            await keeper.say("received 3 milks")
            with_lot = await keeper.say("lot B7 expires in June")
            assert with_lot.state == "done" and "lot B7" in with_lot.text
            (row,) = lot_where(shop.reader, "milk", "B7")
            assert (row.total, row.expiry[5:]) == (3_000, "06-30")
            assert keeper.stock("milk") == 33_000, "once, with its lot"
            await keeper.say("received 2.5 boxes of pale ale")
            assert (await keeper.say("lot L123")).state == "done"
            (row,) = lot_where(shop.reader, "beer", "L123")
            assert (row.boxes, row.total) == (2, 50_000), "the half box, too"

    run(scenario())


def rows(shop: CommandBus, sku: str) -> dict[tuple[str, str, str], tuple[int, int]]:
    """What there is, and how many boxes of it, by place, lot and last day."""
    item = read_item(shop.reader, sku)
    assert item is not None
    return {(row.location, row.lot, row.expiry): (row.total, row.boxes) for row in item.rows if row.total}


@pytest.mark.parametrize(
    "said",
    [
        "counted lot A1 of milk: 7",
        "took 3 milk from lot A1",
        "took 12 milk",
        "received 5 milk expires in March 2030",
        "received 5 milk",
        "moved 2 milk from lot B1 to the cellar",
        "counted 3 milk",
    ],
)
def test_what_is_taken_back_leaves_each_lot_as_it_was(tmp_path: Path, said: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetLocation("cellar", PLACES["cellar"], "storage"), SYSTEM)
            for lot, expiry, units, place in (
                ("A1", "2028-01-31", 10_000, "main"),
                ("B1", "2029-01-31", 4_000, "main"),
                ("", "2028-06-30", 6_000, "main"),
                ("A1", "2028-01-31", 8_000, "cellar"),
            ):
                await done(
                    shop, RecordMovement("milk", "in", units=units, lot=lot, expiry=expiry, location=place), SYSTEM
                )
            before = rows(shop, "milk")
            keeper = Talker(shop, actor=BOSS)
            answer = await keeper.say(said)
            assert answer.state == "done" and rows(shop, "milk") != before, answer
            answer = await keeper.say("cancel")
            assert answer.state == "cancelled", answer
            assert rows(shop, "milk") == before

    run(scenario())
