"""The manager's page of what the shop takes: its form is made of what a tender is."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.money.tenders.commands import SetTender
from edge.money.tenders.queries import read_rates, read_tenders
from edge.money.tenders.tender import ShopTender
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def test_a_tender_is_added_changed_and_ended_and_a_rate_is_set(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            voucher = ShopTender("voucher", {"en": "Voucher"}, "kept", back=False)
            await do(served.shop, SetTender(voucher), SYSTEM)
            await manager.open(served, "register=1&lang=en", "/manager/tenders")
            there, new = manager.page.locator('[data-id="voucher"]'), manager.page.locator("form.thing:not([data-id])")
            assert await there.locator('[name="surplus"]').input_value() == "kept"
            assert not await there.locator('[name="back"]').is_checked()
            await there.locator('[name="names.fr"]').fill("Bon")
            await there.locator('[type="submit"]').click()
            await manager.see('[data-id="voucher"] [name="names.fr"][value="Bon"]')
            named = {"en": "Voucher", "fr": "Bon"}
            assert read_tenders(served.shop.reader) == (ShopTender("voucher", named, "kept", back=False),)
            await new.first.locator('[name="names.en"]').fill("Meal card")
            await new.first.locator('[name="surplus"]').select_option("change")
            await new.first.locator('[type="submit"]').click()
            await manager.see('[name="names.en"][value="Meal card"]')
            meal, _ = read_tenders(served.shop.reader)
            assert (meal.names, meal.surplus, meal.back) == ({"en": "Meal card"}, "change", True)
            await there.locator("[data-end]").click()
            await manager.gone('[data-id="voucher"]')
            assert read_tenders(served.shop.reader) == (meal,)
            rate = manager.page.locator('form[data-form="rate"]')
            await rate.locator('[name="currency"]').select_option("USD")
            await rate.locator('[name="rate"]').fill("0.9")
            await rate.locator('[type="submit"]').click()
            await manager.see(".pill.good")
            assert [(one.currency, one.rate) for one in read_rates(served.shop.reader)] == [("USD", 900_000)]
            assert manager.complaints == []

    run(scenario())


def test_a_tender_without_a_name_is_refused_at_its_form(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await manager.open(served, "register=1&lang=en", "/manager/tenders")
            await manager.page.locator('form.thing [type="submit"]').first.click()
            await manager.see(".tenders-page .error", "“names” is required.")
            assert read_tenders(served.shop.reader) == ()

    run(scenario())
