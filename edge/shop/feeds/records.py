"""A record's cells as what it says: one function for each kind of record. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from edge.lib.units.dates import day_of
from edge.shop.feeds.connector import EntityType
from edge.shop.feeds.layout import Decimal
from edge.shop.ingest.mapping.cell_parsers import CellError, is_nothing, price_minor, thousandths, whole

AHEAD_MOST = timedelta(days=1)
"""A clock may be wrong by so much; what is said of a later moment is not known yet."""
RATING_MOST, LEAD_MOST_DAYS = 5, 365
MAIN = "main"


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """What is wrong with a field of a record, or wants a yes: `code` with `values` for the gaps of its sentence."""

    field: str
    code: str
    values: dict[str, str | int] = {}


class Terms(msgspec.Struct, frozen=True):
    """What a file means without saying so."""

    currency: str
    language: str
    zone: str
    now_us: int
    decimal: Decimal | None = None


class SupplierRow(msgspec.Struct, frozen=True, tag="Supplier"):
    """A supplier; None: the record says nothing of it, which is not nothing."""

    supplier: str
    name: str | None
    rating: int | None
    lead_time_days: int | None
    minimum_order_minor: int | None
    fee_minor: int | None
    currency: str | None

    @property
    def key(self) -> str:
        return self.supplier

    @property
    def identity(self) -> str:
        return self.key


class PriceRow(msgspec.Struct, frozen=True, tag="SupplierPrice"):
    """What a supplier asks for a unit; `cost_minor` in their currency."""

    supplier: str
    sku: str
    cost_minor: int
    currency: str | None
    code: str
    pack: int
    min_packs: int
    from_date: str
    until_date: str

    @property
    def key(self) -> str:
        return "\x1f".join((self.supplier, self.sku, self.from_date))

    @property
    def identity(self) -> str:
        return self.key


class CountRow(msgspec.Struct, frozen=True, tag="Inventory"):
    """So many thousandths of a product were at a place at a moment."""

    sku: str
    location: str
    quantity: int
    counted_us: int

    @property
    def key(self) -> str:
        return f"{self.sku}\x1f{self.location}"

    @property
    def identity(self) -> str:
        """What makes it the same record as another: a place may be counted more than once in a file."""
        return f"{self.key}\x1f{self.counted_us}"


Row = SupplierRow | PriceRow | CountRow


class RecordCells:
    """The cells of a record by field; what cannot be read is noted in `reasons`, all of it at once."""

    def __init__(self, cells: Mapping[str, str], terms: Terms) -> None:
        self._cells = cells
        self.terms = terms
        self.reasons: list[Reason] = []

    def text(self, field: str, most: int = 80) -> str | None:
        text = self._cells.get(field, "").strip()
        if is_nothing(text):
            return None
        if len(text) > most or not text.isprintable():
            self.note(field, "text_wrong", limit=most)
            return None
        return text

    def key(self, field: str) -> str:
        found = self.text(field)
        if found is None and not any(reason.field == field for reason in self.reasons):
            self.note(field, "missing_key")
        return found or ""

    def whole(self, field: str, most: int) -> int | None:
        return self._read(field, lambda text: whole(text, most))

    def money(self, field: str, currency: str) -> int | None:
        return self._read(field, lambda text: price_minor(text, currency, self.terms.decimal))

    def thousandths(self, field: str) -> int | None:
        return self._read(field, self._thousandths)

    def _thousandths(self, text: str) -> int:
        ahead, mark, behind = text.partition(",")
        if mark and self.terms.decimal is None and len(behind) == 3 and ahead.strip("0") and "." not in text:
            raise CellError("thousands", value=text[:40])  # a thousand, or one and a quarter: only a mapping can say
        return thousandths(text, self.terms.decimal)

    def day(self, field: str) -> str:
        text = self.text(field)
        if text is None:
            return ""
        if day_of(text[:10]) is None:
            self.note(field, "date_wrong", value=text[:40])
            return ""
        return text[:10]

    def moment_us(self, field: str) -> int:
        """ISO 8601; without an offset in the shop's own time."""
        text = self.key(field)
        if not text:
            return 0
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.note(field, "date_wrong", value=text[:40])
            return 0
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.terms.zone))
        at_us = int(aware.timestamp() * 1_000_000)
        if at_us > self.terms.now_us + AHEAD_MOST // timedelta(microseconds=1):
            self.note(field, "date_ahead", value=text[:40])
        return max(0, at_us)

    def note(self, field: str, code: str, **values: str | int) -> None:
        self.reasons.append(Reason(field, code, values))

    def _read(self, field: str, read: Callable[[str], int]) -> int | None:
        text = self.text(field)
        if text is None:
            return None
        if text.startswith(("-", "−", "(")):
            self.note(field, "negative", value=text[:40])
            return None
        try:
            return read(text)
        except CellError as error:
            beyond = error.key in ("price_large", "not_whole")
            self.note(field, "out_of_range" if beyond else "not_a_number", value=text[:40])
            return None


def _supplier(cells: RecordCells) -> SupplierRow:
    currency = _currency(cells)
    said_in = currency or cells.terms.currency
    return SupplierRow(
        cells.key("supplier_id"),
        cells.text("name", 200),
        cells.whole("rating", RATING_MOST),
        cells.whole("lead_time_days", LEAD_MOST_DAYS),
        cells.money("minimum_order", said_in),
        cells.money("delivery_fee", said_in),
        currency,
    )


def _price(cells: RecordCells) -> PriceRow:
    currency = _currency(cells)
    cost = cells.money("cost", currency or cells.terms.currency)
    if cost is None and not any(reason.field == "cost" for reason in cells.reasons):
        cells.note("cost", "missing_key")
    row = PriceRow(
        cells.key("supplier_id"),
        cells.key("sku"),
        cost or 0,
        currency,
        cells.text("supplier_code") or "",
        cells.whole("pack", 1_000_000) or 1,
        cells.whole("min_packs", 1_000_000) or 1,
        cells.day("from"),
        cells.day("until"),
    )
    if row.from_date and row.until_date and row.until_date < row.from_date:
        cells.note("until", "date_wrong", value=row.until_date)
    return row


def _count(cells: RecordCells) -> CountRow:
    quantity = cells.thousandths("quantity")
    if quantity is None and not any(reason.field == "quantity" for reason in cells.reasons):
        cells.note("quantity", "missing_key")
    return CountRow(cells.key("sku"), cells.text("location") or MAIN, quantity or 0, cells.moment_us("counted_at"))


def _currency(cells: RecordCells) -> str | None:
    text = cells.text("currency", 3)
    if text is not None and not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        cells.note("currency", "currency", value=text)
        return None
    return text


_ROWS: Mapping[EntityType, Callable[[RecordCells], Row]] = {
    "Supplier": _supplier,
    "SupplierPrice": _price,
    "Inventory": _count,
}


def row_of(entity: EntityType, cells: Mapping[str, str], terms: Terms) -> tuple[Row, list[Reason]]:
    """What a record says, and what is wrong with it: with a reason it is not to be used."""
    read = RecordCells(cells, terms)
    return _ROWS[entity](read), read.reasons
