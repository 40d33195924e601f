"""Prices, groups and times beside goods count nothing; what one says of one's own act or by a sign is done at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.ordering.orders.commands import LeaveCart
from edge.ordering.orders.queries import cart_at
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, Talker
from tests.flow.conversation.test_chat_as_meant import GOODS, THERE
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, open_shop, run

Sayings = tuple[tuple[tuple[str, ...], dict[str, float]], ...]
STAFF: dict[str, Sayings] = {
    "en": (
        (("took 4 kg of flour at 2.15 a kilo",), {"flour": -4}),
        (("took two croissants for the group of 18",), {"croissant": -2}),
        (("at 11:40 am I took three croissants",), {"croissant": -3}),
        (("we used two croissants today",), {"croissant": -2}),
        (("threw 2 croissants away",), {"croissant": -2}),
        (("please deduct two croissants",), {"croissant": -2}),
        (("correct croissants to 90",), {"croissant": -6}),
        (("8 rye breads came in and I binned 3 croissants",), {"rye": 8, "croissant": -3}),
        (("gave reception two bottles of vodka", "yes"), {"vodka": -2}),
        (("took 2 rye breads, er no, 3 croissants", "yes"), {"croissant": -3}),
        (("the right number for rye bread is 90", "yes"), {"rye": -6}),
        (("took 2 croissants", "I changed my mind"), {}),
        (("took 2 croissants", "wrong, nothing left the shelf"), {}),
        (("took 2 bottles of whisky at 30 euros each",), {"whisky": -2}),
    ),
    "fr": (
        (("pris 4 kg de farine à 2,15 le kilo",), {"flour": -4}),
        (("pris deux croissants pour le groupe de 18",), {"croissant": -2}),
        (("à 11 h 40 j'ai pris trois croissants",), {"croissant": -3}),
        (("croissants 2, pain de seigle 1, pris pour le barbecue",), {"croissant": -2, "rye": -1}),
        (("moins deux croissants",), {"croissant": -2}),
        (("plus quatre croissants",), {"croissant": 4}),
        (("je viens de donner une bouteille de vodka à la réception",), {"vodka": -1}),
        (("le client est passé prendre six croissants", "oui"), {"croissant": -6}),
        (("la bouteille de whisky m'a échappé des mains, une de moins", "oui"), {"whisky": -1}),
        (("le bon chiffre pour le pain de seigle c'est 90", "oui"), {"rye": -6}),
        (("pris 3 croissants", "c'étaient des pains de seigle"), {"rye": -3}),
        (("pris 3 croissants et 2 pains de seigle", "un seul pain de seigle en fait"), {"croissant": -3, "rye": -1}),
        (("le client voulait dix croissants mais il est reparti sans", "oui"), {}),
        (("bon de livraison 88, quatre croissants reçus", "oui"), {"croissant": 4}),
        (("le grossiste m'a apporté huit croissants",), {"croissant": 8}),
        (("sept croissants en moins",), {"croissant": -7}),
        (("pris 3 croissants", "erreur, rien n'est sorti"), {}),
        (("rappelle-moi de sortir deux croissants", "oui"), {}),
        (("sorti deux goldstar en bouteille pour la 12", "à l'unité"), {"gold-330": -2}),
    ),
    "he": (
        (("לקחתי 4 קילו קמח ב-2.15 לקילו",), {"flour": -4}),
        (("אכלתי שני קרואסונים",), {"croissant": -2}),
        (("שני קרואסונים לשולחן 12 בשמונה",), {"croissant": -2}),
        (("תתקן את הקרואסונים ל-90",), {"croissant": -6}),
        (("פלוס ארבעה קרואסונים",), {"croissant": 4}),
        (("האופה הביא שישה קרואסונים",), {"croissant": 6}),
        (("שני קרואסונים לתנור, לקחתי",), {"croissant": -2}),
        (("כיבדנו בארבעה קרואסונים",), {}),
        (("אנחנו מוכרים שני קרואסונים ביום",), {}),
        (("סיפקו לנו ארגז וודקה", "כן"), {"vodka": 6}),
        (("לקחתי 2 קרואסונים", "התחרטתי"), {}),
        (("לקחתי 2 קרואסונים", "טעות, כלום לא יצא"), {}),
    ),
}
CUSTOMERS: dict[str, Sayings] = {
    "en": ((("a croissant and a rye bread", "the rye bread, no"), {"croissant": 1}),),
    "fr": (
        (("un croissant et un pain de seigle", "le pain de seigle, non"), {"croissant": 1}),
        (("deux croissants", "j'ai changé d'avis, rien"), {}),
    ),
}


@pytest.mark.parametrize("language", STAFF)
def test_what_stands_beside_goods_counts_nothing(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            for one in GOODS:
                await done(shop, RecordMovement(one.sku, "in", 0, THERE), SYSTEM)
            await catch_up(shop)
            wrong = []
            for said, moved in STAFF[language]:
                before = {one.sku: read_stock(shop.reader, one.sku) for one in GOODS}
                talker = Talker(shop, language, BOSS)
                for one in said:
                    answer = await talker.say(one)
                now = {sku: (read_stock(shop.reader, sku) - level) / 1000 for sku, level in before.items()}
                if {sku: change for sku, change in now.items() if change} != moved:
                    wrong.append((said, answer.text))
                for sku, level in before.items():
                    if read_stock(shop.reader, sku) != level:
                        await done(shop, RecordMovement(sku, "adjust", 0, level, reason="count"), SYSTEM)
            assert not wrong, wrong

    run(scenario())


@pytest.mark.parametrize("language", CUSTOMERS)
def test_a_product_with_a_no_behind_it_leaves_the_basket(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            await catch_up(shop)
            for said, basket in CUSTOMERS[language]:
                talker = Talker(shop, language, CUSTOMER, "shopping")
                for one in said:
                    answer = await talker.say(one)
                cart = cart_at(shop.reader, CUSTOMER.register, shop.now_us())
                lies = {line.sku: line.quantity / 1000 for line in cart.lines} if cart else {}
                assert lies == basket, (said, answer.text)
                if cart:
                    await done(shop, LeaveCart(cart.id), SYSTEM)

    run(scenario())
