"""Values to HTML: Jinja2 with autoescape, one set of words and formats a language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from edge.lib.errors import ConfigError
from edge.lib.i18n import LANGUAGES
from edge.lib.units.receipt_number import shown_number
from edge.shop.printing.document import Document, Element, TemplateBlock
from edge.shop.printing.queries import PrintJob
from edge.shop.printing.templates import render_template
from edge.shop.till.rules.basket import Basket, BasketLine
from edge.shop.till.settings import TillSettings
from edge.web.capability_pages import folders
from edge.web.live.localizer import Localizer
from edge.web.pages.columns import label

_log = structlog.get_logger(__name__)
FOLDER = Path(__file__).parent.parent
Names = tuple[dict[str, str], ...]
"""How the promotions on a line are called."""


class Renderer:
    """Renders templates in any of the languages."""

    def __init__(self, settings: TillSettings) -> None:
        self.texts = {language: Localizer(language, settings) for language in LANGUAGES}
        self._environment = Environment(
            loader=FileSystemLoader([FOLDER / "templates", *folders()]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._words = {
            language: _words(texts, partial(self._rows_of, language)) | {"on_paper": self._on_paper}
            for language, texts in self.texts.items()
        }
        self._line = self._environment.get_template("line.html")
        self._rows: dict[tuple[str, str], dict[int, tuple[BasketLine, bool, Names, Markup]]] = {}
        self._papers: dict[str, tuple[int, Markup]] = {}

    def render(self, template: str, language: str, **values: Any) -> str:
        """A template with its values; words, money and times come from the language."""
        loaded: Template = self._environment.get_template(template)
        return loaded.render(**self._words[language], **values)

    def call_tenders(self, tenders: Mapping[str, dict[str, str]]) -> None:
        """How the shop's own tenders are called from now on."""
        for texts in self.texts.values():
            texts.tenders = tenders

    def prepare(self) -> None:
        """Compile what no page shows before the first sale has ended, so that nobody waits for it then."""
        for template in ("fragments/ended.html", "on_paper.html"):
            self._environment.get_template(template)

    def _rows_of(self, language: str, basket: Basket, sent: Mapping[int, int]) -> Markup:
        """A basket's lines; one that did not change since the last time is not rendered again.

        `sent`: how much of each was sent to other printers, in thousandths.
        """
        old = self._rows.get((basket.register, language), {})
        new: dict[int, tuple[BasketLine, bool, Names, Markup]] = {}
        for line in basket.lines:
            known, is_sent = old.get(line.id), sent.get(line.id, 0) == line.quantity
            names = tuple(basket.promotions.get(discount.promotion, {}) for discount in line.discounts)
            same = known and known[:3] == (line, is_sent, names)
            fresh = known if known and same else (line, is_sent, names, self._row(line, is_sent, names, language))
            new[line.id] = fresh
        self._rows[basket.register, language] = new
        return Markup("".join(html for *_, html in new.values()))  # nosec B704: each row is a Markup

    def _on_paper(self, job: PrintJob, templates: str) -> Markup:
        """What a job prints. A page shows a register's newest one again at each of its states: it is rendered once."""
        known = self._papers.get(job.register)
        if known is None or known[0] != job.id:
            html = self._environment.get_template("on_paper.html").render(elements=elements(job.document, templates))
            known = self._papers[job.register] = (job.id, Markup(html))  # nosec B704
        return known[1]

    def _row(self, line: BasketLine, sent: bool, promotions: Names, language: str) -> Markup:
        html = self._line.render(**self._words[language], line=line, sent=sent, promotions=promotions)
        return Markup(html)  # nosec B704


def elements(document: Document, templates: str) -> tuple[Element, ...]:
    """A document's rows with its forms filled in, from the shop's own `templates` first.

    None of them where a form cannot be filled in: the log says why, and the page shows the rest of itself.
    """
    rows: list[Element] = []
    try:
        for row in document.rows:
            rows.extend(
                render_template(row, document.language, templates) if isinstance(row, TemplateBlock) else (row,)
            )
    except ConfigError as error:
        _log.error("a receipt cannot be shown", why=str(error))
        return ()
    return tuple(rows)


def width_class(text: str) -> str:
    """How large a sum can be set where there is room for eight huge characters: "short", "", "wide" or "wider"."""
    visible = sum(unicodedata.category(character) != "Cf" for character in text)
    return next(name for most, name in ((6, "short"), (8, ""), (10, "wide"), (visible, "wider")) if visible <= most)


def _words(texts: Localizer, rows: Callable[[Basket, Mapping[int, int]], Markup]) -> dict[str, Any]:
    return {
        "lang": texts.language,
        "dir": texts.direction,
        "t": texts.say,
        "money": texts.money,
        "quantity": texts.quantity,
        "weight": texts.weight,
        "worth": texts.rate,
        "count": texts.count,
        "container_word": texts.container_word,
        "time": texts.time,
        "moment": texts.moment,
        "upcoming": texts.upcoming,
        "near_day": texts.near_day,
        "day": texts.day,
        "today": texts.today,
        "weekday": texts.weekday,
        "currencies": texts.currencies,
        "name": texts.name,
        "part_name": texts.part_name,
        "refusal": texts.refusal,
        "tender_name": texts.tender,
        "given_back": texts.given_back,
        "reason_name": texts.reason,
        "told": texts.told,
        "why": texts.why,
        "width": width_class,
        "receipt_number": shown_number,
        "rows": rows,
        "column": partial(label, texts=texts),
    }
