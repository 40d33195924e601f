"""The till's dialog that sends the last receipt by email, and says what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.receipt_mail.mails import read_mails
from edge.counter.till.commands import AddLine, Pay
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import CONFIG, MILK, done, run

pytestmark = pytest.mark.needs("chromium")
MAIL = '[notify.email]\nhost = "127.0.0.1"\nsender = "shop@example.com"\n'


def test_the_last_receipt_is_sent_by_keys_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + MAIL) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            await page.open(served)
            await page.keys("+")
            await page.see('[data-counter="more"]')
            await page.keys("e")
            await page.see('[data-counter="mail"] .subject', "1-000001")
            await page.page.locator('[data-counter="mail"] [name="address"]').fill("dana@example.org")
            await page.keys("Enter")
            await page.gone("#counter-dialog[open]")
            assert [mail.state for mail in read_mails(served.shop.reader, "1", 1)] == ["queued"]
            await page.keys("+")
            await page.see('[data-counter="more"]')
            await page.keys("e")
            await page.see('[data-counter="mail"] .hint', "Waiting to be sent")
            assert page.complaints == []

    run(scenario())
