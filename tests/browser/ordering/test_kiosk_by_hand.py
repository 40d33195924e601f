"""What was found by standing before the kiosk: with letters on its screen, a full cart, a keyboard, a closed shop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, Route

from edge.core.messages import Done
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER as BY_HAND
from edge.goods.catalog.product import Product, Source
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion, SeveralFor
from edge.lib.i18n import LANGUAGES
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.queries import read_shop_orders
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.pictures import GOODS
from tests.browser.serving import serve
from tests.scheduling import one_by_day
from tests.shop_fixture import MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
IN_SIGHT = """
(one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return top >= 0 && top + height <= innerHeight && one.contains(there);
}
"""
"""Whether all of an element is on the screen, with nothing over it."""
SETTLED_S = 10.0


async def seen(page: Page, selector: str) -> bool:
    """Whether it is in sight once the page has come to rest."""
    deadline = asyncio.get_running_loop().time() + SETTLED_S
    while not (found := bool(await page.locator(selector).first.evaluate(IN_SIGHT))):
        if asyncio.get_running_loop().time() > deadline:
            break
    return found


async def begun(page: Page, language: str = "en", *modes: str) -> None:
    await page.tap(f'[data-start="{language}"]')
    await page.wait_for_selector(f'html[lang="{language}"] body[data-ready]')
    await page.wait_for_selector("#welcome", state="hidden")
    for mode in modes:
        await page.tap(f'[data-mode="{mode}"]')


async def left(page: Page) -> None:
    """The customer goes; the welcome is there at once, and whole when the box has ended the cart."""
    await page.tap("#leave")
    await page.wait_for_selector("body[data-ready] #welcome:not([hidden])")


def test_what_is_found_is_in_sight_while_letters_are_on_the_screen(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            for size in ((1024, 768), (1080, 1920)):
                async with touch(served, size, "/kiosk?register=2") as page:
                    await begun(page)
                    await page.tap("#search")
                    for letter in "milk":
                        await page.tap(f'#letters [data-letter="{letter}"]')
                    await page.wait_for_selector("#goods .card >> nth=1", state="detached")
                    assert await seen(page, '[data-sku="milk"]'), size
                    assert await seen(page, "#search")
                    await put(page, "milk")
                    assert await seen(page, "#checkout"), "and the page is as it was"
                    await left(page)

    run(scenario())


def test_a_full_cart_stays_where_it_was_and_shows_what_is_new(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1024, 768), "/kiosk?register=2") as page:
            await served.shop.do(SetProducts(GOODS), SYSTEM)
            await begun(page)
            for at, product in enumerate(GOODS[:5], 1):
                await page.fill("#search", (product.codes or ("",))[0])
                await put(page, product.sku)
                await page.wait_for_selector(f'#cart [data-line="{at}"]')
            assert await seen(page, '#cart [data-line="5"] [data-change="more"]')
            await page.tap('#cart [data-line="5"] [data-change="more"]')
            await page.wait_for_selector('#cart [data-line="5"][data-quantity="2000"]')
            assert await seen(page, '#cart [data-line="5"] [data-change="more"]')
            await page.focus('#cart [data-line="2"] [data-change="more"]')
            await page.keyboard.press("Enter")
            await page.wait_for_selector('#cart [data-line="2"][data-quantity="2000"]')
            held = "document.activeElement.closest('[data-line]')?.dataset.line"
            assert await page.evaluate(held) == "2", "who has a keyboard goes on where they were"

    run(scenario())


def test_each_tap_counts_once_also_while_the_box_is_slow(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            answered = asyncio.Event()

            async def held(route: Route) -> None:
                await answered.wait()
                await route.continue_()

            await begun(page)
            await page.route("**/kiosk/add?**", held)
            await page.tap('[data-sku="milk"]')
            await page.wait_for_selector("#put")
            await page.evaluate("document.getElementById('put').click(), document.getElementById('put').click()")
            answered.set()
            await page.wait_for_selector('#cart [data-line="1"][data-quantity="1000"]')
            answered.clear()
            await page.route("**/kiosk/line?**", held)
            for _ in range(3):
                await page.tap('#cart [data-line="1"] [data-change="more"]')
            answered.set()
            await page.wait_for_selector('#checkout[data-total="480"]')
            assert await page.locator("#cart [data-line]").count() == 1

    run(scenario())


def test_the_way_back_of_a_phone_closes_what_is_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 844), "/shop?lang=en") as page:
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.wait_for_function("() => !history.state?.sheet")
            await page.tap("#checkout")
            await page.wait_for_selector("#place")
            await page.go_back()
            await page.wait_for_selector("#sheet", state="hidden")
            assert page.url.endswith("/shop?lang=en") and await page.locator("#cart [data-line]").count() == 1
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.wait_for_url("**/order/**")

    run(scenario())


def test_how_one_customer_needs_the_page_is_chosen_first_and_is_gone_with_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            assert not await page.locator("#leave").is_visible(), "nobody has begun"
            await page.tap('[data-mode="large"]')
            await begun(page, "fr")
            await page.wait_for_selector("body.large")
            await put(page, "milk")
            await page.tap("#leave")
            await page.wait_for_selector('html[lang="en"] #welcome:not([hidden])')
            await page.wait_for_selector("body.kiosk:not(.large)")
            assert await page.get_attribute('[data-mode="large"]', "aria-pressed") == "false"

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_the_cart_is_in_sight_for_who_needs_it_low_and_large(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            for size in ((1080, 1920), (1024, 768)):
                async with touch(served, size, "/kiosk?register=2") as page:
                    await begun(page, language, "low", "large")
                    await put(page, "milk")
                    for part in ('#cart [data-change="more"]', "#checkout", "#goods", "#leave"):
                        assert await seen(page, part), (size, part)
                    await left(page)

    run(scenario())


def test_a_phone_in_a_closed_shop_is_offered_what_it_may_have(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            today = served.shop.now_us() // 86_400_000_000 + 3  # 1970 began on a Thursday
            weekly = tuple(() if at == today % 7 else (OpenSpan(600, 720),) for at in range(7))
            await served.shop.do(SetHours(StoreHours(weekly, slot_min=60, days_ahead=3)), SYSTEM)
            async with touch(served, (390, 844), "/shop?lang=en&place=Table%204") as page:
                assert await seen(page, ".shop-name >> text=Table 4")
                await put(page, "milk")
                await page.tap("#checkout")
                await page.wait_for_selector('#place [name="slot"]')
                assert not await page.locator('#place option[value=""]').count(), "nobody makes it now"
                await page.tap('#place [type="submit"]')
                await page.wait_for_url("**/order/**")
                (order,) = read_shop_orders(served.shop.reader)
                assert order.slot_from_us

    run(scenario())


def test_why_an_order_is_refused_is_in_sight_and_the_number_says_what_is_to_pay(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            await served.shop.do(SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            async with touch(served, (390, 844), "/shop?lang=en") as page:
                await put(page, "milk")
                await page.tap("#checkout")
                await page.tap('#place [value="delivery"]')
                await page.fill('#place [name="postal_code"]', "75020")
                await page.wait_for_selector("#place [type=submit]:enabled")
                await page.tap('#place [type="submit"]')
                assert await seen(page, "#place-error:not(:empty)")
            async with touch(served, (1024, 768), "/kiosk?register=2") as page:
                await begun(page)
                await put(page, "milk")
                await page.tap("#checkout")
                await page.tap('#place [type="submit"]')
                assert await seen(page, "#done >> text=To pay on pickup: €1.20")
                assert await seen(page, "#change-order")

    run(scenario())


def test_what_is_dearer_by_now_is_ordered_at_the_new_sum_by_one_more_tap(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1024, 768), "/kiosk?register=2") as page:
            await begun(page)
            await put(page, "milk")
            await page.tap("#checkout")
            await page.wait_for_selector('#place [type="submit"] >> text=€1.20')
            dearer = (Product("milk", {"en": "Milk"}, (MILK,), 150),)
            assert isinstance(await served.shop.do(SetProducts(dearer, Source(BY_HAND)), SYSTEM), Done)
            await page.tap('#place [type="submit"]')
            await page.wait_for_selector("#place-error >> text=€1.50")
            await page.wait_for_selector('#place [type="submit"]:not([disabled]) >> text=€1.50')
            await page.wait_for_selector('#checkout[data-total="150"]')
            await page.tap('#place [type="submit"]')
            await page.wait_for_selector("#done[open] #number")
            (order,) = read_shop_orders(served.shop.reader)
            assert order.goods.total_minor == 150

    run(scenario())


def test_what_is_said_stands_above_the_veil_and_a_long_code_in_it_wraps(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 664), "/shop?lang=en") as page:
            juice = Product("juice", {"en": "Juice"}, (), 320)
            three = Promotion("three", {"en": "3 for 8.00"}, SeveralFor(3, 800), Goods(("juice",)))
            half = Promotion("half", {"en": "Half price"}, PercentOff(50_000), Goods(("milk",)))
            assert isinstance(await served.shop.do(SetProducts((juice,), Source(BY_HAND)), SYSTEM), Done)
            for promotion in (three, half):
                assert isinstance(await served.shop.do(SetPromotion(promotion), SYSTEM), Done)
            await page.reload()
            await page.wait_for_selector('[data-sku="juice"] .promoted >> text=3 for 8.00')
            assert (await page.locator('[data-sku="milk"] .price').inner_text()).split() == ["€1.20", "€0.60"]
            await page.screenshot(path=tmp_path / "card.png")
            await page.tap('#goods [data-sku="milk"]')
            await page.wait_for_selector("#sheet .promoted >> text=Half price")
            await page.route("**/shop/add*", refuse_code)
            await page.tap("#put")
            await page.wait_for_selector("#toast:popover-open")  # in the top layer, above the veil
            box = await page.locator("#toast").bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
            await page.screenshot(path=tmp_path / "toast.png")

    async def refuse_code(route: Route) -> None:
        said = {"code": "unknown_code", "message": f"Unknown code {'9' * 120}", "values": {}}
        await route.fulfill(status=422, json={"code": said["code"], "refused": said})

    run(scenario())


HEIGHTS = """() => {
  const lines = document.querySelectorAll("#cart .lines li");
  if (lines.length !== 3) return null;
  const height = (one) => one.getBoundingClientRect().height;
  const foot = height(document.querySelector(".foot"));
  return { foot, lines: height(lines[0].closest(".lines")), line: height(lines[0]) };
}"""
"""All at one moment: the cart is drawn again whenever it changed."""


def test_a_small_screen_that_lies_has_room_for_the_cart_in_every_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            some = tuple(Product(sku, {"en": sku.title()}, (), 320) for sku in ("bread", "soap"))
            assert isinstance(await served.shop.do(SetProducts(some, Source(BY_HAND)), SYSTEM), Done)
            for language in LANGUAGES:
                async with touch(served, (1024, 768), "/kiosk?register=2") as page:
                    await begun(page, language)
                    for sku in ("milk", "bread", "soap"):
                        await put(page, sku)
                    heights = await (await page.wait_for_function(HEIGHTS)).json_value()
                    await page.screenshot(path=tmp_path / f"kiosk_{language}.png")
                    assert 0 < heights["foot"] < 80, "one row"
                    assert heights["lines"] >= 2.5 * heights["line"] > 0, language
                    await left(page)

    run(scenario())
