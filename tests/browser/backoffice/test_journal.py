"""The journal on a page: looked through by kind, person, day and product, with what each row says but of people."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, Pay
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.customers import known
from tests.shop_fixture import MILK, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")
DAY_S = 86_400


async def sell(served: Served) -> None:
    await done(served.shop, AddLine(MILK))
    await done(served.shop, Pay("card"))


def test_what_happened_is_found_and_opened(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await known(served.shop, name="Noa Levi", email="noa@example.org")
            await sell(served)
            clock.advance(DAY_S)
            await sell(served)
            await page.open(served, "register=1&lang=en", "/manager/journal")
            await page.see("h1", "Journal")
            sales = page.page.locator(".facts li", has=page.page.locator("strong", has_text="Sale"))
            assert await sales.count() == 2
            await sales.first.locator("summary").click()
            content = sales.first.locator(".said").first
            assert "Milk" in await content.inner_text()
            assert "€1.20" in await content.inner_text()

            await page.page.locator('[name="type"]').select_option(label="Customer added or changed")
            await page.page.locator('.find-sales [type="submit"]').click()
            await page.see(".facts strong", "Customer added or changed")
            await page.page.locator(".facts summary").first.click()
            said = await page.page.locator(".facts").inner_text()
            assert "hidden: personal data" in said
            assert "Noa" not in said
            assert "1." not in said  # nor its ciphertext

            rows = await listed(page, served, "product=milk&type=SaleCompleted")
            assert len(rows) == 2
            first_day, last_day = rows[-1], rows[0]
            assert first_day != last_day
            assert await listed(page, served, f"day={first_day}&type=SaleCompleted") == [first_day]
            assert await listed(page, served, "product=tomato&type=SaleCompleted") == []
            assert await listed(page, served, "person=u1") == []
            await page.page.goto(f"{served.url}/manager/journal?register=1&lang=he")
            assert await page.page.locator(".facts strong", has_text="מכירה").count() == 2
            assert page.complaints == []

    run(scenario())


async def listed(page: Till, served: Served, query: str) -> list[str]:
    """The days of business of the rows that are found."""
    await page.page.goto(f"{served.url}/manager/journal?register=1&lang=en&{query}")
    await page.see("h1", "Journal")
    days = page.page.locator(".facts details .hint [data-day]")
    return [str(day) for day in await days.evaluate_all("all => all.map((one) => one.dataset.day)")]


def test_it_is_paged_to_its_first_row(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            for _ in range(40):
                await sell(served)
            await page.open(served, "register=1&lang=en", "/manager/journal")
            seen: list[str] = []
            while True:
                await page.see("h1", "Journal")
                seen += await page.page.locator(".facts .seq").all_text_contents()
                if not await page.page.locator("#older").count():
                    break
                async with page.page.expect_navigation():
                    await page.page.locator("#older").click()
            assert seen == [str(seq) for seq in range(served.shop.head.seq, 0, -1)]

    run(scenario())
