"""What a day of real baskets must have left, worked out from the file alone, against what it did leave.

Each function gives the differences as sentences; none means that both sides are equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from edge.core.storage.database import open_reader
from sync.wire import Row
from tests.grocery import Basket
from tests.stack import Cloud, Store

SHOWN = 10
"""Differences of one kind that are spelled out; the others are counted."""


async def differences(shop: Store, office: Cloud, baskets: Sequence[Basket], papers: Sequence[str]) -> list[str]:
    """Everything that is not as the file says: on paper, on the edge, in Postgres."""
    held = await office.holds(shop)
    found = [*on_edge(shop, baskets), *same_rows(shop.rows(), held), *on_paper(papers, baskets)]
    found += await in_postgres(office, baskets)
    verified = await shop.edge("verify")
    found += [line for line in verified.out.splitlines() if line.startswith("FAULT")]
    return found + ([] if verified.status == 0 else [f"edge verify: {verified.out}{verified.err}"])


def on_edge(shop: Store, baskets: Sequence[Basket]) -> Iterator[str]:
    """The receipts, their numbers, the day's sum, the stock, the events."""
    db = open_reader(shop.config.ledger)
    try:
        receipts = db.execute("SELECT number, total_minor FROM receipt ORDER BY number").fetchall()
        stock = dict(db.execute("SELECT sku, on_hand FROM stock").fetchall())
        events = dict(db.execute("SELECT type, count(*) FROM journal GROUP BY type").fetchall())
    finally:
        db.close()
    yield from _unequal("receipt", dict(receipts), dict(enumerate(map(total_minor, baskets), 1)))
    yield from _unequal("day's sum", {"": sum(total for _, total in receipts)}, {"": sum(map(total_minor, baskets))})
    yield from _unequal("stock of", stock, stock_after(baskets))
    for kind in ("SaleCompleted", "StockMoved"):
        yield from _unequal("events", {kind: events.get(kind)}, {kind: len(baskets)})


async def in_postgres(office: Cloud, baskets: Sequence[Basket]) -> list[str]:
    """Head office's tables."""
    sales = dict(await office.fetch("SELECT number, total_minor FROM sale"))
    stock = dict(await office.fetch("SELECT sku, on_hand FROM stock"))
    sold = await office.fetch("SELECT number, sku, sum(quantity), sum(amount_minor) FROM sale_line GROUP BY 1, 2")
    lines = {(number, sku): (int(quantity), int(amount)) for number, sku, quantity, amount in sold}
    wanted = {
        (number, line.product): (line.quantity * 1000, int(line.value * 100))
        for number, basket in enumerate(baskets, 1)
        for line in basket
    }
    quarantined = {"": len(await office.fetch("SELECT 1 FROM quarantine"))}
    return [
        *_unequal("hub's sale", sales, dict(enumerate(map(total_minor, baskets), 1))),
        *_unequal("hub's line", lines, wanted),
        *_unequal("hub's stock of", stock, stock_after(baskets)),
        *_unequal("hub's quarantine", quarantined, {"": 0}),
    ]


def same_rows(ours: Sequence[Row], theirs: Sequence[Row]) -> Iterator[str]:
    """The journal of the edge and the one in Postgres, every column of every row, byte for byte."""
    yield from _unequal("journal row", {row.seq: row for row in theirs}, {row.seq: row for row in ours})


def on_paper(papers: Sequence[str], baskets: Sequence[Basket]) -> Iterator[str]:
    """The totals that were printed, in order, each once."""
    totals = [line.split() for paper in papers for line in paper.splitlines() if line.startswith("TOTAL")]
    printed = {number: Decimal(words[1]) for number, words in enumerate(totals, 1)}
    wanted = {number: Decimal(total_minor(basket)).scaleb(-2) for number, basket in enumerate(baskets, 1)}
    yield from _unequal("paper", printed, wanted)


def total_minor(basket: Basket) -> int:
    """What a basket costs, by the file."""
    return int(sum(line.value for line in basket) * 100)


def stock_after(baskets: Sequence[Basket]) -> dict[str, int]:
    """What is on hand of each product, in thousandths, after nothing but selling."""
    sold: Counter[str] = Counter()
    for basket in baskets:
        sold.update({line.product: line.quantity * 1000 for line in basket})
    return {product: -quantity for product, quantity in sold.items()}


def _unequal(what: str, found: Mapping[Any, Any], wanted: Mapping[Any, Any]) -> Iterator[str]:
    wrong = [key for key in {**wanted, **found} if found.get(key) != wanted.get(key)]
    for key in wrong[:SHOWN]:
        yield f"{what} {key}: {found.get(key)!r} instead of {wanted.get(key)!r}"
    yield from [f"{what}: one more"] * len(wrong[SHOWN:])
