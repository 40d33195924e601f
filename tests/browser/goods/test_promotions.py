"""A manager adds a promotion on its page; the cashier's page shows what it takes off, and has a key for members."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetPrice
from edge.goods.promotions.promotion import BuyGet, Goods
from edge.goods.promotions.queries import read_promotions
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import MILK, SYSTEM, run

ROOM = """(one) => {
  const free = one.cloneNode(true);
  free.style.inlineSize = "max-content";
  document.body.append(free);
  const room = one.offsetWidth - free.offsetWidth;
  free.remove();
  return room;
}"""
"""How much wider a field is than the longest that can be chosen in it."""


def test_a_promotion_from_its_form_to_the_till_and_its_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            for command in (
                SetPin(hash_pin(PIN)),
                SetCategories((Category("flower", {"en": "Flower"}),)),
                SetPrice("milk", 70, "member"),
            ):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            form = page.page.locator("#promotion")
            await page.open(served, path="/manager/promotions")
            await page.see("main", "No promotions. Add one below.")
            await form.locator("[name='names.en']").fill("Buy 2, get 1")
            await form.locator("[name=kind]").select_option("buy_get")
            for name, text in (("buy", "2"), ("get", "1"), ("share", "a lot")):
                await form.locator(f"[name='{name}']").fill(text)
            for text, called in (("mil", "Milk"), ("beer", "Beer")):
                await form.locator(".group [data-pick=product]:visible").click()
                await page.keys(text)
                await page.see("#picks [role=option]", called)
                await page.keys("ArrowDown", "Enter")
                await page.see("#promotion .chip", called)
            await form.locator("[name='but.categories']").first.evaluate("box => (box.checked = true)")
            await form.locator("[type=submit]").click()
            assert await form.locator("[name=share]").evaluate("field => field.validationMessage") != ""
            await form.locator("[name=share]").fill("100")
            await form.locator("[type=submit]").click()
            await page.see("[data-promotion]", "Buy 2, get 1 free")
            (kept,) = read_promotions(served.shop.reader, served.shop.now_us())
            assert (kept.promotion.deal, kept.promotion.goods) == (BuyGet(2), Goods(("milk", "beer")))
            await page.see("[data-promotion]", "Milk, Beer")
            assert kept.promotion.but == Goods(categories=("flower",))
            await page.page.locator("[data-promotion] td:first-child a").click()
            await expect(form.locator("[name=share]")).to_have_value("100")

            await page.open(served)
            for _ in range(3):
                await page.scan(MILK)
            await page.see(".line .off", "Buy 2, get 1 -€1.20")
            await page.see("#sums .due", "€2.40")
            await page.keys("F11")
            await page.page.locator("[data-customer-list]").click()
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.see("#sums .due", "€2.10")  # less than two at the store's price
            await page.see('[data-act="member"][aria-pressed="true"]')
            await page.page.locator('[data-act="member"]').click()
            await page.page.locator("[data-customer-off]").click()
            await page.see("#sums .due", "€2.40")

            await page.open(served, path="/manager/promotions")
            await page.page.locator("[data-menu]").first.click()
            await page.page.locator("tbody [data-end]").click()
            await page.see("main", "No promotions. Add one below.")
            assert page.complaints == []

    run(scenario())


def test_beside_the_list_on_a_tablet_what_is_chosen_is_read_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            for language in LANGUAGES:
                await page.open(served, f"register=1&lang={language}", "/manager/promotions")
                chosen = page.page.locator("#promotion [name=kind]")
                assert await chosen.evaluate(ROOM) >= 0, f"the longest kind is cut in {language}"

    run(scenario())
