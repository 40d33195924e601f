"""What axe-core finds where no one has signed in, in dialogs that are filled, and in the dark: nothing, either."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.pages.receipt import path_of
from edge.lib.i18n import LANGUAGES
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.browser.web.test_axe import violations
from tests.counter import open_counter
from tests.customers import known
from tests.scheduling import one_by_day
from tests.shop_fixture import MILK, done, run

pytestmark = pytest.mark.needs("chromium")
OPEN = ("/login", "/trust", "/pair")
PAIRING = "k3vQ9zX1mT7bR2wY"
PHONE = f'[[device]]\nname = "phone"\nrole = "scanner"\ndriver = "phone"\npairing = "{PAIRING}"\n'
OFFICE = ("/manager", "/manager/today", "/manager/settings", "/manager/journal", "/manager/setup", "/manager/sale")
SCHEMES: dict[Literal["light", "dark"], tuple[str, ...]] = {"light": (), "dark": ("color-contrast",)}
"""By which rules; none: all. In the dark the same stands there in other colours."""


async def in_both(page: Till, where: str, within: str = "html") -> list[str]:
    """What axe finds by day and in the dark."""
    found: list[str] = []
    for scheme, rules in SCHEMES.items():
        await page.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += await violations(page.page, f"{where} {scheme}", within=within, rules=rules)
    return found


async def strangers_see(page: Till, served: Served, language: str) -> list[str]:
    found: list[str] = []
    for path in (*OPEN, path_of(served.shop.reader, "1", 1)):
        await page.page.goto(f"{served.url}{path}?lang={language}")
        await page.page.wait_for_load_state("networkidle")
        found += await in_both(page, f"{path} {language}")
    return found


async def filled(page: Till, served: Served, language: str) -> list[str]:
    """Dialogs of the till with what someone typed, and what was found for it."""
    await page.open(served, f"register=1&lang={language}")
    await page.see("#lines .line[data-line]")
    found = await in_both(page, f"till {language}")
    await page.keys("F6")
    await page.page.locator('#find-dialog [name="text"]').fill("milk")
    await page.see("#results .found")
    found += await in_both(page, f"found {language}")
    await page.page.locator('#find-dialog [name="text"]').fill("qqqqqqqq")
    await page.see('#results [role="status"]')
    found += await in_both(page, f"nothing found {language}")
    await page.keys("Escape", "F11")
    await page.page.locator('#customer-dialog [name="text"]').fill("Noa")
    await page.see("#customers-found .found")
    found += await in_both(page, f"customers {language}")
    await page.keys("Escape", "F4")
    await page.page.locator('#price-dialog [name="value"]').fill("x")
    await page.keys("Enter")
    await page.see("#price-dialog .error", ".")
    found += await in_both(page, f"price {language}")
    await page.keys("Escape", "F3")
    await page.see("#refundable .found")
    found += await in_both(page, f"sales to take back {language}")
    await page.keys("Enter")
    await page.see("#refund-sale [data-line]")
    await page.page.locator("#refund-dialog [data-all]").click()
    await page.see("#refund-sums .sum, #refund-sums bdi")
    return found + await in_both(page, f"refund {language}")


async def managers_see(page: Till, served: Served, language: str) -> list[str]:
    found: list[str] = []
    for path in OFFICE:
        await page.open(served, f"register=1&number=1&lang={language}", path)
        await page.page.wait_for_load_state("networkidle")
        if path == "/manager/journal":
            await page.page.locator(".facts summary").first.click()
        found += await in_both(page, f"{path} {language}")
    return found


def looked(folder: Path, look: Callable[[Till, Served], Awaitable[list[str]]]) -> None:
    """In a shop with a sale, a basket and a customer, nothing is found."""

    async def scenario() -> list[str]:
        async with serve(folder) as served, calling(served) as caller, till((1024, 768)) as page:
            await caller.set_pin()
            await known(served.shop, name="Noa Levi")
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            await done(served.shop, AddLine(MILK))
            return await look(page, served)

    found = run(scenario(), limit_s=240)
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_what_strangers_see(tmp_path: Path, language: str) -> None:
    looked(tmp_path, partial(strangers_see, language=language))


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_dialogs_that_are_filled(tmp_path: Path, language: str) -> None:
    looked(tmp_path, partial(filled, language=language))


def test_the_office_in_the_dark(tmp_path: Path) -> None:
    """Contrast is the same in every language; that of the longest words shows what is cut."""
    looked(tmp_path, partial(managers_see, language="fr"))


def test_a_phone_that_scans(tmp_path: Path) -> None:
    async def scenario() -> list[str]:
        async with open_counter(tmp_path, PHONE) as counter, till((390, 844)) as page:
            await counter.part_is("phone", "ok")
            found: list[str] = []
            for language in LANGUAGES:
                answer = await page.page.goto(f"{counter.url}/scan/{PAIRING}?lang={language}")
                assert answer is not None and answer.status == 200
                await page.see("main h1")
                found += await in_both(page, f"/scan {language}")
            return found

    found = run(scenario(), limit_s=240)
    assert found == [], "\n".join(found)


@pytest.mark.nightly
def test_the_description_of_the_api(tmp_path: Path) -> None:
    """English alone, and long: folded, and with one operation unfolded, with its form, for all
    of them."""

    async def look(page: Till, served: Served) -> list[str]:
        await page.page.goto(f"{served.url}/api#AddLine")
        await page.see("#AddLine[open] table")
        await page.page.locator("#AddLine [data-path]").click()
        await page.see("#AddLine textarea")
        found = await in_both(page, "/api", within="#AddLine")
        await page.page.goto(f"{served.url}/api?folded")
        assert not await page.page.locator("#AddLine").is_visible()
        return found + await in_both(page, "/api")

    looked(tmp_path, look)
