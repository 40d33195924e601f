"""Shelf settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.shelf.rules import BEFORE_MIN, MINUTE_US, Pace, Paces, is_open
from edge.core.config_section import ConfigFault, ConfigFile, Section

QUARTER_US = 15 * MINUTE_US


def paces_of(minutes: int) -> Paces:
    """Paces for a gap seen this many minutes; low stock and wrong products take three and six times as long."""
    return Paces(Pace(3, minutes), Pace(5, 3 * minutes), Pace(5, 6 * minutes))


class ShelfSettings(msgspec.Struct, frozen=True):
    """Opening times (equal: always open), paces, and the cost of gaps.

    `lost_percent`: percentage of missed sales that are lost because customers buy nothing else instead. `store_room`:
    goods are also stored out of the cameras' view. `gap_after_by_category`: minutes for products in these categories
    and their subcategories.
    """

    zone: str = "UTC"
    opens_min: int = 0
    closes_min: int = 0
    gap_after_min: int = 10
    look_every_s: int = 60
    lost_percent: int = 40
    store_room: bool = True
    gap_after_by_category: tuple[tuple[str, int], ...] = ()

    @property
    def paces(self) -> Paces:
        """The number of looks, and the minutes, that confirm a finding of each kind."""
        return paces_of(self.gap_after_min)

    def minutes_of(self, category: str) -> int | None:
        """Minutes for which a gap must be seen for products of a category; None: the default."""
        return dict(self.gap_after_by_category).get(category)

    def is_open(self, at_us: int) -> bool:
        """Whether looks count at a time: from half an hour before opening until closing."""
        return is_open(self._minute(at_us), self.opens_min, self.closes_min)

    def opens_in_s(self, at_us: int) -> int:
        """Seconds until looks count; 0 if they count now."""
        if self.is_open(at_us):
            return 0
        return ((self.opens_min - BEFORE_MIN - self._minute(at_us)) % 1440) * 60

    def is_about_to_open(self, at_us: int) -> bool:
        """Whether it's the half hour before opening, when shelves are filled."""
        shut = self.opens_min != self.closes_min
        return shut and (self._minute(at_us) - self.opens_min + BEFORE_MIN) % 1440 < BEFORE_MIN

    def open_us(self, since_us: int, until_us: int) -> int:
        """The part of a time span in which the shop was open, in microseconds to a quarter-hour; only the last day of
        the span is examined.
        """
        begin = max(since_us, until_us - 24 * 60 * MINUTE_US)
        if self.opens_min == self.closes_min or until_us - begin <= QUARTER_US:
            return max(0, until_us - begin) if self.is_open(until_us) else 0
        return sum(min(QUARTER_US, until_us - at) for at in range(begin, until_us, QUARTER_US) if self.is_open(at))

    def _minute(self, at_us: int) -> int:
        moment = datetime.fromtimestamp(at_us / 1e6, tz=self.place)
        return moment.hour * 60 + moment.minute

    def day_of(self, at_us: int) -> date:
        """The local date of a time."""
        return datetime.fromtimestamp(at_us / 1e6, tz=self.place).date()

    @property
    def place(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def open_share(self) -> float:
        """The share of a day in which the shop is open."""
        return ((self.closes_min - self.opens_min) % 1440 or 1440) / 1440


_HOURS = msgspec.Meta(
    pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)",
    description="hours and minutes in quotes, such as '08:30', or nothing",
)


class ShelfSection(Section, frozen=True, kw_only=True):
    """`[shelf]`: when cameras look at shelves, and how results are used. Without hours the shop is always open."""

    opens_at: Annotated[str, _HOURS] = ""
    closes_at: Annotated[str, _HOURS] = ""
    look_every_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 60
    gap_after_min: Annotated[int, msgspec.Meta(ge=0, le=240)] = 10
    gap_after_by_category: Annotated[
        dict[str, Annotated[int, msgspec.Meta(ge=0, le=240)]], msgspec.Meta(max_length=100)
    ] = msgspec.field(default_factory=dict)
    lost_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 40
    store_room: bool = True

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that types can't express."""
        if bool(self.opens_at) != bool(self.closes_at):
            given, lacks = ("opens_at", "closes_at") if self.opens_at else ("closes_at", "opens_at")
            yield ConfigFault(("shelf", given), f"[shelf] sets {given!r} without {lacks!r}.", f"Set {lacks!r} too.")


SECTION = ("shelf", ShelfSection)
"""Section of config.toml."""


def settings_of(file: ConfigFile) -> ShelfSettings:
    """The settings in config.toml."""
    said = file.of(ShelfSection)
    opens, closes = (_minute(at) for at in (said.opens_at, said.closes_at))
    pace = said.gap_after_min, said.look_every_s
    categories = tuple(said.gap_after_by_category.items())
    return ShelfSettings(file.store.zone, opens, closes, *pace, said.lost_percent, said.store_room, categories)


def _minute(at: str) -> int:
    """The minute of the day; 0 if no time is set."""
    hours, _, minutes = (at or "00:00").partition(":")
    return int(hours) * 60 + int(minutes)
