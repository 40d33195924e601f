"""Taxes on sale lines, by a class table. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import msgspec

from edge.lib.units.money import divide_half_up

FULL = 100_000
"""100 percent in thousandths of a percent, so that rates such as Quebec's 9.975 % are integers."""


class Rate(msgspec.Struct, frozen=True):
    """One tax: its name on the receipt and its rate in thousandths of a percent."""

    name: str
    rate: int


class TaxClass(msgspec.Struct, frozen=True):
    """Taxes of a class of products. Without rates, the class is exempt."""

    id: str
    rates: tuple[Rate, ...] = ()


class TaxTable(msgspec.Struct, frozen=True):
    """A store's taxes. `inclusive`: prices include them. `rounding`: per line, or per receipt."""

    inclusive: bool
    rounding: Literal["line", "total"]
    classes: tuple[TaxClass, ...]

    def find(self, id: str) -> TaxClass | None:
        for entry in self.classes:
            if entry.id == id:
                return entry
        return None


class Taxed(msgspec.Struct, frozen=True):
    """A row of a receipt's tax table: `tax_minor` on `net_minor`."""

    name: str
    rate: int
    net_minor: int
    tax_minor: int

    @property
    def reversed_row(self) -> Taxed:
        """The row on a reversal."""
        return Taxed(self.name, self.rate, -self.net_minor, -self.tax_minor)


def merge_taxes(rows: Iterable[Taxed]) -> tuple[Taxed, ...]:
    """Sum rows per tax, in order of first appearance, without zero rows.

    >>> merge_taxes((Taxed("VAT", 5000, 100, 5), Taxed("VAT", 20000, 10, 2), Taxed("VAT", 5000, -100, -5)))
    (Taxed(name='VAT', rate=20000, net_minor=10, tax_minor=2),)
    """
    found: dict[tuple[str, int], Taxed] = {}
    for row in rows:
        had = found.get((row.name, row.rate), Taxed(row.name, row.rate, 0, 0))
        net_minor, tax_minor = had.net_minor + row.net_minor, had.tax_minor + row.tax_minor
        found[row.name, row.rate] = Taxed(row.name, row.rate, net_minor, tax_minor)
    return tuple(row for row in found.values() if row.net_minor or row.tax_minor)


def taxes(table: TaxTable, lines: Iterable[tuple[str, int]]) -> tuple[Taxed, ...]:
    """Tax table for lines of (class id, amount in minor units), in the store's order of taxes.

    Raises `KeyError` for an unknown class; the till checks this earlier.
    """
    classes = {entry.id: entry for entry in table.classes}
    parts: dict[Rate, list[int]] = defaultdict(list)
    taxed: dict[Rate, list[int]] = defaultdict(list)
    for id, minor in _together(lines) if table.inclusive and table.rounding == "total" else lines:
        tax_class = classes[id]
        contained = _contained_taxes(tax_class.rates, minor) if table.inclusive else None
        net = minor - sum(contained) if contained is not None else minor
        for place, rate in enumerate(tax_class.rates):
            parts[rate].append(net)
            taxed[rate].append(contained[place] if contained is not None else divide_half_up(net * rate.rate, FULL))
    once = not table.inclusive and table.rounding == "total"
    rows = []
    for rate, nets in parts.items():
        net = sum(nets)
        tax = divide_half_up(net * rate.rate, FULL) if once else sum(taxed[rate])
        rows.append(Taxed(rate.name, rate.rate, net, tax))
    if len(rows) > 1:
        places = {rate: place for place, rate in enumerate(dict.fromkeys(r for c in table.classes for r in c.rates))}
        rows.sort(key=lambda row: places[Rate(row.name, row.rate)])
    return tuple(rows)


def net_of(table: TaxTable, id: str, minor: int) -> int:
    """Return the price in this class without included taxes; unchanged for an unknown class.

    >>> net_of(TaxTable(True, "total", (TaxClass("standard", (Rate("VAT", 20_000),)),)), "standard", 600)
    500
    """
    found = table.find(id)
    return minor - sum(_contained_taxes(found.rates, minor)) if found and table.inclusive else minor


def _together(lines: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """Sum the amounts per class."""
    sums: dict[str, int] = {}
    for id, minor in lines:
        sums[id] = sums.get(id, 0) + minor
    return sums.items()


def _contained_taxes(rates: tuple[Rate, ...], gross_minor: int) -> list[int]:
    """Return the taxes included in a gross amount, per rate. Their sum is rounded once, and the last tax takes the
    remainder."""
    together = rates[0].rate if len(rates) == 1 else sum(rate.rate for rate in rates)
    if not together:
        return [0] * len(rates)
    whole = divide_half_up(gross_minor * together, FULL + together)
    if len(rates) == 1:
        return [whole]
    shares = [divide_half_up(whole * rate.rate, together) for rate in rates[:-1]]
    return [*shares, whole - sum(shares)]
