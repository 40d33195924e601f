"""The edge's side of directives: a machine without I/O, clock or chance.

Directives are pulled from the version applied last, applied one after the other, in order, each
before the next is begun. A repeated or late answer changes nothing. One that is not head office's is passed over, and
its number counts for nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from sync import limits
from sync.uplink import NextTick, Send, Timeouts
from sync.wire import Directive, Directives, Down, Hint, Pull


class Apply(msgspec.Struct, frozen=True):
    """Apply this directive, then call `applied` or `failed`."""

    directive: Directive


class DownState(msgspec.Struct, frozen=True):
    """For the status page: the version applied last, how many wait, and what is the matter.

    `unproven` is the number of one that came without head office's signature and was passed over, until a proven one
    follows or the hub has no such any more; 0: none.
    """

    applied: int
    waiting: int
    why: str
    unproven: int = 0


DownOutput = Send | Apply | NextTick | DownState


class Downlink:
    """See the module. `version` is that of the last directive applied, `epoch` the journal's newest."""

    def __init__(
        self, version: int, epoch: int = 0, *, random: Callable[[], float], patience: Timeouts | None = None
    ) -> None:
        self.version = version
        self.epoch = epoch
        self._random = random
        self._patience = patience or Timeouts()
        self._online = False
        self._more = False  # there is, or may be, something to pull
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

    def connected(self, now: float) -> list[DownOutput]:
        """The broker is there and the device's topic subscribed."""
        self._online, self._more, self._pulling = True, True, False
        if not self._why:
            self._tries = 0
            self._next(now)
        return self._take_outputs()

    def disconnected(self) -> list[DownOutput]:
        """There is no connection. What has come already is still applied."""
        self._online = self._pulling = False
        if not self._why:
            self._deadline = None
        return self._take_outputs()

    def received(self, message: Down, now: float) -> list[DownOutput]:
        """A message of the hub; those for the uplink change nothing."""
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

    def applied(self, version: int, now: float) -> list[DownOutput]:
        """The directive is applied, durably."""
        self.version = max(self.version, version)
        self._applying = False
        self._why, self._tries, self._unproven = "", 0, 0
        self._waiting.popleft()
        self._next(now)
        return self._take_outputs()

    def passed_over(self, now: float) -> list[DownOutput]:
        """Head office did not sign it. Those behind it are not held up; if none is proven, it is asked again in time,
        and not at once, which would have no end."""
        self._applying, self._why = False, ""
        self._unproven = self._waiting.popleft().version
        if not self._waiting:
            self._more = False
        self._next(now)
        return self._take_outputs()

    def failed(self, why: str, now: float) -> list[DownOutput]:
        """It could not be applied. It is tried again later; none is passed over."""
        self._applying = False
        self._why = why
        self._deadline = now + self._wait()
        return self._take_outputs()

    def tick(self, now: float) -> list[DownOutput]:
        """Time has passed: try again what failed, pull again what was not answered, pull in case."""
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            self._pulling, self._more = False, True
            self._next(now)
        return self._take_outputs()

    # ---- inside

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
        wait_s = min(first_s * 2.0 ** min(self._tries, 30), most_s) * (0.5 + self._random())
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
