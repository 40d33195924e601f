"""Who speaks, and what they may be asked: a personality changes words alone, an agent has the tools of its list."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.conversation.assistant.roster import NEUTRAL, read_roster, roster_check
from edge.core.messages import Actor
from edge.foundation.access.rights import BASKET
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.chat_fixture import GOODS, KEEPER, Talker, talking_shop
from tests.flow.conversation.test_chat_kiosk import MILK, OAT
from tests.shop_fixture import SYSTEM, FakeClock, done, run

CUSTOMER = Actor("cashier", "chat", "2", frozenset({BASKET}), anonymous=True)
SAID = ("took 3 milks", "cancel", "took 3 small colas", "how many eggs are there", "threw away a flying carpet")


@pytest.mark.parametrize("name", ["neutral", "brief"])
def test_every_personality_does_the_same(tmp_path: Path, name: str) -> None:
    async def scenario() -> None:
        async with talking_shop(tmp_path) as shop:
            await done(shop, SetSetting("assistant.staff", name), SYSTEM)
            keeper = Talker(shop)
            did = []
            for said in SAID:
                answer = await keeper.say(said)
                did.append((answer.state, answer.movements, [option.id for option in answer.options]))
            assert [state for state, *_ in did] == [
                "done",
                "cancelled",
                "choosing_product",
                *did[3:4][0][:1],
                did[4][0],
            ]
            assert did[0][1][0].change == -3_000 and keeper.stock("milk") == 30_000
            assert did[2][2] == ["cola-can", "cola-plastic", "cola-glass"]
            told = (await keeper.say("took 2 milks")).text
            assert told.endswith("-2 pcs Milk 3% 1 l") and ("Updated: " in told) == (name == "neutral")

    run(scenario())


def test_an_agent_does_what_is_on_its_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with talking_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts((MILK, OAT)), SYSTEM)
            guest = Talker(shop, actor=CUSTOMER, agent="shopping")
            await done(shop, SetSetting("assistant.kiosk_agent", "advisor"), SYSTEM)
            assert (await guest.say("add 2 eggs")).text == "I can't do that here. Please ask a member of staff."
            assert (await guest.say("what is in my basket")).text.startswith("I can't do that here")
            assert (await guest.say("how much are the eggs?")).text.startswith("Eggs, 12:")
            await done(shop, SetSetting("assistant.kiosk_agent", "stock"), SYSTEM)
            assert not (await guest.say("took 3 eggs")).movements, "customers have no agent of the staff's"
            assert Talker(shop, actor=KEEPER).stock("eggs") == 6_000

    run(scenario())


def test_a_shops_own_files(tmp_path: Path) -> None:
    own = tmp_path / "personalities"
    own.mkdir()
    (own / "zoe.toml").write_text('id = "zoe"\n[names]\nen = "Zoe"\n[sentences.en]\nshop_added = "Yours: {what}"\n')
    (own / "liar.toml").write_text(
        'id = "liar"\n[names]\nen = "L"\n[sentences.en]\nshop_added = "Only 5 cents today"\n'
    )
    (own / "odd.toml").write_bytes(b"\xff\xfe")
    (own / "same.toml").write_text('id = "neutral"\n[names]\nen = "Impostor"\n')
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "wild.toml").write_text(
        'id = "wild"\nserves = "customer"\ntools = ["find", "delete"]\n[names]\nen = "W"\n'
    )
    roster = read_roster(tmp_path)
    assert roster.personality("zoe", "kiosk").names["en"] == "Zoe"
    assert roster.personality("liar", "kiosk").id == NEUTRAL == roster.personality("brief", "kiosk").id
    assert roster.personalities[NEUTRAL].names["en"] == "Standard"
    assert roster.agent("wild", "kiosk").id == "shopping"
    assert [one.file for one in roster.wrong] == [
        "personalities/liar.toml",
        "personalities/odd.toml",
        "agents/wild.toml",
    ]
    assert "delete" in roster.wrong[-1].why and "placeholders" in roster.wrong[0].why
    assert len(roster_check(tmp_path)(None)) == 3


def test_the_manager_chooses_who_speaks(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await served.shop.do(SetProducts(GOODS), SYSTEM)
            await caller.set_pin()
            grant = await caller.enter_pin()
            chosen = await caller.do(
                "SetSetting", {"name": "assistant.kiosk", "value": "mira"}, Grant=grant, Surface="panel"
            )
            assert chosen.status == 200, chosen
            assert "m Mira. What can I find" in (await caller.get("/kiosk/talk?lang=en")).text
            assert "אני מירה" in (await caller.get("/kiosk/talk?lang=he")).text
            wrong = await caller.do(
                "SetSetting", {"name": "assistant.kiosk", "value": "A B"}, Grant=grant, Surface="panel"
            )
            assert wrong.status == 422
            given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            cookie = {"Cookie": given.headers["Set-Cookie"].split("; ")[0]}
            shown = await caller.get("/manager/assistant?lang=fr", **cookie)
            assert shown.status == 200 and "Bonjour, je suis Mira" in shown.text
            assert (await caller.get("/manager/assistant")).status != 200, "not for everybody"

    run(scenario())
