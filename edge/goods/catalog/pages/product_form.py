"""Product form with effective values, their source, and other sources' values. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Literal, get_args

import msgspec

from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.fields import FIELDS, Control, Group, form_lines
from edge.goods.catalog.product import MANAGER, Product, Size, Source, Value, WhenOut
from edge.goods.catalog.routes import ProductHistory
from edge.lib.codes.gtin import as_printed
from edge.lib.i18n import LANGUAGES
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import Unit, show_quantity
from edge.runtime.config import Config
from edge.web.live.localizer import Localizer

Part = Literal["basics", "price", "stock", "more"]
"""The parts of the form, in their order."""
_PARTS: dict[Group, Part] = {
    **dict.fromkeys(("identity", "content"), "basics"),
    **dict.fromkeys(("price", "tax", "terms"), "price"),
    "stock": "stock",
    "variants": "more",
}
_PART_OF: dict[str, Part] = {one.name: _PARTS[one.group] for one in FIELDS}
_QUANTITIES = frozenset(one.name for one in FIELDS if one.control == "quantity")


class FieldRow(msgspec.Struct, frozen=True):
    """A field: `key` (`names.fr`), value as typed, label, source, and other sources' values; `most`: its maximum;
    `locked`: head office controls it.
    """

    key: str
    kind: Control
    value: str
    label: str
    source: Source | None = None
    mine: bool = False
    others: tuple[tuple[Source, str], ...] = ()
    choices: tuple[str, ...] = ()
    required: bool = False
    most: int | None = None
    locked: bool = False

    @property
    def part(self) -> Part:
        """The field's section of the form."""
        return part_of(self.key.partition(".")[0])


def rows_of(
    product: Product | None,
    history: ProductHistory | None,
    path: tuple[Category, ...],
    texts: Localizer,
    config: Config,
    locked: Collection[str] = (),
) -> list[FieldRow]:
    """All fields of a product, or the empty ones of a new product."""
    currency = config.store.currency
    found = []
    for key, kind, label, choices, required, most in _fields(product, path, texts, config):
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
        is_locked = key.partition(".")[0] in locked
        found.append(FieldRow(key, kind, typed, label, source, mine, others, choices, required, most, is_locked))
    return found


def part_of(field: str) -> Part:
    """Section of a `Product` field."""
    return _PART_OF[field]


def as_typed(value: Any, key: str, currency: str) -> str:
    """A value as a user would type it."""
    match value:
        case None:
            return ""
        case Value():
            return value.text
        case Size():
            return f"{show_quantity(value.amount)} {value.measure}"
        case tuple():
            return " ".join(as_printed(one) for one in value)
        case int() if key.endswith("_minor"):
            return show_minor(value, currency)
        case int() if key in _QUANTITIES:
            return show_quantity(value)
    return str(value)


def _fields(
    product: Product | None, path: tuple[Category, ...], texts: Localizer, config: Config
) -> Iterator[tuple[str, Control, str, tuple[str, ...], bool, int | None]]:
    own = config.store.language  # the required name comes first
    for language in (own, *(other for other in LANGUAGES if other != own)):
        called = texts.say("goods.name_in", spoken=texts.language_name(language))
        yield f"names.{language}", "text", called, (), language == own, None
    classes = ("", *config.tax.ids)
    choices = {"tax_class": classes, "unit": get_args(Unit), "stop_when_out": get_args(WhenOut)}
    for one in form_lines():
        most = one.most if one.control == "number" else None
        yield one.name, one.control, texts.say(one.word), choices.get(one.name, ()), False, most
    defined = {name: attribute for category in path for name, attribute in category.attributes.items()}
    for name in dict.fromkeys((*defined, *((product.attributes or {}) if product else {}))):
        attribute = defined.get(name)
        label = texts.name(attribute.names) if attribute and attribute.names else name
        unit = f" ({attribute.unit})" if attribute and attribute.unit else ""
        choices_of = ("", *attribute.choices) if attribute and attribute.kind == "choice" else ()
        kind: Control = "choice" if choices_of else "text"
        yield f"attributes.{name}", kind, label + unit, choices_of, bool(attribute and attribute.required), None


def _of(product: Any, key: str) -> Any:
    """The value of a field, also by keys such as `names.fr` and `attributes.THC`."""
    field, _, name = key.partition(".")
    value = getattr(product, field)
    return (value or {}).get(name) if name else value
