"""A customer's face in a browser with a camera: signed and enrolled in their account on a phone, known at the kiosk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from edge.ordering.orders.customers.customer_sign_in import SignInCart
from edge.ordering.orders.queries import cart_at, other_carts
from edge.ordering.recognition.commands import SetCustomerFaces
from edge.ordering.recognition.means import CUSTOMER_FACE
from edge.ordering.recognition.queries import count_templates, read_release
from edge.people.customers.commands import SetCustomer
from edge.runtime import inference
from tests.browser.accounting.test_account_page import signed_in
from tests.browser.ordering.test_own_face import camera, measured, opened
from tests.browser.serving import Served, serve
from tests.flow.ordering import test_customer_face as flow
from tests.flow.ordering import test_face_hint as of_faces
from tests.ordering import do, milk_cart
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, run
from tests.sync_doubles import until
from tests.voices import ASSESSED

pytestmark = pytest.mark.needs("chromium")
PHONE, KIOSK = (390, 664), (1080, 1920)
ROUNDED = 1.0
"""Pixels: a row that scrolls stops at whole ones."""
TEXT = flow.text(more=of_faces.MODEL + flow.SMS + flow.ACCOUNTS)


async def fits(page: Page, selector: str = "") -> None:
    """Nothing lies beside the screen; what is to be touched is as large as a finger and can be reached."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the screen"
    if selector:
        await page.locator(selector).scroll_into_view_if_needed()
        box: Any = await page.locator(selector).bounding_box()
        width, height = page.viewport_size["width"], page.viewport_size["height"]  # type: ignore[index]
        assert box["height"] >= 44 and box["x"] >= -ROUNDED and box["x"] + box["width"] <= width + ROUNDED
        assert box["y"] >= -ROUNDED and box["y"] + box["height"] <= height + ROUNDED


def test_signed_on_a_phone_and_recognised_at_the_kiosk_with_the_code_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "START_S", 0.0)
    measured(tmp_path)

    async def scenario() -> None:
        async with serve(tmp_path, TEXT) as served, opened(camera(tmp_path, of_faces.DANA)) as page:
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await of_faces.with_models(served)
            dana = await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            await do(served.shop, SetCustomerFaces(True, ASSESSED), SYSTEM)
            cart = await milk_cart(served.shop, 2, "phone")
            await do(served.shop, SignInCart(cart.id, dana), SYSTEM)
            await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await enrolled_on_the_phone(served, page)

            await page.set_viewport_size({"width": KIOSK[0], "height": KIOSK[1]})
            await page.goto(f"{served.url}/kiosk?register=2&lang=en")
            await page.click('[data-start="en"]')
            await page.click("#my-cart")
            await page.wait_for_selector("#sign-in-form")
            await fits(page, "#sheet [data-face]")
            await page.click("#sheet [data-face]")
            await page.wait_for_selector("#cart [data-line]")
            assert "You opened your cart with your face" in await page.inner_text("#cart")
            here = cart_at(served.shop.reader, "2", served.shop.now_us())
            assert here is not None and (here.basket.customer, here.face_of) == ("", dana)
            await page.click("#checkout")
            await page.wait_for_selector("#place")
            assert await page.locator("#sign-in").count(), "a code for all else"
            await page.click("#place [data-close]")
            await page.click("#leave")
            await page.wait_for_selector("body[data-ready] #welcome:not([hidden])")

            def carts() -> list[Any]:
                return other_carts(served.shop.reader, dana, "", served.shop.now_us())

            await until(lambda: bool(carts()), "the goods went back with who went")
            (back,) = carts()
            assert [line.sku for line in back.lines] == ["milk"]

            await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await page.goto(f"{served.url}/me?lang=en")
            await page.click('#face [data-consent="no"]')
            await page.wait_for_selector('#face [data-send="face"]')
            assert read_release(served.shop.reader, dana, CUSTOMER_FACE) is None
            assert count_templates(served.shop.reader, CUSTOMER_FACE) == 0
            assert complaints == []

    run(scenario(), 240)


async def enrolled_on_the_phone(served: Served, page: Page) -> None:
    """Dana signs in by a code, reads, signs, and lets three pictures be taken."""
    await signed_in(served, page, "06 12 34 56 78", tap=False)
    await page.wait_for_selector("#face")
    await fits(page, '#face [type="submit"]')
    await page.fill('#face [name="signed"]', "Dana Levi")
    await page.check('#face [type="checkbox"]')
    await page.click('#face [type="submit"]')
    for number in (1, 2):
        await page.click("#face-look")
        await page.locator("#face-seen", has_text=f"{number} of 3 taken.").wait_for()
    await page.click("#face-look")
    await page.locator("#face", has_text="Your face template is stored until").wait_for()
    await fits(page)


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_both_ways_fit_on_a_small_screen_in_each_language(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, TEXT) as served, opened() as page:
            await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            await flow.switched_on(served.shop, tmp_path)
            await page.goto(f"{served.url}/kiosk?register=2&lang={language}")
            await page.click(f'[data-start="{language}"]')
            for width, height in (PHONE, KIOSK):
                await page.set_viewport_size({"width": width, "height": height})
                await fits(page, "#my-cart")
                await page.click("#my-cart")
                await page.wait_for_selector("#sign-in-form")
                await fits(page, "#sheet [data-face]")
                await fits(page, '#sign-in-form [type="submit"]')
                await page.click("#sheet [data-close]")
            await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await signed_in(served, page, "06 12 34 56 78", tap=False, language=language)
            await page.wait_for_selector("#face")
            await fits(page, '#face [type="submit"]')

    run(scenario(), 120)
