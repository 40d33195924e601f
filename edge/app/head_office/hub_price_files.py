"""Reads files of prices and products at head office: any table that a shop can read, by its header."""

from __future__ import annotations

from collections.abc import Mapping
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
_OTHERS = ("category", "brand", "code", "unit")
"""Fields of a product beside its name and price."""


def read_prices(body: bytes, name: str, language: str) -> list[PriceLine]:
    """Product number, price and other fields per line, unconverted. Raises `ValueError`, in `language`, if
    there are none."""
    tongue = language if language in LANGUAGES else next(iter(LANGUAGES))
    with TemporaryDirectory() as folder:
        path = Path(folder, "prices" + Path(name).suffix[:8])
        path.write_bytes(body)
        try:
            with open_table(path, tongue) as opened:
                places = guess_fields(opened.header, tongue)
                sku, price = (places.get(field, ()) for field in ("sku", "price"))
                others = {field: where[0] for field in _OTHERS if (where := places.get(field))}
                if named := next((places[key] for key in sorted(places) if key.startswith("name.")), ()):
                    others["name"] = places.get(f"name.{tongue}", named)[0]
                sku = sku or places.get("code", ())
                if not sku or not (price or "name" in others):
                    columns = ", ".join(opened.header[:SHOWN_COLUMNS])
                    about = {"file": name, "columns": columns}
                    raise NeedsHuman("It contains no prices.", "", "sheet.no_prices", about)
                wanted = {"sku": sku[0], **({"price": price[0]} if price else {}), **others}
                return [_line(row, wanted, tongue) for row in islice(opened.rows, LINES_MOST)]
        except NeedsHuman as error:
            keys = (error.key, f"{error.key}_do") if error.key else ()
            said = " ".join(translate(tongue, key, **error.values) for key in keys)
            raise ValueError(said or str(error)) from error


def _line(row: TableRow, places: Mapping[str, int], language: str) -> PriceLine:
    if row.fault:
        return PriceLine(row.line, "", "", translate(language, f"reason.{row.fault}", **row.values))
    said = {field: row.cells[place].strip() if place < len(row.cells) else "" for field, place in places.items()}
    number, price = said.pop("sku"), said.pop("price", "")
    return PriceLine(row.line, _whole(number), price, **{field: _whole(text) for field, text in said.items()})


def _whole(text: str) -> str:
    """A number without the decimals that spreadsheets add."""
    return text.removesuffix(".0") if text[:-2].isdigit() else text
