"""A receipt as a mail: its subject, the paper as text, and the same as HTML. Pure."""

from __future__ import annotations

import msgspec
from markupsafe import Markup, escape

from edge.lib.i18n import direction, translate
from edge.shop.printing.document import Bars, Document, Element, Pair, Qr, Row, Rule, TemplateBlock, Text
from edge.shop.printing.layout import plain_text
from edge.shop.printing.templates import render_template

_ALIGN = {"start": "start", "centre": "center", "end": "end"}


class ComposedMail(msgspec.Struct, frozen=True):
    """What a mail says."""

    subject: str
    text: str
    html: str


def compose(document: Document, number: str, shop: str, subject_key: str) -> ComposedMail:
    """The mail of a paper, with its subject by `subject_key`. `ConfigError`: its form cannot be filled in."""
    language = document.language
    subject = translate(language, subject_key, number=number, shop=shop)
    rows = Markup("").join(_html(element) for element in _elements(document))
    page = Markup(
        '<!doctype html><html lang="{0}" dir="{1}"><head><meta charset="utf-8"><title>{2}</title></head>'
        '<body style="margin:0;padding:16px;background:#f3f1ea"><table role="presentation" style="max-width:480px;'
        "margin:auto;padding:20px;background:#fff;color:#16211d;font:15px/1.5 sans-serif;border-collapse:separate;"
        'width:100%">{3}</table></body></html>'
    ).format(language, direction(language), subject, rows)
    return ComposedMail(subject, plain_text(document), str(page))


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
