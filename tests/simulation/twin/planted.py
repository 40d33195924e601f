"""Plausible bugs, each of which the seeds must find."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tests.simulation.twin.ledger import KEPT, Disk, Whole
from tests.simulation.twin.papers import Spooler
from tests.simulation.twin.uplink import Uplink
from tests.simulation.twin.world import MachineClock, Node, World
from twin.actions import Actions, LetOut
from twin.box import Box
from twin.candidacy import Candidacy
from twin.follower import Follower
from twin.heirs import HeirKeeping
from twin.leadership import Leadership
from twin.messages import AskVote, Image, Ship, Voted
from twin.records import Heirs, Mark, Shipment, Stored
from twin.voter import Voter


class AnswersBeforeTheShip(Leadership):
    """Commits are released at once, before the follower has them."""

    def _let_out(self, last: int | None = None) -> Actions:
        reached = self._ledger.last.position if last is None else last
        if reached <= self.let_out:
            return []
        self.let_out = reached
        return [LetOut(reached)]


class VotesTwice(Voter):
    """A voter votes for every candidate of a term."""

    def would_vote(self, box: str, ask: AskVote, now_ms: int) -> bool:
        self.stored = replace(self.stored, vote=box)
        return self.is_enrolled and ask.term >= self.stored.term and box in self.stored.heirs.boxes


class RemembersNothingAndVotes(Voter):
    """A voter that lost its file behaves like a new one."""

    def __init__(self, me: str, stored: Stored | None, now_ms: int, loss: int) -> None:
        super().__init__(me, stored or Stored(heirs=Heirs(1, 1, ("a", "b"))), now_ms, loss)


class DropsAnHeirTooSoon(HeirKeeping):
    """A box stops being an heir as soon as that is proposed."""

    def propose(self, term: int, boxes: set[str]) -> Actions:
        done = super().propose(term, boxes)
        self.counted = set(boxes)
        return done


class TakesOldTerms(Follower):
    """A follower accepts shipments of an older term than it promised."""

    def take(self, leader: str, message: Ship | Image) -> Actions:
        known = self._voter.stored
        self._voter.stored = replace(known, term=min(known.term, message.term))
        done = super().take(leader, message)
        self._voter.stored = known
        return done


class CountsOldVotes(Candidacy):
    """A candidate counts votes of a term although it has since voted for another box."""

    def on_voted(self, voter: str, said: Voted, now_ms: int) -> tuple[Actions, bool]:
        known = self._voter.stored
        if self._is_earnest and said.term == self._term:
            self._voter.stored = replace(known, term=self._term, vote=self._me)
        done = super().on_voted(voter, said, now_ms)
        if not done[1]:
            self._voter.stored = known
        return done


class ForgetsNobodyWhileAway(Disk):
    """A box that was away accepts the ledger, but keeps the keys of forgotten people."""

    def destroy(self, gone: set[bytes]) -> None:
        return


class CheckpointsEarly(Disk):
    """Old commits are checkpointed before they are shipped. Only the remaining ones are shipped."""

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        return self.shipments[max(mark.position, len(self.shipments) - KEPT) :][:most]


class ComparesNoVersions(Follower):
    """A box considers itself fit, whatever version is shipped to it."""

    @property
    def is_fit(self) -> bool:
        return True

    @is_fit.setter
    def is_fit(self, said: bool) -> None:
        return


class AnswersBeforeItsSync(Disk):
    """A follower acknowledges shipments before they are synced."""

    def sync(self, *, leads: bool) -> None:
        self.durable = len(self.shipments) - (not leads)


class ThrowsItsTailAway(Disk):
    """A box that accepts another box's ledger discards entries that only it had."""

    def replace(self, whole: Whole) -> None:
        super().replace(whole)
        self.aside.clear()


class MeasuresByTheWall(MachineClock):
    """Leases are measured by the wall clock, which people can set."""

    def read(self, now_ms: float) -> int:
        return int(super().read(now_ms) + self.wall_ms)


class UploadsBeforeTheShip(Uplink):
    """Head office gets commits before the follower has them."""

    def _reached(self, node: Node) -> int:
        return node.disk.last.position


class PromotesInTheOldTerm(Box):
    """A box promoted by a person continues in the term of the switched-off leader."""

    @property
    def promoted_term(self) -> int:
        return self.voter.stored.term


class PrintsBeforeTheShip(Spooler):
    """A receipt is sent as soon as its mark is written here."""

    def _may_send(self) -> bool:
        return True


class PrintsWhateverItsLease(Spooler):
    """A box that paused after a receipt's mark sends the receipt even if another box leads by then."""

    def _still_leads(self) -> bool:
        return True


class DoubtsNothing(Spooler):
    """Receipts marked by the previous leader are assumed to be printed."""

    def __init__(self, world: World, node: Node) -> None:
        super().__init__(world, node)
        self._doubted.clear()


PLANTED = {
    "answers before the ship": (Leadership, AnswersBeforeTheShip, 40),
    "votes twice": (Voter, VotesTwice, 40),
    "remembers nothing and votes": (Voter, RemembersNothingAndVotes, 40),
    "drops an heir too soon": (HeirKeeping, DropsAnHeirTooSoon, 40),
    "takes old terms": (Follower, TakesOldTerms, 40),
    "forgets nobody while away": (Disk, ForgetsNobodyWhileAway, 40),
    "checkpoints early": (Disk, CheckpointsEarly, 40),
    "compares no versions": (Follower, ComparesNoVersions, 40),
    "counts old votes": (Candidacy, CountsOldVotes, 40),
    "answers before its sync": (Disk, AnswersBeforeItsSync, 40),
    "throws its tail away": (Disk, ThrowsItsTailAway, 40),
    "measures by the wall": (MachineClock, MeasuresByTheWall, 40),
    "uploads before the ship": (Uplink, UploadsBeforeTheShip, 40),
    "promotes in the old term": (Box, PromotesInTheOldTerm, 40),
    "prints before the ship": (Spooler, PrintsBeforeTheShip, 40),
    "prints whatever its lease": (Spooler, PrintsWhateverItsLease, 40),
    "doubts nothing": (Spooler, DoubtsNothing, 40),
}
"""For each bug: the replaced class, the class with the bug, and the number of seeds within which it must be found."""
