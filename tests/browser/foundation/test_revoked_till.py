"""A till whose pairing ends while it has no network: what it kept is refused, one by one, and nothing of it is done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.foundation.access.commands import EndPairing
from edge.foundation.access.queries import pairings
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import DEADLINE_S, serve
from tests.contract.api.test_panel_pairing import ALWAYS, pair
from tests.shop_fixture import MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def test_what_a_till_kept_is_refused_one_by_one_once_it_is_let_in_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller, till() as page:
            name, _, value = (await pair(caller)).partition("=")
            await page.page.context.add_cookies([{"name": name, "value": value, "url": served.url}])
            await page.open(served, query="register=2")
            await page.scan(MILK)
            await page.see("#lines .line", "Milk")
            before = served.shop.reader.execute("SELECT count(*) FROM journal").fetchone()

            refused: list[str] = []
            answered = asyncio.Event()

            async def hear(answer: object) -> None:
                refused.append(await answer.json())  # type: ignore[attr-defined]
                if len(refused) == 2:
                    answered.set()

            await page.page.route("**/api/v1/commands/**", lambda route: route.abort())
            await page.scan(MILK)
            await page.scan(MILK)
            await page.see(".unsaved")
            [paired] = pairings(served.shop.reader)
            assert isinstance(await served.shop.do(EndPairing(paired.id), SYSTEM), Done)
            await page.see('body[data-link="closed"]')
            told = """all => {
                globalThis.told = [];
                new MutationObserver(() => told.push(all.textContent)).observe(all, {childList: true});
            }"""
            await page.page.locator("#notice").evaluate(told)
            page.page.on("response", lambda answer: "/commands/" in answer.url and asyncio.ensure_future(hear(answer)))
            await page.page.unroute("**/api/v1/commands/**")
            await asyncio.wait_for(answered.wait(), DEADLINE_S)
            assert [one["code"] for one in refused] == ["not_paired", "not_paired"], "each of them, under its own id"
            await page.gone(".unsaved")
            shown = await page.see("#notice", "isn't paired")
            assert await page.page.evaluate("told.length") == 2, "one after the other"
            noted = ("PairingEnded", "RightDenied")
            after = served.shop.reader.execute(
                "SELECT count(*) FROM journal WHERE type NOT IN (?, ?)", noted
            ).fetchone()
            assert after == before and shown

    run(scenario())
