"""Converts fields of an XML tree to values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

_NUMBER = re.compile(r"[+-]?0*(\d{1,18}(\.\d*)?|\.\d+)", re.ASCII)
DECIMALS_MOST = 10
"""Decimals to keep, because XML Schema sets no limit. Further decimals are rounded."""
TEXT_CHARS = 300


class FieldWrong(ValueError):
    """A field can't be parsed."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class XmlNode:
    """An element, queried by prefixed paths; missing elements yield empty values."""

    def __init__(self, element: Any, prefixes: Mapping[str, str]) -> None:
        self._element = element
        self._prefixes = dict(prefixes)

    def all(self, path: str) -> Iterator[XmlNode]:
        return (XmlNode(one, self._prefixes) for one in self._element.findall(path, self._prefixes))

    def attribute(self, name: str) -> str:
        return (self._element.get(name) or "").strip()

    @property
    def text(self) -> str:
        return " ".join((self._element.text or "").split())[:TEXT_CHARS]

    def first_text(self, *paths: str) -> str:
        """First non-empty text."""
        return next((one.text for path in paths for one in self.all(path) if one.text), "")

    def number(self, path: str) -> Decimal | None:
        """Decimal value with up to ten decimals. Raises `FieldWrong`."""
        text = self.first_text(path)
        if not text:
            return None
        try:
            if not _NUMBER.fullmatch(text):
                raise FieldWrong(path)
            found = Decimal(text)
            return round(found, DECIMALS_MOST) if len(text.partition(".")[2]) > DECIMALS_MOST else found
        except InvalidOperation as error:
            raise FieldWrong(path) from error

    def required_number(self, path: str) -> Decimal:
        found = self.number(path)
        if found is None:
            raise FieldWrong(path)
        return found

    def day(self, path: str) -> str:
        """Date as ISO 8601, also from 20260131 (format 102). Raises `FieldWrong`."""
        text = self.first_text(path)[:10]
        if not text:
            return ""
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise FieldWrong(path) from error

    def truth(self, path: str) -> bool:
        """Whether a boolean indicator is "true" or "1". Any other text, or none, is False."""
        return self.first_text(path).lower() in ("true", "1")
