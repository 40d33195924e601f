"""The first page of a morning: the current day next to the previous week by hour, also after midnight.

It also shows what needs a person, and shortages with stores that have more. Figures open down to their receipts.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import browser
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import House, an_api
from tests.contract.hub.test_hub_page import DEADLINE_MS, drawn, words
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import with_factor
from tests.contract.hub.test_hub_tenants import two_tenants

SAID = words()["en"]
NIGHT = datetime(2026, 3, 11, 0, 30, tzinfo=UTC)
"""A time that still belongs to the shops' day of the 10th, which ends at four."""
ROWS = """
    DELETE FROM sale_day; DELETE FROM sale; DELETE FROM refund; DELETE FROM device; DELETE FROM stock;
    DELETE FROM sale_hour; DELETE FROM stock_state;
    DELETE FROM alert;
    DELETE FROM store_record; DELETE FROM publication; DELETE FROM product; DELETE FROM stock_level;
    DELETE FROM stock_row; DELETE FROM stock_claim; DELETE FROM setting_in_force;
    INSERT INTO store_record (tenant, store, name, currency, zone) VALUES
        ('mine', 'alder', 'Alder Street', 'EUR', 'UTC'), ('mine', 'birch', 'Birch Square', 'EUR', 'UTC');
    WITH sold AS (
        INSERT INTO sale (tenant, store, device, register, number, seq, business_date, at, currency, net_minor,
                          total_minor, rounding_minor, lines)
        SELECT 'mine', store, 'box1', '1', n, n, day::date, at::timestamptz, 'EUR', minor, minor, 0,
               '[{"line": 1, "sku": "milk", "quantity": 2000, "amount_minor": 1}]'
        FROM (VALUES
            ('alder', 1, '2026-03-10', '2026-03-10 22:10Z', 500), ('birch', 1, '2026-03-10', '2026-03-10 23:10Z', 700),
            ('alder', 2, '2026-03-03', '2026-03-03 22:40Z', 400), ('alder', 3, '2026-03-03', '2026-03-04 01:40Z', 900)
        ) AS made (store, n, day, at, minor) RETURNING *
    )
    INSERT INTO sale_day (tenant, store, device, business_date, currency, sales, refunds, net_minor, paid_minor,
                          earning, earned_minor)
    SELECT tenant, store, device, business_date, currency, count(*), 0, sum(net_minor), sum(total_minor), count(*),
           sum(total_minor) FROM sold GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO sale_hour (tenant, store, device, business_date, currency, hour, sales, paid_minor)
    SELECT tenant, store, device, business_date, currency, date_trunc('hour', at, 'UTC'), count(*), sum(total_minor)
    FROM sale GROUP BY 1, 2, 3, 4, 5, 6;
    INSERT INTO sale_tender (tenant, store, device, register, number, place, kind, amount_minor, change_minor)
    VALUES ('mine', 'alder', 'box1', '1', 1, 1, 'cash', 1000, 500);
    INSERT INTO product (tenant, store, device, sku, names, price_minor, minimum)
    SELECT 'mine', store, 'box1', 'milk', '{"en": "Fresh milk"}', 250, 5000
    FROM unnest(ARRAY['alder', 'birch']) AS store;
    INSERT INTO stock (tenant, store, device, sku, on_hand, watched)
    VALUES ('mine', 'alder', 'box1', 'milk', -1000, true), ('mine', 'birch', 'box1', 'milk', 40000, true);
    SELECT refresh_stock('mine', store, NULL) FROM unnest(ARRAY['alder', 'birch']) AS store;
    INSERT INTO alert (tenant, store, device, epoch, id, kind, subject, severity, worst, state, count, title, vals,
                       raised_at, last_at, raised_by)
    SELECT 'mine', 'birch', 'box1', 1, 7, 'cold_chain', '', 'critical', 'critical', 'raised', 1, 'Fridge too warm',
           '{}', at, at, 'system'
    FROM (SELECT timestamptz '2026-03-10 21:00Z') AS moment (at)
"""


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("EDGE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"morning_{name}.png", full_page=True)


async def see_the_night(page: Page, house: House) -> None:
    await expect(page.locator("#date-text")).to_have_value("10/03/2026", timeout=DEADLINE_MS)
    figures = page.locator("#day-figures > div").first
    await expect(figures).to_contain_text("€12.00")
    # €12.00 compared with €4.00: last week's sale at 01:40 is still ahead
    await expect(figures).to_contain_text("+200%")
    hours = page.locator("#hours tbody tr")
    await expect(hours.nth(0)).to_have_text("22:001€5.00€4.00")
    await expect(hours.nth(1)).to_have_text("23:001€7.00")
    await expect(hours.nth(2)).to_have_text("01:00€9.00")
    await expect(page.locator("#needs")).to_contain_text("Fridge too warm")
    short = page.locator("#shortages tbody tr")
    await expect(short).to_have_count(1)
    await expect(short).to_contain_text("Alder Street")
    await expect(short).to_contain_text("Birch Square (has 40)")


async def go_down(page: Page) -> None:
    """Go from all stores to one, and to the content of a receipt."""
    await page.locator("#today tbody tr", has_text="Alder Street").get_by_role("button", name="Alder Street").click()
    await expect(page.locator("#day-figures > div").first).to_contain_text("€5.00", timeout=DEADLINE_MS)
    await expect(page.locator("#scope")).to_have_value('{"store":"alder"}')
    await expect(page.locator("#receipts tbody tr")).to_have_count(1, timeout=DEADLINE_MS)
    await page.locator("#receipts tbody").get_by_role("button").click()
    dialog = page.locator("#edit")
    await expect(dialog).to_contain_text("Fresh milk", timeout=DEADLINE_MS)
    await expect(dialog).to_contain_text("Cash")
    await expect(dialog).to_contain_text("€5.00")
    assert await violations(page, "receipt") == []
    await dialog.locator("button.strong").click()


async def ask_for_goods(page: Page, house: House) -> None:
    """Request missing goods from the other store: no more than it has, and only once a day, however often it is
    pressed.
    """
    for amount in ("50", "12", "12"):
        await page.locator("#shortages tbody").get_by_role("button", name=SAID["move"]).click()
        dialog = page.locator("#edit")
        await dialog.locator("[name=move_amount]").fill(amount)
        await dialog.locator("button.strong").click()
        if amount == "50":
            await expect(dialog.locator(".error")).to_contain_text("40", timeout=DEADLINE_MS)
            await dialog.locator("[name=move_amount]").fill("12")
            await dialog.locator("button.strong").click()
        await expect(dialog.locator("h2")).to_contain_text(SAID["move_asked"][-40:], timeout=DEADLINE_MS)
        await dialog.locator("button.strong").click()
        await expect(dialog.locator("h2")).to_have_text(SAID["move_unheard"].format(store="Birch Square"))
        await page.keyboard.press("Escape")
    rows = await house.owner.fetch("SELECT body FROM directive WHERE tenant = 'mine' AND store = 'birch'")
    (one,) = (msgspec.json.decode(row["body"])["shipments"] for row in rows)
    assert one[0]["wanted"]["to_store"] == "alder"
    assert one[0]["wanted"]["lines"] == [{"sku": "milk", "quantity": 12_000}]


@pytest.mark.needs("chromium")
def test_the_running_day_is_shown_after_midnight_and_each_figure_opens(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house, browser() as launched:
            await house.owner.execute(ROWS)
            await hire(database, monkeypatch, mine="owner")
            context = await launched.new_context(
                viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC"
            )
            page = await context.new_page()
            page.set_default_timeout(DEADLINE_MS)
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.clock.set_fixed_time(NIGHT)
            await page.add_init_script("globalThis.setInterval = () => 0")
            client = await with_factor(house)
            token = client.headers["Authorization"].removeprefix("Bearer ")
            await page.add_init_script(
                f"sessionStorage.setItem('edge-hub-token', '{token}');"
                "sessionStorage.setItem('edge-hub-used', String(Date.now()))"
            )
            await page.goto(house.base + "/")
            await drawn(page, 1)
            await see_the_night(page, house)
            assert await violations(page, "morning") == []
            await picture(page, "en")
            await ask_for_goods(page, house)
            await go_down(page)
            german = await (await launched.new_context(locale="de-DE", timezone_id="UTC")).new_page()
            await german.clock.set_fixed_time(NIGHT)
            await german.add_init_script(f"sessionStorage.setItem('edge-hub-token', '{token}')")
            await german.add_init_script("sessionStorage.setItem('edge-hub-used', String(Date.now()))")
            await german.goto(house.base + "/")
            await drawn(german, 1)
            # in English, but not in the American order
            await expect(german.locator("#date-text")).to_have_value("10/03/2026")
            await expect(german.locator("#read-at")).to_contain_text("11 Mar 2026")
            for language in ("he", "fr"):
                await page.select_option("#language", language)
                await expect(page.locator("#h-hours")).to_have_text(words()[language]["sales_by_hour"])
                for width in (390, 1920):
                    await page.set_viewport_size({"width": width, "height": 844})
                    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, (language, width)
                await picture(page, language)
            assert complaints == []

    asyncio.run(asyncio.wait_for(scenario(), 240))
