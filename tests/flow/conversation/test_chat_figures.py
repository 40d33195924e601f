"""How often the assistant is asked what: counted by day, place and language; on a page, in metrics, at head office; and
no word of anyone in it."""

from __future__ import annotations

from pathlib import Path

from edge.conversation.assistant.events import ConversationsCounted
from edge.conversation.assistant.figures import GAUGES, read_chat_figures
from edge.core.journal.rows import facts
from edge.goods.catalog.commands import SetProducts
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.chat_fixture import Talker, talking_shop
from tests.flow.conversation.test_chat_http import filled, say
from tests.flow.conversation.test_chat_kiosk import CUSTOMER, MILK
from tests.shop_fixture import SYSTEM, FakeClock, done, run

PRIVATE = "rosebud"


def test_each_turn_is_counted_and_told_to_head_office_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with talking_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts((MILK,)), SYSTEM)
            await catch_up(shop)
            keeper = Talker(shop)
            await keeper.say("took 3 small colas")
            await keeper.tap("cola-can")
            await keeper.say("3 singles", spoken=True)
            await keeper.say(f"the {PRIVATE} of the manager")
            guest = Talker(shop, "fr", CUSTOMER, "shopping")
            await guest.say("je veux parler à quelqu'un")
            await guest.say(f"je veux {PRIVATE}")
            figures = {(one.place, one.language): one for one in read_chat_figures(shop.reader)}
            staff, kiosk = figures["staff", "en"], figures["kiosk", "fr"]
            assert (staff.turns, staff.spoken) == (4, 1)
            assert staff.ends == {"answered": 1, "asked": 2, "not_understood": 1, "handed_over": 0, "given_up": 0}
            assert staff.tools == {"RecordMovement": 1}
            assert staff.intents["out"] == 1 and staff.intents["tap"] == 1
            assert kiosk.ends["handed_over"] == 1 and kiosk.ends["not_understood"] == 1
            gauges = {gauge.name: gauge.read(shop.reader, ()) for gauge in GAUGES}
            assert gauges["edge_assistant_turns"]["turns"] == 6
            assert gauges["edge_assistant_turns"]["end.handed_over"] == 1

            day = figures["staff", "en"].day
            for _ in range(2):
                clock.advance(24 * 3600)
                await Talker(shop).say("what is running low?")
            told = [
                one.event for one in facts(shop.reader, shop.registry) if isinstance(one.event, ConversationsCounted)
            ]
            assert told[0].day == day and len({one.day for one in told}) == len(told) == 2
            turns = {(one.place, one.language): one.n for one in told[0].counts if one.what == "turns"}
            assert turns == {("staff", "en"): 4, ("kiosk", "fr"): 2}
            written = str(told) + str(shop.reader.execute("SELECT * FROM chat_count").fetchall())
            assert PRIVATE not in written and "cola" not in written

    run(scenario())


def test_on_the_page_and_in_the_metrics(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            head = {"Grant": grant, "Surface": "panel"}
            await say(caller, grant, text="took 3 milks", language="en")
            await caller.call("POST", "/api/v1/copilot/query", {"query": "what is running low?"}, **head)
            for language, done in (
                ("en", "Record a stock movement (asks first)</bdi>: "),
                ("fr", "Enregistrer un mouvement de stock (avec confirmation)</bdi>\N{NARROW NO-BREAK SPACE}: "),
            ):
                page = await caller.get(f"/manager/assistant?lang={language}", **head)
                assert page.status == 200 and 'id="figures"' in page.text
                assert f"<bdi>{done}1" in page.text and "RecordMovement" not in page.text
            found = (await caller.get("/api/v1/queries/assistant_figures", **head)).json["result"]
            by_place = {one["place"]: one for one in found}
            assert by_place["staff"]["turns"] == 1 and 0 < by_place["staff"]["p95_s"] < 60
            assert by_place["copilot"]["turns"] == 1 and by_place["copilot"]["p95_s"] > 0
            metrics = await caller.get("/metrics", **head)
            assert 'edge_assistant_turns{what="turns"} 2.0' in metrics.text

    run(scenario())
