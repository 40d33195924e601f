"""Stock in another system's file, for one location or several. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from edge.backoffice.switching.columns import LeftOuts, Reopen, columns_of, first_cells
from edge.backoffice.switching.headings import STOCK, compact, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.protocol import FileLook, FileQuestion, MoveQuestion, StockOf
from edge.goods.ingest.mapping.cell_parsers import UNCOUNTED
from edge.goods.ingest.mapping.headers import columns_of_places
from edge.goods.ingest.mapping.heading_words import in_english
from edge.lib.units.amounts import amount_of
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

ALL = "all"
"""The answer that means to add up all locations."""
PLACES_ASKED = 40
"""Maximum locations of a file to ask the user about. A column with more of them has another meaning."""
_Key = tuple[str, str, str, str]


def _places_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The columns of fields. A column with words isn't a quantity, even if its heading could mean one ("Lager")."""
    places = find_columns(header, STOCK)
    named = [at for at, one in enumerate(header) if {compact(one), compact(in_english(one))} & {*STOCK["on_hand"]}]
    counted = [at for at in named if _is_counted(rows, at)]
    if counted and places.get("on_hand") not in counted:
        places.setdefault("place", places["on_hand"])
        places["on_hand"] = next((at for at in counted if at not in places.values()), counted[0])
    return places


def _is_counted(rows: Sequence[Sequence[str]], at: int) -> bool:
    cells = [cell for row in rows if at < len(row) and (cell := row[at].strip().casefold()) not in UNCOUNTED]
    return bool(cells) and all(amount_of(cell) is not None for cell in cells)


class StockFile:
    """The stock of a file, read once. Batches and rooms of a location are added up."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self.left = LeftOuts(ask.currency)
        self.lines = 0
        self._stock: dict[_Key, tuple[int, Decimal]] = {}
        with reopen() as table:
            self.header = tuple(table.header)
            self.what = table.what
            places = _places_of(self.header, first_cells(table))
        self._wide = columns_of_places(self.header) if "place" not in places else {}
        if answer := self._wide.get(self._answer):
            places["on_hand"] = self.header.index(answer["on_hand"])
        self.columns = columns_of(reopen, places, ("on_hand",), (), ask.form)
        self._places = dict.fromkeys(self._wide)
        if "place" in places:
            with reopen() as table:
                cells = (self.columns.text(row.cells, "place") for row in table.rows if not row.fault)
                self._places = dict.fromkeys(cell for cell in cells if cell)
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    self._take(row.line, row.cells)

    @property
    def _answer(self) -> str:
        return self._ask.answers.get("place", "")

    @property
    def _asks(self) -> bool:
        """Whether the user must say which location is this shop."""
        known = (*self._places, ALL) if not self._wide else tuple(self._wide)
        return 1 < len(self._places) <= PLACES_ASKED and self._answer not in known

    def look(self) -> FileLook:
        """A summary of the file."""
        choices = tuple(self._places) if self._wide else (*self._places, ALL)
        return FileLook(
            "stock",
            *(system_of(self.header), self.what, self.header, self.lines),
            {"stock": len(self._stock)} if self._stock else {},
            *(self.columns.headings, self.columns.free_headings),
            left=self.left.rows,
            questions=(MoveQuestion("place", choices, heading=self.columns.headings.get("place", "")),)
            if self._asks
            else (),
            rules=("stock",),
        )

    def rows(self) -> Iterator[StockOf]:
        """All stock above zero."""
        for key, (line, quantity) in self._stock.items():
            yield StockOf(line, *key, int(quantity * THOUSANDTHS))

    def _take(self, line: int, cells: Sequence[str]) -> None:
        quantity = self.columns.amount(cells, "on_hand")
        if why := self._why_not(cells, quantity):
            self.left.add(why)
            return
        assert quantity is not None
        text = self.columns.text
        options = (text(cells, field) for field in ("variant", "variant2", "variant3"))
        variant = " ".join(option for option in options if option)
        key = (text(cells, "sku")[:80], text(cells, "code")[:80], text(cells, "item")[:200], variant[:80])
        first, before = self._stock.get(key, (line, Decimal(0)))
        self._stock[key] = (first, before + quantity)

    def _why_not(self, cells: Sequence[str], quantity: Decimal | None) -> str:
        """Why a row isn't imported; "" if it is."""
        if self._asks:
            return "place_asked"
        place = self.columns.text(cells, "place")
        if len(self._places) > 1 and not self._wide and self._answer in self._places and place != self._answer:
            return "place"
        if self.columns.text(cells, "on_hand").casefold() in UNCOUNTED or quantity == 0:
            return "stock_none"
        if quantity is None or quantity * THOUSANDTHS % 1 or quantity * THOUSANDTHS > LIMIT:
            return "stock_unread"
        if quantity < 0:
            return "stock_negative"
        return "" if any(self.columns.text(cells, field) for field in ("sku", "code", "item")) else "no_product"
