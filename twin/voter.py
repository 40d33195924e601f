"""A voter's promises: terms, votes, leases and heirs."""

from __future__ import annotations

from msgspec.structs import replace

from twin.actions import Actions, Keep, Send
from twin.messages import AskVote, Enrol, Message, Released, Renew, Renewed, Unenrolled, Voted
from twin.records import BY_HAND_TERMS, HOLD_MS, Heirs, Stored


class Voter:
    """A voter.

    `stored`: None if it has no memory; `loss` is then a random number that identifies this loss. Each message is sent
    after the `Keep` of the promises in it.
    """

    def __init__(self, me: str, stored: Stored | None, now_ms: int, loss: int) -> None:
        self.me, self.stored, self.loss = me, stored or Stored(), loss
        self.is_enrolled = stored is not None
        self.held_until_ms = now_ms + HOLD_MS  # it may have granted a lease before it was restarted
        self.holder = ""
        self.floor = 0
        """The lowest position a leader may have, because it was reported as released or shipped."""

    def receive(self, sender: str, message: Message, now_ms: int) -> Actions:
        match message:
            case AskVote():
                return self._answer_vote(sender, message, now_ms)
            case Renew():
                return self._answer_renewal(sender, message, now_ms)
            case Enrol() if not self.is_enrolled and message.loss == self.loss:
                self.is_enrolled = True
                self.hold(sender, now_ms)
                self.stored = Stored(message.term, message.leader, message.heirs)
                return [Keep(self.stored)]
            case Released() if message.term == self.stored.term and sender == self.holder:
                self.held_until_ms = now_ms
        return []

    def hold(self, holder: str, now_ms: int) -> None:
        self.holder, self.held_until_ms = holder, now_ms + HOLD_MS

    def holds_another(self, box: str, now_ms: int) -> bool:
        """Whether the voter honours a lease of a box other than `box`, or of an unknown one."""
        return now_ms < self.held_until_ms and self.holder != box

    def has_to_have(self, position: int) -> None:
        self.floor = max(self.floor, position)

    def promise(self, term: int, vote: str) -> Actions:
        """Promise to accept no lower term, and to vote for no other box in this one."""
        self._look_at_promotion(term)
        self.stored = replace(self.stored, term=term, vote=vote)
        return [Keep(self.stored)]

    def is_by_hand(self, term: int) -> bool:
        """Whether a person promoted a box in this term, even if it lacked data."""
        return term >= self.stored.term + BY_HAND_TERMS

    def _look_at_promotion(self, term: int) -> None:
        """Forget the positions released before a promotion, as the promoted box may lack them.

        The promoted box's record names the heirs; until then there are no votes.
        """
        if self.is_by_hand(term):
            self.floor = 0
            self.stored = replace(self.stored, heirs=Heirs(term))

    def adopt(self, heirs: Heirs) -> bool:
        """Adopt the record if it's newer. Returns whether it was."""
        if heirs.key <= self.stored.heirs.key:
            return False
        self.stored = replace(self.stored, heirs=heirs)
        return True

    def would_vote(self, box: str, ask: AskVote, now_ms: int) -> bool:
        """Whether the voter would vote for `box`.

        The box must be an heir with everything known to be released, and the vote must be free in this term.
        """
        newer = ask.term > self.stored.term or (ask.term == self.stored.term and self.stored.vote == box)
        return (
            self.is_enrolled
            and newer
            and box in self.stored.heirs.boxes
            and ask.position >= self.floor
            and not self.holds_another(box, now_ms)
        )

    def _answer_vote(self, box: str, ask: AskVote, now_ms: int) -> Actions:
        kept: Actions = [Keep(self.stored)] if self.is_enrolled and self.adopt(ask.heirs) else []
        yes = self.would_vote(box, ask, now_ms)
        if yes and ask.earnest:
            kept = self.promise(ask.term, box)
        answer = Voted(ask.term, ask.earnest, yes, self.stored.term, self.stored.heirs)
        return [*kept, Send(box, answer)]

    def _answer_renewal(self, leader: str, renew: Renew, now_ms: int) -> Actions:
        if not self.is_enrolled:
            return [Send(leader, Unenrolled(self.loss))]
        kept: Actions = []
        self._look_at_promotion(renew.term)
        if renew.last < self.floor and renew.term >= self.stored.term:
            return []  # its disk lost commits that it had released: promise nothing, so that the other box can lead
        if renew.term >= self.stored.term:
            newer = renew.term > self.stored.term or self.stored.vote != leader
            if newer:
                self.stored = replace(self.stored, term=renew.term, vote=leader)
            if self.adopt(renew.heirs) or newer:
                kept = [Keep(self.stored)]
            self.hold(leader, now_ms)
            self.has_to_have(renew.position)
        return [*kept, Send(leader, Renewed(self.stored.term, self.stored.heirs, renew.sent_ms))]
