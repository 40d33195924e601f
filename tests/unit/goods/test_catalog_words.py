"""Several sources on one product: whose word holds, which is kept, and what happens when one is taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Done, Event, Refused
from edge.goods.catalog.commands import ChangePrice, SetProducts, WithdrawWord
from edge.goods.catalog.events import PriceChanged, ProductSet
from edge.goods.catalog.prices import price_history
from edge.goods.catalog.product import Product, Source, Value
from edge.goods.catalog.queries import find_by_sku
from edge.goods.catalog.sources.precedence import SourcePrecedence, deciding, merge
from edge.goods.catalog.sources.queries import lineage
from tests.importing import ean
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, open_shop, run

OFFICE, SUPPLIER, OTHER = Source("head office", "aa", 7), Source("supplier", "bb", 40), Source("a list", "cc", 3)
TEXT = CONFIG + '[catalog]\nsources = ["head office", "supplier"]\n'
RANKS = SourcePrecedence(("head office", "supplier"))


def in_a_shop(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, stocked=False, text=TEXT) as shop:
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def say(shop: CommandBus, source: Source, product: Product) -> tuple[Event, ...]:
    done = await shop.do(SetProducts((product,), source), SYSTEM)
    assert isinstance(done, Done), done
    return done.events


def shown(shop: CommandBus, sku: str = "tea") -> Product:
    found = find_by_sku(shop.reader, sku)
    assert found is not None
    return found


def test_the_higher_source_holds_whichever_speaks_last(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await say(shop, SUPPLIER, Product("tea", {"en": "Tea"}, (ean(1),), 1290, brand="Leaf"))
        await say(shop, OFFICE, Product("tea", {"en": "Green tea"}, price_minor=1490))
        product = shown(shop)
        assert (product.names, product.price_minor, product.brand) == ({"en": "Green tea"}, 1490, "Leaf")
        (event,) = await say(shop, SUPPLIER, Product("tea", {"en": "Tea"}, (ean(1),), 1350, brand="Blatt"))
        assert isinstance(event, ProductSet)
        product = shown(shop)
        assert (product.names, product.price_minor, product.brand) == ({"en": "Green tea"}, 1490, "Blatt")

    in_a_shop(scenario, tmp_path)


def test_every_field_knows_where_it_comes_from(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        clock.advance(60)
        said = clock.at_us
        await say(shop, SUPPLIER, Product("tea", {"en": "Tea", "fr": "Thé"}, (ean(1),), 1290, brand="Leaf"))
        await say(shop, OFFICE, Product("tea", {"en": "Green tea"}, price_minor=1490))
        found = {field: word.source for field, word in lineage(shop.reader, "tea", RANKS).items()}
        supplier = Source("supplier", "bb", 40, said)
        assert {field for field, source in found.items() if source == supplier} == {"names.fr", "codes", "brand"}
        assert {field for field, source in found.items() if source.name == "head office"} == {"names.en", "price_minor"}
        assert lineage(shop.reader, "tea", RANKS)["brand"].product.price_minor == 1290, "the supplier says 12.90"
        assert lineage(shop.reader, "nothing", RANKS) == {}

    in_a_shop(scenario, tmp_path)


def test_a_word_taken_back_gives_way_to_the_next(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await say(shop, SUPPLIER, Product("tea", {"en": "Tea"}, (ean(1),), 1290))
        await say(shop, OFFICE, Product("tea", {"en": "Green tea"}, price_minor=1490, min_age=18))
        assert isinstance(await shop.do(WithdrawWord("tea", "head office", ("price_minor",)), SYSTEM), Done)
        assert (shown(shop).price_minor, shown(shop).names) == (1290, {"en": "Green tea"})
        assert [(entry.price_minor, entry.source) for entry in price_history(shop.reader, "tea")][:1] == [
            (1290, "supplier")
        ]
        assert isinstance(await shop.do(WithdrawWord("tea", "head office"), SYSTEM), Done)
        assert (shown(shop).names, shown(shop).min_age) == ({"en": "Tea"}, 0)
        assert isinstance(await shop.do(WithdrawWord("tea", "supplier"), SYSTEM), Done)
        product = shown(shop)
        assert (product.names, product.price_minor, product.codes) == ({"en": "Tea"}, 1290, ()), "never forgotten"
        again = await shop.do(WithdrawWord("tea", "supplier"), SYSTEM)
        assert isinstance(again, Done)
        assert again.events == ()

    in_a_shop(scenario, tmp_path)


def test_a_person_comes_first_and_those_not_named_are_equals(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await say(shop, OFFICE, Product("tea", {"en": "Tea"}, price_minor=100))
        done = await shop.do(ChangePrice("tea", 110, OTHER), SYSTEM)
        assert isinstance(done, Done)
        assert shown(shop).price_minor == 100, "a list that nobody named ranks below head office"
        done = await shop.do(ChangePrice("tea", 120, Source("manager")), SYSTEM)
        assert isinstance(done, Done)
        assert shown(shop).price_minor == 120
        await shop.do(ChangePrice("tea", 130, OFFICE), SYSTEM)
        assert shown(shop).price_minor == 120
        await shop.do(WithdrawWord("tea"), SYSTEM)
        assert shown(shop).price_minor == 130
        await say(shop, Source("x"), Product("mate", {"en": "Mate"}, price_minor=1))
        await say(shop, Source("y"), Product("mate", price_minor=2))
        (event,) = await say(shop, Source("x"), Product("mate", {"en": "Mate"}, price_minor=3))
        assert isinstance(event, PriceChanged)
        assert shown(shop, "mate").price_minor == 3, "among equals the newest word counts"

    in_a_shop(scenario, tmp_path)


def test_what_was_said_before_is_left_alone_also_where_it_does_not_count(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        lower = Product("tea", {"en": "Tea"}, (ean(1),), 1290, attributes={"THC": Value("15-21%", 15000, 21000, "%")})
        await say(shop, OFFICE, Product("tea", {"en": "Green tea"}, price_minor=1490))
        assert len(await say(shop, SUPPLIER, lower)) == 1
        for _ in range(2):
            assert await say(shop, Source("supplier", "another file", 1), lower) == ()
        (event,) = await say(shop, OFFICE, Product("tea", {"en": "Green tea"}, price_minor=1500))
        assert event == PriceChanged("tea", 1500, 1490, OFFICE)
        assert await say(shop, OFFICE, Product("tea", {"en": "Green tea"}, price_minor=1500)) == ()

    in_a_shop(scenario, tmp_path)


def test_a_code_that_was_not_free_stays_with_who_has_it_whoever_speaks_next(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await say(shop, OFFICE, Product("tea", {"en": "Tea"}, (ean(1),)))
        await say(shop, SUPPLIER, Product("mate", {"en": "Mate"}, (ean(1), ean(2))))
        await say(shop, OFFICE, Product("mate", {"en": "Mate"}, brand="Leaf"))
        assert (shown(shop, "mate").codes, shown(shop, "mate").brand) == (("0" + ean(2),), "Leaf")
        await say(shop, OFFICE, Product("tea", {"en": "Tea"}, ()))
        await say(shop, OFFICE, Product("mate", {"en": "Mate"}, brand="Blatt"))
        assert shown(shop, "mate").codes == ("0" + ean(1), "0" + ean(2))

    in_a_shop(scenario, tmp_path)


def test_a_new_product_needs_a_name_and_an_old_one_does_not(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        refused = await shop.do(SetProducts((Product("tea", price_minor=5),)), SYSTEM)
        assert refused == Refused("name_missing", {"sku": "tea"})
        await say(shop, OFFICE, Product("tea", {"en": "Tea"}))
        await say(shop, SUPPLIER, Product("tea", price_minor=5))
        assert (shown(shop).names, shown(shop).price_minor) == ({"en": "Tea"}, 5)

    in_a_shop(scenario, tmp_path)


PRODUCTS = st.builds(
    Product,
    sku=st.just("x"),
    names=st.none() | st.dictionaries(st.sampled_from(("en", "fr", "he")), st.text(max_size=3), min_size=1),
    price_minor=st.none() | st.integers(0, 9),
    brand=st.none() | st.sampled_from(("", "a", "b")),
    attributes=st.none() | st.dictionaries(st.sampled_from(("thc", "cbd")), st.builds(Value, st.text(max_size=2))),
)


@given(st.lists(PRODUCTS, max_size=5))
def test_each_field_is_said_by_the_source_that_decides_it(words: list[Product]) -> None:
    named = [(str(place), word) for place, word in enumerate(words)]
    merged = merge("x", words)
    decided = deciding(named)
    for key, source in decided.items():
        field, _, name = key.partition(".")
        ours, theirs = getattr(merged, field), getattr(dict(named)[source], field)
        assert (ours[name] == theirs[name]) if name else ours == theirs
        assert all(
            getattr(word, field) is None or (name and name not in getattr(word, field))
            for _, word in named[: int(source)]
        )


@given(PRODUCTS)
def test_one_source_alone_is_what_the_product_is(word: Product) -> None:
    assert merge("x", [word]) == merge("x", [word, word]) == word
