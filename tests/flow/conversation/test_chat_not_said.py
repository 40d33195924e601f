"""Nothing moves that was not said: what says more, or something else, than its effect is shown before it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import BOSS, Talker
from tests.flow.conversation.test_chat_basket_changes import BAGUETTE, CROISSANT
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_staff_sayings import levels, stocked
from tests.flow.conversation.test_chat_wishes import basket
from tests.shop_fixture import open_shop, run

LAGER, CHOCOLATE, LETTUCE, POTATOES, GOUDA = "D40", "D38", "D32", "D28", "D12"


STAFF = (
    ("en", "this morning I saw a man with twenty baguettes, squashed"),
    ("fr", "ce matin j'ai vu un homme avec vingt baguettes, écrasées"),
    ("he", "היום בבוקר ראיתי ברחוב מישהו עם עשרים באגטים על אופניים, קרע"),
    ("en", "orange soda glass cases - well, bottles - three, gone off"),
    ("fr", "soda orange verre, des casiers, enfin, bouteilles, trois jetés"),
    ("he", "סודה תפוז זכוכית ארגזים, סליחה, בקבוקים, שלושה נזרקו"),
    ("fr", "reçu 3 bouteilles d'huile d'olive... d'huile quoi, de colza"),
)
"""What staff say, of which nothing is done before confirmation."""


@pytest.mark.parametrize(("language", "text"), STAFF)
def test_staff_are_shown_what_only_may_have_happened(tmp_path: Path, language: str, text: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before, talker = levels(shop), Talker(shop, language, BOSS)
            answer = await talker.say(text)
            assert levels(shop) == before, answer.text

    run(scenario())


CUSTOMERS: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("en", "I saw a man with twenty baguettes", {}),
    ("fr", "j'ai vu un monsieur avec vingt baguettes", {}),
    ("he", "ראיתי מישהו עם עשרים באגטים", {}),
    ("en", "a croissant, one for me and one for my sister", {}),
    ("fr", "mon fils veut des croissants, il en veut trois, il en aura un", {}),
    ("he", "קרואסון אחד לי ואחד לחבר שלי", {}),
    ("he", "עשרה באגטים / שלושה פחות / טוב תחזיר אחד מהשלושה", {BAGUETTE: 7_000}),
    ("he", "קילו תפוחי אדמה, 2 חסות / מתפוחי האדמה שני קילו, ומהחסה כלום", {POTATOES: 2_000}),
    ("en", "2 croissants and 3 baguettes / none of the croissants", {BAGUETTE: 3_000}),
    ("fr", "2 croissants et 3 baguettes / finalement aucun croissant", {BAGUETTE: 3_000}),
    ("en", "200 g gouda / no gouda at all, but a lettuce", {GOUDA: 200}),
    ("en", "500 g potatoes / double that / so a kilo", {POTATOES: 1_000}),
    ("fr", "500 g de pommes de terre / on sera le double / donc un kilo", {POTATOES: 500}),
    ("he", "חצי קילו תפוחי אדמה / תכפיל / אז קילו", {POTATOES: 1_000}),
)
"""What customers say, and what lies in their basket before any yes."""


@pytest.mark.parametrize(("language", "turns", "kept"), CUSTOMERS)
def test_a_basket_has_only_what_was_said(tmp_path: Path, language: str, turns: str, kept: dict[str, int]) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            talker = Talker(shop, language, CUSTOMER, "shopping")
            for text in turns.split(" / "):
                await talker.say(text)
            assert await basket(shop) == kept, talker.last

    run(scenario())


BOTTLES = (
    ("en", "took 5 cans of amber ale / no, lager 33"),
    ("fr", "pris 5 canettes de bière ambrée / non, blonde 33"),
    ("he", "לקחתי 5 פחיות בירה ענברית / לא, בהירה 33"),
)


@pytest.mark.parametrize(("language", "turns"), BOTTLES)
def test_a_size_behind_a_name_counts_nothing(tmp_path: Path, language: str, turns: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before, talker = levels(shop), Talker(shop, language, BOSS)
            for text in turns.split(" / "):
                await talker.say(text)
            assert levels(shop) == before | {LAGER: before[LAGER] - 5_000}, talker.last

    run(scenario())


OTHERS = (
    ("en", "took 3 croissants / took 2 baguettes / the first was four"),
    ("fr", "pris 3 croissants / pris 2 baguettes / la première, c'était quatre"),
    ("he", "הוצאתי 3 קרואסונים / הוצאתי 2 באגטים / הראשון היה 4"),
    ("fr", "pris 3 croissants / pris 2 baguettes / j'ai mélangé les deux"),
    ("he", "הוצאתי 3 קרואסונים / הוצאתי 2 באגטים / התבלבלתי בין השניים"),
)


@pytest.mark.parametrize(("language", "turns"), OTHERS)
def test_the_newest_movement_is_not_changed_for_another(tmp_path: Path, language: str, turns: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before, talker = levels(shop), Talker(shop, language, BOSS)
            for text in turns.split(" / "):
                await talker.say(text)
            await talker.say({"en": "yes", "fr": "oui", "he": "כן"}[language])
            wanted = {CROISSANT: before[CROISSANT] - 3_000, BAGUETTE: before[BAGUETTE] - 2_000}
            assert levels(shop) == before | wanted, talker.last

    run(scenario())


UNLOADED = (
    ("en", "the driver came and dropped off 3 baguettes"),
    ("fr", "le livreur a descendu 3 baguettes"),
    ("he", "בא ספק היין, הוריד 3 באגטים"),
)


@pytest.mark.parametrize(("language", "text"), UNLOADED)
def test_what_a_driver_takes_down_comes_in(tmp_path: Path, language: str, text: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before, talker = levels(shop), Talker(shop, language, BOSS)
            answer = await talker.say(text)
            if answer.state == "confirming":
                await talker.say({"en": "yes", "fr": "oui", "he": "כן"}[language])
            assert levels(shop) == before | {BAGUETTE: before[BAGUETTE] + 3_000}, answer.text

    run(scenario())


INSTEAD = (
    ("en", "took 200 lettuces. lol no, 2"),
    ("fr", "pris 200 laitues... pfff non, 2"),
    ("he", "לקחתי 200 חסות, חחח לא, 2"),
)


@pytest.mark.parametrize(("language", "text"), INSTEAD)
def test_a_laugh_before_the_number_that_counts_says_nothing(tmp_path: Path, language: str, text: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            before = levels(shop)
            await Talker(shop, language, BOSS).say(text)
            assert levels(shop) == before | {LETTUCE: before[LETTUCE] - 2_000}

    run(scenario())


def test_what_counts_once_or_is_called_twice_is_done_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            cases = (
                ("en", "2 croissants, one baguette for my sister", {CROISSANT: 2_000, BAGUETTE: 1_000}),
                ("fr", "un croissant pour moi", {CROISSANT: 1_000}),
                ("he", "קרואסון אחד לי", {CROISSANT: 1_000}),
            )
            for language, text, kept in cases:
                talker = Talker(shop, language, CUSTOMER, "shopping")
                await talker.say(text)
                assert await basket(shop) == kept, talker.last
                await talker.say("clear")

    run(scenario())
