"""The page of extensions: a package is turned on and off behind a PIN, in three languages and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

from edge.backoffice.extensions.queries import extensions_on
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, config, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
METADATA = """Metadata-Version: 2.1
Name: acme-scale
Version: 2.1
Summary: Reads the weight from Acme counter scales
Author: Acme Scales GmbH
Keywords: edge-store-api-1

"""


def test_a_package_is_turned_on_and_off_by_hand(tmp_path: Path) -> None:
    package = config(tmp_path).folder / "extensions" / "acme_scale-2.1.dist-info"

    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/extensions")
            await page.see("#extensions", "No extensions installed")
            package.mkdir(parents=True)
            (package / "METADATA").write_text(METADATA)
            (package / "entry_points.txt").write_text("[edge.drivers]\nscale.acme = acme_scale:AcmeScale\n")
            await page.page.locator("#look-again").click()
            await page.see("#extensions article", "Acme Scales GmbH")
            await page.see("#extensions h2", "off")
            await page.page.locator("[data-on]").click()
            await page.see("#sure-dialog", "Turn on acme-scale by Acme Scales GmbH?")
            is_managing = await page.page.evaluate("document.body.hasAttribute('data-managing')")
            await page.page.locator("#sure-dialog [type=submit]").click()
            if not is_managing:
                await page.enter_pin()
            await page.see("#extensions h2", "on after restart")
            assert [one.package for one in extensions_on(served.ledger.db)] == ["acme-scale"]
            assert page.complaints == []
            for language, size in (("en", (1366, 768)), ("he", (1366, 768)), ("fr", (390, 844)), ("he", (390, 844))):
                await page.page.set_viewport_size({"width": size[0], "height": size[1]})
                await page.open(served, f"register=1&lang={language}", path="/manager/extensions")
                await page.see("#extensions h2", "acme-scale")
                if SHOTS:
                    await page.page.screenshot(path=f"{SHOTS}/extensions-{language}-{size[0]}.png", full_page=True)
                wide = await page.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, language
            await page.page.locator("[data-off]").click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.page.locator("[data-on]").wait_for()
            assert extensions_on(served.ledger.db) == []

    run(scenario())
