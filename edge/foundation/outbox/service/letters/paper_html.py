"""A receipt or other document as mail: subject, text and HTML."""

from __future__ import annotations

import structlog
from markupsafe import Markup, escape

from edge.foundation.outbox.messages import SEVERITY_OF_LETTERS, Message
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.foundation.outbox.service.letters.letter import WrittenLetter
from edge.foundation.printing.document import Bars, Document, Element, Pair, Qr, Row, Rule, TemplateBlock, Text
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.templates import render_template
from edge.lib.errors import ConfigError
from edge.lib.i18n import direction, translate

_log = structlog.get_logger(__name__)
_ALIGN = {"start": "start", "centre": "center", "end": "end"}


def of_paper(
    row: Message, to: str, document: Document, number: str, shop: str, subject_key: str
) -> WrittenLetter | str:
    """Return the letter for a document with its `subject_key`, or the reason why its template can't be rendered."""
    language = document.language
    subject = translate(language, subject_key, number=number, shop=shop)
    try:
        paragraphs, html = tuple(plain_text(document).splitlines()), _page(document, subject)
    except ConfigError as error:
        _log.error("a document can't be emailed", what=row.what, why=error.what)
        return "refused"
    parcel = Parcel(
        key=row.key,
        title=subject,
        paragraphs=paragraphs,
        severity=SEVERITY_OF_LETTERS,
        what=row.what,
        language=language,
        html=html,
    )
    return WrittenLetter(to, parcel)


def _page(document: Document, subject: str) -> str:
    language = document.language
    rows = Markup("").join(_html(element) for element in _elements(document))
    page = Markup(
        '<!doctype html><html lang="{0}" dir="{1}"><head><meta charset="utf-8"><title>{2}</title></head>'
        '<body style="margin:0;padding:16px;background:#f3f1ea"><table role="presentation" style="max-width:480px;'
        "margin:auto;padding:20px;background:#fff;color:#16211d;font:15px/1.5 sans-serif;border-collapse:separate;"
        'width:100%">{3}</table></body></html>'
    ).format(language, direction(language), subject, rows)
    return str(page)


def _elements(document: Document) -> list[Element]:
    found: list[Element] = []
    for row in document.rows:
        found += render_template(row, document.language) if isinstance(row, TemplateBlock) else (row,)
    return found


def _html(element: Element) -> Markup:
    match element:
        case Text(text, align, bold, size):
            return _row(_cell(text, _ALIGN[align], bold, size, 2))
        case Pair(left, right, bold, size):
            return _row(_cell(left, "start", bold, size), _cell(right, "end", bold, size))
        case Row(cells, bold):
            return _row(_cell("  ".join(cell.text for cell in cells), "start", bold, 1, 2))
        case Rule():
            return _row(Markup('<td colspan="2" style="border-top:1px solid #8b938e"></td>'))
        case Qr(data) | Bars(data):
            return _row(_cell(data, "center", False, 1, 2))
    return Markup("")


def _row(*cells: Markup) -> Markup:
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _cell(text: str, align: str, bold: bool, size: int, columns: int = 1) -> Markup:
    weight = "700" if bold else "400"
    style = f"text-align:{align};font-weight:{weight};font-size:{15 * size}px;vertical-align:top"
    return Markup('<td colspan="{}" style="{}"><bdi>{}</bdi></td>').format(columns, style, escape(text.strip()))
