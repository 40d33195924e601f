"""What a column can be. Pure.

A field is a word ("price"), or a word with what it is of behind a point: "name.fr", "attribute.THC", "price.member".
Of what a product can have several, columns are numbered: "code.2", "pack.1.units".
`category_tree` has the definition of some category, whichever (JSON, as exports say it).
`exact.THC` is what `attribute.THC` means where its text does not tell, in thousandths: "low|high|unit".
"""

from __future__ import annotations

import re

SINGLE = (
    *("sku", "price", "tax_class", "unit", "weighed", "min_age", "category", "brand", "size", "amount", "measure"),
    *("container", "box", "deposit", "cost", "supplier", "supplier_code", "expiry_days", "minimum", "variant_of"),
    *("retired", "category_tree"),
)
SEVERAL = ("code", "picture")
GROUPS: dict[str, tuple[str, ...]] = {
    "pack": ("code", "units", "price", "name"),
    "supply": ("supplier", "code", "cost"),
    "part": ("sku", "quantity", "measure"),
    "plan": ("list", "price", "from", "until"),
}
FIELDS = (*SINGLE[:2], *SEVERAL, "name", "attribute.NAME", *SINGLE[2:], "axis.NAME", "price.LIST", "pack.1.code")
"""What messages and pages offer."""

ORDER = (
    *("sku", "name", "code", "price", "unit", "tax_class", "min_age", "category", "brand", "size", "container", "box"),
    *("deposit", "cost", "supply", "pack", "attribute", "exact", "expiry_days", "minimum", "part", "variant_of"),
    *("axis", "picture", "plan", "retired", "category_tree"),
)
"""In which an export has its columns."""

_NUMBERED = "|".join(group + r"\.[1-9]\d?\.(" + "|".join(parts) + ")" for group, parts in GROUPS.items())
_FIELD = re.compile(
    rf"({'|'.join(SINGLE)}|({'|'.join(SEVERAL)})(\.[1-9]\d?)?|name\.[a-z]{{2,3}}|price\.[a-z0-9][a-z0-9_-]{{0,39}}"
    r"|(attribute|exact|axis)\.[^\x00-\x1f]{1,80}"
    rf"|{_NUMBERED})"
)


def is_field(text: str) -> bool:
    """Whether a text names a field, in full (`name.fr`, not `name`)."""
    return _FIELD.fullmatch(text) is not None


def base(field: str) -> str:
    """The field without its number: "code.2" is a "code"."""
    head, _, tail = field.partition(".")
    return head if head in SEVERAL and tail.isdigit() else field
