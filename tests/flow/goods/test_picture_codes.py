"""Live cameras: their pictures are looked at one by one, and nothing else of the shop waits for them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from drivers.scanners.decoded import DecodedScan
from drivers.scanners.decoding.process import PictureProcess
from edge.web.limits import PICTURES_WAITING
from edge.web.work_threads import HEAVY
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run
from tests.sync_doubles import until

PATH = "/api/v1/inventory/scan/picture"
BYTES = "application/octet-stream"


def test_reports_do_not_wait_for_cameras_and_too_many_pictures_are_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, go_on = threading.Semaphore(0), threading.Event()
    pictures: list[bytes] = []

    def look(_: PictureProcess, picture: bytes) -> list[DecodedScan]:
        pictures.append(picture)
        seen.release()
        assert go_on.wait(30)
        return [DecodedScan(picture, "]E0")]

    monkeypatch.setattr(PictureProcess, "codes_in", look)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            sent = {"Grant": served.site.door.token, "Content-Type": BYTES}
            under_way = [
                asyncio.create_task(caller.call("POST", PATH, f"{number}".encode(), **sent))
                for number in range(1 + PICTURES_WAITING + 1)
            ]
            try:
                first, _ = await asyncio.wait(under_way, timeout=20, return_when=asyncio.FIRST_COMPLETED)
                assert [one.result().status for one in first] == [503], "one too many"
                assert first.pop().result().headers["Retry-After"] == "1"
                await until(lambda: seen.acquire(blocking=False), "the first picture is looked at")
                assert await asyncio.wait_for(served.site.services.of(HEAVY).do(int, "7"), 20) == 7
                assert len(pictures) == 1, "one at a time"
            finally:
                go_on.set()
            found = [answer for answer in await asyncio.gather(*under_way) if answer.status == 200]
            assert sorted(answer.json[0]["text"] for answer in found) == sorted(one.decode() for one in pictures)
            assert len(found) == 1 + PICTURES_WAITING

    run(scenario())
