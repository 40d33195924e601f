"""The time clock as people meet it: a stamp at the till, the manager's week, and a day put right."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.time_clock.queries import read_clocked_in, work_days
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import PINS
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def test_a_stamp_by_pin_and_a_day_that_is_corrected(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cashier, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(served.shop, SetUser("dana", "Dana", "cashier", hash_pin("7391")), SYSTEM.with_rights(PINS))
            await cashier.open(served, "register=1&lang=en")
            await cashier.page.click('[data-act="more"]')
            await cashier.page.click('[data-go="clock"]')
            await cashier.page.click("#counter-yes")
            await cashier.page.fill('#pin-dialog [name="pin"]', "7391")
            await cashier.page.press('#pin-dialog [name="pin"]', "Enter")
            await cashier.gone("#counter-dialog[open]")
            (there,) = read_clocked_in(served.shop.reader, served.shop.now_us())
            assert there.person == "dana"
            await cashier.page.click('[data-act="more"]')
            await cashier.page.click('[data-go="clock"]')
            await cashier.see("#counter-dialog .hint", "Dana")
            assert cashier.complaints == []
            await manager.open(served, "register=1&lang=en&week=2026-01-05", "/manager/work-hours")
            new = manager.page.locator("form.correct")
            await new.locator('[name="person"]').select_option("dana")
            await new.locator('[name="day"]').fill("2026-01-05")
            await new.locator('[data-column="begins"]').fill("08:00")
            await new.locator('[data-column="ends"]').fill("15:30")
            await new.locator('[name="reason"]').fill("forgot")
            await new.locator('[type="submit"]').click()
            await manager.see("summary", "7:30")
            (day,) = work_days(served.shop.reader, "2026-01-05", "2026-01-05")
            assert (day.person, day.worked_min, day.corrected) == ("dana", 450, True)
            async with manager.page.expect_download() as coming:
                await manager.page.click("[data-csv]")
            file = await (await coming.value).path()
            assert "2026-01-05,dana,Dana,08:00-15:30,450,0,0," in file.read_text("utf-8-sig")
            assert manager.complaints == []

    run(scenario())
