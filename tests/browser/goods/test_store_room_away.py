"""The store room on a phone that reaches no one: what is done there is kept, sent once, and never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.foundation.test_own_device_app import PHONE, begun
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, run
from tests.sync_doubles import until

pytestmark = pytest.mark.needs("chromium")
AGED = """() => new Promise((done) => {
    const asked = indexedDB.open("kept", 1);
    asked.onsuccess = () => {
        const entries = asked.result.transaction("entries", "readwrite").objectStore("entries");
        entries.getAll().onsuccess = ({ target }) => {
            for (const one of target.result.filter(({ state }) => state === "kept"))
                entries.put({ ...one, at_ms: one.at_ms - 30 * 86_400_000 }).onsuccess = () => done();
        };
    };
})"""
KEPT = "SELECT count(*) FROM journal WHERE type = ?"


async def signed_in(served: Served, phone: Till, user: str = "u1", name: str = "Dana") -> str:
    """Someone's own phone; the id of their session."""
    one = served.access.sessions.begin("own", user, f"{name}'s phone")
    cookie = {"name": f"edge-{served.config.store.id}-local", "value": one.secret, "url": served.url}
    await phone.page.context.add_cookies([cookie])  # type: ignore[list-item]
    return one.session.id


async def said(phone: Till, what: str, mode: str, amount: str) -> None:
    """Someone taps it in."""
    await phone.page.fill("#find input", what)
    await phone.page.keyboard.press("Enter")
    await phone.page.check(f'#act [value="{mode}"]')
    await phone.page.fill('#act [name="amount"]', amount)
    await phone.page.click('#act [type="submit"]')


async def a_month_later(phone: Till) -> None:
    """What waits was tapped in a month ago, and the shop is reached again."""
    await phone.page.evaluate(AGED)
    await phone.page.context.set_offline(False)


def done(served: Served, kind: str) -> int:
    return int(served.shop.reader.execute(KEPT, (kind,)).fetchone()[0])


def test_what_is_counted_without_a_connection_is_kept_sent_once_and_asked_about(tmp_path: Path) -> None:
    async def do(served: Served, command: Any) -> None:
        assert isinstance(await served.shop.do(command, SYSTEM), Done)

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE) as phone:
            page, cut = phone.page, phone.page.context.set_offline
            for command in (SetPin(hash_pin(PIN)), SetUser("u1", "Dana", "manager", hash_pin("7394"))):
                await do(served, command)
            await do(served, RecordMovement("milk", "in", units=20_000))
            session = await signed_in(served, phone)
            await begun(phone, served)
            await page.goto(f"{served.url}/away?lang=en")
            await phone.see("#as-of", "as of")
            await cut(True)
            await page.goto(f"{served.url}/manager/stock/phone")
            await phone.see("h1", "Offline stock")
            moved = done(served, "StockMoved")
            await said(phone, "milk", "adjust", "12")
            await phone.see("#said", "not sent yet")
            await page.reload()
            await phone.see('#entries [data-state="kept"]', "12")
            await do(served, RecordMovement("milk", "waste", units=3_000))
            await cut(False)
            late = "You counted 12. Stock has changed by -3 since then and is now 9."
            await phone.see('#entries [data-state="done"]', late)
            await phone.gone("#waiting")
            await until(lambda: read_stock(served.shop.reader, "milk") == 9_000, "the count is booked")
            assert done(served, "StockMoved") == moved + 2, "once"

            await said(phone, "milk", "waste", "50")  # what is refused stays, and what is of the same goods behind it
            await phone.see('#entries [data-state="refused"]', "only 9")
            await said(phone, "milk", "waste", "1")
            await phone.see('#entries [data-state="kept"]', "1")
            assert read_stock(served.shop.reader, "milk") == 9_000
            await page.click('#entries [data-state="refused"] [data-do="drop"]')
            await phone.agree()
            await phone.gone('#entries [data-state="refused"]')
            assert done(served, "KeptDropped") == 1
            served.access.sessions.end(session)
            await page.goto(f"{served.url}/away?lang=en")  # it is hers, sealed, until she comes back
            await phone.see("#sign-in")
            await phone.see("#waiting", "1")
            assert "Milk" not in await page.locator("body").inner_text()
            await signed_in(served, phone)
            await page.reload()
            # the page says nothing of what waits before it has opened it: ask the shop
            await until(lambda: read_stock(served.shop.reader, "milk") == 8_000, "the waste that waited is booked")
            await phone.gone("#waiting")

            await cut(True)  # what waited for a month is shown and told of, and never booked
            await said(phone, "milk", "waste", "2")
            await phone.see('#entries [data-state="kept"]', "2")
            await a_month_later(phone)
            await phone.see('#entries [data-state="old"]')
            assert (read_stock(served.shop.reader, "milk"), done(served, "KeptDropped")) == (8_000, 2)

    run(scenario())
