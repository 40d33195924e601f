"""Template helpers for baskets, papers and money: lines, a receipt as printed, tender names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from markupsafe import Markup

from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.event_structs import Tender
from edge.counter.till.live_settings import NOW
from edge.foundation.printing.document import Document, Element, TemplateBlock
from edge.foundation.printing.queries import PrintJob
from edge.foundation.printing.templates import render_template
from edge.lib.errors import ConfigError
from edge.lib.i18n import words
from edge.money.tenders.tender import currency_of, is_foreign
from edge.web.live.localizer import Localizer
from edge.web.live.rendering import Renderer, Words

_log = structlog.get_logger(__name__)
Names = tuple[dict[str, str], ...]
"""Names of the promotions on a line."""


class BasketRows:
    """Basket lines in one language."""

    def __init__(self, renderer: Renderer, language: str) -> None:
        self._renderer = renderer
        self._language = language
        self._of: dict[str, dict[int, tuple[BasketLine, bool, Names, Markup]]] = {}

    def rows(self, basket: Basket, sent: Mapping[int, int]) -> Markup:
        """Render a basket's lines. Unchanged lines come from a cache.

        `sent`: the quantity of each line sent to kitchen printers, in thousandths.
        """
        old = self._of.get(basket.register, {})
        new: dict[int, tuple[BasketLine, bool, Names, Markup]] = {}
        for line in basket.lines:
            known, is_sent = old.get(line.id), sent.get(line.id, 0) == line.quantity
            names = tuple(basket.promotions.get(discount.promotion, {}) for discount in line.discounts)
            same = known and known[:3] == (line, is_sent, names)
            new[line.id] = known if known and same else (line, is_sent, names, self._row(line, is_sent, names))
        self._of[basket.register] = new
        return Markup("".join(html for *_, html in new.values()))  # nosec B704: each row is a Markup

    def _row(self, line: BasketLine, sent: bool, promotions: Names) -> Markup:
        html = self._renderer.render("line.html", self._language, line=line, sent=sent, promotions=promotions)
        return Markup(html)  # nosec B704


class Papers:
    """Rendered documents of print jobs.

    Pages show a register's newest document in each of its states, so it's rendered only once.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._of: dict[str, tuple[int, Markup]] = {}

    def on_paper(self, job: PrintJob, templates: str) -> Markup:
        known = self._of.get(job.register)
        if known is None or known[0] != job.id:
            html = self._renderer.template("on_paper.html").render(elements=elements(job.document, templates))
            known = self._of[job.register] = (job.id, Markup(html))  # nosec B704
        return known[1]


def elements(document: Document, templates: str) -> tuple[Element, ...]:
    """A document's rows with templates filled in, preferring the shop's own `templates`.

    Empty if a template fails: the error is logged, and the rest of the page is shown.
    """
    rows: list[Element] = []
    try:
        for row in document.rows:
            rows.extend(
                render_template(row, document.language, templates) if isinstance(row, TemplateBlock) else (row,)
            )
    except ConfigError as error:
        _log.error("a receipt can't be displayed", why=str(error))
        return ()
    return tuple(rows)


class TenderWords:
    """Tender names in one language, including the shop's current names for its own tenders."""

    def __init__(self, renderer: Renderer, texts: Localizer) -> None:
        self._renderer = renderer
        self._texts = texts

    def tender(self, kind: str) -> str:
        """A tender's name: the shop's own by name, foreign cash by currency."""
        own = next((own for own in self._renderer.services().of(NOW)().tenders if own.id == kind), None)
        if own:
            return self._texts.name(own.names)
        if is_foreign(kind):
            return currency_of(kind)
        known = words(self._texts.language)
        key = f"tender.{kind}" if f"tender.{kind}" in known else f"receipt.{kind}"
        return self._texts.say(key) if key in known else kind

    def given_back(self, back: Tender) -> str:
        """A refunded tender, or if the amount is negative, a tender taken again. Foreign notes have their amount."""
        tender = self.tender(back.kind)
        if back.foreign_minor:
            tender = self._texts.money(back.foreign_minor, currency_of(back.kind))
        if back.amount_minor < 0:
            return f"{self._texts.say('receipt.taken_again')}: {tender}"
        key = f"receipt.back_{back.kind}"
        known = key in words(self._texts.language)
        return self._texts.say(key) if known else self._texts.say("receipt.back_to", tender=tender)


def reason(texts: Localizer, reason: str) -> str:
    """A discount's reason. The shop's own reasons are shown as entered."""
    key = f"discount.reason_{reason}"
    return texts.say(key) if key in words(texts.language) else reason


def _words(renderer: Renderer) -> Callable[[Localizer], Mapping[str, Any]]:
    papers = Papers(renderer)

    def in_language(texts: Localizer) -> Mapping[str, Any]:
        tenders = TenderWords(renderer, texts)
        return {
            "tender_name": tenders.tender,
            "given_back": tenders.given_back,
            "reason_name": partial(reason, texts),
            "rows": BasketRows(renderer, texts.language).rows,
            "on_paper": papers.on_paper,
        }

    return in_language


TEMPLATE_WORDS = (Words(_words),)
