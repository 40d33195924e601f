"""What is pushed to a page, and when, over a real WebSocket."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.counter.till.commands import AbandonBasket, AddLine, Pay
from edge.lib.errors import DeviceLost
from edge.web import limits
from tests.browser.calling import Caller, calling
from tests.browser.serving import DEADLINE_S, Position, fill_the_disk, make_room, serve
from tests.shop_fixture import BEER, CASHIER, MILK, TOMATO, FakeClock, run, sync_fails

ROOT = re.compile(r'<\w+ id="([a-z_-]+)"[^>]*hx-swap-oob')


class Screen:
    """A page's content: the newest text of every fragment."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.messages: list[list[str]] = []
        self.shows: dict[str, str] = {}

    async def read(self) -> None:
        html = await asyncio.wait_for(self._socket.receive_str(), DEADLINE_S)
        starts = [(found[1], found.start()) for found in ROOT.finditer(html)]
        ends = [start for _, start in starts[1:]] + [len(html)]
        self.messages.append([name for name, _ in starts])
        self.shows.update({name: html[start:end] for (name, start), end in zip(starts, ends, strict=True)})

    async def until(self, name: str, text: str) -> None:
        """Read until a fragment contains `text`."""
        while text not in self.shows.get(name, ""):
            await self.read()

    async def settle(self) -> None:
        """Read until everything was shown once."""
        while not {"lines", "sums", "sales", "paper", "status", "clock", "alerts"} <= set(self.shows):
            await self.read()
        self.messages.clear()


def opened(caller: Caller, query: str = "register=1") -> Any:
    return caller.socket(query)


def test_a_scan_is_pushed_at_once_and_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            await served.shop.do(AddLine(MILK), CASHIER)
            await screen.until("lines", "Milk")
            assert screen.messages == [["lines", "sums"]]
            assert "€1.20" in screen.shows["sums"]

    run(scenario())


def test_each_page_speaks_its_language_and_shows_its_register(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path) as served,
            calling(served) as caller,
            opened(caller, "register=1&lang=he") as he,
            opened(caller, "register=2&lang=fr") as second,
        ):
            hebrew, other = Screen(he), Screen(second)
            await hebrew.settle()
            await other.settle()
            await served.shop.do(AddLine(MILK), CASHIER)
            await hebrew.until("lines", "חלב")
            await served.shop.do(AddLine("nope"), CASHIER)
            await hebrew.until("question", "קוד לא מוכר")
            await served.shop.do(AddLine(""), CASHIER)
            await hebrew.until("notice", "סרקו או הקלידו קוד.")
            await caller.do("AddLine", {"code": MILK}, Register="2")
            await other.until("lines", "Lait")
            assert other.messages == [["lines", "sums"]]

    run(scenario())


def test_a_payment_shows_the_change_until_the_next_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            await served.shop.do(AddLine(MILK), CASHIER)
            await served.shop.do(Pay("cash", 500), CASHIER)
            await screen.until("lines", "€3.80")
            await screen.until("sales", "€1.20")
            await screen.until("paper", "RECEIPT")
            await served.shop.do(AddLine(MILK), CASHIER)
            await screen.until("lines", "Milk")
            assert "€3.80" not in screen.shows["lines"]

    run(scenario())


def test_questions_and_refusals_are_said_where_they_belong(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            await served.shop.do(AddLine(BEER), CASHIER)
            await screen.until("question", "15 January 2009")
            await served.shop.do(AddLine(TOMATO), CASHIER)
            await caller.do("AnswerQuestion", {"question": 1})
            await screen.until("question", "Quantity in kg")
            await served.shop.do(AddLine(""), CASHIER)
            await screen.until("notice", "Scan or enter a code.")
            await caller.do("AnswerQuestion", {"question": 2, "quantity": 1250})
            await screen.until("lines", "1.25")
            assert "hidden" in screen.shows["notice"]

    run(scenario())


def test_lost_devices_and_a_full_disk_are_said_with_what_to_do(tmp_path: Path) -> None:
    async def no_paper(ready: Any) -> None:
        raise DeviceLost("The printer has no paper.", "Put in a roll.")

    async def scenario() -> None:
        position = Position("flowing", 5, 5)
        async with serve(tmp_path, sync=position) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            served.supervisor.start(Part("printer", no_paper))
            await screen.until("alerts", "Put in a roll.")
            position.state, position.head = "stopped", 9
            position.key, position.values = "link.broken_chain", {"text": "Row 9 does not continue row 8."}
            position.advice = "Row 9 does not continue row 8. Call head office."
            await screen.until("alerts", "integrity check failed.")
            await screen.until("alerts", "Call head office.")
            await served.shop.do(AddLine(MILK), CASHIER)
            await fill_the_disk(served)
            await screen.until("alerts", "READ-ONLY")
            assert "Milk" in screen.shows["lines"]
            make_room(served)
            assert isinstance(await served.shop.do(AddLine(MILK), CASHIER), Done)
            await screen.until("lines", "€2.40")
            while "READ-ONLY" in screen.shows["alerts"]:
                await screen.read()

    run(scenario())


def test_what_the_disk_never_got_disappears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            await served.shop.do(AddLine(MILK), CASHIER)
            await screen.until("lines", "Milk")
            await served.shop.maintain(lambda db: None)  # now its commit is done
            with monkeypatch.context() as patch:
                patch.setattr(served.ledger.writer, "_commit", sync_fails)
                # A line is answered before its commit, so this line is lost.
                assert isinstance(await served.shop.do(AddLine(BEER), CASHIER), Done)
                await screen.until("alerts", "the disk reports errors")
            while "Check age" in screen.shows["question"]:
                await screen.read()
            assert "Milk" in screen.shows["lines"]

    run(scenario())


def test_a_page_that_does_not_read_costs_nothing_and_gets_what_is_true_in_the_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            transport = socket._response.connection.transport
            screen = Screen(socket)
            await screen.settle()
            transport.pause_reading()
            for _ in range(400):
                await served.shop.do(AddLine(MILK), CASHIER)
            (page,) = served.site.live.pages
            assert len(page._waiting) <= len(page._of)
            transport.resume_reading()
            await screen.until("lines", "400")
            assert len(screen.messages) < 400

    run(scenario())


def test_too_many_pages_are_told_to_come_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.web.live.push.PAGES_OPEN", 1)
    assert limits.PAGES_OPEN == 64

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as first:
            await Screen(first).read()
            async with opened(caller) as second:
                message = await asyncio.wait_for(second.receive(), DEADLINE_S)
                assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1013)

    run(scenario())


def test_a_restart_sends_pages_away_so_that_they_come_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await served.shop.do(AddLine(MILK), CASHIER)
            socket = await opened(caller)
            screen = Screen(socket)
            await screen.settle()
            await served.supervisor.stop()
            closed = await asyncio.wait_for(socket.receive(), DEADLINE_S)
            assert closed.data == 1012
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.until("lines", "Milk")
            await served.shop.do(AbandonBasket(), CASHIER)
            await screen.until("lines", "Ready")

    run(scenario())


def test_a_page_has_nothing_to_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            async with opened(caller) as socket:
                await socket.send_str("x" * 5000)
                while (message := await asyncio.wait_for(socket.receive(), DEADLINE_S)).type == aiohttp.WSMsgType.TEXT:
                    pass
                assert message.data == 1009
            with pytest.raises(aiohttp.WSServerHandshakeError, match="400"):
                await caller.socket("page=secret")

    run(scenario())
