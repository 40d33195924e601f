"""What people buy again and what is new to them, found in their last basket: measured apart, against their own
frequency and what sells, and only of those who want to be advised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.core.command_bus import CommandBus
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.lib.regions.place import Jurisdiction
from edge.ordering.recommend.commands import FinishRecommendations
from edge.ordering.recommend.events import RecommendationsTrained
from edge.ordering.recommend.learning import trainer
from edge.ordering.recommend.learning.pairs import Pairs, count_pairs
from edge.ordering.recommend.learning.person_evaluation import (
    TRIPLES,
    PersonQuestion,
    person_figures,
    questions,
    sales_score,
)
from edge.ordering.recommend.learning.train_protocol import PairsRequest
from edge.ordering.recommend.settings import RecommendSettings
from edge.ordering.recommend.suggester import Suggester
from edge.ordering.recommend.suggestion import SuggestionRequest
from edge.people.customers.commands import GiveConsent, SetCustomer
from tests.catch_up import catch_up
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

CARD = (TenderGiven("card"),)
ROWS = 40


def basket(*rows: int) -> np.ndarray:
    return np.array(rows, dtype=np.int64)


def nothing_alike(_: object) -> np.ndarray:
    return np.zeros(ROWS)


def learnt_pairs() -> Pairs:
    """Twelve products go with product 0; product 30 sells best."""
    baskets = [basket(0, row) for row in range(1, 13) for _ in range(4)] + [basket(30)] * 90
    return count_pairs(baskets, ROWS, np.zeros(ROWS, dtype=np.int64))


def person(repeated: frozenset[int], explored: frozenset[int]) -> PersonQuestion:
    return PersonQuestion({0: 1.0, 20: 0.4, 21: 0.1}, {0: 2, 20: 2, 21: 9}, (0,), repeated, explored)


def test_a_last_basket_is_parted_into_what_is_bought_again_and_what_is_new() -> None:
    baskets = [basket(0, 1), basket(5), basket(0, 2), basket(0, 3), basket(7)]
    days, people = [100, 100, 128, 156, 156], [1, 2, 1, 1, 0]
    (one,) = questions(baskets, days, people, {1, 2}, 3, 5)
    assert (one.repeated, one.explored, one.last) == ({0}, {3}, (0, 1, 2))
    assert one.times == {0: 2, 1: 1, 2: 1}
    assert one.weights[0] == pytest.approx(0.25 + 0.5), "halved every 28 days"
    assert questions(baskets, days, people, {2}, 0, 5) == [], "fewer than three purchases say nothing"
    assert questions(baskets, days, people, set(), 0, 5) == [], "nobody wants to be advised"
    assert questions(baskets, days, people, {1}, 4, 5) == [], "their last one is not among those asked about"


def test_again_and_new_are_measured_apart_and_the_weights_that_find_most_are_chosen() -> None:
    pairs = learnt_pairs()
    assert sales_score(pairs.sold)[30] == 1.0
    asked = [person(frozenset({20}), frozenset({30}))] * 25
    found = person_figures(asked, asked, pairs, nothing_alike)
    assert (found.persons, found.again10, found.often10) == (25, 1.0, 1.0)
    assert TRIPLES[found.weights][2] >= 0.5, "twelve that go with it stood before what sells"
    assert found.new10 == 1.0
    written = person_figures([], asked, pairs, nothing_alike)
    assert (written.weights, written.new10) == (0, 0.0), "nobody could choose: the written ones stay"
    paired = [person(frozenset(), frozenset({1, 2}))] * 25
    best = person_figures(paired, paired, pairs, nothing_alike)
    assert best.new10 > best.new_sells10 - 1 and best.again10 == 0.0
    few = person_figures(asked[:19], asked[:19], pairs, nothing_alike)
    assert few.persons == 0, "of fewer than 20 people nothing is said"


async def buy(shop: CommandBus, clock: FakeClock, customer: str, *skus: str) -> None:
    clock.advance(60)
    await done(shop, SellBasket(tuple(LineSold(sku=sku) for sku in skus), CARD, customer=customer))


def test_only_who_wants_to_be_advised_is_counted_and_the_weights_that_won_rank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    monkeypatch.setattr(trainer, "LEAST_BASKETS", 10)
    monkeypatch.setattr("edge.ordering.recommend.learning.baskets.HISTORY_DAYS", 60_000)

    async def scenario() -> None:
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetCategories((Category("food", {"en": "Food"}),)), SYSTEM)
            goods = [Product(f"p{n}", {"en": f"Thing {n}"}, price_minor=300, category="food") for n in range(6)]
            await done(shop, SetProducts(tuple(goods)), SYSTEM)
            people = [str((await done(shop, SetCustomer(name=f"One {n}"), SYSTEM)).result) for n in range(22)]
            for one in people[:21]:
                for purpose in ("profile", "recommendations"):
                    await done(shop, GiveConsent(one, purpose, "en"), SYSTEM)
            for _ in range(7):
                for one in people:
                    await buy(shop, clock, one, "p0", "p1")
            for one in people:
                await buy(shop, clock, one, "p0", "p2")
            await catch_up(shop)
            ledger = shop.reader.execute("PRAGMA database_list").fetchone()[2]
            made = trainer.train_pairs(shop.reader, PairsRequest(ledger, "2099-01-01", shop.now_us(), country="FR"))
            assert made.persons == 21, "who did not consent is not counted"
            assert (made.again10, made.often10) == (1000, 1000)
            assert made.novelty >= 0 and made.reciprocal_rank > 0
            for one in people:
                assert one not in str(made)
            other = RecommendationsTrained(
                made.model_version, "2098-12-30", "deployed", 99, serves=True, checksum=made.checksum, weights=4
            )
            asked = SuggestionRequest("api", shop.now_us(), "2027-01-15", customer=people[0])
            suggester = Suggester(RecommendSettings(place=Jurisdiction("FR")))
            before = {one.sku: one.score for one in suggester.suggest(shop.reader, asked).new}
            await done(shop, FinishRecommendations(other), SYSTEM)
            after = {one.sku: one.score for one in suggester.suggest(shop.reader, asked).new}
            assert before != after

    run(scenario())
