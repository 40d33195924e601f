"""A last look before anything is done: what says more than its effect is shown, and a confirmation does just what was
shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.last_look import looked_over
from edge.conversation.understanding.lookup import LookedUp
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.whereabouts import PlacedSentence, Whereabouts
from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.catch_up import catch_up
from tests.chat_fixture import KEEPER, Talker, talking_shop
from tests.flow.conversation.test_chat_basket_changes import BAGUETTE, CROISSANT
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_staff_sayings import levels, stocked
from tests.flow.conversation.test_chat_wishes import basket
from tests.shop_fixture import SYSTEM, done, open_shop, run

YES = {"en": "yes", "fr": "oui", "he": "כן"}
CRATES = (
    ("en", "dropped a case of pale ale, that was 20 bottles, all broken"),
    ("fr", "on a cassé un casier de bière blonde, soit 20 bouteilles"),
    ("he", "נשבר ארגז בירה בהירה, 20 בקבוקים"),
)
"""A box and how many are in it, which are no more besides."""


@pytest.mark.parametrize(("language", "text"), CRATES)
def test_a_crate_and_what_it_holds_move_once(tmp_path: Path, language: str, text: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, language)
            before = talker.stock("beer")
            answer = await talker.say(text)
            assert answer.state == "confirming", answer.text
            await talker.say(YES[language])
            assert talker.stock("beer") == before - 20_000

    run(scenario())


SHOWN = (
    ("en", "2 croissants / sorry, baguettes! three", (0, 3)),
    ("en", "2 croissants and a baguette, the dog had 4 yesterday", (2, 1)),
    ("fr", "2 croissants / pardon, des baguettes ! trois", (0, 3)),
    ("he", "2 קרואסונים / סליחה, באגטים! שלושה", (0, 3)),
)
"""Turns of a customer's, of which the last is shown; and what a confirmation leaves of croissants and baguettes."""


@pytest.mark.parametrize(("language", "turns", "kept"), SHOWN)
def test_what_says_more_than_its_effect_is_shown_and_confirmation_does_it(
    tmp_path: Path, language: str, turns: str, kept: tuple[int, int]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = await _offered(shop, language, *turns.split(" / "))
            await talker.say(YES[language])
            wanted = {CROISSANT: kept[0] * 1_000, BAGUETTE: kept[1] * 1_000}
            assert await basket(shop) == {sku: much for sku, much in wanted.items() if much}

    run(scenario())


def test_a_box_beside_what_was_taken_out_of_it_is_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before = levels(shop)
            await Talker(shop, "fr", KEEPER).say("un carton de pois chiches est entamé : j'ai pris 6 boîtes dedans")
            assert levels(shop) == before

    run(scenario())


async def _offered(shop: CommandBus, language: str, *turns: str) -> Talker:
    """Someone to whom the last of these turns was shown."""
    talker = Talker(shop, language, CUSTOMER, "shopping")
    for one in turns:
        await talker.say(one)
    assert talker.last is not None and talker.last.state == "confirming", talker.last
    return talker


SORRY = ("2 croissants", "sorry, baguettes! three")


def test_of_two_numbers_of_one_thing_none_is_put_in_for_the_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            for text in ("2 croissants, I only have 20", "two croissants, just keep ten"):
                await Talker(shop, "en", CUSTOMER, "shopping").say(text)
                assert (await basket(shop)).get(CROISSANT, 2_000) == 2_000, text

    run(scenario())


def test_nothing_but_a_confirmation_does_what_was_shown(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            for reply in ("no", "cancel", "hm", "no, one"):
                talker = await _offered(shop, "en", *SORRY)
                await talker.say(reply)
                assert await basket(shop) == {CROISSANT: 2_000}, reply
            talker = await _offered(shop, "en", *SORRY)
            await talker.say("2 baguettes")
            assert await basket(shop) == {CROISSANT: 2_000, BAGUETTE: 2_000}
            talker = await _offered(shop, "en", *SORRY)
            await talker.tap("yes")
            await talker.say("undo")
            assert await basket(shop) == {CROISSANT: 2_000}

    run(scenario())


def test_a_basket_that_was_changed_meanwhile_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = await _offered(shop, "en", *SORRY)
            await Talker(shop, "en", CUSTOMER, "shopping").say("1 croissant")
            answer = await talker.say("yes")
            assert "cart has changed" in answer.text
            assert await basket(shop) == {CROISSANT: 3_000}

    run(scenario())


BREADS = (("grain", "Twelve grain"), ("rye", "Rye"))


def test_what_is_kept_is_called_as_it_lies_in_the_basket(tmp_path: Path) -> None:
    goods = [
        Product(sku, {"en": name}, (), 300, "reduced", container="glass")
        for sku, name in (("grapes", "Grapes"), ("juice", "Grape juice"), ("plum", "Plum juice"))
    ]
    numbered = [Product(f"cream-{one}", {"en": f"Cream {one}%"}, (), 300, "reduced") for one in (15, 38)]
    breads = [Product(sku, {"en": f"{name} bread"}, (), 300, "reduced") for sku, name in BREADS]
    cases = (
        ("1 grape juice / 1 plum juice / keep just the grape", {"juice": 1_000}),
        ("2 cream 15% / 2 cream 38% / keep just the 15 / yes", {"cream-15": 2_000}),
        ("1 rye bread / a twelve grain bread instead", {"grain": 1_000}),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await done(shop, SetProducts((*goods, *numbered, *breads)), SYSTEM)
            await catch_up(shop)
            for turns, kept in cases:
                talker = Talker(shop, "en", CUSTOMER, "shopping")
                for one in turns.split(" / "):
                    await talker.say(one)
                assert await basket(shop) == kept, (turns, talker.last)

    run(scenario())


def test_goods_that_came_and_went_are_not_moved_one_way() -> None:
    clauses = (Clause("in", 2_000, text="milk"), Clause("in", 3_000, text="rice"))
    second = LookedUp((), Reading("en", clauses, {}, (), proposed=True), proposed=True)
    for text, stays in (("2 milk arrived and 3 rice taken out", False), ("2 milk arrived and 3 rice", True)):
        placed = PlacedSentence(Sentence("other", "en"), text, Whereabouts())
        assert (looked_over(second, placed, "en", "stock").reading is not None) is stays, text


def test_what_is_of_a_name_a_pack_or_a_time_is_done_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for text in (
                "took 3 milk at 7",
                "took 3 milk for table 12",
                "took 3 milk, no, 4",
                "took 3 milk for 12 guests",
            ):
                answer = await Talker(shop, "en", KEEPER).say(text)
                assert answer.state == "done", (text, answer.text)

    run(scenario())
