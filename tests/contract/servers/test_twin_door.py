"""A box's answers before a person lets it lead: its data, and the tills that still sell at the other box."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.follower_door import REGISTER_CHARS, SEEN_S, SENTENCE, TILLS, FollowerDoor, SeenTills
from edge.backoffice.twin.promotion import last_numbers
from edge.backoffice.twin.status import TwinStatus
from edge.counter.till.commands import AddLine, Pay
from tests.shop_fixture import MILK, done, open_shop, run


async def _nobody(pin: str) -> bool:
    return False


def test_it_says_what_it_has_and_which_tills_see_another_box(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for _ in range(2):
                await done(shop, AddLine(MILK))
                await done(shop, Pay("card"))
        copy = LedgerCopy(tmp_path / "data")
        status = TwinStatus("b", "", "follows", heard_ms={"a": 7_000})
        door = FollowerDoor(lambda: "", lambda: status, _nobody, _nobody, lambda: last_numbers(copy))
        async with TestServer(door.make_app()) as server, aiohttp.ClientSession(server.make_url("/")) as session:
            async with session.get("/", headers={"Accept": "text/html"}) as page:
                text = await page.text()
            assert page.status == 503 and "7 s ago" in text and "1-000002" in text and "Check them first" not in text
            async with session.post("/twin/seen", data="2") as answer:
                assert answer.status == 204
            async with session.get("/", headers={"Accept": "text/html"}) as page:
                assert "active box: 2. Check them first" in await page.text()
            async with session.get("/api/v1/twin") as answer:
                said = await answer.json()
            assert (said["numbers"], said["tills"]) == ({"1": 2}, ["2"])

    run(scenario())


def test_strangers_shut_no_one_out_and_are_told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def mine(pin: str) -> bool:
        return pin == "right"

    async def scenario() -> None:
        status = TwinStatus("b", "", "follows", heard_ms={"a": 7_000})
        door = FollowerDoor(lambda: "", lambda: status, mine, mine, lambda: {"1": 41})
        from_address = ["192.0.2.7"]
        monkeypatch.setattr(web.BaseRequest, "remote", property(lambda self: from_address[0]))
        async with TestServer(door.make_app()) as server, aiohttp.ClientSession(server.make_url("/")) as session:

            async def tries(pin: str, sentence: str = SENTENCE, **head: str) -> tuple[int, str]:
                body = {"pin": pin, "sentence": sentence}
                async with session.post("/twin/promote", json=body, headers=head) as answer:
                    return answer.status, await answer.text()

            async with session.get("/", headers={"Accept": "text/html"}) as page:
                text = await page.text()
            assert "000041" not in text and "7 s ago" not in text, "how much is sold is told to no stranger"
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            assert "Access-Control-Allow-Origin" not in page.headers
            assert [(await tries("wrong"))[0] for _ in range(6)] == [403] * 5 + [429]
            assert (await tries("right"))[0] == 429, "that network waits"
            from_address[0] = "198.51.100.9"
            for head in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Content-Type": "text/plain"}):
                for _ in range(6):
                    assert (await tries("wrong", **head))[0] in (403, 415)
            for body in (b'{"pin": "\xff", "sentence": ""}', b"\xff", b"[" * 1_500):
                async with session.post(
                    "/twin/promote", data=body, headers={"Content-Type": "application/json"}
                ) as said:
                    assert said.status == 400, "bytes that are no text are no fault of ours"
            async with session.post("/twin/seen", data=b"\xff") as said:
                assert said.status == 204
            status_, told = await tries("right", "")
            assert status_ == 422 and "1-000041" in told and "7 s ago" in told, "a manager is told, and decides"
            from_address[0] = "127.0.0.1"
            for head in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
                async with session.get("/api/v1/twin", headers=head) as answer:
                    assert answer.status == 403
            async with session.get("/api/v1/twin") as answer:
                assert answer.status == 200 and "Access-Control-Allow-Origin" not in answer.headers
            assert (await tries("right"))[0] == 200, "the owner is never shut out"

    run(scenario())


def test_a_till_that_says_nothing_any_more_is_not_named_and_strangers_fill_nothing() -> None:
    now_s = [0.0]
    tills = SeenTills(lambda: now_s[0])
    for name in ("1", "", "x" * (REGISTER_CHARS + 1), "\n"):
        tills.see(name)
    assert tills.registers == ["1"]
    now_s[0] = SEEN_S
    assert tills.registers == []
    for number in range(3 * TILLS):
        tills.see(str(number))
    assert len(tills.registers) == TILLS and str(3 * TILLS - 1) in tills.registers
