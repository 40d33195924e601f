"""What an export says of a product is what an import reads of it."""

from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from edge.goods.catalog import codes
from edge.goods.catalog.fields import FIELDS, ProductField
from edge.goods.catalog.product import BundlePart, Pack, Product, Size, Supply, Value
from edge.goods.ingest.catalog_export import cells_of
from edge.goods.ingest.mapping.cell_parsers import is_nothing
from edge.goods.ingest.mapping.mapping import suggest
from edge.goods.ingest.mapping.row_converter import Converter, ImportSettings, ParsedRow
from edge.lib.tables import TableRow
from tests.importing import ean

T = TypeVar("T")
SETTINGS = ImportSettings("EUR", "en", "standard")
CATEGORIES = frozenset(("drinks", "drinks.beer", "Food > x"))

LETTERS = st.characters(exclude_categories=("C", "Z"))
WORDS = st.text(LETTERS, min_size=1, max_size=20).filter(lambda text: not is_nothing(text))
MINOR = st.integers(0, 10**9)
QUANTITIES = st.integers(0, 10**8)
BOUNDS = st.none() | st.integers(-(10**9), 10**9)
EANS = st.integers(0, 10**8).map(lambda number: codes.normal(ean(number)))


def some(values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...] | None]:
    return st.none() | st.lists(values, min_size=1, max_size=3).map(tuple)


def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


def values_of(field: ProductField) -> st.SearchStrategy[object]:
    """What a field can say that one cell holds."""
    match field.name:
        case "unit":
            return st.sampled_from(("piece", "kg", "litre", "metre"))
        case "stop_when_out":
            return st.sampled_from(("yes", "no"))
        case "box":
            return st.integers(1, field.most)
    match field.control:
        case "number":
            return st.integers(0, field.most)
        case "money":
            return MINOR
        case "quantity":
            return QUANTITIES
        case "category":
            return st.sampled_from(sorted(CATEGORIES))
        case "size":
            return st.builds(Size, st.integers(1, 10**7), st.sampled_from(("g", "ml", "m", "piece")))
    return WORDS


PACKS = st.builds(Pack, EANS, st.integers(2, 100), maybe(MINOR), WORDS | st.just(""))
VALUES = st.builds(Value, WORDS, BOUNDS, BOUNDS, st.sampled_from(("", "%", "mg")))
PRODUCTS = st.builds(
    Product,
    sku=WORDS,
    names=st.dictionaries(st.sampled_from(("en", "fr", "he")), WORDS, min_size=1),
    codes=maybe(st.lists(EANS, min_size=1, max_size=4, unique=True).map(lambda found: tuple(sorted(found)))),
    **{field.name: maybe(values_of(field)) for field in FIELDS if field.is_single},
    packs=some(PACKS),
    supplies=some(st.builds(Supply, WORDS, WORDS | st.just(""), maybe(MINOR))),
    attributes=maybe(st.dictionaries(WORDS, VALUES, min_size=1, max_size=3)),
    parts=some(
        st.builds(
            BundlePart,
            WORDS,
            st.integers(1, 10**6),
            st.sampled_from(("", "g", "ml", "m")),
            loss_permille=st.integers(0, 999),
        )
    ),
    axes=maybe(st.dictionaries(WORDS, WORDS, min_size=1, max_size=3)),
)


@given(PRODUCTS)
def test_every_field_comes_back(product: Product) -> None:
    cells = cells_of(product, "EUR")
    header = tuple(cells)
    layout = suggest(header, "en")
    assert layout.implied, header
    found = Converter(layout, SETTINGS, CATEGORIES).convert(TableRow(2, list(cells.values())))
    assert isinstance(found, ParsedRow), found
    assert found == ParsedRow(product, None)
