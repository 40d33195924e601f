"""Reads price files at head office: any table that a shop can read, by its header."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from edge.goods.ingest.mapping.headers import guess_fields
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import LANGUAGES, translate
from edge.lib.tables import TableRow, open_table
from sync.hub.api.product_choice_api import PriceLine

LINES_MOST = 60_000
SHOWN_COLUMNS = 12


def read_prices(body: bytes, name: str, language: str) -> list[PriceLine]:
    """Product number and price per line, unconverted. Raises `ValueError`, in `language`, if it can't be read."""
    tongue = language if language in LANGUAGES else next(iter(LANGUAGES))
    with TemporaryDirectory() as folder:
        path = Path(folder, "prices" + Path(name).suffix[:8])
        path.write_bytes(body)
        try:
            with open_table(path, tongue) as opened:
                places = guess_fields(opened.header, tongue)
                sku, price = (places.get(field, ()) for field in ("sku", "price"))
                sku = sku or places.get("code", ())
                if not sku or not price:
                    columns = ", ".join(opened.header[:SHOWN_COLUMNS])
                    about = {"file": name, "columns": columns}
                    raise NeedsHuman("It contains no prices.", "", "sheet.no_prices", about)
                return [_line(row, sku[0], price[0], tongue) for row in islice(opened.rows, LINES_MOST)]
        except NeedsHuman as error:
            keys = (error.key, f"{error.key}_do") if error.key else ()
            said = " ".join(translate(tongue, key, **error.values) for key in keys)
            raise ValueError(said or str(error)) from error


def _line(row: TableRow, sku: int, price: int, language: str) -> PriceLine:
    if row.fault:
        return PriceLine(row.line, "", "", translate(language, f"reason.{row.fault}", **row.values))
    number, sum_ = (row.cells[place].strip() if place < len(row.cells) else "" for place in (sku, price))
    return PriceLine(row.line, number.removesuffix(".0") if number[:-2].isdigit() else number, sum_)
