"""A browser that does not trust a box agrees at head office's page to be told by it, and is brought back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from edge.analytics.notify.push_subscriptions import read_browsers
from edge.analytics.notify.queries import push_key
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from sim.http_service import ServedApp
from sync.hub.api.push_page import add_push_page
from tests.browser.browsing import Till, till
from tests.browser.serving import Served, serve
from tests.http_client import PIN, when
from tests.shop_fixture import CONFIG, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SUBSCRIBED = """
    if (globalThis.PushManager) PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({
        toJSON: () => ({
            endpoint: "https://push.example/" + applicationServerKey.length,
            keys: { p256dh: "p256dh-of-this-browser", auth: "auth-of-this-browser" },
        }),
    });
"""
"""What a browser's push service would say; there is none here."""


@asynccontextmanager
async def head_office() -> AsyncIterator[str]:
    app = web.Application()
    add_push_page(app)
    async with ServedApp(app) as served:
        yield f"http://localhost:{served.port}/push"


@asynccontextmanager
async def shop(folder: Path) -> AsyncIterator[tuple[Served, Till]]:
    async with head_office() as address:
        text = f'{CONFIG}\n[notify]\npush = "mailto:shop@example.com"\npush_page = "{address}"\n'
        async with serve(folder, text) as served, till() as page:
            served.supervisor.start(Part("notifications", NotificationsPart(served.config, served.shop).run))
            for command in (SetPin(hash_pin(PIN)), SetUser("u1", "Dana", "manager", hash_pin("753108"))):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)

            async def key() -> str:
                return push_key(served.shop.reader)

            await when(key, bool, "the part has begun")
            await page.page.add_init_script(SUBSCRIBED)
            yield served, page


def test_a_browser_agrees_at_head_office_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, page):
            await page.open(served, "lang=he", "/manager/notifications")
            await page.page.locator("#browser-add").click()
            await page.page.wait_for_url("**/push?lang=he#**")
            await page.see("section[lang=he]", "127.0.0.1")
            await page.page.locator("section[lang=he] [data-go]").click()
            await page.page.wait_for_url("**/manager/notifications**")
            await page.see("body.locked[data-link='open'], #browser-drop")
            if not await page.page.locator("#browser-drop").count():  # it comes from another site
                await page.enter_pin()
            await page.see("#browser-drop")
            ((_, browser),) = read_browsers(served.shop.reader, "u1").browsers.items()
            assert browser.endpoint == "https://push.example/65", "agreed to for this box's own key"

    run(scenario())


def test_what_nobody_here_asked_for_is_not_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, page):
            keys = '"p256dh":"p256dh-of-this-browser","auth":"auth-of-this-browser"'
            theirs = f'{{"endpoint":"https://evil.example/1",{keys}}}'
            await page.open(served, f"lang=en#browser={theirs}&state=1", "/manager/notifications")
            await page.page.wait_for_url(lambda url: "#" not in url)
            assert read_browsers(served.shop.reader, "u1").browsers == {}

    run(scenario())
