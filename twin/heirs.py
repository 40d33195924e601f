"""The boxes that may lead next, as the leader knows them."""

from __future__ import annotations

from msgspec.structs import replace

from twin.actions import Actions, Keep
from twin.records import Heirs, Peers
from twin.voter import Voter


class HeirKeeping:
    """The record proposed by the leader, and the voters that have it.

    `counted`: all boxes that may be heirs by the certain record or any proposed since; only commits that all of them
    have are released.
    """

    def __init__(self, me: str, peers: Peers, voter: Voter) -> None:
        self._me, self._peers, self._voter = me, peers, voter
        known = voter.stored
        self.counted = set(known.heirs.boxes if known.certain.key == known.heirs.key else peers.boxes) | {me}
        self._had_by: set[str] = set()

    def adopt(self, peers: Peers, term: int) -> Actions:
        """Use these voters from now on. The record is certain again once a majority of them has it."""
        self._peers = peers
        return self.propose(term, set(self.proposed_heirs.boxes))

    @property
    def proposed_heirs(self) -> Heirs:
        return self._voter.stored.heirs

    @property
    def is_alone(self) -> bool:
        """Whether no other box can be elected, which stays true without hearing from any."""
        return self.counted == {self._me}

    def propose(self, term: int, boxes: set[str]) -> Actions:
        """Propose a record for this term; voters receive it with the next renewal."""
        version = self.proposed_heirs.version + 1 if self.proposed_heirs.term == term else 1
        self._voter.adopt(Heirs(term, version, tuple(sorted(boxes))))
        self.counted |= boxes
        self._had_by = {self._me}
        return [Keep(self._voter.stored)]

    def is_had_by(self, voter: str, heirs: Heirs) -> Actions:
        """Note that this voter now keeps this record."""
        if heirs.key != self.proposed_heirs.key or self.is_certain or voter not in self._peers.voters:
            return []
        self._had_by.add(voter)
        if len(self._had_by) < self._peers.majority:
            return []
        self._voter.stored = replace(self._voter.stored, certain=self.proposed_heirs)
        self.counted = set(self.proposed_heirs.boxes)
        return [Keep(self._voter.stored)]

    @property
    def is_certain(self) -> bool:
        """Whether a majority keeps the last proposed record."""
        return self._voter.stored.certain.key == self.proposed_heirs.key
