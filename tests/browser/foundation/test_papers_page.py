"""The page of papers: the shop's picture, what receipts leave out, and what would come out of the printer."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image

from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.printing.document import Document, Logo
from edge.foundation.printing.printers.escpos import render, with_logo
from edge.runtime.config.device_uses import PaperOptions
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, done, run

SHOTS = os.environ.get("EDGE_SHOTS", "")


def a_picture() -> bytes:
    """Grey from side to side: only dots of black can show it."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((1200, 500)).save(out, "PNG")
    return out.getvalue()


def test_a_shop_gives_its_receipts_a_picture_and_leaves_lines_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as opened:
            page = opened.page
            page.set_default_timeout(90_000)  # each picture is a process of its own
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await opened.open(served, "lang=en", path="/manager/papers")
            await opened.see("#sample[data-drawn]")
            before = await page.locator("#sample img").get_attribute("src")
            await page.set_input_files("#logo", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
            await opened.see("#papers-error", "can't be read")
            picture = {"name": "logo.png", "mimeType": "image/png", "buffer": a_picture()}
            await page.set_input_files("#logo", picture)
            await opened.see("#drop-logo")
            await opened.see("#papers-said", "Saved")
            with Image.open(served.config.logo) as kept:
                assert kept.mode == "L" and kept.width <= 576
            paper = with_logo(PaperOptions(), str(served.config.logo))
            assert len(render(Document("en", (Logo(),)), paper)) > 1000, "the next paper has it"
            assert await page.locator("#sample img").get_attribute("src") != before
            await page.locator("[name=header]").fill("The Corner\n1 High Street\n")
            await page.locator("[name=part][value=code]").uncheck()
            await page.locator("#receipt [type=submit]").click()
            await opened.see("#papers-said", "The next receipt")
            assert served.site.settings.header == ("The Corner", "1 High Street")
            assert served.site.settings.receipt_without == ("code",)
            for language, width in (("he", 1024), ("fr", 390), ("en", 1920)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/papers")
                await opened.see("#sample[data-drawn]" if SHOTS else "#receipt")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/papers-{language}.png", full_page=True)
            await page.locator("#drop-logo").click()
            await opened.gone("#drop-logo")
            assert not served.config.logo.exists()

    run(scenario(), 240)
