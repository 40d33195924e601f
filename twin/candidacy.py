"""How a box asks for votes."""

from __future__ import annotations

from collections.abc import Callable

from twin.actions import Actions, Keep, Ledger, Send
from twin.follower import Follower
from twin.messages import AskVote, Voted
from twin.records import Heirs, Peers
from twin.voter import Voter

AGAIN_MS = 300
"""Milliseconds to wait for answers before asking again."""
LEAST_PAUSE_MS, MOST_PAUSE_MS = 50, 150
"""Range of the pause before asking, in milliseconds. It's random, so that two boxes don't keep competing."""


class Candidacy:
    """A box that hears from no leader.

    It first asks whether it would be elected, and promises a new term only then. So a box that was cut off and can't
    win ends no other term when it returns.
    """

    def __init__(
        self,
        me: str,
        peers: Peers,
        voter: Voter,
        ledger: Ledger,
        follower: Follower,
        chance: Callable[[int, int], int],
    ) -> None:
        self._me, self._peers, self._voter, self._ledger, self._chance = me, peers, voter, ledger, chance
        self._follower = follower
        self._votes: set[str] = set()
        self._term, self._is_earnest = 0, False
        self._newest = 0  # the highest term reported by voters
        self._heirs = Heirs()  # the newest record reported by voters; adopted only on becoming leader
        self._at_ms: int | None = None
        self.lacks_something = False
        """Whether the other box has data that this box lost. Until it has caught up, this box isn't a candidate."""

    def adopt(self, peers: Peers) -> None:
        """Use these voters from now on. Votes already received count if their voters remain."""
        self._peers = peers
        self._votes &= set(peers.voters)

    def tick(self, now_ms: int) -> Actions:
        """Become a candidate if no lease is held and this box may lead."""
        known = self._voter.stored
        may = self._voter.is_enrolled and self._follower.is_fit and not self.lacks_something
        if not may or (now_ms < self._voter.held_until_ms and self._voter.holder != self._me):
            self._at_ms, self._term = None, 0
            return []
        if self._at_ms is None:
            self._at_ms = now_ms + self._chance(LEAST_PAUSE_MS, MOST_PAUSE_MS)
        if now_ms < self._at_ms:
            return []
        if self._me not in known.heirs.boxes:  # according to its own record; others may have a newer one
            return self._ask_for_heirs(now_ms)
        return self._ask(max(known.term, self._newest) + 1, False, now_ms)

    def stand_at_once(self, now_ms: int) -> Actions:
        self._at_ms = now_ms
        return self.tick(now_ms)

    def on_voted(self, voter: str, said: Voted, now_ms: int) -> tuple[Actions, bool]:
        """Return the actions, and whether this box now leads in its voter's term.

        A box without memory asked for no vote: the answer belongs to a question from before the loss, and must not be
        stored.
        """
        if not self._voter.is_enrolled:
            return [], False
        self._newest = max(self._newest, said.newest)
        self._heirs = max(self._heirs, said.heirs, key=lambda heirs: heirs.key)
        known = self._voter.stored.heirs.boxes
        if self._me not in known and self._me in said.heirs.boxes and self._voter.adopt(said.heirs):
            return [Keep(self._voter.stored)], False
        if said.term != self._term or said.earnest != self._is_earnest:
            return [], False
        if not said.yes:
            self._ask_soon(now_ms)
            return [], False
        if self._is_earnest and (self._voter.stored.term, self._voter.stored.vote) != (self._term, self._me):
            return [], False  # it has since voted for another box
        self._votes.add(voter)
        if len(self._votes) < self._peers.majority:
            return [], False
        if not self._is_earnest:
            return self._ask(self._term, True, now_ms), False
        self._voter.adopt(self._heirs)
        return [], True

    def _ask_soon(self, now_ms: int) -> None:
        """Ask again soon, as a voter that heard of a lease later holds it slightly longer."""
        if self._at_ms is not None and not self._is_earnest:
            self._at_ms = min(self._at_ms, now_ms + self._chance(LEAST_PAUSE_MS, MOST_PAUSE_MS))

    def _ask_for_heirs(self, now_ms: int) -> Actions:
        """Ask for a newer record of heirs, by a request that gets no votes."""
        self._at_ms = now_ms + AGAIN_MS
        self._term = 0
        known = self._voter.stored
        ask = AskVote(known.term, self._ledger.last.position, False, known.heirs)
        return [Send(voter, ask) for voter in self._peers.voters if voter != self._me]

    def _ask(self, term: int, is_earnest: bool, now_ms: int) -> Actions:
        self._at_ms = now_ms + AGAIN_MS + self._chance(LEAST_PAUSE_MS, MOST_PAUSE_MS)
        ask = AskVote(term, self._ledger.last.position, is_earnest, self._voter.stored.heirs)
        if not self._voter.would_vote(self._me, ask, now_ms):
            self._term = 0
            return []
        self._term, self._is_earnest, self._votes = term, is_earnest, {self._me}
        kept = self._voter.promise(term, self._me) if is_earnest else []
        return [*kept, *(Send(voter, ask) for voter in self._peers.voters if voter != self._me)]
