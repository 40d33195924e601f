"""Times of orders by hand: where one is full, others are offered."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.ordering.orders.queries import free_slots
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.ordering.test_kiosk import PHONES
from tests.browser.serving import serve
from tests.ordering import do, kept, milk_order
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def test_where_a_time_is_full_the_next_ones_are_buttons(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            always = ((OpenSpan(0, 1440),),) * 7
            hours = StoreHours(always, slot_min=60, capacity=3, capacity_in="pieces", days_ahead=2)
            await do(served.shop, SetHours(hours), SYSTEM)
            first, second = await served.site.asker.read(
                lambda db: free_slots(db, ZoneInfo("Europe/Paris"), served.shop.now_us(), 2, 3)
            )
            order = await milk_order(served.shop, slot_from_us=first.from_us)
            await milk_order(served.shop, 1, slot_from_us=first.from_us)
            await manager.open(served, "register=1&lang=en", "/manager/orders")
            await manager.page.locator(f'[data-show="{order.id}"]').click()
            await manager.page.locator("summary", has_text="Add product").click()
            await manager.page.locator('#add [name="code"]').fill("milk")
            await manager.page.locator('#add [type="submit"]').click()
            await manager.see("#pin-dialog[open]")
            await manager.keys(PIN, "Enter")
            await manager.agree("€3.60")
            await manager.page.locator(".free-slots button").first.click()
            await manager.see(".ticket", "€3.60")
            after = kept(served.shop, order)
            assert (after.slot_from_us, after.goods.total_minor) == (second.from_us, 360)

    run(scenario())
