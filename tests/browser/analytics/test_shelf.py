"""A manager sets up a bay on its page, sees what stands in it, and answers what was found."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import FilePayload, Locator, Page

from drivers import registry as drivers
from drivers.roles import Camera
from edge.analytics.shelf.queries import read_findings, read_planogram
from edge.analytics.shelf.sight_process import SightProcess
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock
from edge.goods.stock.lists.listings import read_count
from edge.runtime.config.device_uses import CameraUse
from sim.shelves.bottles import DrawnBottle, draw_bottles
from sim.shelves.camera import SimShelfCamera
from sim.shelves.scene import Bay, Place, jpeg
from tests.browser.browsing import Till, till
from tests.browser.serving import Served, serve
from tests.browser.web.test_axe import violations
from tests.http_client import PIN
from tests.shop_fixture import BEER, CONFIG, MILK, SYSTEM, FakeClock, done, run

pytest.importorskip("cv2", reason="missing: opencv")

BAY = Bay(tuple(tuple(Place(row * 10 + at) for at in range(4)) for row in range(2)), seed=5, width=960, height=540)
USE = CameraUse(purpose="empty shelves", contact="the manager", sign_is_up=True)
FAST = CONFIG.replace("[panel]", "[shelf]\ngap_after_min = 1\n[panel]")
SHOTS = os.environ.get("SHELF_SHOTS", "")
"""A folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture(autouse=True)
def there_is_time_to_see(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sees gives way to everything else, and on a busy machine that is long."""
    monkeypatch.setattr(SightProcess.ask, "__defaults__", (120.0,))


async def set_up(page: Till, served: Served, camera: SimShelfCamera, shot: Callable[[str], Awaitable[None]]) -> None:
    """A bay, from taking its pictures to its first version."""
    await page.open(served, path="/manager/bay")
    await page.page.locator("[name=bay]").fill("dairy")
    await page.page.locator("[name=name]").fill("Dairy")
    camera.bay = BAY.all("gap")
    await page.page.locator("#take-bare").click()
    await page.page.locator("#bare-there").wait_for()
    camera.refill()
    await page.page.locator("#take-full").click()
    await page.page.locator("#picture[src]").wait_for()
    for number, (x, y) in enumerate(BAY.corners):
        handle = page.page.locator("#handles [data-corner]").nth(number)
        stage = await page.page.locator("#stage").bounding_box()
        assert stage is not None
        await handle.hover()
        await page.page.mouse.down()
        await page.page.mouse.move(stage["x"] + x * stage["width"], stage["y"] + y * stage["height"])
        await page.page.mouse.up()
    corner = page.page.locator("#handles [data-corner]").first
    await corner.focus()
    before = await corner.bounding_box()
    await page.page.keyboard.press("ArrowRight")
    after = await corner.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] > before["x"], "a corner is moved by keyboard as well"
    await page.page.keyboard.press("ArrowLeft")
    await page.page.locator("#row-count").fill("2")
    await page.page.locator("#per-row").fill("4")
    await page.page.locator("#grid").click()
    await page.page.locator("#code").fill(MILK)
    await page.page.locator("#code").press("Enter")
    await page.see("#told", "r0f0: Milk")
    await shot("bay")
    await page.page.locator("#save").click()
    await page.see("#told", "Saved as version 1.")


async def saved_with_a_new_picture(page: Till, told: str) -> None:
    old = await page.page.locator("#picture").get_attribute("src")
    await page.page.locator("#take-full").click()
    await page.page.locator(f'#picture:not([src="{old}"])').wait_for()
    await page.page.locator("#save").click()
    await page.see("#told", told)


def test_a_bay_from_its_picture_to_an_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with (
            SimShelfCamera(BAY, fps=20) as camera,
            serve(tmp_path, FAST, clock=clock) as served,
            till() as page,
        ):
            driver = cast(Camera, drivers.create("camera", "mjpeg", {"url": camera.url}))
            part = served.shelf.camera(driver, "eye", USE)
            for command in (SetPin(hash_pin(PIN)), MoveStock("received", (Moved("milk", 9000),))):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)

            async def shot(name: str) -> None:
                if SHOTS:
                    await page.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

            await set_up(page, served, camera, shot)
            plan = read_planogram(served.shop.reader, "dairy")
            assert plan is not None
            assert [facing.sku for facing in plan.layout.facings] == ["milk", *[""] * 7]
            camera.take(1, 3)
            await saved_with_a_new_picture(page, "they can't be monitored: r1f3")
            camera.refill()
            await saved_with_a_new_picture(page, "Saved as version 3.")

            await page.open(served, path="/manager/shelf")
            for step in range(6):
                if step == 1:
                    camera.take(0, 0)
                clock.advance(61)
                await part.look()
            await page.see("[data-finding]", "Milk")
            await page.see('[data-bay="dairy"] .counts .gap', "1")
            await shot("shelf")
            await page.page.locator('[data-answer="right"]').click()
            await page.see("[data-finding] .pill", "Correct")
            assert read_findings(served.shop.reader)[0].answer == "right"
            if SHOTS:
                await page.open(served, "register=1&lang=he", path="/manager/shelf")
                await shot("shelf-he")
                await page.page.set_viewport_size({"width": 390, "height": 800})
                await page.open(served, "register=1&lang=fr", path="/manager/shelf")
                await shot("shelf-fr-phone")
                await page.open(served, "register=1&lang=he&id=dairy", path="/manager/bay")
                await shot("bay-he-phone")
            assert page.complaints == []

    run(scenario())


class Person:
    """Does what a person does, and adds up how long they would need (Card, Moran and Newell, 1980: 1.1 s to point, 0.2
    to click, 0.28 a key, 1.35 to think; a drag is two of the first), and 4 s to take a product and scan it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.took_s = 0.0

    async def click(self, what: str) -> None:
        await self._page.locator(what).click()
        self.took_s += 1.35 + 1.1 + 0.2

    async def type(self, what: str, text: str) -> None:
        await self._page.locator(what).fill(text)
        self.took_s += 1.35 + 1.1 + 0.2 + 0.28 * len(text)

    async def drag(self, handle: Locator, x: float, y: float) -> None:
        await handle.hover()
        await self._page.mouse.down()
        await self._page.mouse.move(x, y)
        await self._page.mouse.up()
        self.took_s += 1.35 + 2 * 1.1 + 0.4

    async def scan(self, code: str) -> None:
        await self._page.locator("#code").fill(code)
        await self._page.locator("#code").press("Enter")
        self.took_s += 4


async def corners_of(shown: Till, person: Person, bay: Bay) -> None:
    """Its corners, by drag."""
    for number, (x, y) in enumerate(bay.corners):
        stage = await shown.page.locator("#stage").bounding_box()
        assert stage is not None
        at = stage["x"] + x * stage["width"], stage["y"] + y * stage["height"]
        await person.drag(shown.page.locator("#handles [data-corner]").nth(number), *at)


async def widen_by_keyboard(page: Page, person: Person) -> None:
    """A row to and fro, and a facing a little wider."""
    row = page.locator('#handles [data-row="0"]')
    await row.focus()
    before = await row.bounding_box()
    await page.keyboard.press("ArrowDown")
    after = await row.bounding_box()
    assert before is not None and after is not None and after["y"] > before["y"], "rows go by keyboard as well"
    await page.keyboard.press("ArrowUp")
    side = page.locator('#handles [data-side="right"]')
    assert await side.get_attribute("aria-label") == "right edge of r0f0"
    await side.focus()
    for _ in range(4):
        await page.keyboard.press("ArrowRight")
    person.took_s += 6 * 0.28 + 2 * 1.35


async def fits(shown: Till, served: Served) -> None:
    """On a till and on a phone, in each language: nothing for axe to say, nothing beside its place."""
    page = shown.page
    for language, size in (("en", (1024, 768)), ("fr", (390, 844)), ("he", (390, 844)), ("he", (1024, 768))):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await shown.open(served, f"register=1&lang={language}&id=dairy", "/manager/bay")
        await page.wait_for_load_state("networkidle")
        assert await violations(page, f"bay {language}") == []
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{language} at {size} scrolls sideways"
        stage, picture = [await page.locator(one).bounding_box() for one in ("#overlay", "#picture")]
        assert stage and picture and abs(stage["height"] - picture["height"]) < 2, "it lies over its picture"
        if SHOTS:
            await page.screenshot(path=f"{SHOTS}/bay-{language}-{size[0]}.png", full_page=True)


def test_a_bay_of_two_dozen_facings_is_set_up_in_five_minutes(tmp_path: Path) -> None:
    """Its pictures, corners, rows, a facing that is wider, and a product for each of 24; carrying goods apart."""
    bay = Bay(tuple(tuple(Place(row * 10 + at) for at in range(8)) for row in range(3)), seed=5, width=960, height=540)

    async def scenario() -> None:
        async with (
            SimShelfCamera(bay, fps=20) as camera,
            serve(tmp_path, FAST, clock=FakeClock()) as served,
            till() as shown,
        ):
            served.shelf.camera(cast(Camera, drivers.create("camera", "mjpeg", {"url": camera.url})), "eye", USE)
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await shown.open(served, path="/manager/bay")
            page, person = shown.page, Person(shown.page)
            await person.type("[name=bay]", "dairy")
            await person.type("[name=name]", "Dairy")
            camera.bay = bay.all("gap")
            await person.click("#take-bare")
            await page.locator("#bare-there").wait_for()
            camera.refill()
            await person.click("#take-full")
            await page.locator("#picture[src]").wait_for()
            await page.evaluate("document.getElementById('picture').decode()")

            await corners_of(shown, person, bay)
            await person.type("#row-count", "3")
            await person.type("#per-row", "8")
            await person.click("#grid")
            await widen_by_keyboard(page, person)
            for number in range(24):
                await shown.see("#chosen", f"r{number // 8}f{number % 8}")
                await person.scan((MILK, BEER)[number % 2])
                await shown.see("#told", ("Milk", "Beer")[number % 2])
                await page.locator(f"#facings tr:nth-child({number + 1}) bdi", has_text="(").wait_for()
            await person.click("#save")
            await shown.see("#told", "Saved as version 1.")
            plan = read_planogram(served.shop.reader, "dairy")
            assert plan is not None
            assert [facing.sku for facing in plan.layout.facings] == ["milk", "beer"] * 12
            first, second = plan.layout.facings[:2]
            assert first.right == second.left > 0.13, "it is wider, and the one beside it is narrower"
            assert person.took_s < 300
            assert shown.complaints == [], "axe's own styles are refused by the page"
            await fits(shown, served)

    run(scenario(), limit_s=240)


def test_bottles_are_measured_looked_at_and_put_into_a_count(tmp_path: Path) -> None:
    def file(name: str, *drawn: DrawnBottle) -> FilePayload:
        return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(draw_bottles(drawn, 3))}

    async def scenario() -> None:
        async with serve(tmp_path, CONFIG, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetProducts((Product("wine", {"en": "Wine"}, unit="litre"),)), SYSTEM)
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            page = shown.page
            await shown.open(served, "lang=en", "/manager/bottles")
            await page.locator("#measure [name=sku]").fill("wine")
            await page.locator("#measure [name=full]").set_input_files(file("full", DrawnBottle(1.0)))
            await page.locator("#measure [name=empty]").set_input_files(file("empty", DrawnBottle(0.0)))
            await page.locator("#measure [type=submit]").click()
            await shown.see(".bottles-page td", "700 ml")
            await shown.see('body[data-link="open"]')
            some = file("bar", DrawnBottle(0.5), DrawnBottle(1.0), DrawnBottle(0.5, look="opaque"))
            await page.locator("#look [name=picture]").set_input_files(some)
            await page.locator("#look [type=submit]").click()
            row = await shown.see("#found tbody tr", "wine")
            sku, bottles, together, litres, _ = (await row.inner_text()).split()
            assert (sku, bottles, float(together)) == ("wine", "2", pytest.approx(1.5, abs=0.05)), (
                "the opaque one apart"
            )
            assert float(litres) == pytest.approx(1.05, abs=0.04)
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/bottles.png", full_page=True)
            await page.locator("#put [type=submit]").click()
            await page.locator("#told a").click()
            await shown.see("#lines", "Wine")
            counted = read_count(served.shop.reader, 1)
            assert counted is not None
            assert [(line.sku, line.quantity) for line in counted.lines] == [("wine", pytest.approx(1050, abs=40))]
            assert shown.complaints == []

    run(scenario())
