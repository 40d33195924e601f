"""A phone that is a till: its camera puts goods into the basket, one tap away."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from tests.browser.goods.test_stock_phone import COLA, LAGER, SMALL, drawn, phone
from tests.browser.serving import serve
from tests.browser.web.test_layout import PHONE_PARTS, boxes, outside
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")


def test_what_comes_before_the_camera_is_in_the_basket_once_and_the_sum_stays_in_sight(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, phone(tmp_path, COLA.codes[0]) as page:
            await done(served.shop, SetProducts((COLA,)), SYSTEM)
            await page.page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
            await page.open(served)
            camera = page.page.locator('[data-act="camera"]')
            await camera.click()
            await page.see("#seen video")
            await page.see("#lines .line[data-line]", "Cola")
            await page.see("#sums .due", "4.00")
            assert outside(await boxes(page, PHONE_PARTS), SMALL) == []
            for _ in range(3):
                async with page.page.expect_response("**/api/v1/scan/picture"):
                    pass
            await page.see("#sums .due", "4.00")  # it lies there still, and is scanned once
            await camera.click()
            await page.gone("#seen")
            assert await camera.get_attribute("aria-pressed") == "false"
            await camera.click()
            await page.see("#sums .due", "8.00")  # put on anew it sees what is there
            await page.page.locator('.views [data-desk="sales"]').click()
            await page.gone("#seen")
            assert page.complaints == []

    run(scenario())


def test_while_a_price_is_asked_for_the_camera_sells_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, phone(tmp_path, COLA.codes[0]) as page:
            await page.page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
            await done(served.shop, AddLine(MILK))
            await page.open(served)
            await page.see("#lines .line[data-line]")
            await page.page.locator('[data-act="camera"]').click()
            await page.see("#question dialog[open]", COLA.codes[0])  # no product yet
            await page.page.keyboard.press("Enter")
            await page.gone("#question dialog")
            await done(served.shop, SetProducts((COLA,)), SYSTEM)
            await page.page.locator('[data-act="more"]').click()
            await page.page.locator('[data-go="price_check"]').click()
            await page.see("#price-found", "4.00")  # though it lay before the camera all the time
            await page.page.keyboard.press("Escape")
            for _ in range(3):
                async with page.page.expect_response("**/api/v1/scan/picture"):
                    pass
            assert await page.page.locator("#lines .line[data-line]").count() == 1
            assert page.complaints == []

    run(scenario())


def test_a_page_that_no_camera_may_be_seen_by_takes_a_photograph(tmp_path: Path) -> None:
    """As over plain HTTP, where browsers open none."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, phone(tmp_path, COLA.codes[0]) as page:
            await done(served.shop, SetProducts((COLA, LAGER)), SYSTEM)
            await page.page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
            await page.page.add_init_script("delete Navigator.prototype.mediaDevices")
            await page.open(served)
            await page.page.locator('[data-act="camera"]').click()
            await page.see("#seen .photo", "Photograph code")
            photograph = page.page.locator('#seen [type="file"]')
            await photograph.set_input_files(
                {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": drawn(LAGER.codes[0])}
            )
            await page.see("#lines .line[data-line]", "Lager")
            await done(served.shop, Pay("card"))
            assert page.complaints == []

    run(scenario())
