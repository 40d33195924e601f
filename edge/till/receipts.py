"""A sale as paper. Pure: the event in, the document out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.core.shapes import Fact
from edge.paper.document import Document, Element, Kick, Pair, Rule, Text
from edge.tax.rules import Taxed
from edge.till.basket import Line
from edge.till.events import SaleCompleted, SaleVoided
from edge.till.settings import TillSettings, name_in
from edge.units.money import amount_minor, show_minor
from edge.units.quantity import ONE, show_quantity
from edge.words import say

DRAWER = Document("en", (Kick(),), cut=False)
"""What opens the drawer: no paper at all."""


def of_sale(sale: SaleCompleted, fact: Fact, settings: TillSettings, copy: int = 0) -> Document:
    """The receipt of a sale; `copy` above 0 says so in large letters."""
    return _Receipt(settings, sale.currency).sale(sale, fact, copy)


def of_void(
    void: SaleVoided, sale: SaleCompleted | None, fact: Fact, settings: TillSettings, copy: int = 0
) -> Document:
    """The receipt that says that a sale was undone."""
    return _Receipt(settings, void.currency).void(void, sale, fact, copy)


def of_fact(
    fact: Fact, sale_by_number: Callable[[int], SaleCompleted | None], settings: TillSettings, copy: int
) -> Document:
    """The receipt of whatever stands at a row of the journal. `TypeError`: no receipt ever stood for it."""
    match fact.event:
        case SaleCompleted() as sale:
            return of_sale(sale, fact, settings, copy)
        case SaleVoided() as void:
            return of_void(void, sale_by_number(void.sale), fact, settings, copy)
    raise TypeError(f"{type(fact.event).__name__} has no receipt")


class _Receipt:
    """The rows of a receipt in the store's language."""

    def __init__(self, settings: TillSettings, currency: str) -> None:
        self._settings = settings
        self._currency = currency

    def sale(self, sale: SaleCompleted, fact: Fact, copy: int) -> Document:
        rows = self._top("receipt.sale", sale.number, fact, copy)
        for line in sale.lines:
            rows.extend(self._line(line))
        rows.append(Rule())
        rows.extend(self._sums(sale))
        rows.extend(Text(line, align="centre") for line in self._settings.footer)
        return Document(self._settings.language, tuple(rows))

    def void(self, void: SaleVoided, sale: SaleCompleted | None, fact: Fact, copy: int) -> Document:
        rows = self._top("receipt.void", void.number, fact, copy)
        rows.append(Text(self._say("receipt.void_of", number=void.sale)))
        if void.reason:
            rows.append(Text(void.reason))
        for line in sale.lines if sale else ():
            if not line.voided:
                rows.append(Pair(self._name(line), self._money(-line.amount_minor)))
        rows.append(Rule())
        total = f"{self._money(-void.total_minor)} {self._currency}"
        rows.append(Pair(self._say("receipt.total"), total, bold=True, size=2))
        return Document(self._settings.language, tuple(rows))

    def _top(self, kind: str, number: int, fact: Fact, copy: int) -> list[Element]:
        rows: list[Element] = []
        for place, line in enumerate(self._settings.header):
            rows.append(Text(line, align="centre", bold=place == 0, size=2 if place == 0 else 1))
        if self._settings.tax_number:
            rows.append(Text(self._say("receipt.tax_number", number=self._settings.tax_number), align="centre"))
        if copy:
            rows.append(Text(self._say("receipt.copy", copy=copy), align="centre", bold=True, size=2))
        local = datetime.fromtimestamp(fact.at_us / 1e6, tz=ZoneInfo(self._settings.zone))
        rows.append(Text(self._say(kind), align="centre", bold=True))
        numbered = self._say("receipt.number", number=f"{fact.register}-{number:06d}")
        rows.append(Pair(numbered, f"{local:%Y-%m-%d %H:%M}"))
        rows.append(Rule())
        return rows

    def _line(self, line: Line) -> list[Element]:
        if line.voided:
            return [Pair(self._name(line), self._say("receipt.voided"))]
        rows: list[Element] = [Pair(self._name(line), self._money(line.amount_minor))]
        notes = []
        if line.quantity != ONE or line.unit != "piece":
            unit = self._say(f"unit.{line.unit}")
            notes.append(f"{show_quantity(line.quantity)} {unit} x {self._money(line.price_minor)}")
        if line.listed_minor is not None:
            was = self._money(amount_minor(line.listed_minor, line.quantity))
            notes.append(self._say("receipt.instead_of", price=was))
        rows.extend(Text(f"  {note}") for note in notes)
        return rows

    def _sums(self, sale: SaleCompleted) -> list[Element]:
        rows: list[Element] = []
        if not sale.taxes_included:
            rows.append(Pair(self._say("receipt.net"), self._money(sale.net_minor)))
            rows.extend(self._tax(row, "receipt.tax") for row in sale.taxes)
        if sale.rounding_minor:
            rows.append(Pair(self._say("receipt.rounding"), self._money(sale.rounding_minor)))
        total = f"{self._money(sale.total_minor + sale.rounding_minor)} {sale.currency}"
        rows.append(Pair(self._say("receipt.total"), total, bold=True, size=2))
        for tender in sale.tenders:
            label = self._say(f"receipt.{tender.kind}") + (f" {tender.reference}" if tender.reference else "")
            rows.append(Pair(label, self._money(tender.amount_minor)))
        if sale.change_minor:
            rows.append(Pair(self._say("receipt.change"), self._money(sale.change_minor)))
        if sale.taxes_included and sale.taxes:
            rows.append(Rule())
            rows.extend(self._tax(row, "receipt.tax_included") for row in sale.taxes)
        return rows

    def _tax(self, row: Taxed, key: str) -> Pair:
        label = self._say(key, name=row.name, rate=show_quantity(row.rate), net=self._money(row.net_minor))
        return Pair(label, self._money(row.tax_minor))

    def _name(self, line: Line) -> str:
        return name_in(line.names, self._settings.language)

    def _money(self, minor: int) -> str:
        return show_minor(minor, self._currency)

    def _say(self, key: str, **values: object) -> str:
        return say(self._settings.language, key, **values)
