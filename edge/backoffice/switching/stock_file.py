"""Stock in another system's file, for one location or several. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from edge.backoffice.switching.columns import LeftOuts, Reopen, columns_of, first_cells
from edge.backoffice.switching.headings import STOCK, compact, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.protocol import (
    ASK_PLACE,
    LEAVE,
    FileLook,
    FileQuestion,
    MoveQuestion,
    PlaceSum,
    StockOf,
    answers_to,
)
from edge.goods.ingest.mapping.cell_parsers import UNCOUNTED
from edge.goods.ingest.mapping.headers import columns_of_places
from edge.goods.ingest.mapping.heading_words import in_english
from edge.goods.stock.location import MAIN
from edge.lib.units.amounts import amount_of
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

ALL = "all"
"""The answer that means to add up all places."""
PLACES_EACH = 12
"""Maximum places of a file that are each assigned to a location of the shop; of more, the user chooses one."""
PLACES_ASKED = 40
"""Maximum places of a file to ask the user about. A column with more of them has another meaning."""
_Key = tuple[str, str, str, str, str]


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
        wide = columns_of_places(self.header) if "place" not in places else {}
        if wide:
            places.pop("on_hand", None)
            places |= {one["on_hand"]: self.header.index(one["on_hand"]) for one in wide.values()}
        self._counted = tuple(wide) or ("on_hand",)
        self.columns = columns_of(reopen, places, self._counted, (), ask.form)
        self._places = dict.fromkeys(wide)
        if "place" in places:
            with reopen() as table:
                cells = (self.columns.text(row.cells, "place") for row in table.rows if not row.fault)
                self._places = dict.fromkeys(cell for cell in cells if cell)
        self._to = self._locations()
        self._sums: dict[str, list[Decimal]] = {}
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    self._take(row.line, row.cells)

    def _locations(self) -> dict[str, str]:
        """The shop's location, or `LEAVE`, of each place that the user has assigned."""
        said = self._ask.answers.get("place", "")
        if said == ALL or said in self._places:
            return {place: MAIN if said in (ALL, place) else LEAVE for place in self._places}
        known, given = (*self._ask.choices.locations, LEAVE), answers_to(self._ask.answers, ASK_PLACE)
        return {place: given[place] for place in self._places if given.get(place) in known}

    @property
    def _has_places(self) -> bool:
        return 1 < len(self._places) <= PLACES_ASKED

    @property
    def _asks(self) -> bool:
        """Whether the user must say which places are this shop's."""
        return self._has_places and len(self._to) < len(self._places)

    def look(self) -> FileLook:
        """A summary of the file."""
        headings = {"on_hand" if field in self._places else field: one for field, one in self.columns.headings.items()}
        return FileLook(
            "stock",
            *(system_of(self.header), self.what, self.header, self.lines),
            {"stock": len({key[:-1] for key in self._stock})} if self._stock else {},
            *(headings, self.columns.free_headings),
            left=self.left.rows,
            questions=tuple(self._questions()) if self._asks else (),
            rules=("stock",),
            stock=tuple(self._place_sums()),
        )

    def _questions(self) -> Iterator[MoveQuestion]:
        if len(self._places) > PLACES_EACH:
            heading = self.columns.headings.get("place", "")
            yield MoveQuestion("place", (*self._places, ALL) if heading else tuple(self._places), heading=heading)
            return
        for place in self._places:
            if place not in self._to:
                yield MoveQuestion(f"{ASK_PLACE}{place}", (*self._ask.choices.locations, LEAVE), heading=place)

    def _place_sums(self) -> Iterator[PlaceSum]:
        for place, sums in self._sums.items():
            location = self._to.get(place, "" if self._has_places else MAIN)
            file, taken, left = (int(one * THOUSANDTHS) for one in sums)
            yield PlaceSum(place, "" if location == LEAVE else location, file, taken, left)

    def rows(self) -> Iterator[StockOf]:
        """All stock above zero."""
        for (sku, code, item, variant, location), (line, quantity) in self._stock.items():
            yield StockOf(line, sku, code, item, variant, int(quantity * THOUSANDTHS), location)

    def _take(self, line: int, cells: Sequence[str]) -> None:
        reasons = dict[str, None]()
        for counted in self._counted:
            place = counted if counted in self._places else self.columns.text(cells, "place")
            quantity = self.columns.amount(cells, counted)
            sums = self._sums.setdefault(place if self._has_places else "", [Decimal(0)] * 3)
            sums[0] += quantity or 0
            if why := self._why_not(cells, counted, place, quantity):
                reasons[why] = None
                sums[2] += quantity or 0
                continue
            assert quantity is not None
            sums[1] += quantity
            text = self.columns.text
            options = (text(cells, field) for field in ("variant", "variant2", "variant3"))
            variant = " ".join(option for option in options if option)
            names = text(cells, "sku")[:80], text(cells, "code")[:80], text(cells, "item")[:200], variant[:80]
            key = (*names, self._to.get(place, MAIN))
            first, before = self._stock.get(key, (line, Decimal(0)))
            self._stock[key] = (first, before + quantity)
        for why in reasons:  # once per row, whatever its columns
            self.left.add(why)

    def _why_not(self, cells: Sequence[str], counted: str, place: str, quantity: Decimal | None) -> str:
        """Why a quantity isn't imported; "" if it is."""
        if self._asks:
            return "place_asked"
        if self._has_places and self._to.get(place, LEAVE if self._ask.answers.get("place") != ALL else MAIN) == LEAVE:
            return "place"
        if self.columns.text(cells, counted).casefold() in UNCOUNTED or quantity == 0:
            return "stock_none"
        if quantity is None or quantity * THOUSANDTHS % 1 or quantity * THOUSANDTHS > LIMIT:
            return "stock_unread"
        if quantity < 0:
            return "stock_negative"
        return "" if any(self.columns.text(cells, field) for field in ("sku", "code", "item")) else "no_product"
