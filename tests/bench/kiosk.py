"""`bench kiosk`: the kiosk in a real browser, and what is promised through random histories.

`touch_p95_ms`: from a touch on "+" to the cart changed on the screen. `first_s`: from the address to a page that can be
touched; `first_kb`: what of it came over the wire. `differences`: how often what is promised was not what open carts
and orders hold, of so many random things done, with the ledger closed and opened every 500.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, Response

from edge.app import demo_catalog
from edge.core.messages import Done
from edge.shop.catalog.commands import SetProducts
from tests.bench.measure import percentile, result
from tests.browser.browsing import browser
from tests.browser.serving import serve
from tests.kiosk_histories import play, stocked
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, open_shop

_TOUCH = """
() => new Promise((done) => {
    const began = performance.now();
    new MutationObserver((_, seen) => {
        seen.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
    }).observe(document.getElementById("cart"), { childList: true });
    document.querySelector('#cart [data-change="more"]').click();
})
"""
PIECE = 500


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench kiosk")
    parser.add_argument("--touches", type=int, default=300)
    parser.add_argument("--steps", type=int, default=10_000)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-kiosk-") as name:
        page, histories = Path(name) / "page", Path(name) / "histories"
        page.mkdir()
        histories.mkdir()
        first_s, first_kb, touches = asyncio.run(_touched(page, args.touches))
        differences = asyncio.run(_histories(histories, args.steps))
    p50, p95 = percentile(touches, 0.5), percentile(touches, 0.95)
    print(f"first page {first_s:.2f} s, {first_kb:.0f} kB; a touch {p50:.0f} ms in the median, {p95:.0f} at p95")
    print(f"{args.steps} random things: {differences} differences")
    result(touch_p95_ms=p95, touch_p50_ms=p50, first_s=first_s, first_kb=first_kb, differences=differences)
    return 0


async def _touched(folder: Path, touches: int) -> tuple[float, float, list[float]]:
    async with serve(folder, CONFIG) as served, browser() as launched:
        goods = [one for one in demo_catalog.products() if one.tax_class == "standard"]
        for at in range(0, len(goods), 100):
            done = await served.shop.do(SetProducts(tuple(goods[at : at + 100])), SYSTEM)
            assert isinstance(done, Done), done
        page = await launched.new_page(viewport={"width": 1080, "height": 1920})
        sizes: list[int] = []
        page.on("response", lambda answer: sizes.append(_size(answer)))
        began = time.perf_counter()
        await page.goto(f"{served.url}/kiosk?register=2&lang=en")
        await page.wait_for_selector("body[data-ready]")
        first_s = time.perf_counter() - began
        first_kb = sum(sizes) / 1000
        return first_s, first_kb, await _touches(page, touches)


async def _touches(page: Page, touches: int) -> list[float]:
    await page.click('[data-start="en"]')
    await page.click('[data-sku="milk"]')
    await page.click("#put")
    await page.wait_for_selector("#cart [data-line]")
    return [float(await page.evaluate(_TOUCH)) for _ in range(touches)]


def _size(answer: Response) -> int:
    return int(answer.headers.get("content-length", 0))


async def _histories(folder: Path, steps: int) -> int:
    clock, choice, differences = FakeClock(), random.Random(7), 0
    for at in range(0, steps, PIECE):
        async with open_shop(folder, clock, stocked=not at) as shop:
            if not at:
                await stocked(shop)
            differences += await play(shop, clock, choice, min(PIECE, steps - at))
    return differences
