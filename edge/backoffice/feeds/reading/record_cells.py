"""Typed access to a record's cells. Collects errors of unreadable ones. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal as Number
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from edge.backoffice.feeds.reading.layout import Decimal
from edge.goods.ingest.mapping.cell_parsers import (
    CellError,
    flag,
    is_nothing,
    number,
    other_currency,
    price_minor,
    thousandths,
    whole,
)
from edge.lib.units.dates import day_of

AHEAD_MOST = timedelta(days=1)
"""Tolerance for clock errors; records dated later are refused."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Amount = TypeVar("Amount", int, Number)


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """A field's error or reason for approval: its `code`, and the `values` of its text."""

    field: str
    code: str
    values: dict[str, str | int] = {}


class Terms(msgspec.Struct, frozen=True):
    """Defaults for values that a file doesn't state."""

    currency: str
    language: str
    zone: str
    now_us: int
    decimal: Decimal | None = None


class KeyedRow(msgspec.Struct, frozen=True):
    """A record as read. `key`: the id of the thing it describes."""

    @property
    def key(self) -> str:
        raise NotImplementedError

    @property
    def identity(self) -> str:
        """The cells that identify the record."""
        return self.key


def _local_day(text: str, zone: str) -> str:
    """The local day in a zone of a time with an offset; "" if the text isn't one."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(ZoneInfo(zone)).date().isoformat() if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


class RecordCells:
    """A record's cells by field. All unreadable ones are collected in `reasons`."""

    def __init__(self, cells: Mapping[str, str], terms: Terms) -> None:
        self._cells = cells
        self.terms = terms
        self.reasons: list[Reason] = []

    @property
    def fields(self) -> Mapping[str, str]:
        """The cells as received."""
        return self._cells

    def text(self, field: str, most: int = 80) -> str | None:
        text = self._cells.get(field, "").strip()
        if is_nothing(text):
            return None
        if len(text) > most or not text.isprintable():
            self.note(field, "text_wrong", limit=most)
            return None
        return text

    def key(self, field: str, most: int = 80) -> str:
        found = self.text(field, most)
        if found is None:
            self.note_missing(field)
        return found or ""

    def whole(self, field: str, most: int) -> int | None:
        return self._read(field, lambda text: whole(text, most))

    def money(self, field: str, currency: str, signed: bool = False) -> int | None:
        """An amount in minor units. `signed`: may be negative."""
        return self._read(field, lambda text: price_minor(text, currency, self.terms.decimal), signed)

    def thousandths(self, field: str) -> int | None:
        return self._read(field, lambda text: thousandths(self._clear(text), self.terms.decimal))

    def decimal(self, field: str) -> Number | None:
        """An exact decimal, possibly negative."""
        return self._read(field, lambda text: number(self._clear(text), self.terms.decimal), signed=True)

    def _clear(self, text: str) -> str:
        """The text, if its separator is unambiguous. Raises `CellError` for "1,250", which only a mapping can
        clarify."""
        ahead, mark, behind = text.partition(",")
        if mark and self.terms.decimal is None and len(behind) == 3 and ahead.strip("0") and "." not in text:
            raise CellError("thousands", value=text[:40])
        return text

    def yes(self, field: str, unsaid: bool = False) -> bool:
        """A cell with yes or no; `unsaid` if it's empty."""
        text = self.text(field)
        try:
            return unsaid if text is None else flag(text)
        except CellError:
            self.note(field, "not_yes_or_no", value=(text or "")[:40])
            return unsaid

    def day(self, field: str) -> str:
        """A date. A time with an offset is converted to the shop's local date."""
        text = self.text(field)
        if text is None:
            return ""
        if text[10:] and (day := _local_day(text, self.terms.zone)):
            return day
        if day_of(text[:10]) is None:
            self.note(field, "date_wrong", value=text[:40])
            return ""
        return text[:10]

    def moment_us(self, field: str) -> int:
        """A time in ISO 8601, in microseconds; the shop's local time if there is no offset."""
        text = self.key(field)
        if not text:
            return 0
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.note(field, "date_wrong", value=text[:40])
            return 0
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.terms.zone))
        at_us = (aware - _EPOCH) // timedelta(microseconds=1)
        if at_us > self.terms.now_us + AHEAD_MOST // timedelta(microseconds=1):
            self.note(field, "date_ahead", value=text[:40])
        return max(0, at_us)

    def is_ahead(self, day: str) -> bool:
        """Whether a day is further in the future than a wrong clock would explain."""
        latest = datetime.fromtimestamp(self.terms.now_us / 1e6, ZoneInfo(self.terms.zone)) + AHEAD_MOST
        return day > latest.date().isoformat()

    def note_missing(self, field: str) -> None:
        """Record that a required field is missing, once, unless it already has an error."""
        if not any(reason.field == field for reason in self.reasons):
            self.note(field, "missing_key")

    def note(self, field: str, code: str, **values: str | int) -> None:
        self.reasons.append(Reason(field, code, values))

    def _read(self, field: str, read: Callable[[str], Amount], signed: bool = False) -> Amount | None:
        text = self.text(field)
        if text is None:
            return None
        is_below = text.startswith(("-", "−", "("))
        if is_below and not signed:
            self.note(field, "negative", value=text[:40])
            return None
        try:
            return -read(text.strip("-−()")) if is_below else read(text)
        except CellError as error:
            if other := other_currency(text, self.terms.currency):
                self.note(field, "currency_other", value=other)
                return None
            beyond = error.key in ("price_large", "not_whole")
            self.note(field, "out_of_range" if beyond else "not_a_number", value=text[:40])
            return None
