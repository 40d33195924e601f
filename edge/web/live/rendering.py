"""HTML rendering: Jinja2 with autoescape, one set of texts and formats per language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from edge.core.services import Services
from edge.lib.i18n import LANGUAGES, own_name, tax_class_name, tax_name
from edge.lib.prepared_templates import PreparedTemplates
from edge.lib.units.money import EXPONENTS
from edge.lib.units.receipt_number import shown_number
from edge.web.assets import static
from edge.web.capability_pages import declarations, folders
from edge.web.live.localizer import Locale, Localizer
from edge.web.live.slices import pause

FOLDER = Path(__file__).parent.parent

_LAYOUTS = {code: {"rows": one.letters, "dir": one.direction} for code, one in LANGUAGES.items() if one.letters}
"""Keyboards on the screen, by language."""


def page_templates() -> Environment:
    """Template environment of the frame and all capabilities."""
    return Environment(
        loader=FileSystemLoader([FOLDER / "templates", *folders()]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=PreparedTemplates("sliced_pages"),
        finalize=pause,
    )


class Words(msgspec.Struct, frozen=True):
    """Additional template names declared by a capability (`TEMPLATE_WORDS`). For a renderer, `make` creates a function
    that returns the names for a language."""

    make: Callable[[Renderer], Callable[[Localizer], Mapping[str, Any]]]


class Renderer:
    """Renders templates in any language. `services` are for the template names of capabilities."""

    def __init__(self, locale: Locale, services: Callable[[], Services]) -> None:
        self.texts = {language: Localizer(language, locale) for language in LANGUAGES}
        self.services = services
        self._environment = page_templates()
        self._environment.globals["static"] = static()

    @cached_property
    def _words(self) -> dict[str, dict[str, Any]]:
        """Words available to templates, by language. Loaded with the first template, not at the start."""
        said = {language: _words(texts) for language, texts in self.texts.items()}
        for words in declarations("TEMPLATE_WORDS"):
            in_language = words.make(self)
            for language, texts in self.texts.items():
                said[language].update(in_language(texts))
        return said

    def render(self, template: str, language: str, **values: Any) -> str:
        """Render a template. Texts, money and times follow the language."""
        return self.template(template).render(**self._words[language], **values)

    def template(self, name: str) -> Template:
        """Compiled template."""
        return self._environment.get_template(name)


def width_class(text: str) -> str:
    """CSS class for an amount's width, relative to eight huge characters: "short", "", "wide" or "wider"."""
    visible = sum(unicodedata.category(character) != "Cf" for character in text)
    return next(name for most, name in ((6, "short"), (8, ""), (10, "wide"), (visible, "wider")) if visible <= most)


def _words(texts: Localizer) -> dict[str, Any]:
    return {
        "lang": texts.language,
        "dir": texts.direction,
        "dates": texts.dates,
        "comma": LANGUAGES[texts.language].comma,
        "colon": LANGUAGES[texts.language].colon,
        "t": texts.on_page,
        "forms": texts.forms,
        "money": texts.money,
        "amount": texts.amount,
        "plain_money": texts.plain_money,
        "quantity": texts.quantity,
        "tax_class_name": partial(tax_class_name, texts.language),
        "tax_name": partial(tax_name, texts.language),
        "weight": texts.weight,
        "worth": texts.rate,
        "count": texts.count,
        "container_word": texts.container_word,
        "time": texts.time,
        "moment": texts.moment,
        "upcoming": texts.upcoming,
        "near_day": texts.near_day,
        "day": texts.day,
        "date_text": texts.date_text,
        "today": texts.today,
        "weekday": texts.weekday,
        "weekdays": texts.weekdays,
        "currencies": texts.currencies,
        "name": texts.name,
        "spoken": texts.language_name,
        "own_name": own_name,
        "languages": LANGUAGES,
        "layouts": _LAYOUTS,
        "part_name": texts.part_name,
        "refusal": texts.refusal,
        "told": texts.report_text,
        "why": texts.why,
        "width": width_class,
        "receipt_number": shown_number,
        "exponents": EXPONENTS,
    }
