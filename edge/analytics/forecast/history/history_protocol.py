"""Protocol of the process that reads history, in JSON."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.history.day_forms import DayForm

NAMES: dict[str, tuple[str, ...]] = {
    "day": ("day", "date", "business_date", "weekstarting", "transaction_timestamp", "jour", "תאריך", "יום"),
    "sku": ("sku", "product", "product_id", "item", "article", "produit", "מוצר", 'מק"ט', "פריט"),
    "code": ("code", "barcode", "ean", "gtin", "ברקוד", "code-barres"),
    "sold": ("sold", "quantity", "qty", "units", "sales", "quantité", "vendu", "כמות", "נמכר"),
    "returned": ("returned", "returns", "retours", "החזרות"),
    "wasted": ("wasted", "waste", "pertes", "פחת"),
    "minor": ("amount", "sales_value", "revenue", "total", "montant", "סכום"),
}
"""Fields of a history file, with the headings from which they're guessed."""
PRODUCTS_LIMIT = 20_000
"""Maximum products of a file looked up before the import; with more, the preview omits them."""


class HistoryQuestion(msgspec.Struct, frozen=True):
    """A file, its columns and date format (see `ImportHistory`); `zone`: to convert times to days; `look`: only
    preview; `digits`: decimals of the currency."""

    path: str
    columns: dict[str, str] = {}
    look: bool = False
    form: DayForm = ""
    zone: str = "UTC"
    digits: int = 2


class HistoryLook(msgspec.Struct, frozen=True):
    """A file's summary: headings, the heading of each field, missing fields, first lines; the number of `lines`, of
    `wrong` ones and of those `summed` into another, and the resulting product days; products, days, and errors (line,
    field, value, reason). `form`: of dates, `asks_form` if undecidable; lines with `many` units, and with none.
    """

    header: tuple[str, ...]
    columns: dict[str, str]
    missing: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    lines: int
    wrong: int
    summed: int
    count: int
    products: tuple[str, ...]
    days: tuple[str, ...]
    notes: tuple[tuple[int, str, str, str], ...]
    form: DayForm = ""
    asks_form: bool = False
    many: int = 0
    nothing: int = 0
