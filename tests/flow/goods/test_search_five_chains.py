"""Real names in Hebrew and English, misspelt in every way, in a shop that has 10,000 of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from edge.core.messages import Done
from edge.core.storage.database import Connection, open_reader
from edge.goods.catalog.commands import SetProducts
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from tests.articles import Article, cannabis, five_chains, present, products
from tests.catch_up import catch_up
from tests.misspelling import KINDS, misspell
from tests.shop_fixture import SYSTEM, open_shop, run

pytestmark = pytest.mark.slow

EACH = 40
"""Questions of each kind."""

SEARCH = Search("ILS")


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    if not present():
        pytest.skip("missing: shared/data/catalogue")
    return random.Random(5).sample(list(five_chains()), 9_000) + list(cannabis())[:1_000]


@pytest.fixture(scope="module")
def db(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    folder = tmp_path_factory.mktemp("chains")

    async def fill() -> None:
        async with open_shop(folder, stocked=False) as shop:
            stocked = list(products(articles))
            for at in range(0, len(stocked), 100):
                assert isinstance(await shop.do(SetProducts(tuple(stocked[at : at + 100])), SYSTEM), Done)
            await catch_up(shop)

    run(fill(), limit_s=300)
    reader = open_reader(folder / "data" / "ledger.db")
    yield reader
    reader.close()


def is_first(db: Connection, articles: list[Article], question: str, meant: Article, within: int) -> bool:
    first = [articles[int(product.sku)] for product in SEARCH.find(db, question, limit=within).products]
    return any(words_of(one.name) == words_of(meant.name) or (one.code and one.code == meant.code) for one in first)


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_name_is_among_the_first_three(db: Connection, articles: list[Article], kind: str) -> None:
    rnd = random.Random(kind)
    asked = ((one, misspell(one.name, kind, rnd)) for one in rnd.sample(articles[:9_000], 2_000))
    questions = [(one, question) for one, question in asked if question][:EACH]
    missed = [question for one, question in questions if not is_first(db, articles, question, one, 3)]
    assert len(questions) == EACH
    assert len(missed) <= EACH // 20, missed


def test_a_whole_name_is_among_the_first_three(db: Connection, articles: list[Article]) -> None:
    asked = [one for one in random.Random(3).sample(articles, 200) if words_of(one.name)]
    missed = [one.name for one in asked if not is_first(db, articles, one.name, one, 3)]
    assert len(missed) <= 2, missed


def test_a_code_and_its_end_find_the_product(db: Connection, articles: list[Article]) -> None:
    for one in random.Random(4).sample(articles[:9_000], 100):
        if one.code.isdigit() and len(one.code) == 14 and SEARCH.find(db, one.code).products:
            assert is_first(db, articles, one.code.lstrip("0"), one, 1)
            assert is_first(db, articles, one.code[-9:], one, 3)
