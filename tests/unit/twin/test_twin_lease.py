"""A box of two gives its lease on to the shop that it opens: what works at devices there waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app import appliance, twin_box
from edge.app.leading_box import LeadingBox
from edge.backoffice.twin.membership.founding import found_shop
from edge.runtime.config import Config
from sim.ports import free_port
from tests.shop_fixture import CONFIG, config, open_shop, run


def test_devices_of_a_box_that_leads_no_longer_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    async def sells(config: Config, twin: LeadingBox) -> bool:
        async with open_shop(tmp_path / "shop", stocked=False) as shop:
            twin.opened(shop)
            seen.append(shop.leads())
            twin.node.close()
            seen.append(shop.leads())
        return False

    async def scenario() -> None:
        loaded = config(tmp_path / "first", CONFIG)
        folders = {"a": loaded.folder, "b": tmp_path / "b", "w": tmp_path / "w"}
        found_shop(folders, {name: free_port() for name in folders}, {"a": 1, "b": 2})
        await twin_box.run(loaded)

    monkeypatch.setattr(appliance, "run", sells)
    run(scenario())
    assert seen == [True, False]
