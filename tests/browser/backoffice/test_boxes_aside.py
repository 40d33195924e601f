"""After a person let this box lead: what the other one sold meanwhile is listed, brought in once or left, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.twin.copy import aside
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import MILK, SYSTEM, done, run
from tests.sold_elsewhere import sold_elsewhere

PHONE = (390, 664)


@pytest.mark.needs("chromium")
def test_a_manager_decides_about_what_the_other_box_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        rows = await sold_elsewhere(tmp_path / "other")
        async with serve(tmp_path) as served, till(PHONE) as opened:
            page = opened.page
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await opened.open(served, "lang=en", path="/manager/boxes")
            await opened.see("#boxes .card", "Add a machine")
            assert not await page.locator("#aside").count(), "who has nothing aside sees no word of it"
            assert aside.take(served.config.folder, "7-9", rows)
            for language, title in (
                ("he", "מכירות בשרת השני"),
                ("fr", "Ventes de l'autre boîtier"),
                ("en", "Sales on the other box"),
            ):
                await opened.open(served, f"lang={language}", path="/manager/boxes")
                await opened.see("#aside h2", title)
                await opened.see("#aside li", "1-000003")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
            await opened.see("#aside li", "1.20")
            await page.locator("#aside li", has_text="1-000001").locator("[data-bring]").click()
            await opened.agree()
            await opened.gone("#aside li:has-text('1-000001')")
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))  # it is the second one here as well
            await page.locator("#aside li", has_text="1-000002").locator("[data-bring]").click()
            await opened.agree()
            await opened.see("#boxes-error", "conflicts with later sales")
            for number in ("1-000002", "1-000003"):
                line = page.locator("#aside li", has_text=number)
                await line.locator("[data-leave]").click()
                assert await line.locator("[name=reason]").evaluate("field => field === document.activeElement")
                await line.locator("[name=reason]").fill("counted by hand")
                await line.locator("[data-leave]").click()
                await opened.gone(f"#aside li:has-text('{number}')")
            await opened.gone("#aside")
            assert all("422" in one for one in opened.complaints), opened.complaints  # what did not fit was refused
            found = served.shop.reader.execute("SELECT number, total_minor FROM receipt ORDER BY seq").fetchall()
            assert found == [(1, 120), (2, 120)], "one came in, one was sold here"
            assert list((served.config.folder / aside.QUARANTINE).glob("*.decided")), "all was decided, and is kept"

    run(scenario(), 120)
