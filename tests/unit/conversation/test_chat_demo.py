"""What the demo puts on the shelf to be talked about."""

from __future__ import annotations

from pathlib import Path

from edge.app.demo_shop import demo_assistant, demo_catalog
from tests.catch_up import catch_up
from tests.chat_fixture import Talker
from tests.shop_fixture import SYSTEM, done, open_shop, run


def test_the_reference_conversation_goes_in_the_demo(tmp_path: Path) -> None:
    assert not {one.sku for one in demo_catalog.products()} & {one.sku for one in demo_assistant.drinks()}

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await demo_assistant.seed(lambda command: done(shop, command, SYSTEM))
            await catch_up(shop)
            dana = Talker(shop, "he")
            assert (await dana.say("לקחתי 3 קולה קטן")).text == "איזה סוג? פחית / פלסטיק / זכוכית"
            await dana.say("פחית")
            assert (await dana.say("3 בקבוקים")).text == "עדכנתי: -3 פחיות קולה קטן"
            emma = Talker(shop)
            assert (await emma.say("took 3 bottles of small glass cola")).text.startswith("There are only 2")

    run(scenario())
