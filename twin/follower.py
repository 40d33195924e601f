"""How a follower accepts the leader's shipments."""

from __future__ import annotations

from twin.actions import Actions, Ledger, Replace, Send, Write
from twin.messages import Image, Ship, Taken
from twin.records import Mark
from twin.voter import Voter


class Follower:
    """Handles shipments at a follower.

    It writes the next shipment of the newest term and refuses all others. Each answer states its current position,
    which is all that a leader needs.
    """

    def __init__(self, voter: Voter, ledger: Ledger) -> None:
        self._voter, self._ledger = voter, ledger
        self.is_fit = True
        """Whether this box considers itself able to lead: it can process the shipments."""
        self.is_slow = False
        """Whether this box's disk is too slow for an heir.

        Until it's removed from the heirs it may be elected, as it has all commits.
        """

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
        """Return the lowest position the leader has.

        It advances while a large ledger is being sent, so this box gets no vote before it has the rest.
        """
        return image.floor if image.floor >= 0 else self._voter.floor

    def _answer(self, leader: str) -> Actions:
        return [self._confirm_receipt(leader, self._ledger.last)]

    def _confirm_receipt(self, leader: str, last: Mark) -> Send:
        return Send(leader, Taken(self._voter.stored.term, last, self.is_fit and not self.is_slow))
