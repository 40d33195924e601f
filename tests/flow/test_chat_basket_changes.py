"""What a customer changes of a basket without saying all of it again: one less, both out, others instead; and what
changes nothing, though it has words of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chat_fixture import Talker
from tests.flow.test_chat_kiosk import CUSTOMER
from tests.flow.test_chat_staff_sayings import stocked
from tests.flow.test_chat_wishes import basket
from tests.shop_fixture import open_shop, run

CROISSANT, BAGUETTE = "D13", "D15"
CHANGES: tuple[tuple[str, str, int, int], ...] = (
    ("en", "2 croissants / one less", 1, 0),
    ("en", "3 croissants / oh, two less please", 1, 0),
    ("en", "3 croissants / drop one", 2, 0),
    ("en", "3 croissants / take one off", 2, 0),
    ("en", "3 croissants / put two back", 1, 0),
    ("en", "3 croissants / I'll take one less croissant", 2, 0),
    ("en", "3 croissants / one less / one less / one less", 0, 0),
    ("en", "2 croissants / three less", 2, 0),
    ("en", "2 croissants / drop them", 0, 0),
    ("en", "2 croissants and 3 baguettes / remove both", 0, 0),
    ("en", "2 croissants and 3 baguettes / take them both out please", 0, 0),
    ("en", "2 croissants and 3 baguettes / one less", 2, 3),
    ("en", "2 croissants and 3 baguettes / one baguette less", 2, 2),
    ("en", "2 croissants / swap them for baguettes", 0, 2),
    ("en", "2 croissants / can you change those to a baguette", 0, 1),
    ("en", "2 croissants / three baguettes instead of the croissants", 0, 3),
    ("en", "2 croissants / swap them for unicorns", 2, 0),
    ("en", "2 croissants / swap them for potatoes", 2, 0),
    ("en", "2 croissants / I'll take one", 3, 0),
    ("en", "2 croissants / one less / cancel", 2, 0),
    ("en", "2 croissants / swap them for baguettes / undo that", 2, 0),
    ("en", "remove both", 0, 0),
    ("en", "3 croissants / just two", 2, 0),
    ("en", "3 croissants / hm, two will do", 2, 0),
    ("en", "3 croissants / make it 2 I'm being good", 2, 0),
    ("en", "3 croissants / nah just two, we are only few", 2, 0),
    ("en", "2 croissants and 3 baguettes / can you make the croissants just one", 1, 3),
    ("en", "2 croissants / actually 1 croissant", 1, 0),
    ("en", "1 croissant / and a second one for my mum", 2, 0),
    ("en", "1 croissant / and one for my sister", 2, 0),
    ("en", "2 croissants / swap for baguettes", 0, 2),
    ("en", "just two croissants", 2, 0),
    ("fr", "3 croissants / deux suffiront", 2, 0),
    ("fr", "3 croissants / euh non, un seul suffira", 1, 0),
    ("fr", "1 croissant / et un deuxième pour ma mère", 2, 0),
    ("he", "3 קרואסונים / בעצם רק שניים, אנחנו מעט אנשים", 2, 0),
    ("he", "1 קרואסון / ועוד אחד לאמא", 2, 0),
    ("fr", "2 croissants / un de moins", 1, 0),
    ("fr", "3 croissants / mets-en deux de moins s'il te plaît", 1, 0),
    ("fr", "3 croissants / enlève-en un", 2, 0),
    ("fr", "3 croissants / un croissant en moins", 2, 0),
    ("fr", "3 croissants / il y en a un de trop", 2, 0),
    ("fr", "2 croissants / trois de moins", 2, 0),
    ("fr", "2 croissants et 3 baguettes / enlève les deux", 0, 0),
    ("fr", "2 croissants et 3 baguettes / retirez tous les deux", 0, 0),
    ("fr", "2 croissants et 3 baguettes / un de moins", 2, 3),
    ("fr", "2 croissants et 3 baguettes / une baguette de moins", 2, 2),
    ("fr", "2 croissants / remplace-les par des baguettes", 0, 2),
    ("fr", "2 croissants / à la place, une baguette", 0, 1),
    ("fr", "2 croissants / une baguette au lieu des croissants", 0, 1),
    ("fr", "2 croissants / échange les croissants contre trois baguettes", 0, 3),
    ("fr", "2 croissants / remplace-les par des licornes", 2, 0),
    ("fr", "2 croissants / j'en prends un", 3, 0),
    ("fr", "2 croissants / un de moins / annule", 2, 0),
    ("he", "2 קרואסונים / אחד פחות", 1, 0),
    ("he", "3 קרואסונים / שניים פחות בבקשה", 1, 0),
    ("he", "3 קרואסונים / תוריד אחד", 2, 0),
    ("he", "3 קרואסונים / קרואסון אחד פחות", 2, 0),
    ("he", "3 קרואסונים / תוציאי שניים", 1, 0),
    ("he", "2 קרואסונים / שלושה פחות", 2, 0),
    ("he", "2 קרואסונים ו3 באגטים / תוריד את שניהם", 0, 0),
    ("he", "2 קרואסונים ו3 באגטים / תוציא את שניהם בבקשה", 0, 0),
    ("he", "2 קרואסונים ו3 באגטים / אחד פחות", 2, 3),
    ("he", "2 קרואסונים ו3 באגטים / באגט אחד פחות", 2, 2),
    ("he", "2 קרואסונים / תחליף אותם בבאגטים", 0, 2),
    ("he", "2 קרואסונים / תחליפי לי את הקרואסונים בבאגט", 0, 2),
    ("he", "2 קרואסונים / במקום זה באגט", 0, 2),
    ("he", "2 קרואסונים / שלושה באגטים במקום הקרואסונים", 0, 3),
    ("he", "2 קרואסונים / תחליף אותם בחדי קרן", 2, 0),
    ("he", "2 קרואסונים / אחד פחות / בטל", 2, 0),
    ("en", "4 croissants / half that will do", 2, 0),
    ("en", "3 croissants / halve it", 3, 0),
    ("en", "2 croissants / double that please", 4, 0),
    ("en", "2 croissants and 3 baguettes / only the baguettes", 0, 3),
    ("en", "2 croissants and 3 baguettes / one of each is enough", 1, 1),
    ("en", "2 croissants and 3 baguettes / without the baguettes", 2, 0),
    ("en", "2 croissants and 3 baguettes / the croissants: four", 4, 3),
    ("en", "2 croissants / baguettes instead", 0, 2),
    ("en", "2 croissants / I'd rather have a baguette", 0, 1),
    ("en", "2 croissants / baguettes rather than croissants", 0, 2),
    ("en", "2 croissants / three baguettes, not croissants", 0, 3),
    ("en", "3 croissants / not three, one", 1, 0),
    ("en", "3 croissants / a baguette for one of them", 2, 1),
    ("en", "3 croissants / swap one of them for a baguette", 2, 1),
    ("en", "3 croissants / go on then, two more", 5, 0),
    ("en", "3 croissants / four, my sister is coming", 4, 0),
    ("en", "3 croissants / are they fresh? fine, but only two", 2, 0),
    ("en", "3 croissants / do you have baguettes? one of those instead please", 0, 1),
    ("en", "have you got croissants? / I'll take four of them", 4, 0),
    ("en", "3 croissants / start over, two baguettes", 0, 2),
    ("en", "3 croissants / put the croissants back love", 0, 0),
    ("en", "3 croissants / we are four", 3, 0),
    ("en", "3 croissants / drop one unicorn", 3, 0),
    ("en", "3 croissants / unicorns rather than croissants", 3, 0),
    ("fr", "4 croissants / la moitié suffira", 2, 0),
    ("fr", "3 croissants / pas trois, un", 1, 0),
    ("fr", "3 croissants / rajoutez-en deux tant qu'à faire", 5, 0),
    ("fr", "3 croissants / retirez-en un, on sera quatre", 2, 0),
    ("fr", "3 croissants / en fait ça sera une douzaine", 12, 0),
    ("fr", "2 croissants et 3 baguettes / seulement les baguettes", 0, 3),
    ("fr", "2 croissants et 3 baguettes / un de chaque", 1, 1),
    ("fr", "2 croissants / une baguette plutôt", 0, 1),
    ("fr", "2 croissants / des baguettes, pas des croissants", 0, 2),
    ("fr", "3 croissants / on sera quatre", 3, 0),
    ("he", "4 קרואסונים / חצי מזה", 2, 0),
    ("he", "3 קרואסונים / לא שלושה, אחד", 1, 0),
    ("he", "3 קרואסונים / תגדיל ל-5", 5, 0),
    ("he", "3 קרואסונים / ארבעה, יש לנו אורחים", 4, 0),
    ("he", "2 קרואסונים / תחליף לבאגט", 0, 2),
    ("he", "2 קרואסונים / עזוב את הקרואסונים, במקומם שלושה באגטים", 0, 3),
    ("he", "2 קרואסונים ו3 באגטים / רק הבאגטים", 0, 3),
    ("he", "2 קרואסונים ו3 באגטים / אחד מכל סוג", 1, 1),
    ("he", "3 קרואסונים / אנחנו ארבעה", 3, 0),
    ("en", "2 croissants and 3 baguettes / everything except the baguettes", 2, 0),
    ("en", "2 croissants and 3 baguettes / drop the croissants and double the baguettes", 0, 6),
    ("en", "2 croissants and 3 baguettes / the croissants just one, and no more baguettes", 1, 0),
    ("en", "2 croissants / forget the croissants, give me a baguette", 0, 1),
    ("en", "2 croissants / same again for my neighbour", 4, 0),
    ("en", "3 croissants / one of those should be a baguette", 2, 1),
    ("en", "2 croissants and 3 baguettes / everything except the unicorns", 2, 3),
    ("fr", "2 croissants et 3 baguettes / tout sauf les croissants", 0, 3),
    ("fr", "2 croissants / laisse tomber les croissants, mettez deux baguettes", 0, 2),
    ("fr", "2 croissants et 3 baguettes / enlevez les croissants et doublez les baguettes", 0, 6),
    ("fr", "2 croissants / encore la même chose", 4, 0),
    ("fr", "3 croissants / un des trois devrait être une baguette", 2, 1),
    ("he", "2 קרואסונים ו3 באגטים / הכל חוץ מהבאגטים", 2, 0),
    ("he", "2 קרואסונים ו3 באגטים / הקרואסונים לא צריך, ותכפיל את הבאגטים", 0, 6),
    ("he", "2 קרואסונים / אותו דבר שוב", 4, 0),
    ("he", "3 קרואסונים / אחד מהם שיהיה באגט", 2, 1),
    ("en", "3 croissants / my son's not hungry, take two out", 1, 0),
    ("en", "2 croissants / grandma's coming at 5 so double that", 4, 0),
    ("en", "1 croissant / there are four boys, so two more", 3, 0),
    ("en", "2 croissants and 3 baguettes / the baguettes are for a neighbour, she'll pay, so take them off mine", 2, 0),
    ("en", "2 croissants / 3 baguettes / forget the first thing", 0, 3),
    ("en", "2 croissants / 3 baguettes / drop the last one", 2, 0),
    ("en", "2 croissants and 3 baguettes / make the second one just one", 2, 1),
    ("en", "2 croissants and 3 baguettes / make it 4 and 1", 4, 1),
    ("en", "2 croissants and 3 baguettes / make it 4, 1 and 2", 2, 3),
    ("en", "2 croissants and 3 baguettes / twice all of that", 4, 6),
    ("en", "2 croissants and 3 baguettes / just one of everything", 1, 1),
    ("en", "2 croissants / just one. and three more baguettes", 1, 3),
    ("en", "2 croissants / and a third one", 3, 0),
    ("en", "4 croissants / half of them / all of them again after all", 4, 0),
    ("en", "4 croissants / maybe two? / no leave it as it was", 4, 0),
    ("en", "3 croissants / take one out / another one", 2, 0),
    ("en", "5 croissants / sorry i meant five baguettes", 0, 5),
    ("fr", "3 croissants / ma fille n'a pas faim, enlevez-en deux", 1, 0),
    ("fr", "2 croissants et 3 baguettes / tout en double, on reçoit du monde", 4, 6),
    ("fr", "2 croissants / 3 baguettes / enlevez le premier", 0, 3),
    ("fr", "2 croissants / 3 baguettes / oubliez le dernier article", 2, 0),
    ("fr", "2 croissants et 3 baguettes / mettez plutôt 4 et 1", 4, 1),
    ("fr", "5 croissants / je voulais dire cinq baguettes", 0, 5),
    ("fr", "4 croissants / laissez comme c'était", 4, 0),
    ("he", "3 קרואסונים / הבן שלי לא רעב, תוריד שניים", 1, 0),
    ("he", "2 קרואסונים / עוד אחד, הילדים רעבים", 3, 0),
    ("he", "2 קרואסונים / 3 באגטים / תוריד את הראשון", 0, 3),
    ("he", "2 קרואסונים ו3 באגטים / תעשה 4 ו-1", 4, 1),
    ("he", "2 קרואסונים ו3 באגטים / מהכל רק אחד", 1, 1),
    ("he", "2 קרואסונים / רק אחד. ועוד שלושה באגטים", 1, 3),
    ("he", "5 קרואסונים / התכוונתי לחמישה באגטים", 0, 5),
    ("he", "4 קרואסונים / תשאירי כמו שהיה", 4, 0),
)
"""Turns in a language, and how many croissants and baguettes lie in the basket behind them."""


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_a_basket_is_changed_as_it_was_said(tmp_path: Path, language: str) -> None:
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
