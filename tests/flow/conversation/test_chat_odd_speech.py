"""What people say and write as no book has it: three languages in a sentence, pictures, a thousand words, names with
what no one sees; and two people at one tablet."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.assistant.commands import TakeTurn
from edge.core.messages import Actor
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import RecordMovement
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.chat_fixture import BOSS, KEEPER, Talker, talking_shop
from tests.flow.conversation.test_chat_http import filled
from tests.shop_fixture import SYSTEM, done, run

DRIED = (
    Product("raisins", {"en": "Raisins", "fr": "Raisins secs"}),
    Product("grapes", {"en": "White grapes", "fr": "Raisins blancs"}),
    Product("plums", {"en": "Plum\u200b jam\U000e0041", "fr": "Confiture\u202e de prunes"}),
)
MIXED = (
    ("fr", "j'ai pris 3 milk בבקשה", {"milk": -3000}),
    ("fr", "j'ai pris trois milks please 🥛", {"milk": -3000}),
    ("he", "לקחתי 3 milk s'il te plaît", {"milk": -3000}),
    ("en", "took 2 milks 🥛🥛", {"milk": -2000}),
    ("en", "took 3 לחם et deux milks", {"milk": -2000}),
    ("en", "took 2 raisins", {"raisins": -2000}),
    ("en", "took 3 plum jam", {"plums": -3000}),
    ("en", "🥛🥛🥛", {}),
    ("en", "word " * 199, {}),
    ("he", "אה טוק שלוש חלבוק ביג", {}),
)


@pytest.mark.parametrize(("language", "said", "moved"), MIXED)
def test_what_is_clear_of_it_moves_and_nothing_else(
    tmp_path: Path, language: str, said: str, moved: dict[str, int]
) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(DRIED), SYSTEM)
            for product in DRIED:
                await done(shop, RecordMovement(product.sku, "in", 0, 9_000), SYSTEM)
            await catch_up(shop)
            answer = await Talker(shop, language, BOSS).say(said)
            assert answer.text and {one.sku: one.change for one in answer.movements} == moved, answer.text

    run(scenario())


def test_what_no_one_sees_leaves_names(tmp_path: Path) -> None:
    """Tags, a joint of no width and what turns the direction; the French name of one thing comes before another's."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetProducts(DRIED), SYSTEM)
            await catch_up(shop)
            plums = find_by_sku(shop.reader, "plums")
            assert plums is not None and plums.names == {"en": "Plum jam", "fr": "Confiture de prunes"}
            asked = await Talker(shop, "fr", BOSS).say("reçu 2 raisins")
            assert [one.id for one in asked.options] == ["raisins", "grapes"] and not asked.movements

    run(scenario())


def test_two_people_at_one_tablet(tmp_path: Path) -> None:
    """Who signs in behind someone neither answers nor sees what these were asked; each has their own."""

    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            dana, sam = Talker(shop, actor=KEEPER), Talker(shop, actor=Actor("sam", "chat", "1", KEEPER.rights))
            asked = await dana.say("took 3 small colas")
            theirs = TakeTurn(dana.session, "x", "stock", "en", option="cola-can", question=asked.question)
            assert getattr(await shop.do(theirs, sam.actor), "code", "") == "no_chat"
            assert (await sam.say("yes")).movements == () and (await sam.say("undo")).movements == ()
            assert (await sam.say("took 2 milks")).movements[0].sku == "milk"
            assert (await dana.say("cancel")).movements == (), "hers is the question, and not the milk"
            assert dana.stock("milk") == 28_000 and dana.stock("cola-can") == 132_000

    run(scenario())


def test_another_persons_conversation_is_answered_as_one_that_is_not_there(tmp_path: Path) -> None:
    """The same bytes for both: who asks can't tell that it is there."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            who = {"Grant": await caller.enter_pin(), "Surface": "panel"}
            session, text = "a" * 32, "took 3 small colas"
            other = TakeTurn(session, "one", "stock", "en", text)
            await done(served.shop, other, Actor("sam", "chat", "1", KEEPER.rights))
            path = "/api/v1/chat/message"
            asked = [{"text": "yes", "session": one, "turn": "t"} for one in (session, "b" * 32 + "c")]
            theirs, unknown = [await caller.call("POST", path, body, **who) for body in asked]
            assert (theirs.status, unknown.status) == (404, 404)
            assert {**theirs.json, "id": ""} == {**unknown.json, "id": ""}

    run(scenario())
