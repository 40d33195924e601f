"""Reads of the catalogue: products, as the till and everybody else has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from edge.catalog.category import DEPTH_LIMIT, Category, path
from edge.catalog.codes import normal
from edge.catalog.prices import IN_EFFECT
from edge.catalog.product import Part, Product
from edge.core.database import Connection
from edge.core.shapes import Number
from edge.units.quantity import Unit


class StockedProduct(Product, frozen=True, omit_defaults=False, forbid_unknown_fields=False):
    """A product as the catalogue has it now (see `product.Product`).

    `tax_class` is "" for the usual one of the store, `price_minor` the price in effect at the moment asked
    about. Found by the code of a case, its names and price are the case's, which holds `units` of it.
    `retired_us`: since when it is not sold any more. What the shop pays for it is left out (`with_costs`).
    """

    names: dict[str, str] = msgspec.field(default_factory=dict)
    codes: tuple[str, ...] = ()
    tax_class: str = ""
    unit: Unit = "piece"
    min_age: int = 0
    category: str = ""
    brand: str = ""
    deposit_minor: int = 0
    parts: tuple[Part, ...] = ()
    id: int = 0
    retired_us: int | None = None
    seq: int = 0
    units: int = 1


_FIELDS = "p.id, p.body, p.retired_us, p.seq"
_BY_CODE = f"""
    SELECT {_FIELDS}, {IN_EFFECT}, c.units, c.price_minor, c.name
    FROM product_code c JOIN product p ON p.id = c.product_id WHERE c.code = ?3
"""
_decode = msgspec.json.Decoder(StockedProduct).decode
_product = msgspec.json.Decoder(Product).decode


def find_by_code(
    db: Connection, code: str, at_us: Number | None = None, price_list: str = "store"
) -> StockedProduct | None:
    """The product that has a code, however it is written, with its price in effect at a moment.

    Without a moment planned prices count for nothing; a list that has no price for it has the store's.
    """
    row = db.execute(_BY_CODE, (at_us, price_list, normal(code))).fetchone()
    if row is None:
        return None
    found = _stocked(row)
    return found if row[5] == 1 else _case(found, *row[5:])


def find_by_sku(
    db: Connection, sku: str, at_us: Number | None = None, price_list: str = "store"
) -> StockedProduct | None:
    """The product with this number of the shop's own; the moment and the list as in `find_by_code`."""
    row = db.execute(
        f"SELECT {_FIELDS}, {IN_EFFECT} FROM product p WHERE p.sku = ?3", (at_us, price_list, sku)
    ).fetchone()
    return _stocked(row) if row else None


def find_by_ids(
    db: Connection, ids: Sequence[int], at_us: Number | None = None, price_list: str = "store"
) -> list[StockedProduct]:
    """Products by `id`, in the order asked for; those that are not there are left out."""
    rows = db.execute(
        f"SELECT {_FIELDS}, {IN_EFFECT} FROM json_each(?3) j JOIN product p ON p.id = j.value ORDER BY j.key",
        (at_us, price_list, json_text(ids)),
    )
    return [_stocked(row) for row in rows]


def read_products(db: Connection, skus: Sequence[str]) -> dict[str, tuple[int, Product, int | None]]:
    """All about several products, by sku: (id, product with the store's price, retired since)."""
    rows = db.execute(
        "SELECT p.id, p.body, p.retired_us FROM json_each(?) j JOIN product p ON p.sku = j.value", (json_text(skus),)
    )
    found = ((id, _product(body), retired) for id, body, retired in rows)
    return {product.sku: (id, product, retired) for id, product, retired in found}


def owners_of(db: Connection, codes: Sequence[str]) -> dict[str, str]:
    """The skus that have codes in normal form, by code; a code that nobody has is left out."""
    return dict(
        db.execute(
            "SELECT c.code, p.sku FROM json_each(?) j JOIN product_code c ON c.code = j.value"
            " JOIN product p ON p.id = c.product_id",
            (json_text(codes),),
        ).fetchall()
    )


_COUNT = """
    SELECT (SELECT count(*) FROM product) - (SELECT count(*) FROM product WHERE retired_us IS NOT NULL)
"""
_UP = f"""
    WITH RECURSIVE up (id, parent, height) AS (
        SELECT id, parent, 0 FROM category WHERE id = ?
        UNION ALL SELECT c.id, c.parent, height + 1 FROM category c JOIN up ON c.id = up.parent
        WHERE height < {DEPTH_LIMIT}
    ) SELECT id FROM up ORDER BY height DESC
"""

_CATEGORY = "id, parent, names, attributes, price_jump_percent"
_JUMPS = f"""
    WITH RECURSIVE down (id, percent, height) AS (
        SELECT id, price_jump_percent, 0 FROM category WHERE parent = ''
        UNION ALL SELECT c.id, coalesce(c.price_jump_percent, percent), height + 1 FROM down JOIN category c
        ON c.parent = down.id WHERE height < {DEPTH_LIMIT}
    ) SELECT id, percent FROM down WHERE percent IS NOT NULL
"""
_PLACES = """
    SELECT p.sku, coalesce(p.brand, ''), coalesce(p.category, '') FROM json_each(?) j JOIN product p ON p.sku = j.value
"""
_ABOVE = f"""
    WITH RECURSIVE up (of, id, height) AS (
        SELECT value, value, 0 FROM json_each(?)
        UNION ALL SELECT of, c.parent, height + 1 FROM up JOIN category c ON c.id = up.id
        WHERE c.parent <> '' AND height < {DEPTH_LIMIT}
    ) SELECT of, id FROM up ORDER BY height
"""


def read_category(db: Connection, id: str) -> Category | None:
    """A category, or None."""
    row = db.execute(f"SELECT {_CATEGORY} FROM category WHERE id = ?", (id,)).fetchone()
    return _category(row) if row else None


def read_categories(db: Connection) -> list[Category]:
    """All categories, in the order of their ids."""
    return [_category(row) for row in db.execute(f"SELECT {_CATEGORY} FROM category ORDER BY id")]


def children(db: Connection, parent: str = "") -> list[Category]:
    """The categories right below one; the topmost without one."""
    rows = db.execute(f"SELECT {_CATEGORY} FROM category WHERE parent = ? ORDER BY id", (parent,))
    return [_category(row) for row in rows]


def category_path(db: Connection, product_id: Number) -> tuple[str, ...]:
    """A product's categories from the topmost to its own; none if nobody said."""
    row = db.execute("SELECT category FROM product WHERE id = ?", (product_id,)).fetchone()
    return path_of(db, row[0]) if row and row[0] else ()


def path_of(db: Connection, category: str) -> tuple[str, ...]:
    """A category's ancestors from the top, and itself."""
    return tuple(id for (id,) in db.execute(_UP, (category,)))


def known_categories(db: Connection, ids: Iterable[str]) -> set[str]:
    """Those of some categories that there are."""
    found = db.execute("SELECT c.id FROM json_each(?) j JOIN category c ON c.id = j.value", (json_text(ids),))
    return {id for (id,) in found}


def parents(db: Connection) -> dict[str, str]:
    """Every category's parent."""
    return dict(db.execute("SELECT id, parent FROM category").fetchall())


def price_jumps(db: Connection) -> dict[str, int]:
    """How far a price may move in each category that says so, or that is below one that does, in percent."""
    return dict(db.execute(_JUMPS).fetchall())


def names_above(db: Connection, categories: Iterable[str]) -> dict[str, list[str]]:
    """By category, its names and those of all above it, in every language."""
    names = {category.id: list(category.names.values()) for category in read_categories(db)}
    above = parents(db)
    return {id: [name for one in path(above, id) for name in names[one]] for id in categories if id in above}


class Place(msgspec.Struct, frozen=True):
    """Where a product belongs: its categories, in no order but its own first, and its brand ("" where nobody said)."""

    categories: tuple[str, ...]
    brand: str


def places_of(db: Connection, skus: Iterable[str]) -> dict[str, Place]:
    """Where several products belong; one that there is not has no place."""
    rows = db.execute(_PLACES, (json_text(skus),)).fetchall()
    above: dict[str, list[str]] = {category: [] for _, _, category in rows if category}
    for category, id in db.execute(_ABOVE, (json_text(above),)):
        above[category].append(id)
    paths = {category: tuple(ids) for category, ids in above.items()}
    return {sku: Place(paths.get(category, ()), brand) for sku, brand, category in rows}


def skus_below(db: Connection, category: str) -> list[str]:
    """The products of a category and of all below it."""
    rows = db.execute(
        "WITH RECURSIVE below(id) AS (VALUES (?) UNION SELECT c.id FROM category c JOIN below b ON c.parent = b.id)"
        " SELECT p.sku FROM below b JOIN product p ON p.category = b.id",
        (category,),
    )
    return [sku for (sku,) in rows]


def count_products(db: Connection) -> int:
    """How many products there are; those that were given up are not counted."""
    # Two counts of indexes: the rows themselves are long.
    return int(db.execute(_COUNT).fetchone()[0])


def json_text(values: Iterable[object]) -> str:
    """Values for `json_each`."""
    return msgspec.json.encode(list(values)).decode()


def _stocked(row: tuple[Any, ...]) -> StockedProduct:
    """From (id, body, retired_us, seq, price in effect, ...)."""
    id, body, retired_us, seq, price_minor, *_ = row
    found = _decode(body)
    return msgspec.structs.replace(
        found, id=id, retired_us=retired_us, seq=seq, price_minor=price_minor, cost_minor=None, supplies=None
    )


def with_costs(db: Connection, products: Sequence[StockedProduct]) -> list[StockedProduct]:
    """The same with what the shop pays for them, for those who may know."""
    known = read_products(db, [product.sku for product in products])
    costs = [known[product.sku][1] for product in products]
    return [
        msgspec.structs.replace(product, cost_minor=cost.cost_minor, supplies=cost.supplies)
        for product, cost in zip(products, costs, strict=True)
    ]


def _case(product: StockedProduct, units: int, price_minor: int | None, name: str | None) -> StockedProduct:
    """Several of a product under one code: at a price of its own, or for what they cost one by one."""
    if price_minor is None and product.price_minor is not None:
        price_minor = product.price_minor * units
    names = {language: f"{own}, {name}" if name else f"{own} × {units}" for language, own in product.names.items()}
    return msgspec.structs.replace(product, names=names, price_minor=price_minor, units=units)


def _category(row: tuple[str, str, str, str, int | None]) -> Category:
    id, parent, names, attributes, price_jump_percent = row
    return msgspec.convert(
        {
            "id": id,
            "parent": parent,
            "names": msgspec.json.decode(names),
            "attributes": msgspec.json.decode(attributes),
            "price_jump_percent": price_jump_percent,
        },
        Category,
    )
