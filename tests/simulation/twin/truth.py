"""Invariants that hold despite any fault, and the events to check them against."""

from __future__ import annotations

from tests.simulation.twin.ledger import FORGET, Disk
from twin.records import Heirs, Mark, Stored


class Broken(Exception):
    """An invariant was violated."""


class Truth:
    """All data released by a box, and the leader of each term."""

    def __init__(self) -> None:
        self.let_out: dict[int, Mark] = {}
        self.leaders: dict[int, str] = {}
        self.answered: dict[bytes, int] = {}
        self._heirs = Heirs()
        self.has_heirs_of_a_person = False
        """Whether a person named the only heir. The majority's record doesn't matter then."""

    def keeps(self, stored: list[Stored], majority: int) -> None:
        """Update the newest record of heirs that a majority of voters keeps."""
        heirs = sorted((one.heirs for one in stored), key=lambda one: one.key, reverse=True)
        if len(heirs) >= majority:
            self._heirs = max(self._heirs, heirs[majority - 1], key=lambda one: one.key)

    def led(self, box: str, term: int, disk: Disk, version: int) -> None:
        if self.leaders.setdefault(term, box) != box:
            raise Broken(f"{box} and {self.leaders[term]} lead in term {term}")
        if version < disk.schema:
            raise Broken(f"{box} leads by software {version}, and its ledger is of {disk.schema}")

    def leaves(self, box: str, disk: Disk, position: int) -> None:
        """Record that `box` releases everything up to a position."""
        for at in range(position, 0, -1):
            mark = disk.shipments[at - 1].mark
            if at in self.let_out and self.let_out[at] == mark:
                return  # checksums are chained, so all earlier ones match too
            if at in self.let_out:
                raise Broken(f"{box} lets out number {at} a second time, as another")
            self.let_out[at] = mark

    def shows(self, box: str, disk: Disk) -> None:
        """Check an answer of `box` to a question: it must know everything that was released."""
        self._is_an_heir(box)
        newest = max(self.let_out, default=0)
        if newest and not disk.holds(self.let_out[newest]):
            raise Broken(f"{box} shows what is old: it lacks number {newest}")
        self._opens_nobody_forgotten(box, disk)

    def answers(self, command: bytes, position: int) -> None:
        if self.answered.setdefault(command, position) != position:
            raise Broken(f"{command!r} was done as number {self.answered[command]} and as {position}")

    def _is_an_heir(self, box: str) -> None:
        """Check that the box is in the majority's newest record of heirs; other boxes must not show anything."""
        if self._heirs.boxes and not self.has_heirs_of_a_person and box not in self._heirs.boxes:
            raise Broken(f"{box} shows what it has, and a majority has {self._heirs}")

    def _opens_nobody_forgotten(self, box: str, disk: Disk) -> None:
        """Check that a forgotten person's key is gone, even on a box that was away at the time."""
        for person in disk.keys:
            if b" ".join((FORGET, person)) in self.answered:
                raise Broken(f"{box} opens {person!r}, who was forgotten")

    def is_whole(self, disks: dict[str, Disk], wanted: int) -> None:
        """Check in calm that both ledgers are equal and contain each answered command once."""
        histories = {name: [one.mark for one in disk.shipments] for name, disk in disks.items()}
        if len({tuple(marks) for marks in histories.values()}) > 1:
            raise Broken(f"ledgers differ in calm: { ({name: len(marks) for name, marks in histories.items()}) }")
        self.has_answered(next(iter(disks.values())))
        for name, disk in disks.items():
            self._put_aside_nothing_let_out(name, disk)
        for name, disk in disks.items():
            self._opens_nobody_forgotten(name, disk)
        if len(self.answered) < wanted:
            raise Broken(f"{len(self.answered)} of {wanted} commands were answered in calm")

    def _put_aside_nothing_let_out(self, box: str, disk: Disk) -> None:
        """Check that nothing set aside was released: the leading ledger must contain it, as a manager may discard
        set-aside data.
        """
        for one in disk.aside:
            if self.let_out.get(one.mark.position) == one.mark:
                raise Broken(f"{box} has aside number {one.mark.position}, which was let out")

    def has_answered(self, disk: Disk) -> None:
        """Check that a ledger contains each answered command once, at its position."""
        bodies = [one.body for one in disk.shipments]
        if len(bodies) != len(set(bodies)):
            raise Broken("a command was done twice")
        for command, position in self.answered.items():
            if len(bodies) < position or bodies[position - 1] != command:
                raise Broken(f"{command!r}, answered as number {position}, is not in the ledger")
