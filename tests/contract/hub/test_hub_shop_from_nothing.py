"""A shop of a chain from nothing, by pages alone: head office adds the store and its box, the shop types the code on
its first page and opens, and head office hears it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.app import hub
from edge.app.head_office.hub_door import HubDoor
from edge.runtime import config
from sim.child import Child
from sim.ports import free_port
from sync.hub.box_enrolment import BrokerPlace
from tests.browser.app.test_first_start import PIN, START_S, listens
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import House, an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.sync.test_sync_enrolment import Office, an_office
from tests.http_client import when
from tests.sync_fixture import a_hub

SAID = words()["en"]
NAME = "Dogwood Lane"


async def box_is_added(page: Page, house: House) -> str:
    """What head office's page shows for the box of a store that it has just added."""
    await go(page, "stores")
    await page.click("#new-store")
    for field, value in (("store", "dogwood"), ("name", NAME), ("country", "FR"), ("currency", "EUR")):
        await page.fill(f"#edit [name={field}]", value)
    await page.select_option("#edit [name=state]", "open")
    await page.click("#edit button.strong")
    row = page.locator("#stores tbody tr", has_text="dogwood")
    await row.get_by_role("button", name=SAID["add_box"]).click()
    await page.click("#edit button.strong")
    await expect(page.locator("#edit-picture")).to_be_visible(timeout=DEADLINE_MS)
    assert await violations(page, "code of a box") == []
    line = await page.locator("#edit-shown").text_content() or ""
    await page.click("#edit button.strong")
    return line


async def box_is_opened(page: Page, port: int, line: str) -> None:
    await page.goto(f"http://127.0.0.1:{port}/?lang=en")
    await page.fill("[name=name]", NAME)
    await page.select_option("[name=country]", "FR")
    await page.select_option("[name=tax_place]", "country FR")
    await page.select_option("[name=printer]", "none")
    await page.select_option("[name=backup]", "same_disk")
    for field in ("pin", "again"):
        await page.fill(f"[name={field}]", PIN)
    await page.fill("[name=office]", line[:-1] + ("2" if line[-1] != "2" else "3"))
    await page.click("#open")
    await expect(page.locator('[data-error="office"]')).to_contain_text("couldn't prove", timeout=DEADLINE_MS)
    await page.fill("[name=office]", line.lower())
    await page.click("#open")
    await page.wait_for_url("**/manager?**", timeout=START_S * 1000)


@pytest.mark.needs("chromium")
def test_a_shop_of_a_chain_is_opened_by_pages_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(office: Office) -> None:
        place = BrokerPlace(folder=office.folder, host="127.0.0.1", port=office.broker.port, ca=office.ca.read_text())
        door = HubDoor("0.0.0.0", name="localhost", folder=tmp_path / "api")
        port, file = free_port(), tmp_path / "shop" / "config.toml"
        appliance = Child("appliance", tmp_path / "log")
        async with an_api(database, boxes=place, door=door) as house, browser() as launched:
            house.base = house.base.replace("127.0.0.1", "localhost")
            await hire(database, monkeypatch, acme="owner")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            line = await box_is_added(page, house)
            command = [sys.executable, "-m", "edge", "--config", str(file), "run", "--first-port", str(port)]
            appliance.spawn(command, dict(os.environ))
            try:
                await when(lambda: listens(port), bool, "the first page", START_S)
                await box_is_opened(await launched.new_page(locale="en-GB"), port, line)
                office.broker.reload()
                async with a_hub(database, office.broker.port, answers=hub.answers(), **office.hub):
                    heard = "SELECT count(*) FROM device WHERE store = 'dogwood' AND through > 0"
                    await when(lambda: house.owner.fetchval(heard), bool, "the box is heard", START_S)
                    told = "SELECT count(*) FROM box_machine WHERE store = 'dogwood'"
                    await when(lambda: house.owner.fetchval(told), bool, "its disk and clock are told", START_S)
                    await go(page, "boxes")
                    row = page.locator("#boxes tbody tr", has_text="dogwood")
                    for text in ("GiB", SAID["clock_right"]):
                        await expect(row).to_contain_text(text, timeout=DEADLINE_MS)
            finally:
                await asyncio.to_thread(appliance.stop, signal.SIGTERM)
            assert complaints == []
            store = config.load(file).store
            assert (store.tenant, store.id, store.device, store.header[0]) == ("acme", "dogwood", "box1", NAME)

    with an_office(tmp_path) as office:
        asyncio.run(asyncio.wait_for(scenario(office), 300))
