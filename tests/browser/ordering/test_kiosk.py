"""The kiosk as customers touch it, its order at the till by one scan, and a phone that follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.counter.till.commands import AddLine
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.queries import read_shop_orders
from edge.people.coupons.commands import MakeCoupons
from edge.people.coupons.queries import read_series, unused_codes
from tests.browser.browsing import agree, browser, scan, till
from tests.browser.serving import DEADLINE_S, Served, serve
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
PHONES = CONFIG + "[orders]\nphones = true\n"


@asynccontextmanager
async def touch(served: Served, size: tuple[int, int], path: str, timed: bool = False) -> AsyncIterator[Page]:
    """A page on a screen that is touched; it may have nothing to complain of."""
    async with browser() as launched:
        context = await launched.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True)
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_S * 1000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if timed:
            await page.clock.install()
        await page.goto(served.url + path)
        await page.wait_for_selector("body[data-ready]")
        yield page
        assert not complaints, complaints


async def scan_in_time(page: Page, code: str) -> None:
    """As `scan`, on a `timed` page: there the page's own clock says when a key was pressed, so it stands meanwhile."""
    await page.clock.pause_at(await page.evaluate("Date.now() / 1000 + 10"))
    await scan(page, code)
    await page.clock.resume()


async def put(page: Page, sku: str) -> None:
    await page.tap(f'[data-sku="{sku}"]')
    await page.tap("#put")


def test_from_the_first_touch_to_the_till_that_scans_the_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await page.tap('[data-start="fr"]')
            await page.wait_for_selector('html[lang="fr"] body[data-ready]')
            await page.fill("#search", "lai")
            await page.wait_for_selector('#goods .card >> nth=0 >> text="Lait"')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.tap("#search-clear")
            await page.wait_for_selector('[data-sku="beer"]')
            await put(page, "beer")
            await page.wait_for_selector("#age[open]")
            await page.tap("#age-yes")
            await page.wait_for_selector('#cart [data-line="2"]')
            await page.tap('#cart [data-line="1"] [data-change="more"]')
            await page.wait_for_selector('#checkout[data-total="490"]')
            await page.tap("#checkout")
            await page.fill('#place [name="name"]', "Dana")
            await page.tap('#place [type="submit"]')
            assert (await page.inner_text("#number")).strip() == "K01"
            (order,) = read_shop_orders(served.shop.reader)
            assert (order.name, order.language) == ("Dana", "fr")
            async with till() as cashier:
                await cashier.open(served, "register=1&lang=en")
                await cashier.scan(f"https://hub.example/join#wifi=Caf%C3%A9&to={served.url}/order/{order.secret}")
                await cashier.see("dialog.question[open]", "18+")
                await cashier.see("#lines", "Milk")
                await cashier.keys("Enter")
                await cashier.gone("dialog.question[open]")
                await cashier.keys("F9")
                await cashier.see("dialog[open]", "€4.90")
                await cashier.keys("Enter")
                await cashier.see("#sales", "€4.90")
                (order,) = read_shop_orders(served.shop.reader, ended=True)
                assert (order.state, order.register, order.receipt) == ("handed_over", "1", 1)
            await page.tap("#next")
            await page.wait_for_selector('html[lang="en"] #welcome:not([hidden])')
            assert "Dana" not in await page.content()

    run(scenario())


def test_who_walks_away_is_asked_and_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path, PHONES) as served,
            touch(served, (1024, 768), "/kiosk?register=2", timed=True) as page,
        ):
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.clock.fast_forward(91_000)
            await page.wait_for_selector("#still[open]")
            await page.tap("#still-yes")
            await page.wait_for_selector("#still", state="hidden")
            await page.clock.fast_forward(91_000)
            await page.wait_for_selector("#still[open]")
            await page.clock.fast_forward(31_000)
            await page.wait_for_selector("#welcome:not([hidden])")
            await page.wait_for_selector("#cart [data-line]", state="detached")
            await page.tap('[data-start="en"]')
            await page.tap("#call")
            await page.wait_for_selector("#called[open]")
            await served.shop.do(AddLine(MILK), CASHIER)
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                await manager.page.locator("#later").click()
                await manager.page.locator('#later-form [name="name"]').fill("Omer")
                await manager.page.locator('#later-form [type="submit"]').click()
                await manager.see("#order-dialog[open]", "T01")
                await manager.keys("Escape")
                await manager.see(".ticket", "T01")
                await manager.see('[data-kiosk="2"]')
                await manager.page.locator('[data-going="2"]').click()
                await manager.gone('[data-kiosk="2"]')

    run(scenario())


def test_a_phone_asks_before_it_goes_on_with_the_kiosks_cart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as kiosk:
            await kiosk.tap('[data-start="en"]')
            await kiosk.wait_for_selector("#welcome", state="hidden")
            await put(kiosk, "milk")
            await kiosk.wait_for_selector("#cart [data-line]")
            (cart,) = served.shop.reader.execute("SELECT id FROM cart").fetchone()
            async with touch(served, (390, 844), f"/shop?take={cart}&lang=en") as phone:
                await phone.wait_for_selector("#take[open]")
                assert cart not in phone.url, "it stays in no history"
                assert not await phone.locator("#cart [data-line]").count()
                await phone.tap("#take-yes")
                await phone.wait_for_selector("#cart [data-line]")
                await phone.reload()
                await phone.wait_for_selector("#cart [data-line]")

    run(scenario())


def test_a_phone_orders_and_sees_that_it_is_ready(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (390, 844), "/shop?place=Table%204") as phone:
            assert await phone.evaluate("document.documentElement.scrollWidth") == 390, "nothing is cut off"
            await put(phone, "milk")
            await phone.wait_for_selector("#cart [data-line]")
            await phone.tap("#checkout")
            await phone.tap('#place [type="submit"]')
            await phone.wait_for_selector('body.order[data-state="placed"]')
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                await manager.see(".ticket", "Table 4")
                for to in ("accepted", "preparing", "ready"):
                    await manager.page.locator(f'[data-to="{to}"]').click()
                await phone.wait_for_selector('body.order[data-state="ready"]')
                await manager.page.locator("[data-hand]").click()
                await manager.page.locator('#hand [value="cash"]').click()
                await manager.gone(".ticket")
            await phone.wait_for_selector('body.order[data-state="handed_over"]')

    run(scenario())


def test_a_phone_sees_what_a_delivery_costs_while_it_types_where_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            always = ((OpenSpan(0, 1440),),) * 7
            await served.shop.do(SetHours(StoreHours(always, slot_min=60, days_ahead=2)), SYSTEM)
            mornings = ((OpenSpan(480, 600),),) * 7
            town = DeliveryZone("town", "Town", ("750",), "mystery", 300, weekly=mornings)
            await served.shop.do(SetZone(town), SYSTEM)
            async with touch(served, (390, 844), "/shop?lang=en") as page:
                await put(page, "milk")
                await page.tap("#checkout")
                await page.tap('#place [value="delivery"]')
                times = await page.locator("#place option").count()
                await page.fill('#place [name="postal_code"]', "9")
                await page.wait_for_selector("#terms .error")
                await page.fill('#place [name="postal_code"]', "75020")
                await page.wait_for_selector("#terms .hint >> text=Town")
                await page.wait_for_selector('#place [type="submit"] >> text=€4.20')
                assert 1 < await page.locator("#place option").count() < times // 4
                await page.select_option('#place [name="slot"]', index=1)
                for name, text in (("name", "Dana"), ("phone", "01 23 45 67 89"), ("address", "1 Rue X")):
                    await page.fill(f'#place [name="{name}"]', text)
                await page.tap('#place [type="submit"]')
                await page.wait_for_url("**/order/**")
                (order,) = read_shop_orders(served.shop.reader)
                assert (order.fulfilment, order.zone, order.goods.total_minor) == ("delivery", "town", 420)
                await page.goto(served.url + "/shop?lang=en")
                await put(page, "milk")
                await page.tap("#checkout")
                await page.tap('#place [value="delivery"]')
                await page.fill('#place [name="postal_code"]', "75020")
                await page.wait_for_selector('#place [type="submit"] >> text=€4.20')
                await page.tap('#place [value="pickup"]')
                await page.wait_for_selector('#place [type="submit"] >> text=€1.20')

    run(scenario())


def test_an_order_that_is_read_at_the_welcome_does_not_stay_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path, PHONES) as served,
            touch(served, (1024, 768), "/kiosk?register=2", timed=True) as page,
        ):
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector("#cart [data-line]")
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.tap("#next")
            await page.wait_for_selector("#welcome:not([hidden])")
            await page.wait_for_selector("body[data-ready]")
            (order,) = read_shop_orders(served.shop.reader)
            await scan_in_time(page, f"{served.url}/order/{order.secret}")
            await page.wait_for_selector("#sheet[open] #cancel")
            await page.clock.fast_forward(91_000)
            await page.wait_for_selector("#still[open]")
            await page.clock.fast_forward(31_000)
            await page.wait_for_selector("#welcome:not([hidden])")
            await page.wait_for_selector("#sheet", state="hidden")

    run(scenario())


def test_what_was_ordered_at_a_kiosk_is_made_less_there_also_by_its_qr(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.tap('#cart [data-line="1"] [data-change="more"]')
            await page.wait_for_selector('#checkout[data-total="240"]')
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.tap("#change-order")
            await page.tap("#sheet .edit summary")
            await page.tap('#sheet [data-line="1"] [data-out="1000"]')
            await page.wait_for_selector("#sure[open]")
            await page.tap("#sure-no")
            (order,) = read_shop_orders(served.shop.reader)
            assert order.goods.total_minor == 240, "no was no"
            await page.tap('#sheet [data-line="1"] [data-out="1000"]')
            await page.tap("#sure-yes")
            await page.wait_for_selector('#sheet .take-out [data-out="0"] >> nth=0')
            await page.wait_for_selector("#sheet .total >> text=€1.20")
            (order,) = read_shop_orders(served.shop.reader)
            assert order.goods.total_minor == 120
            await page.tap("#sheet > .choices [data-close]")
            await scan(page, f"{served.url}/order/{'x' * 24}#north")
            await page.wait_for_selector("text=This order belongs to another store: north.")
            await scan(page, f"https://hub.example/join#wifi=Caf%C3%A9&to={served.url}/order/{order.secret}")
            await page.wait_for_selector("#sheet[open] #state h1")
            await page.tap("#sheet #cancel")
            await page.tap("#sure-yes")
            await page.wait_for_selector("#sheet h1 >> text=Cancelled")

    run(scenario())


VOICE = """
    globalThis.heard = [];
    const speak = (one) => heard.push(`${one.lang}: ${one.text}`);
    const voices = { getVoices: () => [{ lang: "fr-FR" }], cancel() {}, speak, addEventListener() {} };
    Object.defineProperty(globalThis, "speechSynthesis", { value: voices });
"""


def test_who_cannot_read_the_screen_hears_it_in_their_language(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await page.context.add_init_script(VOICE)

            async def hears(text: str) -> None:
                await page.wait_for_function("(text) => heard.at(-1)?.includes(text)", arg=text)

            await page.goto(served.url + "/kiosk?register=2&lang=he")
            await page.wait_for_selector("body[data-ready]")
            assert await page.locator('[data-mode="spoken"]').is_hidden(), "no voice here knows Hebrew"
            await page.tap('[data-start="fr"]')
            await page.wait_for_selector('html[lang="fr"] body[data-ready]')
            await page.tap('[data-sku="milk"]')
            await page.tap("#sheet [data-close]")
            assert await page.evaluate("heard") == [], "nobody asked for it"
            await page.tap('[data-mode="spoken"]')
            await page.tap('[data-sku="milk"]')
            await hears("fr: Lait")
            await page.tap("#put")
            await hears("1,20")
            await page.tap("#checkout")
            await hears("1,20")
            await page.focus('#place [name="name"]')
            await hears("Nom")
            await page.tap('#place [type="submit"]')
            await hears("Merci")
            assert all(one.startswith("fr: ") for one in await page.evaluate("heard"))

    run(scenario())


def test_what_is_scanned_at_the_welcome_page_begins(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await page.wait_for_selector("#welcome:visible")
            await scan(page, MILK)
            await page.wait_for_selector('#checkout[data-total="120"]')
            await page.wait_for_selector("#welcome", state="hidden")
            assert await page.input_value("#search") == ""

    run(scenario())


def test_a_phone_takes_out_of_its_order_and_finds_back_to_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served:
            days = date(2025, 1, 1), date(2060, 1, 1)
            await served.shop.do(MakeCoupons("Half", *days, 1, 50_000), SYSTEM)
            (code,) = unused_codes(served.shop.reader, read_series(served.shop.reader)[0], "EUR")
            async with touch(served, (390, 844), "/shop?lang=en") as page:
                await put(page, "milk")
                await page.tap('#cart [data-line="1"] [data-change="more"]')
                await page.wait_for_selector('#checkout[data-total="240"]')
                await page.tap("#checkout")
                await page.fill('#place [name="coupon"]', "CP-NOTHING")
                await page.tap("#use-coupon")
                await page.wait_for_selector("#place-error:not(:empty)")
                await page.fill('#place [name="coupon"]', code.text)
                await page.tap("#use-coupon")
                await page.wait_for_selector('#place[data-total="120"]')
                await page.tap('#place [type="submit"]')
                await page.wait_for_url("**/order/**")
                await page.goto(served.url + "/shop?lang=en")
                await page.tap(".own-order a")
                await page.tap(".edit summary")
                await page.tap('[data-line="1"] [data-out="1000"]')
                await agree(page, "€0.60")
                await page.wait_for_selector(".edit[open] .total >> text=€0.60")
                (order,) = read_shop_orders(served.shop.reader)
                assert (order.goods.total_minor, order.goods.coupons[0].minor) == (60, 60)

    run(scenario())
