"""`[tax]`: the classes of taxes, and whether prices contain them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import msgspec

from edge.config.explain import twice
from edge.config.sections import Name
from edge.core.config_section import ConfigFault, Section
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import DatedTable, class_ids, countries, is_inclusive, known_places, tables
from edge.lib.tax.rules import Rate, TaxClass, TaxTable


class RateEntry(Section, frozen=True, kw_only=True):
    """One tax of a class: `percent` as written on an invoice, with at most three digits behind the point."""

    name: str
    percent: Annotated[str | int | float, msgspec.Meta(description="a percentage such as '20' or '9.975'")]


class ClassEntry(Section, frozen=True, kw_only=True):
    """`[[tax.class]]`: what products of this class are taxed with."""

    id: Name
    rates: tuple[RateEntry, ...] = ()


class Tax(Section, frozen=True, kw_only=True):
    """`[tax]`: the table of classes, or the place whose law says it: a province of Canada, or a country. `inclusive`:
    prices contain the taxes; where nothing is said, as is usual in that place."""

    province: str = ""
    country: str = ""
    inclusive: bool | None = None
    rounding: Literal["line", "total"] = "total"
    classes: tuple[ClassEntry, ...] = msgspec.field(name="class", default=())

    def __post_init__(self) -> None:
        if self.inclusive is None:
            known = self.place in known_places()
            msgspec.structs.force_setattr(self, "inclusive", is_inclusive(self.place) if known else True)

    @property
    def place(self) -> str:
        return self.province or self.country

    @property
    def ids(self) -> tuple[str, ...]:
        return class_ids(self.place) if self.place else tuple(entry.id for entry in self._entries)

    @property
    def dated(self) -> tuple[DatedTable, ...]:
        """The tables of the place, with the day from which each holds; none where the shop has its own table."""
        return tables(self.place, bool(self.inclusive), self.rounding) if self.place else ()

    @property
    def _entries(self) -> tuple[ClassEntry, ...]:
        return self.classes or (ClassEntry(id="standard"),)

    def table(self) -> TaxTable:
        """What the till reckons with: of a place, what holds before any of its days."""
        if self.place:
            return self.dated[0].table
        classes = tuple(
            TaxClass(entry.id, tuple(Rate(rate.name, thousandths_of_percent(rate.percent)) for rate in entry.rates))
            for entry in self._entries
        )
        return TaxTable(bool(self.inclusive), self.rounding, classes)

    def faults(self) -> Iterator[ConfigFault]:
        """What types cannot say."""
        yield from self._place_faults()
        for place, entry in enumerate(self.classes):
            for number, rate in enumerate(entry.rates):
                try:
                    thousandths_of_percent(rate.percent)
                except ValueError as error:
                    where = ("tax", "class", place, "rates", number, "percent")
                    yield ConfigFault(where, f"{error}.", "Write it as on an invoice.")
        if id := twice(self.ids):
            last = len(self.ids) - 1 - self.ids[::-1].index(id)
            yield ConfigFault(
                ("tax", "class", last, "id"), f"Two tax classes are named {id!r}.", "Give each its own name."
            )

    def _place_faults(self) -> Iterator[ConfigFault]:
        for key, said, known in (
            ("province", self.province, tuple(provinces())),
            ("country", self.country, tuple(countries())),
        ):
            if said and said not in known:
                what = f"There is no table of taxes for {key} {said!r}."
                advice = f"There are: {', '.join(known)}. Else write the classes yourself: [[tax.class]]."
                yield ConfigFault(("tax", key), what, advice)
        if self.place and (self.classes or (self.province and self.country)):
            what = "[tax] names a place whose law says the taxes, and says them itself, too."
            yield ConfigFault(("tax",), what, "Keep one: province, country, or the classes.")


def thousandths_of_percent(percent: str | int | float) -> int:
    """ "9.975" as 9975. `ValueError`: not a percentage."""
    try:
        value = Decimal(str(percent)) * 1000
    except InvalidOperation:
        raise ValueError(f"{percent!r} is not a percentage") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= 100_000:
        raise ValueError(f"{percent!r} is not a percentage from 0 to 100 with at most three digits behind the point")
    return int(value)
