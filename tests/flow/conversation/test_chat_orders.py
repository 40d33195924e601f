"""Goods are ordered in free words: shown as a draft for their supplier, done by one yes, and never moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import read_purchases
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, KEEPER, STOCKED, Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

ORDERED = {
    "en": (
        "stick four rice on the next order",
        "add 4 basmati rice to the order list",
        "put four bags of rice on our next order please",
        "add to the next order four basmati rice",
        "can you order four basmati rice?",
        "could you put 4 rice on the order",
        "we need more rice, get me 4",
        "we're out of rice, order four",
        "order me 4 more basmati rice",
        "reorder four rice for the next delivery",
    ),
    "fr": (
        "rajoute quatre riz basmati à la prochaine commande",
        "ajoute 4 riz à la commande",
        "mets-moi quatre riz sur la liste de courses",
        "tu peux commander quatre riz basmati ?",
        "tu pourrais recommander 4 riz basmati ?",
        "il nous faut du riz, prends-en 4",
        "on n'a plus de riz, commandes-en quatre",
        "commande-moi quatre riz basmati",
        "commandez encore 4 riz",
        "note quatre riz pour la prochaine livraison",
    ),
    "he": (
        "תוסיף ארבע אורז להזמנה הבאה",
        "שים 4 אורז בסמטי ברשימת הקניות",
        "תרשמי ארבע אורז בהזמנה הבאה בבקשה",
        "אפשר להזמין ארבע אורז?",
        "תוכלי להזמין 4 אורז בסמטי?",
        "צריך עוד אורז, תזמין לי 4",
        "נגמר לנו האורז, תזמין ארבע",
        "תזמיני 4 אורז בסמטי",
        "תזמין עוד ארבע אורז",
        "להוסיף ארבע אורז להזמנה",
    ),
}
NOT_ORDERED = {
    "en": (
        "we should put 4 rice on the next order",
        "did you put 4 rice on the next order?",
        "don't put 4 rice on the order",
    ),
    "fr": (
        "on devrait mettre 4 riz sur la commande",
        "as-tu mis 4 riz sur la commande ?",
        "n'ajoute pas 4 riz à la commande",
    ),
    "he": ("אולי כדאי להוסיף 4 אורז להזמנה", "הוספת 4 אורז להזמנה?", "אל תוסיף 4 אורז להזמנה"),
}
YES = {"en": "yes", "fr": "oui", "he": "כן"}


def _ordered(shop: CommandBus) -> int:
    return len(read_purchases(shop.reader, "2026-01-01").orders)


@pytest.mark.parametrize("language", ORDERED)
def test_goods_are_ordered_in_free_words_by_one_yes(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSupplier("metro", {"en": "Metro"}), SYSTEM)
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
            await done(shop, SetSupplierPrice("metro", "rice", 500), SYSTEM)
            await catch_up(shop)
            for count, text in enumerate(ORDERED[language]):
                talker = Talker(shop, language, BOSS)
                shown = await talker.say(text)
                assert shown.state == "confirming" and "4" in shown.text and "Metro" in shown.text, (text, shown.text)
                assert _ordered(shop) == count, text
                await talker.say(YES[language])
                assert _ordered(shop) == count + 1, text
            many = _ordered(shop)
            for text in NOT_ORDERED[language]:
                talker = Talker(shop, language, BOSS)
                await talker.say(text)
                assert _ordered(shop) == many, text
            keeper = Talker(shop, language, KEEPER)
            refused = await keeper.say(ORDERED[language][0])
            assert refused.state == "cancelled" and _ordered(shop) == many, "who may not buy orders nothing"
            assert keeper.stock("rice") == STOCKED["rice"][1], "what is ordered has not come"

    run(scenario())


def test_who_sells_the_goods_is_asked_where_no_one_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            text = "stick four rice on the next order"
            none = await Talker(shop, "en", BOSS).say(text)
            assert none.state == "cancelled" and not none.options, "a shop that buys from nobody orders nothing"
            for id, name in (("metro", "Metro"), ("dairy", "Dairy")):
                await done(shop, SetSupplier(id, {"en": name}), SYSTEM)
            await catch_up(shop)
            boss = Talker(shop, "en", BOSS)
            asked = await boss.say(text)
            assert [one.label for one in asked.options] == [f"{text} from Dairy", f"{text} from Metro"]
            shown = await boss.say(asked.options[1].label)
            assert shown.state == "confirming" and "Metro" in shown.text, shown.text

    run(scenario())
