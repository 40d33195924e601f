"""Shipping from the leader to one other box."""

from __future__ import annotations

from twin.actions import Actions, Ledger, Send
from twin.messages import Image, Ship, Taken
from twin.records import GONE_MS, RENEW_MS, SHIPMENTS_AT_ONCE, SILENT_MS, Mark


class Shipping:
    """The replication state of a box: acknowledged and sent positions, and when the wait for an answer began."""

    def __init__(self, box: str, term: int, ledger: Ledger, now_ms: int) -> None:
        self.box, self.term = box, term
        self._ledger = ledger
        self.has = 0
        """The position up to which the box has all commits, in this term."""
        self.is_unfit = False
        self._sent = Mark()
        self._is_in_step = False  # whether the next commit is shipped at once
        self._waits_since_ms: int | None = None
        self._asked_ms = self._imaged_ms = -RENEW_MS
        self._kept_up_since_ms: int | None = None
        self._heard_ms: int | None = None
        self._silent_since_ms = now_ms
        self._is_closed = False

    def close(self) -> None:
        """Note that the follower closed its end of the link, so it's gone until heard from again."""
        self._is_closed, self._heard_ms, self._kept_up_since_ms = True, None, None

    def is_gone(self, now_ms: int) -> bool:
        """Whether the follower left a message unanswered too long, was silent too long, or closed the link."""
        waits = self._waits_since_ms is not None and now_ms - self._waits_since_ms >= GONE_MS
        return waits or self._is_closed or now_ms - self._silent_since_ms >= SILENT_MS

    def keeps_up_since(self, now_ms: int) -> int | None:
        """Return the time since which the follower has lacked at most the last commit; None if more, or silent."""
        return self._kept_up_since_ms if self.is_heard(now_ms) else None

    def is_heard(self, now_ms: int) -> bool:
        return self._heard_ms is not None and now_ms - self._heard_ms <= 2 * RENEW_MS

    def ship(self, before: Mark, made: Ship, now_ms: int) -> Actions:
        """Ship a new commit, made after `before`."""
        if self._waits_since_ms is None:
            self._waits_since_ms = now_ms
        if not self._is_in_step or self._sent != before:
            return []
        self._sent = made.shipments[-1].mark
        return [Send(self.box, made)]

    def ask(self, now_ms: int) -> Actions:
        """Ask for the follower's state if it wasn't heard from for a while, as messages may be lost."""
        if now_ms - self._asked_ms < RENEW_MS:
            return []
        self._asked_ms = now_ms
        self._is_in_step = False
        if self._waits_since_ms is None and self.has < self._ledger.last.position:
            self._waits_since_ms = now_ms
        return [Send(self.box, Ship(self.term, self._ledger.last, ()))]

    def on_taken(self, said: Taken, now_ms: int) -> Actions:
        """Handle the follower's current state, and ship the next commits."""
        self._heard_ms = self._silent_since_ms = now_ms
        self._is_closed, self.is_unfit = False, not said.fit
        if not self._ledger.holds(said.last):
            self.has, self._kept_up_since_ms = 0, None
            return self._send_image(said.last, now_ms)
        whole = self._ledger.last
        if said.last.position > self.has:
            self._waits_since_ms = now_ms
        self.has = said.last.position
        if self.has == whole.position:
            self._waits_since_ms = None
            if self._kept_up_since_ms is None:
                self._kept_up_since_ms = now_ms
        elif whole.position - self.has > SHIPMENTS_AT_ONCE:
            self._kept_up_since_ms = None
        if self._is_in_step and said.last.position < self._sent.position:
            return []  # the rest is in transit
        return self._send_after(said.last, now_ms)

    def _send_after(self, last: Mark, now_ms: int) -> Actions:
        self._is_in_step, self._sent = True, last
        if last == self._ledger.last:
            return []
        behind = self._ledger.after(last, SHIPMENTS_AT_ONCE)
        if behind is None:
            return self._send_image(last, now_ms)
        self._sent = behind[-1].mark
        return [Send(self.box, Ship(self.term, last, tuple(behind)))]

    def _send_image(self, instead_of: Mark, now_ms: int) -> Actions:
        if now_ms - self._imaged_ms < RENEW_MS:
            return []
        self._imaged_ms = now_ms
        self._is_in_step, self._sent = True, self._ledger.last
        return [Send(self.box, Image(self.term, instead_of, self._ledger.last, self._ledger.image()))]
