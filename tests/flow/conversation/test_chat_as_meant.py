"""Answers mean what tells the options apart first, whoever gives them; what would move is shown with goods, sign and
unit; packs of a name, headings, corrections of goods and what is said twice are read as meant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.ordering.orders.commands import LeaveCart
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.flow.conversation.test_chat_owned_amounts import GOODS as OWNED
from tests.flow.conversation.test_chat_owned_amounts import product
from tests.shop_fixture import SYSTEM, done, open_shop, run

GOODS = (
    *OWNED,
    product("eggs", "Eggs, tray of 30", "Œufs, plateau de 30", "ביצים, תבנית 30", "tray"),
    product("bags10", "Bin bags, roll of 10", "Sacs poubelle, rouleau de 10", "שקיות אשפה, גליל 10", box=20),
    product("vodka", "Vodka", "Vodka", "וודקה", "bottle", 6),
    product("juice", "Orange juice", "Jus d'orange", "מיץ תפוזים", "bottle", 12),
    product("rye", "Rye bread", "Pain de seigle", "לחם שיפון"),
    product("soy", "Soy drink", "Boisson soja", "משקה סויה", "carton", 8),
    product("coca", "Coca-Cola can", "Coca-Cola canette", "קוקה קולה פחית", "can", 24),
    product("coca-0", "Coca-Cola Zero can", "Coca-Cola Zero canette", "קוקה קולה זירו פחית", "can", 24),
)
THERE = 96_000
YES = {"en": "yes", "fr": "oui", "he": "כן"}


@asynccontextmanager
async def _stocked(folder: Path) -> AsyncIterator[CommandBus]:
    async with open_shop(folder, stocked=False) as shop:
        await done(shop, SetProducts(GOODS), SYSTEM)
        for one in GOODS:
            await done(shop, RecordMovement(one.sku, "in", 0, THERE), SYSTEM)
        await catch_up(shop)
        yield shop


@pytest.mark.parametrize(
    ("language", "said", "moved"),
    [
        ("en", ("binned two rolls of bin bags",), {"bags10": -2}),
        ("fr", ("jeté deux rouleaux de sacs poubelle",), {"bags10": -2}),
        ("he", ("זרקתי שני גלילי שקיות אשפה",), {"bags10": -2}),
        ("en", ("dropped a tray of 30 eggs", "yes"), {"eggs": -1}),
        ("en", ("took 3 trays of 30 eggs",), {"eggs": -3}),
        ("en", ("7 Up: one case out",), {"7up": -24}),
        ("fr", ("7 Up : une caisse sortie",), {"7up": -24}),
        ("en", ("took three no four croissants",), {"croissant": -4}),
        ("en", ("took three croissants, no, just the one",), {"croissant": -1}),
        ("en", ("took three croissants, not just two",), {}),
        ("he", ("לקחתי 2 קרואסונים", "סליחה, התכוונתי לשלושה"), {"croissant": -3}),
        ("en", ("took a case and a half of vodka",), {"vodka": -9}),
        ("he", ("לקחתי ארגז וחצי וודקה", "כן"), {"vodka": -9}),
        ("en", ("took 3 bottles of whisky, wait, vodka", "yes"), {"vodka": -3}),
        ("fr", ("sorti 3 bouteilles de whisky, attends, vodka", "oui"), {"vodka": -3}),
        ("he", ("יצאו 3 בקבוקי ויסקי, רגע, וודקה", "כן"), {"vodka": -3}),
        ("fr", ("reçu 8 pains de seigle et jeté un", "oui"), {"rye": 7}),
        ("en", ("12 rye breads in, 2 old ones binned",), {}),
        ("en", ("12 rye breads in, 2 old ones binned", "yes"), {"rye": 10}),
        ("en", ("received 12 rye breads, 2 binned", "yes"), {"rye": 10}),
        ("fr", ("12 pains de seigle reçus, 2 vieux jetés", "oui"), {"rye": 10}),
        ("he", ("התקבלו 12 לחם שיפון, 2 נזרקו", "כן"), {"rye": 10}),
        ("en", ("received 12 rye breads, two of them were squashed", "yes"), {"rye": 10}),
        ("en", ("got 12 rye breads in but 2 were broken", "yes"), {"rye": 10}),
        ("fr", ("reçu 12 pains de seigle, deux étaient écrasés", "oui"), {"rye": 10}),
        ("he", ("התקבלו 12 לחם שיפון, שניים מהם היו מעוכים", "כן"), {"rye": 10}),
        ("he", ("הגיעו 12 לחם שיפון, 2 מהם קטנים", "כן"), {"rye": 12}),
        ("en", ("received 12 rye breads, 2 of them are small", "yes"), {"rye": 12}),
        ("en", ("30 croissants arrived and the driver took 5 back", "yes"), {"croissant": 25}),
        ("fr", ("reçu 24 croissants et le boulanger en a repris 2",), {}),
        ("fr", ("reçu 24 croissants et le boulanger en a repris 2", "oui"), {"croissant": 22}),
        ("he", ("קיבלתי 24 קרואסונים והאופה לקח 2 בחזרה",), {}),
        ("he", ("קיבלתי 24 קרואסונים והאופה לקח 2 בחזרה", "כן"), {"croissant": 22}),
        ("en", ("took three rye breads, no sorry, four croissants", "yes"), {"croissant": -4}),
        ("fr", ("pris trois pains de seigle, non pardon, quatre croissants", "oui"), {"croissant": -4}),
        ("he", ("לקחתי שלושה לחם שיפון, לא סליחה, ארבעה קרואסונים", "כן"), {"croissant": -4}),
        ("he", ("לקחתי 2 בקבוקי וודקה", "לא רגע, מלבק"), {"vodka": -2}),
        ("he", ("לקחתי 2 בקבוקי וודקה", "לא, שבק"), {"vodka": -2}),
        ("en", ("took 2 bottles of vodka", "no wait, frombot"), {"vodka": -2}),
        ("fr", ("pris 2 bouteilles de vodka", "non attends, debout"), {"vodka": -2}),
        ("en", ("rye bread should read 20", "yes"), {"rye": -76}),
        ("en", ("whisky figure is off, it's 4 bottles on the dot", "yes"), {"whisky": -92}),
        ("fr", ("le stock de pain de seigle est faux, il y en a exactement 4", "oui"), {"rye": -92}),
        ("fr", ("reçu 6 pains de seigle. Marie, poste 12",), {"rye": 6}),
        ("en", ("received 6 rye breads. Sent from my phone, Marie, ext. 12", "yes"), {"rye": 6}),
        ("en", ("took 3 croissants. I repeat: took 3 croissants.",), {}),
        ("en", ("took 3 croissants. I repeat: took 3 croissants.", "yes"), {"croissant": -3}),
        ("en", ("took 2 croissants took 2 croissants", "yes"), {"croissant": -2}),
        ("fr", ("pris 3 croissants. je répète : pris 3 croissants.", "oui"), {"croissant": -3}),
        ("en", ("took 2 bottles of vodka", "the vodka stays on the shelf, I never opened it"), {}),
        ("fr", ("pris 2 bouteilles de vodka", "la vodka reste en rayon, je ne l'ai pas ouverte"), {}),
        ("he", ("לקחתי 2 בקבוקי וודקה", "הוודקה נשארה על המדף"), {}),
        ("en", ("took 3 milks", "not the 3%, the 1%", "singles"), {"milk-1": -3}),
        ("en", ("took some milk", "1%", "two crates"), {"milk-1": -24}),
        ("en", ("2 cartons of soy drink leaked",), {}),
        ("en", ("2 cartons of soy drink leaked", "cartons"), {"soy": -2}),
        ("en", ("2 cartons of soy drink leaked", "boxes"), {"soy": -16}),
        ("fr", ("entré 5 pains de seigle et 2 croissants", "oui"), {"rye": 5, "croissant": 2}),
        ("fr", ("sorti entre 5 et 7 croissants",), {}),
        ("he", ("לקחתי בין 5 ל-7 קרואסונים",), {}),
        ("he", ("לקחתי 2 קרטון משקה סויה",), {}),
        ("en", ("took 2 btls of vodka",), {"vodka": -2}),
        ("fr", ("reçu 2 cs de vodka",), {"vodka": 12}),
        ("fr", ("pris 2 canettes de coca zéro",), {"coca-0": -2}),
        ("fr", ("pris une canette de coca", "le normal"), {"coca": -1}),
        ("en", ("3 bottles of vodka broke when the shelf fell", "yes"), {"vodka": -3}),
        ("he", ("נשברו 3 בקבוקי וודקה כשהמדף נפל", "כן"), {"vodka": -3}),
        ("en", ("take 3 bottles of vodka when the guests are here", "yes"), {}),
        ("fr", ("rapporté un pain de seigle neuf, remis en rayon", "oui"), {"rye": 1}),
        ("en", ("took 2 bottles of vodka", "I've put them back on the shelf"), {}),
        ("fr", ("pris 2 bouteilles de vodka", "je les ai remises en rayon"), {}),
        ("he", ("לקחתי 2 בקבוקי וודקה", "החזרתי אותם למדף"), {}),
    ],
)
def test_what_staff_mean_moves(tmp_path: Path, language: str, said: tuple[str, ...], moved: dict[str, float]) -> None:
    async def scenario() -> None:
        async with _stocked(tmp_path) as shop:
            talker = Talker(shop, language, BOSS)
            for one in said:
                answer = await talker.say(one)
            now = {one.sku: (read_stock(shop.reader, one.sku) - THERE) / 1000 for one in GOODS}
            assert {sku: change for sku, change in now.items() if change} == moved, answer.text

    run(scenario())


@pytest.mark.parametrize(
    ("language", "said", "basket"),
    [
        ("en", ("2 bottles of milk 1%",), {"milk-1": 2}),
        ("fr", ("2 bouteilles de lait 3%",), {"milk-3": 2}),
        ("en", ("2 milks", "make it the 3% one"), {"milk-3": 2}),
        ("en", ("2 bottles of milk 1%", "make that the 3 percent one"), {"milk-3": 2}),
        ("en", ("a litre of the 1% milk", "yes"), {"milk-1": 1}),
        ("fr", ("un litre de lait 1%", "oui"), {"milk-1": 1}),
        ("en", ("goldstar please", "two cans"), {"gold-500": 2}),
        ("en", ("goldstar please", "2 of the 330"), {"gold-330": 2}),
        ("en", ("some milk please", "3%, two"), {"milk-3": 2}),
        ("en", ("2 goldstar", "not the can"), {"gold-330": 2}),
        ("en", ("goldstar please", "2"), {}),
        ("en", ("2 cartons of soy drink",), {"soy": 2}),
        ("fr", ("2 canettes de coca zéro",), {"coca-0": 2}),
        ("en", ("2 croissants", "put 3 rye breads in and take 1 croissant out"), {"rye": 3, "croissant": 1}),
        ("en", ("2 croissants", "put a rye bread in and take the croissants out"), {"rye": 1}),
        ("en", ("put 3 rye breads in and take one out",), {"rye": 2}),
        ("fr", ("2 croissants", "mets 3 pains de seigle et enlève 1 croissant"), {"rye": 3, "croissant": 1}),
        ("he", ("2 קרואסונים", "תוסיף 3 לחם שיפון ותוציא קרואסון אחד"), {"rye": 3, "croissant": 1}),
        ("he", ("תכניס 3 לחם שיפון ותוציא אחד",), {"rye": 2}),
    ],
)
def test_what_a_customer_means_lies_in_the_basket(
    tmp_path: Path, language: str, said: tuple[str, ...], basket: dict[str, float]
) -> None:
    async def scenario() -> None:
        async with _stocked(tmp_path) as shop:
            talker = Talker(shop, language, CUSTOMER, "shopping")
            for one in said:
                answer = await talker.say(one)
                assert answer.text, "something is always answered"
            cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
            lies = {line.sku: line.quantity / 1000 for line in cart.lines} if cart else {}
            assert lies == basket, answer.text
            if cart:
                await done(shop, LeaveCart(cart.id), SYSTEM)

    run(scenario())


def test_each_choice_shows_what_it_moves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _stocked(tmp_path) as shop:
            which = await Talker(shop, "en", BOSS).say("took 2 bottles of milk")
            assert which.text == "Which kind? Milk 1% 1 l / Milk 3% 1 l", "asked in few words"
            assert [one.label for one in which.options] == ["-2 bottles Milk 1% 1 l", "-2 bottles Milk 3% 1 l"]
            unit = await Talker(shop, "en", BOSS).say("received 3 vodka")
            assert [one.label for one in unit.options] == ["+3 boxes Vodka", "+3 bottles Vodka"]
            customer = await Talker(shop, "en", CUSTOMER, "shopping").say("2 goldstar")
            assert [one.label for one in customer.options] == ["+2 cans Goldstar 500 ml", "+2 bottles Goldstar 330 ml"]

    run(scenario())


@pytest.mark.parametrize("language", YES)
def test_taking_out_again_waits_for_a_yes_where_the_shop_has_it_so(tmp_path: Path, language: str) -> None:
    took = {"en": "took 2 bottles of vodka", "fr": "pris 2 bouteilles de vodka", "he": "לקחתי 2 בקבוקי וודקה"}
    stays = {"en": "the vodka stays on the shelf", "fr": "la vodka reste en rayon", "he": "הוודקה נשארה על המדף"}

    async def scenario() -> None:
        async with _stocked(tmp_path) as shop:
            talker = Talker(shop, language, BOSS)
            await talker.say(took[language])
            await done(shop, SetSetting("assistant.staff_confirm", True), SYSTEM)
            shown = await talker.say(stays[language])
            assert shown.state == "confirming" and read_stock(shop.reader, "vodka") == THERE - 2_000, shown.text
            await talker.say(YES[language])
            assert read_stock(shop.reader, "vodka") == THERE

    run(scenario())
