"""The manager's page of shelves: what a gap cost so far, and when it may say that all is as planned."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.analytics.shelf.camera_part import SHELVES
from edge.analytics.shelf.commands import EndPlanogram, SetPlanogram
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, FakeClock, done, run
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, TEXT, emptied

PAGE = "/manager/shelf?register=till-1"
ALL_WELL = "No shelf gaps detected"


async def page_with(caller: Caller, text: str) -> str:
    """The page once it says this, which follows what happens a moment later."""
    for _ in range(200):
        if text in (shown := (await caller.get(PAGE)).text):
            break
        await asyncio.sleep(0.05)
    return shown


def test_a_gap_says_what_it_cost_once_its_watch_has_worked_that_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, TEXT, clock=clock) as served, calling(served) as caller:
            shop = served.shop
            await emptied(shop, clock, 30)
            assert "Lost so far" not in (await caller.get(PAGE)).text, "a page works nothing out"
            watch = shop.registry.watches["shelf_gap"]
            assert [one.subject for one in watch.read(shop.reader, clock.at_us, "2027-01-15")] == ["bay"]
            shop.bus.publish(SHELVES)  # as the next look does
            shown = await page_with(caller, "Lost so far")
            assert "Lost so far: <bdi>8.2–11.8</bdi> · <bdi>€1.64–€2.37</bdi>" in shown, (
                "ten, of which four in ten left"
            )
            assert "Margin per unit: €0.50; 40% of missed sales count as lost." in shown
            assert "/manager/sales?product=milk" in shown and "/manager/journal?before=" in shown
            [cost] = (await caller.get("/api/v1/queries/gap_losses", Grant=served.site.door.token)).json["result"]
            assert (cost["sku"], cost["lost_day_minor"]) == ("milk", 20)

    run(scenario())


def test_all_is_as_planned_only_where_something_is_planned_and_a_page_shows_it_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, TEXT, clock=FakeClock()) as served, calling(served) as caller:
            assert ALL_WELL not in await page_with(caller, "No bays set up yet."), "nothing is watched"
            await done(served.shop, SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE), SYSTEM)
            assert "Not checked yet" in await page_with(caller, ALL_WELL), "no camera had to look before"
            await done(served.shop, EndPlanogram("bay"), SYSTEM)
            assert ALL_WELL not in await page_with(caller, "No bays set up yet.")

    run(scenario())
