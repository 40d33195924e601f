"""What the shop's configuration says of shelves."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from edge.lib.sight.kinds import Mask
from edge.shop.shelf.rules import Pace, Paces


class ShelfSettings(msgspec.Struct, frozen=True):
    """When the shop is open (the same minute twice: always), how fast facts are made, and what a gap costs.

    `substitutes_percent`: of those who find a gap, how many buy nothing else instead. `store_room`: goods also lie
    where no camera looks.
    """

    zone: str = "UTC"
    opens_min: int = 0
    closes_min: int = 0
    gap_after_min: int = 10
    look_every_s: int = 60
    lost_percent: int = 40
    store_room: bool = True

    @property
    def paces(self) -> Paces:
        """How often something is seen before it is a fact: low and wrong three and six times as slow as a gap."""
        minutes = self.gap_after_min
        return Paces(Pace(3, minutes), Pace(5, 3 * minutes), Pace(5, 6 * minutes))

    @property
    def place(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def open_share(self) -> float:
        """The part of a day in which the shop is open."""
        return ((self.closes_min - self.opens_min) % 1440 or 1440) / 1440


class CameraUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a camera besides its driver's options.

    It starts only once it is said what for, who is to be asked about it, and that a sign tells people. `mask`: polygons
    (parts of the picture) that nobody gets to see.
    """

    purpose: Annotated[str, msgspec.Meta(max_length=200)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=200)] = ""
    sign_is_up: bool = False
    mask: Annotated[tuple[Mask, ...], msgspec.Meta(max_length=16)] = ()
