"""Queue for the writer's thread: till commands first, then other users', then background work."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence

from edge.core.limits import COMMANDS_A_COMMIT, READ_ONLY_PROBE_S, RENDER_GRACE_S, SENTENCES_A_COMMIT
from edge.core.writer import MaintenanceWrite, Request

INTERACTIVE = frozenset({"cashier", "kiosk", "voice", "chat"})
"""Surfaces whose commands go before all others."""
SELLING = "cashier"
"""The surface that goes before the other interactive ones, because understanding a sentence takes as long as many
scans. Programs that name no surface also get this one."""
TALKING = frozenset({"voice", "chat"})
"""Surfaces whose commands are sentences."""


def is_interactive(request: Request | MaintenanceWrite) -> bool:
    """Whether a person is waiting for the answer."""
    return isinstance(request, Request) and request.actor.surface in INTERACTIVE


def is_of_a_till(request: Request | MaintenanceWrite) -> bool:
    """Whether the request comes from a cashier at a till."""
    return isinstance(request, Request) and request.actor.surface == SELLING and not request.actor.program


class CommandQueue:
    """Queue filled by the loop's thread and emptied by the writer's.

    Interactive commands get their own commits, because pages show committed state. After such a commit, background work
    waits until the loop has rendered the answer, and then gets a turn, however many people are waiting. If an
    interactive command arrives during that turn, the rest of the work is put back (`put_back`).

    Tills go before the assistant and the kiosks, and never share a commit with them. The latter get a turn after one
    till commit; after that, a waiting till again goes before background work.
    """

    def __init__(self) -> None:
        self._till: deque[Request | MaintenanceWrite] = deque()
        self._people: deque[Request | MaintenanceWrite] = deque()
        self._others: deque[Request | MaintenanceWrite] = deque()
        self._changed = threading.Condition(threading.Lock())
        self.closed = False
        self._people_went = False  # whether they had the last turn
        self._till_went = self._talk_went = False  # who had the last interactive turn while the other kind waits
        self._others_from_s = 0.0  # monotonic time when background work may run; 0: it had the last turn

    def __len__(self) -> int:
        return len(self._till) + len(self._people) + len(self._others)

    def put(self, request: Request | MaintenanceWrite) -> None:
        """Queue a request."""
        self._queue_of(request).append(request)
        self.nudge()

    def put_back(self, requests: Sequence[Request | MaintenanceWrite]) -> None:
        """Put interrupted background work back at the front of its queue, in the same order."""
        self._others.extendleft(reversed(requests))

    def is_awaited(self) -> bool:
        """Whether a till or another person is waiting."""
        return bool(self._till or self._people)

    def nudge(self) -> None:
        """Wake the writer even if nothing is waiting."""
        with self._changed:
            self._changed.notify()

    def close(self) -> None:
        """Accept no further requests; those already queued are still taken."""
        with self._changed:
            self.closed = True
            self._changed.notify()

    def take(self) -> list[Request | MaintenanceWrite] | None:
        """Return the next batch to commit; empty after a second without work, None when it is time to stop."""
        if self._people_went and not self._others_from_s:
            self._others_from_s = time.monotonic() + RENDER_GRACE_S
        with self._changed:
            if not len(self) and not self.closed:
                self._changed.wait(READ_ONLY_PROBE_S)
            while not self.closed and self._only_others() and (left_s := self._others_wait_s()) > 0:
                self._changed.wait(left_s)
            if self.closed and not len(self):
                return None
        return self.pick(others=bool(self._others_from_s) and self._others_wait_s() <= 0)

    def pick(self, others: bool) -> list[Request | MaintenanceWrite]:
        """Choose one commit's requests: interactive ones, unless it is the turn of the `others`."""
        behind_talk, self._talk_went = bool(self._talk_went and self._till), False
        self._people_went = bool(self._till or self._people) and not (others and self._others and not behind_talk)
        if not self._people_went:
            self._others_from_s = 0.0
            self._till_went = self._till_went and bool(self._people)
            return _first(self._others)
        self._till_went = bool(self._till) and not (self._till_went and self._people)
        self._talk_went = not self._till_went
        return _first(self._till if self._till_went else self._people)

    def _queue_of(self, request: Request | MaintenanceWrite) -> deque[Request | MaintenanceWrite]:
        if not is_interactive(request):
            return self._others
        return self._till if is_of_a_till(request) else self._people

    def _only_others(self) -> bool:
        return bool(self._others) and not (self._till or self._people)

    def _others_wait_s(self) -> float:
        return self._others_from_s - time.monotonic()


def _first(queue: deque[Request | MaintenanceWrite]) -> list[Request | MaintenanceWrite]:
    """Remove and return the requests of a queue that fit into one commit."""
    taken: list[Request | MaintenanceWrite] = []
    sentences = 0
    while queue and len(taken) < COMMANDS_A_COMMIT and sentences < SENTENCES_A_COMMIT:
        one = queue.popleft()
        sentences += isinstance(one, Request) and one.actor.surface in TALKING
        taken.append(one)
    return taken
