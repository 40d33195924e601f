"""The fields of a product as the manager's page shows them: what holds, whose word it is, and what others say. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, get_args

import msgspec

from edge.config import Config
from edge.lib.i18n import LANGUAGES
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import Unit, show_quantity
from edge.shop.catalog.categories.category import Category
from edge.shop.catalog.product import MANAGER, Product, Size, Source, Value
from edge.shop.catalog.routes import ProductHistory
from edge.web.live.localizer import Localizer

Kind = Literal["text", "codes", "money", "quantity", "number", "category", "choice", "size", "sku"]

_PLAIN: tuple[tuple[str, Kind], ...] = (
    ("codes", "codes"),
    ("category", "category"),
    ("brand", "text"),
    ("price_minor", "money"),
    ("tax_class", "choice"),
    ("unit", "choice"),
    ("size", "size"),
    ("container", "text"),
    ("min_age", "number"),
    ("deposit_minor", "money"),
    ("cost_minor", "money"),
    ("box", "number"),
    ("expiry_days", "number"),
    ("minimum", "quantity"),
    ("variant_of", "sku"),
)


class FieldRow(msgspec.Struct, frozen=True):
    """A field: its `key` (`names.fr`), what is in it as typed, what it is called, who says so, and what others say;
    `most`: the largest number that can stand there."""

    key: str
    kind: Kind
    value: str
    label: str
    source: Source | None = None
    mine: bool = False
    others: tuple[tuple[Source, str], ...] = ()
    choices: tuple[str, ...] = ()
    required: bool = False
    most: int | None = None


def rows_of(
    product: Product | None,
    history: ProductHistory | None,
    path: tuple[Category, ...],
    texts: Localizer,
    config: Config,
) -> list[FieldRow]:
    """All fields of a product, or the empty ones of a new product."""
    currency = config.store.currency
    found = []
    for key, kind, label, choices, required in _fields(product, path, texts, config):
        own = _of(product, key) if product else None
        source = history.lineage.get(key) if history else None
        words = ((word.source, _of(word.product, key)) for word in history.words) if history else iter(())
        others = tuple(
            (said, as_typed(value, key, currency))
            for said, value in words
            if value is not None and (source is None or said.name != source.name) and value != own
        )
        typed = "" if own == 0 and source is None else as_typed(own, key, currency)
        mine = source is not None and source.name == MANAGER
        most = _most().get(key) if kind == "number" else None
        found.append(FieldRow(key, kind, typed, label, source, mine, others, choices, required, most))
    return found


@cache
def _most() -> dict[str, int]:
    """The largest whole number that a product can have in a field."""
    fields = msgspec.inspect.type_info(Product).fields  # type: ignore[attr-defined]
    types = [(field.name, one) for field in fields for one in getattr(field.type, "types", ())]
    return {name: one.le for name, one in types if isinstance(one, msgspec.inspect.IntType) and one.le is not None}


def as_typed(value: Any, key: str, currency: str) -> str:
    """A field's value as somebody would type it."""
    match value:
        case None:
            return ""
        case Value():
            return value.text
        case Size():
            return f"{show_quantity(value.amount)} {value.measure}"
        case tuple():
            return " ".join(value)
        case int() if key.endswith("_minor"):
            return show_minor(value, currency)
        case int() if key == "minimum":
            return show_quantity(value)
    return str(value)


def _fields(
    product: Product | None, path: tuple[Category, ...], texts: Localizer, config: Config
) -> Iterator[tuple[str, Kind, str, tuple[str, ...], bool]]:
    for language in LANGUAGES:
        called = texts.say(f"goods.name_in_{language}")
        yield f"names.{language}", "text", called, (), language == config.store.language
    classes = ("", *config.tax.ids)
    choices = {"tax_class": classes, "unit": get_args(Unit)}
    for key, kind in _PLAIN:
        yield key, kind, texts.say(f"goods.{key}"), choices.get(key, ()), False
    defined = {name: attribute for category in path for name, attribute in category.attributes.items()}
    for name in dict.fromkeys((*defined, *((product.attributes or {}) if product else {}))):
        attribute = defined.get(name)
        label = texts.name(attribute.names) if attribute and attribute.names else name
        unit = f" ({attribute.unit})" if attribute and attribute.unit else ""
        choices_of = ("", *attribute.choices) if attribute and attribute.kind == "choice" else ()
        kind_of: Kind = "choice" if choices_of else "text"
        yield f"attributes.{name}", kind_of, label + unit, choices_of, bool(attribute and attribute.required)


def _of(product: Any, key: str) -> Any:
    """A field of a product; `names.fr` and `attributes.THC` of those with keys."""
    field, _, name = key.partition(".")
    value = getattr(product, field)
    return (value or {}).get(name) if name else value
