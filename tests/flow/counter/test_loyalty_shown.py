"""What members hold, shown where they stand: at the kiosk that knows them, at the till with its last day."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.counter.loyalty.commands import AdjustPoints
from edge.counter.till.commands import UseCustomer
from edge.foundation.settings.commands import SetSetting
from edge.people.customers.commands import GiveConsent, SetCustomer, WithdrawConsent
from edge.people.customers.queries import read_customer
from tests.flow.ordering.test_carts_over_http import street
from tests.flow.ordering.test_orders_http import AT_KIOSK
from tests.ordering import do
from tests.shop_fixture import CASHIER, SYSTEM, run


def test_a_member_reads_their_points_at_the_kiosk_and_the_next_customer_does_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=5) as at:
            (kiosk,) = at.phones

            async def checkout() -> str:
                return str((await kiosk.ask("GET", "/kiosk/checkout?lang=en", **AT_KIOSK))[1])

            dana = await do(at.shop, SetCustomer(name="Dana", new_code=True), SYSTEM)
            known = read_customer(at.shop.reader, dana, at.shop.now_us())
            assert known is not None
            await kiosk.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            assert "Your points" not in await checkout()
            await kiosk.ask("POST", "/kiosk/add", {"code": f"M/{known.member_code}"}, **AT_KIOSK)
            assert "Your points" not in await checkout(), "she collects none"
            await do(at.shop, GiveConsent(dana, "loyalty", "en"), SYSTEM)
            await do(at.shop, AdjustPoints(dana, 1_234, "welcome"), SYSTEM)
            assert "Your points: 1,234" in await checkout()
            await do(at.shop, WithdrawConsent(dana, "loyalty"), SYSTEM)
            assert "Your points" not in await checkout()
            await kiosk.ask("POST", "/kiosk/leave", {}, **AT_KIOSK)
            await kiosk.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            assert "Your points" not in await checkout()

    run(scenario())


def test_the_tills_dialog_says_until_when_they_are_good(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=5) as at:
            (till,) = at.phones

            async def dialog() -> str:
                return str((await till.ask("GET", "/fragments/rewards?register=1&lang=en", Register="1"))[1])

            dana = await do(at.shop, SetCustomer(name="Dana"), SYSTEM)
            await do(at.shop, GiveConsent(dana, "loyalty", "en"), SYSTEM)
            assert isinstance(await at.shop.do(UseCustomer(dana), CASHIER), Done)
            await do(at.shop, SetSetting("loyalty.idle_years", 2), SYSTEM)
            assert "valid until" not in await dialog(), "there are none"
            await do(at.shop, AdjustPoints(dana, 12, "welcome"), SYSTEM)
            said = await dialog()
            assert "valid until" in said and "2029" in said
            await do(at.shop, SetSetting("loyalty.idle_years", 0), SYSTEM)
            assert "valid until" not in await dialog()

    run(scenario())
