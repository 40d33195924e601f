"""Data quality checks of the catalogue: rules as data, run while the till works. They change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, get_args

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Attribute
from edge.goods.catalog.categories.queries import parents, path_of, read_categories, regulated_kinds
from edge.goods.catalog.queries import json_text
from edge.lib.regions.ages import Regulated, is_age_known
from edge.lib.regions.place import Jurisdiction

EXAMPLES = 5
"""Number of products named in a finding; all are counted."""

_EXAMPLES = """
    SELECT p.sku, p.body -> '$.names' FROM product p WHERE p.retired_us IS NULL AND {where} ORDER BY p.id LIMIT ?
"""
_COUNT = "SELECT count(*) FROM product p WHERE p.retired_us IS NULL AND {where}"
_TWINS = """
    SELECT p.sku, p.body -> '$.names', count(*) OVER () FROM product p JOIN (
        SELECT body -> '$.names' AS names, brand, body -> '$.size' AS size FROM product WHERE retired_us IS NULL
        GROUP BY 1, 2, 3 HAVING count(*) > 1
    ) t ON t.names = p.body -> '$.names' AND t.brand IS p.brand AND t.size IS p.body -> '$.size'
    WHERE p.retired_us IS NULL ORDER BY 2, 1 LIMIT ?
"""
_ATTRIBUTE = "SELECT 1 FROM product_attribute a WHERE a.product_id = p.id AND a.name = ?"

_THC = "SELECT 1 FROM product_attribute a WHERE a.product_id = p.id AND a.name LIKE '%THC%'"


class Example(msgspec.Struct, frozen=True):
    """A product of a finding."""

    sku: str
    names: dict[str, str]


class Finding(msgspec.Struct, frozen=True):
    """Products with one kind of problem: `check` is a key of `edge/lib/i18n`, section `quality`.

    `attribute` and `category`: the subject of the check, if it has one.
    """

    check: str
    count: int
    examples: tuple[Example, ...]
    attribute: str = ""
    category: str = ""


class QualityRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check and its failure condition: SQL on `product p`."""

    check: str
    where: str


@cache
def rules() -> tuple[QualityRule, ...]:
    """The rules in rules.toml."""
    data = files("edge.goods.quality").joinpath("rules.toml").read_bytes()
    return msgspec.toml.decode(data, type=dict[str, tuple[QualityRule, ...]])["rule"]


def findings(db: Connection, place: Jurisdiction, language: str) -> list[Finding]:
    """All findings for a store at that place and in that language, most frequent first."""
    found = [finding for rule in rules() if (finding := _matching(db, rule.check, rule.where))]
    if unnamed := _matching(db, "no_name_here", "p.body ->> ('$.names.' || ?) IS NULL", language):
        found.append(unnamed)
    found += _of_attributes(db)
    found += _of_place(db, place)
    found += _of_cannabis(db)
    if twins := db.execute(_TWINS, (EXAMPLES,)).fetchall():
        found.append(Finding("twins", twins[0][2], _examples(twins)))
    return sorted(found, key=lambda finding: -finding.count)


def _matching(db: Connection, check: str, where: str, *values: object, **about: str) -> Finding | None:
    count = db.execute(_COUNT.format(where=where), values).fetchone()[0]
    if not count:
        return None
    return Finding(check, count, _examples(db.execute(_EXAMPLES.format(where=where), (*values, EXAMPLES))), **about)


def _of_place(db: Connection, place: Jurisdiction) -> Iterator[Finding]:
    """Goods without a known minimum age because the store's place or its law is unknown; the highest
    known age applies.
    """
    unknown = [kind for kind in get_args(Regulated) if not is_age_known(kind, place)]
    of = regulated_kinds(db, parents(db))
    without = [category for category, kinds in of.items() if kinds & {*unknown}]
    if found := _matching(db, "place_missing", "p.category IN (SELECT value FROM json_each(?))", json_text(without)):
        yield found


def _of_cannabis(db: Connection) -> Iterator[Finding]:
    """Cannabis without a THC value, in categories that don't say whether it is required.

    If they do, `_of_attributes` checks it.
    """
    known = {category.id: category.attributes for category in read_categories(db)}
    of = regulated_kinds(db, parents(db))
    silent = [
        id
        for id, kinds in of.items()
        if "cannabis" in kinds and not any("THC" in known[one] for one in path_of(db, id))
    ]
    where = f"p.category IN (SELECT value FROM json_each(?)) AND NOT EXISTS ({_THC})"
    if found := _matching(db, "thc_missing", where, json_text(silent)):
        yield found


def _of_attributes(db: Connection) -> Iterator[Finding]:
    """Attribute checks of categories: required attributes, units, ranges, choices."""
    tree = parents(db)
    known = {category.id: category.attributes for category in read_categories(db)}
    for id in tree:
        wanted = {name: attribute for above in path_of(db, id) for name, attribute in known[above].items()}
        for name, attribute in wanted.items():
            for check, where, *values in _conditions(name, attribute):
                where = f"p.category = ? AND {where}"
                if found := _matching(db, check, where, id, *values, attribute=name, category=id):
                    yield found


def _conditions(name: str, attribute: Attribute) -> Iterator[tuple[Any, ...]]:
    if attribute.required:
        yield "attribute_missing", f"NOT EXISTS ({_ATTRIBUTE})", name
    if attribute.kind in ("number", "range"):
        yield "attribute_no_number", f"EXISTS ({_ATTRIBUTE} AND a.low IS NULL AND a.high IS NULL)", name
        if attribute.unit:
            where = f"EXISTS ({_ATTRIBUTE} AND coalesce(a.low, a.high) IS NOT NULL AND a.unit <> ?)"
            yield "attribute_unit", where, name, attribute.unit
        where = f"EXISTS ({_ATTRIBUTE} AND a.unit = ? AND (coalesce(a.low, a.high) < ? OR coalesce(a.high, a.low) > ?))"
        low = -(2**62) if attribute.low is None else attribute.low
        high = 2**62 if attribute.high is None else attribute.high
        yield "attribute_range", where, name, attribute.unit, low, high
    if attribute.kind == "choice" and attribute.choices:
        choices = msgspec.json.encode(attribute.choices).decode()
        where = f"EXISTS ({_ATTRIBUTE} AND lower(a.text) NOT IN (SELECT lower(value) FROM json_each(?)))"
        yield "attribute_choice", where, name, choices


def _examples(rows: Iterable[tuple[Any, ...]]) -> tuple[Example, ...]:
    return tuple(Example(row[0], msgspec.json.decode(row[1] or "{}")) for row in rows)
