"""Catalogue queries: products for the till and other callers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from edge.core.journal.rows import read_fact
from edge.core.messages import Number
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.codes import normal
from edge.goods.catalog.events import ProductSet
from edge.goods.catalog.prices import IN_EFFECT
from edge.goods.catalog.product import COSTS, BundlePart, Product
from edge.goods.catalog.recipes import LEVELS_MOST, PARTS_MOST, flat_parts, part_with_content
from edge.lib.late_decoder import late_decoder
from edge.lib.units.quantity import Unit


class CatalogProduct(Product, frozen=True, omit_defaults=False, forbid_unknown_fields=False):
    """A product as currently in the catalogue (see `product.Product`).

    `tax_class` "" means the store's default, `price_minor` is the price at the requested moment. `leaves`: the parts
    that a sale removes from stock instead of the product, with losses and nested recipes resolved
    (`recipes.flat_parts`); empty: the product itself. A product found by a case's code has the case's name, price and
    `units`. `retired_us`: when it was retired. Costs are omitted (`with_costs`).
    """

    names: dict[str, str] = msgspec.field(default_factory=dict)
    codes: tuple[str, ...] = ()
    tax_class: str = ""
    unit: Unit = "piece"
    min_age: int = 0
    category: str = ""
    brand: str = ""
    deposit_minor: int = 0
    parts: tuple[BundlePart, ...] = ()
    leaves: tuple[BundlePart, ...] = ()
    id: int = 0
    retired_us: int | None = None
    seq: int = 0
    units: int = 1


_FIELDS = "p.id, p.body, p.retired_us, p.seq"
_BY_CODE = f"""
    SELECT {_FIELDS}, {IN_EFFECT}, c.units, c.price_minor, c.name
    FROM product_code c JOIN product p ON p.id = c.product_id WHERE c.code = ?3
"""
_BY_SKU = f"SELECT {_FIELDS}, {IN_EFFECT} FROM product p WHERE p.sku = ?3"
_BY_SKUS = f"SELECT {_FIELDS}, {IN_EFFECT} FROM json_each(?3) j JOIN product p ON p.sku = j.value"
_CHANGED_SINCE = "SELECT 1 FROM product_change WHERE product_id = ? AND seq > ? LIMIT 1"
_UNTIL = "SELECT seq FROM product_change WHERE product_id = ? AND seq <= ? ORDER BY seq DESC"
_WITHOUT_COSTS: dict[str, Any] = dict.fromkeys(COSTS)
_decode = late_decoder(CatalogProduct)
_product = late_decoder(Product)


def find_by_code(
    db: Connection, code: str, at_us: Number | None = None, price_list: str = "store"
) -> CatalogProduct | None:
    """Find a product by a code in any form, with its price at a moment.

    Without a moment, scheduled prices are ignored. If the price list has no price for the product, the store's applies.
    """
    row = db.execute(_BY_CODE, (at_us, price_list, normal(code))).fetchone()
    if row is None:
        return None
    found = _decode_product(row)
    if found.parts:
        found = _with_part_contents(db, found)
    return found if row[5] == 1 else _case(found, *row[5:])


def find_by_sku(
    db: Connection, sku: str, at_us: Number | None = None, price_list: str = "store"
) -> CatalogProduct | None:
    """Find a product by SKU; moment and price list as in `find_by_code`."""
    row = db.execute(_BY_SKU, (at_us, price_list, sku)).fetchone()
    return _with_part_contents(db, _decode_product(row)) if row else None


def find_by_skus(
    db: Connection, skus: Iterable[str], at_us: Number | None = None, price_list: str = "store"
) -> dict[str, CatalogProduct]:
    """Products by SKU; unknown ones are omitted."""
    rows = db.execute(_BY_SKUS, (at_us, price_list, json_text(skus))).fetchall()
    return {product.sku: product for product in (_with_part_contents(db, _decode_product(row)) for row in rows)}


def find_by_ids(
    db: Connection, ids: Sequence[int], at_us: Number | None = None, price_list: str = "store"
) -> list[CatalogProduct]:
    """Products by `id`, in the given order; unknown ones are omitted."""
    rows = db.execute(
        f"SELECT {_FIELDS}, {IN_EFFECT} FROM json_each(?3) j JOIN product p ON p.id = j.value ORDER BY j.key",
        (at_us, price_list, json_text(ids)),
    )
    return [_with_part_contents(db, _decode_product(row)) for row in rows.fetchall()]


def _with_part_contents(db: Connection, product: CatalogProduct) -> CatalogProduct:
    """Complete a bundle with the contents of its measured parts, and the goods it takes from stock."""
    if not product.parts:
        return product
    known = _all_levels(db, product.parts)
    parts = tuple(part_with_content(part, known) for part in product.parts)
    return msgspec.structs.replace(product, parts=parts, leaves=flat_parts(product.parts, known))


def leaving(db: Connection, parts: tuple[BundlePart, ...]) -> tuple[BundlePart, ...]:
    """Stock consumption of parts according to the current catalogue; see `recipes.flat_parts`."""
    return flat_parts(parts, _all_levels(db, parts))


def _all_levels(db: Connection, parts: Iterable[BundlePart]) -> dict[str, Product]:
    """Products of these parts and nested recipes, by SKU."""
    known: dict[str, Product] = {}
    edge = {part.sku for part in parts}
    while edge and len(known) < LEVELS_MOST * PARTS_MOST:
        found = {sku: product for sku, (_, product, _) in read_products(db, sorted(edge)).items()}
        known |= found
        edge = {part.sku for product in found.values() for part in product.parts or ()} - known.keys()
    return known


_BELOW = """
    WITH RECURSIVE below(sku, part, level) AS (
        SELECT p.sku, l.value ->> 'sku', 1
        FROM json_each(?) j JOIN product p ON p.sku = j.value, json_each(p.body, '$.parts') l
        WHERE p.body -> 'parts' IS NOT NULL
        UNION SELECT p.sku, l.value ->> 'sku', b.level + 1
        FROM below b JOIN product p ON p.sku = b.part, json_each(p.body, '$.parts') l
        WHERE p.body -> 'parts' IS NOT NULL AND b.level < ?
    )
    SELECT DISTINCT sku, part FROM below
"""
_ABOVE = """
    WITH RECURSIVE above(sku) AS (
        SELECT value FROM json_each(?)
        UNION SELECT p.sku FROM above a, product p, json_each(p.body, '$.parts') l
        WHERE p.body -> 'parts' IS NOT NULL AND l.value ->> 'sku' = a.sku
    )
    SELECT sku FROM above
"""


def recipe_edges(db: Connection, skus: Iterable[str]) -> dict[str, list[str]]:
    """Direct parts of products and of all nested recipes; products without parts are omitted."""
    found: dict[str, list[str]] = {}
    for sku, part in db.execute(_BELOW, (json_text(skus), LEVELS_MOST)):
        found.setdefault(sku, []).append(part)
    return found


def parts_at_all_levels(db: Connection, skus: Sequence[str]) -> dict[str, set[str]]:
    """All ingredients of each product, including nested ones."""
    edges = recipe_edges(db, skus)

    def below(sku: str, level: int) -> set[str]:
        parts = set(edges.get(sku, ()))
        return parts.union(*(below(part, level + 1) for part in parts)) if level < LEVELS_MOST else parts

    return {sku: below(sku, 1) for sku in skus}


def recipes_with(db: Connection, skus: Iterable[str]) -> list[str]:
    """These products, and all recipes that contain them at any level."""
    return [sku for (sku,) in db.execute(_ABOVE, (json_text(skus),))]


_DIVIDED = """
    WITH RECURSIVE above(sku) AS (
        SELECT ?
        UNION SELECT p.sku FROM above a, product p, json_each(p.body, '$.parts') l
        WHERE p.body -> 'parts' IS NOT NULL AND l.value ->> 'sku' = a.sku
    )
    SELECT 1 FROM product p, json_each(p.body, '$.parts') part WHERE p.body -> 'parts' IS NOT NULL
      AND part.value ->> 'sku' IN (SELECT sku FROM above)
      AND (part.value ->> 'measure' <> '' OR part.value ->> 'quantity' % 1000 OR part.value ->> 'loss_permille' > 0)
    LIMIT 1
"""


_MEASURED = """
    SELECT DISTINCT part.value ->> 'sku', part.value ->> 'measure' FROM product p, json_each(p.body, '$.parts') part
    WHERE p.body -> 'parts' IS NOT NULL AND part.value ->> 'measure' <> ''
"""


def measured_parts(db: Connection) -> list[tuple[str, str]]:
    """Products that recipes use by measure, with the measure."""
    return [(sku, measure) for sku, measure in db.execute(_MEASURED)]


def is_divided(db: Connection, sku: str) -> bool:
    """Whether recipes use fractions of a product's unit, so that its stock may be fractional."""
    return db.execute(_DIVIDED, (sku,)).fetchone() is not None


def read_products(db: Connection, skus: Sequence[str]) -> dict[str, tuple[int, Product, int | None]]:
    """Complete data of products by SKU: (id, product with store price, retired since)."""
    if not skus:
        return {}
    rows = db.execute(
        "SELECT p.id, p.body, p.retired_us FROM json_each(?) j JOIN product p ON p.sku = j.value", (json_text(skus),)
    )
    found: dict[str, tuple[int, Product, int | None]] = {}
    for id, body, retired in rows:
        product = _product(body)
        found[product.sku] = (id, product, retired)
    return found


def products_at(db: Connection, registry: Registry, skus: Sequence[str], through: int) -> dict[str, Product]:
    """Products as of journal row `through`, by SKU; products added later are omitted.

    Their prices may be older or newer. Unchanged products aren't read from the journal.
    """
    found: dict[str, Product] = {}
    for sku, (id, product, _) in read_products(db, skus).items():
        if id > through:
            continue
        found[sku] = product
        if db.execute(_CHANGED_SINCE, (id, through)).fetchone():
            seqs = [seq for (seq,) in db.execute(_UNTIL, (id, through)).fetchall()]
            words = (read_fact(db, registry, seq).event for seq in (*seqs, id))
            found[sku] = next(one.product for one in words if isinstance(one, ProductSet))
    return found


def owners_of(db: Connection, codes: Sequence[str]) -> dict[str, str]:
    """SKUs of products that use these normalised codes; unused codes are omitted."""
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


_PICTURES = """
    SELECT j.value FROM product p, json_each(p.body, '$.pictures') j WHERE instr(p.body, '"pictures"')
    UNION SELECT j.value FROM product_word w, json_each(w.says, '$.pictures') j WHERE instr(w.says, '"pictures"')
"""


def picture_names(db: Connection) -> set[str]:
    """Every picture used by a product or source."""
    return {name for (name,) in db.execute(_PICTURES)}


def read_pictures(db: Connection, limit: int) -> list[tuple[str, str]]:
    """Pictures of active products: SKU and file name; limited."""
    rows = db.execute(
        "SELECT p.sku, j.value FROM product p, json_each(p.body, '$.pictures') j"
        " WHERE p.retired_us IS NULL AND instr(p.body, '\"pictures\"') ORDER BY p.sku LIMIT ?",
        (limit,),
    )
    return [(sku, name) for sku, name in rows]


def count_tax_classes(db: Connection) -> dict[str, int]:
    """Number of products per tax class, including retired ones; "": default."""
    return dict(db.execute("SELECT coalesce(body ->> 'tax_class', ''), count(*) FROM product GROUP BY 1").fetchall())


def count_products(db: Connection) -> int:
    """Number of active products."""
    # Two counts of indexes: the rows themselves are long.
    return int(db.execute(_COUNT).fetchone()[0])


def current_skus(db: Connection) -> list[str]:
    """SKUs of active products, sorted."""
    return [sku for (sku,) in db.execute("SELECT sku FROM product WHERE retired_us IS NULL ORDER BY sku")]


def json_text(values: Iterable[object]) -> str:
    """Encode values for `json_each`."""
    return msgspec.json.encode(list(values)).decode()


def _decode_product(row: tuple[Any, ...]) -> CatalogProduct:
    """Decode a row (id, body, retired_us, seq, price in effect, ...)."""
    id, body, retired_us, seq, price_minor, *_ = row
    found = _decode(body)
    return msgspec.structs.replace(
        found, id=id, retired_us=retired_us, seq=seq, price_minor=price_minor, **_WITHOUT_COSTS
    )


def with_costs(db: Connection, products: Sequence[CatalogProduct]) -> list[CatalogProduct]:
    """Add costs, for authorised users."""
    known = read_products(db, [product.sku for product in products])
    return [
        msgspec.structs.replace(product, **{field: getattr(known[product.sku][1], field) for field in COSTS})
        for product in products
    ]


def _case(product: CatalogProduct, units: int, price_minor: int | None, name: str | None) -> CatalogProduct:
    """A case at its own price, or at the total price of its units."""
    if price_minor is None and product.price_minor is not None:
        price_minor = product.price_minor * units
    names = {language: f"{own}, {name}" if name else f"{own} × {units}" for language, own in product.names.items()}
    return msgspec.structs.replace(product, names=names, price_minor=price_minor, units=units)
