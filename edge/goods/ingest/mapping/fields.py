"""Possible columns: a product field (`catalog/fields.py`), or other file data about one. Pure.

A field is a word ("price"), or a word with a qualifier after a point: "name.fr", "attribute.THC", "price.member".
Repeated fields are numbered: "code.2", "pack.1.units".

- `category_tree`: the definition of any category (JSON, as in exports)
- `on_hand`: the opening stock of products that have never moved
- `exact.THC`: the value of `attribute.THC` if its text isn't exact, in thousandths: "low|high|unit"
- `other_sku`: the number of a product whose `sku` is empty
- `family`: the common name of variants, `variation` the name of one, `option.1.name` and `option.1.value` its axis and
  value; a `template` only groups variants and isn't sold; `row_kind` tells products from variants; `surcharge` is a
  variant's additional price, `own_price` its whole one (`families.py`)
- `tax_rate`: a tax as another system names it, by rate or name; several add up
- `share.THC`: an attribute given as a fraction: 0.21 is 21 %
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from edge.goods.catalog.fields import FIELDS as FIELDS_OF_PRODUCT

SINGLE = (
    "sku",
    *(column for one in FIELDS_OF_PRODUCT for column in (*((one.column,) if one.is_single else ()), *one.also)),
    *("retired", "category_tree", "on_hand", "other_sku", "family", "variation", "template", "row_kind", "surcharge"),
    "own_price",
)
SEVERAL = ("code", "picture", "tax_rate")
GROUPS: dict[str, tuple[str, ...]] = {
    "pack": ("code", "units", "price", "name"),
    "supply": ("supplier", "code", "cost"),
    "part": ("sku", "quantity", "measure", "loss"),
    "plan": ("list", "price", "from", "until"),
    "option": ("name", "value"),
}
FIELDS = (*SINGLE[:2], *SEVERAL, "name", "attribute.NAME", *SINGLE[2:], "axis.NAME", "price.LIST", "pack.1.code")
"""Fields offered in messages and on pages."""

_BESIDE: Mapping[str, tuple[str, ...]] = {"attribute": ("exact",)}
ORDER = (
    "sku",
    *(column for one in FIELDS_OF_PRODUCT for column in (one.column, *_BESIDE.get(one.column, ()))),
    *("plan", "retired", "category_tree"),
)
"""The column order of an export."""

_NUMBERED = "|".join(group + r"\.[1-9]\d?\.(" + "|".join(parts) + ")" for group, parts in GROUPS.items())
_FIELD = re.compile(
    rf"({'|'.join(SINGLE)}|({'|'.join(SEVERAL)})(\.[1-9]\d?)?|name\.[a-z]{{2,3}}|price\.[a-z0-9][a-z0-9_-]{{0,39}}"
    r"|(attribute|exact|axis|share)\.[^\x00-\x1f]{1,80}"
    rf"|{_NUMBERED})"
)


def is_field(text: str) -> bool:
    """Whether a text names a complete field (`name.fr`, not `name`)."""
    return _FIELD.fullmatch(text) is not None


def base(field: str) -> str:
    """Field without its number: "code.2" is "code"."""
    head, _, tail = field.partition(".")
    return head if head in SEVERAL and tail.isdigit() else field
