"""What a screen reader says at the till: the line that was scanned, what the arrows choose, that nothing is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.hearing import announced, heard
from tests.browser.serving import serve
from tests.customers import known
from tests.http_client import when
from tests.shop_fixture import MILK, done, run

pytestmark = pytest.mark.needs("chromium")


async def hears(page: Till, text: str) -> None:
    """Wait until the field in use points to an option with this text, and that is what is said."""
    await page.page.wait_for_function(
        """(text) => {
            const id = document.activeElement?.getAttribute("aria-activedescendant");
            return id && document.getElementById(id)?.textContent.includes(text);
        }""",
        arg=text,
    )
    assert text in await heard(page.page)


def test_lines_of_the_basket_are_heard_as_they_come_and_are_chosen(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            await page.keys(MILK, "Enter")
            await hears(page, "Milk")
            await done(served.shop, AddLine(sku="tomato", quantity=750))
            await hears(page, "Tomatoes")
            await page.keys("ArrowUp")
            await hears(page, "Milk")
            assert "€1.20" in await heard(page.page)

    run(scenario())


def test_what_is_searched_for_is_heard_as_it_is_chosen(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            for name in ("Noa Levi", "Noa Cohen"):
                await known(served.shop, name=name)
            await page.open(served)
            await page.keys("F6", "m")
            await page.page.keyboard.type("ilk")
            await hears(page, "Milk")
            await page.page.locator('#find-dialog [name="text"]').fill("qqqqqqqq")
            await page.see('#results [role="status"]')
            assert await page.page.locator("#find-dialog [aria-activedescendant]").count() == 0
            await page.keys("Escape")
            await page.gone("#find-dialog[open]")
            await page.keys("F3")
            await hears(page, "1-000001")
            await page.keys("Escape", "F11")
            await page.see("#customer-dialog[open]")
            await page.page.keyboard.type("Noa")
            await hears(page, "Noa")
            first = await heard(page.page)
            await page.keys("ArrowDown")
            await page.page.wait_for_function(
                "() => document.querySelector('#customers-found [data-customer]:nth-child(2)').ariaSelected === 'true'"
            )
            assert {first, await heard(page.page)} == {first, *({"Noa Levi", "Noa Cohen"} - {first})}
            assert page.complaints == []

    run(scenario())


async def says(page: Till, how: str, *texts: str) -> None:
    """Wait until one live region announces all of `texts`."""

    async def found() -> bool:
        said = await announced(page.page)
        return any(by == how and all(one in text for one in texts) for text, by in said.items())

    await when(found, bool, f"{texts} is announced")


def test_a_scan_its_total_and_a_refusal_are_announced_by_regions_that_stay(tmp_path: Path) -> None:
    """What is in a region that is new to the page isn't announced by every screen reader."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served, "register=1&lang=en")
            kept = await page.page.evaluate_handle(
                "[document.getElementById('sums'), document.getElementById('notice')]"
            )
            await page.keys(MILK, "Enter")
            await hears(page, "Milk")
            await says(page, "polite", "Amount due", "1.20")
            await done(served.shop, AddLine(sku="tomato", quantity=750))
            await hears(page, "Tomatoes")
            await says(page, "polite", "Lines: 2")
            await page.keys(f"{MILK[:-1]}2", "Enter")
            await says(page, "assertive", "check digit")
            page.complaints.clear()  # a browser finds it worth telling that the code was refused
            await page.keys(MILK, "Enter")
            await says(page, "polite", "Lines: 3")
            assert await kept.evaluate("regions => regions.every((one) => one.isConnected)")
            assert page.complaints == []

    run(scenario())
