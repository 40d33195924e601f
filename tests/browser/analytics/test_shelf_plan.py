"""A plan out of a file, and one proposed for a bay that was rearranged: looked over on the page, then saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from playwright.async_api import FilePayload

from drivers import registry as drivers
from drivers.roles import Camera
from edge.analytics.shelf.queries import read_planogram
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from sim.shelves.camera import SimShelfCamera
from sim.shelves.scene import Place
from tests.bench.shelf_bays import layout_of
from tests.browser.analytics.test_shelf import BAY, FAST, SHOTS, USE, set_up
from tests.browser.analytics.test_shelf import there_is_time_to_see as there_is_time_to_see
from tests.browser.browsing import Till, till
from tests.browser.serving import Served, serve
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, FakeClock, done, run

pytest.importorskip("cv2", reason="missing: opencv")

SKUS = {"0": "milk", "1": "beer", "2": "tomato"}


def file(body: bytes) -> FilePayload:
    return {"name": "dairy.json", "mimeType": "application/json", "buffer": body}


def plan_of(served: Served, **other: Any) -> bytes:
    """The bay's plan as the page saves it, with a product in every place."""
    plan = read_planogram(served.shop.reader, "dairy")
    assert plan is not None
    layout = msgspec.to_builtins(layout_of(BAY))
    for facing in layout["facings"]:
        facing["sku"] = SKUS.get(facing["sku"], facing["sku"])
    return json.dumps({"name": "Dairy", "layout": layout, "full": plan.full, "bare": plan.bare, **other}).encode()


async def opened(shown: Till, body: bytes) -> None:
    await shown.page.locator("#import").set_input_files(file(body))


async def shot(shown: Till, name: str) -> None:
    if SHOTS:
        await shown.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def unseen(name: str) -> None:
    """No picture of the page."""


def test_a_plan_from_a_file_says_what_cannot_be_judged_before_it_is_saved(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            SimShelfCamera(BAY, fps=20) as camera,
            serve(tmp_path, FAST, clock=FakeClock()) as served,
            till() as shown,
        ):
            served.shelf.camera(cast(Camera, drivers.create("camera", "mjpeg", {"url": camera.url})), "eye", USE)
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)

            await set_up(shown, served, camera, unseen)
            plan = read_planogram(served.shop.reader, "dairy")
            assert plan is not None
            await opened(shown, plan_of(served, bare=plan.full))
            await shown.see("#told", "they can't be monitored: r0f0, r0f1")
            await opened(shown, b"a shopping list")
            await shown.see("#bay-error", "This isn't a planogram file")
            await opened(shown, plan_of(served, full="0" * 20))
            await shown.see("#bay-error", "Picture 00000000000000000000 not found. It may have been deleted.")
            kept = read_planogram(served.shop.reader, "dairy")
            assert kept is not None and kept.edition == 1, "nothing was saved"
            camera.unplug()
            async with shown.page.expect_response("**/shelf/cameras/eye/picture*") as asked:
                await shown.open(served, path="/manager/shelf")
            assert (await asked.value).status == 503
            await shown.page.locator("img[data-live]:not([src])").wait_for(state="attached")

    run(scenario(), limit_s=120)


def test_a_rearranged_bay_is_planned_anew_by_one_look_and_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with (
            SimShelfCamera(BAY, fps=20) as camera,
            serve(tmp_path, FAST, clock=clock) as served,
            till() as shown,
        ):
            driver = cast(Camera, drivers.create("camera", "mjpeg", {"url": camera.url}))
            part = served.shelf.camera(driver, "eye", USE)
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)

            await set_up(shown, served, camera, unseen)
            await opened(shown, plan_of(served))
            await shown.page.locator("#facings", has_text="Tomatoes").wait_for()
            await shown.page.locator("#save").click()
            await shown.see("#told", "Saved as version 2.")
            clock.advance(61)
            await part.look()
            for row in (0, 1):
                for at in range(4):
                    camera.put(row, at, Place(row * 10 + at, "wrong", 10 - row * 10 + at))
            for _ in range(3):
                clock.advance(61)
                await part.look()
            await shown.open(served, path="/manager/shelf")
            await shown.see('[data-bay="dairy"] .error', "This bay looks rearranged")
            await shot(shown, "shelf-rearranged")
            await shown.page.locator('[data-bay="dairy"] .error a').click()
            await shown.see("#told", "8 facings have different products than planned")
            row = await shown.see("#facings tr:nth-child(5)", "Milk")
            assert "planned: 10" in await row.inner_text()
            await shot(shown, "bay-proposed")
            await shown.page.locator("#save").click()
            await shown.see("#told", "Saved as version 3.")
            plan = read_planogram(served.shop.reader, "dairy")
            assert plan is not None
            assert [one.sku for one in plan.layout.facings] == [
                "10",
                "11",
                "12",
                "13",
                "milk",
                "beer",
                "tomato",
                "3",
            ]
            assert shown.complaints == []

    run(scenario(), limit_s=120)
