"""Who may lead next, as the leader sees it."""

from __future__ import annotations

from msgspec.structs import replace

from twin.actions import Actions, Keep
from twin.records import Heirs, Peers
from twin.voter import Voter


class HeirKeeping:
    """The record that a leader proposes, and who has it. `counted`: every box that may be an heir by the record that is
    certain or by any proposed since; nothing is let out that one of them lacks."""

    def __init__(self, me: str, peers: Peers, voter: Voter) -> None:
        self._me, self._peers, self._voter = me, peers, voter
        known = voter.stored
        self.counted = set(known.heirs.boxes if known.certain.key == known.heirs.key else peers.boxes) | {me}
        self._had_by: set[str] = set()

    def adopt(self, peers: Peers, term: int) -> Actions:
        """These vote from now on: the record has to be a majority's of them before it is certain again."""
        self._peers = peers
        return self.propose(term, set(self.proposed.boxes))

    @property
    def proposed(self) -> Heirs:
        return self._voter.stored.heirs

    @property
    def is_alone(self) -> bool:
        """Whether nobody else can be voted for, which needs nobody's word to stay so."""
        return self.counted == {self._me}

    def propose(self, term: int, boxes: set[str]) -> Actions:
        """A record of this term, which voters hear of with the next renewal."""
        version = self.proposed.version + 1 if self.proposed.term == term else 1
        self._voter.adopt(Heirs(term, version, tuple(sorted(boxes))))
        self.counted |= boxes
        self._had_by = {self._me}
        return [Keep(self._voter.stored)]

    def is_had_by(self, voter: str, heirs: Heirs) -> Actions:
        """That voter keeps this record now."""
        if heirs.key != self.proposed.key or self.is_certain or voter not in self._peers.voters:
            return []
        self._had_by.add(voter)
        if len(self._had_by) < self._peers.majority:
            return []
        self._voter.stored = replace(self._voter.stored, certain=self.proposed)
        self.counted = set(self.proposed.boxes)
        return [Keep(self._voter.stored)]

    @property
    def is_certain(self) -> bool:
        """Whether a majority keeps the record that was proposed last."""
        return self._voter.stored.certain.key == self.proposed.key
