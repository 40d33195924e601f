"""Head office's page of a shop's Wi-Fi also shows how far the order is whose QR was scanned, if the shop wants that."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from edge.lib.i18n import LANGUAGES, translate
from edge.ordering.orders.commands import MoveOrder
from edge.ordering.orders.customers.status_page import TellStatusPage
from edge.ordering.orders.order import digest
from edge.ordering.orders.queries import read_shop_order
from edge.ordering.orders.rules import OPEN
from sim.http_service import serving
from sim.postgres import Postgres
from sync.hub.api.join_page import add_join_page
from sync.hub.api.order_status import PATH
from tests.browser.browsing import browser
from tests.browser.serving import DEADLINE_S
from tests.browser.web.test_axe import violations
from tests.contract.hub.test_hub_api import an_api
from tests.contract.hub.test_hub_order_status import KEY, ON, real_clock
from tests.head_office import head_office
from tests.ordering import STAFF, do, milk_order
from tests.shop_fixture import CONFIG, SYSTEM, done, open_shop, run

SECRET = "s" * 24
STATES = (*OPEN, "handed_over", "delivered", "rejected", "cancelled")
LOCALES = {"en": "en-GB", "fr": "fr-CA", "he": "he-IL"}
STATUS = {
    **{"said": "K07", "state": "preparing", "fulfilment": "pickup", "late": False, "zone": "Europe/Paris"},
    **{"slot_from": "2026-11-22T13:00:00Z", "slot_until": "2026-11-22T13:30:00Z", "store_name": "Café <b>& co</b>"},
    **{"changed_at": "2026-11-22T12:40:00Z", "as_of": "2026-11-22T12:58:00Z", "now": "2026-11-22T12:59:00Z"},
}


class Office:
    """Head office's page and what it answers: `say`, or a status and headers; `asked`: the bodies of the questions."""

    def __init__(self) -> None:
        self.url = ""
        self.status, self.headers = 200, dict[str, str]()
        self.say: dict[str, Any] = dict(STATUS)
        self.asked: list[dict[str, Any]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        return web.json_response(self.say, status=self.status, headers=self.headers)

    def link(self, secret: str = SECRET, of: str = "&of=demo/corner") -> str:
        return f"{self.url}#wifi=Guests{of}&to=https://box.local:8443/order/{secret}"


@asynccontextmanager
async def an_office() -> AsyncIterator[Office]:
    office, app = Office(), web.Application()
    add_join_page(app)
    app.router.add_post(PATH, office.answer)
    async with serving(app) as address:
        office.url = f"{address}/join"
        yield office


@asynccontextmanager
async def a_phone(language: str = "en") -> AsyncIterator[Page]:
    """Its clock stands still until it is moved."""
    async with browser() as launched:
        size = {"width": 390, "height": 844}
        context = await launched.new_context(locale=LOCALES[language], viewport=size, has_touch=True)  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(DEADLINE_S * 1000)
        await page.clock.install()
        yield page


def shown(page: Page, what: str) -> Any:
    return page.locator(f'#order [lang]:not([hidden]) [data-if="{what}"]')


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_reads_in_its_language_how_far_it_is(language: str) -> None:
    async def scenario() -> None:
        async with an_office() as office, a_phone(language) as page:
            await page.goto(office.link())
            words = page.locator("#order")
            await expect(words).to_contain_text(translate(language, "order.now_preparing"))
            text = await words.inner_text()
            assert "K07" in text and "Café <b>& co</b>" in text
            assert {"en": "14:00 – 14:30", "fr": "14 h 00 – 14 h 30", "he": "14:00 – 14:30"}[language] in text
            assert {"en": "As of 13:58", "fr": "13 h 58", "he": "13:58"}[language] in text
            assert not await violations(page, language)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert await page.evaluate("document.dir") == ("rtl" if language == "he" else "ltr")
            assert office.asked == [{"tenant": "demo", "store": "corner", "digest": digest(SECRET)}]
            assert SECRET not in json.dumps(office.asked)

    run(scenario())


def test_it_says_of_each_state_what_the_shops_own_page_says() -> None:
    page = (Path(__file__).parents[3] / "sync/hub/api/join/join.html").read_text()
    for language in LANGUAGES:
        for state in STATES:
            assert f'<span data-state="{state}">{translate(language, f"order.now_{state}")}</span>' in page, state


def test_it_asks_again_less_and_less_and_at_once_when_it_is_looked_at() -> None:
    async def scenario() -> None:
        async with an_office() as office, a_phone() as page:
            await page.goto(office.link())
            await expect(shown(page, "known").first).to_be_visible()
            for more_s, count in ((11, 2), (16, 3), (11, 3), (14, 4)):
                async with asked(page, office, count):
                    await page.clock.run_for(more_s * 1000)
            office.say["state"] = "ready"
            async with asked(page, office, 5):
                await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            await expect(page.locator("#order .state:visible")).to_have_text(
                "Ready for you at the counter", use_inner_text=True
            )
            async with asked(page, office, 6):
                await page.clock.run_for(11_000)

    run(scenario())


@asynccontextmanager
async def asked(page: Page, office: Office, count: int) -> AsyncIterator[None]:
    """What is done in it makes the questions be so many."""
    if len(office.asked) < count:
        async with page.expect_response(lambda answer: answer.url.endswith(PATH)):
            yield
    else:
        yield
    assert len(office.asked) == count


def test_what_is_late_or_old_is_said_and_what_is_over_is_shown_no_more() -> None:
    async def scenario() -> None:
        async with an_office() as office, a_phone() as page:
            office.say |= {"late": True, "as_of": "2026-11-21T12:58:00Z"}
            await page.goto(office.link())
            await expect(shown(page, "late")).to_be_visible()
            await expect(shown(page, "stale")).to_contain_text("Saturday 21 November")
            await expect(shown(page, "stale")).to_contain_text("13:58")
            assert not await shown(page, "fresh").is_visible()
            assert not await violations(page, "late and old")
            office.status, office.headers = 429, {"Retry-After": "60"}
            await page.clock.run_for(11_000)
            assert await shown(page, "known").first.is_visible(), "who is told to wait still shows what it knows"
            office.status, office.headers = 404, {}
            await page.clock.run_for(61_000)
            await expect(shown(page, "none")).to_be_visible()
            assert "K07" not in await page.locator("#order").inner_text()
            before = len(office.asked)
            await page.clock.run_for(3_600_000)
            assert len(office.asked) - before < 12, "and it is not asked for ever"

    run(scenario())


def test_without_the_shops_yes_nobody_is_asked() -> None:
    async def scenario() -> None:
        async with an_office() as office, a_phone() as page:
            for link in (office.link(of=""), office.link(of="&of=demo"), office.link(of="&of=demo/a%20b")):
                await page.goto("about:blank")
                await page.goto(link)
                await expect(page.locator("main:visible")).to_have_count(1)
                assert not await page.locator("#order").is_visible()
            await page.goto("about:blank")
            await page.goto(f"{office.url}#wifi=Guests&of=demo/corner&to=https://box.local:8443/shop")
            await expect(page.locator("#asked")).to_be_visible()
            await page.clock.run_for(60_000)
            assert not office.asked and not await page.locator("#order").is_visible()

    run(scenario())


def test_without_a_script_it_says_that_it_needs_one() -> None:
    async def scenario() -> None:
        async with an_office() as office, browser() as launched:
            page = await (await launched.new_context(java_script_enabled=False)).new_page()
            await page.goto(office.link())
            text = await page.locator("body").inner_text()
            assert "needs JavaScript" in text and "nécessite JavaScript" in text and "דורש JavaScript" in text

    run(scenario())


def test_from_the_shops_journal_to_the_phone(tmp_path: Path) -> None:
    """The real head office with its Postgres."""

    async def scenario() -> None:
        async with (
            Postgres(durable=False) as server,
            open_shop(tmp_path, real_clock(), text=CONFIG + ON) as shop,
            head_office(server.dsn) as office,
            an_api(server.dsn) as house,
            a_phone() as page,
        ):
            order = await milk_order(shop)
            kept = read_shop_order(shop.reader, order.id)
            assert kept
            link = f"{house.base}/join#wifi=Guests&of=demo/corner&to=https://box.local/order/{kept.secret}"
            await page.goto(link)
            await expect(shown(page, "none")).to_be_visible()
            await done(shop, TellStatusPage(), SYSTEM)
            await office.up(KEY, shop)
            await page.clock.run_for(21_000)
            state = page.locator("#order .state:visible")
            await expect(state).to_have_text("We've received your order", use_inner_text=True)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await office.up(KEY, shop)
            await page.clock.run_for(21_000)
            await expect(state).to_have_text("We'll start on your order soon", use_inner_text=True)
            await expect(page.locator("#order")).to_contain_text("Corner Shop")

    run(scenario())
