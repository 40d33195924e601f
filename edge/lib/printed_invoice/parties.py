"""Identifies the seller of an invoice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from edge.lib.printed_invoice.label_search import FieldValue
from edge.lib.printed_invoice.words import Box, PlacedWord, TextRow, around, sureness

_COMPANY = re.compile(
    r"(?<![\w.])(?:GmbH(?: & Co\. KG)?|AG|KG|e\.K\.|SE|B\.V\.|BV|N\.V\.|Inc\.?|LLC|Ltd\.?|Limited|Corp\.?|Co\."
    r"|SARL|S\.A\.R\.L\.|SAS|S\.A\.S\.|S\.A\.|SA|EURL|SNC|Lt[ée]e|Pvt\. Ltd\.?|בע\"מ|בע״מ)(?![\w])"
)
_CUT = re.compile(r"\s[-–−|·•,]\s|,\s(?=[0-9A-ZÀ-Þ])(?!Inc|Ltd|LLC|Limited|Corp)")
_LEADING = re.compile(
    r"^(?:from|seller|supplier|vendor|fournisseur|lieferant|de|von|verkäufer|מאת|ספק)\s*:\s*", re.IGNORECASE
)
NAME_CHARS = 80
NAME_WORDS = 8


def find_seller(rows: Sequence[TextRow], known: Iterable[str]) -> tuple[str, Box, float] | None:
    """Return the seller's name, position and confidence. It is one of the `known` names, otherwise the most frequent
    company-like name, otherwise the largest text at the top. None if nothing matches."""
    cells = [cell for row in rows for cell in row.cells]
    for name in sorted(known, key=len, reverse=True):
        wanted = re.compile(rf"(?<!\w){re.escape(_plain(name))}(?!\w)", re.IGNORECASE)
        for cell in cells:
            if len(name) > 2 and (found := wanted.search(cell.text)):
                return found[0][:NAME_CHARS], around(cell.words), 0.95
    everything = _plain(" ".join(cell.text for cell in cells))
    companies = []
    for at, cell in enumerate(cells):
        for part in _CUT.split(_LEADING.sub("", cell.text)):
            suffix = _COMPANY.search(part)
            name = part[: suffix.end()].strip(" ,-–|") if suffix and suffix.start() else ""
            if 1 < len(name.split()) <= NAME_WORDS:
                companies.append((everything.count(_plain(name).split()[0]), -at, name, cell.words))
    if companies:
        _, _, name, words = max(companies, key=lambda one: one[:2])
        return name[:NAME_CHARS], around(words), 0.8 * sureness(words)
    return _largest(rows)


def find_vat(values: Sequence[FieldValue]) -> FieldValue | None:
    """Seller's VAT number: the first after its label."""
    return next((one for one in values if one.name == "seller_vat"), None)


def _largest(rows: Sequence[TextRow]) -> tuple[str, Box, float] | None:
    """Return the largest text in the upper third of the first page, without digits."""
    top = [cell for row in rows for cell in row.cells if cell.words[0].box.page == 1 and cell.words[0].box.top < 333]
    named = [cell for cell in top if re.fullmatch(r"[^\d:]{3,60}", cell.text)]
    best = max(named, key=lambda cell: _height(cell.words), default=None)
    return (best.text[:NAME_CHARS], around(best.words), 0.5) if best else None


def _height(words: Sequence[PlacedWord]) -> int:
    return max(word.box.bottom - word.box.top for word in words)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
