"""Numbers of a statement that count nothing (a size in a name, a price, a time, a number said again); and goods that
are not called so, of which there is one alone that may be meant: its effect is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import BOSS, Talker
from tests.flow.conversation.test_chat_staff_sayings import levels, stocked
from tests.shop_fixture import open_shop, run

CASES: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("en", "took 2 baguettes and 3 bottles of the 1.5 litre sparkling water", {"D03": -3, "D15": -2}),
    ("en", "used two bags of coffee beans - the 1kg", {"D37": -2}),
    ("en", "3 bottles of the half litre sparkling water went to the terrace", {"D02": -3}),
    ("en", "used up 2 bottles of honey and a bag of penne for the sauce, 11.30", {"D22": -2, "D19": -1}),
    ("en", "received 3.2 kg of gouda, £62 a kilo", {"D12": 3.2}),
    ("en", "dropped two jars of honey, so that's two off", {"D22": -2}),
    ("fr", "j'ai pris deux bouteilles d'eau gazeuse, les 1,5 litre", {"D03": -2}),
    ("fr", "reçu 3,2 kg de gouda, à €62 le kilo", {"D12": 3.2}),
    ("he", "קיבלתי 3.2 קילו גאודה, ₪62 לקילו", {"D12": 3.2}),
)
SHOWN: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("en", "took 3 bottles of merlot wotsit", {"D42": -3}),
    ("en", "took 2 jars of strawberry wotsit", {"D23": -2}),
    ("fr", "j'ai pris 3 bouteilles de merlot machin", {"D42": -3}),
    ("he", "לקחתי 3 בקבוקים מרלו מיוחד", {"D42": -3}),
)
YES = {"en": "yes", "fr": "oui", "he": "כן"}


def _moved(tmp_path: Path, language: str, said: str) -> tuple[dict[str, float], bool]:
    """What moved, in units, and whether its effect was shown first."""

    async def scenario() -> tuple[dict[str, float], bool]:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stocked(shop)
            talker, before = Talker(shop, language, BOSS), levels(shop)
            answer = await talker.say(said)
            asked = answer.state == "confirming"
            assert not asked or levels(shop) == before, "nothing before a yes"
            if asked:
                await talker.say(YES[language])
            after = levels(shop)
            return {sku: (after[sku] - n) / 1000 for sku, n in before.items() if after[sku] != n}, asked

    return run(scenario())


@pytest.mark.parametrize(("language", "said", "moved"), CASES)
def test_a_number_that_counts_nothing_moves_nothing(
    tmp_path: Path, language: str, said: str, moved: dict[str, float]
) -> None:
    assert _moved(tmp_path, language, said)[0] == moved


@pytest.mark.parametrize(("language", "said", "moved"), SHOWN)
def test_the_only_goods_that_may_be_meant_are_shown(
    tmp_path: Path, language: str, said: str, moved: dict[str, float]
) -> None:
    assert _moved(tmp_path, language, said) == (moved, True)
