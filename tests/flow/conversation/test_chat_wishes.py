"""What customers wish for in words of their own: several counts in a row, cases and half pounds, the cheapest, and
something else instead. A word that no one knows puts nothing into a basket."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.ordering.orders.commands import LeaveCart
from edge.ordering.orders.queries import cart_at
from tests.chat_fixture import Talker
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_staff_sayings import stocked
from tests.shop_fixture import SYSTEM, done, open_shop, run

WISHES: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("en", "1 croissant 2 baguettes", {"D13": 1_000, "D15": 2_000}),
    ("en", "croissants x3", {"D13": 3_000}),
    ("en", "a kilo of potatoes and two baguettes", {"D28": 1_000, "D15": 2_000}),
    ("en", "2 croissants / no, 3 baguettes", {"D15": 3_000}),
    ("en", "I hate 2 croissants", {}),
    ("en", "my dog ate 2 croissants", {}),
    ("en", "6 potatoes", {}),
    ("en", "2 kilos of croissants", {}),
    ("fr", "mets deux croissants et une baguette", {"D13": 2_000, "D15": 1_000}),
    ("fr", "une demi-livre de pommes de terre", {"D28": 250}),
    ("fr", "une livre de pommes de terre", {"D28": 500}),
    ("fr", "je vais vous prendre deux croissants ainsi qu'une baguette", {"D13": 2_000, "D15": 1_000}),
    ("fr", "deux croissants, et aussi une baguette", {"D13": 2_000, "D15": 1_000}),
    ("fr", "2 croissants / en fait non, enlève-les", {}),
    ("he", "אשמח לשני קרואסונים", {"D13": 2_000}),
    ("he", "2 קרואסונים / לא, 3 באגטים", {"D15": 3_000}),
    ("he", "לאחותי שני קרואסונים, ובשבילי באגט אחד", {"D13": 2_000, "D15": 1_000}),
    ("he", "אני חושבת על שני קרואסונים", {"D13": 2_000}),
    ("he", "תן שני קרואסונים יא מלך, וגם באגט אחד, עושים פיקניק", {"D13": 2_000, "D15": 1_000}),
)


async def basket(shop: CommandBus) -> dict[str, int]:
    """What lies in the kiosk's basket, which is cancelled."""
    cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
    if cart is None:
        return {}
    await done(shop, LeaveCart(cart.id), SYSTEM)
    return {line.sku: line.quantity for line in cart.lines if line.quantity}


def test_a_wish_is_what_was_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            for language, turns, wanted in WISHES:
                guest = Talker(shop, language, CUSTOMER, "shopping")
                for said in turns.split(" / "):
                    await guest.say(said)
                assert await basket(shop) == wanted, (turns, guest.last)

    run(scenario(), 90)


def test_the_cheapest_and_the_dearest_are_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            asked = (("en", "what's the cheapest gin"), ("fr", "le gin le moins cher"), ("he", "מה הג'ין הכי זול"))
            for language, said in asked:
                answer = await Talker(shop, language, CUSTOMER, "shopping").say(said)
                assert "Gin" in answer.text or "ג'ין" in answer.text, (said, answer.text)

    run(scenario(), 60)
