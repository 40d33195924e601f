"""The manager's questions: figures that stand in results, how sure they are, follow-ups, and what is not done."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from edge.analytics.insight.explain import ExplainFigure
from edge.analytics.insight.rules import share
from edge.conversation.copilot import copilot
from edge.conversation.copilot.copilot_memory import read_messages
from edge.conversation.copilot.pages import copilot_socket
from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.counter.till.commands import AddLine, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.counter.till.events import SaleCompleted
from edge.goods.stock.commands import RecordMovement, SetLocation
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.flow.conversation.test_chat_http import filled
from tests.flow.conversation.test_chat_socket import keeper
from tests.shop_fixture import MANAGER, MILK, SYSTEM, done, run

ASKED = (
    ("how many milks do we have?", "query_inventory", "Milk 3% 1 l: 30 pcs in stock."),
    ("what is running low?", "low_stock", "No products are low."),
    ("anything that expires soon?", "expiring", "No products expire by "),
    ("what were the sales today?", "sales", "No data found."),
    ("best sellers yesterday", "sales", "Sales, highest by product, whole shop, "),
    ("what is the price of milk 3%", "price", "Milk 3% 1 l: €1.20"),
    ("combien de lait avons-nous ?", "query_inventory", "Lait 3% 1 l : 30 pièces en stock."),
    ("כמה חלב יש לנו?", "query_inventory", "חלב 3% 1 ליטר: 30 יח' במלאי."),
    ("מה המכירות היום?", "sales", "לא נמצאו נתונים"),
)


@pytest.fixture(autouse=True)
def tools_have_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an answer rests on is looked at here, not how long a busy machine takes for it."""
    monkeypatch.setattr(copilot, "TOOL_S", 30.0)


async def ask(caller: Caller, grant: str, query: str, session: str = "", **more: str) -> Any:
    body = {"query": query, "session_id": session, **more}
    return await caller.call("POST", "/api/v1/copilot/query", body, Grant=grant, Surface="panel")


def test_answers_rest_on_rows_and_follow_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await served.shop.do(SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            await served.shop.do(RecordMovement("milk", "in", 0, 4_000, location="rooftop"), SYSTEM)
            await served.shop.do(RecordMovement("milk", "out", 0, 4_000), SYSTEM)
            await catch_up(served.shop)
            await caller.set_pin()
            grant = await caller.enter_pin()
            for query, tool, told in ASKED:
                answer = (await ask(caller, grant, query)).json
                assert [call["tool"] for call in answer["tool_calls"]] == [tool], (query, answer)
                assert told in answer["message"], (query, answer)
                assert answer["confidence"] == 0.9 and not answer["context"], (query, answer)
            first = (await ask(caller, grant, "how many milks do we have?")).json
            assert first["tool_calls"][0]["result"]["qty_available"] == 30
            session = first["session_id"]
            roof = (await ask(caller, grant, "and on the rooftop?", session)).json
            assert roof["message"].endswith("\nMilk 3% 1 l at Rooftop: 4 pcs.")
            assert {"sku_code": "milk", "warehouse": "rooftop"}.items() <= roof["tool_calls"][0]["arguments"].items()
            unknown = (await ask(caller, grant, "tell me about the weather")).json
            assert unknown["confidence"] <= 0.2 and unknown["message"].startswith("Sorry, I didn't understand “weather")
            several = (await ask(caller, grant, "how many small colas?")).json
            assert several["message"].startswith("Which one? Cola Small") and several["confidence"] <= 0.2
            declined = (await ask(caller, grant, "delete everything")).json
            assert declined["message"].startswith("I can't delete data") and not declined["tool_calls"]
            for wrong in ("", "   ", "?!", "x" * 2001):
                assert (await ask(caller, grant, wrong)).status == 400
            assert (await ask(caller, grant, "milk", "a" * 32)).status == 404
            names = (await caller.get("/api/v1/copilot/tools", Grant=grant, Surface="panel")).json["tools"]
            assert [one["name"] for one in names if one["needs_yes"]] == ["RecordMovement"]

            late = served.shop.registry.queries["stock_low"]
            broken = QuerySpec("stock_low", lambda db: 1 / 0, right=late.right, also=late.also, surfaces=late.surfaces)
            monkeypatch.setitem(served.shop.registry.queries, "stock_low", broken)
            failed = (await ask(caller, grant, "what is running low, and how many alerts?")).json
            assert failed["confidence"] <= 0.8 and "didn't respond" in failed["message"]
            body = {"query": "how many milks do we have?", "context": True}
            one_less = (await caller.call("POST", "/api/v1/copilot/query", body, Grant=grant, Surface="panel")).json
            assert one_less["confidence"] <= 0.8 and one_less["context"]["inventory"] is None
            assert set(one_less["context"]) == {"inventory", "prices", "orders", "insights", "production"}
            monkeypatch.undo()

            history = await caller.get(f"/api/v1/copilot/session/{session}/history", Grant=grant, Surface="panel")
            assert [one["text"] for one in history.json["messages"]][::2] == [
                "how many milks do we have?",
                "and on the rooftop?",
            ]
            for status in (204, 404):
                gone = await caller.call(
                    "DELETE", f"/api/v1/copilot/session/{session}", None, Grant=grant, Surface="panel"
                )
                assert gone.status == status

    run(scenario())


def test_each_figure_of_an_answer_opens_to_what_it_is_made_of(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            for kind in ("cash", "card"):
                await done(served.shop, AddLine(MILK))
                await done(served.shop, Pay(kind))
            await done(served.shop, VoidLastSale(), MANAGER)
            await done(served.shop, AddLine(MILK, quantity=2_000))
            sold = (await done(served.shop, Pay("cash"))).events
            (number,) = [one.number for one in sold if isinstance(one, SaleCompleted)]
            await done(served.shop, RefundSale(number, lines=(RefundedLine(1, 1_000),)), MANAGER)
            await catch_up(served.shop)
            await caller.set_pin()
            grant = await caller.enter_pin()
            opened = 0
            for query in (
                *("sales by product today", "sales by hour today", "sales by tender today", "sales today"),
                *("margin by category today", "margin by hour today", "quantity sold by product today"),
                *("how many receipts today", "refunds today", "voids today", "sales today compared to yesterday"),
            ):
                (call,) = (await ask(caller, grant, query)).json["tool_calls"]
                figures = [(row["opens"], row["value"]) for row in call["rows"]]
                figures.append((call["result"]["opens"], call["result"]["value"]))
                if "compared" in query:
                    figures.append((call["result"]["before_opens"], call["result"]["before"] or 0))
                for address, value in figures:
                    answer = await caller.get(address, Grant=grant, Surface="panel")
                    assert answer.status == 200 and 'id="adds-up" class="hint"' in answer.text, (query, address)
                    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
                    span = asked["from"], asked["to"], asked.get("key", "")
                    found = ExplainFigure(asked["name"], *span, served.config.store.zone).read(
                        served.shop.reader, served.shop.registry
                    )
                    assert found is not None
                    of_margin = asked["name"].startswith("margin")
                    assert value == (share(*found.shown) if of_margin else found.shown[0]), (query, address)
                    opened += 1
            assert opened >= 12
            stock = (await ask(caller, grant, "how many milks do we have?")).json["tool_calls"][0]
            page = await caller.get(stock["result"]["opens"], Grant=grant, Surface="panel")
            assert "On hand" in page.text and 'id="adds-up" class="hint"' in page.text

    run(scenario())


def test_what_is_to_be_done_waits_for_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()

            async def milk() -> int:
                answer = await caller.get("/api/v1/queries/stock?sku=milk", Grant=grant, Surface="panel")
                return int(answer.json["result"])

            proposed = (await ask(caller, grant, "took 3 milks")).json
            assert proposed["message"] == "-3 pcs Milk 3% 1 l: is that correct?"
            assert [one["id"] for one in proposed["options"]] == ["yes", "no"] and await milk() == 30_000
            done = (await ask(caller, grant, "yes", proposed["session_id"])).json
            assert done["message"] == "Updated: -3 pcs Milk 3% 1 l" and await milk() == 27_000
            assert done["tool_calls"][0]["result"]["change"] == -3_000
            again = (await ask(caller, grant, "yes", proposed["session_id"])).json
            assert await milk() == 27_000, again
            asked = (await ask(caller, grant, "took 5 milks", proposed["session_id"])).json
            no = (await ask(caller, grant, "", asked["session_id"], option="no")).json
            assert no["message"].startswith("Cancelled") and await milk() == 27_000

    run(scenario())


def figures(text: str) -> set[float]:
    """The numbers of a text."""
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def test_every_number_of_an_answer_is_in_a_result(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await filled(served)
            await caller.set_pin()
            grant = await caller.enter_pin()
            for query, *_ in ASKED:
                answer = (await ask(caller, grant, query)).json
                there = figures(f"Milk 3% 1 l {answer['tool_calls']}")
                told = figures(re.sub(r"\d{4}-\d\d-\d\d", "", answer["message"]))
                assert all({number, number * 100, number * 1000} & there for number in told), answer

    run(scenario())


def test_parts_go_out_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over its line: a tool that is slow holds nothing back; a question that is sent again is done once."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, keeper(served, caller) as (web, url, headers):
            address = url.replace("/ws/chat", "/ws/copilot")
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await web.ws_connect(address)
            slow, held = served.shop.registry.queries["stock_low"], threading.Event()

            def late(db: Connection) -> object:
                held.wait(30)
                return slow.read(db)

            waiting = QuerySpec("stock_low", late, right=slow.right, also=slow.also, surfaces=slow.surfaces)
            monkeypatch.setitem(served.shop.registry.queries, "stock_low", waiting)
            session = "a" * 32
            first = {"id": "one", "session": session, "query": "what is running low, and how many alerts?"}
            async with web.ws_connect(address, headers=headers) as wire:
                await wire.send_json(first)
                part = await wire.receive_json()
                assert (part["kind"], part["turn"], part["call"]["tool"]) == ("tool", "one", "alerts")
                held.set()
                assert (await wire.receive_json())["call"]["tool"] == "low_stock"
                done = await wire.receive_json()
                assert done["kind"] == "done" and "No products are low." in done["answer"]["message"]
                for _ in range(2):
                    await wire.send_json({"id": "two", "session": session, "query": "took 3 milks"})
                    proposed = await wire.receive_json()
                    assert proposed["answer"]["question"], proposed
                for _ in range(2):
                    await wire.send_json({"id": "three", "session": session, "option": "yes"})
                    assert (await wire.receive_json())["answer"]["message"] == "Updated: -3 pcs Milk 3% 1 l"
                await wire.send_json({"id": "four", "session": session, "query": "  "})
                assert (await wire.receive_json())["code"] == "chat_text"
                asked = read_messages(served.shop.reader, session)
                assert [one.text for one in asked][::2] == [first["query"], "took 3 milks", "yes"]
                for wrong in ("{", '{"kind": "sing"}', "[]"):
                    await wire.send_str(wrong)
                closed = [await wire.receive() for _ in range(4)]
                assert wire.close_code == 1003, closed
            async with web.ws_connect(address, headers=headers) as wire:
                monkeypatch.setattr(copilot_socket.CopilotLine, "speaker", lambda line: None)
                assert (await wire.receive_json())["code"] == "chat_needs_person"
                await wire.receive()
                assert wire.close_code == 1008

    run(scenario())
