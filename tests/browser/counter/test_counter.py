"""The counter by touch and by keys: quick keys, the number pad, discounts, baskets set aside, gift cards, exchanges."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from edge.core.messages import Refused
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.quick_keys.queries import read_layout
from edge.counter.till.commands import AddLine
from edge.counter.till.queries import read_receipt
from edge.goods.catalog.commands import RetireProducts
from edge.money.gift_cards.queries import find_card
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import CASHIER, MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")

KEYS = (KeyPage({"en": "Daily"}, (Key(0, "milk", "blue"),)), KeyPage({"en": "Bar"}, (Key(4, "beer"),), "red"))


async def touch(page: Till, selector: str) -> None:
    await page.page.locator(selector).first.click()


def test_by_touch_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetQuickKeys(KEYS), SYSTEM)
            await page.page.set_viewport_size({"width": 1024, "height": 768})
            await page.open(served)
            await page.see('[data-quick="milk"]')
            await touch(page, '[data-quick="milk"]')
            await page.see("#lines .line .name", "Milk")
            await touch(page, '[data-act="quantity"]')
            await page.see("#quantity-dialog[open]")
            for key in ("1", "0"):
                await touch(page, f'#quantity-dialog [data-key="{key}"]')
            await touch(page, '#quantity-dialog [type="submit"]')
            await page.see("#sums .due", "12.00")
            await touch(page, '[data-act="discount"]')
            await page.see('[data-counter="discount"]')
            await touch(page, '[data-fill-in="10"]')
            await touch(page, "#counter-yes")
            await page.see("#counter-dialog .error", "Choose or enter a reason")
            await touch(page, '#counter-dialog .pick:has([value="damaged"]) label')
            await touch(page, "#counter-yes")
            await page.see("#pin-dialog[open]")
            for digit in PIN:
                await touch(page, f'#pin-dialog [data-key="{digit}"]')
            await touch(page, '#pin-dialog [type="submit"]')
            await page.see("#sums .due", "10.80")
            await touch(page, '[data-act="park"]')
            await page.see("#lines .idle")
            await touch(page, '[data-act="park"]')
            await touch(page, "[data-parked]")
            await page.see("#sums .due", "10.80")
            await touch(page, '[data-act="cash"]')
            for key in ("2", "0"):
                await touch(page, f'#cash-dialog [data-key="{key}"]')
            await touch(page, '#cash-dialog [type="submit"]')
            await page.see("#change", "9.20")
            width = await page.page.evaluate("document.documentElement.scrollWidth")
            assert width <= 1024, "nothing is pushed out of the page"

    run(scenario())


COVERED = """() => {
    const pad = document.querySelector("#cash-dialog .pad").getBoundingClientRect();
    const others = [...document.querySelectorAll("#cash-dialog form > :not(.pad)")].filter((one) => one.offsetParent);
    const over = (box) => box.width && box.left < pad.right - 1 && box.right > pad.left + 1
        && box.top < pad.bottom - 1 && box.bottom > pad.top + 1;
    return others.filter((one) => over(one.getBoundingClientRect())).map((one) => one.outerHTML.slice(0, 80));
}"""


@pytest.mark.parametrize("language", ["en", "he"])
def test_the_number_pad_covers_nothing_and_comes_only_to_numbers(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await done(served.shop, AddLine(MILK))
            await page.open(served, f"lang={language}")
            await page.see("#lines .line[data-line]")
            await touch(page, '[data-act="cash"]')
            await page.see("#cash-dialog[open] .pad.numbers")
            assert await page.page.evaluate(COVERED) == []
            await page.keys("Escape")
            await page.gone("#cash-dialog[open]")
            await touch(page, '[data-act="more"]')
            await touch(page, '[data-go="park_named"]')
            await page.see('#counter-dialog[open] [data-counter="park_named"]')
            assert await page.page.locator("dialog[open] .pad").count() == 0
            await page.keys("Escape")
            await page.gone("#counter-dialog[open]")
            await touch(page, '[data-act="keys"]')
            await page.see("#keys-dialog[open] kbd", "F8")

    run(scenario())


def test_gift_cards_open_amounts_and_exchanges_by_keys(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            await page.keys("+", "g")
            await page.see('[data-counter="gift"]')
            await page.keys("gift123456")
            await page.page.locator('#counter-dialog [name="amount"]').fill("50")
            await page.keys("Enter")
            await page.see("#sums .due", "50.00")
            assert await page.page.locator("[data-pieces]").count() == 0, "a card is loaded once"
            await page.keys("F9", "Enter")
            await page.see("#change")
            await page.keys("+", "o")
            await page.see('[data-counter="open"]')
            await page.keys("12.50", "Enter")
            await page.see("#sums .due", "12.50")
            await page.keys("+", "g")
            await page.see('[data-counter="gift"]')
            await page.keys("gift123456", "Enter")
            await page.see("#change")
            card = find_card(served.shop.reader, "GIFT123456")
            assert card is not None
            assert card.balance_minor == 3_750
            await page.keys(MILK, "Enter")
            await page.see("#lines .line .name", "Milk")
            await page.keys("F3")
            await page.see("#refundable .found")
            await page.keys("Enter")
            await page.see("#refund-sale .take")
            await touch(page, "#refund-sale .take")
            await touch(page, "[data-exchange]")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see(".line.goes-back", "12.50")
            await page.see("#sums .due", "11.30")
            await page.keys("F8")
            await page.see("#give-dialog[open] .huge", "11.30")  # nobody is asked what the customer gave
            await page.keys("Enter")
            await page.see(".ended", "Gift card")
            receipt = read_receipt(served.shop.reader, "1", 3)
            assert receipt is not None
            assert receipt.total_minor == -1_130

    run(scenario())


def test_keys_pressed_before_a_dialog_is_there_are_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            pressed = asyncio.Event()

            async def slow(route: Route) -> None:
                await pressed.wait()
                await route.continue_()

            await page.page.route("**/fragments/counter/**", slow)
            await page.keys("+", "g", "gift77")
            pressed.set()
            await page.see('[data-counter="gift"]')
            await expect(page.page.locator('#counter-dialog [name="code"]')).to_have_value("gift77")
            assert await page.page.locator("#code").input_value() == "", "nothing is left where codes are scanned"

    run(scenario())


def test_a_manager_arranges_keys(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served, path="/manager/keys")
            await touch(page, '[data-do="add"]')
            await touch(page, '#grid [data-place="2"]')
            await page.see("#key-dialog[open]")
            await page.keys("milk")
            await touch(page, "#picks [role=option]")
            await page.see("#key-now", "Milk")
            await touch(page, '#key-dialog [type="submit"]')
            await page.see('#grid [data-place="2"] .said', "Milk")
            await touch(page, '#grid [data-place="2"]')
            await touch(page, '#key-dialog [data-do="move"]')
            await page.see("#moving", "new position for Milk")
            await touch(page, '#grid [data-place="7"]')
            await page.see('#grid [data-place="7"] .said', "Milk")
            async with page.page.expect_navigation(url="**of=**"):
                await touch(page, '[data-do="save"]')
            await page.see('#grid [data-place="7"] .said', "Milk")
            ((only,),) = (one.keys for one in read_layout(served.shop.reader))
            assert (only.place, only.sku) == (7, "milk")

            # A key waits for its place, and its page is dropped: it goes nowhere, and takes no other key with it.
            both = (KeyPage({"en": "One"}, (Key(0, "milk"),)), KeyPage({"en": "Two"}, (Key(1, "beer"),)))
            await done(served.shop, SetQuickKeys(both), SYSTEM)
            await page.open(served, path="/manager/keys")
            await touch(page, '#grid [data-place="0"]')
            await touch(page, '#key-dialog [data-do="move"]')
            await touch(page, '#page-form [data-do="drop"]')
            await page.see('#grid [data-place="1"] .said', "Beer")
            assert await page.page.locator("#moving").inner_text() == ""
            await touch(page, '#grid [data-place="1"]')
            await page.see("#key-dialog[open]")

    run(scenario())


def test_keys_are_arranged_by_the_keyboard_alone_and_each_register_has_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served, path="/manager/keys", query="register=1&of=2")
            await page.page.locator('[data-do="add"]').focus()
            await page.keys("Enter")
            await page.page.locator('#grid [data-place="0"]').focus()
            await page.keys("Enter")
            await page.see("#key-dialog[open]")
            await page.scan(MILK)  # a code goes into the field, and is chosen
            await page.gone("#key-dialog[open]")
            await page.page.locator('[data-do="save"]').focus()
            async with page.page.expect_navigation(url="**of=2**"):  # shown anew from what was kept
                await page.keys("Enter")
            await page.see('#grid [data-place="0"] .said', "Milk")
            assert (read_layout(served.shop.reader), len(read_layout(served.shop.reader, "2"))) == ((), 1)
            assert page.complaints == []

    run(scenario())


def test_a_key_whose_product_was_given_up_keeps_its_place_and_sells_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            keys = SetQuickKeys((KeyPage({"en": "Fresh"}, (Key(0, "milk"), Key(1, "beer"))),))
            for command in (keys, RetireProducts(("milk",))):
                await done(served.shop, command, SYSTEM)
            await page.open(served)
            await page.see('#quick [data-quick="milk"]:disabled', "Milk")
            await page.page.locator('#quick [data-quick="milk"]').click(force=True)
            await page.see("#lines .idle")
            refused = await served.shop.do(AddLine(sku="milk"), CASHIER)
            assert isinstance(refused, Refused) and refused.code == "retired", "nor by a page that is late"
            await page.open(served, path="/manager/keys")
            await page.see('#grid [data-place="0"].gone', "Milk")
            assert page.complaints == []

    run(scenario())
