"""A leader's term: it ships commits to the other boxes and decides which may be released."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from twin.actions import Actions, Ended, Keep, Led, Ledger, LetOut, Send, Write
from twin.heirs import HeirKeeping
from twin.messages import Enrol, HandOver, Released, Renew, Renewed, Ship, Taken, Unenrolled
from twin.records import (
    BACK_MS,
    FIRST_WORD_MS,
    LEASE_MS,
    NEVER_MS,
    RENEW_MS,
    WITNESS_TIMEOUT_MS,
    Mark,
    Peers,
    Shipment,
    mark_after,
)
from twin.shipping import Shipping
from twin.voter import Voter


class Leadership:
    """One term of one leading box. It has ended once `is_over`."""

    def __init__(self, me: str, peers: Peers, voter: Voter, ledger: Ledger) -> None:
        self._me, self._peers, self._voter, self._ledger = me, peers, voter, ledger
        self.heirs = HeirKeeping(me, peers, voter)
        self.is_over = self.lacks_something = False
        self.let_out = 0
        self._hands_over = False
        self.excluded: set[str] = set()
        """Boxes excluded by a person: no longer heirs."""
        self._renewed_ms: dict[str, int] = {}  # by voter: when the last acknowledged renewal was sent
        self._heard_ms: dict[str, int] = {}
        self._next_ms = self._alone_from_ms = 0
        self._boxes: dict[str, Shipping] = {}

    @property
    def term(self) -> int:
        return self._voter.stored.term

    def has(self, box: str) -> int:
        """Return the position up to which another box has all commits."""
        return self._boxes[box].has

    def begin(self, now_ms: int, term: int, goes_on: bool = False, silent: Collection[str] = frozenset()) -> Actions:
        """Lead in this term, which belongs only to this box.

        The box was elected, or, with `goes_on`, continues to lead. A box in `silent`, such as the previous leader,
        isn't an heir at first, so no commit waits for it.
        """
        self._voter.stored = replace(self._voter.stored, term=term, vote=self._me, led=term)
        self._boxes = {box: Shipping(box, term, self._ledger, now_ms) for box in self._peers.boxes if box != self._me}
        self._heard_ms = dict.fromkeys(self._peers.voters, now_ms)
        self._alone_from_ms = now_ms + (FIRST_WORD_MS if goes_on else 0)
        self._renewed_ms = {}
        kept = Keep(self._voter.stored)
        heirs = set(self.heirs.proposed_heirs.boxes) - set(silent) | {self._me}
        return [kept, Led(term), *self.heirs.propose(term, heirs), *self._renew(now_ms), *self._let_out()]

    def adopt(self, peers: Peers, now_ms: int) -> Actions:
        """Use these voters from now on. A new voter counts as just heard; a removed one no longer counts."""
        self._peers = peers
        self._heard_ms = {voter: self._heard_ms.get(voter, now_ms) for voter in peers.voters}
        self._renewed_ms = {voter: at for voter, at in self._renewed_ms.items() if voter in peers.voters}
        return [*self.heirs.adopt(peers, self.term), *self._renew(now_ms)]

    def may_show(self, now_ms: int) -> bool:
        """Whether this box's state is the leading one, and may be shown."""
        return now_ms < self.shows_until_ms(now_ms)

    def shows_until_ms(self, now_ms: int) -> int:
        """Return the time until which the box may answer as the leader without hearing from others.

        If no other box can be elected, there is no limit.
        """
        if self.is_over:
            return -1
        if self.heirs.is_alone:
            return NEVER_MS
        return -1 if self._waits_for_first_word(now_ms) else self._lease_until_ms(now_ms)

    def _waits_for_first_word(self, now_ms: int) -> bool:
        """Whether a restarted leader still waits for the other box's first message.

        Its own disk may have lost synced data.
        """
        heirs = (box for name, box in self._boxes.items() if name in self.heirs.counted)
        return now_ms < self._alone_from_ms and not all(box.is_heard(now_ms) for box in heirs)

    def takes(self, now_ms: int) -> bool:
        """Whether commands are accepted."""
        return self.may_show(now_ms) and not self._hands_over

    def commit(self, body: bytes, now_ms: int, mark: Mark | None = None) -> Actions:
        """Write a command's change to the ledger and ship it.

        The command is released only by a `LetOut` of its position. `mark`: the change's place, if it's already in the
        ledger right after the last one.
        """
        before = self._ledger.last
        one = (Shipment(mark or mark_after(before, self.term, body), body),)
        made = Ship(self.term, before, one)
        sent = [action for box in self._boxes.values() for action in box.ship(before, made, now_ms)]
        return [Write(one), *sent, *self._let_out(one[0].mark.position)]

    def hand_over(self) -> None:
        """Accept no new commands, and let the heir lead once it has all commits."""
        self._hands_over = True

    def tick(self, now_ms: int) -> Actions:
        done = self._choose_heirs(now_ms)
        if done or now_ms >= self._next_ms:
            done += self._renew(now_ms)
        for box in self._boxes.values():
            if box.has < self._ledger.last.position or box.keeps_up_since(now_ms) is None:
                done += box.ask(now_ms)
        return done + self._handed_over(now_ms)

    def on_renewed(self, voter: str, said: Renewed, now_ms: int) -> Actions:
        if said.term != self.term:
            return self._is_overtaken(said.term, now_ms)
        if voter not in self._peers.voters:
            return []
        self._heard_ms[voter] = now_ms
        self._renewed_ms[voter] = max(said.sent_ms, self._renewed_ms.get(voter, said.sent_ms))
        return [*self.heirs.is_had_by(voter, said.heirs), *self._let_out()]

    def on_taken(self, box: str, said: Taken, now_ms: int) -> Actions:
        if said.term != self.term:
            return self._is_overtaken(said.term, now_ms)
        if said.last.term == self.term and not self._ledger.holds(said.last):
            # the other box has data of this term that is missing here: this disk lost what was synced
            self.lacks_something = True
            return [*self.end(), *self._voter.promise(self.term + 1, "")]
        sent = self._boxes[box].on_taken(said, now_ms)
        return [*sent, *self._let_out()]

    def on_unenrolled(self, voter: str, said: Unenrolled, now_ms: int) -> Actions:
        """Enrol a voter that lost its memory, if a majority exists without it."""
        if now_ms >= self._lease_until_ms(now_ms):
            return []
        return [Send(voter, Enrol(said.loss, self.term, self._me, self.heirs.proposed_heirs))]

    def _is_overtaken(self, term: int, now_ms: int) -> Actions:
        """Handle a voter's promise to a newer term.

        The only heir starts a term above it, since no other box can have been elected, unless a person promoted the
        other box. Any other leader's term has ended.
        """
        if term < self.term:
            return []
        if self.heirs.is_alone and not self._voter.is_by_hand(term):
            return self.begin(now_ms, term + 1)
        return [*self.end(), *self._voter.promise(term, "")]

    def link_closed(self, box: str, now_ms: int) -> Actions:
        """Stop waiting for a box that closed its end of the link."""
        if box not in self._boxes:
            return []
        self._boxes[box].close()
        return self.tick(now_ms)

    def end(self) -> Actions:
        self.is_over = True
        return [Ended()]

    def _lease_until_ms(self, now_ms: int) -> int:
        """Return the end of the lease acknowledged by a majority with this box; in the past if there is none."""
        others = sorted((sent for voter, sent in self._renewed_ms.items() if voter != self._me), reverse=True)
        needed = self._peers.majority - 1
        if needed == 0:
            return now_ms + LEASE_MS
        return others[needed - 1] + LEASE_MS if len(others) >= needed else -1

    def _renew(self, now_ms: int) -> Actions:
        self._next_ms = now_ms + RENEW_MS
        self._voter.hold(self._me, now_ms)
        self._voter.has_to_have(self.let_out)
        said = Renew(self.term, self._ledger.last.position, self.let_out, self.heirs.proposed_heirs, now_ms)
        return [Send(voter, said) for voter in self._peers.voters if voter != self._me]

    def _let_out(self, last: int | None = None) -> Actions:
        """Release the commits that all counted boxes have."""
        positions = [box.has for box in self._boxes.values() if box.box in self.heirs.counted]
        reached = min([self._ledger.last.position if last is None else last, *positions])
        if reached <= self.let_out:
            return []
        self.let_out = reached
        return [LetOut(reached)]

    def _choose_heirs(self, now_ms: int) -> Actions:
        """Update the heirs: a box that is gone or unfit isn't one.

        Nor is any box while too many witnesses are away to elect it without this box. A box that keeps up becomes an
        heir again once this leader has heard from enough witnesses; before that, it can't know whether they are there.
        """
        away = {voter for voter in self._peers.voters if now_ms - self._heard_ms[voter] >= WITNESS_TIMEOUT_MS} - {
            self._me
        }
        witnesses, needed = set(self._peers.voters) - set(self._peers.boxes), self._peers.majority - 1
        witness_is_away = len(witnesses - away) < needed
        witness_is_heard = len(witnesses & self._renewed_ms.keys()) >= needed
        wanted = {self._me}
        for name, box in self._boxes.items():
            is_gone = box.is_gone(now_ms) and now_ms >= self._alone_from_ms
            stays = name in self.heirs.proposed_heirs.boxes and not is_gone and name not in away
            may = not witness_is_away and not box.is_unfit and name not in self.excluded
            if may and (stays or (witness_is_heard and self._is_eligible_successor(box, now_ms))):
                wanted.add(name)
        if wanted == set(self.heirs.proposed_heirs.boxes):
            return []
        return self.heirs.propose(self.term, wanted)

    def _is_eligible_successor(self, box: Shipping, now_ms: int) -> bool:
        """Whether the box has all released commits and has kept up for a while."""
        since = box.keeps_up_since(now_ms)
        return since is not None and now_ms - since >= BACK_MS and box.has >= self.let_out

    def _handed_over(self, now_ms: int) -> Actions:
        """Hand over once all commits are shipped and an heir has them.

        The heir becomes a candidate immediately, and this box's lease no longer binds any voter.
        """
        last = self._ledger.last.position
        heirs = [name for name in self.heirs.counted - {self._me} if self._boxes[name].has == last]
        if not self._hands_over or not heirs or self.heirs.counted != set(self.heirs.proposed_heirs.boxes):
            return []
        self._voter.held_until_ms = now_ms
        free = [Send(voter, Released(self.term)) for voter in self._peers.voters if voter != self._me]
        return [*free, Send(heirs[0], HandOver(self.term, last)), *self.end()]
