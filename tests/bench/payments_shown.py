"""How soon a till's page says that a card has paid, and what scans cost while another till waits for its terminal."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from edge.counter.till.commands import AbandonBasket, AddLine
from edge.foundation.access.rights import anonymous_actor
from tests.bench.measure import percentile
from tests.browser.money.test_card_payments import at_a_terminal
from tests.card_shop import CardShop, card_shop
from tests.http_client import when
from tests.shop_fixture import MILK, done

_PAID = "#card_payment[hidden]"
_WATCH = """() => {
  window.paidAt = 0;
  const look = () => {
    if (window.paidAt || !document.querySelector("#card_payment[hidden]")) return;
    window.paidAt = -1;
    requestAnimationFrame(() => setTimeout(() => { window.paidAt = Date.now(); }));
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
"""The page itself says when it has painted that a card paid: what drives the browser is slower than it."""
SCANS_A_BASKET = 20


def shown(count: int) -> dict[str, float]:
    """`shown_p95_ms`: from the card that is presented to the painted page, of so many payments in a real browser,
    behind one that loads what a till has loaded when its shop opens."""
    return {"shown_p95_ms": round(percentile(asyncio.run(_shown(count)), 0.95), 1)} if count else {}


async def _shown(count: int) -> list[float]:
    times: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-payments-") as name:
        async with at_a_terminal(Path(name)) as (_, terminal, till):
            for _ in range(count + 1):
                await till.scan(MILK)
                await till.see("#lines .line .amount", "1.20")
                await till.page.keyboard.press("F9")
                await till.see("#card_payment .says", "Present the card")
                await till.page.evaluate(_WATCH)
                began_ms = time.time() * 1000
                terminal.press("")
                await till.page.wait_for_selector(_PAID, state="attached")
                painted = await till.page.wait_for_function("window.paidAt > 0 && window.paidAt")
                times.append(await painted.json_value() - began_ms)
    return times[1:]


def ratio(count: int) -> dict[str, float]:
    """`till_ratio`: the median of so many scans at a register while another waits for its terminal, against alone."""
    return {"till_ratio": round(asyncio.run(_ratio(count)), 2)} if count else {}


async def _ratio(count: int) -> float:
    with tempfile.TemporaryDirectory(prefix="bench-payments-") as name:
        async with card_shop(Path(name)) as counter:
            await counter.kill()
            await counter.start(silence_timeout_ms=90_000)
            await _scans(counter, count)  # nothing is new any more
            alone = await _scans(counter, count)
            counter.device.fault = "late"
            await counter.begin()
            await when(_at_it(counter), bool, "the terminal waits for a card")
            waiting = await _scans(counter, count)
            again = await _scans(counter, count)
            counter.device.press("")
            await counter.ends("captured")
    return statistics.median(waiting + again) / statistics.median(alone)


def _at_it(counter: CardShop) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return counter.device.running is not None

    return look


async def _scans(counter: CardShop, count: int) -> list[float]:
    other = anonymous_actor("2")
    times = []
    for number in range(count):
        began = time.perf_counter()
        await done(counter.shop, AddLine(MILK), other)
        times.append(time.perf_counter() - began)
        if number % SCANS_A_BASKET == SCANS_A_BASKET - 1:
            await done(counter.shop, AbandonBasket(), other)
    return times
