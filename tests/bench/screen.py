"""`bench screen`: the till's page in a real browser, the appliance a process of its own.

From Enter behind a typed code to the line painted: `p99_ms` in baskets that have 40 lines; `grown`, the median in a
basket of 200 lines against one of 20; `modifiers`, the median of goods that are sold with one against goods without, in
turn; `watched`, the median with 50 more pages of the register open against none.
`first_kb`: what comes over the wire until the page can be used, nothing of it known before.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import msgspec
from playwright.async_api import Page

from edge.goods.catalog.product import Product
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from tests.bench.measure import percentile, result
from tests.browser.browsing import browser
from tests.stack import Store, store

GOODS = 250
WATCHERS = 50
WITH, ROUND = 100, 10
"""The first of the goods with modifiers; how many scans are made in turn."""
SCREEN = {"width": 1024, "height": 768}
_ENTER = """
(code) => new Promise((painted) => {
    const box = document.getElementById("code");
    const before = document.getElementById("lines").dataset.revision;
    let began = 0;
    const look = new MutationObserver(() => {
        if (document.getElementById("lines").dataset.revision === before) return;
        look.disconnect();
        // behind the frame that shows it
        requestAnimationFrame(() => setTimeout(() => painted(performance.now() - began)));
    });
    const all = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-revision"] };
    look.observe(document.body, all);
    box.focus();
    box.value = code;
    began = performance.now();
    box.form.requestSubmit();
})
"""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench screen")
    parser.add_argument("--scans", type=int, default=120, help="at each number of lines")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-screen-") as folder:
        figures = asyncio.run(_measure(Path(folder), args.scans))
    for name, value in figures.items():
        print(f"{name:12} {value:.2f}")
    result(**figures)
    return 0


async def _measure(folder: Path, scans: int) -> dict[str, float]:
    async with store(folder) as shop, browser() as launched:
        await shop.start(goods())
        page = await launched.new_page(viewport=SCREEN)
        sizes: list[int] = []
        page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
        await page.goto(f"http://127.0.0.1:{shop.port}/?register=1&lang=en")
        await page.wait_for_selector('body[data-link="open"]')
        first_kb = sum(sizes) / 1000
        few = await in_basket(shop, page, 20, scans)
        plain, asked = await in_turn(shop, page, scans)
        usual = await in_basket(shop, page, 40, scans)
        many = await in_basket(shop, page, 200, scans)
        async with watched(shop):
            seen = await in_basket(shop, page, 20, scans)
        alone = await in_basket(shop, page, 20, scans)
    return {
        "p99_ms": percentile(usual, 0.99),
        "p50_ms": percentile(usual, 0.5),
        "grown": statistics.median(many) / statistics.median(few),
        "modifiers": statistics.median(asked) / statistics.median(plain),
        "watched": statistics.median(seen) / statistics.median(alone),
        "first_kb": first_kb,
    }


def goods() -> list[Product]:
    """More than a basket holds, so that each scan is a line of its own."""
    return [Product(f"p{n}", {"en": f"Goods number {n}"}, (f"3{n:04}",), 100 + n) for n in range(GOODS)]


async def in_turn(shop: Store, page: Page, scans: int) -> tuple[list[float], list[float]]:
    """Milliseconds of scans of goods that nothing is asked of, and of goods with a modifier that is preset."""
    asked = tuple(f"p{n}" for n in range(WITH, WITH + 30))
    milk = ModifierGroup("milk", {"en": "Milk"}, (Modifier("oat", {"en": "Oat"}, 50, preset=True),), products=asked)
    await shop.api.do("SetModifierGroup", shop.api.token, group=msgspec.to_builtins(milk))
    plain, chosen = list[float](), list[float]()
    while len(plain) < scans:
        plain += await in_basket(shop, page, 20, ROUND)
        chosen += await in_basket(shop, page, 20, ROUND, WITH)
    return plain, chosen


async def in_basket(shop: Store, page: Page, lines: int, scans: int, first: int = 0) -> list[float]:
    """Milliseconds of each scan into a basket that has about so many lines: a line is struck by a new basket. `first`:
    the number of the goods with which it begins."""
    times: list[float] = []
    while len(times) < scans:
        await shop.api.do("AbandonBasket", shop.api.token)
        for n in range(lines - 5):
            await shop.api.do("AddLine", shop.api.token, sku=f"p{first + n}")
        await page.wait_for_selector(f'#lines[data-count="{lines - 5}"]')
        for n in range(lines - 5, lines + 5):
            times.append(float(await page.evaluate(_ENTER, f"3{first + n:04}")))
    return times[:scans]


class watched(AsyncExitStack):  # noqa: N801
    """More pages of the register, whose sockets someone reads."""

    def __init__(self, shop: Store) -> None:
        super().__init__()
        self._shop = shop

    async def __aenter__(self) -> watched:
        await super().__aenter__()
        session = await self.enter_async_context(aiohttp.ClientSession())
        for _ in range(WATCHERS):
            socket = await session.ws_connect(f"http://127.0.0.1:{self._shop.port}/ws?register=1&lang=en")
            reading = asyncio.ensure_future(_read(socket))
            self.callback(reading.cancel)
        return self


async def _read(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass
