"""Accepts the leader's shipments."""

from __future__ import annotations

from twin.actions import Actions, Ledger, Replace, Send, Write
from twin.messages import Image, Ship, Taken
from twin.records import Mark
from twin.voter import Voter


class Follower:
    """Handles shipments at a follower: the next one of the newest term is written, anything else refused.
    Each answer gives the current state, which is all that a leader needs."""

    def __init__(self, voter: Voter, ledger: Ledger) -> None:
        self._voter, self._ledger = voter, ledger
        self.is_fit = True
        """Whether this box believes it can lead: it can process what is shipped to it."""
        self.is_slow = False
        """Whether this box's disk is too slow for an heir. While it still is one, it may be voted for: it has
        everything."""

    def take(self, leader: str, message: Ship | Image) -> Actions:
        known = self._voter.stored
        if message.term < known.term or not self._voter.is_enrolled:
            return self._answer(leader)
        kept: Actions = [] if message.term == known.term else self._voter.promise(message.term, leader)
        match message:
            case Ship(before=before, shipments=shipments) if (
                shipments and before == self._ledger.last and shipments[0].mark.position == before.position + 1
            ):
                self._voter.has_to_have(shipments[-1].mark.position)
                return [*kept, Write(shipments), self._confirm_receipt(leader, shipments[-1].mark)]
            case Image(instead_of=mine, last=last) if mine == self._ledger.last and last.position >= self._floor(
                message
            ):
                return [*kept, Replace(message.image, message.last), self._confirm_receipt(leader, message.last)]
        return [*kept, *self._answer(leader)]

    def _floor(self, image: Image) -> int:
        """The least position the leader has. It advances while a large ledger is being sent: this box gets no vote
        before it has the rest."""
        return image.floor if image.floor >= 0 else self._voter.floor

    def _answer(self, leader: str) -> Actions:
        return [self._confirm_receipt(leader, self._ledger.last)]

    def _confirm_receipt(self, leader: str, last: Mark) -> Send:
        return Send(leader, Taken(self._voter.stored.term, last, self.is_fit and not self.is_slow))
