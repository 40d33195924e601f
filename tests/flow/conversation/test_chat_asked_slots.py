"""What someone did not say of a command is asked, one thing at a time; what was done is taken back where something
takes it back; what is filled in on a page is offered with what was said in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.assistant.turns.dialogue import OPENS
from edge.core.command_bus import CommandBus
from edge.foundation.access.rights import CATALOG
from edge.foundation.alerts.commands import SendAlert
from edge.foundation.alerts.queries import open_alerts
from edge.goods.catalog.commands import ChangePrice
from edge.goods.catalog.queries import find_by_sku
from edge.goods.purchasing.commands import SetSupplier
from edge.lib.i18n import LANGUAGES
from tests.chat_fixture import BOSS, KEEPER, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

YES = {"en": "yes", "fr": "oui", "he": "כן"}
NO = {"en": "no", "fr": "non", "he": "לא"}
UNDO = {"en": "undo", "fr": "annule", "he": "בטל"}
CLOSE = {"en": "close alert", "fr": "ferme l'alerte", "he": "תסגור את ההתראה"}
GIVE_UP = {"en": "delist", "fr": "arrête de proposer", "he": "אנחנו כבר לא מחזיקים"}
RICE = {"en": "basmati rice", "fr": "riz basmati", "he": "אורז בסמטי"}
SUGGESTED = {"en": "order what is suggested from", "fr": "commande les suggestions de", "he": "תזמין מה שמוצע אצל"}
PRICE = {"en": "change the price of milk", "fr": "change le prix du lait", "he": "תשנה את המחיר של חלב"}
ALERT = {"en": "send an alert", "fr": "envoie une alerte", "he": "תשלח התראה"}
DRIPS = {"en": "the Freezer drips", "fr": "le Congélateur fuit", "he": "המקפיא מטפטף"}
SUPPLIER = {"en": "new supplier Acme Foods", "fr": "nouveau fournisseur Acme Foods", "he": "ספק חדש Acme Foods"}
HOURS = {"en": "change the opening hours", "fr": "change les horaires", "he": "תשנה את שעות הפתיחה"}
TOOK = {"en": "took 3 rice", "fr": "j'ai pris 3 riz", "he": "לקחתי 3 אורז"}


def _alerts(shop: CommandBus) -> list[str]:
    return [str(one.values.get("title")) for one in open_alerts(shop.reader)]


def _is_sold(shop: CommandBus, sku: str) -> bool:
    product = find_by_sku(shop.reader, sku)
    return product is not None and product.retired_us is None


def _minor(shop: CommandBus, sku: str) -> int | None:
    product = find_by_sku(shop.reader, sku)
    assert product is not None
    return product.price_minor


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_said_is_asked_and_a_yes_does_it(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSupplier("metro", {"en": "Metro"}), SYSTEM)
            await done(shop, SendAlert("The door is open"), SYSTEM)
            alert = open_alerts(shop.reader)[0]
            boss = Talker(shop, language, BOSS)
            asked = (
                (CLOSE[language], str(alert.id), lambda: not open_alerts(shop.reader)),
                (PRICE[language], "2.50", lambda: _minor(shop, "milk") == 250),
                (
                    ALERT[language],
                    DRIPS[language],
                    lambda: DRIPS[language] in _alerts(shop),
                ),
                (GIVE_UP[language], RICE[language], lambda: not _is_sold(shop, "rice")),
            )
            for text, told, is_done in asked:
                assert (await boss.say(text)).state == "asking_slot", text
                shown = await boss.say(told)
                assert shown.state == "confirming" and not is_done(), (text, shown.text)
                assert (await boss.say(YES[language])).state == "done", text
                assert is_done(), text

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_or_another_wish_ends_the_question(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSupplier("metro", {"en": "Metro"}), SYSTEM)
            boss, rice = Talker(shop, language, BOSS), Talker(shop, language).stock("rice")
            await boss.say(CLOSE[language])
            over = await boss.say(NO[language])
            assert (over.state, over.question) == ("cancelled", "")
            await boss.say(ALERT[language])
            assert (await boss.say(PRICE[language])).state == "asking_slot", "the next command begins"
            assert (await boss.say(TOOK[language])).state == "done" and boss.stock("rice") == rice - 3000
            offered = await boss.say(SUGGESTED[language])
            assert [one.id for one in offered.options] == ["metro"]
            assert (await boss.tap("metro")).state == "confirming"
            await boss.say(SUGGESTED[language])
            assert (await boss.say("1")).state == "confirming", "by its place"
            assert (await boss.say(CLOSE[language])).state == "asking_slot", "also behind what waits for a yes"
            assert not open_alerts(shop.reader)

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_cancel_takes_back_what_was_done_last_and_nothing_older(tmp_path: Path, language: str) -> None:
    """Behind a price "cancel" is of the price, and not of the movement before it."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, ChangePrice("milk", 150), SYSTEM)
            boss, rice = Talker(shop, language, BOSS), Talker(shop, language).stock("rice")
            await boss.say(TOOK[language])
            await boss.say(PRICE[language])
            await boss.say("2.50")
            await boss.say(YES[language])
            assert (await boss.say(UNDO[language])).state == "confirming" and _minor(shop, "milk") == 250
            assert (await boss.say(YES[language])).state == "done" and _minor(shop, "milk") == 150
            assert boss.stock("rice") == rice - 3000

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_on_a_page_is_offered_with_what_was_said(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            boss = Talker(shop, language, BOSS)
            answer = await boss.say(SUPPLIER[language])
            assert [one.id for one in answer.options] == [f"{OPENS}/manager/supplier#names.{language}=Acme+Foods"]
            assert answer.question == "" and "Acme Foods" in answer.text
            hours = await boss.say(HOURS[language])
            assert [one.id for one in hours.options] == [f"{OPENS}/manager/hours"]
            keeper = await Talker(shop, language, KEEPER.with_rights(CATALOG)).say(SUPPLIER[language])
            assert keeper.options == (), "not theirs to make"

    run(scenario())
