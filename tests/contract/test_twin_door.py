"""What a box says to whoever would let it lead: what it has, and which tills still sell elsewhere."""

from __future__ import annotations

from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer

from edge.backoffice.twin.follower_door import REGISTER_CHARS, SEEN_S, TILLS, FollowerDoor, SeenTills
from edge.backoffice.twin.ledger_copy import LedgerCopy
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
        door = FollowerDoor(lambda: "", lambda: status, _nobody, lambda: last_numbers(copy))
        async with TestServer(door.make_app()) as server, aiohttp.ClientSession(server.make_url("/")) as session:
            async with session.get("/", headers={"Accept": "text/html"}) as page:
                text = await page.text()
            assert page.status == 503 and "7 s ago" in text and "1-000002" in text and "Check them first" not in text
            async with session.post("/twin/seen", data="2") as answer:
                assert answer.status == 204
            async with session.get("/", headers={"Accept": "text/html"}) as page:
                assert "just now: 2. Check them first" in await page.text()
            async with session.get("/api/v1/twin") as answer:
                said = await answer.json()
            assert (said["numbers"], said["tills"]) == ({"1": 2}, ["2"])

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
