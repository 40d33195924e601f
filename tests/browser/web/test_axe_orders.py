"""What axe-core finds where orders are placed and handed over, by day and in the dark: nothing, with what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import Pay
from edge.lib.i18n import LANGUAGES
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import MoveOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.ordering.test_kiosk import PHONES
from tests.browser.serving import serve
from tests.browser.web.test_axe_more import in_both
from tests.invoicing import issued, sold
from tests.ordering import STAFF, do, milk_order
from tests.scheduling import one_by_day
from tests.shop_fixture import CASHIER, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
TOWN = DeliveryZone("town", "Town", ("750",), "mystery", 300)


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_a_phone_from_its_goods_to_its_order(tmp_path: Path, language: str) -> None:
    async def scenario() -> list[str]:
        async with serve(tmp_path, PHONES + 'tips = "all"\n') as served, till((390, 844)) as page:
            await do(served.shop, SetZone(TOWN), SYSTEM)
            shown = page.page
            await shown.goto(f"{served.url}/shop?lang={language}")
            await shown.locator('[data-sku="beer"]').click()
            await page.see("#sheet[open] .warn")
            found = await in_both(page, f"product {language}")
            await shown.locator("#put").click()
            await page.see("#age[open]")
            found += await in_both(page, f"age {language}")
            await shown.locator("#age-yes").click()
            await page.see("#cart [data-line]")
            found += await in_both(page, f"cart {language}")
            await shown.locator("#checkout").click()
            await shown.locator('#place [name="tip"][value="own"]').check()
            found += await in_both(page, f"checkout {language}")
            await shown.locator('#place [type="submit"]').click()
            await page.see('body.order[data-state="placed"]')
            await shown.locator(".edit summary").click()
            return found + await in_both(page, f"order {language}")

    assert (found := run(scenario(), limit_s=240)) == [], "\n".join(found)


@pytest.mark.parametrize("language", one_by_day(LANGUAGES))
def test_orders_and_invoices_of_the_shop(tmp_path: Path, language: str) -> None:
    async def scenario() -> list[str]:
        async with serve(tmp_path, PHONES) as served, calling(served) as caller, till((1024, 768)) as page:
            shop, shown = served.shop, page.page
            await caller.set_pin()
            await do(shop, SetZone(TOWN), SYSTEM)
            order = await milk_order(shop, name="Dana")
            await do(shop, TakeAdvance(order.id, 100), STAFF)
            await do(shop, Pay("card"), CASHIER)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            invoice = await issued(shop, await sold(shop))
            said = f"register=1&lang={language}"
            await page.open(served, said, "/manager/orders")
            found = await in_both(page, f"board {language}")
            await shown.locator(f'[data-hand="{order.id}"]').click()
            await page.see("#hand-dialog[open]")
            found += await in_both(page, f"hand over {language}")
            await page.keys("Escape")
            await shown.locator("#later").click()
            await shown.locator('#later-form [value="delivery"]').check()
            found += await in_both(page, f"later {language}")
            await page.keys("Escape")
            await shown.locator(f'article [data-show="{order.id}"]').click()
            await shown.locator("#order-dialog details:has(#ahead) summary").click()
            found += await in_both(page, f"order {language}")
            for path, more in (("orders/making", ""), ("invoices", ""), ("invoice", f"&number={invoice.number}")):
                await page.open(served, said + more, f"/manager/{path}")
                found += await in_both(page, f"{path} {language}")
            return found

    assert (found := run(scenario(), limit_s=240)) == [], "\n".join(found)
