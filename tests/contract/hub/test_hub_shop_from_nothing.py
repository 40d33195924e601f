"""A new shop of a chain, set up only by pages.

Head office adds the store and its box, the shop enters the code on its first page and opens, and head office hears from
it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.app import hub
from edge.app.head_office.hub_door import HubDoor
from edge.core.journal.rows import read_rows
from edge.core.storage.database import open_reader
from edge.runtime import config
from sim.child import Child
from sim.ports import free_port
from sync.hub.box_enrolment import BrokerPlace
from sync.wire import Row
from tests.browser.app.test_first_start import PIN, START_S, listens
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import an_api
from tests.contract.hub.test_hub_areas import go, opened
from tests.contract.hub.test_hub_page import DEADLINE_MS, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.sync.test_sync_enrolment import Office, an_office
from tests.http_client import when
from tests.sync_fixture import a_hub

SAID = words()["en"]
NAME = "Dogwood Lane"


def command_of(file: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "edge", "--config", str(file), "run", "--first-port", str(port)]


def ledger_rows(ledger: Path) -> list[Row]:
    with closing(open_reader(ledger)) as db:
        return list(read_rows(db, 1, 1000))


async def store_is_added(page: Page) -> None:
    await go(page, "stores")
    await page.click("#new-store")
    for field, value in (("store", "dogwood"), ("name", NAME), ("country", "fran")):
        await page.fill(f"#edit [name={field}]", value)
    await page.locator("#picks li", has_text="France").click()
    for field, proposed in (("country", "FR"), ("currency", "EUR"), ("zone", "Europe/Paris")):
        await expect(page.locator(f"#edit [name={field}]")).to_have_value(proposed)
    await expect(page.locator("#edit label", has_text=SAID["field_currency"])).to_contain_text("Euro")
    await page.fill("#edit [name=zone]", "Nowhere")
    await page.select_option("#edit [name=state]", "open")
    assert await violations(page, "new store") == []
    await page.click("#edit button.strong")
    await expect(page.locator("#edit .error")).to_have_text(SAID["not_in_list"].format(value="Nowhere"))
    await page.fill("#edit [name=zone]", "europe/paris")
    await page.select_option("#edit [name=state]", "open")
    await page.click("#edit button.strong")


async def box_is_added(page: Page) -> str:
    """Add a box on head office's page, new or as a replacement; returns the line that the page shows."""
    await go(page, "stores")
    row = page.locator("#stores tbody tr", has_text="dogwood")
    await row.get_by_role("button", name=SAID["add_box"]).click()
    await page.click("#edit button.strong")
    await expect(page.locator("#edit-picture")).to_be_visible(timeout=DEADLINE_MS)
    assert await violations(page, "code of a box") == []
    line = await page.locator("#edit-shown").text_content() or ""
    await page.click("#edit button.strong")
    return line


async def answer_page(page: Page, port: int) -> None:
    await page.goto(f"http://127.0.0.1:{port}/?lang=en")
    await page.fill("[name=name]", NAME)
    await page.select_option("[name=country]", "FR")
    await page.select_option("[name=tax_place]", "country FR")
    await page.select_option("[name=printer]", "none")
    await page.select_option("[name=backup]", "same_disk")
    for field in ("pin", "again"):
        await page.fill(f"[name={field}]", PIN)


async def box_is_opened(page: Page, port: int, line: str) -> None:
    await answer_page(page, port)
    await page.fill("[name=office]", line[:-1] + ("2" if line[-1] != "2" else "3"))
    await page.click("#open")
    await expect(page.locator('[data-error="office"]')).to_contain_text("couldn't prove", timeout=DEADLINE_MS)
    await page.fill("[name=office]", line.lower())
    await page.click("#open")
    await page.wait_for_url("**/manager?**", timeout=START_S * 1000)


async def box_is_replaced(page: Page, port: int, line: str, office: Office, data: Path) -> None:
    """Set up a blank box with the name of a burned one. The broker learns its password a little later."""
    await answer_page(page, port)
    await page.check("[name=bring_back]")
    await page.click("#open")
    await expect(page.locator('[data-error="office"]')).to_contain_text("Enter head office's address")
    await page.fill("[name=office]", line)
    await page.click("#open")
    await when(lambda: asyncio.to_thread((data / "head-office" / "ca.pem").exists), bool, "its password", START_S)
    office.broker.reload()
    await page.wait_for_url("**/manager?**", timeout=START_S * 1000)


@pytest.mark.needs("chromium")
def test_a_shop_of_a_chain_is_opened_by_pages_alone(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(office: Office) -> None:
        place = BrokerPlace(folder=office.folder, host="127.0.0.1", port=office.broker.port, ca=office.ca.read_text())
        door = HubDoor("0.0.0.0", name="localhost", folder=tmp_path / "api")
        port, file, blank = free_port(), tmp_path / "shop" / "config.toml", tmp_path / "blank" / "config.toml"
        appliance = Child("appliance", tmp_path / "log")
        async with an_api(database, boxes=place, door=door) as house, browser() as launched:
            house.base = house.base.replace("127.0.0.1", "localhost")
            await hire(database, monkeypatch, acme="owner")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            complaints = await opened(page, house, await with_factor(house))
            await store_is_added(page)
            line = await box_is_added(page)
            appliance.spawn(command_of(file, port), dict(os.environ))
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
                    await asyncio.to_thread(appliance.stop, signal.SIGTERM)
                    sold = ledger_rows(config.load(file).ledger)
                    line = await box_is_added(page)
                    appliance.spawn(command_of(blank, port), dict(os.environ))
                    await when(lambda: listens(port), bool, "the first page of the new box", START_S)
                    again = await launched.new_page(locale="en-GB")
                    await box_is_replaced(again, port, line, office, blank.parent / "data")
            finally:
                await asyncio.to_thread(appliance.stop, signal.SIGTERM)
            assert complaints == []
            store = config.load(file).store
            assert (store.tenant, store.id, store.device, store.header[0]) == ("acme", "dogwood", "box1", NAME)
            back = ledger_rows(config.load(blank).ledger)
            ends = next(at for at, row in enumerate(back) if row.epoch != 1)
            assert ends > 1 and back[:ends] == sold[:ends], "what head office had heard is the new box's past"

    with an_office(tmp_path) as office:
        asyncio.run(asyncio.wait_for(scenario(office), 300))
