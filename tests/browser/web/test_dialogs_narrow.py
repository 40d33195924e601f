"""Dialogs on a phone, the till's and the manager's, in each language: nothing is cut, and none goes sideways."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.tables.commands import SetTable
from edge.counter.tables.table import FloorTable
from edge.counter.till.commands import AddLine
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.lib.i18n import LANGUAGES
from edge.money.tenders.commands import SetRate
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.scheduling import one_by_day
from tests.shop_fixture import CASHIER, MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")

PHONE = (390, 664)
LAGER = Product("lager", {"en": "Lager", "he": "בירה"}, ("5449000000996",), 500, box=24)
RECEIVED = (
    SetProducts((LAGER,)),
    buying.SetSupplier("brewery", {"en": "Old Brewery"}),
    buying.SetSupplierPrice("brewery", "lager", 100),
    buying.CreatePurchaseOrder("brewery", (buying.OrderLine("lager", 10_000),)),
    buying.ApprovePurchaseOrder(1),
    buying.SendPurchaseOrder(1),
    buying.ReceivePurchaseOrder(1, "DN 1", (buying.ReceiptLine("lager", 4_000),)),
)
ACTS = ("cash", "other", "quantity", "price", "discount", "abandon", "find", "shift", "more")
CUT = """() => {
  const dialog = document.querySelector("dialog[open]"), { left, right } = dialog.getBoundingClientRect();
  const cut = [...dialog.querySelectorAll("button, h2, .label, .pick span, .huge")].filter((one) => {
    const box = one.getBoundingClientRect();
    return one.checkVisibility() && (box.left < left || box.right > right || one.scrollWidth > one.clientWidth + 1);
  });
  return [...(dialog.scrollWidth > dialog.clientWidth ? ["it goes sideways"] : []), ...cut.map((one) => one.innerText)];
}"""
BROKEN = """() => [...document.querySelectorAll("main button")]
  .filter((one) => one.checkVisibility() && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.innerText)"""
IN_HEAD = """() => [...document.querySelectorAll(".top > *")].filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().left < 0 || one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.innerText)"""
HEAD = """() => [...document.querySelectorAll(".top button, .top button > *, .top a")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
  .map((one) => one.innerText)"""


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_on_a_phone_no_dialog_of_the_till_is_cut_in_any_language(language: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE, touched=True) as page:
            await done(served.shop, SetRate("USD", 915_300), SYSTEM)
            await served.shop.do(AddLine(MILK, quantity=99_000), CASHIER)
            await page.open(served, f"lang={language}")
            await page.see("#lines [data-line]")
            assert await page.page.evaluate(HEAD) == []
            for act in ACTS:
                await _open(page, act)
                assert await page.page.evaluate(CUT) == [], act
                if act == "other":
                    base = await page.page.locator("#counter-dialog .pick small bdi").get_attribute("dir")
                    assert base == LANGUAGES[language].direction, "a rate is read as its page is"
                await page.keys("Escape")
                await page.gone("dialog[open]")

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_on_a_phone_a_managers_dialog_and_buttons_keep_their_words_whole(language: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE, touched=True) as page:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await done(served.shop, SetTable(FloorTable("t1", "1", seats=4)), SYSTEM)
            await done(served.shop, SetQuickKeys((KeyPage({"en": "Milk"}, (Key(0, "milk"),), "brown"),)), SYSTEM)
            for path in ("/manager/tables", "/manager/cards", "/manager/keys"):
                await page.open(served, f"register=1&lang={language}", path)
                await page.see("main button")
                assert await page.page.evaluate(BROKEN) == [], path
            await page.page.locator("#grid button").first.tap()
            await page.see("#key-dialog[open]")
            assert await page.page.evaluate(CUT) == []

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_on_a_phone_goods_are_moved_scanned_and_put_right_with_the_way_back_in_sight(
    language: str, tmp_path: Path
) -> None:
    """The dialogs of the store room: what was ordered came, is put right, is moved; and who says so."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, till(PHONE, touched=True) as page:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            for command in RECEIVED:
                await done(served.shop, command, SYSTEM)
            asked = f"register=1&lang={language}"
            await page.open(served, f"{asked}&sku=lager", "/manager/stock/item")
            await page.see('[data-act="in"]')
            assert await page.page.evaluate(IN_HEAD) == []
            for act in ("in", "out", "waste", "adjust", "aside"):
                await page.page.locator(f'[data-act="{act}"]').tap()
                await _whole(page, f"move-dialog, {act}")
            await page.open(served, asked, "/manager/stock")
            await page.page.locator("[data-camera]").first.tap()
            await _whole(page, "camera-dialog")
            await page.open(served, f"{asked}&id=1", "/manager/purchase")
            await page.see("#part-lines")
            assert await page.page.evaluate(IN_HEAD) == []
            await page.page.evaluate("window.same = true")
            for part in ("data-receipt", "data-freight"):
                await page.page.locator(f"[{part}]").first.evaluate("(one) => one.click()")
                await _whole(page, part)
            assert await page.page.evaluate("window.same"), "who says nothing loses nothing of what they typed"
            await page.page.context.clear_cookies()
            await page.page.goto(f"{served.url}/chat?{asked}")
            await page.page.locator("#say [name=text]").fill("took 3 cola")
            await page.page.keyboard.press("Enter")
            await _whole(page, "who-speaks")

    run(scenario())


async def _whole(page: Till, what: str) -> None:
    """An open dialog: nothing is cut, its last buttons are in sight without a key's name, and it goes by touch."""
    await page.see("dialog[open] .choices")
    assert await page.page.evaluate(CUT) == [], what
    back = page.page.locator("dialog[open] [data-close]")
    box = await back.bounding_box()
    assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= PHONE[1], what
    assert await page.page.locator("dialog[open] kbd:visible").count() == 0, what
    await back.tap()
    await page.gone("dialog[open]")


async def _open(page: Till, act: str) -> None:
    button = page.page.locator(f'[data-act="{act}"]').locator("visible=true").first
    await button.tap()
    await page.see("dialog[open] h2")
