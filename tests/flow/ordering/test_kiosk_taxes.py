"""What a kiosk and a phone ask is said whole: where prices are without tax, the tax stands beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.ordering.test_orders_http import AT_KIOSK, PHONES, shop
from tests.shop_fixture import run


@pytest.mark.parametrize("on_top", [True, False])
def test_the_tax_is_told_in_the_cart_at_the_checkout_and_with_the_number(tmp_path: Path, on_top: bool) -> None:
    async def scenario() -> None:
        text = PHONES.replace("inclusive = true", f"inclusive = {str(not on_top).lower()}")
        async with shop(tmp_path, text) as (_, client):
            _, added = await client.ask("POST", "/kiosk/add?lang=en", {"sku": "milk"}, **AT_KIOSK)
            _, checkout = await client.ask("GET", "/kiosk/checkout?lang=en", **AT_KIOSK)
            body = {"accepted_total_minor": 127 if on_top else 120}
            status, placed = await client.ask("POST", "/kiosk/place?lang=en", body, **AT_KIOSK)
            assert status == 200, placed
            for shown in (added["cart"], checkout, placed["html"]):
                assert ('class="tax"' in shown and "5.5%" in shown and "0.07" in shown) == on_top

    run(scenario())
