"""Goods that someone else received went out, if they were ours: both effects are shown, and nothing comes in by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import run

OTHERS = {
    "en": ("the hotel received 4 rice", "the school got 4 rice", "the guest received 4 rice"),
    "fr": ("l'hôtel a reçu 4 riz", "l'école a reçu 4 riz", "le client a reçu 4 riz"),
    "he": ("המלון קיבל 4 אורז", "האורח קיבל 4 אורז"),
}
OURS = {
    "en": ("we received 4 rice", "took 4 rice"),
    "fr": ("on a reçu 4 riz", "l'équipe a pris 4 riz"),
    "he": ("קיבלנו 4 אורז", "לקחתי 4 אורז"),
}


@pytest.mark.parametrize("language", OTHERS)
def test_what_others_received_does_not_come_in(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for text in OTHERS[language]:
                talker = Talker(shop, language, BOSS)
                before = talker.stock("rice")
                shown = await talker.say(text)
                assert shown.state == "confirming" and talker.stock("rice") == before, (text, shown.text)
            for text, change in zip(OURS[language], (4_000, -4_000), strict=True):
                talker = Talker(shop, language, BOSS)
                before = talker.stock("rice")
                await talker.say(text)
                assert talker.stock("rice") == before + change, text

    run(scenario())
