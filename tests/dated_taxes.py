"""A shop in Nova Scotia whose tax changes while it is open."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from edge.lib.regions import taxes
from edge.lib.regions.provinces import DatedRate, provinces

HALIFAX = """
[store]
id = "halifax"
header = ["Harbour Shop"]
currency = "CAD"
zone = "America/Halifax"
[tax]
province = "NS"
"""
"""A test's clock begins there on 15 January 2027, at 04:00."""


def change_taxes(monkeypatch: pytest.MonkeyPatch, *rates: int) -> None:
    """The tax of Nova Scotia, in thousandths of a percent: the first rate through 15 January, and from each day behind
    it on the next one."""
    dated = tuple(
        DatedRate("HST", rate, date(2027, 1, 15 + day) if day else date(2010, 7, 1)) for day, rate in enumerate(rates)
    )
    changed = {**provinces(), "NS": msgspec.structs.replace(provinces()["NS"], taxes=dated)}
    monkeypatch.setattr(taxes, "provinces", lambda: changed)


def french_taxes_by_day(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """From 15 January 2027 on those of France are other ones on each of so many days."""

    def by_day(rate: int) -> tuple[DatedRate, ...]:
        first = DatedRate("TVA", rate, date(2014, 1, 1))
        later = (
            DatedRate("TVA", rate + 1000 * (day % 3), date(2027, 1, 15) + timedelta(day)) for day in range(1, days)
        )
        return (first, *later)

    classes = {"standard": by_day(20_000), "reduced": by_day(5500), "exempt": ()}
    changed = {**taxes.countries(), "FR": msgspec.structs.replace(taxes.countries()["FR"], classes=classes)}
    monkeypatch.setattr(taxes, "countries", lambda: changed)
