"""Bugs that someone could make, each of which the seeds find."""

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
    """What is committed is let out at once."""

    def _let_out(self, last: int | None = None) -> Actions:
        reached = self._ledger.last.position if last is None else last
        if reached <= self.let_out:
            return []
        self.let_out = reached
        return [LetOut(reached)]


class VotesTwice(Voter):
    """A term has as many votes as are asked for."""

    def would_vote(self, box: str, ask: AskVote, now_ms: int) -> bool:
        self.stored = replace(self.stored, vote=box)
        return self.is_enrolled and ask.term >= self.stored.term and box in self.stored.heirs.boxes


class RemembersNothingAndVotes(Voter):
    """One that lost its file takes itself for new."""

    def __init__(self, me: str, stored: Stored | None, now_ms: int, loss: int) -> None:
        super().__init__(me, stored or Stored(heirs=Heirs(1, 1, ("a", "b"))), now_ms, loss)


class DropsAnHeirTooSoon(HeirKeeping):
    """A box is no heir as soon as that is proposed."""

    def propose(self, term: int, boxes: set[str]) -> Actions:
        done = super().propose(term, boxes)
        self.counted = set(boxes)
        return done


class TakesOldTerms(Follower):
    """A follower that promised a newer term takes what an older one ships."""

    def take(self, leader: str, message: Ship | Image) -> Actions:
        known = self._voter.stored
        self._voter.stored = replace(known, term=min(known.term, message.term))
        done = super().take(leader, message)
        self._voter.stored = known
        return done


class CountsOldVotes(Candidacy):
    """It leads by votes of a term in which it voted for another since."""

    def on_voted(self, voter: str, said: Voted, now_ms: int) -> tuple[Actions, bool]:
        known = self._voter.stored
        if self._is_earnest and said.term == self._term:
            self._voter.stored = replace(known, term=self._term, vote=self._me)
        done = super().on_voted(voter, said, now_ms)
        if not done[1]:
            self._voter.stored = known
        return done


class ForgetsNobodyWhileAway(Disk):
    """A box that was away takes the ledger, and keeps the keys that it had."""

    def destroy(self, gone: set[bytes]) -> None:
        return


class CheckpointsEarly(Disk):
    """What was committed goes where no one reads it any more before it was shipped, and what is left is shipped."""

    def after(self, mark: Mark, most: int) -> Sequence[Shipment] | None:
        return self.shipments[max(mark.position, len(self.shipments) - KEPT) :][:most]


class ComparesNoVersions(Follower):
    """A box takes itself for fit whatever is shipped to it."""

    @property
    def is_fit(self) -> bool:
        return True

    @is_fit.setter
    def is_fit(self, said: bool) -> None:
        return


class AnswersBeforeItsSync(Disk):
    """A follower says that it has what is written and not synced yet."""

    def sync(self, *, leads: bool) -> None:
        self.durable = len(self.shipments) - (not leads)


class ThrowsItsTailAway(Disk):
    """A box that takes another's ledger keeps nothing of what only it had."""

    def replace(self, whole: Whole) -> None:
        super().replace(whole)
        self.aside.clear()


class MeasuresByTheWall(MachineClock):
    """Leases are measured by the clock that people set."""

    def read(self, now_ms: float) -> int:
        return int(super().read(now_ms) + self.wall_ms)


class UploadsBeforeTheShip(Uplink):
    """Head office gets what is committed, whoever has it beside."""

    def _reached(self, node: Node) -> int:
        return node.disk.last.position


class PromotesInTheOldTerm(Box):
    """A box that a person lets lead goes on in the term of the one that they switched off."""

    @property
    def promoted_term(self) -> int:
        return self.voter.stored.term


class PrintsBeforeTheShip(Spooler):
    """A receipt goes out as soon as it is marked here."""

    def _may_send(self) -> bool:
        return True


class PrintsWhateverItsLease(Spooler):
    """One that stood still behind the mark of a receipt sends it, whoever leads by then."""

    def _still_leads(self) -> bool:
        return True


class DoubtsNothing(Spooler):
    """What the leader before had marked is taken for printed."""

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
"""By what it is: the class that it stands in for, and within how many seeds it is found."""
