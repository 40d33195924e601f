"""The page of the network, and the same on the first page: an owner joins the shop's Wi-Fi without a shell."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.runtime.networks import NETWORKS, Networks
from sim import network_manager
from sim.child import Child
from sim.ports import free_port
from tests.browser.app.test_first_start import START_S, listens
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.http_client import PIN, when
from tests.shop_fixture import CONFIG, SYSTEM, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
AIR: dict[str, dict[str, Any]] = {
    "Boutique <b>": {"signal": 72, "security": "WPA2", "password": "twelve letters"},
    "Neighbour": {"signal": 30, "security": ""},
}
ROW = '[data-network="Boutique <b>"]'
TITLES = {"he": "רשת", "fr": "Réseau", "en": "Network"}


def test_an_owner_joins_and_forgets_a_network(tmp_path: Path) -> None:
    async def scenario() -> None:
        folder = tmp_path / "bin"
        file = network_manager.install(folder, air=AIR)
        async with serve(tmp_path, CONFIG) as served, till() as opened:
            page = opened.page
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            served.site.services.put(NETWORKS, Networks((str(folder / "nmcli"),)))
            for language, title in TITLES.items():
                await opened.open(served, f"lang={language}", path="/manager/network")
                await opened.see("h1", title)
                await opened.see(ROW)
                assert await violations(page, f"network {language}") == []
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/network-{language}.png", full_page=True)
            await opened.see("#network", "no cable")
            await page.locator(f"{ROW} summary").click()
            for typed, said in (("short", "8 to 63"), ("a wrong password", "refused the password")):
                await page.locator(f"{ROW} [name=password]").fill(typed)
                await page.locator(f"{ROW} [type=submit]").click()
                await opened.see('[data-error="network"]', said)
                if not await page.locator(f"{ROW} [name=password]").is_visible():
                    await page.locator(f"{ROW} summary").click()
            await page.locator(f"{ROW} [name=password]").fill("twelve letters")
            await page.locator(f"{ROW} [type=submit]").click()
            await opened.see("#network", "The box connects automatically from now on.")
            await opened.see(f"{ROW} .pill.good", "connected")
            await page.locator(f"{ROW} [data-forget]").click()
            await opened.agree()
            await opened.see(f"{ROW} summary", "Join")
            assert network_manager.read(file)["stored"] == {}
            served.site.services.put(NETWORKS, Networks((str(folder / "none"),)))
            await opened.open(served, "lang=en", path="/manager/network")
            await opened.see("[data-absent]", "managed by its operating system")

    run(scenario())


def test_a_new_box_joins_from_its_first_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        port, folder = free_port(), tmp_path / "bin"
        file = network_manager.install(folder, air=AIR)
        appliance = Child("appliance", tmp_path / "log")
        command = [sys.executable, "-m", "edge", "--config", str(tmp_path / "config.toml"), "run"]
        appliance.spawn([*command, "--first-port", str(port)], {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
        try:
            async with till() as opened:
                page = opened.page
                await when(lambda: listens(port), bool, "the first page", START_S)
                await page.goto(f"http://127.0.0.1:{port}/?lang=en")
                await opened.see("#network-card[open]", "no cable")
                await page.locator(f"{ROW} summary").click()
                await page.locator(f"{ROW} [name=password]").fill("twelve letters")
                await page.locator(f"{ROW} [type=submit]").click()
                await opened.see(f"{ROW} .pill.good", "connected")
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/network-first.png", full_page=True)
            assert [one["password"] for one in network_manager.read(file)["stored"].values()] == ["twelve letters"]
            assert "twelve letters" not in appliance.log.read_text()
        finally:
            appliance.stop(signal.SIGTERM)

    run(scenario())
