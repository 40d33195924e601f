"""`[tax]`: tax classes, and whether prices include tax."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault, Section
from edge.lib.regions.eu_vat import EUROS_MOST, member_states
from edge.lib.regions.place import Jurisdiction
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import DatedTable, class_ids, is_inclusive, tables
from edge.lib.tax.rules import Rate, TaxClass, TaxTable
from edge.runtime.config.explain import twice
from edge.runtime.config.sections import Name


class RateEntry(Section, frozen=True, kw_only=True):
    """One tax of a class: `percent` as on an invoice, with at most three decimals."""

    name: str
    percent: Annotated[str | int | float, msgspec.Meta(description="a percentage such as '20' or '9.975'")]


class ClassEntry(Section, frozen=True, kw_only=True):
    """`[[tax.class]]`: the taxes of this class of products."""

    id: Name
    rates: tuple[RateEntry, ...] = ()


class AbroadEntry(Section, frozen=True, kw_only=True):
    """`[[tax.abroad]]`: the reduced rate of a tax class in another member state of the European Union, if there is one;
    0 for none."""

    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
    tax_class: Name = msgspec.field(name="class")
    percent: Annotated[str | int | float, msgspec.Meta(description="a percentage such as '7' or '5.5'")]

    @property
    def thousandths(self) -> int:
        return thousandths_of_percent(self.percent)


class Tax(Section, frozen=True, kw_only=True):
    """Section `[tax]`: tax classes that replace the law of the store's location, if any are given.

    `inclusive`: prices include tax; the default is usual practice at the location. `registered`: other Canadian
    provinces whose own tax (PST, RST, QST) the shop collects on deliveries. `oss`: charge the VAT of other member
    states of the European Union from the first delivery there; otherwise only after yearly sales there exceed
    `abroad_most`, in units of the currency.
    """

    inclusive: bool | None = None
    rounding: Literal["line", "total"] = "total"
    registered: Annotated[tuple[str, ...], msgspec.Meta(max_length=13)] = ()
    oss: bool = False
    abroad_most: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = EUROS_MOST
    abroad: Annotated[tuple[AbroadEntry, ...], msgspec.Meta(max_length=500)] = ()
    classes: tuple[ClassEntry, ...] = msgspec.field(name="class", default=())

    def at(self, place: Jurisdiction) -> StoreTaxes:
        """Taxes of a store at this location."""
        law = "" if self.classes else place.tax_place
        inclusive = self.inclusive
        if inclusive is None:
            inclusive = is_inclusive(law) if law else True
        return StoreTaxes(
            law,
            inclusive,
            self.rounding,
            self.registered,
            self.classes,
            oss=self.oss,
            abroad_most=self.abroad_most,
            abroad=self.abroad,
        )

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        if unknown := sorted({*self.registered} - {*provinces()}):
            what = f"Canada has no province {unknown[0]!r}."
            yield ConfigFault(("tax", "registered"), what, f"Available: {', '.join(provinces())}.")
        for place, one in enumerate(self.abroad):
            if one.country not in member_states():
                what = f"{one.country!r} isn't a member state of the European Union."
                advice = f"Available: {', '.join(member_states())}."
                yield ConfigFault(("tax", "abroad", place, "country"), what, advice)
            try:
                thousandths_of_percent(one.percent)
            except ValueError as error:
                yield ConfigFault(("tax", "abroad", place, "percent"), f"{error}.", "Enter it as on an invoice.")
        for place, entry in enumerate(self.classes):
            for number, rate in enumerate(entry.rates):
                try:
                    thousandths_of_percent(rate.percent)
                except ValueError as error:
                    where = ("tax", "class", place, "rates", number, "percent")
                    yield ConfigFault(where, f"{error}.", "Enter it as on an invoice.")
        ids = [entry.id for entry in self.classes]
        if id := twice(ids):
            last = len(ids) - 1 - ids[::-1].index(id)
            yield ConfigFault(
                ("tax", "class", last, "id"), f"Two tax classes have the name {id!r}.", "Give each a unique name."
            )


class StoreTaxes(msgspec.Struct, frozen=True):
    """The effective `[tax]` at the store's location: by its `law`, or if that is "" by the shop's own `classes`."""

    law: str
    inclusive: bool
    rounding: Literal["line", "total"]
    registered: tuple[str, ...] = ()
    classes: tuple[ClassEntry, ...] = ()
    oss: bool = False
    abroad_most: int = EUROS_MOST
    abroad: tuple[AbroadEntry, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return class_ids(self.law) if self.law else tuple(entry.id for entry in self._entries)

    @property
    def dated_tables(self) -> tuple[DatedTable, ...]:
        """Tax tables of the location with their effective dates; empty if the shop has its own table."""
        return tables(self.law, self.inclusive, self.rounding) if self.law else ()

    @property
    def _entries(self) -> tuple[ClassEntry, ...]:
        return self.classes or (ClassEntry(id="standard"),)

    def table(self) -> TaxTable:
        """The tax table in use; for a location, the table before any dated change."""
        if self.law:
            return self.dated_tables[0].table
        classes = tuple(
            TaxClass(entry.id, tuple(Rate(rate.name, thousandths_of_percent(rate.percent)) for rate in entry.rates))
            for entry in self._entries
        )
        return TaxTable(self.inclusive, self.rounding, classes)


def thousandths_of_percent(percent: str | int | float) -> int:
    """Parse "9.975" as 9975. Raises `ValueError`."""
    try:
        value = Decimal(str(percent)) * 1000
    except InvalidOperation:
        raise ValueError(f"{percent!r} isn't a percentage") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= 100_000:
        raise ValueError(f"{percent!r} isn't a percentage from 0 to 100 with at most three decimals")
    return int(value)
