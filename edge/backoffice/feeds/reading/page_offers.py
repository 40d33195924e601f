"""Reads product offers from a competitor's pages: JSON-LD of schema.org (Product, Offer). Pure.

Runs only in the reader process, as pages are untrusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import msgspec

from edge.lib.lenient_json import decode_json

SUFFIX = ".pages"
"""Suffix of a file of pages, with one `PageRead` per line."""
NESTED_MOST = 16
OFFERS_MOST = 500
"""Maximum offers per page."""
_CODES = ("gtin14", "gtin13", "gtin12", "gtin8", "gtin", "sku", "mpn")


class PageRead(msgspec.Struct, frozen=True):
    """A page as received, and the time of reading."""

    url: str
    at: str
    page: str


class _Scripts(HTMLParser):
    """Collects a page's JSON-LD scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().casefold()
        self._inside = tag == "script" and kind == "application/ld+json"
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def offers_of(read: PageRead) -> list[dict[str, str]]:
    """The offers of a page, as cells by field. The shop's name is its host unless mapped.

    >>> said = '{"@type": "Product", "gtin13": "4006381333931", "offers": {"price": 1.5, "priceCurrency": "EUR"}}'
    >>> page = f'<script type="application/ld+json">{said}</script>'
    >>> offers_of(PageRead("https://www.mart.example/a", "2027-01-15T09:00:00+00:00", page))[0]["price"]
    '1.5'
    """
    parser = _Scripts()
    parser.feed(read.page)
    host = (urlsplit(read.url).hostname or "").removeprefix("www.")
    about = {"competitor": host, "seen_at": read.at, "url": read.url}
    found: list[dict[str, str]] = []
    for text in parser.found:
        for product in _products(text):
            offer = _offer(product.get("offers"))
            code = next((said for field in _CODES if (said := _text(product.get(field)))), "")
            cells = {
                "sku": code or _text(offer.get("gtin13")) or _text(offer.get("sku")),
                "name": _text(product.get("name")),
                "price": _text(offer.get("price")) or _text(offer.get("lowPrice")),
                "currency": _text(offer.get("priceCurrency")),
                "in_stock": _text(offer.get("availability")),
            }
            found.append({**about, **{field: said for field, said in cells.items() if said}})
    return found[:OFFERS_MOST]


def _products(text: str) -> Iterator[dict[str, Any]]:
    """Every product in a JSON text, at any depth; none if it's invalid."""
    try:
        told = decode_json(text.encode(errors="replace"))
    except (ValueError, RecursionError):
        return
    waiting = [(told, 0)]
    while waiting:
        node, depth = waiting.pop(0)
        if depth > NESTED_MOST:
            continue
        if isinstance(node, list):
            waiting += [(one, depth + 1) for one in node]
        elif isinstance(node, dict):
            kinds = node.get("@type")
            if "Product" in (kinds if isinstance(kinds, list) else [kinds]):
                yield node
            else:
                waiting += [(one, depth + 1) for one in node.values() if isinstance(one, dict | list)]


def _offer(told: Any) -> dict[str, Any]:
    """A product's first offer."""
    first = told[0] if isinstance(told, list) and told else told
    return first if isinstance(first, dict) else {}


def _text(told: Any) -> str:
    return str(told).strip() if isinstance(told, str | int | float) and not isinstance(told, bool) else ""
