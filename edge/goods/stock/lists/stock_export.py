"""Export of the stock as a table, which `stock/sync` accepts as a count; or of the stock at the end of a business day.

`python -m edge.goods.stock.lists.stock_export LEDGER FILE FORMAT CURRENCY LANGUAGE [DATE]` runs it in a separate
process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from edge.core.storage.database import Connection, open_reader
from edge.goods.stock.lists.history import every_then
from edge.goods.stock.moving.costs import MICRO, value_milli
from edge.goods.stock.queries import list_stock
from edge.lib.tables import FORMATS, Format, write_table
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import show_quantity

NICENESS = 10
NOW = ("sku", "name", "location", "lot", "expiry", "boxes", "units", "box", "on_hand", "unit_cost", "value")
THEN = ("sku", "name", "location", "on_hand", "reserved", "value")
_NAMES = "SELECT sku, body ->> '$.names' FROM product"


def export(db: Connection, path: Path, form: Format, currency: str, language: str, date: str = "") -> None:
    """Write the current stock to a file, or the stock at the end of a business day."""
    if date:
        write_table(path, form, THEN, _then(db, currency, language, date))
    else:
        write_table(path, form, NOW, _now(db, currency, language))


def _now(db: Connection, currency: str, language: str) -> Iterator[list[str]]:
    after = ""
    while True:
        page = list_stock(db, after=after, limit=500)
        for item in page.items:
            cost = "" if item.average_micro is None else show_minor(_round_half_up(item.average_micro, MICRO), currency)
            for row in item.rows:
                held = (str(row.boxes), show_quantity(row.units), str(item.box), show_quantity(row.total))
                worth = None if item.average_micro is None else value_milli(item.average_micro, row.total)
                about = (item.sku, _name(item.names, item.sku, language), row.location, row.lot, row.expiry)
                yield [*about, *held, cost, _money(worth, currency)]
        after = page.after
        if not after:
            return


def _then(db: Connection, currency: str, language: str, date: str) -> Iterator[list[str]]:
    decode = msgspec.json.Decoder(dict[str, str]).decode
    names = {sku: _name(decode(names or "{}"), sku, language) for sku, names in db.execute(_NAMES)}
    for one in every_then(db, date):
        held = (show_quantity(one.on_hand), show_quantity(one.reserved), _money(one.value_milli, currency))
        yield [one.sku, names.get(one.sku, one.sku), one.location, *held]


def _name(names: dict[str, str], sku: str, language: str) -> str:
    return names.get(language) or next(iter(names.values()), sku)


def _money(amount_milli: int | None, currency: str) -> str:
    return "" if amount_milli is None else show_minor(_round_half_up(amount_milli, 1000), currency)


def _round_half_up(amount: int, of: int) -> int:
    return (amount + of // 2) // of


def main(argv: list[str]) -> int:
    """Run the export; see the module docstring."""
    ledger, path, form, currency, language, *date = argv
    os.nice(NICENESS)
    db = open_reader(ledger)
    try:
        export(db, Path(path), next(known for known in FORMATS if known == form), currency, language, *date)
    finally:
        db.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
