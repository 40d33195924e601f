"""Anything that several sources can say of a few products, in any order: nothing falls over, the tables are right."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.goods.catalog.commands import (
    ChangePrice,
    RestoreProducts,
    RetireProducts,
    SetPrice,
    SetProducts,
    WithdrawWord,
)
from edge.goods.catalog.product import FIELDS, BundlePart, Pack, Product, Source, Value
from edge.goods.catalog.queries import find_by_sku, owners_of, read_products
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.catalog.sources.queries import together, words_of
from tests.importing import ean
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, open_shop, run

TEXT = CONFIG + '[catalog]\nsources = ["a", "b"]\n'
RANKS = SourcePrecedence(("a", "b"))
SKUS, CODES = ("x", "y", "z"), tuple("0" + ean(number) for number in range(4))
SKU, CODE = st.sampled_from(SKUS), st.sampled_from(CODES)
SOURCE = st.sampled_from(("a", "b", "c", "manager")).map(Source)
MINOR = st.integers(0, 5)
PRODUCT = st.builds(
    Product,
    sku=SKU,
    names=st.none() | st.dictionaries(st.sampled_from(("en", "he")), st.sampled_from('pq"\\ש'), min_size=1),
    codes=st.none() | st.lists(CODE, max_size=2).map(tuple),
    price_minor=st.none() | MINOR,
    brand=st.none() | st.sampled_from(("", "é")),
    packs=st.none() | st.lists(st.builds(Pack, CODE, st.integers(2, 3), st.none() | MINOR), max_size=2).map(tuple),
    attributes=st.none() | st.dictionaries(st.sampled_from("uv"), st.builds(Value, st.just("1%"), st.just(1000))),
    parts=st.none() | st.lists(st.builds(BundlePart, SKU, st.just(1000)), max_size=1).map(tuple),
)
COMMAND = st.one_of(
    st.builds(SetProducts, st.lists(PRODUCT, min_size=1, max_size=3).map(tuple), SOURCE),
    st.builds(SetProducts, st.lists(PRODUCT, min_size=1, max_size=3).map(tuple), SOURCE),
    st.builds(ChangePrice, SKU, MINOR, SOURCE),
    st.builds(
        WithdrawWord, SKU, SOURCE.map(lambda one: one.name), st.lists(st.sampled_from(FIELDS), max_size=2).map(tuple)
    ),
    st.builds(SetPrice, SKU, st.none() | MINOR, st.sampled_from(("store", "member"))),
    st.builds(RetireProducts, st.tuples(SKU), SOURCE),
    st.builds(RestoreProducts, st.tuples(SKU), SOURCE),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COMMAND, max_size=12))
def test_whatever_is_said_the_catalogue_holds(tmp_path_factory: Any, commands: Any) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path_factory.mktemp("shop"), clock, stocked=False, text=TEXT) as shop:
            for command in commands:
                clock.advance(1)
                outcome = await shop.do(command, SYSTEM)
                assert isinstance(outcome, Done | Refused), outcome
                if isinstance(outcome, Done):
                    clock.advance(1)
                    again = await shop.do(command, SYSTEM)
                    assert isinstance(again, Done | Refused)
                    if isinstance(command, SetProducts) and len({product.sku for product in command.products}) == 1:
                        last = await shop.do(SetProducts(command.products[-1:], command.source), SYSTEM)
                        assert not isinstance(last, Done) or last.events == (), "said twice is said once"
            assert verify(shop.reader, shop.registry).faults == ()
            known = read_products(shop.reader, SKUS)
            words = words_of(shop.reader, [id for id, _, _ in known.values()])
            for sku, (id, product, _) in known.items():
                merged = together(sku, words.get(id, []), RANKS)
                for field in set(FIELDS) - {"codes", "packs", "price_minor", "names"}:
                    assert getattr(product, field) == getattr(merged, field), field
                owners = owners_of(shop.reader, product.codes or ())
                assert set(owners.values()) <= {sku}
                assert len(owners) == len(product.codes or ())
                assert find_by_sku(shop.reader, sku, clock.at_us) is not None

    run(scenario())
