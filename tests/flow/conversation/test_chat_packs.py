"""Packs and per cents that are part of a name are no amount, and what is only asked for waits for confirmation."""

from __future__ import annotations

from pathlib import Path

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from tests.catch_up import catch_up
from tests.chat_fixture import Talker, talking_shop
from tests.shop_fixture import SYSTEM, done, run

SHELF = (
    Product("candles", {"en": "Candles 6 pack", "fr": "Bougies paquet de 6", "he": "נרות מארז 6"}, box=0),
    Product("yoghurt-five", {"en": "Yoghurt 5%", "fr": "Yaourt 5%", "he": "יוגורט 5%"}, box=0),
    Product("yoghurt-none", {"en": "Yoghurt 0%", "fr": "Yaourt 0%", "he": "יוגורט 0%"}, box=0),
)


def test_a_pack_is_one_and_a_per_cent_is_a_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(SHELF), SYSTEM)
            for one in SHELF:
                await done(shop, RecordMovement(one.sku, "in", 0, 40_000), SYSTEM)
            await catch_up(shop)
            for language, said, moves in (
                ("en", "sold a six pack of candles", ("candles", -1_000)),
                ("en", "sold a pack of 6 candles", ("candles", -1_000)),
                ("fr", "vendu un paquet de 6 bougies", ("candles", -1_000)),
                ("he", "מכרתי מארז 6 נרות", ("candles", -1_000)),
                ("en", "received 12 of the 5% yoghurts", ("yoghurt-five", 12_000)),
                ("en", "received 4 zero percent yoghurts", ("yoghurt-none", 4_000)),
                ("fr", "reçu 4 yaourts 5 pour cent", ("yoghurt-five", 4_000)),
                ("he", "קיבלתי 4 יוגורט 5 אחוז", ("yoghurt-five", 4_000)),
            ):
                moved = (await Talker(shop, language).say(said)).movements
                assert [(one.sku, one.change) for one in moved] == [moves], said

    run(scenario())


def test_what_is_asked_for_waits_for_approval(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said, yes, moves in (
                ("en", "please chuck half a kilo of tomatoes", "yes", ("tomato", -500)),
                ("en", "could you take out 2 milk", "yes", ("milk", -2_000)),
                ("fr", "tu peux jeter un demi kilo de tomates", "oui", ("tomato", -500)),
                ("fr", "3 laits remis au barista", "oui", ("milk", -3_000)),
            ):
                talker = Talker(shop, language)
                asked = await talker.say(said)
                assert asked.state == "confirming" and not asked.movements, said
                moved = (await talker.say(yes)).movements
                assert [(one.sku, one.change) for one in moved] == [moves], said

    run(scenario())


def test_a_question_names_several_goods(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            for language, said, lines in (
                ("en", "how many eggs and tomatoes do we have", ["Eggs, 12: 6 trays", "Tomatoes: 20 kg"]),
                ("fr", "combien de lait et de riz", ["Lait 3% 1 l : 30 pièces", "Riz basmati 1 kg : 9 pièces"]),
                ("he", "כמה חלב ואורז יש", ["חלב 3% 1 ליטר: 30 יח'", "אורז בסמטי 1 קילו: 9 יח'"]),
            ):
                assert (await Talker(shop, language).say(said)).text.splitlines() == lines, said

    run(scenario())
