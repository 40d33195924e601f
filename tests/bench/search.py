"""`bench search`: a thousand questions with typing errors, in a catalogue of 60,000 products.

The catalogue is the 58,612 rows of five chains, each a product of its own, filled up to 60,000 with cannabis
products. A question is the name of one of the rows with an error (tests/misspelling.py, all kinds equally often), and
in every second one with another error of any kind on top. It is answered rightly if one of the first three products
has the name of the one meant (in plain spelling), or its article number: the chains call the same article differently.
Where the real rows are not there, they are the demo's goods by all their names.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from edge.app.demo_shop import demo_catalog
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from edge.operations.ledger import Ledger
from tests.articles import Article, cannabis, five_chains, present, products
from tests.bench.fill import bench_config, put_products
from tests.bench.measure import percentile, result
from tests.catch_up import catch_up
from tests.misspelling import KINDS, misspell

SEED = 8
FIRST = 3
_PAGES = ("page_count", "freelist_count", "page_size")
TYPED = 100
"""Names that are typed letter by letter."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench search")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--products", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--misses", type=int, default=0, help="how many of the wrong answers are shown")
    args = parser.parse_args(argv)
    drawn = list(five_chains()) if present() else _goods()
    articles = [*drawn, *cannabis()][: args.products] if present() else drawn
    with tempfile.TemporaryDirectory(prefix="bench-search-") as name:
        ledger = Ledger(bench_config(Path(name)))
        try:
            return asyncio.run(_bench(ledger, articles, drawn[: args.products], args))
        finally:
            ledger.close()


async def _bench(ledger: Ledger, articles: list[Article], drawn: list[Article], args: argparse.Namespace) -> int:
    put_products(ledger, list(products(articles)))
    shop = ledger.shop()
    shop.start()
    try:
        before, began = _size(shop.reader), time.perf_counter()
        await catch_up(shop)
        index_s, index_mb = time.perf_counter() - began, (_size(shop.reader) - before) / 1e6
        print(f"{len(articles)} products indexed in {index_s:.1f} s, {index_mb:.1f} MB", flush=True)
        worked = time.thread_time()
        times, ranks = _ask(shop.reader, articles, drawn, args)
        cpu_ms = (time.thread_time() - worked) * 1000 / len(times)
        typed = _type(shop.reader, drawn, args.seed)
    finally:
        shop.close()
    for kind, found in ranks.items():
        print(f"{kind:14} {len(found):4} questions, in the first three {_share(found, FIRST):.3f}")
    every = [rank for found in ranks.values() for rank in found]
    result(
        p95_ms=percentile(times, 0.95),
        p50_ms=percentile(times, 0.5),
        cpu_ms=cpu_ms,
        worst_ms=max(times),
        top3=_share(every, FIRST),
        top1=_share(every, 1),
        typed_p95_ms=percentile(typed, 0.95),
        index_s=index_s,
        index_mb=index_mb,
        products=len(articles),
    )
    return 0


def _ask(
    db: Connection, articles: list[Article], drawn: list[Article], args: argparse.Namespace
) -> tuple[list[float], dict[str, list[int]]]:
    """Milliseconds of each question, and by kind the place of the right product (0: not among the first three)."""
    rnd, search = random.Random(args.seed), Search("ILS")
    times: list[float] = []
    ranks: dict[str, list[int]] = {kind: [] for kind in KINDS}
    kinds = list(KINDS)
    while len(times) < args.questions:
        kind = kinds[len(times) % len(kinds)]
        meant = rnd.choice(drawn)
        question = misspell(meant.name, kind, rnd)
        if question and rnd.random() < 0.5:
            question = misspell(question, rnd.choice(kinds), rnd) or question
        if not question:
            continue
        began = time.perf_counter()
        found = search.find(db, question).products
        times.append((time.perf_counter() - began) * 1000)
        first = [articles[int(product.sku)] for product in found[:FIRST]]
        place = next((at for at, one in enumerate(first, 1) if _same(one, meant)), 0)
        ranks[kind].append(place)
        if not place and args.misses > 0:
            args.misses -= 1
            print(f"{meant.name} | {question} | {[one.name for one in first]}")
    return times, ranks


def _type(db: Connection, drawn: list[Article], seed: int) -> list[float]:
    """Milliseconds of each keystroke while whole names are typed."""
    rnd, search, times = random.Random(seed), Search("ILS"), []
    for _ in range(TYPED):
        name = rnd.choice(drawn).name
        for end in range(1, len(name) + 1):
            began = time.perf_counter()
            search.find(db, name[:end], limit=12)
            times.append((time.perf_counter() - began) * 1000)
    return times


def _same(one: Article, other: Article) -> bool:
    return words_of(one.name) == words_of(other.name) or bool(one.code and one.code == other.code)


def _share(places: list[int], within: int) -> float:
    return sum(1 <= place <= within for place in places) / max(len(places), 1)


def _size(db: Connection) -> int:
    """Bytes of the ledger's pages that are in use."""
    used, free, size = (
        db.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "freelist_count", "page_size")
    )
    return int((used - free) * size)


def _goods() -> list[Article]:
    return [
        Article(name, "", language)
        for product in demo_catalog.products()
        for language, name in (product.names or {}).items()
    ]
