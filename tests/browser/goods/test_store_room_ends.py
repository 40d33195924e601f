"""The store room away, where it ends: a page that is closed, someone who is who has left the shop, what does not fit;
and what is no matter of the stock: notes, and alerts that were dealt with."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.foundation.access.commands import RetireUser, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.alerts.commands import SendAlert
from edge.foundation.alerts.queries import open_alerts, read_alert
from edge.goods.stock.queries import read_stock
from tests.browser.browsing import till
from tests.browser.foundation.test_own_device_app import PHONE, begun
from tests.browser.goods.test_store_room_away import done, said, signed_in
from tests.browser.goods.test_store_room_two import away, prepared
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, run
from tests.sync_doubles import until

pytestmark = pytest.mark.needs("chromium")
MUCH = """async () => {
    const store = await import("/static/kept_store.js");
    const { person } = await store.about();
    const name = "x".repeat(4000);
    const at = [["main", 1000, ""]];
    const made = (n) => ({ sku: `s${n}`, name, unit: "piece", box: 0, codes: [], at: n % 2 ? at : [] });
    const products = Array.from({ length: 12_000 }, (_, n) => made(n));
    const left = await store.setPack(person, { products });
    const kept = (await store.pack(person)).products;
    return [left + kept.length, JSON.stringify(kept).length, kept.filter((one) => one.at.length).length];
}"""


def test_who_closes_the_page_on_what_is_not_in_the_books_is_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await signed_in(served, phone)
            await begun(phone, served)
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.see("#as-of", "as of")
            await phone.page.context.set_offline(True)
            await said(phone, "milk", "waste", "3")
            await phone.see('#entries [data-state="kept"]')
            await phone.page.reload()
            assert phone.left == 1, "it is asked"
            await phone.see('#entries [data-state="kept"]')
            await phone.page.context.set_offline(False)
            await phone.gone("#waiting")
            assert read_stock(served.shop.reader, "milk") == 17_000
            await phone.page.reload()
            await phone.see("#link.good")
            assert phone.left == 1, "nothing waits, and nothing is asked"

    run(scenario())


def test_what_waited_of_somebody_who_is_of_the_shop_no_more_is_shown_once_and_never_done(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            assert isinstance(await served.shop.do(SetUser("u2", "Omer", "manager", hash_pin("6283")), SYSTEM), Done)
            await away(served, phone)
            await said(phone, "milk", "waste", "4")
            await phone.see('#entries [data-state="kept"]')
            assert isinstance(await served.shop.do(RetireUser("u1"), SYSTEM), Done)
            await phone.page.context.clear_cookies()
            await signed_in(served, phone, "u2", "Omer")
            await phone.page.context.set_offline(False)
            await phone.page.goto(f"{served.url}/away?lang=en")
            await phone.see("#ended", "who has left the shop")
            await phone.see("#ended li", "4 · Milk")
            await phone.gone("#waiting")
            await until(lambda: done(served, "KeptDropped") == 1, "The shop has been notified")
            (body,) = served.shop.reader.execute("SELECT body FROM journal WHERE type = 'KeptDropped'").fetchone()
            assert b'"why":"ended"' in bytes(body)
            await phone.page.reload()
            await phone.see("#link.good")
            await phone.gone("#ended")
            assert read_stock(served.shop.reader, "milk") == 20_000

    run(scenario())


def test_a_pack_that_is_too_large_leaves_out_what_there_is_none_of_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            await away(served, phone)
            products, size, there = await phone.page.evaluate(MUCH)
            assert products == 12_000 and size <= 32 * 1024**2 and there == 6_000

    run(scenario())


def test_a_note_and_what_was_dealt_with_are_kept_and_said_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            await prepared(served)
            raised = await served.shop.do(SendAlert("The fridge is warm", "Look at its door"), SYSTEM)
            assert isinstance(raised, Done)
            await away(served, phone)
            await phone.page.reload()
            await phone.page.click("#alerts [data-what=CloseAlert]")
            await phone.see('#entries [data-state="kept"]', "The fridge is warm")
            await phone.gone("#alerts [data-what=CloseAlert]")
            await phone.page.fill("#note [name=title]", "The back door sticks")
            await phone.page.click("#note button")
            await phone.see('#entries [data-state="kept"]', "The back door sticks")
            assert await phone.page.locator("#note [name=title]").input_value() == ""
            await phone.page.context.set_offline(False)
            await phone.gone("#waiting")
            closed = read_alert(served.shop.reader, raised.result)
            assert closed is not None and not closed.is_open
            said_so = [
                one for one in open_alerts(served.shop.reader) if one.values.get("title") == "The back door sticks"
            ]
            assert len(said_so) == 1

    run(scenario())
