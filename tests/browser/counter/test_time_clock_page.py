"""The time clock as people meet it: a stamp at the till, the manager's week, and a day put right."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.time_clock.commands import CorrectWork, ExactSpan
from edge.counter.time_clock.queries import read_clocked_in, work_days
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import PINS
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
MINUTE_US = 60_000_000
BEGAN_US = (1_767_603_600_123_456, 1_767_612_600_654_321)
"""On 5 January 2026, at 9:00 and 11:30 UTC and a part of a second."""


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
            await manager.page.set_viewport_size({"width": 390, "height": 800})
            await manager.page.click("summary .opens")
            await manager.see("#parts tfoot .sum", "7:30")
            assert manager.complaints == []

    run(scenario())


def test_a_corrected_day_is_put_back_to_the_microsecond(tmp_path: Path) -> None:
    """Also a day of another week than the page's, which "Add day" replaced."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as manager:
            await caller.set_pin()
            await do(served.shop, SetUser("dana", "Dana", "cashier", hash_pin("7391")), SYSTEM.with_rights(PINS))
            spans = tuple(ExactSpan(begins, begins + 90 * MINUTE_US, 7_000_001) for begins in BEGAN_US)
            await do(served.shop, CorrectWork("dana", "2026-01-05", (), "stamped", spans), SYSTEM)
            stamped = work_days(served.shop.reader, "2026-01-05", "2026-01-05")
            page = manager.page
            await manager.open(served, "lang=en&week=2026-01-05", "/manager/work-hours")
            await page.locator("details.day summary").click()
            day = page.locator("form[data-day]")
            await day.locator('[data-column="ends"]').first.fill("11:00")
            await day.locator('[name="reason"]').fill("left early")
            await day.locator('[type="submit"]').click()
            await manager.see("#toast-bar", "Saved")
            await page.locator("#toast-bar button").click()
            await manager.see("#toast-bar", "Undone")
            assert work_days(served.shop.reader, "2026-01-05", "2026-01-05") == stamped

            await manager.open(served, "lang=en&week=2026-01-19", "/manager/work-hours")
            new = page.locator("form.correct:not([data-day])")
            await new.locator('[name="person"]').select_option("dana")
            await new.locator('[name="day"]').fill("2026-01-05")
            await new.locator('[name="reason"]').fill("was ill")
            await new.locator('[type="submit"]').click()
            await manager.see("#toast-bar", "Saved")
            assert work_days(served.shop.reader, "2026-01-05", "2026-01-05") != stamped
            await page.locator("#toast-bar button").click()
            await manager.see("#toast-bar", "Undone")
            assert work_days(served.shop.reader, "2026-01-05", "2026-01-05") == stamped
            assert manager.complaints == []

    run(scenario())
