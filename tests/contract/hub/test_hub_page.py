"""Head office's page in a browser: what a person at head office sees of all shops."""

from __future__ import annotations

import asyncio
import json
import os
from importlib import resources
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.analytics.insight.kpis import SIDES
from edge.app import hub
from sync.hub.api import page as page_of_hub
from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import SALES, House, an_api
from tests.contract.hub.test_hub_staff import DANA, PASSWORD, hire
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.http_client import when

DEADLINE_MS = 60_000


_KPI = """
    INSERT INTO report_kpi (tenant, store, device, epoch, seq, kind, first_day, last_day, name, unit, value, numerator,
                            denominator, before)
"""
REPORTS = f"""
    {_KPI}
    SELECT tenant, 'store-1', 'x', 1, 900 + n, 'weekly', day - 6, day, kpi.*
    FROM (VALUES ('mine', 1, date '2026-01-04', 410), ('mine', 2, date '2026-01-11', 423),
                 ('acme', 3, date '2026-01-11', 666)) AS made (tenant, n, day, margin),
    LATERAL (VALUES ('margin', 'permille', margin, margin, 1000, 398), ('sales', 'minor', 12300, 12300, 1, NULL),
                    ('turns', 'tenths', NULL, 0, 0, NULL)) AS kpi
"""


MANY_STORES = f"""
    {_KPI}
    SELECT 'mine', 'many-' || lpad(n::text, 2, '0'), 'x', 1, 2000 + ago, 'daily', date '2026-02-10' - ago,
           date '2026-02-10' - ago, name, 'count', 7, 7, 1, NULL
    FROM generate_series(1, 40) AS n, generate_series(0, 6) AS ago, unnest($1::text[]) AS name
"""
OF_THE_DAY = """;
    UPDATE sale_day SET voids = 2, earned_minor = 110 WHERE tenant = 'mine' AND business_date = '2026-01-11';
    UPDATE sale SET at = '2026-01-11 13:20Z' WHERE tenant = 'mine' AND business_date = '2026-01-11';
    UPDATE sale_hour SET hour = '2026-01-11 13:00Z' WHERE tenant = 'mine' AND business_date = '2026-01-11';
    INSERT INTO store_record (tenant, store, zone) VALUES ('mine', 'store-1', 'Asia/Jerusalem')
    ON CONFLICT (tenant, store) DO UPDATE SET zone = excluded.zone
"""
DAY_OF_STORE = ["store-1", "1", "2", "0", "€1.20", "€1.00", "€1.10", ""]
"""Sales, undone sales, refunds, paid, without tax, and the average of sales that weren't undone, before refunds."""


def words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(resources.files(page_of_hub).joinpath("words.json").read_text())
    return found


def test_the_page_has_the_same_sentences_in_each_language() -> None:
    found = words()
    assert set(found) == {"en", "fr", "he"}
    assert all(set(said) == set(found["en"]) for said in found.values())
    assert {name for name in SIDES if f"kpi_{name}" not in found["en"]} == set(), "each key figure has its name"
    assert all(text.strip() for said in found.values() for text in said.values())


def test_the_page_is_for_anyone_and_runs_no_script_but_its_own(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            for path in (*page_of_hub.FILES, *(f"/page/{name}" for name in hub.page_parts())):
                async with house.session.get(house.base + path) as answer:
                    assert answer.status == 200 and answer.headers["Content-Security-Policy"] == page_of_hub.POLICY
                    etag = answer.headers["ETag"]
                async with house.session.get(house.base + path, headers={"If-None-Match": etag}) as answer:
                    assert answer.status == 304

    asyncio.run(scenario())


async def signed_in(page: Page, house: House, password: str = PASSWORD) -> None:
    await page.fill("[name=email]", DANA)
    await page.fill("[name=password]", password)
    await page.press("[name=password]", "Enter")


async def drawn(page: Page, times: int) -> None:
    """Wait until the whole page was drawn this many times."""
    await page.wait_for_selector(f'body[data-shown="{times}"]')


@pytest.mark.needs("chromium")
def test_head_office_sees_its_shops_and_no_others(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(SALES.replace("'acme'", "'mine'"))
            await house.owner.execute(REPORTS + OF_THE_DAY)
            await hire(database, monkeypatch, mine="viewer", acme="viewer")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            page.set_default_timeout(DEADLINE_MS)
            await page.add_init_script("globalThis.setInterval = () => 0")  # drawn only on request
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(house.base + "/")
            await expect(page.locator("#sign-in [name=email]")).to_be_focused(timeout=DEADLINE_MS)
            await signed_in(page, house, "wrong, and long enough")
            await expect(page.locator("#fault")).to_contain_text("Wrong email address", timeout=DEADLINE_MS)
            assert await violations(page, "door") == []
            await signed_in(page, house)
            await drawn(page, 1)
            await page.select_option("#tenant", "mine")
            await drawn(page, 2)
            assert "neighbour" not in await page.content()
            await page.fill("#date-text", "11/1/26")
            await page.press("#date-text", "Enter")
            await drawn(page, 3)
            await expect(page.locator("#date-text")).to_have_value("11/01/2026")
            row = page.locator("#today tbody tr", has_text="store-1")
            await expect(row.locator("td")).to_have_text(DAY_OF_STORE, timeout=DEADLINE_MS)
            figures = page.locator("#figures tbody tr")
            await expect(figures).to_have_count(2, timeout=DEADLINE_MS)  # only of the newest week and of this company
            said = words()["en"]
            margin, sold = (page.locator("#figures tr", has_text=said[f"kpi_{name}"]) for name in ("margin", "sales"))
            await expect(margin).to_contain_text("42.3%")
            await expect(margin).to_contain_text("39.8%")
            await expect(sold.first).to_contain_text("€123.00")
            await margin.get_by_title(said["open_figure"]).click()
            opened = page.locator("#edit")
            await expect(opened.locator(".hint")).to_have_text(said["opened_days_differ"])  # no day has its report
            await expect(opened).to_contain_text("€4.23€10.00")
            await opened.locator("button.strong").click()
            await page.select_option("#of", "monthly")
            await expect(page.locator("#figures")).to_have_text(said["none"])
            await page.select_option("#of", "weekly")
            async with page.expect_response(lambda got: "/v1/sales/receipts" in got.url):
                await page.select_option("#store", "store-1")
            await expect(page.locator("#receipts tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
            await expect(page.locator("#receipts tbody tr")).to_contain_text("15:20")  # in the store's time zone
            for times, language in enumerate(("fr", "he", "en"), 4):
                await page.select_option("#language", language)
                await drawn(page, times)
                said = words()[language]
                await expect(page.locator("#h-month")).to_have_text(said["month"], timeout=DEADLINE_MS)
                await expect(page.locator("#today thead")).to_contain_text(said["paid"], timeout=DEADLINE_MS)
                await expect(page.locator("#date-text")).to_have_value(
                    "11.01.2026" if language == "he" else "11/01/2026"
                )
                assert await violations(page, language) == []
                if folder := os.environ.get("EDGE_PICTURES"):
                    await page.screenshot(path=Path(folder) / f"hub_{language}.png", full_page=True)
            await page.click("#sign-out")
            await page.wait_for_selector("#sign-in", state="visible")
            assert "store-1" not in await page.content()
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))


@pytest.mark.needs("chromium")
def test_a_chain_of_forty_stores_sees_the_figures_of_all(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A week of daily reports from forty stores has more rows than the page reads at once."""

    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(MANY_STORES, sorted(SIDES))
            await hire(database, monkeypatch, mine="viewer")
            page = await launched.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            page.set_default_timeout(DEADLINE_MS)
            await page.add_init_script("globalThis.setInterval = () => 0")
            await page.goto(house.base + "/")
            await signed_in(page, house)
            await drawn(page, 1)
            await page.fill("#date", "2026-02-10")
            await drawn(page, 2)
            await page.select_option("#of", "daily")
            rows = page.locator("#figures tbody tr")
            await expect(rows).to_have_count(40 * len(SIDES), timeout=DEADLINE_MS)
            assert await rows.filter(has_text="many-40").count() == len(SIDES)
            await expect(page.locator("#not-all")).to_be_hidden()

    asyncio.run(asyncio.wait_for(scenario(), 240))


def test_single_receipts_are_read_with_their_lines_and_money(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(SALES)
            client = await house.client("acme")
            _, found, _ = await client.get("/v1/sales/receipts?store=store-1&date=2026-01-05")
            (receipt,) = found["rows"]
            assert (receipt["number"], receipt["total_minor"], receipt["lines"]) == (4, 117, [])
            assert (await client.get("/v1/sales/receipts?number=4&register=1"))[1]["rows"] == [receipt]

    asyncio.run(scenario())


@pytest.mark.needs("chromium")
def test_a_page_that_nobody_touches_signs_out_though_it_asks_every_minute(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await hire(database, monkeypatch, mine="viewer")
            page = await launched.new_page(locale="en-GB")
            page.set_default_timeout(DEADLINE_MS)
            await page.clock.install()
            await page.goto(house.base + "/")
            await signed_in(page, house)
            await drawn(page, 1)
            await page.clock.fast_forward("09:00")
            await drawn(page, 2)
            await page.keyboard.press("Tab")
            await page.clock.fast_forward("09:00")
            await drawn(page, 3)
            token = await page.evaluate("sessionStorage.getItem('edge-hub-token')")
            await page.clock.fast_forward("01:30")
            await expect(page.locator("#door")).to_be_visible(timeout=DEADLINE_MS)
            await expect(page.locator("#fault")).to_contain_text("Sign in again", timeout=DEADLINE_MS)

            async def is_over() -> bool:
                headers = {"Authorization": f"Bearer {token}"}
                async with house.session.get(f"{house.base}/v1/me", headers=headers) as answer:
                    return answer.status == 401

            await when(is_over, bool, "the token has ended as well")

    asyncio.run(scenario())
