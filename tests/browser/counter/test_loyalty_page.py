"""Loyalty as people meet it: the manager sets it up, the cashier lets someone join and gives what they earned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.counter.loyalty.commands import SetEarnRule, SetReward
from edge.counter.loyalty.loyalty import EarnRule, Reward
from edge.counter.loyalty.queries import earn_rules, points_of, rewards
from edge.counter.till.commands import AddLine, AddOpenAmount, Pay, UseCustomer
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.people.customers.commands import SetCustomer
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import CASHIER, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("SHOTS")


def test_a_cashier_lets_someone_join_and_gives_them_what_they_earned(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as cashier:
            shop = served.shop
            await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
            await do(shop, SetEarnRule(EarnRule("p", {"en": "Points"}, 1, spent_minor=100)), SYSTEM)
            names = {"en": "Five off", "fr": "Cinq de remise"}
            await do(shop, SetReward(Reward("five", names, 10, off_minor=500)), SYSTEM)
            dana = await do(shop, SetCustomer(name="Dana"), SYSTEM)
            await cashier.open(served, "register=1&lang=fr")
            await do(shop, UseCustomer(dana), CASHIER)
            await do(shop, AddOpenAmount("Soup", "standard", 1_200), CASHIER)
            await cashier.page.click('[data-act="more"]')
            await cashier.page.click('[data-go="rewards"]')
            await cashier.see("#counter-dialog blockquote", "points de fidélité")
            await cashier.page.click("[data-join]")
            await cashier.enter_pin()
            await cashier.see("#counter-dialog .points", "Pas encore de points")
            await cashier.page.keyboard.press("Escape")
            await do(shop, Pay("cash"), CASHIER)
            await do(shop, UseCustomer(dana), CASHIER)
            await do(shop, AddLine(MILK, quantity=6_000), CASHIER)
            await cashier.page.click('[data-act="more"]')
            await cashier.page.click('[data-go="rewards"]')
            await cashier.see("#counter-dialog .points strong", "12")
            await cashier.see("#counter-dialog .pick", "Cinq de remise")
            if SHOTS:
                await cashier.page.screenshot(path=f"{SHOTS}/rewards.png")
            await cashier.page.click("#counter-yes")
            await cashier.see("#lines .takes-off", "Five off")
            await do(shop, Pay("cash"), CASHIER)
            assert points_of(shop.reader, dana, "points") == 12 - 10 + 2
            assert cashier.complaints == []

    run(scenario())


def test_a_manager_sets_up_what_is_collected(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await manager.open(served, "register=1&lang=en", "/manager/loyalty")
            rule = manager.page.locator('form[data-entity="earn-rules"]')
            await rule.locator('[name="names.en"]').fill("Points")
            await rule.locator('[name="points"]').fill("2")
            await rule.locator('[name="spent_minor"]').fill("5")
            await rule.locator("[type=submit]").click()
            await manager.see("summary", "Points")
            reward = manager.page.locator('form[data-entity="rewards"]')
            await reward.locator('[name="names.en"]').fill("A tenth")
            await reward.locator('[name="points"]').fill("20")
            await reward.locator("[type=submit]").click()
            await manager.see('form[data-entity="rewards"] .error', "either an amount or a percentage")
            await reward.locator('[name="percent"]').fill("10")
            await reward.locator("[type=submit]").click()
            await manager.see("summary", "A tenth")
            assert [(one.points, one.spent_minor) for one in earn_rules(served.shop.reader)] == [(2, 500)]
            assert [one.percent for one in rewards(served.shop.reader)] == [10]
            if SHOTS:
                for name, size in (("1024", (1024, 768)), ("390", (390, 664))):
                    await manager.page.set_viewport_size({"width": size[0], "height": size[1]})
                    await manager.page.screenshot(path=f"{SHOTS}/loyalty-{name}.png", full_page=True)

    run(scenario())
