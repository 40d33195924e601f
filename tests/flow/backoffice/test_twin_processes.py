"""Two boxes and a witness as processes: one is killed, the other sells on, and nothing that was answered is lost."""

from __future__ import annotations

import asyncio
import re
import resource
import time
from pathlib import Path

import aiohttp
import msgspec
import pytest

from edge.backoffice.twin.follower_door import SENTENCE
from edge.runtime.backup_state.limits import NUMBERS_LEAST
from tests.http_client import PIN, when
from tests.stack import MILK
from tests.twin_boxes import CONFIG, Box, TwinShop, twin_boxes
from tests.twin_storm import FULL, TEXT, storm

SALES, KILLS = 5, 5
AWAY_S = 90.0
"""A loaded machine takes longer than a shop may to begin again."""
ASIDE = re.compile(r'data-bring="(\w+)"')


async def sells(shop: TwinShop) -> int:
    """One sale, as a till makes it; its receipt's number."""
    while True:
        await shop.do("AddLine", code=MILK)
        answer = await shop.do("Pay", kind="card")
        if "done" in answer:
            return int(answer["done"]["events"][0]["number"])
        # a line is answered before its commit, and may go with a box that ends in that moment


@pytest.mark.slow
def test_the_other_box_sells_on_and_the_first_one_follows(tmp_path: Path) -> None:
    async def sell() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            numbers = [await sells(shop) for _ in range(SALES)]
            shop.a.process.kill()
            began = time.monotonic()
            numbers.append(await sells(shop))
            print(f"back after {time.monotonic() - began:.2f} s")
            assert numbers == [*range(1, SALES + 2)], "no number is skipped, none is given twice"
            assert [row.type for row in shop.b.rows()].count("SaleCompleted") == SALES + 1
            shop.a.spawn()
            await shop.paired(shop.b)
            shop.b.process.kill()
            numbers.append(await sells(shop))
            assert numbers == [*range(1, SALES + 3)], "the first box took what it lacked, and leads again"
            ended = await shop.a.edge("verify")
            assert ended.status == 0, ended.out

    asyncio.run(sell())


@pytest.mark.slow
def test_a_setting_of_the_box_that_leads_is_at_the_other_one_when_that_leads(tmp_path: Path) -> None:
    """The follower starts again with it, by itself; its own port stays its own."""

    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            changed = shop.a.path.read_text().replace("Europe/Paris", "Europe/Rome")
            shop.a.path.write_text(changed)

            async def is_there() -> bool:
                text = shop.b.path.read_text()
                return "Europe/Rome" in text and f"port = {shop.b.port}" in text

            await when(is_there, bool, "the other box took it", AWAY_S)
            await shop.paired(shop.a)
            shop.a.process.kill()
            assert await sells(shop) == 1
            status = await shop.b.edge("twin", "status")
            assert "box b is active" in status.out, status

    asyncio.run(scenario())


async def _asked(port: int, path: str, body: dict[str, str]) -> int:
    """The status of an answer that takes as long as a PIN takes to be hashed on a loaded machine."""
    address, patience = f"http://127.0.0.1:{port}{path}", aiohttp.ClientTimeout(60)
    async with (
        aiohttp.ClientSession(timeout=patience, headers={"Register": "1"}) as session,
        session.post(address, json=body) as answer,
    ):
        return answer.status


async def _decides(box: Box, numbers: list[int]) -> None:
    """What the other box sold meanwhile is listed at this one, in no total, until a manager brings it in."""
    headers = {"Grant": box.api.token, "Register": "1", "Surface": "panel"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{box.port}", headers=headers) as session:

        async def listed() -> list[str]:
            async with session.get("/fragments/boxes") as answer:
                return ASIDE.findall(await answer.text())

        sold = [number for number in numbers if (await _receipts(box)).count(number)]
        assert sold == [], "never by itself"
        found = await when(listed, bool, "the first box gave what it had put aside")
        assert len(found) == len(numbers)
        for id in found:
            async with session.put(f"/api/v1/twin/aside/{id}", json={}) as answer:
                assert answer.status == 200, await answer.text()
        assert await listed() == []
    assert [(await _receipts(box)).count(number) for number in numbers] == [1, 1], "under their own numbers, once"


async def _receipts(box: Box) -> list[int]:
    return [msgspec.json.decode(row.body)["number"] for row in box.rows() if row.type == "SaleCompleted"]


@pytest.mark.slow
def test_a_person_lets_the_other_box_lead(tmp_path: Path) -> None:
    """Neither the leader nor the witness is there: no one can be voted for, and a PIN with a sentence decides."""

    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            assert (await _asked(shop.a.port, "/api/v1/pin", {"pin": PIN})) == 200
            number = await sells(shop)
            shop.b.process.kill()
            alone = [await sells(shop), await sells(shop)]
            shop.witness.kill()
            shop.a.process.kill()
            shop.b.spawn()

            async def promoted(pin: str, sentence: str) -> int:
                try:
                    return await _asked(shop.b.port, "/twin/promote", {"pin": pin, "sentence": sentence})
                except aiohttp.ClientConnectionError:
                    return 0  # it is not up yet

            assert await when(lambda: promoted(PIN, "yes"), lambda status: status == 422, "the lease ended") == 422
            assert await promoted("000000", SENTENCE) == 403
            assert await promoted(PIN, SENTENCE) == 200
            assert await sells(shop) > number + NUMBERS_LEAST, "the other box may have given these away"
            begun = [row for row in shop.b.rows() if row.type == "EpochStarted"]
            assert msgspec.json.decode(begun[-1].body)["reason"] == "promoted"
            shop.spawn_witness()
            shop.a.spawn()
            await shop.paired(shop.b)
            await _decides(shop.b, alone)

    asyncio.run(scenario())


@pytest.mark.slow
def test_a_box_that_is_left_alone_at_once_sells_when_a_person_says_so(tmp_path: Path) -> None:
    """The other box and the witness end together: it can't know whether they do, lets nothing out, and says so."""

    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            assert (await _asked(shop.a.port, "/api/v1/pin", {"pin": PIN})) == 200
            number = await sells(shop)
            shop.witness.kill()
            shop.b.process.kill()

            async def promoted(sentence: str) -> int:
                try:
                    return await _asked(shop.a.port, "/twin/promote", {"pin": PIN, "sentence": sentence})
                except aiohttp.ClientConnectionError:
                    return 0  # it ends whoever looks at it

            assert (
                await when(lambda: promoted("yes"), lambda status: status == 422, "it says so on its page", AWAY_S)
                == 422
            )
            status = await shop.a.edge("twin", "status")
            assert "held" in status.out, status
            assert await promoted(SENTENCE) == 200
            assert await sells(shop) > number
            shop.b.spawn()
            shop.spawn_witness()
            await shop.paired(shop.a)

    asyncio.run(scenario())


@pytest.mark.slow
def test_no_one_loses_a_sale_whatever_ends_or_freezes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with twin_boxes(tmp_path, TEXT + CONFIG, has_printer=True) as shop:
            await shop.start()
            outcome = await storm(shop, KILLS, 3)
            assert outcome.wrong == [] and outcome.sales > KILLS

    asyncio.run(scenario())


@pytest.mark.slow
def test_no_one_loses_a_sale_whatever_is_cut_or_full(tmp_path: Path) -> None:
    """Cables are cut silently, also one way only, and the disk of the box that leads takes no more."""

    async def scenario() -> None:
        async with twin_boxes(tmp_path, TEXT + CONFIG, has_wires=True) as shop:
            await shop.start()
            for fault in ("cut", "one way", FULL, "isolated"):
                outcome = await storm(shop, 1, 3, print, (fault,))
                assert outcome.wrong == [] and outcome.sales, fault

    asyncio.run(scenario())


@pytest.mark.slow
def test_a_follower_whose_disk_takes_nothing_names_the_leader_and_why(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with twin_boxes(tmp_path) as shop:
            await shop.start()
            assert shop.b.process.pid is not None
            most = resource.prlimit(shop.b.process.pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(shop.b.process.pid, resource.RLIMIT_FSIZE, (4_096, most))
            await shop.do("AddLine", code=MILK)

            async def why() -> str:
                return str(((await shop.a.api.get("/api/v1/twin"))[1]["twin"] or {}).get("lacks"))

            await when(why, lambda said: said == "full", "the leader knows that it is the disk", 30.0)
            door = f"http://127.0.0.1:{shop.b.port}/healthz"
            async with aiohttp.ClientSession() as session, session.get(door) as answer:
                assert (answer.status, (await answer.json())["leader"]) == (421, f"http://127.0.0.1:{shop.a.port}")
            told = await shop.b.edge("twin", "status")
            assert "disk is full" in told.out and "box a is active" in told.out, told
            began = shop.b.log.count("this box leads no longer")
            await asyncio.sleep(1.0)
            assert shop.b.log.count("this box leads no longer") - began <= 1
            resource.prlimit(shop.b.process.pid, resource.RLIMIT_FSIZE, (most, most))
            await shop.paired(shop.a)

    asyncio.run(scenario())
