"""The scale on the till's page: live weight, zero and tare, and Enter takes what lies on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import registry
from edge.core.process.parts import Part
from edge.counter.till.devices.scale_part import ScalePart
from edge.foundation.settings.commands import SetSetting
from sim.scale import SimScale
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, TOMATO, done, run

pytestmark = pytest.mark.needs("chromium")


def test_goods_are_weighed_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetSetting("till.tares_g", (20,)), SYSTEM)
            sim = SimScale("sics", tmp_path / "scale")
            part = ScalePart(served.shop, registry.create("scale", "sics", {"path": sim.path}), "1")
            served.tills.scales["1"] = part
            served.supervisor.start(Part("scale", part.run))
            try:
                await page.page.set_viewport_size({"width": 1024, "height": 768})
                await page.open(served)
                await page.see("#scale output", "0.000 kg")
                sim.put(640)
                await page.see("#scale[data-ready] output", "0.640 kg")
                await page.scan(TOMATO)
                await page.see("#lines .line .amount", "2.55")
                await page.scan(TOMATO)
                await page.see("#question dialog[open]")
                await page.see("#question .why", "Empty the scale")
                sim.put(0)
                await page.see("#question output", "0.000 kg")
                await page.page.locator('#question [data-grams="20"]').click()
                await page.see("#question output", "-0.020 kg")
                sim.put(520)
                await page.see("#question .scale[data-ready] output", "0.500 kg")
                await page.see("#question .worth .label", "3.99")  # weight, price of a kilo and sum together
                await page.see("#question .worth strong", "2.00")
                await page.page.locator('#question [name="value"]').press("Enter")
                await page.gone("#question dialog[open]")
                await page.see("#lines .line .tag", "tare 0.02 kg")
                await page.scan(TOMATO)
                await page.see("#question dialog[open]")
                await page.keys("0.3", "Enter")
                await page.see("#lines .line .tag", "entered manually")
                await page.open(served, "register=1&lang=fr")
                await page.see("#scale output", "0,520 kg")
                assert page.complaints == []
            finally:
                sim.close()

    run(scenario())
