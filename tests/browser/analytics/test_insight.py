"""A manager looks at key figures and forecasts of a shop that has lived, says what an odd day was, and adds a feast."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.analytics.forecast.calendar.occasions import read_occasions
from edge.analytics.forecast.commands import RetrainForecasts
from edge.analytics.pricing.commands import FinishPrices
from edge.analytics.pricing.events import PriceModelTrained, ProposedPrice
from edge.analytics.pricing.queries import competitor_prices
from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import live_through
from edge.core.jobs.runner import JobRunner
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import rights_of
from edge.goods.catalog.prices import price_at
from edge.goods.catalog.queries import read_products
from tests.browser.browsing import Till, till
from tests.browser.serving import Served, serve
from tests.browser.web.test_axe import violations
from tests.flow.counter.test_reports import text_of
from tests.http_client import PIN, when
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, run

PHONE = (390, 844)
NARROW = {
    "/manager/forecast?lang=he": True,
    "/manager/figure?name=margin&period=30d&lang=he": True,
    "/manager/insight?lang=he": True,
    "/manager/pricing?lang=he": False,
    "/manager/pricing?lang=en": True,
    "/manager/replay?of=1&number=1&lang=he": True,
    "/manager/report?kind=weekly&lang=fr": False,
}
"""Pages, and whether axe looks at them too, with what they hold."""
pytestmark = pytest.mark.needs("chromium")
SHOP = CONFIG.replace('"EUR"', '"ILS"') + '\n[[tax.class]]\nid = "exempt"\n'


ADD_UP = """[...document.querySelectorAll("#by-period .shares")].every((one) => {
    const parts = [...one.querySelectorAll("[data-share]")].map((part) => Number(part.dataset.share));
    return parts.reduce((sum, part) => sum + part, 0) === Number(one.querySelector("[data-sum]").dataset.sum);
})"""


async def forecast(served: Served) -> None:
    """Forecasts are made, once the tables have the past."""
    db = served.shop.reader
    served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, rights_of).run))

    async def behind() -> bool:
        query = "SELECT total(minor) = (SELECT total(total_minor) FROM paper) FROM figure_day WHERE kind = 'all'"
        days = "SELECT count(*) = (SELECT count(DISTINCT business_date) FROM receipt) FROM demand_open"
        papers = "SELECT count(*) = (SELECT count(*) FROM receipt) FROM paper"
        return all(db.execute(one).fetchone()[0] for one in (query, days, papers))

    await when(behind, lambda there: there, "the tables have the past", 90)
    await done(served.shop, RetrainForecasts(), SYSTEM)

    async def state() -> str:
        return str(db.execute("SELECT state FROM job").fetchone()[0])

    await when(state, lambda now: now == "done", "forecasts are made", 180)


async def _history_is_looked_at(page: Page, folder: Path) -> None:
    """A file whose headings say nothing: someone says which column is what, sees what it comes to, and takes it."""
    file = folder / "old.csv"
    file.write_text("When,What,How many\n2026-01-10,1000,2\n2026-01-10,1000,3\n2026-01-11,nobody,1\nsoon,1000,1\n")
    await page.set_input_files("#history", str(file))
    take = page.locator('#history-form [type="submit"]')
    await page.locator("#history-look table").wait_for()
    assert await take.is_disabled(), "nothing says which column is the day"
    for column, field in (("When", "day"), ("What", "sku"), ("How many", "sold")):
        async with page.expect_response(lambda got: "/fragments/history" in got.url):
            await page.locator(f'#history-look select[data-column="{column}"]').select_option(field)
        chosen = page.locator(f'#history-look select[data-column="{column}"] option[value="{field}"]:checked')
        await chosen.wait_for(state="attached")
    await page.locator("#history-sum").wait_for()
    text = await page.locator("#history-look").inner_text()
    assert "4 lines: 2 days of 2 products" in text and "nobody" in text and "soon" in text
    await take.click()
    await page.locator("#brought").wait_for()
    assert await page.locator("#history-form").is_hidden()


async def _a_proposed_price_is_taken(served: Served, shown: Till) -> None:
    """Two prices are proposed: one is taken, one is left; and what someone else asks is noted."""
    db, page = served.shop.reader, shown.page
    skus = [sku for (sku,) in db.execute("SELECT sku FROM product WHERE price_minor > 500 ORDER BY sku LIMIT 2")]
    was = {sku: product.price_minor or 0 for sku, (_, product, _) in read_products(db, skus).items()}
    for sku in skus:
        served.shop._writer._db.execute("INSERT OR REPLACE INTO figure_cost (sku, cost_minor) VALUES (?, 1)", (sku,))
    served.shop._writer._db.execute("UPDATE product SET priced_us = 0")
    prices = tuple(ProposedPrice(sku, was[sku] + 50, was[sku], "earns_more", 9_000, 8_500, 900, 980) for sku in skus)
    model = PriceModelTrained("one", "2027-01-14", "deployed", 900, 4_000, 870, 0, {"": 1_500}, "0" * 64)
    await done(served.shop, FinishPrices(model, prices, "one"), SYSTEM)
    await shown.open(served, "lang=en", "/manager/pricing")
    await page.locator(f'[data-answer="TakeProposedPrices"][data-sku="{skus[0]}"]').click()
    await page.locator(f'#proposed [data-sku="{skus[0]}"]').first.wait_for(state="detached")
    await expect(page.locator("#proposed tbody tr")).to_have_count(1)  # the list is shown anew
    assert price_at(db, skus[0], served.shop.now_us() + 1) == was[skus[0]] + 50
    await page.locator('[data-answer="LeaveProposedPrices"]').click()
    await page.locator("#proposed").wait_for(state="detached")
    assert price_at(db, skus[1], served.shop.now_us()) == was[skus[1]]
    for name, text in (("sku", skus[1]), ("competitor", "Across the road"), ("price", "cheap")):
        await page.locator(f'#note [name="{name}"]').fill(text)
    await page.locator('#note [type="submit"]').click()
    said = await page.locator('#note [name="price"]').evaluate("field => field.validationMessage")
    assert said == "Enter an amount, such as 12.50.", "words, and not what was typed"
    for name, text in (("sku", skus[1]), ("competitor", "Across the road"), ("price", "7.90")):
        await page.locator(f'#note [name="{name}"]').fill(text)
    await page.locator('#note [type="submit"]').click()
    await page.locator("#elsewhere").get_by_text("Across the road").wait_for()
    assert [one.price_minor for one in competitor_prices(db)] == [790]


NARROWER = "document.querySelector('.chart').style.inlineSize = '240px'"
WITHIN = """() => {
  const [place, drawn] = [document.querySelector(".chart"), document.querySelector(".chart canvas")];
  return drawn && drawn.getBoundingClientRect().width <= place.clientWidth;
}"""
"""A chart never lies over what stands beside it."""


def test_figures_and_forecasts_on_a_page_and_on_a_phone(tmp_path: Path) -> None:
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 28, 6)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await forecast(served)
            page = shown.page
            await shown.open(served, "register=1&period=30d&lang=en", "/manager/insight")
            await page.locator("#by-day tbody tr").nth(20).wait_for()
            await page.locator(".chart canvas").wait_for()  # drawn from the table beside it
            await page.evaluate(NARROWER)  # as by a table whose letters came late
            await page.wait_for_function(WITHIN)
            assert (await page.locator('[data-kpi="margin"]').inner_text()).endswith("%")
            await page.locator('nav.tabs a[href="#stock"]').click()
            await page.locator("#predictions").wait_for()
            await page.locator("#by-day").wait_for(state="hidden")
            await shown.open(served, "register=1&period=30d&lang=en&kpi=margin", "/manager/insight")
            await page.evaluate("location.hash = 'rows'")
            await page.locator("#rows").wait_for()  # what an address leads to is shown, in whichever part it is
            await shown.open(served, "lang=en", "/manager/forecast")
            await expect(page.locator("#by-period tbody tr")).to_have_count(28)
            await page.locator(".chart canvas").wait_for()
            await page.locator("#by-period .shares summary").first.click()
            await page.locator("#by-period .shares[open] [data-share]").first.wait_for()
            assert await page.evaluate(ADD_UP), "each forecast opens into shares that add up"
            await page.locator('#occasion [name="name"]').fill("Town fair")
            await page.locator('#occasion [type="submit"]').click()
            await page.locator("#occasions").get_by_text("Town fair").wait_for()
            assert [one.name for one in read_occasions(served.shop.reader)] == ["Town fair"]
            await _history_is_looked_at(page, tmp_path)
            printed = text_of(await page.pdf(format="A4"))
            assert "Town fair" in printed and "1 Feb 2027" in printed, "a forecast can be printed"
            assert "Whole store" in printed, "and says of what it is"
            await _a_proposed_price_is_taken(served, shown)
            await shown.open(served, "lang=en", "/manager")
            await page.locator("#expected-today").wait_for()
            await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            for path, by_axe in NARROW.items():
                await page.goto(served.url + path)
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide <= PHONE[0], path
                found = await violations(page, path) if by_axe else []
                assert found == [], found

    run(scenario(), 280)
