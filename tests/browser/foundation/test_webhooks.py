"""The page of webhooks: one is added, its secret shown once; "send me a test" says what came of it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.webhooks.webhook_state import read_webhooks
from edge.runtime.secrets import secrets_of
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.outgoing import HERE, http_server
from tests.shop_fixture import CONFIG, SYSTEM, run

TEXT = CONFIG + f'\n[notify]\nallow = ["{HERE}"]\n'
SHOTS = os.environ.get("EDGE_SHOTS", "")


def test_one_is_added_tried_and_removed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with http_server() as server, serve(tmp_path, TEXT) as served, till() as opened:
            page = opened.page
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await opened.open(served, "lang=en", path="/manager/webhooks")
            await opened.see(".hook-rows", "No webhooks yet")
            await page.locator("#add [name=url]").fill(server.url + "/in")
            await page.locator("#add [name=types][value=SaleCompleted]").check()
            await page.locator("#add [type=submit]").click()
            secret = await (await opened.see("#secret code", "whsec_")).text_content()
            (hook,) = read_webhooks(served.shop.reader)
            assert (hook.types, secrets_of(served.config.folder).open(f"webhook-{hook.id}")) == (
                ("SaleCompleted",),
                secret,
            )
            await page.locator("[data-test]").click()
            await opened.see("#webhooks-said", "The test was received")
            assert msgspec.json.decode(server.asked[0].body)["type"] == "WebhookTest"
            server.usual = (500, {}, "")
            await page.locator("[data-test]").click()
            await opened.see("#webhooks-error", "wasn't delivered")
            for language, width in (("he", 1024), ("fr", 390)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/webhooks")
                await opened.see(".hook-rows li b")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/webhooks-{language}.png", full_page=True)
            await page.locator("[data-remove]").click()
            await page.locator("#sure-dialog [type=submit]").click()
            await opened.see(".hook-rows li.hint")
            assert read_webhooks(served.shop.reader) == []

    run(scenario())
