"""Sets of modifiers in another system's file, and the products that have them. Pure.

A file of modifiers has a row for each option of a set, or for each option and product. A product file may instead have
a column for each set ("Modifier Set - Milk", "Modifier - Milk"), with "Y" for each product that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from edge.backoffice.switching.columns import LeftOuts, Reopen, check_currency, columns_of, minor_of
from edge.backoffice.switching.headings import MODIFIER, SALE, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.protocol import FileLook, FileQuestion, MovedModifier, MovedModifiers, StockOf
from edge.backoffice.switching.sales_file import NO
from edge.goods.modifiers.modifier import MODIFIERS_MOST
from edge.lib.units.money import LIMIT_MINOR, exponent

NAME_CHARS = 40
_OF_A_SET = re.compile(r"modifier(?: set| list| group)?s?\s*[-:]\s*(.+)", re.IGNORECASE)
_ONE = re.compile(r"single|one|radio|unique|seul|יחיד", re.IGNORECASE)


def sets_in(header: Sequence[str]) -> dict[str, int]:
    """The columns that say which products have a set of modifiers, by its name.

    >>> sets_in(("Item Name", "Modifier Set - Milk", "Modifier - Extras", "Modifiers Applied"))
    {'Milk': 1, 'Extras': 2}
    """
    found = ((at, _OF_A_SET.fullmatch(heading.strip())) for at, heading in enumerate(header))
    return {match[1].strip(): at for at, match in found if match}


class _Set:
    """A set as it is read: its options by name, and how many may be chosen (None: the file doesn't say)."""

    def __init__(self) -> None:
        self.options: dict[str, MovedModifier] = {}
        self.least: int | None = None
        self.most: int | None = None
        self.products: dict[tuple[str, str, str], int] = {}


class ModifierFile:
    """The sets of a file, read once."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self.left = LeftOuts(ask.currency)
        self.lines = 0
        self._sets: dict[str, _Set] = {}
        with reopen() as table:
            self.header, self.what = tuple(table.header), table.what
        places = find_columns(self.header, MODIFIER)
        self._columns_of_sets = sets_in(self.header)
        if self._columns_of_sets:  # a product file: its names and prices are the products'
            places = find_columns(self.header, {field: SALE[field] for field in ("sku", "code", "item", "variant")})
        self.columns = columns_of(reopen, places, ("price", "least", "most"), (), ask.form)
        check_currency(self.columns, ("price",), ask)
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    self._take(row.line, row.cells)
        for name in [name for name, one in self._sets.items() if len(one.options) > MODIFIERS_MOST]:
            del self._sets[name]
            self.left.add("modifiers_many")

    def look(self) -> FileLook:
        """A summary of the file."""
        counts = {"modifier_sets": len(self._sets), "modifiers": sum(len(one.options) for one in self._sets.values())}
        return FileLook(
            "modifiers",
            *(system_of(self.header), self.what, self.header, self.lines),
            {name: count for name, count in counts.items() if count},
            *(self.columns.headings, self.columns.free_headings),
            left=self.left.rows,
            rules=("modifiers", *(("modifiers_free",) if self._is_free() else ())),
        )

    def rows(self) -> Iterator[MovedModifiers]:
        """The sets, each with the products that the file names for it."""
        for name, one in self._sets.items():
            options = tuple(one.options.values())
            most = min(len(options) if one.most is None else one.most, len(options)) or len(options)
            least = min(one.least or 0, most)
            products = tuple(
                StockOf(line, sku, "", item, variant, 0) for (sku, item, variant), line in one.products.items()
            )
            yield MovedModifiers(name, options, least, max(1, most), products)

    def _is_free(self) -> bool:
        """Whether a set doesn't say how many of its options may be chosen."""
        return any(one.options and one.most is None for one in self._sets.values())

    def _take(self, line: int, cells: Sequence[str]) -> None:
        text = self.columns.text
        product = text(cells, "sku")[:80], text(cells, "item")[:200], text(cells, "variant")[:80]
        for name, at in self._columns_of_sets.items():
            if at < len(cells) and cells[at].strip().casefold() not in NO:
                self._sets.setdefault(name[:NAME_CHARS], _Set()).products.setdefault(product, line)
        if self._columns_of_sets:
            return
        name, option = text(cells, "group")[:NAME_CHARS], text(cells, "name")[:NAME_CHARS]
        price = self._price(cells)
        if not name or not option:
            self.left.add("no_modifier")
            return
        if price is None:
            self.left.add("modifier_price")
            return
        found = self._sets.setdefault(name, _Set())
        preset = text(cells, "preset").casefold() not in NO
        found.options.setdefault(option, MovedModifier(option, price, preset))
        self._note_limits(found, cells)
        if product[0] or product[1]:
            found.products.setdefault(product, line)

    def _price(self, cells: Sequence[str]) -> int | None:
        """An option's price in minor units; an empty cell is free. None if it's below zero or unreadable."""
        if not self.columns.text(cells, "price"):
            return 0
        price = self.columns.amount(cells, "price")
        minor = None if price is None else minor_of(price, exponent(self._ask.currency))
        return minor if minor is not None and 0 <= minor <= LIMIT_MINOR else None

    def _note_limits(self, found: _Set, cells: Sequence[str]) -> None:
        """Note how many options may be chosen, as the row says."""
        least, most = self._count(cells, "least"), self._count(cells, "most")
        if _ONE.search(self.columns.text(cells, "choice")):
            most = 1
        if least is None and self.columns.text(cells, "required").casefold() not in NO:
            least = 1
        found.least = least if found.least is None else found.least
        found.most = most if found.most is None else found.most

    def _count(self, cells: Sequence[str], field: str) -> int | None:
        """A number of options; None if the cell has none. Zero at most means any number."""
        number = self.columns.amount(cells, field)
        if number is None or number != number.to_integral_value() or not 0 <= number <= Decimal(1000):
            return None
        return int(number) or (None if field == "most" else 0)
