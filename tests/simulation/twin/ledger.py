"""A box's ledger and promises, as a disk keeps them over an end of its process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from twin.records import Mark, Shipment, Stored

MEET, FORGET = b"meet", b"forget"
"""What a command begins with that makes the key of a person, and one that destroys it."""
KEPT = 12
"""How far back what was shipped is kept; whoever is farther behind gets the whole."""


class Whole(NamedTuple):
    """A ledger, and the files beside it."""

    shipments: tuple[Shipment, ...]
    keys: frozenset[bytes]


class Disk:
    """What is left when the process is gone."""

    def __init__(self, stored: Stored | None) -> None:
        self.stored = stored
        self.shipments: list[Shipment] = []
        self.aside: list[Shipment] = []
        self.keys: set[bytes] = set()
        """Of people, a file each beside the ledger: destroyed as someone is forgotten."""
        self.durable = 0
        """So many shipments are there after a power cut, too."""
        self.schema = 1
        """The newest software that wrote what is here."""

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
        """What was written is on the platter: before a follower says that it has it, as before a leader answers."""
        self.durable = len(self.shipments)

    def lose_power(self) -> None:
        """What no sync brought to the platter is gone."""
        del self.shipments[self.durable :]

    def replace(self, whole: Whole) -> None:
        there = {one.mark for one in whole.shipments}
        self.aside += [one for one in self.shipments if one.mark not in there]
        self.shipments = list(whole.shipments)
        self.durable = len(self.shipments)
        self.keys |= whole.keys
        self.destroy(self.keys - whole.keys)

    def destroy(self, gone: set[bytes]) -> None:
        """Keys that the box that gives its ledger has not."""
        self.keys -= gone

    def position_of(self, command: bytes) -> int:
        """Where a command was done; 0: nowhere."""
        return next((at for at, one in enumerate(self.shipments, 1) if one.body == command), 0)
