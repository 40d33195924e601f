"""What was said right, and was read wrongly or not at all: measures behind names, containers of other goods, goods that
spoil after they came, minus signs, abbreviations, politeness and what goes back to a supplier."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.flow.conversation.test_chat_understanding import LANGUAGES
from tests.shop_fixture import SYSTEM, done, run

GOODS = (
    Product("pear", {"en": "Pears", "fr": "Poires", "he": "אגסים"}, unit="kg"),
    Product("bream", {"en": "Sea bream", "fr": "Dorade", "he": "דניס"}, unit="kg"),
    Product("flour", {"en": "Flour 1 kg", "fr": "Farine 1 kg", "he": 'קמח 1 ק"ג'}, container="bag", box=10),
    Product("honey", {"en": "Honey 350 g", "fr": "Miel 350 g", "he": "דבש 350 גרם"}, container="glass", box=12),
    Product(
        "juice", {"en": "Pineapple juice 1 L", "fr": "Jus d'ananas 1 L", "he": "מיץ אננס 1 ליטר"}, container="glass"
    ),
    Product("lager", {"en": "Lager glass", "fr": "Pils verre", "he": "לאגר זכוכית"}, container="glass", box=20),
    Product("lager-can", {"en": "Lager can", "fr": "Pils canette", "he": "לאגר פחית"}, container="can", box=24),
    Product("ale", {"en": "Ale 330 ml", "fr": "Ambrée 330 ml", "he": 'אייל 330 מ"ל'}, container="glass", box=20),
    Product("keg", {"en": "Stout keg 20 L", "fr": "Fût de stout 20 L", "he": "חבית סטאוט 20 ליטר"}),
    Product("roll", {"en": "Rolls", "fr": "Petits pains", "he": "לחמניות"}),
    Product("loaf", {"en": "Twelve grain bread", "fr": "Pain aux douze céréales", "he": "לחם 12 דגנים"}),
)
Moved = dict[str, float]
TOLD: dict[str, tuple[tuple[str, Moved], ...]] = {
    "en": (
        ("took rolls 3, pears 1kg and flour 2 bags", {"roll": -3, "pear": -1, "flour": -2}),
        ("spilt a litre of pineapple juice", {"juice": -1}),
        ("4 crates of ale and a keg came", {"ale": 80, "keg": 1}),
        ("rolls -4 pls", {"roll": -4}),
        ("rolls - 3 taken", {"roll": -3}),
        ("rcvd 2 ctns ale", {"ale": 40}),
        ("gave the bar 2 bottels of pinapple juice", {"juice": -2}),
        ("two twelve grain loaves sold", {"loaf": -2}),
        ("Hi there, hope all is well, just to let you know I've taken 3 rolls. Thanks, Tom", {"roll": -3}),
        ("room 12 wants 3 rolls, took them up", {"roll": -3}),
        ("room 12 wants 3 rolls", {}),
        ("took 3 rolls yesterday, forgot to note it", {"roll": -3}),
        ("sea bream is all gone, nothing left", {"bream": 0}),
        ("received 10 rolls / 2 of those were stale, threw them out", {"roll": 8}),
        ("took 10 rolls / 2 were stale", {"roll": -10}),
        ("sent 2 boxes of ale back to the supplier, wrong ones", {"ale": -40}),
        ("took 2 lagers in bottles", {"lager": -2}),
        ("took rolls -3", {}),
        ("took 3 rolls / cancel that and make it 2", {"roll": -2}),
        ("took 3 rolls / undo the last 2", {"roll": -3}),
    ),
    "fr": (
        ("pris 3 petits pains, poires 1 kg et 2 sacs de farine", {"roll": -3, "pear": -1, "flour": -2}),
        ("renversé un litre de jus d'ananas", {"juice": -1}),
        ("on m'a livré quatre casiers d'ambrée et un fût", {"ale": 80, "keg": 1}),
        ("petits pains -4 svp", {"roll": -4}),
        ("pris 3 petits pains hier, oublié de noter", {"roll": -3}),
        ("plus de dorade du tout", {"bream": 0}),
        ("reçu 10 petits pains / 2 étaient rassis, à la poubelle", {"roll": 8}),
        ("renvoyé 2 caisses d'ambrée au fournisseur, mauvaise ref", {"ale": -40}),
        ("pris 2 pils en bouteille", {"lager": -2}),
        ("il me faut noter 3 petits pains vendus", {"roll": -3}),
        ("pris 3 petits pains / annule et mets 2", {"roll": -2}),
        ("pris 4 petits pains / rends en un", {"roll": -3}),
    ),
    "he": (
        ("קיבלתי 2 קרטון קמח, קרטון דבש", {"flour": 20, "honey": 12}),
        ("נשפך ליטר מיץ אננס", {"juice": -1}),
        ("הביאו לי ארבעה ארגזים אייל וחבית אחת", {"ale": 80, "keg": 1}),
        ("שלום, רק לעדכן שלקחתי 3 לחמניות לארוחת בוקר. תודה, דני", {"roll": -3}),
        ("ארגז וחצי לאגר פחיות לבר", {"lager-can": -36}),
        ("לקחתי שני תריסרים לחמניות", {"roll": -24}),
        ("אין דניס בכלל", {"bream": 0}),
        ("קיבלתי 10 לחמניות / 2 היו יבשות, זרקתי", {"roll": 8}),
        ("שלחתי לספק 2 ארגזים אייל", {"ale": -40}),
        ("לקחתי 3 לחמניות / תבטל ותעשה 2", {"roll": -2}),
    ),
}
YES = {"en": "yes", "fr": "oui", "he": "כן"}
CASES = [(language, said, moved) for language in LANGUAGES for said, moved in TOLD[language]]
THERE = 120_000
SHOWN = (
    ("en", "took 3 cans of ale", "-3 glass bottles"),
    ("en", "4 crates of ale and a keg came", "+1 pc Stout keg"),
    ("fr", "2 caisses d'ambrée au fournisseur", "-2 caisses"),
)


@pytest.mark.parametrize(("language", "said", "moved"), CASES)
def test_what_was_said_moves_and_nothing_else(tmp_path: Path, language: str, said: str, moved: Moved) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            for one in GOODS:
                await done(shop, RecordMovement(one.sku, "in", 0, THERE), SYSTEM)
            await catch_up(shop)
            talker = Talker(shop, language, BOSS)
            for turn in said.split(" / "):
                answer = await talker.say(turn)
                if answer.state == "confirming":
                    await talker.say(YES[language])
            expected = {sku: 0 if change == 0 else THERE + round(change * 1000) for sku, change in moved.items()}
            found = {one.sku: talker.stock(one.sku) for one in GOODS if talker.stock(one.sku) != THERE}
            assert found == expected, talker.last

    run(scenario())


@pytest.mark.parametrize(("language", "said", "effect"), SHOWN)
def test_what_rests_on_a_guess_is_shown_first(tmp_path: Path, language: str, said: str, effect: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            for one in GOODS:
                await done(shop, RecordMovement(one.sku, "in", 0, THERE), SYSTEM)
            await catch_up(shop)
            shown = await Talker(shop, language, BOSS).say(said)
            assert shown.state == "confirming" and effect in shown.text and not shown.movements

    run(scenario())
