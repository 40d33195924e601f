"""Staff ask where goods stand: by the plan of a shelf, by places of the stock, or no one said it."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.shelf.commands import SetPlanogram
from edge.goods.stock.commands import RecordMovement, SetLocation
from edge.lib.sight.kinds import BayLayout, Facing
from tests.chat_fixture import KEEPER, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import CUSTOMER
from tests.shop_fixture import SYSTEM, done, run

PICTURE = "0" * 64 + ".jpg"
LAYOUT = BayLayout(
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    (0.5, 1.0),
    (
        Facing("a", 0, 0.0, 0.0, 0.3, 0.5, "rice"),
        Facing("b", 1, 0.5, 0.5, 0.9, 1.0, "beer"),
        Facing("c", 1, 0.0, 0.5, 0.4, 1.0, "milk"),
    ),
)
ASKED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("en", "where is the rice", ("Basmati", "Dry goods, row 1 from the top, place 1")),
    ("en", "where do we keep the pale ale?", ("Dry goods, row 2 from the top, place 2", "Cellar")),
    ("en", "where's the milk", ("row 2 from the top, place 1",)),
    ("en", "a customer asks where the rice is", ("row 1",)),
    ("en", "where can I find the tomatoes", ("No shelf location",)),
    ("en", "where is the cola", ("Cola Small Can", "Cola Small Plastic", "Cola Small Glass")),
    ("fr", "où est le riz ?", ("tablette 1", "place 1")),
    ("fr", "où se trouve la bière blonde", ("Dry goods, tablette 2", "Cave")),
    ("fr", "dans quel rayon est le lait", ("tablette 2",)),
    ("fr", "où sont les tomates ?", ("Aucun emplacement",)),
    ("he", "איפה האורז?", ("מדף 1",)),
    ("he", "איפה נמצאת הבירה הבהירה", ("מדף 2", "מרתף")),
    ("he", "באיזה מדף החלב", ("מדף 2",)),
    ("he", "איפה העגבניות", ("המיקום לא הוזן",)),
)


def test_staff_are_told_where_goods_stand(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetLocation("cellar", {"en": "Cellar", "fr": "Cave", "he": "מרתף"}), SYSTEM)
            await done(shop, RecordMovement("beer", "in", 1, 0, location="cellar"), SYSTEM)
            await done(shop, SetPlanogram("bay", "Dry goods", "eye", LAYOUT, PICTURE), SYSTEM)
            before = {sku: Talker(shop).stock(sku) for sku in ("rice", "beer", "milk", "tomato")}
            for language, said, told in ASKED:
                answer = await Talker(shop, language, KEEPER).say(said)
                assert all(one in answer.text for one in told), (said, answer.text)
            assert before == {sku: Talker(shop).stock(sku) for sku in before}

    run(scenario(), 60)


def test_where_it_is_after_it_was_spoken_of_and_amid_a_question(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetPlanogram("bay", "Dry goods", "eye", LAYOUT, PICTURE), SYSTEM)
            keeper = Talker(shop, "en", KEEPER)
            await keeper.say("how much rice is there")
            assert "row 1" in (await keeper.say("where is it?")).text
            question = (await keeper.say("took 2 cola")).question
            answer = await keeper.say("where is the milk?")
            assert "row 2" in answer.text and answer.question == question, answer

    run(scenario(), 60)


def test_customers_are_shown_to_the_shelf_and_told_of_no_store(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetLocation("cellar", {"en": "Cellar"}), SYSTEM)
            await done(shop, RecordMovement("beer", "in", 1, 0, location="cellar"), SYSTEM)
            await done(shop, SetPlanogram("bay", "Dry goods", "eye", LAYOUT, PICTURE), SYSTEM)
            guest = Talker(shop, "en", CUSTOMER, "shopping")
            assert "row 1 from the top" in (await guest.say("where is the rice?")).text
            beer = (await guest.say("where do I find the pale ale?")).text
            assert "row 2" in beer and "Cellar" not in beer
            assert "ask a member of staff" in (await guest.say("where are the tomatoes?")).text
            await guest.say("how much is the milk?")
            assert "row 2" in (await guest.say("where is it?")).text

    run(scenario(), 60)
