"""`bench recommend`: how good and how fast suggestions are.

- Baskets of a real grocery store, by time: pairs are learnt from the first 80 % and asked for what was hidden of the
  rest (`recall5`, `recall10`, `auc`: means of five draws of what is hidden); `against_sells`: how many times as many
  are found among ten as by what sells.
- `broken`: lists of 100,000 made-up situations in which something stands that a rule forbids; the rules are written a
  second time in `tests/unit/ordering/test_recommend_never.py`.
- Among `--products` products: from a question for what is like one to its answer (`similar_p95_ms`; `similar_cpu_ms` of
  the processor's, on average), the share of first tens that are those of an exact comparison (`exact`), and the making
  of the index (`index_s`).
- A customer of 200 purchases: their profile and both lists (`profile_s`). A line at the till while suggestions are
  asked for, beside one in peace (`till_ratio`, the median of turns).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import random
import statistics
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import numpy as np

from edge.core.command_bus import CommandBus
from edge.core.storage.database import open_reader
from edge.counter.till.commands import AbandonBasket, AddLine, LineSold, SellBasket, TenderGiven
from edge.lib.regions.place import Jurisdiction
from edge.operations.ledger import Ledger
from edge.ordering.recommend.learning import evaluation
from edge.ordering.recommend.learning.evaluation import Figures, Ranking, count_training_baskets, evaluate
from edge.ordering.recommend.learning.pairs import Basket, Floats, Ints, count_pairs
from edge.ordering.recommend.learning.person_evaluation import person_figures, questions
from edge.ordering.recommend.never import Reason, choose_allowed
from edge.ordering.recommend.profiles.persons import profile_of
from edge.ordering.recommend.settings import RecommendSettings
from edge.ordering.recommend.suggester import Suggester
from edge.ordering.recommend.suggestion import SuggestionRequest
from edge.people.customers.commands import GiveConsent
from tests import grocery
from tests.articles import cannabis, five_chains, present, products
from tests.bench.fill import bench_config, follow, put_products
from tests.bench.fill import product as made_up
from tests.bench.measure import percentile, result
from tests.customers import known
from tests.shop_fixture import SYSTEM, done
from tests.unit.ordering.test_recommend_never import _allowed, _product, _situation

DRAWS = (7, 8, 9, 10, 11)
TODAY = "2027-01-15"
BASKET_LINES, TURNS = 20, 8
SITUATIONS = 100_000
MADE_PEOPLE, MADE_PRODUCTS, MADE_DAYS = 300, 400, 280


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench recommend")
    parser.add_argument("--products", type=int, default=60_000)
    parser.add_argument("--questions", type=int, default=200)
    args = parser.parse_args(argv)
    figures = _learnt() if grocery.present() else {}
    if not figures:
        print("The real baskets are not beside the project: recall is not measured.")
    with tempfile.TemporaryDirectory(prefix="bench-recommend-") as name:
        ledger = Ledger(bench_config(Path(name)))
        try:
            figures |= asyncio.run(_asked(ledger, args.products, args.questions))
        finally:
            ledger.close()
    result(broken=_broken(), **_made_people(), **figures)
    return 0


def _learnt() -> dict[str, float]:
    baskets, category = _grocery()
    cut = count_training_baskets(baskets)
    known = np.zeros(len(category), dtype=bool)
    known[np.unique(np.concatenate(baskets[:cut]))] = True
    held = [basket[known[basket]] for basket in baskets[cut:]]
    count = int(known.sum())
    pairs = count_pairs(baskets[:cut], len(category), category)
    rows = np.flatnonzero(known)  # what was never sold before cannot be found, nor be drawn
    place = np.full(len(category), -1)
    place[rows] = np.arange(count)
    asked = [place[basket] for basket in held]
    shares = pairs.sold[rows] / cut
    rankings: dict[str, Ranking] = {
        "what sells": lambda basket: pairs.sold[rows],
        "pairs": lambda basket: pairs.rank(rows[basket])[rows],
    }
    means = {}
    for name, ranking in rankings.items():
        drawn = [_drawn(asked, ranking, count, seed, shares) for seed in DRAWS]
        means[name] = {
            field: statistics.fmean(getattr(one, field) for one in drawn)
            for field in ("questions", "recall5", "recall10", "reciprocal_rank", "auc", "shown", "novelty")
        }
        print(f"{name:12}", " ".join(f"{field} {value:.3f}" for field, value in means[name].items()))
    ours, sells = means["pairs"], means["what sells"]
    return {
        **{field: ours[field] for field in ("recall5", "recall10", "auc", "shown")},
        "against_sells": ours["recall10"] / sells["recall10"],
    }


def _drawn(held: list[Basket], ranking: Ranking, count: int, seed: int, shares: Floats) -> Figures:
    before = evaluation.SEED
    evaluation.SEED = seed
    try:
        return evaluate(held, ranking, count, shares)
    finally:
        evaluation.SEED = before


def _grocery() -> tuple[list[Basket], Ints]:
    """The baskets by time, as rows of products; of each product the number of its type."""
    lines: dict[str, tuple[str, set[str]]] = {}
    with gzip.open(grocery.FOLDER / "transactions.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            _, skus = lines.setdefault(row["basket_id"], (row["transaction_timestamp"], set()))
            skus.add(row["product_id"])
    with gzip.open(grocery.FOLDER / "products.csv.gz", "rt", encoding="utf-8", newline="") as file:
        types = {row["product_id"]: row["product_type"] for row in csv.DictReader(file)}
    by_time = [skus for _, (_, skus) in sorted(lines.items(), key=lambda one: (one[1][0], one[0]))]
    rows = {sku: row for row, sku in enumerate(sorted({sku for skus in by_time for sku in skus}))}
    numbers: dict[str, int] = {"": 0}
    category = np.array([numbers.setdefault(types.get(sku, ""), len(numbers)) for sku in rows], dtype=np.int64)
    return [np.array(sorted(rows[sku] for sku in skus), dtype=np.int64) for skus in by_time], category


def _made_people() -> dict[str, float]:
    """A made history, for want of a real one with persons: each buys most often of ten products, what goes with the
    last thing, now and then something of the same kind, and what sells. What it says is of the way, not of people."""
    chance = random.Random(SEED)
    baskets: list[Basket] = []
    days, people = [], []
    own = {person: chance.sample(range(MADE_PRODUCTS), 10) for person in range(1, MADE_PEOPLE + 1)}
    for day in range(0, MADE_DAYS, 7):
        for person, usual in own.items():
            rows = set(chance.sample(usual, 3))
            rows.add((chance.choice(usual) + 1) % MADE_PRODUCTS)  # what goes with it
            rows.add(chance.choice(usual) // 10 * 10 + chance.randrange(10))  # of its kind
            rows.add(min(chance.randrange(MADE_PRODUCTS) for _ in range(6)))  # what sells
            baskets.append(np.array(sorted(rows), dtype=np.int64))
            days.append(day)
            people.append(person)
    cut, category = count_training_baskets(baskets), np.arange(MADE_PRODUCTS, dtype=np.int64) // 10 + 1
    pairs = count_pairs(baskets[:cut], MADE_PRODUCTS, category, people[:cut])

    def like(weights: Mapping[int, float]) -> Floats:
        near = np.zeros(int(category.max()) + 1)
        for row, weight in weights.items():
            near[category[row]] += weight
        return np.asarray((near / near.max())[category])

    known = (baskets, days, people, set(own))
    found = person_figures(questions(*known, 0, cut), questions(*known, cut, len(baskets)), pairs, like)
    print(f"made people {found.persons}, weights {found.weights}: again {found.again10:.3f}", end=" ")
    print(f"(often {found.often10:.3f}), new {found.new10:.3f} (sells {found.new_sells10:.3f})")
    return {"again10": found.again10, "new10": found.new10, "new_sells10": found.new_sells10}


def _broken() -> int:
    chance, broken = random.Random(SEED), 0
    for _ in range(SITUATIONS):
        here = _situation(chance)
        ranked = [(_product(chance), chance.choice(get_args(Reason))) for _ in range(12)]
        broken += any(not _allowed(one, here, reason) for one, reason in choose_allowed(ranked, here, 10))
    return broken


SEED = 5


async def _asked(ledger: Ledger, count: int, questions: int) -> dict[str, float]:
    real = list(products([*five_chains(), *cannabis()][:count])) if present() else []
    goods = [*real, *(made_up(number) for number in range(count - len(real)))]
    put_products(ledger, goods)
    follow(ledger)
    shop = ledger.shop()
    shop.start()
    try:
        suggester = Suggester(RecommendSettings(place=Jurisdiction("FR")))
        skus = random.Random(SEED).sample([one.sku for one in goods], questions)
        index, began = suggester.index(shop.reader), time.perf_counter()
        index.like(shop.reader, skus[0])
        index_s = time.perf_counter() - began
        times, same, worked = [], 0, 0.0
        for sku in skus:
            began, cpu = time.perf_counter(), time.process_time()
            suggester.similar(shop.reader, SuggestionRequest("api", shop.now_us(), TODAY, sku=sku))
            times.append((time.perf_counter() - began) * 1000)
            worked += time.process_time() - cpu
            first = [one.sku for one in index.like(shop.reader, sku)[:10]]
            same += first == [one.sku for one in index.exact(shop.reader, sku)[:10]]
        profile_s = await _person(shop, suggester, skus)
        ratio = await _beside_till(shop, suggester, skus, ledger.path)
    finally:
        shop.close()
    print(f"{len(goods)} products indexed in {index_s:.1f} s")
    return {
        "similar_p95_ms": percentile(times, 0.95),
        "similar_p50_ms": percentile(times, 0.5),
        "similar_cpu_ms": 1000 * worked / questions,
        "exact": same / questions,
        "index_s": index_s,
        "profile_s": profile_s,
        "till_ratio": ratio,
    }


async def _person(shop: CommandBus, suggester: Suggester, skus: list[str]) -> float:
    """Seconds for the profile and both lists of a customer of 200 purchases, the median of five."""
    dana = await known(shop)
    for purpose in ("profile", "recommendations"):
        await done(shop, GiveConsent(dana, purpose, "en"), SYSTEM)
    for number in range(50):
        lines = tuple(LineSold(sku=skus[(number * 3 + place) % 90]) for place in range(4))
        sale = SellBasket(lines, (TenderGiven("card"),), customer=dana, age_checked=99)
        await shop.do(sale, SYSTEM)
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        profile_of(shop.reader, dana, shop.now_us(), TODAY)
        suggester.suggest(shop.reader, SuggestionRequest("api", shop.now_us(), TODAY, customer=dana))
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def _beside_till(shop: CommandBus, suggester: Suggester, skus: list[str], path: Path) -> float:
    """How much longer a line takes with a suggestion asked behind the one before, as the till's page does it."""

    db = open_reader(path)
    thread = ThreadPoolExecutor(1)  # as pages' reads have one, with a connection of its own (`QueryRunner`)

    def ask(sku: str) -> None:
        goods = ((sku, 1000),)
        suggester.suggest(db, SuggestionRequest("till", shop.now_us(), TODAY, goods=goods, most=3))

    ratios = []
    for turn in range(2 * TURNS):
        alone = [await _line(shop, sku) for sku in skus[:BASKET_LINES]]
        await shop.do(AbandonBasket(), SYSTEM)
        beside = []
        for sku in skus[:BASKET_LINES]:
            asked = asyncio.get_running_loop().run_in_executor(thread, ask, sku)
            beside.append(await _line(shop, sku))
            await asked
        await shop.do(AbandonBasket(), SYSTEM)
        if turn:  # the first is warm-up
            ratios.append(statistics.median(beside) / statistics.median(alone))
    thread.shutdown()
    db.close()
    return statistics.median(ratios)


async def _line(shop: CommandBus, sku: str) -> float:
    began = time.perf_counter()
    await shop.do(AddLine(sku=sku), SYSTEM)
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main([]))
