"""How much of something a customer wants in all, beside what lies in the basket already: so many and no more, one more,
one less of each, a part of it exchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import Talker
from tests.flow.conversation.test_chat_basket_changes import BAGUETTE, CROISSANT
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_staff_sayings import stocked
from tests.flow.conversation.test_chat_wishes import basket
from tests.shop_fixture import open_shop, run

CHANGES: tuple[tuple[str, str, int, int], ...] = (
    ("en", "2 croissants and 3 baguettes / one less of each", 1, 2),
    ("en", "2 croissants and 3 baguettes / two more of each", 4, 5),
    ("en", "2 croissants and 3 baguettes / three less of each", 2, 3),
    ("en", "4 croissants / take half off", 2, 0),
    ("en", "3 croissants and 2 baguettes / bring the croissants down to one", 1, 2),
    ("en", "3 croissants and 2 baguettes / drop the croissants to two", 2, 2),
    ("en", "2 croissants and 1 baguette / instead of the baguette another croissant", 3, 0),
    ("en", "1 baguette / sorry, and a second baguette", 0, 2),
    ("en", "3 croissants / one croissant will do, I'm on my own", 1, 0),
    ("en", "3 croissants / actually 4 croissants", 4, 0),
    ("en", "3 croissants / just a baguette", 3, 1),
    ("en", "4 croissants / two of them, swap for baguettes", 2, 2),
    ("en", "2 croissants / don't give me croissants, give me baguettes, same amount", 0, 2),
    ("fr", "2 croissants et 3 baguettes / un de moins de chaque", 1, 2),
    ("fr", "2 croissants et 3 baguettes / deux de plus de chaque", 4, 5),
    ("fr", "4 croissants / enlevez la moitié", 2, 0),
    ("fr", "3 croissants et 2 baguettes / passez les croissants à un", 1, 2),
    ("fr", "2 croissants et 1 baguette / à la place de la baguette encore un croissant", 3, 0),
    ("fr", "1 baguette / ah oui et une deuxième baguette", 0, 2),
    ("fr", "3 croissants / un croissant suffira, mon frère ne vient pas", 1, 0),
    ("fr", "4 croissants / deux d'entre eux, remplacez-les par des baguettes", 2, 2),
    ("fr", "2 croissants / ne mettez pas de croissants, mettez des baguettes, même quantité", 0, 2),
    ("he", "2 קרואסונים ו3 באגטים / אחד פחות מכל סוג", 1, 2),
    ("he", "2 קרואסונים ו3 באגטים / עוד שניים מכל סוג", 4, 5),
    ("he", "4 קרואסונים / תורידי חצי", 2, 0),
    ("he", "3 קרואסונים ו2 באגטים / תוריד את הקרואסונים לאחד", 1, 2),
    ("he", "2 קרואסונים ו1 באגט / במקום הבאגט עוד קרואסון", 3, 0),
    ("he", "3 קרואסונים / סבבה רק שניים מהם, יש לי במקרר", 2, 0),
    ("he", "3 קרואסונים / קרואסון אחד יספיק, אני לבד", 1, 0),
    ("he", "4 קרואסונים / שניים מהם תחליפי לבאגט", 2, 2),
    ("he", "2 קרואסונים / אל תשימי קרואסונים, שימי באגטים, אותה כמות", 0, 2),
)
"""Turns in a language, and how many croissants and baguettes lie in the basket behind them."""


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_the_basket_has_as_many_as_were_said_in_all(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            wrong = []
            for of, turns, croissants, baguettes in CHANGES:
                if of != language:
                    continue
                guest = Talker(shop, language, CUSTOMER, "shopping")
                for said in turns.split(" / "):
                    answer = await guest.say(said)
                kept = {CROISSANT: croissants * 1_000, BAGUETTE: baguettes * 1_000}
                found = await basket(shop)
                if found != {sku: quantity for sku, quantity in kept.items() if quantity}:
                    wrong.append((turns, found, answer.text))
            assert not wrong, wrong

    run(scenario(), 90)
