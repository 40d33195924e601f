"""What has to hold whatever breaks, and what was seen of it."""

from __future__ import annotations

from tests.simulation.twin.ledger import FORGET, Disk
from twin.records import Heirs, Mark, Stored


class Broken(Exception):
    """Something that always holds did not."""


class Truth:
    """All that left a box, and who led when."""

    def __init__(self) -> None:
        self.let_out: dict[int, Mark] = {}
        self.leaders: dict[int, str] = {}
        self.answered: dict[bytes, int] = {}
        self._heirs = Heirs()
        self.has_heirs_of_a_person = False
        """A person named the only heir, whatever record a majority has."""

    def keeps(self, stored: list[Stored], majority: int) -> None:
        """What voters keep: the newest record of heirs that a majority of them has."""
        heirs = sorted((one.heirs for one in stored), key=lambda one: one.key, reverse=True)
        if len(heirs) >= majority:
            self._heirs = max(self._heirs, heirs[majority - 1], key=lambda one: one.key)

    def led(self, box: str, term: int, disk: Disk, version: int) -> None:
        if self.leaders.setdefault(term, box) != box:
            raise Broken(f"{box} and {self.leaders[term]} lead in term {term}")
        if version < disk.schema:
            raise Broken(f"{box} leads by software {version}, and its ledger is of {disk.schema}")

    def leaves(self, box: str, disk: Disk, position: int) -> None:
        """`box` lets out everything up to a position."""
        for at in range(position, 0, -1):
            mark = disk.shipments[at - 1].mark
            if at in self.let_out and self.let_out[at] == mark:
                return  # and so all before it, as checksums are chained
            if at in self.let_out:
                raise Broken(f"{box} lets out number {at} a second time, as another")
            self.let_out[at] = mark

    def shows(self, box: str, disk: Disk) -> None:
        """`box` answers a question: it has to know all that was let out."""
        self._is_an_heir(box)
        newest = max(self.let_out, default=0)
        if newest and not disk.holds(self.let_out[newest]):
            raise Broken(f"{box} shows what is old: it lacks number {newest}")
        self._opens_nobody_forgotten(box, disk)

    def answers(self, command: bytes, position: int) -> None:
        if self.answered.setdefault(command, position) != position:
            raise Broken(f"{command!r} was done as number {self.answered[command]} and as {position}")

    def _is_an_heir(self, box: str) -> None:
        """A majority's heirs never go back: who is none of the newest shows nothing."""
        if self._heirs.boxes and not self.has_heirs_of_a_person and box not in self._heirs.boxes:
            raise Broken(f"{box} shows what it has, and a majority has {self._heirs}")

    def _opens_nobody_forgotten(self, box: str, disk: Disk) -> None:
        """Whoever was told that someone is forgotten was told the truth, also of a box that was away then."""
        for person in disk.keys:
            if b" ".join((FORGET, person)) in self.answered:
                raise Broken(f"{box} opens {person!r}, who was forgotten")

    def is_whole(self, disks: dict[str, Disk], wanted: int) -> None:
        """In calm: both ledgers are equal, and have each answered command once."""
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
        """What left a box is in the ledger that leads: what is aside a manager may leave."""
        for one in disk.aside:
            if self.let_out.get(one.mark.position) == one.mark:
                raise Broken(f"{box} has aside number {one.mark.position}, which was let out")

    def has_answered(self, disk: Disk) -> None:
        """A ledger has each answered command once, under its number."""
        bodies = [one.body for one in disk.shipments]
        if len(bodies) != len(set(bodies)):
            raise Broken("a command was done twice")
        for command, position in self.answered.items():
            if len(bodies) < position or bodies[position - 1] != command:
                raise Broken(f"{command!r}, answered as number {position}, is not in the ledger")
