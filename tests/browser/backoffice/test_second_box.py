"""An owner adds a second box and a witness by the page and by what docs/owner says, lets the other one lead, and takes
the first one out."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Route, TimeoutError

from edge.backoffice.twin.copy.data_files import FILES
from edge.backoffice.twin.membership.members import WITNESSES, is_there
from sim.ports import free_port
from tests.browser.app.test_first_start import listens
from tests.browser.browsing import Till, till
from tests.flow.backoffice.test_twin_pairing import digits_in, has_begun_anew, has_ended
from tests.fork_server import EdgeChild
from tests.http_client import PIN, when
from tests.shop_fixture import run
from tests.twin_boxes import TwinShop, box_of, config_to_join

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.slow]

UNREACHABLE_MS = 120_000
"""A loaded machine takes longer than a shop may to begin again."""
TRIES = 8


async def _let_in(page: Till, log: Path) -> None:
    """Compare the digits that a machine shows with those on the page, and let it in."""
    digits = await digits_in(log)
    line = await page.see("#boxes li:has([data-in])", digits)
    await line.locator("[data-in]").click()
    await page.agree()


async def _open(page: Till, port: int) -> None:
    await page.page.goto(f"http://127.0.0.1:{port}/manager/boxes?lang=en")
    await page.enter_pin()
    await page.see("#boxes h2", "Add a machine")
    await page.see("#boxes .alert", "Other machines can't open this box's pages yet.")


async def _on_this_machine(route: Route) -> None:
    """Both boxes are here, where one of them has the usual port of the link."""
    said = route.request.post_data
    await route.continue_(post_data=json.dumps({**json.loads(said), "link_port": free_port()}) if said else None)


async def _added(shop: TwinShop, page: Till) -> None:
    """As page 10 for owners has it: the second machine has the software, and no configuration of its own."""
    a, b = shop.boxes
    b.path.unlink()
    at = f"127.0.0.1:{a.port}"
    b.process.spawn_edge(["--config", b.path, "run", "--first-port", str(b.port)], os.environ)
    await when(lambda: listens(b.port), bool, "its first page", UNREACHABLE_MS / 1000)
    async with till() as second:
        await second.page.goto(f"http://127.0.0.1:{b.port}/?lang=en")
        await second.page.route("**/first/join*", _on_this_machine)
        await second.page.locator("#second [name=at]").fill(f"http://{at}/manager?lang=en")
        await second.page.locator("#join").click()
        digits = await (await second.see("#digits:not([hidden])")).text_content()
        line = await page.see("#boxes li:has([data-in])", str(digits))
        await line.locator("[data-in]").click()
        await page.agree()
        await second.page.locator("#joined").wait_for(timeout=UNREACHABLE_MS)

    async def has_its_file() -> bool:
        return b.path.exists()

    await when(has_its_file, bool, "it begins as the second box")
    assert f"port = {b.port}" in b.path.read_text() and 'id = "corner"' in b.path.read_text(), (
        "it is set up as the first"
    )
    await when(has_begun_anew(a), bool, "the first box has begun anew, as one of two", UNREACHABLE_MS / 1000)
    joined = ["--folder", str(shop.witness_folder), "--join", at, "--port", str(free_port())]
    shop.witness.spawn_edge(["witness", *joined], os.environ)
    await _let_in(page, shop.witness.log)
    await page.page.locator("#boxes .pill.good", has_text="Both boxes are ready: either can take over.").wait_for(
        timeout=UNREACHABLE_MS
    )


async def _has_more_witnesses(shop: TwinShop, page: Till, children: list[EdgeChild]) -> None:
    """Two more are let in, one that is away is taken out, and the page says so in three languages."""
    at, folder = f"127.0.0.1:{shop.a.port}", shop.witness_folder.parent
    for name in WITNESSES[1:]:
        child = EdgeChild(name, folder / f"{name}.log")
        children.append(child)
        joined = ["--folder", str(folder / name), "--join", at, "--port", str(free_port())]
        child.spawn_edge(["witness", *joined], os.environ)
        digits, member = await digits_in(child.log), page.page.locator(f'#boxes [data-member="{name}"]')
        for _ in range(TRIES):  # until the other box knows the one that came before
            line = await page.see("#boxes li:has([data-in])", digits)
            await line.locator("[data-in]").click()
            await page.agree()
            with suppress(TimeoutError):
                await member.wait_for(timeout=UNREACHABLE_MS / TRIES)
                break
        await page.page.locator(f'#boxes [data-member="{name}"]:not(.warning)').wait_for(timeout=UNREACHABLE_MS)
        assert await page.page.locator("#two-witnesses").count() == (name == WITNESSES[1])
    await page.page.locator("#boxes .pill.good").wait_for(timeout=UNREACHABLE_MS)
    children[-1].stop(signal.SIGKILL)
    await page.page.locator(f'#boxes [data-member="{WITNESSES[2]}"].warning').wait_for(timeout=UNREACHABLE_MS)
    await page.page.locator("#boxes .pill.good").wait_for(timeout=UNREACHABLE_MS)  # a majority is there
    await page.page.locator(f'[data-out="{WITNESSES[2]}"]').click()
    await page.agree()
    await page.page.locator(f'[data-out="{WITNESSES[2]}"]').wait_for(state="detached", timeout=UNREACHABLE_MS)
    for language, said in (("he", "שני בוררים"), ("fr", "Deux témoins"), ("en", "Two witnesses")):
        await page.page.goto(f"http://{at}/manager/boxes?lang={language}")
        await page.see("#two-witnesses", said)
        await page.page.set_viewport_size({"width": 390, "height": 844})
        assert not await page.page.evaluate("document.documentElement.scrollWidth > innerWidth"), language


def test_an_owner_adds_a_second_box_lets_it_lead_and_takes_the_first_one_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as session, till() as page:
            text = config_to_join()
            a, b = (box_of(tmp_path / name, session, text) for name in "ab")
            witness = EdgeChild("witness", tmp_path / "w.log")
            more: list[EdgeChild] = []
            shop = TwinShop(a, b, witness, tmp_path / "w")
            try:
                a.spawn()
                await a.ready(("panel",))
                assert (await a.api.post("/api/v1/pin", {"pin": PIN}, Register="1"))[0] == 200
                await _open(page, a.port)
                await _added(shop, page)
                await _has_more_witnesses(shop, page, more)
                await page.page.reload()  # from now on it finds the box that leads
                await page.see("#hand-over")
                await page.page.locator("#hand-over").click()
                await page.agree()
                await page.page.wait_for_url(f"http://127.0.0.1:{b.port}/**", timeout=UNREACHABLE_MS)
                await page.see(".two-boxes", "Box 2 is now active")
                await page.page.locator('#boxes [data-out="1"]').wait_for(
                    timeout=UNREACHABLE_MS
                )  # nobody enters a PIN again
                await page.page.locator("#hand-over").wait_for(timeout=UNREACHABLE_MS)
                await page.page.locator('[data-out="1"]').click()
                await page.agree()
                await page.page.locator('[data-out="1"]').wait_for(state="detached", timeout=UNREACHABLE_MS)
                assert not await page.page.locator("#boxes-error").text_content()
                await when(has_ended(a.process), bool, "the box that was taken out has ended", UNREACHABLE_MS / 1000)
                assert not is_there(a.folder / "data")
                assert [name for name in FILES if (a.folder / "data" / name).exists()] == [], "its keys are destroyed"
                assert (await b.api.post("/api/v1/commands/OpenDrawer", {}, Register="1"))[0] in (200, 422), (
                    "it sells on"
                )
            finally:
                for child in (a.process, b.process, witness, *more):
                    child.stop(signal.SIGKILL)

    run(asyncio.wait_for(scenario(), 500), 520)
