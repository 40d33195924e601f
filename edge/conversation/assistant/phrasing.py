"""The assistant's wording: amounts with signs and units, names, stock. Pure.

Built only from typed values returned by commands and queries, never from other people's text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from edge.conversation.assistant.turns.dialogue import AnswerOption
from edge.conversation.understanding import product_matching
from edge.conversation.understanding.lexicon import forms_of
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.text import words_of
from edge.lib.i18n import number, translate
from edge.lib.units.containers import container_signs
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

NAME_CHARS = 80
DRINKS = frozenset({"can", "plastic", "glass", "bottle"})
"""Containers that count as "bottles" in speech."""


_SENTENCES: ContextVar[Mapping[str, Mapping[str, str]]] = ContextVar("sentences", default=MappingProxyType({}))


@contextmanager
def speaking_as(sentences: Mapping[Any, Mapping[str, str]]) -> Iterator[None]:
    """Use a personality's own sentences, by language and key, for one turn."""
    token = _SENTENCES.set(sentences)
    try:
        yield
    finally:
        _SENTENCES.reset(token)


MANY = 2
"""A number that selects the plural of a text."""


def say(language: str, key: str, **values: object) -> str:
    """A sentence of section `chat`, in the current personality's wording."""
    own = _SENTENCES.get().get(language, {}).get(key)
    return own.format(**values) if own else translate(language, f"chat.{key}", **values)


def full_name(product: CatalogProduct, language: str) -> str:
    """A product's name in a language, else in its first one, else its SKU."""
    names = product.names
    return (names.get(language) or next(iter(names.values()), "") or product.sku)[:NAME_CHARS]


def name_of(product: CatalogProduct, language: str) -> str:
    """The full name without its container word, which comes with the amount."""
    name = full_name(product, language)
    forms = forms_of(product_matching.container(product), language)
    if forms is None:
        return name
    said = {word for form in (*forms.one, *forms.many) for word in words_of(form)}
    kept = [word for word in name.split() if not (words := words_of(word)) or not said.issuperset(words)]
    return " ".join(kept) or name


def say_amount(thousandths: int, unit: str, language: str) -> str:
    """Return a number with its unit: "3 cans", "1 box", "1.5 kg", "-2 boxes".

    `unit`: a container, "box", "unit", or a measure.
    """
    figure = number(show_quantity(thousandths), language)
    forms = forms_of(unit, language) if unit in container_signs() or unit in ("box", "unit") else None
    if forms is None:
        whole, rest = divmod(abs(thousandths), THOUSANDTHS)
        return (
            f"{figure} {translate(language, f'chat.unit_{unit}', count=whole + rest / THOUSANDTHS if rest else whole)}"
        )
    return f"{figure} {forms.of(thousandths, language)}"


def unit_of(product: CatalogProduct) -> str:
    """The unit a product is counted in: its container, its measure, or pieces."""
    if product.unit != "piece":
        return product.unit
    return product_matching.container(product) or "piece"


def say_movement(product: CatalogProduct, boxes: int, units: int, language: str) -> str:
    """A movement in boxes and units (thousandths) with its sign: "-3 cans small cola"."""
    parts = []
    if boxes:
        parts.append(say_amount(boxes * THOUSANDTHS, "box", language))
    if units or not boxes:
        parts.append(say_amount(units, unit_of(product), language))
    return f"{', '.join(parts)} {name_of(product, language)}"


def say_stock(product: CatalogProduct, boxes: int, units: int, language: str) -> str:
    """Stock on hand: "5 boxes, 12 cans"."""
    parts = [say_amount(boxes * THOUSANDTHS, "box", language)] if boxes else []
    if units or not boxes:
        parts.append(say_amount(units, unit_of(product), language))
    return ", ".join(parts)


def units_word(product: CatalogProduct, language: str) -> str:
    """Return the word for the unit that "how many" asks for."""
    unit = unit_of(product)
    forms = forms_of(unit, language) if unit in container_signs() else None
    return forms.many[0] if forms else translate(language, f"chat.unit_{unit}", count=MANY)


def loose_word(product: CatalogProduct, language: str) -> str:
    """Return the word for single units next to "boxes" in a question without a number."""
    unit = unit_of(product)
    if unit in DRINKS:
        return say(language, "bottles")
    forms = forms_of(unit if unit in container_signs() else "unit", language)
    return forms.many[0] if forms else unit


def product_options(
    products: Sequence[CatalogProduct], field: product_matching.Field, language: str
) -> tuple[AnswerOption, ...]:
    """Products as options, labelled by the field that distinguishes them."""
    return tuple(AnswerOption(one.sku, _label(one, field, language), _icon(one)) for one in products)


def _label(product: CatalogProduct, field: product_matching.Field, language: str) -> str:
    if field == "container":
        forms = forms_of(product_matching.container(product), language)
        return (
            forms.one[-1]
            if forms and product_matching.container(product) in ("plastic", "glass")
            else forms.one[0]
            if forms
            else ""
        )
    if field == "size":
        return product_matching.size_of(product)
    return product.brand if field == "brand" else full_name(product, language)


def _icon(product: CatalogProduct) -> str:
    return container_signs().get(product_matching.container(product), "")


def choices(options: Sequence[AnswerOption]) -> str:
    """The options in one line."""
    return " / ".join(option.label for option in options)
