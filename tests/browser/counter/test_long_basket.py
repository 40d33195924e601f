"""A basket of many lines: in their order, one of them chosen, and no dearer to draw for being many."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, AddReturn, Pay, RefundedLine
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.shop_fixture import MANAGER, MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")

MANY = 117
GOODS = tuple(Product(f"p{n}", {"en": f"Goods {n}"}, (f"3{n:04}",), 100 + n) for n in range(MANY + 2))
IN_SIGHT = "(all) => all.filter((one) => one.checkVisibility({ contentVisibilityAuto: true })).length"


async def names(page: Till) -> list[str]:
    return await page.page.locator("#basket-lines li .name").all_text_contents()


def test_a_line_finds_its_place_among_many_and_the_keys_go_through_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("card"))
            for n in range(MANY):
                await done(served.shop, AddLine(f"3{n:04}"))
            await done(served.shop, AddReturn(1, lines=(RefundedLine(1, 1_000),)), MANAGER)
            await page.open(served)
            await page.see("#lines .goes-back", "Milk")
            await page.keys(f"3{MANY:04}", "Enter")
            await page.see(f'#lines[data-count="{MANY + 2}"]')
            shown = await names(page)
            assert shown == [*(f"Goods {n}" for n in range(MANY + 1)), "Milk"], "what goes back stays behind"
            chosen = page.page.locator('#basket-lines [aria-selected="true"] .name')
            assert await chosen.all_text_contents() == [f"Goods {MANY}"]
            for back in range(1, 15):
                await page.keys("ArrowUp")
                assert await chosen.all_text_contents() == [f"Goods {MANY - back}"]
            for forth in range(13, -3, -1):
                await page.keys("ArrowDown")
                assert await chosen.all_text_contents() == [f"Goods {MANY - max(forth, 0)}"], "it stops there"
            drawn = await page.page.locator("#basket-lines li").evaluate_all(IN_SIGHT)
            assert drawn < MANY / 2, "what is out of sight costs nothing"
            assert page.complaints == []

    run(scenario())
