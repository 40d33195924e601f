"""A box's ledger and promises on its disk, which survive the end of its process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from twin.records import Mark, Shipment, Stored

MEET, FORGET = b"meet", b"forget"
"""First words of commands: one creates a person's key, the other destroys it."""
KEPT = 12
"""Number of recent shipments that are kept; a follower that is further behind gets the whole ledger."""


class Whole(NamedTuple):
    """A ledger, and the key files next to it."""

    shipments: tuple[Shipment, ...]
    keys: frozenset[bytes]


class Disk:
    """What survives when the process ends."""

    def __init__(self, stored: Stored | None) -> None:
        self.stored = stored
        self.shipments: list[Shipment] = []
        self.aside: list[Shipment] = []
        self.keys: set[bytes] = set()
        """People's keys, one file each next to the ledger. A key is destroyed when its person is forgotten."""
        self.durable = 0
        """Number of shipments that survive a power cut."""
        self.schema = 1
        """Version of the newest software that wrote this ledger."""

    @property
    def last(self) -> Mark:
        return self.shipments[-1].mark if self.shipments else Mark()

    def holds(self, mark: Mark) -> bool:
        at = mark.position
        return at == 0 or (at <= len(self.shipments) and self.shipments[at - 1].mark == mark)

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        if len(self.shipments) - mark.position > KEPT:
            return None
        return self.shipments[mark.position : mark.position + most]

    def image(self) -> Whole:
        return Whole(tuple(self.shipments), frozenset(self.keys))

    def write(self, shipments: Sequence[Shipment]) -> None:
        assert shipments[0].mark.position == len(self.shipments) + 1, "a gap"
        self.shipments += shipments
        for one in shipments:
            what, _, person = one.body.partition(b" ")
            if what == MEET:
                self.keys.add(person)
            elif what == FORGET:
                self.keys.discard(person)

    def sync(self, *, leads: bool) -> None:
        """Make all written shipments durable. Followers sync before they acknowledge shipments, leaders before they
        answer.
        """
        self.durable = len(self.shipments)

    def lose_power(self) -> None:
        """Lose everything that wasn't synced."""
        del self.shipments[self.durable :]

    def replace(self, whole: Whole) -> None:
        there = {one.mark for one in whole.shipments}
        self.aside += [one for one in self.shipments if one.mark not in there]
        self.shipments = list(whole.shipments)
        self.durable = len(self.shipments)
        self.keys |= whole.keys
        self.destroy(self.keys - whole.keys)

    def destroy(self, gone: set[bytes]) -> None:
        """Destroy keys that the box that sends its ledger doesn't have."""
        self.keys -= gone

    def position_of(self, command: bytes) -> int:
        """Return a command's position; 0 if it isn't in the ledger."""
        return next((at for at, one in enumerate(self.shipments, 1) if one.body == command), 0)
