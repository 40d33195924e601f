"""Products, and data about them from sources. Pure.

A field that is None is unspecified; an empty field means that the product has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from edge.lib.units.dates import after
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT, THOUSANDTHS, Unit

Price = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
Quantity = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Names = Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=300)]], msgspec.Meta(min_length=1, max_length=20)]
CategoryId = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Word = Annotated[str, msgspec.Meta(max_length=80)]
ALL_PERMILLE = 1_000
WhenOut = Literal["", "yes", "no"]
"""Whether to stop offering a dish when a component is out of stock; "": the default, yes."""
Bound = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]


class Pack(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Several units under one code, such as a case. Without its own price it costs the sum of its units."""

    code: str
    units: Annotated[int, msgspec.Meta(ge=2, le=100_000)]
    price_minor: Price | None = None
    name: Word = ""


class Size(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Content of one unit: `amount` in thousandths of the measure."""

    amount: Quantity
    measure: Literal["g", "ml", "m", "piece"]


_CONTENT: Mapping[tuple[str, str], int] = MappingProxyType(
    {("litre", "ml"): 1_000_000, ("kg", "g"): 1_000_000, ("metre", "m"): 1_000}
)
"""Content of one unit of measure, in thousandths."""


class Supply(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A supplier, its code for the product, and its unit cost."""

    supplier: Word
    code: Word = ""
    cost_minor: Price | None = None


class BundlePart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A bundle part: `quantity` thousandths of another product's unit, or of a `measure`: 40000 of ml.

    `content`: measure per unit, in thousandths, filled in from the product's size when sold; 0 in the catalogue.
    `loss_permille`: preparation loss (peel, bones), which increases consumption beyond `quantity`. In sales the loss is
    included in the quantity.
    """

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)]
    measure: Literal["", "g", "ml", "m"] = ""
    content: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)] = 0
    loss_permille: Annotated[int, msgspec.Meta(ge=0, le=ALL_PERMILLE - 1)] = 0

    @property
    def gross(self) -> Fraction:
        """Consumption for one bundle including loss, in units of `quantity`.

        >>> BundlePart("onion", 90_000, "g", loss_permille=100).gross
        Fraction(100000, 1)
        """
        return Fraction(self.quantity * ALL_PERMILLE, ALL_PERMILLE - self.loss_permille)

    @property
    def whole(self) -> int:
        """The amount that equals one unit, in thousandths like `quantity`; 0: measured, but the content is unknown."""
        return self.content if self.measure else THOUSANDTHS

    def taken_by(self, goods: int) -> int:
        """Thousandths of the part's unit consumed by `goods` thousandths of the bundle, rounded down; 0 if the content
        is unknown.

        >>> BundlePart("gin", 40_000, "ml", 700_000).taken_by(2_000)
        114
        """
        return self.quantity * goods // self.whole if self.whole else 0


class Value(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """An attribute value: `text` as written, and its numeric meaning.

    A number or range from `low` to `high` in thousandths of `unit`; None means open. "15-21%" is 15000, 21000, "%".
    """

    text: Annotated[str, msgspec.Meta(max_length=1000)]
    low: Bound | None = None
    high: Bound | None = None
    unit: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Product(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A product, or a source's data about one. A field that is None is unspecified.

    names         by language (ISO 639-1); `codes`: as scanners read them; `packs`: codes of several units
    price_minor   price of one unit in the store's list; `cost_minor`: the shop's cost
    tax_class     an id of the store's tax table; `min_age`: in years, 0: anyone
    unit          the unit of sale; weighed goods are sold by kg
    deposit_minor charged per unit on top of the price, without tax, and refunded on return
    box           units per box as delivered; `expiry_days`: shelf life;
                  `minimum`: stock level below which it is low, in thousandths
    parts         make it a bundle: it has one price, and a sale takes its parts from stock; recipes state amounts
                  in ml of a bottle, whose content is its `size`
    stop_when_out "no": kiosks and phones offer it even if a part is out of stock; otherwise only if all are in stock
    variant_of    the SKU of its parent; `axes`: how it differs ({"colour": "red"})
    pictures      file names in the shop's picture folder
    """

    sku: Sku
    names: Names | None = None
    codes: Annotated[tuple[str, ...], msgspec.Meta(max_length=50)] | None = None
    price_minor: Price | None = None
    tax_class: Word | None = None
    unit: Unit | None = None
    min_age: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    category: CategoryId | Literal[""] | None = None
    brand: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    packs: Annotated[tuple[Pack, ...], msgspec.Meta(max_length=20)] | None = None
    size: Size | None = None
    container: Word | None = None
    box: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    deposit_minor: Price | None = None
    cost_minor: Price | None = None
    supplies: Annotated[tuple[Supply, ...], msgspec.Meta(max_length=20)] | None = None
    expiry_days: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    minimum: Quantity | None = None
    attributes: Annotated[dict[Word, Value], msgspec.Meta(max_length=100)] | None = None
    parts: Annotated[tuple[BundlePart, ...], msgspec.Meta(max_length=30)] | None = None
    stop_when_out: WhenOut | None = None
    variant_of: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    axes: Annotated[dict[Word, Word], msgspec.Meta(max_length=10)] | None = None
    pictures: (
        Annotated[
            tuple[Annotated[str, msgspec.Meta(pattern=r"^[^/\\\x00-\x1f]{1,200}$(?!\n)")], ...],
            msgspec.Meta(max_length=20),
        ]
        | None
    ) = None


def content_of(product: Product, measure: str) -> int:
    """Content of one unit in a measure, in thousandths; 0 if unknown."""
    if product.size and product.size.measure == measure:
        return product.size.amount
    return _CONTENT.get((product.unit or "", measure), 0)


class Source(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A data source: `checksum` and `line` of its file; `at_us`: time of the data (0: on receipt)."""

    name: Word = ""
    checksum: Annotated[str, msgspec.Meta(max_length=64)] = ""
    line: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    at_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


FIELDS: tuple[str, ...] = Product.__struct_fields__[1:]
"""All fields of a product except its SKU."""

STAFF_ONLY = ("effects", "effects decided by", "enriched_at")
"""Attributes hidden from customers: predicted effects, the data they were derived from, and their time.

The effects come from a table of weights: they aren't measured, and the law may forbid advertising them.
"""
KEYED = frozenset(("names", "attributes"))
"""Fields in which each key has its own source."""
KEYS_LIMIT: Mapping[str, int] = MappingProxyType({"names": 20, "attributes": 100})
"""Maximum keys in each of the `KEYED` fields."""

COSTS = ("cost_minor", "supplies")
"""Fields about the shop's costs and suppliers, visible to managers only."""

MANAGER = "manager"
"""The source name of changes made on the manager's pages."""
HEAD_OFFICE = "head office"
"""The source name of head office's publications."""


def said_fields(product: Product) -> dict[str, Any]:
    """Specified fields by name."""
    values = ((field, getattr(product, field)) for field in FIELDS)
    return {field: value for field, value in values if value is not None}


def expected_expiry(today: str, expiry_days: int | None) -> str:
    """Expiry date of goods received `today`; "" without a shelf life."""
    return after(today, expiry_days) if expiry_days else ""
