"""`bench day`: a year of one grocery store's real baskets through the till, and the books after it.

Every code is typed on the scanner's serial line; quantities, prices and payments go over
HTTP as the cashier's page sends them; receipts come out of the printer; the journal goes
through the broker to Postgres. What it must all come to is worked out from the file alone.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from sim.postgres import Postgres
from tests.bench.measure import result
from tests.books import differences
from tests.grocery import Basket, Part, codes, list_prices, parts, present, read_baskets, write_catalog
from tests.http_client import PIN, when
from tests.stack import CONFIG, Cloud, Store, cloud, store

GRANT_S = 100.0
"""A PIN's grant holds for two minutes; a new one is fetched before that."""
CASH_EVERY = 4
PAPER_S = 300.0


class Replayed(msgspec.Struct, frozen=True):
    """How many baskets were sold, in how many seconds, and what was printed."""

    sales: int
    seconds: float
    papers: list[str]


class Cashier:
    """Puts baskets through register 1, as fast as the till lets a person who is never tired."""

    def __init__(self, shop: Store, listed: dict[str, int]) -> None:
        self._shop = shop
        self._listed = listed
        self._codes = codes(list(listed))
        self._grant = ""
        self._granted_at = -GRANT_S

    async def sell(self, basket: Basket, kind: str) -> None:
        """One basket, from the first scan to the paid receipt.

        Of a line that became two, the one at another price than the list's is finished first: a
        scan right behind an untouched line of the same product would be counted onto that line.
        """
        first, second = [], []
        for sold in basket:
            of_line = sorted(parts(sold), key=lambda part: part.price_minor == self._listed[part.product])
            first.append(of_line[0])
            second += of_line[1:]
        await self._put(first, 0)
        if second:
            await self._put(second, len(first))
        await self._shop.api.do("Pay", kind=kind)

    async def _put(self, wanted: Sequence[Part], behind: int) -> None:
        """Scan these, and as soon as they are on the counter say how many and for how much. Lines count from 1."""
        for part in wanted:
            self._shop.scanner.type(self._codes[part.product])
        await self._shop.basket(behind + len(wanted))
        changes = []
        for line, part in enumerate(wanted, behind + 1):
            if part.quantity > 1:
                changes.append(self._shop.api.do("SetQuantity", line=line, quantity=part.quantity * 1000))
            if part.price_minor != self._listed[part.product]:
                grant = await self._override()
                changes.append(self._shop.api.do("OverridePrice", grant, line=line, price_minor=part.price_minor))
        await asyncio.gather(*changes)

    async def _override(self) -> str:
        if time.monotonic() > self._granted_at + GRANT_S:
            self._grant, self._granted_at = await self._shop.api.grant(), time.monotonic()
        return self._grant


async def replay(shop: Store, baskets: Sequence[Basket], within_s: float = float("inf")) -> Replayed:
    """Put the baskets through, or as many as fit; returns once the last receipt is on paper."""
    cashier = Cashier(shop, list_prices(read_baskets()))
    papers: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(_read_papers(shop, papers))
        began, sales = time.perf_counter(), 0
        for kind, basket in zip(itertools.cycle(["cash", *["card"] * (CASH_EVERY - 1)]), baskets, strict=False):
            if time.perf_counter() - began > within_s:
                break
            await cashier.sell(basket, kind)
            sales += 1
        seconds = time.perf_counter() - began
        await when(lambda: _count(papers), lambda count: count >= sales, f"{sales} receipts on paper", PAPER_S)
        reading.cancel()
    return Replayed(sales, seconds, papers)


async def _read_papers(shop: Store, papers: list[str]) -> None:
    while True:
        papers.append((await shop.printer.next_receipt()).text)


async def _count(papers: list[str]) -> int:
    return len(papers)


@asynccontextmanager
async def opened(folder: Path, postgres: Postgres) -> AsyncIterator[tuple[Store, Cloud]]:
    """The whole stack with the grocery's catalogue imported and a PIN set."""
    async with cloud(postgres, "day", folder) as office, store(folder, office, CONFIG) as shop:
        await shop.start()
        file = folder / "catalogue.csv"
        await asyncio.to_thread(write_catalog, file, list_prices(read_baskets()))
        imported = await shop.edge("catalog", "import", file)
        assert imported.status == 0, imported
        print(imported.out.strip(), flush=True)
        pin = await shop.edge("pin", stdin=f"{PIN}\n")
        assert pin.status == 0, pin
        yield shop, office


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench day")
    parser.add_argument("--baskets", type=int, default=None, help="how many (default: all)")
    args = parser.parse_args(argv)
    if not present():
        print("The real baskets are not there (shared/data/sales/grocery_store_356 beside the project): nothing to do.")
        return 0
    with tempfile.TemporaryDirectory(prefix="edge-day-") as name, Postgres(durable=True) as postgres:
        return asyncio.run(_bench(Path(name), postgres, read_baskets()[: args.baskets]))


async def _bench(folder: Path, postgres: Postgres, baskets: list[Basket]) -> int:
    lines = sum(map(len, baskets))
    print(f"{len(baskets)} baskets with {lines} lines", flush=True)
    async with opened(folder, postgres) as (shop, office):
        replayed = await replay(shop, baskets)
        print(f"sold in {replayed.seconds:.1f} s: {lines / replayed.seconds:.0f} lines/s", flush=True)
        found = await differences(shop, office, baskets, replayed.papers)
    for difference in found[:50]:
        print(difference)
    result(differences=len(found), sales_per_s=replayed.sales / replayed.seconds)
    return 1 if found else 0
