"""Product filters, and their SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import DEPTH_LIMIT
from edge.goods.catalog.listing.ranges import attribute_names


class AttributeFilter(msgspec.Struct, frozen=True):
    """An attribute filter: a number between `low` and `high` (thousandths), or this `text`."""

    name: str
    text: str | None = None
    low: int | None = None
    high: int | None = None


class Filter(msgspec.Struct, frozen=True):
    """A product filter. `category` includes subcategories ("": products without a category).

    `variant_of`: only variants of that product. `changed_since`: only products changed after this journal row, in order
    of change.
    """

    category: str | None = None
    brand: str | None = None
    retired: Literal["no", "yes", "any"] = "no"
    attributes: tuple[AttributeFilter, ...] = ()
    variant_of: str | None = None
    changed_since: int | None = None


_BELOW = f"""
    p.category IN (
        WITH RECURSIVE below (id, depth) AS (
            SELECT ?, 0 UNION SELECT c.id, depth + 1 FROM category c JOIN below ON c.parent = below.id
            WHERE depth < {DEPTH_LIMIT}
        ) SELECT id FROM below)
"""
_ATTRIBUTE = "p.id IN (SELECT a.product_id FROM product_attribute a WHERE a.name = ? AND "
_RETIRED = {"no": "p.retired_us IS NULL", "yes": "p.retired_us IS NOT NULL", "any": "1"}


def as_sql(db: Connection, wanted: Filter) -> tuple[str, list[object]]:
    """Return the SQL condition on product `p`, and its values."""
    names: Mapping[str, str] = attribute_names(db) if wanted.attributes else {}
    conditions, values = [_RETIRED[wanted.retired]], list[object]()
    if wanted.changed_since is not None:
        conditions.append("p.seq > ?")
        values.append(wanted.changed_since)
    if wanted.category == "":
        conditions.append("p.category IS NULL")
    elif wanted.category is not None:
        conditions.append(_BELOW)
        values.append(wanted.category)
    if wanted.brand is not None:
        conditions.append("p.brand = ? COLLATE NOCASE")
        values.append(wanted.brand)
    if wanted.variant_of is not None:
        conditions.append("p.body ->> 'variant_of' = ?")
        values.append(wanted.variant_of)
    for attribute in wanted.attributes:
        name = names.get(attribute.name.casefold(), attribute.name)
        condition, more = _attribute(msgspec.structs.replace(attribute, name=name))
        conditions.append(condition)
        values += more
    return " AND ".join(conditions), values


def _attribute(wanted: AttributeFilter) -> tuple[str, list[object]]:
    """Return the SQL condition of an attribute filter. A product matches if its range overlaps; None is unbounded."""
    if wanted.text is not None:
        return _ATTRIBUTE + "a.text = ? COLLATE NOCASE)", [wanted.name, wanted.text]
    known = "(a.low IS NOT NULL OR a.high IS NOT NULL)"
    low = "" if wanted.low is None else " AND (a.high IS NULL OR a.high >= ?)"
    high = "" if wanted.high is None else " AND (a.low IS NULL OR a.low <= ?)"
    bounds = [bound for bound in (wanted.low, wanted.high) if bound is not None]
    return f"{_ATTRIBUTE}{known}{low}{high})", [wanted.name, *bounds]
