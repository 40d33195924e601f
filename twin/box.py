"""A box: follower, candidate, or leader."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from twin.actions import Actions, Ledger, Replace, Write
from twin.candidacy import Candidacy
from twin.follower import Follower
from twin.leadership import Leadership
from twin.messages import HandOver, Image, Message, Renewed, Ship, Taken, Unenrolled, Voted
from twin.records import PROMOTED_TERMS, SILENT_MS, Heirs, Mark, Peers, Stored
from twin.voter import Voter


class NotLeading(Exception):
    """A command was sent to a box that isn't accepting any."""


class Box:
    """A box with all its roles.

    `stored`: None if it has no memory. `chance(low, high)`: returns a random number in this range, inclusive. Call
    `start` once, `receive` for each message and `tick` every 50 ms, and perform the returned actions in order.
    """

    def __init__(
        self,
        me: str,
        peers: Peers,
        stored: Stored | None,
        ledger: Ledger,
        now_ms: int,
        chance: Callable[[int, int], int],
    ) -> None:
        self.me, self._peers, self._ledger = me, peers, ledger
        self.voter = Voter(me, stored, now_ms, chance(1, 2**62))
        self.follower = Follower(self.voter, ledger)
        self._candidacy = Candidacy(me, peers, self.voter, ledger, self.follower, chance)
        self.leadership: Leadership | None = None
        self._heard_ms: dict[str, int] = {}

    def start(self, now_ms: int) -> Actions:
        """Start, and lead again if no other box can have led since.

        That is certain for the only certain heir, and for the box that led in the newest term it has heard of.
        """
        known = self.voter.stored
        if not self.voter.is_enrolled:
            return []
        if known.vote != self.me and self._ledger.last.term == known.term:
            self.voter.has_to_have(self._ledger.last.position)
        is_alone = known.heirs.boxes == (self.me,) and known.certain.key == known.heirs.key
        if known.led and known.led == known.term:
            return self._lead(now_ms, known.term, goes_on=True)
        return self._lead(now_ms, known.term + 1, goes_on=True) if is_alone else []

    def promote(self, now_ms: int) -> Actions:
        """Lead as the only heir, because a person states that the other box is off.

        The term is above any that may be under way. The person has to re-enter any data that only the other box
        released.
        """
        known, term = self.voter.stored, self.promoted_term
        alone = Heirs(term, 1, (self.me,))
        self.voter.is_enrolled, self.voter.floor = True, 0
        self.voter.stored = replace(known, term=term, vote=self.me, heirs=alone, certain=alone, led=term)
        return self._lead(now_ms, term, goes_on=True)

    @property
    def promoted_term(self) -> int:
        """Return the term for leading by promotion.

        It's never the other box's term, even if both are promoted without knowing.
        """
        least, boxes = self.voter.stored.term + PROMOTED_TERMS, self._peers.boxes
        return least + (boxes.index(self.me) - least) % len(boxes)

    def adopt(self, peers: Peers, now_ms: int) -> Actions:
        """Use these voters from now on: one witness more or fewer, with the same boxes.

        Any old and any new majority share a voter, so both boxes are safe while only one has the change. This holds for
        a single step. The next one waits until the other box has taken this one and a new majority keeps the record of
        heirs (Ongaro, Consensus: Bridging Theory and Practice, section 4.1).
        """
        if peers == self._peers or peers.boxes != self._peers.boxes:
            return []  # changing the boxes takes a restart
        self._peers = peers
        self._candidacy.adopt(peers)
        return self.leadership.adopt(peers, now_ms) if self.leadership is not None else []

    def may_show(self, now_ms: int) -> bool:
        return self.leadership is not None and self.leadership.may_show(now_ms)

    def takes(self, now_ms: int) -> bool:
        return self.leadership is not None and self.leadership.takes(now_ms)

    def commit(self, body: bytes, now_ms: int, mark: Mark | None = None) -> Actions:
        """Commit as `Leadership.commit` does. Raises NotLeading, with nothing done."""
        if self.leadership is None or not self.leadership.takes(now_ms):
            raise NotLeading(self.me)
        return self.leadership.commit(body, now_ms, mark)

    def receive(self, sender: str, message: Message, now_ms: int) -> Actions:
        self._heard_ms[sender] = now_ms
        done = self._receive(sender, message, now_ms)
        return done + self._ended_by_its_voter()

    def tick(self, now_ms: int) -> Actions:
        if self.leadership is not None:
            return self._swept(self.leadership.tick(now_ms))
        return self._candidacy.tick(now_ms)

    def link_closed(self, other: str, now_ms: int) -> Actions:
        """Handle the other end closing the link, for example because its process was killed."""
        return self._swept(self.leadership.link_closed(other, now_ms)) if self.leadership is not None else []

    def _receive(self, sender: str, message: Message, now_ms: int) -> Actions:
        leads = self.leadership
        match message:
            case Ship() | Image():
                done = self.follower.take(sender, message)
                if any(isinstance(action, Write | Replace) for action in done):
                    self._candidacy.lacks_something = False
                return done
            case Voted() if leads is None:
                done, leads_now = self._candidacy.on_voted(sender, message, now_ms)
                return done + (self._lead(now_ms, self.voter.stored.term) if leads_now else [])
            case Renewed() if leads is not None:
                return self._swept(leads.on_renewed(sender, message, now_ms))
            case Taken() if leads is not None:
                return self._swept(leads.on_taken(sender, message, now_ms))
            case Unenrolled() if leads is not None:
                return leads.on_unenrolled(sender, message, now_ms)
            case HandOver() if leads is None and sender == self.voter.holder and message.term == self.voter.stored.term:
                self.voter.held_until_ms = now_ms
                has_all = self._ledger.last.position >= message.position
                return self._candidacy.stand_at_once(now_ms) if has_all else []
        return self.voter.receive(sender, message, now_ms)

    def _lead(self, now_ms: int, term: int, goes_on: bool = False) -> Actions:
        self.leadership = Leadership(self.me, self._peers, self.voter, self._ledger)
        heard = {box for box, at_ms in self._heard_ms.items() if now_ms - at_ms < SILENT_MS}
        return self.leadership.begin(now_ms, term, goes_on, () if goes_on else set(self._peers.boxes) - heard)

    def _ended_by_its_voter(self) -> Actions:
        """Stop leading if this box's own vote went to another box, or it heard of another leader."""
        leads = self.leadership
        if leads is None or (self.voter.stored.led == self.voter.stored.term and self.voter.stored.vote == self.me):
            return []
        self.leadership = None
        return leads.end()

    def _swept(self, done: Actions) -> Actions:
        if self.leadership is not None and self.leadership.is_over:
            self._candidacy.lacks_something = self.leadership.lacks_something
            self.leadership = None
        return done
