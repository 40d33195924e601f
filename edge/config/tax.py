"""`[tax]`: the classes of taxes, and whether prices contain them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import msgspec

from edge.config.explain import ConfigFault, twice
from edge.config.sections import Name, Section
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
    """`[tax]`: the table of classes. `inclusive`: prices contain the taxes."""

    inclusive: bool = True
    rounding: Literal["line", "total"] = "total"
    classes: tuple[ClassEntry, ...] = msgspec.field(name="class", default=(ClassEntry(id="standard"),))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(entry.id for entry in self.classes)

    def table(self) -> TaxTable:
        """What the till reckons with."""
        classes = tuple(
            TaxClass(entry.id, tuple(Rate(rate.name, thousandths_of_percent(rate.percent)) for rate in entry.rates))
            for entry in self.classes
        )
        return TaxTable(self.inclusive, self.rounding, classes)

    def faults(self) -> Iterator[ConfigFault]:
        """What types cannot say."""
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


def thousandths_of_percent(percent: str | int | float) -> int:
    """ "9.975" as 9975. `ValueError`: not a percentage."""
    try:
        value = Decimal(str(percent)) * 1000
    except InvalidOperation:
        raise ValueError(f"{percent!r} is not a percentage") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= 100_000:
        raise ValueError(f"{percent!r} is not a percentage from 0 to 100 with at most three digits behind the point")
    return int(value)
