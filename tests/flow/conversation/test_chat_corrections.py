"""What no one counted, what may have turned, answers about units, and what changes what was done just now: families."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from edge.conversation.assistant.turns.dialogue import ChatAnswer
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_understanding import LANGUAGES, PLURAL, stocked
from tests.shop_fixture import run

FULL = 500_000
TOOK = {"en": "took", "fr": "pris", "he": "לקחתי"}
CAME = {"en": "received", "fr": "reçu", "he": "קיבלתי"}
UNCOUNTED = {
    "en": (
        "about 5",
        "at least 3",
        "up to 6",
        "3 of the 5",
        "2 out of 6",
        "half of the 6",
        "between 3 and 5",
        "2 x 6",
        "5+",
        "roughly 4",
    ),
    "fr": (
        "environ 5",
        "au moins 3",
        "jusqu'à 6",
        "3 des 5",
        "entre 3 et 5",
        "la moitié des 6",
        "2 x 6",
        "presque 5",
        "plus de 3",
    ),
    "he": ("בערך 5", "לפחות 3", "עד 6", "3 מתוך ה-5", "בין 3 ל-5", "חצי מה-6", "2 כפול 6", "כמעט 5", "יותר מ-3"),
}
BROKEN_OFF = {
    "en": ("I took it for", "I went to", "about", "no,", "and another", "the one with"),
    "fr": ("pris pour la", "c'était à", "environ", "non,", "et encore", "celle de"),
    "he": ("לקחתי ל", "בערך", "לא,", "ועוד", "זה עם"),
}
CLAIMED = {
    "en": ("he claims he took", "it looks like we took", "in case we took", "thinking of taking"),
    "fr": ("soi-disant on a pris", "il prétend avoir pris", "Marco croit avoir pris", "imaginons qu'on ait pris"),
    "he": ("לכאורה לקחנו", "הוא טוען שלקחתי", "כביכול לקחתי", "בקרוב לקחתי"),
}
TURNED = {
    "en": ("returned {n} {name} to the supplier", "brought {n} {name} to table 4", "took {n} {name} from the supplier"),
    "fr": ("rapporté {n} {name} à la table 6", "retourné {n} {name} au fournisseur", "livré {n} {name} à la chambre 4"),
    "he": ("החזרתי {n} {name} לספק", "החזרנו {n} {name} לספק", "לקחתי {n} {name} מהספק"),
}
SINGLE = {
    "en": (
        "bottles, not crates",
        "no, singles",
        "not boxes",
        "individual bottles",
        "only bottles",
        "the second",
        "bottles I said",
    ),
    "fr": ("des bouteilles, pas des caisses", "non, à l'unité", "pas de cartons", "bouteilles seules", "la deuxième"),
    "he": ("לא ארגזים, בקבוקים", "לא, בודדים", "רק בקבוקים", "יחידות בודדות", "השני", "ברור שבודדים"),
}
BOXED = {
    "en": ("full boxes", "whole cases", "crates please", "boxes not bottles", "the first"),
    "fr": ("des caisses entières", "en cartons", "cartons", "la première"),
    "he": ("ארגזים שלמים", "קרטונים", "הראשון"),
}
CHANGED = {
    "en": {
        "no, 8": "amount",
        "{a}, sorry, 8": "amount",
        "make that 8": "amount",
        "not 5, 8": "amount",
        "it was 8": "amount",
        "that's wrong, 8": "amount",
        "no wait, {b}": "product",
        "not {a}, {b}": "product",
        "should be {b} not {a}": "product",
        "{b} instead of {a}": "product",
        "I meant {b}": "product",
        "and 3 more": "more",
        "another 3": "more",
        "3 more": "more",
        "and 3 {b}": "besides",
        "one less": "less",
        "one too many": "less",
        "same again": "again",
        "ditto": "again",
        "no, they were delivered": "act",
        "not {a}": "out",
        "let's say 8": "amount",
        "cancel only the {a}": "out",
        "undo just the {a}": "out",
        "she returned them, undo that": "out",
    },
    "fr": {
        "non, 8": "amount",
        "c'est faux, 8": "amount",
        "je voulais dire 8": "amount",
        "pas 5, 8": "amount",
        "non, {b}": "product",
        "pardon, je voulais dire {b}": "product",
        "pas des {a}, des {b}": "product",
        "{b} au lieu de {a}": "product",
        "et encore 3": "more",
        "3 de plus": "more",
        "et 3 {b}": "besides",
        "un de moins": "less",
        "la même chose encore": "again",
        "pareil": "again",
        "non, reçu": "act",
        "pas {a}": "out",
        "disons 8": "amount",
        "mince c'était 8 seulement": "amount",
        "ah nan c'était 8": "amount",
        "jme suis trompé, 8": "amount",
        "oups erreur, c'était des {b}": "product",
        "rajoutes-en 3": "more",
        "annule juste les {a}": "out",
        "elle me les a rendus, annule ça": "out",
    },
    "he": {
        "לא, 8": "amount",
        "סליחה, 8": "amount",
        "לא 5 אלא 8": "amount",
        "בעצם 8": "amount",
        "לא, {b}": "product",
        "לא {a} אלא {b}": "product",
        "התכוונתי {b}": "product",
        "{b} במקום {a}": "product",
        "ועוד 3": "more",
        "3 נוספים": "more",
        "ו-3 {b}": "besides",
        "אחד פחות": "less",
        "שוב אותו דבר": "again",
        "לא, קיבלתי": "act",
        "לא {a}": "out",
        "תבטל רק {a}": "out",
        "היא החזירה אותם, תבטל את זה": "out",
    },
}
LEFT = {"amount": -8, "product": 0, "more": -8, "besides": -5, "less": -4, "again": -10, "act": 5, "out": 0}
"""What is changed of the five that were taken of the one; of the other -5 stands for it, or -3 besides."""
UNCHANGED = {
    "en": (
        "no idea",
        "not sure",
        "no problem",
        "thanks",
        "sorry, table 8",
        "it was for table 8",
        "it was at 8 pm",
        "no, about 8",
        "not 8",
        "no, 3 or 4",
        "no, mirinda",
        "maybe 8",
        "I need 8 {b}",
        "no, tomorrow 8",
        "no more {b}",
        "they cost 8 shekels",
        "wrong table",
        "cancel 2 {a}",
        "cancel the {b}",
        "he took 8 {b}, undo that",
    ),
    "fr": (
        "je sais pas",
        "pas de problème",
        "merci",
        "pardon, table 8",
        "c'était pour la table 8",
        "c'était à 8 heures",
        "non, environ 8",
        "non, 3 ou 4",
        "non, mirinda",
        "il faut 8 {b}",
        "non, demain 8",
        "il n'y a plus de {b}",
    ),
    "he": (
        "לא יודע",
        "אין בעיה",
        "תודה",
        "סליחה, שולחן 8",
        "זה היה לשולחן 8",
        "זה היה ב-8 בערב",
        "לא, בערך 8",
        "לא, 3 או 4",
        "לא, מירינדה",
        "צריך 8 {b}",
        "לא, מחר 8",
        "אין יותר {b}",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_counted_is_asked(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for number, name in product(UNCOUNTED[language], PLURAL[language].values()):
                text = f"{TOOK[language]} {number} {name}"
                assert not (await Talker(shop, language, BOSS).say(text)).movements, text
            for begun in BROKEN_OFF[language]:
                assert not (await Talker(shop, language, BOSS).say(begun)).movements, begun
            for claim, name in product(CLAIMED[language], PLURAL[language].values()):
                assert not (await Talker(shop, language, BOSS).say(f"{claim} 3 {name}")).movements, (claim, name)

    run(scenario(), 60)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_have_turned_is_shown_both_ways(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            for saying, name in product(TURNED[language], PLURAL[language].values()):
                text = saying.format(n=3, name=name)
                asked = await Talker(shop, language, BOSS).say(text)
                assert len(asked.options) == 3 and {"out", "in"} & {one.id for one in asked.options}, (text, asked)
                assert not asked.movements

    run(scenario(), 60)


def test_pieces_of_what_is_weighed_are_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said in (("en", "took 6 tomatoes"), ("fr", "pris 6 tomates"), ("he", "לקחתי 6 עגבניות")):
                talker = Talker(shop, language, BOSS)
                assert (await talker.say(said)).state == "asking_quantity", said
                moved = (await talker.say("2")).movement
                assert moved is not None and moved.change == -2_000
            weighed = (await Talker(shop, "en", BOSS).say("took 1.5 kg of tomatoes")).movement
            assert weighed is not None and weighed.change == -1_500

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_boxes_or_single_ones_is_answered_in_any_usual_way(tmp_path: Path, language: str) -> None:
    name = {"en": "pale ale", "fr": "bière blonde", "he": "בירה בהירה"}[language]

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for answers, change in ((SINGLE, 2_000), (BOXED, 40_000)):
                for answer in answers[language]:
                    talker = Talker(shop, language, BOSS)
                    assert (await talker.say(f"{CAME[language]} 2 {name}")).state == "choosing_unit"
                    moved = (await talker.say(answer)).movement
                    assert moved is not None and moved.change == change, (answer, moved)
            again = Talker(shop, "en", BOSS)
            await again.say("took 3 pale ale")
            assert not (await again.say("a box")).movements, "one was said, and three before"

    run(scenario(), 60)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_done_just_now_is_changed(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            one, other = PLURAL[language]["bagel"], PLURAL[language]["challah"]
            for saying, change in CHANGED[language].items():
                before = _there(shop_talker := Talker(shop, language, BOSS))
                assert (await shop_talker.say(f"{TOOK[language]} 5 {one}")).movement is not None
                await shop_talker.say(saying.format(a=one, b=other))
                after = _there(shop_talker)
                moved = tuple((there - was) // 1000 for was, there in zip(before, after, strict=True))
                assert moved == (LEFT[change], {"product": -5, "besides": -3}.get(change, 0)), (saying, moved)

    run(scenario(), 60)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_correction_changes_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            one, other = PLURAL[language]["bagel"], PLURAL[language]["challah"]
            for saying in UNCHANGED[language]:
                talker = Talker(shop, language, BOSS)
                await talker.say(f"{TOOK[language]} 5 {one}")
                before = _there(talker)
                answer = await talker.say(saying.format(a=one, b=other))
                assert not answer.movements and _there(talker) == before, (saying, answer.text)

    run(scenario(), 60)


def test_one_of_several_is_changed_and_the_others_stand(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            talker = Talker(shop, "en", BOSS)
            await talker.say("took 3 bagels and 2 challahs")
            await talker.say("make the challahs 4")
            assert _there(talker) == (FULL - 3_000, FULL - 4_000)
            told: ChatAnswer = await talker.say("no, 7")
            assert "3 pcs Bagel" in told.text and not told.movements, "of two, nobody said which"
            await talker.say("undo the bagels")
            assert _there(talker) == (FULL, FULL - 4_000), "one of them alone"
            await talker.say("cancel")
            assert _there(talker) == (FULL, FULL), "cancel takes back all that the newest sentence did"

    run(scenario())


STANDING = (
    ("en", "took 3 bagels / and 2 challahs / the challahs were 4, the bagels are right", 3, 4),
    ("en", "took 3 bagels / and 2 challahs / challahs were 4, bagels stand", 3, 4),
    ("en", "took 3 bagels and 2 challahs / leave out the challahs, never took them", 3, 0),
    ("en", "took 3 bagels / recount, 4 in the bag", 4, 0),
    ("fr", "pris 3 bagels / et 2 hallahs / les hallahs c'était 4, les bagels c'est bon", 3, 4),
    ("he", "לקחתי 3 בייגלים / הבייגלים היו 5", 5, 0),
)
"""Turns in a language, and how many bagels and challahs were taken."""


@pytest.mark.parametrize(("language", "turns", "bagels", "challahs"), STANDING)
def test_what_is_right_is_left_beside_what_is_corrected(
    tmp_path: Path, language: str, turns: str, bagels: int, challahs: int
) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            talker = Talker(shop, language, BOSS)
            for said in turns.split(" / "):
                told = await talker.say(said)
            assert _there(talker) == (FULL - bagels * 1_000, FULL - challahs * 1_000), told.text
            assert told.state == "done", "nothing is asked"

    run(scenario())


def _there(talker: Talker) -> tuple[int, int]:
    return talker.stock("bagel"), talker.stock("challah")


@pytest.mark.parametrize("said", ["no, 600", "it was 600 grams", "let's say 600"])
def test_a_bare_number_behind_grams_is_of_grams(tmp_path: Path, said: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, "en", BOSS)
            before = talker.stock("tomato")
            await talker.say("took 800 g of tomatoes")
            assert talker.stock("tomato") == before - 800
            await talker.say(said)
            assert talker.stock("tomato") == before - 600

    run(scenario())


@pytest.mark.parametrize(
    ("language", "said", "taken"),
    [
        ("en", "took 2 bagels, not 3", 2),
        ("en", "took 2 bagels, no, 3", 3),
        ("en", "took 2 bagels, not 3 challahs", 0),
        ("fr", "pris 2 bagels, pas 3", 2),
        ("fr", "j'ai pris deux bagels, non, trois plutôt", 3),
        ("he", "לקחתי 2 בייגל, לא, 3", 3),
        ("he", "לקחתי 2 בייגל, לא 3", 0),
    ],
)
def test_what_is_denied_is_not_counted(tmp_path: Path, language: str, said: str, taken: int) -> None:
    """ "Not 3" is no correction: it was so many as was said before; where it may be either, nothing moves."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await stocked(shop)
            talker = Talker(shop, language, BOSS)
            before = _there(talker)
            answer = await talker.say(said)
            bagels, challahs = (was - there for was, there in zip(before, _there(talker), strict=True))
            assert (bagels, challahs) == (taken * 1000, 0), answer.text

    run(scenario())
