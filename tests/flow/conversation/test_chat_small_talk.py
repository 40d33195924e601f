"""What is only polite is answered as that, of staff and customers alike: it moves, opens and closes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.assistant.small_talk import small_talk
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.queries import read_stock
from edge.lib.i18n import LANGUAGES, translate
from tests.catch_up import catch_up
from tests.chat_fixture import GOODS, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

SAID = {
    "en": {
        "greet": ("hello", "Good morning everyone!", "hey there"),
        "thanks": ("thanks a lot", "perfect, thank you", "great job"),
        "bye": ("goodbye", "see you tomorrow", "good night guys"),
        "how": ("how are you today?", "hi, how's it going"),
        "who": ("who are you?", "hey, are you a robot?"),
        "done": ("that's all for today", "all done, put everything away"),
    },
    "fr": {
        "greet": ("bonjour", "Salut tout le monde !", "bonsoir"),
        "thanks": ("merci beaucoup", "super, merci", "bravo l'équipe"),
        "bye": ("au revoir", "à demain", "bonne soirée à tous"),
        "how": ("ça va ?", "bonjour, comment allez-vous ?"),
        "who": ("qui es-tu ?", "tu es un robot ?"),
        "done": ("c'est tout pour aujourd'hui", "c'est bon, j'ai tout rangé"),
    },
    "he": {
        "greet": ("שלום", "בוקר טוב לכולם!", "היי"),
        "thanks": ("תודה רבה", "מעולה, תודה", "כל הכבוד"),
        "bye": ("להתראות", "לילה טוב", "נתראה מחר"),
        "how": ("מה שלומך היום?", "היי, מה נשמע"),
        "who": ("מי אתה?", "אתה רובוט?"),
        "done": ("זה הכל להיום", "סידרתי הכל"),
    },
}
NOT_ONLY = (
    ("en", "thanks, took 3 milks"),
    ("en", "hello milk"),
    ("en", "that's all the milk"),
    ("en", "goodbye to 3 milks"),
    ("fr", "bonjour, j'ai pris 3 laits"),
    ("fr", "c'est tout le lait qu'il y a"),
    ("he", "תודה על 3 חלב"),
    ("en", " ".join(["hello"] * 11)),
    ("en", "you there"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_only_polite_is_answered_and_moves_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            before = {one.sku: read_stock(shop.reader, one.sku) for one in GOODS}
            for kind, texts in SAID[language].items():
                for text in texts:
                    staff = await Talker(shop, language).say(text)
                    assert staff.text == translate(language, f"chat.talk_{kind}"), text
                    if kind == "done":
                        continue  # of a customer that is a wish to see the basket
                    customer = await Talker(shop, language, CUSTOMER, "shopping").say(text)
                    assert customer.text == translate(language, f"chat.shop_talk_{kind}"), text
            assert before == {one.sku: read_stock(shop.reader, one.sku) for one in GOODS}

    run(scenario())


def test_a_question_stays_open_and_what_was_done_stands(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            one = Talker(shop)
            asked = await one.say("took 3 small colas")
            polite = await one.say("thanks")
            assert (polite.state, polite.options) == (asked.state, asked.options)
            assert (await one.say("can")).state == "choosing_unit"
            assert (await one.say("singles")).movement is not None
            assert (await one.say("great, thanks")).text == "You're welcome."
            assert (await one.say("undo")).state == "cancelled", "thanks in between ended nothing"

    run(scenario())


@pytest.mark.parametrize("language, text", NOT_ONLY)
def test_what_says_anything_else_is_not_small_talk(language: str, text: str) -> None:
    assert small_talk(text, language) is None


def test_thanks_buy_no_batteries_that_come_as_a_lot(tmp_path: Path) -> None:
    """French calls a pack of batteries "lot", so English thanks name it, and "a" would count one."""
    batteries = Product("aa", {"en": "AA batteries", "fr": "Piles AA lot de 4"}, (), 1600, "reduced", box=0)

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts((batteries,)), SYSTEM)
            await catch_up(shop)
            answer = await Talker(shop, "en", CUSTOMER, "shopping").say("thanks a lot")
            assert answer.text == "You're welcome."

    run(scenario())


def test_what_tells_goods_apart_and_which_way_they_went(tmp_path: Path) -> None:
    """Where words stand behind the goods, or the table has the number that is of another name."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for text, told in (
                ("pris 3 petits colas en verre pour le bar", "3 caisses ou 3 unités ?"),
                ("on vient de me livrer 3 caisses de petit cola en plastique", "C'est noté : 3 caisses Petit cola"),
                ("servi deux laits à la table 7", "C'est noté : -2 pièces Lait 3% 1 l"),
                ("tomates, 2 kg de moins", "C'est noté : -2 kg Tomates"),
                ("tomates, 2 kg de plus", "+2 kg Tomates, est-ce exact ?"),
                ("j'ai sorti un lait", "C'est noté : -1 pièce Lait 3% 1 l"),
            ):
                assert (await Talker(shop, "fr").say(text)).text.startswith(told), text
            half = await Talker(shop, "fr").say("jeté la moitié d'un plateau d'œufs")
            assert not half.movements and half.state != "confirming", "half of one is not one"

    run(scenario())
