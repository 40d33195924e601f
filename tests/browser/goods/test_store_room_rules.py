"""The store room away, rule by rule: many entries, clocks, two people, a newer worker, a killed browser."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from playwright.async_api import expect

from edge.core.messages import Done
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.alerts.commands import SendAlert
from edge.foundation.alerts.queries import read_alert
from edge.goods.purchasing import commands as buying
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.events import StockMoved
from edge.goods.stock.queries import read_stock
from tests.browser import one_browser
from tests.browser.browsing import ARGS, Till, till
from tests.browser.foundation.test_own_device_app import PHONE, begun
from tests.browser.goods.test_store_room_away import done, said, signed_in
from tests.browser.goods.test_store_room_two import away, prepared
from tests.browser.serving import Served, serve
from tests.shop_fixture import CASHIER, MILK, SYSTEM, run
from tests.sync_doubles import until

pytestmark = pytest.mark.needs("chromium")
TAPPED = """async ([many, product]) => {
    const store = await import("/static/kept_store.js");
    const { uuid7 } = await import("/static/ids.js");
    const { person } = await store.about();
    const said_us = Date.now() * 1000;
    for (let n = 1; n <= many; n++) {
        const much = { boxes: 0, units: n * 1000 };
        const body = { sku: product, type: "waste", ...much, location: "main", cause: "spill", said_us };
        const shown = { name: product, deed: "", much: String(n), told: "" };
        const ids = { id: uuid7(), drop_id: uuid7() };
        await store.add(person, { ...ids, ...shown, what: "RecordMovement", body, said_us, sku: product });
    }
}"""
HEARD = """async (earlier_ms) => {
    const store = await import("/static/kept_store.js");
    const about = await store.about();
    await store.setAbout({ ...about, heard_ms: about.heard_ms - earlier_ms });
}"""
SET_BACK = """(by_ms) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() - by_ms;
}"""
NEWER = """async () => {
    const taken = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", () => done()));
    const asked = { type: "module", updateViaCache: "none" };
    await navigator.serviceWorker.register("/service-worker.js?lang=fr&sync=1", asked);
    await taken;
}"""
NOBODY_SENDS = """() => new Promise((taken) => {
    navigator.locks.request("kept-send", () => new Promise(taken));
})"""
HOUR_MS = 3_600_000
WASTED = "SELECT body FROM journal WHERE type = 'StockMoved' ORDER BY seq"


def moves_of(served: Served) -> list[int]:
    """What the books say was moved, in thousandths."""
    facts = (msgspec.json.decode(body, type=StockMoved) for (body,) in served.shop.reader.execute(WASTED))
    return [fact.moves[0].delta for fact in facts]


@pytest.mark.timeout(600)
def test_a_hundred_entries_arrive_once_in_the_order_of_their_taps(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            plenty = RecordMovement("milk", "in", units=6_000_000)
            assert isinstance(await served.shop.do(plenty, SYSTEM), Done)
            await away(served, phone)
            before = len(moves_of(served))
            await phone.page.evaluate(TAPPED, [100, "milk"])
            await phone.page.reload()
            await phone.see("#waiting", "100")
            await phone.page.context.set_offline(False)
            await expect(phone.page.locator("#waiting")).to_be_hidden(timeout=120_000)
            sent = moves_of(served)[before:]
            assert sent == [-n * 1000 for n in range(1, 101)]
            assert read_stock(served.shop.reader, "milk") == 20_000 + 6_000_000 - 5_050_000

    run(scenario())


def test_alerts_are_read_without_a_connection_and_who_sees_to_one_says_so_then(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            raised = await served.shop.do(SendAlert("The fridge is warm", "Look at its door", "high"), SYSTEM)
            assert isinstance(raised, Done)
            await away(served, phone)
            await phone.page.reload()
            await phone.see("#alerts b", "The fridge is warm")
            await phone.page.click("#alerts button")
            await phone.see('#entries [data-state="kept"]', "The fridge is warm")
            await phone.gone("#alerts button")
            alert = read_alert(served.shop.reader, cast(int, raised.result))
            assert alert is not None and alert.state == "raised", "nobody heard of it yet"
            await phone.page.context.set_offline(False)
            await phone.see('#entries [data-state="done"]', "The fridge is warm")
            alert = read_alert(served.shop.reader, cast(int, raised.result))
            assert alert is not None and (alert.state, alert.acked_by) == ("acknowledged", "u1")

    run(scenario())


def test_deliveries_and_the_day_are_read_without_a_connection(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            for command in (
                buying.SetSupplier("dairy", {"en": "The dairy"}, lead_time_days=2),
                buying.SetSupplierPrice("dairy", "milk", 90),
                buying.CreatePurchaseOrder("dairy", (buying.OrderLine("milk", 24_000),)),
                buying.ApprovePurchaseOrder(1),
                buying.SendPurchaseOrder(1),
            ):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            for sold in (AddLine(MILK), Pay("cash", 1000)):
                assert isinstance(await served.shop.do(sold, CASHIER), Done)
            await away(served, phone)
            await phone.page.reload()
            await phone.see("#deliveries b", "The dairy · 1")
            await phone.see("#deliveries .goods", "24 × Milk")
            await phone.see("#deliveries .state", "expected on")
            await phone.see("#figures", "Sales today")
            await phone.see("#figures dd", "1.20")
            await phone.page.evaluate(HEARD, 13 * HOUR_MS)
            await phone.page.reload()
            await phone.see("#sign-in", "Sign in again")
            assert not await phone.page.locator("#figures").is_visible(), "nothing is shown that long without a contact"

    run(scenario())


def test_it_says_so_at_400_and_takes_no_tap_behind_500(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await phone.page.evaluate(TAPPED, [399, "milk"])
            await said(phone, "milk", "waste", "0.001")
            await phone.see("#nearly", "400 of 500 unsent entries")
            await phone.page.evaluate(TAPPED, [100, "milk"])
            await said(phone, "milk", "waste", "0.001")
            await phone.see("#wrong", "limit of 500 unsent entries")
            await phone.see("#waiting", "500")

    run(scenario())


def test_a_clock_that_is_set_back_moves_no_count(tmp_path: Path) -> None:
    """The page knows by another clock how long ago the shop answered; opened again it asks."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await phone.page.evaluate(SET_BACK, HOUR_MS)
            await said(phone, "milk", "adjust", "12")
            await phone.see('#entries [data-state="kept"]', "12")
            assert isinstance(await served.shop.do(RecordMovement("milk", "waste", units=3_000), SYSTEM), Done)
            await phone.page.context.set_offline(False)
            late = "You counted 12. Stock has changed by -3 since then and is now 9."
            await phone.see('#entries [data-state="done"]', late)
            assert read_stock(served.shop.reader, "milk") == 9_000, "what came within that hour is not added"

    run(scenario())


def test_a_page_opened_on_a_clock_that_was_set_back_asks(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await phone.page.add_init_script(f"({SET_BACK})({HOUR_MS})")
            await phone.page.reload()
            await said(phone, "milk", "waste", "1")
            await phone.agree("phone's clock is wrong")
            await phone.see('#entries [data-state="kept"]')

    run(scenario())


def test_without_contact_for_longer_than_a_session_nothing_is_shown_and_all_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await said(phone, "milk", "waste", "2")
            await phone.see('#entries [data-state="kept"]')
            await phone.page.evaluate(HEARD, 12 * HOUR_MS + 1)
            await phone.page.reload()
            await phone.see("#sign-in")
            await phone.see("#waiting", "1")
            assert "milk" not in (await phone.page.locator("body").inner_text()).lower()
            await phone.page.context.set_offline(False)
            await phone.gone("#waiting")
            assert read_stock(served.shop.reader, "milk") == 18_000

    run(scenario())


def test_two_people_of_a_phone_have_two_queues_and_each_sends_their_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            assert isinstance(await served.shop.do(SetUser("u2", "Omer", "manager", hash_pin("6283")), SYSTEM), Done)
            await away(served, phone)
            await said(phone, "milk", "waste", "4")
            await phone.see('#entries [data-state="kept"]')
            moved = done(served, "StockMoved")
            await phone.page.context.clear_cookies()
            await signed_in(served, phone, "u2", "Omer")
            await phone.page.context.set_offline(False)
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.see("#link.good")
            await said(phone, "milk", "waste", "1")
            await phone.see('#entries [data-state="done"]', "1")
            assert await phone.page.locator("#entries [data-id]").count() == 1, "nothing of hers is seen"
            await phone.see("#waiting", "1")
            assert done(served, "StockMoved") == moved + 1
            await phone.page.context.clear_cookies()
            await signed_in(served, phone)
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.gone("#waiting")
            who = "SELECT actor FROM journal WHERE type = 'StockMoved' ORDER BY seq DESC LIMIT 2"
            assert [actor.split(":")[-1] for (actor,) in served.shop.reader.execute(who)] == ["u1", "u2"]

    run(scenario())


def test_a_newer_worker_takes_over_and_what_waited_is_sent_as_it_was_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await said(phone, "milk", "waste", "5")
            await phone.see('#entries [data-state="kept"]')
            await phone.page.evaluate(NOBODY_SENDS)
            await phone.page.context.set_offline(False)
            await phone.page.evaluate(NEWER)
            await phone.page.context.set_offline(True)
            await phone.page.goto(f"{served.url}/away")
            await phone.see("h1", "Stock hors ligne")
            await phone.see('#entries [data-state="kept"]', "5")
            await phone.page.context.set_offline(False)
            await phone.gone("#waiting")
            assert read_stock(served.shop.reader, "milk") == 15_000

    run(scenario())


def test_a_box_that_is_busy_or_fails_gets_it_later_and_once(tmp_path: Path) -> None:
    keys: list[str] = []
    answers = iter((503, 429))

    @web.middleware
    async def busy(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != "/api/v1/commands/RecordMovement":
            return await handler(request)
        keys.append(request.headers["Idempotency-Key"])
        status = next(answers, None)
        return web.json_response({}, status=status) if status else await handler(request)

    async def scenario() -> None:
        async with serve(tmp_path, before=busy) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            await said(phone, "milk", "waste", "6")
            await phone.see('#entries [data-state="kept"]')
            await phone.page.context.set_offline(False)
            await phone.gone("#waiting")
            assert len(keys) == 3 and len(set(keys)) == 1
            assert read_stock(served.shop.reader, "milk") == 14_000

    run(scenario())


def test_who_signs_out_is_told_of_what_is_not_in_the_books(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await signed_in(served, phone)
            await begun(phone, served)
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.see("#as-of")
            await said(phone, "milk", "waste", "50")
            await phone.see('#entries [data-state="refused"]')
            await phone.page.goto(f"{served.url}/account?lang=en")
            await phone.see("#kept-here", "1")
            await phone.page.click("[data-end=here]")
            await phone.see("#sure-dialog[open] .subject", "haven't been sent")
            await phone.page.click("#sure-dialog [data-close]")
            await phone.gone("#sure-dialog")
            assert served.access.sessions.all("u1"), "who says no stays signed in"

    run(scenario())


def browser_processes(folder: Path) -> Iterator[int]:
    """The process of the browser that keeps its things there, not those that it started itself."""
    for proc in Path("/proc").iterdir():
        try:
            words = (proc / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in words and not any(word.startswith(b"--type=") for word in words):
            yield int(proc.name)


def test_what_was_confirmed_outlives_a_killed_browser(tmp_path: Path) -> None:
    folder = tmp_path / "phone"

    async def scenario() -> None:
        async with serve(tmp_path / "shop") as served:
            await prepared(served)
            async with one_browser.persistent(ARGS, folder, PHONE) as context:
                phone = Till(context.pages[0])
                await away(served, phone)
                await said(phone, "milk", "waste", "7")
                await phone.see("#said", "not sent yet")
                for process in browser_processes(folder):
                    os.kill(process, signal.SIGKILL)
            async with one_browser.persistent(ARGS, folder, PHONE) as context:
                phone = Till(context.pages[0])
                await signed_in(served, phone)
                await phone.page.goto(f"{served.url}/away?lang=en")
                await until(lambda: read_stock(served.shop.reader, "milk") == 13_000, "it is in the books")

    run(scenario())
