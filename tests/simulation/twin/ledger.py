"""A box's ledger and promises, as a disk keeps them over an end of its process."""

from __future__ import annotations

from collections.abc import Sequence

from twin.records import Mark, Shipment, Stored

KEPT = 40
"""How far back what was shipped is kept; whoever is farther behind gets the whole."""


class Disk:
    """What is left when the process is gone."""

    def __init__(self, stored: Stored | None) -> None:
        self.stored = stored
        self.shipments: list[Shipment] = []
        self.aside: list[Shipment] = []

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

    def image(self) -> list[Shipment]:
        return list(self.shipments)

    def write(self, shipments: Sequence[Shipment]) -> None:
        assert shipments[0].mark.position == len(self.shipments) + 1, "a gap"
        self.shipments += shipments

    def replace(self, image: list[Shipment]) -> None:
        there = {one.mark for one in image}
        self.aside += [one for one in self.shipments if one.mark not in there]
        self.shipments = list(image)

    def position_of(self, command: bytes) -> int:
        """Where a command was done; 0: nowhere."""
        return next((at for at, one in enumerate(self.shipments, 1) if one.body == command), 0)
