"""What the process that reads history is asked, and how it answers whoever only looks: JSON."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.day_forms import DayForm

NAMES: dict[str, tuple[str, ...]] = {
    "day": ("day", "date", "business_date", "weekstarting", "transaction_timestamp", "jour", "תאריך", "יום"),
    "sku": ("sku", "product", "product_id", "item", "article", "produit", "מוצר", 'מק"ט', "פריט"),
    "code": ("code", "barcode", "ean", "gtin", "ברקוד", "code-barres"),
    "sold": ("sold", "quantity", "qty", "units", "sales", "quantité", "vendu", "כמות", "נמכר"),
    "returned": ("returned", "returns", "retours", "החזרות"),
    "wasted": ("wasted", "waste", "pertes", "פחת"),
    "minor": ("amount", "sales_value", "revenue", "total", "montant", "סכום"),
}
"""Fields of a file of history, with the headings by which they are guessed."""
PRODUCTS_LIMIT = 20_000
"""Products of a file that are looked up before it is taken; of more of them nobody is told."""


class HistoryQuestion(msgspec.Struct, frozen=True):
    """Which file, what is in which column, and in which form its days are (see `ImportHistory`); `zone`: in which a
    moment with a zone of its own is a day; and whether it is only looked at."""

    path: str
    columns: dict[str, str] = {}
    look: bool = False
    form: DayForm = ""
    zone: str = "UTC"


class HistoryLook(msgspec.Struct, frozen=True):
    """How a file is understood: its headings, the heading of each field, the fields that lack, its first lines; of its
    `lines` those that are `wrong`, those that were added to one before (`summed`), and the days of products that they
    come to; which products and which days; and what is wrong: line, field, value, reason. `form` of its days,
    `asks_form` where nobody can know that; lines that say of `many` units, and of none."""

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
