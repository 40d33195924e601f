"""Commands proposed by name: shown with what they are done with, done by a confirmation, under whoever's own right."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.conversation.understanding.errands.commands import (
    CONSTANT,
    GAP,
    SLOTS,
    NamedCommand,
    command_phrases,
    named_commands,
)
from edge.conversation.understanding.errands.reader import read_errand
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor
from edge.counter.shifts.queries import read_shifts
from edge.counter.tables.commands import SetTable
from edge.counter.tables.table import FloorTable
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.queries import read_basket
from edge.foundation.access.rights import BASKET, SELL, STOCK
from edge.foundation.alerts.commands import SendAlert
from edge.foundation.alerts.queries import open_alerts
from edge.goods.catalog.commands import ChangePrice
from edge.goods.catalog.queries import find_by_sku
from edge.goods.purchasing.commands import SetSupplier
from edge.goods.search.queries import Search
from edge.lib.i18n import LANGUAGES, translate
from edge.lib.units.written_money import written_money
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, KEEPER, Talker, talking_shop
from tests.shop_fixture import CASHIER, SYSTEM, done, run

RICE = {"en": "basmati rice", "fr": "riz basmati", "he": "אורז בסמטי"}
SHOWN = ("number", "name", "what", "supplier", "money", "text", "goods", "ways", "percent", "table")
PERCENT = {"en": "percent", "fr": "pour cent", "he": "אחוז"}
WRITTEN = {"lot": "L-7", "code": "4M9P-3R8Q", "address": "Ann.b@example.com"}
YES = {"en": "yes", "fr": "oui", "he": "כן"}
STARTED = {"en": "start a stocktake", "fr": "lance un inventaire", "he": "תתחילי ספירת מלאי"}
GIVEN_UP = {"en": "stop carrying rice", "fr": "on ne fait plus le riz", "he": "תוציא אורז מהמגוון"}
RECEIPT = {"en": "of receipt 41", "fr": "du ticket 41", "he": "מקבלה 41"}
WHY = {"en": "the Freezer drips", "fr": "le Congélateur fuit", "he": "המקפיא מטפטף"}
CLOSED = {"en": "close alert {}", "fr": "ferme l'alerte {}", "he": "תסגור את ההתראה {}"}
DRAWER = {"en": "open the drawer", "fr": "ouvre le tiroir", "he": "תפתחי את המגירה"}
DAY = {
    "en": ("open the shift with 100", "I paid €20.50 out of the drawer for Ice", "close the shift with 79.50"),
    "fr": ("ouvre la caisse avec 100 euros", "sors 20,50 € du tiroir pour Ice", "ferme la caisse avec 79,50"),
    "he": ("תפתחי משמרת עם 100 שקל", "תוציא 20.50 מהקופה בשביל Ice", "תסגור משמרת עם 79.50"),
}
NO_MONEY = {
    "en": ("pay out", "pay out 1.400", "did I pay out 20?", "reject invoice 7"),
    "fr": (
        "sortie de caisse",
        "j'ai sorti 20 € de la caisse ?",
        "refuse la facture 7",
    ),
    "he": ("הוצאתי 20 מהקופה?", "דחה את החשבונית 7"),
}
NOT_ASKED = {
    "en": (
        "did you open the drawer?",
        "don't open the drawer",
        "close alert",
        "stop carrying unicorns",
        "open the drawer for Marc",
    ),
    "fr": ("tu as ouvert le tiroir ?", "n'ouvre pas le tiroir", "ferme l'alerte", "on ne fait plus les licornes"),
    "he": ("פתחת את המגירה?", "אל תפתח את המגירה", "תסגור את ההתראה", "תוציא חד קרן מהמגוון"),
}


def test_every_named_command_is_one_of_the_shops_and_has_its_words(tmp_path: Path) -> None:
    """A field that must be said has its slot, none needs a PIN that only a page asks for."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for name, named in named_commands().items():
                spec = shop.registry.by_name[named.command]
                assert "chat" in spec.surfaces and (named.page or not spec.reauthenticate), name
                fields = msgspec.structs.fields(spec.command)
                required = {one.name for one in fields if one.required}
                assert named.page or required <= {*named.fields} <= {one.name for one in fields}, name
                assert named.slots <= SLOTS and (not named.undo or named.undo in named_commands()), name
                for language in LANGUAGES:
                    assert translate(language, f"chat.errand_{name}", **dict.fromkeys(SHOWN, "x")), name
            for language in LANGUAGES:
                assert command_phrases(language).keys() == named_commands().keys(), language

    run(scenario())


def _filled(phrase: str, named: NamedCommand, language: str) -> str:
    said = {"supplier": "Metro", "amount": "3", "boxes": "3", "number": "41", "order": "41"}
    said |= dict.fromkeys(("product", "products"), RICE[language])
    said |= WRITTEN | {"table": "41", "percent": f"41 {PERCENT[language]}"}
    said |= {"money": "41", "text": WHY[language], "remark": WHY[language]}
    said |= {"returned": f"3 {RICE[language]}", "sale": RECEIPT[language]}
    order = (
        "returned",
        "sale",
        "lot",
        "amount",
        "boxes",
        "product",
        "products",
        "number",
        "order",
        "table",
        "percent",
        "money",
        "code",
        "address",
        "text",
        "remark",
        "supplier",
    )
    last = next((one for one in ("remark", "code", "address") if one in named.slots), "") if GAP in phrase else ""
    behind = said[last] if last else ""
    filling = " ".join(said[one] for one in order if one in named.slots and one != last)
    return f"{phrase.replace(GAP, filling)} {behind}".strip() if GAP in phrase else f"{phrase} {filling}".strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_asks_for_its_own_command(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSupplier("metro", {"en": "Metro"}), SYSTEM)
            await catch_up(shop)
            for name, phrases in command_phrases(language).items():
                for phrase in phrases:
                    text = _filled(phrase, named_commands()[name], language)
                    said = read_errand(shop.reader, Search("EUR"), text, language)
                    assert said is not None and said.errand.kind == "command", text
                    assert said.errand.name == name, (text, said.errand.name)
                    slots = named_commands()[name].slots
                    assert (said.errand.number == 41) == bool(slots & {"number", "order", "sale", "table"}), text
                    assert (said.errand.number == 41_000) == ("percent" in slots), text
                    assert (said.errand.price_minor == 4100) == ("money" in slots), text
                    written = next((WRITTEN[one] for one in WRITTEN if one in slots), "")
                    written = WHY[language] if slots & {"text", "remark"} else written
                    assert said.errand.text == written, (text, said.errand.text)
                    assert bool(said.skus) == bool(slots & {"product", "products", "returned"}), text

    run(scenario())


def _counts(shop: CommandBus) -> int:
    return int(shop.reader.execute("SELECT count(*) FROM stock_count").fetchone()[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_named_waits_for_approval_and_is_done_by_it(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SendAlert("The freezer drips"), SYSTEM)
            alert = open_alerts(shop.reader)[0].id
            boss = Talker(shop, language, BOSS)

            def given_up() -> bool:
                found = find_by_sku(shop.reader, "rice")
                return found is None or found.retired_us is not None

            asked = [
                (STARTED[language], lambda: _counts(shop) == 1),
                (GIVEN_UP[language], given_up),
                (CLOSED[language].format(alert), lambda: not open_alerts(shop.reader)),
            ]
            for text, is_done in asked:
                shown = await boss.say(text)
                assert shown.state == "confirming" and not is_done(), (text, shown.text)
                assert (await boss.say(YES[language])).state == "done", text
                assert is_done(), text

    run(scenario())


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_could_not_ask_for_it_by_itself_is_not_shown_it(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            keeper = await Talker(shop, language, KEEPER).say(GIVEN_UP[language])
            assert (keeper.state, keeper.question) == ("cancelled", "") and find_by_sku(shop.reader, "rice")
            drawer = BOSS.with_rights("drawer")
            assert (await Talker(shop, language, drawer).say(DRAWER[language])).state == "confirming"
            nowhere = Actor("noa", "chat", "", drawer.rights)
            assert (await Talker(shop, language, nowhere).say(DRAWER[language])).state == "cancelled", "at no till"
            seller = Actor("lee", "chat", "1", frozenset({BASKET, STOCK, SELL}))
            assert (await Talker(shop, language, seller).say(DRAWER[language])).state == "cancelled"
            for text in NOT_ASKED[language]:
                assert (await Talker(shop, language, drawer).say(text)).state != "confirming", text

    run(scenario())


def test_a_command_is_filled_by_its_slots_and_its_constants() -> None:
    ready = named_commands()["order_ready"]
    assert ready.slots == {"order"} and ready.fields["to"] == f"{CONSTANT}ready"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_a_drawer_is_said(tmp_path: Path, language: str) -> None:
    """Money moves by what a confirmation was asked for, with the reason as it was said."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            boss = Talker(shop, language, BOSS.with_rights("override", SELL))
            for text in NO_MONEY[language]:
                assert (await boss.say(text)).state != "confirming", text
            for text, sum_minor in zip(DAY[language], (10_000, 2_050, 7_950), strict=True):
                shown = await boss.say(text)
                assert shown.state == "confirming" and written_money(sum_minor, "EUR", language) in shown.text, shown
                assert ("(Ice)" in shown.text) == ("Ice" in text), "the reason stands as it was written"
                assert (await boss.say(YES[language])).state == "done", text
            await catch_up(shop)
            shift = read_shifts(shop.reader)[0]
            assert (shift.float_minor, shift.counted_minor, shift.difference_minor) == (10_000, 7_950, 0)
            bodies = shop.reader.execute("SELECT body FROM journal WHERE type = 'CashMoved'").fetchall()
            moved = [msgspec.json.decode(body) for (body,) in bodies]
            assert [(one["kind"], one["amount_minor"], bool(one["reason"])) for one in moved] == [
                ("payout", 2_050, True)
            ]

    run(scenario())


AT_A_TABLE = {
    "en": ("put this on table 4", "open the bill of table 4", "add a tip of 2 euros"),
    "fr": ("mets ça sur la table 4", "ouvre la table 4", "pourboire de 2 euros"),
    "he": ("תשים את זה על שולחן 4", "תפתח את החשבון של שולחן 4", "תוסיף טיפ של 2 שקל"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_is_served_by_talking(tmp_path: Path, language: str) -> None:
    """What is open goes onto a table's bill and comes back, with a tip by what a confirmation was asked for."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetTable(FloorTable("t4", "4")), SYSTEM)
            await done(shop, ChangePrice("beer", 500), SYSTEM)
            await done(shop, AddLine(sku="beer", quantity=2_000), CASHIER)
            waiter = Talker(shop, language, BOSS.with_rights("override", SELL, BASKET))
            put, taken, tip = AT_A_TABLE[language]
            assert (await waiter.say(taken.replace("4", "9"))).state != "confirming", "there is no such table"
            for text in (put, taken, tip):
                shown = await waiter.say(text)
                assert shown.state == "confirming", (text, shown.text)
                told = await waiter.say(YES[language])
                assert told.state == "done", (text, told.text)
                basket = read_basket(shop.reader, "1")
                assert bool(basket.lines) == (text != put), text
            assert basket.name == "4" and basket.total_minor == 2 * 500 + 200, basket

    run(scenario())


LOADED = {
    "en": "put 50 euros on gift card 4M9P-3R8Q-6X2Z-5V7T",
    "fr": "mets 50 euros sur la carte cadeau 4M9P-3R8Q-6X2Z-5V7T",
    "he": "תטען 50 אירו על כרטיס מתנה 4M9P-3R8Q-6X2Z-5V7T",
}
MAILED = {
    "en": ("mail the last receipt to Ann.b@example.com", "mail receipt 1"),
    "fr": ("envoie le dernier ticket par mail à Ann.b@example.com", "envoie par mail le ticket 1"),
    "he": ("תשלח את הקבלה האחרונה במייל ל Ann.b@example.com", "תשלח במייל את קבלה 1"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_is_loaded_and_a_receipt_mailed_by_talking(tmp_path: Path, language: str) -> None:
    """A code and an address stand as they were written; an address that no one said is asked."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            boss = Talker(shop, language, BOSS.with_rights("override", SELL, BASKET))
            shown = await boss.say(LOADED[language])
            assert shown.state == "confirming" and "4M9P-3R8Q-6X2Z-5V7T" in shown.text, shown.text
            assert (await boss.say(YES[language])).state == "done"
            assert read_basket(shop.reader, "1").total_minor == 5_000
            assert (await boss.say(MAILED[language][0])).state != "confirming", "there is no receipt yet"
            await done(shop, Pay("cash"), CASHIER)
            await catch_up(shop)
            shown = await boss.say(MAILED[language][0])
            assert shown.state == "confirming" and "Ann.b@example.com" in shown.text, shown.text
            asked = await boss.say(MAILED[language][1])
            assert asked.state == "asking_slot", asked.text
            shown = await boss.say("Ann.b@example.com")
            assert shown.state == "confirming" and "Ann.b@example.com" in shown.text, shown.text

    run(scenario())
