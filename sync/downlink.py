"""The edge's side of directives: a pure state machine without I/O, clock or randomness.

Directives are pulled after the last applied version and applied in order, one at a time. Repeated or late answers have
no effect. A directive not signed by head office is skipped, and its number doesn't count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from sync import limits
from sync.backoff import backoff_s
from sync.uplink import NextTick, Send, Timeouts
from sync.wire import Directive, Directives, Down, Hint, Pull


class Apply(msgspec.Struct, frozen=True):
    """Apply this directive, then call `on_applied` or `on_failed`."""

    directive: Directive


class DownState(msgspec.Struct, frozen=True):
    """State for the status page: the last applied version, the number waiting, and the current error.

    `unproven`: the number of a directive skipped for lack of a valid signature, until a valid one follows or the hub
    withdraws it; 0: none.
    """

    applied: int
    waiting: int
    why: str
    unproven: int = 0


DownOutput = Send | Apply | NextTick | DownState


class Downlink:
    """See the module. `version`: the last applied directive; `epoch`: the journal's newest."""

    def __init__(
        self, version: int, epoch: int = 0, *, random: Callable[[], float], patience: Timeouts | None = None
    ) -> None:
        self.version = version
        self.epoch = epoch
        self._random = random
        self._patience = patience or Timeouts()
        self._online = False
        self._more = False  # there is, or may be, a directive to pull
        self._pulling = False
        self._applying = False
        self._waiting: deque[Directive] = deque(maxlen=limits.DIRECTIVES)
        self._why = ""
        self._unproven = 0
        self._tries = 0
        self._deadline: float | None = None
        self._out: list[DownOutput] = []
        self._shown: DownState | None = None
        self._ticking: float | None = None

    def on_connected(self, now: float) -> list[DownOutput]:
        """Handle a connection to the broker with the device's topic subscribed."""
        self._online, self._more, self._pulling = True, True, False
        if not self._why:
            self._tries = 0
            self._next(now)
        return self._take_outputs()

    def on_disconnected(self) -> list[DownOutput]:
        """Handle the loss of the connection. Directives already received are still applied."""
        self._online = self._pulling = False
        if not self._why:
            self._deadline = None
        return self._take_outputs()

    def on_message(self, message: Down, now: float) -> list[DownOutput]:
        """Handle a message from the hub. Messages for the uplink have no effect."""
        match message:
            case Hint(version=version) if version > self.version:
                self._more = True
                if not (self._pulling or self._applying or self._waiting):
                    self._next(now)
            case Directives(from_version=version) if self._pulling and version <= self.version:
                newer = [found for found in message.directives if found.version > self.version]
                self._waiting.extend(sorted(newer, key=lambda directive: directive.version))
                self._pulling, self._more, self._tries = False, bool(message.directives), 0
                if not newer:
                    self._unproven = 0
                self._next(now)
            case _:
                pass
        return self._take_outputs()

    def on_applied(self, version: int, now: float) -> list[DownOutput]:
        """Handle a directive that is durably applied."""
        self.version = max(self.version, version)
        self._applying = False
        self._why, self._tries, self._unproven = "", 0, 0
        self._waiting.popleft()
        self._next(now)
        return self._take_outputs()

    def passed_over(self, now: float) -> list[DownOutput]:
        """Skip a directive that head office didn't sign, and continue with later ones.

        If none is valid, it's requested again after a delay, to avoid a loop.
        """
        self._applying, self._why = False, ""
        self._unproven = self._waiting.popleft().version
        if not self._waiting:
            self._more = False
        self._next(now)
        return self._take_outputs()

    def on_failed(self, why: str, now: float) -> list[DownOutput]:
        """Handle a directive that couldn't be applied. It's retried later and never skipped."""
        self._applying = False
        self._why = why
        self._deadline = now + self._wait()
        return self._take_outputs()

    def tick(self, now: float) -> list[DownOutput]:
        """Retry a failed directive, repeat an unanswered pull, or pull routinely, when due."""
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            self._pulling, self._more = False, True
            self._next(now)
        return self._take_outputs()

    # ---- internals

    def _next(self, now: float) -> None:
        self._deadline = None
        if self._waiting:
            if not self._applying:
                self._applying = True
                self._out.append(Apply(self._waiting[0]))
        elif self._online and self._more:
            self._pulling = True
            self._deadline = now + self._wait()
            self._out.append(Send(Pull(self.version, self.epoch)))
        elif self._online:
            self._deadline = now + self._patience.pull_s * (0.5 + self._random())

    def _wait(self) -> float:
        first_s, most_s = self._patience.answer_s, self._patience.answer_max_s
        wait_s = backoff_s(self._tries, first_s, most_s, self._random)
        self._tries += 1
        return wait_s

    def _take_outputs(self) -> list[DownOutput]:
        if self._deadline != self._ticking:
            self._ticking = self._deadline
            self._out.append(NextTick(self._deadline))
        state = DownState(self.version, len(self._waiting), self._why, self._unproven)
        if state != self._shown:
            self._shown = state
            self._out.append(state)
        out, self._out = self._out, []
        return out
