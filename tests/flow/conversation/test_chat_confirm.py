"""A shop that wants all that is said to be shown first: nothing moves before confirmation, whatever staff or customers
say."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.foundation.settings.commands import SetSetting
from edge.ordering.orders.queries import cart_at
from tests.chat_fixture import Talker, talking_shop
from tests.flow.conversation.test_chat_basket_changes import CROISSANT
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_staff_sayings import stocked
from tests.shop_fixture import SYSTEM, done, open_shop, run

YES, NO = {"en": "yes", "fr": "oui", "he": "כן"}, {"en": "no", "fr": "non", "he": "לא"}
TAKEN = {"en": "took 2 milks", "fr": "pris 2 laits", "he": "לקחתי 2 חלב"}
WANTED = {"en": "2 croissants", "fr": "2 croissants", "he": "2 קרואסונים"}
LESS = {"en": "take one croissant away", "fr": "enlève un croissant", "he": "תוריד קרואסון אחד"}


def lying(shop: CommandBus) -> dict[str, int]:
    """What lies in the kiosk's basket."""
    cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
    return {line.sku: line.quantity for line in cart.lines if line.quantity} if cart else {}


@pytest.mark.parametrize("language", YES)
def test_what_staff_say_is_shown_and_confirmation_does_it(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            talker = Talker(shop, language)
            before = talker.stock("milk")
            await talker.say(TAKEN[language])
            assert talker.stock("milk") == before - 2_000, "as long as nobody wants it otherwise, it is done"
            await done(shop, SetSetting("assistant.staff_confirm", True), SYSTEM)
            for answer, left in ((NO[language], 2_000), (YES[language], 4_000)):
                shown = await talker.say(TAKEN[language])
                assert shown.state == "confirming" and talker.stock("milk") == before - 2_000, shown.text
                await talker.say(answer)
                assert talker.stock("milk") == before - left

    run(scenario())


@pytest.mark.parametrize("language", YES)
def test_what_a_customer_says_is_shown_and_confirmation_does_it(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, None, stocked=False) as shop:
            await stocked(shop)
            await done(shop, SetSetting("assistant.customers_confirm", True), SYSTEM)
            talker = Talker(shop, language, CUSTOMER, "shopping")
            for said, lies in ((WANTED, 2_000), (LESS, 1_000)):
                was = lying(shop)
                shown = await talker.say(said[language])
                assert shown.state == "confirming" and lying(shop) == was, shown.text
                await talker.say(YES[language])
                assert lying(shop) == {CROISSANT: lies}

    run(scenario())


def test_what_an_answer_or_a_spoilt_part_moves_is_shown_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSetting("assistant.staff_confirm", True), SYSTEM)
            talker = Talker(shop)
            there = {sku: talker.stock(sku) for sku in ("cola-can", "milk")}
            for said, state in (("took 3 colas", "choosing_product"), ("the cans", "choosing_unit")):
                assert (await talker.say(said)).state == state
            shown = await talker.say("single ones")
            assert shown.state == "confirming" and "-3 cans Cola Small" in shown.text
            assert talker.stock("cola-can") == there["cola-can"]
            await talker.say("yes")
            assert talker.stock("cola-can") == there["cola-can"] - 3_000
            assert (await talker.say("received 10 milks")).state == "confirming"
            await talker.say("yes")
            shown = await talker.say("2 of those were sour, threw them out")
            assert shown.state == "confirming" and "-2" in shown.text and "Undo" not in shown.text
            assert talker.stock("milk") == there["milk"] + 10_000
            await talker.say("yes")
            assert talker.stock("milk") == there["milk"] + 8_000

    run(scenario())
