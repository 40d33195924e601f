"""The demo's shelf: someone presses goods on its page, they are gone, and the shop finds that."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import aiohttp
import pytest

from drivers import registry as drivers
from drivers.roles import Camera
from edge.analytics.shelf.queries import read_findings, read_planograms
from edge.app.demo_shop import demo_catalog, demo_shelf
from edge.core.command_bus import CommandBus
from edge.core.messages import Command
from edge.goods.catalog.commands import SetProducts
from sim.shelves.camera import SimShelfCamera
from sim.shelves.page import ShelfPage
from tests.browser.serving import serve
from tests.flow.analytics.test_shelf import USE, awake
from tests.flow.analytics.test_shelf import there_is_time_to_see as there_is_time_to_see
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, done, run

pytest.importorskip("cv2", reason="missing: opencv")

TEXT = CONFIG.replace("[panel]", "[shelf]\nlook_every_s = 10\ngap_after_min = 0\n[panel]")


async def do(shop: CommandBus, command: Command) -> None:
    await done(shop, command, SYSTEM)


def test_a_place_that_is_emptied_by_a_click_is_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with (
            SimShelfCamera(demo_shelf.bay(), fps=40) as sim,
            ShelfPage(sim) as page,
            serve(tmp_path, TEXT, clock=clock) as served,
            aiohttp.ClientSession() as person,
        ):
            await do(served.shop, SetProducts(tuple(demo_catalog.products()[:40])))
            for command in demo_shelf.commands(served.site.config.folder):
                await do(served.shop, command)
            driver = cast(Camera, drivers.create("camera", "mjpeg", {"url": sim.url}))
            part = served.shelf.camera(driver, demo_shelf.NAME, USE)
            await awake(served)
            reader = served.shop.reader

            async def press(what: str) -> None:
                assert (await person.post(f"http://127.0.0.1:{page.port}/{what}")).status == 204

            async def look(times: int) -> list[str]:
                for _ in range(times):
                    clock.advance(11)
                    await part.look()
                return [f"{one.kind} {one.sku}" for one in read_findings(reader)]

            [plan] = read_planograms(reader)
            assert await look(2) == []
            for place in ("1/2", "1/3"):
                await press(f"places/{place}")
            sku = next(one.sku for one in plan.layout.facings if one.id == "r1f2")
            assert await look(4) == [f"gap {sku}"]
            await press("person")
            assert await look(1) == [f"gap {sku}"]
            await press("nobody")
            await press("refill")
            assert await look(2) == []

    run(scenario(), limit_s=120)
