"""A page that no one touches asks for the PIN again, however busy the shop is behind it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Done
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.browsers.session import LASTING, SessionKind
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.http_client import PIN
from tests.shop_fixture import MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


def age(served: Served, kind: SessionKind, us: int) -> int:
    """As if no one had touched it for so long: since when."""
    [found] = [one for one in served.access.sessions._of.values() if one.kind == kind]
    touched_us = found.touched_us - us
    served.access.sessions._of[found.id] = msgspec.structs.replace(found, touched_us=touched_us)
    return touched_us


async def sell(served: Served) -> None:
    for command in (AddLine(MILK), Pay("cash", 10_000)):
        outcome = await served.shop.do(command, SYSTEM)
        assert isinstance(outcome, Done), outcome


async def untouched(page: Till) -> Till:
    """The same browser begun anew: no one has touched a key or its screen since."""
    engine = page.page.context.browser
    assert engine is not None
    context = await engine.new_context()
    await context.add_cookies([*await page.page.context.cookies()])  # type: ignore[list-item]
    await page.page.close()
    return Till(await context.new_page())


def test_a_managers_page_that_nobody_touches_locks_though_the_shop_sells_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager")
            await page.see("#turnover")
            alone = await untouched(page)
            await alone.open(served, path="/manager")
            await alone.see("#turnover", "€0.00")
            since_us = age(served, "manager", LASTING["manager"].idle_us - 60_000_000)
            await sell(served)
            await alone.see("#turnover", "€1.20")
            [session] = [one for one in served.access.sessions.all() if one.kind == "manager"]
            assert session.touched_us == since_us, "what the page asks by itself is no use of it"
            await alone.keys("Tab")
            await sell(served)
            await alone.see("#turnover", "€2.40")
            [session] = [one for one in served.access.sessions.all() if one.kind == "manager"]
            assert session.touched_us > since_us, "somebody is there"

    run(scenario())


def test_a_till_that_nobody_touches_signs_out_though_its_page_looks_for_new_keys(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            assert isinstance(await served.shop.do(SetUser("u1", "Dana", "cashier", hash_pin("7394")), SYSTEM), Done)
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "7394"})).status == 200
            since_us = age(served, "till", 60_000_000)
            for unattended in ({"By-Itself": "1"}, {"Sec-Fetch-Dest": "image"}):
                await caller.get("/fragments/quick-keys?register=1", **unattended)
                assert served.access.sessions._of[served.access.sessions._by_register["1"]].touched_us == since_us
            async with caller.socket("page=cashier&register=1") as socket:
                await socket.receive()
            assert served.access.sessions._of[served.access.sessions._by_register["1"]].touched_us == since_us
            await caller.get("/fragments/products?text=milk&register=1")
            assert served.access.sessions._of[served.access.sessions._by_register["1"]].touched_us > since_us

    run(scenario())
