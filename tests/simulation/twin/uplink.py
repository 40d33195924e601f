"""Head office, reduced to its role for two boxes: it receives the leader's rows in order, and only released ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.twin.truth import Broken
from twin.records import Mark

if TYPE_CHECKING:
    from tests.simulation.twin.world import Node, World


class Uplink:
    """The leader's connection to head office. Only released rows are sent, so that no takeover contradicts them."""

    def __init__(self, world: World, held: list[Mark]) -> None:
        self._world = world
        self._held = held

    def step(self, node: Node) -> None:
        """Send a few of the rows that head office lacks, while this box leads."""
        if node.box is None or not node.box.may_show(self._world.clock(node)):
            return
        for one in node.disk.shipments[len(self._held) : self._reached(node)][:3]:
            at = one.mark.position
            if self._world.truth.let_out.get(at) != one.mark:
                raise Broken(f"{node.name} sends head office number {at}, which was never let out")
            self._held.append(one.mark)

    def _reached(self, node: Node) -> int:
        return node.let_out
