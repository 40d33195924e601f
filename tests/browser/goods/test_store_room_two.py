"""The store room away, where more comes together: two pages, two phones, no page, a full disk, a box of yesterday."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from edge.core.journal.epochs import begin_restored_epoch
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.operations.ledger import Ledger
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.foundation.test_own_device_app import PHONE, begun
from tests.browser.goods.test_store_room_away import done, said, signed_in
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, config, run
from tests.sync_doubles import until

pytestmark = pytest.mark.needs("chromium")
FULL = """() => {
    IDBObjectStore.prototype.put = function () {
        if (this.name === "entries") throw new DOMException("no room", "QuotaExceededError");
    };
}"""


SINCE = """async (epoch) => {
    const headers = { Surface: "panel", Register: "1" };
    return (await (await fetch(`/api/v1/stock/pack?since=1&epoch=${epoch}`, { headers })).json()).since;
}"""


def set_back(folder: Path) -> None:
    """The ledger there goes on as one that was restored."""
    ledger = Ledger(config(folder), None)
    begin_restored_epoch(ledger.writer, time.time_ns() // 1000, 77)
    ledger.close()


async def prepared(served: Served) -> None:
    """Dana and Omer, and twenty of milk."""
    for command in (
        SetPin(hash_pin(PIN)),
        SetUser("u1", "Dana", "manager", hash_pin("7394")),
        RecordMovement("milk", "in", units=20_000),
    ):
        assert isinstance(await served.shop.do(command, SYSTEM), Done)


async def away(served: Served, phone: Till) -> None:
    """A phone that was in the store room, and reaches no one any more."""
    await signed_in(served, phone)
    await begun(phone, served)
    await phone.page.goto(f"{served.url}/away?lang=en")
    await phone.see("#as-of", "as of")
    await phone.page.context.set_offline(True)


def test_two_pages_of_a_phone_send_one_queue_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            other = await phone.page.context.new_page()
            await other.goto(f"{served.url}/away?lang=en")
            for amount in ("1", "2", "3"):
                await said(phone, "milk", "waste", amount)
                await phone.see("#said", "not sent yet")
            moved = done(served, "StockMoved")
            await phone.page.context.set_offline(False)
            await other.evaluate("dispatchEvent(new Event('online'))")
            await phone.gone("#waiting")
            await expect(other.locator("#waiting")).to_be_hidden(timeout=30_000)
            assert read_stock(served.shop.reader, "milk") == 14_000
            assert done(served, "StockMoved") == moved + 3, "each once"

    run(scenario())


def test_two_phones_that_counted_the_same_are_asked_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as one, till(PHONE) as other:
            await prepared(served)
            for phone in (one, other):
                await away(served, phone)
            await said(one, "milk", "adjust", "12")
            await one.see('#entries [data-state="kept"]')
            await said(other, "milk", "adjust", "11")
            await other.see('#entries [data-state="kept"]')
            await other.page.context.set_offline(False)
            await other.see('#entries [data-state="done"]')
            assert read_stock(served.shop.reader, "milk") == 11_000
            await one.page.context.set_offline(False)
            await until(lambda: read_stock(served.shop.reader, "milk") in (11_000, 12_000), "it is settled")
            await one.see('#entries :is([data-state="done"], [data-state="asks"], [data-state="refused"])')
            assert read_stock(served.shop.reader, "milk") == 11_000, "the later moment holds"

    run(scenario())


def test_what_waits_is_sent_when_no_page_is_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE, whole=True) as phone:
            await prepared(served)
            await away(served, phone)
            await said(phone, "milk", "waste", "4")
            await phone.see('#entries [data-state="kept"]')
            registered = await phone.page.evaluate("navigator.serviceWorker.ready.then((one) => one.sync.getTags())")
            assert registered == ["kept"]
            wire = await phone.page.context.new_cdp_session(phone.page)
            found: list[dict[str, Any]] = []
            wire.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
            await wire.send("ServiceWorker.enable")
            await phone.page.context.set_offline(False)
            await phone.page.goto("about:blank")
            await until(lambda: bool(found), "the worker is known")
            sent = {"origin": served.url, "registrationId": found[0]["registrationId"], "tag": "kept"}
            await wire.send("ServiceWorker.dispatchSyncEvent", {**sent, "lastChance": False})
            await until(lambda: read_stock(served.shop.reader, "milk") == 16_000, "it is in the books")
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.gone("#waiting")
            assert read_stock(served.shop.reader, "milk") == 16_000, "once"

    run(scenario())


def test_where_the_browser_keeps_no_more_a_tap_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await said(phone, "milk", "waste", "1")
            await phone.see('#entries [data-state="kept"]')
            await phone.page.evaluate(FULL)
            await said(phone, "milk", "waste", "2")
            assert await (await phone.see("#wrong")).inner_text()
            assert await phone.page.locator("#entries [data-id]").count() == 1
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.see('#entries [data-state="kept"]', "1")
            await phone.page.context.set_offline(False)
            await phone.gone("#waiting")
            assert read_stock(served.shop.reader, "milk") == 19_000

    run(scenario())


def test_a_box_of_yesterday_takes_what_waits_and_shows_what_it_knows(tmp_path: Path) -> None:
    """The box is set back to before a delivery: the phone shows what the box knows, and what waited is booked once."""

    async def scenario() -> None:
        before = tmp_path / "before"
        async with serve(tmp_path / "now") as served:
            await prepared(served)
        shutil.copytree(tmp_path / "now", before)
        async with till(PHONE) as phone:
            async with serve(tmp_path / "now") as served:
                assert isinstance(await served.shop.do(RecordMovement("milk", "in", units=5_000), SYSTEM), Done)
                await away(served, phone)
                await said(phone, "milk", "waste", "2")
                await phone.see('#entries [data-state="kept"]')
            set_back(before)
            async with serve(before, port=served.port) as again:
                await signed_in(again, phone)
                await phone.page.context.set_offline(False)
                await phone.page.goto(f"{again.url}/away?lang=en")
                await phone.gone("#waiting")
                assert read_stock(again.shop.reader, "milk") == 18_000
                await phone.page.reload()
                await phone.see("#link.good")
                await phone.page.fill("#find input", "milk")
                await phone.page.keyboard.press("Enter")
                await phone.see("#there", "18")
                since = [await phone.page.evaluate(SINCE, epoch) for epoch in (0, 1, 99)]
                assert since == [1, 0, 0], "what was known of another epoch is told anew, whole"

    run(scenario())
