"""`bench kiosk`: the kiosk in a real browser, and what is promised through random histories.

`touch_p95_ms`: from a touch on "+" to the cart changed on the screen; `modifiers`: the median of a line with modifiers
against one without, at two kiosks in turn. `first_s`: from the address to a page that can be
touched; `first_kb`: what of it came over the wire. `differences`: how often what is promised was not what open carts
and orders hold, of so many random things done, and of what a kill every 500 of
them leaves. `till_ratio`: the p99 of a line at four tills with eight kiosks in use, against that without.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Page, Response

from edge.app.demo_shop import demo_catalog
from edge.core.messages import Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from tests.bench.measure import percentile, result
from tests.browser.browsing import browser
from tests.browser.serving import serve
from tests.kiosk_histories import held, play, promised, stocked
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, open_shop
from tests.stack import CONFIG as STACK_CONFIG
from tests.stack import PRODUCTS, Store, store

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
SIZE = ModifierGroup(
    "size",
    {"en": "Size"},
    (Modifier("small", {"en": "Small"}), Modifier("large", {"en": "Large"}, 100)),
    products=("latte",),
    least=1,
)
PIECE = 500
TILLS, KIOSKS = 4, 8


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench kiosk")
    parser.add_argument("--touches", type=int, default=300)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--sales", type=int, default=60, help="of each till, without kiosks and again with them")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-kiosk-") as name:
        page, histories = Path(name) / "page", Path(name) / "histories"
        page.mkdir()
        histories.mkdir()
        first_s, first_kb, touches, chosen = asyncio.run(_touched(page, args.touches))
        differences = asyncio.run(_histories(histories, args.steps))
        tills = Path(name) / "tills"
        tills.mkdir()
        quiet_ms, busy_ms = asyncio.run(_beside_kiosks(tills, args.sales))
    p50, p95 = percentile(touches, 0.5), percentile(touches, 0.95)
    print(f"first page {first_s:.2f} s, {first_kb:.0f} kB; a touch {p50:.0f} ms in the median, {p95:.0f} at p95")
    print(f"{args.steps} random things: {differences} differences")
    print(f"a line at a till {quiet_ms:.1f} ms at p99, {busy_ms:.1f} with {KIOSKS} kiosks in use")
    result(
        touch_p95_ms=p95,
        touch_p50_ms=p50,
        modifiers=percentile(chosen, 0.5) / p50,
        first_s=first_s,
        first_kb=first_kb,
        differences=differences,
        till_ratio=busy_ms / quiet_ms,
        till_quiet_p99_ms=quiet_ms,
        till_busy_p99_ms=busy_ms,
    )
    return 0


async def _touched(folder: Path, touches: int) -> tuple[float, float, list[float], list[float]]:
    """How long the first page takes and how much of it comes over the wire; touches of a line without modifiers, and
    with one."""
    async with serve(folder, CONFIG) as served, browser() as launched:
        goods = [one for one in demo_catalog.products() if one.tax_class == "standard"]
        for at in range(0, len(goods), 100):
            done = await served.shop.do(SetProducts(tuple(goods[at : at + 100])), SYSTEM)
            assert isinstance(done, Done), done
        for command in (SetProducts((Product("latte", {"en": "Latte"}, price_minor=300),)), SetModifierGroup(SIZE)):
            outcome = await served.shop.do(command, SYSTEM)
            assert isinstance(outcome, Done), outcome
        page = await launched.new_page(viewport={"width": 1080, "height": 1920})
        sizes: list[int] = []
        page.on("response", lambda answer: sizes.append(_size(answer)))
        began = time.perf_counter()
        await page.goto(f"{served.url}/kiosk?register=2&lang=en")
        await page.wait_for_selector("body[data-ready]")
        first_s = time.perf_counter() - began
        first_kb = sum(sizes) / 1000
        other = await launched.new_page(viewport={"width": 1080, "height": 1920})
        await other.goto(f"{served.url}/kiosk?register=1&lang=en")
        await other.wait_for_selector("body[data-ready]")
        return first_s, first_kb, *await _touches(page, other, touches)


async def _touches(page: Page, other: Page, touches: int) -> tuple[list[float], list[float]]:
    """Milliseconds of a touch at the one, with milk in its cart, and at the other, with a large latte."""
    await page.click('[data-start="en"]')
    await page.click('[data-sku="milk"]')
    await page.click("#put")
    await page.wait_for_selector("#cart [data-line]")
    await other.click('[data-start="en"]')
    await other.fill("#search", "latte")
    await other.click('#goods [data-sku="latte"]')
    await other.click('#sheet [value="size/large"]')
    await other.click("#put")
    await other.wait_for_selector('#cart .with:has-text("Large")')
    plain, chosen = list[float](), list[float]()
    for _ in range(touches):
        plain.append(float(await page.evaluate(_TOUCH)))
        chosen.append(float(await other.evaluate(_TOUCH)))
    return plain, chosen


def _size(answer: Response) -> int:
    return int(answer.headers.get("content-length", 0))


async def _histories(folder: Path, steps: int) -> int:
    """Every piece goes on with what a kill would leave of the one before: its files as they are while it is open."""
    clock, choice, differences = FakeClock(), random.Random(7), 0
    for at in range(0, steps, PIECE):
        here, left = folder / str(at), folder / str(at + PIECE)
        async with open_shop(here, clock, stocked=not at) as shop:
            if not at:
                await stocked(shop)
            differences += promised(shop.reader) != held(shop.reader)
            differences += await play(shop, clock, choice, min(PIECE, steps - at))
            await asyncio.to_thread(shutil.copytree, here, left)
        await asyncio.to_thread(shutil.rmtree, here)
    return differences


async def _beside_kiosks(folder: Path, sales: int) -> tuple[float, float]:
    """The p99 in milliseconds of a line at four tills that sell: while no one is at the kiosks, and while eight people
    put something into their carts every second."""
    names = [str(number) for number in range(1, TILLS + KIOSKS + 1)]
    text = f"registers = {json.dumps(names)}\n{STACK_CONFIG}"
    async with store(folder, text=text) as shop:
        await shop.start(PRODUCTS)
        await _lines(shop, names[:TILLS], 5)  # nobody counts the first ones
        quiet = await _lines(shop, names[:TILLS], sales)
        stop = asyncio.Event()
        touching = [asyncio.create_task(_touch_on(shop, name, stop)) for name in names[TILLS:]]
        busy = await _lines(shop, names[:TILLS], sales)
        stop.set()
        await asyncio.gather(*touching)
    return percentile(quiet, 0.99), percentile(busy, 0.99)


async def _lines(shop: Store, registers: list[str], sales: int) -> list[float]:
    async def sell(register: str) -> list[float]:
        times: list[float] = []
        for _ in range(sales):
            for command, fields in (("AddLine", {"sku": "milk"}),) * 5 + (("Pay", {"kind": "card"}),):
                began = time.perf_counter()
                status, answer = await shop.api.post(f"/api/v1/commands/{command}", fields, Register=register)
                assert status == 200, answer
                if command == "AddLine":
                    times.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(0.02)
        return times

    return [one for found in await asyncio.gather(*map(sell, registers)) for one in found]


async def _touch_on(shop: Store, register: str, stop: asyncio.Event) -> None:
    touches = 0
    while not stop.is_set():
        wanted = ("leave", {}) if touches % 20 == 19 else ("add", {"sku": "milk"})
        status, answer = await shop.api.post(f"/kiosk/{wanted[0]}", wanted[1], Register=register)
        assert status == 200, answer
        touches += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1.0)
