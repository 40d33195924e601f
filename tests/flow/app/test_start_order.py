"""Devices start with the pages, so that a scan is never lost; and also when the pages can't be served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.app import appliance
from edge.core.bus import Bus
from edge.core.process.parts import Part, Ready, Supervisor
from edge.lib.errors import ConfigError
from edge.operations.ledger import Ledger
from tests.shop_fixture import config


@pytest.mark.parametrize("served", [True, False])
def test_devices_start_before_the_panel_serves(tmp_path: Path, served: bool) -> None:
    made: list[str] = []
    others_run = asyncio.Event()

    async def panel(ready: Ready) -> None:
        await others_run.wait()
        if not served:
            raise ConfigError("The port is taken.", "Set another.")
        ready()
        await asyncio.Event().wait()

    async def other(ready: Ready) -> None:
        ready()
        await asyncio.Event().wait()

    def parts() -> Iterator[Part]:
        for name in ("watchdog", "panel", "printer", "jobs"):
            made.append(name)
            yield Part(name, panel if name == "panel" else other)

    async def scenario() -> None:
        ledger = Ledger(config(tmp_path))
        shop = ledger.shop(Bus())
        shop.start()
        supervisor = Supervisor(shop.bus)
        starting = asyncio.create_task(appliance.start_parts(parts(), supervisor, shop))
        try:
            while "jobs" not in supervisor.states:
                await asyncio.wait((starting,), timeout=0.01)
                assert not starting.done()
            assert made == ["watchdog", "panel", "printer", "jobs"]
            others_run.set()
            await supervisor.wait_until_settled("panel")
            assert not starting.done()
        finally:
            starting.cancel()
            await supervisor.stop()
            shop.close()
            ledger.close()

    asyncio.run(scenario())
