"""The manager's page of hours: zones of delivery with hours and room of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import OpenSpan
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import CONFIG, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def test_a_zone_gets_hours_and_room_and_is_changed_in_its_form(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await manager.open(served, "register=1&lang=en", "/manager/hours")
            form = manager.page.locator("#zone")
            assert await form.locator('[name="prefixes"]').get_attribute("placeholder") == "75, 92", "of this country"
            for name, text in (("title", "Town"), ("prefixes", "750"), ("capacity", "4")):
                await form.locator(f'[name="{name}"]').fill(text)
            await form.get_by_label("Delivery fee product").click()
            await manager.keys("no price")
            await manager.see("#picks [role=option]", "No price yet")
            await manager.keys("Enter")
            await form.locator("summary").click()
            friday = form.locator(".zone-day").nth(4)
            await friday.locator(".from").first.fill("18:00")
            await friday.locator(".until").first.fill("20:30")
            await form.locator('[type="submit"]').click()
            await manager.see("table", "18:00–20:30")
            (zone,) = read_zones(served.shop.reader)
            assert (zone.capacity, zone.weekly[4], zone.weekly[0]) == (4, (OpenSpan(1080, 1230),), ())
            assert zone.fee == "mystery"
            await manager.page.locator("[data-change]").click()
            await manager.see("#zone .picked", "No price yet")
            await form.locator('[name="title"]').fill("City")
            await form.locator('[type="submit"]').click()
            await manager.see("table", "City")
            assert await manager.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                "nothing is cut off"
            )
            (changed,) = read_zones(served.shop.reader)
            assert (changed.id, changed.title, changed.weekly) == (zone.id, "City", zone.weekly)

    run(scenario())


def test_a_zone_keeps_a_third_span_of_a_day_and_the_form_becomes_one_for_a_new_zone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            day = (OpenSpan(480, 600), OpenSpan(660, 780), OpenSpan(1080, 1200))
            await do(served.shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", weekly=(day,) * 7)), SYSTEM)
            await manager.open(served, "register=1&lang=en", "/manager/hours")
            form = manager.page.locator("#zone")
            assert not await manager.page.locator("#zone [data-new]").is_visible()
            await manager.page.locator("[data-change]").click()
            assert await form.locator(".zone-day").first.locator(".span").count() == 3
            await form.locator('[name="title"]').fill("City")
            await form.locator('[type="submit"]').click()
            await manager.see("table", "City")
            (changed,) = read_zones(served.shop.reader)
            assert (changed.title, changed.weekly) == ("City", (day,) * 7), "its evening too"
            await manager.page.locator("[data-change]").click()
            await manager.page.locator("#zone [data-new]").click()
            assert await form.locator(".zone-day").first.locator(".span").count() == 2
            for name, text in (("title", "Hills"), ("prefixes", "92"), ("fee", "mystery")):
                await form.locator(f'[name="{name}"]').fill(text)
            await form.locator('[type="submit"]').click()
            await manager.see("table", "Hills")
            assert {zone.title for zone in read_zones(served.shop.reader)} == {"City", "Hills"}

    run(scenario())


def test_a_week_begins_with_the_day_that_weeks_begin_with_where_the_shop_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG.replace("Europe/Paris", "Asia/Jerusalem")
        async with serve(tmp_path, text) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await manager.open(served, "register=1&lang=fr", "/manager/hours")
            page = manager.page
            days = page.locator("#hours .day > span:first-child")
            assert [(await days.all_inner_texts())[at] for at in (0, -1)] == ["dim.", "sam."]
            sunday = page.locator("#hours .day").first
            await sunday.locator(".from").first.fill("09:00")
            await sunday.locator(".until").first.fill("13:00")
            await page.locator("#hours [type=submit]").click()
            await page.locator("#saved:visible").wait_for()
            assert read_hours(served.shop.reader).weekly[6] == (OpenSpan(540, 780),), "it is kept as Sunday's"
            await page.locator("#more").click()
            await page.locator("#exceptions .exception [data-moment-of]").first.click()
            assert await page.locator("#month th").first.inner_text() == "D"
            await manager.open(served, "register=1&lang=fr&week=2026-11-27", "/manager/work-hours")
            await manager.see(".weeks", "22 novembre 2026 – 28 novembre 2026")

    run(scenario())
