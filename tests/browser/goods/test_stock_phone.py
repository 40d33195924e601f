"""The store room by a phone in one hand: its camera or a scanner says what it is, and two taps do the rest."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import CountLine, RecordMovement, ReserveLine, ReserveStock, SetLocation, StartCount
from edge.goods.stock.lists.listings import read_count
from edge.goods.stock.queries import read_item, read_stock
from tests.browser.browsing import Till, browser, till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run
from tests.sync_doubles import until

pytestmark = pytest.mark.needs("chromium")
LAGER = Product("lager", {"en": "Lager", "fr": "Bière", "he": "בירה"}, ("5449000000996",), 500, box=24, expiry_days=30)
COLA = Product("cola", {"en": "Cola", "fr": "Cola", "he": "קולה"}, ("7290000000015",), 400)
PHONE = (390, 844)
GRANTED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
OVER = "document.scrollingElement.scrollWidth - innerWidth"


def drawn(code: str) -> bytes:
    """A photograph of a can with this code, as a JPEG."""
    bars = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13).to_image(scale=4, add_quiet_zones=True)
    picture = Image.new("RGB", (640, 480), "white")
    picture.paste(Image.fromarray(bars), (60, 120))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


@asynccontextmanager
async def phone(folder: Path, code: str) -> AsyncIterator[Till]:
    """A phone whose camera sees this code all the time."""
    seen = folder / "camera.mjpeg"
    seen.write_bytes(drawn(code) * 10)
    async with browser(*GRANTED, f"--use-file-for-fake-video-capture={seen}") as launched:
        page = await launched.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
        await page.context.grant_permissions(["camera"])
        page.set_default_timeout(60_000)
        yield Till(page)


def test_the_camera_says_what_it_is_and_one_tap_receives_or_throws_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, phone(tmp_path, LAGER.codes[0]) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop", "he": "גג"}, "bar"), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=3000, location="rooftop"), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/stock/phone")
            await page.see('#camera[aria-pressed="true"]')  # it was allowed before
            await page.see("#scanned h2", "Lager")
            await page.see("#scanned .facts", "3")
            await page.page.locator(".modes label", has_text="Receive").click()
            assert await page.page.locator("#act [name=of]").input_value() == "boxes"
            await page.page.locator("#act [type=submit]").click()
            await page.see("#done li", "Receive")
            await page.see("#scanned .figure", "24")
            await page.page.locator(".modes label", has_text="Write off").click()
            await page.page.locator("#act [type=submit]").click()
            await page.see("#scanned .figure", "23")
            assert await page.page.evaluate(OVER) <= 0
            item = read_item(served.shop.reader, "lager")
            assert item is not None
            assert {row.location: row.total for row in item.rows} == {"main": 23_000, "rooftop": 3_000}
            assert page.complaints == []

    run(scenario())


def test_the_camera_waits_while_someone_says_how_much(tmp_path: Path) -> None:
    """Else a press would count what came into its picture just then."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, phone(tmp_path, COLA.codes[0]) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)  # what the camera sees is no product yet
            await page.open(served, "register=1&lang=en", "/manager/stock/phone")
            await page.see("#said", COLA.codes[0])
            await page.scan(LAGER.codes[0])
            await page.see("#scanned h2", "Lager")
            await page.page.locator(".modes label", has_text="Count").click()
            await page.page.locator("#act [name=amount]").fill("7")
            await done(served.shop, SetProducts((LAGER, COLA)), SYSTEM)
            for _ in range(4):
                async with page.page.expect_response("**/inventory/scan/picture"):
                    pass
            await page.see("#said", "You scanned another product")
            await page.page.locator("#act [type=submit]").click()
            await page.see("#done li", "Lager")
            await page.see("#scanned h2", "Cola")  # its turn now
            assert read_stock(served.shop.reader, "lager") == 7000
            assert read_stock(served.shop.reader, "cola") == 0

    run(scenario())


IN_SIGHT = """selector => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const panel = document.getElementById("act").getBoundingClientRect();
  const over = document.getElementById("act").contains(document.querySelector(selector)) ? innerHeight : panel.top;
  return box.height > 0 && box.top >= 0 && box.bottom <= over + 1;
}"""
SMALL = (390, 664)


def test_product_question_refusal_and_result_are_in_sight_on_a_small_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(SMALL) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER, COLA)), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=3000), SYSTEM)
            await done(served.shop, ReserveStock("order:o7", (ReserveLine("lager", 2000),), said="K7"), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/stock/phone")
            await page.page.locator(".modes label", has_text="Write off").click()
            await page.scan(LAGER.codes[0])
            await page.see("#scanned h2", "Lager")
            for seen in ("#scanned h2", "#scanned .figure", "#act [type=submit]", "#act [name=amount]"):
                assert await page.page.evaluate(IN_SIGHT, seen), seen
            await page.page.locator("#act [name=amount]").fill("9")
            await page.page.locator("#act [type=submit]").click()
            await page.see("#said", "Only 3 of Lager is on hand")
            for seen in ("#scanned h2", "#scanned .figure", "#said", "#act [type=submit]"):
                assert await page.page.evaluate(IN_SIGHT, seen), seen
            await page.page.locator("#act [name=amount]").fill("2")
            await page.scan(LAGER.codes[0])
            await page.gone("#said:not(:empty)")
            assert await page.page.locator("#act [name=amount]").input_value() == "2", "it was typed for this product"
            await page.page.locator("#act [type=submit]").click()
            await page.see("#sure-dialog .subject", "2 of Lager is reserved (K7), and only 1 would be left")
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#done li", "Write off")
            assert await page.page.evaluate(IN_SIGHT, "#done li"), "what was done is seen"
            assert read_stock(served.shop.reader, "lager") == 1000

    run(scenario())


def test_a_code_that_is_none_leaves_no_other_product_to_be_moved(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(SMALL) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=5000), SYSTEM)
            await done(served.shop, StartCount(), SYSTEM)
            await done(served.shop, CountLine(1, "lager", units=4000), SYSTEM)
            await page.open(served, "register=1&lang=en", "/manager/stock/phone")
            await page.page.locator(".modes label", has_text="Count").click()
            await page.scan(LAGER.codes[0])
            await page.see("#scanned h2", "Lager")
            await page.page.locator("#act [type=submit]").click()
            await page.see("#said", "Someone else counted 4 of Lager")
            await page.see("#replace")
            await page.scan("4006381333948")
            await page.see("#said", "4006381333948")
            assert not await page.page.locator("#replace").is_visible(), "the question took its buttons along"
            assert not await page.page.locator("#act [type=submit]").is_visible(), "nothing is meant"
            assert await page.page.locator("#scanned article").count() == 0

    run(scenario())


def test_a_photograph_a_scanner_that_types_and_a_name_find_it_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER, COLA)), SYSTEM)
            await page.open(served, "register=1&lang=he", "/manager/stock/phone")
            photo = {"name": "can.jpg", "mimeType": "image/jpeg", "buffer": drawn(COLA.codes[0])}
            await page.page.locator("#code [type=file]").set_input_files(photo)
            await page.see("#scanned h2", "קולה")
            await page.scan(LAGER.codes[0])
            await page.see("#scanned h2", "בירה")
            await page.page.locator("#code [name=code]").fill("קולה")
            await page.page.locator("#picks li").first.click()
            await page.see("#scanned h2", "קולה")
            await page.scan("4006381333948")
            await page.see("#said", "4006381333948")
            assert await page.page.evaluate(OVER) <= 0
            assert all("404" in complaint for complaint in page.complaints), page.complaints

    run(scenario())


def test_what_is_found_goes_into_the_count_that_is_open_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, RecordMovement("lager", "in", units=9000), SYSTEM)
            await done(served.shop, StartCount("main", True, ""), SYSTEM)
            await page.open(served, "register=1&lang=fr", "/manager/stock/phone")
            await page.page.locator(".modes label", has_text="Compter").click()
            await page.scan(LAGER.codes[0])
            await page.see("#scanned h2", "Bière")
            assert not await page.page.locator("#scanned .figure").is_visible(), "nobody is told what should be there"
            await page.page.locator("#act [name=amount]").fill("7")
            await page.page.locator("#act [type=submit]").click()
            await page.see("#done li", "7")
            count = read_count(served.shop.reader, 1)
            assert count is not None
            assert [(line.sku, line.quantity) for line in count.lines] == [("lager", 7000)]
            assert read_stock(served.shop.reader, "lager") == 9000, "nothing moves before the count is posted"
            assert page.complaints == []

    run(scenario())


def test_a_camera_reads_into_the_field_of_a_count(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, phone(tmp_path, LAGER.codes[0]) as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LAGER,)), SYSTEM)
            await done(served.shop, StartCount("main", False, ""), SYSTEM)
            await page.open(served, "register=1&count=1", "/manager/stock/counts")
            await page.page.locator("[data-camera=sku]").click()
            await page.see("#lines td", "Lager")
            await page.gone("#camera-dialog")

            def counted() -> bool:
                count = read_count(served.shop.reader, 1)
                return count is not None and [line.quantity for line in count.lines] == [1000]

            await until(counted, "one more is in the count")
            assert page.complaints == []

    run(scenario())
