"""What several sentences did is taken back by one, and one more thing is said without its verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_understanding import stocked
from tests.shop_fixture import FakeClock, run

FULL = 500_000
TOOK = {
    "en": ("took 2 bagels", "took 1 challah", "took 3 lettuces"),
    "fr": ("pris 2 bagels", "pris 1 hallah", "pris 3 laitues"),
    "he": ("לקחתי 2 בייגלים", "לקחתי חלה אחת", "לקחתי 3 חסות"),
}
BOTH = {"en": "undo both", "fr": "annule les deux", "he": "תבטל את שניהם"}
LAST_TWO = {"en": "undo the last two", "fr": "annule les deux derniers", "he": "בטל את השניים האחרונים"}
AND_ONE = {"en": "and a challah", "fr": "et une hallah", "he": "ועוד חלה"}


@pytest.mark.parametrize("language", TOOK)
def test_what_the_last_sentences_did_is_taken_back_by_one(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for undo in (BOTH, LAST_TWO):
                talker = Talker(shop, language, BOSS)
                for said in TOOK[language]:
                    assert len((await talker.say(said)).movements) == 1
                assert len((await talker.say(undo[language])).movements) == 2
                kept = [talker.stock(sku) for sku in ("bagel", "challah", "lettuce")]
                assert kept == [FULL - 2000, FULL, FULL], "the two newest, and no other"
                await talker.say(TOOK[language][1])
                assert len((await talker.say(undo[language])).movements) == 2, "that, and what stood before"
                kept = [talker.stock(sku) for sku in ("bagel", "challah", "lettuce")]
                assert kept == [FULL] * 3, "what is back stays back"

    run(scenario(), 60)


def test_fewer_than_were_named_or_longer_ago_is_said_and_nothing_moves(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with talking_shop(tmp_path, clock) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", BOSS)
            await talker.say("took 2 bagels")
            assert "-2 pcs Bagel" in (await talker.say("undo the last three")).text
            for _ in range(2):
                clock.advance(6 * 60)
                await talker.say("how many bagels are there?")
            await talker.say("took 1 challah")
            assert not (await talker.say("undo both")).movements, "the first is too long ago"
            assert (talker.stock("bagel"), talker.stock("challah")) == (FULL - 2000, FULL - 1000)

    run(scenario(), 60)


@pytest.mark.parametrize("language", TOOK)
def test_one_more_thing_needs_no_verb(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            talker = Talker(shop, language, BOSS)
            await talker.say(TOOK[language][0])
            assert [one.change for one in (await talker.say(AND_ONE[language])).movements] == [-1000]
            assert (talker.stock("bagel"), talker.stock("challah")) == (FULL - 2000, FULL - 1000)

    run(scenario(), 60)
