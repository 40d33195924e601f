"""Queries of the category tree, and of products' places in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.allergens import Ingredients, allergens_of, is_allergens
from edge.goods.catalog.categories.category import DEPTH_LIMIT, Attribute, Category, path
from edge.goods.catalog.product import STAFF_ONLY
from edge.goods.catalog.queries import CatalogProduct, json_text, read_products, recipe_edges
from edge.lib.i18n import ENGLISH, LANGUAGES, translate
from edge.lib.regions.ages import Regulated

_UP = f"""
    WITH RECURSIVE up (id, parent, height) AS (
        SELECT id, parent, 0 FROM category WHERE id = ?
        UNION ALL SELECT c.id, c.parent, height + 1 FROM category c JOIN up ON c.id = up.parent
        WHERE height < {DEPTH_LIMIT}
    ) SELECT id FROM up ORDER BY height DESC
"""

BRANDS = 2000
"""Maximum number of brands read, brands with the most products last."""
_CATEGORY = "id, parent, names, attributes, price_jump_percent, sort_order, regulated"
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

NamedElsewhere = tuple[Callable[[Connection], Iterable[str]], ...]
"""Queries for categories that other capabilities refer to, such as promotions and kitchen printers."""
_USED = """
    SELECT EXISTS (SELECT 1 FROM category WHERE parent = ?1 AND id NOT IN (SELECT value FROM json_each(?3)))
        OR EXISTS (SELECT 1 FROM product WHERE category = ?1 AND sku NOT IN (SELECT value FROM json_each(?2)))
"""


def read_category(db: Connection, id: str) -> Category | None:
    """Return a category, or None."""
    row = db.execute(f"SELECT {_CATEGORY} FROM category WHERE id = ?", (id,)).fetchone()
    return _category(row) if row else None


def read_categories(db: Connection) -> list[Category]:
    """All categories, in order."""
    return [_category(row) for row in db.execute(f"SELECT {_CATEGORY} FROM category ORDER BY sort_order, id")]


def limited_categories(db: Connection) -> list[Category]:
    """Categories with a limit per customer."""
    rows = db.execute(f"SELECT {_CATEGORY} FROM category WHERE attributes LIKE '%\"most\":%' ORDER BY id")
    found = [_category(row) for row in rows]
    return [one for one in found if any(attribute.most is not None for attribute in one.attributes.values())]


_REGULATED = f"""
    WITH RECURSIVE up (of, id, height) AS (
        SELECT value, value, 0 FROM json_each(?)
        UNION ALL SELECT of, c.parent, height + 1 FROM up JOIN category c ON c.id = up.id
        WHERE c.parent <> '' AND height < {DEPTH_LIMIT}
    ) SELECT DISTINCT of, regulated FROM up JOIN category c ON c.id = up.id WHERE regulated <> ''
"""


def regulated_kinds(db: Connection, categories: Iterable[str]) -> dict[str, set[Regulated]]:
    """Restricted kinds of goods by category, including inherited restrictions. Unrestricted categories are omitted."""
    found: dict[str, set[Regulated]] = {}
    wanted = set(categories)
    for category, kind in db.execute(_REGULATED, (json_text(wanted),)) if wanted else ():
        found.setdefault(category, set()).add(kind)
    return found


def is_used(
    db: Connection, id: str, named: NamedElsewhere, but_for: Iterable[str] = (), below: Iterable[str] = ()
) -> bool:
    """Whether a category has products (other than `but_for`) or subcategories (other than `below`), or is referenced
    elsewhere."""
    found = db.execute(_USED, (id, json_text(but_for), json_text(below))).fetchone()[0]
    return bool(found) or any(id in names(db) for names in named)


def children(db: Connection, parent: str = "") -> list[Category]:
    """Direct subcategories of a category; top-level categories if no parent is given."""
    rows = db.execute(f"SELECT {_CATEGORY} FROM category WHERE parent = ? ORDER BY sort_order, id", (parent,))
    return [_category(row) for row in rows]


def category_path(db: Connection, product_id: Number) -> tuple[str, ...]:
    """A product's categories from the top level to its own; empty if it has none."""
    row = db.execute("SELECT category FROM product WHERE id = ?", (product_id,)).fetchone()
    return path_of(db, row[0]) if row and row[0] else ()


def path_of(db: Connection, category: str) -> tuple[str, ...]:
    """Ancestors of a category from the top, and itself."""
    return tuple(id for (id,) in db.execute(_UP, (category,)))


class ToldAttribute(msgspec.Struct, frozen=True):
    """A product attribute for display: names by language, and text. `required`: mandatory for such goods by law or shop
    policy."""

    names: dict[str, str]
    text: str
    required: bool


def _attribute_names(name: str, declared: Attribute | None) -> dict[str, str]:
    if name == STAFF_ONLY[0]:
        return {language: translate(language, "goods.predicted", what=name) for language in LANGUAGES}
    return {ENGLISH: name, **((declared.names if declared else None) or {})}


def product_attributes(
    db: Connection,
    product: CatalogProduct,
    show_effects: bool = False,
    language: str = ENGLISH,
    ingredients: Ingredients = recipe_edges,
) -> list[ToldAttribute]:
    """Attributes of a product, mandatory ones first; for a dish, allergens of all ingredients. `language`: used to name
    ingredients without allergen data. Predicted effects are for staff only unless the shop enables `show_effects`; the
    reasons are always for staff only.
    """
    hidden = STAFF_ONLY[1:] if show_effects else STAFF_ONLY
    known = {category.id: category for category in read_categories(db)} if product.attributes else {}
    path = path_of(db, product.category) if product.category in known else ()
    declared = {name: one for id in path for name, one in known[id].attributes.items()}
    found = ingredients(db, [product.sku])
    told = [
        ToldAttribute(
            _attribute_names(name, declared.get(name)),
            value.text,
            name in declared and declared[name].required,
        )
        for name, value in (product.attributes or {}).items()
        if value.text and name not in hidden and not (found and is_allergens(name))
    ]
    told += _told_allergens(db, product.sku, language, ingredients) if found else ()
    return sorted(told, key=lambda one: not one.required)


def _told_allergens(db: Connection, sku: str, language: str, ingredients: Ingredients) -> list[ToldAttribute]:
    """Allergens of a composed product, and its ingredients without allergen data; empty if no allergens are known."""
    found = allergens_of(db, [sku], ingredients)[sku]
    if not found.named:
        return []
    known = read_products(db, found.unsaid)
    names = {one: dict(known[one][1].names or {}) if one in known else {} for one in found.unsaid}
    lacking = [each.get(language) or each.get(ENGLISH) or next(iter(each.values()), one) for one, each in names.items()]
    told = {"goods.allergens": found.named, "goods.allergens_unsaid": lacking}
    return [
        ToldAttribute({one: translate(one, word) for one in LANGUAGES}, ", ".join(texts), True)
        for word, texts in told.items()
        if texts
    ]


def known_categories(db: Connection, ids: Iterable[str]) -> set[str]:
    """The category ids among these that exist."""
    found = db.execute("SELECT c.id FROM json_each(?) j JOIN category c ON c.id = j.value", (json_text(ids),))
    return {id for (id,) in found}


def parents(db: Connection) -> dict[str, str]:
    """Parent of every category."""
    return dict(db.execute("SELECT id, parent FROM category").fetchall())


def price_jumps(db: Connection) -> dict[str, int]:
    """Maximum price deviation in percent, for categories that set or inherit one."""
    return dict(db.execute(_JUMPS).fetchall())


def names_above(db: Connection, categories: Iterable[str]) -> dict[str, list[str]]:
    """Names of each category and its ancestors, in every language."""
    names = {category.id: list(category.names.values()) for category in read_categories(db)}
    above = parents(db)
    return {id: [name for one in path(above, id) for name in names[one]] for id in categories if id in above}


class CategoryPlace(msgspec.Struct, frozen=True):
    """A product's categories, its own category first, and its brand ("": none)."""

    categories: tuple[str, ...]
    brand: str


def places_of(db: Connection, skus: Iterable[str]) -> dict[str, CategoryPlace]:
    """Categories and brands of several products; unknown products are omitted."""
    rows = db.execute(_PLACES, (json_text(skus),)).fetchall()
    above: dict[str, list[str]] = {category: [] for _, _, category in rows if category}
    for category, id in db.execute(_ABOVE, (json_text(above),)):
        above[category].append(id)
    paths = {category: tuple(ids) for category, ids in above.items()}
    return {sku: CategoryPlace(paths.get(category, ()), brand) for sku, brand, category in rows}


def read_brands(db: Connection) -> list[str]:
    """Return up to `BRANDS` brands, those with the fewest products first."""
    rows = db.execute(
        "SELECT brand FROM product WHERE brand IS NOT NULL GROUP BY brand ORDER BY count(*), brand LIMIT ?", (BRANDS,)
    )
    return [brand for (brand,) in rows]


def skus_below(db: Connection, category: str) -> list[str]:
    """Products of a category and its subcategories."""
    rows = db.execute(
        "WITH RECURSIVE below(id) AS (VALUES (?) UNION SELECT c.id FROM category c JOIN below b ON c.parent = b.id)"
        " SELECT p.sku FROM below b JOIN product p ON p.category = b.id",
        (category,),
    )
    return [sku for (sku,) in rows]


def _category(row: tuple[str, str, str, str, int | None, int, str]) -> Category:
    id, parent, names, attributes, price_jump_percent, sort_order, regulated = row
    return msgspec.convert(
        {
            "id": id,
            "parent": parent,
            "names": msgspec.json.decode(names),
            "attributes": msgspec.json.decode(attributes),
            "price_jump_percent": price_jump_percent,
            "sort_order": sort_order,
            "regulated": regulated,
        },
        Category,
    )
