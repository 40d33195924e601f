"""What stands beside what happened: comments, reasons, a question with others around it; and what is done at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import run

Told = tuple[str, str, dict[str, int]]
"""Language, what is said (" / " between turns; a confirmation where one is asked), and by how many stock changes."""
TOLD: tuple[Told, ...] = (
    ("en", "delivery's here: 2 boxes of pale ale, nothing else on the van", {"beer": 40}),
    ("en", "the van is late as ever, received 3 milks", {"milk": 3}),
    ("en", "took 3 milks, don't ask", {"milk": -3}),
    ("en", "took 2 milks for the moussaka", {"milk": -2}),
    ("en", "broke 4 milks / checked again, only two broke, the rest are fine", {"milk": -2}),
    ("en", "took 2 milks and 3 rice / the milks weren't taken after all", {"rice": -3}),
    ("en", "took 3 milks / not right, put one back, it's still in the fridge", {"milk": -2}),
    ("en", "took 3 milks / sorry I forgot, there were four in all", {"milk": -4}),
    ("en", "took 3 milks / can you void the last line please", {}),
    ("en", "took 3 milks / take it back, Tom had already put those in", {}),
    ("en", "took 3 milks / same again for table 6", {"milk": -6}),
    ("en", "took 1 box of pale ale / it was 15 bottles and not 1 box", {"beer": -15}),
    ("fr", "la livraison est là : 2 caisses de bière blonde, rien d'autre", {"beer": 40}),
    ("fr", "pris 3 laits, c'est pas grave", {"milk": -3}),
    ("fr", "cassé 4 laits / j'ai revérifié, seulement deux cassés, le reste va bien", {"milk": -2}),
    ("fr", "pris 3 laits / non, remets-en un, il est encore en réserve", {"milk": -2}),
    ("fr", "pris 1 caisse de bière blonde / c'était 15 bouteilles et pas 1 caisse", {"beer": -15}),
    ("he", "לקחתי 3 חלב, אין מה לעשות", {"milk": -3}),
    ("he", "נשברו 4 חלב / בדקתי שוב, רק שניים נשברו, השאר שלמים", {"milk": -2}),
    ("he", "לקחתי 3 חלב / לא נכון, תחזיר אחד, הוא עדיין במחסן", {"milk": -2}),
    ("he", "לקחתי 3 חלב / סליחה שכחתי, היו ארבעה סה״כ", {"milk": -4}),
)
HELD = (
    ("en", "the 3 milks are in already, Sam did it, ignore me"),
    ("en", "3 milks, the van might come tomorrow"),
    ("en", "took 3 milks, just kidding"),
    ("fr", "3 laits, le camion viendra peut-être demain"),
    ("he", "3 חלב, המשאית אולי תגיע מחר"),
)
ASKED = (
    ("en", "what's the case size of mineral water", "6"),
    ("en", "box of mineral water, how many bottles is that", "6"),
    ("en", "a guest wants 30 milks for Friday, how many have I got?", "30"),
    ("en", "Is there rice? Don't need any yet, just the count", "9"),
    ("fr", "Un client veut 40 laits pour vendredi, j'en ai combien là ?", "30"),
    ("fr", "le riz, on en a combien d'avance ?", "9"),
    ("he", "ארגז מים מינרליים זה כמה בקבוקים?", "6"),
)


@pytest.mark.parametrize(("language", "said", "moved"), TOLD, ids=[one[1] for one in TOLD])
def test_what_is_said_beside_it_hides_nothing(tmp_path: Path, language: str, said: str, moved: dict[str, int]) -> None:
    async def flow() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, language, BOSS)
            before = {sku: talker.stock(sku) for sku in ("milk", "beer", "rice", "water")}
            for turn in said.split(" / "):
                if (await talker.say(turn)).state == "confirming":
                    await talker.say({"en": "yes", "fr": "oui", "he": "כן"}[language])
            after = {sku: (talker.stock(sku) - was) // 1000 for sku, was in before.items()}
            assert {sku: count for sku, count in after.items() if count} == moved

    run(flow())


@pytest.mark.parametrize(("language", "said"), HELD)
def test_a_part_that_takes_it_back_or_plans_holds_all_of_it(tmp_path: Path, language: str, said: str) -> None:
    async def flow() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, language, BOSS)
            assert (await talker.say(said)).state != "confirming"
            assert talker.stock("milk") == 30_000

    run(flow())


@pytest.mark.parametrize(("language", "said", "figure"), ASKED)
def test_the_part_that_asks_is_answered(tmp_path: Path, language: str, said: str, figure: str) -> None:
    async def flow() -> None:
        async with talking_shop(tmp_path) as shop:
            answer = await Talker(shop, language, BOSS).say(said)
            assert figure in answer.text.split("\n")[0].split(":")[-1], answer.text

    run(flow())


def test_filling_up_where_guests_are_is_shown_first(tmp_path: Path) -> None:
    """What came into the bar's fridge went out of the store: nothing is moved before it is said which is meant."""

    async def flow() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, "en", BOSS)
            assert (await talker.say("3 milks, topped up the bar fridge")).state == "confirming"
            assert talker.stock("milk") == 30_000

    run(flow())
