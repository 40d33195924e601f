"""Reads files of prices, products and batches at head office: any table that a shop can read, by its header.

The file is opened in a separate process (`python -m edge.app.head_office.hub_price_files`), as at a shop, because head
office also serves other tenants.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Semaphore

import msgspec

from edge.core.process import child
from edge.goods.ingest.mapping.headers import guess_fields
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import LANGUAGES, translate
from edge.lib.i18n.folding import without_marks
from edge.lib.tables import TableRow, open_table, refusal
from sync.hub.api.product_choice_api import PriceLine

MODULE = "edge.app.head_office.hub_price_files"
MEMORY_BYTES = 1024**3
CPU_S = 30
WAIT_S = 90.0
AT_ONCE = 2
LINES_MOST = 60_000
SHOWN_COLUMNS = 12
_OTHERS = ("category", "brand", "code", "unit")
"""Fields of a product in addition to its name and price."""
_LOTS = frozenset(
    {
        *("lot", "lot number", "lot no", "batch", "batch number", "batch no"),
        *("numero de lot", "n de lot", "no de lot", "אצווה", "מספר אצווה", "מס אצווה"),
    }
)
"""Headings of a column of batches, as `_plain` gives them."""

_ROOM = Semaphore(AT_ONCE)


class ReadPriceFile(msgspec.Struct, frozen=True):
    """A file to read, with its name as uploaded. More lines than `most` are refused. `numbers`: a file with only
    product numbers is accepted."""

    path: str
    name: str
    language: str
    most: int = LINES_MOST
    numbers: bool = False


class PricesRead(msgspec.Struct, frozen=True):
    """The lines of a file, or `why` it can't be read, in words."""

    lines: list[PriceLine] = []
    why: str = ""


def main() -> int:
    """Answer one request."""
    return child.answer(_answer, MEMORY_BYTES, CPU_S, _reads)


def _reads(asked: bytes) -> tuple[str]:
    return (msgspec.json.decode(asked, type=ReadPriceFile).path,)


def read_prices(
    body: bytes, name: str, language: str, numbers: bool = False, most: int = LINES_MOST
) -> list[PriceLine]:
    """Return product number, price and other fields per line, unconverted. `numbers`: a file with only product numbers
    is accepted. Blocks. Raises `ValueError`, in `language`, if there are no lines."""
    tongue = language if language in LANGUAGES else next(iter(LANGUAGES))
    with TemporaryDirectory() as folder, _ROOM:
        path = Path(folder, "prices" + Path(name).suffix[:8])
        path.write_bytes(body)
        asked = msgspec.json.encode(ReadPriceFile(str(path), name, tongue, most, numbers))
        try:
            found = msgspec.json.decode(child.ask(MODULE, asked, WAIT_S), type=PricesRead)
        except child.ChildFailed as error:
            failed = refusal("slow", file=name, limit=CPU_S) if error.slow else refusal("reader_died", file=name)
            raise ValueError(_words_of(failed, tongue)) from error
    if found.why:
        raise ValueError(found.why)
    return found.lines


def _answer(asked: bytes) -> bytes:
    wanted = msgspec.json.decode(asked, type=ReadPriceFile)
    try:
        found = PricesRead(_read(wanted))
    except NeedsHuman as error:
        found = PricesRead(why=_words_of(error, wanted.language))
    except MemoryError:
        found = PricesRead(why=_words_of(refusal("memory", file=wanted.name), wanted.language))
    return msgspec.json.encode(found)


def _read(wanted: ReadPriceFile) -> list[PriceLine]:
    with open_table(Path(wanted.path), wanted.language) as opened:
        places = guess_fields(opened.header, wanted.language)
        sku, price = (places.get(field, ()) for field in ("sku", "price"))
        others = {field: where[0] for field in _OTHERS if (where := places.get(field))}
        if named := next((places[key] for key in sorted(places) if key.startswith("name.")), ()):
            others["name"] = places.get(f"name.{wanted.language}", named)[0]
        sku = sku or places.get("code", ())
        if not sku or not (wanted.numbers or price or "name" in others):
            about = {"file": wanted.name, "columns": ", ".join(opened.header[:SHOWN_COLUMNS])}
            key = "sheet.no_numbers" if wanted.numbers else "sheet.no_prices"
            raise NeedsHuman("It contains no prices.", "", key, about)
        if lots := [at for at, heading in enumerate(opened.header) if _plain(heading) in _LOTS]:
            others["lot"] = lots[0]
        columns_of = {"sku": sku[0], **({"price": price[0]} if price else {}), **others}
        lines = [_line(row, columns_of, wanted.language) for row in islice(opened.rows, wanted.most + 1)]
    if len(lines) > wanted.most:
        raise refusal("long", file=wanted.name, limit=wanted.most)
    return lines


def _words_of(error: NeedsHuman, language: str) -> str:
    """Describe the problem with a file and its solution, in a language."""
    keys = (error.key, f"{error.key}_do") if error.key else ()
    return " ".join(translate(language, key, **error.values) for key in keys) or str(error)


def _line(row: TableRow, places: Mapping[str, int], language: str) -> PriceLine:
    if row.fault:
        return PriceLine(row.line, "", "", translate(language, f"reason.{row.fault}", **row.values))
    said = {field: row.cells[place].strip() if place < len(row.cells) else "" for field, place in places.items()}
    number, price = said.pop("sku"), said.pop("price", "")
    return PriceLine(row.line, _whole(number), price, **{field: _whole(text) for field, text in said.items()})


def _plain(heading: str) -> str:
    """Return a heading without diacritics and punctuation, in lower case."""
    return " ".join(re.sub(r"[^\w]+", " ", without_marks(heading).casefold()).split())


def _whole(text: str) -> str:
    """Return a number without the decimals that spreadsheets add."""
    return text.removesuffix(".0") if text[:-2].isdigit() else text


if __name__ == "__main__":
    sys.exit(main())
